import { parseCron } from './private/cron';
import { MlopsError } from './private/errors';
import { show } from './private/validation';

/** When in the day, and in whose day. */
export interface TimeOfDay {
  /**
   * Hour of the day, 0 to 23.
   *
   * @default 3
   */
  readonly hour?: number;
  /**
   * Minute of the hour, 0 to 59.
   *
   * @default 0
   */
  readonly minute?: number;
  /**
   * IANA time zone, `Europe/Berlin`.
   *
   * @default 'UTC'
   */
  readonly timeZone?: string;
}

/** A time of a week. */
export interface TimeOfWeek extends TimeOfDay {
  /**
   * Day of the week.
   *
   * @default Weekday.MONDAY
   */
  readonly weekday?: Weekday;
}

/** The days of the week, counted as cron counts them. */
export enum Weekday {
  /** Day 0. */
  SUNDAY = 0,
  /** Day 1. */
  MONDAY = 1,
  /** Day 2. */
  TUESDAY = 2,
  /** Day 3. */
  WEDNESDAY = 3,
  /** Day 4. */
  THURSDAY = 4,
  /** Day 5. */
  FRIDAY = 5,
  /** Day 6. */
  SATURDAY = 6,
}

/** A recurring time, as a five-field cron expression in a time zone: the form that all three clouds can follow. */
export class Schedule {
  /** Every hour, at the given minute. */
  public static hourly(minute: number = 0): Schedule {
    return new Schedule(`${field('minute', minute, 59)} * * * *`, 'UTC');
  }

  /** Every day. */
  public static daily(time: TimeOfDay = {}): Schedule {
    return new Schedule(`${clock(time)} * * *`, time.timeZone ?? 'UTC');
  }

  /** Every week. */
  public static weekly(time: TimeOfWeek = {}): Schedule {
    return new Schedule(
      `${clock(time)} * * ${field('weekday', time.weekday ?? Weekday.MONDAY, 6)}`,
      time.timeZone ?? 'UTC',
    );
  }

  /**
   * Any five-field cron expression: minute, hour, day of month, month, day of week (0-6, Sunday is 0).
   *
   * Fields are numbers, lists `1,3`, ranges `1-5` and steps of all or of a range, `0-30/10`: what all clouds read
   * alike. Day of month and day of week cannot both be restricted: the clouds disagree about what that means.
   *
   * @example
   * import { Schedule } from 'mlops-constructs';
   *
   * const schedule = Schedule.cron('30 4 * * 1-5', 'Europe/Berlin');
   */
  public static cron(expression: string, timeZone: string = 'UTC'): Schedule {
    parseCron(expression);
    return new Schedule(expression.trim().replace(/\s+/g, ' '), timeZone);
  }

  private constructor(
    /** Five cron fields: minute, hour, day of month, month, day of week. */
    public readonly expression: string,
    /** IANA name of the zone whose clock is meant. */
    public readonly timeZone: string,
  ) {
    if (typeof timeZone !== 'string' || !/^[A-Za-z][\w+-]*(\/[A-Za-z][\w+-]*){0,2}$/.test(timeZone)) {
      throw new MlopsError(
        'Invalid schedule',
        `schedule: timeZone must be an IANA name like 'Europe/Berlin', got ${show(timeZone)}`,
      );
    }
    const known = zoneNamed(timeZone);
    if (known === undefined || (known !== timeZone && known.toLowerCase() === timeZone.toLowerCase())) {
      throw new MlopsError(
        'Invalid schedule',
        `schedule: timeZone must be a zone that IANA has, like '${known ?? 'Europe/Berlin'}', got ${show(timeZone)}`,
      );
    }
  }
}

/**
 * The zone's name as the time zone database has it, which Node carries along; undefined where there is none. Asks no
 * clock.
 */
function zoneNamed(timeZone: string): string | undefined {
  // What schedules have that name no zone: the first question to the database takes as long as loading forty files.
  if (timeZone === 'UTC') return timeZone;
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function clock(time: TimeOfDay): string {
  return `${field('minute', time.minute ?? 0, 59)} ${field('hour', time.hour ?? 3, 23)}`;
}

function field(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new MlopsError(
    'Invalid schedule',
    `schedule: ${name} must be a whole number between 0 and ${max}, got ${show(value)}`,
  );
}
