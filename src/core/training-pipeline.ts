import { Capacity } from './capacity';
import { ComputeSpec } from './compute';
import { ContainerImage } from './container-image';
import { QualityGate } from './quality-gate';
import { Trigger } from './trigger';

/** How a model is made: prepare, train, evaluate, gate, register. */
export interface TrainingSpec {
  /**
   * Machines of the training step.
   *
   * @default - one machine, the smallest without a GPU
   */
  readonly compute?: ComputeSpec;
  /**
   * How training machines are paid for.
   *
   * @default Capacity.onDemand()
   */
  readonly capacity?: Capacity;
  /**
   * Prefix of the data lake's raw store with the data set: folders `train/` and `test/`, or raw data when `prepare` is
   * on.
   *
   * @default 'dataset/'
   */
  readonly datasetPrefix?: string;
  /**
   * Whether the image's `prepare` verb makes the data set from the raw data first.
   *
   * @default false
   */
  readonly prepare?: boolean;
  /**
   * Hyperparameters by name; each becomes a parameter that a run can override.
   *
   * @default - none: the image uses its own defaults
   */
  readonly hyperparameters?: { [name: string]: string };
  /**
   * Conditions on the evaluation that a model must meet before it is registered.
   *
   * @default - every model that trains is registered
   */
  readonly qualityGates?: QualityGate[];
  /**
   * Longest time of the training step, in hours; a run that takes longer is stopped.
   *
   * @default 24
   */
  readonly maxRuntimeHours?: number;
  /**
   * How often a step that failed for reasons of the cloud is tried again, 0 to 5.
   *
   * @default 2
   */
  readonly retries?: number;
  /**
   * Triggers that start runs automatically.
   *
   * @default - none: runs are started manually
   */
  readonly triggers?: Trigger[];
}

/** A training pipeline: the spec of the training and the image that does it. */
export interface TrainingPipelineIntent extends TrainingSpec {
  /** The workload's image; it answers `train` and `evaluate` (and `prepare`). */
  readonly image: ContainerImage;
}
