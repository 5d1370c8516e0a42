import * as path from 'node:path';
import { TerraformStack, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import * as azure from '../../src/azure';
import * as core from '../../src/core';
import { azureStack, SUBSCRIPTION } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';
import { ServingWorld } from '../support/azure-serving';
import { TrainingWorld } from '../support/azure-training';
import { ForeignServing, watchedBy } from '../support/azure-watched';
import { documentedDefaults, valueOf } from '../support/documented-defaults';
import { integrationsOn } from '../support/integration-defaults';
import { synthesized } from '../support/terraform-json';

/** A stack with a lake and a workspace in it, as Terraform's JSON. */
function config(make: (stack: TerraformStack, parts: { readonly data: PlainLake; readonly workspace: PlainWorkspace }) => void): unknown {
  const stack = azureStack();
  make(stack, { data: new PlainLake(stack, 'Data'), workspace: new PlainWorkspace(stack, 'Workspace') });
  return synthesized(stack);
}

const IMAGE = core.ContainerImage.fromUri('images.azurecr.io/churn@sha256:abc');
const GROUP: core.FeatureGroupSpec = {
  name: 'customers',
  entityKey: 'id',
  eventTime: 'at',
  features: ['id', 'at', 'plan'].map((name) => ({ name, valueType: core.FeatureType.STRING })),
};
const CARD = { intendedUse: 'Tests', owner: 'Tests' };
const BUDGET = { monthlyUsd: 100, alertEmails: ['a@example.com'] };
const GATES = [core.QualityGate.atLeast('auc', 0.8)];
const RESOURCES = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers`;
const PYTHON = path.join(__dirname, '..', '..', 'examples', 'workload', 'main.py');
const WORKSPACE = `${RESOURCES}/Microsoft.MachineLearningServices/workspaces/work`;
const STATE = `${RESOURCES}/Microsoft.Storage/storageAccounts/tfstate/blobServices/default/containers/churn`;

/** Properties that others read, in the configuration. */
function output(stack: TerraformStack, values: object): void {
  new TerraformVariable(stack, 'made', { default: JSON.stringify(values) });
}

const lake = (given: object) => config((stack) => new azure.DataLake(stack, 'Lake', given));
const training = (given: object) => synthesized(new TrainingWorld(given).stack);
const tracker = (given: object) => config((stack, { workspace }) => new azure.ExperimentTracker(stack, 'Tracking', { workspace, ...given }));
const workspace = (given: object, hasKey: boolean = false) => config((stack, parts) => {
  const encryptionKey = hasKey ? new azure.EncryptionKey(stack, 'Key') : undefined;
  const data = hasKey ? new azure.DataLake(stack, 'Lake', { encryptionKey }) : parts.data;
  new azure.Workspace(stack, 'Studio', { data, ...given });
});
const features = (given: object, spec: object = {}) => config((stack, parts) =>
  new azure.FeatureStore(stack, 'Features', { ...parts, featureGroups: [{ ...GROUP, ...spec }], ...given }));
const registry = (given: object) => config((stack, parts) =>
  new azure.ModelRegistry(stack, 'Registry', { modelName: 'churn', ...parts, ...given }));
const approving = (given: object) => synthesized(new TrainingWorld({}, { registry: given }).stack);
const serving = (given: object) => synthesized(new ServingWorld(given).stack);
const serverless = (mode: core.Serving) => serving({ image: IMAGE, serving: mode });
const guardrails = (given: object) => config((stack, parts) => new azure.GovernanceGuardrails(stack, 'Governance', {
  ...parts, modelCard: CARD, budget: BUDGET, policyChecks: false, auditLog: true, cloudGuardrails: true, ...given,
}));
const monitoring = (given: object, more: (made: azure.MonitoringStack) => void = () => {}) => {
  const stack = azureStack();
  more(watchedBy(stack, { drift: { retrain: true }, ...given }, { training: true }).monitoring);
  return synthesized(stack);
};
const delivery = (given: object) => {
  const stack = azureStack();
  new TerraformVariable(stack, 'image', {});
  const { workflow } = new azure.DeliveryPipeline(stack, 'Delivery', { repository: 'example/churn', stateContainerId: STATE, ...given });
  return [synthesized(stack), workflow];
};
const integrations = (given: object) => {
  const stack = azureStack();
  const data = new azure.DataLake(stack, 'Data');
  const made = new azure.Workspace(stack, 'Workspace', { data });
  new azure.Integrations(stack, 'Integrations', { data, workspace: made, use: [core.Integration.prefect()], ...given });
  return synthesized(stack);
};
const devOps = (given: object) => {
  const connection = (name: string) => ({ name, issuer: 'https://login.microsoftonline.com/t/v2.0', subject: `/eid1/c/pub/t/x/sc/${name}` });
  const connections = { prod: { deploy: connection('prod'), look: connection('prod-look') } };
  return delivery({ stages: [{ name: 'prod' }], engine: azure.DeliveryEngine.azureDevOps({ connections, ...given }) });
};

/** What a struct's props come to. */
const MEANING: { readonly [owner: string]: (given: any) => unknown } = {
  ...integrationsOn('azure'),
  AlertProps: (given) => monitoring({}, (made) => made.addAlert('Queue', { title: 'Long', query: 'AppRequests', runbook: 'Look', ...given })),
  AzureDevOpsOptions: devOps,
  AzureMlBatchOptions: (given) => serving({ serving: azure.AzureMlServing.batch(given) }),
  AzureResourceGroupProps: (given) => {
    const stack = azureStack(given);
    new azure.DataLake(stack, 'Data');
    return synthesized(stack);
  },
  BatchServingOptions: (given) => serving({ serving: core.Serving.batch(given) }),
  BlueprintProps: (given) => {
    const stack = azureStack();
    new azure.Level0Blueprint(stack, 'Mlops', { modelName: 'churn', image: IMAGE, ...given });
    return synthesized(stack);
  },
  BudgetSpec: (given) => guardrails({ budget: { ...BUDGET, ...given } }),
  CanaryOptions: (given) => core.Rollout.canary(given),
  CaptureSpec: (given) => serving({ capture: given }),
  ComputeClusterOptions: (given) => training({ computeTarget: azure.ComputeTarget.cluster(given) }),
  ComputeSpec: (given) => training({ compute: { accelerator: 'acceleratorCount' in given ? core.Accelerator.NVIDIA_T4 : undefined, ...given } }),
  ContainerAppServingOptions: (given) => serverless(azure.ContainerAppServing.app(given)),
  DataLakeAttributes: (given) => config((stack) => {
    const made = azure.DataLake.fromAttributes(stack, 'Lake', {
      storeAccountId: `${RESOURCES}/Microsoft.Storage/storageAccounts/store`,
      featuresAccountId: `${RESOURCES}/Microsoft.Storage/storageAccounts/features`,
      ...given,
    });
    const { rawContainer, artifactContainer, capturedContainer, featuresContainer, isPrivate } = made;
    output(stack, { rawContainer, artifactContainer, capturedContainer, featuresContainer, isPrivate });
  }),
  DataLakeIntent: lake,
  DataLakeProps: lake,
  DeliveryImageSpec: (given) => delivery({
    image: { directory: '.', ...given },
    registry: Object.assign(new Construct(azureStack(), 'Registry'), {
      imageRepositoryUri: 'images.azurecr.io/churn',
      modelName: 'churn',
      grantPushImages: () => new azure.Grant([]),
      grantPullImages: () => new azure.Grant([]),
    }),
  }),
  DeliveryPipelineIntent: delivery,
  DeliveryPipelineOptions: delivery,
  DriftSpec: (given) => monitoring({ drift: given }),
  EncryptionKeyProps: (given) => config((stack) => new azure.EncryptionKey(stack, 'Key', given)),
  EndpointMetric: (given) => {
    const stack = azureStack();
    watchedBy(stack, {}, {
      endpoint: (scope) => new ForeignServing(scope, 'Serving', {
        resourceId: `${RESOURCES}/Microsoft.Web/sites/churn`,
        metricNamespace: 'Microsoft.Web/sites',
        requests: { metricName: 'Requests', ...given },
        serverErrors: { metricName: 'Http5xx' },
        clientErrors: { metricName: 'Http4xx' },
        latency: { metricName: 'HttpResponseTime' },
      }),
    });
    return synthesized(stack);
  },
  ExperimentTrackerAttributes: (given) => config((stack) => {
    const tracked = azure.ExperimentTracker.fromAttributes(stack, 'Tracking', {
      workspaceId: WORKSPACE, location: 'westeurope', storageAccountId: `${RESOURCES}/Microsoft.Storage/storageAccounts/work`, ...given,
    });
    tracked.grantUse(new azure.ManagedIdentity(stack, 'Identity'));
  }),
  ExperimentTrackerIntent: tracker,
  ExperimentTrackerOptions: tracker,
  FeatureGroupOptions: (given) => features({ groupOptions: { customers: given } }),
  FeatureGroupSpec: (given) => features({}, given),
  FeatureStoreOptions: (given) => features(given),
  FeatureTransformation: (given) => features({
    groupOptions: { customers: { transformation: { file: PYTHON, className: 'Spending', ...given } } },
  }),
  GitHubActionsOptions: (given) => delivery({ engine: azure.DeliveryEngine.gitHubActions(given) }),
  GovernanceGuardrailsOptions: guardrails,
  HostedSystemOptions: (given) => integrations({ hosted: { prefect: given } }),
  IntegrationsOptions: integrations,
  LinearOptions: (given) => core.Rollout.linear(given),
  ManagedRedisOptions: (given) => features({ onlineStorage: azure.OnlineStorage.managedRedis(given) }),
  ModelCardSpec: (given) => guardrails({ modelCard: { ...CARD, ...given } }),
  ModelQualitySpec: (given) => monitoring({ modelQuality: { gates: GATES, ...given } }),
  ModelMonitorOptions: (given) => monitoring({ modelMonitor: { deploymentName: 'churn-3', referenceData: 'azureml:reference:1', ...given } }),
  ModelRegistryAttributes: (given) => config((stack) => {
    const { isApprovalAutomatic } = azure.ModelRegistry.fromAttributes(stack, 'Registry', {
      modelName: 'churn',
      workspaceId: WORKSPACE,
      approvalQueueId: `${RESOURCES}/Microsoft.Storage/storageAccounts/store/queueServices/default/queues/approvals`,
      artifactContainerId: `${RESOURCES}/Microsoft.Storage/storageAccounts/store/blobServices/default/containers/artifacts`,
      containerRegistryId: `${RESOURCES}/Microsoft.ContainerRegistry/registries/images`,
      ...given,
    });
    output(stack, { isApprovalAutomatic });
  }),
  ModelRegistryIntent: approving,
  ModelRegistryOptions: registry,
  MonitoringIntent: monitoring,
  MonitoringStackOptions: monitoring,
  NotebookGpuOptions: (given) => azure.NotebookMachine.gpu(core.Accelerator.NVIDIA_T4, given),
  PrivateNetworkProps: (given) => config((stack) => new azure.PrivateNetwork(stack, 'Network', given)),
  ProcessOptions: (given) => training({ distribution: azure.Distribution.pyTorch(given) }),
  ScalingSpec: (given) => serving({ serving: core.Serving.realTime({ scaling: given }) }),
  ServerlessServingOptions: (given) => serverless(core.Serving.serverless(given)),
  ServiceLevelSpec: (given) => monitoring({ serviceLevel: given }),
  ServingContainer: (given) => serving({ image: IMAGE, container: given }),
  ServingEndpointAttributes: (given) => config((stack) => {
    const { mode, hasAccelerator, isPrivate } = azure.ServingEndpoint.fromAttributes(stack, 'Serving', {
      endpointId: `${WORKSPACE}/onlineEndpoints/churn`, workflowId: `${RESOURCES}/Microsoft.Logic/workflows/rollout`, ...given,
    });
    output(stack, { mode, hasAccelerator, isPrivate });
  }),
  ServingEndpointIntent: serving,
  ServingEndpointOptions: serving,
  SharedRegistryOptions: (given) => registry({ sharedRegistry: given }),
  TensorFlowOptions: (given) => training({ distribution: azure.Distribution.tensorFlow(given) }),
  TimeOfDay: (given) => core.Schedule.daily(given),
  TimeOfWeek: (given) => core.Schedule.weekly(given),
  TrainingPipelineOptions: training,
  TrainingSpec: training,
  WorkspaceAttributes: (given) => config((stack) => {
    const made = azure.Workspace.fromAttributes(stack, 'Studio', {
      workspaceId: WORKSPACE,
      logAnalyticsWorkspaceId: `${RESOURCES}/Microsoft.OperationalInsights/workspaces/logs`,
      applicationInsightsId: `${RESOURCES}/Microsoft.Insights/components/insights`,
      storageAccountId: `${RESOURCES}/Microsoft.Storage/storageAccounts/work`,
      containerRegistryId: `${RESOURCES}/Microsoft.ContainerRegistry/registries/images`,
      ...given,
    });
    const { hasManagedNetwork, isPrivate, rawDatastore, artifactDatastore, capturedDatastore } = made;
    output(stack, { hasManagedNetwork, isPrivate, rawDatastore, artifactDatastore, capturedDatastore });
  }),
  WorkspaceIntent: workspace,
  WorkspaceOptions: (given) => workspace(given, 'encryptsMetadata' in given),
};

const WORDS = { ...core, ...azure };
const ROWS = core.Parity.ROWS.filter(({ cloud }) => cloud === core.Cloud.AZURE);
const isRefused = (owner: string, prop: string) =>
  ROWS.some((row) => row.intent === owner && row.prop === prop && row.support === core.Support.REFUSED);

const defaults = [...documentedDefaults('core'), ...documentedDefaults('azure')]
  .filter(({ owner, prop }) => !isRefused(owner, prop));

test.each(defaults)('$owner: $prop is $literal when nothing is said', ({ owner, prop, literal }) => {
  const meaning = MEANING[owner];
  expect(meaning({ [prop]: valueOf(literal, WORDS) })).toEqual(meaning({ [prop]: undefined }));
});
