import { aws_sns as sns, Resource, Stack, Token } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { Cloud } from '../../../core/parity';
import { requireKnown } from '../../../core/private/known-values';
import { requireOneModel } from '../../../core/private/model-of';
import { AnswerLimits } from '../../../core/private/resolve/limits';
import { requireRecorded, ResolvedMonitoring, resolvedMonitoring } from '../../../core/private/resolve/monitoring';
import { askingFor } from '../../../core/private/resolve/retraining';
import { requireTexts } from '../../../core/private/texts';
import {
  refuse,
  refuseBecause,
  requireMatch,
  requireRange,
  requireUnique,
  Speaker,
} from '../../../core/private/validation';
import { MonitoringStackProps } from '../../monitoring-stack-props';
import { IServingEndpoint, IWatchedEndpoint } from '../../serving-endpoint-props';
import { requireInstanceType } from '../base/fields';
import { usualLimits } from '../serving/rollback-alarms';

/** An endpoint, and what is known of its rollouts and of what it serves. */
export type EndpointInput = IServingEndpoint &
  Partial<Pick<IWatchedEndpoint, 'maxErrorPercent' | 'maxLatencyP99Ms' | 'rolloutStateMachine'>>;

/** Whether what drift runs compare with, and what they train, belongs to what the endpoint serves. */
export function checkFit(who: Speaker, props: MonitoringStackProps, endpoint: EndpointInput | undefined): void {
  const parts = { ...props, endpoint, model: props.registry?.modelPackageGroupName };
  requireOneModel(who, parts, 'ModelSource.package or ModelSource.latestApproved');
}

/** Monitoring with every choice made. */
export interface AwsMonitoring extends ResolvedMonitoring {
  readonly maxOverheadMs: number;
}

/**
 * Fills every default, and refuses what cannot work; `endpoint` is undefined where none answers requests, in batch mode
 * too.
 */
export function awsMonitoring(
  who: Speaker,
  props: MonitoringStackProps,
  endpoint: EndpointInput | undefined,
): AwsMonitoring {
  checkKnown(who, props);
  const recorded = endpoint && {
    id: endpoint.node.id,
    isRecorded: endpoint.captureBucket !== undefined,
    unrecordable: UNRECORDABLE.find((mode) => mode === endpoint.mode),
  };
  const resolved = resolvedMonitoring(who, props, {
    cloud: Cloud.AWS,
    endpoint: recorded,
    // A limit that is given here holds here; else it is the one that turns rollouts back, which is watched already.
    usualLimits: { ...usualLimits(endpoint?.mode), ...given(endpoint) },
    driftProps: ['connections', 'driftInstanceType', 'vpc'],
    mostWindowDays: 90,
  });
  requireRange(who, 'maxOverheadMs', props.maxOverheadMs, 1, 3_600_000);
  requireMatch(
    who,
    'dashboardName',
    props.dashboardName,
    /^[\w-]{1,255}$/,
    'letters, digits, hyphens and underscores, at most 255',
  );
  if (props.maxOverheadMs !== undefined && endpoint?.mode === 'asynchronous') {
    refuseBecause(
      who,
      'maxOverheadMs is not possible with asynchronous serving: SageMaker does not measure what it adds there, use maxLatencyP99Ms',
    );
  }
  if (props.legacyModelMonitor !== undefined) requireRecorded(who, 'legacyModelMonitor', recorded);
  checkMachine(who, props);
  if (props.legacyModelMonitor !== undefined && endpoint?.rolloutStateMachine !== undefined) {
    refuseBecause(
      who,
      'legacyModelMonitor is not possible with ModelSource.latestApproved: Model Monitor refuses an endpoint that is not there, and rollouts ' +
        'make it after the deployment: use drift, or an endpoint of ModelSource.artifact or ModelSource.package',
    );
  }
  checkCaching(who, props);
  for (const each of props.dataQuality ?? []) {
    const shapes = { tableName: 'text', rules: 'texts', databaseName: 'text?', dataPrefix: 'text?' } as const;
    requireTexts(who, each, shapes, 'dataQuality ');
    if (!Array.isArray(each.rules)) refuse(who, 'dataQuality rules', each.rules, 'a list of texts');
    if (Token.isUnresolved(each.tableName)) refuse(who, 'dataQuality tableName', each.tableName, 'known at synthesis');
  }
  requireUnique(
    who,
    'dataQuality tableName',
    (props.dataQuality ?? []).map(({ tableName }) => tableName),
  );
  for (const { tableName, rules } of props.dataQuality ?? []) {
    requireMatch(
      who,
      'dataQuality tableName',
      tableName,
      /^[a-z0-9_]{1,255}$/,
      'lower-case letters, digits and underscores, at most 255',
    );
    if (rules.length === 0) refuse(who, `dataQuality rules of '${tableName}'`, rules, 'one rule at least');
  }
  return { ...resolved, maxOverheadMs: props.maxOverheadMs ?? 500 };
}

