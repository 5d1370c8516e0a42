import { aws_iam as iam, aws_sns as sns, aws_sqs as sqs, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DataLake } from '../../../../src/aws/data-lake';
import { newScheduledCall } from '../../../../src/aws/private/base/scheduled-call';
import { remember } from '../../../../src/aws/private/base/state-language';
import { newWorkflow } from '../../../../src/aws/private/base/workflow';
import { Schedule } from '../../../../src/core/schedule';
import { judge, strictApp } from '../../../support/judges';

function example() {
  const stack = new Stack(strictApp(), 'Churn');
  const data = new DataLake(stack, 'Data');
  const topic = new sns.Topic(stack, 'Topic', { masterKey: data.encryptionKey, enforceSSL: true });
  const machine = newWorkflow(stack, 'Run', {
    definition: {
      Comment: 'says where the data is',
      QueryLanguage: 'JSONata',
      StartAt: 'Say',
      TimeoutSeconds: 60,
      States: { Say: remember({ bucket: data.rawBucket.bucketName }, 'Done'), Done: { Type: 'Succeed' } },
    },
    permissions: [
      { actions: ['s3:ListBucket'], resources: [data.rawBucket.bucketArn] },
      { actions: ['s3:GetObject'], resources: [data.rawBucket.arnForObjects('dataset/*')], reason: 'one object each' },
    ],
    encryptionKey: data.encryptionKey,
    topic,
  });
  const deadLetterQueue = new sqs.Queue(stack, 'Dead', { encryptionMasterKey: data.encryptionKey, enforceSSL: true });
  newScheduledCall(stack, 'Daily', {
    schedule: Schedule.daily({ hour: 4, timeZone: 'Europe/Berlin' }),
    description: 'every night',
    targetArn: machine.stateMachineArn,
    input: { time: '<aws.scheduler.scheduled-time>' },
    statements: [new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] })],
    deadLetterQueue,
    encryptionKey: data.encryptionKey,
  });
  return { stack, template: Template.fromStack(stack) };
}

describe('a workflow', () => {
  const { stack, template } = example();

  test('is named after its place, encrypted, logged with the data of its executions, and traced', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: Match.stringLikeRegexp('^churn-run-[0-9a-f]{8}$'),
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY' },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
      TracingConfiguration: { Enabled: true },
    });
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: Match.stringLikeRegexp('^/aws/vendedlogs/states/churn-run-'), KmsKeyId: Match.anyValue(), RetentionInDays: 365 },
      DeletionPolicy: 'Delete',
    });
  });

  test('writes the definition with its tokens resolved', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      DefinitionString: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('"Say":.*"bucket":"$')])] },
    });
  });

  test('has its role, with all statements, before the machine exists', () => {
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    expect(machine.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^RunRole.*Policy/), expect.stringMatching(/^RunRole/)]));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 's3:ListBucket' }), Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'] })]) },
      Roles: [{ Ref: Match.stringLikeRegexp('^RunRole') }],
    });
  });

  test('can be assumed from this account only', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({ Principal: { Service: 'states.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } })],
      },
    });
  });

  test('on a schedule starts at the times of its zone, and what cannot start is kept', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Description: 'every night',
      ScheduleExpression: 'cron(0 4 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      KmsKeyArn: Match.anyValue(),
      Target: {
        Arn: { Ref: Match.stringLikeRegexp('^Run') },
        Input: '{"time":"<aws.scheduler.scheduled-time>"}',
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Dead'), 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 10 },
      },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Action: 'states:StartExecution', Effect: 'Allow', Resource: Match.anyValue() },
          { Action: 'sqs:SendMessage', Effect: 'Allow', Resource: Match.anyValue() },
          { Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Resource: Match.anyValue() },
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^DailyRole') }],
    });
  });

  test('has no finding of the judges beside the queue that is nobody\'s source', () => {
    expect(judge(stack).filter((each) => !each.includes('/Dead/'))).toEqual([]);
  });
});
