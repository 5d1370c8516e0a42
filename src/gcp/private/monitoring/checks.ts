import { ComputeSpec } from '../../../core/compute';
import { MonitoringIntent } from '../../../core/monitoring-stack';
import { Cloud, Parity } from '../../../core/parity';
import { checkMonitorVerb } from '../../../core/private/monitor-verb';
import { checkRetraining } from '../../../core/private/retraining';
import {
  refuse, refuseBecause, requireEmails, requireInteger, requireMatch, requireRange, requireUnique, Speaker,
} from '../../../core/private/validation';
import { requireKnownNumbers } from '../base/known-values';
import { requirePlain } from '../base/plain-text';
import { capturedTable } from '../data/captured-table';

/** What is checked of the props; of the objects among them, only whether they are there. */
export interface CheckedMonitoring extends MonitoringIntent {
  readonly registry?: unknown;
  readonly image?: unknown;
  readonly training?: unknown;
  readonly endpoint?: CheckedEndpoint;
  readonly notificationChannels?: string[];
  readonly reminderMinutes?: number;
  readonly maxClientErrorPercent?: number;
  readonly maxLatencyP50Ms?: number;
  readonly maxUtilizationPercent?: number;
  readonly maxMemoryGiB?: number;
  readonly replicaVcpus?: number;
  readonly network?: object;
  readonly driftCompute?: ComputeSpec;
  readonly driftMachineType?: string;
  readonly driftTimeoutMinutes?: number;
  readonly featureMetrics?: boolean;
  readonly dashboard?: boolean;
  readonly dashboardName?: string;
  readonly logRetentionDays?: number;
  readonly dataQuality?: { readonly tableId: string; readonly datasetId?: string }[];
}

/** What is checked of the endpoint. */
export interface CheckedEndpoint {
  readonly mode: string;
  readonly captureTable?: string;
  readonly node: { readonly id: string };
}

/** Refuses what cannot work, in the words of the props. */
export function checkMonitoring(who: Speaker, props: CheckedMonitoring): void {
  Parity._refuse(who, 'MonitoringIntent', Cloud.GCP, props);
  requireKnownNumbers(who, props, 'logRetentionDays', 'drift.maxDriftShare', 'drift.minRows', 'modelQuality.gates', 'modelQuality.minLabelledRows');
  requireEmails(who, 'alertEmails', props.alertEmails);
  requireUnique(who, 'alertEmails', props.alertEmails ?? []);
  for (const name of props.notificationChannels ?? []) {
    requireMatch(who, 'notificationChannels', name, /^projects\/[^/]+\/notificationChannels\/[^/]+$/, 'names like projects/<id>/notificationChannels/<number>');
  }
  requireUnique(who, 'notificationChannels', props.notificationChannels ?? []);
  requireInteger(who, 'reminderMinutes', props.reminderMinutes, 30, 1440);
  requireRange(who, 'maxErrorPercent', props.maxErrorPercent, 0, 100);
  requireRange(who, 'maxClientErrorPercent', props.maxClientErrorPercent, 0, 100);
  for (const prop of ['maxLatencyP99Ms', 'maxLatencyP50Ms'] as const) requireRange(who, prop, props[prop], 1, 3600000);
  requireRange(who, 'maxUtilizationPercent', props.maxUtilizationPercent, 1, 100);
  requireRange(who, 'maxMemoryGiB', props.maxMemoryGiB, 0.1, 12288);
  requireRange(who, 'replicaVcpus', props.replicaVcpus, 1, 416);
  requireInteger(who, 'noTrafficMinutes', props.noTrafficMinutes, 0, 1440);
  requireInteger(who, 'logRetentionDays', props.logRetentionDays, 1, 3650);
  requireMatch(who, 'dashboardName', props.dashboardName, /^.{1,200}$/, 'at most 200 characters');
  if (props.dashboardName !== undefined && props.dashboard === false) refuseBecause(who, 'dashboardName names no dashboard: leave it out, or dashboard');
  checkEndpoint(who, props);
  checkDrift(who, props);
  checkQuality(who, props);
  checkMonitorVerb(who, props);
  checkRetraining(who, props);
  checkServiceLevel(who, props);
  requireUnique(who, 'dataQuality table', (props.dataQuality ?? []).map(({ datasetId, tableId }) => `${datasetId ?? ''}.${tableId}`));
}

