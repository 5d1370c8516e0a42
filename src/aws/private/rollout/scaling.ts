import { Aws } from 'aws-cdk-lib';
import { RolloutSpec } from './spec';
import { call, choose, jsonata, Permission, sdkCall, State } from '../base/state-language';
import { LIVE_VARIANT } from '../serving/variants';

/** The new version serves: give it its scaling. The same states bring scaling back after a failure. */
export function scalingStates(spec: RolloutSpec): Record<string, State> {
  const resourceId = spec.inferenceComponent ? `inference-component/${spec.inferenceComponent.name}` : variantId(spec);
  if (!spec.scaling) {
    return {
      FindLeftOverScaling: call(sdkCall('applicationautoscaling', 'describeScalableTargets'), { ServiceNamespace: 'sagemaker', ResourceIds: [resourceId] }, {
        next: 'IsScalingLeftOver', failed: 'StartFailing', assign: { scalable: scalableOf() },
      }),
      IsScalingLeftOver: choose([["$scalable.dimension != ''", 'RemoveLeftOverScaling']], 'IsAllWell'),
      RemoveLeftOverScaling: call(sdkCall('applicationautoscaling', 'deregisterScalableTarget'), {
        ServiceNamespace: 'sagemaker', ResourceId: resourceId, ScalableDimension: jsonata('$scalable.dimension'),
      }, { next: enterScaling(spec), failed: 'StartFailing' }),
    };
  }
  const dimension = spec.scaling.dimension
    ?? (spec.inferenceComponent ? 'sagemaker:inference-component:DesiredCopyCount' : 'sagemaker:variant:DesiredInstanceCount');
  const scalable = { ServiceNamespace: 'sagemaker', ResourceId: resourceId, ScalableDimension: dimension };
  const policies = spec.scaling.policies;
  const policyState = (index: number) => index < policies.length ? `PutScalingPolicy${index + 1}` : 'IsAllWell';
  const states: Record<string, State> = {
    RegisterScaling: call(sdkCall('applicationautoscaling', 'registerScalableTarget'), {
      ...scalable, MinCapacity: spec.scaling.minCapacity, MaxCapacity: spec.scaling.maxCapacity,
    }, { next: policyState(0), failed: 'ScalingFailed' }),
    ScalingFailed: choose([['$failing', 'Notify']], 'StartFailing'),
  };
  policies.forEach((policy, index) => {
    const alarmState = `PutScalingAlarm${index + 1}`;
    states[policyState(index)] = call(sdkCall('applicationautoscaling', 'putScalingPolicy'), {
      PolicyName: policy.name,
      ...scalable,
      ...(policy.steps
        ? { PolicyType: 'StepScaling', StepScalingPolicyConfiguration: policy.steps }
        : { PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: policy.targetTracking }),
    }, {
      next: policy.alarm ? alarmState : policyState(index + 1),
      failed: 'ScalingFailed',
      // The SDK of Step Functions writes some names of the API with other capitals.
      ...(policy.alarm ? { assign: { policyArn: jsonata('$exists($states.result.PolicyARN) ? $states.result.PolicyARN : $states.result.PolicyArn') } } : {}),
    });
    if (policy.alarm) {
      states[alarmState] = call(sdkCall('cloudwatch', 'putMetricAlarm'), { ...policy.alarm, AlarmActions: [jsonata('$policyArn')] }, {
        next: policyState(index + 1), failed: 'ScalingFailed',
      });
    }
  });
  return states;
}

export function enterScaling(spec: RolloutSpec): string {
  return spec.scaling ? 'RegisterScaling' : 'FindLeftOverScaling';
}

export function scalableOf(): string {
  return jsonata("{ 'dimension': $exists($states.result.ScalableTargets[0]) ? $states.result.ScalableTargets[0].ScalableDimension : '' }");
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
  if (!spec.scaling) return permissions;
  const service = 'sagemaker.application-autoscaling.amazonaws.com';
  const alarmArn = (name: string) => `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:${name}`;
  const tracked = spec.inferenceComponent ? `inference-component/${spec.inferenceComponent.name}` : variantId(spec);
  permissions.push(
    {
      actions: ['application-autoscaling:RegisterScalableTarget', 'application-autoscaling:PutScalingPolicy'],
      resources: scalable,
      conditions: ofSageMaker,
      reason: unnamed,
    },
    // Application Auto Scaling refuses a caller who may not do himself what he asks for.
    {
      actions: spec.inferenceComponent
        ? ['sagemaker:DescribeInferenceComponent', 'sagemaker:UpdateInferenceComponentRuntimeConfig']
        : ['sagemaker:DescribeEndpoint', 'sagemaker:UpdateEndpointWeightsAndCapacities'],
      resources: scaled,
    },
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
