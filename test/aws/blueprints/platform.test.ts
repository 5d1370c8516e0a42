import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, aws_ec2 as ec2, aws_iam as iam, aws_kms as kms, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import * as aws from '../../../src/aws';
import { MlopsIntent } from '../../../src/core';
import { Inventory } from '../../../src/testing';
import { BASE } from '../../parity/samples';

const CHURN: MlopsIntent = { ...BASE, features: undefined, delivery: undefined, monitoring: undefined };
const FRAUD: MlopsIntent = { ...CHURN, modelName: 'fraud', training: { ...BASE.training, datasetPrefix: 'fraud/' } };

/** What several products share. */
function platformIn(stack: Stack): aws.PlatformParts {
  const data = new aws.DataLake(stack, 'Data');
  const tracking = new aws.ExperimentTracker(stack, 'Tracking', { data });
  const workspace = new aws.Workspace(stack, 'Workspace', { data, tracking });
  new aws.GovernanceGuardrails(stack, 'Governance', { data, guardedScope: workspace, cloudGuardrails: false, policyChecks: false });
  return { data, tracking, workspace };
}

function counts(template: Template, ...types: string[]): number[] {
  const inventory = Inventory.ofTemplate(template.toJSON()) as unknown as Record<string, number>;
  return types.map((type) => inventory[type] ?? 0);
}

describe('two products of level 1 on one platform', () => {
  const stack = new Stack(new App(), 'Shop');
  const platform = platformIn(stack);
  const churn = new aws.Level1Blueprint(stack, 'Churn', { ...CHURN, platform });
  new aws.Level1Blueprint(stack, 'Fraud', { ...FRAUD, platform });
  const template = Template.fromStack(stack);

  test('have one network, domain, tracker, lake and audit trail, and a registry, pipeline and rollout each', () => {
    expect(counts(template, 'AWS::EC2::VPC', 'AWS::SageMaker::Domain', 'AWS::SageMaker::MlflowApp', 'AWS::Glue::Database', 'AWS::CloudTrail::Trail')).toEqual([1, 1, 1, 1, 1]);
    // Raw, features, artifacts, access logs, and that of the trail.
    expect(counts(template, 'AWS::S3::Bucket', 'AWS::KMS::Key')).toEqual([5, 1]);
    expect(counts(template, 'AWS::SageMaker::ModelPackageGroup', 'AWS::SageMaker::Pipeline', 'AWS::SageMaker::ModelCard', 'AWS::Budgets::Budget')).toEqual([2, 2, 2, 2]);
  });

  test('have outputs of their own', () => {
    expect(Object.keys(template.findOutputs('*')).sort()).toEqual(['Churn', 'Fraud'].flatMap((product) =>
      ['Endpoint', 'ModelGroup', 'RawBucket', 'Rollout', 'TrainingPipeline'].map((name) => `${product}${name}`)));
  });

  test('are started from the same notebooks', () => {
    const policies = JSON.stringify(Object.entries(template.toJSON().Resources).filter(([id]) => id.startsWith('WorkspaceExecutionRole')));
    for (const product of ['Churn', 'Fraud']) expect(policies).toMatch(new RegExp(`sagemaker:StartPipelineExecution.*${product}Training`));
  });

  test('have the platform\'s parts as their own', () => {
    expect(churn.data).toBe(platform.data);
    expect(churn.tracking).toBe(platform.tracking);
    expect(churn.workspace).toBe(platform.workspace);
  });
});

test('a lake that no guardrails record is recorded by those of the first product', () => {
  const stack = new Stack(new App(), 'Shop');
  const data = new aws.DataLake(stack, 'Data');
  for (const intent of [CHURN, FRAUD]) new aws.Level1Blueprint(stack, intent.modelName, { ...intent, platform: { data } });
  Template.fromStack(stack).resourceCountIs('AWS::CloudTrail::Trail', 1);
});

test('two products of level 2 pass the policies: the trail of the platform is named as the one that records their features', () => {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  const platform = platformIn(stack);
  for (const modelName of ['churn', 'fraud']) {
    const delivery = { ...BASE.delivery!, stages: [{ name: 'prod' }] };
    new aws.Level2Blueprint(stack, modelName, { ...BASE, modelName, training: { ...BASE.training, datasetPrefix: `${modelName}/` }, delivery, platform });
  }
  const { directory } = app.synth();
  Template.fromStack(stack).resourceCountIs('AWS::CloudTrail::Trail', 1);
  const { resources } = JSON.parse(readFileSync(join(directory, 'compliance.json'), 'utf8')).policies['MLOPS-LOG-03'];
  expect(resources.map(({ resource, verdict, reasons }: any) => [resource, verdict, reasons])).toEqual(['churn', 'fraud'].map((product) =>
    [`Shop/${product}`, 'exception', ['the trail of Shop/Governance records the lake']]));
});

