import { DriftWorld, FakeDrift } from '../support/google-drift';
import { FakeTraining, IMAGE } from '../support/google-training';
import { resourceAt, resourcesOf } from '../support/terraform';

const loop = new DriftWorld();
const { config, bucket } = loop;

/** Measures a share of drifted features, and tells what was asked and written. */
function measure(driftShare: number) {
  const fake = new FakeDrift();
  fake.driftShare = driftShare;
  const run = fake.run(loop);
  return { ...fake, run };
}

test('a run asks the table that the endpoint writes, and reads the reference that the training wrote', () => {
  const { run, query, job } = measure(0.4);
  expect(run.result).toMatchObject({ outcome: 'measured', driftShare: 0.4, model: 'churn' });
  const [table] = Object.keys(config.resource.google_bigquery_table);
  expect(query.query).toContain(`FROM \`my-project.<${resourceAt(config, 'google_bigquery_table', 'Serving_Capture').dataset_id.slice(2, -1)}>.<google_bigquery_table.${table}.table_id>\` WHERE`);
  expect(query.query).toContain(`uri='gs://${bucket}/capture/drift/`);
  const { env, imageUri } = job.jobSpec.workerPoolSpecs[0].containerSpec;
  expect(imageUri).toBe(IMAGE);
  expect(env).toContainEqual({ name: 'MLOPS_REFERENCE_DIR', value: `/gcs/${bucket}/training/run-1/evaluation/reference` });
});

test.each([[0.4, true], [0.2, false]])('a share of %d is above what the policy lets pass: %s', (driftShare, rises) => {
  const { series } = measure(driftShare);
  const { filter, threshold_value: limit } = resourceAt(config, 'google_monitoring_alert_policy', 'Monitoring_DriftAlert').conditions[0].condition_threshold;
  const watched = series.filter(({ metric, resource }) => filter === `metric.type="${metric.type}" AND resource.type="${resource.type}" AND metric.labels.endpoint="${metric.labels.endpoint}"`);
  expect(watched).toHaveLength(1);
  expect(watched[0].points[0].value.doubleValue > limit).toBe(rises);
});

test('the message of a run goes to the topic that the training listens to, and the version says what asked for it', () => {
  const { run, published } = measure(0.4);
  expect(run.result.training).toBe('started');
  expect(published).toHaveLength(1);
  const { topic } = resourceAt(config, 'google_eventarc_trigger', 'Training_OnMessage').transport.pubsub;
  expect(published[0].topic).toBe(`https://pubsub.googleapis.com/v1/<${topic.slice(2, -1)}>:publish`);
  const training = new FakeTraining();
  const trained = training.run(loop, { type: 'google.cloud.pubsub.topic.v1.messagePublished', data: { message: { data: published[0].data } } });
  expect(trained.result.outcome).toBe('registered');
  expect(training.uploads[0].model.versionDescription).toBe('Run 00000000-0000-4000-8000-000000000000, started by drift');
});

test('a run may do what starting a training takes, and has its permissions before it is made', () => {
  const runner = /google_service_account\.Monitoring_Drift_Runner/;
  const { depends_on: needs } = resourceAt(config, 'google_workflows_workflow', 'Drift_Workflow');
  const { topic } = resourceAt(config, 'google_eventarc_trigger', 'Training_OnMessage').transport.pubsub;
  const publishers = resourcesOf(config, 'google_pubsub_topic_iam_member').filter(({ member }) => runner.test(member));
  expect(publishers).toEqual([expect.objectContaining({ topic, role: 'roles/pubsub.publisher' })]);
  const memory = resourceAt(config, 'google_storage_bucket_iam_member', 'Drift_RetrainMemory');
  const training = resourceAt(config, 'google_eventarc_trigger', 'Training_OnMessage').destination.workflow.replace('.id}', '.name}');
  expect(memory).toMatchObject({ role: 'roles/storage.objectUser', member: expect.stringMatching(runner), bucket: `\${${bucket.slice(1, -1)}}` });
  expect(memory.condition.expression).toContain(`resource.name.startsWith("projects/_/buckets/\${${bucket.slice(1, -1)}}/objects/retraining/${training}.json")`);
  const inProject = resourcesOf(config, 'google_project_iam_member').filter(({ member }) => runner.test(member)).map(({ role }) => role);
  expect(inProject.sort()).toEqual([
    'roles/aiplatform.user', 'roles/aiplatform.viewer', 'roles/bigquery.jobUser', 'roles/logging.logWriter', 'roles/monitoring.metricWriter',
    'roles/workflows.viewer',
  ]);
  const given = (resourceType: string, wanted: (role: any) => boolean) => Object.entries(config.resource[resourceType])
    .filter(([, each]: [string, any]) => runner.test(each.member) && wanted(each)).map(([address]) => `${resourceType}.${address}`);
  const taken = [
    ...given('google_pubsub_topic_iam_member', () => true),
    ...given('google_storage_bucket_iam_member', ({ condition }) => condition.title.includes('retraining/')),
    ...given('google_project_iam_member', ({ role }) => role === 'roles/workflows.viewer'),
  ];
  expect(taken).toHaveLength(3);
  expect(needs).toEqual(expect.arrayContaining(taken));
});