const OF_ANSWERS = ['maxErrorPercent', 'maxLatencyP99Ms', 'maxClientErrorPercent', 'maxLatencyP50Ms', 'maxUtilizationPercent', 'maxMemoryGiB', 'replicaVcpus'] as const;
const OF_VERTEX = ['maxMemoryGiB', 'replicaVcpus'] as const;

function checkEndpoint(who: Speaker, props: CheckedMonitoring): void {
  const { endpoint } = props;
  if (endpoint?.mode === 'batch') {
    const asked = OF_ANSWERS.find((prop) => props[prop] !== undefined) ?? ((props.noTrafficMinutes ?? 0) > 0 ? 'noTrafficMinutes' : undefined);
    if (asked !== undefined) refuseBecause(who, `${asked} is asked of answers, and '${endpoint.node.id}' predicts in batches: leave it out`);
  }
  if (endpoint?.mode === 'serverless') {
    const vertex = OF_VERTEX.find((prop) => props[prop] !== undefined);
    if (vertex !== undefined) refuseBecause(who, `${vertex} is for replicas on machines of Vertex AI: Cloud Run tells the use of CPU and memory as a share by itself`);
  }
}

function checkDrift(who: Speaker, props: CheckedMonitoring): void {
  const endpoint = props.endpoint?.mode === 'batch' ? undefined : props.endpoint;
  for (const prop of ['drift', 'modelQuality'] as const) {
    if (props[prop] === undefined) continue;
    if (endpoint === undefined) refuseBecause(who, `${prop} has no endpoint to look at: give endpoint, one that answers requests`);
    if (endpoint.captureTable === undefined) {
      refuseBecause(who, `${prop} has nothing to look at: the endpoint '${endpoint.node.id}' records nothing, set its capture`);
    }
    capturedTable(who, `captureTable of '${endpoint.node.id}'`, endpoint.captureTable);
    requirePlain(who, `captureTable of '${endpoint.node.id}'`, endpoint.captureTable);
    if (props.registry === undefined) {
      refuseBecause(who, `${prop} has nothing to compare with: give registry, whose versions know their training reference`);
    }
    if (props.image === undefined) refuseBecause(who, `${prop} has no job to run: give image, whose monitor verb measures`);
  }
  requireRange(who, 'drift.maxDriftShare', props.drift?.maxDriftShare, 0, 1);
  requireInteger(who, 'driftTimeoutMinutes', props.driftTimeoutMinutes, 5, 1440);
  const measures = props.drift !== undefined || props.modelQuality !== undefined;
  for (const prop of ['driftCompute', 'driftMachineType', 'driftTimeoutMinutes', 'featureMetrics', 'network'] as const) {
    if (props[prop] !== undefined && !measures) refuseBecause(who, `${prop} is for drift runs, and there are none: set drift or modelQuality, or leave it out`);
  }
  if ((props.driftCompute?.instanceCount ?? 1) !== 1) {
    refuse(who, 'driftCompute.instanceCount', props.driftCompute?.instanceCount, '1: a drift run is one job on one machine');
  }
}

function checkQuality(who: Speaker, { modelQuality }: CheckedMonitoring): void {
  if (modelQuality === undefined) return;
  if (modelQuality.gates.length === 0) refuse(who, 'modelQuality.gates', modelQuality.gates, 'one gate at least');
  requireUnique(who, 'modelQuality.gates metric', modelQuality.gates.map(({ metric }) => metric));
  requireMatch(who, 'modelQuality.labelsPrefix', modelQuality.labelsPrefix, /^[^/].*\/$/, 'a folder like labels/');
  requirePlain(who, 'modelQuality.labelsPrefix', modelQuality.labelsPrefix);
}

function checkServiceLevel(who: Speaker, { serviceLevel, endpoint }: CheckedMonitoring): void {
  if (serviceLevel === undefined) return;
  if (endpoint === undefined || endpoint.mode === 'batch') refuseBecause(who, 'serviceLevel promises nothing: give endpoint, one that answers requests');
  requireRange(who, 'serviceLevel.availabilityPercent', serviceLevel.availabilityPercent, 90, 99.999);
  // An objective of Cloud Monitoring rolls over 30 days at most: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/services.serviceLevelObjectives
  requireInteger(who, 'serviceLevel.windowDays', serviceLevel.windowDays, 7, 30);
}
