import { aws_sns as sns } from 'aws-cdk-lib';
import { ComputeSpec } from '../core/compute';
import { BatchServingOptions, ScalingSpec } from '../core/serving';

/** Options of an endpoint that answers from a queue. */
export interface AsynchronousServingOptions {
  /**
   * The machine of each replica.
   *
   * @default - the smallest machine without a GPU
   */
  readonly compute?: ComputeSpec;
  /**
   * Replicas that always run; with 0 the endpoint costs nothing while nothing waits, and the first answer takes
   * minutes.
   *
   * @default 0
   */
  readonly minReplicas?: number;
  /**
   * Replicas at most.
   *
   * @default 2
   */
  readonly maxReplicas?: number;
  /**
   * Requests that may wait for each replica before another is started.
   *
   * @default 5
   */
  readonly backlogPerReplica?: number;
  /**
   * Time without work after which replicas are taken away, in seconds.
   *
   * @default 300
   */
  readonly scaleInCooldownSeconds?: number;
  /**
   * Requests that a replica works on at the same time, 1 to 1000.
   *
   * @default - SageMaker chooses
   */
  readonly maxConcurrentInvocations?: number;
  /**
   * Prefix of the data lake's artifact store where callers put the requests.
   *
   * @default 'async/input/'
   */
  readonly inputPrefix?: string;
  /**
   * Prefix of the data lake's artifact store where the answers arrive.
   *
   * @default 'async/output/'
   */
  readonly outputPrefix?: string;
  /**
   * Prefix of the data lake's artifact store where the answers of failed requests arrive.
   *
   * @default 'async/failure/'
   */
  readonly failurePrefix?: string;
  /**
   * Told about each answer.
   *
   * @default - no one is notified: callers poll for the object
   */
  readonly successTopic?: sns.ITopic;
  /**
   * Told about each failure.
   *
   * @default - no one
   */
  readonly errorTopic?: sns.ITopic;
  /**
   * Whether the messages carry the answer itself, up to 128 KB of it.
   *
   * @default false
   */
  readonly includeAnswers?: boolean;
}

/**
 * Batch predictions in SageMaker's own words.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
 */
export interface SageMakerBatchServingOptions extends BatchServingOptions {
  /**
   * Content type that the model is sent: `application/jsonlines`, `application/json`, `image/png`.
   *
   * @default 'text/csv'
   */
  readonly contentType?: string;
  /**
   * Content type that the model is asked for; with `application/jsonlines` the runtime answers one line for each row.
   *
   * @default - the model decides
   */
  readonly accept?: string;
  /**
   * Separator of the records of a file: `Line`, `RecordIO`, `TFRecord`, or `None` where a file is one request, such as
   * an image.
   *
   * @default 'Line'
   */
  readonly splitType?: string;
  /**
   * Whether a request has as many records as fit into it (`MultiRecord`) or one (`SingleRecord`).
   *
   * @default - SageMaker's, which is `MultiRecord`
   */
  readonly batchStrategy?: string;
  /**
   * Size of a request at most, in MB, 0 to 100; 0 is for files of any size that are streamed.
   *
   * @default - SageMaker's, which is 6
   */
  readonly maxPayloadInMb?: number;
  /**
   * Requests to a machine at the same time.
   *
   * @default - the model says, or one
   */
  readonly maxConcurrentTransforms?: number;
  /**
   * Time for the answer to a request, in seconds, 1 to 3600.
   *
   * @default - SageMaker's, which is 600
   */
  readonly invocationsTimeoutInSeconds?: number;
  /**
   * Longest time of a run, in hours; then it is stopped.
   *
   * @default 4
   */
  readonly maxRuntimeHours?: number;
}

/** Options of a serverless endpoint whose warm replicas follow the load. */
export interface WarmServerlessServingOptions {
  /**
   * Memory of a replica, in GiB, 1 to 6.
   *
   * @default 2
   */
  readonly memoryGiB?: number;
  /**
   * Requests answered at the same time at most, 1 to 200.
   *
   * @default 20
   */
  readonly maxConcurrency?: number;
  /**
   * Replicas that are always warm, and billed.
   *
   * @default 1
   */
  readonly minWarmReplicas?: number;
  /**
   * Replicas that are kept warm at most.
   *
   * @default - as many as `maxConcurrency`
   */
  readonly maxWarmReplicas?: number;
  /**
   * Share of the warm replicas that works before another is warmed, in percent, 10 to 90.
   *
   * @default 70
   */
  readonly targetUtilizationPercent?: number;
}

/** Options of an endpoint that serves many models of one framework, each loaded when it is asked for. */
export interface MultiModelServingOptions {
  /**
   * The machine of each replica; all loaded models share its memory.
   *
   * @default - the smallest machine without a GPU
   */
  readonly compute?: ComputeSpec;
  /**
   * Number of replicas and autoscaling.
   *
   * @default - two to four replicas at 600 requests a minute each
   */
  readonly scaling?: ScalingSpec;
  /**
   * Whether loaded models stay in memory; false suits many models that are each called rarely.
   *
   * @default true
   */
  readonly cacheModels?: boolean;
}

/** Options of a model that shares machines with others, and may leave them. */
export interface InferenceComponentServingOptions {
  /** Memory that each copy of the model reserves, in MiB, at least 128. */
  readonly memoryMiB: number;
  /**
   * CPU cores that each copy reserves; fractions of a core are possible.
   *
   * @default - none
   */
  readonly cpuCores?: number;
  /**
   * GPUs that each copy reserves.
   *
   * @default - none, or one where `compute` asks for an accelerator
   */
  readonly acceleratorCount?: number;
  /**
   * The machines.
   *
   * @default - the smallest machine without a GPU
   */
  readonly compute?: ComputeSpec;
  /**
   * Machines at least; with 0, and `minCopies` 0, an idle endpoint costs nothing. Requests fail for the minutes that
   * waking up takes.
   *
   * @default 1
   */
  readonly minInstances?: number;
  /**
   * Machines at most.
   *
   * @default 2
   */
  readonly maxInstances?: number;
  /**
   * Copies of the model at least.
   *
   * @default - as many as `minInstances`
   */
  readonly minCopies?: number;
  /**
   * Copies of the model at most.
   *
   * @default - as many as `maxInstances`
   */
  readonly maxCopies?: number;
  /**
   * Requests that a copy answers in a minute, on average, before another is started.
   *
   * @default 600
   */
  readonly requestsPerMinute?: number;
}
