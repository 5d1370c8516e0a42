import { AlertSpec } from './alert-rule';
import { arrivedWithin, kqlText, workflowLog } from './kql';
import { Finding } from '../base/workflow-tell';

/** A workflow whose failures are told. */
export interface FailingWorkflow {
  /** `Training`, `Rollout`, `Drift`: begins the ids. */
  readonly id: string;
  readonly title: string;
  readonly workflowName: string;
  readonly runbook: readonly string[];
}

/** Runs of a workflow that failed, with the reason that the run gave. */
export function failedRuns({ id, title, workflowName, runbook }: FailingWorkflow): AlertSpec {
  return {
    id: `${id}RunAlert`,
    title,
    severity: 'ERROR',
    runbook: [
      ...runbook,
      `\`Reason\` says why; the run with all its steps is in the runs of the Logic App \`${workflowName}\`.`,
    ],
    condition: {
      query: [
        workflowLog([workflowName]),
        // Cancelled is a run that found its work done by another one.
        '| where Operation has "RunCompleted" and Status in~ ("Failed", "TimedOut", "Aborted")',
        arrivedWithin(SEEN_MINUTES),
        '| project TimeGenerated, Run, Reason = substring(strcat(Code, ": ", Reason), 0, 1000)',
      ].join('\n'),
      everyMinutes: 5,
      backMinutes: LATE_MINUTES,
      columns: ['Run', 'Reason'],
    },
  };
}

/** Workflows whose trigger cannot look: a queue that is gone, a role that was taken away. */
export function failedTriggers(workflowNames: readonly string[]): AlertSpec[] {
  if (workflowNames.length === 0) return [];
  return [
    {
      id: 'StartAlert',
      title: 'A workflow cannot look for its work',
      severity: 'ERROR',
      runbook: [
        'Approvals, new data or the times of a schedule start nothing: the trigger of the Logic App that `Workflow` names has failed for half an hour.',
        'Does its identity still have its role on the queue, does the network let it in, is the Logic App enabled? Messages wait in the queue until it looks again.',
      ],
      condition: {
        query: [
          workflowLog(workflowNames),
          '| where Operation has "TriggerCompleted"',
          arrivedWithin(SEEN_MINUTES),
          '| summarize failed = countif(Status =~ "Failed"), good = countif(Status in~ ("Succeeded", "Skipped")) by Workflow',
          '| where failed >= 5 and good == 0',
          '| project Workflow',
        ].join('\n'),
        everyMinutes: 15,
        backMinutes: LATE_MINUTES,
        columns: ['Workflow'],
      },
    },
  ];
}

/** What is told of an endpoint's workflow: rollouts and what they leave, or batch predictions. */
export function rolloutAlerts({
  mode,
  workflowName,
}: {
  readonly mode: string;
  readonly workflowName: string;
}): AlertSpec[] {
  if (mode === 'batch') {
    return [
      failedRuns({
        id: 'Batch',
        title: 'A batch prediction failed',
        workflowName,
        runbook: ['The predictions of this run are not there; those before are.'],
      }),
    ];
  }
  return [
    failedRuns({
      id: 'Rollout',
      title: 'The rollout of an approved version failed',
      workflowName,
      runbook: [
        'The reason says which version serves now: the one that was live when the run began, unless that could not be brought back, which has an alert of its own.',
        'A machine that could not be had, a container that did not become healthy, a threshold that the new version missed, or a permission are the usual reasons. Fix it, then approve again.',
      ],
    }),
    told('rolled back', 'RolledBackAlert', 'A new model version was rolled back', workflowName, 'ERROR', [
      'The version was worse than the thresholds of the endpoint allow while it had its first share of the traffic. The version before serves again.',
      'The reason says which threshold it was. Train or fix, then approve again.',
    ]),
    told(
      'rollback pending',
      'RollbackPendingAlert',
      'A rollback of a model version is not done yet',
      workflowName,
      'CRITICAL',
      [
        'The traffic could not be moved back to the version before, which is still deployed: the new version may have some or all of it. The rollout goes on trying, for two weeks.',
        "The reason says what is in the way: an outage, a permission of the rollout's identity, another change of the endpoint. To move the traffic by hand: " +
          '`az ml online-endpoint update --name <endpoint> --traffic "<deployment>=100"`.',
      ],
    ),
    told('leftover', 'LeftoverAlert', 'A rollout left something behind', workflowName, 'WARNING', [
      'A deployment without traffic could not be deleted, and its machines are billed; or a version could not get its tags.',
      'The next rollout tries again, and so does the daily look at the endpoint.',
    ]),
  ];
}

