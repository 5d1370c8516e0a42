import { ResolvedRetraining } from '../../../core/private/resolve/retraining';
import {
  call,
  callPages,
  choose,
  jsonata,
  literal,
  MORE_PAGES,
  nextPageOf,
  PAGE,
  sdkCall,
  State,
  UNSURE,
  wait,
} from '../base/state-language';
import { Permission, sageMakerArns } from '../base/state-permissions';
import { findVersions } from '../serving/newest-version';
import { PARAMETER } from '../training/steps';

/** Which pipeline a drift run starts, and when. */
export interface RetrainSpec extends ResolvedRetraining {
  readonly pipelineName: string;
}

/** What the states need of the run around them. */
interface Surroundings {
  readonly retrain: RetrainSpec;
  /** The group that the live version belongs to: its name or its ARN. */
  readonly modelPackageGroup: string;
  /** The longest that a run takes: two runs of a schedule may be as much closer to each other than their times. */
  readonly maxRunSeconds: number;
  /** Name of the run, an expression. */
  readonly run: string;
  /** JSONata: whether there is time to start a training. */
  readonly timeLeft: string;
}

/**
 * Starts a training when this run asks for one, unless one runs, one was asked for a short while ago, or a newer
 * version than the live one waits for a person. Runs at the same time start one between them. Every run asks anew:
 * after a training that failed, or whose version was rejected, a drift that stays starts another.
 *
 * Reads `$drift`, `$version`, `$packageArn` and `$report`, sets `$training`, and ends at `next` or, with `$failure`, at
 * `Failing`.
 */
export function retrainStates(
  { retrain, modelPackageGroup, maxRunSeconds, run, timeLeft }: Surroundings,
  next: string,
): Record<string, State> {
  const { pipelineName, minDays } = retrain;
  const ago = (seconds: number) => `$toMillis($states.context.Execution.StartTime) - ${seconds * 1000}`;
  const running = "$runs[PipelineExecutionStatus in ['Executing', 'Stopping']]";
  const recent = `$runs[$substring(PipelineExecutionDisplayName, 0, ${PREFIX.length}) = '${PREFIX}' and $toMillis(StartTime) > $since]`;
  const found =
    `( $runs := $states.result.PipelineExecutionSummaries; $since := ${ago(minDays * 86_400 - maxRunSeconds)}; ` +
    `$count(${running}) > 0 ? 'running' : $count(${recent}) > 0 ? 'too-soon' : 'due' )`;
  const old = `$toMillis($states.result.PipelineExecutionSummaries[-1].StartTime) < ${ago(Math.max(minDays, LONGEST_DAYS) * 86_400)}`;
  const list = { PipelineName: pipelineName, SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: PAGE };
  const waiting = '$states.result.ModelPackageSummaryList[0]';
  return {
    IsTrainingAsked: choose([['$count($reasons) > 0', 'ListTrainings']], next),
    ...callPages('ListTrainings', sdkCall('sagemaker', 'listPipelineExecutions'), list, {
      next: 'IsTrainingTime',
      failed: 'Failing',
      assign: { training: jsonata(found) },
      assignFirst: {
        lastTraining: jsonata(
          "( $last := $states.result.PipelineExecutionSummaries[0]; $exists($last) ? $last.PipelineExecutionArn : '' )",
        ),
      },
      until: `${found} != 'due' or ${old}`,
    }),
    IsTrainingTime: choose(
      [
        [MORE_PAGES, nextPageOf('ListTrainings')],
        ["$training = 'due'", 'FindWaitingVersion'],
      ],
      next,
    ),
    ...findVersions('FindWaitingVersion', modelPackageGroup, 'PendingManualApproval', {
      next: 'IsTrainingDue',
      failed: 'Failing',
      assign: { training: jsonata(`${waiting}.ModelPackageVersion > $version ? 'approval-pending' : 'due'`) },
      until: `$exists(${waiting})`,
    }),
    IsTrainingDue: choose(
      [
        [MORE_PAGES, nextPageOf('FindWaitingVersion')],
        ["$training = 'due'", 'StartTraining'],
      ],
      next,
    ),
    StartTraining: call(
      sdkCall('sagemaker', 'startPipelineExecution'),
      {
        PipelineName: pipelineName,
        PipelineExecutionDisplayName: jsonata(`'${PREFIX}' & ${run}`),
        PipelineExecutionDescription: jsonata("$join($reasons, ' and ') & ', see ' & $report"),
        PipelineParameters: [{ Name: PARAMETER.TRIGGERED_BY, Value: jsonata("$join($reasons, ' and ')") }],
        // Runs that have seen the same last training start one between them, however often the call is repeated.
        ClientRequestToken: jsonata("$hash($lastTraining != '' ? $lastTraining : $packageArn, 'SHA-256')"),
      },
      { next, failed: 'ListTrainingsAgain', assign: { training: 'started' } },
    ),
    // Another run may have been faster, and its training has other words than ours.
    ListTrainingsAgain: call(sdkCall('sagemaker', 'listPipelineExecutions'), list, {
      next: 'IsOtherTrainingRunning',
      failed: 'Failing',
      assign: { training: jsonata(found) },
    }),
    // The token of the start is the same: where it was carried out after all, no second training starts.
    IsOtherTrainingRunning: choose([["$training = 'running'", next], [`(${UNSURE}) and ${timeLeft}`, 'WaitToStart']], 'Failing'),
    WaitToStart: wait(60, 'StartTraining'),
  };
}

/** Why the numbers of `drift.json` ask for a training: an expression for a list of words, empty when they do not. */
export function retrainReasons({ maxDriftShare, gates = [] }: RetrainSpec): string {
  const missed = gates.map(({ metric, threshold, higherIsBetter }) => {
    return `$lookup($drift.quality, ${literal(metric)}) ${higherIsBetter ? '<' : '>'} ${threshold}`;
  });
  const reasons = [
    ...(maxDriftShare === undefined ? [] : [`$drift.driftShare > ${maxDriftShare} ? 'drift'`]),
    ...(missed.length === 0 ? [] : [`(${missed.join(' or ')}) ? 'quality'`]),
  ];
  return jsonata(`[${reasons.join(', ')}]`);
}

/** What the role of the run needs for it. */
export function retrainPermissions({ pipelineName }: RetrainSpec): Permission[] {
  return [
    { actions: ['sagemaker:ListPipelineExecutions', 'sagemaker:StartPipelineExecution'], resources: sageMakerArns('pipeline', pipelineName) },
  ];
}

/**
 * No training that is longer ago runs: a job of SageMaker takes 28 days at most, and those before and after it five
 * each.
 */
const LONGEST_DAYS = 38;

/** Begins the names of the trainings that drift runs start: by it they are known again. */
const PREFIX = 'drift-';