/** Thresholds stand in descriptions and in expressions of metrics and workflows as well. */
function checkKnown(who: Speaker, props: MonitoringStackProps): void {
  const {
    maxErrorPercent,
    maxClientErrorPercent,
    maxLatencyP99Ms,
    maxLatencyP50Ms,
    maxOverheadMs,
    maxUtilizationPercent,
    noTrafficMinutes,
    minDaysBetweenRetrainings,
    drift,
    modelQuality,
    serviceLevel,
  } = props;
  requireKnown(who, {
    maxErrorPercent,
    maxClientErrorPercent,
    maxLatencyP99Ms,
    maxLatencyP50Ms,
    maxOverheadMs,
    maxUtilizationPercent,
    noTrafficMinutes,
    minDaysBetweenRetrainings,
    drift,
    modelQuality,
    serviceLevel,
  });
}

/** The limits that roll the endpoint back, those that it tells. */
function given(endpoint: EndpointInput | undefined): Partial<AnswerLimits> {
  return {
    ...endpoint?.maxErrorPercent === undefined ? {} : { maxErrorPercent: endpoint.maxErrorPercent },
    ...endpoint?.maxLatencyP99Ms === undefined ? {} : { maxLatencyP99Ms: endpoint.maxLatencyP99Ms },
  };
}

function checkMachine(who: Speaker, props: MonitoringStackProps): void {
  requireInstanceType(who, 'driftInstanceType', props.driftInstanceType, 'processing');
  if (props.driftCompute !== undefined && props.driftInstanceType !== undefined) {
    refuseBecause(who, 'driftCompute and driftInstanceType both choose the machine: give one of them');
  }
  for (const prop of ['vpcSubnets', 'securityGroups'] as const) {
    if (props[prop] !== undefined && props.vpc === undefined) {
      refuseBecause(who, `${prop} belongs to a vpc: give vpc as well, or leave it out`);
    }
  }
}

function checkCaching(who: Speaker, props: MonitoringStackProps): void {
  if (props.training?.cachesSteps !== true) return;
  for (const prop of askingFor(props)) {
    refuseBecause(
      who,
      `${prop}.retrain would train nothing: '${props.training.node.id}' compares addresses, not data, leave out its cacheExpiry`,
    );
  }
}

/**
 * Refuses stacks that would wait for each other: an endpoint's rollouts tell the topic, and so does an alarm, and both
 * are summed up here.
 *
 * A topic that no stack of the app makes keeps nobody waiting.
 */
export function checkStacks(
  who: Speaker,
  scope: Construct,
  what: string,
  watched: IConstruct,
  topic: sns.ITopic | undefined,
): void {
  if (Stack.of(watched) === Stack.of(scope)) return;
  if (topic !== undefined && Stack.of(topic) !== Stack.of(scope)) return;
  if (topic !== undefined && !Resource.isOwnedResource(topic) && !Token.isUnresolved(topic.topicArn)) return;
  refuseBecause(
    who,
    `the ${what} '${watched.node.id}' is in another stack, and each would wait for the other: put both into one, or give a topic of a third`,
  );
}

/** Modes of serving that SageMaker does not capture. */
const UNRECORDABLE = ['serverless', 'inference-components'];
