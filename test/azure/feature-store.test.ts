import { mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { TerraformStack } from 'cdktf';
import {
  FeatureGroup, FeatureStore, FeatureStoreProps, OnlineStorage, Principal, RemovalPolicy,
} from '../../src/azure';
import { FeatureGroupSpec, FeatureType, Schedule } from '../../src/core';
import { azureStack, onlyResource, resourcesOf, SUBSCRIPTION, synthesized, TerraformConfig } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';

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
const offline = { ...customers, online: false };

class PrivateLake extends PlainLake {
  public readonly isPrivate = true;
}

interface Setting { stack: TerraformStack; store: FeatureStore }
const setting = (props: Partial<FeatureStoreProps> = {}, context = {}): Setting => {
  const stack = azureStack({ resourceGroupName: 'ml' }, context);
  const [data, workspace] = [new PlainLake(stack, 'Data'), new PlainWorkspace(stack, 'Workspace')];
  return { stack, store: new FeatureStore(stack, 'Features', { data, workspace, featureGroups: [customers], ...props }) };
};
const config = (props?: Partial<FeatureStoreProps>, context?: object): TerraformConfig => synthesized(setting(props, context).stack);
const withSpec = (spec: Partial<FeatureGroupSpec>, props: Partial<FeatureStoreProps> = {}): TerraformConfig =>
  config({ featureGroups: [{ ...customers, ...spec }], ...props });
const isolated = (props: Partial<FeatureStoreProps> = {}): TerraformConfig => {
  const stack = azureStack({ resourceGroupName: 'ml' });
  const [data, workspace] = [new PrivateLake(stack, 'Data'), new PlainWorkspace(stack, 'Workspace')];
  new FeatureStore(stack, 'Features', { data, workspace, featureGroups: [customers], ...props });
  return synthesized(stack);
};

const ML = 'Microsoft.MachineLearningServices/workspaces';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml`;
const bodies = (of: TerraformConfig, kind: string) => resourcesOf(of, 'azapi_resource').filter(({ type }) => type === `${ML}${kind}@2025-06-01`);
const body = (of: TerraformConfig, kind: string) => {
  const found = bodies(of, kind);
  expect(found).toHaveLength(1);
  return found[0];
};
const version = (of: TerraformConfig) => body(of, '/featuresets/versions');
const specification = (of: TerraformConfig): string => onlyResource(of, 'azurerm_storage_blob').source_content;
const REDIS = 'azurerm_managed_redis';

describe('the feature store', () => {
  test('is a workspace of its own kind that knows identities alone', () => {
    const store = body(config(), '');
    expect(store).toMatchObject({
      name: expect.stringMatching(/^stack-features-[0-9a-f]{8}$/),
      parent_id: GROUP,
      location: 'westeurope',
      identity: [{ type: 'UserAssigned', identity_ids: [expect.stringContaining('Features_Identity'), expect.stringContaining('Features_Materialization')] }],
      body: {
        kind: 'FeatureStore',
        properties: {
          storageAccount: expect.stringContaining('azurerm_storage_account.Features_Storage'),
          keyVault: expect.stringContaining('azurerm_key_vault.Features_Vault'),
          applicationInsights: `${GROUP}/providers/Microsoft.Insights/components/insights`,
          primaryUserAssignedIdentity: expect.stringContaining('Features_Identity'),
          systemDatastoresAuthMode: 'Identity',
          publicNetworkAccess: 'Enabled',
          managedNetwork: { isolationMode: 'Disabled' },
          featureStoreSettings: { computeRuntime: { sparkRuntimeVersion: '3.4' } },
        },
      },
      lifecycle: { prevent_destroy: true },
    });
    expect(onlyResource(config(), 'azurerm_storage_account')).toMatchObject({ shared_access_key_enabled: false, is_hns_enabled: false });
    expect(onlyResource(config(), 'azurerm_key_vault')).toMatchObject({ purge_protection_enabled: true, rbac_authorization_enabled: true });
  });

  test('is made after the roles of its identity have arrived, and gets its connections in a second pass', () => {
    const all = config();
    expect(body(all, '').depends_on).toEqual(expect.arrayContaining([
      expect.stringMatching(/^time_sleep\.Features_IdentityReady/),
      expect.stringMatching(/^azurerm_role_assignment\.Features_Grant-own-blobs/),
      expect.stringMatching(/^azurerm_role_assignment\.Features_Grant-own-secrets/),
    ]));
    const [offlineStore, onlineStore] = ['offlinestore', 'onlineconnection'].map((name) => bodies(all, '/connections').find((each) => each.name === name)!);
    expect(offlineStore).toMatchObject({
      body: {
        properties: {
          category: 'ADLSGen2',
          target: `${GROUP}/providers/Microsoft.Storage/storageAccounts/features/blobServices/default/containers/features`,
          authType: 'ManagedIdentity',
          credentials: { clientId: expect.stringContaining('Features_Materialization'), resourceId: expect.stringContaining('Features_Materialization') },
        },
      },
      depends_on: expect.arrayContaining([expect.stringMatching(/^time_sleep\.Features_MaterializationReady/)]),
    });
    expect(onlineStore.body.properties).toMatchObject({ category: 'Redis', target: expect.stringMatching(/azurerm_managed_redis\.Features_OnlineStore_?\w*\.id\}\/databases\/default$/) });
    const settings = onlyResource(all, 'azapi_update_resource');
    expect(settings.body.properties.featureStoreSettings).toMatchObject({ offlineStoreConnectionName: 'offlinestore', onlineStoreConnectionName: 'onlineconnection' });
    expect(settings.depends_on).toEqual([expect.stringMatching(/Features_OfflineStore/), expect.stringMatching(/Features_OnlineConnection/)]);
    expect(version(all).depends_on).toEqual(expect.arrayContaining([
      expect.stringMatching(/^azapi_update_resource\.Features_Settings/), expect.stringMatching(/^azurerm_storage_blob\.Features_Specification/), expect.stringMatching(/Features_Entity-customer_id-string/),
    ]));
  });

  test('lets its materialization do what that needs, and no more', () => {
    const all = config();
    const given = resourcesOf(all, 'azurerm_role_assignment').filter(({ principal_id: who }) => who.includes('Features_Materialization'));
    expect(given.map(({ scope, role_definition_id: role }) => `${scope.split('/').pop().replace(/^\$\{(\w+)\..*/, '$1')} ${role.split('/').pop().replace(/^\$\{(\w+)\..*/, '$1')}`).sort()).toEqual([
      'azapi_resource f6c7c914-8db3-469d-8ca1-694a8f32e121',
      'azurerm_storage_account ba92f5b4-2d11-453d-a403-e96b0029c9fe',
      'default azurerm_role_definition',
      'features ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    ]);
    expect(resourcesOf(all, 'azurerm_role_definition')[0].permissions[0].actions).toEqual([
      'Microsoft.Cache/redisEnterprise/read', 'Microsoft.Cache/redisEnterprise/databases/read', 'Microsoft.Cache/redisEnterprise/databases/listKeys/action',
    ]);
  });

  test('is kept by Terraform, unless two keys say otherwise', () => {
    expect(() => config({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
      "feature store 'Stack/Features': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
    const all = config({ removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': 'true' });
    expect([body(all, ''), onlyResource(all, 'azurerm_storage_account')].map(({ lifecycle }) => lifecycle.prevent_destroy)).toEqual([false, false]);
  });

  test('of a private lake has no public address, and reaches lake and cache privately', () => {
    const all = isolated();
    expect(body(all, '').body.properties).toMatchObject({ publicNetworkAccess: 'Disabled', managedNetwork: { isolationMode: 'AllowOnlyApprovedOutbound' } });
    expect(bodies(all, '/outboundRules').map((rule) => [rule.name, rule.body.properties.destination.subresourceTarget, rule.body.properties.destination.sparkEnabled]).sort()).toEqual([
      ['featuresblob', 'blob', true], ['featuresdfs', 'dfs', true], ['onlineredis', 'redisEnterprise', true],
    ]);
    // One after the other, by a workspace that may accept them, in a network that is there before Spark is.
    expect(bodies(all, '/outboundRules').every((rule) => rule.depends_on.includes(Object.keys(all.resource.time_sleep).map((id) => `time_sleep.${id}`).find((id) => /ApprovalSettled/.test(id))!))).toBe(true);
    expect(bodies(all, '/outboundRules').map((rule) => rule.depends_on.filter((each: string) => each.startsWith('azapi_resource.')).length).sort()).toEqual([0, 1, 1]);
    expect(Object.values<any>(all.resource.azurerm_role_assignment).filter(({ description }) => description === 'Accepts the private endpoints of its own network')).toHaveLength(2);
    expect(body(all, '').body.properties.provisionNetworkNow).toBe(true);
    expect(onlyResource(all, REDIS).public_network_access).toBe('Disabled');
    expect(resourcesOf(all, 'azurerm_private_endpoint').map((each) => each.private_service_connection.subresource_names[0]).sort()).toEqual(['amlworkspace', 'redisEnterprise']);
    expect(onlyResource(isolated({ allowedIpRanges: ['203.0.113.0/24'] }), 'azurerm_storage_account').network_rules).toMatchObject({ default_action: 'Deny', ip_rules: ['203.0.113.0/24'] });
    expect(resourcesOf(isolated({ publicNetworkAccess: true }), 'azurerm_private_endpoint')).toEqual([]);
  });
});

describe('a feature set', () => {
  test('is the columns of a group in the words of the service', () => {
    expect(specification(config())).toBe([
      "'$schema': 'http://azureml/sdk-2-0/FeatureSetSpec.json'",
      'source:',
      '  type: parquet',
      "  path: 'abfss://features@features.dfs.core.windows.net/customers/rows'",
      '  timestamp_column:',
      '    name: measured_at',
      'features:',
      '  - name: orders',
      '    type: long',
      '  - name: spent',
      '    type: double',
      '  - name: country',
      '    type: string',
      'index_columns:',
      '  - name: customer_id',
      '    type: string',
      '',
    ].join('\n').replace("'$schema'", '$schema'));
  });

  test('is registered about its entity, from the folder that was uploaded before', () => {
    const all = config();
    const set = version(all);
    expect(set).toMatchObject({
      name: expect.stringMatching(/^[0-9a-f]{12}$/),
      parent_id: expect.stringContaining('azapi_resource.Features_FeatureSet-customers'),
      lifecycle: { create_before_destroy: true },
      body: {
        properties: {
          entities: ['azureml:customer_id:string'],
          specification: { path: `azureml://datastores/workspaceblobstore/paths/featuresets/customers/${set.name}` },
        },
      },
    });
    expect(onlyResource(all, 'azurerm_storage_blob')).toMatchObject({
      name: `featuresets/customers/${set.name}/FeatureSetSpec.yaml`,
      storage_account_name: expect.stringContaining('Features_Storage'),
      storage_container_name: expect.stringMatching(/^azureml-blobstore-\$\{terraform_data\.Features_Store-workspaceId_\w+\.output\}$/),
      type: 'Block',
      depends_on: expect.arrayContaining([expect.stringMatching(/^time_sleep\.Features_DeployerReady/)]),
    });
    expect(body(all, '/featurestoreEntities/versions')).toMatchObject({ name: 'string', body: { properties: { indexColumns: [{ columnName: 'customer_id', dataType: 'String' }] } } });
  });

  test('is another version where a column, the time to live or the delay changes, and the same where the schedule does', () => {
    const name = (spec: Partial<FeatureGroupSpec> = {}, props: Partial<FeatureStoreProps> = {}) => version(withSpec(spec, props)).name;
    const first = name();
    expect(name()).toBe(first);
    expect(name({ features: [...customers.features, { name: 'age', valueType: FeatureType.INTEGER }] })).not.toBe(first);
    expect(name({ onlineTtlDays: 3 })).not.toBe(first);
    expect(name({}, { groupOptions: { customers: { sourceDelayMinutes: 90 } } })).not.toBe(first);
    expect(name({}, { groupOptions: { customers: { materializationSchedule: Schedule.hourly() } } })).toBe(first);
    expect(name({ online: false })).toBe(first);
  });

  test('shares its entity with groups of the same key', () => {
    const orders = { ...customers, name: 'orders' };
    const numbered = { ...customers, name: 'numbered', features: [{ name: 'customer_id', valueType: FeatureType.INTEGER }, ...customers.features.slice(1)] };
    const all = config({ featureGroups: [customers, orders, numbered] });
    expect(bodies(all, '/featurestoreEntities').map(({ name }) => name)).toEqual(['customer_id']);
    expect(bodies(all, '/featurestoreEntities/versions').map(({ name }) => name).sort()).toEqual(['long', 'string']);
    expect(bodies(all, '/featuresets/versions').map((each) => each.body.properties.entities[0]).sort()).toEqual(['azureml:customer_id:long', 'azureml:customer_id:string', 'azureml:customer_id:string']);
  });

  test('forgets rows after their time to live, and waits for late ones', () => {
    const text = specification(withSpec({ onlineTtlDays: 14 }, { groupOptions: { customers: { sourceDelayMinutes: 1530 } } }));
    expect(text).toContain('temporal_join_lookback:\n  days: 14\n  hours: 0\n  minutes: 0\n');
    expect(text).toContain('  source_delay:\n    days: 1\n    hours: 1\n    minutes: 30\n');
  });

  test('may be made by code, which is uploaded beside it', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'code-')), 'customers.py');
    writeFileSync(file, 'class Sums:\n    name = "${x}"\n');
    const transformation = { file, className: 'Sums', lookbackDays: 7 };
    const all = config({ groupOptions: { customers: { transformation } } });
    const [code, yaml] = ['.py', '.yaml'].map((end) => resourcesOf(all, 'azurerm_storage_blob').find(({ name }) => name.endsWith(end))!);
    expect(code).toMatchObject({ name: `featuresets/customers/${version(all).name}/transformation_code/customers.py`, source_content: 'class Sums:\n    name = "$${x}"\n' });
    expect(yaml.source_content).toContain('feature_transformation_code:\n  path: ./transformation_code\n  transformer_class: customers.Sums\n');
    expect(yaml.source_content).toContain('source_lookback:\n  days: 7\n');
    writeFileSync(file, 'class Sums: pass\n');
    expect(version(config({ groupOptions: { customers: { transformation } } })).name).not.toBe(version(all).name);
    expect(() => config({ groupOptions: { customers: { transformation: { ...transformation, file: '/nowhere/customers.py' } } } })).toThrow(
      "feature store 'Stack/Features': groupOptions.customers.transformation.file must be a file that exists, got '/nowhere/customers.py'");
  });
});

