import { requestsOf } from './kql';

/** What an endpoint that answers requests tells about itself. */
export interface EndpointSignals {
  /**
   * KQL of its requests, a row each, with `failed`, `refused`, `ms` and `arrived`; undefined where the share of
   * failures comes from metrics.
   */
  readonly requests?: string;
  /** Where latency is a metric: its average, because no service has percentiles of it as a metric that alerts take. */
  readonly latency?: MetricOf;
  /** Metrics of its machines, in percent. */
  readonly utilizations: readonly Utilization[];
  /** What the probe counts, where there are no rows to count. */
  readonly counted?: CountedRequests;
  /** Whether the probe looks at deployments, which workflows make and no rule can name. */
  readonly hasDeployments: boolean;
}

/** A metric of Azure Monitor, and where it is. */
export interface MetricOf {
  readonly resourceId: string;
  readonly namespace: string;
  readonly metric: string;
  readonly aggregation: string;
  readonly dimensions: { readonly [name: string]: readonly string[] };
}

/** The use of a part of a machine. */
export interface Utilization {
  /** `CPU`, `Memory`. */
  readonly part: string;
  readonly metric: MetricOf;
}

/** Requests as metrics. */
export interface CountedRequests {
  readonly all: MetricOf;
  readonly failed: MetricOf;
  readonly refused: MetricOf;
}

/** An endpoint, as its signals name it. */
export interface AskedEndpoint {
  readonly mode: string;
  readonly endpointId: string;
  readonly endpointName: string;
  readonly hasAccelerator?: boolean;
}

/** The signals of an endpoint of Azure. */
export function signalsOf(endpoint: AskedEndpoint, workspaceName: string): EndpointSignals {
  return endpoint.mode === 'serverless' ? containerApp(endpoint) : onlineEndpoint(endpoint, workspaceName);
}

/** A managed online endpoint logs each request. */
function onlineEndpoint({ endpointName }: AskedEndpoint, workspaceName: string): EndpointSignals {
  return { requests: requestsOf(workspaceName, endpointName), utilizations: [], hasDeployments: true };
}

/**
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-app-containerapps-metrics
 */
function containerApp({ endpointId, hasAccelerator }: AskedEndpoint): EndpointSignals {
  const of = (metric: string, aggregation: string, dimensions: MetricOf['dimensions'] = {}): MetricOf =>
    ({ resourceId: endpointId, namespace: 'Microsoft.App/containerapps', metric, aggregation, dimensions });
  return {
    latency: of('ResponseTime', 'Average'),
    utilizations: [
      { part: 'CPU', metric: of('CpuPercentage', 'Average') },
      { part: 'Memory', metric: of('MemoryPercentage', 'Average') },
      ...(hasAccelerator ? [{ part: 'GPU', metric: of('GpuUtilizationPercentage', 'Average') }] : []),
    ],
    counted: {
      all: of('Requests', 'Total'),
      failed: of('Requests', 'Total', { statusCodeCategory: ['5xx'] }),
      refused: of('Requests', 'Total', { statusCodeCategory: ['4xx'] }),
    },
    hasDeployments: false,
  };
}
