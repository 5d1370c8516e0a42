import { driftDefinition, driftPermissions, DriftSpec } from '../../../../src/aws/private/monitoring/drift-definition';
import { QualityGate } from '../../../../src/core';
import { loose, rendered, uncovered, unsetVariables } from '../policy/sagemaker-requests';

const SPEC: DriftSpec = {
  endpointName: 'churn',
  modelPackageGroup: 'churn',
  captureBucketName: 'lake',
  capturePrefix: 'capture',
  reportBucketName: 'artifacts',
  reportPrefix: 'drift',
  jobRoleArn: 'arn:aws:iam::123456789012:role/monitor',
  imageUri: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn:1',
  metricNamespace: 'MLOps',
  metricDimensions: { Endpoint: 'churn' },
  namePrefix: 'churn-drift',
  notificationTopicArn: 'arn:aws:sns:eu-west-1:123456789012:alerts',
};

const FORMS: Record<string, DriftSpec> = {
  'plain': SPEC,
  'without a topic': { ...SPEC, notificationTopicArn: undefined },
  'labels': { ...SPEC, labels: { bucketName: 'labels', prefix: 'truth' } },
  'labels that take a month': { ...SPEC, labels: { bucketName: 'labels', prefix: 'truth' }, labelDelayDays: 30 },
  'labels of a week that take a month': {
    ...SPEC, window: { unit: 'day', count: 7 }, labels: { bucketName: 'labels', prefix: 'truth' }, labelDelayDays: 30,
  },
  'every feature': { ...SPEC, featureMetrics: true },
  'retraining': { ...SPEC, retrain: { pipelineName: 'churn', maxDriftShare: 0.3, minDays: 7 } },
  'retraining for quality': {
    ...SPEC, retrain: { pipelineName: 'churn', gates: [QualityGate.atLeast('accuracy', 0.9), QualityGate.atMost('logLoss', 0.4)], minDays: 0 },
  },
  'component': { ...SPEC, inferenceComponentName: 'churn-model' },
  'encrypted, in a network': {
    ...SPEC,
    outputKmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1',
    volumeKmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1',
    vpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
  },
};

describe.each(Object.entries(FORMS))('a drift run: %s', (_, spec) => {
  const definition = driftDefinition(spec);

  test('names only states that are there, and reaches every one', () => {
    expect(loose(definition)).toEqual({ missing: [], unreachable: [] });
  });

  test('reads only variables that it sets', () => {
    expect(unsetVariables(definition)).toEqual([]);
  });

  test('permits what it calls, and nothing that it does not need', () => {
    expect(uncovered(definition, driftPermissions(spec), ['iam:PassRole', 'kms:Decrypt'])).toEqual({ called: [], unused: [] });
  });

  test('gives a reason for every resource that ends in a star', () => {
    const wide = driftPermissions(spec).filter(each => each.resources.some(resource => resource.endsWith('*')));
    expect(wide.filter(each => !each.reason)).toEqual([]);
  });
});

/** The arguments of one call. */
function argumentsOf(spec: DriftSpec, state: string): unknown {
  return rendered(driftDefinition(spec)).States[state].Arguments;
}

test("runs the image's monitor verb in isolation", () => {
  expect(rendered(driftDefinition(SPEC)).States.RunMonitor).toMatchObject({
    Resource: 'arn:<AWS::Partition>:states:::sagemaker:createProcessingJob.sync',
    Arguments: {
      RoleArn: SPEC.jobRoleArn,
      AppSpecification: { ImageUri: SPEC.imageUri, ContainerArguments: ['monitor'] },
      Environment: {
        MLOPS_MODEL_NAME: "{% $split($packageArn, '/')[1] %}",
        MLOPS_MODEL_VERSION: '{% $string($version) %}',
        MLOPS_ENDPOINT_NAME: '{% $endpointName %}',
        MLOPS_CAPTURED_DIR: '/opt/ml/processing/captured',
        MLOPS_REFERENCE_DIR: '/opt/ml/processing/reference',
        MLOPS_OUTPUT_DIR: '/opt/ml/processing/output',
        MLOPS_CAPTURE_FORMAT: 'sagemaker',
      },
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 30 } },
      NetworkConfig: { EnableNetworkIsolation: true },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
    },
  });
});

test('passes on machine, image arguments, environment, time, keys and network', () => {
  expect(argumentsOf({
    ...FORMS['encrypted, in a network'],
    instanceType: 'ml.m5.xlarge',
    volumeSizeGiB: 100,
    containerArguments: ['check'],
    environment: { LOG: 'info' },
    maxRuntimeMinutes: 30,
  }, 'RunMonitor')).toMatchObject({
    AppSpecification: { ContainerArguments: ['check'] },
    Environment: { LOG: 'info' },
    ProcessingOutputConfig: { KmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/1' },
    ProcessingResources: {
      ClusterConfig: { InstanceType: 'ml.m5.xlarge', VolumeSizeInGB: 100, VolumeKmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/1' },
    },
    NetworkConfig: { VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] } },
    StoppingCondition: { MaxRuntimeInSeconds: 1800 },
  });
});

