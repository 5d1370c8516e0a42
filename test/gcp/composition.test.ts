import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { Capacity, ContainerImage, FeatureType, QualityGate, Serving, Trigger } from '../../src/core';
import {
  DataLake, EncryptionKey, ExperimentTracker, FeatureStore, GoogleProject, GovernanceGuardrails, GovernanceGuardrailsProps, ModelRegistry,
  ModelSource, MonitoringStack, Principal, ServiceAccount, ServingEndpoint, TrainingPipeline, Workspace,
} from '../../src/gcp';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized } from '../support/terraform';

const image = ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/images/churn@sha256:1');

/** A stack with a lake and a registry, and its variables. */
class World {
  public readonly stack = googleStack();
  public readonly data = new DataLake(this.stack, 'Data');
  public readonly registry = new ModelRegistry(this.stack, 'Registry', { data: this.data });

  public number(name: string = 'number'): number {
    return new TerraformVariable(this.stack, name, { type: 'number' }).numberValue;
  }

  public text(name: string = 'text'): string {
    return new TerraformVariable(this.stack, name, { type: 'string' }).stringValue;
  }
}

describe('several in a stack', () => {
  test('pipelines that wait for data share the permission of Cloud Storage, and an identity its permissions', () => {
    const { stack, data, registry } = new World();
    const jobServiceAccount = ServiceAccount.fromEmail(stack, 'Jobs', 'training-jobs@my-project.iam.gserviceaccount.com');
    for (const id of ['One', 'Two']) {
      new TrainingPipeline(stack, id, { data, registry, image, jobServiceAccount, triggers: [Trigger.newData(`${id}/`)] });
    }
    const config = synthesized(stack);
    const publishers = resourcesOf(config, 'google_project_iam_member').filter(({ role }) => role === 'roles/pubsub.publisher');
    expect(publishers).toHaveLength(1);
    for (const id of ['One', 'Two']) {
      expect(resourceAt(config, 'google_eventarc_trigger', `${id}_OnNewData`).depends_on).toContainEqual(expect.stringMatching(/^time_sleep\.Google_StorageReady/));
    }
    const members = resourcesOf(config, 'google_storage_bucket_iam_member').map(({ bucket, role, member, condition }) => JSON.stringify([bucket, role, member, condition]));
    expect(members.filter((each) => each.includes('training-jobs@'))).toHaveLength(3);
    expect(new Set(members).size).toBe(members.length);
    const { depends_on: needs } = resourceAt(config, 'google_workflows_workflow', 'Two_Workflow');
    expect(needs).toContainEqual(expect.stringMatching(/^google_storage_bucket_iam_member\.One_JobsRead_/));
  });

  test('what is brought in twice is opened once to each', () => {
    const stack = googleStack();
    const attributes = {
      rawBucketName: 'raw',
      artifactBucketName: 'artifacts',
      featureDatasetId: 'features',
      captureDatasetId: 'capture',
      encryptionKeyId: 'projects/keys/locations/europe-west4/keyRings/ring/cryptoKeys/key',
    };
    const repository = (name: string) => `projects/images/locations/europe/repositories/${name}`;
    const jobs = new ServiceAccount(stack, 'Jobs', { displayName: 'jobs' });
    for (const id of ['One', 'Two']) {
      const scope = new Construct(stack, id);
      const data = DataLake.fromAttributes(scope, 'Data', attributes);
      const registry = ModelRegistry.fromAttributes(scope, 'Registry', {
        modelName: id, approvalTopicId: 'projects/approvals/topics/all', imageRepository: repository('images'), templateRepository: repository('templates'),
      });
      new ModelRegistry(scope, 'New', { data });
      data.grantRead(jobs);
      data.grantRead(jobs, 'training/');
      registry.grantPullImages(jobs);
      registry.grantApprove(jobs);
    }
    const config = synthesized(stack);
    const members = Object.entries(config.resource).filter(([type]) => type.endsWith('_iam_member')).flatMap(([type, of]) =>
      Object.values(of).map(({ '//': _, depends_on: needs, ...what }: any) => JSON.stringify([type, what])));
    expect(new Set(members).size).toBe(members.length);
    expect(resourcesOf(config, 'google_storage_bucket_iam_member')).toHaveLength(4);
    expect(resourceAt(config, 'google_pubsub_topic', 'Two_New_Approvals').depends_on).toEqual(expect.arrayContaining([
      expect.stringMatching(/^google_kms_crypto_key_iam_member\.One_Data_Key_Agent-pubsub/), expect.stringMatching(/^time_sleep\.Two_Data_Key_AgentSettled-pubsub/),
    ]));
  });

  test('an ML engineer who writes raw data already is not given it twice', () => {
    const { stack, data } = new World();
    const mlEngineer = Principal.group('ml@example.com');
    data.grantReadWrite(mlEngineer);
    data.grantReadWrite(mlEngineer, 'notebooks/');
    new GovernanceGuardrails(stack, 'Governance', { data, auditLog: false, roles: { mlEngineer } });
    const members = resourcesOf(synthesized(stack), 'google_storage_bucket_iam_member').map(({ bucket, role, condition }) => JSON.stringify([bucket, role, condition]));
    expect(new Set(members).size).toBe(members.length);
  });

  const guardrails = (one: Partial<GovernanceGuardrailsProps>, two: Partial<GovernanceGuardrailsProps>) => () => {
    const { stack, data } = new World();
    new GovernanceGuardrails(stack, 'One', { data, auditLog: false, ...one });
    new GovernanceGuardrails(new Construct(stack, 'Other'), 'Two', { data, auditLog: false, ...two });
  };
  const modelCard = { intendedUse: 'churn', owner: 'ml' };

  test('guardrails that say the same, or different things, are two', () => {
    const { stack, data } = new World();
    new GovernanceGuardrails(stack, 'One', { data, tags: { team: 'ml' } });
    new GovernanceGuardrails(stack, 'Two', { data, auditServices: ['run', 'storage'], modelCard, tags: { team: 'ml', product: 'churn' } });
    const config = synthesized(stack);
    expect(resourcesOf(config, 'google_project_iam_audit_config').map(({ service }) => service).sort())
      .toEqual(['aiplatform.googleapis.com', 'run.googleapis.com', 'secretmanager.googleapis.com', 'storage.googleapis.com']);
    expect(resourcesOf(config, 'google_logging_project_bucket_config')).toHaveLength(2);
  });

  test('refuses two cards of one model, and has room for those of two', () => {
    const { stack, data, registry } = new World();
    new GovernanceGuardrails(stack, 'One', { data, registry, modelCard });
    new GovernanceGuardrails(new Construct(stack, 'Other'), 'Two', { data, modelCard });
    expect(() => new GovernanceGuardrails(stack, 'Three', { data, registry, modelCard })).toThrow(new Error(
      "governance guardrails 'Stack/Three': modelCard: a lake has room for one of each model: 'Stack/One' of the same stack says otherwise",
    ));
  });

  const ada = Principal.user('ada@example.com');
  test.each([
    [{ auditLog: true }, { auditLog: true, auditServices: ['run', 'storage'], auditExemptions: [ada] }, 'auditExemptions: who is recorded is one setting of the project for storage'],
    [{ tags: { team: 'ml' } }, { tags: { team: 'risk' } }, 'tags.team: all resources of the stack have the same'],
  ])('refuses guardrails that contradict others: %#', (one, two, because) => {
    expect(guardrails(one, two)).toThrow(new Error(`governance guardrails 'Stack/Other/Two': ${because}: 'Stack/One' of the same stack says otherwise`));
  });
});

