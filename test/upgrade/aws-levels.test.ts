import { App, aws_kms as kms, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import * as CloudFormation from 'aws-cdk-lib/assertions';
import * as aws from '../../src/aws';
import { BASE } from '../parity/samples';
import { Template, templateOf } from '../support/examples';
import { isStateful, losses } from '../support/replacement';

describe('going up a level on AWS', () => {
  const [level0, level1, level2] = [0, 1, 2].map((level) => templateOf(`aws-level${level}`));

  test('level 0 has something to lose', () => {
    const stateful = Object.values(level0.Resources).filter(isStateful).map((resource) => resource.Type);
    expect(stateful).toEqual(expect.arrayContaining([
      'AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::SageMaker::Domain', 'AWS::SageMaker::MlflowApp', 'AWS::SageMaker::ModelPackageGroup',
    ]));
  });

  test('level 0 to 1 loses nothing', () => {
    expect(losses(level0, level1)).toEqual([]);
  });

  test('level 1 to 2 loses nothing', () => {
    expect(losses(level1, level2)).toEqual([]);
  });

  test('level 0 to 2 loses nothing', () => {
    expect(losses(level0, level2)).toEqual([]);
  });
});

test('another key later would take away what docs/aws-changes.md says', () => {
  const [before, after] = [undefined, (stack: Stack) => new kms.Key(stack, 'Mine')].map((key) => {
    const stack = new Stack(new App(), 'Churn');
    new aws.Level1Blueprint(stack, 'Mlops', { ...BASE, encryptionKey: key?.(stack) });
    return CloudFormation.Template.fromStack(stack).toJSON() as Template;
  });
  const lost = losses(before, after).map((each) => each.replace(/^\w+ \(([\w:]+)\) (is gone|is replaced: \w+)?.*/, '$1 $2'));
  expect([...new Set(lost)].sort()).toEqual([
    'AWS::KMS::Key is gone',
    'AWS::SageMaker::Domain is replaced: KmsKeyId',
    'AWS::SageMaker::FeatureGroup is replaced: OfflineStoreConfig',
    'AWS::SageMaker::FeatureGroup is replaced: OnlineStoreConfig',
    'AWS::SageMaker::ModelCard is replaced: SecurityConfig',
  ]);
});

describe('going up a level with what is one\'s own', () => {
  /** The three levels of a product, which says the same at each of them. */
  const levels = (props: (stack: Stack) => aws.BlueprintProps) => [aws.Level0Blueprint, aws.Level1Blueprint, aws.Level2Blueprint].map((Level) => {
    const stack = new Stack(new App(), 'Churn');
    new Level(stack, 'Mlops', props(stack));
    return CloudFormation.Template.fromStack(stack).toJSON() as Template;
  });

  test.each<[string, (stack: Stack) => aws.BlueprintProps]>([
    ['props of AWS in the sections', (stack) => ({
      ...BASE,
      encryptionKey: new kms.Key(stack, 'Key'),
      data: { artifactBucket: new s3.Bucket(stack, 'Artifacts'), accessLogRetentionDays: 200 },
      workspace: { vpcCidr: '10.9.0.0/16', maxVolumeGiB: 50 },
      tracking: { trackingServer: { size: aws.TrackingServerSize.MEDIUM } },
      features: { ...BASE.features!, groupOptions: { customers: { tableFormat: aws.OfflineTableFormat.GLUE } } },
      registry: { modelName: 'churn-of-mine' },
      training: { ...BASE.training, pipelineName: 'churn' },
      monitoring: { ...BASE.monitoring, driftInstanceType: 'ml.m5.2xlarge' },
      governance: { ...BASE.governance, auditRetentionDays: 400, maxWarmPoolMinutes: 30, modelCardStatus: aws.ModelCardStatus.APPROVED },
    })],
    ['a platform of the same stack', (stack) => {
      const data = new aws.DataLake(stack, 'Data');
      const tracking = new aws.ExperimentTracker(stack, 'Tracking', { data });
      const workspace = new aws.Workspace(stack, 'Workspace', { data, tracking });
      const features = new aws.FeatureStore(stack, 'Features', { ...BASE.features!, data });
      const registry = new aws.ModelRegistry(stack, 'Registry', { data });
      return { ...BASE, features: undefined, platform: { data, tracking, workspace, features, registry } };
    }],
  ])('and %s loses nothing', (_, props) => {
    const [level0, level1, level2] = levels(props);
    const lasting = Object.values(level0.Resources).filter(isStateful).map(({ Type }) => Type);
    expect(lasting).toEqual(expect.arrayContaining(['AWS::S3::Bucket', 'AWS::SageMaker::Domain', 'AWS::SageMaker::ModelPackageGroup']));
    expect([...losses(level0, level1), ...losses(level1, level2)]).toEqual([]);
  });
});

describe('the check itself', () => {
  const group = (properties: Record<string, unknown>): Template => ({
    Resources: { Group: { Type: 'AWS::SageMaker::FeatureGroup', DeletionPolicy: 'Retain', Properties: properties } },
  });

  test('sees a resource that is gone', () => {
    expect(losses(group({}), { Resources: {} })).toEqual(['Group (AWS::SageMaker::FeatureGroup) is gone']);
  });

  test('sees a property that replaces', () => {
    expect(losses(group({ Description: 'a' }), group({ Description: 'b' }))).toEqual([
      'Group (AWS::SageMaker::FeatureGroup) is replaced: Description changes from "a" to "b"',
    ]);
  });

  test('lets a property change that does not replace', () => {
    expect(losses(group({ FeatureDefinitions: [] }), group({ FeatureDefinitions: [{ FeatureName: 'a', FeatureType: 'String' }] }))).toEqual([]);
  });
});
