import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, aws_ec2 as ec2, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { examples, synthesize } from '../../../projenrc/scripts/examples';
import { BlueprintProps, Level0Blueprint, Level1Blueprint, Level2Blueprint } from '../../../src/aws/blueprints';
import { DataLake } from '../../../src/aws/data-lake';
import { DeliveryEngine } from '../../../src/aws/delivery-engine';
import { FeatureGroup } from '../../../src/aws/feature-group';
import { FeatureStore } from '../../../src/aws/feature-store';
import { SageMakerServing } from '../../../src/aws/sagemaker-serving';
import { Serving } from '../../../src/core/serving';
import { BASE } from '../../parity/samples';

const LEVELS = [['0', Level0Blueprint], ['1', Level1Blueprint], ['2', Level2Blueprint]] as const;

function build(Level: typeof LEVELS[number][1], props: (stack: Stack) => Partial<BlueprintProps> = () => ({})): Template {
  const stack = new Stack(new App(), 'Churn');
  new Level(stack, 'Mlops', { ...BASE, ...props(stack) });
  return Template.fromStack(stack);
}

describe.each(LEVELS)('level %s', (level, Level) => {
  test('puts the network of the notebooks into the zones that are given', () => {
    const subnets = build(Level, () => ({ workspace: { availabilityZones: ['eu-central-1b', 'eu-central-1c'] } })).findResources('AWS::EC2::Subnet');
    expect(Object.values(subnets).map((each) => each.Properties.AvailabilityZone)).toEqual(['eu-central-1b', 'eu-central-1c']);
  });

  test('refuses zones beside a network that has its own', () => {
    const both = (stack: Stack) => ({ workspace: { availabilityZones: ['eu-central-1b', 'eu-central-1c'] }, vpc: new ec2.Vpc(stack, 'Vpc') });
    expect(() => build(Level, both)).toThrow(new Error("workspace 'Churn/Mlops/Workspace': availabilityZones is about a new network: leave it out where vpc is given"));
  });

  test('writes the card of the model, which is asked for at every level', () => {
    build(Level).hasResourceProperties('AWS::SageMaker::ModelCard', { Content: { IntendedUses: Match.objectLike({ PurposeOfModel: 'Tests' }) } });
  });

  test(level === '0' ? 'has no training that notebooks could start' : 'lets people start the training from their notebooks', () => {
    const resources = Object.entries(build(Level).toJSON().Resources as Record<string, any>);
    const ofNotebooks = resources.filter(([id, { Type }]) => id.startsWith('MlopsWorkspaceExecutionRole') && /Policy$/.test(Type));
    const starting = ofNotebooks.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement).filter(({ Action }) => Action === 'sagemaker:StartPipelineExecution');
    expect(starting).toHaveLength(level === '0' ? 0 : 1);
    if (level !== '0') expect(JSON.stringify(starting[0].Resource)).toContain('MlopsTraining');
  });
});

describe.each(LEVELS.filter(([level]) => level !== '0'))('level %s wires', (_, Level) => {
  const [group] = BASE.features!.featureGroups;
  const featureGroups = [group, { ...group, name: 'online', offline: false }, { ...group, name: 'offline', online: false }];
  const template = build(Level, () => ({ features: { featureGroups } }));
  /** What a role may do with the pipeline, or with a group; the identity policies of it and nothing else. */
  const allowed = (role: string, resource: RegExp): string[] => {
    const ofRole = Object.values(template.toJSON().Resources as Record<string, any>)
      .filter(({ Type, Properties }) => /IAM::.*Policy$/.test(Type) && JSON.stringify(Properties.Roles ?? []).includes(`"${role}`));
    return ofRole.flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Effect, Resource }) => Effect === 'Allow' && resource.test(JSON.stringify(Resource)))
      .flatMap(({ Action }) => Action).filter((action: string) => action.startsWith('sagemaker:'));
  };
  const groupArn = (name: string) => new RegExp(`feature-group/[^"]*-${name}[-"]`);
  const online = ['sagemaker:BatchGetRecord', 'sagemaker:GetRecord'];
  const write = ['sagemaker:DeleteRecord', 'sagemaker:PutRecord'];

  test('notebooks, which see the runs that they start', () => {
    expect(allowed('MlopsWorkspaceExecutionRole', /MlopsTraining/)).toEqual(expect.arrayContaining([
      'sagemaker:StartPipelineExecution', 'sagemaker:DescribePipelineExecution', 'sagemaker:ListPipelineExecutions', 'sagemaker:ListPipelineExecutionSteps',
    ]));
  });

  test.each([
    ['notebooks', 'MlopsWorkspaceExecutionRole', { customers: [...online, ...write], online: [...online, ...write], offline: write }],
    ['training', 'MlopsTrainingJobRole', { customers: online, online, offline: [] }],
    ['the endpoint', 'MlopsServingRole', { customers: online, online, offline: undefined }],
  ])('%s with the feature groups', (__, role, groups) => {
    for (const [name, actions] of Object.entries(groups)) {
      const expected = actions === undefined ? [] : [...actions, 'sagemaker:DescribeFeatureGroup'];
      expect([...new Set(allowed(role, groupArn(name)))].sort()).toEqual([...expected].sort());
    }
  });
});

