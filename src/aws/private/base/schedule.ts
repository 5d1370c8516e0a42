import { parseCron, CronField } from '../../../core/private/cron';
import { Schedule } from '../../../core/schedule';

/**
 * The expression of EventBridge Scheduler for a schedule: six fields, days of the week by name, `?` where the other day
 * field speaks.
 *
 * Steps and ranges are written out as lists, because the service documents steps only from a single start (`0/10`); a
 * run of days is written as a range. The schedule's time zone goes to `ScheduleExpressionTimezone`.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export function toSchedulerExpression(schedule: Schedule): string {
  const cron = parseCron(schedule.expression);
  const dayOfMonth = cron.dayOfWeek.every ? list(cron.dayOfMonth, String) : '?';
  const dayOfWeek = cron.dayOfWeek.every ? '?' : list(cron.dayOfWeek, (day) => WEEKDAYS[day]);
  return `cron(${[list(cron.minute, String), list(cron.hour, String), dayOfMonth, list(cron.month, String), dayOfWeek, '*'].join(' ')})`;
}

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function list(field: CronField, name: (value: number) => string): string {
  if (field.every) return '*';
  const first = field.values[0];
  const last = field.values[field.values.length - 1];
  if (field.values.length > 2 && last - first === field.values.length - 1) return `${name(first)}-${name(last)}`;
  return field.values.map(name).join(',');
}
