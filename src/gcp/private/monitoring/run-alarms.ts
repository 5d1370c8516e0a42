import { AlertSpec, EVENT_SECONDS, logLine, promql } from './alert-policy';

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
 * Runs of a workflow that failed: a line that the service itself writes at the end of each. The count of failed
 * executions would say it later, and not for sure: an increase is the difference of two numbers, and the first failure
 * brings the first number.
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
      `The reason is in the logs of the workflow \`${workflowName}\` and in its list of executions: ` +
        `\`gcloud workflows executions list ${workflowName} --location ${region} --filter state=FAILED\`.`,
    ],
    conditions: [
      logLine(
        'Failed executions',
        `${workflowFilter(workflowName)} AND resource.labels.location="${region}" AND log_id("workflows.googleapis.com/executions_system") AND jsonPayload.state="FAILED"`,
        { reason: 'EXTRACT(jsonPayload.failure.exception)' },
      ),
    ],
    ...ONCE_IN_FIVE_MINUTES,
  };
}

/** An endpoint whose workflows are watched. */
export interface WatchedEndpoint {
  readonly mode: string;
  readonly workflowName: string;
  /** Name of the workflow that takes approvals in batch mode; undefined where it is not known, or there is none. */
  readonly approvalWorkflowName?: string;
  /** Name of the workflow that takes every version away; undefined where it is not known, or there is none. */
  readonly teardownWorkflowName?: string;
}

/** What is told of an endpoint's workflows: rollouts and what they leave, or batch predictions and their approvals. */
export function rolloutAlerts(
  { mode, workflowName, approvalWorkflowName, teardownWorkflowName }: WatchedEndpoint,
  region: string,
): AlertSpec[] {
  if (mode === 'batch') {
    return [
      failedRuns({
        id: 'Batch',
        title: 'A batch prediction failed',
        workflowName,
        region,
        runbook: ['The predictions of this run are not there; those before stand.'],
      }),
      ...(approvalWorkflowName === undefined
        ? []
        : [
          failedRuns({
            id: 'Approval',
            title: 'An approved version does not predict',
            workflowName: approvalWorkflowName,
            region,
            runbook: [
              'The approval of a version could not be remembered: batch predictions go on with the version before. Approve it again.',
            ],
          }),
          leftBehind(
            approvalWorkflowName,
            'The next approval gives them; approving the same version again does as well.',
          ),
        ]),
    ];
  }
  return [
    failedRuns({
      id: 'Rollout',
      title: 'The rollout of an approved version failed',
      workflowName,
      region,
      runbook: [
        'The line `rollout` with the outcome `failed` says in `serves` which version has the traffic: the one that was live when the run began, unless ' +
          'that could not be brought back, which has an alert of its own. `as before` means that the run changed nothing, `unknown` that it could not be determined.',
        'A machine that could not be had, a container that did not become healthy, or a permission are the usual reasons.',
      ],
    }),
    rolledBack(workflowName),
    rollbackPending(workflowName),
    leftBehind(
      workflowName,
      `The next rollout and the sweep of the coming night try again; at once: \`gcloud workflows run ${workflowName} --data '{"sweep": true}'\`.`,
    ),
    ...(teardownWorkflowName === undefined
      ? []
      : [
        failedRuns({
          id: 'Teardown',
          title: 'The teardown of an endpoint failed',
          workflowName: teardownWorkflowName,
          region,
          runbook: [
            'Versions may still be deployed, which are billed, and `terraform destroy` fails while there is one. Run the workflow again.',
          ],
        }),
      ]),
  ];
}

/** A version that was tried and rolled back. */
function rolledBack(workflowName: string): AlertSpec {
  return {
    id: 'RolledBackAlert',
    title: 'A new model version was rolled back',
    severity: 'ERROR',
    runbook: [
      'The version was worse than the thresholds of the endpoint allow while it had its first share of the traffic. The version before serves again.',
      'The label `reason` says which threshold it was. Train or fix, then approve again.',
    ],
    conditions: [
      logLine(
        'Rolled back',
        `${workflowFilter(workflowName)} AND jsonPayload.mlops="rollout" AND jsonPayload.outcome="rolled back"`,
        fields('version', 'reason'),
      ),
    ],
    ...ONCE_IN_FIVE_MINUTES,
  };
}

/** A rollback that failed once and is tried again. */
function rollbackPending(workflowName: string): AlertSpec {
  return {
    id: 'RollbackPendingAlert',
    title: 'A rollback of a model version is not done yet',
    severity: 'CRITICAL',
    runbook: [
      'The traffic could not be moved back to the version before, which is still deployed: the new version may have some or all of it. The rollout goes on ' +
        'trying every ten minutes, for two weeks; `rollback done` in its log says when it has succeeded.',
      "The label `reason` says what is in the way: an outage, a permission of the rollout's identity, another change of the endpoint. To move the traffic by " +
        'hand, give all of it to the version in `goesBackTo`.',
    ],
    conditions: [
      logLine(
        'Rollback pending',
        `${workflowFilter(workflowName)} AND jsonPayload.mlops="rollback pending"`,
        fields('version', 'goesBackTo', 'reason'),
      ),
    ],
    ...ONCE_IN_FIVE_MINUTES,
  };
}

