import { readFileSync } from 'fs';
import { join } from 'path';
import {
  App, aws_cloudwatch as cloudwatch, aws_ec2 as ec2, aws_iam as iam, aws_kms as kms, aws_sagemaker as sagemaker, aws_sns as sns,
  Fn, Tags, Token,
} from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { MlopsPolicies } from '../../src/aws/mlops-policies';
import { ModelRegistry } from '../../src/aws/model-registry';
import { IModelRegistry } from '../../src/aws/model-registry-props';
import { ModelSource } from '../../src/aws/model-source';
import { SageMakerRollout } from '../../src/aws/sagemaker-rollout';
import { SageMakerServing } from '../../src/aws/sagemaker-serving';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { IWatchedEndpoint, ServingEndpointProps } from '../../src/aws/serving-endpoint-props';
import { Accelerator, Challenger, ContainerImage, Rollout, ScalingSpec, ScalingTarget, Serving } from '../../src/core';
import { judge } from '../support/judges';
import { ARTIFACT, ENDPOINT_NAME, flat, IMAGE, OTHER_ARTIFACT, PACKAGE, World } from '../support/serving';
import { registryOfAnotherAccount } from '../support/shared-registry';

const LARGE = {
  modelDataDownloadTimeoutInSeconds: 3600,
  containerStartupHealthCheckTimeoutInSeconds: 1800,
  inferenceAmiVersion: 'al2-ami-sagemaker-inference-gpu-3-1',
};
const refusal = (props: Partial<ServingEndpointProps>) => () => new World().serve(props);
const network = (world: World) => new ec2.Vpc(world.stack, 'Vpc', {
  natGateways: 0, maxAzs: 2, subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
});

