import { MlopsError } from './errors';
import { show } from './validation';
/** One field of a five-field cron expression, expanded. */
export interface CronField {
  /** Whether the field is `*`: every value. */
  readonly every: boolean;
  /** The values that are meant, in rising order. */
  readonly values: number[];
}

/** The fields of a cron expression in the order in which they are written. */
export interface CronFields {
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  readonly month: CronField;
  readonly dayOfWeek: CronField;
}

/**
 * Reads the common core of all cron dialects: numbers, `*`, lists, ranges, and steps of `*` or of a range. Throws on
 * anything else.
 */
export function parseCron(expression: string): CronFields {
  const texts = typeof expression === 'string' ? expression.trim().split(/\s+/) : [];
  if (texts.length !== FIELDS.length) {
    throw new MlopsError(
      'Invalid schedule',
      `schedule: cron must be five fields 'minute hour day-of-month month day-of-week', got ${show(expression)}`,
    );
  }
  const [minute, hour, dayOfMonth, month, dayOfWeek] = texts.map((text, index) =>
    parseField(FIELDS[index], text, expression),
  );
  if (!dayOfMonth.every && !dayOfWeek.every) {
    throw new MlopsError(
      'Invalid schedule',
      `schedule: cron must restrict the day of month or the day of week, not both, got '${expression}'`,
    );
  }
  const longest = Math.max(...month.values.map((each) => DAYS[each - 1]));
  if (!dayOfMonth.every && dayOfMonth.values[0] > longest) {
    throw new MlopsError(
      'Invalid schedule',
      `schedule: cron must name a day that its months have, got '${expression}'`,
    );
  }
  return { minute, hour, dayOfMonth, month, dayOfWeek };
}

interface FieldKind {
  readonly title: string;
  readonly min: number;
  readonly max: number;
}

const FIELDS: FieldKind[] = [
  { title: 'minute', min: 0, max: 59 },
  { title: 'hour', min: 0, max: 23 },
  { title: 'day of month', min: 1, max: 31 },
  { title: 'month', min: 1, max: 12 },
  { title: 'day of week', min: 0, max: 6 },
];

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function parseField(kind: FieldKind, text: string, expression: string): CronField {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    const first = match?.[2] === undefined ? kind.min : Number(match[2]);
    const last = match?.[2] === undefined ? kind.max : Number(match[3] ?? match[2]);
    const step = Number(match?.[4] ?? 1);
    const stepOfOne = match?.[4] !== undefined && match[2] !== undefined && match[3] === undefined;
    if (match === null || stepOfOne || first < kind.min || last > kind.max || first > last || step < 1) {
      throw new MlopsError(
        'Invalid schedule',
        `schedule: ${kind.title} of a cron must be numbers from ${kind.min} to ${kind.max}, as '*', '5', '1,3', '1-5' or '*/2', got '${text}' in '${expression}'`,
      );
    }
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return { every: values.size === kind.max - kind.min + 1, values: [...values].sort((a, b) => a - b) };
}
