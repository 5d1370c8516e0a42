import { modeOf, wayOut } from './modes';
import { scalableOf, variantId } from './scaling';
import { InferenceComponentSpec, RolloutSpec, sometimesAtOnce } from './spec';
import { ApiFields } from '../base/api-fields';
import {
  call,
  CAUGHT,
  choose,
  jsonata,
  MISSING,
  remember,
  sdkCall,
  State,
  TAKEN,
  UNSURE,
} from '../base/state-language';
import { LIVE_VARIANT } from '../serving/variants';

/**
 * A person said so: SageMaker turns back every update while an alarm rings, also the one that takes a broken version
 * away.
 */
const IGNORES_ALARMS = '$ignoreAlarms';

/** A version that was rejected while it came up is taken off at once. */
const AT_ONCE = `${IGNORES_ALARMS} or $returning`;

/** How SageMaker says that a variant scales, and so cannot change its instance type. */
const SCALES = '/must be deregistered/i';

/** What an update remembers: whatever becomes of its answer, it has been asked for, and this is what served before. */
const ASKED = { requested: true, previous: jsonata('$returning ? $previous : $live.serves') };
const ASKED_FIRST = { requested: true, previous: '' };

/** Create or update the endpoint. */
export function endpointStates(spec: RolloutSpec): Record<string, State> {
  const id = { EndpointName: spec.endpointName };
  const wantedType = spec.variant?.InstanceType;
  const update = (deployment: ApiFields | undefined): State =>
    call(
      sdkCall('sagemaker', 'updateEndpoint'),
      {
        ...id,
        EndpointConfigName: jsonata('$configName'),
        RetainAllVariantProperties: true,
        ExcludeRetainedVariantProperties: [
          { VariantPropertyType: 'DataCaptureConfig' },
          // The number of instances that scaling has reached is kept; one that nothing scales is what the config says.
          ...(spec.scaling ? [] : [{ VariantPropertyType: 'DesiredInstanceCount' }]),
          ...(spec.challenger ? [{ VariantPropertyType: 'DesiredWeight' }] : []),
        ],
        ...(deployment ? { DeploymentConfig: deployment } : {}),
      },
      {
        next: 'WaitForRollout',
        failed: 'IsTurnedAway',
        assign: ASKED,
        assignFailed: { failure: CAUGHT, ...ASKED },
        retry: false,
      },
    );
  const rolling = spec.deploymentConfig?.RollingUpdatePolicy !== undefined;
  const unlike = rolling
    ? '$champion.variants > 1 or $configName != $modelName'
    : '$champion.variants != ($configName = $modelName ? 1 : 2)';
  const resourceId = variantId(spec);
  return {
    IsFirst: choose(
      [["$live.status = 'Missing'", 'CreateEndpoint']],
      wantedType === undefined ? 'UpdateEndpoint' : 'IsSameInstanceType',
    ),
    CreateEndpoint: call(
      sdkCall('sagemaker', 'createEndpoint'),
      {
        ...id,
        EndpointConfigName: jsonata('$configName'),
        ...(spec.tags ? { Tags: spec.tags } : {}),
      },
      {
        next: 'WaitForRollout',
        failed: 'IsTurnedAway',
        assign: ASKED_FIRST,
        assignFailed: { failure: CAUGHT, ...ASKED_FIRST },
        retry: false,
      },
    ),
    ...(wantedType === undefined
      ? {}
      : {
        IsSameInstanceType: {
          Type: 'Choice',
          Choices: [
            { Condition: jsonata('$champion.instanceType = $settings.instanceType'), Next: 'UpdateEndpoint' },
          ],
          Default: 'FindScaling',
        } as State,
        // A variant that scales cannot change its instance type.
        FindScaling: call(
          sdkCall('applicationautoscaling', 'describeScalableTargets'),
          {
            ServiceNamespace: 'sagemaker',
            ResourceIds: [resourceId],
          },
          { next: 'IsScaling', failed: 'IsScalingSeen', assign: { scalable: scalableOf() } },
        ),
        IsScalingSeen: choose([[UNSURE, 'IsTimeLeft']], 'StartFailing'),
        IsScaling: choose([["$scalable.dimension != ''", 'RememberScaling']], 'UpdateEndpoint'),
        // Before the call, for its answer may be lost: whatever comes of this rollout, what serves gets its scaling
        // back.
        RememberScaling: remember({ descaled: true }, 'TakeOffScaling'),
        TakeOffScaling: call(
          sdkCall('applicationautoscaling', 'deregisterScalableTarget'),
          {
            ServiceNamespace: 'sagemaker',
            ResourceId: resourceId,
            ScalableDimension: jsonata('$scalable.dimension'),
          },
          { next: 'FindScaling', failed: 'IsScalingOff' },
        ),
        IsScalingOff: choose(
          [[`$contains($failure.Cause, ${MISSING}) or (${UNSURE})`, 'IsTimeLeft']],
          'StartFailing',
        ),
      }),
    ...(spec.deploymentConfig === undefined
      ? { UpdateEndpoint: update(undefined) }
      : {
        UpdateEndpoint: choose(
          [[sometimesAtOnce(spec) ? `${AT_ONCE} or ${unlike}` : AT_ONCE, 'UpdateAllAtOnce']],
          enterUpdate(spec),
        ),
        UpdateAllAtOnce: update(undefined),
        UpdateByPolicy: update(spec.deploymentConfig),
        ...stopAlarmStates(spec),
      }),
    ...turnedAway(`$champion.mode != '' and $champion.mode != '${modeOf(spec)}' ? '; ' & ${wayOut(spec)} : ''`),
  };
}

