import { TerraformStack, TerraformVariable, Testing, Token } from 'cdktf';
import { Construct } from 'constructs';
import {
  Accelerator, Capacity, ContainerImage, FeatureType, Policies, QualityGate, RiskRating, Schedule, Serving, Trigger,
} from '../../src/core';
import {
  CloudRunServing,
  DataLake,
  DataQualityRule,
  DeliveryEngine,
  DeliveryPipeline,
  EncryptionKey,
  EndpointAccess,
  EndpointMetrics,
  ExperimentTracker,
  FeatureGroup,
  FeatureStore,
  GoogleProject,
  GovernanceGuardrails,
  Grant,
  IDataLake,
  IServingEndpoint,
  Level0Blueprint,
  MlopsPolicies,
  ModelRegistry,
  ModelSource,
  MonitoringStack,
  NotebookMachine,
  OnlineStorage,
  Principal,
  PrivateNetwork,
  ServiceAccount,
  ServingEndpoint,
  TrainingPipeline,
  VertexPipeline,
  VertexServing,
  Workspace,
} from '../../src/gcp';
import { googleProblems } from '../support/google-schema';
import { googleStack } from '../support/terraform';
import { proveTexts, TextSubject } from '../support/texts';

type Change = Parameters<TextSubject>[0];

const KEY = 'projects/my-project/locations/europe-west4/keyRings/ring/cryptoKeys/key';
const IMAGE = 'europe-west4-docker.pkg.dev/my-project/churn/workload@sha256:abc';
const LAKE = {
  rawBucketName: 'raw',
  artifactBucketName: 'artifacts',
  featureDatasetId: 'features',
  captureDatasetId: 'capture',
  encryptionKeyId: KEY,
};
const REPOSITORIES = {
  imageRepository: 'projects/my-project/locations/europe-west4/repositories/images',
  templateRepository: 'projects/my-project/locations/europe-west4/repositories/templates',
};
const GROUP = {
  name: 'customers',
  entityKey: 'id',
  eventTime: 'at',
  features: [{ name: 'id', valueType: FeatureType.STRING }, { name: 'at', valueType: FeatureType.STRING }, { name: 'spent', valueType: FeatureType.FLOAT }],
};
const STAGE = { name: 'prod', projectId: 'prod-project', projectNumber: '210987654321' };
const PEM = '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZI\n-----END PUBLIC KEY-----\n';
const TEMPLATE = 'https://europe-west4-kfp.pkg.dev/my-project/pipelines/churn/v1';
const image = ContainerImage.fromUri(IMAGE);

/** A stack that holds as little as can be: what a construct needs comes in from elsewhere. */
class World {
  public readonly stack: TerraformStack = googleStack();

  public constructor() {
    new TerraformVariable(this.stack, 'text', { type: 'string' });
  }

  public get data(): IDataLake {
    return (
      (this.stack.node.tryFindChild('Data') as unknown as IDataLake) ??
      DataLake.fromAttributes(this.stack, 'Data', LAKE)
    );
  }

  public get registry(): ModelRegistry {
    return (
      (this.stack.node.tryFindChild('Registry') as ModelRegistry) ??
      new ModelRegistry(this.stack, 'Registry', { data: this.data, modelName: 'churn' })
    );
  }

  public serve(change: Change = {}): ServingEndpoint {
    return new ServingEndpoint(this.stack, 'Serving', {
      data: this.data,
      model: ModelSource.latestApproved(this.registry),
      ...change,
    });
  }

  public train(change: Change = {}): TrainingPipeline {
    return new TrainingPipeline(this.stack, 'Training', { data: this.data, registry: this.registry, image, ...change });
  }

  public watch(change: Change = {}): MonitoringStack {
    return new MonitoringStack(this.stack, 'Monitoring', { data: this.data, ...change });
  }

