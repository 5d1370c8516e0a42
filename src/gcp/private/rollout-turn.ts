import { Routine } from './workflow';
import { get, sleep, steps, unlessMissing } from './workflow-steps';

/** Where the runs of a workflow of the stack are listed. */
const runsOf = (workflow: string) => '${"https://workflowexecutions.googleapis.com/v1/projects/" + sys.get_env("GOOGLE_CLOUD_PROJECT_ID") + "/locations/" + '
  + `sys.get_env("GOOGLE_CLOUD_LOCATION") + "/workflows/" + ${workflow} + "/executions"}`;

/** The oldest run that is going on, as `first`, a list of one or none. */
const oldestOf = (workflow: string) => ({
  look: get({ url: runsOf(workflow), query: { filter: 'state="ACTIVE"', orderBy: 'startTime,executionId', pageSize: 1 }, result: 'active' }),
  oldest: { assign: [{ none: [] }, { first: '${default(map.get(active.body, "executions"), none)}' }] },
});

/** The same of the stack's other workflow: where Terraform has not made it yet, or has destroyed it already, nothing of it goes on. */
function oldestOfOther(workflow: string) {
  const { look, oldest } = oldestOf(`"${workflow}"`);
  const nobody = { body: {} };
  return { unknown: { assign: [{ active: nobody }] }, look: { ...look, except: unlessMissing('workflow', 'active', nobody) }, oldest };
}

/** A rollout of ten steps of an hour each, the one behind it, and what their machines take to come. */
const MOST_HOURS = 48;
/** Time within which a run that has begun is in the list of those that go on. */
const UNSEEN_MINUTES = 10;
/** A rollout gives way between two looks; before the first it waits for a deployment. */
const TEARDOWN_HOURS = 2;

/**
 * Waits until this run is the oldest of its workflow that is still going: one rollout at a time, in the order of the approvals. There is no lock
 * that a run which dies could leave behind. Without the run itself the list is not up to date, and nothing is concluded from it.
 *
 * @see https://cloud.google.com/workflows/docs/reference/executions/rest/v1/projects.locations.workflows.executions/list
 */
export const TAKE_TURN: Routine = {
  steps: steps({
    begin: { assign: [{ mine: '${sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")}' }, { asked: '${sys.now()}' }] },
    ...oldestOf('sys.get_env("GOOGLE_CLOUD_WORKFLOW_ID")'),
    listed: { switch: [{ condition: '${len(first) == 0}', next: 'unseen' }] },
    decide: {
      switch: [
        { condition: '${text.match_regex(first[0].name, "/" + mine + "$")}', return: true },
        {
          condition: `\${sys.now() - asked > ${MOST_HOURS * 3600}}`,
          raise: { message: `\${"its turn did not come within ${MOST_HOURS} hours: " + first[0].name + " still goes on"}` },
        },
      ],
      next: 'wait',
    },
    unseen: {
      switch: [{
        condition: `\${sys.now() - asked > ${UNSEEN_MINUTES * 60}}`,
        raise: { message: `no run of the workflow was listed for ${UNSEEN_MINUTES} minutes, not even this one` },
      }],
    },
    wait: { ...sleep(30), next: 'look' },
  }),
};

/**
 * Ends a rollout while the endpoint is torn down. Either looks for the other only once it is in its own list, so that of two which begin
 * together one sees the other at least.
 */
export function giveWay(teardownName: string): Routine {
  return {
    steps: steps({
      ...oldestOfOther(teardownName),
      decide: { switch: [{ condition: '${len(first) > 0}', raise: { message: '${"the endpoint is being torn down by " + first[0].name}' } }] },
    }),
  };
}

/** Waits until no rollout goes on: it gives way, back on the version that was live. One that does not is named. */
export function waitForRollouts(rolloutName: string): Routine {
  return {
    steps: steps({
      begin: { assign: [{ asked: '${sys.now()}' }] },
      ...oldestOfOther(rolloutName),
      decide: {
        switch: [
          { condition: '${len(first) == 0}', return: true },
          {
            condition: `\${sys.now() - asked > ${TEARDOWN_HOURS * 3600}}`,
            raise: { message: `\${first[0].name + " did not end within ${TEARDOWN_HOURS} hours: cancel it, then tear down again"}` },
          },
        ],
      },
      wait: { ...sleep(30), next: 'look' },
    }),
  };
}
