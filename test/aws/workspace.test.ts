import { aws_ec2 as ec2, aws_iam as iam, CfnResource, RemovalPolicies, RemovalPolicy, Stack, StackProps, Tags, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DataLake } from '../../src/aws/data-lake';
import { ExperimentTracker } from '../../src/aws/experiment-tracker';
import { Workspace } from '../../src/aws/workspace';
import { WorkspaceProps } from '../../src/aws/workspace-props';
import { judge, strictApp } from '../support/judges';

const KNOWN = { env: { account: '111111111111', region: 'eu-west-1' } };
const stackIn = (props: StackProps = {}, context: { [key: string]: any } = {}) => new Stack(strictApp({ context }), 'Churn', props);

function workspaceIn(stack: Stack, props: Partial<WorkspaceProps> = {}): Workspace {
  return new Workspace(stack, 'Workspace', { ...props, data: props.data ?? new DataLake(stack, 'Data') });
}

function templateOf(props: Partial<WorkspaceProps> = {}): Template {
  const stack = stackIn();
  workspaceIn(stack, props);
  return Template.fromStack(stack);
}

function refusal(props: Partial<WorkspaceProps>): () => void {
  return () => workspaceIn(stackIn(), props);
}

/** A network that was made elsewhere: addresses only. */
function foreignVpc(stack: Stack, kind: 'isolated' | 'private' | 'public' = 'private'): ec2.IVpc {
  const ids = { isolated: 'isolatedSubnetIds', private: 'privateSubnetIds', public: 'publicSubnetIds' }[kind];
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0', vpcCidrBlock: '10.1.0.0/16', availabilityZones: ['eu-west-1a', 'eu-west-1b'], [ids]: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
  });
}

/** All statements of the notebooks' role, wherever the engine has put them. */
function statementsOf(template: Template): any[] {
  const policies = { ...template.findResources('AWS::IAM::Policy'), ...template.findResources('AWS::IAM::ManagedPolicy') };
  return Object.entries(policies).filter(([id]) => id.includes('ExecutionRole')).flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);
}

const statement = (template: Template, sid: string) => statementsOf(template).find((each) => each.Sid === sid);

test.each([['that is unknown', {}], ['that is known', KNOWN]])('nobody finds fault with it in an environment %s', (_, props) => {
  const stack = stackIn(props);
  workspaceIn(stack);
  expect(judge(stack)).toEqual([]);
});

