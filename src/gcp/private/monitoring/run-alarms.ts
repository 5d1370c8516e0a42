import { AlertSpec, EVENT_SECONDS, logLine } from './alert-policy';

/** A workflow whose failures are told. */
export interface WatchedWorkflow {
  /** `Training`, `Rollout`, `Drift`: begins the ids. */
  readonly id: string;
  readonly title: string;
  readonly workflowName: string;
  readonly region: string;
  readonly runbook: readonly string[];
}

/**
 * Runs of a workflow that failed: a line that the service itself writes at the end of each. The count of failed executions would say it later, and
 * not for sure: an increase is the difference of two numbers, and the first failure brings the first number.
 *
 * @see https://cloud.google.com/workflows/docs/access-execution-results
 * @see https://github.com/googleapis/googleapis/blob/master/google/cloud/workflows/type/executions_system.proto
 */
export function failedRuns({ id, title, workflowName, region, runbook }: WatchedWorkflow): AlertSpec {
  return {
    id: `${id}RunAlert`,
    title,
    severity: 'ERROR',
    runbook: [
      ...runbook,
      `The reason is in the logs of the workflow \`${workflowName}\` and in its list of executions: `
        + `\`gcloud workflows executions list ${workflowName} --location ${region} --filter state=FAILED\`.`,
    ],
    conditions: [logLine(
      'Failed executions',
      `${workflowFilter(workflowName)} AND resource.labels.location="${region}" AND log_id("workflows.googleapis.com/executions_system") AND jsonPayload.state="FAILED"`,
      { reason: 'EXTRACT(jsonPayload.failure.exception)' },
    )],
    ...ONCE_IN_FIVE_MINUTES,
  };
}

/** What is told of an endpoint's workflow: rollouts, or batch predictions. */
export function rolloutAlerts({ mode, workflowName }: { readonly mode: string; readonly workflowName: string }, region: string): AlertSpec[] {
  if (mode === 'batch') {
    return [failedRuns({
      id: 'Batch', title: 'A batch prediction failed', workflowName, region, runbook: ['The predictions of this run are not there; those before stand.'],
    })];
  }
  return [
    failedRuns({
      id: 'Rollout',
      title: 'The rollout of an approved version failed',
      workflowName,
      region,
      runbook: ['The version before still serves. A machine that could not be had, a container that did not become healthy, or a permission are the usual reasons.'],
    }),
    rolloutTurnedBack(workflowName),
  ];
}

/** What is told of a training: failures, models that are not good enough, and, where a person approves, versions that wait. */
export function trainingAlerts(
  { workflowName }: { readonly workflowName: string },
  registry: { readonly isApprovalAutomatic: boolean; readonly approvalTopicId: string } | undefined,
  region: string,
): AlertSpec[] {
  return [
    failedRuns({
      id: 'Training',
      title: 'A run of the training failed',
      workflowName,
      region,
      runbook: ['No version was registered; the live one still serves. Nothing starts the run again by itself, except its schedule, new data, and drift where it retrains.'],
    }),
    gateMissed(workflowName),
    ...(registry === undefined || registry.isApprovalAutomatic ? [] : [versionWaits(workflowName, registry.approvalTopicId)]),
  ];
}

/** A version that waits for somebody to approve it. */
function versionWaits(workflowName: string, approvalTopicId: string): AlertSpec {
  return {
    id: 'VersionWaitsAlert',
    title: 'A model version waits for approval',
    severity: 'WARNING',
    runbook: [
      'Training has registered a version that met the quality gate. Nothing serves it before somebody approves it.',
      `Compare its metrics with those of the live version, then approve it: \`gcloud pubsub topics publish ${approvalTopicId} --message '{"version": "<version>"}'\`.`,
      'To reject it, give it the alias `rejected` in the Model Registry: while it waits, drift starts no training.',
    ],
    conditions: [logLine('Registered', `${workflowFilter(workflowName)} AND jsonPayload.mlops="registered"`, fields('model', 'version'))],
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
    conditions: [logLine('Not registered', `${workflowFilter(workflowName)} AND jsonPayload.mlops="not registered"`, fields('run'))],
    ...ONCE_IN_FIVE_MINUTES,
  };
}

/** A version that was tried and taken back, or came to nothing. */
function rolloutTurnedBack(workflowName: string): AlertSpec {
  return {
    id: 'RolledBackAlert',
    title: 'A new model version was rolled back',
    severity: 'ERROR',
    runbook: [
      'The version was worse than the thresholds of the endpoint allow while it had its first share of the traffic. The version before serves again.',
      'The label `reason` says which threshold it was. Train or fix, then approve again.',
    ],
    conditions: [logLine('Rolled back', `${workflowFilter(workflowName)} AND jsonPayload.mlops="rollout" AND jsonPayload.outcome="rolled back"`, fields('version', 'reason'))],
    ...ONCE_IN_FIVE_MINUTES,
  };
}

/** A schedule that could not start its workflow. */
export function failedStarts(id: string, title: string, jobName: string): AlertSpec {
  return {
    id: `${id}StartAlert`,
    title,
    severity: 'ERROR',
    runbook: [
      'Cloud Scheduler tried at its time and the workflow was not started: the API is off, a permission is gone, or a quota is used up.',
      `See \`gcloud scheduler jobs describe ${jobName}\`, then start it by hand: \`gcloud scheduler jobs run ${jobName}\`.`,
    ],
    conditions: [logLine('Failed starts', `resource.type="cloud_scheduler_job" AND resource.labels.job_id="${jobName}" AND severity>=ERROR`)],
    ...ONCE_IN_FIVE_MINUTES,
  };
}

/** The monitored resource of a workflow, in metrics and logs alike. */
function workflowFilter(workflowName: string): string {
  return `resource.type="workflows.googleapis.com/Workflow" AND resource.labels.workflow_id="${workflowName}"`;
}

function fields(...names: string[]): { [label: string]: string } {
  return Object.fromEntries(names.map((name) => [name, `EXTRACT(jsonPayload.${name})`]));
}

/** The most that a log-based policy may tell. @see https://cloud.google.com/monitoring/quotas#alerting_limits */
const ONCE_IN_FIVE_MINUTES = { quietSeconds: 300, autoCloseSeconds: EVENT_SECONDS };
