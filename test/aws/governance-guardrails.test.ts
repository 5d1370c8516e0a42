import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import {
  App, aws_ec2 as ec2, aws_iam as iam, aws_kms as kms, aws_s3 as s3, aws_sagemaker as sagemaker, aws_stepfunctions as sfn, CfnResource,
  IPolicyValidationPlugin,
  RemovalPolicy, Stack, Token,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { DataLake } from '../../src/aws/data-lake';
import { GovernanceGuardrails } from '../../src/aws/governance-guardrails';
import { GovernanceGuardrailsProps, ModelCardStatus } from '../../src/aws/governance-guardrails-props';
import { ModelRegistry } from '../../src/aws/model-registry';
import { localNvmePatterns } from '../../src/aws/private/base/machines';
import { REPLACED_BY_TAGS } from '../../src/aws/private/governance/tag-policy';
import { conditionKeys } from '../../src/aws/private/policy/iam-decision';
import { contextOf } from '../../src/aws/private/policy/request-context';
import { RiskRating } from '../../src/core/governance-guardrails';
import { Approval } from '../../src/core/model-registry';
import { decide, RequestContext, text } from '../support/iam';
import { judge, strictApp } from '../support/judges';

type Options = Omit<GovernanceGuardrailsProps, 'data'>;

const card = { intendedUse: 'ranks customers by their risk to leave', owner: 'churn team' };
const budget = { monthlyUsd: 500, alertEmails: ['ml@example.com'] };
const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/other';
const scientist = new iam.AccountPrincipal('111111111111');
const engineer = new iam.AccountPrincipal('222222222222');
const approver = new iam.AccountPrincipal('333333333333');
const auditor = new iam.AccountPrincipal('444444444444');

function newStack(context: { [key: string]: unknown } = {}): Stack {
  return new Stack(new App({ context, builtinCloudFormationValidation: false, outdir: mkdtempSync(join(tmpdir(), 'guardrails-')) }), 'Stack');
}

/** Guardrails that make nothing by themselves, beside a lake. */
function guarded(options: Options = {}, stack = newStack()) {
  const data = new DataLake(stack, 'Data');
  const governance = new GovernanceGuardrails(stack, 'Governance', {
    data, auditLog: false, cloudGuardrails: false, policyChecks: false, ...options,
  });
  return { stack, data, governance, template: () => Template.fromStack(stack) };
}

const registryIn = (stack: Stack, approval = Approval.manual()) => new ModelRegistry(stack, 'Registry', { approval });
const vpcIn = (stack: Stack, subnetType = ec2.SubnetType.PRIVATE_ISOLATED) => new ec2.Vpc(stack, 'Vpc', {
  natGateways: subnetType === ec2.SubnetType.PRIVATE_WITH_EGRESS ? 1 : 0,
  restrictDefaultSecurityGroup: false,
  subnetConfiguration: [
    { name: 'Jobs', subnetType },
    ...(subnetType === ec2.SubnetType.PRIVATE_WITH_EGRESS ? [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }] : []),
  ],
});
const failing = (options: Options | ((stack: Stack) => Options)) => () => {
  const stack = newStack();
  guarded(typeof options === 'function' ? options(stack) : options, stack);
};

beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation();
});

describe('audit trail', () => {
  const trailed = (options: Options = {}) => guarded({ auditLog: true, ...options }).template();

  test('is there unless it is declined, watches the lake and features, and signs what it writes', () => {
    const template = trailed({ auditLog: undefined });
    template.hasResourceProperties('AWS::CloudTrail::Trail', {
      IsLogging: true,
      EnableLogFileValidation: true,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      KMSKeyId: { 'Fn::GetAtt': ['DataKey5F086070', 'Arn'] },
      AdvancedEventSelectors: [
        { Name: 'Changes to the account', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }, { Field: 'readOnly', Equals: ['false'] }] },
        {
          Name: 'Objects of the data lake',
          FieldSelectors: Match.arrayWith([
            { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
            { Field: 'resources.ARN', StartsWith: ['DataRawAF6CB863', 'DataFeatures473410C9', 'DataArtifacts5613094C'].map((id) => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [id, 'Arn'] }, '/']] })) },
          ]),
        },
        Match.objectLike({ Name: 'Features' }),
      ],
    });
    guarded().template().resourceCountIs('AWS::CloudTrail::Trail', 0);
  });

  test('keeps its files a year, or as long as is said', () => {
    const days = (template: Template, expected: number) => template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.objectLike({ Id: 'Retention', ExpirationInDays: expected, NoncurrentVersionExpiration: { NoncurrentDays: 30 } })] },
      BucketEncryption: { ServerSideEncryptionConfiguration: [Match.objectLike({ ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) })] },
    });
    days(trailed(), 365);
    days(trailed({ auditRetentionDays: 400 }), 400);
  });

  test('records calls of endpoints on request', () => {
    trailed({ auditEndpointCalls: true }).hasResourceProperties('AWS::CloudTrail::Trail', {
      AdvancedEventSelectors: Match.arrayWith([Match.objectLike({
        Name: 'Calls of endpoints', FieldSelectors: Match.arrayWith([{ Field: 'resources.type', Equals: ['AWS::SageMaker::Endpoint'] }]),
      })]),
    });
  });

  test('may use the lake\'s key, and no other trail may', () => {
    const template = trailed();
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'TrailEncrypts',
            Principal: { Service: 'cloudtrail.amazonaws.com' },
            Action: 'kms:GenerateDataKey*',
            Condition: Match.objectLike({
              StringEquals: { 'aws:SourceArn': { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(':trail/stack-governance-trail-.{8}$')])] } },
            }),
          }),
        ]),
      },
    });
  });

  test('waits for the bucket\'s policy, which CloudTrail tries at once', () => {
    const trail = Object.values(trailed().findResources('AWS::CloudTrail::Trail'))[0];
    expect(trail.DependsOn).toEqual(['GovernanceTrailBucketPolicy403EAACE']);
  });

  test('outlives the stack, unless both keys say otherwise', () => {
    trailed().hasResource('AWS::S3::Bucket', { Properties: { LifecycleConfiguration: { Rules: [Match.objectLike({ Id: 'Retention' })] } }, DeletionPolicy: 'RetainExceptOnCreate' });
    const { template } = guarded({ auditLog: true, modelCard: card, removalPolicy: RemovalPolicy.DESTROY }, newStack({ 'mlops:allowDestroy': true }));
    template().hasResource('AWS::SageMaker::ModelCard', { DeletionPolicy: 'Delete' });
    expect(Object.keys(template().findResources('AWS::S3::Bucket', { DeletionPolicy: 'Delete' }))).toEqual(['GovernanceTrailBucketE49847E1']);
  });

  test('has an ARN to point at', () => {
    const { stack, governance } = guarded({ auditLog: true });
    expect(JSON.stringify(stack.resolve(governance.trailArn))).toContain(':trail/stack-governance-trail-');
    expect(guarded().governance.trailArn).toBeUndefined();
  });
});