test('lists one folder after the other, with one object each', () => {
  expect(argumentsOf(SPEC, 'LookIntoFolder')).toEqual({ Bucket: 'lake', Prefix: '{% $prefixes[$index] %}', MaxKeys: 1 });
  expect(argumentsOf(FORMS.labels, 'LookForLabels')).toEqual({ Bucket: 'labels', Prefix: 'truth/', MaxKeys: 1 });
});

test('publishes into its namespace only', () => {
  expect(argumentsOf(SPEC, 'PublishMetrics')).toMatchObject({ Namespace: 'MLOps' });
  expect(driftPermissions(SPEC)).toContainEqual(expect.objectContaining({
    actions: ['cloudwatch:PutMetricData'], conditions: { StringEquals: { 'cloudwatch:namespace': 'MLOps' } },
  }));
});

test('counts back by hours where the window is one of hours', () => {
  const states = driftDefinition({ ...SPEC, window: { unit: 'hour', count: 6 } }).States;
  expect(states.NameWindow.Assign).toEqual({ prefixes: expect.stringContaining("* 3600000, '[Y0001]/[M01]/[D01]/[H01]')") });
  expect(states.NameWindow.Assign).toEqual({ prefixes: expect.stringContaining('[1..6]') });
});

test('knows the window of the labels, and since when the live model answers, where labels take days', () => {
  const environment = (spec: DriftSpec) => (argumentsOf(spec, 'RunMonitor') as { Environment: object }).Environment;
  expect(environment(FORMS['labels that take a month'])).toMatchObject({
    MLOPS_WINDOW_START: '{% $fromMillis($floor($end / 86400000) * 86400000 - 86400000) %}',
    MLOPS_WINDOW_END: '{% $fromMillis($floor($end / 86400000) * 86400000) %}',
    MLOPS_LIVE_SINCE: '{% $liveSince %}',
  });
  for (const form of ['plain', 'labels']) expect(environment(FORMS[form])).not.toHaveProperty('MLOPS_LIVE_SINCE');
  expect(environment({ ...SPEC, labelDelayDays: 30 })).not.toHaveProperty('MLOPS_WINDOW_END');
});

test('asks for a training above the limit of drift, or where a gate is missed', () => {
  const reasons = (spec: DriftSpec) => (driftDefinition(spec).States.PublishMetrics.Assign as { reasons: string } | undefined)?.reasons;
  expect(reasons(SPEC)).toBeUndefined();
  expect(reasons(FORMS.retraining)).toBe("{% [$drift.driftShare > 0.3 ? 'drift'] %}");
  expect(reasons(FORMS['retraining for quality']))
    .toBe('{% [($lookup($drift.quality, "accuracy") < 0.9 or $lookup($drift.quality, "logLoss") > 0.4) ? \'quality\'] %}');
});

test('starts the pipeline once between two trainings, and looks back over the days between two less the longest run', () => {
  expect(argumentsOf(FORMS.retraining, 'StartTraining')).toMatchObject({
    PipelineName: 'churn', ClientRequestToken: "{% $hash($lastTraining != '' ? $lastTraining : $packageArn, 'SHA-256') %}",
  });
  const since = (spec: DriftSpec) => /StartTime\) - (-?\d+)/.exec((driftDefinition(spec).States.ListTrainings.Assign as { training: string }).training)![1];
  expect([since(FORMS.retraining), since(FORMS['retraining for quality'])]).toEqual([`${(7 * 86_400 - 7200) * 1000}`, '-7200000']);
});

test('reads trainings as far back as one may run, or as one may have been asked for', () => {
  const horizon = (minDays: number) => {
    const { page } = driftDefinition({ ...SPEC, retrain: { pipelineName: 'churn', maxDriftShare: 0.3, minDays } }).States.ListTrainings.Assign as { page: string };
    return Number(/< \$toMillis\(\$states\.context\.Execution\.StartTime\) - (\d+)/.exec(page)![1]) / 86_400_000;
  };
  expect([horizon(0), horizon(7), horizon(90)]).toEqual([38, 38, 90]);
});

test('reads of trainings no more at once than Step Functions can take in', () => {
  expect(argumentsOf(FORMS.retraining, 'ListTrainings')).toEqual({ PipelineName: 'churn', SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: 50 });
});
