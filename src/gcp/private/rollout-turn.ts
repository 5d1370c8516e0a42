import { Routine } from './workflow';
import { get, sleep, steps } from './workflow-steps';

/**
 * Waits until this run is the oldest of its workflow that is still going: one rollout at a time, in the order of the approvals. There is no lock
 * that a run which dies could leave behind.
 *
 * @see https://cloud.google.com/workflows/docs/reference/executions/rest/v1/projects.locations.workflows.executions/list
 */
export const TAKE_TURN: Routine = {
  steps: steps({
    names: {
      assign: [
        { place: '${"projects/" + sys.get_env("GOOGLE_CLOUD_PROJECT_ID") + "/locations/" + sys.get_env("GOOGLE_CLOUD_LOCATION")}' },
        { runs: '${"https://workflowexecutions.googleapis.com/v1/" + place + "/workflows/" + sys.get_env("GOOGLE_CLOUD_WORKFLOW_ID") + "/executions"}' },
        { mine: '${sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")}' },
      ],
    },
    look: get({ url: '${runs}', query: { filter: 'state="ACTIVE"', orderBy: 'startTime', pageSize: 1 }, result: 'active' }),
    oldest: { assign: [{ none: [] }, { first: '${default(map.get(active.body, "executions"), none)}' }] },
    decide: {
      switch: [
        { condition: '${len(first) == 0}', return: true },
        { condition: '${text.match_regex(first[0].name, "/" + mine + "$")}', return: true },
      ],
    },
    wait: { ...sleep(30), next: 'look' },
  }),
};