describe('materialization', () => {
  const settings = (props: Partial<FeatureStoreProps> = {}) => version(config(props)).body.properties.materializationSettings;

  test('fills both stores every night, or when said', () => {
    expect(settings()).toEqual({
      storeType: 'OnlineAndOffline',
      resource: { instanceType: 'Standard_E4s_v3' },
      schedule: {
        triggerType: 'Recurrence', frequency: 'Day', interval: 1, schedule: { hours: [3], minutes: [0] }, startTime: '2024-01-01T00:00:00', timeZone: 'UTC',
      },
      sparkConfiguration: expect.objectContaining({ 'spark.executor.instances': '2' }),
    });
    const options = (schedule: Schedule) => settings({ groupOptions: { customers: { materializationSchedule: schedule } } }).schedule;
    expect(options(Schedule.cron('30 4 * * 1,3', 'Europe/Berlin'))).toMatchObject({
      frequency: 'Week', schedule: { hours: [4], minutes: [30], weekDays: ['Monday', 'Wednesday'] }, timeZone: 'W. Europe Standard Time',
    });
    expect(options(Schedule.cron('0 5 1,15 * *'))).toMatchObject({ frequency: 'Month', schedule: { hours: [5], minutes: [0], monthDays: [1, 15] } });
    expect(() => options(Schedule.cron('0 5 1 6 *'))).toThrow(
      "feature store 'Stack/Features': feature group 'customers': materializationSchedule '0 5 1 6 *' restricts months, which a feature set cannot: leave them out");
  });

  test('is none for a group that is not online, unless there is a schedule', () => {
    expect(settings({ featureGroups: [offline] })).toEqual({ storeType: 'None' });
    expect(settings({ featureGroups: [offline], groupOptions: { customers: { materializationSchedule: Schedule.daily() } } }).storeType).toBe('Offline');
  });

  test('notifies people of failures, on the machines that are said', () => {
    expect(settings({ alertEmails: ['ml@example.com'], materializationInstanceType: 'Standard_E16s_v3' })).toMatchObject({
      notification: { emailOn: ['JobFailed', 'JobCancelled'], emails: ['ml@example.com'] }, resource: { instanceType: 'Standard_E16s_v3' },
    });
  });
});