test('the audit trail names a bucket that has two parts in the lake once', () => {
  const stack = newStack();
  const bucket = new s3.Bucket(stack, 'All');
  new GovernanceGuardrails(stack, 'Governance', {
    data: new DataLake(stack, 'Data', { rawBucket: bucket, featureBucket: bucket, artifactBucket: bucket }), cloudGuardrails: false, policyChecks: false,
  });
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::CloudTrail::Trail'));
  expect(Properties.AdvancedEventSelectors[1].FieldSelectors[2].StartsWith).toHaveLength(1);
});

describe('permission boundary', () => {
  const statementsOf = (options: Options | ((stack: Stack) => Options) = {}) => {
    const stack = newStack();
    const { template } = guarded({ cloudGuardrails: true, ...(typeof options === 'function' ? options(stack) : options) }, stack);
    const policy = Object.entries(template().findResources('AWS::IAM::ManagedPolicy')).find(([id]) => id.includes('Boundary'))![1];
    return Object.fromEntries(policy.Properties.PolicyDocument.Statement.map((each: any) => [each.Sid, each]));
  };

  test('is put on the roles of the guarded scope, made before or after', () => {
    const stack = newStack();
    const product = new Construct(stack, 'Product');
    new iam.Role(product, 'Before', { assumedBy: scientist });
    new iam.Role(stack, 'Outside', { assumedBy: scientist });
    const governance = new GovernanceGuardrails(product, 'Governance', { data: new DataLake(product, 'Data'), auditLog: false, policyChecks: false });
    new iam.Role(product, 'After', { assumedBy: scientist });
    const roles = Template.fromStack(stack).findResources('AWS::IAM::Role');
    const bounded = Object.keys(roles).filter((id) => roles[id].Properties.PermissionsBoundary !== undefined);
    expect(bounded.map((id) => id.slice(0, -8)).sort()).toEqual(['ProductAfter', 'ProductBefore']);
    expect(governance.boundary).toBeDefined();
    expect(guarded().governance.boundary).toBeUndefined();
  });

  test('is put on the roles of another scope on request', () => {
    const stack = newStack();
    const other = new Construct(stack, 'Other');
    guarded({ cloudGuardrails: true, guardedScope: other }, stack);
    new iam.Role(other, 'Inside', { assumedBy: scientist });
    new iam.Role(stack, 'Outside', { assumedBy: scientist });
    Template.fromStack(stack).resourcePropertiesCountIs('AWS::IAM::Role', { PermissionsBoundary: Match.anyValue() }, 1);
  });

  test('asks for keys where a key is possible', () => {
    const { VolumesWithoutKey, OutputWithoutKey } = statementsOf();
    expect(VolumesWithoutKey.Condition.Null).toEqual({ 'sagemaker:VolumeKmsKey': 'true' });
    expect(VolumesWithoutKey.Condition['ForAnyValue:StringNotLike']['sagemaker:InstanceTypes']).toEqual(localNvmePatterns());
    expect(OutputWithoutKey.Action).not.toContain('sagemaker:CreateEndpointConfig');
  });

  test('keeps jobs in the isolated subnets of the network, and asks for a network or isolation', () => {
    const { OpenContainers, OtherSubnets, OtherSecurityGroups } = statementsOf((stack) => {
      const vpc = vpcIn(stack);
      return { vpc, securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc })] };
    });
    expect(OpenContainers.Condition).toEqual({ BoolIfExists: { 'sagemaker:NetworkIsolation': 'false' }, Null: { 'sagemaker:VpcSubnets': 'true' } });
    expect(OtherSubnets.Condition['ForAnyValue:StringNotEquals']['sagemaker:VpcSubnets']).toHaveLength(2);
    expect(OtherSecurityGroups.Condition['ForAnyValue:StringNotEquals']['sagemaker:VpcSecurityGroupIds'])
      .toEqual([{ 'Fn::GetAtt': ['GroupC77FDACD', 'GroupId'] }]);
    expect(statementsOf().OtherSubnets).toBeUndefined();
  });

  test('keeps jobs in the subnets that are named', () => {
    const { OtherSubnets } = statementsOf((stack) => ({
      vpc: vpcIn(stack), vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED, availabilityZones: [stack.availabilityZones[1]] },
    }));
    expect(OtherSubnets.Condition['ForAnyValue:StringNotEquals']['sagemaker:VpcSubnets']).toEqual([{ Ref: expect.stringContaining('VpcJobsSubnet2') }]);
  });

  test('asks for isolation in a network with a way out', () => {
    const { OpenContainers, OtherSubnets } = statementsOf((stack) => ({ vpc: vpcIn(stack, ec2.SubnetType.PRIVATE_WITH_EGRESS) }));
    expect(OtherSubnets.Condition['ForAnyValue:StringNotEquals']['sagemaker:VpcSubnets']).toHaveLength(2);
    expect(OpenContainers.Condition).toEqual({ BoolIfExists: { 'sagemaker:NetworkIsolation': 'false' } });
  });

  test('denies notebooks on the internet and with root', () => {
    const { NotebooksOnTheInternet, NotebooksWithRoot } = statementsOf();
    expect(NotebooksOnTheInternet.Condition).toEqual({ StringNotEquals: { 'sagemaker:DirectInternetAccess': 'Disabled' } });
    expect(NotebooksWithRoot.Condition).toEqual({ StringNotEquals: { 'sagemaker:RootAccess': 'Disabled' } });
  });

  test('knows the machines that are allowed', () => {
    expect(statementsOf({ allowedInstanceTypes: ['ml.m5.*'] }).OtherMachines.Condition)
      .toEqual({ 'ForAnyValue:StringNotLike': { 'sagemaker:InstanceTypes': ['system', 'ml.m5.*'] } });
    expect(statementsOf().OtherMachines).toBeUndefined();
  });

  test('ends warm pools', () => {
    expect(statementsOf({ maxWarmPoolMinutes: 10 }).LongWarmPools.Condition).toEqual({ NumericGreaterThan: { 'sagemaker:KeepAlivePeriod': '600' } });
    expect(statementsOf().LongWarmPools).toBeUndefined();
  });

  test('asks for encrypted traffic on request', () => {
    expect(statementsOf({ encryptTrafficBetweenMachines: true }).PlainTrafficBetweenMachines.Condition)
      .toEqual({ BoolIfExists: { 'sagemaker:InterContainerTrafficEncryption': 'false' } });
    expect(statementsOf().PlainTrafficBetweenMachines).toBeUndefined();
  });

  test('keeps data in the account and in those that are trusted', () => {
    expect(statementsOf({ trustedAccounts: ['555555555555'] }).DataLeavesTheAccount.Condition)
      .toEqual({ StringNotEquals: { 'aws:ResourceAccount': [{ Ref: 'AWS::AccountId' }, '555555555555'] } });
  });

  test('lets through what is added', () => {
    expect(statementsOf({ boundaryActions: ['dynamodb:GetItem'] }).MayBeGranted.Action).toContain('dynamodb:GetItem');
  });

  test('may be the user\'s own', () => {
    const stack = newStack();
    const permissionsBoundary = iam.ManagedPolicy.fromManagedPolicyName(stack, 'Mine', 'mine');
    const { governance, template } = guarded({ cloudGuardrails: true, permissionsBoundary, roles: { auditor } }, stack);
    expect(governance.boundary).toBe(permissionsBoundary);
    template().hasResourceProperties('AWS::IAM::Role', { PermissionsBoundary: { 'Fn::Join': ['', Match.arrayWith([':policy/mine'])] } });
  });

  test('warns where it takes the place of a boundary of the stack around it, or of a role, and where it gives way to that of a stack in its scope', () => {
    const warning = (others: string) => `the permission boundary made here ${others}: a role has one only. `
      + 'Give yours as permissionsBoundary, or set cloudGuardrails to false [ack: Annotation::mlops-constructs:permissionsBoundary]';
    const bounded = newStack({ '@aws-cdk/core:permissionsBoundary': { name: 'corporate' } });
    guarded({ cloudGuardrails: true, roles: { auditor } }, bounded);
    Annotations.fromStack(bounded).hasWarning('/Stack/Governance', warning('takes the place of that of Stack'));
    const inside = newStack({ '@aws-cdk/core:permissionsBoundary': { name: 'corporate' } });
    guarded({ cloudGuardrails: true, roles: { auditor }, guardedScope: inside.node.root }, inside);
    Annotations.fromStack(inside).hasWarning('/Stack/Governance', warning('gives way to that of Stack'));
    for (const [each, policy] of [[bounded, '"Ref":"GovernanceBoundary'], [inside, ':policy/corporate']] as const) {
      const [role] = Object.values(Template.fromStack(each).findResources('AWS::IAM::Role'));
      expect(JSON.stringify(role.Properties.PermissionsBoundary)).toContain(policy);
    }
    const stack = newStack();
    guarded({ cloudGuardrails: true }, stack);
    new iam.Role(stack, 'Role', { assumedBy: scientist, permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyName(stack, 'Mine', 'mine') });
    Annotations.fromStack(stack).hasWarning('/Stack/Governance', warning('takes the place of that of Stack/Role/Resource'));
    const plain = newStack();
    guarded({ cloudGuardrails: true, roles: { auditor } }, plain);
    Annotations.fromStack(plain).hasNoWarning('*', Match.anyValue());
  });

  test('refuses a role that is granted what the boundary takes away', () => {
    const stack = newStack();
    guarded({ cloudGuardrails: true }, stack);
    const role = new iam.Role(stack, 'Role', {
      assumedBy: scientist,
      inlinePolicies: {
        own: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['iam:CreateUser'], resources: ['*'] }),
          ],
        }),
      },
    });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['dynamodb:GetItem', 's3:GetObject'], resources: ['*'] }));
    role.addToPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['rds:*'], resources: ['*'] }));
    expect(() => Template.fromStack(stack)).toThrow(
      'role Stack/Role/Resource is granted iam:CreateUser, dynamodb:GetItem, which its permission boundary does not allow: add to boundaryActions');
  });

  test('refuses a pipeline whose calls it denies', () => {
    const stack = newStack();
    const vpc = vpcIn(stack);
    const { encryptionKey } = guarded({
      cloudGuardrails: true, vpc, allowedInstanceTypes: ['ml.m5.*'], maxWarmPoolMinutes: 10, encryptTrafficBetweenMachines: true,
    }, stack).data;
    const step = (name: string, instanceType: unknown, subnet: string, encrypted: boolean) => ({
      Name: name,
      Type: 'Training',
      Arguments: {
        ResourceConfig: {
          InstanceType: instanceType, KeepAlivePeriodInSeconds: encrypted ? 600 : 3600, VolumeKmsKeyId: encrypted ? encryptionKey.keyArn : 'other-key',
        },
        VpcConfig: { Subnets: [subnet] },
        EnableInterContainerTrafficEncryption: encrypted,
        OutputDataConfig: encrypted ? { KmsKeyId: encryptionKey.keyArn } : {},
      },
    });
    new sagemaker.CfnPipeline(stack, 'Pipeline', {
      pipelineName: 'p',
      roleArn: 'r',
      pipelineDefinition: {
        PipelineDefinitionBody: stack.toJsonString({
          Steps: [
            step('Good', 'ml.m5.xlarge', vpc.isolatedSubnets[0].subnetId, true),
            step('Later', { Get: 'Parameters.Type' }, vpc.isolatedSubnets[1].subnetId, true),
            step('Bad', 'ml.p4d.24xlarge', 'subnet-1', false),
          ],
        }),
      },
    });
    const denied = (fault: string) => `[Stack/Governance] Stack/Pipeline: step 'Bad' ${fault}, which the permission boundary denies`;
    expect(() => Template.fromStack(stack)).toThrow(['Validation failed with the following errors:', ...[
      'has no key for its output', "encrypts its volumes with another key than the lake's, other-key", 'is put into the subnet subnet-1',
      'runs on ml.p4d.24xlarge', 'keeps a warm pool for 3600 seconds', 'does not encrypt the traffic between its machines',
    ].map(denied)].join('\n  '));
  });

  test.each([
    ['a processing job without outputs', 'createProcessingJob', { ProcessingOutputConfig: { Outputs: [] } }, true],
    ['a processing job with a key', 'createProcessingJob', { ProcessingOutputConfig: { Outputs: [], KmsKeyId: KEY_ARN }, NetworkConfig: { EnableNetworkIsolation: true } }, false],
    ['a batch transform without', 'createTransformJob', {}, true],
    ['a call that is put together at run time', 'createTransformJob', '{% $job %}', false],
  ])('asks for a key of what jobs put out, as the boundary does: %s', (_, api, args, refused) => {
    const stack = newStack();
    guarded({ cloudGuardrails: true, encryptionKeys: [kms.Key.fromKeyArn(stack, 'Other', KEY_ARN)] }, stack);
    new sfn.CfnStateMachine(stack, 'Machine', {
      roleArn: 'r',
      definitionString: JSON.stringify({ States: { Run: { Type: 'Task', Resource: `arn:aws:states:::sagemaker:${api}.sync`, Arguments: args } } }),
    });
    const synthesis = expect(() => Template.fromStack(stack));
    if (refused) synthesis.toThrow('Stack/Machine: state \'Run\' has no key for its output, which the permission boundary denies');
    else synthesis.not.toThrow();
  });

  test.each([
    ['iam:*', 'iam:AddUserToGroup'], ['iam:CreateRole', 'iam:CreateRole'], ['iam:Create*', 'iam:CreateAccessKey'], ['kms:*', 'kms:DisableKey'],
    ['s3:Put*', 's3:PutAccountPublicAccessBlock'], ['cloudtrail:S*', 'cloudtrail:StopLogging'],
  ])('is not opened by %s', (action, opened) => {
    expect(failing({ cloudGuardrails: true, boundaryActions: [action] }))
      .toThrow(`governance guardrails 'Stack/Governance': boundaryActions must be actions that leave the boundary closed, and this one opens ${opened}, got '${action}'`);
  });

  test('is opened by what is named, where that is somebody\'s decision', () => {
    expect(statementsOf({ boundaryActions: ['kms:ScheduleKeyDeletion'] }).MayBeGranted.Action).toContain('kms:ScheduleKeyDeletion');
    expect(statementsOf({ boundaryActions: ['sagemaker:CreateCompilationJob'] }).JobsWithoutConditions.Action).not.toContain('sagemaker:CreateCompilationJob');
    expect(statementsOf().JobsWithoutConditions.Action).toContain('sagemaker:CreateCompilationJob');
  });

  test.each<[string, string, { [key: string]: string | undefined }, string]>([
    ['a job with the lake\'s key', 'CreateTrainingJob', {}, 'allow'],
    ['a volume with another key', 'CreateTrainingJob', { 'sagemaker:VolumeKmsKey': 'k' }, 'OtherVolumeKeys'],
    ['output with another key', 'CreateLabelingJob', { 'sagemaker:OutputKmsKey': 'k' }, 'OtherOutputKeys'],
    ['AutoML outside the network', 'CreateAutoMLJobV2', { 'sagemaker:VpcSubnets': undefined, 'sagemaker:NetworkIsolation': undefined }, 'OpenContainers'],
    ['AutoML without a key', 'CreateAutoMLJob', { 'sagemaker:VolumeKmsKey': undefined }, 'AutoMLWithoutKey'],
    ['AutoML in the network', 'CreateAutoMLJob', {}, 'allow'],
    ['an open monitoring job', 'CreateDataQualityJobDefinition', { 'sagemaker:VpcSubnets': undefined, 'sagemaker:NetworkIsolation': 'false' }, 'OpenMonitoring'],
    ['a monitoring job without a key', 'CreateMonitoringSchedule', { 'sagemaker:OutputKmsKey': undefined }, 'MonitoringWithoutKey'],
    ['a schedule that names a definition', 'CreateMonitoringSchedule',
      {
        'sagemaker:OutputKmsKey': undefined,
        'sagemaker:VolumeKmsKey': undefined,
        'sagemaker:InstanceTypes': undefined,
        'sagemaker:NetworkIsolation': undefined,
        'sagemaker:VpcSubnets': undefined,
      }, 'allow'],
    ['a compilation', 'CreateCompilationJob', {}, 'JobsWithoutConditions'],
  ])('decides on %s', (_, api, differing, decision) => {
    const { VolumesWithoutKey: { Resource }, ...statements } = statementsOf();
    expect(Resource).toBe('*');
    const key = text({ 'Fn::GetAtt': ['DataKey5F086070', 'Arn'] });
    const context = Object.entries({
      'aws:SecureTransport': 'true',
      'sagemaker:InstanceTypes': ['ml.m5.large'],
      'sagemaker:VolumeKmsKey': key,
      'sagemaker:OutputKmsKey': key,
      'sagemaker:VpcSubnets': ['subnet-1'],
      ...differing,
    }).filter(([, value]) => value !== undefined);
    expect(decide(Object.values(statements), `sagemaker:${api}`, Object.fromEntries(context) as RequestContext)).toEqual([decision]);
  });

  test('is judged at synthesis by every key that its conditions have', () => {
    const { MayBeGranted, ...denials } = statementsOf((stack) => {
      const vpc = vpcIn(stack);
      return {
        vpc, securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc })], allowedInstanceTypes: ['ml.m5.*'], maxWarmPoolMinutes: 10, encryptTrafficBetweenMachines: true,
      };
    });
    expect(MayBeGranted.Effect).toBe('Allow');
    const machine = { InstanceType: 'ml.m5.large', VolumeKmsKeyId: 'k', KeepAlivePeriodInSeconds: 60 };
    const requests: [string, object][] = [
      ['CreateTrainingJob', {
        ResourceConfig: machine,
        OutputDataConfig: { KmsKeyId: 'k' },
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: { Subnets: ['s'], SecurityGroupIds: ['g'] },
      }],
      ['CreateNotebookInstance', { DirectInternetAccess: 'Disabled', RootAccess: 'Disabled' }],
    ];
    const contexts = requests.map(([api, request]) => contextOf({ api, request, where: '', gated: false }));
    const keys = conditionKeys(Object.values(denials));
    // Neither the account of an object nor what a notebook is changed to is in a pipeline or a workflow.
    expect(keys.filter((key) => !contexts.some((values) => Array.isArray(values(key))))).toEqual(['aws:ResourceAccount']);
  });

  test('refuses to be longer than IAM takes', () => {
    const allowedInstanceTypes = Array.from({ length: 200 }, (_, index) => `ml.family${index}.2xlarge`);
    expect(() => guarded({ cloudGuardrails: true, allowedInstanceTypes }).template())
      .toThrow(/the permission boundary has \d+ characters, and IAM takes 6144: shorten allowedInstanceTypes, boundaryActions or trustedAccounts/);
  });
});

