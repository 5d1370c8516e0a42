import { Annotations, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { HostingPlan } from './plan';
import { BAKE_MINUTES } from '../../../core/private/resolve/serving';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { Rollout } from '../../../core/rollout';

/**
 * Longest rollout that SageMaker carries through.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html
 */
const MAX_SECONDS = 28_800;
/** Time for machines to come up and for the traffic to move, beside the waits. */
const MARGIN_SECONDS = 7_200;
const BAKE_SECONDS = BAKE_MINUTES * 60;

/** Time that a rollout may take: it watches, and machines come up, all of them at once or batch by batch. */
function executionSeconds(rollout: Rollout, batches: number, startSeconds: number): number {
  return Math.min(MAX_SECONDS, watchSeconds(rollout) + Math.max(MARGIN_SECONDS, batches * startSeconds + BAKE_SECONDS));
}

/** The same in minutes, with what else a workflow waits for: others that are at work on the endpoint. */
export function workflowMinutes(rollout: Rollout, { startSeconds = 0 }: Pick<HostingPlan, 'startSeconds'>): number {
  return Math.max(
    Math.ceil(watchSeconds(rollout) / 60) + 240,
    Math.ceil(executionSeconds(rollout, batchesOf(rollout), startSeconds) / 60) + 120,
  );
}

function batchesOf({ kind, percent }: Rollout): number {
  return kind === 'rolling' ? Math.ceil(100 / percent!) : 1;
}

/** How long a rollout watches, without the time machines take to come up. */
function watchSeconds(rollout: Rollout): number {
  if (rollout.kind === 'all-at-once') return BAKE_SECONDS;
  const steps = rollout.kind === 'canary' ? 2 : Math.ceil(100 / rollout.percent!);
  return steps * rollout.minutes! * 60;
}

/**
 * Refuses rollouts that SageMaker would refuse, or carry out as something else without a word.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
 */
export function requireRollout(who: Speaker, rollout: Rollout, plan: HostingPlan, hasChallenger: boolean): void {
  if (rollout.kind === 'all-at-once') return;
  const isRolling = rollout.kind === 'rolling';
  const reason = isRolling ? plan.cannot.rolling : plan.cannot.shifting;
  if (reason !== undefined) {
    refuseBecause(who, `rollout ${rollout.kind} is not possible with ${plan.mode} serving: ${reason}`);
  }
  if (isRolling && hasChallenger) {
    refuseBecause(
      who,
      'rollout rolling is not possible with a challenger: endpoints of several variants have no batches, use Rollout.canary or Rollout.linear',
    );
  }
  if (/^ml\.inf1\./.test(plan.instanceType ?? '')) {
    refuseBecause(
      who,
      `rollout ${rollout.kind} is not possible on ${plan.instanceType}: SageMaker replaces Inf1 fleets all at once, use Rollout.allAtOnce or ml.inf2`,
    );
  }
  if (plan.component === undefined && plan.minReplicas !== undefined && plan.minReplicas < 2) {
    refuseBecause(
      who,
      `rollout ${rollout.kind} needs at least 2 replicas to have a part to begin with, got minReplicas ${plan.minReplicas}: ` +
        'set minReplicas to 2, or use Rollout.allAtOnce',
    );
  }
  if (watchSeconds(rollout) > MAX_SECONDS - BAKE_SECONDS) {
    refuseBecause(
      who,
      `rollout ${rollout.kind} of ${rollout.percent} % every ${rollout.minutes} minutes takes ${watchSeconds(rollout) / 60} minutes, ` +
        'SageMaker gives up after 480: use larger or faster steps',
    );
  }
}

/**
 * Says what a share of the traffic becomes where it is less than one of the instances that always run: SageMaker shifts
 * whole ones.
 */
export function warnOfShare(
  scope: IConstruct,
  { kind, percent }: Rollout,
  { instanceType, minReplicas }: Pick<HostingPlan, 'instanceType' | 'minReplicas'>,
): void {
  if (
    percent === undefined ||
    instanceType === undefined ||
    minReplicas === undefined ||
    percent * minReplicas >= 100
  ) {
    return;
  }
  const share = Math.round(100 / minReplicas);
  Annotations.of(scope).addWarningV2(
    'mlops-constructs:rollout-share',
    `rollout ${kind} of ${percent} % begins with about ${share} % of the requests while ${minReplicas} replicas run: SageMaker shifts whole instances, and ` +
      `${percent} % takes ${Math.ceil(100 / percent)} of them. Set minReplicas to that, ask for ${share} %, or acknowledge this warning`,
  );
}

/**
 * The rollout in SageMaker's words; it rolls back on the alarms. SageMaker does not say what it makes of a part of an
 * instance, so that a canary which would be less than one of the fewest that may run is one instance. Where SageMaker
 * counts for itself there are no instances to count, and the share is left as it is.
 *
 * The plan says how many instances run at least, and how long one may take to come up.
 */
export function deploymentConfig(
  rollout: Rollout,
  alarmNames: string[],
  { minReplicas: fewest = Infinity, startSeconds = 0 }: Pick<HostingPlan, 'minReplicas' | 'startSeconds'>,
): sagemaker.CfnEndpoint.DeploymentConfigProperty {
  const autoRollbackConfiguration = { alarms: alarmNames.map((alarmName) => ({ alarmName })) };
  const maximumExecutionTimeoutInSeconds = executionSeconds(rollout, batchesOf(rollout), startSeconds);
  const waitIntervalInSeconds = (rollout.minutes ?? 0) * 60;
  const share = { type: 'CAPACITY_PERCENT', value: rollout.percent! };
  if (rollout.kind === 'rolling') {
    return {
      autoRollbackConfiguration,
      rollingUpdatePolicy: { maximumBatchSize: share, waitIntervalInSeconds, maximumExecutionTimeoutInSeconds },
    };
  }
  const trafficRoutingConfiguration = {
    'all-at-once': { type: 'ALL_AT_ONCE', waitIntervalInSeconds: BAKE_SECONDS },
    'canary': {
      type: 'CANARY',
      canarySize: rollout.percent! * fewest < 100 ? { type: 'INSTANCE_COUNT', value: 1 } : share,
      waitIntervalInSeconds,
    },
    'linear': { type: 'LINEAR', linearStepSize: share, waitIntervalInSeconds },
  }[rollout.kind as 'all-at-once' | 'canary' | 'linear'];
  return {
    autoRollbackConfiguration,
    blueGreenUpdatePolicy: {
      trafficRoutingConfiguration,
      terminationWaitInSeconds: 0,
      maximumExecutionTimeoutInSeconds,
    },
  };
}

/** The same for a component, which SageMaker replaces copy by copy whatever is asked. */
export function componentDeploymentConfig(
  rollout: Rollout, alarmNames: string[], { startSeconds = 0 }: Pick<HostingPlan, 'startSeconds'>,
): sagemaker.CfnInferenceComponent.InferenceComponentDeploymentConfigProperty {
  return {
    autoRollbackConfiguration: { alarms: alarmNames.map((alarmName) => ({ alarmName })) },
    rollingUpdatePolicy: {
      maximumBatchSize: { type: 'CAPACITY_PERCENT', value: rollout.percent ?? 50 },
      waitIntervalInSeconds: rollout.minutes === undefined ? BAKE_SECONDS : rollout.minutes * 60,
      maximumExecutionTimeoutInSeconds: executionSeconds(
        rollout,
        Math.ceil(100 / (rollout.percent ?? 50)),
        startSeconds,
      ),
    },
  };
}