describe('the online store', () => {
  test('is the smallest cache with two nodes, which drops nothing', () => {
    expect(onlyResource(config(), REDIS)).toMatchObject({
      name: expect.stringMatching(/^stack-features-[0-9a-f]{8}-[0-9a-f]{8}$/),
      sku_name: 'Balanced_B0',
      high_availability_enabled: true,
      default_database: { access_keys_authentication_enabled: true, clustering_policy: 'OSSCluster', eviction_policy: 'NoEviction', client_protocol: 'Encrypted' },
    });
    const larger = onlyResource(config({ onlineStorage: OnlineStorage.managedRedis({ skuName: 'MemoryOptimized_M20', highAvailability: false }) }), REDIS);
    expect([larger.sku_name, larger.high_availability_enabled]).toEqual(['MemoryOptimized_M20', false]);
  });

  test('is not there, and costs nothing, when no group is online', () => {
    const { stack, store } = setting({ featureGroups: [offline] });
    const all = synthesized(stack);
    expect(all.resource[REDIS]).toBeUndefined();
    expect(bodies(all, '/connections').map(({ name }) => name)).toEqual(['offlinestore']);
    expect(onlyResource(all, 'azapi_update_resource').body.properties.featureStoreSettings).toEqual({
      computeRuntime: { sparkRuntimeVersion: '3.4' }, offlineStoreConnectionName: 'offlinestore',
    });
    expect(store.onlineStoreId).toBeUndefined();
    expect(setting().store.onlineStoreId).toBeDefined();
  });

  test('may be one that exists', () => {
    const cache = `${GROUP}/providers/Microsoft.Cache/redis/mine`;
    const all = config({ onlineStorage: OnlineStorage.existingRedis(cache) });
    expect(all.resource[REDIS]).toBeUndefined();
    expect(bodies(all, '/connections').find(({ name }) => name === 'onlineconnection')!.body.properties.target).toBe(cache);
    expect(resourcesOf(all, 'azurerm_role_definition')[0].permissions[0].actions).toEqual(['Microsoft.Cache/redis/read', 'Microsoft.Cache/redis/listKeys/action']);
    expect(() => OnlineStorage.existingRedis('mine')).toThrow("online storage 'existingRedis': resourceId must be the ARM id of a Redis database, …/providers/Microsoft.Cache/redisEnterprise/<name>/databases/default, or of an Azure Cache for Redis, got 'mine'");
    expect(() => OnlineStorage.managedRedis({ skuName: 'Premium_P1' })).toThrow("online storage 'managedRedis': skuName must be a size of Azure Managed Redis like Balanced_B1 or MemoryOptimized_M10, got 'Premium_P1'");
  });
});

