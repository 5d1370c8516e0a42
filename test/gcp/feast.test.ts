import { TerraformStack } from 'cdktf';
import { FeastOptions, FeatureGroupSpec, FeatureType, Integration, Schedule } from '../../src/core';
import { DataLake, FeatureStore, Integrations, IntegrationsProps, Principal, RemovalPolicy } from '../../src/gcp';
import { googleStack, onlyResource, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';

const CUSTOMERS: FeatureGroupSpec = {
  name: 'customers',
  entityKey: 'customer_id',
  eventTime: 'updated_at',
  features: [
    { name: 'customer_id', valueType: FeatureType.STRING },
    { name: 'updated_at', valueType: FeatureType.STRING },
    { name: 'orders', valueType: FeatureType.INTEGER },
  ],
};

interface Setting { readonly stack: TerraformStack; readonly integrations: Integrations }
function setting(options: FeastOptions = { featureGroups: [CUSTOMERS] }, props: Partial<IntegrationsProps> = {}, context = {}): Setting {
  const stack = googleStack({}, context);
  const data = new DataLake(stack, 'Data');
  const features = new FeatureStore(stack, 'Features', { data, featureGroups: [CUSTOMERS] });
  const use = [Integration.feast(options)];
  return { stack, integrations: new Integrations(stack, 'Integrations', { data, features, use, ...props }) };
}
const config = (...given: Parameters<typeof setting>): TerraformConfig => synthesized(setting(...given).stack);
const envOf = (container: { env: { name: string; value: string }[] }) =>
  Object.fromEntries(container.env.map(({ name, value }) => [name, value]));

test('the server applies the definitions of the groups and serves them out of its stores', () => {
  const [container] = onlyResource(config(), 'google_cloud_run_v2_service').template.containers;
  expect(container.image).toMatch(/\/feastdev\/feature-server:0\.66\.0$/);
  expect(container.startup_probe.http_get).toEqual({ path: '/health', port: 6566 });
  expect(container.command).toEqual(['/bin/sh']);
  expect(container.args[1]).toMatch(/\nfeast -c \/tmp\/feast apply --skip-source-validation\nexec feast -c \/tmp\/feast serve -h 0\.0\.0\.0 -p 6566 /);
  const { FEAST_CONFIGURATION, FEAST_DEFINITIONS } = envOf(container);
  expect(FEAST_CONFIGURATION).toMatch(/^project: \w+\nprovider: gcp\nregistry:\n {2}path: 'gs:\/\/\S+\/integrations\/feast\/\S+\/store\/registry\.db'\n/);
  expect(FEAST_CONFIGURATION).toMatch(/offline_store:\n {2}type: bigquery\n {2}project_id: my-project\n {2}dataset: '?\$\{google_bigquery_dataset\.\S+\}'?\n {2}location: europe-west4\n/);
  expect(FEAST_CONFIGURATION).toMatch(/online_store:\n {2}type: datastore\n {2}project_id: my-project\n {2}database: '?\$\{google_firestore_database\.\S+\}'?\n/);
  expect(FEAST_DEFINITIONS).toMatch(/BigQuerySource\(\n {8}name="customers_rows",\n {8}table="my-project\.\S+",\n {8}timestamp_field="updated_at",/);
});

test('the online store is encrypted with the key of the lake and kept', () => {
  expect(onlyResource(config(), 'google_firestore_database')).toMatchObject({
    type: 'DATASTORE_MODE',
    location_id: 'europe-west4',
    cmek_config: { kms_key_name: expect.stringContaining('google_kms_crypto_key') },
    delete_protection_state: 'DELETE_PROTECTION_ENABLED',
    lifecycle: { prevent_destroy: true },
  });
  const gone = config(undefined, { removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true });
  expect(onlyResource(gone, 'google_firestore_database')).toMatchObject({
    delete_protection_state: 'DELETE_PROTECTION_DISABLED', deletion_policy: 'DELETE',
  });
});

test('a job takes new rows into the online store at the times of the schedule, with the settings of the server', () => {
  const daily = config({ featureGroups: [CUSTOMERS], materializeAt: Schedule.daily() });
  const [container] = onlyResource(daily, 'google_cloud_run_v2_job').template.template.containers;
  expect(container.args[1]).toMatch(/exec feast -c \/tmp\/feast materialize-incremental "\$\(date -u \+%Y-%m-%dT%H:%M:%S\)"/);
  expect(container.env).toEqual(onlyResource(daily, 'google_cloud_run_v2_service').template.containers[0].env);
  expect(onlyResource(daily, 'google_cloud_scheduler_job')).toMatchObject({
    schedule: Schedule.daily().expression,
    http_target: { http_method: 'POST', uri: expect.stringMatching(/\/jobs\/\S+:run$/) },
  });
  const [hourly] = resourcesOf(config(), 'google_cloud_scheduler_job').filter(({ name }) => /taskschedule/i.test(name));
  expect(hourly.schedule).toBe('0 * * * *');
});

test('a run that fails notifies', () => {
  const channel = 'projects/my-project/notificationChannels/1';
  const policies = resourcesOf(config(undefined, { notificationChannels: [channel] }), 'google_monitoring_alert_policy');
  const [failed] = policies.filter(({ display_name }) => display_name.startsWith('The scheduled run of Feast failed'));
  expect(failed.notification_channels).toEqual([channel]);
  expect(failed.conditions[0].condition_prometheus_query_language.query).toMatch(/job_completed_execution_count\{.*job_name="\$\{google_cloud_run_v2_job\.\w+\.name\}".*result="failed"\}/);
});

test('a client has the configuration in its home folder and may read both stores, not write the online one', () => {
  const { stack, integrations } = setting();
  const [feast] = integrations.connections;
  expect(feast.environment).toMatchObject({
    FEAST_FS_YAML_FILE_PATH: '~/.feast/feature_store.yaml',
    FEAST_SERVER_URL: expect.stringMatching(/^https:\/\/\S+\.run\.app$/),
    MLOPS_FILES_FEAST: expect.stringMatching(/^gs:\/\//),
  });
  // Its stores answer everywhere.
  expect(feast.reach).toBeUndefined();
  feast.grantUse(Principal.group('ml@example.com'));
  const template = synthesized(stack);
  const [file] = resourcesOf(template, 'google_storage_bucket_object').filter(({ name }) => name.endsWith('.feast/feature_store.yaml'));
  expect(file.content).toBe(envOf(onlyResource(template, 'google_cloud_run_v2_service').template.containers[0]).FEAST_CONFIGURATION);
  const roles = (type: string) =>
    resourcesOf(template, type).filter(({ member }) => member === 'group:ml@example.com').map(({ role }) => role).sort();
  expect(roles('google_project_iam_member')).toEqual(['roles/bigquery.jobUser', 'roles/bigquery.readSessionUser', 'roles/datastore.viewer']);
  expect(roles('google_bigquery_table_iam_member')).toEqual(['roles/bigquery.dataViewer', 'roles/bigquery.dataViewer']);
  expect(roles('google_bigquery_dataset_iam_member')).toEqual(['roles/bigquery.dataEditor']);
  expect([...new Set(roles('google_storage_bucket_iam_member'))]).toEqual(['roles/storage.bucketViewer', 'roles/storage.objectViewer']);
  const [viewer] = resourcesOf(template, 'google_project_iam_member').filter(({ role }) => role === 'roles/datastore.viewer');
  expect(viewer.condition.expression).toMatch(/^resource\.name == "projects\/my-project\/databases\/[a-z][a-z0-9-]{3,62}"$/);
});

test('the server writes the one online store', () => {
  const [user] = resourcesOf(config(), 'google_project_iam_member').filter(({ role }) => role === 'roles/datastore.user');
  expect(user.condition.expression).toContain('/databases/stack-integrations-feast-online-');
});

test('refuses to host it without a feature store, or with a group that the store does not have', () => {
  expect(() => setting(undefined, { features: undefined })).toThrow(
    "integrations 'Stack/Integrations': Feast serves groups of a feature store: give features, or the endpoint of a server that exists",
  );
  expect(() => setting({ featureGroups: [{ ...CUSTOMERS, name: 'visits' }] })).toThrow("featureGroup must be one of customers, got 'visits'");
});

test('another schedule or version replaces nothing, and a server that exists makes nothing', () => {
  const names = (template: TerraformConfig) => Object.entries(template.resource).flatMap(([type, all]) => Object.keys(all as object).map((name) => `${type}.${name}`)).sort();
  expect(names(config({ featureGroups: [CUSTOMERS], materializeAt: Schedule.daily() }, { hosted: { feast: { version: '0.67.0' } } }))).toEqual(names(config()));
  const existing = config({ endpoint: 'https://feast.example.com', registry: 'gs://shared/registry.db', project: 'shop' });
  expect(Object.keys(existing.resource)).not.toContain('google_cloud_run_v2_service');
  expect(Object.keys(existing.resource)).not.toContain('google_firestore_database');
});
