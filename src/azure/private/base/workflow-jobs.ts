import { Actions, arm, ARM_AUDIENCE, codes, compose, delay, http, increment, setVariable, Text } from './workflow-actions';
import { after, attempt, ENDED, fail, Fragment, isRefused, until, when } from './workflow-control';
import { codeOf, errorOf, ex, Expression, isOneOf, RUN_ID, Template, text, variable } from './workflow-expressions';
import { PASSING_CODES } from './workflow-retry';
import { store } from './workflow-storage';

/** A job of the image, and how long it is waited for. */
export interface JobRun {
  /** Names the job's actions and variables, and begins the job's own name: `Train`. */
  readonly name: string;
  /** ARM id of the workspace. */
  readonly workspaceId: string;
  /** Region of the workspace, where its own address is. */
  readonly location: string;
  /**
   * The job's `properties`.
   *
   * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/workspaces/jobs
   */
  readonly properties: { readonly [member: string]: unknown };
  /** How often a job that failed by a fault of the cloud is run again. */
  readonly retries: number;
  /** Longest time of all tries together, waiting for machines included. @default 14 days */
  readonly maxSeconds?: number;
  /** Whether the workspace's own address is closed to the workflow: its run history says why a job failed. */
  readonly isPrivate: boolean;
  /** Where the job leaves why its container failed. */
  readonly failures: FailureFolder;
}

/** A folder of the lake that the identity of a job may write, and that of the workflow may read. */
export interface FailureFolder {
  /** Name of the datastore. */
  readonly datastore: string;
  /** `https://<account>.blob.core.windows.net/`. */
  readonly endpoint: string;
  readonly container: string;
  /** Without a slash at its end. */
  readonly folder: Text;
}

/** A loop has 5,000 turns at most. */
const MOST_LOOKS = 4500;
const MOST_FAULTS = 20;

/**
 * Runs a job of Azure ML to its end, and fails with the job's own error where it did not complete.
 *
 * A container that fails leaves why in the lake, `failures/<job>/reason`: there a workflow can read it whose workspace
 * is private, and a job without that file was failed by the cloud. Where the run history can be asked, its word counts.
 *
 * The job's name is made of the run and the try, so that a request whose answer was lost makes no second job: it names
 * the same one. A look that fails says nothing of the job, which goes on. One that takes too long is cancelled, because
 * it costs until it ends.
 *
 * Its name is `jobName(name)`, for what comes after it.
 *
 * @see https://learn.microsoft.com/rest/api/azureml/jobs/create-or-update
 */
export function runJob({
  name,
  workspaceId,
  location,
  properties,
  retries,
  maxSeconds = 14 * 86_400,
  isPrivate,
  failures,
}: JobRun): Fragment {
  const [state, tries, faults, error] = ['state', 'tries', 'faults', 'error'].map(
    (each) => `${name.toLowerCase()}_${each}`,
  );
  const job = {
    type: 'Microsoft.MachineLearningServices/workspaces/jobs' as const,
    id: text`${workspaceId}/jobs/${jobName(name)}`,
  };
  const pollSeconds = Math.max(30, Math.ceil(maxSeconds / MOST_LOOKS));
  const [put, get] = [`${name}_put`, `${name}_get`];
  const mayPass = ex`or(contains(${codes([...PASSING_CODES, 408, 429])}, coalesce(${codeOf(put)}, 500)), greaterOrEquals(coalesce(${codeOf(put)}, 500), 500))`;
  const is = (...states: readonly string[]): Expression => isOneOf(variable(state), states);
  return {
    variables: { [state]: '', [tries]: 0, [faults]: 0, [error]: '' },
    actions: {
      [name]: until(
        is('Completed', 'Failed', 'Canceled', 'Refused'),
        { count: MOST_LOOKS, timeout: `PT${Math.ceil(maxSeconds / 60)}M` },
        {
          [`${name}_begins`]: when(is(''), {
            [put]: arm.put({ ...job, body: { properties: leavingReason(properties, failures, name) } }),
            [`${name}_asked`]: after(
              { [put]: ENDED },
              when(
                ex`not(${isRefused(put)})`,
                { [`${name}_taken`]: setVariable(state, 'Asked') },
                {
                  [`${name}_fault`]: increment(faults),
                  [`${name}_refused`]: when(ex`or(not(${mayPass}), greater(${variable(faults)}, ${MOST_FAULTS}))`, {
                    [`${name}_error`]: setVariable(error, errorOf(put)),
                    [`${name}_given_up`]: setVariable(state, 'Refused'),
                  }),
                },
              ),
            ),
          }),
          [`${name}_pause`]: delay(pollSeconds),
          // After a request without an answer too: the job may be there.
          [`${name}_looks`]: when(ex`not(${is('Refused')})`, {
            [get]: arm.get(job),
            [`${name}_seen`]: after(
              { [get]: ENDED },
              when(
                ex`not(${isRefused(get)})`,
                {
                  [`${name}_status`]: setVariable(
                    state,
                    ex`coalesce(body(${get})?['properties']?['status'], 'Unknown')`,
                  ),
                },
                {
                  [`${name}_unseen`]: when(ex`equals(coalesce(${codeOf(get)}, 0), 404)`, {
                    [`${name}_missing`]: setVariable(state, ''),
                  }),
                },
              ),
            ),
          }),
          [`${name}_failure`]: when(is('Failed'), {
            ...askWhy(name, isPrivate ? undefined : { location, workspaceId }, failures),
            [`${name}_why`]: setVariable(error, ex`outputs(${`${name}_told`})?['message']`),
            // The job's own error is not better next time; all else is the cloud's.
            [`${name}_again`]: when(
              ex`and(less(${variable(tries)}, ${retries}), not(outputs(${`${name}_told`})?['isOwn']))`,
              { [`${name}_try`]: increment(tries), [`${name}_anew`]: setVariable(state, '') },
            ),
          }),
        },
      ),
      [`${name}_ended`]: after(
        { [name]: ENDED },
        when(ex`not(${is('Completed')})`, {
          [`${name}_left`]: when(ex`not(${is('Failed', 'Canceled', 'Refused')})`, {
            ...attempt(`${name}_stop`, { [`${name}_cancel`]: arm.post({ ...job, operation: 'cancel' }) }),
            [`${name}_late`]: setVariable(
              error,
              `it did not end within ${Math.round(maxSeconds / 3600)} hours, waiting for machines included, and was cancelled`,
            ),
          }),
          ...fail(`${name}_fails`, text`job ${jobName(name)} ended as ${variable(state)}: ${variable(error)}`),
        }),
      ),
    },
  };
}

