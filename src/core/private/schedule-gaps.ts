import { CronFields, parseCron } from './cron';
import { Schedule } from '../schedule';

/** The longest time between two runs of a schedule, in minutes: as far as a run must look back to miss nothing. */
export function longestGapMinutes(schedule: Schedule): number {
  const cron = parseCron(schedule.expression);
  const times = cron.hour.values.flatMap((hour) => cron.minute.values.map((minute) => hour * 60 + minute));
  const days = matchingDays(cron);
  const withinDay = times.slice(1).map((time, index) => time - times[index]);
  const overNight = days
    .slice(1)
    .map((day, index) => (day - days[index]) * MINUTES_OF_DAY + times[0] - times[times.length - 1]);
  return Math.max(...withinDay, ...overNight);
}

/**
 * Days of nine years on which the schedule runs, as numbers: two 29ths of February are among them, and two years that
 * follow each other.
 */
function matchingDays({ dayOfMonth, month, dayOfWeek }: CronFields): number[] {
  const first = Date.UTC(2024, 0, 1) / MILLIS_OF_DAY;
  return [...Array(NINE_YEARS).keys()].filter((index) => {
    const date = new Date((first + index) * MILLIS_OF_DAY);
    return dayOfMonth.values.includes(date.getUTCDate()) && month.values.includes(date.getUTCMonth() + 1)
      && dayOfWeek.values.includes(date.getUTCDay());
  });
}

const MINUTES_OF_DAY = 1440;
const MILLIS_OF_DAY = 86_400_000;
const NINE_YEARS = 9 * 366;