describe('a provider of the user\'s own', () => {
  const labelsWith = (tags?: { [key: string]: string }) => {
    const stack = new TerraformStack(Testing.app(), 'Stack');
    new GoogleProvider(stack, 'Mine', { project: 'my-project', defaultLabels: { team: 'theirs', cost: 'ml' } });
    new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4', projectNumber: '123456789012' });
    new GovernanceGuardrails(stack, 'Governance', { data: new DataLake(stack, 'Data'), tags });
    const [provider, ...others] = synthesized(stack).provider.google;
    expect(others).toEqual([]);
    return provider.default_labels;
  };

  test('keeps its labels, beside the tags', () => {
    expect(labelsWith()).toEqual({ team: 'theirs', cost: 'ml' });
    expect(labelsWith({ team: 'ml', product: 'churn' })).toEqual({ team: 'ml', cost: 'ml', product: 'churn' });
  });
});

describe('a variable of Terraform', () => {
  test('reaches Terraform where it is passed on', () => {
    const world = new World();
    const { stack, registry } = world;
    const data = new DataLake(stack, 'Other', { noncurrentVersionDays: world.number('days') });
    new ServingEndpoint(stack, 'Serving', {
      data,
      model: ModelSource.latestApproved(registry),
      maxErrorPercent: world.number('errors'),
      serving: Serving.realTime({ scaling: { minReplicas: world.number('least'), maxReplicas: world.number('most') } }),
    });
    new ExperimentTracker(stack, 'Tracking', { data, minInstances: world.number('idle'), maxInstances: 2 });
    new GovernanceGuardrails(stack, 'Governance', { data, guardrailEmails: [world.text('watch')], budget: { monthlyUsd: 5, alertEmails: [world.text('money')] } });
    const config = synthesized(stack);
    const { lifecycle_rule: [{ condition }] } = resourceAt(config, 'google_storage_bucket', 'Other_Raw');
    expect(condition.days_since_noncurrent_time).toBe('${var.days}');
    expect(resourceAt(config, 'google_workflows_workflow', 'Serving_Rollout').source_contents).toContain('"minReplicaCount":${var.least},"maxReplicaCount":${var.most}');
    expect(resourceAt(config, 'google_cloud_run_v2_service', 'Tracking_Server').template.scaling.min_instance_count).toBe('${var.idle}');
    expect(resourcesOf(config, 'google_monitoring_notification_channel').map(({ labels }) => labels.email_address).sort()).toEqual(['${var.money}', '${var.watch}']);
  });

  const customers = {
    name: 'customers',
    entityKey: 'id',
    eventTime: 'at',
    features: ['id', 'at', 'age'].map((name) => ({ name, valueType: FeatureType.STRING })),
  };
  const cases: [string, string, (world: World) => unknown][] = [
    ['data lake \'Stack/Bad\'', 'captureRetentionDays', (w) => new DataLake(w.stack, 'Bad', { captureRetentionDays: w.number() })],
    ['encryption key \'Stack/Bad\'', 'rotationDays', (w) => new EncryptionKey(w.stack, 'Bad', { rotationDays: w.number() })],
    ['model registry \'Stack/Bad\'', 'untaggedImageDays', (w) => new ModelRegistry(w.stack, 'Bad', { data: w.data, untaggedImageDays: w.number() })],
    ['feature store \'Stack/Bad\'', 'featureGroups.onlineTtlDays', (w) => new FeatureStore(w.stack, 'Bad', {
      data: w.data, featureGroups: [{ ...customers, offline: false, onlineTtlDays: w.number() }],
    })],
    ['workspace \'Stack/Bad\'', 'idleShutdownMinutes', (w) => new Workspace(w.stack, 'Bad', { data: w.data, idleShutdownMinutes: w.number() })],
    ['training pipeline \'Stack/Bad\'', 'compute.vcpus', (w) => new TrainingPipeline(w.stack, 'Bad', {
      data: w.data, registry: w.registry, image, compute: { vcpus: w.number() },
    })],
    ['training pipeline \'Stack/Bad\'', 'capacity.maxWaitHours', (w) => new TrainingPipeline(w.stack, 'Bad', {
      data: w.data, registry: w.registry, image, capacity: Capacity.spot({ maxWaitHours: w.number() }),
    })],
    ['serving endpoint \'Stack/Bad\'', 'serving.scaling.minReplicas', (w) => new ServingEndpoint(w.stack, 'Bad', {
      data: w.data, model: ModelSource.latestApproved(w.registry), serving: Serving.realTime({ scaling: { minReplicas: w.number() } }),
    })],
    ['serving endpoint \'Stack/Bad\'', 'capture.samplingPercent', (w) => new ServingEndpoint(w.stack, 'Bad', {
      data: w.data, model: ModelSource.latestApproved(w.registry), capture: { samplingPercent: w.number() },
    })],
    ['monitoring stack \'Stack/Bad\'', 'serviceLevel.windowDays', (w) => new MonitoringStack(w.stack, 'Bad', { data: w.data, serviceLevel: { windowDays: w.number() } })],
    ['alert \'Stack/Monitoring/Bad\'', 'minutes', (w) => new MonitoringStack(w.stack, 'Monitoring', { data: w.data }).addAlert('Bad', { title: 'x', query: 'x', runbook: 'x', minutes: w.number() })],
    ['governance guardrails \'Stack/Bad\'', 'budget.monthlyUsd', (w) => new GovernanceGuardrails(w.stack, 'Bad', {
      data: w.data, budget: { monthlyUsd: w.number(), alertEmails: ['ml@example.com'] },
    })],
  ];

  const KNOWN = 'must be known at synthesis, because other values are made from it, got a value that only the deployment knows';

  test.each(cases)('%s refuses %s, which is computed with', (who, prop, make) => {
    expect(() => make(new World())).toThrow(new Error(`${who}: ${prop} ${KNOWN}`));
  });

  const texts: [string, string, (world: World) => unknown][] = [
    ['data lake \'Stack/Data\'', 'prefix of a grant', (w) => w.data.grantRead(Principal.group('ml@example.com'), w.text())],
    ['workspace \'Stack/Bad\'', 'writablePrefixes', (w) => new Workspace(w.stack, 'Bad', { data: w.data, writablePrefixes: [w.text()] })],
    ['training pipeline \'Stack/Bad\'', 'datasetPrefix', (w) => new TrainingPipeline(w.stack, 'Bad', { data: w.data, registry: w.registry, image, datasetPrefix: w.text() })],
    ['training pipeline \'Stack/Bad\'', 'triggers.dataPrefix', (w) => new TrainingPipeline(w.stack, 'Bad', {
      data: w.data, registry: w.registry, image, triggers: [Trigger.newData(w.text())],
    })],
  ];

  test.each(texts)('%s refuses %s, which an address or a pattern is made of', (who, prop, make) => {
    expect(() => make(new World())).toThrow(new Error(`${who}: ${prop} ${KNOWN}`));
  });

  test('is no name of a table, of which the parts are needed', () => {
    const world = new World();
    const { stack, data, registry } = world;
    const endpoint = ServingEndpoint.fromAttributes(stack, 'Serving', { endpointId: '1234567890', workflowName: 'rollout', captureTable: world.text() });
    expect(() => new MonitoringStack(stack, 'Monitoring', { data, registry, endpoint, image, drift: {} }))
      .toThrow(new Error('monitoring stack \'Stack/Monitoring\': captureTable of \'Serving\' must be <project>.<dataset>.<table>, got a value that only the deployment knows'));
  });
});