describe('the network', () => {
  test('is the same whether the environment is known or not, and asks the account for nothing', () => {
    const networks = [{}, KNOWN].map((props) => {
      const stack = stackIn(props);
      workspaceIn(stack);
      expect((strictAppOf(stack).synth().manifest.missing ?? [])).toEqual([]);
      return Template.fromStack(stack).findResources('AWS::EC2::Subnet');
    });
    expect(networks[0]).toEqual(networks[1]);
    expect(Object.values(networks[0]).map((subnet) => subnet.Properties.AvailabilityZone)).toEqual([
      { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] },
    ]);
  });

  test('has no way to the internet', () => {
    const template = templateOf();
    for (const way of ['InternetGateway', 'NatGateway', 'EgressOnlyInternetGateway', 'Route', 'EIP', 'TransitGatewayAttachment']) {
      template.resourceCountIs(`AWS::EC2::${way}`, 0);
    }
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  test('reaches what notebooks and jobs call', () => {
    const services = Object.values(templateOf().findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: 'Interface' } }))
      .map((endpoint) => endpoint.Properties.ServiceName['Fn::Join'][1].map((part: any) => part.Ref ? '<region>' : part).join(''));
    expect(services.sort()).toEqual([
      'aws.sagemaker.<region>.experiments', 'aws.sagemaker.<region>.studio', 'com.amazonaws.<region>.ecr.api', 'com.amazonaws.<region>.ecr.dkr',
      'com.amazonaws.<region>.kms', 'com.amazonaws.<region>.logs', 'com.amazonaws.<region>.monitoring', 'com.amazonaws.<region>.sagemaker.api',
      'com.amazonaws.<region>.sagemaker.featurestore-runtime', 'com.amazonaws.<region>.sagemaker.runtime', 'com.amazonaws.<region>.sts',
    ]);
    templateOf().allResourcesProperties('AWS::EC2::VPCEndpoint', Match.objectLike({ VpcId: Match.anyValue() }));
  });

  test('lets data out to buckets of the account only', () => {
    templateOf().hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Sid: 'Read', Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket', 's3:GetBucketLocation'] }),
          Match.objectLike({
            Sid: 'WriteWithinTheAccount',
            Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' }, 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
          Match.objectLike({ Sid: 'ImageLayers', Action: 's3:GetObject' }),
        ],
      },
    });
  });

  test('records its flows in an encrypted log that is kept a year', () => {
    const template = templateOf();
    template.hasResourceProperties('AWS::EC2::FlowLog', { ResourceType: 'VPC', TrafficType: 'ALL', LogDestinationType: 'cloud-watch-logs' });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({
          Principal: { Service: 'vpc-flow-logs.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': Match.anyValue() } },
        })],
      },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365, KmsKeyId: Match.anyValue() });
  });

  test('has the addresses that are asked for', () => {
    const template = templateOf({ vpcCidr: '10.7.0.0/18' });
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.7.0.0/18' });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.7.0.0/18', FromPort: 443 })] });
  });

  test('is in the zones that are asked for', () => {
    const subnets = templateOf({ availabilityZones: ['eu-west-1b', 'eu-west-1c'] }).findResources('AWS::EC2::Subnet');
    expect(Object.values(subnets).map((subnet) => subnet.Properties.AvailabilityZone)).toEqual(['eu-west-1b', 'eu-west-1c']);
  });

  test('has the endpoints that are asked for, and none at all when none are', () => {
    const only = (interfaceEndpoints: ec2.InterfaceVpcEndpointAwsService[]) =>
      Object.keys(templateOf({ interfaceEndpoints }).findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: 'Interface' } })).length;
    expect(only([ec2.InterfaceVpcEndpointAwsService.SAGEMAKER_API])).toBe(1);
    expect(only([...Workspace.neededEndpoints(), ec2.InterfaceVpcEndpointAwsService.ATHENA])).toBe(12);
    expect(only([])).toBe(0);
  });

  test.each([
    ['vpcCidr', { vpcCidr: '10.0.0.0/24' }, "vpcCidr must be a block of addresses like 10.0.0.0/16, /16 to /19, got '10.0.0.0/24'"],
    ['vpcCidr', { vpcCidr: 'ten' }, "vpcCidr must be a block of addresses like 10.0.0.0/16, /16 to /19, got 'ten'"],
    ['availabilityZones', { availabilityZones: ['a'] }, 'availabilityZones must be two zones, got ["a"]'],
    ['vpcSubnets', { vpcSubnets: {} }, 'vpcSubnets is about a network of yours: give vpc as well, or leave it out'],
  ])('refuses a wrong %s', (_, props, message) => {
    expect(refusal(props)).toThrow(new Error(`workspace 'Churn/Workspace': ${message}`));
  });
});

