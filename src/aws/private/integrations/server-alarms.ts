import {
  aws_cloudwatch as cloudwatch,
  aws_elasticloadbalancingv2 as elbv2,
  aws_rds as rds,
  Duration,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { alarmText } from '../base/alarm-text';

/** Parts of a server that alarms watch. */
export interface WatchedServer {
  readonly title: string;
  readonly target: elbv2.ApplicationTargetGroup;
  readonly database?: rds.DatabaseInstance;
  readonly storageGiB: number;
}

/** Alarms of a server, without actions: it does not answer, it fails, its database is full or busy. */
export function serverAlarms(
  scope: Construct,
  { database, storageGiB, target, title }: WatchedServer,
): cloudwatch.Alarm[] {
  const where = scope.node.path;
  const period = Duration.minutes(5);
  return [
    new cloudwatch.Alarm(scope, 'DownAlarm', {
      alarmDescription: alarmText(
        `${title} (${where}) does not answer`,
        'No task passes the health check: it restarts over and over, or cannot start. The events of the service say why; the log has what the server ' +
          'wrote. After a change of its version set imageTag back.',
      ),
      metric: target.metrics.healthyHostCount({ statistic: 'Maximum', period }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 2,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    }),
    new cloudwatch.Alarm(scope, 'UnhealthyAlarm', {
      alarmDescription: alarmText(
        `A task of ${title} (${where}) is unhealthy`,
        'Amazon ECS replaces it. When it happens again and again the task is too small, or the database does not answer: look at the log.',
      ),
      metric: target.metrics.unhealthyHostCount({ statistic: 'Maximum', period }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }),
    new cloudwatch.Alarm(scope, 'ErrorAlarm', {
      alarmDescription: alarmText(
        `${title} (${where}) answers requests with errors of its own`,
        'Look at its log for the stack trace, and whether its database answers.',
      ),
      metric: target.metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, { statistic: 'Sum', period }),
      threshold: 10,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 2,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }),
    ...(database === undefined ? [] : databaseAlarms(scope, title, database, storageGiB)),
  ];
}

function databaseAlarms(
  scope: Construct, title: string, database: rds.DatabaseInstance, storageGiB: number,
): cloudwatch.Alarm[] {
  const period = Duration.minutes(5);
  return [
    new cloudwatch.Alarm(scope, 'DatabaseSpaceAlarm', {
      alarmDescription: alarmText(
        `The database of ${title} (${scope.node.path}) is almost full`,
        'It grows on its own to five times the size that it was made with: raise databaseStorageGiB, or delete what is old.',
      ),
      metric: database.metricFreeStorageSpace({ statistic: 'Minimum', period }),
      threshold: storageGiB * 1024 ** 3 * 0.05,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.MISSING,
    }),
    new cloudwatch.Alarm(scope, 'DatabaseCpuAlarm', {
      alarmDescription: alarmText(
        `The database of ${title} (${scope.node.path}) is busy`,
        'Give it a larger databaseInstanceType; a burstable one that has spent its credits is slow until it has new ones.',
      ),
      metric: database.metricCPUUtilization({ statistic: 'Average', period }),
      threshold: 90,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.MISSING,
    }),
  ];
}
