import { App, aws_ec2 as ec2, aws_iam as iam, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DataLake } from '../../src/aws/data-lake';
import { GovernanceGuardrails } from '../../src/aws/governance-guardrails';
import { KubernetesPlatform } from '../../src/aws/kubernetes-platform';
import { KubernetesPlatformProps, WorkloadIdentity } from '../../src/aws/kubernetes-platform-props';
import { judge, strictApp } from '../support/judges';

const CLUSTER = 'AWS::EKS::Cluster';

const stackIn = (context: { [key: string]: unknown } = {}) =>
  new Stack(strictApp({ context }), 'S', { env: { account: '111122223333', region: 'eu-west-1' } });

function network(stack: Stack, zones = ['eu-west-1a', 'eu-west-1b'], kind = 'private'): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: zones,
    [`${kind}SubnetIds`]: zones.map((_, index) => `subnet-0123456789abcdef${index}`),
  });
}

function setting(extra: (stack: Stack) => Partial<KubernetesPlatformProps> = () => ({}), stack = stackIn()) {
  const data = new DataLake(stack, 'Data');
  const more = extra(stack);
  const platform = new KubernetesPlatform(stack, 'Kubernetes', { data, vpc: more.vpc ?? network(stack), ...more });
  return { stack, data, platform };
}

const clusterOf = (extra?: (stack: Stack) => Partial<KubernetesPlatformProps>) =>
  Object.values(Template.fromStack(setting(extra).stack).findResources(CLUSTER))[0];
const roleOf = (stack: Stack, id: string) => iam.Role.fromRoleArn(stack, id, `arn:aws:iam::111122223333:role/${id}`);
const KEY = { 'Fn::GetAtt': [Match.stringLikeRegexp('^DataKey'), 'Arn'] };

test('the API is private, identities are of IAM, and secrets and logs are encrypted with the key of the lake', () => {
  const template = Template.fromStack(setting().stack);
  template.hasResourceProperties(CLUSTER, {
    Name: Match.stringLikeRegexp('^s-kubernetes-[0-9a-f]{8}$'),
    Version: '1.36',
    AccessConfig: { AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false },
    EncryptionConfig: [{ Resources: ['secrets'], Provider: { KeyArn: KEY } }],
    Logging: { ClusterLogging: { EnabledTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((Type) => ({ Type })) } },
    ResourcesVpcConfig: {
      EndpointPrivateAccess: true,
      EndpointPublicAccess: false,
      SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    },
    UpgradePolicy: { SupportType: 'STANDARD' },
  });
  const [{ Properties: { Name } }] = Object.values(template.findResources(CLUSTER));
  template.hasResourceProperties('AWS::Logs::LogGroup', {
    LogGroupName: `/aws/eks/${Name}/cluster`, KmsKeyId: KEY, RetentionInDays: 365,
  });
});

test('Auto Mode runs nodes, storage and load balancers', () => {
  expect(clusterOf().Properties).toMatchObject({
    BootstrapSelfManagedAddons: false,
    ComputeConfig: { Enabled: true, NodePools: ['general-purpose', 'system'] },
    KubernetesNetworkConfig: { ElasticLoadBalancing: { Enabled: true } },
    StorageConfig: { BlockStorage: { Enabled: true } },
  });
});

test('EKS acts for this account, tags its sessions, and may use the key before the cluster is made', () => {
  const template = Template.fromStack(setting().stack);
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        Match.objectLike({
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Principal: { Service: 'eks.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
        }),
      ],
    },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [{ Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:ListGrants'], Effect: 'Allow', Resource: KEY }],
    },
  });
  const [cluster] = Object.values(template.findResources(CLUSTER));
  expect(cluster.DependsOn).toEqual([
    expect.stringMatching(/^KubernetesClusterRoleDefaultPolicy/), expect.stringMatching(/^KubernetesLogs/),
  ]);
});

