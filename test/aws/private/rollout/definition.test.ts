import { rolloutDefinition } from '../../../../src/aws/private/rollout/definition';
import { rolloutPermissions } from '../../../../src/aws/private/rollout/permissions';
import { RolloutSpec } from '../../../../src/aws/private/rollout/spec';
import { loose, rendered, uncovered, unsetVariables } from '../policy/sagemaker-requests';
import { calledActions } from 'mlops-constructs/aws/private/base/state-actions';

const SPEC: RolloutSpec = {
  endpointName: 'churn',
  modelPackageGroup: 'churn',
  executionRoleArn: 'arn:aws:iam::123456789012:role/serving',
  namePrefix: 'churn',
  variant: { InstanceType: 'ml.m5.large', InitialInstanceCount: 2 },
  notificationTopicArn: 'arn:aws:sns:eu-west-1:123456789012:alerts',
};
const SCALING = {
  minCapacity: 1,
  maxCapacity: 4,
  policies: [{
    name: 'requests',
    targetTracking: { TargetValue: 100, PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' } },
  }],
};
const WAKE_UP = {
  name: 'wake-up',
  steps: { AdjustmentType: 'ExactCapacity', StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }] },
  alarm: { AlarmName: 'churn-wake-up', MetricName: 'HasBacklogWithoutCapacity', Namespace: 'AWS/SageMaker' },
};
const CANARY = {
  BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'CANARY', WaitIntervalInSeconds: 600 } },
  AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
};
const COMPONENT = { name: 'churn-model', specification: { ComputeResourceRequirements: { MinMemoryRequiredInMb: 1024 } }, copyCount: 1 };

const FORMS: Record<string, RolloutSpec> = {
  'plain': SPEC,
  'without a topic': { ...SPEC, notificationTopicArn: undefined },
  'scaled': { ...SPEC, scaling: { ...SCALING, policies: [...SCALING.policies, WAKE_UP] } },
  'serverless': { ...SPEC, variant: { ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 } } },
  'serverless, warm': { ...SPEC, variant: { ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5, ProvisionedConcurrency: 2 } } },
  'asynchronous': { ...SPEC, asyncInferenceConfig: { OutputConfig: { S3OutputPath: 's3://lake/out' } }, scaling: { ...SCALING, minCapacity: 0 } },
  'canary': { ...SPEC, deploymentConfig: CANARY },
  'canary that can be stopped': { ...SPEC, deploymentConfig: CANARY, stopAlarmName: 'churn-stop' },
  'shadow': { ...SPEC, challenger: { kind: 'shadow', percent: 50 }, deploymentConfig: CANARY },
  'A/B test, rolling': {
    ...SPEC, challenger: { kind: 'ab-test', percent: 20 }, deploymentConfig: { RollingUpdatePolicy: { MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 50 } } },
  },
  'A/B test, canary': { ...SPEC, challenger: { kind: 'ab-test', percent: 20 }, deploymentConfig: CANARY },
  'component': { ...SPEC, variant: undefined, inferenceComponent: COMPONENT, scaling: SCALING },
  'component without scaling': { ...SPEC, variant: undefined, inferenceComponent: COMPONENT },
};

describe.each(Object.entries(FORMS))('a rollout: %s', (_, spec) => {
  const definition = rolloutDefinition(spec);

  test('names only states that are there, and reaches every one', () => {
    expect(loose(definition)).toEqual({ missing: [], unreachable: [] });
  });

  test('reads only variables that it sets', () => {
    expect(unsetVariables(definition)).toEqual([]);
  });

  test('permits what it calls, and nothing that it does not need', () => {
    expect(uncovered(definition, rolloutPermissions(spec), [
      'sagemaker:AddTags',
      'iam:PassRole',
      // What Application Auto Scaling asks of its callers.
      'iam:CreateServiceLinkedRole', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms',
      'sagemaker:UpdateEndpointWeightsAndCapacities', 'sagemaker:UpdateInferenceComponentRuntimeConfig',
      // Taking off the scaling of an earlier deployment.
      'application-autoscaling:DescribeScalableTargets', 'application-autoscaling:DeregisterScalableTarget',
    ])).toEqual({ called: [], unused: [] });
  });

  test('gives a reason for every resource that ends in a star', () => {
    const wide = rolloutPermissions(spec).filter(each => each.resources.some(resource => resource.endsWith('*')));
    expect(wide.filter(each => !each.reason)).toEqual([]);
  });

  test('makes every call through an integration of Step Functions', () => {
    for (const state of Object.values(rendered(definition).States).filter(each => each.Type === 'Task')) {
      expect(state.Resource).toMatch(/^arn:<AWS::Partition>:states:::(aws-sdk:(sagemaker|applicationautoscaling|cloudwatch):[a-z]\w+|sns:publish)$/);
    }
  });
});

