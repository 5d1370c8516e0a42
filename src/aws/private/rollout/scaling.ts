import { Aws } from 'aws-cdk-lib';
import { GRACE_LEFT, pollSeconds } from './polling';
import { RolloutScalingSpec, RolloutSpec } from './spec';
import { look, Target, WORKING } from './target';
import { ApiFields } from '../base/api-fields';
import { call, CAUGHT, choose, jsonata, MISSING, remember, sdkCall, State, unsure, wait } from '../base/state-language';
import { Permission } from '../base/state-permissions';
import { LIVE_VARIANT } from '../serving/variants';

/**
 * The version serves: give it its scaling, or the number of replicas that nothing scales. The same states bring scaling
 * back on every other way out.
 */
export function scalingStates(spec: RolloutSpec, target: Target): Record<string, State> {
  return spec.scaling ? scaledStates(spec, spec.scaling) : fixedStates(spec, target);
}

function scaledStates(spec: RolloutSpec, scaling: RolloutScalingSpec): Record<string, State> {
  const dimension =
    scaling.dimension ??
    (spec.inferenceComponent
      ? 'sagemaker:inference-component:DesiredCopyCount'
      : 'sagemaker:variant:DesiredInstanceCount');
  const scalable = { ServiceNamespace: 'sagemaker', ResourceId: scaledId(spec), ScalableDimension: dimension };
  const { policies, minCapacity, maxCapacity } = scaling;
  const trouble = { failed: 'ScalingFailed', assignFailed: { trouble: CAUGHT } };
  const register = (least: number, next: string): State =>
    call(
      sdkCall('applicationautoscaling', 'registerScalableTarget'),
      {
        ...scalable,
        MinCapacity: least,
        MaxCapacity: maxCapacity,
      },
      { ...trouble, next },
    );
  // What may go to zero does so only when all that wakes it up again is there.
  const last = minCapacity === 0 ? 'LetSleep' : 'HowDidItEnd';
  const policyState = (index: number) => index < policies.length ? `PutScalingPolicy${index + 1}` : last;
  const states: Record<string, State> = {
    ...(minCapacity === 0 ? {
      LookForScaling: call(sdkCall('applicationautoscaling', 'describeScalableTargets'), {
        ServiceNamespace: 'sagemaker', ResourceIds: [scalable.ResourceId], ScalableDimension: dimension,
      }, { ...trouble, next: 'IsScalingThere', assign: { scalable: scalableOf() } }),
      // One that sleeps is not woken up by an update of the stack.
      IsScalingThere: choose([["$scalable.dimension != ''", policyState(0)]], 'RegisterScaling'),
      LetSleep: register(0, 'HowDidItEnd'),
    } : {}),
    RegisterScaling: register(Math.max(1, minCapacity), policyState(0)),
    ...troubleStates(spec),
  };
  policies.forEach((policy, index) => {
    const alarmState = `PutScalingAlarm${index + 1}`;
    states[policyState(index)] = call(
      sdkCall('applicationautoscaling', 'putScalingPolicy'),
      {
        PolicyName: policy.name,
        ...scalable,
        ...(policy.steps
          ? { PolicyType: 'StepScaling', StepScalingPolicyConfiguration: policy.steps }
          : { PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: policy.targetTracking }),
      },
      {
        ...trouble,
        next: policy.alarm ? alarmState : policyState(index + 1),
        // The SDK of Step Functions writes some names of the API with other capitals.
        ...(policy.alarm
          ? {
            assign: {
              policyArn: jsonata(
                '$exists($states.result.PolicyARN) ? $states.result.PolicyARN : $states.result.PolicyArn',
              ),
            },
          }
          : {}),
      },
    );
    if (policy.alarm) {
      states[alarmState] = call(
        sdkCall('cloudwatch', 'putMetricAlarm'),
        { ...policy.alarm, AlarmActions: [jsonata('$policyArn')] },
        {
          ...trouble,
          next: policyState(index + 1),
        },
      );
    }
  });
  return states;
}

/**
 * Another rollout has taken scaling off meanwhile, or nobody knows whether a call was carried out: again, from the
 * start.
 */
