import {
  App, aws_cloudwatch as cloudwatch, aws_ec2 as ec2, aws_iam as iam, aws_kms as kms, aws_sns as sns, aws_stepfunctions as sfn,
  CfnParameter, Duration, Stack, Stage, Tags, Token,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { DataLake } from '../../src/aws/data-lake';
import { ModelRegistry } from '../../src/aws/model-registry';
import { ModelSource } from '../../src/aws/model-source';
import { MonitoringStack } from '../../src/aws/monitoring-stack';
import { MonitoringStackProps } from '../../src/aws/monitoring-stack-props';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { ContainerImage } from '../../src/core/container-image';
import { DriftSpec } from '../../src/core/monitoring-stack';
import { QualityGate } from '../../src/core/quality-gate';
import { Schedule } from '../../src/core/schedule';
import { Trigger } from '../../src/core/trigger';
import { FakeEndpoint, FakeEndpointProps } from '../support/fake-endpoint';
import { judge, strictApp } from '../support/judges';
import { registryOfAnotherAccount } from '../support/shared-registry';

const IMAGE = ContainerImage.fromUri('123456789012.dkr.ecr.eu-central-1.amazonaws.com/churn@sha256:0123');

function world(app = new App()) {
  const stack = new Stack(app, 'Churn');
  const data = new DataLake(stack, 'Data');
  const registry = new ModelRegistry(stack, 'Registry');
  return { stack, data, registry };
}

const LATER = Token.asNumber({ Ref: 'Number' });

type Given = Partial<Omit<MonitoringStackProps, 'endpoint' | 'training'>>;

/** A monitoring stack without an endpoint. */
function level0(props: Given = {}) {
  const { stack, data } = world();
  const monitoring = new MonitoringStack(stack, 'Monitoring', { data, ...props });
  return { stack, data, monitoring, template: Template.fromStack(stack) };
}

/** A monitoring stack on an endpoint that records. */
function watching(props: Given = {}, endpointProps: FakeEndpointProps = {}, more: { training?: boolean; captures?: boolean } = {}) {
  const { stack, data, registry } = world();
  const captureBucket = more.captures === false ? undefined : data.artifactBucket;
  const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket, ...endpointProps });
  const training = more.training === true ? new TrainingPipeline(stack, 'Training', { data, registry, image: IMAGE }) : undefined;
  const monitoring = new MonitoringStack(stack, 'Monitoring', { data, registry, image: IMAGE, endpoint: endpoint.asEndpoint(), training, ...props });
  return { stack, data, endpoint, training, monitoring, template: Template.fromStack(stack) };
}

function alarmsOf(template: Template): { [id: string]: any } {
  const found = template.findResources('AWS::CloudWatch::Alarm');
  return Object.fromEntries(Object.entries(found).map(([id, { Properties }]) => [id.replace(/^Monitoring/, '').replace(/[0-9A-F]{8}$/, ''), Properties]));
}

const definitionOf = (template: Template) => JSON.stringify(Object.values(template.findResources('AWS::StepFunctions::StateMachine'))[0]);
const NOT_BREACHING = { TreatMissingData: 'notBreaching', ComparisonOperator: 'GreaterThanThreshold' };

describe('the topic', () => {
  test('is encrypted with the key of the lake and speaks TLS only', () => {
    const { template } = level0();
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DataKey'), 'Arn'] } });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]) },
    });
  });

  test('lets alarms of this account and rules publish, and its key lets them encrypt', () => {
    const { template } = level0();
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
          Match.objectLike({ Effect: 'Allow', Action: 'sns:Publish', Principal: { Service: 'events.amazonaws.com' } }),
        ]),
      },
    });
    for (const service of ['cloudwatch.amazonaws.com', 'events.amazonaws.com']) {
      template.hasResourceProperties('AWS::KMS::Key', {
        KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Allow', Principal: { Service: service }, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] })]) },
      });
    }
  });

  test('tells every address', () => {
    const { template } = level0({ alertEmails: ['ml@example.com', 'ops@example.com'] });
    for (const Endpoint of ['ml@example.com', 'ops@example.com']) template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint });
  });

  test('of this app gets the statements that it needs, with its key, also from several', () => {
    const { stack, data } = world(strictApp());
    const other = new Stack(stack.node.scope!, 'Other');
    const topic = new sns.Topic(other, 'Topic', { masterKey: new kms.Key(other, 'Key') });
    for (const id of ['A', 'B']) new MonitoringStack(stack, id, { data, topic });
    const plain = new sns.Topic(stack, 'Topic', { masterKey: data.encryptionKey });
    for (const id of ['C', 'D']) new MonitoringStack(stack, id, { data, topic: plain });
    expect(() => (stack.node.root as App).synth()).not.toThrow();
    const lets = (template: Template, type: string, document: string) => Object.values(template.findResources(type))
      .flatMap(({ Properties }) => Properties[document].Statement as any[])
      .filter(({ Principal }) => Principal.Service !== undefined)
      .map(({ Sid, Action, Principal }) => [Sid, Principal.Service, Action]);
    const use = ['kms:Decrypt', 'kms:GenerateDataKey*'];
    const publishing = [['Alarms', 'cloudwatch.amazonaws.com', 'sns:Publish'], ['1', 'events.amazonaws.com', 'sns:Publish']];
    expect(lets(Template.fromStack(other), 'AWS::SNS::TopicPolicy', 'PolicyDocument')).toEqual(publishing);
    expect(lets(Template.fromStack(other), 'AWS::KMS::Key', 'KeyPolicy')).toEqual([['Alarms', 'cloudwatch.amazonaws.com', use], [undefined, 'events.amazonaws.com', use]]);
    expect(lets(Template.fromStack(stack), 'AWS::SNS::TopicPolicy', 'PolicyDocument')).toEqual(publishing);
    expect(lets(Template.fromStack(stack), 'AWS::KMS::Key', 'KeyPolicy').filter(([sid]) => sid === 'Alarms')).toEqual([['Alarms', 'cloudwatch.amazonaws.com', use]]);
  });

  test('with a key of its own gets the messages of drift runs', () => {
    const { stack, data, registry } = world();
    const masterKey = new kms.Key(stack, 'Key');
    const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket }).asEndpoint();
    new MonitoringStack(stack, 'Monitoring', { data, registry, image: IMAGE, endpoint, drift: {}, topic: new sns.Topic(stack, 'Topic', { masterKey }) });
    const [policy] = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('MonitoringDriftWorkflowRole'));
    expect(policy[1].Properties.PolicyDocument.Statement).toContainEqual(
      { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: stack.resolve(masterKey.keyArn) });
  });

  test('tells an address once when it is that of several', () => {
    const { stack, data } = world();
    const topic = new sns.Topic(stack, 'Topic', { masterKey: data.encryptionKey });
    for (const id of ['A', 'B']) new MonitoringStack(stack, id, { data, topic, alertEmails: ['ml@example.com', `${id}@example.com`] });
    const addresses = Object.values(Template.fromStack(stack).findResources('AWS::SNS::Subscription')).map(({ Properties }) => Properties.Endpoint);
    expect(addresses.sort()).toEqual(['A@example.com', 'B@example.com', 'ml@example.com']);
  });

  test('can be brought', () => {
    const { stack, data } = world();
    const topic = sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:123456789012:oncall');
    const monitoring = new MonitoringStack(stack, 'Monitoring', { data, topic });
    expect(monitoring.topic).toBe(topic);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SNS::Topic', 0);
    expect(alarmsOf(template).DeadLetterAlarm.AlarmActions).toEqual(['arn:aws:sns:eu-central-1:123456789012:oncall']);
  });
});

describe('without an endpoint', () => {
  test('failed jobs of the account are told, with their reason', () => {
    level0().template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.sagemaker'],
        'detail-type': ['SageMaker Training Job State Change', 'SageMaker Processing Job State Change', 'SageMaker Transform Job State Change'],
        'detail': { $or: [{ TrainingJobStatus: ['Failed'] }, { ProcessingJobStatus: ['Failed'] }, { TransformJobStatus: ['Failed'] }] },
      },
      Targets: [Match.objectLike({
        Arn: { Ref: Match.stringLikeRegexp('^MonitoringTopic') },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MonitoringDeadLetters'), 'Arn'] } },
        InputTransformer: {
          InputPathsMap: { 'resources-0-': '$.resources[0]', 'detail-FailureReason': '$.detail.FailureReason' },
          InputTemplate: '"<resources-0-> failed: <detail-FailureReason>"',
        },
      })],
    });
  });

  test('failed jobs can be limited to some roles', () => {
    const { stack, data } = world();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    new MonitoringStack(stack, 'Monitoring', { data, jobRoles: [role] });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['SageMaker Training Job State Change', 'SageMaker Processing Job State Change'],
        'detail': { RoleArn: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Role'), 'Arn'] }], $or: [{ TrainingJobStatus: ['Failed'] }, { ProcessingJobStatus: ['Failed'] }] },
      },
    });
  });

  test('what could not be delivered raises an alarm and is kept encrypted for two weeks', () => {
    const { template } = level0();
    template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue(), MessageRetentionPeriod: 1209600 });
    expect(Object.keys(alarmsOf(template))).toEqual(['DeadLetterAlarm']);
    expect(alarmsOf(template).DeadLetterAlarm).toMatchObject({ MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 0, ...NOT_BREACHING });
  });

  test('there is a dashboard and nothing of drift', () => {
    const { template, monitoring } = level0();
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    expect([monitoring.driftAlarm, monitoring.driftStateMachine, monitoring.driftJobRole]).toEqual([undefined, undefined, undefined]);
  });
});