describe('the newest approved version', () => {
  test('needs no model, and no endpoint, in the template', () => {
    const world = new World();
    world.serve();
    for (const type of ['Model', 'EndpointConfig', 'Endpoint']) world.template.resourceCountIs(`AWS::SageMaker::${type}`, 0);
    world.template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  });

  test('is rolled out when it is approved', () => {
    const world = new World();
    world.serve();
    const rule = world.rule('Approved');
    expect(rule.EventPattern).toEqual({
      'source': ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Package State Change'],
      'detail': {
        ModelPackageGroupName: ['churn'],
        ModelPackageStatus: ['Completed'],
        ModelApprovalStatus: ['Approved'],
        UpdatedModelPackageFields: ['ModelApprovalStatus', { exists: false }],
      },
    });
    expect(flat(rule.Targets[0].Arn)).toMatch(/^<ServingRollout/);
    expect(world.actions('ApprovalRole')).toEqual(['states:StartExecution', 'kms:Decrypt', 'kms:GenerateDataKey']);
    const ruled = Object.values(world.template.findResources('AWS::Events::Rule'));
    expect(ruled.map(({ DependsOn }) => DependsOn)).toEqual(ruled.map(() => expect.arrayContaining([expect.stringMatching(/^ServingApprovalRoleDefaultPolicy/)])));
  });

  test('gets what the stack says as soon as the stack is updated', () => {
    const world = new World();
    world.serve();
    const rule = world.rule('Updated');
    expect(rule.EventPattern).toEqual({
      'source': ['aws.cloudformation'],
      'detail-type': ['CloudFormation Stack Status Change'],
      'detail': { 'stack-id': [{ Ref: 'AWS::StackId' }], 'status-details': { status: ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE'] } },
    });
    expect(rule.Targets[0].Arn).toEqual(world.rule('Approved').Targets[0].Arn);
    expect(rule.Targets[0].Input).toBeUndefined();
    expect(world.actions('RolloutRole')).toContain('sagemaker:DescribeModel');
  });

  test('waits for a person where a challenger stands beside it', () => {
    const world = new World();
    world.serve({ challenger: Challenger.abTest() });
    expect(world.rule('Updated')).toBeUndefined();
    expect(world.states.LookAtLive).toBeUndefined();
  });

  test('is kept for two weeks when its rollout could not start within a day', () => {
    const world = new World();
    const endpoint = world.serve();
    expect(world.only('AWS::SQS::Queue')).toMatchObject({
      KmsMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^DataKey/), 'Arn'] }, MessageRetentionPeriod: 1209600,
    });
    expect(world.rule('Approved').Targets[0]).toMatchObject({
      DeadLetterConfig: { Arn: world.stack.resolve(endpoint.deadLetterQueue!.queueArn) },
      RetryPolicy: { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 },
    });
    expect(flat(world.only('AWS::SQS::QueuePolicy'))).toContain('aws:SecureTransport');
  });

  test.each([['an endpoint', Serving.realTime()], ['a batch run', Serving.batch()]])('is the newest that was promoted to the stage that %s follows', (_, serving) => {
    const world = new World();
    world.serve({ serving, model: ModelSource.latestApproved(world.registry.promotedTo('prod')) });
    const newest = world.states.FindNewestApproved;
    expect(newest.Arguments.MaxResults).toBe(50);
    expect(newest.Assign.packageArn).toContain('[ModelLifeCycle.Stage = "prod" and ModelLifeCycle.StageStatus = \'Approved\'][0]');
    if (serving.mode === 'real-time') expect(world.rule('Approved').EventPattern.detail.ModelLifeCycle).toEqual({ Stage: ['prod'], StageStatus: ['Approved'] });
  });

  test('is encrypted, logged and traced on its way', () => {
    const world = new World();
    world.serve();
    expect(world.only('AWS::StepFunctions::StateMachine')).toMatchObject({
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^DataKey/), 'Arn'] } },
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
    });
  });

  test('records nothing of a share of nothing', () => {
    const world = new World();
    const endpoint = world.serve({ capture: { samplingPercent: 0 } });
    expect(world.states.CreateEndpointConfig.Arguments).not.toHaveProperty('DataCaptureConfig');
    expect([endpoint.captureBucket, endpoint.capturePrefix]).toEqual([undefined, undefined]);
  });

  test('gets a config with the variant, the capture and the key of the volumes', () => {
    const world = new World();
    world.serve({ capture: { samplingPercent: 20 } });
    const { EndpointConfigName, ...config } = world.states.CreateEndpointConfig.Arguments;
    expect(EndpointConfigName).toBe('{% $configName %}');
    expect(config).toEqual({
      ProductionVariants: [{
        VariantName: 'AllTraffic', ModelName: '{% $modelName %}', InstanceType: 'ml.m5.large', InitialInstanceCount: 2, InitialVariantWeight: 1,
      }],
      DataCaptureConfig: {
        EnableCapture: true,
        InitialSamplingPercentage: 20,
        DestinationS3Uri: expect.stringMatching(/^s3:\/\/<DataArtifacts.*>\/capture$/),
        KmsKeyId: expect.stringMatching(/^<DataKey.*\.Arn>$/),
        CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
        CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json', 'application/jsonlines'] },
      },
      KmsKeyId: expect.stringMatching(/^<DataKey.*\.Arn>$/),
    });
  });

  test('gets the time that a large model needs to come up, on machines with the driver asked for', () => {
    const world = new World();
    world.serve({ ...LARGE, rollout: SageMakerRollout.rolling({ batchPercent: 25, waitMinutes: 10 }) });
    expect(world.states.CreateEndpointConfig.Arguments.ProductionVariants).toEqual([{
      VariantName: 'AllTraffic',
      ModelName: '{% $modelName %}',
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 2,
      InitialVariantWeight: 1,
      ModelDataDownloadTimeoutInSeconds: 3600,
      ContainerStartupHealthCheckTimeoutInSeconds: 1800,
      InferenceAmiVersion: 'al2-ami-sagemaker-inference-gpu-3-1',
    }]);
    // Four batches of 90 minutes, and 40 minutes of waits: as long as SageMaker goes along.
    expect(world.states.UpdateByPolicy.Arguments.DeploymentConfig.RollingUpdatePolicy.MaximumExecutionTimeoutInSeconds).toBe(24_300);
    const { TimeoutSeconds } = JSON.parse(flat(world.only('AWS::StepFunctions::StateMachine').DefinitionString));
    expect(TimeoutSeconds).toBeGreaterThan(24_300 + 7200);
  });

  test('gets that time also where all machines come up at once, and never more than SageMaker gives', () => {
    const timeout = (props: Partial<ServingEndpointProps>) => {
      const world = new World();
      world.serve({ ...LARGE, ...props });
      const policy = world.states.UpdateByPolicy.Arguments.DeploymentConfig;
      return (policy.BlueGreenUpdatePolicy ?? policy.RollingUpdatePolicy).MaximumExecutionTimeoutInSeconds;
    };
    expect(timeout({ containerStartupHealthCheckTimeoutInSeconds: 3600 })).toBe(300 + 7200 + 300);
    expect(timeout({ rollout: SageMakerRollout.rolling({ batchPercent: 10 }) })).toBe(28_800);
  });

  test('goes live with the deployment policy and the alarms', () => {
    const world = new World();
    world.serve({ rollout: Rollout.canary({ percent: 20, bakeMinutes: 15 }) });
    expect(world.states.UpdateByPolicy.Arguments.DeploymentConfig).toEqual({
      AutoRollbackConfiguration: {
        Alarms: [
          { AlarmName: expect.stringMatching(/^<ServingErrorAlarm/) }, { AlarmName: expect.stringMatching(/^<ServingLatencyAlarm/) },
          { AlarmName: `${ENDPOINT_NAME}-stop` },
        ],
      },
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'CANARY', CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds: 900 },
        TerminationWaitInSeconds: 0,
        MaximumExecutionTimeoutInSeconds: 9000,
      },
    });
  });

  test('is scaled by the workflow', () => {
    const world = new World();
    world.serve({ serving: Serving.realTime({ scaling: { minReplicas: 3, maxReplicas: 9 } }) });
    expect(world.states.RegisterScaling.Arguments).toMatchObject({
      ResourceId: `endpoint/${ENDPOINT_NAME}/variant/AllTraffic`, MinCapacity: 3, MaxCapacity: 9, ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
    });
    expect(world.states.PutScalingPolicy1.Arguments.TargetTrackingScalingPolicyConfiguration).toEqual({
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
      TargetValue: 600,
      ScaleInCooldown: 300,
      ScaleOutCooldown: 60,
    });
    world.template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  test('may be passed to SageMaker with the model role, and with nothing else', () => {
    const world = new World();
    world.serve();
    expect(world.statements('RolloutRole').filter((each) => each.Action === 'iam:PassRole')).toEqual([{
      Action: 'iam:PassRole',
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^ServingRole/), 'Arn'] },
      Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    }]);
  });

  test('is told to the topic, which may be given after the endpoint', () => {
    const world = new World();
    const endpoint = world.serve();
    const topic = new sns.Topic(world.stack, 'Topic', { masterKey: world.data.encryptionKey, enforceSSL: true });
    endpoint.notifyOn(topic);
    endpoint.notifyOn(topic);
    expect(flat(world.states.NotifyRolledOut.Arguments.TopicArn)).toMatch(/^<Topic/);
    expect(world.actions('RolloutRole')).toContain('sns:Publish');
    expect(judge(world.stack)).toEqual([]);
  });

  test('may use the key of the topic, where that is another than the lake\'s', () => {
    const world = new World();
    const masterKey = new kms.Key(world.stack, 'TopicKey');
    world.serve().notifyOn(new sns.Topic(world.stack, 'Topic', { masterKey }));
    expect(world.statements('RolloutRole')).toContainEqual({
      Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: world.stack.resolve(masterKey.keyArn),
    });
  });

  test('lets SageMaker look at the alarms of a rollout as its containers', () => {
    const world = new World();
    world.serve();
    expect(world.actions('Role')).toContain('cloudwatch:DescribeAlarms');
  });

  test('follows a registry of another account by its ARN', () => {
    const world = new World();
    const arn = 'arn:aws:sagemaker:eu-central-1:444455556666:model-package-group/churn';
    world.serve({ model: ModelSource.latestApproved(ModelRegistry.fromModelPackageGroupArn(world.stack, 'Shared', arn)) });
    expect(world.states.FindNewestApproved.Arguments.ModelPackageGroupName).toBe(arn);
    const [models] = world.statements('RolloutRole').filter((each) => flat(each.Resource).includes('444455556666'));
    expect(models).toMatchObject({ Action: ['sagemaker:DescribeModelPackage', 'sagemaker:CreateModel'] });
  });

  test.each([
    ['answers', {}, 'Role'],
    ['predicts', { serving: Serving.batch() }, 'Role'],
  ])('%s with the files of a registry of another account, which are in a lake there', (_, props, role) => {
    const world = new World();
    const registry = registryOfAnotherAccount(world.stack);
    world.serve({ model: ModelSource.latestApproved(registry.promotedTo('prod')), ...props });
    const [first] = world.statements(role);
    expect([first.Action, flat(first.Resource)]).toEqual(['s3:GetObject', 'arn:<AWS::Partition>:s3:::their-artifacts/training/*']);
    expect(world.statements(role)).toContainEqual(expect.objectContaining({
      Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'], Resource: 'arn:aws:kms:eu-central-1:444455556666:key/1',
    }));
  });

  test.each<[string, (registry: IModelRegistry) => IModelRegistry]>([
    ['', (registry) => registry], [', one stage of it', (registry) => registry.promotedTo('prod')],
  ])('follows a registry whose ARN only the deployment knows by that ARN: it may be of another account%s', (_, seen) => {
    const world = new World();
    const registry = ModelRegistry.fromModelPackageGroupArn(world.stack, 'Shared', Fn.importValue('Group'), world.data);
    world.serve({ model: ModelSource.latestApproved(seen(registry)) });
    const [partition, region, account] = [1, 3, 4].map((part) => ({ 'Fn::Select': [part, { 'Fn::Split': [':', { 'Fn::ImportValue': 'Group' }] }] }));
    const name = { 'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::ImportValue': 'Group' }] }] }] }] };
    expect(world.statements('RolloutRole')).toContainEqual({
      Effect: 'Allow',
      Action: ['sagemaker:DescribeModelPackage', 'sagemaker:CreateModel'],
      Resource: { 'Fn::Join': ['', ['arn:', partition, ':sagemaker:', region, ':', account, ':model-package/', name, '/*']] },
    });
    const listed = JSON.stringify([account, ':model-package-group/', name]).slice(1, -1);
    expect(JSON.stringify(world.only('AWS::StepFunctions::StateMachine').DefinitionString)).toContain(listed);
  });

  test('makes everything with the tags of the stack, whenever those are said', () => {
    const world = new World();
    world.serve();
    Tags.of(world.stack).add('product', 'churn');
    const { CreateModel, CreateEndpointConfig, CreateEndpoint, UpdateByPolicy } = world.states;
    for (const { Arguments } of [CreateModel, CreateEndpointConfig, CreateEndpoint]) expect(Arguments.Tags).toEqual([{ Key: 'product', Value: 'churn' }]);
    expect(UpdateByPolicy.Arguments.Tags).toBeUndefined();
    expect(world.statements('RolloutRole')).toContainEqual(expect.objectContaining({
      Action: 'sagemaker:AddTags', Condition: { Null: { 'sagemaker:TaggingAction': 'false' } },
    }));
  });

  test('makes a component with the tags of the stack', () => {
    const world = new World();
    world.serve({ serving: SageMakerServing.inferenceComponents({ memoryMiB: 1024 }) });
    Tags.of(world.stack).add('product', 'churn');
    expect(world.states.CreateInferenceComponent.Arguments.Tags).toEqual([{ Key: 'product', Value: 'churn' }]);
  });

  test('has no tags where the stack has none', () => {
    const world = new World();
    world.serve();
    expect(world.states.CreateEndpoint.Arguments).toEqual({ EndpointName: ENDPOINT_NAME, EndpointConfigName: '{% $configName %}' });
  });

  test.each([
    [Challenger.shadow(30), { ShadowProductionVariants: [expect.objectContaining({ VariantName: 'Shadow', InitialVariantWeight: 0.3 })] }],
    [Challenger.abTest(20), { ProductionVariants: [expect.anything(), expect.objectContaining({ VariantName: 'Challenger', InitialVariantWeight: 0.2 })] }],
  ])('stands beside the live one as %j', (challenger, variants) => {
    const world = new World();
    world.serve({ challenger });
    expect(world.states.CreateChallengerConfig.Arguments).toMatchObject(variants);
  });

  test('has machines for its share of the requests at the height of an A/B test, because it does not scale', () => {
    const world = new World();
    world.serve({ challenger: Challenger.abTest(40), serving: Serving.realTime({ scaling: { minReplicas: 2, maxReplicas: 10 } }) });
    const counts = world.states.CreateChallengerConfig.Arguments.ProductionVariants.map((each: any) => each.InitialInstanceCount);
    expect(counts).toEqual([2, 4]);
  });

  test('can be rolled out by hand by those who may', () => {
    const world = new World();
    const user = new iam.User(world.stack, 'Engineer');
    world.serve().grantStartRollout(user);
    world.template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Action: 'states:StartExecution', Resource: { Ref: Match.stringLikeRegexp('^ServingRollout') } },
          {
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DataKey'), 'Arn'] },
            Condition: { StringEquals: { 'kms:ViaService': Match.anyValue() } },
          },
        ],
      },
      Users: [Match.anyValue()],
    });
  });

  test('comes from one repository when the image is named, else from any of the account', () => {
    const [named, unnamed] = [new World(), new World()];
    named.serve({ image: IMAGE });
    unnamed.serve();
    const repositories = (world: World) => world.statements('Role').filter((each) => each.Action.includes('ecr:BatchGetImage')).map((each) => flat(each.Resource));
    expect(repositories(named)).toEqual(['arn:<AWS::Partition>:ecr:eu-central-1:111122223333:repository/churn']);
    expect(repositories(unnamed)).toEqual(['arn:<AWS::Partition>:ecr:eu-central-1:111122223333:repository/*']);
  });
});

