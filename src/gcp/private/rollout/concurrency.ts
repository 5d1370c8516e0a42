import { Routine } from '../base/workflow';
import { ACTIVE_RUNS, ACTIVE_RUNS_NAME, oldestRun, oldestRunOfOther, OWN_WORKFLOW } from '../base/workflow-runs';
import { sleep, steps } from '../base/workflow-steps';

/** A rollout of ten steps of an hour each, the one behind it, and what their machines take to come. */
const MOST_HOURS = 48;
/** An outage of the list of runs ends within. */
const BLIND_HOURS = 6;
/** Time within which a run that has begun is in the list of those that go on. */
const UNSEEN_MINUTES = 10;
/** A rollout gives way between two looks; before the first it waits for a deployment. */
const TEARDOWN_HOURS = 2;

/**
 * Waits until this run is the oldest of its workflow that is still going: one rollout at a time, in the order of the
 * approvals. There is no lock that a run which dies could leave behind. Without the run itself the list is not up to
 * date, and nothing is concluded from it.
 *
 * @see https://cloud.google.com/workflows/docs/reference/executions/rest/v1/projects.locations.workflows.executions/list
 */
const TAKE_TURN: Routine = {
  steps: steps({
    begin: { assign: [{ mine: '${sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")}' }, { asked: '${sys.now()}' }] },
    look: {
      try: oldestRun(`\${${OWN_WORKFLOW}}`),
      // A list that cannot be read says nothing: the turn may come yet.
      except: {
        as: 'error',
        steps: steps({
          late: { switch: [{ condition: `\${sys.now() - asked > ${BLIND_HOURS * 3600}}`, raise: '${error}' }] },
          later: { assign: [{ active: [] }], next: 'wait' },
        }),
      },
    },
    listed: { switch: [{ condition: '${len(active) == 0}', next: 'unseen' }] },
    decide: {
      switch: [
        { condition: '${text.match_regex(active[0].name, "/" + mine + "$")}', return: true },
        {
          condition: `\${sys.now() - asked > ${MOST_HOURS * 3600}}`,
          raise: { message: `\${"its turn did not come within ${MOST_HOURS} hours: " + active[0].name + " still goes on"}` },
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
    wait: { ...sleep(60), next: 'look' },
  }),
};

/** Taking turns, and what that calls. */
export const TURNS = { take_turn: TAKE_TURN, [ACTIVE_RUNS_NAME]: ACTIVE_RUNS };

/**
 * Ends a rollout while the endpoint is torn down. Either looks for the other only once it is in its own list, so that
 * of two which begin together one sees the other at least.
 */
export function giveWay(teardownName: string): Routine {
  return {
    steps: steps({
      ...oldestRunOfOther(teardownName),
      decide: { switch: [{ condition: '${len(active) > 0}', raise: { message: '${"the endpoint is being torn down by " + active[0].name}' } }] },
    }),
  };
}

/** Waits until no rollout goes on: it gives way, back on the version that was live. One that does not is named. */
export function waitForRollouts(rolloutName: string): Routine {
  return {
    steps: steps({
      begin: { assign: [{ asked: '${sys.now()}' }] },
      ...oldestRunOfOther(rolloutName),
      decide: {
        switch: [
          { condition: '${len(active) == 0}', return: true },
          {
            condition: `\${sys.now() - asked > ${TEARDOWN_HOURS * 3600}}`,
            raise: { message: `\${active[0].name + " did not end within ${TEARDOWN_HOURS} hours: cancel it, then tear down again"}` },
          },
        ],
      },
      wait: { ...sleep(30), next: 'look' },
    }),
  };
}
