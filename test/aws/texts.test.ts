import {
  App,
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_fsx as fsx,
  aws_iam as iam,
  Lazy,
  Stack,
} from 'aws-cdk-lib';
import {
  DataLake,
  DeliveryEngine,
  DeliveryPipeline,
  ExperimentTracker,
  FeatureGroup,
  FeatureGroupOperation,
  FeatureStore,
  GovernanceGuardrails,
  IDataLake,
  IModelRegistry,
  KubernetesPlatform,
  ModelRegistry,
  ModelSource,
  MonitoringStack,
  SageMakerServing,
  ServingEndpoint,
  TrainingPipeline,
  Workspace,
} from '../../src/aws';
import { ContainerImage, FeatureType } from '../../src/core';
import { proveTexts, TextSubject } from '../support/texts';

const ACCOUNT = '111122223333';
const image = ContainerImage.fromUri(`${ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com/churn:1`);
const LAKE = {
  rawBucketName: 'raw-bucket',
  featureBucketName: 'feature-bucket',
  artifactBucketName: 'artifact-bucket',
  encryptionKeyArn: `arn:aws:kms:eu-central-1:${ACCOUNT}:key/12345678-1234-1234-1234-123456789012`,
  databaseName: 'features',
};
const GROUP = `arn:aws:sagemaker:eu-central-1:${ACCOUNT}:model-package-group/churn`;
const FEATURES = [
  { name: 'id', valueType: FeatureType.STRING }, { name: 'at', valueType: FeatureType.STRING },
];

/** A stack that holds as little as can be: what a construct needs comes in from elsewhere. */
class World {
  public readonly stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Stack', {
    env: { account: ACCOUNT, region: 'eu-central-1' },
  });
  private lake?: IDataLake;
  private versions?: IModelRegistry;

  public get data(): IDataLake {
    return (this.lake ??= DataLake.fromAttributes(this.stack, 'Data', LAKE));
  }

  public get registry() {
    return (this.versions ??= ModelRegistry.fromModelPackageGroupName(this.stack, 'Registry', 'churn'));
  }

  public get user(): iam.User {
    return new iam.User(this.stack, 'User');
  }

  public serve(change: any = {}): ServingEndpoint {
    return new ServingEndpoint(this.stack, 'Serving', {
      data: this.data,
      model: ModelSource.latestApproved(this.registry),
      ...change,
    });
  }

  public train(change: any = {}): TrainingPipeline {
    return new TrainingPipeline(this.stack, 'Training', { data: this.data, registry: this.registry, image, ...change });
  }

  public watch(change: any = {}): MonitoringStack {
    return new MonitoringStack(this.stack, 'Monitoring', { data: this.data, ...change });
  }

  public deliver(change: any = {}): DeliveryPipeline {
    return new DeliveryPipeline(this.stack, 'Delivery', {
      repository: 'acme/churn',
      stages: [{ name: 'prod' }],
      ...change,
    });
  }

  public features(): FeatureStore {
    const featureGroups = [{ name: 'customers', entityKey: 'id', eventTime: 'at', features: FEATURES }];
    return new FeatureStore(this.stack, 'Features', { data: this.data, featureGroups });
  }

  public get vpc(): ec2.IVpc {
    return ec2.Vpc.fromVpcAttributes(this.stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-central-1a', 'eu-central-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
    });
  }

  public platform(change: any = {}): KubernetesPlatform {
    const vpc = ec2.Vpc.fromVpcAttributes(this.stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a', 'eu-central-1b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    });
    return new KubernetesPlatform(this.stack, 'Kubernetes', { data: this.data, vpc, ...change });
  }

  public work(change: any = {}): Workspace {
    return new Workspace(this.stack, 'Work', { data: this.data, users: ['ada'], ...change });
  }
}

/** What a change becomes: a template, or a refusal. */
const of = (make: (world: World, change: any) => unknown): TextSubject => (change) => {
  const world = new World();
  make(world, change);
  world.stack.resolve((world.stack as any)._toCloudFormation());
  return [];
};
const given = (change: any, name: string, otherwise: unknown): any => (name in change ? change[name] : otherwise);