/** What a rollout could not tidy up. */
function leftBehind(workflowName: string, whatToDo: string): AlertSpec {
  return {
    id: 'LeftoverAlert',
    title: 'A rollout left something behind',
    severity: 'WARNING',
    runbook: [
      '`rollout leftover` names a deployed model that has no traffic and could not be taken away: its machines are billed. `rollout unnamed` names a version ' +
        'that could not get its aliases, `live` among them.',
      whatToDo,
    ],
    conditions: [
      logLine(
        'Leftovers',
        `${workflowFilter(workflowName)} AND jsonPayload.mlops=("rollout leftover" OR "rollout unnamed")`,
        fields('reason'),
      ),
    ],
    ...ONCE_IN_FIVE_MINUTES,
  };
}

/** Jobs that nobody waits for, or that nobody can look at. */
export function leftJobs(workflowNames: readonly string[]): AlertSpec[] {
  if (workflowNames.length === 0) return [];
  const oneOf = workflowNames.map((name) => `"${name}"`).join(' OR ');
  return [
    {
      id: 'JobsAlert',
      title: 'A job may run unseen',
      severity: 'WARNING',
      runbook: [
        '`job left` names a job that took too long and could not be cancelled: it costs until it ends. Cancel it by hand: ' +
          '`gcloud ai custom-jobs cancel <job>`.',
        "`job unseen` names one that could not be looked at for an hour. Its run still waits for it; look whether the workflow's identity has lost a permission.",
      ],
      conditions: [
        logLine(
          'Jobs',
          `resource.type="workflows.googleapis.com/Workflow" AND resource.labels.workflow_id=(${oneOf}) AND jsonPayload.mlops=("job left" OR "job unseen")`,
          fields('job', 'reason'),
        ),
      ],
      ...ONCE_IN_FIVE_MINUTES,
    },
  ];
}

/** Schedules that could not start their workflows. */
export function failedStarts(jobNames: readonly string[]): AlertSpec[] {
  if (jobNames.length === 0) return [];
  const oneOf = jobNames.map((name) => `"${name}"`).join(' OR ');
  return [
    {
      id: 'StartAlert',
      title: 'A run could not be started at its time',
      severity: 'ERROR',
      runbook: [
        'Cloud Scheduler tried at its time and the run was not started: the API is off, a permission is gone, or a quota is used up.',
        'See `gcloud scheduler jobs describe <job>` with the `job_id` of the incident, then start it by hand: `gcloud scheduler jobs run <job>`.',
      ],
      conditions: [
        logLine(
          'Failed starts',
          `resource.type="cloud_scheduler_job" AND resource.labels.job_id=(${oneOf}) AND severity>=ERROR`,
        ),
      ],
      ...ONCE_IN_FIVE_MINUTES,
    },
  ];
}

/**
 * Messages (approvals, new data, settings) that no workflow takes. Eventarc makes the subscription of a trigger itself,
 * for 24 hours of messages and without a topic for those that are dropped then, and Terraform has no hold of it: so
 * this is told long before.
 *
 * @see https://cloud.google.com/eventarc/docs/retry-events
 */
export function stuckEvents(triggerNames: readonly string[], region: string): AlertSpec[] {
  if (triggerNames.length === 0) return [];
  const subscriptions = `eventarc-${region}-(${triggerNames.join('|')})-sub-.*`;
  return [
    {
      id: 'EventsAlert',
      title: 'Approvals or new data reach no workflow',
      severity: 'ERROR',
      runbook: [
        'A message has waited for longer than a quarter of an hour. Eventarc tries again for 24 hours and then drops it: the approval, or the training, is lost.',
        'Is the workflow there and its API on, does the identity of the trigger still have `roles/workflows.invoker`, is a quota used up? The name of the ' +
          'subscription has the name of the trigger in it: `gcloud eventarc triggers describe <trigger>`. What was dropped is approved, or started, again by hand.',
      ],
      conditions: [
        promql(
          'Age of the oldest message',
          `max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource="pubsub_subscription",subscription_id=~"${subscriptions}"}) > 900`,
          5,
        ),
      ],
    },
  ];
}

/** The monitored resource of a workflow, in metrics and logs alike. */
export function workflowFilter(workflowName: string): string {
  return `resource.type="workflows.googleapis.com/Workflow" AND resource.labels.workflow_id="${workflowName}"`;
}

/** Labels of an alert, each from a member of the log line. */
export function fields(...names: string[]): { [label: string]: string } {
  return Object.fromEntries(names.map((name) => [name, `EXTRACT(jsonPayload.${name})`]));
}

/** The most that a log-based policy may tell. @see https://cloud.google.com/monitoring/quotas#alerting_limits */
export const ONCE_IN_FIVE_MINUTES = { quietSeconds: 300, autoCloseSeconds: EVENT_SECONDS };