describe('a platform in another stack', () => {
  const app = new App();
  const platform = platformIn(new Stack(app, 'Platform'));
  const stacks = [CHURN, FRAUD].map((intent) => {
    const stack = new Stack(app, intent.modelName);
    new aws.Level1Blueprint(stack, 'Mlops', { ...intent, platform });
    return stack;
  });

  test('waits for no product', () => {
    expect(() => app.synth()).not.toThrow();
    for (const stack of stacks) expect(stack.dependencies.map((each) => each.node.id)).toEqual(['Platform']);
  });

  test('has notebooks that may start each training, by a policy in the stack of the product and with a name of its own', () => {
    const names = stacks.map((stack) => {
      const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy', {
        Properties: { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'sagemaker:StartPipelineExecution' })]) } },
      }));
      const [{ Properties }] = policies.filter((each) => JSON.stringify(each.Properties.Roles).includes('Fn::ImportValue'));
      return Properties.PolicyName;
    });
    expect(new Set(names).size).toBe(2);
  });
});

describe('parts of one\'s own', () => {
  /** A tracker that is no MLflow of AWS. */
  class OtherTracker extends Construct implements aws.IExperimentTracker {
    public readonly trackingUri = 'https://mlflow.example.com';
    public readonly environment = { MLFLOW_TRACKING_URI: this.trackingUri };
    public grantRead(grantee: iam.IGrantable): iam.Grant {
      return iam.Grant.drop(grantee, 'a server of our own');
    }

    public grantUse(grantee: iam.IGrantable): iam.Grant {
      return this.grantRead(grantee);
    }

    public grantManage(grantee: iam.IGrantable): iam.Grant {
      return this.grantRead(grantee);
    }
  }

  const app = new App();
  const stack = new Stack(app, 'Churn');
  const data = aws.DataLake.fromAttributes(stack, 'Data', {
    rawBucketName: 'raw',
    featureBucketName: 'features',
    artifactBucketName: 'artifacts',
    databaseName: 'lake',
    encryptionKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555',
  });
  const group = aws.FeatureGroup.fromAttributes(stack, 'Group', { featureGroupName: 'customers', data });
  const platform: aws.PlatformParts = {
    data,
    tracking: new OtherTracker(stack, 'Tracker'),
    features: aws.FeatureStore.fromFeatureGroups(stack, 'Features', { customers: group }),
    registry: aws.ModelRegistry.fromModelPackageGroupName(stack, 'Registry', 'churn-models'),
    workspace: aws.Workspace.fromAttributes(stack, 'Workspace', {
      executionRole: iam.Role.fromRoleArn(stack, 'People', 'arn:aws:iam::111122223333:role/people'),
      vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['a'], isolatedSubnetIds: ['subnet-0123456789abcdef0'] }),
    }),
  };
  const blueprint = new aws.Level2Blueprint(stack, 'Mlops', { ...CHURN, delivery: BASE.delivery, platform });
  const template = Template.fromStack(stack);

  test('take the place of every part that a product could have for itself', () => {
    expect(counts(template, 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::EC2::VPC', 'AWS::SageMaker::Domain', 'AWS::SageMaker::MlflowApp', 'AWS::SageMaker::FeatureGroup', 'AWS::SageMaker::ModelPackageGroup'))
      .toEqual([1, 0, 0, 0, 0, 0, 0]);
    expect(blueprint.features.featureGroup('customers')).toBe(group);
    expect(() => blueprint.features.featureGroup('orders')).toThrow(/featureGroup must be one of customers, got 'orders'/);
  });

  test('reach the template: pipeline, network of the jobs, approvals that are followed, rights of the notebooks', () => {
    const text = JSON.stringify(template.toJSON());
    for (const name of ['s3:::raw', 's3:::artifacts', 'model-package-group/churn-models', 'subnet-0123456789abcdef0', '"people"']) {
      expect(text.includes(name) ? name : 'nowhere').toBe(name);
    }
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: Match.objectLike({ detail: Match.objectLike({ ModelPackageGroupName: ['churn-models'] }) }) });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'sagemaker:StartPipelineExecution' })]) }, Roles: ['people'],
    });
  });

  test('pass the policies of level 2', () => {
    expect(() => app.synth()).not.toThrow();
    Annotations.fromStack(stack).hasNoError('*', Match.anyValue());
  });
});

describe('refuses', () => {
  const build = (props: (stack: Stack) => Partial<aws.BlueprintProps>) => {
    const stack = new Stack(new App(), 'Churn');
    return () => new aws.Level0Blueprint(stack, 'Mlops', { ...CHURN, ...props(stack) });
  };

  test.each<[string, (stack: Stack) => Partial<aws.BlueprintProps>, RegExp]>([
    ['a lake where its description belongs', (stack) => ({ data: new aws.DataLake(stack, 'Lake') as aws.DataLakeProps }),
      /data describes a part that is made, and 'Churn\/Lake' exists: give it as platform\.data$/],
    ['a description of the lake that is brought', (stack) => ({ data: { coldStorageAfterDays: 30 }, platform: { data: new aws.DataLake(stack, 'Lake') } }),
      /data describes a part that is made, and platform\.data exists: leave one of them out$/],
    ['a key for the lake that is brought', (stack) => ({ encryptionKey: new kms.Key(stack, 'Key'), platform: { data: new aws.DataLake(stack, 'Lake') } }),
      /encryptionKey is for a lake that is made, and platform\.data has a key: leave one of them out$/],
  ])('%s', (_, props, message) => {
    expect(build(props)).toThrow(message);
  });
});
