import { parseCron } from '../../../core/private/cron';
import { ResolvedFeatureGroup } from '../../../core/private/resolve/features';
import { refuse, refuseBecause, Speaker, speakerForPart } from '../../../core/private/validation';
import { Schedule } from '../../../core/schedule';
import { FeatureGroupOptions, FeatureStoreProps } from '../../feature-store-props';
import { RecurrenceTrigger } from '../base/arm-bodies/common';
import { MaterializationSettings } from '../base/arm-bodies/feature-store';
import { windowsTimeZone } from '../base/windows-time-zones';

/**
 * What of a group is copied, where to and when. Without a schedule nothing is: training reads the rows.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/feature-set-materialization-concepts
 */
export function materialization(
  store: Speaker, { name, online }: ResolvedFeatureGroup, options: FeatureGroupOptions, props: FeatureStoreProps,
): MaterializationSettings {
  const schedule = options.materializationSchedule ?? (online ? Schedule.daily() : undefined);
  if (schedule === undefined) return { storeType: 'None' };
  const emails = props.alertEmails ?? [];
  return {
    storeType: online ? 'OnlineAndOffline' : 'Offline',
    resource: { instanceType: props.materializationInstanceType ?? 'Standard_E4s_v3' },
    schedule: recurrenceTrigger(speakerForPart(store, 'feature group', name), schedule),
    ...(emails.length === 0 ? {} : { notification: { emailOn: ['JobFailed', 'JobCancelled'], emails } }),
    sparkConfiguration: SPARK_CONFIGURATION,
  };
}

/** The smallest cluster of the smallest size; Azure ML takes texts alone. */
const SPARK_CONFIGURATION = {
  'spark.driver.cores': '4',
  'spark.driver.memory': '28g',
  'spark.executor.cores': '4',
  'spark.executor.memory': '28g',
  'spark.executor.instances': '2',
};

const WEEK_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** A schedule as feature sets take it: hours and minutes, and days of the week or of the month. */
function recurrenceTrigger(who: Speaker, { expression, timeZone }: Schedule): RecurrenceTrigger {
  const zone = windowsTimeZone(timeZone)
    ?? refuse(who, 'materializationSchedule', timeZone,
      'in a zone that Windows has a name for, as Azure ML follows its clocks: Europe/Oslo instead of Antarctica/Troll');
  const { minute, hour, dayOfMonth, month, dayOfWeek } = parseCron(expression);
  if (!month.every) {
    refuseBecause(
      who,
      `materializationSchedule '${expression}' restricts months, which a feature set cannot: leave them out`,
    );
  }
  const days = { weekDays: dayOfWeek.values.map((day) => WEEK_DAYS[day]), monthDays: dayOfMonth.values };
  return {
    triggerType: 'Recurrence',
    frequency: !dayOfMonth.every ? 'Month' : !dayOfWeek.every ? 'Week' : 'Day',
    interval: 1,
    schedule: {
      hours: hour.values,
      minutes: minute.values,
      ...(dayOfWeek.every ? {} : { weekDays: days.weekDays }),
      ...(dayOfMonth.every ? {} : { monthDays: days.monthDays }),
    },
    // A start in the past: the first window is what has not been materialized since.
    startTime: '2024-01-01T00:00:00',
    timeZone: zone,
  };
}