/**
 * What is told of a training: failures, models that are not good enough, and, where a person approves, versions that
 * wait.
 */
export function trainingAlerts(
  { workflowName, recordsRuns, startQueueUrl }: { readonly workflowName: string; readonly recordsRuns?: boolean; readonly startQueueUrl: string },
  registry: { readonly isApprovalAutomatic: boolean; readonly approvalQueueUrl: string } | undefined,
): AlertSpec[] {
  return [
    failedRuns({
      id: 'Training',
      title: 'A run of the training failed',
      workflowName,
      runbook: [
        'The live version still serves. The run is started again only by its schedule, new data, and drift where it retrains.',
        `By hand: \`${putMessage(startQueueUrl, '{}')}\`; where it left checkpoints with \`{"resume": "<id of the run>"}\`.`,
      ],
    }),
    told('not registered', 'GateMissedAlert', 'A trained model missed the quality gate', workflowName, 'WARNING', [
      'The training ended well and its model was not registered: the live version still serves.',
      'The reason has the metrics and the gates that were missed. Look at the data of the run first, then at what changed in the code.',
    ]),
    ...(recordsRuns
      ? [
        told(
          'training not recorded',
          'NotRecordedAlert',
          'A training is not recorded in the experiment tracker',
          workflowName,
          'WARNING',
          [
            'The training itself went on: look at its own outcome. The tracker lacks its entry, or a part of it.',
            'What is missing can be read from the files of the run, `training/<run>/` in the container of artifacts.',
          ],
        ),
      ]
      : []),
    ...(registry === undefined || registry.isApprovalAutomatic
      ? []
      : [
        told('registered', 'VersionWaitsAlert', 'A model version waits for approval', workflowName, 'WARNING', [
          'Training has registered a version that met the quality gate. It does not serve until it is approved.',
          `Compare its metrics with those of the live version, then approve it: \`${putMessage(registry.approvalQueueUrl, '{"version":"<version>"}')}\`.`,
          'To reject it, set its tag `mlops_approval` to `rejected`: while it waits, drift starts no training.',
        ]),
      ]),
  ];
}

/** A finding of a run, with what it tells. */
function told(
  finding: Finding,
  id: string,
  title: string,
  workflowName: string,
  severity: AlertSpec['severity'],
  runbook: readonly string[],
): AlertSpec {
  return {
    id,
    title,
    severity,
    runbook,
    condition: {
      query: [
        workflowLog([workflowName]),
        `| where Finding == ${kqlText(finding)} and Operation has "ActionCompleted"`,
        arrivedWithin(SEEN_MINUTES),
        '| project TimeGenerated, Run, Version = tostring(Told.version), Reason = substring(tostring(Told.reason), 0, 1000)',
      ].join('\n'),
      everyMinutes: severity === 'WARNING' ? 15 : 5,
      backMinutes: LATE_MINUTES,
      columns: ['Run', 'Version', 'Reason'],
    },
  };
}

/** The command that puts a message into a queue. */
function putMessage(queueUrl: string, message: string): string {
  const [, account, queue] = /^https:\/\/([^.]+)\.queue\.[^/]+\/(.+)$/.exec(queueUrl) ?? ['', '<account>', '<queue>'];
  return `az storage message put --auth-mode login --account-name ${account} --queue-name ${queue} --content '${message}'`;
}

/**
 * A line counts for so long after it arrived: one look that is missed misses nothing, and an alert tells once for each
 * run.
 */
const SEEN_MINUTES = 30;
/** Lines arrive that late at most; usually within five minutes. */
const LATE_MINUTES = 120;