  public govern(change: Change = {}): void {
    new GovernanceGuardrails(this.stack, 'Governance', {
      data: this.data,
      auditLog: false,
      cloudGuardrails: false,
      policyChecks: false,
      ...change,
    });
  }

  public deliver(change: Change = {}): DeliveryPipeline {
    return new DeliveryPipeline(this.stack, 'Delivery', {
      registry: this.registry,
      repository: 'example/churn',
      stateBucketName: 'state',
      ...change,
    });
  }

  public features(group: Change = {}, change: Change = {}): FeatureStore {
    return new FeatureStore(this.stack, 'Features', {
      data: this.data,
      featureGroups: [{ ...GROUP, ...group }],
      ...change,
    });
  }

  public work(change: Change = {}): Workspace {
    return new Workspace(this.stack, 'Work', { data: this.data, users: ['ada'], ...change });
  }

  public scan(change: Change): void {
    this.watch({ dataQuality: [{ tableId: 'table', rules: [DataQualityRule.complete('id')], ...change }] });
  }
}

/** What a change becomes: the problems of its stack. */
const of = (make: (world: World, change: any) => unknown): TextSubject => (change) => {
  const world = new World();
  make(world, change);
  return googleProblems(world.stack);
};

/** An endpoint of another tool, with metrics of its own. */
class Foreign extends Construct implements IServingEndpoint {
  public readonly mode = 'foreign';
  public readonly endpointId = 'foreign';

  public constructor(scope: Construct, public readonly metrics: EndpointMetrics) {
    super(scope, 'Foreign');
  }

  public grantInvoke(): Grant {
    return Grant.all([]);
  }
}

const scanned = (rule: (change: any) => DataQualityRule) =>
  of((world, change) => world.scan({ rules: [rule(change)] }));
const principal = (make: (email: string) => ReturnType<typeof Principal.user>) =>
  of((world, { email = 'ada@example.com' }) => world.data.grantRead(make(email)));
const given = <T>(change: any, name: string, otherwise: T): T => (name in change ? change[name] : otherwise);

