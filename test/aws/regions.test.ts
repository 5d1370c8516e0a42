import { readFileSync } from 'fs';
import { join } from 'path';
import { App, aws_iam as iam, aws_kms as kms, aws_sns as sns, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { DataLake } from '../../src/aws/data-lake';
import { ExperimentTracker } from '../../src/aws/experiment-tracker';
import { FeatureStore } from '../../src/aws/feature-store';
import { GovernanceGuardrails } from '../../src/aws/governance-guardrails';
import { ModelRegistry } from '../../src/aws/model-registry';
import { ModelSource } from '../../src/aws/model-source';
import { MonitoringStack } from '../../src/aws/monitoring-stack';
import { lacks, REGIONAL_TYPES } from '../../src/aws/private/base/regions';
import { SageMakerServing } from '../../src/aws/sagemaker-serving';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { ServingEndpointProps } from '../../src/aws/serving-endpoint-props';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { Workspace } from '../../src/aws/workspace';
import { ContainerImage, FeatureType, Serving } from '../../src/core';

const account = '111122223333';
const other = '444455556666';

function stackIn(region: string, context = {}): Stack {
  return new Stack(new App({ context, builtinCloudFormationValidation: false }), 'Stack', { env: { account, region } });
}

const imageIn = (region: string, owner = account, repository = 'churn') => ContainerImage.fromUri(`${owner}.dkr.ecr.${region}.amazonaws.com/${repository}:1`);

beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation();
});

describe('what a region lacks', () => {
  const made: [string, string, (stack: Stack, data: DataLake) => void, string][] = [
    ['eu-south-1', 'AWS::SageMaker::MlflowApp', (stack, data) => new ExperimentTracker(stack, 'Tracking', { data }), 'set trackingServer'],
    ['cn-north-1', 'AWS::SageMaker::MlflowTrackingServer', (stack, data) => new ExperimentTracker(stack, 'Tracking', { data, trackingServer: {} }), 'take ExperimentTracker.none'],
    ['ca-west-1', 'AWS::SageMaker::Domain', (stack, data) => new Workspace(stack, 'Workspace', { data }), 'use the constructs without Workspace'],
    ['ca-west-1', 'AWS::SageMaker::FeatureGroup', (stack, data) => new FeatureStore(stack, 'Features', {
      data,
      featureGroups: [{ name: 'a', entityKey: 'id', eventTime: 'at', features: [{ name: 'id', valueType: FeatureType.STRING }, { name: 'at', valueType: FeatureType.FLOAT }] }],
    }), 'leave the feature groups out'],
    ['cn-north-1', 'AWS::SageMaker::ModelPackageGroup', (stack) => new ModelRegistry(stack, 'Registry'), 'ModelRegistry.fromModelPackageGroupName'],
    ['eu-north-1', 'AWS::Budgets::Budget', (stack, data) => new GovernanceGuardrails(stack, 'Governance', {
      data, auditLog: false, policyChecks: false, budget: { monthlyUsd: 10, alertEmails: ['a@example.com'] },
    }), 'give the guardrails budgetScope'],
    ['me-central-1', 'AWS::SageMaker::Endpoint', (stack, data) => new ServingEndpoint(stack, 'Serving', {
      data, model: ModelSource.artifact({ image: imageIn('me-central-1'), key: 'm.tar.gz' }),
    }), 'ModelSource.latestApproved'],
  ];

  test.each(made)('is refused in %s: %s', (region, type, make, way) => {
    const stack = stackIn(region);
    make(stack, new DataLake(stack, 'Data'));
    expect(() => Template.fromStack(stack)).toThrow(new RegExp(`\\[Stack\\] ${type} does not exist in ${region}: .*${way}`));
  });

  test.each(made)('is not refused of %s where %s is there by now', (region, type, make) => {
    const stack = stackIn(region, { 'mlops:availableTypes': REGIONAL_TYPES.map((each) => each.type) });
    make(stack, new DataLake(stack, 'Data'));
    expect(Object.keys(Template.fromStack(stack).findResources(type)).length).toBeGreaterThan(0);
  });

  test('is not known where the deployment chooses the region', () => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Stack');
    new ExperimentTracker(stack, 'Tracking', { data: new DataLake(stack, 'Data') });
    expect(() => Template.fromStack(stack)).not.toThrow();
    expect(lacks(stack, 'AWS::SageMaker::MlflowApp')).toBe(false);
  });

  test('is refused of a workflow as well: components, and with them scaling to zero', () => {
    const stack = stackIn('eu-west-3');
    const serving = SageMakerServing.inferenceComponents({ memoryMiB: 512, minInstances: 0, minCopies: 0 });
    expect(() => new ServingEndpoint(stack, 'Serving', { data: new DataLake(stack, 'Data'), serving, model: ModelSource.latestApproved(new ModelRegistry(stack, 'Registry')) }))
      .toThrow('AWS::SageMaker::InferenceComponent does not exist in eu-west-3: use Serving.realTime, or SageMakerServing.asynchronous, which scales to zero too');
  });

  test('is done without by none of a tracker', () => {
    const stack = stackIn('cn-north-1');
    const data = new DataLake(stack, 'Data');
    const tracking = ExperimentTracker.none(stack, 'Tracking');
    const { executionRole } = new Workspace(stack, 'Workspace', { data, tracking });
    for (const grant of ['grantRead', 'grantUse', 'grantManage'] as const) expect(tracking[grant](executionRole).success).toBe(false);
    expect([tracking.trackingUri, tracking.environment]).toEqual(['', {}]);
    expect(JSON.stringify(Template.fromStack(stack))).not.toMatch(/mlflow-|MLFLOW/);
  });
});