describe('a network of yours', () => {
  test.each(['isolated', 'private'] as const)('is used, in its %s subnets, and no other is made', (kind) => {
    const stack = stackIn();
    const workspace = workspaceIn(stack, { vpc: foreignVpc(stack, kind) });
    const template = Template.fromStack(stack);
    expect(workspace.vpc.vpcId).toBe('vpc-0123456789abcdef0');
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
    template.hasResourceProperties('AWS::SageMaker::Domain', { VpcId: 'vpc-0123456789abcdef0', SubnetIds: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'] });
  });

  test('is used in the subnets that are asked for', () => {
    const stack = stackIn();
    const vpc = foreignVpc(stack);
    workspaceIn(stack, { vpc, vpcSubnets: { subnets: [vpc.privateSubnets[1]] } });
    Template.fromStack(stack).hasResourceProperties('AWS::SageMaker::Domain', { SubnetIds: ['subnet-0123456789abcdef2'] });
  });

  test('must have subnets that notebooks work in', () => {
    const stack = stackIn();
    expect(() => workspaceIn(stack, { vpc: foreignVpc(stack, 'public') })).toThrow(new Error(
      "workspace 'Churn/Workspace': vpc has no isolated and no private subnets: name some with vpcSubnets"));
  });

  test.each([
    ['vpcCidr', { vpcCidr: '10.0.0.0/16' }], ['availabilityZones', { availabilityZones: ['a', 'b'] }], ['interfaceEndpoints', { interfaceEndpoints: [] }],
  ])('leaves no room for %s', (name, props) => {
    const stack = stackIn();
    expect(() => workspaceIn(stack, { vpc: foreignVpc(stack), ...props })).toThrow(new Error(
      `workspace 'Churn/Workspace': ${name} is about a new network: leave it out where vpc is given`));
  });
});

describe('the domain', () => {
  test('is private, encrypted, without an EFS home, and signs in through IAM', () => {
    templateOf().hasResource('AWS::SageMaker::Domain', {
      Properties: {
        AppNetworkAccessType: 'VpcOnly',
        AuthMode: 'IAM',
        HomeEfsFileSystemCreation: 'Disabled',
        KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DataKey'), 'Arn'] },
        DomainName: Match.stringLikeRegexp('^churn-workspace-[0-9a-f]{8}$'),
        DomainSettings: { ExecutionRoleIdentityConfig: 'USER_PROFILE_NAME', DockerSettings: { EnableDockerAccess: 'DISABLED' } },
        DefaultUserSettings: Match.objectLike({ AutoMountHomeEFS: 'Disabled', SharingSettings: { NotebookOutputOption: 'Disabled' } }),
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test.each([[undefined, 120], [60, 60], [480, 480]])('shuts idle notebooks of every kind down: %p', (idleShutdownMinutes, minutes) => {
    const idle = {
      AppLifecycleManagement: {
        IdleSettings: { LifecycleManagement: 'ENABLED', IdleTimeoutInMinutes: minutes, MinIdleTimeoutInMinutes: 60, MaxIdleTimeoutInMinutes: minutes },
      },
    };
    templateOf({ idleShutdownMinutes }).hasResourceProperties('AWS::SageMaker::Domain', {
      DefaultUserSettings: Match.objectLike({ JupyterLabAppSettings: Match.objectLike(idle), CodeEditorAppSettings: Match.objectLike(idle) }),
      DefaultSpaceSettings: Match.objectLike({ JupyterLabAppSettings: Match.objectLike(idle) }),
    });
  });

  test('goes through a network of SageMaker\'s when asked for the internet; then its own network needs no endpoints', () => {
    const template = templateOf({ internetAccess: true });
    template.hasResourceProperties('AWS::SageMaker::Domain', { AppNetworkAccessType: 'PublicInternetOnly' });
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 1);
    expect(statement(template, 'StartJobs').Condition).toBeUndefined();
  });

  test('limits the disks', () => {
    templateOf({ maxVolumeGiB: 500 }).hasResourceProperties('AWS::SageMaker::Domain', {
      DefaultUserSettings: Match.objectLike({
        SpaceStorageSettings: { DefaultEbsStorageSettings: { DefaultEbsVolumeSizeInGb: 5, MaximumEbsVolumeSizeInGb: 500 } },
      }),
    });
  });

  test('has a profile for each user', () => {
    const template = templateOf({ users: ['ann', 'bob-2'] });
    template.resourceCountIs('AWS::SageMaker::UserProfile', 2);
    for (const name of ['ann', 'bob-2']) template.hasResourceProperties('AWS::SageMaker::UserProfile', { UserProfileName: name });
    expect(workspaceIn(stackIn()).users).toEqual(['data-scientist']);
  });

  test('is not replaced by tags, and neither are the profiles', () => {
    const stack = stackIn();
    workspaceIn(stack);
    Tags.of(stack).add('team', 'ml');
    const template = Template.fromStack(stack);
    template.allResourcesProperties('AWS::SageMaker::Domain', { Tags: Match.absent() });
    template.allResourcesProperties('AWS::SageMaker::UserProfile', { Tags: Match.absent() });
    template.hasResourceProperties('AWS::EC2::VPC', { Tags: [{ Key: 'team', Value: 'ml' }] });
  });

  test('keeps its network when the stack goes', () => {
    const template = templateOf();
    for (const kind of ['VPC', 'Subnet', 'RouteTable']) template.allResources(`AWS::EC2::${kind}`, { DeletionPolicy: 'RetainExceptOnCreate' });
    const endpoints = Object.values(template.findResources('AWS::EC2::VPCEndpoint'));
    const staying = endpoints.filter((each) => each.DeletionPolicy !== undefined).map((each) => each.Properties.VpcEndpointType);
    expect(staying).toEqual(['Gateway']);
  });

  test('keeps the role of the notebooks with all its policies when the stack goes', () => {
    const kept = Object.entries(templateOf().toJSON().Resources as Record<string, CfnResource>).filter(([id]) => id.startsWith('WorkspaceExecutionRole'));
    expect(kept.map(([, each]: any) => each.DeletionPolicy)).toEqual(kept.map(() => 'RetainExceptOnCreate'));
    expect(kept.map(([, each]: any) => each.Type)).toEqual(expect.arrayContaining(['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']));
  });

  test('goes with everything it needs only with both keys', () => {
    const removalPolicy = RemovalPolicy.DESTROY;
    expect(refusal({ removalPolicy })).toThrow(new Error(
      "workspace 'Churn/Workspace': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN"));
    const stack = stackIn({}, { 'mlops:allowDestroy': 'true' });
    workspaceIn(stack, { removalPolicy });
    const resources: CfnResource[] = Object.entries(Template.fromStack(stack).toJSON().Resources)
      .filter(([id]) => id.startsWith('Workspace')).map(([, resource]) => resource as any);
    expect(resources.filter((each: any) => (each.DeletionPolicy ?? 'Delete') !== 'Delete')).toEqual([]);
  });

  test('what goes with it has the removal policy that an aspect of yours gives to all, or the network could not be deleted', () => {
    const stack = stackIn();
    workspaceIn(stack);
    RemovalPolicies.of(stack).destroy();
    const kept = Object.entries(Template.fromStack(stack).toJSON().Resources).filter(([, each]: any) => each.DeletionPolicy !== 'Delete');
    expect(kept).toEqual([]);
  });

  test('refuses a selection of no subnet', () => {
    const stack = stackIn();
    const vpc = foreignVpc(stack);
    expect(() => workspaceIn(stack, { vpc, vpcSubnets: { subnets: vpc.isolatedSubnets } })).toThrow(new Error("workspace 'Churn/Workspace': vpcSubnets fits no subnet of the vpc"));
  });

  test.each([
    ['idleShutdownMinutes', { idleShutdownMinutes: 30 }, 'idleShutdownMinutes must be a whole number between 60 and 525600, got 30'],
    ['maxVolumeGiB', { maxVolumeGiB: 4 }, 'maxVolumeGiB must be a whole number between 5 and 16384, got 4'],
    ['users', { users: ['a b'] }, "users must be letters, digits and hyphens between them, at most 63, got 'a b'"],
    ['users', { users: [Token.asString({ Ref: 'User' })] },
      'users must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
    ['users', { users: Token.asList({ Ref: 'Users' }) },
      'users must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
    ['users', { users: ['ann', 'ann'] }, "users must be without repeats, got 'ann'"],
    ['instanceTypes', { instanceTypes: [] }, 'instanceTypes must be at least one machine type, got []'],
    ['instanceTypes', { instanceTypes: ['t3.medium'] }, "instanceTypes must be a SageMaker instance type like ml.m5.large, got 't3.medium'"],
  ])('refuses a wrong %s', (_, props, message) => {
    expect(refusal(props)).toThrow(new Error(`workspace 'Churn/Workspace': ${message}`));
  });
});

describe('variables', () => {
  /** The Python that sets the variables, with references flattened to their names. */
  function scripts(props: Partial<WorkspaceProps> = {}, stack = stackIn()): { [app: string]: { name: string; text: string } } {
    workspaceIn(stack, props);
    return Object.fromEntries(Object.values(Template.fromStack(stack).findResources('AWS::SageMaker::StudioLifecycleConfig')).map(({ Properties }) => {
      const content = Properties.StudioLifecycleConfigContent['Fn::Base64'];
      const text = content['Fn::Join'][1].map((part: any) => (typeof part === 'string' ? part : `<${part.Ref ?? part['Fn::GetAtt'].join('.')}>`)).join('');
      return [Properties.StudioLifecycleConfigAppType, { name: Properties.StudioLifecycleConfigName, text }];
    }));
  }
  const variables = (text: string) => JSON.parse(/ in (\{.*\})\.items\(\):/.exec(text)![1]);

  test('of the lake, of the tracker and of yours are in every notebook', () => {
    const stack = stackIn();
    const data = new DataLake(stack, 'Data');
    const tracking = new ExperimentTracker(stack, 'Tracking', { data });
    const { JupyterLab, CodeEditor } = scripts({ data, tracking, environment: { TEAM: 'it\'s "us"' } }, stack);
    expect(variables(JupyterLab.text)).toEqual({
      MLOPS_RAW_BUCKET: expect.stringMatching(/^<DataRaw/),
      MLOPS_FEATURE_BUCKET: expect.stringMatching(/^<DataFeatures/),
      MLOPS_ARTIFACT_BUCKET: expect.stringMatching(/^<DataArtifacts/),
      MLOPS_DATABASE: expect.stringMatching(/^<DataDatabase/),
      MLFLOW_TRACKING_URI: expect.stringMatching(/^<Tracking/),
      TEAM: 'it\'s "us"',
    });
    expect(CodeEditor.text).toBe(JupyterLab.text);
  });

  test('are set by the script that notebooks start with', () => {
    const template = templateOf();
    for (const app of ['JupyterLab', 'CodeEditor']) {
      const start = { 'Fn::GetAtt': [Match.stringLikeRegexp(`^WorkspaceStart${app}`), 'StudioLifecycleConfigArn'] };
      template.hasResourceProperties('AWS::SageMaker::Domain', {
        DefaultUserSettings: Match.objectLike({
          [`${app}AppSettings`]: Match.objectLike({ LifecycleConfigArns: [start], DefaultResourceSpec: Match.objectLike({ LifecycleConfigArn: start }) }),
        }),
      });
    }
  });

  test('make another script when they change: a script cannot be changed', () => {
    const name = (environment: { [name: string]: string }) => scripts({ environment }).JupyterLab.name;
    expect(name({ A: '1' })).toBe(name({ A: '1' }));
    expect(name({ A: '1' })).not.toBe(name({ A: '2' }));
  });

  test('must have names that Python and shells can use', () => {
    expect(refusal({ environment: { 'A-B': '' } })).toThrow(new Error(
      "workspace 'Churn/Workspace': environment must be named with letters, digits and _, got 'A-B'"));
  });
});

describe('the role of notebooks', () => {
  test('is trusted by SageMaker of this account alone, and carries the name of the profile', () => {
    templateOf().hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: ['sts:AssumeRole', 'sts:SetSourceIdentity'].map((Action) => ({
          Action,
          Effect: 'Allow',
          Principal: { Service: 'sagemaker.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        })),
      },
    });
  });

  test('has its policies before the domain exists', () => {
    const template = templateOf();
    const [domain] = Object.values(template.findResources('AWS::SageMaker::Domain'));
    const policies = Object.keys({ ...template.findResources('AWS::IAM::Policy'), ...template.findResources('AWS::IAM::ManagedPolicy') });
    expect(domain.DependsOn).toEqual(expect.arrayContaining(policies.filter((id) => id.includes('ExecutionRole'))));
  });

  test('passes no role but itself, and only to SageMaker', () => {
    const passing = statementsOf(templateOf()).filter((each) => [each.Action].flat().includes('iam:PassRole'));
    expect(passing).toEqual([expect.objectContaining({
      Resource: { 'Fn::GetAtt': [expect.stringMatching('ExecutionRole'), 'Arn'] },
      Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    })]);
  });

  test('starts jobs inside the network or without one, nowhere else', () => {
    const template = templateOf();
    expect(statement(template, 'StartJobs')).toBeUndefined();
    expect(statement(template, 'StartJobsInTheNetwork').Condition).toEqual({
      'ForAllValues:StringEquals': { 'sagemaker:VpcSubnets': [1, 2].map((index) => ({ 'Fn::GetAtt': [expect.stringMatching(`Subnet${index}`), 'SubnetId'] })) },
      'Null': { 'sagemaker:VpcSubnets': 'false' },
    });
    expect(statement(template, 'StartJobsWithoutANetwork').Condition).toEqual({ Bool: { 'sagemaker:NetworkIsolation': 'true' } });
  });

  test('runs notebooks on small machines, and on others when told so', () => {
    expect(statement(templateOf(), 'NotebookMachines')).toMatchObject({
      Effect: 'Deny',
      Action: 'sagemaker:CreateApp',
      Condition: {
        'ForAnyValue:StringNotEquals': {
          'sagemaker:InstanceTypes': ['ml.t3.medium', 'ml.t3.large', 'ml.t3.xlarge', 'ml.m5.large', 'ml.m5.xlarge', 'ml.m5.2xlarge'],
        },
      },
    });
    const template = templateOf({ instanceTypes: ['ml.g5.xlarge', 'ml.t3.medium'] });
    expect(statement(template, 'NotebookMachines').Condition['ForAnyValue:StringNotEquals']['sagemaker:InstanceTypes']).toEqual(['ml.g5.xlarge', 'ml.t3.medium']);
    template.hasResourceProperties('AWS::SageMaker::Domain', {
      DefaultUserSettings: Match.objectLike({
        JupyterLabAppSettings: Match.objectLike({ DefaultResourceSpec: Match.objectLike({ InstanceType: 'ml.g5.xlarge' }) }),
      }),
    });
  });

  test('has no right to notebook instances, endpoints, pipelines and approval', () => {
    const template = templateOf();
    expect(statement(template, 'NoOtherNotebooks')).toMatchObject({ Effect: 'Deny', Action: ['sagemaker:CreateNotebookInstance', 'sagemaker:CreatePresignedNotebookInstanceUrl'] });
    const allowed = statementsOf(template).filter((each) => each.Effect === 'Allow').flatMap((each) => each.Action);
    for (const action of ['sagemaker:CreateEndpoint', 'sagemaker:UpdateModelPackage', 'sagemaker:CreatePipeline', 'sagemaker:DeleteDomain', 's3:DeleteBucket']) {
      expect(allowed).not.toContain(action);
    }
    expect(allowed.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('writes artifacts in folders of its own alone: what a pipeline has made stays what somebody approved', () => {
    const written = statementsOf(templateOf()).filter((each) => /s3:(Put|Delete)Object/.test(String(each.Action)))
      .flatMap((each) => [each.Resource].flat()).map((resource) => /Data(Raw|Artifacts|Features)\w+","Arn"]},"([^"]*)"/.exec(JSON.stringify(resource))!.slice(1, 3).join(''));
    expect(written.sort()).toEqual(['Artifacts/notebooks/*', 'Artifacts/training/notebooks/*', 'Raw/*']);
  });

  test('puts machines into the subnets of the workspace alone', () => {
    const template = templateOf();
    expect(statement(template, 'JobsInTheNetwork')).toMatchObject({ Action: 'ec2:CreateNetworkInterface' });
    const resources = [statement(template, 'JobsInTheNetwork').Resource].flat().map((each: any) => JSON.stringify(each));
    expect(resources.filter((each: string) => each.includes(':subnet/'))).toEqual([
      expect.stringContaining('WorkspaceNetworkSubnet1'), expect.stringContaining('WorkspaceNetworkSubnet2'),
    ]);
    expect(JSON.stringify(statement(template, 'InterfacesOfJobs').Resource)).not.toMatch(/subnet|security-group/);
  });

  test('reads features, writes raw data, and deletes artifacts alone', () => {
    const actionsOn = (bucket: string) => [...new Set(statementsOf(templateOf()).filter((each) => JSON.stringify(each.Resource).includes(`Data${bucket}`))
      .flatMap((each) => each.Action).filter((action) => /Object$/.test(action)))].sort();
    expect(actionsOn('Raw')).toEqual(['s3:GetObject', 's3:PutObject']);
    expect(actionsOn('Artifacts')).toEqual(['s3:DeleteObject', 's3:GetObject', 's3:PutObject']);
    expect(actionsOn('Features')).toEqual(['s3:GetObject']);
  });

  test('records runs in the tracker', () => {
    const stack = stackIn();
    const data = new DataLake(stack, 'Data');
    const tracking = new ExperimentTracker(stack, 'Tracking', { data });
    workspaceIn(stack, { data, tracking });
    const actions = (template: Template) => statementsOf(template).flatMap((each) => each.Action).filter((action) => action.startsWith('sagemaker-mlflow:'));
    expect(actions(Template.fromStack(stack)).length).toBeGreaterThan(0);
    expect(actions(templateOf())).toEqual([]);
    expect(judge(stack)).toEqual([]);
  });

  test('may be yours, and gets the lake alone', () => {
    const stack = stackIn();
    const executionRole = new iam.Role(stack, 'Mine', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    expect(workspaceIn(stack, { executionRole }).executionRole).toBe(executionRole);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SageMaker::Domain', {
      DefaultUserSettings: Match.objectLike({ ExecutionRole: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Mine'), 'Arn'] } }),
    });
    const [mine] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('Mine')).map(([, policy]) => policy);
    const services = mine.Properties.PolicyDocument.Statement.flatMap((each: any) => each.Action).map((action: string) => action.split(':')[0]);
    expect([...new Set(services)].sort()).toEqual(['glue', 'kms', 's3']);
  });
});

describe('a person', () => {
  test('opens the notebooks of one profile', () => {
    const stack = stackIn();
    const person = new iam.Role(stack, 'Person', { assumedBy: new iam.AccountRootPrincipal() });
    workspaceIn(stack, { users: ['ann'] }).grantOpen(person, 'ann');
    const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('Person'));
    const [{ Action, Resource }] = policies[0][1].Properties.PolicyDocument.Statement;
    expect(Action).toEqual(['sagemaker:CreatePresignedDomainUrl', 'sagemaker:DescribeUserProfile']);
    expect(JSON.stringify(Resource)).toMatch(/:user-profile\/.*DomainId.*\/ann/);
  });

  test('must have a profile', () => {
    const stack = stackIn();
    const person = new iam.Role(stack, 'Person', { assumedBy: new iam.AccountRootPrincipal() });
    expect(() => workspaceIn(stack, { users: ['ann', 'bob'] }).grantOpen(person, 'eve')).toThrow(new Error(
      "workspace 'Churn/Workspace': user must be one of ann, bob, got 'eve'"));
  });
});

function strictAppOf(stack: Stack): ReturnType<typeof strictApp> {
  return stack.node.root as ReturnType<typeof strictApp>;
}
