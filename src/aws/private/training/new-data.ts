import { ArnFormat, aws_iam as iam, aws_kms as kms, aws_s3 as s3, aws_stepfunctions as sfn, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PARAMETER } from './steps';
import { acknowledgeInlinePolicy } from '../base/acknowledge';
import { ofThisAccount } from '../base/confused-deputy';
import { pathText } from '../base/names';
import {
  call,
  CallOptions,
  CAUGHT,
  choose,
  CUSTOM_ERROR,
  jsonata,
  literal,
  remember,
  RETRY,
  sdkCall,
  State,
  StateMachineDefinition,
  TAKEN,
  UNSURE,
  wait,
} from '../base/state-language';
import { Permission, sageMakerArns } from '../base/state-permissions';
import { newWorkflow, workflowName } from '../base/workflow';

/** What objects start, and what it starts. */
export interface NewDataIntake {
  /** Gets one event for each object. */
  readonly collector: sfn.StateMachine;
  /** Starts the trainings, one after the other. */
  readonly machine: sfn.StateMachine;
  /** Starts the collector. */
  readonly role: iam.Role;
}

/**
 * One training for many objects: while a training runs one more is remembered, which reads what has come meanwhile;
 * what comes on top is dropped.
 *
 * Each object starts the collector, an express workflow of one call, which starts the intake under the name of the
 * minute: the objects of a minute start one. The intake waits out its minute. Then it starts the pipeline, with a token
 * that makes one run of two starts; or, while a run goes on, it starts itself once more under the name of that run, of
 * which there is one, and that one waits. A call whose answer is lost, or which is throttled, is made again: names
 * and token make one of two.
 *
 * Children: `Collect`, `Intake`, `Role`.
 */
export function newDataIntake(scope: Construct, pipelineName: string, encryptionKey: kms.IKey): NewDataIntake {
  const arn = Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: workflowName(scope, 'Intake'),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const starting: Permission[] = [
    { actions: ['states:StartExecution'], resources: [arn] },
    // Starting an encrypted machine encrypts its input.
    { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [encryptionKey.keyArn] },
  ];
  const machine = newWorkflow(scope, 'Intake', {
    definition: intakeDefinition(pipelineName, arn),
    permissions: [...starting, {
      actions: ['sagemaker:ListPipelineExecutions', 'sagemaker:StartPipelineExecution'], resources: sageMakerArns('pipeline', pipelineName),
    }],
    encryptionKey,
  });
  const collector = newWorkflow(scope, 'Collect', {
    definition: collectorDefinition(arn),
    permissions: starting,
    encryptionKey,
    express: true,
  });
  collector.node.addDependency(machine);
  const role = new iam.Role(scope, 'Role', {
    description: `Collects new data for ${pathText(scope)}`,
    assumedBy: ofThisAccount(scope, 'events.amazonaws.com'),
  });
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [collector.stateMachineArn] }),
  );
  encryptionKey.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
  acknowledgeInlinePolicy(role);
  return { collector, machine, role };
}

/** One call: the intake of this minute, unless it has been started. */
export function collectorDefinition(intakeArn: string): StateMachineDefinition {
  const timeLeft = '$toMillis($states.context.State.EnteredTime) < $toMillis($states.context.Execution.StartTime) + '
    + `${(COLLECTOR_SECONDS - 60) * 1000}`;
  const minute = '$floor($toMillis($states.context.Execution.StartTime) / 60000)';
  return {
    Comment: 'Starts one intake for the objects of a minute',
    QueryLanguage: 'JSONata',
    StartAt: 'StartIntake',
    TimeoutSeconds: COLLECTOR_SECONDS,
    States: {
      StartIntake: startOnce({
        StateMachineArn: intakeArn, Name: jsonata(`'minute-' & $string(${minute})`), Input: '{}',
      }, { next: 'Collected', failed: 'IsStarted' }),
      IsStarted: choose([[`$contains($failure.Cause, ${TAKEN})`, 'Collected'], [`(${UNSURE}) and ${timeLeft}`, 'PauseBeforeStart']], 'Failed'),
      PauseBeforeStart: wait(20, 'StartIntake'),
      Collected: { Type: 'Succeed' },
      Failed: FAILED,
    },
  };
}