describe('an endpoint', () => {
  test('has alarms on errors, latency, throttling and machines', () => {
    const alarms = alarmsOf(watching({}, { instanceType: 'ml.m5.xlarge' }).template);
    expect(Object.keys(alarms)).toEqual(['ServerErrorAlarm', 'ClientErrorAlarm', 'LatencyP50Alarm', 'LatencyP99Alarm', 'OverheadAlarm', 'ThrottlingAlarm',
      'CpuAlarm', 'MemoryAlarm', 'DiskAlarm', 'DeadLetterAlarm']);
    for (const alarm of Object.values(alarms)) {
      expect(alarm).toMatchObject({ ...NOT_BREACHING, AlarmActions: [{ Ref: expect.stringMatching(/^MonitoringTopic/) }] });
    }
    expect(alarms.ServerErrorAlarm).toMatchObject({
      Namespace: 'AWS/SageMaker',
      MetricName: 'Invocation5XXErrors',
      Statistic: 'Average',
      Threshold: 0.01,
      Dimensions: [{ Name: 'EndpointName', Value: 'churn' }, { Name: 'VariantName', Value: 'AllTraffic' }],
    });
    expect(alarms.ClientErrorAlarm).toMatchObject({ MetricName: 'Invocation4XXErrors', Threshold: 0.05, EvaluationPeriods: 2, DatapointsToAlarm: 2 });
    expect(alarms.LatencyP50Alarm).toMatchObject({ MetricName: 'ModelLatency', ExtendedStatistic: 'p50', Threshold: 500_000 });
    expect(alarms.LatencyP99Alarm).toMatchObject({ MetricName: 'ModelLatency', ExtendedStatistic: 'p99', Threshold: 1_000_000 });
    expect(alarms.OverheadAlarm).toMatchObject({ MetricName: 'OverheadLatency', Statistic: 'Average', Threshold: 500_000 });
    expect(alarms.ThrottlingAlarm.Metrics[0].Expression).toBe('FILL(refused, 0) + FILL(failed, 0) - FILL(model, 0)');
    expect(alarms.MemoryAlarm).toMatchObject({ Namespace: '/aws/sagemaker/Endpoints', MetricName: 'MemoryUtilization', Threshold: 90, EvaluationPeriods: 3 });
  });

  test('takes each limit', () => {
    const alarms = alarmsOf(watching({
      maxErrorPercent: 2, maxClientErrorPercent: 10, maxLatencyP50Ms: 20, maxLatencyP99Ms: 200, maxOverheadMs: 50, maxUtilizationPercent: 70,
    }).template);
    expect(['ServerErrorAlarm', 'ClientErrorAlarm', 'LatencyP50Alarm', 'LatencyP99Alarm', 'OverheadAlarm', 'MemoryAlarm'].map((id) => alarms[id].Threshold))
      .toEqual([0.02, 0.1, 20_000, 200_000, 50_000, 70]);
  });

  test('divides the use of cores and GPUs by their number, which SageMaker adds up', () => {
    const alarms = alarmsOf(watching({}, { instanceType: 'ml.g5.12xlarge' }).template);
    const expression = (id: string) => alarms[id].Metrics.find((each: any) => each.Expression).Expression;
    expect(['CpuAlarm', 'GpuAlarm', 'GpuMemoryAlarm'].map(expression)).toEqual(['sumOfCPUUtilization / 48', 'sumOfGPUUtilization / 4', 'sumOfGPUMemoryUtilization / 4']);
    expect(alarmsOf(watching({}, { instanceType: 'ml.g5.xlarge' }).template).GpuAlarm).toMatchObject({ MetricName: 'GPUUtilization', Threshold: 90 });
  });

  test('of a type that is newer than the table is watched without what cannot be divided', () => {
    expect(Object.keys(alarmsOf(watching({}, { instanceType: 'ml.x9.large' }).template))).not.toContain('CpuAlarm');
  });

  test('of components is watched by the component and by normalized use', () => {
    const alarms = alarmsOf(watching({}, { mode: 'inference-components', inferenceComponentName: 'churn-1', instanceType: 'ml.g5.12xlarge' }).template);
    expect(alarms.ServerErrorAlarm.Dimensions).toEqual([{ Name: 'InferenceComponentName', Value: 'churn-1' }]);
    expect([alarms.CpuAlarm.MetricName, alarms.GpuAlarm.MetricName, alarms.GpuMemoryAlarm.MetricName])
      .toEqual(['CPUUtilizationNormalized', 'GPUUtilizationNormalized', 'GPUMemoryUtilizationNormalized']);
  });

  test('without servers is watched by its concurrency', () => {
    const alarms = alarmsOf(watching({}, { mode: 'serverless' }, { captures: false }).template);
    expect(alarms.ThrottlingAlarm).toMatchObject({ MetricName: 'ServerlessConcurrentExecutionsUtilization', Threshold: 0.9, DatapointsToAlarm: 3, EvaluationPeriods: 5 });
    for (const id of ['CpuAlarm', 'DiskAlarm']) expect(Object.keys(alarms)).not.toContain(id);
  });

  test('with a queue is watched by what came out of it', () => {
    const alarms = alarmsOf(watching({ noTrafficMinutes: 60 }, { mode: 'asynchronous', instanceType: 'ml.m5.xlarge' }).template);
    expect(Object.keys(alarms)).toEqual(['ServerErrorAlarm', 'ClientErrorAlarm', 'LatencyP50Alarm', 'LatencyP99Alarm', 'ThrottlingAlarm', 'StalledQueueAlarm',
      'CpuAlarm', 'MemoryAlarm', 'DiskAlarm', 'NoTrafficAlarm', 'DeadLetterAlarm']);
    expect(alarms.ServerErrorAlarm.Metrics.map((each: any) => each.MetricStat?.Metric.MetricName ?? each.Expression))
      .toEqual(['IF(FILL(failed, 0) > 0, FILL(failed, 0) / MAX([FILL(failed, 0), FILL(processed, 0)]), 0)', 'InvocationFailures', 'InvocationsProcessed']);
    expect([alarms.ThrottlingAlarm.MetricName, alarms.NoTrafficAlarm.MetricName]).toEqual(['ExpiredRequests', 'InvocationsProcessed']);
    expect([alarms.LatencyP50Alarm.Threshold, alarms.LatencyP99Alarm.Threshold]).toEqual([450_000_000, 900_000_000]);
    expect(alarms.StalledQueueAlarm).toMatchObject({
      MetricName: 'HasBacklogWithoutCapacity', Statistic: 'Minimum', Period: 300, EvaluationPeriods: 6, Dimensions: [{ Name: 'EndpointName', Value: 'churn' }],
    });
  });

  test('with a queue has no overhead to limit', () => {
    expect(() => watching({ maxOverheadMs: 50 }, { mode: 'asynchronous' })).toThrow(new Error("monitoring stack 'Churn/Monitoring': maxOverheadMs is not possible "
      + 'with asynchronous serving: SageMaker does not measure what it adds there, use maxLatencyP99Ms'));
  });

  test('of batch runs has no alarm but that of its runs', () => {
    const { stack, data } = world();
    const rolloutStateMachine = sfn.StateMachine.fromStateMachineName(stack, 'Batch', 'batch');
    const endpoint = new FakeEndpoint(stack, 'Serving', { mode: 'batch', rolloutStateMachine });
    const monitoring = new MonitoringStack(stack, 'Monitoring', { data, endpoint: endpoint.asEndpoint() });
    expect(Object.keys(alarmsOf(Template.fromStack(stack)))).toEqual(['RolloutAlarm', 'DeadLetterAlarm']);
    expect(endpoint.told).toEqual([monitoring.topic]);
  });

  test('that nobody calls raises an alarm when asked, and missing data is what it is about', () => {
    expect(Object.keys(alarmsOf(watching().template))).not.toContain('NoTrafficAlarm');
    expect(alarmsOf(watching({ noTrafficMinutes: 90 }).template).NoTrafficAlarm).toMatchObject({
      MetricName: 'Invocations', Statistic: 'Sum', Period: 5400, Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching',
    });
  });

  test('has its roll-back alarms told, and not a second time of its own', () => {
    const { stack, data } = world();
    const metric = new cloudwatch.Metric({ namespace: 'AWS/SageMaker', metricName: 'Invocation5XXErrors' });
    const rollback = new cloudwatch.Alarm(stack, 'Rollback', { metric, threshold: 1, evaluationPeriods: 1 });
    const endpoint = new FakeEndpoint(stack, 'Serving', { rollbackAlarms: [rollback], maxErrorPercent: 2, maxLatencyP99Ms: 300 });
    const monitoring = new MonitoringStack(stack, 'Monitoring', { data, endpoint: endpoint.asEndpoint() });
    expect(monitoring.alarms[0]).toBe(rollback);
    const alarms = alarmsOf(Template.fromStack(stack));
    expect(alarms.Rollback.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^MonitoringTopic/) }]);
    for (const id of ['ServerErrorAlarm', 'LatencyP99Alarm']) expect(Object.keys(alarms)).not.toContain(id);
    expect(alarms.LatencyP50Alarm.Threshold).toBe(150_000);
  });

  test('has a limit of its own beside the roll-back alarms where one is given', () => {
    const { stack, data } = world();
    const rollback = cloudwatch.Alarm.fromAlarmName(stack, 'Rollback', 'rollback');
    const endpoint = new FakeEndpoint(stack, 'Serving', { rollbackAlarms: [rollback], maxErrorPercent: 1, maxLatencyP99Ms: 300 });
    new MonitoringStack(stack, 'Monitoring', { data, endpoint: endpoint.asEndpoint(), maxErrorPercent: 3, maxLatencyP99Ms: 300 });
    const alarms = alarmsOf(Template.fromStack(stack));
    expect(alarms.ServerErrorAlarm.Threshold).toBe(0.03);
    expect(Object.keys(alarms)).not.toContain('LatencyP99Alarm');
  });

  test('tells the topic about its rollouts, and a rollout that fails raises an alarm', () => {
    const { stack, data } = world();
    const rolloutStateMachine = sfn.StateMachine.fromStateMachineName(stack, 'Rollout', 'rollout');
    const endpoint = new FakeEndpoint(stack, 'Serving', { rolloutStateMachine });
    const monitoring = new MonitoringStack(stack, 'Monitoring', { data, endpoint: endpoint.asEndpoint() });
    expect(endpoint.told).toEqual([monitoring.topic]);
    const { Metrics } = alarmsOf(Template.fromStack(stack)).RolloutAlarm;
    expect(Metrics.map((each: any) => each.Expression ?? each.MetricStat.Metric.MetricName))
      .toEqual(['FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)', 'ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']);
  });
});

