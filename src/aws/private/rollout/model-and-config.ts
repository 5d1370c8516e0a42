import { besideChampion } from './challenger';
import { RolloutSpec } from './spec';
import { ApiFields } from '../base/api-fields';
import { call, choose, jsonata, sdkCall, State, TAKEN } from '../base/state-language';
import { LIVE_VARIANT } from '../serving/variants';

/** The new model and the new endpoint config. */
export function makeStates(spec: RolloutSpec): Record<string, State> {
  const afterModel = spec.inferenceComponent ? 'IsFirst' : spec.challenger ? 'IsBesideChampion' : 'CreateEndpointConfig';
  const states: Record<string, State> = {
    CreateModel: call(sdkCall('sagemaker', 'createModel'), {
      ModelName: jsonata('$modelName'),
      ExecutionRoleArn: spec.executionRoleArn,
      PrimaryContainer: {
        ModelPackageName: jsonata('$packageArn'),
        ...(spec.environment ? { Environment: spec.environment } : {}),
      },
      EnableNetworkIsolation: spec.networkIsolation ?? true,
      ...(spec.vpcConfig ? { VpcConfig: spec.vpcConfig } : {}),
      ...(spec.tags ? { Tags: spec.tags } : {}),
    }, { next: afterModel, failed: 'IsModelThere', assign: { made: true } }),
    IsModelThere: choose([[`$contains($failure.Cause, ${TAKEN})`, afterModel]], 'StartFailing'),
  };
  if (spec.inferenceComponent) return states;
  states.CreateEndpointConfig = createEndpointConfig(spec, {
    ProductionVariants: [{ VariantName: LIVE_VARIANT, ModelName: jsonata('$modelName'), ...spec.variant }],
  });
  states.IsConfigThere = choose([[`$contains($failure.Cause, ${TAKEN})`, 'IsFirst']], 'StartFailing');
  if (spec.challenger) {
    states.IsBesideChampion = choose([["$promote or $champion.modelName = ''", 'CreateEndpointConfig']], 'CreateChallengerConfig');
    states.CreateChallengerConfig = createEndpointConfig(spec, besideChampion(spec.challenger, spec.variant ?? {}));
  }
  return states;
}

function createEndpointConfig(spec: RolloutSpec, variants: ApiFields): State {
  return call(sdkCall('sagemaker', 'createEndpointConfig'), {
    EndpointConfigName: jsonata('$configName'),
    ...variants,
    ...(spec.asyncInferenceConfig ? { AsyncInferenceConfig: spec.asyncInferenceConfig } : {}),
    ...(spec.dataCaptureConfig ? { DataCaptureConfig: spec.dataCaptureConfig } : {}),
    ...(spec.volumeKmsKeyArn ? { KmsKeyId: spec.volumeKmsKeyArn } : {}),
    ...(spec.tags ? { Tags: spec.tags } : {}),
  }, { next: 'IsFirst', failed: 'IsConfigThere' });
}
