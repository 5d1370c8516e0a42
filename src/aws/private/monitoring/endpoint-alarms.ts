import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { SERVER_ERRORS, SLOW_MODEL } from '../base/alarm-text';
import { errorShare, invocationMetric, queueMetric, utilizations, WatchedEndpoint } from '../serving/metrics';

/** From where on an endpoint is not well. */
export interface EndpointLimits {
  readonly maxErrorPercent: number;
  readonly maxClientErrorPercent: number;
  readonly maxLatencyP50Ms: number;
  readonly maxLatencyP99Ms: number;
  readonly maxOverheadMs: number;
  readonly maxUtilizationPercent: number;
  /** 0 for never. */
  readonly noTrafficMinutes: number;
  /** Whether something else already watches the server errors, or the slowest answers. */
  readonly errorsAreWatched: boolean;
  readonly p99IsWatched: boolean;
}

/** One alarm, before it is one. */
export interface AlarmSpec {
  readonly id: string;
  /** A sentence on what happened, without a full stop. */
  readonly description: string;
  /** What it means and what to do, for whoever is woken by it: sentences. */
  readonly advice: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  /** How many of how many data points must breach. */
  readonly points?: readonly [count: number, of: number];
  /** @default greater than */
  readonly comparison?: cloudwatch.ComparisonOperator;
  /** @default silence is not a fault */
  readonly missing?: cloudwatch.TreatMissingData;
}

/** Every alarm of an endpoint that its serving mode has the metrics for. */
export function endpointAlarms(endpoint: WatchedEndpoint, limits: EndpointLimits): AlarmSpec[] {
  return [
    ...errorAlarms(endpoint, limits),
    ...latencyAlarms(endpoint, limits),
    ...loadAlarms(endpoint),
    ...utilizations(endpoint).map(({ part, metric }): AlarmSpec => ({
      id: `${part}Alarm`,
      description: `${part} of the machines of ${endpoint.endpointName} has been more than ${limits.maxUtilizationPercent} % in use for 15 minutes`,
      advice:
        'The machines are at their limit: answers become slow before they fail. Raise maxReplicas if autoscaling has reached it, lower its target, or take ' +
        'larger machines. A leak shows as use that only grows.',
      metric,
      threshold: limits.maxUtilizationPercent,
      points: [3, 3],
    })),
    ...(limits.noTrafficMinutes > 0 ? [noTrafficAlarm(endpoint, limits.noTrafficMinutes)] : []),
  ];
}

function errorAlarms(endpoint: WatchedEndpoint, limits: EndpointLimits): AlarmSpec[] {
  const ofRequests = (percent: number) => `More than ${percent} % of the requests to ${endpoint.endpointName}`;
  const server: AlarmSpec = {
    id: 'ServerErrorAlarm',
    description: `${ofRequests(limits.maxErrorPercent)} failed within 5 minutes by the server's fault`,
    advice: SERVER_ERRORS,
    metric: errorShare(endpoint, 5),
    threshold: limits.maxErrorPercent / 100,
  };
  const client: AlarmSpec = {
    id: 'ClientErrorAlarm',
    description: `${ofRequests(limits.maxClientErrorPercent)} were refused for 10 minutes`,
    advice:
      'Callers send what the model does not read, may not call it, or send more than it takes. Compare a refused request with the schema of the model. ' +
      'A feature that was renamed or dropped at its source looks like this.',
    metric: invocationMetric(endpoint, 'Invocation4XXErrors', 'Average', 5),
    threshold: limits.maxClientErrorPercent / 100,
    points: [2, 2],
  };
  return limits.errorsAreWatched ? [client] : [server, client];
}

/**
 * SageMaker measures in microseconds; it keeps no percentiles of its own share, `OverheadLatency`, and behind a queue
 * none of it at all.
 */
