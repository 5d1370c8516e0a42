import {
  App, aws_ecr as ecr, aws_events as events, aws_iam as iam, aws_kms as kms, aws_s3 as s3, RemovalPolicy, Stack, StackProps, Tags,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { DataLake } from '../../src/aws/data-lake';
import { ModelRegistry } from '../../src/aws/model-registry';
import { IModelRegistry } from '../../src/aws/model-registry-props';
import { Approval } from '../../src/core/model-registry';
import { judge, strictApp } from '../support/judges';

const stackIn = (context: object = {}) => new Stack(new App({ context: { ...context } }), 'Churn');
const roleIn = (stack: Stack) => new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });

describe('the group', () => {
  test('has a name made of its place, no description, and stays when its stack goes', () => {
    const stack = stackIn();
    new ModelRegistry(stack, 'Registry');
    Template.fromStack(stack).hasResource('AWS::SageMaker::ModelPackageGroup', {
      Properties: { ModelPackageGroupName: Match.stringLikeRegexp('^churn-registry-[0-9a-f]{8}$'), ModelPackageGroupDescription: Match.absent() },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('takes the name of the model', () => {
    const stack = stackIn();
    const registry = new ModelRegistry(stack, 'Registry', { modelName: 'Customer-Churn' });
    expect(registry.modelPackageGroupName).toBe('Customer-Churn');
    Template.fromStack(stack).hasResourceProperties('AWS::SageMaker::ModelPackageGroup', { ModelPackageGroupName: 'Customer-Churn' });
  });

  test.each(['', '-churn', 'churn_model', 'x'.repeat(64)])('refuses the model name %p', (modelName) => {
    expect(() => new ModelRegistry(stackIn(), 'Registry', { modelName })).toThrow(new Error(
      `model registry 'Churn/Registry': modelName must be letters, digits and hyphens between them, at most 63, got '${modelName}'`));
  });

  test('is deleted only with both keys', () => {
    const removalPolicy = RemovalPolicy.DESTROY;
    expect(() => new ModelRegistry(stackIn(), 'Registry', { removalPolicy })).toThrow(new Error(
      "model registry 'Churn/Registry': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN"));
    const stack = stackIn({ 'mlops:allowDestroy': true });
    new ModelRegistry(stack, 'Registry', { removalPolicy });
    Template.fromStack(stack).hasResource('AWS::SageMaker::ModelPackageGroup', { DeletionPolicy: 'Delete' });
  });

  test('can be tagged: a tag does not replace it', () => {
    const stack = stackIn();
    new ModelRegistry(stack, 'Registry');
    Tags.of(stack).add('team', 'ml');
    Template.fromStack(stack).hasResourceProperties('AWS::SageMaker::ModelPackageGroup', { Tags: [{ Key: 'team', Value: 'ml' }] });
  });
});

test('registration approves only when approval is automatic', () => {
  const stack = stackIn();
  expect(new ModelRegistry(stack, 'A').isApprovalAutomatic).toBe(false);
  expect(new ModelRegistry(stack, 'B', { approval: Approval.manual() }).isApprovalAutomatic).toBe(false);
  expect(new ModelRegistry(stack, 'C', { approval: Approval.automatic() }).isApprovalAutomatic).toBe(true);
});

test('the event pattern is that of a version of this group being approved', () => {
  expect(new ModelRegistry(stackIn(), 'Registry', { modelName: 'churn' }).approvedPattern).toEqual({
    source: ['aws.sagemaker'],
    detailType: ['SageMaker Model Package State Change'],
    detail: {
      ModelPackageGroupName: ['churn'],
      ModelPackageStatus: ['Completed'],
      ModelApprovalStatus: ['Approved'],
      UpdatedModelPackageFields: ['ModelApprovalStatus', { exists: false }],
    },
  });
});

describe('grants', () => {
  const read = ['sagemaker:DescribeModelPackage', 'sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages', 'sagemaker:CreateModel'];

  /** What a role may do, with the condition it depends on. */
  function permissions(grant: (registry: IModelRegistry, role: iam.Role) => void, imported: boolean): { [action: string]: any } {
    const stack = new Stack(strictApp(), 'Churn');
    const registry = imported
      ? ModelRegistry.fromModelPackageGroupName(stack, 'Registry', 'churn')
      : new ModelRegistry(stack, 'Registry', { modelName: 'churn' });
    grant(registry, roleIn(stack));
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    const findings = judge(stack).filter((finding) => !finding.startsWith('NIST.800.53.R5-IAMNoInlinePolicy'));
    expect(findings).toEqual([]);
    return Object.fromEntries(policy.Properties.PolicyDocument.Statement.flatMap((each: any) => {
      expect(each.Resource).toHaveLength(2);
      expect(JSON.stringify(each.Resource[1])).toContain(':model-package/churn/*');
      return [each.Action].flat().map((action) => [action, each.Condition]);
    }));
  }
  const allowed = (actions: string[], condition?: object) => Object.fromEntries(actions.map((action) => [action, condition]));

  test.each([[false], [true]])('are for the group and its versions alone (imported: %p)', (imported) => {
    expect(permissions((registry, role) => registry.grantRead(role), imported)).toEqual(allowed(read));
    expect(permissions((registry, role) => registry.grantRegister(role), imported)).toEqual({
      ...allowed([...read, 'sagemaker:AddTags']),
      // A version can be registered as approved, and as promoted: that would be an approval by the one who makes it.
      'sagemaker:CreateModelPackage': {
        StringNotEquals: { 'sagemaker:ModelApprovalStatus': 'Approved', 'sagemaker:ModelLifeCycle:stageStatus': 'Approved' },
      },
    });
    expect(permissions((registry, role) => registry.grantApprove(role), imported)).toEqual({
      ...allowed(read), 'sagemaker:UpdateModelPackage': { Null: { 'sagemaker:ModelLifeCycle:stage': 'true' } },
    });
  });

  test('to register are to approve as well where the gate alone approves', () => {
    const stack = new Stack(strictApp(), 'Churn');
    new ModelRegistry(stack, 'Registry', { approval: Approval.automatic() }).grantRegister(roleIn(stack));
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    const registering = policy.Properties.PolicyDocument.Statement.find((each: any) => [each.Action].flat().includes('sagemaker:CreateModelPackage'));
    expect(registering.Condition).toEqual({ StringNotEquals: { 'sagemaker:ModelLifeCycle:stageStatus': 'Approved' } });
  });

  test('to promote are for one stage, and not to approve', () => {
    expect(permissions((registry, role) => registry.promotedTo('prod').grantApprove(role), false)).toEqual({
      ...allowed(read),
      'sagemaker:UpdateModelPackage': { StringEquals: { 'sagemaker:ModelLifeCycle:stage': 'prod' }, Null: { 'sagemaker:ModelApprovalStatus': 'true' } },
    });
    expect(permissions((registry, role) => registry.promotedTo('prod').grantRead(role), true)).toEqual(allowed(read));
    expect(permissions((registry, role) => registry.promotedTo('prod').grantRegister(role), true)).toHaveProperty(['sagemaker:CreateModelPackage', 'StringNotEquals']);
  });
});

describe('a stage', () => {
  test('counts a version as approved when it is promoted to it', () => {
    for (const registry of [new ModelRegistry(stackIn(), 'Registry', { modelName: 'churn' }), ModelRegistry.fromModelPackageGroupName(stackIn(), 'Registry', 'churn')]) {
      const stage = registry.promotedTo('prod');
      expect(stage.approvedPattern).toEqual({
        ...registry.approvedPattern,
        detail: {
          ModelPackageGroupName: ['churn'],
          ModelPackageStatus: ['Completed'],
          ModelApprovalStatus: ['Approved'],
          UpdatedModelPackageFields: ['ModelLifeCycle'],
          ModelLifeCycle: { Stage: ['prod'], StageStatus: ['Approved'] },
        },
      });
      expect([stage.modelPackageGroupName, stage.modelPackageGroupArn, stage.isApprovalAutomatic]).toEqual(['churn', registry.modelPackageGroupArn, false]);
      expect(registry.promotedTo('prod')).toBe(stage);
      expect(stage.promotedTo('staging')).toBe(registry.promotedTo('staging'));
    }
  });

  test('refuses a name that is none', () => {
    expect(() => new ModelRegistry(stackIn(), 'Registry').promotedTo('pro duction')).toThrow(new Error(
      "model registry 'Churn/Registry': stage must be letters, digits and hyphens, at most 32, got 'pro duction'"));
  });
});

describe('other accounts', () => {
  const ACCOUNTS = ['222222222222', '333333333333'];
  const root = (account: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:root`]] });
  const sharing = { Sid: 'VersionsOfModels', Principal: { AWS: ACCOUNTS.map(root) } };

  function shared(consumerAccounts = ACCOUNTS, props: StackProps = {}): Stack {
    const stack = new Stack(strictApp(), 'Churn', props);
    const repository = new ecr.Repository(stack, 'Images');
    new ModelRegistry(stack, 'Registry', { modelName: 'churn', data: new DataLake(stack, 'Data'), repositories: [repository], consumerAccounts });
    return stack;
  }

  test('read the group and its versions, each account once', () => {
    Template.fromStack(shared([...ACCOUNTS, ...ACCOUNTS])).hasResourceProperties('AWS::SageMaker::ModelPackageGroup', {
      ModelPackageGroupPolicy: {
        Statement: [
          {
            Sid: 'Group',
            Effect: 'Allow',
            Principal: { AWS: ACCOUNTS.map(root) },
            Action: ['sagemaker:DescribeModelPackageGroup', 'sagemaker:ListModelPackages'],
            Resource: { 'Fn::Join': ['', Match.arrayWith([':model-package-group/churn'])] },
          },
          {
            Sid: 'Versions',
            Effect: 'Allow',
            Principal: { AWS: ACCOUNTS.map(root) },
            Action: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages', 'sagemaker:CreateModel'],
            Resource: { 'Fn::Join': ['', Match.arrayWith([':model-package/churn/*'])] },
          },
        ],
        Version: '2012-10-17',
      },
    });
  });

  test('read the files of versions, with the key, and pull the images', () => {
    const template = Template.fromStack(shared());
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: Match.stringLikeRegexp('^DataArtifacts') },
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ ...sharing, Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: [Match.anyValue(), Match.anyValue()] }),
          Match.objectLike({ Action: 's3:ListBucket', Condition: { StringLike: { 's3:prefix': ['training/*', 'evaluation/*'] } } }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ ...sharing, Action: ['kms:Decrypt', 'kms:DescribeKey'] })]) },
    });
    template.hasResourceProperties('AWS::ECR::Repository', { RepositoryPolicyText: { Statement: [Match.objectLike(sharing)] } });
    expect(template.findOutputs('*')).toEqual({});
  });

  test('do not include the own one', () => {
    const template = Template.fromStack(shared(['111111111111', '222222222222'], { env: { account: '111111111111', region: 'eu-west-1' } }));
    expect(JSON.stringify(template.findResources('AWS::SageMaker::ModelPackageGroup'))).not.toContain('111111111111:root');
    const alone = new Stack(new App(), 'Churn', { env: { account: '111111111111', region: 'eu-west-1' } });
    new ModelRegistry(alone, 'Registry', { consumerAccounts: ['111111111111'] });
    Template.fromStack(alone).hasResourceProperties('AWS::SageMaker::ModelPackageGroup', { ModelPackageGroupPolicy: Match.absent() });
  });

  test('whose owner must allow it elsewhere: outputs say what', () => {
    const stack = new Stack(strictApp(), 'Churn');
    const data = DataLake.fromAttributes(stack, 'Data', {
      rawBucketName: 'raw',
      featureBucketName: 'features',
      artifactBucketName: 'artifacts',
      encryptionKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/0aaaaaaa-0000-0000-0000-000000000000',
      databaseName: 'lake',
    });
    const repositories = [ecr.Repository.fromRepositoryName(stack, 'Images', 'churn')];
    new ModelRegistry(stack, 'Registry', { data, repositories, consumerAccounts: ACCOUNTS });
    const outputs = Template.fromStack(stack).findOutputs('*');
    expect(Object.keys(outputs).map((id) => id.replace(/^Registry|[0-9A-F]{8}$/g, ''))).toEqual(['MissingFiles', 'MissingKey', 'MissingImages1']);
    expect(JSON.stringify(Object.values(outputs)[0])).toContain('s3:GetObjectVersion');
    Annotations.fromStack(stack).hasWarning('/Churn/Registry', Match.stringLikeRegexp('the policy of the bucket artifacts is not part of this app: add the statements of the output MissingFiles there'));
  });

  test('use the key of the bucket that holds the files, which may be another than the lake\'s', () => {
    const stack = new Stack(strictApp(), 'Churn');
    const own = new kms.Key(stack, 'Own');
    const artifactBucket = new s3.Bucket(stack, 'Brought', { encryptionKey: own, enforceSSL: true });
    new ModelRegistry(stack, 'Registry', { data: new DataLake(stack, 'Data', { artifactBucket }), consumerAccounts: ACCOUNTS });
    const keys = Object.entries(Template.fromStack(stack).findResources('AWS::KMS::Key'));
    const open = keys.filter(([, { Properties }]) => Properties.KeyPolicy.Statement.some(({ Sid }: { Sid?: string }) => Sid === sharing.Sid));
    expect(open.map(([id]) => id)).toEqual([stack.getLogicalId(own.node.defaultChild as kms.CfnKey)]);
  });

  test('nobody finds fault with sharing and forwarding', () => {
    const stack = shared();
    const other = events.EventBus.fromEventBusArn(stack, 'Prod', 'arn:aws:events:eu-west-1:222222222222:event-bus/default');
    new ModelRegistry(stack, 'Forwarding', { eventBuses: [other] });
    expect(judge(stack)).toEqual([]);
  });

  test('get every event of this registry on their buses', () => {
    const stack = stackIn();
    const bus = (account: string) => events.EventBus.fromEventBusArn(stack, `Bus${account}`, `arn:aws:events:eu-west-1:${account}:event-bus/default`);
    new ModelRegistry(stack, 'Registry', { modelName: 'churn', eventBuses: ACCOUNTS.map(bus) });
    const template = Template.fromStack(stack);
    const arns = ACCOUNTS.map((account) => `arn:aws:events:eu-west-1:${account}:event-bus/default`);
    template.hasResource('AWS::Events::Rule', {
      Properties: {
        EventPattern: { 'source': ['aws.sagemaker'], 'detail-type': ['SageMaker Model Package State Change'], 'detail': { ModelPackageGroupName: ['churn'] } },
        Targets: arns.map((Arn) => Match.objectLike({ Arn, RoleArn: Match.anyValue() })),
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('ForwardRoleDefaultPolicy')]),
    });
    template.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: arns }] } });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({
          Principal: { Service: 'events.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': Match.anyValue() } },
        })],
      },
    });
  });

  test('accept the events of the account of the registry, and no others', () => {
    const stack = stackIn();
    ModelRegistry.acceptEvents(stack, 'FromTraining', '111111111111');
    Template.fromStack(stack).hasResourceProperties('AWS::Events::EventBusPolicy', {
      StatementId: Match.stringLikeRegexp('^churn-fromtraining-[0-9a-f]{8}$'),
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: root('111111111111') },
        Action: 'events:PutEvents',
        Condition: { StringEquals: { 'events:source': 'aws.sagemaker', 'events:detail-type': 'SageMaker Model Package State Change' } },
      },
    });
  });

  test.each<[string, (stack: Stack) => void, string]>([
    ['an account that is none', (stack) => new ModelRegistry(stack, 'Registry', { consumerAccounts: ['12'] }),
      "consumerAccounts must be accounts of twelve digits, got '12'"],
    ['a registry that is in none', (stack) => ModelRegistry.acceptEvents(stack, 'Registry', 'x'), "registryAccount must be accounts of twelve digits, got 'x'"],
    ['readers without files', (stack) => new ModelRegistry(stack, 'Registry', { consumerAccounts: ACCOUNTS }),
      'consumerAccounts needs data, the lake with the files of the versions: without the files a version cannot be served'],
    ['images without readers', (stack) => new ModelRegistry(stack, 'Registry', { repositories: [new ecr.Repository(stack, 'Images')] }),
      'repositories is for other accounts: give promotion or consumerAccounts as well, or leave it out'],
    ['too many buses', (stack) => new ModelRegistry(stack, 'Registry', { eventBuses: new Array(6).fill(new events.EventBus(stack, 'Bus')) }),
      'eventBuses must be at most 5 buses, got 6'],
  ])('refuses %s', (_, make, message) => {
    expect(() => make(stackIn())).toThrow(new Error(`model registry 'Churn/Registry': ${message}`));
  });
});

describe('an existing group', () => {
  test('by name is in this account and region', () => {
    const stack = new Stack(new App(), 'Churn', { env: { account: '111111111111', region: 'eu-west-1' } });
    const registry = ModelRegistry.fromModelPackageGroupName(stack, 'Registry', 'churn');
    expect(stack.resolve(registry.modelPackageGroupArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sagemaker:eu-west-1:111111111111:model-package-group/churn']],
    });
    expect(registry.isApprovalAutomatic).toBe(false);
    expect(registry.approvedPattern.detail).toMatchObject({ ModelPackageGroupName: ['churn'], ModelApprovalStatus: ['Approved'] });
  });

  test('by ARN may be in another account', () => {
    const stack = stackIn();
    const registry = ModelRegistry.fromModelPackageGroupArn(stack, 'Registry', 'arn:aws:sagemaker:eu-west-1:222222222222:model-package-group/churn');
    expect(registry.modelPackageGroupName).toBe('churn');
    registry.grantRead(roleIn(stack));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [Match.objectLike({
          Resource: ['arn:aws:sagemaker:eu-west-1:222222222222:model-package-group/churn', 'arn:aws:sagemaker:eu-west-1:222222222222:model-package/churn/*'],
        })],
      },
    });
  });

  test('by an ARN that is only known at deployment has a name that is too', () => {
    const stack = stackIn();
    const owned = new ModelRegistry(stack, 'Owned');
    const registry = ModelRegistry.fromModelPackageGroupArn(stack, 'Registry', owned.modelPackageGroupArn);
    expect(JSON.stringify(stack.resolve(registry.modelPackageGroupName))).toContain('Fn::Split');
  });

  test('refuses a wrong name and a wrong ARN', () => {
    expect(() => ModelRegistry.fromModelPackageGroupName(stackIn(), 'Registry', 'a b')).toThrow(new Error(
      "model registry 'Churn/Registry': modelPackageGroupName must be letters, digits and hyphens between them, at most 63, got 'a b'"));
    expect(() => ModelRegistry.fromModelPackageGroupArn(stackIn(), 'Registry', 'churn')).toThrow(new Error(
      "model registry 'Churn/Registry': modelPackageGroupArn must be the ARN of a model package group, got 'churn'"));
  });
});
