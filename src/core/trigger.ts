import { MlopsError } from './private/errors';
import { isObjectKey } from './private/object-keys';
import { Token } from './private/tokens';
import { show } from './private/validation';
import { Schedule } from './schedule';

/** Triggers of a training pipeline. Drift is detected by the monitoring stack: see `DriftSpec.retrain`. */
export class Trigger {
  /** Starts at every time of the schedule. */
  public static schedule(schedule: Schedule): Trigger {
    if (typeof schedule !== 'object') {
      throw new MlopsError(
        'Invalid trigger',
        `trigger: schedule must be a schedule, as Schedule.weekly() makes it, got '${schedule}'`,
      );
    }
    return new Trigger(schedule, undefined);
  }

  /**
   * Starts when objects arrive under a prefix of the data lake's raw store, `'incoming/'`, or best when what ends an
   * upload does, `'incoming/_SUCCESS'`.
   *
   * However many objects arrive, one run goes on and one waits, which reads what has come meanwhile; what comes on top
   * starts nothing.
   *
   * @example
   * import { Schedule, Trigger } from 'mlops-constructs';
   *
   * const triggers = [Trigger.newData('incoming/_SUCCESS'), Trigger.schedule(Schedule.weekly())];
   */
  public static newData(prefix: string): Trigger {
    if (prefix === '') {
      throw new MlopsError(
        'Invalid trigger',
        "trigger: newData prefix must be a non-empty path, got '': every object would start a run",
      );
    }
    if (!Token.isUnresolved(prefix) && !isObjectKey(prefix)) {
      throw new MlopsError(
        'Invalid trigger',
        `trigger: newData prefix must be a path in the raw store like 'incoming/', without the bucket and without a slash in front, got ${show(prefix)}`,
      );
    }
    return new Trigger(undefined, prefix);
  }

  private constructor(
    /** The recurring time, of a trigger made by `schedule`. */
    public readonly when?: Schedule,
    /** The watched prefix, of a trigger made by `newData`. */
    public readonly dataPrefix?: string,
  ) {}
}
