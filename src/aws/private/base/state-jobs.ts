import { Aws } from 'aws-cdk-lib';
import { ApiFields } from './api-fields';
import {
  call,
  CallOptions,
  CAUGHT,
  choose,
  jsonata,
  MISSING,
  remember,
  sdkCall,
  State,
  unsure,
  wait,
} from './state-language';

/** Jobs that a Task can wait for: what they are called in ARNs and in the name of the managed rule, and in the API. */
export const JOBS = {
  createProcessingJob: { kind: 'processing-job', rule: 'ProcessingJobs', noun: 'ProcessingJob' },
  createTransformJob: { kind: 'transform-job', rule: 'TransformJobs', noun: 'TransformJob' },
};

export type JobApi = keyof typeof JOBS;

/** What `.sync` does with a job: it tags it, and stops it when the execution stops. */
export function jobActions(api: JobApi): string[] {
  const { noun } = JOBS[api];
  return [
    `sagemaker:Create${noun}`,
    `sagemaker:Describe${noun}`,
    `sagemaker:Stop${noun}`,
    'sagemaker:AddTags',
    'sagemaker:ListTags',
  ];
}

/** It watches the job through a managed rule. */
export const JOB_RULE_ACTIONS = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];

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
export function runJob(
  name: string,
  api: JobApi,
  args: ApiFields,
  { next, failed, withinSeconds }: JobOptions,
): Record<string, State> {
  const { noun } = JOBS[api];
  const [look, lost, seen, pause, broke] = [
    `LookAt${noun}`,
    `Is${noun}Lost`,
    `HowIs${noun}`,
    `WaitFor${noun}`,
    `${noun}Broke`,
  ];
  const timeLeft = `$toMillis($states.context.State.EnteredTime) < $toMillis($states.context.Execution.StartTime) + ${withinSeconds * 1000}`;
  return {
    [name]: {
      Type: 'Task',
      Resource: `arn:${Aws.PARTITION}:states:::sagemaker:${api}.sync`,
      Arguments: args,
      // Only a call that was turned away is made again: a job that has run and failed would fail again.
      Retry: [
        {
          ErrorEquals: ['SageMaker.AmazonSageMakerException', 'SageMaker.SageMakerException'],
          IntervalSeconds: 30,
          MaxAttempts: 3,
          BackoffRate: 2,
        },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Assign: { failure: CAUGHT }, Output: {}, Next: look }],
      Output: {},
      Next: next,
    },
    [look]: call(
      sdkCall('sagemaker', `describe${noun}`),
      { [`${noun}Name`]: args[`${noun}Name`] },
      {
        next: seen,
        failed: lost,
        assign: {
          job: jsonata(
            `{ 'status': $states.result.${noun}Status, ` +
              "'reason': $exists($states.result.FailureReason) ? $states.result.FailureReason : 'SageMaker gave no reason' }",
          ),
        },
        assignFailed: { trouble: CAUGHT },
      },
    ),
    [lost]: choose(
      [[`$not($contains($trouble.Cause, ${MISSING})) and (${unsure('trouble')}) and ${timeLeft}`, pause]],
      failed,
    ),
    [seen]: choose(
      [
        ["$job.status = 'Completed'", next],
        [`$job.status in ['InProgress', 'Stopping'] and ${timeLeft}`, pause],
      ],
      broke,
    ),
    [pause]: wait(60, look),
    [broke]: remember(
      {
        failure: jsonata(
          "$failure.Error = 'States.TaskFailed' ? $failure : { 'Error': 'Job' & $job.status, 'Cause': $job.reason }",
        ),
      },
      failed,
    ),
  };
}
