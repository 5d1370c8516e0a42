import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { errorShare, invocationMetric, queueMetric, utilizations, WatchedEndpoint } from './endpoint-metrics';
import { ServiceLevel } from './service-level';

/** One graph: a title, what is drawn, and lines at limits. */
interface Graph {
  readonly title: string;
  readonly metrics: cloudwatch.IMetric[];
  readonly limits?: { readonly value: number; readonly label: string }[];
  /** Unit at the axis. */
  readonly unit?: string;
}

/** A row of the dashboard: one concern. */
export interface Concern {
  readonly title: string;
  readonly graphs: Graph[];
}

/** The state of every alarm, in a row of its own on top. The array is read at synthesis: alarms may still come. */
export function alarmRow(alarms: cloudwatch.IAlarm[]): cloudwatch.IWidget[] {
  return [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms, width: WIDTH, height: 4 })];
}

/** A heading, and below it the graphs of the concern side by side. */
export function concernRows(concern: Concern): cloudwatch.IWidget[][] {
  const width = Math.floor(WIDTH / Math.max(2, concern.graphs.length));
  return [
    [new cloudwatch.TextWidget({ markdown: `## ${concern.title}`, width: WIDTH, height: 1, background: cloudwatch.TextWidgetBackground.TRANSPARENT })],
    concern.graphs.map((graph) => new cloudwatch.GraphWidget({
      title: graph.title,
      left: graph.metrics,
      leftAnnotations: graph.limits?.map(({ value, label }) => ({ value, label, color: cloudwatch.Color.RED })),
      leftYAxis: { min: 0, label: graph.unit, showUnits: false },
      width,
      height: 6,
    })),
  ];
}

/** Limits that are drawn as lines. */
export interface DrawnLimits {
  readonly maxErrorPercent: number;
  readonly maxLatencyP99Ms: number;
}

/** Traffic, errors, latency and machines of an endpoint. */
export function endpointConcerns(endpoint: WatchedEndpoint, limits: DrawnLimits): Concern[] {
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
  const latency = (statistic: string) => invocationMetric(endpoint, 'ModelLatency', statistic, 5).with({ label: statistic });
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

/** Share of answered requests over the days of a promise, as one number. */
export function availabilityRow(endpoint: WatchedEndpoint, level: ServiceLevel): cloudwatch.IWidget[] {
  return [new cloudwatch.SingleValueWidget({
    title: `Answered without a server error, of ${level.availabilityPercent} % promised`,
    metrics: [new cloudwatch.MathExpression({
      expression: '100 * (1 - errors)',
      usingMetrics: { errors: errorShare(endpoint, level.windowDays * 24 * 60) },
      label: `% over ${level.windowDays} days`,
      period: Duration.days(level.windowDays),
    })],
    start: `-P${level.windowDays}D`,
    end: 'PT0S',
    setPeriodToTimeRange: true,
    width: WIDTH,
    height: 4,
  })];
}

function sum(endpoint: WatchedEndpoint, metricName: string): cloudwatch.Metric {
  return invocationMetric(endpoint, metricName, 'Sum', 5);
}

const WIDTH = 24;
