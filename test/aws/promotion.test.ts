import { App, aws_ecr as ecr, aws_iam as iam, Environment, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Level1Blueprint } from '../../src/aws/blueprints/level1';
import { DataLake } from '../../src/aws/data-lake';
import { ModelRegistry } from '../../src/aws/model-registry';
import { IModelRegistry, ModelRegistryProps, PromotedRegistryProps } from '../../src/aws/model-registry-props';
import { ModelSource } from '../../src/aws/model-source';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { ContainerImage } from '../../src/core/container-image';
import { decide } from '../support/iam';
import { judge, strictApp } from '../support/judges';

const REGION = 'eu-west-1';
const DEV = '111111111111';
const STAGING = '222222222222';
const PROD = '333333333333';
const STAGES = [{ name: 'staging', account: STAGING }, { name: 'prod', account: PROD }];
const KEY_ARN = `arn:aws:kms:${REGION}:${DEV}:key/0aaaaaaa-0000-0000-0000-000000000000`;
const image = ContainerImage.fromUri(`${DEV}.dkr.ecr.${REGION}.amazonaws.com/churn:1`);
const env = (account: string): Environment => ({ account, region: REGION });

const ofStage = (stage: string): PromotedRegistryProps => ({
  stage,
  modelName: 'churn',
  trainingAccount: DEV,
  trainingData: { rawBucketName: 'raw', featureBucketName: 'features', artifactBucketName: 'artifacts-of-dev', databaseName: 'db', encryptionKeyArn: KEY_ARN },
});

/** The stack that trains and one for each stage, in an account each. */
function product() {
  const app = strictApp();
  const dev = new Stack(app, 'Dev', { env: env(DEV) });
  const registry = new ModelRegistry(dev, 'Registry', {
    modelName: 'churn', data: new DataLake(dev, 'Data'), repositories: [new ecr.Repository(dev, 'Images')], promotion: { stages: STAGES },
  });
  const [staging, prod] = STAGES.map(({ name, account }) => {
    const stack = new Stack(app, name, { env: env(account) });
    const promoted = ModelRegistry.promotedFrom(stack, 'Registry', ofStage(name));
    new ServingEndpoint(stack, 'Serving', { data: new DataLake(stack, 'Data'), image, model: ModelSource.latestApproved(promoted) });
    return { stack, registry: promoted };
  });
  return { dev: { stack: dev, registry }, staging, prod };
}

/** Whether the group lets an account do what a request asks. */
function answers(stack: Stack, account: string, action: string, context: { [key: string]: string }): string[] {
  const [group] = Object.values(Template.fromStack(stack).findResources('AWS::SageMaker::ModelPackageGroup'));
  const statements: any[] = group.Properties.ModelPackageGroupPolicy.Statement;
  return decide(statements.filter(({ Principal }) => JSON.stringify(Principal).includes(`${account}:root`)), action, context);
}

