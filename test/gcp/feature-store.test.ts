import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { TerraformStack } from 'cdktf';
import { FeatureGroupSpec, FeatureType, Schedule } from '../../src/core';
import { DataLake, FeatureGroup, FeatureStore, FeatureStoreProps, OnlineStorage, Principal, RemovalPolicy } from '../../src/gcp';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';

const customers: FeatureGroupSpec = {
  name: 'customers',
  entityKey: 'customer_id',
  eventTime: 'measured_at',
  features: [
    { name: 'customer_id', valueType: FeatureType.STRING },
    { name: 'measured_at', valueType: FeatureType.STRING },
    { name: 'orders', valueType: FeatureType.INTEGER },
    { name: 'spent', valueType: FeatureType.FLOAT },
    { name: 'country', valueType: FeatureType.STRING },
  ],
};

interface Setting { stack: TerraformStack; store: FeatureStore }
const setting = (props: Partial<FeatureStoreProps> = {}, context = {}): Setting => {
  const stack = googleStack({}, context);
  return { stack, store: new FeatureStore(stack, 'Features', { data: new DataLake(stack, 'Data'), featureGroups: [customers], ...props }) };
};
const config = (props?: Partial<FeatureStoreProps>, context?: object): TerraformConfig => synthesized(setting(props, context).stack);
const withSpec = (spec: Partial<FeatureGroupSpec>, props: Partial<FeatureStoreProps> = {}): TerraformConfig =>
  config({ featureGroups: [{ ...customers, ...spec }], ...props });
const table = (of: TerraformConfig, kind = 'Table') => resourceAt(of, 'google_bigquery_table', `Features_${kind}-customers`);
const types = (of: TerraformConfig) => Object.keys(of.resource).filter((type) => /bigquery_table|vertex/.test(type)).sort();
const VIEW = 'google_vertex_ai_feature_online_store_featureview';
const STORE = 'google_vertex_ai_feature_online_store';

