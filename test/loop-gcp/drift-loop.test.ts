import { ContainerImage } from '../../src/core/container-image';
import { ModelSource, MonitoringStack, ServingEndpoint } from '../../src/gcp';
import { IMAGE, TrainingWorld } from '../support/google-training';
import { onlyResource, resourceAt, resourcesOf } from '../support/terraform';
import { definitionOf, runWorkflow, stub } from '../support/workflows';

/** Lake, registry, training, endpoint and monitoring of one stack, as a blueprint of level 2 puts them together. */
class Loop extends TrainingWorld {
  public readonly serving = new ServingEndpoint(this.stack, 'Serving', { data: this.data, model: ModelSource.latestApproved(this.registry), capture: {} });

  public readonly monitoring = new MonitoringStack(this.stack, 'Monitoring', {
    data: this.data,
    registry: this.registry,
    endpoint: this.serving,
    training: this.training,
    image: ContainerImage.fromUri(IMAGE),
    drift: { retrain: true, maxDriftShare: 0.3 },
  });
}

const loop = new Loop();
const { config } = loop;

/** Measures a share of drifted features, and tells what was asked and written. */
function measure(driftShare: number) {
  const seen: { query?: any; job?: any; series: any[] } = { series: [] };
  const numbers = { driftShare, driftedFeatures: 1, features: {}, rows: 100, referenceRows: 400 };
  const run = runWorkflow(definitionOf({ resource: { google_workflows_workflow: { it: resourceAt(config, 'google_workflows_workflow', 'Drift_Workflow') } } }), {
    argument: {},
    respond: stub([
      { url: /\/models\/churn@live$/, reply: { body: { versionId: '3', artifactUri: `gs://${bucket}/training/run-1/model` } } },
      { url: new RegExp(`/endpoints/${loop.serving.endpointId}$`), reply: { body: { deployedModels: [{ id: '7', model: 'projects/1/locations/l/models/churn', modelVersionId: '3' }] } } },
      { url: /schema\.json$/, reply: { body: {} } },
      { method: 'POST', url: /\/bigquery\/v2\/projects\/my-project\/jobs$/, reply: (call) => { seen.query = call.body.configuration.query; return {}; } },
      { url: /\/bigquery\/v2\//, reply: { body: { status: { state: 'DONE' }, statistics: { query: { exportDataStatistics: { rowCount: '100' } } } } } },
      { method: 'POST', url: /\/customJobs$/, reply: (call) => { seen.job = call.body; return { body: { name: 'projects/1/locations/l/customJobs/1' } }; } },
      { url: /\/customJobs\/1$/, reply: { body: { state: 'JOB_STATE_SUCCEEDED' } } },
      { url: /drift\.json$/, reply: { body: numbers } },
      { method: 'POST', url: /\/timeSeries$/, reply: (call) => { seen.series.push(...call.body.timeSeries); return {}; } },
    ]),
  });
  return { run, ...seen };
}

/** The address of the bucket, as a stand-in for its name. */
const [artifacts] = Object.keys(config.resource.google_storage_bucket).filter((address) => address.startsWith('Data_Artifacts_'));
const bucket = `<google_storage_bucket.${artifacts}.name>`;

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

test('the incident goes to the topic that starts the training, and the message may be published', () => {
  const channel = onlyResource(config, 'google_monitoring_notification_channel');
  const starts = resourceAt(config, 'google_eventarc_trigger', 'Training_OnMessage').transport.pubsub.topic;
  expect(channel.labels.topic).toBe(starts);
  const publishers = resourcesOf(config, 'google_pubsub_topic_iam_member').filter(({ topic, role }) => topic === starts && role === 'roles/pubsub.publisher');
  expect(publishers.map(({ member }) => member)).toContain('serviceAccount:service-123456789012@gcp-sa-monitoring-notification.iam.gserviceaccount.com');
});
