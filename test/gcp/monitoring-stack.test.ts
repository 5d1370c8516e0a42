import { Accelerator } from '../../src/core/accelerator';
import { ContainerImage } from '../../src/core/container-image';
import { QualityGate } from '../../src/core/quality-gate';
import { Schedule, Weekday } from '../../src/core/schedule';
import { DataLake, DataQualityRule, GoogleProject, IWatchedEndpoint, MonitoringStack, MonitoringStackProps, Principal } from '../../src/gcp';
import { hoursBetweenRuns } from '../../src/gcp/private/monitoring/drift-window';
import { FakeRegistry, FakeServing, FakeTraining } from '../support/fake-google';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';
import { definitionOf } from '../support/workflows';

type Given = Partial<Omit<MonitoringStackProps, 'endpoint' | 'training' | 'data'>>;

/** What stands around the monitoring; a monitoring stack watches as much of it as is there. */
interface World {
  /** `none` for no endpoint. */
  readonly mode?: string;
  readonly captures?: boolean;
  /** The lake's, unless said. */
  readonly table?: string;
  readonly training?: boolean;
  readonly approvesByItself?: boolean;
  /** What the endpoint knows of itself. */
  readonly knows?: Partial<IWatchedEndpoint>;
}

function watching(given: Given = {}, { mode = 'real-time', captures = true, table, training = false, approvesByItself = false, knows = {} }: World = {}) {
  const stack = googleStack();
  const data = new DataLake(stack, 'Data');
  const registry = new FakeRegistry(stack, 'Registry', approvesByItself);
  const endpoint = mode === 'none' ? undefined : new FakeServing(stack, 'Serving', mode, captures ? table ?? `my-project.${data.captureDatasetId}.request_log` : null);
  Object.assign(endpoint ?? {}, knows);
  const monitoring = new MonitoringStack(stack, 'Monitoring', {
    data,
    registry,
    image: ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/image:1'),
    endpoint,
    training: training ? new FakeTraining(stack, 'Training') : undefined,
    ...given,
  });
  return { stack, data, registry, monitoring, config: () => synthesized(stack) };
}

const configOf = (given: Given = {}, world: World = {}) => watching(given, world).config();
const GATES = [QualityGate.atLeast('auc', 0.9), QualityGate.atMost('log_loss', 0.3)];

/** The policies by the ids of their constructs. */
function policiesOf(config: TerraformConfig): { [id: string]: any } {
  const policies = Object.entries(config.resource.google_monitoring_alert_policy ?? {});
  return Object.fromEntries(policies.map(([address, policy]) => [address.replace(/^Monitoring_(.*)_[0-9A-F]{8}$/, '$1'), policy]));
}

/** The one condition of a policy: what it asks, and for how long or against what. */
function conditionOf(config: TerraformConfig, id: string): any {
  const policy = policiesOf(config)[id];
  if (policy === undefined) throw new Error(`no ${id} among ${Object.keys(policiesOf(config)).join(', ')}`);
  expect(policy.conditions).toHaveLength(1);
  const { display_name: _, ...condition } = policy.conditions[0];
  return Object.values(condition)[0];
}

const VERTEX = 'monitored_resource="aiplatform.googleapis.com/Endpoint",endpoint_id="4711",location="europe-west4"';
const RUN = 'monitored_resource="cloud_run_revision",service_name="churn-service",location="europe-west4"';
const vertex = (name: string, more = '') => `aiplatform_googleapis_com:prediction_online_${name}{${VERTEX}${more}}`;
const requests = (more = '') => `(sum(rate(${vertex('response_count', more)}[5m])) or sum(rate(${vertex('private_response_count', more)}[5m])))`;

describe('who is told', () => {
  test('each address has a channel that can be taken away again, and every policy tells all', () => {
    const { config, monitoring } = watching({ alertEmails: ['ml@example.com', 'ops@example.com'] });
    const synth = config();
    const channels = resourcesOf(synth, 'google_monitoring_notification_channel');
    expect(channels.map(({ type, labels, force_delete }) => [type, labels, force_delete])).toEqual([
      ['email', { email_address: 'ml@example.com' }, true], ['email', { email_address: 'ops@example.com' }, true],
    ]);
    for (const { notification_channels } of Object.values(policiesOf(synth))) expect(notification_channels).toHaveLength(2);
    expect(monitoring.notificationChannels).toHaveLength(2);
    expect(Object.keys(monitoring.alertPolicies)).toContain('ServerErrorAlert');
  });

  test('nobody by default', () => {
    expect(policiesOf(configOf()).ServerErrorAlert.notification_channels).toEqual([]);
  });

  test('channels that exist', () => {
    const name = 'projects/my-project/notificationChannels/12';
    expect(policiesOf(configOf({ notificationChannels: [name] })).ServerErrorAlert.notification_channels).toEqual([name]);
  });

  test('programs, by a topic that is encrypted and that the agent of Cloud Monitoring may publish to', () => {
    const { config, monitoring } = watching({ alertTopic: true });
    const synth = config();
    expect(onlyResource(synth, 'google_pubsub_topic').kms_key_name).toMatch(/google_kms_crypto_key\.Data_Key/);
    expect(onlyResource(synth, 'google_pubsub_topic_iam_member')).toMatchObject({
      role: 'roles/pubsub.publisher', member: 'serviceAccount:service-123456789012@gcp-sa-monitoring-notification.iam.gserviceaccount.com',
    });
    const channel = onlyResource(synth, 'google_monitoring_notification_channel');
    expect(channel).toMatchObject({ type: 'pubsub', labels: { topic: expect.stringMatching(/google_pubsub_topic\.Monitoring_Topic_.*\.id/) } });
    expect(channel.depends_on.join()).toMatch(/google_pubsub_topic_iam_member/);
    expect(policiesOf(synth).ServerErrorAlert.notification_channels).toHaveLength(1);
    expect(monitoring.alertTopicId).toBeDefined();
    expect(watching().monitoring.alertTopicId).toBeUndefined();
  });

  test('people are reminded on request, programs never, and of log lines nobody is', () => {
    const policies = policiesOf(configOf({ alertEmails: ['ml@example.com'], alertTopic: true, reminderMinutes: 120 }));
    expect(policies.ServerErrorAlert.alert_strategy.notification_channel_strategy).toEqual([
      { notification_channel_names: [expect.stringMatching(/Monitoring_Email-/)], renotify_interval: '7200s' },
    ]);
    expect(policies.RolledBackAlert.alert_strategy.notification_channel_strategy).toBeUndefined();
    expect(policiesOf(configOf({ alertEmails: ['ml@example.com'] })).ServerErrorAlert.alert_strategy.notification_channel_strategy).toBeUndefined();
  });

  test('and what to do, by every policy', () => {
    const policies = policiesOf(configOf({ drift: {}, modelQuality: { gates: GATES }, serviceLevel: {}, noTrafficMinutes: 5 }, { training: true }));
    for (const { documentation, severity, project, display_name } of Object.values(policies)) {
      expect(documentation).toMatchObject({ mime_type: 'text/markdown', subject: expect.any(String) });
      expect(documentation.content.split('\n\n').length).toBeGreaterThan(1);
      expect(['CRITICAL', 'ERROR', 'WARNING']).toContain(severity);
      expect(project).toBe('my-project');
      expect(display_name).toMatch(/ \(Stack\/Monitoring\)$/);
    }
  });
});