describe('the teardown', () => {
  test('knows what rollouts have made', () => {
    const world = new World();
    world.serve();
    expect(world.only('Custom::EndpointTeardown')).toMatchObject({
      EndpointName: ENDPOINT_NAME, ComponentName: '', NamePrefix: ENDPOINT_NAME, AlarmNames: [`${ENDPOINT_NAME}-stop`], ServiceTimeout: '960',
    });
  });

  test('comes after everything that could start a rollout is gone, and before what the endpoint stands on goes', () => {
    const world = new World();
    world.serve({ vpc: network(world) });
    const dependsOn = (type: string) => Object.entries(world.template.findResources(type))
      .filter(([id]) => id.startsWith('Serving')).flatMap(([, each]) => each.DependsOn as string[]);
    for (const starter of ['AWS::StepFunctions::StateMachine', 'AWS::Events::Rule']) {
      expect(dependsOn(starter)).toContainEqual(expect.stringMatching(/^ServingTeardown/));
    }
    expect(dependsOn('Custom::EndpointTeardown')).toContainEqual(expect.stringMatching(/^ServingRoleDefaultPolicy/));
    expect(world.only('Custom::EndpointTeardown').StandsOn.map(flat)).toEqual([
      expect.stringMatching(/^<VpcisolatedSubnet1/), expect.stringMatching(/^<VpcisolatedSubnet2/), expect.stringMatching(/^<ServingSecurityGroup/),
    ]);
  });

  test('may delete what the endpoint is made of, and nothing else', () => {
    const world = new World();
    world.serve();
    const deletions = world.statements('TeardownRole').filter((each) => String(each.Action).includes('Delete'));
    expect(deletions.flatMap((each) => [each.Resource].flat()).map((each) => flat(each).replace(/^.*:/, ''))).toEqual([
      `endpoint/${ENDPOINT_NAME}`, `endpoint-config/${ENDPOINT_NAME}-*`, `model/${ENDPOINT_NAME}-*`,
      `${ENDPOINT_NAME}-stop`, `TargetTracking-endpoint/${ENDPOINT_NAME}/*`,
    ]);
  });

  test('may deregister what scales, without which SageMaker does not delete the endpoint', () => {
    const world = new World();
    world.serve();
    expect(world.statements('TeardownRole').filter((each) => String(each.Action).includes('Deregister')).map((each) => [flat(each.Resource), each.Condition])).toEqual([[
      'arn:<AWS::Partition>:application-autoscaling:eu-central-1:111122223333:scalable-target/*',
      { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } },
    ]]);
  });

  test('waits for the network interfaces of an endpoint of the template as well, after the endpoint and before its role goes', () => {
    const world = new World();
    world.serve({ model: ARTIFACT, vpc: network(world) });
    const [[id, { DependsOn, Properties }]] = Object.entries(world.template.findResources('Custom::EndpointTeardown'));
    expect(id).toMatch(/^ServingRelease/);
    expect(Properties).toMatchObject({ EndpointName: '', ComponentName: '', NamePrefix: '', AlarmNames: [] });
    expect(flat(Properties.OwnGroupId)).toMatch(/^<ServingSecurityGroup/);
    expect(DependsOn).toContainEqual(expect.stringMatching(/^ServingRoleDefaultPolicy/));
    expect(Object.values(world.template.findResources('AWS::SageMaker::Endpoint'))[0].DependsOn).toContain(id);
    expect(world.actions('ReleaseRole').filter((action) => !action.startsWith('logs:'))).toEqual(['ec2:DescribeNetworkInterfaces']);
  });

  test('waits for nothing outside a network', () => {
    const world = new World();
    world.serve({ model: ARTIFACT });
    world.template.resourceCountIs('Custom::EndpointTeardown', 0);
  });

  test('waits for the network interfaces in a group of the endpoint\'s own only', () => {
    const [own, given, none] = [new World(), new World(), new World()];
    own.serve({ vpc: network(own) });
    const vpc = network(given);
    given.serve({ vpc, securityGroups: [new ec2.SecurityGroup(given.stack, 'Group', { vpc })] });
    none.serve();
    const groupOf = (world: World) => flat(world.only('Custom::EndpointTeardown').OwnGroupId);
    expect([own, given, none].map(groupOf)).toEqual([expect.stringMatching(/^<ServingSecurityGroup/), '', '']);
    const mayLook = (world: World) => world.actions('TeardownRole').includes('ec2:DescribeNetworkInterfaces');
    expect([own, given, none].map(mayLook)).toEqual([true, false, false]);
  });
});