describe('rules of AWS Config', () => {
  const identifiers = (template: Template) => Object.values(template.findResources('AWS::Config::ConfigRule')).map((each) => each.Properties.Source.SourceIdentifier);

  test('are there on request only, because they need a recorder', () => {
    const { governance, template } = guarded({ cloudGuardrails: true, configRules: true });
    expect(identifiers(template())).toContain('SAGEMAKER_MODEL_ISOLATION_ENABLED');
    expect(governance.configRules).toHaveLength(6);
    expect(identifiers(guarded({ cloudGuardrails: true }).template())).toEqual([]);
  });

  test('ask for models in a network where there is one', () => {
    const stack = newStack();
    const { template } = guarded({ cloudGuardrails: true, configRules: true, vpc: vpcIn(stack) }, stack);
    expect(identifiers(template())).toContain('SAGEMAKER_MODEL_IN_VPC');
  });

  test('say which policy they stand for', () => {
    guarded({ cloudGuardrails: true, configRules: true }).template().hasResourceProperties('AWS::Config::ConfigRule', {
      Source: { Owner: 'AWS', SourceIdentifier: 'SAGEMAKER_DOMAIN_IN_VPC' },
      Description: 'MLOPS-NET-03: notebooks have neither root access nor direct internet access',
    });
  });
});

