import { batchDefinition, batchPermissions, BatchSpec } from '../../../../src/aws/private/serving/batch-definition';
import { loose, rendered, uncovered, unsetVariables } from '../policy/sagemaker-requests';

const SPEC: BatchSpec = {
  modelPackageGroup: 'churn',
  executionRoleArn: 'arn:aws:iam::123456789012:role/serving',
  namePrefix: 'churn-batch',
  inputBucketName: 'lake',
  inputPrefix: 'to-predict',
  outputBucketName: 'artifacts',
  outputPrefix: 'predicted',
  notificationTopicArn: 'arn:aws:sns:eu-west-1:123456789012:alerts',
};

describe.each(Object.entries({ 'plain': SPEC, 'without a topic': { ...SPEC, notificationTopicArn: undefined } }))('a batch run: %s', (_, spec) => {
  const definition = batchDefinition(spec);

  test('names only states that are there, and reaches every one', () => {
    expect(loose(definition)).toEqual({ missing: [], unreachable: [] });
  });

  test('reads only variables that it sets', () => {
    expect(unsetVariables(definition)).toEqual([]);
  });

  test('permits what it calls, and nothing that it does not need', () => {
    expect(uncovered(definition, batchPermissions(spec), ['iam:PassRole', 'sagemaker:AddTags'])).toEqual({ called: [], unused: [] });
  });

  test('gives a reason for every resource that ends in a star', () => {
    const wide = batchPermissions(spec).filter(each => each.resources.some(resource => resource.endsWith('*')));
    expect(wide.filter(each => !each.reason)).toEqual([]);
  });
});

/** The arguments of one call. */
function argumentsOf(spec: BatchSpec, state: string): unknown {
  return rendered(batchDefinition(spec)).States[state].Arguments;
}

test('predicts line by line on one machine unless told otherwise', () => {
  expect(argumentsOf(SPEC, 'Predict')).toMatchObject({
    ModelName: '{% $modelName %}',
    TransformInput: { ContentType: 'text/csv', SplitType: 'Line' },
    TransformOutput: { AssembleWith: 'Line' },
    TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
  });
});

test('passes on machine, formats, keys, network, environment and more of the job', () => {
  const key = 'arn:aws:kms:eu-west-1:123456789012:key/1';
  const spec: BatchSpec = {
    ...SPEC,
    instanceType: 'ml.g5.xlarge',
    instanceCount: 3,
    contentType: 'application/json',
    splitType: 'None',
    assembleWith: 'None',
    outputKmsKeyArn: key,
    volumeKmsKeyArn: key,
    transform: { BatchStrategy: 'MultiRecord' },
    environment: { LOG: 'info' },
    networkIsolation: false,
    vpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
  };
  expect(argumentsOf(spec, 'Predict')).toMatchObject({
    BatchStrategy: 'MultiRecord',
    TransformInput: { ContentType: 'application/json', SplitType: 'None' },
    TransformOutput: { AssembleWith: 'None', KmsKeyId: key },
    TransformResources: { InstanceType: 'ml.g5.xlarge', InstanceCount: 3, VolumeKmsKeyId: key },
  });
  expect(argumentsOf(spec, 'CreateModel')).toMatchObject({
    PrimaryContainer: { Environment: { LOG: 'info' } },
    EnableNetworkIsolation: false,
    VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
  });
});

test('takes as long as it is given', () => {
  expect(batchDefinition({ ...SPEC, maxMinutes: 30 }).TimeoutSeconds).toBe(1800);
  expect(batchDefinition(SPEC).TimeoutSeconds).toBe(14400);
});
