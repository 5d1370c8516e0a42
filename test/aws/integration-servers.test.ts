import { App, aws_certificatemanager as acm, aws_ec2 as ec2, aws_route53 as route53, aws_sns as sns, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { Level0Blueprint } from '../../src/aws/blueprints/level0';
import { Level1Blueprint } from '../../src/aws/blueprints/level1';
import { Level2Blueprint } from '../../src/aws/blueprints/level2';
import { DataLake } from '../../src/aws/data-lake';
import { Integrations } from '../../src/aws/integrations';
import { IntegrationsProps } from '../../src/aws/integrations-props';
import { ModelRegistry } from '../../src/aws/model-registry';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { Workspace } from '../../src/aws/workspace';
import { ContainerImage, Integration } from '../../src/core';
import { BASE } from '../parity/samples';
import { judge, strictApp } from '../support/judges';

const IMAGE = ContainerImage.fromUri('111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1');
const MIRROR = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub';

const stackIn = (context: { [key: string]: unknown } = {}) =>
  new Stack(strictApp({ context }), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });

function network(scope: Construct, kind: 'isolated' | 'private' = 'private', count = 2): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    vpcCidrBlock: '10.1.0.0/16',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'].slice(0, count),
    [`${kind}SubnetIds`]: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'].slice(0, count),
  });
}

/** Prefect, hosted in a network with a way out. */
function hosted(extra: (stack: Stack) => Partial<IntegrationsProps> = () => ({}), stack = stackIn()) {
  const data = new DataLake(stack, 'Data');
  const integrations = new Integrations(stack, 'Integrations', { use: [Integration.prefect()], data, vpc: network(stack), ...extra(stack) });
  return { stack, data, integrations };
}

const templateOf = (extra?: (stack: Stack) => Partial<IntegrationsProps>) => Template.fromStack(hosted(extra).stack);

test('a server is a task with a database behind a load balancer, and no judge finds fault with them', () => {
  const { integrations, stack } = hosted((scope) => ({ alarmTopic: new sns.Topic(scope, 'Topic', { enforceSSL: true }) }));
  new TrainingPipeline(stack, 'Training', {
    data: new DataLake(stack, 'Other'),
    registry: new ModelRegistry(stack, 'Registry', { modelName: 'churn' }),
    image: IMAGE,
    vpc: network(new Construct(stack, 'X')),
    connections: integrations.connections,
  });
  expect(judge(stack).filter((finding) => finding.includes('Integrations'))).toEqual([]);
});

test('the task runs the image with references to secrets, whose values are nowhere', () => {
  const template = templateOf();
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    Cpu: '1024',
    Memory: '2048',
    NetworkMode: 'awsvpc',
    ContainerDefinitions: [Match.objectLike({
      Image: 'docker.io/prefecthq/prefect:3.8.3-python3.12',
      EntryPoint: ['/bin/sh'],
      PortMappings: [{ ContainerPort: 4200, Protocol: 'tcp' }],
      Secrets: [
        { Name: 'DATABASE_PASSWORD', ValueFrom: { Ref: Match.stringLikeRegexp('^IntegrationsprefectDatabasePassword') } },
        { Name: 'PREFECT_SERVER_API_AUTH_STRING', ValueFrom: { Ref: Match.stringLikeRegexp('^IntegrationsprefectSecretauth') } },
      ],
    })],
  });
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  expect(JSON.stringify(task.Properties)).not.toContain('resolve:secretsmanager');
  template.hasResource('AWS::RDS::DBInstance', {
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: {
      Engine: 'postgres',
      StorageEncrypted: true,
      PubliclyAccessible: false,
      DeletionProtection: true,
      BackupRetentionPeriod: 14,
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DataKey'), 'Arn'] },
      MasterUserPassword: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: Match.stringLikeRegexp('^IntegrationsprefectDatabasePassword') }, ':SecretString:::}}']] },
    },
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { Port: 4200, HealthCheckPath: '/api/health' });
  template.hasResourceProperties('AWS::ECS::Service', {
    DesiredCount: 1,
    NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
    DeploymentConfiguration: Match.objectLike({ DeploymentCircuitBreaker: { Enable: true, Rollback: true } }),
  });
});

