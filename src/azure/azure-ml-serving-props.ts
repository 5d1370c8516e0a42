import { ComputeTarget } from './compute-target';
import { BatchServingOptions } from '../core/serving';

/** Batch predictions in the words of Azure Machine Learning: a command job that runs the image's verb `predict`. */
export interface AzureMlBatchOptions extends BatchServingOptions {
  /**
   * Command that the job runs, to which the verb (`predict`) is appended: Azure ML runs it in a shell instead of the
   * image's entry point.
   *
   * @default 'python /opt/program/main.py'
   */
  readonly command?: string;
  /**
   * Rows that the image's `predict` gets at a time, 1 to 100000; so many must fit into the memory of a machine.
   *
   * @default 256
   */
  readonly batchRows?: number;
  /**
   * Longest time of a run, in hours, waiting for machines included, 1 to 168.
   *
   * @default 24
   */
  readonly maxRuntimeHours?: number;
  /**
   * Machines that predict: a cluster of the endpoint's own, one that exists, or serverless compute.
   *
   * @default ComputeTarget.cluster()
   */
  readonly computeTarget?: ComputeTarget;
}