proveTexts({
  folders: ['core', 'gcp'],
  token: Token.asString({ creationStack: [], resolve: () => '${var.text}', toString: () => '' }),
  exempt: {
    'QuotaNeed': 'is an output',
    'HostedSystemOptions': 'integrations have tests of their own',
    'IntegrationsOptions': 'integrations have tests of their own',
    'Integrations.connectionOf': 'integrations have tests of their own',
    'Integrations.followTraining': 'integrations have tests of their own',
    'IntegrationsProps': 'integrations have tests of their own',
  },
  calledAs: {
    'FeatureStore.featureGroup.name': 'featureGroup',
    'ModelSource.version.resourceName': 'model.version',
    'DataLakeAttributes.encryptionKeyId': 'encryptionKeyId|keyId',
    'DataQualityRule.oneOf.values': 'values|oneOf',
    'MonitoringStackOptions.driftMachineType': 'driftMachineType|machineType',
    'FeatureGroup.metricFilter.metricName': 'metricName|query',
    'ServingEndpoint.metricFilter.metricName': 'metricName|query',
    'Workspace.grantOpen.user': 'user',
  },
  subjects: {
    // The neutral vocabulary.
    'Capacity.reserved': of((world, change) =>
      world.train({
        machineType: 'a2-highgpu-1g',
        capacity: Capacity.reserved(
          given(change, 'reservation', 'projects/my-project/zones/europe-west4-a/reservations/gpus'),
        ),
      }),
    ),
    'ContainerImage.fromUri': of((world, change) =>
      world.train({ image: ContainerImage.fromUri(given(change, 'uri', IMAGE)) }),
    ),
    'ContainerImage.fromDirectory': of((_, change) =>
      ContainerImage.fromDirectory(given(change, 'directory', 'examples/workload')),
    ),
    'ImageDirectoryOptions': of((_, change) => ContainerImage.fromDirectory('examples/workload', change)),
    'DeliveryStageSpec': of((world, change) =>
      world.deliver({ stages: [{ name: 'dev', ...change }, { name: 'live' }] }),
    ),
    'DeliveryPipelineIntent': of((world, change) => world.deliver(change)),
    'FeatureSpec': of((world, change) =>
      world.features({ features: [...GROUP.features, { name: 'age', valueType: FeatureType.INTEGER, ...change }] }),
    ),
    'FeatureGroupSpec': of((world, change) => world.features(change)),
    'FeatureStoreIntent': of((world, change) => world.features({}, change)),
    'BudgetSpec': of((world, change) =>
      world.govern({
        billingAccount: '012345-6789AB-CDEF01',
        budget: { monthlyUsd: 100, alertEmails: ['a@example.com'], ...change },
      }),
    ),
    'ModelCardSpec': of((world, change) =>
      world.govern({ modelCard: { intendedUse: 'tests', owner: 'tests', riskRating: RiskRating.LOW, ...change } }),
    ),
    'GovernanceIntent': of((world, change) => world.govern(change)),
    'ProductSpec': of(
      (world, change) => new Level0Blueprint(world.stack, 'Mlops', { modelName: 'churn', image, ...change }),
    ),
    'ModelRegistryIntent': of(
      (world, change) => new ModelRegistry(world.stack, 'Registry', { data: world.data, ...change }),
    ),
    'ModelQualitySpec': of((world, change) =>
      world.watch({
        registry: world.registry,
        image,
        endpoint: world.serve({ capture: {} }),
        modelQuality: { gates: [QualityGate.atLeast('auc', 0.9)], ...change },
      }),
    ),
    'MonitoringIntent': of((world, change) => world.watch(change)),
    'QualityGate.atLeast': of((world, change) =>
      world.train({ qualityGates: [QualityGate.atLeast(given(change, 'metric', 'auc'), 1)] }),
    ),
    'QualityGate.atMost': of((world, change) =>
      world.train({ qualityGates: [QualityGate.atMost(given(change, 'metric', 'rmse'), 1)] }),
    ),
    'TimeOfDay': of((world, change) => world.train({ triggers: [Trigger.schedule(Schedule.daily(change))] })),
    'Schedule.cron': of((world, change) =>
      world.train({
        triggers: [Trigger.schedule(Schedule.cron(given(change, 'expression', '15 6 1 * *'), change.timeZone))],
      }),
    ),
    'BatchServingOptions': of((world, change) => world.serve({ serving: Serving.batch(change) })),
    'TrainingSpec': of((world, change) => world.train(change)),
    'Trigger.newData': of((world, change) =>
      world.train({ triggers: [Trigger.newData(given(change, 'prefix', 'incoming/'))] }),
    ),
    'WorkspaceIntent': of((world, change) => world.work(change)),

    // Google Cloud's own.
    'CloudRunServingOptions': of((world, change) => world.serve({ image, serving: CloudRunServing.service(change) })),
    'DataLakeProps': of((world, change) => new DataLake(world.stack, 'Lake', change)),
    'DataLakeAttributes': of((world, change) => {
      const data = DataLake.fromAttributes(world.stack, 'Lake', { ...LAKE, ...change });
      data.grantRead(Principal.user('ada@example.com'));
      new FeatureStore(world.stack, 'Features', { data, featureGroups: [{ ...GROUP, online: false }] });
      const registry = new ModelRegistry(world.stack, 'Registry', { data, modelName: 'churn' });
      new ServingEndpoint(world.stack, 'Serving', { data, model: ModelSource.latestApproved(registry), capture: {} });
    }),
    'DataLake.grantRead': of((world, { prefix }) =>
      new DataLake(world.stack, 'Lake').grantRead(Principal.user('ada@example.com'), prefix),
    ),
    'DataLake.grantReadWrite': of((world, { prefix }) =>
      new DataLake(world.stack, 'Lake').grantReadWrite(Principal.user('ada@example.com'), prefix),
    ),
    'DataQualityScan': of((world, change) => world.scan(change)),
    'DataQualityRule.complete': scanned((change) => DataQualityRule.complete(given(change, 'column', 'id'))),
    'DataQualityRule.unique': scanned((change) => DataQualityRule.unique(given(change, 'column', 'id'))),
    'DataQualityRule.between': scanned((change) => DataQualityRule.between(given(change, 'column', 'id'), 0, 1)),
    'DataQualityRule.oneOf': scanned((change) =>
      DataQualityRule.oneOf(given(change, 'column', 'id'), given(change, 'values', ['a'])),
    ),
    'DataQualityRule.matches': scanned((change) =>
      DataQualityRule.matches(given(change, 'column', 'id'), given(change, 'regex', '^a')),
    ),
    'DataQualityRule.rows': scanned((change) => DataQualityRule.rows(given(change, 'sqlExpression', 'a > b'))),
    'DataQualityRule.table': scanned((change) => DataQualityRule.table(given(change, 'sqlExpression', 'COUNT(*) > 1'))),
    'GitHubActionsOptions': of((world, change) => world.deliver({ engine: DeliveryEngine.gitHubActions(change) })),
    'CloudBuildOptions': of((world, change) =>
      world.deliver({
        stages: [{ name: 'prod' }],
        engine: DeliveryEngine.cloudBuild({
          connectedRepository: 'projects/my-project/locations/europe-west4/connections/hub/repositories/churn',
          builderImage: IMAGE,
          ...change,
        }),
      }),
    ),
    'DeliveryImageSpec': of((world, change) => world.deliver({ image: { directory: '.', ...change } })),
    'DeliveryPipelineOptions': of((world, change) => world.deliver(change)),
    'DeliveryPipeline.deployer': of((world, change) =>
      world.data.grantRead(world.deliver().deployer(given(change, 'stage', 'dev'))),
    ),
    'EncryptionKey.fromKeyId': of(
      (world, change) =>
        new DataLake(world.stack, 'Lake', {
          encryptionKey: EncryptionKey.fromKeyId(world.stack, 'Key', given(change, 'keyId', KEY)),
        }),
    ),
    'EncryptionKey.grantServiceAgent': of((world, change) =>
      new EncryptionKey(world.stack, 'Key').grantServiceAgent(given(change, 'service', 'storage')),
    ),
    'EndpointAccess.privateServiceConnect': of((world, change) =>
      world.serve({ access: EndpointAccess.privateServiceConnect(given(change, 'projectIds', ['my-project'])) }),
    ),
    'ExperimentTrackerOptions': of(
      (world, change) => new ExperimentTracker(world.stack, 'Tracking', { data: world.data, ...change }),
    ),
    'ExperimentTrackerAttributes': of((world, change) => {
      const tracking = ExperimentTracker.fromAttributes(world.stack, 'Tracking', {
        trackingUri: 'https://mlflow-ab12.a.run.app',
        serviceName: 'mlflow',
        ...change,
      });
      tracking.grantUse(Principal.user('ada@example.com'));
      world.work({ tracking });
    }),
    'FeatureGroupAttributes': of((world, change) => {
      const group = FeatureGroup.fromAttributes(world.stack, 'Group', {
        featureGroupName: 'customers',
        datasetId: 'features',
        tableId: 'customers',
        historyId: 'customers_history',
        onlineStoreName: 'store',
        featureViewName: 'customers',
        ...change,
      });
      group.grantRead(Principal.user('ada@example.com'));
      group.grantWrite(Principal.user('ada@example.com'));
      group.grantReadOffline(Principal.user('bob@example.com'));
      FeatureStore.fromFeatureGroups(world.stack, 'Store', { customers: group });
    }),
    'FeatureGroup.metricFilter': of((world, change) =>
      world.watch().addAlert('Alert', {
        title: 'Old',
        query: world
          .features()
          .featureGroup('customers')
          .metricFilter(given(change, 'metricName', 'x')),
        runbook: 'Look.',
      }),
    ),
    'FeatureStore.featureGroup': of((world, change) =>
      world.features().featureGroup(given(change, 'name', 'customers')),
    ),
    'GoogleProjectProps': (change) => {
      const stack = new TerraformStack(Testing.app(), 'Other');
      new TerraformVariable(stack, 'text', { type: 'string' });
      new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4', ...change });
      new ModelRegistry(stack, 'Registry', { data: new DataLake(stack, 'Data'), modelName: 'churn' });
      return googleProblems(stack);
    },
    'BinaryAuthorizationOptions': of((world, change) =>
      world.govern({ cloudGuardrails: true, binaryAuthorization: { publicKeyPem: PEM, ...change } }),
    ),
    'ServicePerimeterOptions': of((world, change) =>
      world.govern({ cloudGuardrails: true, servicePerimeter: { accessPolicyId: '123456', ...change } }),
    ),
    'GovernanceGuardrailsOptions': of((world, change) =>
      world.govern({
        auditLog: true,
        cloudGuardrails: true,
        orgPolicies: true,
        billingAccount: '012345-6789AB-CDEF01',
        budget: { monthlyUsd: 100, alertEmails: ['a@example.com'] },
        ...change,
      }),
    ),
    'MlopsPolicies.acknowledge': of((world, change) => {
      MlopsPolicies.acknowledge(
        world.registry,
        given(change, 'id', Policies.ALL[0].id),
        given(change, 'reason', 'Tests look at it.'),
      );
      MlopsPolicies.applyTo(world.registry);
    }),
    'PromotionStage': of(
      (world, change) =>
        new ModelRegistry(world.stack, 'Registry', {
          data: new DataLake(world.stack, 'Lake'),
          modelName: 'churn',
          promotion: { stages: [{ ...STAGE, ...change }] },
        }),
    ),
    'ModelRegistryOptions': of(
      (world, change) =>
        new ModelRegistry(world.stack, 'Registry', { data: world.data, modelName: 'churn', ...change }),
    ),
    'PromotedRegistryProps': of((world, change) =>
      ModelRegistry.promotedFrom(world.stack, 'Registry', {
        data: world.data,
        stage: 'prod',
        modelName: 'churn',
        trainingProjectId: 'dev-project',
        ...change,
      }),
    ),
    'ModelRegistryAttributes': of((world, change) => {
      const registry = ModelRegistry.fromAttributes(world.stack, 'Registry', {
        modelName: 'churn',
        approvalTopicId: 'projects/my-project/topics/approvals',
        ...REPOSITORIES,
        ...change,
      });
      new ServingEndpoint(world.stack, 'Serving', { data: world.data, model: ModelSource.latestApproved(registry) });
      registry.grantApprove(Principal.user('ada@example.com'));
      registry.grantPullImages(Principal.user('ada@example.com'));
      registry.grantReadTemplates(Principal.user('ada@example.com'));
    }),
    'ModelArtifactOptions': of((world, change) =>
      world.serve({ model: ModelSource.artifact({ artifactUri: 'gs://models/churn', image, ...change }) }),
    ),
    'ModelSource.version': of((world, change) =>
      world.serve({
        model: ModelSource.version(
          given(change, 'resourceName', 'projects/my-project/locations/europe-west4/models/churn@3'),
        ),
      }),
    ),
    'MonitoringStackOptions': of((world, change) =>
      world.watch({ registry: world.registry, image, endpoint: world.serve({ capture: {} }), drift: {}, ...change }),
    ),
    'AlertProps': of((world, change) =>
      world.watch().addAlert('Alert', { title: 'Slow', query: 'up == 0', runbook: 'Look.', ...change }),
    ),
    'NotebookGpuOptions': of((world, change) =>
      world.work({ machine: NotebookMachine.gpu(Accelerator.NVIDIA_T4, change) }),
    ),
    'NotebookMachine.cpu': of((world, change) =>
      world.work({ machine: NotebookMachine.cpu(given(change, 'machineType', 'e2-standard-4')) }),
    ),
    'OptimizedStorageOptions': of((world, change) =>
      world.features({}, { onlineStorage: OnlineStorage.optimized(change) }),
    ),
    'Principal.user': principal((email) => Principal.user(email)),
    'Principal.group': principal((email) => Principal.group(email)),
    'Principal.serviceAccount': principal((email) => Principal.serviceAccount(email)),
    'NetworkAttributes': (change) => {
      const network = PrivateNetwork.fromAttributes({
        networkId: 'projects/my-project/global/networks/net',
        subnetworkId: 'projects/my-project/regions/europe-west4/subnetworks/sub',
        ...change,
      });
      const stack = googleStack({ network });
      new TerraformVariable(stack, 'text', { type: 'string' });
      const data = DataLake.fromAttributes(stack, 'Data', LAKE);
      new Workspace(stack, 'Work', {
        data,
        tracking: new ExperimentTracker(stack, 'Tracking', { data }),
        users: ['ada'],
      });
      return googleProblems(stack);
    },
    'PrivateNetworkProps': of((world, change) => void new PrivateNetwork(world.stack, 'Net', change).privateServices),
    'ServiceAccountProps': of(
      (world, change) => new ServiceAccount(world.stack, 'Account', { displayName: 'tests', ...change }),
    ),
    'ServiceAccount.fromEmail': of((world, change) =>
      world.data.grantRead(
        ServiceAccount.fromEmail(
          world.stack,
          'Account',
          given(change, 'email', 'jobs@my-project.iam.gserviceaccount.com'),
        ),
      ),
    ),
    'ServingContainer': of((world, change) => world.train({ servingContainer: change })),
    'EndpointMetrics': of((world, change) =>
      world.watch({
        endpoint: new Foreign(world.stack, {
          requests: 'custom_requests',
          serverErrors: 'custom_errors',
          clientErrors: 'custom_client_errors',
          latency: 'custom_latency_bucket',
          ...change,
        }),
      }),
    ),
    'ServingEndpointOptions': of((world, change) => world.serve(change)),
    'ServingEndpointAttributes': of((world, change) => {
      const endpoint = ServingEndpoint.fromAttributes(world.stack, 'Serving', {
        endpointId: '1234567890',
        workflowName: 'rollout',
        captureTable: 'my-project.capture.churn',
        ...change,
      });
      endpoint.grantInvoke(Principal.user('ada@example.com'));
      world.watch({ endpoint, registry: world.registry, image, drift: {} });
    }),
    'ServingEndpoint.metricFilter': of((world, change) =>
      world.watch().addAlert('Alert', {
        title: 'Replicas',
        query: world.serve().metricFilter(given(change, 'metricName', 'replicas')),
        runbook: 'Look.',
      }),
    ),
    'TrainingPipelineOptions': of((world, change) => world.train(change)),
    'VertexPipelineOptions': of((world, change) =>
      world.train({ template: VertexPipeline.template(TEMPLATE, change) }),
    ),
    'VertexPipeline.template': of((world, change) =>
      world.train({ template: VertexPipeline.template(given(change, 'templateUri', TEMPLATE)) }),
    ),
    'VertexBatchServingOptions': of((world, change) => world.serve({ serving: VertexServing.batch(change) })),
    'WorkspaceOptions': of((world, change) => world.work(change)),
    'Workspace.serviceAccountOf': of((world, change) =>
      world.data.grantRead(world.work().serviceAccountOf(given(change, 'user', 'ada'))),
    ),
    'Workspace.addressOf': of((world, change) => world.work().addressOf(given(change, 'user', 'ada'))),
    'Workspace.grantOpen': of((world, change) =>
      world.work().grantOpen(Principal.user('ada@example.com'), given(change, 'user', 'ada')),
    ),
  },
});
