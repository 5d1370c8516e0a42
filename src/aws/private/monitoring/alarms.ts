import { aws_cloudwatch as cloudwatch, Lazy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AlarmSpec } from './endpoint-alarms';
import { acknowledge } from '../base/acknowledge';
import { alarmText } from '../base/alarm-text';

/** The alarm of a spec, without actions. */
export function newAlarm(scope: Construct, spec: AlarmSpec): cloudwatch.Alarm {
  const [datapointsToAlarm, evaluationPeriods] = spec.points ?? [1, 1];
  return new cloudwatch.Alarm(scope, spec.id, {
    alarmDescription: alarmText(spec.description, spec.advice),
    metric: spec.metric,
    threshold: spec.threshold,
    comparisonOperator: spec.comparison ?? cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm,
    evaluationPeriods,
    treatMissingData: spec.missing ?? cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

/** An alarm that tells nobody, for a reason. */
export function newSilentAlarm(scope: Construct, spec: AlarmSpec, reason: string): cloudwatch.Alarm {
  const alarm = newAlarm(scope, spec);
  acknowledge(alarm, { id: 'NIST.800.53.R5-CloudWatchAlarmAction', reason });
  return alarm;
}

/**
 * Adds an action to an alarm of this app; an alarm that is only referred to by its ARN belongs to somebody else, and
 * nothing is added.
 */
export function addAlarmAction(alarm: cloudwatch.IAlarm, action: cloudwatch.IAlarmAction): void {
  if (alarm instanceof cloudwatch.AlarmBase) alarm.addAlarmAction(action);
}

/** Raised while any of the alarms is. The array is read at synthesis: alarms may still come. */
export function newHealthAlarm(scope: Construct, id: string, alarms: cloudwatch.IAlarm[]): cloudwatch.CompositeAlarm {
  const rule = () => alarms.map((alarm) => alarm.renderAlarmRule()).join(' OR ');
  const health = new cloudwatch.CompositeAlarm(scope, id, {
    alarmDescription: alarmText(`Something that ${scope.node.path} watches is not well`,
      'Each of its alarms has notified, and says what to do. The dashboard and the rule of this alarm show which.'),
    alarmRule: { renderAlarmRule: () => Lazy.string({ produce: rule }) },
  });
  acknowledge(health, {
    id: 'NIST.800.53.R5-CloudWatchAlarmAction',
    reason: 'each of its alarms has notified already: this one shows the state of the whole to tools and dashboards',
  });
  return health;
}
