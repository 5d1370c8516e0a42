import { AlertSeverity, AlertSpec, promql } from './alert-policy';
import { EndpointSignals } from './signals';

/** From where on an endpoint is not well. */
export interface EndpointLimits {
  readonly maxErrorPercent: number;
  readonly maxClientErrorPercent: number;
  readonly maxLatencyP50Ms: number;
  readonly maxLatencyP99Ms: number;
  readonly maxUtilizationPercent: number;
  /** Undefined where nobody knows what is much. */
  readonly maxMemoryGiB?: number;
  /** 0 for never. */
  readonly noTrafficMinutes: number;
}

/** Every alert of an endpoint that its serving mode has the metrics for. */
export function endpointAlerts(signals: EndpointSignals, limits: EndpointLimits): AlertSpec[] {
  return [
    ...errorAlerts(signals, limits),
    slow('LatencyP50Alert', 'Half of the answers', signals, 0.5, limits.maxLatencyP50Ms, 'WARNING'),
    slow('LatencyP99Alert', '1 % of the answers', signals, 0.99, limits.maxLatencyP99Ms, 'ERROR'),
    ...machineAlerts(signals, limits),
    ...(limits.noTrafficMinutes === 0 ? [] : [noTrafficAlert(signals, limits.noTrafficMinutes)]),
  ];
}

function errorAlerts(
  signals: EndpointSignals,
  { maxErrorPercent, maxClientErrorPercent }: EndpointLimits,
): AlertSpec[] {
  const window = `${signals.shortestMinutes}m`;
  const share = (digit: number) => `${signals.rate(window, digit)} / ${signals.rate(window)}`;
  return [
    {
      id: 'ServerErrorAlert',
      title: `More than ${maxErrorPercent} % of the requests failed within ${signals.shortestMinutes} minutes by the server's fault`,
      severity: 'CRITICAL',
      runbook: [
        'Callers get 5xx answers: the container fails, or there is none to answer.',
        'Look at the logs of the endpoint for the stack trace of the container. If a rollout is running, it shifts the traffic back automatically; ' +
          'if the version is new, roll back by approving the one before. If the container was killed, it needs more memory.',
      ],
      conditions: [promql('Share of 5xx answers', `${share(5)} > ${shareOf(maxErrorPercent)}`, 0)],
    },
    {
      id: 'ClientErrorAlert',
      title: `More than ${maxClientErrorPercent} % of the requests were refused for 10 minutes`,
      severity: 'WARNING',
      runbook: [
        'Callers send what the model does not read (400), may not call it (401, 403), or send more than it takes (429).',
        'Compare a refused request with the schema of the model. A feature that was renamed or dropped at its source looks like this.',
      ],
      conditions: [promql('Share of 4xx answers', `${share(4)} > ${shareOf(maxClientErrorPercent)}`, 10)],
    },
  ];
}

function slow(
  id: string,
  what: string,
  signals: EndpointSignals,
  quantile: number,
  maxMs: number,
  severity: AlertSeverity,
): AlertSpec {
  return {
    id,
    title: `${what} took more than ${maxMs} ms for 10 minutes`,
    severity,
    runbook: [
      "The time is the whole of it, from the request to the answer: the model's own and what the service adds.",
      'If the machines are busy, let more of them serve. If not, look at what a version changed: size of the model, features that are looked up, ' +
        'rows in a request.',
    ],
    conditions: [
      promql(
        `Latency at ${quantile * 100} %`,
        `${signals.latency(quantile, `${signals.shortestMinutes}m`)} > ${maxMs}`,
        10,
      ),
    ],
  };
}

function machineAlerts(signals: EndpointSignals, { maxUtilizationPercent, maxMemoryGiB }: EndpointLimits): AlertSpec[] {
  const busy = signals.utilizations.map(({ part, query }): AlertSpec => ({
    id: `${part}Alert`,
    title: `${part} has been more than ${maxUtilizationPercent} % in use for 15 minutes`,
    severity: 'WARNING',
    runbook: [
      'The replicas are at their limit: answers become slow before they fail.',
      'Raise maxReplicas if autoscaling has reached it, or lower the target that it holds. A leak shows as use that only grows.',
    ],
    conditions: [promql(`${part} in use`, `${query} > ${shareOf(maxUtilizationPercent)}`, 15)],
  }));
  const full: AlertSpec[] = signals.memoryBytes === undefined || maxMemoryGiB === undefined ? [] : [{
    id: 'MemoryAlert',
    title: `A replica has used more than ${maxMemoryGiB} GiB of memory for 15 minutes`,
    severity: 'WARNING',
    runbook: [
      'A container that runs out of memory is killed, and its requests fail.',
      'Take a machine with more memory, or look for a leak: memory that only grows between two rollouts.',
    ],
    conditions: [promql('Memory in use', `${signals.memoryBytes} > ${maxMemoryGiB * 1024 ** 3}`, 15)],
  }];
  const few: AlertSpec[] =
    signals.wantedReplicas === undefined
      ? []
      : [
        {
          id: 'CapacityAlert',
          title: 'Fewer replicas run than are wanted for 20 minutes',
          severity: 'ERROR',
          runbook: [
            'Autoscaling asks for machines that it does not get: the quota is used up, or the zone has none of them.',
            'Look at the quotas of Vertex AI in the region (`custom_model_serving_*`), ask for more, or take another machine type.',
          ],
          conditions: [
            promql('Replicas that are missing', `${signals.wantedReplicas} - ${signals.replicas} > 0`, 20),
          ],
        },
      ];
  return [...busy, ...full, ...few];
}

/**
 * Silence where something could answer. Where nothing runs, Vertex AI says so and nobody is told; a service of Cloud
 * Run may be asleep.
 */
function noTrafficAlert(signals: EndpointSignals, minutes: number): AlertSpec {
  const silent = `(${signals.count(`${minutes}m`)} > 0)`;
  const { replicas, wantedReplicas } = signals;
  return {
    id: 'NoTrafficAlert',
    title: `Nobody has called for ${minutes} minutes`,
    severity: 'WARNING',
    runbook: [
      'There is something to answer, and no request arrives.',
      'Look at the callers: an address, a permission or a network may have changed. If the endpoint may be idle, set noTrafficMinutes to 0.',
    ],
    // A model that came up a minute ago has not been silent for an hour: the replicas must have been there as long.
    conditions: [
      promql(
        'Requests',
        replicas === undefined || wantedReplicas === undefined
          ? `absent(${silent})`
          : `((${replicas} > 0) and (${offset(replicas, minutes)} > 0)) unless ${silent}`,
        0,
      ),
    ],
  };
}

/** The same sum, some minutes ago. */
function offset(sum: string, minutes: number): string {
  return sum.replace(/\)$/, ` offset ${minutes}m)`);
}

/** A share of 1, without the rests of dividing: 0.1 / 100 is 0.001, not 0.0010000000000000002. */
function shareOf(percent: number): number {
  return Number((percent / 100).toPrecision(6));
}
