import { AlertSpec, logLine } from './alert-policy';
import { failedRuns, fields, ONCE_IN_FIVE_MINUTES, workflowFilter } from './run-alarms';

/**
 * What is told of a training: failures, models that are not good enough, and, where a person approves, versions that
 * wait.
 */
export function trainingAlerts(
  { workflowName, recordsRuns }: { readonly workflowName: string; readonly recordsRuns?: boolean },
  registry: { readonly isApprovalAutomatic: boolean; readonly approvalTopicId: string } | undefined,
  region: string,
): AlertSpec[] {
  return [
    failedRuns({
      id: 'Training',
      title: 'A run of the training failed',
      workflowName,
      region,
      runbook: [
        'The live version still serves. The line `training failed` says in `version` whether one was registered all the same, which then waits for approval.',
        'The run is started again only by its schedule, new data, and drift where it retrains. Where it left checkpoints, ' +
          `go on from them: \`gcloud workflows execute ${workflowName} --location ${region} --data '{"resume": "<id of the run>"}'\`.`,
      ],
    }),
    gateMissed(workflowName),
    ...(recordsRuns ? [notRecorded(workflowName)] : []),
    ...(registry === undefined || registry.isApprovalAutomatic
      ? []
      : [versionWaits(workflowName, registry.approvalTopicId)]),
  ];
}

/** A training that the tracker knows nothing of, or only its beginning. */
function notRecorded(workflowName: string): AlertSpec {
  return {
    id: 'NotRecordedAlert',
    title: 'A training is not recorded in the experiment tracker',
    severity: 'WARNING',
    runbook: [
      'The training itself went on: look at its own outcome. The tracker lacks its entry, or a part of it.',
      'The log line has the answer of the tracker: does its Cloud Run service run, and does its database? What is missing can be read from the files of the run, `training/<run>/` in the artifact bucket.',
    ],
    conditions: [
      logLine(
        'Not recorded',
        `${workflowFilter(workflowName)} AND jsonPayload.mlops="training not recorded"`,
        fields('run'),
      ),
    ],
    ...ONCE_IN_FIVE_MINUTES,
  };
}

/** A version that waits for somebody to approve it. */
function versionWaits(workflowName: string, approvalTopicId: string): AlertSpec {
  return {
    id: 'VersionWaitsAlert',
    title: 'A model version waits for approval',
    severity: 'WARNING',
    runbook: [
      'Training has registered a version that met the quality gate. It does not serve until it is approved.',
      `Compare its metrics with those of the live version, then approve it: \`gcloud pubsub topics publish ${approvalTopicId} --message '{"version": "<version>"}'\`.`,
      'To reject it, give it the alias `rejected` in the Model Registry: while it waits, drift starts no training.',
    ],
    conditions: [
      logLine(
        'Registered',
        `${workflowFilter(workflowName)} AND jsonPayload.mlops="registered"`,
        fields('model', 'version'),
      ),
    ],
    ...ONCE_IN_FIVE_MINUTES,
  };
}

/** A training that ended well with a model that is not good enough. */
function gateMissed(workflowName: string): AlertSpec {
  return {
    id: 'GateMissedAlert',
    title: 'A trained model missed the quality gate',
    severity: 'WARNING',
    runbook: [
      'The training ended well and its model was not registered: the live version still serves.',
      'The log line has the metrics and the gates that were missed. Look at the data of the run first, then at what changed in the code.',
    ],
    conditions: [
      logLine(
        'Not registered',
        `${workflowFilter(workflowName)} AND jsonPayload.mlops="not registered"`,
        fields('run'),
      ),
    ],
    ...ONCE_IN_FIVE_MINUTES,
  };
}
