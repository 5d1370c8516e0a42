import { Aws } from 'aws-cdk-lib';
import { ApiFields } from './api-fields';

/** A state machine's definition, as a plain object that may hold tokens: write it with `stack.toJsonString`. */
export interface StateMachineDefinition {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly StartAt: string;
  /** The backstop; the machines keep shorter deadlines of their own, so that they can still say what went wrong. */
  readonly TimeoutSeconds: number;
  readonly States: Record<string, State>;
}

/** One state, in the words of the Amazon States Language. */
export interface State {
  readonly Type: 'Task' | 'Pass' | 'Choice' | 'Wait' | 'Succeed' | 'Fail';
  readonly [field: string]: unknown;
}

/** A JSONata expression, marked as one. */
export function jsonata(expression: string): string {
  return `{% ${expression} %}`;
}

/** Text as a JSONata string literal, which is also what JSON calls a string. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** The services called through the AWS SDK integration: their name there, and what IAM calls them. */
const SDK_SERVICES = {
  sagemaker: 'sagemaker',
  applicationautoscaling: 'application-autoscaling',
  cloudwatch: 'cloudwatch',
  s3: 's3',
  sfn: 'states',
} as const;

export type SdkService = keyof typeof SDK_SERVICES;

/** Calls whose IAM action is not the name of the API. */
const OTHER_ACTIONS: Record<string, string[]> = {
  's3:listObjectsV2': ['s3:ListBucket'],
};

/** Jobs that a Task can wait for: what they are called in ARNs and in the name of the managed rule, and in the API. */
export const JOBS = {
  createProcessingJob: { kind: 'processing-job', rule: 'ProcessingJobs', noun: 'ProcessingJob' },
  createTransformJob: { kind: 'transform-job', rule: 'TransformJobs', noun: 'TransformJob' },
};
export type JobApi = keyof typeof JOBS;

/** What `.sync` does with a job: it tags it, and stops it when the execution stops. */
export function jobActions(api: JobApi): string[] {
  const { noun } = JOBS[api];
  return [`sagemaker:Create${noun}`, `sagemaker:Describe${noun}`, `sagemaker:Stop${noun}`, 'sagemaker:AddTags', 'sagemaker:ListTags'];
}

/** It watches the job through a managed rule. */
export const JOB_RULE_ACTIONS = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];

/** The resource of a Task that makes one API call. */
export function sdkCall(service: SdkService, api: string): string {
  return `arn:${Aws.PARTITION}:states:::aws-sdk:${service}:${api}`;
}

/** The resource of a Task that publishes to a topic. */
function snsPublish(): string {
  return `arn:${Aws.PARTITION}:states:::sns:publish`;
}

/**
 * The IAM actions that a definition's Tasks call, sorted. What a call needs beside itself (`iam:PassRole`) is not here.
 */
export function calledActions(definition: StateMachineDefinition): string[] {
  const actions = Object.values(definition.States)
    .filter(state => state.Type === 'Task')
    .flatMap(state => actionsOf(String(state.Resource)));
  return [...new Set(actions)].sort();
}

function actionsOf(resource: string): string[] {
  const parts = resource.split(':states:::')[1].split(':');
  const [service, api] = parts.slice(-2);
  if (parts[0] === 'aws-sdk') return OTHER_ACTIONS[`${service}:${api}`] ?? [`${SDK_SERVICES[service as SdkService]}:${capitalized(api)}`];
  if (api.endsWith('.sync')) return [...jobActions(api.slice(0, -'.sync'.length) as JobApi), ...JOB_RULE_ACTIONS];
  return [`${service}:${capitalized(api)}`];
}