describe('training', () => {
  test('that fails raises an alarm', () => {
    expect(alarmsOf(watching({}, {}, { training: true }).template).TrainingAlarm).toMatchObject({ MetricName: 'ExecutionFailed', Statistic: 'Sum', Threshold: 0, ...NOT_BREACHING });
  });
});

describe('drift', () => {
  test('is measured on a schedule by a workflow that runs the image on what was captured', () => {
    const { template, monitoring } = watching({ drift: { schedule: Schedule.weekly({ hour: 5, timeZone: 'Europe/Berlin' }) } });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 5 ? * MON *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      Target: Match.objectLike({ Arn: { Ref: Match.stringLikeRegexp('^MonitoringDriftWorkflow') }, Input: '{"time":"<aws.scheduler.scheduled-time>"}' }),
    });
    const definition = definitionOf(template);
    for (const part of ['createProcessingJob.sync', 'monitor', 'churn@sha256:0123', 'MLOps/churn-monitoring-', '[1..7]', 'capture/', 'ml.m5.large']) {
      expect(definition).toContain(part);
    }
    expect(definition).not.toContain('LookForLabels');
    expect(monitoring.driftStateMachine?.stateMachineArn).toBeDefined();
  });

  test('above the share raises the alarm, which holds until the next run', () => {
    const { template, monitoring } = watching({ drift: { maxDriftShare: 0.5 } });
    expect(alarmsOf(template).DriftAlarm).toMatchObject({
      Namespace: monitoring.metricNamespace,
      MetricName: 'DriftShare',
      Statistic: 'Maximum',
      Period: 3600,
      EvaluationPeriods: 1,
      Threshold: 0.5,
      Dimensions: [{ Name: 'EndpointName', Value: 'churn' }],
      TreatMissingData: 'ignore',
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  test('is told in the report by the limits of the alarms', () => {
    const variables = (props: Given) => definitionOf(watching(props).template).replace(/\\+"/g, '"');
    const strict = variables({ drift: { maxDriftShare: 0.5 }, modelQuality: { gates: [QualityGate.atLeast('auc', 0.9)] } });
    expect(strict).toContain('"MLOPS_MAX_DRIFT_SHARE":"0.5"');
    expect(strict).toContain('"MLOPS_QUALITY_GATES":"[{"metric":"auc","threshold":0.9,"higherIsBetter":true}]"');
    const usual = variables({ drift: {} });
    expect(usual).toContain('"MLOPS_MAX_DRIFT_SHARE":"0.3"');
    expect(usual).not.toContain('MLOPS_QUALITY_GATES');
  });

  test('may be 30 percent and is measured daily when nothing else is said', () => {
    const { template } = watching({ drift: {} });
    expect(alarmsOf(template).DriftAlarm.Threshold).toBe(0.3);
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'cron(0 3 * * ? *)' });
  });

  test('starts the training again, from the drift run: no alarm does, so that nothing starts it twice', () => {
    const { template } = watching({ drift: { retrain: true, maxDriftShare: 0.4 } }, {}, { training: true });
    expect(definitionOf(template)).toContain("[$drift.driftShare > 0.4 ? 'drift']");
    expect(definitionOf(template)).toContain('sagemaker:startPipelineExecution');
    expect(JSON.stringify(template.findResources('AWS::Events::Rule'))).not.toContain('aws.cloudwatch');
    expect(Object.keys(alarmsOf(template))).toContain('DriftAlarm');
  });

  test('starts that one pipeline and may look at its runs, and at what waits for approval', () => {
    const { stack, template, training } = watching({ drift: { retrain: true } }, {}, { training: true });
    const [, policy] = Object.entries(template.findResources('AWS::IAM::Policy')).find(([id]) => id.startsWith('MonitoringDriftWorkflowRole'))!;
    expect(policy.Properties.PolicyDocument.Statement).toEqual(expect.arrayContaining([
      { Effect: 'Allow', Action: ['sagemaker:ListPipelineExecutions', 'sagemaker:StartPipelineExecution'], Resource: stack.resolve(training!.pipelineArn) },
      { Effect: 'Allow', Action: 'sagemaker:ListModelPackages', Resource: '*' },
    ]));
  });

  test('starts a second training after a week at the earliest, or after the days that are given', () => {
    const since = (minDaysBetweenRetrainings?: number) => {
      const { template } = watching({ drift: { retrain: true }, minDaysBetweenRetrainings }, {}, { training: true });
      return Number(/Execution\.StartTime\) - (-?\d+); \$count/.exec(definitionOf(template))![1]) / 3_600_000;
    };
    // Two hours less: as much closer to each other may two runs be than their times.
    expect([since(), since(30), since(0)]).toEqual([7 * 24 - 2, 30 * 24 - 2, -2]);
  });

  test('starts nothing when it is not asked to', () => {
    const { template } = watching({ drift: {} }, {}, { training: true });
    expect(JSON.stringify(template.findResources('AWS::Events::Rule'))).not.toContain('aws.cloudwatch');
    expect(definitionOf(template)).not.toContain('PipelineExecution');
  });

  test('leaves the other triggers of the pipeline alone', () => {
    const { stack, data, registry } = world();
    const triggers = [Trigger.newData('incoming/_SUCCESS'), Trigger.schedule(Schedule.weekly())];
    const training = new TrainingPipeline(stack, 'Training', { data, registry, image: IMAGE, triggers });
    const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket }).asEndpoint();
    new MonitoringStack(stack, 'Monitoring', { data, registry, image: IMAGE, endpoint, training, drift: { retrain: true } });
    const template = Template.fromStack(stack);
    const started = [...Object.keys(template.findResources('AWS::Events::Rule')), ...Object.keys(template.findResources('AWS::Scheduler::Schedule'))];
    expect(started.filter((id) => id.startsWith('TrainingTrigger'))).toHaveLength(2);
    expect(Object.keys(alarmsOf(template))).toContain('TrainingDeadLetterAlarm');
  });

  test('starts a pipeline of another stack, which need not know', () => {
    const { stack, data, registry } = world();
    const other = new Stack(stack.node.scope!, 'Models');
    const training = new TrainingPipeline(other, 'Training', { data, registry, image: IMAGE });
    const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket }).asEndpoint();
    const monitored = new Stack(stack.node.scope!, 'Watch');
    const topic = new sns.Topic(new Stack(stack.node.scope!, 'Third'), 'Topic');
    new MonitoringStack(monitored, 'Monitoring', { data, registry, image: IMAGE, endpoint, training, topic, drift: { retrain: true } });
    Template.fromStack(other).resourceCountIs('AWS::Events::Rule', 0);
    expect(definitionOf(Template.fromStack(monitored))).toContain('Fn::ImportValue');
  });

  test('that cannot be measured raises an alarm, and the workflow tells why', () => {
    const { template } = watching({ drift: {} });
    expect(alarmsOf(template).DriftRunAlarm.Metrics.map((each: any) => each.MetricStat?.Metric.MetricName)).toContain('ExecutionsTimedOut');
    expect(definitionOf(template)).toContain('sns:publish');
  });

  test('is read from the capture and the reference, and written to a folder of its own, with no more than that', () => {
    const { template } = watching({ drift: {} });
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('MonitoringDriftJobRole'));
    const statements = policies[0][1].Properties.PolicyDocument.Statement as any[];
    const objects = statements.filter(({ Action }) => [Action].flat().some((action: string) => /^s3:(Get|Put)Object$/.test(action)))
      .map(({ Action, Resource }) => `${[Action].flat()[0]} ${Resource['Fn::Join'][1][1]}`);
    expect(objects).toEqual(['s3:GetObject /capture/churn/*', 's3:GetObject /evaluation/*', expect.stringMatching(/^s3:PutObject \/drift\/churn-monitoring-drift-.*\/\*$/)]);
    expect(statements.filter(({ Resource }) => Resource === '*').map(({ Action }) => Action)).toEqual(['ecr:GetAuthorizationToken', 'cloudwatch:PutMetricData']);
  });

  test('is measured by a job whose role the workflow may pass to SageMaker only', () => {
    const { template } = watching({ drift: {} });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: 'iam:PassRole',
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MonitoringDriftJobRole'), 'Arn'] },
          Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
        })]),
      },
    });
  });

  test('has all permissions before it can start', () => {
    const { template } = watching({ drift: {} });
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    expect(machine.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^MonitoringDriftJobRoleDefaultPolicy/)]));
    expect(machine.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^MonitoringDriftWorkflowRoleDefaultPolicy/)]));
  });

  test('runs on the machine that is asked for, without a volume key where the disks are its own', () => {
    const nvme = definitionOf(watching({ drift: {}, driftInstanceType: 'ml.m5d.xlarge' }).template);
    expect(nvme).toContain('ml.m5d.xlarge');
    expect(nvme).not.toContain('VolumeKmsKeyId');
    const computed = definitionOf(watching({ drift: {}, driftCompute: { vcpus: 4, memoryGiB: 16, volumeGiB: 120 } }).template);
    expect(computed).toContain('ml.m5.xlarge');
    expect(computed).toContain('\\"VolumeSizeInGB\\":120');
    expect(computed).toContain('VolumeKmsKeyId');
  });

  test('runs in a network, with a group of its own or those given', () => {
    const inVpc = (given: (vpc: ec2.Vpc) => Given) => {
      const { stack, data, registry } = world();
      const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
      const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket }).asEndpoint();
      new MonitoringStack(stack, 'Monitoring', { data, registry, image: IMAGE, endpoint, drift: {}, vpc, ...given(vpc) });
      return Template.fromStack(stack);
    };
    const own = inVpc(() => ({}));
    own.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })], SecurityGroupIngress: Match.absent(),
    });
    expect(definitionOf(own)).toContain('VpcIsolatedSubnet1');
    own.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'ec2:CreateNetworkInterface' })]) } });
    // The right to take interfaces away outlives the group that they are in.
    own.hasResource('AWS::EC2::SecurityGroup', { DependsOn: [Match.stringLikeRegexp('^MonitoringDriftJobRoleNetworkPolicy')] });

    const given = inVpc((vpc) => ({
      vpcSubnets: { subnets: [vpc.isolatedSubnets[1]] },
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(vpc, 'Group', 'sg-0123456789abcdef0')],
    }));
    given.resourceCountIs('AWS::EC2::SecurityGroup', 0);
    expect(definitionOf(given)).toContain('sg-0123456789abcdef0');
    expect(definitionOf(given)).toContain('VpcIsolatedSubnet2');
  });

  test('compares with the references of a registry of another account, which are in a lake there', () => {
    const { stack, data } = world();
    const registry = registryOfAnotherAccount(stack);
    const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket }).asEndpoint();
    const training = new TrainingPipeline(stack, 'Training', { data, registry, image: IMAGE });
    new MonitoringStack(stack, 'Monitoring', { data, registry, image: IMAGE, endpoint, training, drift: { retrain: true } });
    const template = Template.fromStack(stack);
    const policyOf = (role: string) => JSON.stringify(Object.entries(template.findResources('AWS::IAM::Policy')).find(([id]) => id.startsWith(role)));
    expect(policyOf('MonitoringDriftJobRole')).toContain('s3:::their-artifacts/evaluation/*');
    expect(policyOf('MonitoringDriftJobRole')).toContain('arn:aws:kms:eu-central-1:444455556666:key/1');
    expect(policyOf('MonitoringDriftJobRole')).toMatch(/DataArtifacts\w+","Arn"\]\},"\/drift\//);
    expect(policyOf('MonitoringDriftWorkflow')).toContain('arn:aws:sagemaker:eu-central-1:444455556666:model-package/churn/*');
    expect(definitionOf(template)).toContain('\\"ModelPackageGroupName\\":\\"arn:aws:sagemaker:eu-central-1:444455556666:model-package-group/churn\\"');
  });

  test('tags its jobs like the stack', () => {
    const { stack, data, registry } = world();
    const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket }).asEndpoint();
    new MonitoringStack(stack, 'Monitoring', { data, registry, image: IMAGE, endpoint, drift: {} });
    Tags.of(stack).add('product', 'churn');
    expect(definitionOf(Template.fromStack(stack))).toContain('\\"Tags\\":[{\\"Key\\":\\"product\\",\\"Value\\":\\"churn\\"}]');
  });

  test('has a metric for each feature only when asked', () => {
    expect(definitionOf(watching({ drift: {} }).template)).not.toContain('FeatureDrift');
    expect(definitionOf(watching({ drift: {}, featureMetrics: true }).template)).toContain('FeatureDrift');
  });

  test('can be measured by hand by those who are let, with the key that encrypts the input', () => {
    const { stack, data, registry } = world();
    const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket }).asEndpoint();
    const monitoring = new MonitoringStack(stack, 'Monitoring', { data, registry, image: IMAGE, endpoint, drift: {} });
    monitoring.grantStartDriftRun(new iam.Role(stack, 'Analyst', { assumedBy: new iam.AccountRootPrincipal() }));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Action: 'states:StartExecution', Resource: { Ref: Match.stringLikeRegexp('^MonitoringDriftWorkflow') } }),
          {
            Effect: 'Allow',
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Resource: stack.resolve(data.encryptionKey.keyArn),
            Condition: { StringEquals: { 'kms:ViaService': stack.resolve(`states.${stack.region}.${stack.urlSuffix}`) } },
          },
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^Analyst') }],
    });
    expect(() => level0().monitoring.grantStartDriftRun(new iam.Role(stack, 'Other', { assumedBy: new iam.AccountRootPrincipal() })))
      .toThrow(new Error("monitoring stack 'Churn/Monitoring': there are no drift runs to start: set drift"));
  });
});

