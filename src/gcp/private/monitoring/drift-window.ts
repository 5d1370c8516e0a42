import { CronFields, parseCron } from '../../../core/private/cron';
import { Schedule } from '../../../core/schedule';

/** The longest time between two runs of a schedule, in whole hours: what a run must look back. Captured traffic is kept for 90 days or so. */
export function hoursBetweenRuns(schedule: Schedule): number {
  const cron = parseCron(schedule.expression);
  const times = cron.hour.values.flatMap((hour) => cron.minute.values.map((minute) => hour * 60 + minute));
  const days = matchingDays(cron);
  const withinDay = times.slice(1).map((time, index) => time - times[index]);
  const overNight = days.slice(1).map((day, index) => (day - days[index]) * MINUTES_OF_DAY + times[0] - times[times.length - 1]);
  return Math.min(Math.ceil(Math.max(...withinDay, ...overNight) / 60), MOST_HOURS);
}

/** Days of nine years on which the schedule runs, as numbers: there is a 29th of February among them, and two years that follow each other. */
function matchingDays({ dayOfMonth, month, dayOfWeek }: CronFields): number[] {
  const first = Date.UTC(2024, 0, 1) / MILLIS_OF_DAY;
  return [...Array(9 * 366).keys()].filter((index) => {
    const date = new Date((first + index) * MILLIS_OF_DAY);
    return dayOfMonth.values.includes(date.getUTCDate()) && month.values.includes(date.getUTCMonth() + 1)
      && dayOfWeek.values.includes(date.getUTCDay());
  });
}

const MINUTES_OF_DAY = 1440;
const MILLIS_OF_DAY = 86_400_000;
const MOST_HOURS = 90 * 24;
