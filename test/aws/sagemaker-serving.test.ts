import { aws_iam as iam, aws_sns as sns } from 'aws-cdk-lib';
import { ModelSource } from '../../src/aws/model-source';
import { SageMakerRollout } from '../../src/aws/sagemaker-rollout';
import { SageMakerServing } from '../../src/aws/sagemaker-serving';
import { AsynchronousServingOptions, InferenceComponentServingOptions } from '../../src/aws/sagemaker-serving-props';
import { ServingEndpointProps } from '../../src/aws/serving-endpoint-props';
import { Accelerator, Challenger, Rollout, Serving } from '../../src/core';
import { judge } from '../support/judges';
import { ARTIFACT, ENDPOINT_NAME, flat, IMAGE, OTHER_ARTIFACT, PACKAGE, World } from '../support/serving';

const who = "serving endpoint 'Churn/Serving': ";
const MODELS = ModelSource.artifact({ image: IMAGE, key: 'models/' });
const components = (options: Partial<InferenceComponentServingOptions> = {}) => SageMakerServing.inferenceComponents({ memoryMiB: 2048, ...options });

function serve(props: Partial<ServingEndpointProps>): World {
  const world = new World();
  world.serve(props);
  return world;
}

describe('serverless serving', () => {
  const serving = Serving.serverless({ memoryGiB: 4, maxConcurrency: 50, warmReplicas: 5 });

  test.each([['the workflow', undefined], ['the template', ARTIFACT]])('is made by %s', (_, model) => {
    const world = serve({ serving, ...model && { model } });
    const config = model ? world.only('AWS::SageMaker::EndpointConfig') : world.states.CreateEndpointConfig.Arguments;
    expect(config.ProductionVariants[0]).toMatchObject({
      VariantName: 'AllTraffic', InitialVariantWeight: 1, ServerlessConfig: { MemorySizeInMB: 4096, MaxConcurrency: 50, ProvisionedConcurrency: 5 },
    });
    expect(config.KmsKeyId).toBeUndefined();
  });

  test('has two GiB, twenty requests at a time and nothing warm unless told otherwise', () => {
    const { ServerlessConfig } = serve({ serving: Serving.serverless(), model: ARTIFACT }).only('AWS::SageMaker::EndpointConfig').ProductionVariants[0];
    expect(ServerlessConfig).toEqual({ MemorySizeInMB: 2048, MaxConcurrency: 20 });
  });

  test('is not isolated, which it cannot be', () => {
    expect(serve({ serving, model: ARTIFACT }).only('AWS::SageMaker::Model').EnableNetworkIsolation).toBe(false);
  });

  test('may begin with a canary', () => {
    expect(serve({ serving, rollout: Rollout.canary() }).states.UpdateByPolicy.Arguments.DeploymentConfig.BlueGreenUpdatePolicy).toBeDefined();
  });

  test.each<[string, Partial<ServingEndpointProps>, string]>([
    ['capture', { capture: {} }, 'capture is not possible with serverless serving: serverless endpoints record nothing: use Serving.realTime'],
    ['isolation', { networkIsolation: true },
      'networkIsolation is not possible with serverless serving: serverless endpoints cannot isolate their containers: leave it out, or use Serving.realTime'],
    ['a challenger', { challenger: Challenger.shadow() },
      'challenger is not possible with serverless serving: serverless endpoints have one variant only: use Serving.realTime'],
    ['batches', { rollout: SageMakerRollout.rolling() },
      'rollout rolling is not possible with serverless serving: serverless endpoints have no batches of instances: use Rollout.canary or Rollout.linear'],
    ['a machine', { instanceType: 'ml.m5.large' },
      'instanceType ml.m5.large: serverless endpoints pick their machines themselves: leave it out, or use Serving.realTime'],
    ['time to come up', { containerStartupHealthCheckTimeoutInSeconds: 600 },
      'containerStartupHealthCheckTimeoutInSeconds is not possible with serverless serving: serverless endpoints start as SageMaker decides: leave it out, or use Serving.realTime'],
    ['a folder', { model: ModelSource.artifact({ image: IMAGE, key: 'models/llama/' }) },
      'model.key models/llama/ is not possible with serverless serving: serverless endpoints take archives only: pack the files as .tar.gz, or use Serving.realTime'],
    ['memory that is not offered', { serving: Serving.serverless({ memoryGiB: 8 }) }, 'serving.memoryGiB must be a whole number between 1 and 6, got 8'],
    ['too much at a time', { serving: Serving.serverless({ maxConcurrency: 201 }) }, 'serving.maxConcurrency must be a whole number between 1 and 200, got 201'],
    ['more warm replicas than requests', { serving: Serving.serverless({ maxConcurrency: 3, warmReplicas: 4 }) },
      'serving.warmReplicas must be a whole number between 0 and 3, got 4'],
  ])('refuses %s', (_, props, message) => {
    expect(() => serve({ serving, ...props })).toThrow(new Error(who + message));
  });
});

