import { aws_cloudwatch as cloudwatch, aws_sqs as sqs, aws_stepfunctions as sfn, Duration } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { AlarmSpec } from './endpoint-alarms';
import { QualityGate } from '../../../core/quality-gate';

const FIVE_MINUTES = { statistic: 'Sum', period: Duration.minutes(5) };

/** How an alarm on a state machine reads. */
type FailureText = Pick<AlarmSpec, 'id' | 'description' | 'advice'>;

/** An execution that failed, took too long or was stopped, of any of the machines. */
function machineFails({ id, description, advice }: FailureText, ...machines: sfn.IStateMachine[]): AlarmSpec {
  const metrics = machines.flatMap((machine, index) =>
    Object.entries({
      failed: machine.metricFailed(FIVE_MINUTES),
      timedOut: machine.metricTimedOut(FIVE_MINUTES),
      aborted: machine.metricAborted(FIVE_MINUTES),
    }).map(([name, metric]) => [index === 0 ? name : `${name}${index + 1}`, metric] as const),
  );
  return {
    id,
    description,
    advice: `${advice} The failed execution of the state machine ${machines.map((machine) => machine.stateMachineArn).join(' or ')} names the step and the reason.`,
    metric: new cloudwatch.MathExpression({
      expression: metrics.map(([name]) => `FILL(${name}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(metrics),
      label: 'failed, timed out or aborted',
      period: Duration.minutes(5),
    }),
    threshold: 0,
  };
}

/** New objects that started no training. */
export function newDataFails(training: IConstruct, ...intakes: sfn.IStateMachine[]): AlarmSpec {
  return machineFails(
    {
      id: 'NewDataAlarm',
      description: `New data did not start ${training.node.path}`,
      advice:
        'The data is there, and no training reads it. Start the pipeline by hand, or add an object once the reason is gone.',
    },
    ...intakes,
  );
}

/** A drift run that did not end well. */
export function driftRunFails(machine: sfn.IStateMachine): AlarmSpec {
  return machineFails(
    {
      id: 'DriftRunAlarm',
      description: 'A drift run failed',
      advice:
        'Nothing was measured for its window, and the alarms on drift and quality stay as they were. When the reason is gone, start the run again with ' +
        'its input.',
    },
    machine,
  );
}

/** A rollout, or in batch mode a run. */
export function rolloutFails(endpoint: IConstruct & { readonly mode: string }, machine: sfn.IStateMachine): AlarmSpec {
  const [what, advice] =
    endpoint.mode === 'batch'
      ? [
        'A batch run',
        'The predictions of this run are not there; those before stand. When the reason is gone, start the run again with its input.',
      ]
      : [
        'The rollout of an approved version',
        'Look which version serves: if the rollout was rolled back, the one before does. When the reason is gone, start ' +
            'the rollout again with {"modelPackageArn": "…"}; approving another version starts one as well.',
      ];
  return machineFails({ id: 'RolloutAlarm', description: `${what} of ${endpoint.node.path} failed`, advice }, machine);
}

/** A run of the pipeline that failed. */
export function trainingFails(
  training: IConstruct & { metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric },
): AlarmSpec {
  return {
    id: 'TrainingAlarm',
    description: `A run of the training pipeline ${training.node.path} failed, at a step or at the quality gate`,
    advice:
      'No version was registered; the live one serves on. The execution in SageMaker Pipelines names the step that failed, and links to the log of its job. ' +
      'At the gate: the report is under evaluation/ in the artifact bucket. Repair the data or the code, and start the pipeline again.',
    metric: training.metricFailed(FIVE_MINUTES),
    threshold: 0,
  };
}

/** A run that the tracker does not have. */
export function recordingFails(training: IConstruct, unrecorded: cloudwatch.IMetric): AlarmSpec {
  return {
    id: 'RecordingAlarm',
    description: `A run of the training pipeline ${training.node.path} is not recorded in the tracker`,
    advice:
      'The version exists, and its record in the tracker does not. The log of the function Recorder says why: is the tracker there, and may the function use it?',
    metric: unrecorded,
    threshold: 0,
  };
}

/** Something in a queue of what could not be delivered. */
export function queueFills(id: string, description: string, queue: sqs.IQueue): AlarmSpec {
  const advice =
    `The queue ${queue.queueName} keeps each for 14 days, with the target and the error in its attributes. Repair what refused them, start by hand what ` +
    'was missed, and empty the queue: the alarm stays until then.';
  return {
    id,
    description,
    advice,
    metric: queue.metricApproximateNumberOfMessagesVisible({ ...FIVE_MINUTES, statistic: 'Maximum' }),
    threshold: 0,
  };
}

/** What the alarms of drift runs say about them. */
interface DriftRuns {
  /** The folder of the reports, `s3://…/`. */
  readonly reports: string;
  readonly retrains: boolean;
}

const STARTED =
  ' While this stays, drift runs start the training; the output of a run says whether it did, and else why not.';

/** One value a drift run, which holds until the next: a drift that stays keeps the alarm. */
export function driftRises(
  share: cloudwatch.IMetric,
  maxDriftShare: number,
  { reports, retrains }: DriftRuns,
): AlarmSpec {
  return {
    id: 'DriftAlarm',
    description: `More than a share of ${maxDriftShare} of the features drifted from the training reference`,
    advice:
      'What is asked today is not what the model was trained on: its answers may be worse than they were. ' +
      `The report is ${reports}<run>/report.html; the output of the drift run names it. ` +
      `Did the world change, or did a source break? Repair a broken source; for a changed world train again.${retrains ? STARTED : ''}`,
    metric: share,
    threshold: maxDriftShare,
    missing: cloudwatch.TreatMissingData.IGNORE,
  };
}

/** The same for a metric of the live answers. */
export function gateIsMissed(live: cloudwatch.IMetric, gate: QualityGate, { reports, retrains }: DriftRuns): AlarmSpec {
  const { metric, threshold, higherIsBetter } = gate;
  return {
    id: `QualityAlarm-${metric}`,
    description: `${metric} of the live answers is ${higherIsBetter ? 'below' : 'above'} ${threshold}`,
    advice:
      'The truth about the answers has arrived, and they were worse than the gate allows. Look whether the labels are right and come for ' +
      `all kinds of requests, then at the drift of the same window, ${reports}<run>/report.html. ` +
      `Train again on newer data, or start the rollout of the version before.${retrains ? STARTED : ''}`,
    metric: live,
    threshold,
    comparison: higherIsBetter
      ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
      : cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    missing: cloudwatch.TreatMissingData.IGNORE,
  };
}