function troubleStates(spec: RolloutSpec): Record<string, State> {
  return {
    ScalingFailed: choose(
      [[`($contains($trouble.Cause, ${MISSING}) or (${unsure('trouble')})) and ${GRACE_LEFT}`, 'WaitForScaling']],
      'ScalingMissing',
    ),
    WaitForScaling: wait(pollSeconds(spec), enterScaling(spec)),
    ScalingMissing: remember(
      {
        note: jsonata(
          "$outcome = 'live' ? '; the version is live, but its replicas or its scaling are not what the stack says: start the rollout again by hand' " +
            ": '; and scaling could not be brought back (' & $trouble.Cause & '): start a rollout of what is live by hand'",
        ),
        failure: jsonata("$outcome = 'live' ? $trouble : $failure"),
        outcome: jsonata("$outcome = 'live' ? 'failed' : $outcome"),
      },
      'HowDidItEnd',
    ),
  };
}

/** Nothing scales: the scaling of an earlier deployment goes, and as many replicas run as the stack says. */
function fixedStates(spec: RolloutSpec, target: Target): Record<string, State> {
  const trouble = { failed: 'ScalingFailed', assignFailed: { trouble: CAUGHT } };
  const resourceId = scaledId(spec);
  const change = replicasChange(spec);
  return {
    FindLeftOverScaling: call(
      sdkCall('applicationautoscaling', 'describeScalableTargets'),
      { ServiceNamespace: 'sagemaker', ResourceIds: [resourceId] },
      {
        ...trouble,
        next: 'IsScalingLeftOver',
        assign: { scalable: scalableOf() },
      },
    ),
    IsScalingLeftOver: choose(
      [["$scalable.dimension != ''", 'RemoveLeftOverScaling']],
      change ? 'AreReplicasRight' : 'HowDidItEnd',
    ),
    RemoveLeftOverScaling: call(
      sdkCall('applicationautoscaling', 'deregisterScalableTarget'),
      {
        ServiceNamespace: 'sagemaker',
        ResourceId: resourceId,
        ScalableDimension: jsonata('$scalable.dimension'),
      },
      { ...trouble, next: enterScaling(spec) },
    ),
    ...troubleStates(spec),
    ...(change
      ? {
        // Scaling leaves as many as it has reached, and an update of the same config changes nothing.
        AreReplicasRight: choose(
          [
            [`$live.replicas = 0 or $live.replicas = ${change.replicas}`, 'HowDidItEnd'],
            ['$resized', 'ReplicasWrong'],
          ],
          'SetReplicas',
        ),
        SetReplicas: call(sdkCall('sagemaker', change.api), change.args, {
          ...trouble,
          next: 'WaitForReplicas',
          failed: 'IsResizeUncertain',
          assign: { resized: true },
          retry: false,
        }),
        IsResizeUncertain: choose(
          [[`(${unsure('trouble')}) and ${GRACE_LEFT}`, 'WaitForReplicas']],
          'ScalingMissing',
        ),
        WaitForReplicas: wait(pollSeconds(spec), 'CheckReplicas'),
        CheckReplicas: look(target, { next: 'IsResizing', failed: 'IsTimeLeftToResize', keepsFailure: true }),
        IsResizing: choose([[`$live.status in ${WORKING}`, 'IsTimeLeftToResize']], 'AreReplicasRight'),
        IsTimeLeftToResize: choose([[GRACE_LEFT, 'WaitForReplicas']], 'ReplicasWrong'),
        ReplicasWrong: remember(
          {
            trouble: {
              Error: 'Replicas',
              Cause: jsonata(
                `'${change.replicas} replicas were asked for, and there are ' & $string($live.replicas) & ($live.reason != '' ? ': ' & $live.reason : '')`,
              ),
            },
          },
          'ScalingMissing',
        ),
      }
      : {}),
  };
}

