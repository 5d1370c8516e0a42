import { App, aws_ec2 as ec2, aws_iam as iam, Environment, NestedStack, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DataLake } from '../../src/aws/data-lake';
import { ExperimentTracker } from '../../src/aws/experiment-tracker';
import { FeatureStore } from '../../src/aws/feature-store';
import { GovernanceGuardrails } from '../../src/aws/governance-guardrails';
import { ModelRegistry } from '../../src/aws/model-registry';
import { ModelSource } from '../../src/aws/model-source';
import { MonitoringStack } from '../../src/aws/monitoring-stack';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { Workspace } from '../../src/aws/workspace';
import { ContainerImage } from '../../src/core/container-image';
import { FeatureType } from '../../src/core/feature-store';
import { Trigger } from '../../src/core/trigger';
import { strictApp } from '../support/judges';

const image = ContainerImage.fromUri('111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1');
const KNOWN: Environment = { account: '111122223333', region: 'eu-west-1' };

/** The stacks that each stack waits for. */
function waitsFor(app: App): { [stack: string]: string[] } {
  return Object.fromEntries(app.synth().stacks.map((stack) => [
    stack.stackName, stack.dependencies.map(({ id }) => id).filter((id) => !id.endsWith('.assets')).sort(),
  ]));
}

/** What docs/aws.md says about stacks of one's own. */
function product(app: Construct, data: Construct, training: Construct, serving: Construct): void {
  const lake = new DataLake(data, 'Data');
  const tracking = new ExperimentTracker(data, 'Tracking', { data: lake });
  new FeatureStore(data, 'Features', {
    data: lake,
    featureGroups: [{
      name: 'customers',
      entityKey: 'id',
      eventTime: 'time',
      features: [{ name: 'id', valueType: FeatureType.STRING }, { name: 'time', valueType: FeatureType.STRING }],
    }],
  });
  new GovernanceGuardrails(data, 'Governance', { data: lake, guardedScope: app, policyChecks: false });
  const registry = new ModelRegistry(training, 'Registry');
  const { executionRole, vpc } = new Workspace(training, 'Workspace', { data: lake, tracking });
  const pipeline = new TrainingPipeline(training, 'Training', { data: lake, image, registry, vpc, triggers: [Trigger.newData('in/')] });
  pipeline.grantStart(executionRole);
  const endpoint = new ServingEndpoint(serving, 'Serving', { data: lake, image, model: ModelSource.latestApproved(registry), capture: {}, vpc });
  new MonitoringStack(serving, 'Monitoring', { data: lake, image, registry, endpoint, training: pipeline, vpc, drift: { retrain: true } });
}

test.each([['unknown', undefined], ['known', KNOWN]])('data, training and serving have a stack each, in an environment that is %s', (_, env) => {
  const app = strictApp();
  const [data, training, serving] = ['Data', 'Training', 'Serving'].map((id) => new Stack(app, id, { env }));
  product(app, data, training, serving);
  expect(waitsFor(app)).toEqual({ Data: [], Training: ['Data'], Serving: ['Data', 'Training'] });
});

test('data, training and serving have a nested stack each', () => {
  const app = strictApp();
  const stack = new Stack(app, 'Churn', { env: KNOWN });
  const [data, training, serving] = ['Data', 'Training', 'Serving'].map((id) => new NestedStack(stack, id));
  product(stack, data, training, serving);
  expect(waitsFor(app)).toEqual({ Churn: [] });
});

test.each<[string, (scope: Construct, id: string, role: iam.Role) => iam.IRole]>([
  ['imported again', (scope, id, role) => iam.Role.fromRoleArn(scope, id, role.roleArn)],
  ['without policy updates', (_, __, role) => role.withoutPolicyUpdates()],
])('roles of another stack make no cycle when they are %s', (_, given) => {
  const app = strictApp();
  const [people, stack] = ['Roles', 'Churn'].map((id) => new Stack(app, id, { env: KNOWN }));
  const role = (id: string) => given(stack, id, new iam.Role(people, id, { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') }));
  const data = new DataLake(stack, 'Data');
  const registry = new ModelRegistry(stack, 'Registry');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
  new ExperimentTracker(stack, 'Tracking', { data, role: role('T') });
  new Workspace(stack, 'Workspace', { data, vpc, executionRole: role('W') });
  new TrainingPipeline(stack, 'Training', { data, image, registry, vpc, role: role('P'), jobRole: role('J') });
  new ServingEndpoint(stack, 'Serving', { data, image, model: ModelSource.latestApproved(registry), vpc, role: role('E') });
  expect(waitsFor(app)).toEqual({ Roles: [], Churn: ['Roles'] });
});