test('a client gets the address and the secret that was made', () => {
  const { integrations, stack } = hosted();
  const { environment, secretReferences } = integrations.connectionOf('prefect');
  expect(stack.resolve(environment.PREFECT_API_URL)).toEqual({
    'Fn::Join': ['', ['http://', { 'Fn::GetAtt': [expect.stringMatching(/^IntegrationsprefectBalancer/), 'DNSName'] }, '/api']],
  });
  expect(stack.resolve(secretReferences.PREFECT_API_AUTH_STRING.secretArn)).toEqual({ Ref: expect.stringMatching(/^IntegrationsprefectSecretauth/) });
});

describe('who is connected', () => {
  test('is let in by the load balancer, and nobody else', () => {
    const { data, integrations: { connections }, stack } = hosted();
    new Workspace(stack, 'Workspace', { data, vpc: network(new Construct(stack, 'Net')), connections });
    const template = Template.fromStack(stack);
    const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).filter(({ Properties: { GroupId } }) =>
      JSON.stringify(GroupId).includes('prefectBalancer'));
    expect(rules).toHaveLength(1);
    expect(rules[0].Properties).toMatchObject({ FromPort: 80, ToPort: 80, SourceSecurityGroupId: { 'Fn::GetAtt': [expect.stringMatching(/^WorkspaceSecurityGroup/), 'GroupId'] } });
    const groups = template.findResources('AWS::EC2::SecurityGroup');
    for (const [id, group] of Object.entries(groups)) if (id.startsWith('Integrations')) expect(group.Properties.SecurityGroupIngress).toBeUndefined();
  });

  test('must be in the network', () => {
    const { data, integrations: { connections }, stack } = hosted();
    const registry = new ModelRegistry(stack, 'Registry', { modelName: 'churn' });
    expect(() => new TrainingPipeline(stack, 'Training', { data, registry, image: IMAGE, connections })).toThrow(new Error(
      "training pipeline 'Stack/Training': connection 'prefect' is in a network, which the machines are not in: give vpc"));
  });
});