test('the groups of an imported store are shared, each the stores that it has', () => {
  const template = build(Level1Blueprint, (stack) => {
    const data = DataLake.fromAttributes(stack, 'Lake', {
      rawBucketName: 'raw',
      featureBucketName: 'features',
      artifactBucketName: 'artifacts',
      databaseName: 'lake',
      encryptionKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/0000',
    });
    const offline = FeatureGroup.fromAttributes(stack, 'Offline', { featureGroupName: 'theirs', data, online: false, offlineFolder: 'offline/theirs/', tableName: 'theirs' });
    return { features: undefined, platform: { features: FeatureStore.fromFeatureGroups(stack, 'Theirs', { offline }) } };
  });
  const ofNotebooks = { Properties: { Roles: [{ Ref: Match.stringLikeRegexp('^MlopsWorkspaceExecutionRole') }] } };
  // Beyond the size of an inline policy the CDK puts permissions into managed ones.
  const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].map((type) => template.findResources(type, ofNotebooks));
  const actions = JSON.stringify(policies);
  expect(actions).toContain('"sagemaker:PutRecord"');
  expect(actions).not.toContain('"sagemaker:GetRecord"');
});

test.each([
  ['real-time', Serving.realTime()],
  ['serverless', Serving.serverless()],
  ['warm serverless', SageMakerServing.warmServerless()],
  ['asynchronous', SageMakerServing.asynchronous()],
  ['batch', Serving.batch()],
  ['component', SageMakerServing.inferenceComponents({ memoryMiB: 2048 })],
])('level 2 keeps its own policies with %s serving', (_, serving) => {
  const app = new App();
  new Level2Blueprint(new Stack(app, 'Churn'), 'Mlops', { ...BASE, monitoring: undefined, serving: { serving } });
  expect(() => app.synth()).not.toThrow();
});

test('level 2 is delivered by the engine that is given', () => {
  const template = build(Level2Blueprint, (stack) => ({
    delivery: {
      ...BASE.delivery!,
      engine: DeliveryEngine.gitHubActions({ provider: iam.OidcProviderNative.fromOidcProviderArn(stack, 'GitHub', PROVIDER) }),
    },
  }));
  template.resourceCountIs('AWS::IAM::OIDCProvider', 0);
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Principal: { Federated: PROVIDER } })]) },
  });
});

test("the example of level 2 takes the account's own provider from --context oidcProviderArn", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'provider-'));
  try {
    synthesize(examples().find(({ name }) => name === 'aws-level2')!, folder, {}, { oidcProviderArn: PROVIDER });
    const template = JSON.parse(fs.readFileSync(path.join(folder, 'BreastCancer.template.json'), 'utf8'));
    const types = Object.values<any>(template.Resources).map(({ Type }) => Type);
    expect(types).not.toContain('AWS::IAM::OIDCProvider');
    expect(JSON.stringify(template)).toContain(`"Federated":"${PROVIDER}"`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}, 120_000);

const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