describe('budget', () => {
  const nameOf = (options: Options) => Object.values(guarded(options).template().findResources('AWS::Budgets::Budget'))[0].Properties.Budget.BudgetName;

  test('tells people at half, four fifths and all of it, and when all of it is in sight', () => {
    guarded({ budget }).template().hasResourceProperties('AWS::Budgets::Budget', {
      Budget: { BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Amount: 500, Unit: 'USD' }, CostFilters: Match.absent() },
      NotificationsWithSubscribers: [['ACTUAL', 50], ['ACTUAL', 80], ['ACTUAL', 100], ['FORECASTED', 100]].map(([NotificationType, Threshold]) => ({
        Notification: { NotificationType, Threshold, ThresholdType: 'PERCENTAGE', ComparisonOperator: 'GREATER_THAN' },
        Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'ml@example.com' }],
      })),
    });
  });

  test('tells people at the shares that are given', () => {
    guarded({ budget: { ...budget, alertAtPercent: [90, 20] } }).template().hasResourceProperties('AWS::Budgets::Budget', {
      NotificationsWithSubscribers: [20, 90, 90].map((Threshold) => Match.objectLike({ Notification: Match.objectLike({ Threshold }) })),
    });
  });

  test('counts the costs of one tag on request', () => {
    guarded({ budget, tags: { team: 'churn' }, budgetTag: 'team' }).template()
      .hasResourceProperties('AWS::Budgets::Budget', { Budget: { CostFilters: { TagKeyValue: ['user:team$churn'] } } });
  });

  test('has a new name exactly when new notifications replace it', () => {
    expect(nameOf({ budget: { ...budget, monthlyUsd: 900 } })).toBe(nameOf({ budget }));
    expect(nameOf({ budget: { ...budget, alertEmails: ['other@example.com'] } })).not.toBe(nameOf({ budget }));
    const ofParameter = () => nameOf({ budget: { ...budget, alertEmails: [Token.asString({ Ref: 'Address' })] } });
    expect(ofParameter()).toBe(ofParameter());
  });
});