test('the cluster is retained with its roles and logs; an administrator who leaves loses access', () => {
  const { Resources } = Template.fromStack(setting((stack) => ({ adminRoles: [roleOf(stack, 'Admin')] })).stack).toJSON();
  const policies = Object.entries<any>(Resources)
    .filter(([id]) => id.startsWith('Kubernetes'))
    .map(([id, each]) => [id.replace(/[0-9A-F]{8}$/, ''), each.DeletionPolicy]);
  expect(policies).toEqual([
    ['KubernetesClusterRole', 'RetainExceptOnCreate'],
    ['KubernetesClusterRoleDefaultPolicy', 'RetainExceptOnCreate'],
    ['KubernetesNodeRole', 'RetainExceptOnCreate'],
    ['KubernetesLogs', 'RetainExceptOnCreate'],
    ['KubernetesCluster', 'RetainExceptOnCreate'],
    ['KubernetesAdminSAdmin', undefined],
  ].map(([id, policy]) => [expect.stringContaining(id!), policy]));
});

test('deleting the cluster takes the prop and the context flag', () => {
  const destroy = () => ({ removalPolicy: RemovalPolicy.DESTROY });
  expect(() => setting(destroy)).toThrow(
    "kubernetes platform 'S/Kubernetes': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
  const { stack } = setting(destroy, stackIn({ 'mlops:allowDestroy': 'true' }));
  Template.fromStack(stack).hasResource(CLUSTER, { DeletionPolicy: 'Delete' });
});

test('a later version and extended support change the cluster in place', () => {
  const [before, after] = [clusterOf(), clusterOf(() => ({ version: '1.37', extendedSupport: true }))].map((each) => each.Properties);
  expect(after).toEqual({ ...before, Version: '1.37', UpgradePolicy: { SupportType: 'EXTENDED' } });
});

test('administrators have access entries, the same whoever else is one', () => {
  const entries = (...ids: string[]) =>
    Template.fromStack(setting((stack) => ({ adminRoles: ids.map((id) => roleOf(stack, id)) })).stack).findResources('AWS::EKS::AccessEntry');
  const both = entries('Ada', 'Grace');
  expect(Object.values(both).map((each) => each.Properties)).toEqual(['Ada', 'Grace'].map((id) => ({
    ClusterName: { Ref: expect.stringMatching(/^KubernetesCluster/) },
    PrincipalArn: `arn:aws:iam::111122223333:role/${id}`,
    AccessPolicies: [{
      PolicyArn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy']] },
      AccessScope: { Type: 'cluster' },
    }],
  })));
  const [[id, grace]] = Object.entries(entries('Grace'));
  expect(both[id]).toEqual(grace);
});

test('a role of a workload is for the pods of one service account of one cluster', () => {
  const { platform, stack } = setting();
  platform.addWorkloadRole('Churn', { namespace: 'models', serviceAccount: 'churn' });
  const template = Template.fromStack(stack);
  const Condition = {
    StringEquals: {
      'aws:SourceAccount': '111122223333',
      'aws:RequestTag/eks-cluster-name': { Ref: Match.stringLikeRegexp('^KubernetesCluster') },
      'aws:RequestTag/kubernetes-namespace': 'models',
      'aws:RequestTag/kubernetes-service-account': 'churn',
    },
  };
  const Principal = { Service: 'pods.eks.amazonaws.com' };
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [{ Action: ['sts:AssumeRole', 'sts:TagSession'], Condition, Effect: 'Allow', Principal }],
    },
  });
  template.hasResourceProperties('AWS::EKS::PodIdentityAssociation', {
    ClusterName: { Ref: Match.stringLikeRegexp('^KubernetesCluster') },
    Namespace: 'models',
    ServiceAccount: 'churn',
    RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^KubernetesChurn'), 'Arn'] },
  });
});

test('who is let in reaches the Kubernetes API and nothing else', () => {
  const { platform, stack } = setting();
  platform.connections.allowDefaultPortFrom(ec2.Peer.ipv4('10.0.0.0/16'));
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    CidrIp: '10.0.0.0/16', FromPort: 443, ToPort: 443, GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^KubernetesCluster'), 'ClusterSecurityGroupId'] },
  });
});

