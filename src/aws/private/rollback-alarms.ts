import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { VARIANT_NAME } from './hosting-plan';

/** Thresholds of the alarms that turn a rollout back. */
export interface RollbackThresholds {
  readonly maxErrorPercent: number;
  readonly maxLatencyP99Ms: number;
}

/** A metric of one variant. */
export function variantMetric(endpointName: string, namespace: string, metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace,
    metricName,
    dimensionsMap: { EndpointName: endpointName, VariantName: VARIANT_NAME },
    period: Duration.minutes(1),
    ...options,
  });
}

/**
 * Requests that failed by the server's fault, in percent.
 *
 * SageMaker sends a 1 for each such request and a 0 for each other, so their average is the share: there is no need for
 * `Invocations`, which asynchronous endpoints do not have.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-endpoint-invocation
 */
export function errorPercent(endpointName: string, options: cloudwatch.MathExpressionOptions = {}): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: '100 * failed',
    usingMetrics: { failed: variantMetric(endpointName, 'AWS/SageMaker', 'Invocation5XXErrors', { statistic: 'Average' }) },
    label: 'server errors (%)',
    period: Duration.minutes(1),
    ...options,
  });
}

/** The two alarms; they are in the template whether or not the endpoint exists already, and silence is not a fault. */
export function rollbackAlarms(scope: Construct, endpointName: string, thresholds: RollbackThresholds): cloudwatch.Alarm[] {
  const common = {
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  };
  const alarms = [
    new cloudwatch.Alarm(scope, 'ErrorAlarm', {
      ...common,
      alarmDescription: `More than ${thresholds.maxErrorPercent} % of the requests to ${endpointName} fail by the server's fault; a rollout goes back`,
      metric: errorPercent(endpointName),
      threshold: thresholds.maxErrorPercent,
    }),
    new cloudwatch.Alarm(scope, 'LatencyAlarm', {
      ...common,
      alarmDescription: `1 % of the answers of ${endpointName} take more than ${thresholds.maxLatencyP99Ms} ms in the model; a rollout goes back`,
      // SageMaker measures in microseconds.
      metric: variantMetric(endpointName, 'AWS/SageMaker', 'ModelLatency', { statistic: 'p99' }),
      threshold: thresholds.maxLatencyP99Ms * 1000,
    }),
  ];
  for (const alarm of alarms) {
    acknowledge(alarm, {
      id: 'NIST.800.53.R5-CloudWatchAlarmAction',
      reason: 'SageMaker itself watches this alarm during a rollout; who else is told is the decision of the monitoring',
    });
  }
  return alarms;
}