describe('an artifact', () => {
  test('is served by the template', () => {
    const world = new World();
    world.serve({ model: ARTIFACT });
    world.template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    expect(world.only('AWS::SageMaker::Model')).toEqual({
      ExecutionRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^ServingRole/), 'Arn'] },
      EnableNetworkIsolation: true,
      PrimaryContainer: {
        Image: IMAGE.uri,
        ModelDataUrl: { 'Fn::Join': ['', ['s3://', { Ref: expect.stringMatching(/^DataArtifacts/) }, '/training/one/model.tar.gz']] },
      },
    });
  });

  test('may bring its model in its image', () => {
    const world = new World();
    world.serve({ model: ModelSource.artifact({ image: IMAGE }) });
    expect(world.only('AWS::SageMaker::Model').PrimaryContainer).toEqual({ Image: IMAGE.uri });
    expect(world.actions('Role')).not.toContain('s3:GetObject');
  });

  test('may lie in a bucket of yours', () => {
    const world = new World();
    world.serve({ model: ModelSource.artifact({ image: IMAGE, bucket: world.data.rawBucket, key: 'a/model.tar.gz' }) });
    expect(flat(world.only('AWS::SageMaker::Model').PrimaryContainer.ModelDataUrl)).toMatch(/^s3:\/\/<DataRaw.*>\/a\/model\.tar\.gz$/);
    expect(flat(world.statements('Role')[0].Resource)).toMatch(/^<DataRaw.*\.Arn>\/a\/model\.tar\.gz$/);
  });

  test('may be a folder of files, which come to the machine as they are', () => {
    const world = new World();
    world.serve({ model: ModelSource.artifact({ image: IMAGE, bucket: world.data.rawBucket, key: 'models/llama/' }), ...LARGE });
    const { Image, ModelDataUrl, ModelDataSource: { S3DataSource } } = world.only('AWS::SageMaker::Model').PrimaryContainer;
    expect([Image, ModelDataUrl]).toEqual([IMAGE.uri, undefined]);
    expect({ ...S3DataSource, S3Uri: flat(S3DataSource.S3Uri) })
      .toEqual({ S3DataType: 'S3Prefix', CompressionType: 'None', S3Uri: expect.stringMatching(/^s3:\/\/<DataRaw.*>\/models\/llama\/$/) });
    const [read, list] = world.statements('Role');
    expect([read.Action, flat(read.Resource)]).toEqual(['s3:GetObject', expect.stringMatching(/^<DataRaw.*\.Arn>\/models\/llama\/\*$/)]);
    expect([list.Action, list.Condition]).toEqual(['s3:ListBucket', { StringLike: { 's3:prefix': ['models/llama/*'] } }]);
    expect(world.only('AWS::SageMaker::EndpointConfig').ProductionVariants[0]).toMatchObject({
      ModelDataDownloadTimeoutInSeconds: 3600, ContainerStartupHealthCheckTimeoutInSeconds: 1800, InferenceAmiVersion: LARGE.inferenceAmiVersion,
    });
  });

  test('is read by a role whose policy exists before the model', () => {
    const world = new World();
    world.serve({ model: ARTIFACT });
    for (const type of ['Model', 'Endpoint']) {
      world.template.hasResource(`AWS::SageMaker::${type}`, { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ServingRoleDefaultPolicy')]) });
    }
  });

  test('is replaced without names that collide, behind an endpoint that stays', () => {
    const world = new World();
    world.serve({ model: ARTIFACT });
    expect(world.only('AWS::SageMaker::Model').ModelName).toBeUndefined();
    expect(world.only('AWS::SageMaker::EndpointConfig').EndpointConfigName).toBeUndefined();
    expect(world.only('AWS::SageMaker::Endpoint')).toMatchObject({
      EndpointName: ENDPOINT_NAME,
      EndpointConfigName: { 'Fn::GetAtt': [expect.stringMatching(/^ServingConfig/), 'EndpointConfigName'] },
    });
  });

  test('is scaled by the template, whose deployments keep what scaling has done', () => {
    const world = new World();
    world.serve({ model: ARTIFACT });
    expect(world.only('AWS::SageMaker::Endpoint')).toMatchObject({
      RetainAllVariantProperties: true, ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DataCaptureConfig' }],
    });
    const target = world.only('AWS::ApplicationAutoScaling::ScalableTarget');
    expect(flat(target.ResourceId)).toMatch(/^endpoint\/<Serving[0-9A-F]{8}\.EndpointName>\/variant\/AllTraffic$/);
    expect(target).toMatchObject({ MinCapacity: 2, MaxCapacity: 4, ScalableDimension: 'sagemaker:variant:DesiredInstanceCount', ServiceNamespace: 'sagemaker' });
    expect(flat(target.RoleARN)).toBe('arn:<AWS::Partition>:iam::111122223333:role/aws-service-role/' +
      'sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint');
  });

  test('is not scaled when the number of replicas cannot change', () => {
    const world = new World();
    world.serve({ model: ARTIFACT, serving: Serving.realTime({ scaling: { minReplicas: 2, maxReplicas: 2 } }) });
    world.template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
    expect(world.only('AWS::SageMaker::Endpoint').RetainAllVariantProperties).toBeUndefined();
  });

  test.each([
    [Challenger.shadow(30), { ShadowProductionVariants: [expect.objectContaining({ VariantName: 'Shadow', InitialVariantWeight: 0.3 })] }],
    [Challenger.abTest(20), {
      ProductionVariants: [
        expect.objectContaining({ VariantName: 'AllTraffic', InitialVariantWeight: 0.8 }),
        expect.objectContaining({ VariantName: 'Challenger', InitialVariantWeight: 0.2 }),
      ],
    }],
  ])('can be compared with another: %j', (challenger, variants) => {
    const world = new World();
    world.serve({ model: ARTIFACT, challenger, challengerModel: OTHER_ARTIFACT });
    expect(world.only('AWS::SageMaker::EndpointConfig')).toMatchObject(variants);
    expect(world.only('AWS::SageMaker::Endpoint').ExcludeRetainedVariantProperties).toContainEqual({ VariantPropertyType: 'DesiredWeight' });
    world.template.resourceCountIs('AWS::SageMaker::Model', 2);
    expect(world.only('AWS::ApplicationAutoScaling::ScalableTarget').ResourceId['Fn::Join'][1].pop()).toBe('/variant/AllTraffic');
    expect(world.only('AWS::SageMaker::Endpoint').DeploymentConfig === undefined).toBe(challenger.kind === 'ab-test');
  });

  test('has a challenger with the machines for its share at the height of an A/B test: one that scaled could not be taken off', () => {
    const counts = (scaling: ScalingSpec, percent: number) => {
      const world = new World();
      const serving = Serving.realTime({ scaling });
      world.serve({ model: ARTIFACT, challenger: Challenger.abTest(percent), challengerModel: OTHER_ARTIFACT, serving });
      return world.only('AWS::SageMaker::EndpointConfig').ProductionVariants.map((each: any) => each.InitialInstanceCount);
    };
    expect(counts({ minReplicas: 2, maxReplicas: 10 }, 40)).toEqual([2, 4]);
    expect(counts({ minReplicas: 3, maxReplicas: 10 }, 10)).toEqual([3, 3]);
    expect(counts({ minReplicas: 2, maxReplicas: 2 }, 50)).toEqual([2, 2]);
  });

  test('can do without the policy for the one deployment that takes its challenger off', () => {
    const world = new World();
    const endpoint = world.serve({ model: ARTIFACT });
    (endpoint.node.findChild('Resource') as sagemaker.CfnEndpoint).deploymentConfig = undefined;
    expect(world.only('AWS::SageMaker::Endpoint').DeploymentConfig).toBeUndefined();
    expect(world.only('AWS::SageMaker::EndpointConfig').ProductionVariants).toHaveLength(1);
  });

  test('has its troubles told to the topic', () => {
    const world = new World();
    world.serve({ model: ARTIFACT }).notifyOn(new sns.Topic(world.stack, 'Topic', { masterKey: world.data.encryptionKey, enforceSSL: true }));
    expect(world.only('AWS::Events::Rule').EventPattern).toEqual({
      'source': ['aws.sagemaker'],
      'detail-type': ['SageMaker Endpoint State Change'],
      'detail': { EndpointName: [ENDPOINT_NAME], EndpointStatus: ['FAILED', 'ROLLING_BACK', 'OUT_OF_SERVICE', 'UPDATE_ROLLBACK_FAILED'] },
    });
  });
});

