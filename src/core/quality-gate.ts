import { MlopsError } from './private/errors';
import { show } from './private/validation';

/**
 * A condition on one metric of `evaluation.json` that a model must meet before it is registered.
 *
 * All gates of a pipeline must hold. The metric is a key under `metrics`, as the image's `evaluate` verb writes it.
 */
export class QualityGate {
  /**
   * The metric must be this or more, as for `auc` or `accuracy`.
   *
   * @example
   * import { QualityGate } from 'mlops-constructs';
   *
   * const gates = [QualityGate.atLeast('auc', 0.9), QualityGate.atMost('rmse', 12.5)];
   */
  public static atLeast(metric: string, threshold: number): QualityGate {
    return new QualityGate(metric, threshold, true);
  }

  /** The metric must be this or less, as for `rmse` or `logLoss`. */
  public static atMost(metric: string, threshold: number): QualityGate {
    return new QualityGate(metric, threshold, false);
  }

  private constructor(
    /** The key under `metrics` in `evaluation.json`. */
    public readonly metric: string,
    /** The value that the metric is compared with, in the metric's own unit. */
    public readonly threshold: number,
    /** Whether more is better; false where less is better. */
    public readonly higherIsBetter: boolean,
  ) {
    if (typeof metric !== 'string' || !/^[A-Za-z][A-Za-z0-9_]*$/.test(metric)) {
      throw new MlopsError(
        'Invalid quality gate',
        `quality gate: metric must be letters, digits and _ starting with a letter, got ${show(metric)}`,
      );
    }
    if (!Number.isFinite(threshold)) {
      throw new MlopsError(
        'Invalid quality gate',
        `quality gate '${metric}': threshold must be a finite number, got ${show(threshold)}`,
      );
    }
  }
}
