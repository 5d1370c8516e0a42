import { App, GcsBackend, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { MlopsIntent } from '../../src/core';
import * as gcp from '../../src/gcp';
import { BASE } from '../parity/samples';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';

/**
 * Props of a part that its section of a blueprint does not have; what the blueprint itself connects is named by
 * `Wired`.
 */
type Missing<Props, Section, Wired extends keyof Props> = Exclude<keyof Props, keyof NonNullable<Section> | Wired>;

/** Compiles where there are none. */
type None<T> = [T] extends [never] ? true : T;

test('a section has every prop of its part, but for what the blueprint connects', () => {
  type Of<K extends keyof gcp.BlueprintProps> = gcp.BlueprintProps[K];
  const complete: [
    None<Missing<gcp.DataLakeProps, Of<'data'>, never>>,
    None<Missing<gcp.WorkspaceProps, Of<'workspace'>, 'data' | 'tracking' | 'connections'>>,
    None<Missing<gcp.ExperimentTrackerProps, Of<'tracking'>, 'data'>>,
    None<Missing<gcp.FeatureStoreProps, Of<'features'>, 'data'>>,
    None<Missing<gcp.ModelRegistryProps, Of<'registry'>, 'data'>>,
    None<Missing<gcp.TrainingPipelineProps, Of<'training'>, 'data' | 'registry' | 'image' | 'connections' | 'servingConnections'>>,
    None<Missing<gcp.ServingEndpointProps, Of<'serving'>, 'data' | 'model' | 'image' | 'connections'>>,
    None<Missing<gcp.MonitoringStackProps, Of<'monitoring'>, 'data' | 'endpoint' | 'training' | 'registry' | 'image' | 'connections'>>,
    None<Missing<gcp.DeliveryPipelineProps, Of<'delivery'>, 'registry'>>,
    None<Missing<gcp.IntegrationsProps, Of<'integrations'>, 'data' | 'features' | 'notificationChannels'>>,
    None<Missing<gcp.GovernanceGuardrailsProps, Of<'governance'>, 'data' | 'registry'>>,
  ] = [true, true, true, true, true, true, true, true, true, true, true];
  expect(complete).toHaveLength(11);
});

test('a neutral intent is what a blueprint takes', () => {
  const intent: MlopsIntent = BASE;
  const props: gcp.BlueprintProps = intent;
  expect(props).toBe(BASE);
});

const LEVELS = { 0: gcp.Level0Blueprint, 1: gcp.Level1Blueprint, 2: gcp.Level2Blueprint };

/** The intent with a prop of Google's own in each section. */
const NATIVE: gcp.BlueprintProps = {
  ...BASE,
  alertEmails: ['ml@example.com'],
  data: { coldStorageClass: 'ARCHIVE' },
  workspace: { dataDiskSizeGb: 321, owners: { 'data-scientist': 'ada@example.com' } },
  tracking: { databaseTier: 'db-custom-2-7680' },
  features: { ...BASE.features!, onlineStorage: gcp.OnlineStorage.bigtable({ maxNodes: 7 }) },
  registry: { approvalRetentionDays: 21 },
  training: { ...BASE.training, labels: { team: 'risk' }, maxProcessingHours: 9 },
  serving: { ...BASE.serving, accessLogging: true },
  monitoring: { ...BASE.monitoring, reminderMinutes: 45, driftMachineType: 'n2-standard-8', logRetentionDays: 77 },
  delivery: { ...BASE.delivery!, image: { directory: 'workload' }, stateBucketName: 'state-of-mine' },
  governance: { ...BASE.governance, auditRetentionDays: 444, guardrailEmails: ['guards@example.com'], billingAccount: '012345-678901-ABCDEF' },
};

function level(number: 0 | 1 | 2, props: Partial<gcp.BlueprintProps> = NATIVE): TerraformConfig {
  const stack = googleStack();
  new LEVELS[number](stack, 'Mlops', { ...BASE, ...props });
  return synthesized(stack);
}

describe('a prop of Google Cloud in each section', () => {
  const config = level(2);

  test('of data reaches the bucket', () => {
    const [, , { action }] = resourceAt(config, 'google_storage_bucket', 'Data_Raw').lifecycle_rule;
    expect(action).toEqual({ storage_class: 'ARCHIVE', type: 'SetStorageClass' });
  });

  test('of workspace reaches the notebook', () => {
    const notebook = onlyResource(config, 'google_workbench_instance');
    expect(notebook.gce_setup.data_disks.disk_size_gb).toBe('321');
    expect(notebook.instance_owners).toEqual(['ada@example.com']);
  });

  test('of tracking reaches the database', () => {
    expect(onlyResource(config, 'google_sql_database_instance').settings.tier).toBe('db-custom-2-7680');
  });

  test('of features reaches the online store', () => {
    expect(onlyResource(config, 'google_vertex_ai_feature_online_store').bigtable.auto_scaling.max_node_count).toBe(7);
  });

  test('of registry reaches the topic of approvals', () => {
    expect(resourceAt(config, 'google_pubsub_topic', 'Registry_Approvals').message_retention_duration).toBe('1814400s');
  });

  test('of training reaches the workflow', () => {
    const { source_contents: source } = resourceAt(config, 'google_workflows_workflow', 'Training_Workflow');
    expect(source).toContain('"team":"risk"');
    expect(source).toContain('32400s');
  });

  test('of serving reaches the rollout', () => {
    expect(resourceAt(config, 'google_workflows_workflow', 'Serving_Rollout').source_contents).toContain('"enableAccessLogging":true');
  });

  test('of monitoring reaches alerts, drift run and logs', () => {
    expect(resourceAt(config, 'google_monitoring_alert_policy', 'ServerErrorAlert').alert_strategy).toBeDefined();
    expect(JSON.stringify(resourcesOf(config, 'google_monitoring_alert_policy'))).toContain('2700s');
    expect(resourceAt(config, 'google_workflows_workflow', 'Drift_Workflow').source_contents).toContain('n2-standard-8');
    expect(resourcesOf(config, 'google_logging_project_bucket_config').map(({ retention_days: days }) => days).sort()).toEqual([444, 77]);
  });

  test('of delivery reaches who deploys, and the image goes to the registry of the blueprint', () => {
    expect(JSON.stringify(resourcesOf(config, 'google_storage_bucket_iam_member'))).toContain('state-of-mine');
    const { delivery } = new gcp.Level2Blueprint(googleStack(), 'Mlops', NATIVE);
    expect(delivery.workflow).toMatch(/docker build .*workload/);
  });

  test('of governance reaches budget and watch', () => {
    expect(onlyResource(config, 'google_billing_budget').billing_account).toBe('012345-678901-ABCDEF');
    expect(resourcesOf(config, 'google_monitoring_notification_channel').map(({ labels }) => labels.email_address)).toContain('guards@example.com');
  });
});

test.each([0, 1] as const)('level %d lets the props wait that are about what a higher level has', (number) => {
  const config = level(number);
  expect(JSON.stringify(config)).not.toContain('guards@example.com');
  expect(resourcesOf(config, 'google_logging_project_bucket_config')).toHaveLength(2 * number);
  expect(JSON.stringify(config).includes('n2-standard-8')).toBe(number === 1);
});

test('a network attachment of a section takes the place of the network of the level', () => {
  const networkAttachment = 'projects/my-project/regions/europe-west4/networkAttachments/jobs';
  const config = level(2, { training: { networkAttachment }, delivery: NATIVE.delivery });
  expect(resourceAt(config, 'google_workflows_workflow', 'Training_Workflow').source_contents).toContain(networkAttachment);
});

describe.each([0, 1, 2] as const)('level %d refuses a name that the intent does not promise', (number) => {
  test.each(['CHURN', '9lives', 'a'.repeat(33), 'Churn Model', 'churn_model'])('%s', (modelName) => {
    expect(() => new LEVELS[number](googleStack(), 'Mlops', { ...BASE, modelName })).toThrow(new Error(`level ${number} blueprint 'Stack/Mlops': `
      + `modelName must be lower-case letters, digits and hyphens that start with a letter, at most 32, got '${modelName}'`));
  });
});

describe('parts that exist', () => {
  const CHURN: MlopsIntent = { ...BASE, features: undefined, delivery: undefined, monitoring: undefined };
  const FRAUD: MlopsIntent = { ...CHURN, modelName: 'fraud', training: { ...BASE.training, datasetPrefix: 'fraud/' } };

  function platformIn(stack: TerraformStack): gcp.PlatformParts {
    const data = new gcp.DataLake(stack, 'Data');
    const tracking = new gcp.ExperimentTracker(stack, 'Tracking', { data });
    const workspace = new gcp.Workspace(stack, 'Workspace', { data, tracking });
    new gcp.GovernanceGuardrails(stack, 'Governance', { data, cloudGuardrails: false, policyChecks: false });
    return { data, tracking, workspace };
  }

  const counts = (config: TerraformConfig, ...types: string[]) => types.map((each) => resourcesOf(config, `google_${each}`).length);

  test('serve two products of level 1: one lake, notebook, tracker, network and audit log, and a registry, training and rollout each', () => {
    const stack = googleStack();
    const platform = platformIn(stack);
    const churn = new gcp.Level1Blueprint(stack, 'Churn', { ...CHURN, platform });
    new gcp.Level1Blueprint(stack, 'Fraud', { ...FRAUD, platform });
    const config = synthesized(stack);
    expect(counts(config, 'workbench_instance', 'sql_database_instance', 'compute_network', 'kms_crypto_key', 'storage_bucket', 'bigquery_dataset')).toEqual([1, 1, 1, 1, 2, 2]);
    expect(counts(config, 'logging_project_bucket_config', 'vertex_ai_endpoint', 'billing_budget')).toEqual([1, 2, 2]);
    expect(resourcesOf(config, 'google_storage_bucket_object').map(({ name }) => name).filter((name) => name.startsWith('governance/')).sort()).toEqual([
      'governance/churn/model-card.json', 'governance/churn/model-card.md', 'governance/fraud/model-card.json', 'governance/fraud/model-card.md',
    ]);
    expect(Object.keys(config.output).filter((name) => !name.includes('Quotas')).sort()).toEqual(['Churn', 'Fraud'].flatMap((product) => [
      'ApprovalTopic', 'Endpoint', 'ImageRepository', 'RawBucket', 'RolloutWorkflow', 'TeardownWorkflow', 'TrainingTopic', 'TrainingWorkflow',
    ].map((name) => `${product}${name}`)));
    expect(churn.workspace).toBe(platform.workspace);
  });

  test('may be those of another stack', () => {
    const app = new App();
    const google = (id: string) => {
      const stack = new TerraformStack(app, id);
      new GcsBackend(stack, { bucket: 'state', prefix: id });
      new gcp.GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4', projectNumber: '123456789012' });
      return stack;
    };
    const platform = platformIn(google('Platform'));
    const product = google('Churn');
    new gcp.Level1Blueprint(product, 'Mlops', { ...CHURN, platform });
    expect(() => app.synth()).not.toThrow();
    expect(product.dependencies.map((each) => each.node.id)).toEqual(['Platform']);
  });

  test('may be classes of one\'s own, and imported', () => {
    class OtherTracker extends Construct implements gcp.IExperimentTracker {
      public readonly trackingUri = 'https://mlflow.example.com';
      public readonly environment = { MLFLOW_TRACKING_URI: this.trackingUri };
      public grantUse(): gcp.Grant {
        return gcp.Grant.all([]);
      }
    }
    const stack = googleStack();
    const group = gcp.FeatureGroup.fromAttributes(stack, 'Group', { featureGroupName: 'customers', datasetId: 'features', tableId: 'customers', historyId: 'history' });
    const features = gcp.FeatureStore.fromFeatureGroups(stack, 'Features', { customers: group });
    const blueprint = new gcp.Level2Blueprint(stack, 'Mlops', {
      ...CHURN,
      delivery: NATIVE.delivery,
      platform: {
        data: gcp.DataLake.fromAttributes(stack, 'Data', {
          rawBucketName: 'raw',
          artifactBucketName: 'artifacts',
          featureDatasetId: 'features',
          captureDatasetId: 'capture',
          encryptionKeyId: 'projects/my-project/locations/europe-west4/keyRings/ring/cryptoKeys/key',
        }),
        tracking: new OtherTracker(stack, 'Tracker'),
        features,
        registry: gcp.ModelRegistry.fromAttributes(stack, 'Registry', {
          modelName: 'churn-models',
          approvalTopicId: 'projects/my-project/topics/approvals',
          imageRepository: 'projects/my-project/locations/europe-west4/repositories/images',
          templateRepository: 'projects/my-project/locations/europe-west4/repositories/templates',
        }),
        workspace: gcp.Workspace.fromAttributes(stack, 'Workspace', {
          serviceAccounts: [gcp.ServiceAccount.fromEmail(stack, 'Ada', 'ada@my-project.iam.gserviceaccount.com')],
        }),
      },
    });
    const config = synthesized(stack);
    expect(counts(config, 'storage_bucket', 'kms_crypto_key', 'workbench_instance', 'sql_database_instance', 'artifact_registry_repository')).toEqual([0, 0, 0, 0, 0]);
    expect(blueprint.features).toBe(features);
    expect(features.featureGroup('customers')).toBe(group);
    expect(() => features.featureGroup('orders')).toThrow(/featureGroup must be one of customers, got 'orders'/);
    const { source_contents: training } = resourceAt(config, 'google_workflows_workflow', 'Training_Workflow');
    for (const name of ['churn-models', '/gcs/raw/', '"artifacts"']) expect(training.includes(name) ? name : 'nowhere').toBe(name);
    expect(resourceAt(config, 'google_eventarc_trigger', 'Serving_Approved').transport.pubsub.topic).toBe('projects/my-project/topics/approvals');
    expect(resourcesOf(config, 'google_pubsub_topic_iam_member').map(({ member }) => member)).toContain('serviceAccount:ada@my-project.iam.gserviceaccount.com');
  });

  test.each<[string, (stack: TerraformStack) => Partial<gcp.BlueprintProps>, RegExp]>([
    ['a lake where its description belongs', (stack) => ({ data: new gcp.DataLake(stack, 'Lake') as gcp.DataLakeProps }),
      /data describes a part that is made, and 'Stack\/Lake' exists: give it as platform\.data$/],
    ['a description of what is brought', (stack) => ({ data: { coldStorageAfterDays: 30 }, platform: { data: new gcp.DataLake(stack, 'Lake') } }),
      /data describes a part that is made, and platform\.data exists: leave one of them out$/],
    ['a key for the lake that is brought', (stack) => ({ encryptionKey: new gcp.EncryptionKey(stack, 'Key'), platform: { data: new gcp.DataLake(stack, 'Lake') } }),
      /encryptionKey is for a lake that is made, and platform\.data has a key: leave one of them out$/],
  ])('are not %s', (_, props, message) => {
    const stack = googleStack();
    expect(() => new gcp.Level0Blueprint(stack, 'Mlops', { ...CHURN, ...props(stack) })).toThrow(message);
  });
});
