import { aws_sns as sns, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Level1Blueprint } from '../../src/aws/blueprints';
import { DataLake } from '../../src/aws/data-lake';
import { Integrations } from '../../src/aws/integrations';
import { ModelRegistry } from '../../src/aws/model-registry';
import { ModelSource } from '../../src/aws/model-source';
import { MonitoringStack } from '../../src/aws/monitoring-stack';
import { MAY_BE_GRANTED } from '../../src/aws/private/governance/boundary-actions';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { ContainerImage, Integration, QualityGate, SecretName, Serving } from '../../src/core';
import { strictApp } from '../support/judges';

const ENV = { env: { account: '111122223333', region: 'eu-west-1' } };
const IMAGE = ContainerImage.fromUri('111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1');

interface SceneOptions {
  readonly integration?: Integration;
  readonly alarmTopic?: boolean;
  /** Endpoint and monitoring in a stack of their own. */
  readonly apart?: boolean;
}

function scene({ alarmTopic, apart, integration = Integration.prometheus() }: SceneOptions = {}) {
  const app = strictApp();
  const stack = new Stack(app, 'Stack', ENV);
  const data = new DataLake(stack, 'Data');
  const registry = new ModelRegistry(stack, 'Registry', { modelName: 'churn' });
  const integrations = new Integrations(stack, 'Integrations', {
    data, use: [integration], ...(alarmTopic ? { alarmTopic: new sns.Topic(stack, 'Team') } : {}),
  });
  const other = apart ? new Stack(app, 'Other', ENV) : stack;
  const endpoint = new ServingEndpoint(other, 'Serving', {
    data, model: ModelSource.latestApproved(registry), serving: Serving.realTime(), capture: {},
  });
  const monitoring = new MonitoringStack(other, 'Monitoring', {
    data,
    endpoint,
    registry,
    image: IMAGE,
    connections: integrations.connections,
    drift: { maxDriftShare: 0.2 },
    modelQuality: { gates: [QualityGate.atLeast('accuracy', 0.9)] },
  });
  return { stack, other, monitoring, connection: integrations.connections[0] };
}

/** Properties of the one resource of a type. */
function only(template: Template, type: string) {
  const [resource, ...more] = Object.values(template.findResources(type));
  expect(more).toEqual([]);
  return resource;
}

test('the workspace is encrypted with the key of the lake, and retained', () => {
  const workspace = only(Template.fromStack(scene().stack), 'AWS::APS::Workspace');
  expect(workspace.DeletionPolicy).toBe('RetainExceptOnCreate');
  expect(workspace.Properties.KmsKeyArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^DataKey/), 'Arn'] });
});

test('the rules of a monitoring stack are those of its alarms', () => {
  const { monitoring, stack } = scene();
  const { Properties } = only(Template.fromStack(stack), 'AWS::APS::RuleGroupsNamespace');
  const model = monitoring.metricNamespace.replace('MLOps/', '');
  expect(Properties.Workspace).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Integrationsprometheus/), 'Arn'] });
  expect(Properties.Data).toContain(`expr: 'mlops:drift_share:last{ml_model="${model}"} > 0.2'`);
  expect(Properties.Data).toContain(`expr: 'mlops:quality:last{ml_model="${model}",metric="accuracy"} < 0.9'`);
  // Runs are a day apart: two of them, and three hours.
  expect(Properties.Data).toContain('[3060m]');
});

test('rules and dashboard are there as texts, for servers of one\'s own', () => {
  const { monitoring, stack } = scene();
  expect(monitoring.prometheusRules).toBe(only(Template.fromStack(stack), 'AWS::APS::RuleGroupsNamespace').Properties.Data);
  expect(JSON.parse(monitoring.grafanaDashboard!).title).toBe(monitoring.metricNamespace.replace('MLOps/', ''));
  const existing = scene({ integration: Integration.prometheus({ endpoint: 'https://prometheus.example.com/api/v1/write' }) }).monitoring;
  expect(existing.prometheusRules).toBe(monitoring.prometheusRules);
  const { monitoring: unconnected } = scene({ integration: Integration.dvc() });
  expect([unconnected.prometheusRules, unconnected.grafanaDashboard]).toEqual([undefined, undefined]);
});

