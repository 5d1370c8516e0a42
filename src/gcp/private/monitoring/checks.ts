import { Cloud } from '../../../core/parity';
import { requireKnown } from '../../../core/private/known-values';
import { requireOneModel } from '../../../core/private/model-of';
import { ResolvedMonitoring, resolvedMonitoring } from '../../../core/private/resolve/monitoring';
import { requireTexts } from '../../../core/private/texts';
import {
  refuseBecause,
  requireInteger,
  requireMatch,
  requireRange,
  requireUnique,
  Speaker,
} from '../../../core/private/validation';
import { MonitoringStackProps } from '../../monitoring-stack-props';
import { requirePlain } from '../base/plain-text';
import { capturedTable } from '../data/captured-table';

/** Monitoring with every choice made, in the words of the props. */
export function googleMonitoring(who: Speaker, props: MonitoringStackProps): ResolvedMonitoring {
  requireKnown(
    who,
    props,
    'logRetentionDays',
    'drift.maxDriftShare',
    'drift.minRows',
    'modelQuality.gates',
    'modelQuality.minLabelledRows',
  );
  // In batch mode there are runs, and no endpoint to watch.
  const endpoint = props.endpoint?.mode === 'batch' ? undefined : props.endpoint;
  const resolved = resolvedMonitoring(who, props, {
    cloud: Cloud.GCP,
    endpoint: endpoint && { id: endpoint.node.id, isRecorded: endpoint.captureTable !== undefined },
    driftProps: ['driftMachineType', 'driftTimeoutMinutes', 'network', 'connections'],
    // An objective of Cloud Monitoring rolls over 30 days at most:
    // https://cloud.google.com/monitoring/api/ref_v3/rest/v3/services.serviceLevelObjectives
    mostWindowDays: 30,
  });
  requireTexts(who, props, { notificationChannels: 'texts?', driftMachineType: 'text?' });
  for (const name of props.notificationChannels ?? []) {
    requireMatch(
      who,
      'notificationChannels',
      name,
      /^projects\/[^/]+\/notificationChannels\/[^/]+$/,
      'names like projects/<id>/notificationChannels/<number>',
    );
  }
  requireUnique(who, 'notificationChannels', props.notificationChannels ?? []);
  requireInteger(who, 'reminderMinutes', props.reminderMinutes, 30, 1440);
  requireRange(who, 'maxMemoryGiB', props.maxMemoryGiB, 0.1, 12288);
  requireRange(who, 'replicaVcpus', props.replicaVcpus, 1, 416);
  requireInteger(who, 'logRetentionDays', props.logRetentionDays, 1, 3650);
  requireInteger(who, 'driftTimeoutMinutes', props.driftTimeoutMinutes, 5, 1440);
  requireMatch(who, 'dashboardName', props.dashboardName, /^.{1,200}$/, 'at most 200 characters');
  requireTexts(who, props, { dashboardName: 'text?' });
  checkEndpoint(who, props);
  requireOneModel(who, { ...props, model: props.registry?.modelId }, 'ModelSource.version or ModelSource.latestApproved');
  if (resolved.runs !== undefined && endpoint !== undefined) {
    capturedTable(who, `captureTable of '${endpoint.node.id}'`, endpoint.captureTable!);
    requirePlain(who, `captureTable of '${endpoint.node.id}'`, endpoint.captureTable);
    requirePlain(who, 'modelQuality.labelsPrefix', resolved.runs.labelsPrefix);
  }
  requireUnique(
    who,
    'dataQuality table',
    (props.dataQuality ?? []).map(({ datasetId, tableId }) => `${datasetId ?? ''}.${tableId}`),
  );
  return resolved;
}

const OF_ANSWERS = [
  'maxErrorPercent',
  'maxLatencyP99Ms',
  'maxClientErrorPercent',
  'maxLatencyP50Ms',
  'maxUtilizationPercent',
  'maxMemoryGiB',
  'replicaVcpus',
] as const;
const OF_VERTEX = ['maxMemoryGiB', 'replicaVcpus'] as const;

function checkEndpoint(who: Speaker, props: MonitoringStackProps): void {
  const { endpoint } = props;
  if (endpoint?.mode === 'batch') {
    const asked =
      OF_ANSWERS.find((prop) => props[prop] !== undefined) ??
      ((props.noTrafficMinutes ?? 0) > 0 ? 'noTrafficMinutes' : undefined);
    if (asked !== undefined) {
      refuseBecause(who, `${asked} is asked of answers, and '${endpoint.node.id}' predicts in batches: leave it out`);
    }
  }
  if (endpoint?.mode === 'serverless') {
    const vertex = OF_VERTEX.find((prop) => props[prop] !== undefined);
    if (vertex !== undefined) {
      refuseBecause(
        who,
        `${vertex} is for replicas on machines of Vertex AI: Cloud Run reports CPU and memory utilization as a share`,
      );
    }
  }
}
