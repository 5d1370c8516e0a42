import { TerraformStack, TerraformVariable } from 'cdktf';
import * as core from '../../src/core';
import * as gcp from '../../src/gcp';
import { documentedDefaults, valueOf } from '../support/documented-defaults';
import { FakeRegistry, FakeServing, FakeTraining } from '../support/fake-google';
import { integrationsOn } from '../support/integration-defaults';
import { googleStack, synthesized } from '../support/terraform';

/** A stack with a lake in it, as Terraform's JSON. */
function config(make: (stack: TerraformStack, data: gcp.DataLake) => void, dataProps: gcp.DataLakeProps = {}): unknown {
  const stack = googleStack();
  make(stack, new gcp.DataLake(stack, 'Data', dataProps));
  return synthesized(stack);
}

const IMAGE = core.ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/workload@sha256:abc');
const GROUP: core.FeatureGroupSpec = {
  name: 'customers',
  entityKey: 'id',
  eventTime: 'at',
  features: [{ name: 'id', valueType: core.FeatureType.STRING }, { name: 'at', valueType: core.FeatureType.STRING }],
};
const TEMPLATE = 'https://europe-west4-kfp.pkg.dev/my-project/templates/churn/v1';
const CARD = { intendedUse: 'Tests', owner: 'Tests' };
const BUDGET = { monthlyUsd: 100, alertEmails: ['a@example.com'] };
const GATES = [core.QualityGate.atLeast('auc', 0.8)];

const lake = (given: object) => config(() => {}, given);
const training = (given: object) => config((stack, data) =>
  new gcp.TrainingPipeline(stack, 'Training', { data, image: IMAGE, registry: new FakeRegistry(stack, 'Registry'), ...given }));
const tracker = (given: object) => config((stack, data) => new gcp.ExperimentTracker(stack, 'Tracking', { data, ...given }));
const workspace = (given: object) => config((stack, data) => new gcp.Workspace(stack, 'Workspace', { data, ...given }));
const features = (given: object, spec: object = {}) => config((stack, data) =>
  new gcp.FeatureStore(stack, 'Features', { data, featureGroups: [{ ...GROUP, onlineTtlDays: 30, ...spec }], ...given }));
const registry = (given: object) => config((stack, data) => new gcp.ModelRegistry(stack, 'Registry', { data, ...given }));
const approving = (given: object) => config((stack, data) => {
  const made = new gcp.ModelRegistry(stack, 'Registry', { data, ...given });
  new gcp.TrainingPipeline(stack, 'Training', { data, image: IMAGE, registry: made });
});
const serving = (given: object) => config((stack, data) =>
  new gcp.ServingEndpoint(stack, 'Serving', { data, model: gcp.ModelSource.latestApproved(new FakeRegistry(stack, 'Registry')), ...given }));
const serverless = (mode: core.Serving) => serving({ image: IMAGE, serving: mode });
/** What is made of one system: resources and connection, or the error that refuses it. */
const integrations = (use: () => core.Integration, given: object = {}) => {
  const connections: object[] = [];
  try {
    const made = config((stack, data) => {
      const { connections: [{ environment, secretReferences, reach }] } = new gcp.Integrations(stack, 'Integrations', { data, use: [use()], ...given });
      connections.push({ environment, secretReferences, reach });
    });
    return [made, connections];
  } catch (error) {
    return (error as Error).message;
  }
};
const hosted = (options: object) => integrations(() => core.Integration.prefect(), { hosted: { prefect: options } });
const SECRET = core.SecretName.of('key');
const guardrails = (given: object) => config((stack, data) =>
  new gcp.GovernanceGuardrails(stack, 'Governance', { data, modelCard: CARD, budget: BUDGET, policyChecks: false, auditLog: true, cloudGuardrails: true, ...given }));
const monitoring = (given: object, more: (made: gcp.MonitoringStack) => void = () => {}) => config((stack, data) => more(new gcp.MonitoringStack(stack, 'Monitoring', {
  data,
  registry: new FakeRegistry(stack, 'Registry'),
  image: IMAGE,
  endpoint: new FakeServing(stack, 'Serving', 'real-time', `my-project.${data.captureDatasetId}.request_log`),
  training: new FakeTraining(stack, 'Training'),
  drift: { retrain: true },
  ...given,
})));
const delivery = (given: object) => {
  const stack = googleStack();
  new TerraformVariable(stack, 'image', {});
  const { workflow } = new gcp.DeliveryPipeline(stack, 'Delivery', { repository: 'example/churn', stateBucketName: 'state', ...given });
  return [synthesized(stack), workflow];
};
const endpoint = (given: object) => {
  const { mode, hasAccelerator, isPrivate } = gcp.ServingEndpoint.fromAttributes(googleStack(), 'Serving', { endpointId: '1', workflowName: 'rollout', ...given });
  return { mode, hasAccelerator, isPrivate };
};

