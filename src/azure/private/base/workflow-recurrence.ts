import { windowsTimeZone } from './windows-time-zones';
import { compose } from './workflow-actions';
import { ex, Expression } from './workflow-expressions';
import { WorkflowTrigger } from './workflow-triggers';
import { CronFields, parseCron } from '../../../core/private/cron';
import { refuse, refuseBecause, Speaker } from '../../../core/private/validation';
import { Schedule } from '../../../core/schedule';

const WEEK_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/**
 * Starts a run at the times of a schedule. Days of a month and months, which Recurrence cannot say beside hours, are a
 * condition of the trigger: it looks every day and fires on the right ones.
 *
 * @see https://learn.microsoft.com/azure/connectors/connectors-native-recurrence
 */
export function recurrence(who: Speaker, { expression, timeZone }: Schedule): WorkflowTrigger {
  const zone = windowsTimeZone(timeZone);
  if (zone === undefined) {
    refuse(
      who,
      'timeZone',
      timeZone,
      'a zone that Windows has a name for, as Logic Apps follows its clocks: Europe/Oslo instead of Antarctica/Troll',
    );
  }
  const cron = parseCron(expression);
  const weekly = cron.dayOfWeek.every ? {} : { weekDays: cron.dayOfWeek.values.map((day) => WEEK_DAYS[day]) };
  const conditions = dayConditions(cron, zone);
  return {
    name: 'Time',
    definition: {
      type: 'Recurrence',
      recurrence: {
        frequency: cron.dayOfWeek.every ? 'Day' : 'Week',
        interval: 1,
        schedule: { hours: cron.hour.values, minutes: cron.minute.values, ...weekly },
        // The zone is taken with a start alone; one that has passed starts nothing by itself.
        startTime: '2024-01-01T00:00:00',
        timeZone: zone,
      },
      ...(conditions.length === 0 ? {} : { conditions: conditions.map((condition) => ({ expression: condition })) }),
    },
    variables: {},
    begin: {},
    end: {},
  };
}

function dayConditions({ dayOfMonth, month }: CronFields, zone: string): Expression[] {
  const today = ex`convertFromUtc(utcNow(), ${zone})`;
  const part = (format: string) => ex`int(formatDateTime(${today}, ${format}))`;
  return [
    ...(dayOfMonth.every
      ? []
      : [ex`contains(${new Expression(`createArray(${dayOfMonth.values.join(', ')})`)}, ${part('dd')})`]),
    ...(month.every ? [] : [ex`contains(${new Expression(`createArray(${month.values.join(', ')})`)}, ${part('MM')})`]),
  ];
}

/**
 * Fires when the workflow is created and whenever an update of the stack changes it, and once a day after that:
 * Recurrence without a start begins at once. What is declared is part of the definition, so that a change of it is a
 * change of the workflow.
 */
export function declared(who: Speaker, content: { readonly [key: string]: unknown }): WorkflowTrigger {
  if (Object.keys(content).length === 0) refuseBecause(who, 'it declares nothing');
  return {
    name: 'Declared',
    definition: { type: 'Recurrence', recurrence: { frequency: 'Day', interval: 1 } },
    variables: {},
    begin: { Declaration: compose(content) },
    end: {},
  };
}
