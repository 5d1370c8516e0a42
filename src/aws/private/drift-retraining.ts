import { PARAMETER } from './pipeline-steps';
import { call, choose, jsonata, LIST_MODEL_PACKAGES, literal, Permission, sageMakerArns, sdkCall, State } from './state-language';
import { RetrainWish } from '../../core/private/retraining';

/** Which pipeline a drift run starts, and when. */
export interface RetrainSpec extends RetrainWish {
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
}

/**
 * Starts a training when this run asks for one, unless one runs, one was asked for a short while ago, or a newer version than the live one
 * waits for a person. Every run asks anew: after a training that failed, or whose version was rejected, a drift that stays starts another.
 *
 * Reads `$drift`, `$version` and `$report`, sets `$training`, and ends at `next` or, with `$failure`, at `Failing`.
 */
export function retrainStates({ retrain, modelPackageGroup, maxRunSeconds, run }: Surroundings, next: string): Record<string, State> {
  const { pipelineName, minDays } = retrain;
  const since = `$toMillis($states.context.Execution.StartTime) - ${(minDays * 86_400 - maxRunSeconds) * 1000}`;
  const running = "$runs[PipelineExecutionStatus in ['Executing', 'Stopping']]";
  const recent = `$runs[$substring(PipelineExecutionDisplayName, 0, ${PREFIX.length}) = '${PREFIX}' and $toMillis(StartTime) > $since]`;
  return {
    IsTrainingAsked: choose([['$count($reasons) > 0', 'ListTrainings']], next),
    // Fifty are what Step Functions can take in, however long their descriptions are.
    ListTrainings: call(sdkCall('sagemaker', 'listPipelineExecutions'), {
      PipelineName: pipelineName, SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: 50,
    }, {
      next: 'IsTrainingTime',
      failed: 'Failing',
      assign: {
        training: jsonata(`( $runs := $states.result.PipelineExecutionSummaries; $since := ${since}; `
          + `$count(${running}) > 0 ? 'running' : $count(${recent}) > 0 ? 'too-soon' : 'due' )`),
      },
    }),
    IsTrainingTime: choose([["$training = 'due'", 'FindWaitingVersion']], next),
    FindWaitingVersion: call(sdkCall('sagemaker', 'listModelPackages'), {
      ModelPackageGroupName: modelPackageGroup,
      ModelApprovalStatus: 'PendingManualApproval',
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: 1,
    }, {
      next: 'IsTrainingDue',
      failed: 'Failing',
      assign: { training: jsonata("$states.result.ModelPackageSummaryList[0].ModelPackageVersion > $version ? 'approval-pending' : 'due'") },
    }),
    IsTrainingDue: choose([["$training = 'due'", 'StartTraining']], next),
    StartTraining: call(sdkCall('sagemaker', 'startPipelineExecution'), {
      PipelineName: pipelineName,
      PipelineExecutionDisplayName: jsonata(`'${PREFIX}' & ${run}`),
      PipelineExecutionDescription: jsonata("$join($reasons, ' and ') & ', see ' & $report"),
      PipelineParameters: [{ Name: PARAMETER.TRIGGERED_BY, Value: jsonata("$join($reasons, ' and ')") }],
      // One execution of this machine starts the pipeline once, however often the call is repeated.
      ClientRequestToken: jsonata("$hash($states.context.Execution.Id, 'SHA-256')"),
    }, { next, failed: 'Failing', assign: { training: 'started' } }),
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
    LIST_MODEL_PACKAGES,
  ];
}

/** Begins the names of the trainings that drift runs start: by it they are known again. */
const PREFIX = 'drift-';