describe('tags', () => {
  test('reach what can be tagged in place, and nothing that a tag replaces', () => {
    const stack = newStack();
    new CfnResource(stack, 'Group', { type: 'AWS::SageMaker::FeatureGroup' });
    const { template } = guarded({ tags: { team: 'churn' } }, stack);
    template().hasResourceProperties('AWS::KMS::Key', { Tags: [{ Key: 'team', Value: 'churn' }] });
    expect(Object.values(template().findResources('AWS::SageMaker::FeatureGroup'))[0].Properties).toBeUndefined();
  });

  test('the list of types that a tag replaces is the one of the CloudFormation specification', () => {
    const replaced = [...loadAwsServiceSpecSync().all('resource')]
      .filter((each) => each.cloudFormationType.startsWith('AWS::SageMaker::') && each.tagInformation !== undefined)
      .filter((each) => each.properties[each.tagInformation!.tagPropertyName]?.causesReplacement === 'yes')
      .map((each) => each.cloudFormationType);
    expect([...REPLACED_BY_TAGS].sort()).toEqual(replaced.sort());
  });
});

describe('model card', () => {
  test('says what the model is for, and is encrypted', () => {
    const stack = newStack();
    const { governance, template } = guarded({
      modelCard: { ...card, riskRating: RiskRating.MEDIUM, limitations: 'not for new customers' },
      modelCardStatus: ModelCardStatus.PENDING_REVIEW,
      registry: registryIn(stack),
    }, stack);
    template().hasResource('AWS::SageMaker::ModelCard', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        ModelCardName: Match.stringLikeRegexp('^stack-governance-card-.{8}$'),
        ModelCardStatus: 'PendingReview',
        SecurityConfig: { KmsKeyId: { 'Fn::GetAtt': ['DataKey5F086070', 'Arn'] } },
        Content: {
          ModelOverview: { ModelOwner: 'churn team', ModelName: Match.stringLikeRegexp('registry') },
          IntendedUses: { PurposeOfModel: 'ranks customers by their risk to leave', RiskRating: 'Medium' },
          AdditionalInformation: { CaveatsAndRecommendations: 'not for new customers' },
        },
      },
    });
    expect(governance.modelCard).toBeDefined();
  });

  test('is a draft of unknown risk unless more is said', () => {
    guarded({ modelCard: card }).template().hasResourceProperties('AWS::SageMaker::ModelCard', {
      ModelCardStatus: 'Draft',
      Content: { ModelOverview: { ModelName: Match.absent() }, IntendedUses: { RiskRating: 'Unknown' }, AdditionalInformation: Match.absent() },
    });
  });
});

