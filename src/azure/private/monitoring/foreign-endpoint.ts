import { EndpointSignals, MetricOf } from './signals';
import { refuseBecause, requireMatch, Speaker } from '../../../core/private/validation';
import { EndpointMetric, EndpointMetrics, IServingEndpoint, IWatchedEndpoint } from '../../serving-endpoint-props';

/** Whether it is Azure's. Asked of a member, because an endpoint of another language is of no class here. */
export function isWatched(endpoint: IServingEndpoint | undefined): endpoint is IWatchedEndpoint {
  return (endpoint as Partial<IWatchedEndpoint> | undefined)?.workflowName !== undefined;
}

/** What is asked of metrics. */
const OF_METRICS = [
  'maxErrorPercent',
  'maxClientErrorPercent',
  'maxLatencyP50Ms',
  'maxLatencyP99Ms',
  'noTrafficMinutes',
  'serviceLevel',
];

/** What only Azure's services tell. */
const OF_AZURE = ['maxUtilizationPercent', 'logRetentionDays', 'modelMonitor', 'drift', 'modelQuality'];

/** Refuses what would be asked of an endpoint that does not tell it. */
export function requireMeasured(who: Speaker, props: object, { node, metrics }: IServingEndpoint): void {
  const given = props as { readonly [prop: string]: unknown };
  const asks = (prop: string) => given[prop] !== undefined && !(prop === 'noTrafficMinutes' && given[prop] === 0);
  const ofAzure = OF_AZURE.find(asks);
  if (ofAzure !== undefined) {
    refuseBecause(
      who,
      `${ofAzure} is asked of a managed online endpoint or a container app, and '${node.id}' is neither: leave it out`,
    );
  }
  const unmeasured = metrics === undefined ? OF_METRICS.find(asks) : undefined;
  if (unmeasured !== undefined) {
    refuseBecause(who, `${unmeasured} has nothing to look at: give the metrics of '${node.id}'`);
  }
  if (metrics === undefined) return;
  requireMatch(
    who,
    `metrics.resourceId of '${node.id}'`,
    metrics.resourceId,
    /^\/subscriptions\/[^/]+\/.+$/,
    'an ARM id, /subscriptions/<id>/resourceGroups/<name>/providers/…',
  );
  for (const name of ['requests', 'serverErrors', 'clientErrors', 'latency'] as const) {
    requireMatch(
      who,
      `metrics.${name}.metricName of '${node.id}'`,
      metrics[name].metricName,
      /^[\w .:/-]{1,260}$/,
      'the name of a metric in the REST interface, Requests',
    );
    requireMatch(
      who,
      `metrics.${name}.aggregation of '${node.id}'`,
      metrics[name].aggregation,
      /^(Average|Minimum|Maximum|Total|Count)$/,
      'Average, Minimum, Maximum, Total or Count',
    );
  }
}

/** What is not watched of it, in words. */
export function unwatchedOf({ mode, metrics }: IServingEndpoint): string[] {
  if (mode === 'batch') return ['runs'];
  return [...(metrics === undefined ? ['requests', 'errors', 'latency'] : []), 'machines', 'rollouts'];
}

/** The signals of an endpoint that gives its metrics. */
export function foreignSignals({
  resourceId,
  metricNamespace,
  requests,
  serverErrors,
  clientErrors,
  latency,
}: EndpointMetrics): EndpointSignals {
  const of = ({ metricName, aggregation, dimensions }: EndpointMetric, usual: string): MetricOf => ({
    resourceId,
    namespace: metricNamespace,
    metric: metricName,
    aggregation: aggregation ?? usual,
    dimensions: dimensions ?? {},
  });
  return {
    latency: of(latency, 'Average'),
    utilizations: [],
    counted: { all: of(requests, 'Total'), failed: of(serverErrors, 'Total'), refused: of(clientErrors, 'Total') },
    hasDeployments: false,
  };
}