describe('the text of an alarm', () => {
  const everything: Given = { drift: {}, modelQuality: { gates: [QualityGate.atLeast('accuracy', 0.9)] }, serviceLevel: {} };
  const textOf = (description: any): string => (typeof description === 'string' ? description : description['Fn::Join'][1].map((part: any) => part.Ref ?? part['Fn::GetAtt']?.[0] ?? part).join(''));

  test.each(['real-time', 'serverless', 'asynchronous'] as const)('says what happened and what to do, in what CloudWatch takes: %s', (mode) => {
    const { template } = watching(everything, { mode }, { training: true });
    const alarms = { ...template.findResources('AWS::CloudWatch::Alarm'), ...template.findResources('AWS::CloudWatch::CompositeAlarm') };
    for (const [id, { Properties }] of Object.entries(alarms)) {
      if (!id.startsWith('Monitoring')) continue;
      const text = textOf(Properties.AlarmDescription);
      expect([id, text]).toEqual([id, expect.stringMatching(/^.{10,}\. [A-Z].{20,}[.?]$/)]);
      expect(text.length).toBeLessThanOrEqual(1024);
    }
  });

  test.each(['DriftAlarm', 'QualityAlarmaccuracy'])('names the place of the report: %s', (id) => {
    const text = textOf(alarmsOf(watching(everything).template)[id].AlarmDescription);
    expect(text).toMatch(/s3:\/\/DataArtifacts\w+\/drift\/[\w-]+\/<run>\/report\.html/i);
    expect(text).not.toContain('drift runs start the training');
  });

  test('says that a training is started where drift does so', () => {
    const text = textOf(alarmsOf(watching({ drift: { retrain: true } }, {}, { training: true }).template).DriftAlarm.AlarmDescription);
    expect(text).toContain('While this stays, drift runs start the training');
  });

  test('of a failed run names the state machine that has the reason', () => {
    const { template, stack, monitoring } = watching({ drift: {} });
    const machine = stack.resolve(monitoring.driftStateMachine!.stateMachineArn);
    expect(JSON.stringify(alarmsOf(template).DriftRunAlarm.AlarmDescription)).toContain(JSON.stringify(machine));
  });

  test('is cut, and not refused by CloudWatch, under a path that is too long', () => {
    const { stack, data } = world();
    let scope: Stack | Construct = stack;
    for (let depth = 0; depth < 6; depth++) scope = new Construct(scope, 'x'.repeat(200));
    new MonitoringStack(scope, 'Monitoring', { data });
    const texts = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::CompositeAlarm')).map(({ Properties }) => Properties.AlarmDescription);
    expect(texts).toEqual([expect.stringMatching(/^.{1023}…$/)]);
  });
});

