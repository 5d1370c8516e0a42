import { AlertSpec, looksBack } from './alert-rule';
import { arrivedWithin } from './kql';
import { OWN_METRICS, OwnMetrics, ownThreshold } from './own-metrics';
import { MACHINE_PARTS } from './probe-deployments';
import { EndpointSignals, MetricOf } from './signals';
import { ResolvedMonitoring } from '../../../core/private/resolve/monitoring';

/** From where on an endpoint is not well. */
export type EndpointLimits = Pick<
  ResolvedMonitoring,
  | 'maxErrorPercent'
  | 'maxClientErrorPercent'
  | 'maxLatencyP50Ms'
  | 'maxLatencyP99Ms'
  | 'maxUtilizationPercent'
  | 'noTrafficMinutes'
>;

/** Every alert of an endpoint that its serving mode has the numbers for. */
export function endpointAlerts(
  signals: EndpointSignals,
  limits: EndpointLimits,
  own: OwnMetrics,
  hasAccelerator: boolean,
): AlertSpec[] {
  return [
    ...errorAlerts(signals, limits, own),
    ...latencyAlerts(signals, limits),
    ...machineAlerts(signals, limits, own, hasAccelerator),
    ...(limits.noTrafficMinutes === 0 ? [] : [noTrafficAlert(signals, limits.noTrafficMinutes, own)]),
  ];
}

function errorAlerts(
  { requests }: EndpointSignals,
  { maxErrorPercent, maxClientErrorPercent }: EndpointLimits,
  own: OwnMetrics,
): AlertSpec[] {
  const share = (column: string, minutes: number, limit: number) =>
    [
      requests,
      arrivedWithin(minutes),
      `| summarize all = count(), bad = countif(${column})`,
      '| where all > 0',
      '| extend percent = 100.0 * bad / all',
      `| where percent > ${limit}`,
    ].join('\n');
  return [
    {
      id: 'ServerErrorAlert',
      title: `More than ${maxErrorPercent} % of the requests failed within 5 minutes by the server's fault`,
      severity: 'CRITICAL',
      runbook: [
        'Callers get 5xx answers: the container fails, or there is none to answer.',
        'Look at the logs of the deployment for the stack trace of the container (`AmlOnlineEndpointConsoleLog`, or the log stream of the container app). If a rollout is running, it shifts the traffic ' +
          'back automatically; if the version is new, roll back by approving the one before. If the container was killed, it needs more memory.',
      ],
      condition:
        requests === undefined
          ? ownThreshold(own, OWN_METRICS.serverErrors, {
            aggregation: 'Maximum',
            threshold: maxErrorPercent,
            windowMinutes: 5,
            everyMinutes: 5,
          })
          : { query: share('failed', 5, maxErrorPercent), everyMinutes: 5, backMinutes: 30 },
    },
    {
      id: 'ClientErrorAlert',
      title: `More than ${maxClientErrorPercent} % of the requests were refused within 10 minutes`,
      severity: 'WARNING',
      runbook: [
        'Callers send what the model does not read (400), may not call it (401, 403), or send more than it takes (429).',
        'Compare a refused request with the schema of the model. A feature that was renamed or dropped at its source looks like this.',
      ],
      condition:
        requests === undefined
          ? ownThreshold(own, OWN_METRICS.clientErrors, {
            aggregation: 'Average',
            threshold: maxClientErrorPercent,
            windowMinutes: 15,
            everyMinutes: 5,
          })
          : { query: share('refused', 10, maxClientErrorPercent), everyMinutes: 10, backMinutes: 30 },
    },
  ];
}

function latencyAlerts(
  { requests, latency }: EndpointSignals,
  { maxLatencyP50Ms, maxLatencyP99Ms }: EndpointLimits,
): AlertSpec[] {
  const runbook = [
    "The time is the whole of it, from the request to the answer: the model's own and what the service adds.",
    'If the machines are busy, let more of them serve. If not, look at what a version changed: size of the model, features that are looked up, rows in a request.',
  ];
  const slow = (
    id: string,
    title: string,
    severity: AlertSpec['severity'],
    quantile: number,
    ms: number,
  ): AlertSpec[] => {
    if (requests !== undefined) {
      const query = [
        requests,
        arrivedWithin(10),
        `| summarize slow = percentile(ms, ${quantile})`,
        `| where slow > ${ms}`,
      ].join('\n');
      return [
        {
          id,
          title: `${title} took more than ${ms} ms within 10 minutes`,
          severity,
          runbook,
          condition: { query, everyMinutes: 10, backMinutes: 30 },
        },
      ];
    }
    if (latency === undefined) return [];
    return [
      {
        id,
        title: `The average answer took more than ${ms} ms for 15 minutes`,
        severity,
        runbook,
        condition: { ...thresholdOn(latency), isBelow: false, threshold: ms, windowMinutes: 15, everyMinutes: 5 },
      },
    ];
  };
  return [
    ...slow('LatencyP50Alert', 'Half of the answers', 'WARNING', 50, maxLatencyP50Ms),
    ...slow('LatencyP99Alert', '1 % of the answers', 'ERROR', 99, maxLatencyP99Ms),
  ];
}

