import { DriftWindow } from './drift-definition';
import { longestGapMinutes } from '../../../core/private/schedule-gaps';
import { Schedule } from '../../../core/schedule';

/**
 * The captured data that lies between two runs of a schedule: so many whole days, or hours where runs are at most eight
 * hours apart.
 *
 * A run takes seven days at most, because a processing job has ten inputs at most.
 */
export function windowBetweenRuns(schedule: Schedule): DriftWindow {
  const hours = Math.ceil(longestGapMinutes(schedule) / 60);
  return hours <= 8 ? { unit: 'hour', count: hours } : { unit: 'day', count: Math.min(7, Math.ceil(hours / 24)) };
}

/** Days that a window reaches into. */
export function daysOf({ unit, count }: DriftWindow): number {
  return unit === 'day' ? count : 1;
}