test('a cluster that exists gives roles to its workloads', () => {
  const stack = stackIn();
  const platform = KubernetesPlatform.fromClusterAttributes(stack, 'Kubernetes', {
    clusterName: 'shared', clusterSecurityGroupId: 'sg-0123456789abcdef0',
  });
  platform.addWorkloadRole('Churn', { namespace: 'models', serviceAccount: 'churn' });
  platform.connections.allowDefaultPortFrom(ec2.Peer.ipv4('10.0.0.0/16'));
  const template = Template.fromStack(stack);
  template.resourceCountIs(CLUSTER, 0);
  template.hasResourceProperties('AWS::EKS::PodIdentityAssociation', { ClusterName: 'shared', ServiceAccount: 'churn' });
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-0123456789abcdef0' });
  expect(stack.resolve(platform.clusterArn)).toEqual(
    { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':eks:eu-west-1:111122223333:cluster/shared']] });
});

test('no judge finds fault with a platform and its workloads', () => {
  const { data, platform, stack } = setting((scope) => ({ adminRoles: [roleOf(scope, 'Admin')] }));
  data.grantRead(platform.addWorkloadRole('Churn', { namespace: 'models', serviceAccount: 'churn' }));
  expect(judge(stack).filter((finding) => finding.includes('Kubernetes'))).toEqual([]);
});

test('a platform under the boundary of the guardrails, which would stop its nodes, is refused', () => {
  const { data, stack } = setting();
  new GovernanceGuardrails(stack, 'Guardrails', { data, cloudGuardrails: true });
  expect(() => Template.fromStack(stack)).toThrow(
    'role S/Kubernetes/ClusterRole/Resource has the policy AmazonEKSBlockStoragePolicy, which its permission boundary does not allow: ' +
    'make the Kubernetes platform in a stack outside the guardrails');
});

test.each<[string, (stack: Stack) => Partial<KubernetesPlatformProps>, string]>([
  ['a version that is none', () => ({ version: 'v1.36.2' }), "version must be a version of Kubernetes like 1.36, got 'v1.36.2'"],
  ['one zone', (stack) => ({ vpc: network(stack, ['eu-west-1a']) }), 'vpcSubnets must be in two zones: the control plane of EKS asks for two'],
  ['two subnets of one zone', (stack) => ({ vpc: network(stack, ['eu-west-1a', 'eu-west-1a']) }), 'vpcSubnets must be in two zones: the control plane of EKS asks for two'],
  ['public subnets', (stack) => ({ vpc: network(stack, ['eu-west-1a', 'eu-west-1b'], 'public'), vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
    'vpcSubnets must be private or isolated: machines in a public subnet get no address and reach nothing'],
  ['no lake', () => ({ data: undefined as any }), 'data must be a data lake, as new DataLake(…) makes it, got undefined'],
])('refuses %s', (_, extra, message) => {
  expect(() => setting(extra)).toThrow(`kubernetes platform 'S/Kubernetes': ${message}`);
});

test.each<[string, WorkloadIdentity, string]>([
  ['a namespace', { namespace: 'Models', serviceAccount: 'churn' }, "namespace must be lower-case letters, digits and inner hyphens, at most 63, got 'Models'"],
  ['a service account', { namespace: 'models', serviceAccount: 'churn-' }, "serviceAccount must be lower-case letters, digits and inner hyphens and dots, at most 253, got 'churn-'"],
])('refuses %s that Kubernetes does not take', (_, workload, message) => {
  expect(() => setting().platform.addWorkloadRole('Churn', workload)).toThrow(`workload role 'S/Kubernetes/Churn': ${message}`);
});

test.each([
  ['clusterName', { clusterName: 'a b', clusterSecurityGroupId: 'sg-0123456789abcdef0' },
    "clusterName must be letters, digits, hyphens and underscores, at most 100, as EKS names a cluster, got 'a b'"],
  ['clusterSecurityGroupId', { clusterName: 'shared', clusterSecurityGroupId: 'default' },
    "clusterSecurityGroupId must be the id of a security group, sg-0123456789abcdef0, got 'default'"],
])('refuses an existing cluster with another %s', (_, attributes, message) => {
  expect(() => KubernetesPlatform.fromClusterAttributes(new Stack(new App(), 'S'), 'Kubernetes', attributes)).toThrow(
    `kubernetes platform 'S/Kubernetes': ${message}`);
});
