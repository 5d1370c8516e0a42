import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Concern, Graph } from './dashboard';
import { AnswerLimits } from '../../../core/private/resolve/limits';
import { errorShare, invocationMetric, queueMetric, utilizations, WatchedEndpoint } from '../serving/metrics';

/** Traffic, errors, latency and machines of an endpoint. */
export function endpointConcerns(endpoint: WatchedEndpoint, limits: AnswerLimits): Concern[] {
  const errors: Graph = {
    title: 'Server errors',
    unit: 'share',
    metrics: [errorShare(endpoint, 5)],
    limits: [{ value: limits.maxErrorPercent / 100, label: 'limit' }],
  };
  const machines: Concern = {
    title: 'Machines',
    graphs: [{ title: 'In use', unit: '%', metrics: utilizations(endpoint).map(({ metric }) => metric) }],
  };
  const latency = (statistic: string) =>
    invocationMetric(endpoint, 'ModelLatency', statistic, 5).with({ label: statistic });
  const slowest = { value: limits.maxLatencyP99Ms * 1000, label: 'limit of p99' };
  if (endpoint.mode === 'asynchronous') {
    return [{
      title: 'Queue',
      graphs: [
        { title: 'Model', unit: 'µs', metrics: ['p50', 'p99'].map(latency), limits: [slowest] },
        { title: 'Processed', metrics: ['InvocationsProcessed', 'InvocationFailures', 'ExpiredRequests'].map((name) => sum(endpoint, name)) },
        { title: 'Waiting', metrics: [queueMetric(endpoint, 'ApproximateBacklogSize', 'Maximum', 5)] },
        { title: 'Oldest request', unit: 's', metrics: [queueMetric(endpoint, 'ApproximateAgeOfOldestRequest', 'Maximum', 5)] },
        errors,
      ],
    }, machines];
  }
  const traffic: Concern = {
    title: 'Traffic and errors',
    graphs: [
      { title: 'Requests', metrics: [sum(endpoint, 'Invocations')] },
      errors,
      { title: 'Errors', metrics: ['Invocation5XXErrors', 'Invocation4XXErrors', 'InvocationModelErrors'].map((name) => sum(endpoint, name)) },
    ],
  };
  const times: Concern = {
    title: 'Latency',
    graphs: [
      {
        title: 'Model',
        unit: 'µs',
        metrics: ['p50', 'p90', 'p99'].map(latency),
        limits: [slowest],
      },
      { title: 'Overhead of SageMaker', unit: 'µs', metrics: [invocationMetric(endpoint, 'OverheadLatency', 'Average', 5)] },
    ],
  };
  const serverless: Concern = {
    title: 'Concurrency',
    graphs: [
      { title: 'Cold starts', unit: 'µs', metrics: [invocationMetric(endpoint, 'ModelSetupTime', 'Average', 5)] },
      { title: 'In use', unit: 'share', metrics: [invocationMetric(endpoint, 'ServerlessConcurrentExecutionsUtilization', 'Maximum', 5)] },
    ],
  };
  return [traffic, times, ...(endpoint.mode === 'serverless' ? [serverless] : []), machines];
}

/** What a drift run publishes, and from where on it is too much. */
export interface DrawnDrift {
  readonly share: cloudwatch.IMetric;
  /** Undefined where drift has no alarm. */
  readonly maxDriftShare?: number;
  readonly rows: cloudwatch.IMetric;
  readonly quality: readonly { readonly metric: cloudwatch.IMetric; readonly name: string; readonly gate: number }[];
}

/** Drift, the rows it was found in, and the metrics of the live answers. */
export function driftConcern({ share, maxDriftShare, rows, quality }: DrawnDrift): Concern {
  return {
    title: 'Drift and quality',
    graphs: [
      {
        title: 'Features that drifted',
        unit: 'share',
        metrics: [share],
        limits: maxDriftShare === undefined ? undefined : [{ value: maxDriftShare, label: 'limit' }],
      },
      { title: 'Rows compared', metrics: [rows] },
      ...quality.map(({ metric, name, gate }) => ({
        title: `Live ${name}`,
        metrics: [metric],
        limits: [{ value: gate, label: 'gate' }],
      })),
    ],
  };
}

/** Runs of the training pipeline, by how they ended. */
export function trainingConcern(training: {
  metric(name: string, options: cloudwatch.MetricOptions): cloudwatch.Metric;
}): Concern {
  const runs = (name: string) => training.metric(name, { statistic: 'Sum', period: Duration.hours(1) });
  return {
    title: 'Training',
    graphs: [{ title: 'Runs', metrics: ['ExecutionStarted', 'ExecutionSucceeded', 'ExecutionFailed'].map(runs) }],
  };
}

function sum(endpoint: WatchedEndpoint, metricName: string): cloudwatch.Metric {
  return invocationMetric(endpoint, metricName, 'Sum', 5);
}
