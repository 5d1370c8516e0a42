import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Concern, Graph } from './dashboard';
import { AlarmSpec } from './endpoint-alarms';
import { PromisedEndpoint } from './service-level';
import { AnswerLimits } from '../../../core/private/resolve/limits';
import { refuse, refuseBecause, Speaker } from '../../../core/private/validation';
import { EndpointMetrics, IServingEndpoint, IWatchedEndpoint } from '../../serving-endpoint-props';

/** Whether it is SageMaker's. Asked of a member, because an endpoint of another language is of no class here. */
export function isWatched(endpoint: IServingEndpoint | undefined): endpoint is IWatchedEndpoint {
  return (endpoint as Partial<IWatchedEndpoint> | undefined)?.variantName !== undefined;
}

/** What is asked of the metrics, by the prop that asks it. */
const ASKED_OF: { readonly [prop: string]: keyof EndpointMetrics } = {
  maxErrorPercent: 'serverErrors',
  maxClientErrorPercent: 'clientErrors',
  maxLatencyP50Ms: 'latency',
  maxLatencyP99Ms: 'latency',
  noTrafficMinutes: 'requests',
  serviceLevel: 'serverErrors',
};

/** What only SageMaker tells. */
const OF_SAGEMAKER = ['maxOverheadMs', 'maxUtilizationPercent', 'drift', 'modelQuality', 'legacyModelMonitor'];

/** Refuses what would be asked of an endpoint that does not tell it. */
export function requireMeasured(who: Speaker, props: object, { node, metrics }: IServingEndpoint): void {
  const given = props as { readonly [prop: string]: unknown };
  const asks = (prop: string) => given[prop] !== undefined && !(prop === 'noTrafficMinutes' && given[prop] === 0);
  const ofSageMaker = OF_SAGEMAKER.find(asks);
  if (ofSageMaker !== undefined) {
    refuseBecause(who, `${ofSageMaker} is asked of SageMaker, and '${node.id}' is not its endpoint: leave it out`);
  }
  const unmeasured = Object.keys(ASKED_OF).find((prop) => asks(prop) && metrics?.[ASKED_OF[prop]] === undefined);
  if (unmeasured !== undefined) {
    refuseBecause(
      who,
      `${unmeasured} has nothing to look at: give ${ASKED_OF[unmeasured]} among the metrics of '${node.id}'`,
    );
  }
  const { latencyUnit: unit } = metrics ?? {};
  if (unit !== undefined && UNITS[unit] === undefined) {
    refuse(who, `latencyUnit of '${node.id}'`, unit, `one of ${Object.keys(UNITS).join(', ')}`);
  }
}

/** What is not watched of it, in words. */
export function unwatchedOf({ mode, metrics }: IServingEndpoint): string[] {
  if (mode === 'batch') return ['runs'];
  return [
    ...(metrics === undefined ? ['requests'] : []),
    ...(metrics?.serverErrors === undefined ? ['server errors'] : []),
    ...(metrics?.clientErrors === undefined ? ['client errors'] : []),
    ...(metrics?.latency === undefined ? ['latency'] : []),
    'machines',
    'rollouts',
  ];
}

/** Limits of the alarms. */
export interface ForeignLimits extends AnswerLimits {
  readonly maxClientErrorPercent: number;
  readonly maxLatencyP50Ms: number;
  /** 0 for never. */
  readonly noTrafficMinutes: number;
}