describe('roles of people', () => {
  const roles = { dataScientist: scientist, mlEngineer: engineer, approver, auditor };
  const actionsOf = (template: Template, role: string, effect: string) => Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.includes(`Roles${role}`))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement as any[])
    .filter((each) => each.Effect === effect).flatMap((each) => [each.Action].flat() as string[]);

  test('exist for the principals that are given', () => {
    const stack = newStack();
    const { governance, template } = guarded({ roles, registry: registryIn(stack) }, stack);
    expect([governance.dataScientist, governance.mlEngineer, governance.approver, governance.auditor].every((each) => each !== undefined)).toBe(true);
    template().resourceCountIs('AWS::IAM::Role', 4);
    template().hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({
          Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::333333333333:root']] } },
        })],
      },
    });
    guarded().template().resourceCountIs('AWS::IAM::Role', 0);
  });

  test('who makes models cannot approve them, and who approves cannot make them', () => {
    const stack = newStack();
    const template = guarded({ roles, registry: registryIn(stack) }, stack).template();
    expect(actionsOf(template, 'DataScientist', 'Deny')).toContain('sagemaker:UpdateModelPackage');
    expect(actionsOf(template, 'MlEngineer', 'Deny')).toContain('sagemaker:UpdateModelPackage');
    expect(actionsOf(template, 'MlEngineer', 'Allow')).toEqual(expect.arrayContaining(['sagemaker:CreateModelPackage', 'sagemaker:StartPipelineExecution', 's3:PutObject']));
    expect(actionsOf(template, 'DataScientist', 'Allow')).not.toContain('s3:PutObject');
    expect(actionsOf(template, 'Approver', 'Allow')).toContain('sagemaker:UpdateModelPackage');
    expect(actionsOf(template, 'Approver', 'Deny')).toEqual(expect.arrayContaining(['sagemaker:CreateModelPackage', 'sagemaker:StartPipelineExecution']));
  });

  test('who makes models does not change the files of those that pipelines have made', () => {
    const stack = newStack();
    const template = guarded({ roles, registry: registryIn(stack) }, stack).template();
    const written = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.includes('RolesMlEngineer'))
      .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement as any[])
      .filter((each) => each.Effect === 'Allow' && /s3:(Put|Delete)Object/.test(String(each.Action)))
      .flatMap((each) => [each.Resource].flat()).map((resource) => /(Raw|Artifacts|Features)\w+","Arn"]},"([^"]*)"/.exec(JSON.stringify(resource))!.slice(1, 3).join(''));
    expect(written.sort()).toEqual(['Artifacts/notebooks/*', 'Artifacts/training/notebooks/*', 'Raw/*']);
  });

  test('the auditor reads the record, if there is one, and no data', () => {
    const read = actionsOf(guarded({ roles: { auditor }, auditLog: true }).template(), 'Auditor', 'Allow');
    expect(read).toEqual(expect.arrayContaining(['cloudtrail:LookupEvents', 's3:GetObject', 'kms:Decrypt']));
    expect(actionsOf(guarded({ roles: { auditor } }).template(), 'Auditor', 'Allow')).not.toContain('s3:GetObject');
  });

  test('work without a registry where they need none', () => {
    expect(actionsOf(guarded({ roles: { dataScientist: scientist, mlEngineer: engineer } }).template(), 'MlEngineer', 'Allow')).not.toContain('sagemaker:CreateModelPackage');
  });
});