describe('native props', () => {
  const domain = (stack: Stack) => ({
    certificate: acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:111122223333:certificate/1'),
    hostedZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'ml.example.com' }),
  });

  test('certificate and hostedZone make it HTTPS under a name of its own', () => {
    const { integrations, stack } = hosted(domain);
    expect(integrations.connectionOf('prefect').environment.PREFECT_API_URL).toBe('https://prefect.ml.example.com/api');
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Protocol: 'HTTPS' });
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'prefect.ml.example.com.' });
  });

  test.each<[string, (stack: Stack) => Partial<IntegrationsProps>, string]>([
    ['imageTag', () => ({ servers: { prefect: { imageTag: '3.9.0-python3.12' } } }), 'prefect:3.9.0-python3.12'],
    ['cpu', () => ({ servers: { prefect: { cpu: 2048 } } }), '"Cpu":"2048"'],
    ['memoryLimitMiB', () => ({ servers: { prefect: { memoryLimitMiB: 4096 } } }), '"Memory":"4096"'],
    ['databaseInstanceType', () => ({ servers: { prefect: { databaseInstanceType: new ec2.InstanceType('m7g.large') } } }), 'db.m7g.large'],
    ['databaseStorageGiB', () => ({ servers: { prefect: { databaseStorageGiB: 50 } } }), '"AllocatedStorage":"50"'],
    ['multiAz', () => ({ servers: { prefect: { multiAz: true } } }), '"MultiAZ":true'],
    ['imageRegistries', () => ({ imageRegistries: { 'docker.io': MIRROR } }), `${MIRROR}/prefecthq/prefect:3.8.3-python3.12`],
    ['alarmTopic', (stack) => ({ alarmTopic: new sns.Topic(stack, 'Topic') }), '"AlarmActions":[{"Ref":"Topic'],
    ['vpcSubnets', (stack) => ({ vpcSubnets: { subnets: ['a', 'b'].map((id) => ec2.Subnet.fromSubnetId(stack, id, `subnet-0000000000000000${id}`)) } }),
      'subnet-0000000000000000a'],
  ])('%s reaches the template', (_, extra, text) => {
    expect(JSON.stringify(templateOf(extra).toJSON())).toContain(text);
    expect(JSON.stringify(templateOf().toJSON())).not.toContain(text);
  });

  test.each<[string, (stack: Stack) => Partial<IntegrationsProps>, string]>([
    ['no network', () => ({ vpc: undefined }), 'Prefect is hosted in a network: give vpc, or the endpoint of a server that exists'],
    ['one zone', (stack) => ({ vpc: network(new Construct(stack, 'One'), 'private', 1) }), 'vpcSubnets must be in two zones: load balancers and databases ask for two'],
    ['an image that the network has no way to', (stack) => ({ vpc: network(new Construct(stack, 'Isolated'), 'isolated') }),
      "Prefect: its image is in docker.io, which the network has no way to: give imageRegistries['docker.io'], a pull-through cache of Amazon ECR, "
      + 'or a vpc whose private subnets have one'],
    ['a certificate without a zone', (stack) => ({ certificate: domain(stack).certificate }),
      'certificate and hostedZone go together: a certificate is for names, and the zone has them'],
    ['a mirror that is none', () => ({ imageRegistries: { 'docker.io': `${MIRROR}/` } }),
      `imageRegistries['docker.io'] must be a registry with a path, without a slash at the end, got '${MIRROR}/'`],
    ['settings of a server that is not hosted', () => ({ servers: { lakefs: {} } }), "servers must be one of prefect, got 'lakefs'"],
    ['settings of servers without a server', () => ({ use: [], imageRegistries: {} }), 'imageRegistries is about servers, and none is hosted here: leave it out'],
  ])('refuses %s', (_, extra, fault) => {
    expect(() => hosted(extra)).toThrow(new Error(`integrations 'Stack/Integrations': ${fault}`));
  });

  test.each<[string, NonNullable<IntegrationsProps['servers']>[string], string]>([
    ['a tag that is none', { imageTag: ':latest' }, "imageTag must be the tag of an image, got ':latest'"],
    ['a size that there is not', { cpu: 1000 }, 'cpu must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, got 1000'],
    ['memory that goes not with the CPU', { cpu: 256, memoryLimitMiB: 4096 }, 'memoryLimitMiB must be 1024 to 2048 in steps of 1024 with 256 units of CPU, got 4096'],
    ['a disk that is too small', { databaseStorageGiB: 5 }, 'databaseStorageGiB must be a whole number between 20 and 65536, got 5'],
  ])('refuses %s', (_, options, fault) => {
    expect(() => hosted(() => ({ servers: { prefect: options } }))).toThrow(new Error(`integrations 'Stack/Integrations': server 'prefect': ${fault}`));
  });
});

test('an isolated network hosts from a mirror', () => {
  const { stack } = hosted((scope) => ({ vpc: network(new Construct(scope, 'Isolated'), 'isolated'), imageRegistries: { 'docker.io': MIRROR } }));
  const policies = JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(policies).toContain(':ecr:eu-west-1:111122223333:repository/docker-hub/prefecthq/prefect');
});

describe('an upgrade', () => {
  const resources = (extra?: (stack: Stack) => Partial<IntegrationsProps>) => templateOf(extra).toJSON().Resources as Record<string, any>;
  const STATEFUL = /^AWS::(RDS|SecretsManager|KMS|S3|Logs)::/;

  test('of the version changes the task and nothing else', () => {
    const [before, after] = [resources(), resources(() => ({ servers: { prefect: { imageTag: '3.9.0-python3.12' } } }))];
    expect(Object.keys(after)).toEqual(Object.keys(before));
    const changed = Object.keys(before).filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]));
    expect(changed.map((id) => before[id].Type)).toEqual(['AWS::ECS::TaskDefinition']);
  });

  test('that adds or removes a system leaves what others have', () => {
    const [one, two] = [resources(), resources(() => ({ use: [Integration.prefect(), Integration.mlflow()] }))];
    const stateful = (all: Record<string, any>) => Object.entries(all).filter(([, { Type }]) => STATEFUL.test(Type));
    for (const [id, resource] of stateful(one)) if (!id.startsWith('Data')) expect(two[id]).toEqual(resource);
    for (const [, { DeletionPolicy, Type }] of stateful(two)) {
      if (Type !== 'AWS::S3::BucketPolicy') expect(DeletionPolicy).toMatch(/^Retain/);
    }
  });

  test('synthesizes to the same bytes twice', () => {
    expect(JSON.stringify(resources())).toBe(JSON.stringify(resources()));
  });
});