/** The alarms that an endpoint of SageMaker has, on the metrics that this one gives. */
export function foreignAlarms({ endpointName, metrics }: IServingEndpoint, limits: ForeignLimits): AlarmSpec[] {
  if (metrics === undefined) return [];
  const { requests, serverErrors, clientErrors, latency } = metrics;
  const ofRequests = (percent: number) => `More than ${percent} % of the requests to ${endpointName}`;
  const slow = (id: string, statistic: string, maxMs: number, what: string): AlarmSpec[] =>
    latency === undefined
      ? []
      : [
        {
          id,
          description: `${what} of ${endpointName} took more than ${maxMs} ms for 10 minutes`,
          advice:
              'Look at the load and the utilization of the runtime: add replicas, or roll back the version that slowed it down.',
          metric: latency.with({ statistic, period: Duration.minutes(5) }),
          threshold: inUnit(maxMs, metrics),
          points: [2, 2],
        },
      ];
  return [
    ...(serverErrors === undefined
      ? []
      : [
        {
          id: 'ServerErrorAlarm',
          description: `${ofRequests(limits.maxErrorPercent)} failed with server errors within 5 minutes`,
          advice:
              'Look at the logs of the runtime for the stack trace, and roll back if a version was rolled out before.',
          metric: shareOf(requests, serverErrors, 5),
          threshold: limits.maxErrorPercent / 100,
        },
      ]),
    ...(clientErrors === undefined
      ? []
      : [
        {
          id: 'ClientErrorAlarm',
          description: `${ofRequests(limits.maxClientErrorPercent)} were refused for 10 minutes: callers send what the model does not read`,
          advice: 'Compare a refused request with the schema of the model, and look which caller changed.',
          metric: shareOf(requests, clientErrors, 5),
          threshold: limits.maxClientErrorPercent / 100,
          points: [2, 2] as const,
        },
      ]),
    ...slow('LatencyP50Alarm', 'p50', limits.maxLatencyP50Ms, 'Half of the answers'),
    ...slow('LatencyP99Alarm', 'p99', limits.maxLatencyP99Ms, '1 % of the answers'),
    ...(limits.noTrafficMinutes === 0
      ? []
      : [
        {
          id: 'NoTrafficAlarm',
          description: `No requests to ${endpointName} for ${limits.noTrafficMinutes} minutes`,
          advice: 'Look whether callers reach the endpoint: name, permission and network.',
          metric: requests.with({ statistic: 'Sum', period: Duration.minutes(limits.noTrafficMinutes) }),
          threshold: 1,
          comparison: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
          missing: cloudwatch.TreatMissingData.BREACHING,
        },
      ]),
  ];
}

/** Its rows of the dashboard: traffic, errors and latency. */
export function foreignConcerns({ metrics }: IServingEndpoint, limits: AnswerLimits): Concern[] {
  if (metrics === undefined) return [];
  const { requests, serverErrors, clientErrors, latency } = metrics;
  const sum = (metric: cloudwatch.Metric) => metric.with({ statistic: 'Sum', period: Duration.minutes(5) });
  const errors: Graph[] = serverErrors === undefined ? [] : [{
    title: 'Server errors',
    unit: 'share',
    metrics: [shareOf(requests, serverErrors, 5)],
    limits: [{ value: limits.maxErrorPercent / 100, label: 'limit' }],
  }];
  const refused: Graph[] =
    clientErrors === undefined
      ? []
      : [{ title: 'Client errors', unit: 'share', metrics: [shareOf(requests, clientErrors, 5)] }];
  return [
    { title: 'Traffic and errors', graphs: [{ title: 'Requests', metrics: [sum(requests)] }, ...errors, ...refused] },
    ...latency === undefined ? [] : [{
      title: 'Latency',
      graphs: [{
        title: 'Answers',
        unit: UNITS[unitOf(metrics)].label,
        metrics: ['p50', 'p90', 'p99'].map((statistic) => latency.with({ statistic, period: Duration.minutes(5), label: statistic })),
        limits: [{ value: inUnit(limits.maxLatencyP99Ms, metrics), label: 'limit of p99' }],
      }],
    }],
  ];
}

/** What a promise counts; undefined where failures are not counted. */
export function foreignPromise({ endpointName, metrics }: IServingEndpoint): PromisedEndpoint | undefined {
  if (metrics?.serverErrors === undefined) return undefined;
  const { requests, serverErrors } = metrics;
  return {
    endpointName,
    requests,
    failures: serverErrors,
    failedShare: (minutes) => shareOf(requests, serverErrors, minutes),
  };
}

/** Share of the requests, 0 to 1; a runtime may count nothing where nothing failed. */
function shareOf(requests: cloudwatch.Metric, failed: cloudwatch.Metric, minutes: number): cloudwatch.IMetric {
  const period = Duration.minutes(minutes);
  return new cloudwatch.MathExpression({
    expression: 'IF(requests > 0, FILL(failed, 0) / requests, 0)',
    usingMetrics: { requests: requests.with({ statistic: 'Sum', period }), failed: failed.with({ statistic: 'Sum', period }) },
    label: 'failed',
    period,
  });
}

function inUnit(ms: number, metrics: EndpointMetrics): number {
  return ms * UNITS[unitOf(metrics)].perMs;
}

function unitOf({ latencyUnit }: EndpointMetrics): string {
  return latencyUnit ?? 'Milliseconds';
}

/** By the values of `cloudwatch.Unit`, which is loaded where it is used only. */
const UNITS: { readonly [unit: string]: { readonly label: string; readonly perMs: number } } = {
  Seconds: { label: 's', perMs: 1 / 1000 },
  Milliseconds: { label: 'ms', perMs: 1 },
  Microseconds: { label: 'µs', perMs: 1000 },
};