describe('policies', () => {
  test('are checked unless they are declined, with a report in the assembly', () => {
    const { stack, governance, template } = guarded({ policyChecks: undefined, auditLog: true, modelCard: card, tags: { team: 'churn' }, budget, cloudGuardrails: true });
    template();
    const report = JSON.parse(readFileSync(join((stack.node.root as App).outdir, 'compliance.json'), 'utf8'));
    expect(report.summary.violation).toBe(0);
    expect(report.policies['MLOPS-LOG-03'].verdict).toBe('compliant');
    expect(governance.policies).toBeDefined();
    expect(guarded().governance.policies).toBeUndefined();
  });

  test('stop a synthesis that breaks them', () => {
    const { stack, template } = guarded({ policyChecks: true, auditLog: true });
    new s3.CfnBucket(stack, 'Open');
    expect(template).toThrow(/nothing is public: BlockPublicAcls is off/);
  });

  test('look where they are told', () => {
    const stack = newStack();
    new s3.CfnBucket(stack, 'Open');
    const { template } = guarded({ policyChecks: true, guardedScope: new Construct(stack, 'Nothing') }, stack);
    expect(template).not.toThrow();
  });

  test('two products in one app have one plugin', () => {
    const stack = newStack();
    const first = guarded({ policyChecks: true, auditLog: true }, stack).governance;
    const other = new Stack(stack.node.root as App, 'Other');
    expect(guarded({ policyChecks: true, auditLog: true }, other).governance.policies).toBe(first.policies);
  });

  test('further plugins are asked too', () => {
    const asked: string[] = [];
    const plugin: IPolicyValidationPlugin = { name: 'mine', validate: (context) => (asked.push(context.appConstruct.node.path), { success: true, violations: [] }) };
    guarded({ policyPlugins: [plugin] }).template();
    expect(asked).toEqual(['']);
  });
});