describe('the quality of live answers', () => {
  const gates = [QualityGate.atLeast('accuracy', 0.9), QualityGate.atMost('logLoss', 0.4)];

  test('has an alarm for each gate, on the side that is bad', () => {
    const { template, monitoring } = watching({ modelQuality: { gates } });
    const alarms = alarmsOf(template);
    expect(alarms.QualityAlarmaccuracy).toMatchObject({
      MetricName: 'Quality.accuracy', Namespace: monitoring.metricNamespace, Threshold: 0.9, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'ignore',
    });
    expect(alarms.QualityAlarmlogLoss).toMatchObject({ MetricName: 'Quality.logLoss', Threshold: 0.4, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'ignore' });
    expect(Object.keys(monitoring.qualityAlarms)).toEqual(['accuracy', 'logLoss']);
    expect(Object.keys(alarms)).not.toContain('DriftAlarm');
  });

  test('is measured with the labels under the prefix, which the job may read', () => {
    for (const [labelsPrefix, folder] of [[undefined, 'labels'], ['truth/churn/', 'truth/churn']]) {
      const { template } = watching({ modelQuality: { gates, labelsPrefix } });
      expect(definitionOf(template)).toContain(`\\"${folder}/\\"`);
      expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toContain(`"/${folder}/*"`);
    }
  });

  test('starts the training again when asked, once whatever else asks for it', () => {
    const definition = (retrain?: boolean, drift?: DriftSpec) => {
      return definitionOf(watching({ modelQuality: { gates, retrain }, drift }, {}, { training: true }).template);
    };
    const missed = '($lookup($drift.quality, \\\\\\"accuracy\\\\\\") < 0.9 or $lookup($drift.quality, \\\\\\"logLoss\\\\\\") > 0.4) ? \'quality\'';
    expect(definition()).not.toContain('PipelineExecution');
    expect(definition(true, {})).toContain(`[${missed}]`);
    expect(definition(true, { retrain: true })).toContain(`[$drift.driftShare > 0.3 ? 'drift', ${missed}]`);
    expect(definition(true, { retrain: true }).match(/sagemaker:startPipelineExecution/g)).toHaveLength(1);
  });
});

describe('a service level', () => {
  test('is an objective on the requests of the endpoint, with its budget over the window', () => {
    watching({ serviceLevel: { availabilityPercent: 99.9, windowDays: 14 } }).template.hasResourceProperties('AWS::ApplicationSignals::ServiceLevelObjective', {
      Name: Match.stringLikeRegexp('^churn-monitoring-availability-'),
      Goal: { AttainmentGoal: 99.9, Interval: { RollingInterval: { Duration: 14, DurationUnit: 'DAY' } }, WarningThreshold: 30 },
      RequestBasedSli: {
        RequestBasedSliMetric: {
          TotalRequestCountMetric: [Match.objectLike({ MetricStat: Match.objectLike({ Stat: 'Sum', Metric: Match.objectLike({ MetricName: 'Invocations' }) }) })],
          MonitoredRequestCountMetric: { BadCountMetric: [Match.objectLike({ MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'Invocation5XXErrors' }) }) })] },
        },
      },
    });
  });

  test('is 99.5 percent over 28 days when nothing else is said', () => {
    watching({ serviceLevel: {} }).template.hasResourceProperties('AWS::ApplicationSignals::ServiceLevelObjective', {
      Goal: Match.objectLike({ AttainmentGoal: 99.5, Interval: { RollingInterval: { Duration: 28, DurationUnit: 'DAY' } } }),
    });
  });

  test('raises an alarm when the budget burns fast in a long and a short window, and neither window alone tells', () => {
    const { template, monitoring } = watching({ serviceLevel: { availabilityPercent: 99.9 } });
    const alarms = alarmsOf(template);
    const shown = (id: string) => [alarms[id].Period, alarms[id].Threshold, alarms[id].AlarmActions];
    expect(['FastBurnLongAlarm', 'FastBurnShortAlarm', 'SlowBurnLongAlarm', 'SlowBurnShortAlarm'].map(shown))
      .toEqual([[3600, 0.01344, undefined], [300, 0.01344, undefined], [21600, 0.0056, undefined], [1800, 0.0056, undefined]]);
    template.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
      AlarmDescription: Match.stringLikeRegexp('^churn uses up 2 % of its errors of 28 days within 60 minutes: at this pace the promise of 99\\.9 % breaks after 50 hours\\. '
        + 'Callers get 5xx answers: '),
      AlarmRule: { 'Fn::Join': ['', ['(ALARM("', Match.anyValue(), '") AND ALARM("', Match.anyValue(), '"))']] },
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^MonitoringTopic') }],
    });
    expect(monitoring.alarms).toHaveLength(Object.keys(alarms).length - 4 + 2);
  });

  test('never asks for more than half of the requests to fail before it is told', () => {
    expect(alarmsOf(watching({ serviceLevel: { availabilityPercent: 90, windowDays: 90 } }).template).FastBurnLongAlarm.Threshold).toBe(0.5);
  });

  test('of a queue counts what came out of it', () => {
    watching({ serviceLevel: {} }, { mode: 'asynchronous' }).template.hasResourceProperties('AWS::ApplicationSignals::ServiceLevelObjective', {
      RequestBasedSli: { RequestBasedSliMetric: { TotalRequestCountMetric: [Match.objectLike({ MetricStat: Match.objectLike({ Metric: Match.objectLike({ MetricName: 'InvocationsProcessed' }) }) })] } },
    });
  });
});

describe('the quality of data', () => {
  const rules = { tableName: 'customers', rules: ['IsComplete "customer_id"', 'RowCount > 100'] };

  test('is a ruleset, evaluated by Glue on a schedule', () => {
    const { template } = level0({ dataQuality: [{ ...rules, schedule: Schedule.hourly(10) }] });
    template.hasResourceProperties('AWS::Glue::DataQualityRuleset', {
      Name: Match.stringLikeRegexp('^churn-monitoring-dataquality-customers-'), Ruleset: 'Rules = [\n  IsComplete "customer_id",\n  RowCount > 100\n]', TargetTable: Match.absent(),
    });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(10 * * * ? *)',
      Target: Match.objectLike({ Arn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':scheduler:::aws-sdk:glue:startDataQualityRulesetEvaluationRun']] } }),
    });
  });

  test('reads the table in the database of the lake, or in one that is named, and its files only', () => {
    const json = (more: object) => JSON.stringify(level0({ dataQuality: [{ ...rules, ...more }] }).template.toJSON());
    expect(json({})).toContain('{"Ref":"DataDatabase');
    expect(json({})).toContain('/offline/*');
    expect(json({ databaseName: 'shop', dataPrefix: 'incoming/' })).toContain(':table/shop/customers');
    expect(json({ databaseName: 'shop', dataPrefix: 'incoming/' })).toContain('/incoming/*');
  });

  test('of many tables is told by many rules, and one statement lets all of them send to the queue: SQS takes 20', () => {
    const { template } = level0({ dataQuality: [...Array(30).keys()].map((table) => ({ ...rules, tableName: `table_${table}` })) });
    const [queue] = Object.keys(template.findResources('AWS::SQS::Queue'));
    const [{ Properties }] = Object.values(template.findResources('AWS::SQS::QueuePolicy'));
    const rulesOfThisAccount = ['arn:', { Ref: 'AWS::Partition' }, ':events:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':rule/*'];
    expect(Properties.PolicyDocument.Statement).toHaveLength(2);
    expect(Properties.PolicyDocument.Statement).toContainEqual({
      Sid: 'Rules',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
      Condition: { ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', rulesOfThisAccount] } } },
    });
    for (const { Properties: { Targets } } of Object.values(template.findResources('AWS::Events::Rule'))) {
      expect(Targets[0].DeadLetterConfig).toEqual({ Arn: { 'Fn::GetAtt': [queue, 'Arn'] } });
    }
  });

  test('that is broken is told', () => {
    const { template } = level0({ dataQuality: [rules] });
    const [{ Properties: { Name } }] = Object.values(template.findResources('AWS::Glue::DataQualityRuleset'));
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'source': ['aws.glue-dataquality'], 'detail-type': ['Data Quality Evaluation Results Available'], 'detail': { rulesetNames: [Name], state: ['FAILED'] } },
    });
  });
});

describe('the legacy Model Monitor', () => {
  const options = { imageUri: '468650794304.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-model-monitor-analyzer', baselinePrefix: 'evaluation/baseline/' };
  const monitorOf = (more: object = {}) => watching({ legacyModelMonitor: { ...options, ...more } }).template;
  const nameOf = (template: Template) => Object.values(template.findResources('AWS::SageMaker::DataQualityJobDefinition'))[0].Properties.JobDefinitionName;

  test('is a job definition named by its content, and a schedule that keeps its name', () => {
    const template = monitorOf();
    template.hasResourceProperties('AWS::SageMaker::DataQualityJobDefinition', {
      DataQualityAppSpecification: { ImageUri: options.imageUri },
      DataQualityJobInput: { EndpointInput: { EndpointName: 'churn', LocalPath: '/opt/ml/processing/endpointdata' } },
      JobResources: { ClusterConfig: Match.objectLike({ InstanceType: 'ml.m5.large', VolumeKmsKeyId: Match.anyValue() }) },
      StoppingCondition: { MaxRuntimeInSeconds: 3000 },
      NetworkConfig: { EnableInterContainerTrafficEncryption: true },
    });
    expect(JSON.stringify(template.toJSON())).toContain('/evaluation/baseline/constraints.json');
    template.hasResourceProperties('AWS::SageMaker::MonitoringSchedule', {
      MonitoringScheduleConfig: { MonitoringType: 'DataQuality', MonitoringJobDefinitionName: nameOf(template), ScheduleConfig: { ScheduleExpression: 'cron(0 3 ? * * *)' } },
    });
    const changed = monitorOf({ instanceType: 'ml.g4dn.xlarge', maxRuntimeMinutes: 20 });
    expect(nameOf(changed)).not.toBe(nameOf(template));
    changed.hasResourceProperties('AWS::SageMaker::DataQualityJobDefinition', {
      JobResources: { ClusterConfig: Match.objectLike({ InstanceType: 'ml.g4dn.xlarge', VolumeKmsKeyId: Match.absent() }) }, StoppingCondition: { MaxRuntimeInSeconds: 1200 },
    });
    const schedules = [template, changed].map((each) => Object.values(each.findResources('AWS::SageMaker::MonitoringSchedule'))[0].Properties.MonitoringScheduleName);
    expect(schedules[0]).toBe(schedules[1]);
  });

  test('waits for the endpoint that the template makes', () => {
    const { stack, data } = world();
    const endpoint = new ServingEndpoint(stack, 'Serving', {
      data, capture: {}, model: ModelSource.artifact({ image: ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn:1'), key: 'm.tar.gz' }),
    });
    new MonitoringStack(stack, 'Monitoring', { data, endpoint, legacyModelMonitor: options });
    const template = Template.fromStack(stack);
    const [[endpointId]] = Object.entries(template.findResources('AWS::SageMaker::Endpoint'));
    const [schedule] = Object.values(template.findResources('AWS::SageMaker::MonitoringSchedule'));
    expect(schedule.DependsOn).toContain(endpointId);
  });

  test('is refused where rollouts make the endpoint after the deployment', () => {
    const { stack, data } = world();
    const rolloutStateMachine = sfn.StateMachine.fromStateMachineName(stack, 'Rollout', 'rollout');
    const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket, rolloutStateMachine }).asEndpoint();
    expect(() => new MonitoringStack(stack, 'Monitoring', { data, endpoint, legacyModelMonitor: options })).toThrow(
      "monitoring stack 'Churn/Monitoring': legacyModelMonitor is not possible with ModelSource.latestApproved: Model Monitor refuses an endpoint that is not "
      + 'there, and rollouts make it after the deployment: use drift, or an endpoint of ModelSource.artifact or ModelSource.package');
  });

  test('has no tags, which would replace its definition', () => {
    const { stack, data } = world();
    const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket }).asEndpoint();
    new MonitoringStack(stack, 'Monitoring', { data, endpoint, legacyModelMonitor: options });
    Tags.of(stack).add('team', 'ml');
    Template.fromStack(stack).hasResourceProperties('AWS::SageMaker::DataQualityJobDefinition', { Tags: Match.absent() });
  });

  test.each([
    [Schedule.hourly(), 'cron(0 * ? * * *)'],
    [Schedule.daily({ hour: 22 }), 'cron(0 22 ? * * *)'],
    [Schedule.cron('0 */6 * * *'), 'cron(0 0/6 ? * * *)'],
    [Schedule.cron('0 2,14 * * *'), 'cron(0 2/12 ? * * *)'],
  ])('runs at the times it knows', (schedule, expression) => {
    monitorOf({ schedule }).hasResourceProperties('AWS::SageMaker::MonitoringSchedule', {
      MonitoringScheduleConfig: Match.objectLike({ ScheduleConfig: { ScheduleExpression: expression } }),
    });
  });

  test.each([
    [Schedule.weekly(), '0 3 * * 1 UTC'],
    [Schedule.hourly(30), '30 * * * * UTC'],
    [Schedule.daily({ timeZone: 'Europe/Berlin' }), '0 3 * * * Europe/Berlin'],
    [Schedule.cron('0 1,2,9 * * *'), '0 1,2,9 * * * UTC'],
    [Schedule.cron('0 1,3 * * *'), '0 1,3 * * * UTC'],
  ])('refuses others', (schedule, got) => {
    expect(() => monitorOf({ schedule })).toThrow(new Error(
      `monitoring stack 'Churn/Monitoring': legacyModelMonitor.schedule must be hourly, daily or every so many hours, at minute 0 in UTC: Model Monitor knows no other times, got '${got}'`));
  });

  test('refuses a run longer than the hour it has, and a baseline that is no folder', () => {
    expect(() => monitorOf({ schedule: Schedule.hourly(), maxRuntimeMinutes: 90 })).toThrow(new Error(
      "monitoring stack 'Churn/Monitoring': legacyModelMonitor.maxRuntimeMinutes must be a whole number between 1 and 60, got 90"));
    expect(() => monitorOf({ baselinePrefix: '/baseline' })).toThrow(new Error(
      "monitoring stack 'Churn/Monitoring': legacyModelMonitor.baselinePrefix must be a folder of the bucket like 'evaluation/baseline/': it ends in '/', without the bucket and without a slash in front, got '/baseline'"));
  });
});

