import { aws_ec2 as ec2, aws_iam as iam, aws_sns as sns, Tags, Token } from 'aws-cdk-lib';
import { ModelSource } from '../../src/aws/model-source';
import { SageMakerServing } from '../../src/aws/sagemaker-serving';
import { SageMakerBatchServingOptions } from '../../src/aws/sagemaker-serving-props';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { ServingEndpointProps } from '../../src/aws/serving-endpoint-props';
import { Accelerator, BatchServingOptions, Challenger, Rollout, Schedule, Serving } from '../../src/core';
import { judge } from '../support/judges';
import { ARTIFACT, flat, IMAGE, PACKAGE, World } from '../support/serving';

const who = "serving endpoint 'Churn/Serving': ";

function serve(options: BatchServingOptions = {}, props: Partial<ServingEndpointProps> = {}): World {
  const world = new World();
  world.serve({ serving: Serving.batch(options), ...props });
  return world;
}

describe('batch serving', () => {
  test('has no endpoint and no alarm, but a machine that predicts', () => {
    const world = serve();
    for (const type of ['SageMaker::Endpoint', 'SageMaker::EndpointConfig', 'CloudWatch::Alarm']) world.template.resourceCountIs(`AWS::${type}`, 0);
    expect(world.states.Predict.Arguments).toMatchObject({
      TransformInput: { DataSource: { S3DataSource: { S3Uri: expect.stringContaining('/batch/input/') } } },
      TransformOutput: { S3OutputPath: expect.stringContaining('/batch/output/'), KmsKeyId: expect.stringMatching(/^<DataKey/) },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeKmsKeyId: expect.stringMatching(/^<DataKey/) },
    });
  });

  test('reads and writes the folders that are given, and nothing else', () => {
    const world = serve({ inputPrefix: 'monthly/in/', outputPrefix: 'monthly/out/' });
    const objects = (action: string) => world.statements('Role').filter((each) => each.Action === action).map((each) => flat(each.Resource).replace(/^<Data(.*?)[0-9A-F]{8}.*>/, '$1'));
    expect(objects('s3:GetObject')).toEqual(['Artifacts/training/*', 'Raw/monthly/in/*']);
    expect(objects('s3:PutObject')).toEqual(['Artifacts/monthly/out/*']);
  });

  test('tags models and jobs like the stack', () => {
    const world = serve();
    Tags.of(world.stack).add('product', 'churn');
    for (const state of ['CreateModel', 'Predict']) expect(world.states[state].Arguments.Tags).toEqual([{ Key: 'product', Value: 'churn' }]);
  });

  test('runs at the times of the schedule, in its time zone', () => {
    expect(serve({ schedule: Schedule.weekly({ hour: 4, timeZone: 'Europe/Berlin' }) }).only('AWS::Scheduler::Schedule')).toMatchObject({
      ScheduleExpression: 'cron(0 4 ? * MON *)', ScheduleExpressionTimezone: 'Europe/Berlin',
    });
    expect(serve().only('AWS::Scheduler::Schedule').ScheduleExpression).toBe('cron(0 3 * * ? *)');
    expect(serve().actions('ScheduleRole')).toEqual(['states:StartExecution', 'sqs:SendMessage', 'kms:Decrypt', 'kms:GenerateDataKey']);
  });

  test('runs on the machines that are asked for', () => {
    expect(serve({ compute: { vcpus: 16, instanceCount: 3 } }).states.Predict.Arguments.TransformResources).toMatchObject({
      InstanceType: expect.stringMatching(/4xlarge$/), InstanceCount: 3,
    });
    expect(serve({}, { instanceType: 'ml.c7i.large' }).states.Predict.Arguments.TransformResources.InstanceType).toBe('ml.c7i.large');
  });

  test('gives no key to machines with disks of their own', () => {
    const { TransformResources } = serve({ compute: { accelerator: Accelerator.NVIDIA_T4 } }).states.Predict.Arguments;
    expect(TransformResources).toEqual({ InstanceType: 'ml.g4dn.xlarge', InstanceCount: 1 });
  });

  test('predicts with one version when that is wanted', () => {
    const world = serve({}, { model: PACKAGE });
    expect(JSON.parse(world.only('AWS::Scheduler::Schedule').Target.Input)).toEqual({
      modelPackageArn: 'arn:aws:sagemaker:eu-central-1:111122223333:model-package/churn/7',
    });
  });

  test('runs in the network, with the variables and from the repository that are given', () => {
    const world = new World();
    const vpc = new ec2.Vpc(world.stack, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
    world.serve({ serving: Serving.batch(), vpc, environment: { A: '1' }, networkIsolation: false, image: IMAGE });
    expect(world.states.CreateModel.Arguments).toMatchObject({
      EnableNetworkIsolation: false,
      PrimaryContainer: { Environment: { A: '1' } },
      VpcConfig: { SecurityGroupIds: [expect.stringMatching(/^<ServingSecurityGroup/)] },
    });
    expect(world.statements('Role').filter((each) => each.Action.includes('ecr:BatchGetImage')).map((each) => flat(each.Resource)))
      .toEqual([expect.stringMatching(/repository\/churn$/)]);
  });

  test('sends what the model takes, as much at a time and as long as told', () => {
    const world = new World();
    const batch = world.serve({
      serving: SageMakerServing.batchTransform({
        inputPrefix: 'monthly/in/',
        contentType: 'application/jsonlines',
        accept: 'application/jsonlines',
        batchStrategy: 'SingleRecord',
        maxPayloadInMb: 20,
        maxConcurrentTransforms: 5,
        invocationsTimeoutInSeconds: 3600,
        maxRuntimeHours: 48,
      }),
    });
    expect(batch.mode).toBe('batch');
    expect(world.states.Predict.Arguments).toMatchObject({
      BatchStrategy: 'SingleRecord',
      MaxPayloadInMB: 20,
      MaxConcurrentTransforms: 5,
      ModelClientConfig: { InvocationsTimeoutInSeconds: 3600 },
      TransformInput: { ContentType: 'application/jsonlines', SplitType: 'Line', DataSource: { S3DataSource: { S3Uri: expect.stringContaining('/monthly/in/') } } },
      TransformOutput: { Accept: 'application/jsonlines', AssembleWith: 'Line' },
    });
    expect(JSON.parse(flat(world.only('AWS::StepFunctions::StateMachine').DefinitionString)).TimeoutSeconds).toBe(48 * 3600);
  });

  test('sends whole files where they are one request each', () => {
    const world = new World();
    world.serve({ serving: SageMakerServing.batchTransform({ contentType: 'image/png', splitType: 'None' }) });
    const { TransformInput, TransformOutput } = world.states.Predict.Arguments;
    expect([TransformInput.ContentType, TransformInput.SplitType, TransformOutput.AssembleWith, TransformOutput.Accept])
      .toEqual(['image/png', 'None', 'None', undefined]);
  });

  test('says the same in the words of all clouds and in SageMaker\'s, where nothing more is said', () => {
    const native = new World();
    native.serve({ serving: SageMakerServing.batchTransform() });
    expect(native.template.toJSON()).toEqual(serve().template.toJSON());
  });

  test.each<[string, SageMakerBatchServingOptions, string]>([
    ['a content type that is none', { contentType: 'csv' }, "serving.contentType must be a content type like application/jsonlines, got 'csv'"],
    ['an answer of no content type', { accept: 'csv' }, "serving.accept must be a content type like application/jsonlines, got 'csv'"],
    ['a separator that is none', { splitType: 'Tab' }, "serving.splitType must be Line, None, RecordIO or TFRecord, got 'Tab'"],
    ['a strategy that is none', { batchStrategy: 'Fast' }, "serving.batchStrategy must be MultiRecord or SingleRecord, got 'Fast'"],
    ['requests that are too large', { maxPayloadInMb: 101 }, 'serving.maxPayloadInMb must be a whole number between 0 and 100, got 101'],
    ['no request', { maxConcurrentTransforms: 0 }, 'serving.maxConcurrentTransforms must be a whole number between 1 and 1000, got 0'],
    ['more at a time than a machine may be sent', { maxConcurrentTransforms: 20 },
      'serving.maxConcurrentTransforms 20 of 6 MB each are more than the 100 MB that a machine may be sent at a time'],
    ['an answer that never comes', { invocationsTimeoutInSeconds: 3601 }, 'serving.invocationsTimeoutInSeconds must be a whole number between 1 and 3600, got 3601'],
    ['a run of no time', { maxRuntimeHours: 0 }, 'serving.maxRuntimeHours must be between 0.1 and 672, got 0'],
    ['a time that only the deployment knows', { maxRuntimeHours: Token.asNumber({ Ref: 'Hours' }) },
      'serving.maxRuntimeHours must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
    ['a volume', { compute: { volumeGiB: 50 } },
      'compute.volumeGiB must be left out in batch serving: SageMaker sizes the disks of transform jobs by the machine, got 50'],
  ])('in SageMaker\'s words refuses %s', (_, options, message) => {
    expect(() => new World().serve({ serving: SageMakerServing.batchTransform(options) })).toThrow(new Error(who + message));
  });

  test('tells the topic about its runs, and can be started by hand', () => {
    const world = new World();
    const batch = world.serve({ serving: Serving.batch() });
    batch.notifyOn(new sns.Topic(world.stack, 'Topic'));
    batch.grantStartRollout(new iam.User(world.stack, 'Engineer'));
    expect(flat(world.states.NotifyPredicted.Arguments.TopicArn)).toMatch(/^<Topic/);
    expect(world.actions('BatchRole')).toContain('sns:Publish');
    const policy = Object.values(world.template.findResources('AWS::IAM::Policy')).find((each) => each.Properties.Users);
    expect(policy!.Properties.PolicyDocument.Statement[0].Action).toBe('states:StartExecution');
    expect(batch.mode).toBe('batch');
  });

  test.each<[string, BatchServingOptions, Partial<ServingEndpointProps>, string]>([
    ['an artifact', {}, { model: ARTIFACT }, 'ModelSource.artifact is not possible with batch serving: runs predict with registered versions, ' +
      'register the archive and use ModelSource.package or ModelSource.latestApproved'],
    ['a version that only the deployment knows', {}, { model: ModelSource.package(Token.asString({ Ref: 'Version' })) },
      'model: batch serving reads the group from the ARN of the version: use a literal ARN, or ModelSource.latestApproved'],
    ['what is no version', {}, { model: ModelSource.package('churn') }, "model must be the ARN of a version of a model package group, got 'churn'"],
    ['capture', {}, { capture: {} }, 'capture is not possible with batch serving: inputs and answers of a run are in the data lake already'],
    ['a challenger', {}, { challenger: Challenger.shadow() }, 'challenger is not possible with batch serving: run a second ServingEndpoint with another version'],
    ['a second model', {}, { challengerModel: PACKAGE }, 'challengerModel is not possible with batch serving: run a second ServingEndpoint with another version'],
    ['a rollout', {}, { rollout: Rollout.allAtOnce() }, 'rollout is not possible with batch serving: each run takes the version that is approved then'],
    ['a name', {}, { endpointName: 'churn' }, 'endpointName is not possible with batch serving: there is no endpoint'],
    ['alarms', {}, { rollbackAlarms: [] }, 'rollbackAlarms is not possible with batch serving: there is no rollout to turn back'],
    ['a share of errors', {}, { maxErrorPercent: 1 }, 'maxErrorPercent is not possible with batch serving: there is no rollout to turn back'],
    ['time to come up', {}, { modelDataDownloadTimeoutInSeconds: 600 },
      'modelDataDownloadTimeoutInSeconds is not possible with batch serving: SageMaker decides how the machines of transform jobs start'],
    ['a latency', {}, { maxLatencyP99Ms: 1 }, 'maxLatencyP99Ms is not possible with batch serving: there is no rollout to turn back'],
    ['volumes', { compute: { volumeGiB: 50 } }, {},
      'compute.volumeGiB must be left out in batch serving: SageMaker sizes the disks of transform jobs by the machine, got 50'],
    ['half a machine', { compute: { instanceCount: 0.5 } }, {}, 'compute.instanceCount must be a whole number of at least 1, got 0.5'],
    ['a machine that is none', {}, { instanceType: 'large' }, "instanceType must be a SageMaker instance type like ml.m5.large, got 'large'"],
    ['a folder that is none', { inputPrefix: 'in' }, {}, "serving.inputPrefix must be a folder of the bucket like 'batch/input/': it ends in '/', without the bucket and without a slash in front, got 'in'"],
    ['an output folder that is none', { outputPrefix: '/out/' }, {},
      "serving.outputPrefix must be a folder of the bucket like 'batch/input/': it ends in '/', without the bucket and without a slash in front, got '/out/'"],
  ])('refuses %s', (_, options, props, message) => {
    expect(() => serve(options, props)).toThrow(new Error(who + message));
  });

  test('writes where no other endpoint of the lake writes', () => {
    const world = new World();
    const second = (id: string, outputPrefix?: string) => new ServingEndpoint(world.stack, id, {
      data: world.data, model: PACKAGE, serving: Serving.batch({ outputPrefix }),
    });
    second('One');
    expect(() => second('Two')).toThrow("serving endpoint 'Churn/Two': serving.outputPrefix batch/output/ is where 'Churn/One' writes its predictions");
    expect(() => second('Three', 'batch/three/')).not.toThrow();
  });

  test('has no name, no ARN, no metric and no requests, and says so', () => {
    const world = new World();
    const batch = world.serve({ serving: Serving.batch() });
    const instead = ': there is no endpoint in batch mode: use Serving.realTime, or rolloutStateMachine for the runs';
    expect(() => batch.endpointName).toThrow(new Error(`${who}endpointName${instead}`));
    expect(() => batch.endpointArn).toThrow(new Error(`${who}endpointArn${instead}`));
    expect(() => batch.metricInvocations()).toThrow(new Error(`${who}endpointName${instead}`));
    expect(() => batch.grantInvoke(new iam.User(world.stack, 'Caller'))).toThrow(new Error(`${who}grantInvoke${instead}`));
  });

  test.each([['of the newest version', undefined], ['of one version', PACKAGE]])('%s gives the judges nothing', (_, model) => {
    expect(judge(serve({}, model && { model }).stack)).toEqual([]);
  });
});
