import { IConstruct } from 'constructs';
import { EndpointSignals } from './signals';
import { requireTexts } from '../../../core/private/texts';
import { refuseBecause, requireMatch, Speaker } from '../../../core/private/validation';
import { warn } from '../../../terraform/annotations';
import { EndpointMetrics, IServingEndpoint, IWatchedEndpoint } from '../../serving-endpoint-props';

/** Whether it is Google's. Asked of a member, because an endpoint of another language is of no class here. */
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

/** What only Google's services tell. */
const OF_GOOGLE = ['maxUtilizationPercent', 'maxMemoryGiB', 'replicaVcpus', 'drift', 'modelQuality'];

/** Refuses what would be asked of an endpoint that does not tell it. */
export function requireMeasured(who: Speaker, props: object, { node, metrics }: IServingEndpoint): void {
  const given = props as { readonly [prop: string]: unknown };
  const asks = (prop: string) => given[prop] !== undefined && !(prop === 'noTrafficMinutes' && given[prop] === 0);
  const ofGoogle = OF_GOOGLE.find(asks);
  if (ofGoogle !== undefined) {
    refuseBecause(
      who,
      `${ofGoogle} is asked of Vertex AI or Cloud Run, and '${node.id}' is an endpoint of neither: leave it out`,
    );
  }
  const unmeasured = metrics === undefined ? OF_METRICS.find(asks) : undefined;
  if (unmeasured !== undefined) {
    refuseBecause(who, `${unmeasured} has nothing to look at: give the metrics of '${node.id}'`);
  }
  if (metrics === undefined) return;
  for (const name of ['requests', 'serverErrors', 'clientErrors'] as const) {
    requireMatch(
      who,
      `metrics.${name} of '${node.id}'`,
      metrics[name],
      SELECTOR,
      'a selector of PromQL without a window, requests_total{service="churn"}',
    );
  }
  requireMatch(
    who,
    `metrics.latency of '${node.id}'`,
    metrics.latency,
    BUCKETS,
    'a selector of the buckets of a histogram, latency_bucket{service="churn"}',
  );
  requireMatch(who, `metrics.latencyUnit of '${node.id}'`, metrics.latencyUnit, /^(s|ms|us)$/, 's, ms or us');
  requireTexts(
    who,
    metrics,
    { requests: 'text', serverErrors: 'text', clientErrors: 'text', latency: 'text', latencyUnit: 'text?' },
    'metrics.',
  );
}

const SELECTOR = /^([A-Za-z_:][\w:]*(\{.*\})?|\{.+\})$/;
const BUCKETS = /^([A-Za-z_:][\w:]*_bucket(\{.*\})?|\{.*_bucket".*\})$/;

/** A warning that names what is not watched of an endpoint of another kind. */
export function warnUnwatched(scope: IConstruct, who: Speaker, endpoint: IServingEndpoint): void {
  warn(
    scope,
    `${who.what} '${who.name}': '${endpoint.node.path}' is not an endpoint of Vertex AI or Cloud Run: ` +
      `its ${unwatchedOf(endpoint).join(', ')} are not watched: give its metrics, or add alerts on them with addAlert`,
  );
}

/** What is not watched of it, in words. */
function unwatchedOf({ mode, metrics }: IServingEndpoint): string[] {
  if (mode === 'batch') return ['runs'];
  return [...(metrics === undefined ? ['requests', 'errors', 'latency'] : []), 'machines', 'rollouts'];
}

/** The signals of an endpoint that gives its metrics. */
export function foreignSignals({
  requests,
  serverErrors,
  clientErrors,
  latency,
  latencyUnit = 'ms',
}: EndpointMetrics): EndpointSignals {
  const byDigit: { readonly [digit: number]: string } = { 4: clientErrors, 5: serverErrors };
  const toMs = TO_MS[latencyUnit];
  return {
    rate: (window, digit) => `sum(rate(${digit === undefined ? requests : byDigit[digit]}[${window}]))`,
    count: (window) => `sum(increase(${requests}[${window}]))`,
    latency: (quantile, window) => `${toMs}histogram_quantile(${quantile}, sum by (le) (rate(${latency}[${window}])))`,
    utilizations: [],
    shortestMinutes: 5,
  };
}

const TO_MS: { readonly [unit: string]: string } = { s: '1000 * ', ms: '', us: '0.001 * ' };