describe('an endpoint of Vertex AI', () => {
  test('alerts that it has the metrics for, and no others', () => {
    expect(Object.keys(policiesOf(configOf())).sort()).toEqual([
      'CapacityAlert', 'ClientErrorAlert', 'LatencyP50Alert', 'LatencyP99Alert', 'LeftoverAlert', 'RollbackPendingAlert', 'RolledBackAlert', 'RolloutRunAlert', 'ServerErrorAlert',
    ]);
    expect(Object.keys(policiesOf(configOf({}, { knows: { hasAccelerator: true } })))).toContain('GPUAlert');
    expect(Object.keys(policiesOf(configOf({}, { knows: { hasAccelerator: false } })))).not.toContain('GPUAlert');
  });

  test('the share of server errors, over public and private requests', () => {
    const condition = conditionOf(configOf({ maxErrorPercent: 2.5 }), 'ServerErrorAlert');
    expect(condition).toEqual({
      query: `${requests(',response_code=~"5.."')} / ${requests()} > 0.025`, duration: '0s', evaluation_interval: '60s', disable_metric_validation: true,
    });
    expect(conditionOf(configOf(), 'ServerErrorAlert').query).toMatch(/ > 0\.01$/);
  });

  test('the share of client errors', () => {
    const condition = conditionOf(configOf({ maxClientErrorPercent: 20 }), 'ClientErrorAlert');
    expect(condition).toMatchObject({ query: `${requests(',response_code=~"4.."')} / ${requests()} > 0.2`, duration: '600s' });
    expect(conditionOf(configOf(), 'ClientErrorAlert').query).toMatch(/ > 0\.05$/);
  });

  test('the latency of nearly all, and of half, which is half as long unless said', () => {
    const config = configOf({ maxLatencyP99Ms: 300 });
    expect(conditionOf(config, 'LatencyP99Alert')).toMatchObject({
      query: `histogram_quantile(0.99, sum by (le) (rate(${vertex('prediction_latencies_bucket', ',latency_type="total"')}[5m])) `
        + `or sum by (le) (rate(${vertex('private_prediction_latencies_bucket')}[5m]))) > 300`,
      duration: '600s',
    });
    expect(conditionOf(config, 'LatencyP50Alert').query).toMatch(/^histogram_quantile\(0\.5, .* > 150$/);
    expect(conditionOf(configOf({ maxLatencyP50Ms: 42 }), 'LatencyP50Alert').query).toMatch(/ > 42$/);
    expect(conditionOf(configOf(), 'LatencyP99Alert').query).toMatch(/ > 1000$/);
  });

  test('its machines: GPUs where it has some, CPUs and memory when it is known how much there is, and those that are missing', () => {
    const knows = { hasAccelerator: true };
    const config = configOf({ maxUtilizationPercent: 80, replicaVcpus: 4, maxMemoryGiB: 6 }, { knows });
    expect(conditionOf(config, 'GPUAlert')).toMatchObject({ query: `avg(${vertex('accelerator_duty_cycle')}) > 0.8`, duration: '900s' });
    expect(conditionOf(config, 'CPUAlert').query).toBe(`avg(${vertex('cpu_utilization')}) / 4 > 0.8`);
    expect(conditionOf(config, 'MemoryAlert').query).toBe(`max(${vertex('memory_bytes_used')}) > 6442450944`);
    expect(conditionOf(config, 'CapacityAlert')).toMatchObject({
      query: `sum(${vertex('target_replicas')}) - sum(${vertex('replicas')}) > 0`, duration: '1200s',
    });
    expect(conditionOf(configOf({}, { knows }), 'GPUAlert').query).toMatch(/ > 0\.9$/);
  });

  test('the CPUs of an endpoint that knows its machine', () => {
    const stack = googleStack();
    const data = new DataLake(stack, 'Data');
    const endpoint = Object.assign(new FakeServing(stack, 'Serving'), { replicaVcpus: 8 });
    new MonitoringStack(stack, 'Monitoring', { data, endpoint });
    expect(conditionOf(synthesized(stack), 'CPUAlert').query).toMatch(/ \/ 8 > 0\.9$/);
  });

  test('silence, where replicas have been there as long', () => {
    expect(conditionOf(configOf({ noTrafficMinutes: 60 }), 'NoTrafficAlert').query).toBe(
      `((sum(${vertex('replicas')}) > 0) and (sum(${vertex('replicas')} offset 60m) > 0)) unless `
      + `((sum(increase(${vertex('response_count')}[60m])) or sum(increase(${vertex('private_response_count')}[60m]))) > 0)`,
    );
    expect(policiesOf(configOf({ noTrafficMinutes: 0 }))).not.toHaveProperty('NoTrafficAlert');
  });
});

describe('a service of Cloud Run', () => {
  const config = configOf({ noTrafficMinutes: 30 }, { mode: 'serverless' });

  test('alerts that it has the metrics for', () => {
    expect(Object.keys(policiesOf(config)).sort()).toEqual([
      'CPUAlert', 'ClientErrorAlert', 'LatencyP50Alert', 'LatencyP99Alert', 'LeftoverAlert', 'MemoryAlert', 'NoTrafficAlert', 'RollbackPendingAlert',
      'RolledBackAlert', 'RolloutRunAlert', 'ServerErrorAlert',
    ]);
    expect(conditionOf(configOf({}, { mode: 'serverless', knows: { hasAccelerator: true } }), 'GPUAlert').query).toBe(
      `histogram_quantile(0.95, sum by (le) (rate(run_googleapis_com:container_gpu_utilizations_bucket{${RUN}}[5m]))) > 0.9`,
    );
  });

  test('asks the metrics of the service', () => {
    expect(conditionOf(config, 'ServerErrorAlert').query).toBe(
      `sum(rate(run_googleapis_com:request_count{${RUN},response_code_class="5xx"}[5m])) / sum(rate(run_googleapis_com:request_count{${RUN}}[5m])) > 0.01`,
    );
    expect(conditionOf(config, 'LatencyP99Alert').query).toBe(
      `histogram_quantile(0.99, sum by (le) (rate(run_googleapis_com:request_latencies_bucket{${RUN}}[5m]))) > 1000`,
    );
    expect(conditionOf(config, 'MemoryAlert').query).toBe(
      `histogram_quantile(0.95, sum by (le) (rate(run_googleapis_com:container_memory_utilizations_bucket{${RUN}}[5m]))) > 0.9`,
    );
    expect(conditionOf(config, 'NoTrafficAlert').query).toBe(`absent((sum(increase(run_googleapis_com:request_count{${RUN}}[30m])) > 0))`);
  });
});

describe('runs of workflows', () => {
  test('that fail are told again for each failure', () => {
    const policy = policiesOf(configOf({}, { training: true })).TrainingRunAlert;
    expect(policy.alert_strategy.auto_close).toBe('1800s');
    expect(policy.alert_strategy.notification_rate_limit).toEqual({ period: '300s' });
    expect(policy.conditions[0].condition_matched_log).toEqual({
      filter: 'resource.type="workflows.googleapis.com/Workflow" AND resource.labels.workflow_id="training" AND resource.labels.location="europe-west4"'
        + ' AND log_id("workflows.googleapis.com/executions_system") AND jsonPayload.state="FAILED"',
      label_extractors: { reason: 'EXTRACT(jsonPayload.failure.exception)' },
    });
    expect(policy.documentation.content).toContain('gcloud workflows executions list training --location europe-west4');
  });

  test('a version that waits is told, with how to approve it, unless approval is automatic', () => {
    const policy = policiesOf(configOf({}, { training: true })).VersionWaitsAlert;
    expect(policy.conditions[0].condition_matched_log).toEqual({
      filter: 'resource.type="workflows.googleapis.com/Workflow" AND resource.labels.workflow_id="training" AND jsonPayload.mlops="registered"',
      label_extractors: { model: 'EXTRACT(jsonPayload.model)', version: 'EXTRACT(jsonPayload.version)' },
    });
    expect(policy.alert_strategy).toEqual({ auto_close: '1800s', notification_rate_limit: { period: '300s' } });
    expect(policy.documentation.content).toContain('To reject it, give it the alias `rejected` in the Model Registry: while it waits, drift starts no training.');
    expect(policy.documentation.content).toContain("gcloud pubsub topics publish projects/my-project/topics/approve --message '{\"version\": \"<version>\"}'");
    expect(policiesOf(configOf({}, { training: true, approvesByItself: true }))).not.toHaveProperty('VersionWaitsAlert');
    expect(policiesOf(configOf({ registry: undefined }, { training: true }))).not.toHaveProperty('VersionWaitsAlert');
  });

  test('a model that misses its gate is told', () => {
    expect(conditionOf(configOf({}, { training: true }), 'GateMissedAlert').filter).toMatch(/AND jsonPayload\.mlops="not registered"$/);
  });

  test('a rollout that goes back is told with its reason', () => {
    expect(conditionOf(configOf(), 'RolledBackAlert')).toEqual({
      filter: 'resource.type="workflows.googleapis.com/Workflow" AND resource.labels.workflow_id="serving-rollout" AND '
        + 'jsonPayload.mlops="rollout" AND jsonPayload.outcome="rolled back"',
      label_extractors: { version: 'EXTRACT(jsonPayload.version)', reason: 'EXTRACT(jsonPayload.reason)' },
    });
  });

  test('of a rollout that failed do not say which version serves: its log does', () => {
    const { RolloutRunAlert, RollbackPendingAlert } = policiesOf(configOf());
    expect(RolloutRunAlert.documentation.content).toContain('says in `serves` which version has the traffic');
    expect([RollbackPendingAlert.severity, RollbackPendingAlert.conditions[0].condition_matched_log.filter]).toEqual([
      'CRITICAL', 'resource.type="workflows.googleapis.com/Workflow" AND resource.labels.workflow_id="serving-rollout" AND jsonPayload.mlops="rollback pending"',
    ]);
  });

  test('of batch predictions are watched instead of answers', () => {
    expect(Object.keys(policiesOf(configOf({}, { mode: 'batch' })))).toEqual(['BatchRunAlert', 'JobsAlert']);
  });

  test('of nothing need no policy', () => {
    expect(policiesOf(configOf({}, { mode: 'none' }))).toEqual({});
  });
});

describe('drift', () => {
  test('is measured at its times by a workflow with its own identity, and by a job with another', () => {
    const { config, monitoring, registry } = watching({ drift: { schedule: Schedule.weekly({ weekday: Weekday.SUNDAY, timeZone: 'Europe/Berlin' }) } });
    const synth = config();
    expect(onlyResource(synth, 'google_cloud_scheduler_job')).toMatchObject({ schedule: '0 3 * * 0', time_zone: 'Europe/Berlin' });
    expect(onlyResource(synth, 'google_workflows_workflow').service_account).toMatch(/google_service_account\.Monitoring_Drift_Runner/);
    expect(registry.granted).toEqual(['pull /Monitoring/Drift/Job', 'read /Monitoring/Drift/Runner']);
    expect(onlyResource(synth, 'google_bigquery_table_iam_member')).toMatchObject({
      project: 'my-project',
      dataset_id: expect.stringMatching(/^\$\{google_bigquery_dataset\.Data_Capture_\w+\.dataset_id\}$/),
      table_id: 'request_log',
      role: 'roles/bigquery.dataViewer',
      member: expect.stringMatching(/Drift_Runner/),
    });
    const roles = resourcesOf(synth, 'google_project_iam_member')
      .flatMap(({ role, member }) => [...member.matchAll(/Drift_(\w+)_Account/g)].map(([, identity]) => [role, identity]));
    expect(roles.sort()).toEqual([
      ['roles/aiplatform.user', 'Runner'], ['roles/bigquery.jobUser', 'Runner'], ['roles/logging.logWriter', 'Job'], ['roles/logging.logWriter', 'Runner'],
      ['roles/monitoring.metricWriter', 'Runner'], ['roles/workflows.invoker', 'ScheduleCaller'],
    ]);
    expect(monitoring.driftWorkflowName).toBeDefined();
    expect(monitoring.driftJobAccount?.principalId).toBe('/Monitoring/Drift/Job');
  });

  test('the job reads references and the window, writes reports, and reads labels where they come', () => {
    const prefixes = (given: Given) => resourcesOf(configOf(given), 'google_storage_bucket_iam_member')
      .filter(({ member, bucket }) => /Drift_Job/.test(member) && /Data_Raw/.test(bucket)).map(({ role, condition }) => `${role} ${condition.title}`).sort();
    const always = [
      'roles/storage.objectUser objects below drift/', 'roles/storage.objectViewer objects below capture/drift/', 'roles/storage.objectViewer objects below training/',
    ];
    expect(prefixes({ drift: {} })).toEqual(always);
    expect(prefixes({ drift: {}, modelQuality: { gates: GATES, labelsPrefix: 'truth/' } })).toEqual([...always, 'roles/storage.objectViewer objects below truth/']);
    expect(prefixes({ modelQuality: { gates: GATES } })).toContain('roles/storage.objectViewer objects below labels/');
  });

  test('has metrics of the stack\'s own that exist before the policies on them', () => {
    const synth = configOf({ drift: {} });
    const types = resourcesOf(synth, 'google_monitoring_metric_descriptor').map(({ type }) => type);
    expect(types).toEqual([
      expect.stringMatching(/^custom\.googleapis\.com\/mlops\/stack_monitoring_[0-9a-f]{8}\/drift_share$/),
      expect.stringMatching(/\/prediction_drift$/), expect.stringMatching(/\/rows$/),
    ]);
    expect(policiesOf(synth).DriftAlert.depends_on.join()).toMatch(/google_monitoring_metric_descriptor\.Monitoring_Drift_DriftShare/);
    expect(watching({ drift: {} }).monitoring.metricPrefix).toBe(types[0].replace('drift_share', ''));
    const more = configOf({ drift: {}, modelQuality: { gates: GATES }, featureMetrics: true });
    expect(resourceAt(more, 'google_monitoring_metric_descriptor', 'Quality').labels.map(({ key }: any) => key)).toEqual(['endpoint', 'model', 'metric']);
    expect(resourceAt(more, 'google_monitoring_metric_descriptor', 'FeatureDrift').labels.map(({ key }: any) => key)).toEqual(['endpoint', 'model', 'feature']);
  });

  test('above its share opens an incident that stays until less is measured', () => {
    const policy = policiesOf(configOf({ drift: { maxDriftShare: 0.5 } })).DriftAlert;
    expect(policy.alert_strategy.auto_close).toBe('604800s');
    expect(policy.conditions[0].condition_threshold).toMatchObject({
      filter: expect.stringMatching(/^metric\.type="custom\.googleapis\.com\/mlops\/\w+\/drift_share" AND resource\.type="global" AND metric\.labels\.endpoint="4711"$/),
      threshold_value: 0.5,
      duration: '0s',
    });
    expect(policy.conditions[0].condition_threshold.evaluation_missing_data).toBeUndefined();
    expect(conditionOf(configOf({ drift: {} }), 'DriftAlert').threshold_value).toBe(0.3);
  });

  test('starts the training by its runs, when asked to, and the alerts tell people only', () => {
    const synth = configOf({ drift: { retrain: true }, modelQuality: { gates: GATES } }, { training: true });
    const definition = JSON.stringify(definitionOf(synth));
    expect(definition).toContain('https://pubsub.googleapis.com/v1/projects/my-project/topics/start-training:publish');
    expect(definition).toContain('{"trainings":{"call":"active_runs","args":{"workflow":"projects/my-project/locations/europe-west4/workflows/training"}');
    expect(definition).toContain('"name":"retraining/training.json"');
    expect(resourcesOf(synth, 'google_monitoring_notification_channel')).toEqual([]);
    const { DriftAlert, ...others } = policiesOf(synth);
    for (const { notification_channels } of [DriftAlert, ...Object.values(others)]) expect(notification_channels).toEqual([]);
    const said = 'While this stays, drift runs start the training; `training` in the log line of a run says whether it did, and else why not.';
    expect(DriftAlert.documentation.content).toContain(said);
    expect(others['QualityAlert-auc'].documentation.content).not.toContain(said);
  });

  test('starts nothing when it is not asked to, and may not', () => {
    const synth = configOf({ drift: {}, modelQuality: { gates: GATES } }, { training: true });
    expect(JSON.stringify(definitionOf(synth))).not.toMatch(/start-training|retrain/);
    expect(resourcesOf(synth, 'google_pubsub_topic_iam_member')).toEqual([]);
    expect(resourcesOf(synth, 'google_storage_bucket_iam_member').filter(({ condition }) => /retraining/.test(condition?.title))).toEqual([]);
    expect(resourcesOf(synth, 'google_project_iam_member').map(({ role }) => role)).not.toContain('roles/workflows.viewer');
  });

  test('leaves a week, or the days that are said, between two trainings', () => {
    const seconds = (minDaysBetweenRetrainings?: number) => {
      const synth = configOf({ drift: { retrain: true }, minDaysBetweenRetrainings }, { training: true });
      return Number(/is_sure and age < (-?\d+)/.exec(JSON.stringify(definitionOf(synth)))![1]);
    };
    // An hour less: so much closer to each other may two runs begin than their times. In ten minutes a training that
    // was asked for is listed.
    expect([seconds(), seconds(30), seconds(0)]).toEqual([7 * 86_400 - 3600, 30 * 86_400 - 3600, 600]);
  });

  test('runs that fail, cannot start or have stopped are told', () => {
    const synth = configOf({ drift: {} });
    expect(conditionOf(synth, 'DriftRunAlert').filter).toMatch(/workflow_id="\$\{google_workflows_workflow\.Monitoring_Drift_Workflow_\w+\.name\}" .* AND jsonPayload\.state="FAILED"$/);
    expect(conditionOf(synth, 'StartAlert').filter).toMatch(
      /^resource\.type="cloud_scheduler_job" AND resource\.labels\.job_id=\("\$\{google_cloud_scheduler_job\.\w+\.name\}"\) AND severity>=ERROR$/,
    );
    expect(conditionOf(synth, 'DriftSilentAlert')).toMatchObject({
      query: expect.stringMatching(/^absent_over_time\(custom_googleapis_com:mlops_stack_monitoring_\w{8}_rows\{monitored_resource="global",endpoint="4711"\}\[25h\]\)$/),
      duration: '84600s',
    });
    expect(conditionOf(configOf({ drift: { schedule: Schedule.hourly() } }), 'DriftSilentAlert')).toMatchObject({ query: expect.stringMatching(/\[2h\]\)$/), duration: '3600s' });
    // Cloud Monitoring does not look back further than a day.
    expect(policiesOf(configOf({ drift: { schedule: Schedule.weekly() } }))).not.toHaveProperty('DriftSilentAlert');
  });

  test('runs on the machine, for the time and with the rows that are asked for', () => {
    const poolOf = (given: Given) => {
      const { spec } = definitionOf(configOf({ drift: {}, ...given })).job_of.steps[0];
      const { workerPoolSpecs: [pool], scheduling, network } = spec.assign[0].job.jobSpec;
      return { ...pool, scheduling, network };
    };
    expect(poolOf({ driftMachineType: 'n2-standard-8' }).machineSpec).toEqual({ machineType: 'n2-standard-8' });
    expect(poolOf({ driftCompute: { vcpus: 8, volumeGiB: 200 } })).toMatchObject({ machineSpec: { machineType: 'e2-standard-8' }, diskSpec: { bootDiskSizeGb: 200 } });
    expect(poolOf({ driftCompute: { accelerator: Accelerator.NVIDIA_L4 } }).machineSpec).toMatchObject({ acceleratorType: 'NVIDIA_L4', acceleratorCount: 1 });
    expect(poolOf({ driftTimeoutMinutes: 90 }).scheduling.timeout).toBe('5400s');
    expect(poolOf({}).scheduling.timeout).toBe('3600s');
    expect(poolOf({ drift: { minRows: 500 } }).containerSpec.env).toContainEqual({ name: 'MLOPS_MIN_ROWS', value: '500' });
    expect(poolOf({}).network).toBeUndefined();
    expect(poolOf({}).containerSpec.imageUri).toBe('europe-west4-docker.pkg.dev/my-project/churn/image:1');
  });

  test('runs in a network on request, once private services have addresses in it', () => {
    const stack = googleStack();
    const data = new DataLake(stack, 'Data');
    new MonitoringStack(stack, 'Monitoring', {
      data,
      registry: new FakeRegistry(stack, 'Registry'),
      image: ContainerImage.fromUri('image'),
      endpoint: new FakeServing(stack, 'Serving'),
      drift: {},
      network: GoogleProject.of(stack).network,
    });
    const synth = synthesized(stack);
    const { spec } = definitionOf(synth).job_of.steps[0];
    expect(spec.assign[0].job.jobSpec.network).toMatch(/^projects\/123456789012\/global\/networks\//);
    expect(onlyResource(synth, 'google_workflows_workflow').depends_on.join()).toMatch(/google_service_networking_connection/);
  });

  test('may be started by whom it is granted to', () => {
    const { monitoring, config } = watching({ drift: {} });
    monitoring.grantStartDriftRun(Principal.group('ml@example.com'));
    expect(resourcesOf(config(), 'google_project_iam_member')).toContainEqual(expect.objectContaining({ role: 'roles/workflows.invoker', member: 'group:ml@example.com' }));
    expect(() => watching().monitoring.grantStartDriftRun(Principal.group('ml@example.com')))
      .toThrow("monitoring stack 'Stack/Monitoring': there are no drift runs to start: set drift");
  });
});

describe('the quality of live answers', () => {
  test('has a policy for each gate, and can start the training by the runs', () => {
    const synth = configOf({ modelQuality: { gates: GATES, retrain: true } }, { training: true });
    expect(conditionOf(synth, 'QualityAlert-auc')).toMatchObject({
      filter: expect.stringMatching(/\/quality" AND resource\.type="global" AND metric\.labels\.endpoint="4711" AND metric\.labels\.metric="auc"$/),
      comparison: 'COMPARISON_LT',
      threshold_value: 0.9,
    });
    expect(conditionOf(synth, 'QualityAlert-log_loss')).toMatchObject({ comparison: 'COMPARISON_GT', threshold_value: 0.3 });
    expect(policiesOf(synth)['QualityAlert-auc'].notification_channels).toEqual([]);
    expect(policiesOf(synth)['QualityAlert-auc'].documentation.content).toContain('While this stays, drift runs start the training');
    expect(definitionOf(synth).retrain.steps).toContainEqual({ is_worse: expect.anything() });
    expect(definitionOf(synth).retrain.steps).not.toContainEqual({ is_drifted: expect.anything() });
    expect(policiesOf(synth)['QualityAlert-auc'].alert_strategy.auto_close).toBe('604800s');
    expect(policiesOf(synth)).not.toHaveProperty('DriftAlert');
  });
});

describe('a service level', () => {
  test('is an objective on the requests of the endpoint when asked: there must have been some', () => {
    const without = watching({ serviceLevel: {} });
    expect(resourcesOf(without.config(), 'google_monitoring_slo')).toEqual([]);
    expect(resourcesOf(without.config(), 'google_monitoring_custom_service')).toEqual([]);

    const { config, monitoring } = watching({ serviceLevel: { availabilityPercent: 99.9, windowDays: 30 } });
    monitoring.addObjective();
    const synth = config();
    const filter = 'metric.type="aiplatform.googleapis.com/prediction/online/response_count" AND resource.type="aiplatform.googleapis.com/Endpoint" AND '
      + 'resource.labels.endpoint_id="4711"';
    expect(onlyResource(synth, 'google_monitoring_slo')).toMatchObject({
      goal: 0.999,
      rolling_period_days: 30,
      slo_id: 'availability',
      request_based_sli: { good_total_ratio: { total_service_filter: filter, bad_service_filter: `${filter} AND metric.labels.response_code=starts_with("5")` } },
    });
    const serverless = watching({ serviceLevel: {} }, { mode: 'serverless' });
    serverless.monitoring.addObjective();
    expect(onlyResource(serverless.config(), 'google_monitoring_slo')).toMatchObject({
      goal: 0.995,
      rolling_period_days: 28,
      request_based_sli: { good_total_ratio: { bad_service_filter: expect.stringMatching(/^metric\.type="run\.googleapis\.com\/request_count" AND .*response_code_class="5xx"$/) } },
    });
  });

  test('looks back further on a private endpoint, whose requests are seen six minutes late', () => {
    const [open, closed] = [false, true].map((isPrivate) => configOf({ serviceLevel: {} }, { knows: { isPrivate } }));
    for (const id of ['ServerErrorAlert', 'ClientErrorAlert', 'LatencyP99Alert', 'FastBurnAlert']) {
      expect(conditionOf(open, id).query).toContain('[5m]');
      expect(conditionOf(closed, id).query).toContain('[15m]');
      expect(conditionOf(closed, id).query).not.toContain('[5m]');
    }
    expect(conditionOf(closed, 'SlowBurnAlert')).toEqual(conditionOf(open, 'SlowBurnAlert'));
    expect(policiesOf(closed).ServerErrorAlert.display_name).toContain('within 15 minutes');
  });

  test('without which there is no objective', () => {
    const { monitoring } = watching({});
    expect(() => monitoring.addObjective()).toThrow("monitoring stack 'Stack/Monitoring': an objective keeps the budget of a promise: set serviceLevel");
  });

  test('counts the requests of a private endpoint under their own name', () => {
    const { config, monitoring } = watching({ serviceLevel: {} }, { knows: { isPrivate: true } });
    monitoring.addObjective();
    const total = 'metric.type="aiplatform.googleapis.com/prediction/online/private/response_count" AND resource.type="aiplatform.googleapis.com/Endpoint" AND '
      + 'resource.labels.endpoint_id="4711"';
    expect(onlyResource(config(), 'google_monitoring_slo').request_based_sli.good_total_ratio).toEqual({
      total_service_filter: total, bad_service_filter: `${total} AND metric.labels.response_code>=500`,
    });
  });

  test('alerts on two paces, each over two windows at once', () => {
    const synth = configOf({ serviceLevel: { availabilityPercent: 99, windowDays: 30 } });
    const sum = (name: string, minutes: number, more = '') => `sum(rate(${vertex(name, more)}[${minutes}m]))`;
    const rate = (minutes: number, more = '') => `(${sum('response_count', minutes, more)} or ${sum('private_response_count', minutes, more)})`;
    const over = (minutes: number, share: number) => `(${rate(minutes, ',response_code=~"5.."')} / ${rate(minutes)} > ${share})`;
    expect(conditionOf(synth, 'FastBurnAlert')).toEqual({
      query: `${over(60, 0.144)} and ${over(5, 0.144)}`, duration: '0s', evaluation_interval: '60s', disable_metric_validation: true,
    });
    expect(conditionOf(synth, 'SlowBurnAlert').query).toBe(`${over(360, 0.06)} and ${over(30, 0.06)}`);
    // Of a promise of 90 % the errors cannot be used up more than ten times too fast.
    expect(conditionOf(configOf({ serviceLevel: { availabilityPercent: 90 } }), 'FastBurnAlert').query).toBe(`${over(60, 0.5)} and ${over(5, 0.5)}`);
  });
});

describe('the dashboard', () => {
  const dashboardOf = (config: TerraformConfig) => JSON.parse(onlyResource(config, 'google_monitoring_dashboard').dashboard_json);
  const titles = (config: TerraformConfig) => dashboardOf(config).mosaicLayout.tiles.map(({ widget }: any) => widget.title);

  test('shows incidents, traffic, latency, machines, drift, quality and runs', () => {
    const config = configOf({ drift: {}, modelQuality: { gates: GATES }, replicaVcpus: 4 }, { training: true });
    expect(titles(config)).toEqual([
      'Open incidents', 'Traffic and errors', 'Requests', 'Errors', 'Latency and machines', 'Latency', 'In use', 'Replicas', 'Drift and quality',
      'Features that drifted', 'Rows compared', 'Live auc', 'Live log_loss', 'Runs', 'Training', 'Rollouts', 'Drift',
    ]);
    expect(dashboardOf(config).mosaicLayout.tiles[0].widget.incidentList.policyNames).toHaveLength(Object.keys(policiesOf(config)).length);
    // Nothing is known of its machines, and a graph without lines is refused.
    expect(titles(configOf())).not.toContain('In use');
    expect(titles(configOf({}, { mode: 'none' }))).toEqual(['Open incidents']);
    expect(titles(configOf({}, { mode: 'batch' }))).toEqual(['Open incidents', 'Runs', 'Batch predictions']);
  });

  test('has no tile over another, none past the edge, and no zero that the service would leave out', () => {
    const { tiles, columns } = dashboardOf(configOf({ drift: {}, modelQuality: { gates: GATES } }, { training: true })).mosaicLayout;
    const taken = new Set<string>();
    for (const { xPos = 0, yPos = 0, width, height } of tiles) {
      expect(xPos + width).toBeLessThanOrEqual(columns);
      for (let x = xPos; x < xPos + width; x++) {
        for (let y = yPos; y < yPos + height; y++) {
          expect(taken.has(`${x} ${y}`)).toBe(false);
          taken.add(`${x} ${y}`);
        }
      }
    }
    expect(JSON.stringify(tiles)).not.toMatch(/"[xy]Pos":0/);
  });

  test('draws the limits', () => {
    const given = { maxErrorPercent: 3, maxLatencyP99Ms: 400, replicaVcpus: 4, drift: { maxDriftShare: 0.2 } };
    const { tiles } = dashboardOf(configOf(given)).mosaicLayout;
    const limitOf = (title: string) => tiles.find(({ widget }: any) => widget.title === title).widget.xyChart.thresholds[0].value;
    expect([limitOf('Errors'), limitOf('Latency'), limitOf('In use'), limitOf('Features that drifted')]).toEqual([3, 400, 90, 0.2]);
  });

  test('has a title, and need not be', () => {
    expect(dashboardOf(configOf()).displayName).toBe('Stack/Monitoring');
    expect(dashboardOf(configOf({ dashboardName: 'Churn' })).displayName).toBe('Churn');
    expect(resourcesOf(configOf({ dashboard: false }), 'google_monitoring_dashboard')).toEqual([]);
  });
});

describe('what the workflows say of themselves', () => {
  test('is kept in a bucket with the key, by a sink that needs no grant', () => {
    const synth = configOf({ logRetentionDays: 400, drift: {} }, { training: true });
    const bucket = onlyResource(synth, 'google_logging_project_bucket_config');
    expect(bucket).toMatchObject({ retention_days: 400, location: 'europe-west4', cmek_settings: { kms_key_name: expect.stringMatching(/Data_Key/) } });
    expect(bucket.depends_on.join()).toMatch(/Agent-logging/);
    expect(onlyResource(synth, 'google_logging_project_sink').filter).toMatch(
      /^resource\.type="workflows\.googleapis\.com\/Workflow" AND jsonPayload\.mlops:\* AND \(resource\.labels\.workflow_id="training" OR resource\.labels\.workflow_id="serving-rollout" OR resource\.labels\.workflow_id="\$\{google_workflows_workflow/,
    );
    // A sink into a bucket of its own project has no writer identity: a grant to it would be refused by the API.
    expect(JSON.stringify(synth)).not.toMatch(/writer_?identity\b(?!":true)/);
    expect(resourcesOf(synth, 'google_project_iam_member').filter(({ role }) => role.startsWith('roles/logging.bucketWriter'))).toEqual([]);
    expect(resourcesOf(configOf(), 'google_logging_project_sink')).toEqual([]);
  });
});

describe('rules of tables', () => {
  test('are scanned at their times, and broken ones are told', () => {
    const synth = configOf({
      dataQuality: [{
        tableId: 'customers',
        rules: [
          DataQualityRule.complete('id'), DataQualityRule.complete('age', 95), DataQualityRule.unique('id'), DataQualityRule.between('age', 0, 120),
          DataQualityRule.oneOf('plan', ['basic', 'gold']), DataQualityRule.matches('mail', '^[^@]+@[^@]+$', 99), DataQualityRule.rows('paid >= 0'),
          DataQualityRule.table('COUNT(*) > 1000'),
        ],
        schedule: Schedule.daily({ hour: 5, timeZone: 'Europe/Berlin' }),
        samplingPercent: 10,
        rowFilter: "region != '%{x}'",
      }],
    });
    const scan = onlyResource(synth, 'google_dataplex_datascan');
    expect(scan.data.resource).toMatch(/^\/\/bigquery\.googleapis\.com\/projects\/my-project\/datasets\/\$\{google_bigquery_dataset\.Data_Features_\w+\.dataset_id\}\/tables\/customers$/);
    expect(scan.execution_spec.trigger.schedule.cron).toBe('CRON_TZ=Europe/Berlin 0 5 * * *');
    expect(scan.data_quality_spec).toMatchObject({ sampling_percent: 10, row_filter: "region != '%%{x}'" });
    expect(scan.data_quality_spec.rules).toEqual([
      { column: 'id', dimension: 'COMPLETENESS', threshold: 1, non_null_expectation: {} },
      { column: 'age', dimension: 'COMPLETENESS', threshold: 0.95, non_null_expectation: {} },
      { column: 'id', dimension: 'UNIQUENESS', uniqueness_expectation: {} },
      { column: 'age', dimension: 'VALIDITY', threshold: 1, ignore_null: true, range_expectation: { min_value: '0', max_value: '120' } },
      { column: 'plan', dimension: 'VALIDITY', threshold: 1, ignore_null: true, set_expectation: { values: ['basic', 'gold'] } },
      { column: 'mail', dimension: 'VALIDITY', threshold: 0.99, ignore_null: true, regex_expectation: { regex: '^[^@]+@[^@]+$' } },
      { dimension: 'VALIDITY', threshold: 1, row_condition_expectation: { sql_expression: 'paid >= 0' } },
      { dimension: 'VOLUME', table_condition_expectation: { sql_expression: 'COUNT(*) > 1000' } },
    ]);
    expect(conditionOf(synth, 'DataQualityAlert-customers').filter).toMatch(/labels\."dataplex\.googleapis\.com\/data_scan_state"="FAILED" OR .+"="SUCCEEDED" AND NOT jsonPayload\.dataQuality\.passed=true\)\)$/);
  });

  test('may be of a table in another dataset', () => {
    const synth = configOf({ dataQuality: [{ tableId: 'raw', datasetId: 'landing', rules: [DataQualityRule.unique('id')] }] });
    expect(onlyResource(synth, 'google_dataplex_datascan').data.resource).toBe('//bigquery.googleapis.com/projects/my-project/datasets/landing/tables/raw');
  });

  test.each<[string, () => unknown, string]>([
    ['between', () => DataQualityRule.between('age', 2, 1), "data quality rule 'age': between must name the smaller number first, got 2 and 1"],
    ['oneOf', () => DataQualityRule.oneOf('plan', []), "data quality rule 'plan': oneOf must name one value at least, got none"],
    ['percent', () => DataQualityRule.complete('age', 0), "data quality rule 'age': percent must be more than 0 and at most 100, got 0"],
  ])('refuse a wrong %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('an alert of yours', () => {
  test('tells the same channels', () => {
    const { monitoring, config } = watching({ alertEmails: ['ml@example.com'] });
    monitoring.addAlert('OrdersAlert', { title: 'Too many orders wait', query: 'max(custom_googleapis_com:orders) > 1000', runbook: 'Call the shop.', minutes: 10, severity: 'WARNING' });
    monitoring.addAlert('OtherAlert', { title: 'Other', query: 'up == 0', runbook: 'Look at ${this}.' });
    const { OrdersAlert, OtherAlert } = policiesOf(config());
    expect(OrdersAlert).toMatchObject({ severity: 'WARNING', documentation: { content: 'Call the shop.' }, notification_channels: [expect.stringMatching(/Email/)] });
    expect(OrdersAlert.conditions[0].condition_prometheus_query_language).toMatchObject({ query: 'max(custom_googleapis_com:orders) > 1000', duration: '600s' });
    expect(OtherAlert).toMatchObject({ severity: 'ERROR', documentation: { content: 'Look at $${this}.' } });
    expect(OtherAlert.conditions[0].condition_prometheus_query_language.duration).toBe('300s');
    expect(monitoring.alertPolicies).toHaveProperty('OrdersAlert');
  });

  test('is refused with a wrong time or severity', () => {
    const { monitoring } = watching();
    const alert = { title: 'T', query: 'up == 0', runbook: 'R' };
    expect(() => monitoring.addAlert('A', { ...alert, minutes: 1441 })).toThrow("alert 'Stack/Monitoring/A': minutes must be a whole number between 0 and 1440, got 1441");
    expect(() => monitoring.addAlert('A', { ...alert, severity: 'BAD' })).toThrow("alert 'Stack/Monitoring/A': severity must be CRITICAL, ERROR or WARNING, got 'BAD'");
  });
});

describe('is refused', () => {
  const drift = {};
  const modelQuality = { gates: GATES };
  const rules = [DataQualityRule.unique('id')];

  test.each<[string, Given, World, string]>([
    ['an address that is none', { alertEmails: ['ml'] }, {}, "alertEmails must be e-mail addresses like ml@example.com, got 'ml'"],
    ['an address twice', { alertEmails: ['a@b.de', 'a@b.de'] }, {}, "alertEmails must be without repeats, got 'a@b.de'"],
    ['a channel by its title', { notificationChannels: ['pager'] }, {}, "notificationChannels must be names like projects/<id>/notificationChannels/<number>, got 'pager'"],
    [
      'a channel twice', { notificationChannels: ['projects/p/notificationChannels/1', 'projects/p/notificationChannels/1'] }, {},
      "notificationChannels must be without repeats, got 'projects/p/notificationChannels/1'",
    ],
    ['a reminder all the time', { reminderMinutes: 5 }, {}, 'reminderMinutes must be a whole number between 30 and 1440, got 5'],
    ['more errors than requests', { maxErrorPercent: 101 }, {}, 'maxErrorPercent must be between 0 and 100, got 101'],
    ['a negative share of client errors', { maxClientErrorPercent: -1 }, {}, 'maxClientErrorPercent must be between 0 and 100, got -1'],
    ['answers in no time', { maxLatencyP99Ms: 0 }, {}, 'maxLatencyP99Ms must be between 1 and 3600000, got 0'],
    ['half of the answers slower than all', { maxLatencyP50Ms: 800, maxLatencyP99Ms: 500 }, {},
      'maxLatencyP50Ms must be at most maxLatencyP99Ms, 500: half of the requests are never slower than the slowest, got 800'],
    ['half of the answers in no time', { maxLatencyP50Ms: 0 }, {}, 'maxLatencyP50Ms must be between 1 and 3600000, got 0'],
    ['too much use', { maxUtilizationPercent: 0 }, {}, 'maxUtilizationPercent must be between 1 and 100, got 0'],
    ['no memory', { maxMemoryGiB: 0 }, {}, 'maxMemoryGiB must be between 0.1 and 12288, got 0'],
    ['no CPUs', { replicaVcpus: 0 }, {}, 'replicaVcpus must be between 1 and 416, got 0'],
    ['silence of more than a day', { noTrafficMinutes: 1441 }, {}, 'noTrafficMinutes must be a whole number between 0 and 1440, got 1441'],
    ['a log of no day', { logRetentionDays: 0 }, {}, 'logRetentionDays must be a whole number between 1 and 3650, got 0'],
    ['a log of nothing', { logRetentionDays: 30 }, { mode: 'none' }, 'logRetentionDays has nothing to keep: give training or endpoint, whose workflows write it'],
    ['a dashboard without a title', { dashboardName: '' }, {}, "dashboardName must be at most 200 characters, got ''"],
    ['the title of no dashboard', { dashboardName: 'D', dashboard: false }, {}, 'dashboardName names no dashboard: leave it out, or dashboard'],
    ['answers of batches', { maxErrorPercent: 1 }, { mode: 'batch' }, "maxErrorPercent is asked of answers, and 'Serving' predicts in batches: leave it out"],
    ['calls of batches', { noTrafficMinutes: 5 }, { mode: 'batch' }, "noTrafficMinutes is asked of answers, and 'Serving' predicts in batches: leave it out"],
    [
      'CPUs of a service', { replicaVcpus: 4 }, { mode: 'serverless' },
      'replicaVcpus is for replicas on machines of Vertex AI: Cloud Run reports CPU and memory utilization as a share',
    ],
    ['drift of nothing', { drift }, { mode: 'none' }, 'drift has no endpoint to look at: give endpoint, one that answers requests'],
    ['drift of batches', { drift }, { mode: 'batch' }, 'drift has no endpoint to look at: give endpoint, one that answers requests'],
    ['quality of nothing', { modelQuality }, { mode: 'none' }, 'modelQuality has no endpoint to look at: give endpoint, one that answers requests'],
    ['drift of what is not recorded', { drift }, { captures: false }, "drift has nothing to look at: the endpoint 'Serving' records nothing, set its capture"],
    [
      'drift of a table without its dataset', { drift }, { table: 'request_log' },
      "captureTable of 'Serving' must be <project>.<dataset>.<table>, got 'request_log'",
    ],
    ['drift without a registry', { drift, registry: undefined }, {}, 'drift has nothing to compare with: give registry, whose versions know their training reference'],
    ['drift without an image', { drift, image: undefined }, {}, 'drift has no job to run: give image, whose monitor verb measures'],
    [
      'an image that is to be built', { drift, image: ContainerImage.fromDirectory('workload') }, {},
      "image of the directory 'workload' cannot be built by Terraform: let CI push it to the registry of the stack and give ContainerImage.fromUri",
    ],
    ['a share of more than all', { drift: { maxDriftShare: 1.1 } }, {}, 'drift.maxDriftShare must be between 0 and 1, got 1.1'],
    ['retraining of nothing', { drift: { retrain: true } }, {}, 'drift.retrain has nothing to start: give training'],
    [
      'days of nothing', { drift, minDaysBetweenRetrainings: 3 }, {},
      'minDaysBetweenRetrainings is for trainings that drift or quality start: set retrain of one of them, or leave it out',
    ],
    ...[-1, 1.5, 366].map((minDaysBetweenRetrainings): [string, Given, World, string] => [
      `${minDaysBetweenRetrainings} days`, { drift: { retrain: true }, minDaysBetweenRetrainings }, { training: true },
      `minDaysBetweenRetrainings must be a whole number between 0 and 365, got ${minDaysBetweenRetrainings}`,
    ]),
    ['a job without time', { drift, driftTimeoutMinutes: 1 }, {}, 'driftTimeoutMinutes must be a whole number between 5 and 1440, got 1'],
    ['a judgement of no rows', { drift: { minRows: 0 } }, {}, 'drift.minRows must be a whole number between 1 and 1000000, got 0'],
    ['a quality of no rows', { modelQuality: { gates: GATES, minLabelledRows: 0 } }, {}, 'modelQuality.minLabelledRows must be a whole number between 1 and 1000000, got 0'],
    [
      'labels that come when all is deleted', { modelQuality: { gates: GATES, labelDelayDays: 89 } }, {},
      'modelQuality.labelDelayDays must be at most 88: captured requests are deleted after captureRetentionDays, 90, and the window of a run has 1 of these days, got 89',
    ],
    [
      'monthly runs on labels that come when all is deleted', { drift: { schedule: Schedule.cron('0 5 1 * *') }, modelQuality: { gates: GATES, labelDelayDays: 59 } }, {},
      'modelQuality.labelDelayDays must be at most 58: captured requests are deleted after captureRetentionDays, 90, and the window of a run has 31 of these days, got 59',
    ],
    ['labels from the future', { modelQuality: { gates: GATES, labelDelayDays: -1 } }, {}, 'modelQuality.labelDelayDays must be a whole number between 0 and 365, got -1'],
    ['a machine for nothing', { driftMachineType: 'n2-standard-8' }, {}, 'driftMachineType is for drift runs, and there are none: set drift or modelQuality, or leave it out'],
    ['a compute for nothing', { driftCompute: {} }, {}, 'driftCompute is for drift runs, and there are none: set drift or modelQuality, or leave it out'],
    ['several machines', { drift, driftCompute: { instanceCount: 2 } }, {}, 'driftCompute.instanceCount must be 1: a drift run is one job on one machine, got 2'],
    [
      'a machine that is described twice', { drift, driftMachineType: 'n2-standard-8', driftCompute: { vcpus: 8 } }, {},
      'machineType n2-standard-8 and compute.vcpus say the same thing twice: leave one out',
    ],
    ['quality without gates', { modelQuality: { gates: [] } }, {}, 'modelQuality.gates must be one gate at least, got []'],
    ['a gate twice', { modelQuality: { gates: [GATES[0], GATES[0]] } }, {}, "modelQuality.gates metric must be without repeats, got 'auc'"],
    [
      'labels that Workflows would compute', { modelQuality: { gates: GATES, labelsPrefix: '${day}/' } }, {},
      "modelQuality.labelsPrefix must be text without ${, which Workflows would compute, got '${day}/'",
    ],
    [
      'an image that Workflows would compute', { drift, image: ContainerImage.fromUri('repo/${tag}') }, {},
      "image must be text without ${, which Workflows would compute, got 'repo/${tag}'",
    ],
    [
      'a table that Workflows would compute', { drift }, { table: 'p.${d}.t' },
      "captureTable of 'Serving' must be text without ${, which Workflows would compute, got 'p.${d}.t'",
    ],
    ['labels in a file', { modelQuality: { gates: GATES, labelsPrefix: 'labels' } }, {}, "modelQuality.labelsPrefix must be a folder of the bucket like 'labels/': it ends in '/', without the bucket and without a slash in front, got 'labels'"],
    ['retraining of nothing for quality', { modelQuality: { gates: GATES, retrain: true } }, {}, 'modelQuality.retrain has nothing to start: give training'],
    ['a promise of nothing', { serviceLevel: {} }, { mode: 'batch' }, 'serviceLevel promises nothing: give endpoint, one that answers requests'],
    ['a promise of everything', { serviceLevel: { availabilityPercent: 100 } }, {}, 'serviceLevel.availabilityPercent must be between 90 and 99.999, got 100'],
    ['a promise over more than an objective has', { serviceLevel: { windowDays: 90 } }, {}, 'serviceLevel.windowDays must be a whole number between 7 and 30, got 90'],
    ['a table twice', { dataQuality: [{ tableId: 't', rules }, { tableId: 't', rules }] }, {}, "dataQuality table must be without repeats, got '.t'"],
    ['a table with its dataset', { dataQuality: [{ tableId: 'd.t', rules }] }, {}, "dataQuality tableId must be the id of a table alone, without its dataset, got 'd.t'"],
    ['a table without rules', { dataQuality: [{ tableId: 't', rules: [] }] }, {}, "dataQuality rules of 't' must be one rule at least, got []"],
    ['a sample of nothing', { dataQuality: [{ tableId: 't', rules, samplingPercent: 0 }] }, {}, "dataQuality samplingPercent of 't' must be between 0.001 and 100, got 0"],
  ])('%s', (_, given, world, message) => {
    expect(() => watching(given, world)).toThrow(new Error(`monitoring stack 'Stack/Monitoring': ${message}`));
  });
});

describe('how far a run looks back', () => {
  test.each<[string, Schedule, number]>([
    ['an hour', Schedule.hourly(15), 1],
    ['six hours', Schedule.cron('0 */6 * * *'), 6],
    ['over night', Schedule.cron('0 8-18 * * *'), 14],
    ['twice an hour', Schedule.cron('0,30 * * * *'), 1],
    ['a day', Schedule.daily(), 24],
    ['the weekend', Schedule.cron('0 3 * * 1-5'), 72],
    ['a week', Schedule.weekly(), 168],
    ['the longest month', Schedule.cron('0 3 1 * *'), 31 * 24],
    ['no further than traffic is kept', Schedule.cron('0 3 1 1 *'), 90 * 24],
  ])('%s', (_, schedule, hours) => {
    expect(hoursBetweenRuns(schedule)).toBe(hours);
  });
});
