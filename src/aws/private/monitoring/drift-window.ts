import { DriftWindow } from './drift-definition';
import { parseCron } from '../../../core/private/cron';
import { Schedule } from '../../../core/schedule';

/**
 * The captured data that lies between two runs of a schedule: so many whole days, or hours where runs are at most eight hours apart.
 *
 * A run takes seven days at most, because a processing job has ten inputs at most.
 */
export function windowBetweenRuns(schedule: Schedule): DriftWindow {
  const cron = parseCron(schedule.expression);
  if (!cron.dayOfMonth.every) return { unit: 'day', count: longestGap(cron.dayOfMonth.values, 31, 7) };
  if (!cron.dayOfWeek.every) return { unit: 'day', count: longestGap(cron.dayOfWeek.values, 7, 7) };
  const hours = longestGap(cron.hour.values, 24, 24);
  return hours <= 8 ? { unit: 'hour', count: hours } : { unit: 'day', count: 1 };
}

/** Days that a window reaches into. */
export function daysOf({ unit, count }: DriftWindow): number {
  return unit === 'day' ? count : 1;
}

function longestGap(values: number[], cycle: number, most: number): number {
  const gaps = values.map((value, index) => (index + 1 < values.length ? values[index + 1] : values[0] + cycle) - value);
  return Math.min(most, Math.max(...gaps));
}
