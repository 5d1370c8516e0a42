import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { IWatchedEndpoint } from '../../serving-endpoint-props';
import { instanceFacts } from '../base/machines';

/** An endpoint, as its metrics name it. */
export type WatchedEndpoint = Pick<IWatchedEndpoint,
  'endpointName' | 'variantName' | 'mode' | 'instanceType' | 'inferenceComponentName'>;

/**
 * Requests and answers: counted for the component where the model is one, else for the variant.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-endpoint-invocation
 */
export function invocationMetric(
  endpoint: WatchedEndpoint,
  metricName: string,
  statistic: string,
  minutes = 1,
): cloudwatch.Metric {
  return answerMetric(endpoint, metricName, { statistic, period: Duration.minutes(minutes) });
}

/** The same with the options of the CDK, each minute unless they say otherwise. */
export function answerMetric(
  endpoint: WatchedEndpoint,
  metricName: string,
  options: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/SageMaker',
    metricName,
    dimensionsMap:
      endpoint.inferenceComponentName === undefined
        ? variant(endpoint)
        : { InferenceComponentName: endpoint.inferenceComponentName },
    period: Duration.minutes(1),
    ...options,
  });
}

/**
 * What waits in the queue of an asynchronous endpoint; what came out of it is counted for the variant.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
 */
export function queueMetric(
  endpoint: WatchedEndpoint,
  metricName: string,
  statistic: string,
  minutes = 1,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/SageMaker',
    metricName,
    dimensionsMap: { EndpointName: endpoint.endpointName },
    statistic,
    period: Duration.minutes(minutes),
  });
}

/**
 * Requests that failed by the server's fault, 0 to 1: SageMaker sends a 1 for each such request and a 0 for each other.
 *
 * Behind a queue a request can also fail before the model sees it or after it has answered (a download, a time-out, an
 * upload), which `Invocation5XXErrors` does not know: there the requests are counted that have failed for any reason.
 */
export function errorShare(endpoint: WatchedEndpoint, minutes = 1): cloudwatch.IMetric {
  if (endpoint.mode !== 'asynchronous') return invocationMetric(endpoint, 'Invocation5XXErrors', 'Average', minutes);
  return new cloudwatch.MathExpression({
    expression: FAILED_SHARE,
    usingMetrics: ofQueue(endpoint, minutes),
    label: 'failed',
    period: Duration.minutes(minutes),
  });
}

/** The same in percent, each minute unless the options say otherwise. */
export function errorPercent(
  endpoint: WatchedEndpoint,
  options: cloudwatch.MathExpressionOptions = {},
): cloudwatch.MathExpression {
  const isQueued = endpoint.mode === 'asynchronous';
  return new cloudwatch.MathExpression({
    expression: isQueued ? `100 * ${FAILED_SHARE}` : '100 * failed',
    usingMetrics: isQueued
      ? ofQueue(endpoint, 1)
      : { failed: invocationMetric(endpoint, 'Invocation5XXErrors', 'Average') },
    label: 'server errors (%)',
    period: Duration.minutes(1),
    ...options,
  });
}

/**
 * AWS does not say whether a failed request counts as processed: the larger of the two numbers is the whole, so that
 * the share is 1 when all fail.
 */
const FAILED_SHARE = 'IF(FILL(failed, 0) > 0, FILL(failed, 0) / MAX([FILL(failed, 0), FILL(processed, 0)]), 0)';

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html */
function ofQueue(endpoint: WatchedEndpoint, minutes: number): { [id: string]: cloudwatch.Metric } {
  return {
    failed: invocationMetric(endpoint, 'InvocationFailures', 'Sum', minutes),
    processed: invocationMetric(endpoint, 'InvocationsProcessed', 'Sum', minutes),
  };
}

/** How full one part of the machines is, in percent of all of it. */
export interface Utilization {
  /** `Cpu`, `Memory` … */
  readonly part: string;
  readonly metric: cloudwatch.IMetric;
}

/**
 * What can run out on the machines of the endpoint.
 *
 * CPU and GPU are counted per core and per GPU, up to 400 % on four of them: they are divided by the number that the
 * type has, and left out for a type that is newer than the table. Endpoints of components have them divided already.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-endpoints
 */
export function utilizations(endpoint: WatchedEndpoint): Utilization[] {
  const memory = { part: 'Memory', metric: instanceMetric(endpoint, 'MemoryUtilization') };
  if (endpoint.mode === 'serverless') return [memory];
  const facts = endpoint.instanceType === undefined ? undefined : instanceFacts(endpoint.instanceType);
  const gpus = facts === undefined || facts.gpu === undefined || !facts.gpu.startsWith('nvidia') ? 0 : facts.gpuCount;
  const counted = (metricName: string, count: number | undefined) => perUnit(endpoint, metricName, count);
  return [
    ...counted('CPUUtilization', facts?.vcpus).map((metric) => ({ part: 'Cpu', metric })),
    memory,
    { part: 'Disk', metric: instanceMetric(endpoint, 'DiskUtilization') },
    ...counted('GPUUtilization', gpus).map((metric) => ({ part: 'Gpu', metric })),
    ...counted('GPUMemoryUtilization', gpus).map((metric) => ({ part: 'GpuMemory', metric })),
  ];
}

/** No metric, or one of 0 to 100 %. */
function perUnit(endpoint: WatchedEndpoint, metricName: string, count: number | undefined): cloudwatch.IMetric[] {
  if (count === undefined || count === 0) return [];
  if (endpoint.inferenceComponentName !== undefined) return [instanceMetric(endpoint, `${metricName}Normalized`)];
  const metric = instanceMetric(endpoint, metricName);
  if (count === 1) return [metric];
  const id = `sumOf${metricName}`;
  return [
    new cloudwatch.MathExpression({
      expression: `${id} / ${count}`,
      usingMetrics: { [id]: metric },
      label: metricName,
      period: Duration.minutes(5),
    }),
  ];
}

function instanceMetric(endpoint: WatchedEndpoint, metricName: string): cloudwatch.Metric {
  return machineMetric(endpoint, metricName, { period: Duration.minutes(5) });
}

/** A metric of the machines, each minute unless the options say otherwise. */
export function machineMetric(
  endpoint: WatchedEndpoint,
  metricName: string,
  options: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: '/aws/sagemaker/Endpoints',
    metricName,
    dimensionsMap: variant(endpoint),
    statistic: 'Average',
    period: Duration.minutes(1),
    ...options,
  });
}

function variant(endpoint: WatchedEndpoint): { [name: string]: string } {
  return { EndpointName: endpoint.endpointName, VariantName: endpoint.variantName };
}
