import { Raised } from './errors';
import { Machine } from './machine';
import { HttpCall, Respond, send } from './network';
import { validateWorkflow } from './validate';
import { fromJson, isMap, toPlain } from './values';

export interface WorkflowOptions {
  /** What the execution is started with; the only parameter of `main`. */
  readonly argument?: unknown;
  /** Environment variables of the workflow, beside those of the service itself. */
  readonly env?: Record<string, string>;
  readonly respond: Respond;
  /** When the virtual clock starts. Sleeping moves it, nothing else does. */
  readonly now?: string;
}

/** What an execution left behind, as plain values. */
export interface WorkflowRun {
  /** What `main` returned; undefined when it failed. */
  readonly result?: any;
  /** The error that nothing caught. A raised text is its message, with no tags. */
  readonly error?: { readonly message: string; readonly tags: string[]; readonly [key: string]: any };
  readonly calls: HttpCall[];
  readonly logs: { readonly severity: string; readonly data: any }[];
  readonly sleptSeconds: number;
  /** The names of the steps in the order they ran; those of a sub-workflow as `sub.step`. */
  readonly visited: string[];
}

/** @see https://cloud.google.com/workflows/docs/reference/environment-variables */
const ENVIRONMENT = {
  GOOGLE_CLOUD_PROJECT_ID: 'a-project',
  GOOGLE_CLOUD_PROJECT_NUMBER: '123456789012',
  GOOGLE_CLOUD_LOCATION: 'europe-west4',
  GOOGLE_CLOUD_WORKFLOW_ID: 'a-workflow',
  GOOGLE_CLOUD_WORKFLOW_REVISION_ID: '000001-000',
  GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: '00000000-0000-4000-8000-000000000000',
  GOOGLE_CLOUD_WORKFLOW_EXECUTION_ATTEMPT: '1',
  GOOGLE_CLOUD_SERVICE_ACCOUNT_NAME: 'workflow@a-project.iam.gserviceaccount.com',
};

/** What the validation said of definitions that have run before. */
const PROBLEMS = new WeakMap<object, string[]>();

/**
 * Runs a definition of Google Cloud Workflows from beginning to end against a network that the test plays. Equal runs
 * have equal results: the clock is virtual and identifiers are counted. A definition that the service would not accept
 * is an error of the test.
 */
export function runWorkflow(definition: any, options: WorkflowOptions): WorkflowRun {
  const problems = PROBLEMS.get(definition) ?? validateWorkflow(definition);
  PROBLEMS.set(definition, problems);
  if (problems.length > 0) throw new Error(`the definition is not valid:\n${problems.join('\n')}`);

  const calls: HttpCall[] = [];
  const logs: WorkflowRun['logs'] = [];
  const environment: Record<string, string> = { ...ENVIRONMENT, ...options.env };
  const start = Date.parse(options.now ?? '2026-01-01T00:00:00Z') / 1e3;
  let sleptSeconds = 0;
  let identifiers = 0;
  const routines = Array.isArray(definition) ? { main: { steps: definition } } : definition;
  const machine = new Machine(routines, {
    now: () => start + sleptSeconds,
    sleep: (seconds) => { sleptSeconds += seconds; },
    log: (entry) => { logs.push(entry); },
    env: (name) => environment[name],
    uuid: () => `00000000-0000-4000-8000-${String(++identifiers).padStart(12, '0')}`,
    http: ({ method, args }) => send(method, args, (call, nth) => options.respond(call, nth, sleptSeconds), calls),
  });
  const parameter = routines.main.params?.[0];
  const args = new Map(parameter === undefined ? [] : [[typeof parameter === 'string' ? parameter : Object.keys(parameter)[0], fromJson(options.argument)]]);
  const outcome = attempt(() => toPlain(machine.run('main', args)));
  return { ...outcome, calls, logs, sleptSeconds, visited: machine.visited };
}

function attempt(run: () => any): Pick<WorkflowRun, 'result' | 'error'> {
  try {
    return { result: run() };
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    return { error: { message: error.message, tags: [], ...(isMap(error.payload) && toPlain(error.payload)) } };
  }
}
