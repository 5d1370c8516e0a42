import { IWatchedEndpoint } from '../../serving-endpoint-props';
/** A metric of an endpoint's machines, as a share of what there is. */
export interface Utilization {
  /** `CPU`, `GPU`, `Memory`. */
  readonly part: string;
  /** PromQL of the share, 1 where all is in use. */
  readonly query: string;
}

/** What an endpoint tells about itself, as PromQL, and as filters where a service level wants those. */
export interface EndpointSignals {
  readonly utilizations: readonly Utilization[];
  /** Machines or containers that run; undefined where nothing says so. */
  readonly replicas?: string;
  /** Machines that are wanted; undefined where nothing says so. */
  readonly wantedReplicas?: string;
  /** Memory in use of the fullest machine, in bytes; undefined where it is known as a share. */
  readonly memoryBytes?: string;
  /** The shortest window, in minutes, that is sure to have what was answered just now: numbers come late. */
  readonly shortestMinutes: number;
  /** Filters of requests, as an objective counts them; undefined where they are known in PromQL only. */
  readonly filters?: RequestFilters;
  /** Requests, or those whose status begins with a digit, each second. */
  rate(window: string, statusDigit?: number): string;
  /** Requests within a window. */
  count(window: string): string;
  /** Time to answer, in milliseconds. */
  latency(quantile: number, window: string): string;
}

/** Filters of Cloud Monitoring. */
export interface RequestFilters {
  /** All requests. */
  readonly all: string;
  /** Those that failed by the server's fault. */
  readonly faults: string;
}

/** An endpoint, as its metrics name it. */
export type WatchedEndpoint = Pick<IWatchedEndpoint,
  'mode' | 'endpointId' | 'replicaVcpus' | 'hasAccelerator' | 'isPrivate'> & {
    readonly region: string;
  };

/** The signals of an endpoint that answers requests. */
export function signalsOf(endpoint: WatchedEndpoint): EndpointSignals {
  return endpoint.mode === 'serverless' ? cloudRun(endpoint) : vertex(endpoint);
}

/**
 * An endpoint of Vertex AI. Private endpoints count requests under names of their own, so each query asks for either; a
 * filter has one name only.
 *
 * @see https://cloud.google.com/monitoring/api/metrics_gcp_a_b#gcp-aiplatform
 */
function vertex({ endpointId, region, replicaVcpus, hasAccelerator, isPrivate }: WatchedEndpoint): EndpointSignals {
  const series = (path: string, more = '') =>
    'aiplatform_googleapis_com:prediction_online_' +
    `${path}{monitored_resource="aiplatform.googleapis.com/Endpoint",endpoint_id="${endpointId}",location="${region}"${more}}`;
  const requests = (over: string, window: string, more: string) => {
    const sum = (path: string) => `sum(${over}(${series(path, more)}[${window}]))`;
    return `(${sum('response_count')} or ${sum('private_response_count')})`;
  };
  const times = (path: string, window: string, more = '') =>
    `sum by (le) (rate(${series(`${path}_bucket`, more)}[${window}]))`;
  // The list of metrics calls the label 'HTTP response code (1xx, 2xx …)': the expression fits the class and the code.
  const status = (digit?: number) => (digit === undefined ? '' : `,response_code=~"${digit}.."`);
  const filter = (more = '') =>
    `metric.type="aiplatform.googleapis.com/prediction/online/${isPrivate ? 'private/' : ''}response_count" AND ` +
    `resource.type="aiplatform.googleapis.com/Endpoint" AND resource.labels.endpoint_id="${endpointId}"${more}`;
  return {
    rate: (window, digit) => requests('rate', window, status(digit)),
    count: (window) => requests('increase', window, ''),
    // `total` is the only latency that every model has.
    latency: (quantile, window) =>
      `histogram_quantile(${quantile}, ` +
      `${times('prediction_latencies', window, ',latency_type="total"')} or ${times('private_prediction_latencies', window)})`,
    utilizations: [
      ...(replicaVcpus === undefined
        ? []
        : [{ part: 'CPU', query: `avg(${series('cpu_utilization')}) / ${replicaVcpus}` }]),
      ...(hasAccelerator ? [{ part: 'GPU', query: `avg(${series('accelerator_duty_cycle')})` }] : []),
    ],
    // Private metrics are visible after six minutes.
    shortestMinutes: isPrivate ? 15 : 5,
    replicas: `sum(${series('replicas')})`,
    wantedReplicas: `sum(${series('target_replicas')})`,
    memoryBytes: `max(${series('memory_bytes_used')})`,
    filters: {
      all: filter(),
      // The label is a number there.
      faults: filter(
        isPrivate ? ' AND metric.labels.response_code>=500' : ' AND metric.labels.response_code=starts_with("5")',
      ),
    },
  };
}

/**
 * A service of Cloud Run.
 *
 * @see https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run
 */
function cloudRun({ endpointId, region, hasAccelerator }: WatchedEndpoint): EndpointSignals {
  const series = (path: string, more = '') => 'run_googleapis_com:'
    + `${path}{monitored_resource="cloud_run_revision",service_name="${endpointId}",location="${region}"${more}}`;
  const status = (digit?: number) => (digit === undefined ? '' : `,response_code_class="${digit}xx"`);
  const use = (path: string) =>
    `histogram_quantile(0.95, sum by (le) (rate(${series(`container_${path}_utilizations_bucket`)}[5m])))`;
  const filter = (more = '') =>
    'metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision" AND ' +
    `resource.labels.service_name="${endpointId}" AND resource.labels.location="${region}"${more}`;
  return {
    rate: (window, digit) => `sum(rate(${series('request_count', status(digit))}[${window}]))`,
    count: (window) => `sum(increase(${series('request_count')}[${window}]))`,
    latency: (quantile, window) =>
      `histogram_quantile(${quantile}, sum by (le) (rate(${series('request_latencies_bucket')}[${window}])))`,
    utilizations: [
      { part: 'CPU', query: use('cpu') },
      { part: 'Memory', query: use('memory') },
      ...(hasAccelerator ? [{ part: 'GPU', query: use('gpu') }] : []),
    ],
    shortestMinutes: 5,
    replicas: `sum(${series('container_instance_count')})`,
    filters: { all: filter(), faults: filter(' AND metric.labels.response_code_class="5xx"') },
  };
}
