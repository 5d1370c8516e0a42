import { aws_sns as sns, Resource, Stack, Token } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { ComputeSpec } from '../../../core/compute';
import { MonitoringIntent } from '../../../core/monitoring-stack';
import { Cloud, Parity } from '../../../core/parity';
import { checkMonitorVerb } from '../../../core/private/monitor-verb';
import { askingFor, checkRetraining } from '../../../core/private/retraining';
import {
  refuse, refuseBecause, requireEmails, requireInteger, requireKnown, requireMatch, requireRange, requireUnique, Speaker,
} from '../../../core/private/validation';

/** What is checked of the props; of the objects among them, only whether they are there. */
export interface CheckedMonitoring extends MonitoringIntent {
  readonly registry?: unknown;
  readonly image?: unknown;
  readonly training?: CheckedPipeline;
  readonly maxClientErrorPercent?: number;
  readonly maxLatencyP50Ms?: number;
  readonly maxOverheadMs?: number;
  readonly maxUtilizationPercent?: number;
  readonly driftCompute?: ComputeSpec;
  readonly driftInstanceType?: string;
  readonly featureMetrics?: boolean;
  readonly vpc?: unknown;
  readonly vpcSubnets?: unknown;
  readonly securityGroups?: unknown;
  readonly dataQuality?: { readonly tableName: string; readonly rules: string[] }[];
  readonly dashboard?: boolean;
  readonly dashboardName?: string;
  readonly legacyModelMonitor?: unknown;
}

/** What is checked of the training pipeline. */
export interface CheckedPipeline {
  readonly node: { readonly id: string };
  readonly cachesSteps: boolean;
}

/** What is checked of the endpoint. */
export interface CheckedEndpoint extends IConstruct {
  readonly mode: string;
  readonly captureBucket?: unknown;
  /** What it serves; undefined where it was made elsewhere. */
  readonly _served?: { readonly kind: string; readonly groupName?: string };
}

/** What is checked of the registry. */
export interface CheckedRegistry {
  readonly node: { readonly id: string };
  readonly modelPackageGroupName: string;
}

/** Whether what drift runs compare with belongs to what the endpoint serves. */
export function checkFit(who: Speaker, props: { readonly drift?: unknown; readonly modelQuality?: unknown; readonly registry?: CheckedRegistry },
  endpoint: CheckedEndpoint | undefined): void {
  const served = endpoint?._served;
  const prop = props.drift !== undefined ? 'drift' : props.modelQuality !== undefined ? 'modelQuality' : undefined;
  if (prop === undefined || served === undefined) return;
  const name = endpoint!.node.id;
  if (served.groupName === undefined) {
    refuseBecause(who, `${prop} has nothing to compare with: '${name}' serves an artifact, and only registered versions know their training reference: `
      + 'use ModelSource.package or ModelSource.latestApproved');
  }
  const group = props.registry!.modelPackageGroupName;
  if (Token.isUnresolved(group) || Token.isUnresolved(served.groupName) || group === served.groupName) return;
  refuseBecause(who, `registry '${props.registry!.node.id}' has the versions of ${group}, and '${name}' serves those of ${served.groupName}: give the registry of these`);
}

/** Refuses what cannot work, in the words of the props; `endpoint` is undefined where none answers requests, in batch mode too. */
export function checkMonitoring(who: Speaker, props: CheckedMonitoring, endpoint: CheckedEndpoint | undefined): void {
  Parity._refuse(who, 'MonitoringIntent', Cloud.AWS, props);
  checkKnown(who, props);
  requireEmails(who, 'alertEmails', props.alertEmails);
  requireUnique(who, 'alertEmails', props.alertEmails ?? []);
  requireRange(who, 'maxErrorPercent', props.maxErrorPercent, 0, 100);
  requireRange(who, 'maxClientErrorPercent', props.maxClientErrorPercent, 0, 100);
  for (const prop of ['maxLatencyP99Ms', 'maxLatencyP50Ms', 'maxOverheadMs'] as const) requireRange(who, prop, props[prop], 1, 3600000);
  requireRange(who, 'maxUtilizationPercent', props.maxUtilizationPercent, 1, 100);
  requireInteger(who, 'noTrafficMinutes', props.noTrafficMinutes, 0, 1440);
  requireMatch(who, 'dashboardName', props.dashboardName, /^[\w-]{1,255}$/, 'letters, digits, hyphens and underscores, at most 255');
  if (props.dashboardName !== undefined && props.dashboard === false) refuseBecause(who, 'dashboardName names no dashboard: leave it out, or dashboard');
  if (props.maxOverheadMs !== undefined && endpoint?.mode === 'asynchronous') {
    refuseBecause(who, 'maxOverheadMs is not possible with asynchronous serving: SageMaker does not measure what it adds there, use maxLatencyP99Ms');
  }
  checkDrift(who, props, endpoint);
  checkQuality(who, props);
  checkMonitorVerb(who, props);
  checkRetraining(who, props);
  checkCaching(who, props);
  checkServiceLevel(who, props, endpoint);
  requireUnique(who, 'dataQuality tableName', (props.dataQuality ?? []).map(({ tableName }) => tableName));
  for (const { tableName, rules } of props.dataQuality ?? []) {
    requireMatch(who, 'dataQuality tableName', tableName, /^[a-z0-9_]{1,255}$/, 'lower-case letters, digits and underscores, at most 255');
    if (rules.length === 0) refuse(who, `dataQuality rules of '${tableName}'`, rules, 'one rule at least');
  }
}