describe('health', () => {
  test('is one alarm that is raised with any other, those added later included, and tells nobody again', () => {
    const { stack, data } = world();
    const monitoring = new MonitoringStack(stack, 'Monitoring', { data });
    const mine = new cloudwatch.Alarm(stack, 'Mine', { metric: new cloudwatch.Metric({ namespace: 'App', metricName: 'Bad' }), threshold: 1, evaluationPeriods: 1 });
    monitoring.addAlarm(mine);
    const template = Template.fromStack(stack);
    const [health] = Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm'));
    expect(health.Properties.AlarmActions).toBeUndefined();
    expect(JSON.stringify(health.Properties.AlarmRule)).toMatch(/ALARM.*DeadLetterAlarm.*OR ALARM.*Mine/);
    expect(JSON.stringify(template.findResources('AWS::CloudWatch::Dashboard'))).toContain('Mine');
    expect(alarmsOf(template).Mine.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^MonitoringTopic/) }]);
  });

  test('can be answered by other actions, on every alarm', () => {
    const { stack, data } = world();
    const monitoring = new MonitoringStack(stack, 'Monitoring', { data });
    monitoring.onAlarm({ bind: () => ({ alarmActionArn: 'arn:aws:ssm:eu-central-1:123456789012:opsitem:2' }) });
    const mine = new cloudwatch.Alarm(stack, 'Mine', { metric: new cloudwatch.Metric({ namespace: 'App', metricName: 'Bad' }), threshold: 1, evaluationPeriods: 1 });
    monitoring.addAlarm(mine);
    const alarms = alarmsOf(Template.fromStack(stack));
    for (const id of ['DeadLetterAlarm', 'Mine']) expect(alarms[id].AlarmActions).toContain('arn:aws:ssm:eu-central-1:123456789012:opsitem:2');
  });
});

test('health sums up a hundred alarms and refuses more', () => {
  const { stack, data } = world();
  const monitoring = new MonitoringStack(stack, 'Monitoring', { data });
  const add = (id: number) => monitoring.addAlarm(cloudwatch.Alarm.fromAlarmName(stack, `Mine${id}`, `mine-${id}`));
  for (let id = 2; id <= 100; id++) add(id);
  expect(() => add(101)).toThrow(new Error("monitoring stack 'Churn/Monitoring': health sums up 100 alarms at most: add no more, or make a second stack"));
});

describe('the dashboard', () => {
  const bodyOf = (template: Template) => JSON.stringify(Object.values(template.findResources('AWS::CloudWatch::Dashboard'))[0]?.Properties);

  test('shows what is left of a promise over its whole window, without a word of warning', () => {
    const { stack } = watching({ serviceLevel: { windowDays: 7 } });
    expect(bodyOf(Template.fromStack(stack)).match(/period\W+604800/g)).toHaveLength(2);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  test('has a row for each concern', () => {
    const body = bodyOf(watching({
      drift: {}, modelQuality: { gates: [QualityGate.atLeast('accuracy', 0.9)] }, serviceLevel: {},
    }, { instanceType: 'ml.g5.xlarge' }, { training: true }).template);
    const titles = ['## Traffic and errors', '## Latency', '## Machines', '## Drift and quality', '## Training', 'Answered without a server error', 'Live accuracy', 'GPUMemoryUtilization'];
    for (const title of titles) expect(body).toContain(title);
  });

  test('shows a queue as one, and cold starts without servers', () => {
    expect(bodyOf(watching({}, { mode: 'asynchronous' }).template)).toContain('ApproximateAgeOfOldestRequest');
    expect(bodyOf(watching({}, { mode: 'serverless' }).template)).toContain('ModelSetupTime');
  });

  test('has the name that is given, or none that would be taken already', () => {
    const { template } = level0();
    template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: Match.absent() });
    level0({ dashboardName: 'churn' }).template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'churn' });
  });

  test('can be left out', () => {
    const { template, monitoring } = level0({ dashboard: false });
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    expect(monitoring.dashboard).toBeUndefined();
  });
});

test('a drift run is told how much is enough to measure, and how long labels take', () => {
  const definition = (given: Given) => definitionOf(watching(given).template).replace(/\\/g, '');
  const gates = [QualityGate.atLeast('accuracy', 0.9)];
  const said = definition({ drift: { minRows: 200 }, modelQuality: { gates, minLabelledRows: 500, labelDelayDays: 30 } });
  for (const part of ['"MLOPS_MIN_ROWS":"200"', '"MLOPS_MIN_LABELS":"500"', '"MLOPS_LABEL_DELAY_DAYS":"30"', `$end - ${30 * 86_400_000}`]) expect(said).toContain(part);
  expect(() => watching({ modelQuality: { gates, labelDelayDays: 88 } })).not.toThrow();
  const unsaid = definition({ drift: {}, modelQuality: { gates, labelDelayDays: 0 } });
  for (const part of ['MLOPS_MIN_', 'MLOPS_LABEL_DELAY_DAYS', 'MLOPS_LIVE_SINCE']) expect(unsaid).not.toContain(part);
});

