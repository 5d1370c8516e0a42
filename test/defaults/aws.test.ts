import { App, aws_ec2 as ec2, aws_s3 as s3, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as aws from '../../src/aws';
import * as core from '../../src/core';
import { documentedDefaults, valueOf } from '../support/documented-defaults';
import { FakeEndpoint } from '../support/fake-endpoint';
import { integrationsOn } from '../support/integration-defaults';
import { ARTIFACT, IMAGE } from '../support/serving';

/** A stack with a lake in it, as a template. */
function template(make: (stack: Stack, data: aws.DataLake) => void, dataProps: aws.DataLakeProps = {}): unknown {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false, analyticsReporting: false }), 'Stack');
  make(stack, new aws.DataLake(stack, 'Data', dataProps));
  return Template.fromStack(stack).toJSON();
}

const GROUP: core.FeatureGroupSpec = {
  name: 'customers',
  entityKey: 'id',
  eventTime: 'at',
  features: [{ name: 'id', valueType: core.FeatureType.STRING }, { name: 'at', valueType: core.FeatureType.STRING }],
};
const CONNECTION = 'arn:aws:codeconnections:eu-west-1:111111111111:connection/0aaaaaaa-0000-0000-0000-000000000000';
const CARD = { intendedUse: 'Tests', owner: 'Tests' };
const BUDGET = { monthlyUsd: 100, alertEmails: ['a@example.com'] };
const GATES = [core.QualityGate.atLeast('auc', 0.8)];

const lake = (given: object) => template(() => {}, given);
const training = (given: object) => template((stack, data) =>
  new aws.TrainingPipeline(stack, 'Training', { data, image: IMAGE, registry: new aws.ModelRegistry(stack, 'Registry'), ...given }));
const tracker = (given: object) => template((stack, data) => new aws.ExperimentTracker(stack, 'Tracking', { data, ...given }));
const workspace = (given: object) => template((stack, data) => new aws.Workspace(stack, 'Workspace', { data, ...given }));
const features = (given: object, spec: object = {}) => template((stack, data) =>
  new aws.FeatureStore(stack, 'Features', { data, featureGroups: [{ ...GROUP, ...spec }], ...given }));
const group = (options: object) => features({ groupOptions: { customers: options } });
const registryWith = (given: object) => template((stack) => new aws.ModelRegistry(stack, 'Registry', given));
const approving = (given: object) => template((stack, data) =>
  new aws.TrainingPipeline(stack, 'Training', { data, image: IMAGE, registry: new aws.ModelRegistry(stack, 'Registry', given) }));
const serving = (given: object) => template((stack, data) =>
  new aws.ServingEndpoint(stack, 'Serving', { data, model: aws.ModelSource.latestApproved(new aws.ModelRegistry(stack, 'Registry')), ...given }));
const realTime = (options: object) => serving({ serving: core.Serving.realTime(options) });
const guardrails = (given: object) => template((stack, data) =>
  new aws.GovernanceGuardrails(stack, 'Governance', { data, modelCard: CARD, budget: BUDGET, policyChecks: false, ...given }));
const monitoring = (given: object) => template((stack, data) => {
  const registry = new aws.ModelRegistry(stack, 'Registry');
  new aws.MonitoringStack(stack, 'Monitoring', {
    data,
    registry,
    image: IMAGE,
    endpoint: new FakeEndpoint(stack, 'Serving', { captureBucket: data.artifactBucket, instanceType: 'ml.m5.large' }).asEndpoint(),
    training: new aws.TrainingPipeline(stack, 'Training', { data, image: IMAGE, registry }),
    drift: { retrain: true },
    ...given,
  });
});
const delivery = (given: object) => {
  let workflow: string | undefined;
  return [template((stack) => { ({ workflow } = new aws.DeliveryPipeline(stack, 'Delivery', { repository: 'acme/churn', ...given })); }), workflow];
};

const privateVpc = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['subnet-1', 'subnet-2'],
});
const integrations = (given: object) => template((stack, data) => {
  new aws.Integrations(stack, 'Integrations', { use: [core.Integration.prefect()], data, vpc: privateVpc(stack), ...given });
});
const kubernetes = (given: object) => template((stack, data) => {
  new aws.KubernetesPlatform(stack, 'Kubernetes', { data, vpc: privateVpc(stack), ...given });
});
/** What is told of a system, or why it is refused. */
const told = (integration: () => core.Integration) => {
  const stack = new Stack();
  try {
    const { connections: [{ environment }] } = new aws.Integrations(stack, 'Integrations', { use: [integration()], data: new aws.DataLake(stack, 'Data') });
    return environment;
  } catch (error) {
    return (error as Error).message;
  }
};
const KEY = core.SecretName.of('api-key');