/** Thresholds stand in descriptions and in expressions of metrics and workflows as well. */
function checkKnown(who: Speaker, props: CheckedMonitoring): void {
  const numbers = [
    'maxErrorPercent', 'maxClientErrorPercent', 'maxLatencyP99Ms', 'maxLatencyP50Ms', 'maxOverheadMs', 'maxUtilizationPercent', 'noTrafficMinutes',
    'minDaysBetweenRetrainings',
  ] as const;
  requireKnown(who, {
    ...Object.fromEntries(numbers.map((prop) => [prop, props[prop]])),
    ...Object.fromEntries((props.modelQuality?.gates ?? []).map(({ metric, threshold }) => [`modelQuality.gates threshold of '${metric}'`, threshold])),
    'drift.maxDriftShare': props.drift?.maxDriftShare,
    'drift.minRows': props.drift?.minRows,
    'modelQuality.minLabelledRows': props.modelQuality?.minLabelledRows,
    'modelQuality.labelDelayDays': props.modelQuality?.labelDelayDays,
    'serviceLevel.availabilityPercent': props.serviceLevel?.availabilityPercent,
    'serviceLevel.windowDays': props.serviceLevel?.windowDays,
  });
}

function checkDrift(who: Speaker, props: CheckedMonitoring, endpoint: CheckedEndpoint | undefined): void {
  for (const prop of ['drift', 'modelQuality', 'legacyModelMonitor'] as const) {
    if (props[prop] === undefined) continue;
    if (endpoint === undefined) refuseBecause(who, `${prop} has no endpoint to look at: give endpoint, one that answers requests`);
    if (endpoint.captureBucket === undefined) {
      refuseBecause(who, `${prop} has nothing to look at: the endpoint '${endpoint.node.id}' records nothing, set its capture`);
    }
    if (prop === 'legacyModelMonitor') continue;
    if (props.registry === undefined) {
      refuseBecause(who, `${prop} has nothing to compare with: give registry, whose versions know their training reference`);
    }
    if (props.image === undefined) refuseBecause(who, `${prop} has no job to run: give image, whose monitor verb measures`);
  }
  requireRange(who, 'drift.maxDriftShare', props.drift?.maxDriftShare, 0, 1);
  const measures = props.drift !== undefined || props.modelQuality !== undefined;
  for (const prop of ['driftCompute', 'driftInstanceType', 'featureMetrics', 'vpc'] as const) {
    if (props[prop] !== undefined && !measures) refuseBecause(who, `${prop} is for drift runs, and there are none: set drift or modelQuality, or leave it out`);
  }
  if (props.driftCompute !== undefined && props.driftInstanceType !== undefined) {
    refuseBecause(who, 'driftCompute and driftInstanceType both choose the machine: give one of them');
  }
  if ((props.driftCompute?.instanceCount ?? 1) !== 1) {
    refuse(who, 'driftCompute.instanceCount', props.driftCompute?.instanceCount, '1: a drift run is one job on one machine');
  }
  for (const prop of ['vpcSubnets', 'securityGroups'] as const) {
    if (props[prop] !== undefined && props.vpc === undefined) refuseBecause(who, `${prop} belongs to a vpc: give vpc as well, or leave it out`);
  }
}

function checkQuality(who: Speaker, { modelQuality }: CheckedMonitoring): void {
  if (modelQuality === undefined) return;
  if (modelQuality.gates.length === 0) refuse(who, 'modelQuality.gates', modelQuality.gates, 'one gate at least');
  requireUnique(who, 'modelQuality.gates metric', modelQuality.gates.map(({ metric }) => metric));
  requireMatch(who, 'modelQuality.labelsPrefix', modelQuality.labelsPrefix, /^[^/].*\/$/, 'a folder like labels/');
}

function checkCaching(who: Speaker, props: CheckedMonitoring): void {
  if (props.training?.cachesSteps !== true) return;
  for (const prop of askingFor(props)) {
    refuseBecause(who, `${prop}.retrain would train nothing: '${props.training.node.id}' compares addresses, not data, leave out its cacheExpiry`);
  }
}

function checkServiceLevel(who: Speaker, { serviceLevel }: CheckedMonitoring, endpoint: CheckedEndpoint | undefined): void {
  if (serviceLevel === undefined) return;
  if (endpoint === undefined) refuseBecause(who, 'serviceLevel promises nothing: give endpoint, one that answers requests');
  requireRange(who, 'serviceLevel.availabilityPercent', serviceLevel.availabilityPercent, 90, 99.999);
  requireInteger(who, 'serviceLevel.windowDays', serviceLevel.windowDays, 7, 90);
}

/**
 * Refuses stacks that would wait for each other: an endpoint's rollouts tell the topic, and so does an alarm, and both are summed up here.
 *
 * A topic that no stack of the app makes keeps nobody waiting.
 */
export function checkStacks(who: Speaker, scope: Construct, what: string, watched: IConstruct, topic: sns.ITopic | undefined): void {
  if (Stack.of(watched) === Stack.of(scope)) return;
  if (topic !== undefined && Stack.of(topic) !== Stack.of(scope)) return;
  if (topic !== undefined && !Resource.isOwnedResource(topic) && !Token.isUnresolved(topic.topicArn)) return;
  refuseBecause(who, `the ${what} '${watched.node.id}' is in another stack, and each would wait for the other: put both into one, or give a topic of a third`);
}