function machineAlerts(
  { utilizations, hasDeployments }: EndpointSignals, { maxUtilizationPercent }: EndpointLimits, own: OwnMetrics, hasAccelerator: boolean,
): AlertSpec[] {
  const busy = (part: string, condition: AlertSpec['condition']): AlertSpec => ({
    id: `${part}Alert`,
    title: `${PART_NAMES[part] ?? part} has been more than ${maxUtilizationPercent} % in use for 15 minutes`,
    severity: 'WARNING',
    runbook: [
      'The replicas are at their limit: answers become slow before they fail; a container that runs out of memory or disk is killed.',
      'Raise maxReplicas if autoscaling has reached it, or lower the target that it holds. A leak shows as use that only grows.',
    ],
    condition,
  });
  const limit = { threshold: maxUtilizationPercent, windowMinutes: 15, everyMinutes: 5 };
  const ofDeployments = MACHINE_PARTS.filter(({ isGpu }) => hasAccelerator || !isGpu);
  return [
    ...utilizations.map(({ part, metric }) => busy(part, { ...thresholdOn(metric), ...limit })),
    ...(hasDeployments
      ? ofDeployments.map(({ part, written }) =>
        busy(part, ownThreshold(own, written, { aggregation: 'Average', ...limit })),
      )
      : []),
    ...(hasDeployments
      ? [
        {
          id: 'CapacityAlert',
          title: 'Fewer replicas run than are wanted for 20 minutes',
          severity: 'ERROR' as const,
          runbook: [
            'A deployment asks for machines that it does not get: the quota is used up, or the region has none of them.',
            'Look at the quotas of the workspace (`az ml compute list-usage`), ask for more, or take another size of machine.',
          ],
          // The least of half an hour: a rollout or scaling that has just begun waits for machines too.
          condition: ownThreshold(own, OWN_METRICS.missingReplicas, {
            aggregation: 'Minimum',
            threshold: 0,
            windowMinutes: 30,
            everyMinutes: 5,
          }),
        },
      ]
      : []),
  ];
}

/** Silence of an endpoint that was called within the last two days: before its first request there is silence too. */
function noTrafficAlert({ requests }: EndpointSignals, minutes: number, own: OwnMetrics): AlertSpec {
  return {
    id: 'NoTrafficAlert',
    title: `No request has come for ${minutes} minutes`,
    severity: 'WARNING',
    runbook: [
      'There is something to answer, and no request arrives.',
      'Look at the callers: an address, a permission or a network may have changed. If the endpoint may be idle, set noTrafficMinutes to 0.',
    ],
    condition:
      requests === undefined
        ? ownThreshold(own, OWN_METRICS.requests, {
          aggregation: 'Total',
          isBelow: true,
          threshold: 1,
          windowMinutes: silence(minutes),
          everyMinutes: 5,
        })
        : {
          query: [
            requests,
            '| summarize newest = max(TimeGenerated)',
            `| where isnotnull(newest) and newest < ago(${minutes}m)`,
          ].join('\n'),
          everyMinutes: 15,
          backMinutes: looksBack(2880),
        },
  };
}

/** The shortest window of a metric rule that is as long. */
function silence(minutes: number): number {
  return [5, 15, 30, 60, 360, 720, 1440].find((each) => each >= minutes)!;
}

function thresholdOn({ resourceId, namespace, metric, aggregation, dimensions }: MetricOf) {
  return {
    resourceId,
    namespace,
    metric,
    aggregation: aggregation as 'Average' | 'Maximum' | 'Minimum' | 'Total',
    dimensions,
  };
}

const PART_NAMES: { readonly [part: string]: string } = { GPUMemory: 'GPU memory' };
