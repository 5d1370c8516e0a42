import { aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { errorPercent, invocationMetric, WatchedEndpoint } from './metrics';
import { AnswerLimits } from '../../../core/private/resolve/limits';
import { acknowledge } from '../base/acknowledge';
import { alarmText, SERVER_ERRORS, SLOW_MODEL } from '../base/alarm-text';

/**
 * Limits of a mode where none are given, if they are not the usual ones. A queue is for models that take their time:
 * there a request may take as long as SageMaker waits for the model.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html
 */
export function usualLimits(mode: string | undefined): Partial<AnswerLimits> {
  return mode === 'asynchronous' ? { maxLatencyP99Ms: 900_000 } : {};
}

/** The two alarms; they are in the template whether or not the endpoint exists already, and silence is not a fault. */
export function rollbackAlarms(
  scope: Construct,
  endpoint: WatchedEndpoint,
  thresholds: AnswerLimits,
): cloudwatch.Alarm[] {
  const { endpointName } = endpoint;
  const common = {
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  };
  const alarms = [
    new cloudwatch.Alarm(scope, 'ErrorAlarm', {
      ...common,
      alarmDescription: alarmText(
        `More than ${thresholds.maxErrorPercent} % of the requests to ${endpointName} fail with server errors`,
        SERVER_ERRORS,
      ),
      metric: errorPercent(endpoint),
      threshold: thresholds.maxErrorPercent,
    }),
    new cloudwatch.Alarm(scope, 'LatencyAlarm', {
      ...common,
      alarmDescription: alarmText(
        `1 % of the answers of ${endpointName} take more than ${thresholds.maxLatencyP99Ms} ms in the model`,
        `A rollout that is running rolls back. ${SLOW_MODEL}`,
      ),
      // SageMaker measures in microseconds.
      metric: invocationMetric(endpoint, 'ModelLatency', 'p99'),
      threshold: thresholds.maxLatencyP99Ms * 1000,
    }),
  ];
  for (const alarm of alarms) {
    acknowledge(alarm, {
      id: 'NIST.800.53.R5-CloudWatchAlarmAction',
      reason:
        'SageMaker itself watches this alarm during a rollout; further notifications are configured by the monitoring',
    });
  }
  return alarms;
}