describe('refusals', () => {
  test.each<[string, Options | ((stack: Stack) => Options), string]>([
    ['a budget of nothing', { budget: { ...budget, monthlyUsd: 0 } }, 'budget.monthlyUsd must be between 1 and 1000000000, got 0'],
    ['a budget for nobody', { budget: { ...budget, alertEmails: [] } }, 'budget.alertEmails must be 1 to 10 addresses, got 0'],
    ['no address', { budget: { ...budget, alertEmails: ['ml'] } }, "budget.alertEmails must be e-mail addresses like ml@example.com, got 'ml'"],
    ['an address twice', { budget: { ...budget, alertEmails: ['a@b.cd', 'a@b.cd'] } }, "budget.alertEmails must be without repeats, got 'a@b.cd'"],
    ['a share of nothing', { budget: { ...budget, alertAtPercent: [0] } }, 'budget.alertAtPercent must be a whole number between 1 and 1000, got 0'],
    ['a share twice', { budget: { ...budget, alertAtPercent: [50, 50] } }, "budget.alertAtPercent must be without repeats, got '50'"],
    ['no shares', { budget: { ...budget, alertAtPercent: [] } }, 'budget.alertAtPercent must be 1 to 9 shares, got 0'],
    ['a budget of a tag without a budget', { budgetTag: 'team' }, 'budgetTag says what the budget counts, and there is no budget'],
    ['a budget of a tag that is none', { budget, budgetTag: 'team' }, "budgetTag must be the key of one of the tags, got 'team'"],
    ['a card without a use', { modelCard: { ...card, intendedUse: '' } }, "modelCard.intendedUse must be 1 to 2048 characters, got ''"],
    ['a card without an owner', { modelCard: { ...card, owner: '' } }, "modelCard.owner must be 1 to 1024 characters, got ''"],
    ['a card with empty limitations', { modelCard: { ...card, limitations: '' } }, "modelCard.limitations must be 1 to 2048 characters, got ''"],
    ['a status without a card', { modelCardStatus: ModelCardStatus.APPROVED }, 'modelCardStatus is about the model card, and there is none'],
    ['a reserved tag', { tags: { 'aws:team': 'x' } }, "tags must be keys of 1 to 128 letters, digits, spaces and _.:/=+-@ that do not begin with aws:, got 'aws:team'"],
    ['a tag with an odd value', { tags: { team: 'a*b' } }, "tags.team must be at most 256 letters, digits, spaces and _.:/=+-@, got 'a*b'"],
    ['too many tags', { tags: Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`k${index}`, 'v'])) }, 'tags must be at most 40, got 41'],
    ['a short memory', { auditLog: true, auditRetentionDays: 90 }, 'auditRetentionDays must be a whole number between 180 and 36500, got 90'],
    ['a retention without a trail', { auditRetentionDays: 400 }, 'auditRetentionDays is about the audit trail, and auditLog is false'],
    ['calls without a trail', { auditEndpointCalls: true }, 'auditEndpointCalls is about the audit trail, and auditLog is false'],
    ['an endless warm pool', { cloudGuardrails: true, maxWarmPoolMinutes: 361 }, 'maxWarmPoolMinutes must be a whole number between 0 and 360, got 361'],
    ['a short account', { cloudGuardrails: true, trustedAccounts: ['1'] }, "trustedAccounts must be account ids of 12 digits, got '1'"],
    ['a warm pool that only the deployment knows', { cloudGuardrails: true, maxWarmPoolMinutes: Token.asNumber({ Ref: 'Minutes' }) },
      'maxWarmPoolMinutes must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
    ['subnets that only the deployment knows', (stack) => ({
      vpc: ec2.Vpc.fromVpcAttributes(stack, 'Theirs', {
        vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['eu-west-1a'], isolatedSubnetIds: Token.asList({ Ref: 'Subnets' }),
      }),
    }), 'vpcSubnets is a list that only the deployment knows: import the vpc with one id for each subnet, by Fn.select or as a parameter of its own'],
    ['an odd action', { cloudGuardrails: true, boundaryActions: ['GetItem'] }, "boundaryActions must be actions like dynamodb:GetItem, got 'GetItem'"],
    ['an odd instance type', { cloudGuardrails: true, allowedInstanceTypes: ['m5.large'] }, "allowedInstanceTypes must be patterns of instance types like ml.m5.*, got 'm5.large'"],
    ['no instance type', { cloudGuardrails: true, allowedInstanceTypes: [] }, "allowedInstanceTypes must be at least one pattern, got '[]'"],
    ['a limit without guardrails', { maxWarmPoolMinutes: 10 }, 'maxWarmPoolMinutes is a guardrail in the cloud, and cloudGuardrails is false'],
    ['rules without guardrails', { configRules: true }, 'configRules is a guardrail in the cloud, and cloudGuardrails is false'],
    ['a boundary without guardrails', (stack) => ({ permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyName(stack, 'Mine', 'mine') }),
      'permissionsBoundary is a guardrail in the cloud, and cloudGuardrails is false'],
    ['two boundaries', (stack) => ({ cloudGuardrails: true, boundaryActions: ['a:B'], permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyName(stack, 'Mine', 'mine') }),
      'boundaryActions is a part of the boundary made here, and permissionsBoundary takes its place'],
    ['a network of public subnets only', (stack) => ({ cloudGuardrails: true, vpc: vpcIn(stack, ec2.SubnetType.PUBLIC) }),
      'vpc must have isolated or private subnets for jobs and models: in a public one they would have an address of their own'],
    ['public subnets of a network', (stack) => ({
      cloudGuardrails: true, vpc: vpcIn(stack, ec2.SubnetType.PRIVATE_WITH_EGRESS), vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
    }), 'vpc must have isolated or private subnets for jobs and models: in a public one they would have an address of their own'],
    ['groups without a network', (stack) => ({ cloudGuardrails: true, securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')] }),
      'securityGroups belong to a network, and there is no vpc'],
    ['subnets without a network', { cloudGuardrails: true, vpcSubnets: {} }, 'vpcSubnets belong to a network, and there is no vpc'],
    ['a model of high risk that approves itself', (stack) => ({ modelCard: { ...card, riskRating: RiskRating.HIGH }, registry: registryIn(stack, Approval.automatic()) }),
      'modelCard.riskRating is High, and the registry approves automatically: a model of high risk needs a manual approval'],
    ['an approver without a registry', { roles: { approver } }, 'roles.approver approves versions, and there is no registry'],
    ['an engineer who approves', (stack) => ({ registry: registryIn(stack), roles: { approver, mlEngineer: approver } }),
      'roles.approver is the same as roles.mlEngineer: who makes a model must not approve it'],
    ['a scientist who approves', (stack) => ({ registry: registryIn(stack), roles: { approver, dataScientist: approver } }),
      'roles.approver is the same as roles.dataScientist: who makes a model must not approve it'],
    ['one key to deletion', { removalPolicy: RemovalPolicy.DESTROY },
      "removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN"],
  ])('refuses %s', (_, options, message) => {
    expect(failing(options)).toThrow(new Error(`governance guardrails 'Stack/Governance': ${message}`));
  });
});

test('the judges find nothing that is not reasoned', () => {
  const stack = new Stack(strictApp(), 'Stack');
  new GovernanceGuardrails(stack, 'Governance', {
    data: new DataLake(stack, 'Data'),
    registry: registryIn(stack),
    tags: { team: 'churn' },
    budgetTag: 'team',
    budget,
    modelCard: { ...card, riskRating: RiskRating.HIGH },
    roles: { dataScientist: scientist, mlEngineer: engineer, approver, auditor },
    configRules: true,
    auditEndpointCalls: true,
  });
  expect(judge(stack)).toEqual([]);
});
