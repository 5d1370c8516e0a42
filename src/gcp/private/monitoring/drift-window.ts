import { longestGapMinutes } from '../../../core/private/schedule-gaps';
import { Schedule } from '../../../core/schedule';

/**
 * Whole hours that a drift run looks back: the longest time between two runs. Captured traffic is kept for 90 days or
 * so.
 */
export function hoursBetweenRuns(schedule: Schedule): number {
  return Math.min(Math.ceil(longestGapMinutes(schedule) / 60), MOST_HOURS);
}

const MOST_HOURS = 90 * 24;