/** The call that sets the number of replicas; undefined where SageMaker counts for itself. */
function replicasChange(
  spec: RolloutSpec,
): { readonly replicas: number; readonly api: string; readonly args: ApiFields } | undefined {
  const { inferenceComponent: component, variant } = spec;
  if (component !== undefined) {
    const args = { InferenceComponentName: component.name, DesiredRuntimeConfig: { CopyCount: component.copyCount } };
    return { replicas: component.copyCount, api: 'updateInferenceComponentRuntimeConfig', args };
  }
  const serverless = variant?.ServerlessConfig as ApiFields | undefined;
  const replicas = (serverless === undefined ? variant?.InitialInstanceCount : serverless.ProvisionedConcurrency) as
    number | undefined;
  if (replicas === undefined) return undefined;
  const wanted =
    serverless === undefined
      ? { DesiredInstanceCount: replicas }
      : { ServerlessUpdateConfig: { MaxConcurrency: serverless.MaxConcurrency, ProvisionedConcurrency: replicas } };
  const args = {
    EndpointName: spec.endpointName,
    DesiredWeightsAndCapacities: [{ VariantName: LIVE_VARIANT, ...wanted }],
  };
  return { replicas, api: 'updateEndpointWeightsAndCapacities', args };
}

export function enterScaling({ scaling }: RolloutSpec): string {
  if (scaling === undefined) return 'FindLeftOverScaling';
  return scaling.minCapacity === 0 ? 'LookForScaling' : 'RegisterScaling';
}

/** What scales: the live variant, or the component. */
function scaledId(spec: RolloutSpec): string {
  return spec.inferenceComponent ? `inference-component/${spec.inferenceComponent.name}` : variantId(spec);
}

export function scalableOf(): string {
  return jsonata(
    "{ 'dimension': $exists($states.result.ScalableTargets[0]) ? $states.result.ScalableTargets[0].ScalableDimension : '' }",
  );
}

export function variantId(spec: RolloutSpec): string {
  return `endpoint/${spec.endpointName}/variant/${LIVE_VARIANT}`;
}

export function scalingPermissions(spec: RolloutSpec, scaled: string[]): Permission[] {
  const scalable = [`arn:${Aws.PARTITION}:application-autoscaling:${Aws.REGION}:${Aws.ACCOUNT_ID}:scalable-target/*`];
  const ofSageMaker = { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } };
  const unnamed = 'the service makes the ids of scalable targets; the condition keeps to SageMaker';
  const permissions: Permission[] = [
    {
      actions: ['application-autoscaling:DescribeScalableTargets'],
      resources: ['*'],
      reason: 'DescribeScalableTargets cannot be limited to a resource',
    },
    { actions: ['application-autoscaling:DeregisterScalableTarget'], resources: scalable, conditions: ofSageMaker, reason: unnamed },
  ];
  const resizes = {
    actions: spec.inferenceComponent
      ? ['sagemaker:DescribeInferenceComponent', 'sagemaker:UpdateInferenceComponentRuntimeConfig']
      : ['sagemaker:DescribeEndpoint', 'sagemaker:UpdateEndpointWeightsAndCapacities'],
    resources: scaled,
  };
  if (!spec.scaling) return replicasChange(spec) === undefined ? permissions : [...permissions, resizes];
  const service = 'sagemaker.application-autoscaling.amazonaws.com';
  const alarmArn = (name: string) => `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:${name}`;
  const tracked = scaledId(spec);
  permissions.push(
    {
      actions: ['application-autoscaling:RegisterScalableTarget', 'application-autoscaling:PutScalingPolicy'],
      resources: scalable,
      conditions: ofSageMaker,
      reason: unnamed,
    },
    // Application Auto Scaling refuses a caller who may not do himself what he asks for.
    resizes,
    { actions: ['cloudwatch:DescribeAlarms'], resources: ['*'], reason: 'Application Auto Scaling looks for its alarms among all' },
    {
      actions: ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
      resources: [
        alarmArn(`TargetTracking-${tracked}-*`),
        ...spec.scaling.policies.flatMap(policy => policy.alarm ? [alarmArn(String(policy.alarm.AlarmName))] : []),
      ],
      reason: 'target tracking ends the names of its alarms in an id',
    },
    {
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [`arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/aws-service-role/${service}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`],
      conditions: { StringLike: { 'iam:AWSServiceName': service } },
    },
  );
  return permissions;
}