test('a registered version is served by the template', () => {
  const world = new World();
  world.serve({ model: PACKAGE });
  expect(world.only('AWS::SageMaker::Model').PrimaryContainer).toEqual({
    ModelPackageName: 'arn:aws:sagemaker:eu-central-1:111122223333:model-package/churn/7',
  });
});

describe('machines', () => {
  const variantOf = (props: Partial<ServingEndpointProps>) => {
    const world = new World();
    world.serve({ model: ARTIFACT, ...props });
    return world.only('AWS::SageMaker::EndpointConfig');
  };

  test('are picked from the compute spec', () => {
    expect(variantOf({ serving: Serving.realTime({ compute: { accelerator: Accelerator.NVIDIA_T4 } }) }).ProductionVariants[0].InstanceType).toBe('ml.g4dn.xlarge');
  });

  test('are those that are named', () => {
    expect(variantOf({ instanceType: 'ml.c7i.large' }).ProductionVariants[0].InstanceType).toBe('ml.c7i.large');
  });

  test('have volumes of the given size, encrypted with the key of the lake', () => {
    const config = variantOf({ serving: Serving.realTime({ compute: { volumeGiB: 100 } }) });
    expect(config.ProductionVariants[0].VolumeSizeInGB).toBe(100);
    expect(flat(config.KmsKeyId)).toMatch(/^<DataKey/);
  });

  test('with disks of their own get neither a size nor a key, which SageMaker would refuse', () => {
    const config = variantOf({ serving: Serving.realTime({ compute: { accelerator: Accelerator.NVIDIA_A10G, volumeGiB: 100 } }) });
    expect(config.ProductionVariants[0]).toMatchObject({ InstanceType: 'ml.g5.xlarge' });
    expect(config.ProductionVariants[0].VolumeSizeInGB).toBeUndefined();
    expect(config.KmsKeyId).toBeUndefined();
  });
});

describe('scaling', () => {
  const targetOf = (scaling: object, props: Partial<ServingEndpointProps> = {}) => {
    const world = new World();
    world.serve({ model: ARTIFACT, serving: Serving.realTime({ scaling }), ...props });
    return world.only('AWS::ApplicationAutoScaling::ScalingPolicy').TargetTrackingScalingPolicyConfiguration;
  };

  test('holds requests a minute, with the cooldowns given', () => {
    expect(targetOf({ target: ScalingTarget.requestsPerMinute(1200), scaleInCooldownSeconds: 900, scaleOutCooldownSeconds: 30 })).toEqual({
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
      TargetValue: 1200,
      ScaleInCooldown: 900,
      ScaleOutCooldown: 30,
    });
  });

  test.each([
    [ScalingTarget.cpuUtilization(70), 'ml.m5.xlarge', 'CPUUtilization', 280],
    [ScalingTarget.gpuUtilization(60), 'ml.g5.12xlarge', 'GPUUtilization', 240],
  ])('counts each core and each GPU as 100 %%, as SageMaker does', (target, instanceType, metric, value) => {
    expect(targetOf({ target }, { instanceType })).toMatchObject({
      TargetValue: value,
      CustomizedMetricSpecification: {
        Namespace: '/aws/sagemaker/Endpoints',
        MetricName: metric,
        Statistic: 'Average',
        Dimensions: [{ Name: 'EndpointName', Value: ENDPOINT_NAME }, { Name: 'VariantName', Value: 'AllTraffic' }],
      },
    });
  });
});

describe('rollouts', () => {
  const sharesOf = (props: Partial<ServingEndpointProps>) => {
    const world = new World();
    world.serve(props);
    return Annotations.fromStack(world.stack).findWarning('*', Match.stringLikeRegexp('SageMaker shifts whole instances')).map(({ entry }) => String(entry.data));
  };

  test('whose share is less than one instance say what it becomes', () => {
    expect(sharesOf({ rollout: Rollout.canary() })).toEqual([
      'rollout canary of 10 % begins with about 50 % of the requests while 2 replicas run: SageMaker shifts whole instances, and 10 % takes 10 of them. '
      + 'Set minReplicas to that, ask for 50 %, or acknowledge this warning [ack: mlops-constructs:rollout-share]',
    ]);
    expect(sharesOf({ rollout: Rollout.linear() })).toEqual([expect.stringMatching(/^rollout linear of 25 % begins with about 50 %/)]);
    expect(sharesOf({ rollout: Rollout.canary({ percent: 50 }) })).toEqual([]);
    expect(sharesOf({ rollout: Rollout.canary(), serving: Serving.realTime({ scaling: { minReplicas: 10, maxReplicas: 12 } }) })).toEqual([]);
    expect(sharesOf({ rollout: Rollout.canary(), serving: Serving.serverless() })).toEqual([]);
  });

  test('of a serverless endpoint count no instances, because there are none', () => {
    const world = new World();
    world.serve({ rollout: Rollout.canary(), serving: Serving.serverless() });
    expect(world.states.UpdateByPolicy.Arguments.DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration.CanarySize)
      .toEqual({ Type: 'CAPACITY_PERCENT', Value: 10 });
  });

  test.each<[string, Rollout, object, number]>([
    ['all at once, and watch five minutes', Rollout.allAtOnce(), { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 300 }, 7500],
    ['one machine first', Rollout.canary(), { Type: 'CANARY', CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds: 600 }, 8400],
    ['a part first', Rollout.canary({ percent: 50 }), { Type: 'CANARY', CanarySize: { Type: 'CAPACITY_PERCENT', Value: 50 }, WaitIntervalInSeconds: 600 }, 8400],
    ['in equal steps', Rollout.linear({ stepPercent: 20, stepMinutes: 10 }),
      { Type: 'LINEAR', LinearStepSize: { Type: 'CAPACITY_PERCENT', Value: 20 }, WaitIntervalInSeconds: 600 }, 10_200],
  ])('go %s', (_, rollout, traffic, timeout) => {
    const world = new World();
    world.serve({ model: ARTIFACT, rollout });
    expect(world.only('AWS::SageMaker::Endpoint').DeploymentConfig.BlueGreenUpdatePolicy).toEqual({
      TrafficRoutingConfiguration: traffic, TerminationWaitInSeconds: 0, MaximumExecutionTimeoutInSeconds: timeout,
    });
  });
});