/** The arguments of one call. */
function argumentsOf(spec: RolloutSpec, state: string): unknown {
  return rendered(rolloutDefinition(spec)).States[state].Arguments;
}

test('creates the model from the package, isolated unless told otherwise', () => {
  expect(argumentsOf(SPEC, 'CreateModel')).toEqual({
    ModelName: '{% $modelName %}',
    ExecutionRoleArn: 'arn:aws:iam::123456789012:role/serving',
    PrimaryContainer: { ModelPackageName: '{% $packageArn %}' },
    EnableNetworkIsolation: true,
  });
  expect(argumentsOf({
    ...SPEC, networkIsolation: false, environment: { LOG: 'info' }, vpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
  }, 'CreateModel')).toMatchObject({
    PrimaryContainer: { Environment: { LOG: 'info' } },
    EnableNetworkIsolation: false,
    VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
  });
});

test('writes the endpoint config with capture, asynchronous inference and the key only where given', () => {
  expect(argumentsOf(SPEC, 'CreateEndpointConfig')).toEqual({
    EndpointConfigName: '{% $configName %}',
    ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: '{% $modelName %}', InstanceType: 'ml.m5.large', InitialInstanceCount: 2 }],
  });
  const capture = { EnableCapture: true, InitialSamplingPercentage: 100, DestinationS3Uri: 's3://lake/capture' };
  const asynchronous = { OutputConfig: { S3OutputPath: 's3://lake/out' } };
  expect(argumentsOf({
    ...SPEC, dataCaptureConfig: capture, asyncInferenceConfig: asynchronous, volumeKmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1',
  }, 'CreateEndpointConfig')).toMatchObject({
    DataCaptureConfig: capture, AsyncInferenceConfig: asynchronous, KmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/1',
  });
});

test('lets the role use the volume key through SageMaker only', () => {
  const key = 'arn:aws:kms:eu-west-1:123456789012:key/1';
  expect(rolloutPermissions({ ...SPEC, volumeKmsKeyArn: key })).toContainEqual({
    actions: ['kms:CreateGrant'], resources: [key], conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });
});

test('updates with the deployment policy and keeps the capacity that scaling has reached', () => {
  expect(argumentsOf({ ...SPEC, scaling: SCALING, deploymentConfig: CANARY }, 'UpdateByPolicy')).toEqual({
    EndpointName: 'churn',
    EndpointConfigName: '{% $configName %}',
    RetainAllVariantProperties: true,
    ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DataCaptureConfig' }],
    DeploymentConfig: CANARY,
  });
});

test('gives a fleet that nothing scales the size that the config says', () => {
  expect(argumentsOf({ ...SPEC, deploymentConfig: CANARY }, 'UpdateByPolicy')).toMatchObject({
    RetainAllVariantProperties: true,
    ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DataCaptureConfig' }, { VariantPropertyType: 'DesiredInstanceCount' }],
  });
});

test('does not repeat an update that was turned away before it has looked again', () => {
  expect(rolloutDefinition(SPEC).States.UpdateEndpoint.Retry).toBeUndefined();
  expect(rolloutDefinition(SPEC).States.CreateEndpoint.Retry).toBeUndefined();
});

test('puts a shadow beside the live model', () => {
  expect(argumentsOf(FORMS.shadow, 'CreateChallengerConfig')).toMatchObject({
    ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: '{% $champion.modelName %}', InitialVariantWeight: 1 }],
    ShadowProductionVariants: [{ VariantName: 'Shadow', ModelName: '{% $modelName %}', InitialVariantWeight: 0.5 }],
  });
});

test('gives the new model its share in an A/B test', () => {
  expect(argumentsOf(FORMS['A/B test, rolling'], 'CreateChallengerConfig')).toMatchObject({
    ProductionVariants: [
      { VariantName: 'AllTraffic', ModelName: '{% $champion.modelName %}', InitialVariantWeight: 0.8 },
      { VariantName: 'Challenger', ModelName: '{% $modelName %}', InitialVariantWeight: 0.2 },
    ],
  });
});

