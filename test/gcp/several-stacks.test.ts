import { App, TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { ContainerImage, FeatureType, QualityGate, Serving, Trigger } from '../../src/core';
import {
  DataLake, DeliveryPipeline, EncryptionKey, ExperimentTracker, FeatureStore, GoogleProject, GoogleProjectProps, GovernanceGuardrails, ModelRegistry,
  ModelSource, MonitoringStack, Principal, ServiceAccount, ServingEndpoint, TrainingPipeline, Workspace,
} from '../../src/gcp';
import { resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';

const image = ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/images/churn@sha256:1');

function stackIn(app: App, id: string, props: Partial<GoogleProjectProps> = {}): TerraformStack {
  const stack = new TerraformStack(app, id);
  new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4', projectNumber: '123456789012', ...props });
  return stack;
}

/** Synthesizes the way an app does it: references are found in all stacks first. */
function appOf(app: App): { [stack: string]: TerraformConfig } {
  const stacks = app.node.findAll().filter((each) => TerraformStack.isStack(each)) as TerraformStack[];
  stacks.forEach((stack) => stack.prepareStack());
  return Object.fromEntries(stacks.map((stack) => [stack.node.id, synthesized(stack)]));
}

describe('a stack for each concern', () => {
  const app = Testing.app();
  const { network } = GoogleProject.of(stackIn(app, 'Net'));
  const stack = (id: string) => stackIn(app, id, { network });
  const encryptionKey = new EncryptionKey(stack('Keys'), 'Key');
  const identities = stack('Identities');
  const jobs = new ServiceAccount(identities, 'Jobs', { displayName: 'jobs' });
  const runtime = new ServiceAccount(identities, 'Runtime', { displayName: 'runtime' });
  const store = stack('Data');
  const data = new DataLake(store, 'Data', { encryptionKey });
  const registry = new ModelRegistry(store, 'Registry', { data, modelName: 'churn' });
  const tracking = new ExperimentTracker(stack('Tracking'), 'Tracking', { data });
  const workspace = new Workspace(stack('Work'), 'Work', { data, tracking, users: ['ada'] });
  const features = new FeatureStore(stack('Features'), 'Features', {
    data,
    featureGroups: [{
      name: 'customer',
      entityKey: 'id',
      eventTime: 'at',
      features: [
        { name: 'id', valueType: FeatureType.STRING }, { name: 'at', valueType: FeatureType.STRING }, { name: 'age', valueType: FeatureType.FLOAT },
      ],
    }],
  });
  const training = new TrainingPipeline(stack('Training'), 'Training', {
    data, registry, image, tracking, network, jobServiceAccount: jobs, triggers: [Trigger.newData('incoming/')],
  });
  features.featureGroup('customer').grantRead(runtime);
  features.featureGroup('customer').grantReadOffline(jobs);
  training.grantStart(workspace.serviceAccountOf('ada'));
  const serve = stack('Serving');
  const model = ModelSource.latestApproved(registry);
  const endpoint = new ServingEndpoint(serve, 'Serving', { data, model, capture: {}, serviceAccount: runtime });
  const service = new ServingEndpoint(serve, 'Service', { data, model, image, serving: Serving.serverless() });
  new ServingEndpoint(serve, 'Batch', { data, model, serving: Serving.batch() });
  const caller = new ServiceAccount(stack('Shop'), 'Shop', { displayName: 'shop' });
  endpoint.grantInvoke(caller);
  service.grantInvoke(caller);
  new MonitoringStack(stack('Monitoring'), 'Monitoring', {
    data, registry, training, endpoint, image, network, drift: { retrain: true }, modelQuality: { gates: [QualityGate.atLeast('auc', 0.9)] }, alertTopic: true, logRetentionDays: 30,
  });
  new GovernanceGuardrails(stack('Governance'), 'Governance', { data, registry, roles: { mlEngineer: Principal.group('ml@example.com') } });
  new DeliveryPipeline(stack('Delivery'), 'Delivery', { registry, repository: 'example/churn', stateBucketName: 'state', image: { directory: '.' } });
  const configs = appOf(app);
  const needs = (id: string) => app.node.findAll().filter((each): each is TerraformStack => TerraformStack.isStack(each))
    .find((each) => each.node.id === id)!.dependencies.map((each) => each.node.id).sort();

  test.each(Object.keys(configs))('%s depends on nothing that is not its own', (id) => {
    const { resource, data: asked = {}, ephemeral = {} } = configs[id];
    const own = Object.entries({ ...resource, ...ephemeral }).flatMap(([type, of]) => Object.keys(of as object).map((each) => `${type}.${each}`));
    const read = Object.entries(asked).flatMap(([type, of]) => Object.keys(of as object).map((each) => `data.${type}.${each}`));
    const waited = Object.values(resource).flatMap((of) => Object.values(of).flatMap((each: any) => each.depends_on ?? []));
    expect(waited.filter((each) => ![...own, ...read].includes(each))).toEqual([]);
  });

  test('the whole stack of a key or a grant is waited for', () => {
    expect(needs('Data')).toEqual(['Identities', 'Keys']);
    expect(needs('Tracking')).toEqual(expect.arrayContaining(['Data', 'Keys', 'Net']));
    expect(needs('Training')).toEqual(expect.arrayContaining(['Data', 'Identities', 'Keys', 'Tracking']));
  });

  test('a permission stands in the later of two stacks', () => {
    const actAs = resourceAt(configs.Training, 'google_service_account_iam_member', 'Training_WorkflowAccount_Grant-act-as-Identities-Jobs-71ac1d95');
    expect(actAs.service_account_id).toMatch(/terraform_remote_state\.cross-stack-reference-input-Identities\.outputs\.\S*Jobs_Account\S*name\}$/);
    expect(resourceAt(configs.Data, 'google_artifact_registry_repository_iam_member', 'Registry_VertexPull').member).toContain('gcp-sa-aiplatform');
    expect(resourcesOf(configs.Shop, 'google_cloud_run_v2_service_iam_member')).toMatchObject([{
      name: expect.stringMatching(/^serving-service-/), role: 'roles/run.invoker', member: expect.stringContaining('Shop_Account'),
    }]);
    expect(resourcesOf(configs.Features, 'google_bigquery_table_iam_member').map(({ member }) => member))
      .toContainEqual(expect.stringMatching(/cross-stack-reference-input-Identities\.outputs\.\S*Jobs_Account\S*member\}$/));
  });

  test('the agents of Google are allowed to use the key where it is', () => {
    const agents = resourcesOf(configs.Keys, 'google_kms_crypto_key_iam_member').map(({ member }) => /@(?:gcp-sa-)?([a-z-]+)/.exec(member)?.[1]);
    expect(agents).toEqual(expect.arrayContaining(['aiplatform', 'artifactregistry', 'pubsub', 'workflows', 'serverless-robot-prod']));
    expect(Object.values(configs).flatMap((each) => resourcesOf(each, 'google_kms_crypto_key_iam_member'))).toHaveLength(agents.length);
  });
});