describe('warm serverless serving', () => {
  test('keeps as many replicas warm as the load needs', () => {
    const replicas = { minWarmReplicas: 2, maxWarmReplicas: 8, targetUtilizationPercent: 80 };
    const serving = SageMakerServing.warmServerless({ memoryGiB: 3, maxConcurrency: 10, ...replicas });
    const world = serve({ serving, model: ARTIFACT });
    expect(world.only('AWS::SageMaker::EndpointConfig').ProductionVariants[0].ServerlessConfig)
      .toEqual({ MemorySizeInMB: 3072, MaxConcurrency: 10, ProvisionedConcurrency: 2 });
    expect(world.only('AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject({
      ScalableDimension: 'sagemaker:variant:DesiredProvisionedConcurrency', MinCapacity: 2, MaxCapacity: 8,
    });
    expect(world.only('AWS::ApplicationAutoScaling::ScalingPolicy').TargetTrackingScalingPolicyConfiguration).toMatchObject({
      TargetValue: 0.8, PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantProvisionedConcurrencyUtilization' },
    });
  });

  test('is scaled by the workflow too, from one replica to all of them', () => {
    const { RegisterScaling } = serve({ serving: SageMakerServing.warmServerless() }).states;
    expect(RegisterScaling.Arguments).toMatchObject({ ScalableDimension: 'sagemaker:variant:DesiredProvisionedConcurrency', MinCapacity: 1, MaxCapacity: 20 });
  });

  test('does not scale when the number cannot change', () => {
    serve({ serving: SageMakerServing.warmServerless({ minWarmReplicas: 3, maxWarmReplicas: 3 }), model: ARTIFACT })
      .template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  test.each([
    [{ minWarmReplicas: 0 }, 'serving.minWarmReplicas must be a whole number between 1 and 20, got 0'],
    [{ minWarmReplicas: 3, maxWarmReplicas: 2 }, 'serving.maxWarmReplicas must be a whole number between 3 and 20, got 2'],
    [{ targetUtilizationPercent: 95 }, 'serving.targetUtilizationPercent must be between 10 and 90, got 95'],
    [{ memoryGiB: 7 }, 'serving.memoryGiB must be a whole number between 1 and 6, got 7'],
  ])('refuses %j', (options, message) => {
    expect(() => serve({ serving: SageMakerServing.warmServerless(options) })).toThrow(new Error(who + message));
  });
});

describe('asynchronous serving', () => {
  const config = {
    OutputConfig: {
      S3OutputPath: expect.stringMatching(/\/async\/output\/$/),
      S3FailurePath: expect.stringMatching(/\/async\/failure\/$/),
      KmsKeyId: expect.stringMatching(/^<DataKey/),
    },
  };
  const flattened = (value: any) => JSON.parse(JSON.stringify(value, (_, each) => (each?.['Fn::Join'] || each?.Ref || each?.['Fn::GetAtt'] ? flat(each) : each)));

  test.each([['the workflow', undefined], ['the template', ARTIFACT]])('is made by %s, beginning with one replica', (_, model) => {
    const world = serve({ serving: SageMakerServing.asynchronous(), ...model && { model } });
    const made = flattened(model ? world.only('AWS::SageMaker::EndpointConfig') : world.states.CreateEndpointConfig.Arguments);
    expect(made.AsyncInferenceConfig).toEqual(config);
    expect(made.ProductionVariants[0].InitialInstanceCount).toBe(1);
  });

  test('goes to zero by its backlog, and comes back by a step of its own', () => {
    const serving = SageMakerServing.asynchronous({ maxReplicas: 5, backlogPerReplica: 10, scaleInCooldownSeconds: 600 });
    const world = serve({ serving, model: ARTIFACT });
    expect(world.only('AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject({ MinCapacity: 0, MaxCapacity: 5 });
    const policies = Object.values(world.template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy')).map((each) => each.Properties);
    expect(policies[0].TargetTrackingScalingPolicyConfiguration).toMatchObject({
      TargetValue: 10,
      ScaleInCooldown: 600,
      CustomizedMetricSpecification: { MetricName: 'ApproximateBacklogSizePerInstance', Dimensions: [{ Name: 'EndpointName', Value: ENDPOINT_NAME }] },
    });
    expect(policies[1].StepScalingPolicyConfiguration).toEqual({
      AdjustmentType: 'ChangeInCapacity',
      MetricAggregationType: 'Maximum',
      Cooldown: 300,
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    });
    const alarms = Object.values(world.template.findResources('AWS::CloudWatch::Alarm')).map((each) => each.Properties);
    const wakeUp = alarms.find((each) => each.MetricName === 'HasBacklogWithoutCapacity');
    expect(wakeUp).toMatchObject({ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', AlarmActions: [{ Ref: expect.stringMatching(/^ServingWakeUp/) }] });
  });

  test('goes back when requests fail for any reason, or the model takes longer than SageMaker waits for it', () => {
    const world = new World();
    const endpoint = world.serve({ serving: SageMakerServing.asynchronous() });
    const alarm = (id: string) => Object.entries(world.template.findResources('AWS::CloudWatch::Alarm')).find(([each]) => each.startsWith(`Serving${id}`))![1].Properties;
    expect(alarm('ErrorAlarm').Metrics.map((each: any) => each.MetricStat?.Metric.MetricName ?? each.Expression)).toEqual([
      '100 * IF(FILL(failed, 0) > 0, FILL(failed, 0) / MAX([FILL(failed, 0), FILL(processed, 0)]), 0)', 'InvocationFailures', 'InvocationsProcessed',
    ]);
    expect(alarm('LatencyAlarm')).toMatchObject({ MetricName: 'ModelLatency', ExtendedStatistic: 'p99', Threshold: 900_000_000 });
    expect(endpoint.maxLatencyP99Ms).toBe(900_000);
    expect(endpoint.metricErrorPercent().expression).toContain('processed');
  });

  test('is woken by the workflow too, with an alarm that the teardown knows', () => {
    const world = serve({ serving: SageMakerServing.asynchronous() });
    expect(world.states.RegisterScaling.Arguments).toMatchObject({ MinCapacity: 1, MaxCapacity: 2 });
    expect(world.states.LetSleep.Arguments).toMatchObject({ MinCapacity: 0, MaxCapacity: 2 });
    expect(world.states.PutScalingAlarm2.Arguments).toMatchObject({ AlarmName: `${ENDPOINT_NAME}-wake-up`, MetricName: 'HasBacklogWithoutCapacity' });
    expect(world.only('Custom::EndpointTeardown').AlarmNames).toEqual([`${ENDPOINT_NAME}-wake-up`, `${ENDPOINT_NAME}-stop`]);
    expect(world.actions('TeardownRole')).toContain('cloudwatch:DeleteAlarms');
  });

  test('that always runs needs nobody to wake it', () => {
    const world = serve({ serving: SageMakerServing.asynchronous({ minReplicas: 2 }), model: ARTIFACT });
    expect(world.only('AWS::ApplicationAutoScaling::ScalingPolicy').PolicyName).toBe('HoldBacklog');
    expect(world.only('AWS::SageMaker::EndpointConfig').ProductionVariants[0].InitialInstanceCount).toBe(2);
  });

  test('works on as many requests at a time as told, on the machine asked for, in the folders given', () => {
    const serving = SageMakerServing.asynchronous({
      maxConcurrentInvocations: 4, compute: { accelerator: Accelerator.NVIDIA_T4 }, inputPrefix: 'in/', outputPrefix: 'out/', failurePrefix: 'bad/',
    });
    const world = serve({ serving, model: ARTIFACT });
    const made = flattened(world.only('AWS::SageMaker::EndpointConfig'));
    expect(made.AsyncInferenceConfig.ClientConfig).toEqual({ MaxConcurrentInvocationsPerInstance: 4 });
    expect(made.ProductionVariants[0].InstanceType).toBe('ml.g4dn.xlarge');
    const objects = (action: string) => world.statements('Role').filter((each) => each.Action === action).map((each) => flat(each.Resource).replace(/^<.*>/, ''));
    expect(objects('s3:GetObject')).toEqual(['/training/one/model.tar.gz', '/in/*']);
    expect(objects('s3:PutObject')).toEqual(['/out/*', '/bad/*']);
  });

  test('tells topics, which may carry the answers', () => {
    const world = new World();
    const [successTopic, errorTopic] = ['Done', 'Failed'].map((id) => new sns.Topic(world.stack, id, { masterKey: world.data.encryptionKey, enforceSSL: true }));
    world.serve({ serving: SageMakerServing.asynchronous({ successTopic, errorTopic, includeAnswers: true }), model: ARTIFACT });
    expect(world.only('AWS::SageMaker::EndpointConfig').AsyncInferenceConfig.OutputConfig.NotificationConfig).toEqual({
      SuccessTopic: { Ref: expect.stringMatching(/^Done/) },
      ErrorTopic: { Ref: expect.stringMatching(/^Failed/) },
      IncludeInferenceResponseIn: ['SUCCESS_NOTIFICATION_TOPIC', 'ERROR_NOTIFICATION_TOPIC'],
    });
    expect(world.actions('Role').filter((action) => action === 'sns:Publish')).toHaveLength(2);
    expect(judge(world.stack)).toEqual([]);
  });

  test('lets callers leave requests and fetch answers', () => {
    const world = new World();
    const caller = new iam.User(world.stack, 'Caller');
    world.serve({ serving: SageMakerServing.asynchronous(), model: ARTIFACT }).grantInvoke(caller);
    const policy = Object.values(world.template.findResources('AWS::IAM::Policy')).find((each) => each.Properties.Users);
    const actions = policy!.Properties.PolicyDocument.Statement.map((each: any) => `${each.Action} ${[each.Resource].flat().map((one: any) => flat(one).replace(/^.*[:>]/, ''))}`);
    expect(actions).toEqual(expect.arrayContaining([
      `sagemaker:InvokeEndpointAsync endpoint/${ENDPOINT_NAME}`,
      expect.stringMatching(/^s3:PutObject.* \/async\/input\/\*$/),
      expect.stringMatching(/^s3:GetObject.* \/async\/output\/\*$/),
      expect.stringMatching(/^s3:GetObject.* \/async\/failure\/\*$/),
    ]));
  });

  test.each<[string, AsynchronousServingOptions, Partial<ServingEndpointProps>, string]>([
    ['a challenger', {}, { challenger: Challenger.abTest() },
      'challenger is not possible with asynchronous serving: asynchronous endpoints have one variant only: use Serving.realTime'],
    ['a canary of the one replica it begins with', {}, { rollout: Rollout.canary() },
      'rollout canary needs at least 2 replicas to have a part to begin with, got minReplicas 1: set minReplicas to 2, or use Rollout.allAtOnce'],
    ['burstable machines', {}, { instanceType: 'ml.t2.medium' },
      'instanceType ml.t2.medium is burstable and cannot scale automatically: an asynchronous endpoint always does, or use ml.m5.large'],
    ['a folder that is none', { outputPrefix: 'out' }, {}, "serving.outputPrefix must be a folder of the bucket like 'batch/input/': it ends in '/', without the bucket and without a slash in front, got 'out'"],
    ['an input folder that is none', { inputPrefix: '/in/' }, {},
      "serving.inputPrefix must be a folder of the bucket like 'batch/input/': it ends in '/', without the bucket and without a slash in front, got '/in/'"],
    ['a failure folder that is none', { failurePrefix: '' }, {},
      "serving.failurePrefix must be a folder of the bucket like 'batch/input/': it ends in '/', without the bucket and without a slash in front, got ''"],
    ['no backlog at all', { backlogPerReplica: 0 }, {}, `serving.backlogPerReplica must be between 1 and ${Number.MAX_SAFE_INTEGER}, got 0`],
    ['too many at a time', { maxConcurrentInvocations: 1001 }, {}, 'serving.maxConcurrentInvocations must be a whole number between 1 and 1000, got 1001'],
    ['a cooldown of days', { scaleInCooldownSeconds: 90_000 }, {}, 'serving.scaleInCooldownSeconds must be a whole number between 0 and 86400, got 90000'],
    ['less at most than at least', { minReplicas: 3, maxReplicas: 1 }, {}, 'scaling.maxReplicas must be at least minReplicas (3), got 1'],
    ['answers for nobody', { includeAnswers: true }, {}, 'serving.includeAnswers has no topic to put them in: set successTopic'],
  ])('refuses %s', (_, options, props, message) => {
    expect(() => serve({ serving: SageMakerServing.asynchronous(options), ...props })).toThrow(new Error(who + message));
  });
});

describe('multi-model serving', () => {
  test('loads what lies under a prefix', () => {
    const world = serve({ serving: SageMakerServing.multiModel({ cacheModels: false }), model: MODELS });
    expect(world.only('AWS::SageMaker::Model').PrimaryContainer).toMatchObject({
      Mode: 'MultiModel', MultiModelConfig: { ModelCacheSetting: 'Disabled' }, ModelDataUrl: { 'Fn::Join': ['', ['s3://', expect.anything(), '/models/']] },
    });
    expect(world.statements('Role').find((each) => each.Action === 's3:ListBucket')).toMatchObject({ Condition: { StringLike: { 's3:prefix': ['models/*'] } } });
    expect(flat(world.statements('Role')[0].Resource)).toMatch(/\/models\/\*$/);
  });

  test('keeps models in memory, and scales, unless told otherwise', () => {
    const world = serve({ serving: SageMakerServing.multiModel({ scaling: { minReplicas: 3 }, compute: { vcpus: 8 } }), model: MODELS });
    expect(world.only('AWS::SageMaker::Model').PrimaryContainer.MultiModelConfig).toEqual({ ModelCacheSetting: 'Enabled' });
    expect(world.only('AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject({ MinCapacity: 3, MaxCapacity: 6 });
    expect(world.only('AWS::SageMaker::EndpointConfig').ProductionVariants[0].InstanceType).toMatch(/2xlarge$/);
  });

  test.each<[string, Partial<ServingEndpointProps>, string]>([
    ['the newest approved version', {}, 'ModelSource.latestApproved is not possible with multi-model serving: a multi-model endpoint serves what lies under ' +
      "a prefix, a registry knows single models: use ModelSource.artifact with a key that ends in '/'"],
    ['a version', { model: PACKAGE }, 'ModelSource.package is not possible with multi-model serving: a multi-model endpoint serves what lies under ' +
      "a prefix, a package is one model: use ModelSource.artifact with a key that ends in '/'"],
    ['an archive', { model: ARTIFACT }, "model.key must be a folder of the bucket like 'models/': it ends in '/', without the bucket and without a slash in front, got 'training/one/model.tar.gz'"],
    ['an image alone', { model: ModelSource.artifact({ image: IMAGE }) }, 'model.key must be the prefix of the archives in multi-model serving, got undefined'],
    ['a challenger', { model: MODELS, challenger: Challenger.shadow(), challengerModel: OTHER_ARTIFACT },
      'challenger is not possible with multi-model serving: multi-model endpoints cannot be compared variant by variant: call another archive, or use Serving.realTime'],
  ])('refuses %s', (_, props, message) => {
    expect(() => serve({ serving: SageMakerServing.multiModel(), ...props })).toThrow(new Error(who + message));
  });
});

describe('inference components', () => {
  test('have an endpoint without a model, whose machines SageMaker manages', () => {
    const world = serve({ serving: components({ minInstances: 2, maxInstances: 4 }), model: ARTIFACT, environment: { A: '1' } });
    expect(world.only('AWS::SageMaker::EndpointConfig')).toEqual({
      ExecutionRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^ServingRole/), 'Arn'] },
      EnableNetworkIsolation: true,
      KmsKeyId: expect.anything(),
      ProductionVariants: [{
        VariantName: 'AllTraffic',
        InstanceType: 'ml.m5.large',
        InitialInstanceCount: 2,
        ManagedInstanceScaling: { Status: 'ENABLED', MinInstanceCount: 2, MaxInstanceCount: 4 },
        RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
      }],
    });
    expect(world.only('AWS::SageMaker::Endpoint')).toEqual({ EndpointName: ENDPOINT_NAME, EndpointConfigName: expect.anything() });
  });

  test('reserve what each copy needs, and are replaced copy by copy', () => {
    const serving = components({ cpuCores: 0.5, compute: { accelerator: Accelerator.NVIDIA_T4 } });
    const world = serve({ serving, model: ARTIFACT, rollout: SageMakerRollout.rolling({ batchPercent: 10, waitMinutes: 3 }) });
    expect(world.only('AWS::SageMaker::InferenceComponent')).toMatchObject({
      EndpointName: { 'Fn::GetAtt': [expect.stringMatching(/^Serving/), 'EndpointName'] },
      VariantName: 'AllTraffic',
      Specification: {
        ModelName: { 'Fn::GetAtt': [expect.stringMatching(/^ServingModel/), 'ModelName'] },
        ComputeResourceRequirements: { MinMemoryRequiredInMb: 2048, NumberOfCpuCoresRequired: 0.5, NumberOfAcceleratorDevicesRequired: 1 },
      },
      RuntimeConfig: { CopyCount: 1 },
      DeploymentConfig: { RollingUpdatePolicy: { MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 10 }, WaitIntervalInSeconds: 180 } },
    });
  });

  test('have the time that a large model needs to come up, on machines with the driver asked for', () => {
    const world = serve({
      serving: components(), model: ARTIFACT, modelDataDownloadTimeoutInSeconds: 3600, inferenceAmiVersion: 'al2-ami-sagemaker-inference-gpu-3-1',
    });
    expect(world.only('AWS::SageMaker::InferenceComponent')).toMatchObject({
      Specification: { StartupParameters: { ModelDataDownloadTimeoutInSeconds: 3600 } },
      // Two batches of an hour and the waits.
      DeploymentConfig: { RollingUpdatePolicy: { MaximumExecutionTimeoutInSeconds: 300 + 7500 } },
    });
    const [variant] = world.only('AWS::SageMaker::EndpointConfig').ProductionVariants;
    expect([variant.InferenceAmiVersion, variant.ModelDataDownloadTimeoutInSeconds]).toEqual(['al2-ami-sagemaker-inference-gpu-3-1', undefined]);
  });

  test('reserve as many accelerators as told', () => {
    const world = serve({ serving: components({ acceleratorCount: 2 }), model: ARTIFACT, instanceType: 'ml.g5.12xlarge' });
    expect(world.only('AWS::SageMaker::InferenceComponent').Specification.ComputeResourceRequirements.NumberOfAcceleratorDevicesRequired).toBe(2);
  });

  test.each([['the workflow', undefined], ['the template', ARTIFACT]])('made by %s go back by the metrics of the component', (_, model) => {
    const world = new World();
    const endpoint = world.serve({ serving: components(), ...model && { model } });
    const alarms = Object.values(world.template.findResources('AWS::CloudWatch::Alarm')).map((each) => each.Properties);
    const dimensions = [{ Name: 'InferenceComponentName', Value: endpoint.inferenceComponentName }];
    expect(alarms.find((each) => each.MetricName === 'ModelLatency')!.Dimensions).toEqual(dimensions);
    expect(alarms.find((each) => each.Metrics)!.Metrics[1].MetricStat.Metric).toMatchObject({ MetricName: 'Invocation5XXErrors', Dimensions: dimensions });
    expect(endpoint.inferenceComponentName).toMatch(/^churn-serving-model-/);
  });

  test('scale by copies, with the component found by its ARN', () => {
    const world = serve({ serving: components({ minCopies: 1, maxCopies: 6, requestsPerMinute: 90 }), model: ARTIFACT });
    const target = world.only('AWS::ApplicationAutoScaling::ScalableTarget');
    expect(target).toMatchObject({ MinCapacity: 1, MaxCapacity: 6, ScalableDimension: 'sagemaker:inference-component:DesiredCopyCount' });
    expect(JSON.stringify(target.ResourceId)).toMatch(/inference-component\/.*Fn::Select.*Fn::Split.*InferenceComponentArn/);
    expect(world.only('AWS::ApplicationAutoScaling::ScalingPolicy').TargetTrackingScalingPolicyConfiguration).toMatchObject({
      TargetValue: 90, PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerInferenceComponentInvocationsPerCopy' },
    });
  });

  test('go to zero, and come back when a request fails for want of a copy', () => {
    const world = serve({ serving: components({ minInstances: 0 }), model: ARTIFACT });
    expect(world.only('AWS::SageMaker::EndpointConfig').ProductionVariants[0]).toMatchObject({
      InitialInstanceCount: 1, ManagedInstanceScaling: { MinInstanceCount: 0, MaxInstanceCount: 2 },
    });
    expect(world.only('AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject({ MinCapacity: 0, MaxCapacity: 2 });
    const alarms = Object.values(world.template.findResources('AWS::CloudWatch::Alarm')).map((each) => each.Properties);
    expect(alarms.map((each) => each.MetricName)).toContain('NoCapacityInvocationFailures');
  });

  test('do not scale when the number of copies cannot change', () => {
    serve({ serving: components({ maxInstances: 1 }), model: ARTIFACT }).template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  test('are rolled out by the workflow into an endpoint of the template', () => {
    const world = serve({ serving: components({ minInstances: 0 }) });
    world.template.resourceCountIs('AWS::SageMaker::Endpoint', 1);
    world.template.resourceCountIs('AWS::SageMaker::InferenceComponent', 0);
    expect(world.states.CreateInferenceComponent.Arguments).toMatchObject({
      EndpointName: ENDPOINT_NAME,
      InferenceComponentName: expect.stringMatching(/^churn-serving-model-/),
      VariantName: 'AllTraffic',
      Specification: { ModelName: '{% $modelName %}', ComputeResourceRequirements: { MinMemoryRequiredInMb: 2048 } },
      RuntimeConfig: { CopyCount: 1 },
    });
    const { ComponentName, EndpointName } = world.only('Custom::EndpointTeardown');
    expect([ComponentName, EndpointName]).toEqual([expect.stringMatching(/^churn-serving-model-/), '']);
  });

  test('are named to callers, who may ask them only', () => {
    const world = new World();
    const endpoint = world.serve({ serving: components() });
    endpoint.grantInvoke(new iam.User(world.stack, 'Caller'));
    const policy = Object.values(world.template.findResources('AWS::IAM::Policy')).find((each) => each.Properties.Users);
    const [{ Resource }] = policy!.Properties.PolicyDocument.Statement;
    expect(Resource.map((each: any) => flat(each).replace(/^.*:/, ''))).toEqual([
      `endpoint/${ENDPOINT_NAME}`, `inference-component/${endpoint.inferenceComponentName}`,
    ]);
  });

  test.each<[string, Partial<InferenceComponentServingOptions>, Partial<ServingEndpointProps>, string]>([
    ['too little memory', { memoryMiB: 64 }, {}, 'serving.memoryMiB must be a whole number of at least 128, got 64'],
    ['too little of a core', { cpuCores: 0.1 }, {}, `serving.cpuCores must be between 0.25 and ${Number.MAX_SAFE_INTEGER}, got 0.1`],
    ['no accelerator', { acceleratorCount: 0 }, {}, `serving.acceleratorCount must be between 1 and ${Number.MAX_SAFE_INTEGER}, got 0`],
    ['more memory than a machine has', { memoryMiB: 8193 }, { instanceType: 'ml.m5.large' },
      'serving.memoryMiB must be at most 8192, the memory of ml.m5.large: ask for a larger machine in serving.compute, got 8193'],
    ['more cores than a machine has', { cpuCores: 2.5 }, { instanceType: 'ml.m5.large' },
      'serving.cpuCores must be at most 2, the vCPUs of ml.m5.large: ask for a larger machine in serving.compute, got 2.5'],
    ['more accelerators than a machine has', { acceleratorCount: 8 }, { instanceType: 'ml.g5.12xlarge' },
      'serving.acceleratorCount must be at most 4, the accelerators of ml.g5.12xlarge: ask for a larger machine in serving.compute, got 8'],
    ['an accelerator of a machine without', { acceleratorCount: 1 }, {},
      'serving.acceleratorCount must be at most 0, the accelerators of ml.m5.large: ask for a larger machine in serving.compute, got 1'],
    ['no request', { requestsPerMinute: 0 }, {}, `serving.requestsPerMinute must be between 1 and ${Number.MAX_SAFE_INTEGER}, got 0`],
    ['fewer than no machine', { minInstances: -1 }, {}, 'serving.minInstances must be a whole number of at least 0, got -1'],
    ['no machine at most', { minInstances: 3, maxInstances: 2 }, {}, 'serving.maxInstances must be a whole number of at least 3, got 2'],
    ['no copy on machines that stay', { minCopies: 0 }, {}, 'serving.minCopies must be a whole number of at least 1, got 0'],
    ['fewer copies at most than at least', { minCopies: 4, maxCopies: 3 }, {}, 'serving.maxCopies must be a whole number of at least 4, got 3'],
    ['burstable machines', {}, { instanceType: 'ml.t2.medium' },
      'instanceType ml.t2.medium is burstable and cannot scale automatically: the machines of inference components always do, or use ml.m5.large'],
    ['capture', {}, { capture: {} },
      'capture is not possible with inference-components serving: an endpoint of inference components records nothing: use Serving.realTime'],
    ['a challenger', {}, { challenger: Challenger.shadow() },
      'challenger is not possible with inference-components serving: components of an endpoint share one variant: add a second ServingEndpoint, or use Serving.realTime'],
    ['shifted traffic', {}, { rollout: Rollout.canary() },
      'rollout canary is not possible with inference-components serving: components are replaced copy by copy: use SageMakerRollout.rolling or Rollout.allAtOnce'],
  ])('refuse %s', (_, options, props, message) => {
    expect(() => serve({ serving: components(options), ...props })).toThrow(new Error(who + message));
  });
});

describe('rolling', () => {
  test('replaces a fleet in batches', () => {
    expect(serve({ model: ARTIFACT, rollout: SageMakerRollout.rolling({ batchPercent: 50, waitMinutes: 0 }) }).only('AWS::SageMaker::Endpoint').DeploymentConfig).toMatchObject({
      RollingUpdatePolicy: { MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 50 }, WaitIntervalInSeconds: 0, MaximumExecutionTimeoutInSeconds: 7200 },
    });
  });

  test.each([
    [{ batchPercent: 4 }, 'rollout: rolling batchPercent must be a whole number between 5 and 50, got 4'],
    [{ waitMinutes: 61 }, 'rollout: rolling waitMinutes must be a whole number between 0 and 60, got 61'],
  ])('refuses %j', (options, message) => {
    expect(() => SageMakerRollout.rolling(options)).toThrow(new Error(message));
  });
});

test('a mode of somebody else is refused', () => {
  class Telepathy extends Serving {
    public readonly mode = 'telepathy';
  }
  expect(() => serve({ serving: new Telepathy() })).toThrow(new Error(`${who}serving must be a mode of Serving or SageMakerServing, got 'telepathy'`));
});

describe('judges find nothing', () => {
  test.each<[string, Partial<ServingEndpointProps>]>([
    ['serverless by the workflow', { serving: Serving.serverless() }],
    ['serverless in the template', { serving: Serving.serverless(), model: ARTIFACT }],
    ['machines with disks of their own', { model: ARTIFACT, instanceType: 'ml.g5.xlarge' }],
    ['asynchronous by the workflow', { serving: SageMakerServing.asynchronous() }],
    ['asynchronous in the template', { serving: SageMakerServing.asynchronous(), model: ARTIFACT }],
    ['multi-model', { serving: SageMakerServing.multiModel(), model: MODELS }],
    ['inference components by the workflow', { serving: components({ minInstances: 0 }) }],
    ['inference components in the template', { serving: components({ minInstances: 0 }), model: ARTIFACT }],
  ])('%s', (_, props) => {
    expect(judge(serve(props).stack)).toEqual([]);
  });
});
