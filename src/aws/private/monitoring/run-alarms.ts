import { aws_cloudwatch as cloudwatch, aws_sqs as sqs, aws_stepfunctions as sfn, Duration } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { AlarmSpec } from './endpoint-alarms';
import { QualityGate } from '../../../core/quality-gate';

const FIVE_MINUTES = { statistic: 'Sum', period: Duration.minutes(5) };

/** An execution that failed, took too long or was stopped, of any of the machines. */
export function machineFails(id: string, description: string, ...machines: sfn.IStateMachine[]): AlarmSpec {
  const metrics = machines.flatMap((machine, index) => Object.entries({
    failed: machine.metricFailed(FIVE_MINUTES), timedOut: machine.metricTimedOut(FIVE_MINUTES), aborted: machine.metricAborted(FIVE_MINUTES),
  }).map(([name, metric]) => [index === 0 ? name : `${name}${index + 1}`, metric] as const));
  return {
    id,
    description,
    metric: new cloudwatch.MathExpression({
      expression: metrics.map(([name]) => `FILL(${name}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(metrics),
      label: 'failed, timed out or aborted',
      period: Duration.minutes(5),
    }),
    threshold: 0,
  };
}

/** A run of the pipeline that failed. */
export function trainingFails(training: IConstruct & { metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric }): AlarmSpec {
  return {
    id: 'TrainingAlarm',
    description: `A run of the training pipeline ${training.node.path} failed, at a step or at the quality gate`,
    metric: training.metricFailed(FIVE_MINUTES),
    threshold: 0,
  };
}

/** A run that the tracker does not have. */
export function recordingFails(training: IConstruct, unrecorded: cloudwatch.IMetric): AlarmSpec {
  return {
    id: 'RecordingAlarm',
    description: `A run of the training pipeline ${training.node.path} is not recorded in the tracker; the log of its function Recorder says why`,
    metric: unrecorded,
    threshold: 0,
  };
}

/** Something in a queue of what could not be delivered. */
export function queueFills(id: string, description: string, queue: sqs.IQueue): AlarmSpec {
  return { id, description, metric: queue.metricApproximateNumberOfMessagesVisible({ ...FIVE_MINUTES, statistic: 'Maximum' }), threshold: 0 };
}

/** One value a drift run, which holds until the next: a drift that stays keeps the alarm. */
export function driftRises(share: cloudwatch.IMetric, maxDriftShare: number): AlarmSpec {
  return {
    id: 'DriftAlarm',
    description: `More than a share of ${maxDriftShare} of the features drifted from the training reference; the reports are in the data lake under drift/`,
    metric: share,
    threshold: maxDriftShare,
    missing: cloudwatch.TreatMissingData.IGNORE,
  };
}

/** The same for a metric of the live answers. */
export function gateIsMissed(live: cloudwatch.IMetric, { metric, threshold, higherIsBetter }: QualityGate): AlarmSpec {
  return {
    id: `QualityAlarm-${metric}`,
    description: `${metric} of the live answers is ${higherIsBetter ? 'below' : 'above'} ${threshold}`,
    metric: live,
    threshold,
    comparison: higherIsBetter ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD : cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    missing: cloudwatch.TreatMissingData.IGNORE,
  };
}