test('a level up keeps the state of servers, by the same ids', () => {
  const stateful = [Level0Blueprint, Level1Blueprint, Level2Blueprint].map((Level) => {
    const stack = stackIn();
    new Level(stack, 'Mlops', { ...BASE, image: IMAGE, features: undefined, integrations: { use: [Integration.prefect()], imageRegistries: { 'docker.io': MIRROR } } });
    const resources = Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>;
    return Object.entries(resources).filter(([id, { Type }]) => id.startsWith('MlopsIntegrations') && /^AWS::(RDS|SecretsManager|Logs)::/.test(Type));
  });
  expect(stateful[0].length).toBeGreaterThan(4);
  // From level 1 on there is a training to follow, and a log of what writes the file.
  const servers = stateful.map((each) => each.filter(([id]) => !id.includes('Flow')));
  expect(servers[1]).toEqual(stateful[0]);
  expect(servers[2].map(([id]) => id)).toEqual(stateful[0].map(([id]) => id));
});

test('removalPolicy takes two keys, and then everything goes', () => {
  const props = () => ({ removalPolicy: RemovalPolicy.DESTROY });
  expect(() => hosted(props)).toThrow('mlops:allowDestroy');
  const { stack } = hosted(props, stackIn({ 'mlops:allowDestroy': true }));
  const made = Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, any>).filter(([id]) => id.startsWith('Integrations'));
  expect(made.filter(([, { DeletionPolicy }]) => /^Retain/.test(DeletionPolicy ?? ''))).toEqual([]);
  expect(made.find(([, { Type }]) => Type === 'AWS::RDS::DBInstance')![1].Properties.DeletionProtection).toBe(false);
});

test.each(['mlflow', 'lakeFs', 'grafana', 'phoenix', 'zenMl'] as const)('%s is hosted, its values filled', (system) => {
  const integration = (Integration as unknown as Record<string, (options?: object) => Integration>)[system]();
  const template = templateOf(() => ({ use: [integration] }));
  const text = JSON.stringify(template.findResources('AWS::ECS::TaskDefinition'));
  expect(text).not.toMatch(/\{(database|secret|store|endpoint|host|region)[.}]/);
  template.resourceCountIs('AWS::RDS::DBInstance', 1);
});

test('a blueprint of level 2 hosts in the network of its notebooks, connects every part and watches the server', () => {
  const stack = stackIn();
  new Level2Blueprint(stack, 'Mlops', {
    ...BASE, image: IMAGE, features: undefined, integrations: { use: [Integration.prefect()], imageRegistries: { 'docker.io': MIRROR } },
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp('^Prefect .* does not answer'), AlarmActions: [{ Ref: Match.stringLikeRegexp('^MlopsMonitoringTopic') }],
  });
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', { ServiceName: 'com.amazonaws.eu-west-1.secretsmanager' });
  const connected = Object.entries(template.toJSON().Resources).filter(([, each]) => JSON.stringify(each).includes('MLOPS_SECRET_PREFECT_API_AUTH_STRING_REF'));
  expect(connected.map(([id]) => /^Mlops(Workspace|Training|ServingRollout|MonitoringDrift)/.exec(id)?.[1]).sort())
    .toEqual(['MonitoringDrift', 'ServingRollout', 'Training', 'Workspace', 'Workspace']);
  expect(() => (stack.node.root as App).synth()).not.toThrow();
});