test('every metric of the drift runs can be used elsewhere', () => {
  const { monitoring, stack } = watching({ drift: {}, featureMetrics: true });
  const named = (metric: cloudwatch.Metric) =>
    [metric.namespace, metric.metricName, metric.statistic, metric.period.toSeconds(), stack.resolve(metric.dimensions)];
  const namespace = monitoring.metricNamespace;
  const dimensions = { EndpointName: 'churn' };
  expect([
    monitoring.metricDriftShare(), monitoring.metricDriftedFeatures(), monitoring.metricCapturedRows({ statistic: 'Sum' }), monitoring.metricQuality('auc', { period: Duration.days(1) }),
    monitoring.metricFeatureDrift('age'),
  ].map(named)).toEqual([
    [namespace, 'DriftShare', 'Maximum', 3600, dimensions],
    [namespace, 'DriftedFeatures', 'Maximum', 3600, dimensions],
    [namespace, 'CapturedRows', 'Sum', 3600, dimensions],
    [namespace, 'Quality.auc', 'Maximum', 86400, dimensions],
    [namespace, 'FeatureDrift', 'Maximum', 3600, { ...dimensions, Feature: 'age' }],
  ]);
});

describe('what cannot work', () => {
  const because = (sentence: string) => new Error(`monitoring stack 'Churn/Monitoring': ${sentence}`);
  const gates = [QualityGate.atLeast('accuracy', 0.9)];
  const legacyModelMonitor = { imageUri: '468650794304.dkr.ecr.eu-central-1.amazonaws.com/analyzer', baselinePrefix: 'baseline/' };

  test.each<[string, Given, string]>([
    ['a judgement of no rows', { drift: { minRows: 0 } }, 'drift.minRows must be a whole number between 1 and 1000000, got 0'],
    ['a quality of no rows', { modelQuality: { gates, minLabelledRows: 0 } }, 'modelQuality.minLabelledRows must be a whole number between 1 and 1000000, got 0'],
    ['labels from the future', { modelQuality: { gates, labelDelayDays: -1 } }, 'modelQuality.labelDelayDays must be a whole number between 0 and 365, got -1'],
    [
      'labels that come when all is deleted', { modelQuality: { gates, labelDelayDays: 89 } },
      'modelQuality.labelDelayDays must be at most 88: captured requests are deleted after captureRetentionDays, 90, and the window of a run has 1 of these days, got 89',
    ],
    [
      'weekly runs on labels that come when all is deleted', { drift: { schedule: Schedule.weekly() }, modelQuality: { gates, labelDelayDays: 83 } },
      'modelQuality.labelDelayDays must be at most 82: captured requests are deleted after captureRetentionDays, 90, and the window of a run has 7 of these days, got 83',
    ],
    ['an address', { alertEmails: ['nobody'] }, "alertEmails must be e-mail addresses like ml@example.com, got 'nobody'"],
    ['an address twice', { alertEmails: ['a@b.de', 'a@b.de'] }, "alertEmails must be without repeats, got 'a@b.de'"],
    ['errors', { maxErrorPercent: 101 }, 'maxErrorPercent must be between 0 and 100, got 101'],
    ['client errors', { maxClientErrorPercent: -1 }, 'maxClientErrorPercent must be between 0 and 100, got -1'],
    ['p99', { maxLatencyP99Ms: 0 }, 'maxLatencyP99Ms must be between 1 and 3600000, got 0'],
    ['p50', { maxLatencyP50Ms: 0 }, 'maxLatencyP50Ms must be between 1 and 3600000, got 0'],
    ['overhead', { maxOverheadMs: 0 }, 'maxOverheadMs must be between 1 and 3600000, got 0'],
    ['use', { maxUtilizationPercent: 120 }, 'maxUtilizationPercent must be between 1 and 100, got 120'],
    ['silence', { noTrafficMinutes: 1.5 }, 'noTrafficMinutes must be a whole number between 0 and 1440, got 1.5'],
    ['dashboard name', { dashboardName: 'my board' }, "dashboardName must be letters, digits, hyphens and underscores, at most 255, got 'my board'"],
    ['a name of no dashboard', { dashboardName: 'churn', dashboard: false }, 'dashboardName names no dashboard: leave it out, or dashboard'],
    ['share', { drift: { maxDriftShare: 30 } }, 'drift.maxDriftShare must be between 0 and 1, got 30'],
    ['retraining of nothing', { drift: { retrain: true } }, 'drift.retrain has nothing to start: give training'],
    ['days of nothing', { drift: {}, minDaysBetweenRetrainings: 3 }, 'minDaysBetweenRetrainings is for trainings that drift or quality start: set retrain of one of them, or leave it out'],
    ['quality retraining of nothing', { modelQuality: { gates, retrain: true } }, 'modelQuality.retrain has nothing to start: give training'],
    ['no gates', { modelQuality: { gates: [] } }, 'modelQuality.gates must be one gate at least, got []'],
    ['a gate twice', { modelQuality: { gates: [...gates, ...gates] } }, "modelQuality.gates metric must be without repeats, got 'accuracy'"],
    ['labels', { modelQuality: { gates, labelsPrefix: '/labels' } }, "modelQuality.labelsPrefix must be a folder of the bucket like 'labels/': it ends in '/', without the bucket and without a slash in front, got '/labels'"],
    ['availability', { serviceLevel: { availabilityPercent: 100 } }, 'serviceLevel.availabilityPercent must be between 90 and 99.999, got 100'],
    ['window', { serviceLevel: { windowDays: 1 } }, 'serviceLevel.windowDays must be a whole number between 7 and 90, got 1'],
    ['a table twice', { dataQuality: [{ tableName: 'a', rules: ['x'] }, { tableName: 'a', rules: ['y'] }] }, "dataQuality tableName must be without repeats, got 'a'"],
    ['a table name', { dataQuality: [{ tableName: 'A-b', rules: ['x'] }] }, "dataQuality tableName must be lower-case letters, digits and underscores, at most 255, got 'A-b'"],
    ['no rules', { dataQuality: [{ tableName: 'a', rules: [] }] }, "dataQuality rules of 'a' must be one rule at least, got []"],
    ['a machine for no run', { driftCompute: {} }, 'driftCompute is for drift runs, and there are none: set drift or modelQuality, or leave it out'],
    ['a type for no run', { driftInstanceType: 'ml.m5.large' }, 'driftInstanceType is for drift runs, and there are none: set drift or modelQuality, or leave it out'],
    ['feature metrics of no run', { featureMetrics: true }, 'featureMetrics is for drift runs, and there are none: set drift or modelQuality, or leave it out'],
    ['two machines', { drift: {}, driftCompute: {}, driftInstanceType: 'ml.m5.large' }, 'driftCompute and driftInstanceType both choose the machine: give one of them'],
    ['several machines', { drift: {}, driftCompute: { instanceCount: 2 } }, 'driftCompute.instanceCount must be 1: a drift run is one job on one machine, got 2'],
    ['subnets of nothing', { drift: {}, vpcSubnets: {} }, 'vpcSubnets belongs to a vpc: give vpc as well, or leave it out'],
    ['groups of nothing', { drift: {}, securityGroups: [] }, 'securityGroups belongs to a vpc: give vpc as well, or leave it out'],
    ['no registry', { drift: {}, registry: undefined }, 'drift has nothing to compare with: give registry, whose versions know their training reference'],
    ['no image', { modelQuality: { gates }, image: undefined }, 'modelQuality has no job to run: give image, whose monitor verb measures'],
  ])('is refused: %s', (_, props, sentence) => expect(() => watching(props)).toThrow(because(sentence)));

  test.each<[string, Given]>([
    ...(['maxErrorPercent', 'maxClientErrorPercent', 'maxLatencyP99Ms', 'maxLatencyP50Ms', 'maxOverheadMs', 'maxUtilizationPercent', 'noTrafficMinutes'] as const)
      .map((prop): [string, Given] => [prop, { [prop]: LATER }]),
    ['drift.maxDriftShare', { drift: { maxDriftShare: LATER } }],
    ['minDaysBetweenRetrainings', { drift: { retrain: true }, minDaysBetweenRetrainings: LATER }],
    ['modelQuality.gates.threshold', { modelQuality: { gates: [QualityGate.atLeast('auc', LATER)] } }],
    ['serviceLevel.availabilityPercent', { serviceLevel: { availabilityPercent: LATER } }],
    ['serviceLevel.windowDays', { serviceLevel: { windowDays: LATER } }],
  ])('is refused: %s that only the deployment knows', (prop, props) => {
    expect(() => watching(props)).toThrow(because(`${prop} must be known at synthesis, because other values are made from it, got a value that only the deployment knows`));
  });

  test('is refused: a selection of no subnet', () => {
    const { stack, data, registry } = world();
    const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket }).asEndpoint();
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
    expect(() => new MonitoringStack(stack, 'Monitoring', { data, registry, image: IMAGE, endpoint, drift: {}, vpc, vpcSubnets: { subnets: vpc.privateSubnets } }))
      .toThrow(because('vpcSubnets fits no subnet of the vpc'));
  });

  test.each<[string, Given]>([
    ['drift', { drift: {} }], ['modelQuality', { modelQuality: { gates } }], ['legacyModelMonitor', { legacyModelMonitor }],
  ])('is refused: %s without an endpoint, or without a record', (prop, props) => {
    expect(() => level0(props)).toThrow(because(`${prop} has no endpoint to look at: give endpoint, one that answers requests`));
    expect(() => watching(props, {}, { captures: false })).toThrow(because(`${prop} has nothing to look at: the endpoint 'Serving' records nothing, set its capture`));
  });

  test.each([-1, 1.5, 366])('is refused: %s days between retrainings', (minDaysBetweenRetrainings) => {
    expect(() => watching({ drift: { retrain: true }, minDaysBetweenRetrainings }, {}, { training: true }))
      .toThrow(because(`minDaysBetweenRetrainings must be a whole number between 0 and 365, got ${minDaysBetweenRetrainings}`));
  });

  test.each<['drift' | 'modelQuality', Given]>([
    ['drift', { drift: { retrain: true } }], ['modelQuality', { modelQuality: { gates, retrain: true } }],
  ])('is refused: %s that starts a pipeline whose steps are cached', (prop, props) => {
    const { stack, data, registry } = world();
    const training = new TrainingPipeline(stack, 'Training', { data, registry, image: IMAGE, cacheExpiry: Duration.days(1) });
    const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket }).asEndpoint();
    expect(() => new MonitoringStack(stack, 'Monitoring', { data, registry, image: IMAGE, endpoint, training, ...props }))
      .toThrow(because(`${prop}.retrain would train nothing: 'Training' compares addresses, not data, leave out its cacheExpiry`));
  });

  test('is refused: a service level without an endpoint', () => {
    expect(() => level0({ serviceLevel: {} })).toThrow(because('serviceLevel promises nothing: give endpoint, one that answers requests'));
  });

  test('is refused: a network for no run', () => {
    const { stack, data } = world();
    expect(() => new MonitoringStack(stack, 'Monitoring', { data, vpc: new ec2.Vpc(stack, 'Vpc') }))
      .toThrow(because('vpc is for drift runs, and there are none: set drift or modelQuality, or leave it out'));
  });
});

