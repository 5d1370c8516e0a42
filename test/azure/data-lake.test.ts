import { TerraformStack } from 'cdktf';
import { DataLake } from '../../src/azure/data-lake';
import { DataLakeProps, IDataLake } from '../../src/azure/data-lake-props';
import { EncryptionKey } from '../../src/azure/encryption-key';
import { ManagedIdentity } from '../../src/azure/managed-identity';
import { Principal } from '../../src/azure/principal';
import { ROLES } from '../../src/azure/private/base/roles';
import { RemovalPolicy } from '../../src/azure/removal-policy';
import { azureStack, onlyResource, resourceAt, resourcesOf, SUBSCRIPTION, synthesized, TENANT, TerraformConfig } from '../support/azure';
import { foldersIn } from '../support/azure-parts';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml`;
const STORE = `${GROUP}/providers/Microsoft.Storage/storageAccounts/store`;

interface Setting { stack: TerraformStack; data: DataLake }
const setting = (props: DataLakeProps = {}, context = {}, group = {}): Setting => {
  const stack = azureStack(group, context);
  return { stack, data: new DataLake(stack, 'Data', props) };
};
const config = (props?: DataLakeProps, context?: object, group?: object): TerraformConfig => synthesized(setting(props, context, group).stack);
const account = (of: TerraformConfig, id: string) => resourceAt(of, 'azurerm_storage_account', `Data_${id}`);
const rules = (of: TerraformConfig): { [name: string]: any } =>
  Object.fromEntries(onlyResource(of, 'azurerm_storage_management_policy').rule.map(({ name, ...rule }: any) => [name, rule]));
const roleOf = (given: any) => Object.entries(ROLES).find(([, id]) => given.role_definition_id.endsWith(id))![0];

describe('an account', () => {
  test.each(['Store', 'Features'])('%s knows identities alone, and nothing of it is open', (id) => {
    expect(account(config(), id)).toMatchObject({
      name: expect.stringMatching(/^stackdata[a-z0-9]+$/),
      location: 'westeurope',
      account_kind: 'StorageV2',
      account_tier: 'Standard',
      account_replication_type: 'ZRS',
      min_tls_version: 'TLS1_2',
      https_traffic_only_enabled: true,
      shared_access_key_enabled: false,
      default_to_oauth_authentication: true,
      local_user_enabled: false,
      allow_nested_items_to_be_public: false,
      cross_tenant_replication_enabled: false,
      allowed_copy_scope: 'AAD',
    });
  });

  test.each(['Store', 'Features'])('%s is encrypted with the key of the lake, queues and tables too, once its identity may', (id) => {
    const all = config();
    expect(account(all, id)).toMatchObject({
      identity: { type: 'UserAssigned', identity_ids: [expect.stringMatching(/^\$\{azurerm_user_assigned_identity\.Data_Identity_\w+\.id\}$/)] },
      customer_managed_key: {
        key_vault_key_id: expect.stringMatching(/Data_Key_Key-keyUri_\w+\.output\}$/),
        user_assigned_identity_id: expect.stringContaining('azurerm_user_assigned_identity.Data_Identity'),
      },
      queue_encryption_key_type: 'Account',
      table_encryption_key_type: 'Account',
      infrastructure_encryption_enabled: false,
      depends_on: expect.arrayContaining([expect.stringMatching(/^azurerm_role_assignment\.Data_Key_/), expect.stringMatching(/^time_sleep\.Data_Key_/)]),
    });
    expect(account(config({ infrastructureEncryption: true }), id).infrastructure_encryption_enabled).toBe(true);
  });

  test('of what is written has versions, that of features a hierarchical namespace: none has both', () => {
    const all = config();
    expect([account(all, 'Store'), account(all, 'Features')].map((each) => [each.is_hns_enabled, each.blob_properties.versioning_enabled]))
      .toEqual([[false, true], [true, false]]);
  });

  test.each(['Store', 'Features'])('%s keeps what was deleted for a while', (id) => {
    const kept = (days: number) => ({ delete_retention_policy: { days }, container_delete_retention_policy: { days } });
    expect(account(config(), id).blob_properties).toMatchObject(kept(7));
    expect(account(config({ softDeleteDays: 30 }), id).blob_properties).toMatchObject(kept(30));
  });

  test('is in three zones where the region has them, unless it should be elsewhere too', () => {
    expect(account(config({}, {}, { location: 'westus' }), 'Store').account_replication_type).toBe('LRS');
    expect(account(config({ accountReplicationType: 'GZRS' }), 'Features').account_replication_type).toBe('GZRS');
  });

  test('has a name that the world accepts, whatever the path is called, and another one in another group', () => {
    const names = (group: string) => {
      const stack = azureStack({ resourceGroupName: group });
      new DataLake(stack, 'D'.repeat(80));
      return resourcesOf(synthesized(stack), 'azurerm_storage_account').map(({ name }) => name);
    };
    const all = [...names('one'), ...names('two')];
    for (const name of all) expect(name).toMatch(/^[a-z0-9]{3,24}$/);
    expect(new Set(all).size).toBe(4);
  });
});

test('containers are private and kept', () => {
  const containers = resourcesOf(config(), 'azurerm_storage_container');
  expect(containers.map((each) => [each.name, each.container_access_type, each.lifecycle, /Data_(\w+)_[0-9A-F]+\.id/.exec(each.storage_account_id)![1]])).toEqual([
    ['artifacts', 'private', { prevent_destroy: true }, 'Store'],
    ['captured', 'private', { prevent_destroy: true }, 'Store'],
    ['features', 'private', { prevent_destroy: true }, 'Features'],
    ['raw', 'private', { prevent_destroy: true }, 'Store'],
  ]);
});

describe('lifecycle', () => {
  test('forgets old versions and snapshots', () => {
    expect(rules(config())['old-versions']).toEqual({
      enabled: true,
      actions: {
        version: { delete_after_days_since_creation: 365 },
        snapshot: { delete_after_days_since_creation_greater_than: 365 },
      },
      filters: { blob_types: ['blockBlob', 'appendBlob'] },
    });
    expect(rules(config({ noncurrentVersionDays: 30 }))['old-versions'].actions.version).toEqual({ delete_after_days_since_creation: 30 });
  });

  test('moves raw data to a colder tier that answers at once', () => {
    expect(rules(config())['cold-raw-data']).toMatchObject({
      actions: { base_blob: { tier_to_cool_after_days_since_modification_greater_than: 90 } },
      filters: { blob_types: ['blockBlob'], prefix_match: ['raw/'] },
    });
    expect(rules(config({ coldStorageAfterDays: 10, coldAccessTier: 'Cold' }))['cold-raw-data'].actions)
      .toEqual({ base_blob: { tier_to_cold_after_days_since_modification_greater_than: 10 } });
  });

  test('forgets captured traffic, in every version', () => {
    expect(rules(config({ captureRetentionDays: 14 }))['captured-traffic']).toEqual({
      enabled: true,
      actions: {
        base_blob: { delete_after_days_since_modification_greater_than: 14 },
        snapshot: { delete_after_days_since_creation_greater_than: 14 },
        version: { delete_after_days_since_creation: 14 },
      },
      filters: { blob_types: ['blockBlob', 'appendBlob'], prefix_match: ['captured/'] },
    });
    expect(setting().data.captureRetentionDays).toBe(90);
  });

  test('forgets checkpoints that no training can go on from', () => {
    expect(rules(config())['old-checkpoints']).toMatchObject({
      actions: { base_blob: { delete_after_days_since_modification_greater_than: 60 } }, filters: { prefix_match: ['artifacts/checkpoints/'] },
    });
  });
});

describe('raw data that nobody can change', () => {
  test('is asked for, for some days, and can be locked', () => {
    expect(resourcesOf(config(), 'azurerm_storage_container_immutability_policy')).toEqual([]);
    expect(onlyResource(config({ rawImmutabilityDays: 90 }), 'azurerm_storage_container_immutability_policy')).toMatchObject({
      storage_container_resource_manager_id: expect.stringMatching(
        /^\$\{azurerm_storage_account\.Data_Store_\w+\.id\}\/blobServices\/default\/containers\/\$\{azurerm_storage_container\.Data_Raw_\w+\.name\}$/),
      immutability_period_in_days: 90,
      locked: false,
      protected_append_writes_enabled: false,
    });
    expect(onlyResource(config({ rawImmutabilityDays: 90, lockRawImmutability: true }), 'azurerm_storage_container_immutability_policy').locked).toBe(true);
  });

  test('cannot go with its stack once it is locked', () => {
    expect(() => config({ rawImmutabilityDays: 90, lockRawImmutability: true, removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true })).toThrow(
      "data lake 'Stack/Data': removalPolicy DESTROY and lockRawImmutability exclude each other: a locked container cannot be deleted until its last blob is free");
  });
});

describe('the network', () => {
  test('is open to identities where nothing is said, and says so, so that an earlier rule goes', () => {
    for (const id of ['Store', 'Features']) {
      expect(account(config(), id)).toMatchObject({
        public_network_access_enabled: true, network_rules: { default_action: 'Allow', ip_rules: [], virtual_network_subnet_ids: [] },
      });
    }
    expect(setting().data.isPrivate).toBe(false);
    expect(resourcesOf(config(), 'azurerm_private_endpoint')).toEqual([]);
  });

  test('is the private one of the group alone where that is asked for, and workflows and workspaces of the group get in as themselves', () => {
    const { stack, data } = setting({ privateEndpoints: true });
    const all = synthesized(stack);
    expect(data.isPrivate).toBe(true);
    expect(resourcesOf(all, 'azurerm_private_endpoint').map((each) => [
      each.private_service_connection.subresource_names, /Data_(\w+)_[0-9A-F]+\.id/.exec(each.private_service_connection.private_connection_resource_id)![1],
    ])).toEqual([[['blob'], 'Features'], [['dfs'], 'Features'], [['blob'], 'Store'], [['queue'], 'Store']]);
    expect(resourcesOf(all, 'azurerm_private_dns_zone').map(({ name }) => name).sort())
      .toEqual(['privatelink.blob.core.windows.net', 'privatelink.dfs.core.windows.net', 'privatelink.queue.core.windows.net']);
    for (const id of ['Store', 'Features']) {
      const inGroup = (type: string) => ({
        endpoint_resource_id: expect.stringMatching(new RegExp(`^/subscriptions/${SUBSCRIPTION}/resourcegroups/.+/providers/${type}/\\*$`)), endpoint_tenant_id: TENANT,
      });
      expect(account(all, id).network_rules).toMatchObject({
        default_action: 'Deny',
        bypass: ['AzureServices', 'Logging', 'Metrics'],
        private_link_access: [inGroup('Microsoft.Logic/workflows'), inGroup('Microsoft.MachineLearningServices/workspaces')],
      });
    }
  });

  test('lets in what is listed as well', () => {
    const subnet = `${GROUP}/providers/Microsoft.Network/virtualNetworks/office/subnets/people`;
    const all = config({ privateEndpoints: true, allowedIpRanges: ['203.0.113.0/24', '198.51.100.7'], allowedSubnetIds: [subnet] });
    expect(account(all, 'Store').network_rules).toMatchObject({
      default_action: 'Deny', ip_rules: ['203.0.113.0/24', '198.51.100.7'], virtual_network_subnet_ids: [subnet], private_link_access: [{}, {}],
    });
  });
});

describe('what happens to the data', () => {
  const stateful = (of: TerraformConfig) => [...resourcesOf(of, 'azurerm_storage_account'), ...resourcesOf(of, 'azurerm_storage_container'), ...resourcesOf(of, 'azurerm_key_vault')];

  test('is nothing, unless two keys say otherwise', () => {
    for (const each of stateful(config())) expect(each.lifecycle).toEqual({ prevent_destroy: true });
    expect(() => config({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
      "data lake 'Stack/Data': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
  });

  test('is that all of it goes, the vault of the key included, so that a stack can be destroyed', () => {
    const gone = config({ removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true });
    for (const each of stateful(gone)) expect(each.lifecycle).toEqual({ prevent_destroy: false });
    expect(JSON.stringify(gone)).not.toContain('"prevent_destroy":true');
  });
});

test('a key of yours encrypts everything', () => {
  const stack = azureStack();
  const encryptionKey = EncryptionKey.fromAttributes(stack, 'Mine', {
    keyId: 'https://mine.vault.azure.net/keys/lake/0123', keyVaultId: `${GROUP}/providers/Microsoft.KeyVault/vaults/mine`,
  });
  const data = new DataLake(stack, 'Data', { encryptionKey });
  expect(data.encryptionKey).toBe(encryptionKey);
  const all = synthesized(stack);
  expect(resourcesOf(all, 'azurerm_key_vault')).toEqual([]);
  expect(account(all, 'Store').customer_managed_key.key_vault_key_id).toBe('https://mine.vault.azure.net/keys/lake');
});

const imported = (): { stack: TerraformStack; data: IDataLake } => {
  const stack = azureStack();
  return { stack, data: DataLake.fromAttributes(stack, 'Data', { storeAccountId: STORE, featuresAccountId: STORE.replace(/store$/, 'features') }) };
};

describe.each<[string, () => { stack: TerraformStack; data: IDataLake }]>([['a new lake', setting], ['a lake that exists', imported]])('%s', (_, make) => {
  const ana = Principal.user('aaaaaaaa-0000-0000-0000-000000000001');
  const given = (stack: TerraformStack) => resourcesOf(synthesized(stack), 'azurerm_role_assignment').filter(({ principal_id }) => principal_id === ana.objectId);
  const placeOf = ({ scope }: any) => /containers\/.*?(Raw|Artifacts|Captured|FeatureData|raw|artifacts|captured|features)/.exec(scope)![1];

  test('lets others read everything', () => {
    const { stack, data } = make();
    expect(data.grantRead(ana).addresses).toHaveLength(4);
    expect(given(stack).map((each) => [roleOf(each), each.condition])).toEqual(Array(4).fill(['storageBlobDataReader', undefined]));
    expect(new Set(given(stack).map(placeOf)).size).toBe(4);
  });

  test('lets others write everything', () => {
    const { stack, data } = make();
    data.grantReadWrite(ana);
    expect(given(stack).map(roleOf)).toEqual(Array(4).fill('storageBlobDataContributor'));
  });

  test('limits a permission to a folder of what is not captured and no feature', () => {
    const { stack, data } = make();
    expect(data.grantRead(ana, 'training/').addresses).toHaveLength(2);
    for (const each of given(stack)) expect(each).toMatchObject({ condition_version: '2.0', condition: expect.stringContaining("StringStartsWith 'training/'") });
  });

  test.each<[keyof IDataLake & `grant${string}`, RegExp, string]>([
    ['grantReadRaw', /raw/i, 'storageBlobDataReader'],
    ['grantWriteRaw', /raw/i, 'storageBlobDataContributor'],
    ['grantReadArtifacts', /artifacts/i, 'storageBlobDataReader'],
    ['grantWriteArtifacts', /artifacts/i, 'storageBlobDataContributor'],
    ['grantReadCaptured', /captured/i, 'storageBlobDataReader'],
    ['grantWriteCaptured', /captured/i, 'storageBlobDataContributor'],
    ['grantReadFeatures', /feature/i, 'storageBlobDataReader'],
    ['grantWriteFeatures', /feature/i, 'storageBlobDataContributor'],
  ])('opens one container by %s', (grant, place, role) => {
    const { stack, data } = make();
    data[grant](ana);
    const [only, ...others] = given(stack);
    expect(others).toEqual([]);
    expect([placeOf(only), roleOf(only)]).toEqual([expect.stringMatching(place), role]);
  });

  test('gives each permission once, whoever asks how often', () => {
    const { stack, data } = make();
    const job = new ManagedIdentity(stack, 'Job');
    data.grantReadRaw(job, 'a/');
    expect(data.grantReadRaw(job, 'a/').addresses).toEqual(data.grantReadRaw(job, 'a/').addresses);
    data.grantRead(job, 'a/');
    data.grantWriteRaw(job, 'a/');
    expect(resourcesOf(synthesized(stack), 'azurerm_role_assignment').filter(({ principal_id }) => principal_id.includes('Job'))).toHaveLength(3);
  });

  // Azure has one assignment of a role to a principal in a scope, whatever its condition.
  test('gives folders of a container by one role assignment, whose address and text have nothing of the order', () => {
    const roleFor = (...folders: (string | undefined)[]) => {
      const { stack, data } = make();
      for (const folder of folders) data.grantWriteRaw(ana, folder);
      const all = Object.entries<any>(synthesized(stack).resource.azurerm_role_assignment)
        .filter(([, { principal_id }]) => principal_id === ana.objectId);
      expect(all).toHaveLength(1);
      return all[0];
    };
    const [address, { condition, description, condition_version: version }] = roleFor('b/', 'a/', 'a/c/');
    expect(roleFor('a/c/', 'b/', 'a/')).toEqual([address, expect.objectContaining({ condition, description })]);
    expect([foldersIn(condition), version]).toEqual([['a/', 'b/'], '2.0']);
    expect(condition).toContain("containers/blobs:path] StringEquals 'b')");
    expect(condition).toMatch(/\(@Request\[[^\]]+:prefix\] StringStartsWith 'a\/' OR @Request\[[^\]]+:prefix\] StringStartsWith 'b\/'\)\)$/);
    expect(description).toMatch(/^Writes .+ a\/; Writes .+ a\/c\/; Writes .+ b\/$/);
    expect(roleFor('b/', undefined, 'a/')[0]).toBe(address);
    expect(roleFor('b/', undefined, 'a/')[1].condition).toBeUndefined();
    expect(roleFor(undefined, 'a/')[1]).not.toHaveProperty('condition_version');
  });

  test('refuses more folders than a condition has room for', () => {
    const { data } = make();
    const give = () => { for (let each = 0; each < 60; each++) data.grantWriteRaw(ana, `customers/region-${each}/rows/`); };
    expect(give).toThrow(/^permission 'Stack\/Data\/Grant-write-raw-\w+': its condition has 8\d{3} characters for 15 folders, and Azure takes 8192: give it for folders above them$/);
  });
});

describe('a condition', () => {
  const conditionOf = (grant: (data: DataLake, job: ManagedIdentity) => void): string => {
    const { stack, data } = setting();
    grant(data, new ManagedIdentity(stack, 'Job'));
    return resourcesOf(synthesized(stack), 'azurerm_role_assignment').find(({ condition }) => condition !== undefined).condition;
  };
  const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

  test('has everything that the role does to blobs, the folders on the way, and lists that say the folder', () => {
    expect(conditionOf((data, job) => data.grantWriteArtifacts(job, 'training/churn/'))).toBe(
      `((!(ActionMatches{'${blobs}/read'} AND NOT SubOperationMatches{'Blob.List'}) AND !(ActionMatches{'${blobs}/write'}) `
      + `AND !(ActionMatches{'${blobs}/add/action'}) AND !(ActionMatches{'${blobs}/delete'}) AND !(ActionMatches{'${blobs}/move/action'})) `
      + `OR (@Resource[${blobs}:path] StringStartsWith 'training/churn/' OR @Resource[${blobs}:path] StringEquals 'training' `
      + `OR @Resource[${blobs}:path] StringEquals 'training/churn')) `
      + `AND ((!(ActionMatches{'${blobs}/read'} AND SubOperationMatches{'Blob.List'})) OR (@Request[${blobs}:prefix] StringStartsWith 'training/churn/'))`);
  });

  test('is text for Terraform, whatever a prefix looks like', () => {
    expect(conditionOf((data, job) => data.grantReadRaw(job, 'a%{if}b${c}/'))).toContain("StringStartsWith 'a%%{if}b$${c}/'");
  });

  test.each(['training', '/training/', 'https://a/x/', "a'b/", 'a\\b/', 'a//b/', ''])('is not made for %j', (prefix) => {
    const { stack, data } = setting();
    expect(() => data.grantReadRaw(new ManagedIdentity(stack, 'Job'), prefix)).toThrow(/^permission for blobs 'Stack\/Data': prefix must be a folder/);
  });
});

test('a lake that exists is known by its accounts', () => {
  const { data } = imported();
  expect([data.storeAccountName, data.blobEndpoint, data.queueEndpoint]).toEqual(['store', 'https://store.blob.core.windows.net', 'https://store.queue.core.windows.net']);
  expect([data.rawContainer, data.artifactContainer, data.capturedContainer, data.featuresAccountName, data.featuresContainer])
    .toEqual(['raw', 'artifacts', 'captured', 'features', 'features']);
  expect([data.encryptionKey, data.captureRetentionDays, data.isPrivate]).toEqual([undefined, undefined, false]);
});

test.each<[object, string]>([
  [{ storeAccountId: 'store' }, 'storeAccountId must be the ARM id of a storage account, /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.Storage/storageAccounts/<name>, got \'store\''],
  [{ featuresAccountId: STORE }, `featuresAccountId must be another account than storeAccountId: one with a hierarchical namespace, which cannot have versions, got '${STORE}'`],
  [{ rawContainer: 'Raw' }, "rawContainer must be the name of a container, 3 to 63 lower-case letters, digits and hyphens, got 'Raw'"],
  [{ captureRetentionDays: 0 }, 'captureRetentionDays must be a whole number between 1 and 3650, got 0'],
])('a lake that exists refuses %j', (attributes, message) => {
  expect(() => DataLake.fromAttributes(azureStack(), 'Data', { storeAccountId: STORE, featuresAccountId: STORE.replace(/store$/, 'features'), ...attributes }))
    .toThrow(`data lake 'Stack/Data': ${message}`);
});

test('the namespaces of what it makes are registered', () => {
  expect(config({ privateEndpoints: true }).provider.azurerm[0].resource_providers_to_register)
    .toEqual(['Microsoft.KeyVault', 'Microsoft.ManagedIdentity', 'Microsoft.Network', 'Microsoft.Storage']);
});

test.each<[DataLakeProps, string]>([
  [{ noncurrentVersionDays: 0 }, 'noncurrentVersionDays must be a whole number between 1 and 36500, got 0'],
  [{ coldStorageAfterDays: 1.5 }, 'coldStorageAfterDays must be a whole number between 1 and 36500, got 1.5'],
  [{ captureRetentionDays: 3651 }, 'captureRetentionDays must be a whole number between 1 and 3650, got 3651'],
  [{ coldAccessTier: 'Archive' }, "coldAccessTier must be Cool or Cold, which answer at once, got 'Archive'"],
  [{ accountReplicationType: 'XRS' }, "accountReplicationType must be one of LRS, ZRS, GRS, GZRS, RAGRS, RAGZRS, got 'XRS'"],
  [{ softDeleteDays: 366 }, 'softDeleteDays must be a whole number between 1 and 365, got 366'],
  [{ rawImmutabilityDays: 0 }, 'rawImmutabilityDays must be a whole number between 1 and 146000, got 0'],
  [{ lockRawImmutability: true }, 'lockRawImmutability must be left out without rawImmutabilityDays, got true'],
  [{ privateEndpoints: true, allowedIpRanges: ['10.0.0.0/8'] }, "allowedIpRanges must be public: private ones come in through privateEndpoints or allowedSubnetIds, got '10.0.0.0/8'"],
  [{ privateEndpoints: true, allowedIpRanges: ['203.0.113.0/31'] }, "allowedIpRanges must be addresses or ranges up to /30 like 203.0.113.7 or 203.0.113.0/24, got '203.0.113.0/31'"],
  [{ privateEndpoints: true, allowedSubnetIds: ['people'] }, "allowedSubnetIds must be ARM ids of subnets, got 'people'"],
  [
    { allowedIpRanges: ['203.0.113.7'] },
    'allowedIpRanges must be left out without privateEndpoints: jobs and endpoints have no addresses to list, and would not reach the lake, got ["203.0.113.7"]',
  ],
  [{ removalPolicy: 'DESTROY' as any }, "removalPolicy must be RemovalPolicy.RETAIN or RemovalPolicy.DESTROY, got 'DESTROY'"],
])('refuses %j', (props, message) => {
  expect(() => config(props)).toThrow(`data lake 'Stack/Data': ${message}`);
});