/** The name of a job's latest try. */
export function jobName(name: string): Expression {
  return ex`concat(${`${name.toLowerCase()}-`}, ${RUN_ID}, '-', string(${variable(`${name.toLowerCase()}_tries`)}))`;
}

/** The name of a job's output where its container leaves why it failed. */
const FAILURE = 'failure';
/** SIGTERM: the platform has stopped the container. */
const STOPPED = 143;

/** The job with an output more, where its command leaves the reason or, in an image that gives none, the exit code. */
function leavingReason(
  { command, outputs, ...properties }: JobRun['properties'],
  failures: FailureFolder,
  name: string,
): JobRun['properties'] {
  const file = '"$MLOPS_FAILURE_FILE"';
  const fallback = `[ $code -eq ${STOPPED} ] || [ -s ${file} ] || echo "exit code $code" > ${file}`;
  return {
    ...properties,
    command: text`export MLOPS_FAILURE_FILE="\${{outputs.${FAILURE}}}/reason" && ${command as Text} || { code=$?; ${fallback}; exit $code; }`,
    outputs: {
      ...(outputs as object | undefined),
      [FAILURE]: {
        jobOutputType: 'uri_folder',
        mode: 'ReadWriteMount',
        uri: text`azureml://datastores/${failures.datastore}/paths/${failures.folder}/failures/${jobName(name)}`,
      },
    },
  };
}

/** `outputs('<name>_told')`: why the job failed, in words, and whether its container did so by itself. */
function askWhy(
  name: string,
  history: { readonly location: string; readonly workspaceId: string } | undefined,
  { endpoint, container, folder }: FailureFolder,
): Actions {
  const [asked, read, left, told] = [`${name}_details`, `${name}_reason`, `${name}_reason_text`, `${name}_told`];
  const ofHistory = (member: string): Expression => history === undefined
    ? ex`''`
    : ex`string(coalesce(outputs(${asked})?['body']?['error']?['error']?[${member}], ''))`;
  const body = ex`if(equals(coalesce(${codeOf(read)}, 0), 200), string(coalesce(outputs(${read})?['body'], '')), '')`;
  // A mount writes bytes, which are read as an object.
  const isBytes = ex`startsWith(${body}, '{"$content')`;
  const bytes = ex`base64ToString(coalesce(json(if(${isBytes}, ${body}, '{}'))?['$content'], ''))`;
  const reason = ex`trim(outputs(${left}))`;
  const isOwn = ex`or(equals(${ofHistory('code')}, 'UserError'), and(empty(${ofHistory('code')}), not(empty(${reason}))))`;
  const unknown = 'its container has left no reason, as where the cloud has failed it: its log may say more';
  return {
    ...(history === undefined ? {} : { [asked]: details(history.location, history.workspaceId, jobName(name)) }),
    [read]: after(
      history === undefined ? {} : { [asked]: ENDED },
      store.read({ endpoint, container, name: text`${folder}/failures/${jobName(name)}/reason` }),
    ),
    [left]: after({ [read]: ENDED }, compose(ex`concat(${bytes}, if(${isBytes}, '', ${body}))`)),
    [told]: compose({
      message: ex`take(if(empty(${ofHistory('message')}), if(empty(${reason}), ${unknown}, ${reason}), ${ofHistory('message')}), 1000)`,
      isOwn,
    }),
  };
}

/** What the workspace's run history says of a job; ARM's own answer has no error in it. */
function details(location: string, workspaceId: string, job: Expression | Template) {
  return http({
    method: 'GET',
    uri: text`https://${location}.api.azureml.ms/history/v1.0${workspaceId}/runs/${job}/details`,
    audience: ARM_AUDIENCE,
  });
}