test('alerts notify the topic of the monitoring stack, which lets them', () => {
  const { monitoring, stack } = scene();
  const template = Template.fromStack(stack);
  const definition = JSON.stringify(only(template, 'AWS::APS::Workspace').Properties.AlertManagerDefinition);
  const topicId = stack.getLogicalId(monitoring.topic.node.defaultChild as never);
  expect(definition.split(`topic_arn: '",{"Ref":"${topicId}"},"'`)).toHaveLength(3);
  expect(definition).toContain(`ml_model=\\"${monitoring.metricNamespace.replace('MLOps/', '')}\\"`);
  const statement = Match.objectLike({
    Sid: 'Alerts',
    Principal: { Service: 'aps.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
  });
  template.hasResourceProperties('AWS::SNS::TopicPolicy', { PolicyDocument: { Statement: Match.arrayWith([statement]) } });
  template.hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: Match.arrayWith([statement]) } });
});

test('the drift job writes there as its own role, and says whose numbers they are', () => {
  const { monitoring, stack } = scene();
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [stack.resolve(monitoring.driftJobRole!.roleName)],
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({
        Action: 'aps:RemoteWrite', Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Integrationsprometheus'), 'Arn'] },
      })]),
    },
  });
  const machines = JSON.stringify(template.findResources('AWS::StepFunctions::StateMachine'));
  expect(machines).toContain(`MLOPS_PROMETHEUS_MODEL\\":\\"${monitoring.metricNamespace.replace('MLOps/', '')}`);
  expect(machines).toMatch(/MLOPS_PROMETHEUS_REMOTE_WRITE_URL[^}]*PrometheusEndpoint"\]\},"api\/v1\/remote_write/);
});

test('a server that exists gets the numbers with its token, and no rules', () => {
  const { stack, monitoring } = scene({
    integration: Integration.prometheus({ endpoint: 'https://prometheus.example.com/api/v1/write', token: SecretName.of('prometheus') }),
  });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::APS::Workspace', 0);
  template.resourceCountIs('AWS::APS::RuleGroupsNamespace', 0);
  const machines = JSON.stringify(template.findResources('AWS::StepFunctions::StateMachine'));
  expect(machines).toContain('MLOPS_PROMETHEUS_REMOTE_WRITE_URL\\":\\"https://prometheus.example.com/api/v1/write');
  expect(machines).toContain('MLOPS_SECRET_MLOPS_PROMETHEUS_TOKEN_REF');
  expect(machines).toContain(`MLOPS_PROMETHEUS_MODEL\\":\\"${monitoring.metricNamespace.replace('MLOps/', '')}`);
});

test('alerts of a monitoring stack elsewhere go to the topic of the integrations', () => {
  const { other, stack } = scene({ apart: true, alarmTopic: true });
  const definition = JSON.stringify(only(Template.fromStack(stack), 'AWS::APS::Workspace').Properties.AlertManagerDefinition);
  expect(definition).toMatch(/"Ref":"Team/);
  Template.fromStack(other).resourceCountIs('AWS::APS::RuleGroupsNamespace', 1);
});

test('alerts that cannot reach a topic of another stack are refused', () => {
  expect(() => scene({ apart: true })).toThrow(
    "integrations 'Stack/Integrations': alerts of 'other-monitoring-be4c53f2' cannot reach 'Other/Monitoring/Topic', which is in another stack: give alarmTopic",
  );
});

test('a workspace without monitoring notifies no one', () => {
  const stack = new Stack(strictApp(), 'Stack', ENV);
  new Integrations(stack, 'Integrations', { data: new DataLake(stack, 'Data'), use: [Integration.prometheus()] });
  expect(only(Template.fromStack(stack), 'AWS::APS::Workspace').Properties.AlertManagerDefinition).toBeUndefined();
});

test('the network that a blueprint makes has a way to the workspace, and the boundary of roles lets them write', () => {
  const stack = new Stack(strictApp(), 'Stack', ENV);
  new Level1Blueprint(stack, 'Mlops', { modelName: 'churn', image: IMAGE, integrations: { use: [Integration.prometheus()] } });
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', { ServiceName: 'com.amazonaws.eu-west-1.aps-workspaces' });
  expect(MAY_BE_GRANTED).toContain('aps:RemoteWrite');
});

test('a token without the server that asks for it is refused', () => {
  expect(() => Integration.prometheus({ token: SecretName.of('prometheus') })).toThrow(
    "integration 'prometheus': token is for a server that exists: give its endpoint as well, or leave token out",
  );
});