test('an endpoint of a project with a domain is watched for drift', () => {
  const stack = googleStack({ projectId: 'example.com:my-project' });
  const data = new DataLake(stack, 'Data');
  const registry = new ModelRegistry(stack, 'Registry', { data });
  const endpoint = new ServingEndpoint(stack, 'Serving', { data, model: ModelSource.latestApproved(registry), capture: {} });
  new MonitoringStack(stack, 'Monitoring', { data, registry, endpoint, image, modelQuality: { gates: [QualityGate.atLeast('auc', 0.9)] } });
  expect(resourceAt(synthesized(stack), 'google_bigquery_table_iam_member', 'Monitoring_Drift_CaptureReader')).toMatchObject({
    project: 'example.com:my-project', dataset_id: expect.stringContaining('Data_Capture'), table_id: expect.stringContaining('Serving_Capture'),
  });
});

test('the title of an alert is text, whatever Terraform would read in it', () => {
  const { stack, data } = new World();
  new MonitoringStack(stack, 'Monitoring', { data }).addAlert('Waiting', { title: 'more than ${limit} %{wait}', query: 'up', runbook: 'look' });
  const { display_name: name, conditions: [condition] } = onlyResource(synthesized(stack), 'google_monitoring_alert_policy');
  expect(name).toBe('more than $${limit} %%{wait} (Stack/Monitoring)');
  expect(condition.display_name).toBe('more than $${limit} %%{wait}');
});
