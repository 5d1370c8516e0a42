import { MlopsError } from './private/errors';
import { show } from './private/validation';

/** Options of a rollout in two steps. */
export interface CanaryOptions {
  /**
   * Share of the traffic (or of the fleet) that the new version gets first, in percent, 1 to 50.
   *
   * @default 10
   */
  readonly percent?: number;
  /**
   * Time the new version is watched before it gets the rest, in minutes.
   *
   * @default 10
   */
  readonly bakeMinutes?: number;
}

/** Options of a rollout in equal steps. */
export interface LinearOptions {
  /**
   * Share that each step adds, in percent, 10 to 50.
   *
   * @default 25
   */
  readonly stepPercent?: number;
  /**
   * Time between two steps, in minutes.
   *
   * @default 5
   */
  readonly stepMinutes?: number;
}

/**
 * How a new model version takes over from the live one. Every kind rolls back to the live version when an alarm of the
 * endpoint rises.
 */
export class Rollout {
  /** The whole traffic at once, after the new version is up. */
  public static allAtOnce(): Rollout {
    return new Rollout('all-at-once');
  }

  /**
   * A small share first, the rest after a time without alarms.
   *
   * @example
   * import { Rollout } from 'mlops-constructs';
   *
   * const rollout = Rollout.canary({ percent: 5, bakeMinutes: 30 });
   */
  public static canary(options: CanaryOptions = {}): Rollout {
    return new Rollout(
      'canary',
      within('canary percent', options.percent ?? 10, 1, 50),
      within('canary bakeMinutes', options.bakeMinutes ?? 10, 1, 60),
    );
  }

  /**
   * Equal shares, one after the other.
   *
   * @example
   * import { Rollout } from 'mlops-constructs';
   *
   * const rollout = Rollout.linear({ stepPercent: 25, stepMinutes: 10 });
   */
  public static linear(options: LinearOptions = {}): Rollout {
    return new Rollout(
      'linear',
      within('linear stepPercent', options.stepPercent ?? 25, 10, 50),
      within('linear stepMinutes', options.stepMinutes ?? 5, 1, 60),
    );
  }

  protected constructor(
    /** `all-at-once`, `canary`, `linear`, or a kind that only one cloud has. */
    public readonly kind: string,
    /** Share of one step, in percent. */
    public readonly percent?: number,
    /** Time of one step, in minutes. */
    public readonly minutes?: number,
  ) {}
}

/**
 * A second model version beside the champion, for comparison.
 *
 * With a challenger, an approved version is deployed beside the live one; promoting it is a decision of its own.
 */
export class Challenger {
  /**
   * Gets a copy of the requests; its answers are recorded and thrown away.
   *
   * @example
   * import { Challenger } from 'mlops-constructs';
   *
   * const challenger = Challenger.shadow(50);
   */
  public static shadow(percent: number = 100): Challenger {
    return new Challenger('shadow', within('shadow percent', percent, 1, 100));
  }

  /**
   * Answers a share of the requests (an A/B test).
   *
   * @example
   * import { Challenger } from 'mlops-constructs';
   *
   * const challenger = Challenger.abTest(20);
   */
  public static abTest(percent: number = 10): Challenger {
    return new Challenger('ab-test', within('A/B test percent', percent, 1, 50));
  }

  private constructor(
    /** `shadow` or `ab-test`. */
    public readonly kind: string,
    /** Share of the requests, in percent. */
    public readonly percent: number,
  ) {}
}

function within(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new MlopsError(
    'Invalid rollout',
    `rollout: ${name} must be a whole number between ${min} and ${max}, got ${show(value)}`,
  );
}
