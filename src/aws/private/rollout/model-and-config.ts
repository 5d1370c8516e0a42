import { besideChampion } from './challenger';
import { RolloutSpec } from './spec';
import { ApiFields } from '../base/api-fields';
import { call, CallOptions, choose, jsonata, sdkCall, State, TAKEN, UNSURE } from '../base/state-language';
import { LIVE_VARIANT } from '../serving/variants';

/** The new model and the new endpoint config. */
export function makeStates(spec: RolloutSpec): Record<string, State> {
  const afterModel = spec.inferenceComponent
    ? 'IsFirst'
    : spec.challenger
      ? 'IsBesideChampion'
      : 'CreateEndpointConfig';
  const states: Record<string, State> = {
    CreateModel: makeModel(spec, { next: afterModel, failed: 'IsModelThere', assign: { made: true } }),
    IsModelThere: choose([[`$contains($failure.Cause, ${TAKEN})`, afterModel], [UNSURE, 'IsTimeLeft']], 'StartFailing'),
  };
  if (spec.inferenceComponent) return states;
  const { alone, challenger } = makeConfigs(spec, { next: 'IsFirst', failed: 'IsConfigThere' });
  states.CreateEndpointConfig = alone;
  states.IsConfigThere = choose(
    [
      [`$contains($failure.Cause, ${TAKEN})`, 'IsFirst'],
      [UNSURE, 'IsTimeLeft'],
    ],
    'StartFailing',
  );
  if (challenger !== undefined) {
    states.IsBesideChampion = choose(
      [["$promote or $champion.modelName = ''", 'CreateEndpointConfig']],
      'CreateChallengerConfig',
    );
    states.CreateChallengerConfig = challenger;
  }
  return states;
}

/** The call that makes the model. */
export function makeModel(spec: RolloutSpec, options: CallOptions): State {
  return call(sdkCall('sagemaker', 'createModel'), {
    ModelName: jsonata('$modelName'),
    ExecutionRoleArn: spec.executionRoleArn,
    PrimaryContainer: {
      ModelPackageName: jsonata('$packageArn'),
      ...(spec.environment ? { Environment: spec.environment } : {}),
    },
    EnableNetworkIsolation: spec.networkIsolation ?? true,
    ...(spec.vpcConfig ? { VpcConfig: spec.vpcConfig } : {}),
    ...(spec.tags ? { Tags: spec.tags } : {}),
  }, options);
}

/** The calls that make a config of the version alone, and of the version beside the live one. */
export function makeConfigs(
  spec: RolloutSpec,
  options: CallOptions,
): { readonly alone: State; readonly challenger?: State } {
  const config = (variants: ApiFields): State =>
    call(
      sdkCall('sagemaker', 'createEndpointConfig'),
      {
        EndpointConfigName: jsonata('$configName'),
        ...variants,
        ...(spec.asyncInferenceConfig ? { AsyncInferenceConfig: spec.asyncInferenceConfig } : {}),
        ...(spec.dataCaptureConfig ? { DataCaptureConfig: spec.dataCaptureConfig } : {}),
        ...(spec.volumeKmsKeyArn ? { KmsKeyId: spec.volumeKmsKeyArn } : {}),
        ...(spec.tags ? { Tags: spec.tags } : {}),
      },
      options,
    );
  return {
    alone: config({
      ProductionVariants: [{ VariantName: LIVE_VARIANT, ModelName: jsonata('$modelName'), ...spec.variant }],
    }),
    challenger: spec.challenger && config(besideChampion(spec.challenger, spec.variant ?? {})),
  };
}