describe('a real endpoint', () => {
  test('is watched before it exists, with the machine that its rollout will pick, and its rollouts tell the topic', () => {
    const { stack, data, registry } = world(strictApp());
    const endpoint = new ServingEndpoint(stack, 'Serving', { data, model: ModelSource.latestApproved(registry), image: IMAGE, capture: {} });
    const monitoring = new MonitoringStack(stack, 'Monitoring', { data, registry, endpoint, image: IMAGE, drift: {} });
    const template = Template.fromStack(stack);
    const alarms = alarmsOf(template);
    expect(Object.keys(alarms)).toEqual(expect.arrayContaining(['ServingErrorAlarm', 'ServingLatencyAlarm', 'CpuAlarm', 'RolloutAlarm', 'RolloutDeadLetterAlarm', 'DriftAlarm']));
    for (const id of ['ServerErrorAlarm', 'LatencyP99Alarm']) expect(Object.keys(alarms)).not.toContain(id);
    expect(alarms.RolloutDeadLetterAlarm.Dimensions).toEqual([{ Name: 'QueueName', Value: stack.resolve(endpoint.deadLetterQueue!.queueName) }]);
    expect([endpoint.instanceType, endpoint.maxErrorPercent, endpoint.maxLatencyP99Ms]).toEqual(['ml.m5.large', 1, 1000]);
    for (const id of ['ServingErrorAlarm', 'ServingLatencyAlarm']) expect(alarms[id].AlarmActions).toEqual([stack.resolve(monitoring.topic.topicArn)]);
    const [rollout] = Object.entries(template.findResources('AWS::StepFunctions::StateMachine')).filter(([id]) => id.startsWith('Serving'));
    expect(JSON.stringify(rollout)).toContain('MonitoringTopic');
    template.resourceCountIs('AWS::SageMaker::Endpoint', 0);
    expect(judge(stack)).toEqual([]);
  });
});

test('ids in any script make descriptions that EC2 and IAM take', () => {
  const { stack, data, registry } = world(strictApp());
  const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket }).asEndpoint();
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
  new MonitoringStack(stack, `it's 日本 ${'x'.repeat(240)}`, { data, registry, image: IMAGE, endpoint, drift: {}, vpc });
  expect(() => (stack.node.root as App).synth()).not.toThrow();
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', { GroupDescription: Match.stringLikeRegexp('^Drift runs of Churn/it_s __ x{227}$') });
});

describe('in several stacks', () => {
  const because = (id: string) => new Error(`monitoring stack 'Other/${id}': the endpoint 'Serving' is in another stack, `
    + 'and each would wait for the other: put both into one, or give a topic of a third');

  test('an endpoint of another stack is refused, unless the topic is neither\'s', () => {
    const { stack, data } = world();
    const endpoint = new FakeEndpoint(stack, 'Serving').asEndpoint();
    const other = new Stack(stack.node.scope!, 'Other');
    expect(() => new MonitoringStack(other, 'A', { data, endpoint })).toThrow(because('A'));
    const own = new sns.Topic(other, 'Topic');
    expect(() => new MonitoringStack(other, 'B', { data, endpoint, topic: own })).toThrow(because('B'));
    const third = new sns.Topic(new Stack(stack.node.scope!, 'Third'), 'Topic');
    new MonitoringStack(other, 'C', { data, endpoint, topic: third });
    Template.fromStack(other).resourceCountIs('AWS::SNS::Topic', 1);
  });

  test('a topic that nobody here makes is neither\'s, wherever it is imported', () => {
    const { stack, data } = world();
    const endpoint = new FakeEndpoint(stack, 'Serving').asEndpoint();
    const other = new Stack(stack.node.scope!, 'Other');
    const topic = sns.Topic.fromTopicArn(other, 'Topic', 'arn:aws:sns:eu-central-1:123456789012:oncall');
    new MonitoringStack(other, 'A', { data, endpoint, topic });
    expect(() => Template.fromStack(other)).not.toThrow();
    const ofParameter = sns.Topic.fromTopicArn(other, 'Later', new CfnParameter(other, 'TopicArn').valueAsString);
    expect(() => new MonitoringStack(other, 'B', { data, endpoint, topic: ofParameter })).toThrow(because('B'));
  });

  test('an alarm of another stack is refused, unless the topic is neither\'s or the alarm is somebody else\'s', () => {
    const { stack, data } = world();
    const other = new Stack(stack.node.scope!, 'Other');
    const alarm = new cloudwatch.Alarm(other, 'Theirs', { metric: new cloudwatch.Metric({ namespace: 'N', metricName: 'm' }), threshold: 1, evaluationPeriods: 1 });
    expect(() => new MonitoringStack(stack, 'A', { data }).addAlarm(alarm)).toThrow(new Error("monitoring stack 'Churn/A': the alarm 'Theirs' is in another stack, "
      + 'and each would wait for the other: put both into one, or give a topic of a third'));
    const imported = cloudwatch.Alarm.fromAlarmArn(other, 'Imported', 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:theirs');
    new MonitoringStack(stack, 'B', { data }).addAlarm(imported);
    new MonitoringStack(stack, 'C', { data, topic: new sns.Topic(new Stack(stack.node.scope!, 'Third'), 'Topic') }).addAlarm(alarm);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('a lake of another stack, of a known account and region, works and the judges find nothing', () => {
    const stage = new Stage(strictApp(), 'Prod', { env: { account: '123456789012', region: 'eu-central-1' } });
    const data = new DataLake(new Stack(stage, 'Lake'), 'Data');
    const stack = new Stack(stage, 'Churn');
    const registry = new ModelRegistry(stack, 'Registry');
    const training = new TrainingPipeline(stack, 'Training', { data, registry, image: IMAGE });
    const endpoint = new ServingEndpoint(stack, 'Serving', { data, model: ModelSource.latestApproved(registry), image: IMAGE, capture: {} });
    new MonitoringStack(stack, 'Monitoring', {
      data,
      registry,
      training,
      endpoint,
      image: IMAGE,
      drift: { retrain: true },
      dataQuality: [{ tableName: 'customers', rules: ['IsComplete "id"'] }],
    });
    expect(judge(stage)).toEqual([]);
  });
});

describe('the judges find nothing', () => {
  test('without an endpoint', () => {
    const { stack, data } = world(strictApp());
    new MonitoringStack(stack, 'Monitoring', { data, alertEmails: ['ml@example.com'] });
    expect(judge(stack)).toEqual([]);
  });

  test('with everything', () => {
    const { stack, data, registry } = world(strictApp());
    const endpoint = new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket, instanceType: 'ml.g5.xlarge' }).asEndpoint();
    const training = new TrainingPipeline(stack, 'Training', { data, registry, image: IMAGE });
    const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')];
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['eu-central-1a'], isolatedSubnetIds: ['subnet-0123456789abcdef0'], isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
    });
    new MonitoringStack(stack, 'Monitoring', {
      data,
      registry,
      endpoint,
      training,
      image: IMAGE,
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups,
      alertEmails: ['ml@example.com'],
      noTrafficMinutes: 60,
      featureMetrics: true,
      drift: { retrain: true },
      modelQuality: { gates: [QualityGate.atLeast('accuracy', 0.9)], retrain: true },
      serviceLevel: {},
      dataQuality: [{ tableName: 'customers', rules: ['IsComplete "customer_id"'] }],
      legacyModelMonitor: { imageUri: '468650794304.dkr.ecr.eu-central-1.amazonaws.com/analyzer', baselinePrefix: 'evaluation/baseline/' },
    });
    expect(judge(stack)).toEqual([]);
  });
});
