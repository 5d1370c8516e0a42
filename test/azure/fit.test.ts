import {
  ModelRegistry, ModelSource, MonitoringStack, MonitoringStackProps, ServingEndpoint, TrainingPipeline, Workspace,
} from '../../src/azure';
import { ContainerImage } from '../../src/core/container-image';
import { QualityGate } from '../../src/core/quality-gate';
import { azureStack, SUBSCRIPTION } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';

const image = ContainerImage.fromUri('mcr.microsoft.com/churn:1');
const WORK = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work`;
const who = "monitoring stack 'Stack/Monitoring': ";

function world() {
  const stack = azureStack({ resourceGroupName: 'ml' });
  const [data, workspace] = [new PlainLake(stack, 'Data'), new PlainWorkspace(stack, 'Workspace')];
  const registryOf = (id: string, modelName: string) => new ModelRegistry(stack, id, { data, workspace, modelName });
  return { stack, data, workspace, churn: registryOf('Churn', 'churn'), fraud: registryOf('Fraud', 'fraud') };
}

type World = ReturnType<typeof world>;

/** Drift runs of an endpoint, compared with the versions of a registry. */
function watch(model: (made: World) => ModelSource, more: (made: World) => Partial<MonitoringStackProps>) {
  const made = world();
  const { data, stack, workspace } = made;
  const endpoint = new ServingEndpoint(stack, 'Serving', { data, workspace, model: model(made), capture: {} });
  return new MonitoringStack(stack, 'Monitoring', { data, workspace, endpoint, image, registry: made.churn, drift: {}, ...more(made) });
}

const approved = ({ churn }: World) => ModelSource.latestApproved(churn);
const version = ({ churn }: World) => ModelSource.version(`${churn.modelContainerId}/versions/3`);

describe('what drift is compared with', () => {
  test.each([
    ['drift', {}], ['modelQuality', { drift: undefined, modelQuality: { gates: [QualityGate.atLeast('auc', 0.8)] } }],
  ])('is refused for %s of an artifact, which has no reference', (prop, props) => {
    const model = () => ModelSource.artifact({ image, modelUri: 'models/churn/' });
    expect(() => watch(model, () => props)).toThrow(
      `${who}${prop} has nothing to compare with: 'Serving' serves an artifact, and only registered versions know their training reference: `
      + 'use ModelSource.version or ModelSource.latestApproved');
  });

  test.each([['approved versions', approved], ['one version', version]])('is refused where it is the registry of another model than that of %s', (_, model) => {
    expect(() => watch(model, ({ fraud }) => ({ registry: fraud })))
      .toThrow(`${who}registry 'Fraud' has the versions of fraud, and 'Serving' serves those of churn: give the registry of these`);
  });

  test.each([['approved versions', approved], ['one version', version]])('is taken where it is the registry of %s', (_, model) => {
    expect(() => watch(model, () => ({}))).not.toThrow();
  });
});

test('an endpoint is monitored in its own workspace, where its metrics, logs and captured requests are', () => {
  const stack = azureStack({ resourceGroupName: 'ml' });
  const data = new PlainLake(stack, 'Data');
  const [one, two] = ['One', 'Two'].map((id) => new Workspace(stack, id, { data }));
  const registry = new ModelRegistry(stack, 'Churn', { data, workspace: one, modelName: 'churn' });
  const endpoint = new ServingEndpoint(stack, 'Serving', { data, workspace: one, model: ModelSource.latestApproved(registry) });
  expect(() => new MonitoringStack(stack, 'Watched', { data, workspace: one, endpoint })).not.toThrow();
  expect(() => new MonitoringStack(stack, 'Monitoring', { data, workspace: two, endpoint })).toThrow(`${who}workspace must be that of the endpoint 'Serving'`);
  const theirs = WORK.replace(/work$/, 'theirs');
  const elsewhere = ServingEndpoint.fromAttributes(stack, 'Elsewhere', {
    endpointId: `${theirs}/onlineEndpoints/churn`, workflowId: '/x/providers/Microsoft.Logic/workflows/rollout',
  });
  const workspace = new PlainWorkspace(stack, 'Work');
  expect(() => new MonitoringStack(stack, 'Other', { data, workspace, endpoint: elsewhere }))
    .toThrow(`workspace must be that of the endpoint 'Elsewhere', ${theirs}, got '${workspace.workspaceId}'`);
});

test.each<[string, object, string]>([
  ['no name of a namespace', { namespaceName: 'hub', eventHubName: 'alerts' },
    "alertEventHub.namespaceName must be the name of a namespace, 6 to 50 letters, digits and hyphens, starting with a letter, got 'hub'"],
  ['no name of a hub', { namespaceName: 'my-events', eventHubName: '' },
    "alertEventHub.eventHubName must be the name of an event hub, at most 256 letters, digits, dots, hyphens and underscores, got ''"],
  ['no subscription', { namespaceName: 'my-events', eventHubName: 'alerts', subscriptionId: 'x' },
    "alertEventHub.subscriptionId must be the id of a subscription, 00000000-0000-0000-0000-000000000000, got 'x'"],
])('an event hub of alerts with %s is refused', (_, alertEventHub, fault) => {
  expect(() => watch(approved, () => ({ alertEventHub: alertEventHub as any }))).toThrow(new Error(`${who}${fault}`));
});

test('the pipeline that drift starts trains the model that is served', () => {
  const trains = (registry: 'churn' | 'fraud') => (made: World) => {
    const { data, stack, workspace } = made;
    return { drift: { retrain: true }, training: new TrainingPipeline(stack, 'Training', { data, workspace, image, registry: made[registry] }) };
  };
  expect(() => watch(approved, trains('churn'))).not.toThrow();
  expect(() => watch(approved, trains('fraud')))
    .toThrow(`${who}training 'Training' trains fraud, and registry 'Churn' has the versions of churn: give the pipeline that trains these`);
});