describe('the account that trains', () => {
  test('shares versions, files, key and images with the accounts of the stages', () => {
    const { dev } = product();
    const template = Template.fromStack(dev.stack);
    const Principal = { AWS: [STAGING, PROD].map((account) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:root`]] })) };
    const sharing = Match.objectLike({ Sid: 'VersionsOfModels', Principal });
    template.hasResourceProperties('AWS::S3::BucketPolicy', { PolicyDocument: { Statement: Match.arrayWith([sharing]) } });
    template.hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: Match.arrayWith([sharing]) } });
    template.hasResourceProperties('AWS::ECR::Repository', { RepositoryPolicyText: { Statement: [sharing] } });
    for (const account of [STAGING, PROD]) expect(answers(dev.stack, account, 'sagemaker:CreateModel', {})).toEqual(['allow']);
    expect(answers(dev.stack, '999999999999', 'sagemaker:CreateModel', {})).toEqual(['nothing']);
  });

  test('sends the events of the versions to the default bus of each account, once', () => {
    const stack = new Stack(new App(), 'Dev', { env: env(DEV) });
    const stages = [...STAGES, { name: 'canary', account: PROD }, { name: 'dev', account: DEV }];
    new ModelRegistry(stack, 'Registry', { modelName: 'churn', data: new DataLake(stack, 'Data'), promotion: { stages } });
    const bus = (account: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:events:${REGION}:${account}:event-bus/default`]] });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'source': ['aws.sagemaker'], 'detail-type': ['SageMaker Model Package State Change'], 'detail': { ModelPackageGroupName: ['churn'] } },
      Targets: [Match.objectLike({ Arn: bus(STAGING) }), Match.objectLike({ Arn: bus(PROD) })],
    });
  });

  test('lets each account promote to its own stage, and neither to another nor approve', () => {
    const { dev } = product();
    const promote = (account: string, context: { [key: string]: string }) => answers(dev.stack, account, 'sagemaker:UpdateModelPackage', context);
    const to = (stage: string) => ({ 'sagemaker:ModelLifeCycle:stage': stage, 'sagemaker:ModelLifeCycle:stageStatus': 'Approved' });
    expect(promote(STAGING, to('staging'))).toEqual(['allow']);
    expect(promote(PROD, to('prod'))).toEqual(['allow']);
    expect(promote(STAGING, to('prod'))).toEqual(['nothing']);
    expect(promote(PROD, to('staging'))).toEqual(['nothing']);
    expect(promote(PROD, { 'sagemaker:ModelApprovalStatus': 'Approved' })).toEqual(['nothing']);
    expect(promote(PROD, { ...to('prod'), 'sagemaker:ModelApprovalStatus': 'Approved' })).toEqual(['nothing']);
  });

  test('shares as well with accounts that only read', () => {
    const stack = new Stack(new App(), 'Dev', { env: env(DEV) });
    new ModelRegistry(stack, 'Registry', { modelName: 'churn', data: new DataLake(stack, 'Data'), consumerAccounts: [STAGING], promotion: { stages: [STAGES[1]] } });
    const to = { 'sagemaker:ModelLifeCycle:stage': 'prod' };
    expect(answers(stack, STAGING, 'sagemaker:CreateModel', {})).toEqual(['allow']);
    expect(answers(stack, STAGING, 'sagemaker:UpdateModelPackage', to)).toEqual(['nothing']);
    expect(answers(stack, PROD, 'sagemaker:UpdateModelPackage', to)).toEqual(['allow']);
  });

  test('says so in the section of a blueprint', () => {
    const stack = new Stack(strictApp(), 'Dev', { env: env(DEV) });
    new Level1Blueprint(stack, 'Churn', { modelName: 'churn', image, registry: { promotion: { stages: STAGES } } });
    expect(answers(stack, PROD, 'sagemaker:UpdateModelPackage', { 'sagemaker:ModelLifeCycle:stage': 'prod' })).toEqual(['allow']);
  });

  test('needs nothing for a stage of its own', () => {
    const stack = new Stack(new App(), 'Dev', { env: env(DEV) });
    new ModelRegistry(stack, 'Registry', { promotion: { stages: [{ name: 'dev', account: DEV }] } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SageMaker::ModelPackageGroup', { ModelPackageGroupPolicy: Match.absent() });
    template.resourceCountIs('AWS::Events::Rule', 0);
  });

  const given = (props: (stack: Stack) => ModelRegistryProps) => (stack: Stack) => void new ModelRegistry(stack, 'Registry', props(stack));
  test.each<[string, (stack: Stack) => void, string]>([
    ['no stages', given(() => ({ promotion: { stages: [] } })), 'promotion.stages must be at least one stage, got 0'],
    ['two stages of one name', given(() => ({ promotion: { stages: [STAGES[0], { name: 'staging', account: PROD }] } })),
      "promotion.stages.name must be another for each stage, got 'staging'"],
    ['a name that is none', given(() => ({ promotion: { stages: [{ name: 'pro duction', account: PROD }] } })),
      "promotion.stages.name must be letters, digits and hyphens, at most 32, got 'pro duction'"],
    ['an account that is none', given(() => ({ promotion: { stages: [{ name: 'prod', account: '12' }] } })),
      "promotion.stages.account must be accounts of twelve digits, got '12'"],
    ['stages without files', given(() => ({ promotion: { stages: STAGES } })),
      'promotion needs data, the lake with the files of the versions: without the files a version cannot be served'],
    ['stages of six accounts', given((stack) => ({
      data: new DataLake(stack, 'Data'),
      promotion: { stages: [1, 2, 3, 4, 5, 6].map((digit) => ({ name: `stage${digit}`, account: `00000000000${digit}` })) },
    })), 'eventBuses must be at most 5 buses, got 6'],
    ['to follow a stage that is none', (stack) => ModelRegistry.promotedFrom(stack, 'Registry', ofStage('')),
      "stage must be letters, digits and hyphens, at most 32, got ''"],
    ['to follow a model that is none', (stack) => ModelRegistry.promotedFrom(stack, 'Registry', { ...ofStage('prod'), modelName: '-' }),
      "modelName must be letters, digits and hyphens between them, at most 63, got '-'"],
    ['to follow an account that is none', (stack) => ModelRegistry.promotedFrom(stack, 'Registry', { ...ofStage('prod'), trainingAccount: 'dev' }),
      "trainingAccount must be accounts of twelve digits, got 'dev'"],
  ])('refuses %s', (_, make, message) => {
    expect(() => make(new Stack(new App(), 'Churn'))).toThrow(new Error(`model registry 'Churn/Registry': ${message}`));
  });
});

