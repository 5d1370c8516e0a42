import { scalableOf, variantId } from './scaling';
import { InferenceComponentSpec, RolloutSpec, sometimesAtOnce } from './spec';
import { ApiFields } from '../base/api-fields';
import { BUSY, call, CAUGHT, choose, jsonata, sdkCall, State, TAKEN } from '../base/state-language';
import { LIVE_VARIANT } from '../serving/variants';

/** A person said so: SageMaker turns back every update while an alarm rings, also the one that takes a broken version away. */
const IGNORES_ALARMS = '$ignoreAlarms';

/** Create or update the endpoint. */
export function endpointStates(spec: RolloutSpec): Record<string, State> {
  const id = { EndpointName: spec.endpointName };
  const wantedType = spec.variant?.InstanceType;
  const update = (deployment: ApiFields | undefined): State => call(sdkCall('sagemaker', 'updateEndpoint'), {
    ...id,
    EndpointConfigName: jsonata('$configName'),
    // Keeps the number of instances that scaling has reached.
    RetainAllVariantProperties: true,
    ExcludeRetainedVariantProperties: [
      { VariantPropertyType: 'DataCaptureConfig' },
      ...(spec.challenger ? [{ VariantPropertyType: 'DesiredWeight' }] : []),
    ],
    ...(deployment ? { DeploymentConfig: deployment } : {}),
  }, {
    next: 'WaitForRollout',
    failed: 'IsTurnedAway',
    assign: { requested: true, previous: jsonata('$live.serves') },
    assignFailed: { failure: CAUGHT, requested: true },
    retry: false,
  });
  const rolling = spec.deploymentConfig?.RollingUpdatePolicy !== undefined;
  const unlike = rolling
    ? '$champion.variants > 1 or $configName != $modelName'
    : '$champion.variants != ($configName = $modelName ? 1 : 2)';
  const resourceId = variantId(spec);
  return {
    IsFirst: choose([["$live.status = 'Missing'", 'CreateEndpoint']], wantedType === undefined ? 'UpdateEndpoint' : 'IsSameInstanceType'),
    CreateEndpoint: call(sdkCall('sagemaker', 'createEndpoint'), {
      ...id, EndpointConfigName: jsonata('$configName'), ...(spec.tags ? { Tags: spec.tags } : {}),
    }, {
      next: 'WaitForRollout',
      failed: 'IsTurnedAway',
      assign: { requested: true, created: true, previous: '' },
      assignFailed: { failure: CAUGHT, requested: true },
      retry: false,
    }),
    ...(wantedType === undefined ? {} : {
      IsSameInstanceType: {
        Type: 'Choice',
        Choices: [{ Condition: jsonata('$champion.instanceType = $settings.instanceType'), Next: 'UpdateEndpoint' }],
        Default: 'FindScaling',
      } as State,
      // A variant that scales cannot change its instance type.
      FindScaling: call(sdkCall('applicationautoscaling', 'describeScalableTargets'), {
        ServiceNamespace: 'sagemaker', ResourceIds: [resourceId],
      }, { next: 'IsScaling', failed: 'StartFailing', assign: { scalable: scalableOf() } }),
      IsScaling: choose([["$scalable.dimension != ''", 'TakeOffScaling']], 'UpdateEndpoint'),
      TakeOffScaling: call(sdkCall('applicationautoscaling', 'deregisterScalableTarget'), {
        ServiceNamespace: 'sagemaker', ResourceId: resourceId, ScalableDimension: jsonata('$scalable.dimension'),
      }, { next: 'FindScaling', failed: 'StartFailing', assign: { descaled: true } }),
    }),
    ...(spec.deploymentConfig === undefined ? { UpdateEndpoint: update(undefined) } : {
      UpdateEndpoint: choose([[sometimesAtOnce(spec) ? `${IGNORES_ALARMS} or ${unlike}` : IGNORES_ALARMS, 'UpdateAllAtOnce']], 'UpdateByPolicy'),
      UpdateAllAtOnce: update(undefined),
      UpdateByPolicy: update(spec.deploymentConfig),
    }),
    // Another rollout was faster: look again what is there now.
    IsTurnedAway: choose([[`$contains($failure.Cause, ${BUSY}) or $contains($failure.Cause, ${TAKEN})`, 'IsTimeLeft']], 'StartFailing'),
  };
}

/** Create or update the component. */
export function componentStates(spec: RolloutSpec, component: InferenceComponentSpec): Record<string, State> {
  const specification = { ...component.specification, ModelName: jsonata('$modelName') };
  const turn = { next: 'WaitForRollout', failed: 'IsTurnedAway', retry: false, assignFailed: { failure: CAUGHT, requested: true } };
  // The number of copies is left out: it belongs to scaling.
  const update = (deployment: ApiFields | undefined): State => call(sdkCall('sagemaker', 'updateInferenceComponent'), {
    InferenceComponentName: component.name,
    Specification: specification,
    ...(deployment ? { DeploymentConfig: deployment } : {}),
  }, { ...turn, assign: { requested: true, previous: jsonata('$live.serves') } });
  return {
    IsFirst: choose([["$live.status = 'Missing'", 'CreateInferenceComponent']], 'UpdateInferenceComponent'),
    CreateInferenceComponent: call(sdkCall('sagemaker', 'createInferenceComponent'), {
      InferenceComponentName: component.name,
      EndpointName: spec.endpointName,
      VariantName: LIVE_VARIANT,
      Specification: specification,
      RuntimeConfig: { CopyCount: component.copyCount },
      ...(spec.tags ? { Tags: spec.tags } : {}),
    }, { ...turn, assign: { requested: true, created: true, previous: '' } }),
    ...(spec.deploymentConfig === undefined ? { UpdateInferenceComponent: update(undefined) } : {
      UpdateInferenceComponent: choose([[IGNORES_ALARMS, 'UpdateAllAtOnce']], 'UpdateByPolicy'),
      UpdateAllAtOnce: update(undefined),
      UpdateByPolicy: update(spec.deploymentConfig),
    }),
    IsTurnedAway: choose([[`$contains($failure.Cause, ${BUSY}) or $contains($failure.Cause, ${TAKEN})`, 'IsTimeLeft']], 'StartFailing'),
  };
}
