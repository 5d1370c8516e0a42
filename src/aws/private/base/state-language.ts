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
export const SDK_SERVICES = {
  sagemaker: 'sagemaker',
  applicationautoscaling: 'application-autoscaling',
  cloudwatch: 'cloudwatch',
  s3: 's3',
  sfn: 'states',
} as const;

export type SdkService = keyof typeof SDK_SERVICES;

/** The resource of a Task that makes one API call. */
export function sdkCall(service: SdkService, api: string): string {
  return `arn:${Aws.PARTITION}:states:::aws-sdk:${service}:${api}`;
}

/** The resource of a Task that publishes to a topic. */
function snsPublish(): string {
  return `arn:${Aws.PARTITION}:states:::sns:publish`;
}

/** What the machines say when a call fails: the service's error and its words, never undefined. */
export const CAUGHT = jsonata(
  "{ 'Error': $states.errorOutput.Error, 'Cause': $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : '' }",
);

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
      'SageMaker.ResourceLimitExceededException',
      'SageMaker.ResourceNotFoundException',
      'ApplicationAutoScaling.ObjectNotFoundException',
    ],
    MaxAttempts: 0,
  },
  { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2, JitterStrategy: 'FULL' },
];

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
const BUSY = '/in-progress|in progress|is being|rate exceeded|throttl|too many requests/i';

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