function capitalized(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

/** What the machines say when a call fails: the service's error and its words, never undefined. */
export const CAUGHT = jsonata("{ 'Error': $states.errorOutput.Error, 'Cause': $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : '' }");

/** Only the words of the error, to be part of an expression. */
export const CAUGHT_WORDS = "($exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : '')";

/** The error of a Fail state; the prefix `States.` belongs to Step Functions itself. */
export const CUSTOM_ERROR = jsonata("$replace($failure.Error, /^States\\./, '')");

/** Options of a call. */
export interface CallOptions {
  readonly next: string;
  /** Where to go when the call fails for good; `$failure` then holds `Error` and `Cause`. */
  readonly failed: string;
  /** Variables to set from `$states.result`. */
  readonly assign?: Record<string, unknown>;
  /** Variables to set when the call fails, instead of `failure`; none when empty. */
  readonly assignFailed?: Record<string, unknown>;
  /** Try again when the call fails. Off where a second try could act on an old picture of the world. @default true */
  readonly retry?: boolean;
}

/**
 * A Task that makes one call. The state's own output is empty: what later states need is in variables.
 *
 * Retries on every error of a call: SageMaker has no error class of its own for throttling, so that a throttled call
 * and a refused one look the same to a retrier, and trying a refused call again costs seconds.
 */
export function call(resource: string, args: unknown, options: CallOptions): State {
  const onFailure = options.assignFailed ?? { failure: CAUGHT };
  return {
    Type: 'Task',
    Resource: resource,
    Arguments: args,
    ...(options.retry === false ? {} : { Retry: RETRY }),
    ...(options.assign ? { Assign: options.assign } : {}),
    Catch: [{
      ErrorEquals: ['States.ALL'],
      ...(Object.keys(onFailure).length > 0 ? { Assign: onFailure } : {}),
      Output: {},
      Next: options.failed,
    }],
    Output: {},
    Next: options.next,
  };
}

/** Options of a list that is read page by page. */
export interface PagesOptions extends CallOptions {
  /** JSONata over `$states.result`, true where no later page is of interest. */
  readonly until: string;
  /** Variables to set from the first page only. */
  readonly assignFirst?: Record<string, unknown>;
}

/**
 * Two Tasks that read a list, the first page and each further one; both go on to `next`, which returns to
 * `<name>OnNextPage` while `MORE_PAGES`.
 *
 * A page may be empty although a later one is not: SageMaker filters what it has read, and not what it reads.
 */
export function callPages(name: string, resource: string, args: ApiFields, pages: PagesOptions): Record<string, State> {
  const { until, assign, assignFirst, ...options } = pages;
  const page = jsonata(`${until} ? '' : $exists($states.result.NextToken) ? $states.result.NextToken : ''`);
  return {
    [name]: call(resource, args, { ...options, assign: { ...assign, ...assignFirst, page } }),
    [nextPageOf(name)]: call(resource, { ...args, NextToken: jsonata('$page') }, { ...options, assign: { ...assign, page } }),
  };
}

/** Entries of a page that Step Functions can take in at once, however long their descriptions are. */
export const PAGE = 50;

/** Whether there is more to read. */
export const MORE_PAGES = "$page != ''";

/** The Task that reads it. */
export function nextPageOf(name: string): string {
  return `${name}OnNextPage`;
}

/** How a call is made again. */
export const RETRY = [
  {
    ErrorEquals: [
      'SageMaker.ResourceLimitExceededException', 'SageMaker.ResourceNotFoundException', 'ApplicationAutoScaling.ObjectNotFoundException',
    ],
    MaxAttempts: 0,
  },
  { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2, JitterStrategy: 'FULL' },
];

/** Options of a job. */
export interface JobOptions extends Pick<CallOptions, 'next' | 'failed'> {
  /** How long after the start of the execution the job is still waited for, in seconds. */
  readonly withinSeconds: number;
}

/**
 * A Task that starts a SageMaker job and waits for its end, and the states that look at the job where the Task fails;
 * `$failure` then holds `Error` and `Cause`.
 *
 * That the Task fails does not say that the job has: the answer of its start may be lost, and a second start meets a
 * name that is taken. So a job that is there is waited for.
 */
export function runJob(name: string, api: JobApi, args: ApiFields, { next, failed, withinSeconds }: JobOptions): Record<string, State> {
  const { noun } = JOBS[api];
  const [look, lost, seen, pause, broke] = [`LookAt${noun}`, `Is${noun}Lost`, `HowIs${noun}`, `WaitFor${noun}`, `${noun}Broke`];
  const timeLeft = `$toMillis($states.context.State.EnteredTime) < $toMillis($states.context.Execution.StartTime) + ${withinSeconds * 1000}`;
  return {
    [name]: {
      Type: 'Task',
      Resource: `arn:${Aws.PARTITION}:states:::sagemaker:${api}.sync`,
      Arguments: args,
      // Only a call that was turned away is made again: a job that has run and failed would fail again.
      Retry: [{ ErrorEquals: ['SageMaker.AmazonSageMakerException', 'SageMaker.SageMakerException'], IntervalSeconds: 30, MaxAttempts: 3, BackoffRate: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: { failure: CAUGHT }, Output: {}, Next: look }],
      Output: {},
      Next: next,
    },
    [look]: call(sdkCall('sagemaker', `describe${noun}`), { [`${noun}Name`]: args[`${noun}Name`] }, {
      next: seen,
      failed: lost,
      assign: {
        job: jsonata(`{ 'status': $states.result.${noun}Status, `
          + "'reason': $exists($states.result.FailureReason) ? $states.result.FailureReason : 'SageMaker gave no reason' }"),
      },
      assignFailed: { trouble: CAUGHT },
    }),
    [lost]: choose([[`$not($contains($trouble.Cause, ${MISSING})) and (${unsure('trouble')}) and ${timeLeft}`, pause]], failed),
    [seen]: choose([["$job.status = 'Completed'", next], [`$job.status in ['InProgress', 'Stopping'] and ${timeLeft}`, pause]], broke),
    [pause]: wait(60, look),
    [broke]: remember({
      failure: jsonata("$failure.Error = 'States.TaskFailed' ? $failure : { 'Error': 'Job' & $job.status, 'Cause': $job.reason }"),
    }, failed),
  };
}

/** A Choice in the order written; the last `otherwise` is its default. */
export function choose(rules: ReadonlyArray<readonly [condition: string, next: string]>, otherwise: string): State {
  return {
    Type: 'Choice',
    Choices: rules.map(([condition, next]) => ({ Condition: jsonata(condition), Next: next })),
    Default: otherwise,
  };
}

/** A state that only sets variables. */
export function remember(assign: Record<string, unknown>, next: string): State {
  return { Type: 'Pass', Assign: assign, Output: {}, Next: next };
}

/** Waits, then goes on. */
export function wait(seconds: number, next: string): State {
  return { Type: 'Wait', Seconds: seconds, Output: {}, Next: next };
}

/** What services answer when the thing asked for is not there; SageMaker says so in words only. */
export const MISSING = '/could not find|cannot find|does not exist|not found|no scalable target|no scaling policy/i';

/** What SageMaker answers when the name is taken. */
export const TAKEN = '/already exist/i';

/** What SageMaker answers when it is busy with the endpoint, or with everybody. */
export const BUSY = '/in-progress|in progress|is being|rate exceeded|throttl|too many requests/i';

/**
 * Whether a call that failed may have been carried out all the same, or will be when it is made again: it was
 * throttled, or nobody but the service knows what became of it. A refusal of the service itself (status 4xx) is
 * certain.
 */
export function unsure(failure: string): string {
  return `$${failure}.Error != 'States.QueryEvaluationError' and `
    + `($contains($${failure}.Cause, ${BUSY}) or $not($contains($${failure}.Cause, /status code: 4[0-9][0-9]/i)))`;
}

/** The same of the failure that `call` remembers. */
export const UNSURE = unsure('failure');

/** A Task that tells the topic, and goes on whether or not that works. */
export function notify(topicArn: string, subject: string, message: string, next: string): State {
  return {
    Type: 'Task',
    Resource: snsPublish(),
    Arguments: { TopicArn: topicArn, Subject: subject, Message: message },
    Retry: RETRY,
    Catch: [{ ErrorEquals: ['States.ALL'], Output: {}, Next: next }],
    Output: {},
    Next: next,
  };
}