/** Starts the pipeline now, or once more when the run that goes on has ended. */
export function intakeDefinition(pipelineName: string, intakeArn: string): StateMachineDefinition {
  const newest = '$states.result.PipelineExecutionSummaries[0]';
  return {
    Comment: `Starts ${pipelineName} on new data: one run goes on, one waits`,
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    TimeoutSeconds: LONGEST_DAYS * 86_400,
    States: {
      Begin: remember(
        {
          waits: jsonata('$exists($states.context.Execution.Input.after)'),
          polls: 0,
          failures: 0,
          starts: 0,
          failure: { Error: '', Cause: '' },
        },
        'IsWaiting',
      ),
      IsWaiting: choose([['$waits', 'Pause']], 'Settle'),
      // All objects of the minute are there when the pipeline starts.
      Settle: wait(60, 'ListTrainings'),
      ListTrainings: call(
        sdkCall('sagemaker', 'listPipelineExecutions'),
        {
          PipelineName: pipelineName,
          SortBy: 'CreationTime',
          SortOrder: 'Descending',
          MaxResults: 1,
        },
        {
          next: 'IsTraining',
          failed: 'IsPatient',
          assign: {
            last: jsonata(`$exists(${newest}) ? ${newest}.PipelineExecutionArn : ''`),
            status: jsonata(`$exists(${newest}) ? ${newest}.PipelineExecutionStatus : ''`),
            polls: jsonata('$polls + 1'),
            failures: 0,
          },
          assignFailed: COUNTED,
        },
      ),
      IsPatient: choose([[`$waits and $failures < 20 or ${OPEN}`, 'Pause']], 'Failed'),
      IsTraining: choose(
        [
          ["$not($status in ['Executing', 'Stopping'])", 'StartTraining'],
          ['$waits', 'Pause'],
        ],
        'StartWaiting',
      ),
      // A wait of nine events a turn: the history of an execution has 25000.
      Pause: {
        Type: 'Wait',
        Seconds: jsonata('$polls < 60 ? 60 : $polls < 200 ? 300 : 1800'),
        Output: {},
        Next: 'ListTrainings',
      },
      StartWaiting: startOnce(
        {
          StateMachineArn: intakeArn,
          Name: jsonata("'after-' & $substringAfter($last, '/execution/')"),
          Input: jsonata("$string({ 'after': $last })"),
        },
        { next: 'Remembered', failed: 'IsRemembered', assignFailed: COUNTED_START },
      ),
      // Where nobody knows, the next look tells: the run may have ended meanwhile.
      IsRemembered: choose([[`$contains($failure.Cause, ${TAKEN})`, 'Remembered'], [OPEN, 'Pause']], 'Failed'),
      Remembered: { Type: 'Succeed' },
      StartTraining: call(
        sdkCall('sagemaker', 'startPipelineExecution'),
        {
          PipelineName: pipelineName,
          PipelineParameters: [{ Name: PARAMETER.TRIGGERED_BY, Value: 'new data' }],
          // Those that have seen the same last training start one between them.
          ClientRequestToken: jsonata(`$hash(${literal('new data after ')} & $last, 'SHA-256')`),
        },
        { next: 'Started', failed: 'IsStartOpen', assignFailed: COUNTED_START },
      ),
      IsStartOpen: choose([[OPEN, 'PauseBeforeStart']], 'Failed'),
      PauseBeforeStart: wait(60, 'StartTraining'),
      Started: { Type: 'Succeed' },
      Failed: FAILED,
    },
  };
}

/** Starts an execution, if there is none of its name: that there is one is an answer, and not a fault to try again. */
function startOnce(execution: object, options: CallOptions): State {
  return {
    ...call(sdkCall('sfn', 'startExecution'), execution, options),
    Retry: [{ ErrorEquals: ['Sfn.ExecutionAlreadyExistsException'], MaxAttempts: 0 }, ...RETRY],
  };
}

/**
 * Makes a bucket of this app send its events to EventBridge. What an imported one does cannot be seen or changed from
 * here.
 *
 * Without the function that the CDK deploys for it, unless the bucket has that already because of other notifications.
 */
export function sendEvents(bucket: s3.IBucket): void {
  const resource = bucket.node.defaultChild;
  if (!isBucket(resource)) return;
  if (bucket.node.tryFindChild('Notifications') !== undefined) {
    bucket.enableEventBridgeNotification();
    return;
  }
  const events = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  const own = resource.notificationConfiguration as s3.CfnBucket.NotificationConfigurationProperty | undefined;
  resource.notificationConfiguration = { ...own, ...events };
}

function isBucket(resource: unknown): resource is s3.CfnBucket {
  return (resource as { cfnResourceType?: string } | undefined)?.cfnResourceType === 'AWS::S3::Bucket';
}

/** What a call that failed remembers. */
const COUNTED = { failure: CAUGHT, failures: jsonata('$failures + 1') };
const COUNTED_START = { failure: CAUGHT, starts: jsonata('$starts + 1') };

/** Whether a call that failed is worth another try, each minute for six hours: then somebody should hear of it. */
const OPEN = `(${UNSURE}) and $failures < 360 and $starts < 360`;

/** The tries of the collector, which an express workflow has five minutes for. */
const COLLECTOR_SECONDS = 300;

const FAILED = { Type: 'Fail', Error: CUSTOM_ERROR, Cause: jsonata('$failure.Cause') } as const;

/** A job of SageMaker takes 28 days at most, and those before and after it five each. */
const LONGEST_DAYS = 40;