test('replaces a fleet of several variants all at once where a rolling update was asked for', () => {
  expect(argumentsOf(FORMS['A/B test, rolling'], 'UpdateAllAtOnce')).not.toHaveProperty('DeploymentConfig');
  expect(argumentsOf(FORMS['A/B test, rolling'], 'UpdateByPolicy')).toHaveProperty('DeploymentConfig');
});

test('moves traffic step by step only where the variants keep their names', () => {
  const steps = { ...SPEC, challenger: { kind: 'ab-test', percent: 20, instanceCount: 3 } as const, deploymentConfig: CANARY };
  const { UpdateEndpoint } = rolloutDefinition(steps).States;
  expect(UpdateEndpoint).toEqual({
    Type: 'Choice',
    Choices: [{ Condition: '{% $ignoreAlarms or $returning or $champion.variants != ($configName = $modelName ? 1 : 2) %}', Next: 'UpdateAllAtOnce' }],
    Default: 'UpdateByPolicy',
  });
  expect(argumentsOf(steps, 'UpdateAllAtOnce')).not.toHaveProperty('DeploymentConfig');
  expect(argumentsOf(steps, 'UpdateByPolicy')).toMatchObject({ DeploymentConfig: CANARY });
  expect(argumentsOf(steps, 'CreateChallengerConfig')).toMatchObject({ ProductionVariants: [{ InitialInstanceCount: 2 }, { InitialInstanceCount: 3 }] });
  expect(argumentsOf(FORMS.shadow, 'UpdateByPolicy')).toHaveProperty('DeploymentConfig');
});

test('connects the alarm of a step policy to the policy it has just put', () => {
  expect(argumentsOf(FORMS.scaled, 'PutScalingPolicy2')).toMatchObject({ PolicyType: 'StepScaling', StepScalingPolicyConfiguration: WAKE_UP.steps });
  expect(argumentsOf(FORMS.scaled, 'PutScalingAlarm2')).toEqual({ ...WAKE_UP.alarm, AlarmActions: ['{% $policyArn %}'] });
});

test('leaves the number of copies of a component to scaling after the first rollout', () => {
  expect(argumentsOf(FORMS.component, 'CreateInferenceComponent')).toMatchObject({ RuntimeConfig: { CopyCount: 1 } });
  expect(argumentsOf(FORMS.component, 'UpdateInferenceComponent')).not.toHaveProperty('RuntimeConfig');
  expect(calledActions(rolloutDefinition(FORMS.component))).not.toContain('sagemaker:UpdateEndpoint');
});

test('scales in the dimension that is asked for', () => {
  const dimension = 'sagemaker:variant:DesiredProvisionedConcurrency';
  expect(argumentsOf({ ...FORMS.serverless, scaling: { ...SCALING, dimension } }, 'RegisterScaling')).toMatchObject({ ScalableDimension: dimension });
  expect(argumentsOf(FORMS.component, 'RegisterScaling')).toMatchObject({
    ResourceId: 'inference-component/churn-model', ScalableDimension: 'sagemaker:inference-component:DesiredCopyCount',
  });
});

test('stops by itself after its own deadline, with time left to clean up', () => {
  expect(rolloutDefinition({ ...SPEC, maxMinutes: 60 }).TimeoutSeconds).toBe(60 * 60 + 1800);
  expect(rolloutDefinition({ ...SPEC, pollSeconds: 10 }).States.WaitForRollout).toMatchObject({ Type: 'Wait', Seconds: 10 });
});

test('looks less often where the history could not hold all the looks', () => {
  expect(rolloutDefinition({ ...SPEC, maxMinutes: 240 }).States.WaitForRollout.Seconds).toBe(30);
  expect(rolloutDefinition({ ...SPEC, maxMinutes: 1500 }).States.WaitForRollout.Seconds).toBe(75);
});

test('reads versions of a group that another account owns', () => {
  const group = 'arn:aws:sagemaker:eu-west-1:210987654321:model-package-group/churn';
  expect(rolloutPermissions({ ...SPEC, modelPackageGroup: group })).toContainEqual(expect.objectContaining({
    actions: ['sagemaker:DescribeModelPackage', 'sagemaker:CreateModel'], resources: ['arn:aws:sagemaker:eu-west-1:210987654321:model-package/churn/*'],
  }));
});

test('permits names with capitals in the lower case in which SageMaker writes them, too', () => {
  const models = rolloutPermissions({ ...SPEC, namePrefix: 'Churn' }).find(each => each.actions.includes('sagemaker:CreateModel'))!;
  expect(models.resources.map(resource => resource.split(':').pop())).toEqual(['model/Churn-*', 'model/churn-*']);
});
