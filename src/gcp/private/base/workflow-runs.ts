import { Routine, Step } from './workflow';
import { get, steps, unlessMissing } from './workflow-steps';

/** Resource name of the workflow itself, as an expression. */
export const OWN_WORKFLOW = workflowOfStack('sys.get_env("GOOGLE_CLOUD_WORKFLOW_ID")');

/** Resource name of a workflow of the same stack, as an expression made of one for its short name. */
function workflowOfStack(name: string): string {
  return `"projects/" + sys.get_env("GOOGLE_CLOUD_PROJECT_ID") + "/locations/" + sys.get_env("GOOGLE_CLOUD_LOCATION") + "/workflows/" + ${name}`;
}

/** Name of the sub-workflow; every definition that lists runs has it. */
export const ACTIVE_RUNS_NAME = 'active_runs';

/**
 * The runs of a workflow that are going on, the oldest first, `most` of them or all there are; `more` narrows the
 * filter.
 *
 * A page may be empty and name another: the service looks at some of the executions for each page, however few of them
 * the filter lets through.
 *
 * @see https://google.aip.dev/158
 * @see https://cloud.google.com/workflows/docs/reference/executions/rest/v1/projects.locations.workflows.executions/list
 */
export const ACTIVE_RUNS: Routine = {
  params: ['workflow', { most: 1 }, { more: '' }],
  steps: steps({
    begin: {
      assign: [
        { none: [] },
        { runs: [] },
        { query: { filter: '${"state=\\"ACTIVE\\"" + more}', orderBy: 'startTime,executionId', pageSize: '${most}' } },
      ],
    },
    look: get({
      url: '${"https://workflowexecutions.googleapis.com/v1/" + workflow + "/executions"}',
      query: '${query}',
      result: 'page',
    }),
    each_run: {
      for: {
        value: 'run',
        in: '${default(map.get(page.body, "executions"), none)}',
        steps: steps({ keep: { assign: [{ runs: '${list.concat(runs, run)}' }] } }),
      },
    },
    token: { assign: [{ token: '${default(map.get(page.body, "nextPageToken"), "")}' }] },
    over: { switch: [{ condition: '${token == "" or len(runs) >= most}', return: '${runs}' }] },
    turn_page: { assign: [{ 'query.pageToken': '${token}' }], next: 'look' },
  }),
};

/** Asks for the oldest run that is going on, as `active`: a list of one or none. */
export function oldestRun(workflow: string): Step[string] {
  return { call: ACTIVE_RUNS_NAME, args: { workflow }, result: 'active' };
}

/**
 * The same of another workflow of the stack: where Terraform has not made it yet, or has destroyed it already, nothing
 * of it goes on.
 */
export function oldestRunOfOther(name: string): Step {
  return {
    unknown: { assign: [{ active: [] }] },
    look: { try: oldestRun(`\${${workflowOfStack(`"${name}"`)}}`), except: unlessMissing('workflow', 'active', []) },
  };
}