/** What a struct's props come to. */
const MEANING: { readonly [owner: string]: (given: any) => unknown } = {
  ...integrationsOn('gcp'),
  AlertProps: (given) => monitoring({}, (made) => made.addAlert('Queue', { title: 'Long', query: 'up > 1', runbook: 'Look', ...given })),
  BatchServingOptions: (given) => serving({ serving: core.Serving.batch(given) }),
  BigtableStorageOptions: (given) => features({ onlineStorage: gcp.OnlineStorage.bigtable(given) }),
  BinaryAuthorizationOptions: (given) => guardrails({ binaryAuthorization: { publicKeyPem: '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZI\n-----END PUBLIC KEY-----\n', ...given } }),
  BlueprintProps: (given) => config((stack) => new gcp.Level0Blueprint(stack, 'Mlops', { modelName: 'churn', image: IMAGE, ...given })),
  BudgetSpec: (given) => guardrails({ budget: { ...BUDGET, ...given } }),
  CanaryOptions: (given) => core.Rollout.canary(given),
  CaptureSpec: (given) => serving({ capture: given }),
  CloudRunServingOptions: (given) => serverless(gcp.CloudRunServing.service(given)),
  ComputeSpec: (given) => training({ compute: { accelerator: 'acceleratorCount' in given ? core.Accelerator.NVIDIA_L4 : undefined, ...given } }),
  DataLakeIntent: lake,
  DataLakeProps: lake,
  DataQualityScan: (given) => monitoring({ dataQuality: [{ tableId: 'customers', rules: [gcp.DataQualityRule.unique('id')], ...given }] }),
  DatadogOptions: (given) => integrations(() => core.Integration.datadog({ apiKey: SECRET, ...given })),
  DeliveryImageSpec: (given) => delivery({ image: { directory: '.', ...given }, registry: { imageRepositoryUri: 'x', modelName: 'churn', grantPushImages: () => new gcp.Grant([]) } }),
  DeliveryPipelineIntent: delivery,
  DeliveryPipelineOptions: delivery,
  DriftSpec: (given) => monitoring({ drift: given }),
  EncryptionKeyProps: (given) => config((stack) => new gcp.EncryptionKey(stack, 'Key', given)),
  ExperimentTrackerAttributes: (given) => gcp.ExperimentTracker.fromAttributes(googleStack(), 'Tracking', {
    trackingUri: 'https://mlflow.example', serviceName: 'mlflow', ...given,
  }).publicAddress,
  ExperimentTrackerIntent: tracker,
  ExperimentTrackerOptions: tracker,
  FeastOptions: (given) => config((stack, data) => {
    const group = { ...GROUP, features: [...GROUP.features, { name: 'plan', valueType: core.FeatureType.STRING }] };
    const made = new gcp.FeatureStore(stack, 'Features', { data, featureGroups: [group] });
    new gcp.Integrations(stack, 'Integrations', { data, features: made, use: [core.Integration.feast({ featureGroups: [group], ...given })] });
  }),
  FeatureGroupOptions: (given) => features({ groupOptions: { customers: given } }),
  FeatureGroupSpec: (given) => features({}, given),
  FeatureStoreOptions: features,
  FlexStartOptions: (given) => training({ compute: { accelerator: core.Accelerator.NVIDIA_L4 }, capacity: gcp.VertexCapacity.flexStart(given) }),
  GitHubActionsOptions: (given) => delivery({ engine: gcp.DeliveryEngine.gitHubActions(given) }),
  GoogleProjectProps: (given) => {
    const stack = googleStack(given);
    new gcp.DataLake(stack, 'Data');
    return synthesized(stack);
  },
  GovernanceGuardrailsOptions: (given) => guardrails({ orgPolicies: 'orgPolicyDryRun' in given || 'cmekServices' in given, ...given }),
  HostedSystemOptions: hosted,
  IntegrationsOptions: (given) => integrations(() => core.Integration.prefect(), given),
  LinearOptions: (given) => core.Rollout.linear(given),
  MlflowOptions: (given) => integrations(() => core.Integration.mlflow(given)),
  ModelCardSpec: (given) => guardrails({ modelCard: { ...CARD, ...given } }),
  ModelQualitySpec: (given) => monitoring({ modelQuality: { gates: GATES, ...given } }),
  ModelRegistryAttributes: (given) => gcp.ModelRegistry.fromAttributes(googleStack(), 'Registry', {
    modelName: 'churn',
    modelId: 'churn',
    approvalTopicId: 'projects/p/topics/t',
    imageRepository: 'projects/p/locations/l/repositories/i',
    templateRepository: 'projects/p/locations/l/repositories/t',
    ...given,
  }).isApprovalAutomatic,
  ModelRegistryIntent: approving,
  ModelRegistryOptions: registry,
  MonitoringIntent: monitoring,
  MonitoringStackOptions: monitoring,
  NotebookGpuOptions: (given) => gcp.NotebookMachine.gpu(core.Accelerator.NVIDIA_T4, given),
  PachydermOptions: (given) => integrations(() => core.Integration.pachyderm({ endpoint: 'https://pachyderm.example.com', token: SECRET, ...given })),
  PrefectOptions: (given) => integrations(() => core.Integration.prefect(given)),
  PrivateNetworkProps: (given) => config((stack) => new gcp.PrivateNetwork(stack, 'Network', given)),
  PromotedRegistryProps: (given) => config((stack, data) => gcp.ModelRegistry.promotedFrom(stack, 'Registry', {
    stage: 'prod', modelName: 'churn', trainingProjectId: 'churn-dev', data, ...given,
  })),
  ScalingSpec: (given) => serving({ serving: core.Serving.realTime({ scaling: given }) }),
  ServerlessServingOptions: (given) => serverless(core.Serving.serverless(given)),
  ServiceLevelSpec: (given) => monitoring({ serviceLevel: given }, (made) => made.addObjective()),
  ServicePerimeterOptions: (given) => guardrails({ perimeter: { accessPolicyId: '123', ...given } }),
  ServingContainer: (given) => training({ servingContainer: given }),
  ServingEndpointAttributes: endpoint,
  ServingEndpointIntent: serving,
  ServingEndpointOptions: serving,
  TectonOptions: (given) => integrations(() => core.Integration.tecton({ endpoint: 'https://shop.tecton.ai', apiKey: SECRET, ...given })),
  TimeOfDay: (given) => core.Schedule.daily(given),
  TimeOfWeek: (given) => core.Schedule.weekly(given),
  TrainingPipelineOptions: training,
  TrainingSpec: training,
  VertexBatchServingOptions: (given) => serving({ serving: gcp.VertexServing.batch(given) }),
  VertexPipelineOptions: (given) => training({ template: gcp.VertexPipeline.template(TEMPLATE, given) }),
  WeightsAndBiasesOptions: (given) => integrations(() => core.Integration.weightsAndBiases({ entity: 'shop', apiKey: SECRET, ...given })),
  WorkspaceIntent: workspace,
  WorkspaceOptions: workspace,
};

const WORDS = { ...core, ...gcp };
const ROWS = core.Parity.ROWS.filter(({ cloud }) => cloud === core.Cloud.GCP);
const isRefused = (owner: string, prop: string) =>
  ROWS.some((row) => row.intent === owner && row.prop === prop && row.support === core.Support.REFUSED);
/** What the services take by themselves, and what has a name of the project in it. */
const LEFT_OUT = ['DataQualityScan.samplingPercent', 'VertexBatchServingOptions.batchSize', 'GovernanceGuardrailsOptions.allowedLocations'];

const defaults = [...documentedDefaults('core'), ...documentedDefaults('gcp')]
  .filter(({ owner, prop }) => !isRefused(owner, prop) && !LEFT_OUT.includes(`${owner}.${prop}`));

test.each(defaults)('$owner: $prop is $literal when nothing is said', ({ owner, prop, literal }) => {
  const meaning = MEANING[owner];
  expect(meaning({ [prop]: valueOf(literal, WORDS) })).toEqual(meaning({ [prop]: undefined }));
});