proveTexts({
  folders: ['aws'],
  token: Lazy.string({ produce: () => 'later' }),
  exempt: {
    'IntegrationServerOptions': 'integrations have tests of their own',
    'Integrations.connectionOf': 'integrations have tests of their own',
    'Integrations.followTraining': 'integrations have tests of their own',
    'IntegrationsOptions': 'integrations have tests of their own',
  },
  calledAs: {
    'FeatureStore.featureGroup.name': 'featureGroup',
    'ModelMonitorLegacyOptions.imageUri': 'mage',
    'ModelSource.package.modelPackageArn': 'model',
  },
  subjects: {
    'DataLakeProps': of((world, change) => new DataLake(world.stack, 'Lake', change)),
    'DataLakeAttributes': of((world, change) => {
      const data = DataLake.fromAttributes(world.stack, 'Lake', { ...LAKE, ...change });
      data.grantReadWrite(world.user);
      data.grantReadCatalog(new iam.User(world.stack, 'Other'));
    }),
    'DataLake.grantRead': of((world, { prefix }) => new DataLake(world.stack, 'Lake').grantRead(world.user, prefix)),
    'DataLake.grantReadWrite': of((world, { prefix }) =>
      new DataLake(world.stack, 'Lake').grantReadWrite(world.user, prefix),
    ),
    'DataQualityRules': of((world, change) =>
      world.watch({ dataQuality: [{ tableName: 'customers', rules: ['IsComplete "id"'], ...change }] }),
    ),
    'GitHubActionsOptions': of((world, change) => world.deliver({ engine: DeliveryEngine.gitHubActions(change) })),
    'CodePipelineOptions': of((world, change) =>
      world.deliver({
        engine: DeliveryEngine.codePipeline({
          connectionArn: `arn:aws:codeconnections:eu-central-1:${ACCOUNT}:connection/1a2b3c4d`,
          ...change,
        }),
      }),
    ),
    'DeliveryPipelineProps': of((world, change) => world.deliver(change)),
    'DeliveryPipeline.deployRole': of((world, change) => world.deliver().deployRole(given(change, 'stage', 'prod'))),
    'TrackingServerOptions': of(
      (world, change) => new ExperimentTracker(world.stack, 'Tracker', { data: world.data, trackingServer: change }),
    ),
    'ExperimentTrackerOptions': of(
      (world, change) => new ExperimentTracker(world.stack, 'Tracker', { data: world.data, ...change }),
    ),
    'KubernetesPlatformProps': of((world, change) => world.platform(change)),
    'KubernetesPlatformAttributes': of((world, change) => KubernetesPlatform.fromClusterAttributes(world.stack, 'Kubernetes', {
      clusterName: 'shared', clusterSecurityGroupId: 'sg-0123456789abcdef0', ...change,
    })),
    'WorkloadIdentity': of((world, change) =>
      world.platform().addWorkloadRole('Churn', { namespace: 'models', serviceAccount: 'churn', ...change })),
    'ExperimentTrackerAttributes': of((world, change) =>
      ExperimentTracker.fromAttributes(world.stack, 'Tracker', {
        data: world.data,
        trackingUri: `arn:aws:sagemaker:eu-central-1:${ACCOUNT}:mlflow-app/app-ABCDEFGHIJKL`,
        ...change,
      }).grantUse(world.user),
    ),
    'FeatureGroupAttributes': of((world, change) => {
      const group = FeatureGroup.fromAttributes(world.stack, 'Group', {
        featureGroupName: 'customers',
        data: world.data,
        ...change,
      });
      group.grantRead(world.user);
    }),
    'FeatureGroup.metric': of(
      (world, change) =>
        new cloudwatch.Alarm(world.stack, 'Alarm', {
          metric: (world.features().featureGroup('customers') as FeatureGroup).metric(
            given(change, 'metricName', 'Latency'),
            FeatureGroupOperation.GET_RECORD,
          ),
          threshold: 1,
          evaluationPeriods: 1,
        }),
    ),
    'FeatureStore.featureGroup': of((world, change) =>
      world.features().featureGroup(given(change, 'name', 'customers')),
    ),
    'GovernanceGuardrailsOptions': of(
      (world, change) =>
        new GovernanceGuardrails(world.stack, 'Governance', {
          data: world.data,
          auditLog: false,
          policyChecks: false,
          budget: { monthlyUsd: 100, alertEmails: ['a@example.com'] },
          ...change,
        }),
    ),
    'ModelMonitorLegacyOptions': of((world, change) =>
      world.watch({
        endpoint: world.serve({ model: ModelSource.artifact({ image, key: 'model.tar.gz' }), capture: {} }),
        legacyModelMonitor: {
          imageUri: `${ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com/monitor`,
          baselinePrefix: 'evaluation/baseline/',
          ...change,
        },
      }),
    ),
    'PromotionStage': of(
      (world, change) =>
        new ModelRegistry(world.stack, 'Registry', {
          modelName: 'churn',
          promotion: { stages: [{ name: 'prod', account: '222222222222', ...change }] },
          data: world.data,
        }),
    ),
    'PromotedRegistryProps': of((world, change) =>
      ModelRegistry.promotedFrom(world.stack, 'Registry', {
        stage: 'prod',
        modelName: 'churn',
        trainingAccount: '222222222222',
        trainingData: LAKE,
        ...change,
      }),
    ),
    'ModelRegistryOptions': of(
      (world, change) =>
        new ModelRegistry(world.stack, 'Registry', { modelName: 'churn', data: world.data, ...change }),
    ),
    'ModelRegistry.fromModelPackageGroupName': of((world, change) =>
      ModelRegistry.fromModelPackageGroupName(
        world.stack,
        'Registry',
        given(change, 'modelPackageGroupName', 'churn'),
      ).grantRead(world.user),
    ),
    'ModelRegistry.fromModelPackageGroupArn': of((world, change) =>
      ModelRegistry.fromModelPackageGroupArn(
        world.stack,
        'Registry',
        given(change, 'modelPackageGroupArn', GROUP),
      ).grantRead(world.user),
    ),
    'ModelRegistry.acceptEvents': of((world, change) =>
      ModelRegistry.acceptEvents(world.stack, 'Events', given(change, 'registryAccount', '222222222222')),
    ),
    'ModelRegistry.promotedTo': of((world, change) =>
      new ModelRegistry(world.stack, 'Registry').promotedTo(given(change, 'stage', 'prod')).grantApprove(world.user),
    ),
    'ModelArtifactOptions': of((world, change) =>
      world.serve({ model: ModelSource.artifact({ image, key: 'model.tar.gz', ...change }) }),
    ),
    'ModelSource.package': of((world, change) =>
      world.serve({
        model: ModelSource.package(
          given(change, 'modelPackageArn', `arn:aws:sagemaker:eu-central-1:${ACCOUNT}:model-package/churn/7`),
        ),
        image,
      }),
    ),
    'MonitoringStackOptions': of((world, change) =>
      world.watch({
        image,
        registry: world.registry,
        endpoint: world.serve({ capture: {} }),
        drift: {},
        ...change,
      }),
    ),
    'MonitoringStack.metricFeatureDrift': of(
      (world, change) =>
        new cloudwatch.Alarm(world.stack, 'Alarm', {
          metric: world.watch().metricFeatureDrift(given(change, 'feature', 'age')),
          threshold: 1,
          evaluationPeriods: 1,
        }),
    ),
    'MonitoringStack.metricQuality': of(
      (world, change) =>
        new cloudwatch.Alarm(world.stack, 'Alarm', {
          metric: world.watch().metricQuality(given(change, 'name', 'auc')),
          threshold: 1,
          evaluationPeriods: 1,
        }),
    ),
    'AsynchronousServingOptions': of((world, change) =>
      world.serve({ serving: SageMakerServing.asynchronous(change) }),
    ),
    'SageMakerBatchServingOptions': of((world, change) =>
      world.serve({ serving: SageMakerServing.batchTransform(change) }),
    ),
    'ServingEndpointAttributes': of((world, change) =>
      ServingEndpoint.fromEndpointAttributes(world.stack, 'Theirs', {
        endpointName: 'theirs',
        captureBucket: world.data.artifactBucket,
        ...change,
      }).grantInvoke(world.user),
    ),
    'ServingEndpointOptions': of((world, change) => world.serve(change)),
    'LustreInput': of((world, change) => {
      const { vpc } = world;
      const fileSystem = fsx.LustreFileSystem.fromLustreFileSystemAttributes(world.stack, 'Files', {
        dnsName: 'fs.example.com',
        fileSystemId: 'fs-0123456789abcdef0',
        securityGroup: ec2.SecurityGroup.fromSecurityGroupId(world.stack, 'Group', 'sg-1'),
      });
      world.train({
        vpc,
        lustreInput: { fileSystem, subnet: vpc.privateSubnets[0], directoryPath: '/fsx/dataset', ...change },
      });
    }),
    'TrainingPipelineOptions': of((world, change) => world.train(change)),
    'TrainingPipeline.triggerOnAlarm': of((world, change) =>
      world
        .train()
        .triggerOnAlarm(
          given(change, 'triggerId', 'Drifts'),
          cloudwatch.Alarm.fromAlarmArn(world.stack, 'Alarm', `arn:aws:cloudwatch:eu-central-1:${ACCOUNT}:alarm:a`),
        ),
    ),
    'TrainingPipeline.triggerOnEvent': of((world, change) =>
      world.train().triggerOnEvent(given(change, 'triggerId', 'Comes'), { source: ['acme'] }),
    ),
    'TrainingPipeline.metric': of(
      (world, change) =>
        new cloudwatch.Alarm(world.stack, 'Alarm', {
          metric: world.train().metric(given(change, 'metricName', 'ExecutionFailed')),
          threshold: 1,
          evaluationPeriods: 1,
        }),
    ),
    'WorkspaceOptions': of((world, change) => world.work(change)),
    'Workspace.grantOpen': of((world, change) => world.work().grantOpen(world.user, given(change, 'user', 'ada'))),
  },
});