describe('roll-back alarms', () => {
  test('are in the template before the endpoint is, and find silence normal', () => {
    const world = new World();
    world.serve({ maxErrorPercent: 5, maxLatencyP99Ms: 250 });
    const alarms = Object.values(world.template.findResources('AWS::CloudWatch::Alarm')).map((each) => each.Properties);
    expect(alarms.map((each) => each.TreatMissingData)).toEqual(['notBreaching', 'notBreaching']);
    expect(alarms[0]).toMatchObject({ Threshold: 5, Metrics: [{ Expression: '100 * failed' }, { MetricStat: { Metric: { MetricName: 'Invocation5XXErrors' } } }] });
    expect(alarms[1]).toMatchObject({ Threshold: 250_000, MetricName: 'ModelLatency', ExtendedStatistic: 'p99' });
  });

  test('take yours as well', () => {
    const world = new World();
    const mine = new cloudwatch.Alarm(world.stack, 'Mine', { metric: new cloudwatch.Metric({ namespace: 'Churn', metricName: 'Refunds' }), threshold: 1, evaluationPeriods: 1 });
    const endpoint = world.serve({ model: ARTIFACT, rollbackAlarms: [mine] });
    expect(endpoint.rollbackAlarms).toHaveLength(3);
    expect(world.only('AWS::SageMaker::Endpoint').DeploymentConfig.AutoRollbackConfiguration.Alarms[2]).toEqual({ AlarmName: { Ref: expect.stringMatching(/^Mine/) } });
  });
});

describe('containers', () => {
  test('stand in the network that is given, behind a group that lets nothing in', () => {
    const world = new World();
    const endpoint = world.serve({ vpc: network(world) });
    expect(world.states.CreateModel.Arguments.VpcConfig).toEqual({
      Subnets: [expect.stringMatching(/^<VpcisolatedSubnet1/), expect.stringMatching(/^<VpcisolatedSubnet2/)],
      SecurityGroupIds: [expect.stringMatching(/^<ServingSecurityGroup/)],
    });
    expect(world.only('AWS::EC2::SecurityGroup')).toMatchObject({ SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }] });
    expect(world.actions('Role')).toContain('ec2:CreateNetworkInterface');
    expect(endpoint.connections?.securityGroups).toHaveLength(1);
  });

  test('stand in the subnets and groups that are given', () => {
    const world = new World();
    const vpc = network(world);
    const group = ec2.SecurityGroup.fromSecurityGroupId(world.stack, 'Group', 'sg-0123456789abcdef0');
    world.serve({ model: ARTIFACT, vpc, vpcSubnets: { subnets: [vpc.isolatedSubnets[0]] }, securityGroups: [group] });
    expect(world.only('AWS::SageMaker::Model').VpcConfig).toEqual({ Subnets: [{ Ref: expect.stringMatching(/Subnet1/) }], SecurityGroupIds: ['sg-0123456789abcdef0'] });
    world.template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  test('get variables, and a network when it is allowed', () => {
    const world = new World();
    world.serve({ environment: { LOG_LEVEL: 'debug' }, networkIsolation: false });
    expect(world.states.CreateModel.Arguments).toMatchObject({ EnableNetworkIsolation: false, PrimaryContainer: { Environment: { LOG_LEVEL: 'debug' } } });
  });

  test('run as the role that is given', () => {
    const world = new World();
    const role = new iam.Role(world.stack, 'Mine', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    const endpoint = world.serve({ model: ARTIFACT, role });
    expect(endpoint.executionRole).toBe(role);
    expect(world.only('AWS::SageMaker::Model').ExecutionRoleArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Mine/), 'Arn'] });
    world.template.hasResourceProperties('AWS::IAM::Policy', { Roles: [{ Ref: Match.stringLikeRegexp('^Mine') }] });
  });

  test('may write records of its own, and nothing else of the lake', () => {
    const world = new World();
    world.serve({ capture: {}, endpointName: 'churn-live' });
    expect(world.statements('Role').filter((each) => each.Action === 's3:PutObject').map((each) => flat(each.Resource))).toEqual([
      expect.stringMatching(/^<DataArtifacts.*\.Arn>\/capture\/churn-live\/\*$/),
    ]);
  });
});

describe('to others', () => {
  test('the endpoint is an IEndpoint with a name that is known beforehand', () => {
    const endpoint: IWatchedEndpoint = new World().serve({ endpointName: 'Churn-Live', capture: {} });
    expect(endpoint.endpointName).toBe('Churn-Live');
    expect(endpoint.stack.resolve(endpoint.endpointArn)).toEqual({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sagemaker:eu-central-1:111122223333:endpoint/churn-live']] });
    expect(endpoint.endpointRef.endpointArn).toBe(endpoint.endpointArn);
    expect([endpoint.variantName, endpoint.mode, endpoint.capturePrefix]).toEqual(['AllTraffic', 'real-time', 'capture']);
    expect(endpoint.captureBucket).toBeDefined();
  });

  test('an endpoint of somebody else can be asked, watched and told about', () => {
    const world = new World();
    const endpoint = ServingEndpoint.fromEndpointAttributes(world.stack, 'Theirs', {
      endpointName: 'theirs', instanceType: 'ml.m5.large', inferenceComponentName: 'part', captureBucket: world.data.artifactBucket,
    });
    endpoint.grantInvoke(new iam.User(world.stack, 'Caller'));
    endpoint.notifyOn(new sns.Topic(world.stack, 'Topic'));
    expect([endpoint.endpointName, endpoint.mode, endpoint.variantName, endpoint.instanceType, endpoint.capturePrefix, endpoint.rollbackAlarms])
      .toEqual(['theirs', 'imported', 'AllTraffic', 'ml.m5.large', 'capture', []]);
    expect(endpoint.metricInvocations().dimensions).toEqual({ InferenceComponentName: 'part' });
    const [{ Resource: asked }] = Object.values(world.template.findResources('AWS::IAM::Policy')).map((each) => each.Properties.PolicyDocument.Statement[0]);
    expect(asked.map((each: any) => flat(each).replace(/^.*:/, ''))).toEqual(['endpoint/theirs', 'inference-component/part']);
    world.template.hasResourceProperties('AWS::Events::Rule', { EventPattern: { detail: { EndpointName: ['theirs'] } } });
  });

  test('an endpoint whose name only the deployment knows has an ARN all the same', () => {
    const { stack } = new World();
    const { endpointArn } = ServingEndpoint.fromEndpointAttributes(stack, 'Theirs', { endpointName: Fn.importValue('Endpoint') });
    expect(stack.resolve(endpointArn)['Fn::Join'][1]).toEqual(['arn:', { Ref: 'AWS::Partition' }, ':sagemaker:eu-central-1:111122223333:endpoint/', { 'Fn::ImportValue': 'Endpoint' }]);
  });

  test('an endpoint of somebody else may record elsewhere, or not at all', () => {
    const world = new World();
    const records = (id: string, attributes: object) => ServingEndpoint.fromEndpointAttributes(world.stack, id, { endpointName: 'theirs', ...attributes }).capturePrefix;
    expect(records('A', {})).toBeUndefined();
    expect(records('B', { captureBucket: world.data.artifactBucket, capturePrefix: 'elsewhere' })).toBe('elsewhere');
  });

  test('nothing is recorded unless it is asked for', () => {
    const endpoint = new World().serve();
    expect([endpoint.captureBucket, endpoint.capturePrefix]).toEqual([undefined, undefined]);
  });

  test('the right to ask is for this endpoint only', () => {
    const world = new World();
    world.serve().grantInvoke(new iam.User(world.stack, 'Caller'));
    world.template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{
          Action: 'sagemaker:InvokeEndpoint',
          Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sagemaker:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, `:endpoint/${ENDPOINT_NAME}`]] },
        }],
      },
      Users: [Match.anyValue()],
    });
  });

  test('metrics carry the dimensions of the variant', () => {
    const endpoint = new World().serve();
    const dimensions = { EndpointName: ENDPOINT_NAME, VariantName: 'AllTraffic' };
    const seen = [
      endpoint.metricInvocations(), endpoint.metricErrors(), endpoint.metricClientErrors(), endpoint.metricModelLatency(),
      endpoint.metricOverheadLatency(), endpoint.metricMachine('CPUUtilization'), endpoint.metric('InvocationModelErrors', { statistic: 'Sum' }),
    ];
    expect(seen.map(({ metricName, namespace, statistic }) => [namespace, metricName, statistic])).toEqual([
      ['AWS/SageMaker', 'Invocations', 'Sum'], ['AWS/SageMaker', 'Invocation5XXErrors', 'Sum'], ['AWS/SageMaker', 'Invocation4XXErrors', 'Sum'],
      ['AWS/SageMaker', 'ModelLatency', 'p99'], ['AWS/SageMaker', 'OverheadLatency', 'p99'], ['/aws/sagemaker/Endpoints', 'CPUUtilization', 'Average'],
      ['AWS/SageMaker', 'InvocationModelErrors', 'Sum'],
    ]);
    for (const metric of seen) expect(metric.dimensions).toEqual(dimensions);
    expect(endpoint.metricErrorPercent().expression).toBe('100 * failed');
  });
});

