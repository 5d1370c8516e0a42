import { Cloud } from '../../../core/parity';
import { requireKnown } from '../../../core/private/known-values';
import { modelOf, requireOneModel } from '../../../core/private/model-of';
import { ResolvedMonitoring, resolvedMonitoring } from '../../../core/private/resolve/monitoring';
import { Token } from '../../../core/private/tokens';
import {
  refuse,
  refuseBecause,
  requireInteger,
  requireMatch,
  requireRange,
  requireUnique,
  Speaker,
} from '../../../core/private/validation';
import { MonitoringStackProps } from '../../monitoring-stack-props';
import { GUID } from '../base/guid';

/** Monitoring with every choice made, in the words of the props. */
export function azureMonitoring(who: Speaker, props: MonitoringStackProps): ResolvedMonitoring {
  requireKnown(
    who,
    props,
    'logRetentionDays',
    'drift.maxDriftShare',
    'drift.minRows',
    'modelQuality.gates',
    'modelQuality.minLabelledRows',
  );
  checkPlace(who, props);
  checkHub(who, props);
  // First: that the endpoint records nothing is no fault of a kind that cannot.
  checkEndpoint(who, props);
  // In batch mode there are runs, and no endpoint to watch.
  const endpoint = props.endpoint?.mode === 'batch' ? undefined : props.endpoint;
  const resolved = resolvedMonitoring(who, props, {
    cloud: Cloud.AZURE,
    endpoint: endpoint && { id: endpoint.node.id, isRecorded: endpoint.captureFolder !== undefined },
    driftProps: ['driftVmSize', 'driftTimeoutMinutes', 'driftCommand', 'connections'],
    mostWindowDays: 90,
  });
  requireOneModel(who, { ...props, model: props.registry?.modelName }, 'ModelSource.version or ModelSource.latestApproved');
  for (const id of props.actionGroupIds ?? []) {
    requireMatch(
      who,
      'actionGroupIds',
      id,
      /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/microsoft\.insights\/actionGroups\/[^/]+$/i,
      'ids like …/providers/Microsoft.Insights/actionGroups/<name>',
    );
  }
  requireUnique(who, 'actionGroupIds', props.actionGroupIds ?? []);
  // An alert takes five action groups, and one of them is made here.
  if ((props.actionGroupIds ?? []).length > 4) {
    refuse(
      who,
      'actionGroupIds',
      props.actionGroupIds!.length,
      "four ids at most, because an alert has five action groups and one is the stack's",
    );
  }
  requireInteger(who, 'logRetentionDays', props.logRetentionDays, 4, 730);
  requireInteger(who, 'driftTimeoutMinutes', props.driftTimeoutMinutes, 5, 1440);
  requireMatch(
    who,
    'driftCommand',
    props.driftCommand,
    /^(?!.*\$\{\{)\S(.*\S)?$/,
    'a command without blanks around it and without ${{, python /opt/program/main.py',
  );
  requireMatch(who, 'dashboardName', props.dashboardName, /^.{1,200}$/, 'at most 200 characters');
  checkModelMonitor(who, props);
  return resolved;
}

/** Metrics, logs and captured requests of an endpoint are in its own workspace. */
function checkPlace(who: Speaker, { endpoint, workspace }: MonitoringStackProps): void {
  const { workspaceId } = workspace;
  const named = /^(.+\/workspaces\/[^/]+)\/onlineEndpoints\/[^/]+$/i.exec(endpoint?.endpointId ?? '')?.[1];
  const own = (endpoint && modelOf(endpoint)?.place) ?? named;
  // Of two ids one of which is of the deployment alone nobody knows whether they are the same.
  if (own === undefined || Token.isUnresolved(own) !== Token.isUnresolved(workspaceId)) return;
  if (own.toLowerCase() === workspaceId.toLowerCase()) return;
  refuse(who, 'workspace', workspaceId, `that of the endpoint '${endpoint!.node.id}', ${own}`);
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsofteventhub */
function checkHub(who: Speaker, { alertEventHub: hub }: MonitoringStackProps): void {
  requireMatch(
    who,
    'alertEventHub.namespaceName',
    hub?.namespaceName,
    /^[a-zA-Z][a-zA-Z0-9-]{4,48}[a-zA-Z0-9]$/,
    'the name of a namespace, 6 to 50 letters, digits and hyphens, starting with a letter',
  );
  requireMatch(
    who,
    'alertEventHub.eventHubName',
    hub?.eventHubName,
    /^[a-zA-Z0-9]([\w.-]{0,254}[a-zA-Z0-9])?$/,
    'the name of an event hub, at most 256 letters, digits, dots, hyphens and underscores',
  );
  requireMatch(
    who,
    'alertEventHub.subscriptionId',
    hub?.subscriptionId,
    GUID,
    'the id of a subscription, 00000000-0000-0000-0000-000000000000',
  );
}

const OF_ANSWERS = [
  'maxErrorPercent',
  'maxLatencyP99Ms',
  'maxClientErrorPercent',
  'maxLatencyP50Ms',
  'maxUtilizationPercent',
] as const;

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
  const measured = (['drift', 'modelQuality'] as const).find((prop) => props[prop] !== undefined);
  if (endpoint?.mode === 'serverless' && measured !== undefined) {
    refuseBecause(
      who,
      `${measured} asks Azure ML which deployment is live, and '${endpoint.node.id}' is a container app: leave it out, or serve with Serving.realTime()`,
    );
  }
  if (props.logRetentionDays !== undefined && endpoint?.mode !== 'real-time') {
    refuseBecause(
      who,
      'logRetentionDays is for the logs of a managed online endpoint: give one as endpoint, or leave it out',
    );
  }
}

function checkModelMonitor(who: Speaker, { modelMonitor, endpoint }: MonitoringStackProps): void {
  if (modelMonitor === undefined) return;
  if (endpoint?.mode !== 'real-time') {
    refuseBecause(who, 'modelMonitor looks at a deployment of a managed online endpoint: give one as endpoint');
  }
  if (endpoint.captureFolder === undefined) {
    refuseBecause(
      who,
      `modelMonitor has nothing to look at: the endpoint '${endpoint.node.id}' records nothing, set its capture`,
    );
  }
  requireMatch(
    who,
    'modelMonitor.deploymentName',
    modelMonitor.deploymentName,
    /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/i,
    'the name of a deployment, 3 to 32 letters, digits and hyphens',
  );
  requireMatch(
    who,
    'modelMonitor.referenceData',
    modelMonitor.referenceData,
    /^azureml:.+$/,
    'an asset of the workspace, azureml:reference:1',
  );
  requireMatch(
    who,
    'modelMonitor.taskType',
    modelMonitor.taskType,
    /^(Classification|Regression)$/,
    'Classification or Regression',
  );
  requireRange(who, 'modelMonitor.maxJensenShannonDistance', modelMonitor.maxJensenShannonDistance, 0, 1);
  requireRange(who, 'modelMonitor.maxNullValueRate', modelMonitor.maxNullValueRate, 0, 1);
  requireMatch(
    who,
    'modelMonitor.instanceType',
    modelMonitor.instanceType,
    /^standard_[a-z0-9_]+$/i,
    'a size of Azure, standard_e4s_v3',
  );
}