describe('a group', () => {
  const ANA = '12345678-1234-1234-1234-123456789012';
  const ana = Principal.user(ANA);
  const given = (stack: TerraformStack) => resourcesOf(synthesized(stack), 'azurerm_role_assignment').filter(({ principal_id: who }) => who === ANA);
  const roles = (stack: TerraformStack) => given(stack).map(({ role_definition_id: role }) => role.split('/').pop().replace(/^\$\{(\w+\.\w+-?\w*).*/, '$1')).sort();

  test('is found by its name', () => {
    const { store } = setting();
    expect(store.featureGroup('customers').sourceFolder).toBe('abfss://features@features.dfs.core.windows.net/customers/rows');
    expect(() => store.featureGroup('orders')).toThrow("feature store 'Stack/Features': featureGroup must be one of customers, got 'orders'");
    expect(FeatureStore.fromFeatureGroups(setting().stack, 'Found', { customers: store.featureGroup('customers') }).featureGroup('customers').featureSetName).toBe('customers');
  });

  test('lets others write rows of its own alone', () => {
    const { stack, store } = setting();
    const group = store.featureGroup('customers');
    expect(group.grantWrite(ana).addresses).toEqual(group.grantWrite(ana).addresses);
    expect(given(stack)).toEqual([expect.objectContaining({
      scope: `${GROUP}/providers/Microsoft.Storage/storageAccounts/features/blobServices/default/containers/features`,
      role_definition_id: expect.stringMatching(/ba92f5b4-2d11-453d-a403-e96b0029c9fe$/),
      condition: expect.stringContaining("StringStartsWith 'customers/rows/'"),
    })]);
  });

  test('lets others read all rows, and its definition', () => {
    const { stack, store } = setting();
    store.featureGroup('customers').grantReadOffline(ana);
    expect(roles(stack)).toEqual(['2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', expect.stringMatching(/Features_customers_Reader/)]);
  });

  test('lets others read the latest rows, with the key of the cache and without the rows of the lake', () => {
    const { stack, store } = setting();
    store.featureGroup('customers').grantRead(ana);
    expect(roles(stack)).toEqual(['2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', expect.stringMatching(/customers_OnlineReader/), expect.stringMatching(/customers_Reader/)]);
    expect(given(stack).some(({ scope }) => scope.endsWith('containers/features'))).toBe(false);
  });

  test('has nothing online when it is not', () => {
    expect(() => setting({ featureGroups: [offline] }).store.featureGroup('customers').grantRead(ana)).toThrow(
      "feature group 'Stack/Features/customers': grantRead reads the online store, which it does not have: use grantReadOffline");
  });

  test('of another stack can be used', () => {
    const stack = azureStack({ resourceGroupName: 'ml' });
    const account = `${GROUP}/providers/Microsoft.Storage/storageAccounts/rows`;
    const group = FeatureGroup.fromAttributes(stack, 'Customers', {
      featureStoreId: `${GROUP}/providers/${ML}/features`,
      featureSetName: 'customers',
      featureSetVersion: '3',
      sourceAccountId: account,
      sourceContainer: 'lake',
      sourcePath: 'customers/rows',
      offlineStoreId: `${account}/blobServices/default/containers/materialized`,
    });
    expect([group.sourceFolder, group.featureSetVersion, group.onlineStoreId]).toEqual(['abfss://lake@rows.dfs.core.windows.net/customers/rows', '3', undefined]);
    group.grantReadOffline(ana);
    expect(given(stack).map(({ scope }) => scope.split('/').pop()).sort()).toEqual(['features', 'lake', 'materialized']);
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

describe('refuses', () => {
  const group = (spec: Partial<FeatureGroupSpec>) => () => withSpec(spec);
  const column = (name: string, valueType = FeatureType.STRING) => ({ features: [...customers.features, { name, valueType }] });
  test.each<[string, Partial<FeatureGroupSpec>, string]>([
    ['too few features', { features: customers.features.slice(0, 2) }, 'features must be between 3 and 2000 features, entityKey and eventTime among them: a feature set serves what is beside them, got 2'],
    ['a name with a hyphen', column('age-now'), "features.name must be letters, digits and underscores, no digit first, at most 128, got 'age-now'"],
    ['a name twice, as Spark reads it', column('Orders'), "features must be without repeats, got 'orders'"],
    ['a key that is no feature', { entityKey: 'id' }, "entityKey must be the name of one of its features, got 'id'"],
    ['a time that is the key', { eventTime: 'customer_id' }, "eventTime must be another feature than entityKey, got 'customer_id'"],
    ['neither store', { online: false, offline: false }, 'online and offline are both false, so that no row would be kept: set one of them'],
    ['rows that training does not get', { offline: false },
      'offline is refused on azure: the online store is filled from the rows in the lake, which stay there for training: leave it out'],
  ])('%s', (_, spec, message) => {
    expect(group(spec)).toThrow(`feature store 'Stack/Features': feature group 'customers': ${message}`);
  });

  const who = "feature store 'Stack/Features': ";
  test.each<[string, Partial<FeatureStoreProps>, string]>([
    ['two groups of one name', { featureGroups: [customers, { ...customers, name: 'Customers' }] }, "featureGroups must be without repeats, got 'customers'"],
    ['options of no group', { groupOptions: { orders: {} } }, "groupOptions must be the name of one of the featureGroups, got 'orders'"],
    ['a cache that nobody fills', { featureGroups: [offline], onlineStorage: OnlineStorage.managedRedis() }, 'onlineStorage needs a group that is online: leave online true, or remove it'],
    ['machines that serverless Spark has not', { materializationInstanceType: 'Standard_DS3_v2' },
      "materializationInstanceType must be Standard_E4s_v3, Standard_E8s_v3, Standard_E16s_v3, Standard_E32s_v3, Standard_E64s_v3, got 'Standard_DS3_v2'"],
    ['an address that is none', { alertEmails: ['ml'] }, "alertEmails must be e-mail addresses like ml@example.com, got 'ml'"],
    ['addresses where all are let in', { allowedIpRanges: ['203.0.113.0/24'] },
      'allowedIpRanges is for a feature store without publicNetworkAccess, which all addresses reach: remove it, or set publicNetworkAccess to false'],
    ['a delay of no time', { groupOptions: { customers: { sourceDelayMinutes: -1 } } }, 'groupOptions.customers.sourceDelayMinutes must be a whole number between 0 and 525600, got -1'],
    ['code that cannot be imported', { groupOptions: { customers: { transformation: { file: 'my-code.py', className: 'Sums' } } } },
      "groupOptions.customers.transformation.file must be a Python file whose name can be imported, like features/customers.py, got 'my-code.py'"],
  ])('%s', (_, props, message) => {
    expect(() => config(props)).toThrow(`${who}${message}`);
  });
});
