import { aws_applicationautoscaling as appscaling, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { requireKnown } from '../../../core/private/known-values';
import { resolvedScaling } from '../../../core/private/resolve/serving';
import { refuse, refuseBecause, requireInteger, Speaker } from '../../../core/private/validation';
import { ScalingSpec, ScalingTarget } from '../../../core/serving';
import { instanceFacts } from '../base/machines';

/** Automatic scaling of the variant, or of the component. */
export interface ScalingPlan {
  readonly dimension: string;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly policies: (names: ScaledNames) => ScalingPolicyPlan[];
}

/** What the metrics of a scaling policy are found by. */
export interface ScaledNames {
  readonly variantName: string;
  readonly endpointName: string;
  readonly componentName?: string;
}

/** A policy that holds a target, or one that takes a step when its alarm goes off. */
export interface ScalingPolicyPlan {
  readonly name: string;
  readonly targetTracking?: appscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty;
  readonly steps?: appscaling.CfnScalingPolicy.StepScalingPolicyConfigurationProperty;
  readonly alarm?: Omit<cloudwatch.CfnAlarmProps, 'alarmName' | 'alarmActions'>;
}

/** Replica counts that make sense together. */
export function replicasOf(
  who: Speaker,
  scaling: ScalingSpec,
  least: number,
): { readonly min: number; readonly max: number } {
  requireKnown(who, { 'scaling.minReplicas': scaling.minReplicas, 'scaling.maxReplicas': scaling.maxReplicas });
  const { minReplicas: min, maxReplicas: max } = resolvedScaling(scaling);
  requireInteger(who, 'scaling.minReplicas', min, least, Number.MAX_SAFE_INTEGER);
  requireInteger(who, 'scaling.maxReplicas', max, 1, Number.MAX_SAFE_INTEGER);
  if (max < min) refuse(who, 'scaling.maxReplicas', max, `at least minReplicas (${min})`);
  requireInteger(who, 'scaling.scaleInCooldownSeconds', scaling.scaleInCooldownSeconds, 0, 86400);
  requireInteger(who, 'scaling.scaleOutCooldownSeconds', scaling.scaleOutCooldownSeconds, 0, 86400);
  return { min, max };
}

/** Scaling of instances that answer at once: none where the number cannot change. */
export function instanceScaling(
  who: Speaker, scaling: ScalingSpec, instanceType: string,
): { readonly minReplicas: number; readonly plan?: ScalingPlan } {
  const { min, max } = replicasOf(who, scaling, 1);
  if (min === max) return { minReplicas: min };
  refuseBurstable(who, instanceType, `minReplicas and maxReplicas must be equal (got ${min} and ${max})`);
  const { target, scaleInCooldownSeconds, scaleOutCooldownSeconds } = resolvedScaling(scaling);
  return {
    minReplicas: min,
    plan: {
      dimension: 'sagemaker:variant:DesiredInstanceCount',
      minCapacity: min,
      maxCapacity: max,
      policies: (names) => [{
        name: 'HoldTarget',
        targetTracking: {
          ...targetOf(who, target, instanceType, names),
          scaleInCooldown: scaleInCooldownSeconds,
          scaleOutCooldown: scaleOutCooldownSeconds,
        },
      }],
    },
  };
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html */
export function refuseBurstable(who: Speaker, instanceType: string, instead: string): void {
  if (!/^ml\.t\d/.test(instanceType)) return;
  refuseBecause(
    who,
    `instanceType ${instanceType} is burstable and cannot scale automatically: ${instead}, or use ml.m5.large`,
  );
}

function targetOf(
  who: Speaker,
  target: ScalingTarget,
  instanceType: string,
  { endpointName, variantName }: ScaledNames,
) {
  if (target.metric === 'requests-per-minute') {
    return {
      targetValue: target.value,
      predefinedMetricSpecification: { predefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
    };
  }
  const isGpu = target.metric === 'gpu-utilization';
  return {
    targetValue: target.value * unitsOf(who, target, instanceType),
    customizedMetricSpecification: {
      namespace: '/aws/sagemaker/Endpoints',
      metricName: isGpu ? 'GPUUtilization' : 'CPUUtilization',
      dimensions: [
        { name: 'EndpointName', value: endpointName },
        { name: 'VariantName', value: variantName },
      ],
      statistic: 'Average',
    },
  };
}

/**
 * How many 100 % an instance has: SageMaker adds up its cores, and its GPUs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-endpoints
 */
function unitsOf(who: Speaker, target: ScalingTarget, instanceType: string): number {
  const facts = instanceFacts(instanceType);
  if (facts === undefined) {
    refuseBecause(
      who,
      `scaling.target ${target.metric} needs the size of ${instanceType}, which is not in the table of instances: use ScalingTarget.requestsPerMinute`,
    );
  }
  if (target.metric === 'cpu-utilization') return facts.vcpus;
  if (facts.gpuCount > 0) return facts.gpuCount;
  return refuseBecause(
    who,
    `scaling.target gpu-utilization: ${instanceType} has no GPU: ask for one in compute, or use ScalingTarget.cpuUtilization`,
  );
}

/** Options of a fleet that sleeps. */
export interface WakeUp {
  readonly metricName: string;
  readonly dimensions: { readonly name: string; readonly value: string }[];
  readonly cooldownSeconds: number;
}

/**
 * The way back from zero. Target tracking divides by the number of replicas and can never leave zero by itself.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances.html
 */
export function wakeUp({ metricName, dimensions, cooldownSeconds }: WakeUp): ScalingPolicyPlan {
  return {
    name: 'WakeUp',
    steps: {
      adjustmentType: 'ChangeInCapacity',
      metricAggregationType: 'Maximum',
      cooldown: cooldownSeconds,
      stepAdjustments: [{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }],
    },
    alarm: {
      alarmDescription: `A request waits (${metricName}) and nothing runs: starts one replica`,
      namespace: 'AWS/SageMaker',
      metricName,
      dimensions,
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      threshold: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
    },
  };
}
