import { Accelerator } from './accelerator';

/** Machine requirements of a step or an endpoint; each cloud picks its smallest machine that meets them. */
export interface ComputeSpec {
  /**
   * The GPU model.
   *
   * @default - no GPU
   */
  readonly accelerator?: Accelerator;
  /**
   * GPUs in each machine.
   *
   * @default 1
   */
  readonly acceleratorCount?: number;
  /**
   * Virtual CPUs each machine has at least.
   *
   * @default 2
   */
  readonly vcpus?: number;
  /**
   * Memory each machine has at least, in GiB.
   *
   * @default 8
   */
  readonly memoryGiB?: number;
  /**
   * Machines of a distributed job. An endpoint refuses this: it counts replicas in its `ScalingSpec`.
   *
   * @default 1
   */
  readonly instanceCount?: number;
  /**
   * Disk of each machine for data, model and checkpoints, in GiB.
   *
   * @default 30
   */
  readonly volumeGiB?: number;
}