function latencyAlarms(endpoint: WatchedEndpoint, limits: EndpointLimits): AlarmSpec[] {
  const slow = (
    id: string,
    metricName: string,
    statistic: string,
    maxMs: number,
    what: string,
    advice = SLOW_MODEL,
  ): AlarmSpec => ({
    id,
    description: `${what} of ${endpoint.endpointName} took more than ${maxMs} ms for 10 minutes`,
    advice,
    metric: invocationMetric(endpoint, metricName, statistic, 5),
    threshold: maxMs * 1000,
    points: [2, 2],
  });
  return [
    slow('LatencyP50Alarm', 'ModelLatency', 'p50', limits.maxLatencyP50Ms, 'Half of the answers'),
    ...(limits.p99IsWatched
      ? []
      : [slow('LatencyP99Alarm', 'ModelLatency', 'p99', limits.maxLatencyP99Ms, '1 % of the answers')]),
    ...(endpoint.mode === 'asynchronous'
      ? []
      : [
        slow(
          'OverheadAlarm',
          'OverheadLatency',
          'Average',
          limits.maxOverheadMs,
          'What SageMaker adds to the answers',
          'The time is spent before and after the model: large requests and answers, a cold start of a serverless endpoint, or requests that wait for a free ' +
              'machine. Send less in a request, keep capacity warm, or let more machines serve. If none of it is so, look at AWS Health.',
        ),
      ]),
  ];
}

/**
 * More requests than the endpoint takes.
 *
 * Serverless endpoints say how much of their concurrency is in use, queues what has waited too long and that nothing
 * works on it. For machines there is no metric of throttled requests (`ThrottlingException`, HTTP 400 or 429): what is
 * left of all errors without those of the model is what SageMaker itself turned away.
 */
function loadAlarms(endpoint: WatchedEndpoint): AlarmSpec[] {
  const id = 'ThrottlingAlarm';
  if (endpoint.mode === 'serverless') {
    return [
      {
        id,
        description: `More than 90 % of the concurrency of ${endpoint.endpointName} is in use`,
        advice:
          'The next requests are throttled. Raise maxConcurrency, ask for more concurrency of the account, or let callers try again later.',
        metric: invocationMetric(endpoint, 'ServerlessConcurrentExecutionsUtilization', 'Maximum'),
        threshold: 0.9,
        points: [3, 5],
      },
    ];
  }
  if (endpoint.mode === 'asynchronous') {
    return [
      {
        id,
        description: `Requests to ${endpoint.endpointName} waited in the queue until they expired`,
        advice:
          'They get no answer. Look whether machines are up and how long one answer takes; raise maxReplicas, and let callers send again what expired.',
        metric: invocationMetric(endpoint, 'ExpiredRequests', 'Sum', 5),
        threshold: 0,
      },
      {
        id: 'StalledQueueAlarm',
        description: `Requests to ${endpoint.endpointName} have waited for 30 minutes and no machine has come up`,
        advice:
          'Look at the scaling activities of the endpoint in Application Auto Scaling, and at the quota of the instance type for endpoints. Ask for more, or ' +
          'take another type.',
        metric: queueMetric(endpoint, 'HasBacklogWithoutCapacity', 'Minimum', 5),
        threshold: 0,
        points: [6, 6],
      },
    ];
  }
  return [
    {
      id,
      description: `SageMaker rejected requests to ${endpoint.endpointName} before the model saw them`,
      advice:
        'More came than the machines take. Raise maxReplicas if autoscaling has reached it, raise minReplicas for a load that comes at once, or let callers ' +
        'try again later.',
      metric: new cloudwatch.MathExpression({
        expression: 'FILL(refused, 0) + FILL(failed, 0) - FILL(model, 0)',
        usingMetrics: {
          refused: invocationMetric(endpoint, 'Invocation4XXErrors', 'Sum', 5),
          failed: invocationMetric(endpoint, 'Invocation5XXErrors', 'Sum', 5),
          model: invocationMetric(endpoint, 'InvocationModelErrors', 'Sum', 5),
        },
        label: 'rejected by SageMaker',
        period: Duration.minutes(5),
      }),
      threshold: 0,
      points: [2, 3],
    },
  ];
}

/** Silence is what this alarm is about, so missing data breaches. */
function noTrafficAlarm(endpoint: WatchedEndpoint, minutes: number): AlarmSpec {
  return {
    id: 'NoTrafficAlarm',
    description: `Nobody has called ${endpoint.endpointName} for ${minutes} minutes`,
    advice:
      'There is something to answer, and no request arrives. Look at the callers: a permission, a name or a network may have changed. If the endpoint may be ' +
      'idle, set noTrafficMinutes to 0.',
    metric: invocationMetric(
      endpoint,
      endpoint.mode === 'asynchronous' ? 'InvocationsProcessed' : 'Invocations',
      'Sum',
      minutes,
    ),
    threshold: 1,
    comparison: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    missing: cloudwatch.TreatMissingData.BREACHING,
  };
}