test('identities with the same path in two stacks are two', () => {
  const app = Testing.app();
  const makers = ['Blue', 'Green'].map((id) => stackIn(app, id));
  const data = new DataLake(stackIn(app, 'Data'), 'Data');
  const project = new ModelRegistry(data, 'Registry', { data });
  for (const maker of makers) {
    const jobs = new ServiceAccount(maker, 'Jobs', { displayName: 'jobs' });
    data.grantRead(jobs, 'training/');
    project.grantRead(jobs);
    project.grantRead(jobs);
  }
  const { Data } = appOf(app);
  expect(resourcesOf(Data, 'google_storage_bucket_iam_member')).toHaveLength(4);
  const readers = resourcesOf(Data, 'google_project_iam_member').filter(({ role }) => role === 'roles/aiplatform.viewer').map(({ member }) => member);
  expect(readers.sort()).toEqual([expect.stringContaining('input-Blue'), expect.stringContaining('input-Green')]);
});

test('a project and a region that are variables of each stack are taken for the same', () => {
  const app = Testing.app();
  const stack = (id: string) => {
    const made = new TerraformStack(app, id);
    const variable = (name: string) => new TerraformVariable(made, name, { type: 'string' }).stringValue;
    new GoogleProject(made, 'Google', { projectId: variable('project'), region: variable('region') });
    return made;
  };
  const data = new DataLake(stack('Data'), 'Data');
  const registry = new ModelRegistry(stack('Serving'), 'Registry', { data });
  new ServingEndpoint(TerraformStack.of(registry), 'Serving', { data, model: ModelSource.latestApproved(registry) });
  expect(Object.keys(appOf(app))).toEqual(['Data', 'Serving']);
});

describe('refuses', () => {
  test.each([
    [{ projectId: 'other-project' }, 'my-project and not in other-project'],
    [{ region: 'us-central1' }, 'europe-west4 and not in us-central1'],
  ])('a key of another place: %j', (place, where) => {
    const app = Testing.app();
    const data = new DataLake(stackIn(app, 'Data'), 'Data');
    new ModelRegistry(stackIn(app, 'Models', place), 'Registry', { data });
    expect(() => appOf(app)).toThrow(new RegExp('stack \'Models\': it waits for google_kms_crypto_key_iam_member\\.Data_Key_Agent-artifactregistry_\\w+ of the stack \'Data\', '
      + `which is in ${where}: bring what belongs to another project or region in by DataLake\\.fromAttributes, ModelRegistry\\.fromAttributes or EncryptionKey\\.fromKeyId`));
  });

  test('a registry of another region', () => {
    const app = Testing.app();
    const there = stackIn(app, 'There');
    const here = stackIn(app, 'Here', { region: 'us-central1' });
    const registry = new ModelRegistry(there, 'Registry', { data: new DataLake(there, 'Data'), modelName: 'churn' });
    expect(() => new ServingEndpoint(here, 'Serving', { data: new DataLake(here, 'Data'), model: ModelSource.latestApproved(registry) })).toThrow(new Error(
      'serving endpoint \'Here/Serving\': model.latestApproved must be a registry in the region of the endpoint, us-central1, got \'projects/my-project/locations/europe-west4/models/churn\'',
    ));
  });

  test('a network of another region', () => {
    const app = Testing.app();
    const { network } = GoogleProject.of(stackIn(app, 'There'));
    expect(() => stackIn(app, 'Here', { network, region: 'us-central1' }))
      .toThrow(new Error('google project \'Here/Google\': network must be one with a subnetwork in us-central1, got \'There/Google/Network in europe-west4\''));
  });
});