/** Create or update the component. */
export function componentStates(spec: RolloutSpec, component: InferenceComponentSpec): Record<string, State> {
  const specification = { ...component.specification, ModelName: jsonata('$modelName') };
  const turn = { next: 'WaitForRollout', failed: 'IsTurnedAway', retry: false };
  // The number of copies is left out: it belongs to scaling, or is set when the version is live.
  const update = (deployment: ApiFields | undefined): State => call(sdkCall('sagemaker', 'updateInferenceComponent'), {
    InferenceComponentName: component.name,
    Specification: specification,
    ...(deployment ? { DeploymentConfig: deployment } : {}),
  }, { ...turn, assign: ASKED, assignFailed: { failure: CAUGHT, ...ASKED } });
  return {
    IsFirst: choose([["$live.status = 'Missing'", 'CreateInferenceComponent']], 'UpdateInferenceComponent'),
    CreateInferenceComponent: call(sdkCall('sagemaker', 'createInferenceComponent'), {
      InferenceComponentName: component.name,
      EndpointName: spec.endpointName,
      VariantName: LIVE_VARIANT,
      Specification: specification,
      RuntimeConfig: { CopyCount: component.copyCount },
      ...(spec.tags ? { Tags: spec.tags } : {}),
    }, { ...turn, assign: ASKED_FIRST, assignFailed: { failure: CAUGHT, ...ASKED_FIRST } }),
    ...(spec.deploymentConfig === undefined ? { UpdateInferenceComponent: update(undefined) } : {
      UpdateInferenceComponent: choose([[AT_ONCE, 'UpdateAllAtOnce']], enterUpdate(spec)),
      UpdateAllAtOnce: update(undefined),
      UpdateByPolicy: update(spec.deploymentConfig),
      ...stopAlarmStates(spec),
    }),
    ...turnedAway("''"),
  };
}

/**
 * An update that failed: another rollout was faster, or scaling came back, or nobody knows whether it was carried out.
 * Then the next look tells. What SageMaker refuses for good is a failure.
 */
function turnedAway(advice: string): Record<string, State> {
  return {
    IsTurnedAway: choose(
      [
        // How the endpoint is on its way back is looked at where it is watched.
        ['$returning', 'WaitForRollout'],
        [`$contains($failure.Cause, ${TAKEN}) or $contains($failure.Cause, ${SCALES}) or (${UNSURE})`, 'IsTimeLeft'],
      ],
      'Refused',
    ),
    Refused: remember(
      { failure: { Error: jsonata('$failure.Error'), Cause: jsonata(`$failure.Cause & (${advice})`) } },
      'StartFailing',
    ),
  };
}

function enterUpdate({ stopAlarmName }: RolloutSpec): string {
  return stopAlarmName === undefined ? 'UpdateByPolicy' : 'PutStopAlarm';
}

/**
 * The alarm that turns a rollout back when its version is rejected meanwhile: SageMaker has no other way to end an
 * update. Nothing is measured, so that the alarm keeps the state that it is given.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-missing-data
 */
function stopAlarmStates({ stopAlarmName, endpointName }: RolloutSpec): Record<string, State> {
  if (stopAlarmName === undefined) return {};
  return {
    PutStopAlarm: call(
      sdkCall('cloudwatch', 'putMetricAlarm'),
      {
        AlarmName: stopAlarmName,
        AlarmDescription: `The version that a rollout brings to ${endpointName} is no longer approved: the rollout is rolled back`,
        Namespace: 'MLOps/Rollouts',
        MetricName: 'Stop',
        Dimensions: [{ Name: 'EndpointName', Value: endpointName }],
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'ignore',
      },
      { next: 'CalmStopAlarm', failed: 'IsTurnedAway' },
    ),
    CalmStopAlarm: setStopAlarm(stopAlarmName, 'OK', 'a rollout begins', {
      next: 'UpdateByPolicy',
      failed: 'IsTurnedAway',
    }),
  };
}

/** Gives the alarm a state, and so ends an update or allows the next one. */
export function setStopAlarm(
  name: string,
  state: 'OK' | 'ALARM',
  reason: string,
  then: { readonly next: string; readonly failed: string },
): State {
  return call(
    sdkCall('cloudwatch', 'setAlarmState'),
    { AlarmName: name, StateValue: state, StateReason: reason },
    then,
  );
}