describe('the table of a group', () => {
  test('has the columns, typed, and requires only key and time', () => {
    expect(JSON.parse(table(config()).schema)).toEqual([
      { name: 'customer_id', type: 'STRING', mode: 'REQUIRED' },
      { name: 'measured_at', type: 'TIMESTAMP', mode: 'REQUIRED' },
      { name: 'orders', type: 'INTEGER', mode: 'NULLABLE' },
      { name: 'spent', type: 'FLOAT', mode: 'NULLABLE' },
      { name: 'country', type: 'STRING', mode: 'NULLABLE' },
    ]);
  });

  test('is in the lake, split by day, sorted by entity and encrypted with the lake\'s key', () => {
    expect(table(config())).toMatchObject({
      dataset_id: expect.stringContaining('google_bigquery_dataset.Data_Features'),
      table_id: expect.stringMatching(/^stack_features_customers_[0-9a-f]{8}$/),
      time_partitioning: { type: 'DAY', field: 'measured_at' },
      clustering: ['customer_id'],
      encryption_configuration: { kms_key_name: expect.stringContaining('google_kms_crypto_key.Data_Key') },
      depends_on: expect.arrayContaining([expect.stringMatching(/^google_kms_crypto_key_iam_member\.Data_Key_Agent-bigquery/)]),
    });
    expect(table(config()).time_partitioning.expiration_ms).toBeUndefined();
  });

  test('is kept by Terraform twice over, unless two keys say otherwise', () => {
    expect(table(config())).toMatchObject({ deletion_protection: true, lifecycle: { prevent_destroy: true } });
    expect(() => config({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
      "feature store 'Stack/Features': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
    expect(table(config({ removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': 'true' })))
      .toMatchObject({ deletion_protection: false, lifecycle: { prevent_destroy: false } });
  });

  test('loses its rows with their time online when they are not kept offline', () => {
    expect(table(withSpec({ offline: false, onlineTtlDays: 30 })).time_partitioning.expiration_ms).toBe(31 * 86_400_000);
  });
});

describe('what is registered', () => {
  test('is a view of all rows with the time where Vertex AI looks for it', () => {
    const all = config();
    expect(table(all, 'History')).toMatchObject({
      view: {
        query: expect.stringMatching(/^SELECT `customer_id`, `measured_at`, `orders`, `spent`, `country`, `measured_at` AS `feature_timestamp` FROM `my-project\.\$\{google_bigquery_dataset\.Data_Features_\w+\.dataset_id\}\.\$\{google_bigquery_table\.Features_Table-customers_\w+\.table_id\}`$/),
        use_legacy_sql: false,
      },
      deletion_protection: false,
    });
    expect(onlyResource(all, 'google_vertex_ai_feature_group')).toMatchObject({
      name: expect.stringMatching(/^stack_features_customers_[0-9a-f]{8}$/),
      region: 'europe-west4',
      big_query: {
        big_query_source: { input_uri: expect.stringMatching(/^bq:\/\/my-project\.\$\{google_bigquery_dataset\.Data_Features_\w+\.dataset_id\}\.\$\{google_bigquery_table\.Features_History-customers_\w+\.table_id\}$/) },
        entity_id_columns: ['customer_id'],
      },
    });
  });

  test('needs no second name for the time where it has the right one', () => {
    const features = [customers.features[0], { name: 'feature_timestamp', valueType: FeatureType.INTEGER }, customers.features[2]];
    const all = withSpec({ eventTime: 'feature_timestamp', features });
    expect(table(all, 'History').view.query).toMatch(/^SELECT `customer_id`, `feature_timestamp`, `orders` FROM/);
    expect(resourcesOf(all, 'google_vertex_ai_feature_group_feature').map(({ name }) => name)).toEqual(['orders']);
  });

  test('are all columns but the key, once they are in the view', () => {
    const features = resourcesOf(config(), 'google_vertex_ai_feature_group_feature');
    expect(features.map(({ name, version_column_name: column }) => [name, column])).toEqual(['country', 'measured_at', 'orders', 'spent'].map((name) => [name, name]));
    expect(features[0]).toMatchObject({
      feature_group: expect.stringContaining('google_vertex_ai_feature_group.Features_Registered-customers'),
      region: 'europe-west4',
      depends_on: [expect.stringMatching(/^google_bigquery_table\.Features_History-customers/)],
    });
  });

  test('can be read by Vertex AI before it is registered', () => {
    const all = config();
    const members = resourcesOf(all, 'google_bigquery_table_iam_member');
    expect(members.map(({ role, member, depends_on: needs }) => [role, member, needs])).toEqual(Array(3).fill([
      'roles/bigquery.dataViewer', 'serviceAccount:service-123456789012@gcp-sa-aiplatform.iam.gserviceaccount.com', [expect.stringMatching(/^google_project_iam_member\.Google_AgentRole-aiplatform/)],
    ]));
    expect(onlyResource(all, 'google_vertex_ai_feature_group').depends_on).toEqual(expect.arrayContaining([
      expect.stringMatching(/iam_member\.Features_Agent-Table-customers/), expect.stringMatching(/iam_member\.Features_Agent-History-customers/),
    ]));
  });
});

describe('the online store', () => {
  test('is the smallest Bigtable, and goes with its views', () => {
    expect(onlyResource(config(), STORE)).toMatchObject({
      name: expect.stringMatching(/^stack_features_[0-9a-f]{8}$/),
      bigtable: { auto_scaling: { min_node_count: 1, max_node_count: 2, cpu_utilization_target: 50 } },
      force_destroy: true,
    });
  });

  test('is larger, or of the other kind, when said', () => {
    expect(onlyResource(config({ onlineStorage: OnlineStorage.bigtable({ minNodes: 3, maxNodes: 9, cpuTargetPercent: 70 }) }), STORE).bigtable)
      .toEqual({ auto_scaling: { min_node_count: 3, max_node_count: 9, cpu_utilization_target: 70 } });
    const optimized = onlyResource(config({ onlineStorage: OnlineStorage.optimized() }), STORE);
    expect([optimized.optimized, optimized.bigtable, optimized.dedicated_serving_endpoint]).toEqual([{}, undefined, undefined]);
    expect(onlyResource(config({ onlineStorage: OnlineStorage.optimized({ privateProjects: ['shop-project'] }) }), STORE).dedicated_serving_endpoint)
      .toEqual({ private_service_connect_config: { enable_private_service_connect: true, project_allowlist: ['shop-project'] } });
  });

  test('refuses a private address that nobody reaches', () => {
    expect(() => OnlineStorage.optimized({ privateProjects: [] }))
      .toThrow("online storage 'optimized': privateProjects must be one project at least, or left out for a public address, got ");
    expect(() => OnlineStorage.optimized({ privateProjects: ['Shop Ltd'] })).toThrow("online storage 'optimized': privateProjects must be ids of projects, got 'Shop Ltd'");
  });

  test('is not there, and costs nothing, when no group is online', () => {
    const offline = setting({ featureGroups: [{ ...customers, online: false }] });
    expect(types(synthesized(offline.stack))).toEqual([
      'google_bigquery_table', 'google_bigquery_table_iam_member', 'google_vertex_ai_feature_group', 'google_vertex_ai_feature_group_feature',
    ]);
    expect(offline.store.onlineStoreName).toBeUndefined();
    expect(types(config({ featureGroups: [] }))).toEqual([]);
    expect(setting().store.onlineStoreName).toBeDefined();
  });

  test('gets the latest row of each entity, every hour or when said', () => {
    const all = config();
    expect(table(all, 'Latest').view.query).toMatch(
      /^SELECT `customer_id`, `measured_at`, `orders`, `spent`, `country` FROM `my-project\.\S+` WHERE TRUE QUALIFY ROW_NUMBER\(\) OVER \(PARTITION BY `customer_id` ORDER BY `measured_at` DESC\) = 1$/);
    expect(onlyResource(all, VIEW)).toMatchObject({
      name: expect.stringMatching(/^stack_features_customers_[0-9a-f]{8}$/),
      feature_online_store: expect.stringContaining(`${STORE}.Features_OnlineStore`),
      big_query_source: { uri: expect.stringMatching(/^bq:\/\/my-project\..*Features_Latest-customers_\w+\.table_id\}$/), entity_id_columns: ['customer_id'] },
      sync_config: { cron: 'CRON_TZ=UTC 0 * * * *' },
      depends_on: expect.arrayContaining([expect.stringMatching(/Features_Agent-Latest-customers/), expect.stringMatching(/Features_Agent-Table-customers/)]),
    });
    const nightly = config({ groupOptions: { customers: { syncSchedule: Schedule.daily({ hour: 4, timeZone: 'Europe/Berlin' }) } } });
    expect(onlyResource(nightly, VIEW).sync_config.cron).toBe('CRON_TZ=Europe/Berlin 0 4 * * *');
  });

  test('gets no row that is too old', () => {
    expect(table(withSpec({ onlineTtlDays: 14 }), 'Latest').view.query).toContain('WHERE `measured_at` >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 14 DAY) QUALIFY');
  });
});

describe('a group', () => {
  const ana = Principal.user('ana@example.com');
  const members = (stack: TerraformStack, type: string) =>
    resourcesOf(synthesized(stack), type).filter(({ member }) => member === 'user:ana@example.com').map(({ role }) => role).sort();

  test('is found by its name', () => {
    const { store } = setting();
    expect(store.featureGroup('customers').featureViewName).toBeDefined();
    expect(() => store.featureGroup('orders')).toThrow("feature store 'Stack/Features': featureGroup must be one of customers, got 'orders'");
  });

  test('lets others write rows', () => {
    const { stack, store } = setting();
    const group = store.featureGroup('customers');
    expect(group.grantWrite(ana).addresses).toEqual(group.grantWrite(ana).addresses);
    expect(members(stack, 'google_bigquery_table_iam_member')).toEqual(['roles/bigquery.dataEditor']);
    expect(members(stack, 'google_project_iam_member')).toEqual(['roles/bigquery.jobUser']);
  });

  test('lets others read all rows', () => {
    const { stack, store } = setting();
    store.featureGroup('customers').grantReadOffline(ana);
    expect(members(stack, 'google_bigquery_table_iam_member')).toEqual(['roles/bigquery.dataViewer', 'roles/bigquery.dataViewer']);
    expect(members(stack, 'google_project_iam_member')).toEqual(['roles/bigquery.jobUser', 'roles/bigquery.readSessionUser']);
  });

  test('lets others read the latest rows of its own view alone', () => {
    const { stack, store } = setting();
    store.featureGroup('customers').grantRead(ana);
    store.featureGroup('customers').grantRead(ana);
    const all = synthesized(stack);
    expect(onlyResource(all, `${VIEW}_iam_member`)).toMatchObject({
      provider: 'google-beta',
      feature_online_store: expect.stringContaining(`${STORE}.Features_OnlineStore`),
      feature_view: expect.stringContaining(`${VIEW}.Features_View-customers`),
      role: expect.stringContaining('google_project_iam_custom_role.Features_customers_Reader'),
      member: 'user:ana@example.com',
      region: 'europe-west4',
      project: 'my-project',
    });
    expect(onlyResource(all, 'google_project_iam_custom_role').permissions).toContain('aiplatform.featureViews.fetchFeatureValues');
  });

  test('has metrics of what it serves', () => {
    const { store } = setting();
    expect(store.featureGroup('customers').metricFilter('serving_data_ages')).toMatch(
      /^metric\.type = "aiplatform\.googleapis\.com\/featureonlinestore\/serving_data_ages" AND resource\.type = "aiplatform\.googleapis\.com\/FeatureOnlineStore" AND resource\.labels\.feature_online_store_id = "\S+" AND metric\.labels\.feature_view_id = "\S+"$/);
  });

  test('has nothing online when it is not', () => {
    const group = setting({ featureGroups: [{ ...customers, online: false }] }).store.featureGroup('customers');
    expect(() => group.grantRead(ana)).toThrow("feature group 'Stack/Features/customers': grantRead reads the online store, which it does not have: use grantReadOffline");
    expect(() => group.metricFilter('serving_data_ages')).toThrow("feature group 'Stack/Features/customers': metricFilter is about online serving, which it does not have");
  });

  test('of another stack can be used', () => {
    const stack = googleStack();
    const group = FeatureGroup.fromAttributes(stack, 'Customers', { featureGroupName: 'customers', datasetId: 'features', tableId: 'rows', historyId: 'rows_history' });
    expect([group.featureGroupName, group.tableName, group.historyName, group.onlineStoreName]).toEqual(
      ['customers', 'my-project.features.rows', 'my-project.features.rows_history', undefined]);
    group.grantWrite(ana);
    expect(onlyResource(synthesized(stack), 'google_bigquery_table_iam_member')).toMatchObject({ dataset_id: 'features', table_id: 'rows' });
  });
});

test('the schema lock is written on request, and a loss is refused', () => {
  const schemaLock = join(mkdtempSync(join(tmpdir(), 'lock-')), 'schema.json');
  expect(() => config({ schemaLock })).toThrow(/is behind: there is no such file/);
  config({ schemaLock }, { 'mlops:updateSchemaLock': true });
  expect(JSON.parse(readFileSync(schemaLock, 'utf8')).customers.entityKey).toBe('customer_id');
  expect(() => withSpec({ features: customers.features.slice(0, 4) }, { schemaLock })).toThrow(
    `feature store 'Stack/Features': schemaLock '${schemaLock}' forbids to lose history: feature 'customers.country' is gone (to give it up on purpose, remove it from the file)`);
});

test('a store can become online later, because the rows are all there', () => {
  const schemaLock = join(mkdtempSync(join(tmpdir(), 'lock-')), 'schema.json');
  const offline = { ...customers, online: false };
  config({ schemaLock, featureGroups: [offline] }, { 'mlops:updateSchemaLock': true });
  expect(() => config({ schemaLock }, { 'mlops:updateSchemaLock': true })).not.toThrow();
});

describe('refuses', () => {
  const group = (spec: Partial<FeatureGroupSpec>) => () => withSpec(spec);
  const column = (name: string, valueType = FeatureType.STRING) => ({ features: [...customers.features, { name, valueType }] });
  test.each<[string, Partial<FeatureGroupSpec>, string]>([
    ['too few features', { features: customers.features.slice(0, 1) }, 'features must be between 2 and 10000 features, entityKey and eventTime among them, got 1'],
    ['a name in capitals', column('Age'), "features.name must be lower-case letters, digits and underscores, a letter first, at most 60, got 'Age'"],
    ['the name of the time', column('feature_timestamp'), "features.name must be another name unless it is the eventTime: Vertex AI reads the time from it, got 'feature_timestamp'"],
    ['a name twice', column('orders'), "features must be without repeats, got 'orders'"],
    ['a key that is no feature', { entityKey: 'id' }, "entityKey must be the name of one of its features, got 'id'"],
    ['a key of a wrong type', { entityKey: 'spent' }, "entityKey must be a feature of type string or integer, got 'float'"],
    ['a time that is no feature', { eventTime: 'at' }, "eventTime must be the name of one of its features, got 'at'"],
    ['a time that is the key', { eventTime: 'customer_id' }, "eventTime must be another feature than entityKey, got 'customer_id'"],
    ['a time to live of no time', { onlineTtlDays: 0 }, 'onlineTtlDays must be a whole number between 1 and 36500, got 0'],
    ['neither store', { online: false, offline: false }, 'online and offline are both false, so that no row would be kept: set one of them'],
    ['a time to live without an online store', { online: false, onlineTtlDays: 3 }, 'onlineTtlDays needs an online store: leave online true, or remove it'],
    ['rows that nobody may delete', { offline: false },
      'offline false needs onlineTtlDays: the online store is filled from the table, whose rows can go only when they are too old to be online'],
  ])('%s', (_, spec, message) => {
    expect(group(spec)).toThrow(`feature store 'Stack/Features': feature group 'customers': ${message}`);
  });

  test('a name that no table can have', () => {
    expect(group({ name: 'a b' })).toThrow(
      "feature store 'Stack/Features': featureGroups.name must be letters, digits, hyphens and underscores between letters or digits, at most 64, got 'a b'");
  });

  test('two groups of one name', () => {
    expect(() => setting({ featureGroups: [customers, customers] })).toThrow("feature store 'Stack/Features': featureGroups must be without repeats, got 'customers'");
  });

  test('options of no group, or of what a group does not have', () => {
    expect(() => setting({ groupOptions: { orders: {} } })).toThrow("feature store 'Stack/Features': groupOptions must be the name of one of the featureGroups, got 'orders'");
    expect(() => withSpec({ online: false }, { groupOptions: { customers: { syncSchedule: Schedule.hourly() } } })).toThrow(
      "feature store 'Stack/Features': syncSchedule of 'customers' needs an online store: leave online true, or remove it");
    expect(() => withSpec({ online: false }, { onlineStorage: OnlineStorage.bigtable() })).toThrow(
      "feature store 'Stack/Features': onlineStorage needs a group that is online: leave online true, or remove it");
  });

  test('nodes that Bigtable cannot have', () => {
    expect(() => OnlineStorage.bigtable({ minNodes: 0 })).toThrow("online storage 'bigtable': minNodes must be a whole number between 1 and 1000, got 0");
    expect(() => OnlineStorage.bigtable({ minNodes: 2, maxNodes: 21 })).toThrow("online storage 'bigtable': maxNodes must be a whole number between 2 and 20, got 21");
    expect(() => OnlineStorage.bigtable({ cpuTargetPercent: 90 })).toThrow("online storage 'bigtable': cpuTargetPercent must be a whole number between 10 and 80, got 90");
  });
});
