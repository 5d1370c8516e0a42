import { MlopsError } from '../core/private/errors';
import { Rollout } from '../core/rollout';

/** Options of a rollout that replaces the fleet batch by batch. */
export interface RollingOptions {
  /**
   * Share of the fleet that is replaced at a time, in percent, 5 to 50.
   *
   * @default 25
   */
  readonly batchPercent?: number;
  /**
   * Time each batch is watched before the next, in minutes, 0 to 60.
   *
   * @default 5
   */
  readonly waitMinutes?: number;
}

/** The kinds of rollout that only SageMaker has; those of `Rollout` are here as well. */
export class SageMakerRollout extends Rollout {
  /**
   * Replaces the fleet batch by batch, so that only one batch of machines is needed beside it: for fleets of scarce
   * GPUs.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-rolling.html
   *
   * @example
   * import { aws } from 'mlops-constructs';
   *
   * const rollout = aws.SageMakerRollout.rolling({ batchPercent: 20, waitMinutes: 10 });
   */
  public static rolling(options: RollingOptions = {}): SageMakerRollout {
    const { batchPercent = 25, waitMinutes = 5 } = options;
    return new SageMakerRollout(
      'rolling',
      whole('batchPercent', batchPercent, 5, 50),
      whole('waitMinutes', waitMinutes, 0, 60),
    );
  }
}

function whole(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new MlopsError(
    'Invalid rollout',
    `rollout: rolling ${name} must be a whole number between ${min} and ${max}, got ${value}`,
  );
}
