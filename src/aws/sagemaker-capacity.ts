import { Capacity } from '../core/capacity';
import { requireInteger } from '../core/private/validation';

/** How long machines stay after a training job. */
export interface WarmPoolOptions {
  /**
   * Minutes that the machines wait for the next job of the same shape, 1 to 360; they are billed as if they worked.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
   */
  readonly keepAliveMinutes: number;
}

/**
 * `Capacity` with what only SageMaker has. Spot, warm pool and reservation exclude each other, so they are one choice.
 */
export class SageMakerCapacity extends Capacity {
  /**
   * Machines at list price that stay up after the job, so that the next run starts in seconds: for short trainings in a
   * row.
   *
   * The account needs a quota for warm pools of the instance type, which is zero at first.
   *
   * @example
   * import { aws } from 'mlops-constructs';
   *
   * const capacity = aws.SageMakerCapacity.warmPool({ keepAliveMinutes: 30 });
   */
  public static warmPool(options: WarmPoolOptions): SageMakerCapacity {
    requireInteger({ what: 'capacity', name: 'warmPool' }, 'keepAliveMinutes', options.keepAliveMinutes, 1, 360);
    return new SageMakerCapacity('warm-pool', options.keepAliveMinutes);
  }

  private constructor(
    kind: string,
    /** Minutes that the machines stay after a job. */
    public readonly keepAliveMinutes: number,
  ) {
    super(kind);
  }
}
