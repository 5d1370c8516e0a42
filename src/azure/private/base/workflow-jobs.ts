import { arm, ARM_AUDIENCE, codes, delay, http, increment, setVariable } from './workflow-actions';
import { after, attempt, ENDED, fail, Fragment, isRefused, until, when } from './workflow-control';
import { codeOf, errorOf, ex, Expression, isOneOf, RUN_ID, Template, text, variable } from './workflow-expressions';
import { PASSING_CODES } from './workflow-retry';

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
}

/** A loop has 5,000 turns at most. */
const MOST_LOOKS = 4500;
const MOST_FAULTS = 20;

/**
 * Runs a job of Azure ML to its end, and fails with the job's own error where it did not complete.
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
            [put]: arm.put({ ...job, body: { properties } }),
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
            ...attempt(`${name}_ask_why`, { [`${name}_details`]: details(location, workspaceId, jobName(name)) }),
            [`${name}_why`]: setVariable(
              error,
              ex`take(string(coalesce(outputs(${`${name}_details`})?['body']?['error']?['error']?['message'], 'no message')), 1000)`,
            ),
            // The job's own error is not better next time; all else is the cloud's.
            [`${name}_again`]: when(
              ex`and(less(${variable(tries)}, ${retries}), not(equals(coalesce(outputs(${`${name}_details`})?['body']?['error']?['error']?['code'], ''), 'UserError')))`,
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

/** What the workspace's run history says of a job; ARM's own answer has no error in it. */
function details(location: string, workspaceId: string, job: Expression | Template) {
  return http({
    method: 'GET',
    uri: text`https://${location}.api.azureml.ms/history/v1.0${workspaceId}/runs/${job}/details`,
    audience: ARM_AUDIENCE,
  });
}