test('the guide lists the same regions', () => {
  const guide = readFileSync(join(__dirname, '../../docs/aws.md'), 'utf8');
  const rows = REGIONAL_TYPES.map(({ type, missingIn, instead }) => `| \`${type}\` | ${missingIn.join(', ')} | ${instead} |`);
  expect(guide.split('\n').filter((line) => line.startsWith('| `AWS::'))).toEqual(rows);
});

describe('a budget', () => {
  const guarded = (budgetRegion: string, budgetAccount = account) => {
    const stack = stackIn('eu-north-1');
    const money = new Stack(stack.node.root as App, 'Money', { env: { account: budgetAccount, region: budgetRegion } });
    const product = new Construct(stack, 'Product');
    const data = new DataLake(product, 'Data');
    new GovernanceGuardrails(product, 'Governance', { data, auditLog: false, budget: { monthlyUsd: 10, alertEmails: ['a@example.com'] }, budgetScope: money });
    return { stack, money };
  };

  test('is made in a stack of a region that has budgets, under the name of its product', () => {
    const { money, stack } = guarded('us-east-1');
    const [budget] = Object.values(Template.fromStack(money).findResources('AWS::Budgets::Budget'));
    expect(budget.Properties.Budget.BudgetName).toMatch(/^stack-product-governance-/);
    Template.fromStack(stack).resourceCountIs('AWS::Budgets::Budget', 0);
  });

  test('is refused in another account, and in a region that lacks them too', () => {
    expect(() => guarded('us-east-1', other)).toThrow(
      "governance guardrails 'Stack/Product/Governance': budgetScope must be of 111122223333, the account of the stack: a budget counts the costs of its account, got 'Money'");
    expect(() => guarded('eu-south-1').stack.node.root && Template.fromStack(guarded('eu-south-1').money)).toThrow('AWS::Budgets::Budget does not exist in eu-south-1');
  });

  test('is refused a place where there is none', () => {
    const stack = stackIn('eu-west-1');
    expect(() => new GovernanceGuardrails(stack, 'Governance', { data: new DataLake(stack, 'Data'), budgetScope: stack }))
      .toThrow('budgetScope says where the budget is made, and there is no budget');
  });
});

