import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { instanceFacts } from './instances';

/** What the metrics of an endpoint are found by, and which of them there are. */
export interface WatchedEndpoint {
  readonly endpointName: string;
  readonly variantName: string;
  /** `real-time`, `serverless`, `asynchronous`, … */
  readonly mode: string;
  readonly instanceType?: string;
  readonly inferenceComponentName?: string;
}

/**
 * Requests and answers: counted for the component where the model is one, else for the variant.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-endpoint-invocation
 */
export function invocationMetric(endpoint: WatchedEndpoint, metricName: string, statistic: string, minutes = 1): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/SageMaker',
    metricName,
    dimensionsMap: endpoint.inferenceComponentName === undefined ? variant(endpoint) : { InferenceComponentName: endpoint.inferenceComponentName },
    statistic,
    period: Duration.minutes(minutes),
  });
}

/**
 * What waits in the queue of an asynchronous endpoint; what came out of it is counted for the variant.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
 */
export function queueMetric(endpoint: WatchedEndpoint, metricName: string, statistic: string, minutes = 1): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/SageMaker', metricName, dimensionsMap: { EndpointName: endpoint.endpointName }, statistic, period: Duration.minutes(minutes),
  });
}

/**
 * Requests that failed by the server's fault, 0 to 1: SageMaker sends a 1 for each such request and a 0 for each other.
 *
 * A queue has none of the metrics of requests that are answered at once; it counts what it has processed, and what failed.
 */
export function errorShare(endpoint: WatchedEndpoint, minutes = 1): cloudwatch.IMetric {
  if (endpoint.mode !== 'asynchronous') return invocationMetric(endpoint, 'Invocation5XXErrors', 'Average', minutes);
  return new cloudwatch.MathExpression({
    expression: 'IF(processed > 0, FILL(failed, 0) / processed, 0)',
    usingMetrics: {
      failed: invocationMetric(endpoint, 'InvocationFailures', 'Sum', minutes),
      processed: invocationMetric(endpoint, 'InvocationsProcessed', 'Sum', minutes),
    },
    label: 'failed',
    period: Duration.minutes(minutes),
  });
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
 * CPU and GPU are counted per core and per GPU, up to 400 % on four of them: they are divided by the number that the type has, and left
 * out for a type that is newer than the table. Endpoints of components have them divided already.
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
  return [new cloudwatch.MathExpression({ expression: `${id} / ${count}`, usingMetrics: { [id]: metric }, label: metricName, period: Duration.minutes(5) })];
}

function instanceMetric(endpoint: WatchedEndpoint, metricName: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: '/aws/sagemaker/Endpoints', metricName, dimensionsMap: variant(endpoint), statistic: 'Average', period: Duration.minutes(5),
  });
}

function variant(endpoint: WatchedEndpoint): { [name: string]: string } {
  return { EndpointName: endpoint.endpointName, VariantName: endpoint.variantName };
}