describe('refuses', () => {
  const who = "serving endpoint 'Churn/Serving': ";

  test('a name that another endpoint of the stack has, whose rollouts would be undone', () => {
    const { stack, data, registry } = new World();
    const model = ModelSource.latestApproved(registry);
    const serve = (id: string, endpointName: string) => new ServingEndpoint(stack, id, { data, model, endpointName });
    const first = serve('First', 'churn-live');
    expect(() => serve('Serving', 'Churn-Live')).toThrow(new Error(`${who}endpointName must be another than that of '${first.node.path}', got 'Churn-Live'`));
  });

  test.each<[string, Partial<ServingEndpointProps>, string]>([
    ['a name SageMaker would refuse', { endpointName: '-churn' }, "endpointName must be letters, digits and inner hyphens, at most 63, got '-churn'"],
    ['a name that only the deployment knows', { endpointName: Token.asString({ Ref: 'Name' }) },
      'endpointName must be known at synthesis: alarms and permissions are made from it'],
    ['a threshold that only the deployment knows', { maxLatencyP99Ms: Token.asNumber({ Ref: 'Ms' }) },
      'maxLatencyP99Ms must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
    ['replicas that only the deployment knows', { serving: Serving.realTime({ scaling: { minReplicas: Token.asNumber({ Ref: 'Min' }) } }) },
      'scaling.minReplicas must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
    ['memory that only the deployment knows', { serving: Serving.serverless({ memoryGiB: Token.asNumber({ Ref: 'GiB' }) }) },
      'serving.memoryGiB must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
    ['a size that only the deployment knows', { serving: Serving.realTime({ compute: { vcpus: Token.asNumber({ Ref: 'Cpus' }) } }) },
      'compute.vcpus must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
    ['an impossible share of errors', { maxErrorPercent: 101 }, 'maxErrorPercent must be between 0 and 100, got 101'],
    ['an impossible latency', { maxLatencyP99Ms: 0 }, `maxLatencyP99Ms must be between 1 and ${Number.MAX_SAFE_INTEGER}, got 0`],
    ['an impossible sample', { capture: { samplingPercent: 101 } }, 'capture.samplingPercent must be a whole number between 0 and 100, got 101'],
    ['an image beside an artifact, which has its own', { model: ARTIFACT, image: IMAGE }, 'image: an artifact names its own image: leave image out'],
    ['what is no ARN of a version', { model: ModelSource.package('churn/7') }, "model must be the ARN of a version of a model package group, got 'churn/7'"],
    ['an archive that is none', { model: ModelSource.artifact({ image: IMAGE, key: 'training/model.zip' }) },
      "model.key must be the key of an archive that ends in .tar.gz, or of a folder of files that ends in '/', got 'training/model.zip'"],
    ['a download that is too long', { modelDataDownloadTimeoutInSeconds: 3601 }, 'modelDataDownloadTimeoutInSeconds must be a whole number between 60 and 3600, got 3601'],
    ['a start that is too short', { containerStartupHealthCheckTimeoutInSeconds: 59 },
      'containerStartupHealthCheckTimeoutInSeconds must be a whole number between 60 and 3600, got 59'],
    ['a start that only the deployment knows', { containerStartupHealthCheckTimeoutInSeconds: Token.asNumber({ Ref: 'Seconds' }) },
      'containerStartupHealthCheckTimeoutInSeconds must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
    ['an image of machines that is none', { inferenceAmiVersion: 'ami-0123' },
      "inferenceAmiVersion must be a version of SageMaker's image of the machines like al2-ami-sagemaker-inference-gpu-3-1, got 'ami-0123'"],
    ['a challenger that is nothing', { model: ARTIFACT, challenger: Challenger.shadow() },
      'challengerModel must be ModelSource.artifact or ModelSource.package where the template makes the endpoint and has a challenger, got undefined'],
    ['a challenger that has no share', { model: ARTIFACT, challengerModel: OTHER_ARTIFACT }, 'challengerModel has no part in the traffic: set challenger as well'],
    ['a second challenger', { challenger: Challenger.shadow(), challengerModel: ARTIFACT },
      'challengerModel: with ModelSource.latestApproved the version approved last is the challenger: leave challengerModel out'],
    ['subnets of no network', { vpcSubnets: {} }, 'vpcSubnets belong to a vpc: set vpc as well'],
    ['groups of no network', { securityGroups: [] }, 'securityGroups belong to a vpc: set vpc as well'],
    ['a machine that is none', { instanceType: 'm5.large' }, "instanceType must be a SageMaker instance type like ml.m5.large, got 'm5.large'"],
    ['a machine said twice', { instanceType: 'ml.m5.large', serving: Serving.realTime({ compute: { vcpus: 4 } }) },
      'instanceType ml.m5.large and compute say the same thing twice: use one of them'],
    ['machines counted in the wrong place', { serving: Serving.realTime({ compute: { instanceCount: 3 } }) },
      'compute.instanceCount 3: an endpoint counts its replicas in scaling: use minReplicas and maxReplicas'],
    ['a volume larger than the disks of the machine', { instanceType: 'ml.g5.xlarge', serving: Serving.realTime({ compute: { volumeGiB: 300 } }) },
      'compute.volumeGiB must be at most 250 on ml.g5.xlarge, which has disks of its own and no volume, got 300'],
    ['a volume SageMaker does not have', { serving: Serving.realTime({ compute: { volumeGiB: 600 } }) },
      'compute.volumeGiB must be a whole number between 1 and 512, got 600'],
    ['scaling of burstable machines', { instanceType: 'ml.t2.medium' },
      'instanceType ml.t2.medium is burstable and cannot scale automatically: minReplicas and maxReplicas must be equal (got 2 and 4), or use ml.m5.large'],
    ['no replica', { serving: Serving.realTime({ scaling: { minReplicas: 0 } }) }, 'scaling.minReplicas must be a whole number of at least 1, got 0'],
    ['fewer replicas at most than at least', { serving: Serving.realTime({ scaling: { minReplicas: 3, maxReplicas: 2 } }) },
      'scaling.maxReplicas must be at least minReplicas (3), got 2'],
    ['a cooldown of days', { serving: Serving.realTime({ scaling: { scaleInCooldownSeconds: 90_000 } }) },
      'scaling.scaleInCooldownSeconds must be a whole number between 0 and 86400, got 90000'],
    ['a negative cooldown', { serving: Serving.realTime({ scaling: { scaleOutCooldownSeconds: -1 } }) },
      'scaling.scaleOutCooldownSeconds must be a whole number between 0 and 86400, got -1'],
    ['GPU use of a machine without one', { serving: Serving.realTime({ scaling: { target: ScalingTarget.gpuUtilization(50) } }) },
      'scaling.target gpu-utilization: ml.m5.large has no GPU: ask for one in compute, or use ScalingTarget.cpuUtilization'],
    ['CPU use of a machine whose size nobody knows', { instanceType: 'ml.m99.large', serving: Serving.realTime({ scaling: { target: ScalingTarget.cpuUtilization(50) } }) },
      'scaling.target cpu-utilization needs the size of ml.m99.large, which is not in the table of instances: use ScalingTarget.requestsPerMinute'],
    ['a canary of one replica', { rollout: Rollout.canary(), serving: Serving.realTime({ scaling: { minReplicas: 1 } }) },
      'rollout canary needs at least 2 replicas to have a part to begin with, got minReplicas 1: set minReplicas to 2, or use Rollout.allAtOnce'],
    ['a rollout that lasts longer than SageMaker waits', { rollout: Rollout.linear({ stepPercent: 10, stepMinutes: 60 }) },
      'rollout linear of 10 % every 60 minutes takes 600 minutes, SageMaker gives up after 480: use larger or faster steps'],
    ['a rollout that leaves SageMaker no time to take the old machines away', { rollout: Rollout.linear({ stepPercent: 10, stepMinutes: 48 }) },
      'rollout linear of 10 % every 48 minutes takes 480 minutes, SageMaker gives up after 480: use larger or faster steps'],
    ['batches of several variants', { rollout: SageMakerRollout.rolling(), challenger: Challenger.abTest() },
      'rollout rolling is not possible with a challenger: endpoints of several variants have no batches, use Rollout.canary or Rollout.linear'],
    ['a step by step rollout on Inf1', { instanceType: 'ml.inf1.xlarge', rollout: Rollout.canary() },
      'rollout canary is not possible on ml.inf1.xlarge: SageMaker replaces Inf1 fleets all at once, use Rollout.allAtOnce or ml.inf2'],
  ])('%s', (_, props, message) => {
    expect(refusal(props)).toThrow(new Error(who + message));
  });

  test('more alarms than SageMaker watches', () => {
    const world = new World();
    const alarm = new cloudwatch.Alarm(world.stack, 'Mine', { metric: new cloudwatch.Metric({ namespace: 'Churn', metricName: 'Refunds' }), threshold: 1, evaluationPeriods: 1 });
    expect(() => world.serve({ rollbackAlarms: Array(9).fill(alarm) }))
      .toThrow(new Error(`${who}rollbackAlarms must be at most 8: SageMaker watches ten, and two are the endpoint's own, got 9`));
  });

  test('a selection of no subnet', () => {
    const world = new World();
    const vpc = new ec2.Vpc(world.stack, 'Vpc', { natGateways: 0 });
    expect(() => world.serve({ vpc, vpcSubnets: { subnets: vpc.privateSubnets } })).toThrow(new Error(`${who}vpcSubnets fits no subnet of the vpc`));
  });

  test('public subnets, and more groups than SageMaker takes', () => {
    const world = new World();
    const vpc = new ec2.Vpc(world.stack, 'Vpc', { natGateways: 0 });
    expect(() => world.serve({ vpc, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }))
      .toThrow(new Error(`${who}vpcSubnets must be private or isolated: machines in a public subnet get no address and reach nothing`));
    const isolated = new World();
    expect(() => isolated.serve({ vpc: network(isolated), securityGroups: [] })).toThrow(new Error(`${who}securityGroups must be one to five, got 0`));
  });

  test('a bucket without a key', () => {
    const world = new World();
    expect(() => world.serve({ model: ModelSource.artifact({ image: IMAGE, bucket: world.data.rawBucket }) }))
      .toThrow(new Error(`${who}model.bucket has no key to look for: set key as well`));
  });

  test('rollouts by hand where there is no workflow, and a second topic', () => {
    const world = new World();
    const endpoint = world.serve({ model: ARTIFACT });
    expect(() => endpoint.grantStartRollout(new iam.User(world.stack, 'Engineer'))).toThrow(new Error(
      `${who}grantStartRollout: the template makes this endpoint: deploy the stack with another model, or use ModelSource.latestApproved`));
    endpoint.notifyOn(new sns.Topic(world.stack, 'One'));
    expect(() => endpoint.notifyOn(new sns.Topic(world.stack, 'Two'))).toThrow(new Error(`${who}notifyOn has a topic already: subscribe to that one`));
  });
});

describe('judges find nothing', () => {
  test.each<[string, Partial<ServingEndpointProps>]>([
    ['in the workflow', { capture: {}, rollout: Rollout.canary() }],
    ['in the workflow with a challenger', { challenger: Challenger.shadow(), rollout: Rollout.linear() }],
    ['in the template', { model: ARTIFACT, capture: {}, rollout: SageMakerRollout.rolling() }],
    ['in the template with a challenger', { model: ARTIFACT, challenger: Challenger.abTest(), challengerModel: PACKAGE }],
    ['with an image that is built', { model: ModelSource.artifact({ image: ContainerImage.fromDirectory('examples/workload'), key: 'a/model.tar.gz' }) }],
  ])('%s', (_, props) => {
    const world = new World();
    world.serve(props);
    expect(judge(world.stack)).toEqual([]);
  });

  test.each<[string, Partial<ServingEndpointProps>, string[]]>([
    ['an A/B test of the workflow', { challenger: Challenger.abTest() }, ['exception']],
    ['an A/B test of the template', { model: ARTIFACT, challenger: Challenger.abTest(), challengerModel: PACKAGE }, ['exception']],
    ['a shadow', { challenger: Challenger.shadow() }, ['exception']],
    ['no challenger', {}, ['exception']],
    ['no challenger of the template', { model: ARTIFACT }, ['compliant']],
  ])('of the policies in %s: what has no way back says why', (_, props, verdicts) => {
    const world = new World();
    world.serve({ capture: {}, ...props });
    MlopsPolicies.applyTo(world.stack);
    const found = judge(world.stack).filter((each) => each.startsWith('MLOPS-SRV-02'));
    const { policies } = JSON.parse(readFileSync(join((world.stack.node.root as App).outdir, 'compliance.json'), 'utf8'));
    expect(policies['MLOPS-SRV-02'].resources.map((row: { verdict: string }) => row.verdict)).toEqual(verdicts);
    expect(found).toEqual([]);
  });

  test('in a network', () => {
    const world = new World();
    const vpc = ec2.Vpc.fromVpcAttributes(world.stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['a', 'b'], isolatedSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'] });
    world.serve({ vpc });
    expect(judge(world.stack)).toEqual([]);
  });
});

test('two syntheses are the same', () => {
  const template = () => {
    const world = new World();
    world.serve({ capture: {} });
    return world.template.toJSON();
  };
  expect(template()).toEqual(template());
});