describe('the account of a stage', () => {
  const stageOf = (name: 'staging' | 'prod') => product()[name];

  test.each(['staging', 'prod'] as const)('%s accepts the events and rolls out what is promoted to it', (name) => {
    const { stack, registry } = stageOf(name);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Events::EventBusPolicy', {
      Statement: Match.objectLike({ Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${DEV}:root`]] } } }),
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({
        detail: Match.objectLike({ ModelPackageGroupName: ['churn'], ModelLifeCycle: { Stage: [name], StageStatus: ['Approved'] } }),
      }),
    });
    expect(registry.promotionStage).toBe(name);
  });

  test('reads the files of the training account with its key', () => {
    const { stack, registry } = stageOf('prod');
    expect(registry.data?.artifactBucket.bucketName).toBe('artifacts-of-dev');
    const policies = JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    expect(policies).toContain(':s3:::artifacts-of-dev/training/*');
    expect(policies).toContain(KEY_ARN);
  });

  test('gives its approvers the other half of the right to promote to it', () => {
    const { stack, registry } = stageOf('prod');
    registry.grantApprove(new iam.Role(stack, 'Approver', { assumedBy: new iam.AccountRootPrincipal() }));
    const [policy] = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('Approver'));
    const statements: any[] = policy[1].Properties.PolicyDocument.Statement;
    const promote = (stage: string) => decide(statements, 'sagemaker:UpdateModelPackage', { 'sagemaker:ModelLifeCycle:stage': stage });
    expect([promote('prod'), promote('staging')]).toEqual([['allow'], ['nothing']]);
    expect(JSON.stringify(statements)).toContain(`:sagemaker:${REGION}:${DEV}:model-package/churn/*`);
  });

  test('that is the training account itself needs no policy of the bus', () => {
    const stack = new Stack(new App(), 'Dev', { env: env(DEV) });
    const registry: IModelRegistry = ModelRegistry.promotedFrom(stack, 'Registry', ofStage('dev'));
    registry.grantApprove(new iam.Role(stack, 'Approver', { assumedBy: new iam.AccountRootPrincipal() }));
    expect(registry.promotionStage).toBe('dev');
    Template.fromStack(stack).resourceCountIs('AWS::Events::EventBusPolicy', 0);
  });
});

test('a stage trains nothing: its versions are trained elsewhere', () => {
  const stack = new Stack(new App(), 'Prod', { env: env(PROD) });
  const registry = ModelRegistry.promotedFrom(stack, 'Registry', ofStage('prod'));
  const data = new DataLake(stack, 'Data');
  expect(() => new TrainingPipeline(stack, 'Training', { data, registry, image: ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn@sha256:abc') })).toThrow(
    /^training pipeline 'Prod\/Training': registry is that of the stage 'prod', whose versions are promoted from where they were trained/);
});

test('nobody finds fault with the three stacks', () => {
  const { dev, staging, prod } = product();
  for (const { stack } of [dev, staging, prod]) expect(judge(stack)).toEqual([]);
});