/** What a struct's props come to. */
const MEANING: { readonly [owner: string]: (given: any) => unknown } = {
  ...integrationsOn('aws'),
  AsynchronousServingOptions: (given) => serving({ serving: aws.SageMakerServing.asynchronous(given) }),
  BatchServingOptions: (given) => serving({ serving: core.Serving.batch(given) }),
  BlueprintProps: (given) => template((stack) => new aws.Level0Blueprint(stack, 'Mlops', { modelName: 'churn', image: IMAGE, ...given })),
  BudgetSpec: (given) => guardrails({ budget: { ...BUDGET, ...given } }),
  CanaryOptions: (given) => core.Rollout.canary(given),
  CaptureSpec: (given) => serving({ capture: given }),
  CodePipelineOptions: (given) => delivery({ engine: aws.DeliveryEngine.codePipeline({ connectionArn: CONNECTION, ...given }) }),
  ComputeSpec: (given) => training({ compute: { accelerator: 'acceleratorCount' in given ? core.Accelerator.NVIDIA_T4 : undefined, ...given } }),
  DatadogOptions: (given) => told(() => core.Integration.datadog({ apiKey: KEY, service: 'churn', ...given })),
  DataLakeIntent: lake,
  DataLakeProps: lake,
  DataQualityRules: (given) => monitoring({ dataQuality: [{ tableName: 'customers', rules: ['IsComplete "id"'], ...given }] }),
  DeliveryPipelineIntent: delivery,
  DeliveryPipelineProps: delivery,
  DriftSpec: (given) => monitoring({ drift: given }),
  ExperimentTrackerIntent: tracker,
  ExperimentTrackerOptions: tracker,
  FeatureGroupAttributes: (given) => features({}, given),
  FeastOptions: (given) => told(() => core.Integration.feast({ featureGroups: [GROUP], ...given })),
  FeatureGroupOptions: group,
  FeatureGroupSpec: (given) => features({}, given),
  FeatureStoreOptions: features,
  GitHubActionsOptions: (given) => delivery({ engine: aws.DeliveryEngine.gitHubActions(given) }),
  GovernanceGuardrailsOptions: guardrails,
  ImageDirectoryOptions: (given) => training({ image: core.ContainerImage.fromDirectory('examples/workload', given) }),
  InferenceComponentServingOptions: (given) => serving({ serving: aws.SageMakerServing.inferenceComponents({ compute: { vcpus: 1 }, ...given }) }),
  IntegrationServerOptions: (given) => integrations({ servers: { prefect: given } }),
  IntegrationsOptions: integrations,
  KubernetesPlatformProps: kubernetes,
  LinearOptions: (given) => core.Rollout.linear(given),
  MlflowOptions: (given) => integrations({ use: [core.Integration.mlflow(given)] }),
  ModelCardSpec: (given) => guardrails({ modelCard: { ...CARD, ...given } }),
  ModelMonitorLegacyOptions: (given) => monitoring({ legacyModelMonitor: { imageUri: IMAGE.uri, baselinePrefix: 'evaluation/baseline/', ...given } }),
  ModelQualitySpec: (given) => monitoring({ modelQuality: { gates: GATES, ...given } }),
  ModelRegistryIntent: approving,
  ModelRegistryOptions: registryWith,
  MonitoringIntent: monitoring,
  MonitoringStackOptions: monitoring,
  MultiModelServingOptions: (given) => serving({
    serving: aws.SageMakerServing.multiModel(given), model: aws.ModelSource.artifact({ image: IMAGE, key: 'training/models/' }),
  }),
  ProvisionedUnits: (given) => group({ throughput: aws.FeatureThroughput.provisioned({ writeUnits: 5, ...given }) }),
  PachydermOptions: (given) => told(() => core.Integration.pachyderm({ endpoint: 'https://pachyderm.example.com', token: KEY, ...given })),
  PrefectOptions: (given) => integrations({ use: [core.Integration.prefect(given)] }),
  RollingOptions: (given) => aws.SageMakerRollout.rolling(given),
  ScalingSpec: (given) => realTime({ scaling: given }),
  SageMakerBatchServingOptions: (given) => serving({ serving: aws.SageMakerServing.batchTransform(given) }),
  ServerlessServingOptions: (given) => serving({ serving: core.Serving.serverless(given) }),
  ServiceLevelSpec: (given) => monitoring({ serviceLevel: given }),
  ServingEndpointAttributes: (given) => {
    const stack = new Stack();
    const captureBucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'bucket');
    return aws.ServingEndpoint.fromEndpointAttributes(stack, 'Serving', { endpointName: 'churn', captureBucket, ...given }).capturePrefix;
  },
  ServingEndpointIntent: serving,
  ServingEndpointOptions: serving,
  TimeOfDay: (given) => core.Schedule.daily(given),
  TimeOfWeek: (given) => core.Schedule.weekly(given),
  TectonOptions: (given) => told(() => core.Integration.tecton({ endpoint: 'https://shop.tecton.ai', apiKey: KEY, ...given })),
  TrackingServerOptions: (given) => tracker({ trackingServer: given }),
  TrainingPipelineOptions: training,
  TrainingSpec: training,
  WarmServerlessServingOptions: (given) => serving({ serving: aws.SageMakerServing.warmServerless(given), model: ARTIFACT }),
  WorkspaceIntent: workspace,
  WeightsAndBiasesOptions: (given) => told(() => core.Integration.weightsAndBiases({ entity: 'shop', apiKey: KEY, ...given })),
  WorkspaceOptions: workspace,
};

const WORDS = { ...core, ...aws, RemovalPolicy, StorageClass: s3.StorageClass };

/** What comes to the same in the cloud, and to another text in the template. */
const SAID_OTHERWISE = ['ImageDirectoryOptions.dockerfile', 'FeatureGroupOptions.throughput'];

const defaults = [...documentedDefaults('core'), ...documentedDefaults('aws')].filter(({ owner, prop }) => !SAID_OTHERWISE.includes(`${owner}.${prop}`));

test.each(defaults)('$owner: $prop is $literal when nothing is said', ({ owner, prop, literal }) => {
  const meaning = MEANING[owner];
  expect(meaning({ [prop]: valueOf(literal, WORDS) })).toEqual(meaning({ [prop]: undefined }));
});