describe('what is of another place by its own address', () => {
  const role = (stack: Stack) => iam.Role.fromRoleArn(stack, 'Theirs', `arn:aws:iam::${other}:role/theirs`);
  const passed = `of ${account}, the account of the stack: a role cannot be passed to a service of another account, got 'arn:aws:iam::${other}:role/theirs'`;
  const key = `arn:aws:kms:us-east-1:${account}:key/k`;
  const version = `arn:aws:sagemaker:us-east-1:${account}:model-package/churn/1`;

  const serve = (props: Partial<ServingEndpointProps>) => (stack: Stack) => new ServingEndpoint(stack, 'Serving', {
    data: new DataLake(stack, 'Data'), model: ModelSource.latestApproved(new ModelRegistry(stack, 'Registry')), ...props,
  });
  const train = (props: object) => (stack: Stack) => new TrainingPipeline(stack, 'Training', {
    data: new DataLake(stack, 'Data'), registry: new ModelRegistry(stack, 'Registry'), image: imageIn('eu-central-1'), ...props,
  });

  test.each<[string, (stack: Stack) => unknown, string]>([
    ['a registry', (stack) => ModelRegistry.fromModelPackageGroupArn(stack, 'R', `arn:aws:sagemaker:us-east-1:${other}:model-package-group/churn`),
      'modelPackageGroupArn must be of eu-central-1, the region of the stack: approvals are events of their own region'],
    ['a version', serve({ model: ModelSource.package(version) }), 'model must be of eu-central-1, the region of the stack: SageMaker makes models of versions of its own region'],
    ['a version for batch', serve({ serving: Serving.batch(), model: ModelSource.package(version) }), 'model must be of eu-central-1'],
    ['an image that serves', serve({ image: imageIn('us-east-1') }), 'image must be of eu-central-1, the region of the stack: SageMaker serves images of its own region'],
    ['an image of an artifact', serve({ model: ModelSource.artifact({ image: imageIn('us-east-1'), key: 'm.tar.gz' }) }), 'model.image must be of eu-central-1'],
    ['an image that trains', train({ image: imageIn('us-east-1') }), 'image must be of eu-central-1, the region of the stack: versions are served from it'],
    ['an image of the versions', train({ servingImage: imageIn('us-east-1') }), 'servingImage must be of eu-central-1'],
    ['an imported lake', (stack) => DataLake.fromAttributes(stack, 'Data', {
      rawBucketName: 'lake-raw', featureBucketName: 'lake-features', artifactBucketName: 'lake-artifacts', databaseName: 'd', encryptionKeyArn: key,
    }), 'encryptionKeyArn must be of eu-central-1, the region of the stack: a key encrypts and decrypts in its own region'],
    ['a key', (stack) => new DataLake(stack, 'Data', { encryptionKey: kms.Key.fromKeyArn(stack, 'K', key) }), 'encryptionKey must be of eu-central-1'],
    ['a topic', (stack) => new MonitoringStack(stack, 'Monitoring', {
      data: new DataLake(stack, 'Data'), topic: sns.Topic.fromTopicArn(stack, 'T', `arn:aws:sns:us-east-1:${account}:alarms`),
    }), 'topic must be of eu-central-1, the region of the stack: alarms and rules publish in their own region'],
    ['a role that serves', (stack) => serve({ role: role(stack) })(stack), `role must be ${passed}`],
    ['a role of a pipeline', (stack) => train({ role: role(stack) })(stack), `role must be ${passed}`],
    ['a role of jobs', (stack) => train({ jobRole: role(stack) })(stack), `jobRole must be ${passed}`],
    ['a role of notebooks', (stack) => new Workspace(stack, 'W', { data: new DataLake(stack, 'Data'), executionRole: role(stack) }), `executionRole must be ${passed}`],
    ['a role of features', (stack) => new FeatureStore(stack, 'F', { data: new DataLake(stack, 'Data'), featureGroups: [], role: role(stack) }), `role must be ${passed}`],
    ['a role of a tracker', (stack) => new ExperimentTracker(stack, 'T', { data: new DataLake(stack, 'Data'), role: role(stack) }), `role must be ${passed}`],
  ])('is refused: %s', (_, make, message) => {
    expect(() => make(stackIn('eu-central-1'))).toThrow(message);
  });

  test('is taken where it is of this place, and where the place is not known', () => {
    const here = stackIn('eu-central-1');
    serve({ image: imageIn('eu-central-1') })(here);
    const anywhere = new Stack(new App(), 'Anywhere');
    serve({ image: imageIn('us-east-1') })(anywhere);
    expect(() => ModelRegistry.fromModelPackageGroupArn(anywhere, 'R', `arn:aws:sagemaker:us-east-1:${other}:model-package-group/churn`)).not.toThrow();
  });

  test.each([['serverless', Serving.serverless()], ['warm serverless', SageMakerServing.warmServerless()]])('is an image of another account, for %s', (_, serving) => {
    const image = imageIn('eu-central-1', other);
    const fault = `serving endpoint 'Stack/Serving': image ${image.uri} is not possible with serverless serving: serverless endpoints pull from repositories of their own account`;
    expect(() => serve({ serving, image })(stackIn('eu-central-1'))).toThrow(fault);
    expect(() => serve({ serving, model: ModelSource.artifact({ image, key: 'm.tar.gz' }) })(stackIn('eu-central-1'))).toThrow('model.image');
    expect(() => serve({ image })(stackIn('eu-central-1'))).not.toThrow();
    expect(() => serve({ serving, image: imageIn('eu-central-1', '763104351884', 'pytorch-inference') })(stackIn('eu-central-1'))).not.toThrow();
  });
});
