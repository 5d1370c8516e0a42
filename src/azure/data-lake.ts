import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container';
import { StorageContainerImmutabilityPolicy } from '@cdktf/provider-azurerm/lib/storage-container-immutability-policy';
import { StorageManagementPolicy } from '@cdktf/provider-azurerm/lib/storage-management-policy';
import { Construct } from 'constructs';
import { AzureResourceGroup } from './azure-resource-group';
import { DataLakeBase, DataLakeParts } from './data-lake-base';
import { DataLakeAttributes, DataLakeProps, IDataLake } from './data-lake-props';
import { EncryptionKey } from './encryption-key';
import { ManagedIdentity } from './managed-identity';
import { requireKnown } from '../core/private/known-values';
import { ResolvedDataLake, resolvedDataLake } from '../core/private/resolve/data';
import { refuse, refuseBecause, requireInteger, requireMatch, Speaker } from '../core/private/validation';
import { acknowledge } from '../terraform/acknowledge';
import { mayDestroy } from '../terraform/removal';
import { PRIVATE_ZONES, privateEndpoint } from './private/base/private-endpoint';
import { requireProps } from './private/base/require-props';
import { AccountKey, AccountReach, newAccount } from './private/data/account';
import { lifecycleRules } from './private/data/lifecycle';
import { requireIpRange, requireSubnetId } from './private/data/network-rules';
import { hasZones, REPLICATIONS } from './private/data/replication';

/**
 * Versioned, encrypted storage that knows identities alone: one account for raw data, artifacts, captured traffic and
 * queues, another with a hierarchical
 * namespace for features, one key for both.
 *
 * Children: `Key`, `Identity` (unwraps with the key), `Store` and its containers `Raw`, `Artifacts`, `Captured`,
 * `Lifecycle`, `Features` and its container
 * `FeatureData`, `…Endpoint` with `privateEndpoints`. Costs: storage and requests; 1 USD a month for the key.
 *
 * @see https://learn.microsoft.com/azure/storage/blobs/storage-blobs-introduction
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { azure } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new azure.DataLake(stack, 'Data', { captureRetentionDays: 30 });
 * const workspace = new azure.Workspace(stack, 'Workspace', { data, users: ['alice'] });
 * data.grantReadRaw(workspace.identities[0], 'dataset/');
 */
export class DataLake extends DataLakeBase {
  /** A lake that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: DataLakeAttributes): IDataLake {
    return new ImportedDataLake(scope, id, attributes);
  }

  public constructor(scope: Construct, id: string, props: DataLakeProps = {}) {
    super(scope, id, (lake, who) => newLake(lake, who, props));
  }
}

class ImportedDataLake extends DataLakeBase {
  public constructor(scope: Construct, id: string, attributes: DataLakeAttributes) {
    super(scope, id, (_, who) => {
      requireProps(who, 'DataLakeAttributes', attributes);
      requireKnown(who, attributes);
      requireInteger(who, 'captureRetentionDays', attributes.captureRetentionDays, 1, LONGEST_CAPTURE_DAYS);
      const containers = {
        rawContainer: attributes.rawContainer ?? RAW,
        artifactContainer: attributes.artifactContainer ?? ARTIFACTS,
        capturedContainer: attributes.capturedContainer ?? CAPTURED,
        featuresContainer: attributes.featuresContainer ?? FEATURES,
      };
      for (const [prop, name] of Object.entries(containers)) {
        requireMatch(
          who,
          prop,
          name,
          CONTAINER,
          'the name of a container, 3 to 63 lower-case letters, digits and hyphens',
        );
      }
      const { storeAccountId, featuresAccountId } = attributes;
      const [storeAccountName, featuresAccountName] = [
        accountName(who, 'storeAccountId', storeAccountId),
        accountName(who, 'featuresAccountId', featuresAccountId),
      ];
      if (storeAccountName === featuresAccountName) {
        refuse(
          who,
          'featuresAccountId',
          featuresAccountId,
          'another account than storeAccountId: one with a hierarchical namespace, which cannot have versions',
        );
      }
      return {
        ...containers,
        storeAccountName,
        storeAccountId,
        featuresAccountName,
        featuresAccountId,
        captureRetentionDays: attributes.captureRetentionDays,
        encryptionKey: attributes.encryptionKey,
        isPrivate: attributes.isPrivate ?? false,
      };
    });
  }
}

function newLake(lake: Construct, who: Speaker, props: DataLakeProps): DataLakeParts {
  requireProps(who, 'DataLakeProps', props);
  requireKnown(who, props);
  const resolved = resolvedDataLake(who, props, LONGEST_CAPTURE_DAYS);
  check(who, props);
  const isDestroyable = mayDestroy(lake, who, props.removalPolicy);
  if (isDestroyable && props.lockRawImmutability) {
    refuseBecause(
      who,
      'removalPolicy DESTROY and lockRawImmutability exclude each other: a locked container cannot be deleted until its last blob is free',
    );
  }
  const { location } = AzureResourceGroup.of(lake);
  const encryption = newKey(lake, props);
  const shared = {
    replication: props.accountReplicationType ?? (hasZones(location) ? 'ZRS' : 'LRS'),
    softDeleteDays: props.softDeleteDays ?? 7,
    infrastructureEncryption: props.infrastructureEncryption ?? false,
    encryption,
    reach: reachOf(props),
    isDestroyable,
  };
  const store = newAccount(lake, 'Store', { ...shared, versioned: true, hierarchical: false });
  const features = newAccount(lake, 'Features', { ...shared, versioned: false, hierarchical: true });
  const container = (id: string, account: StorageAccount, name: string) =>
    newContainer(lake, id, account, name, isDestroyable);
  const raw = container('Raw', store, RAW);
  if (props.rawImmutabilityDays !== undefined) {
    new StorageContainerImmutabilityPolicy(lake, 'RawImmutability', {
      storageContainerResourceManagerId: `${store.id}/blobServices/default/containers/${raw.name}`,
      immutabilityPeriodInDays: props.rawImmutabilityDays,
      locked: props.lockRawImmutability ?? false,
      protectedAppendWritesEnabled: false,
      protectedAppendWritesAllEnabled: false,
    });
  }
  const artifacts = container('Artifacts', store, ARTIFACTS);
  const captured = container('Captured', store, CAPTURED);
  const featureData = container('FeatureData', features, FEATURES);
  newLifecycle(lake, store, resolved, props.coldAccessTier ?? 'Cool');
  if (props.privateEndpoints) newEndpoints(lake, store, features);
  return {
    storeAccountName: store.name,
    storeAccountId: store.id,
    rawContainer: raw.name,
    artifactContainer: artifacts.name,
    capturedContainer: captured.name,
    captureRetentionDays: resolved.captureRetentionDays,
    featuresAccountName: features.name,
    featuresAccountId: features.id,
    featuresContainer: featureData.name,
    encryptionKey: encryption.key,
    isPrivate: props.privateEndpoints ?? false,
  };
}

/** The key and who unwraps with it. */
function newKey(lake: Construct, props: DataLakeProps): AccountKey {
  const key = props.encryptionKey ?? new EncryptionKey(lake, 'Key', { removalPolicy: props.removalPolicy });
  const identity = new ManagedIdentity(lake, 'Identity');
  return { key, identity, ready: key.grantCrypto(identity) };
}

function newContainer(
  lake: Construct,
  id: string,
  account: StorageAccount,
  name: string,
  isDestroyable: boolean,
): StorageContainer {
  const container = new StorageContainer(lake, id, {
    name,
    storageAccountId: account.id,
    containerAccessType: 'private',
    lifecycle: { preventDestroy: !isDestroyable },
  });
  acknowledge(
    container,
    'CKV2_AZURE_21',
    'who read and wrote what is logged by diagnostic settings, from maturity level 1 on',
  );
  return container;
}

function newLifecycle(
  lake: Construct,
  store: StorageAccount,
  resolved: ResolvedDataLake,
  coldTier: string,
): StorageManagementPolicy {
  return new StorageManagementPolicy(lake, 'Lifecycle', {
    storageAccountId: store.id,
    rule: lifecycleRules(resolved, coldTier, { raw: RAW, artifacts: ARTIFACTS, captured: CAPTURED }),
  });
}

function newEndpoints(lake: Construct, store: StorageAccount, features: StorageAccount): void {
  const { network } = AzureResourceGroup.of(lake);
  const endpoint = (id: string, account: StorageAccount, subresource: 'blob' | 'queue' | 'dfs') =>
    privateEndpoint(lake, `${id}Endpoint`, {
      network,
      targetId: account.id,
      subresource,
      zones: PRIVATE_ZONES[subresource],
    });
  endpoint('StoreBlob', store, 'blob');
  endpoint('StoreQueue', store, 'queue');
  endpoint('FeaturesBlob', features, 'blob');
  endpoint('FeaturesDfs', features, 'dfs');
}

function reachOf({ privateEndpoints = false, allowedIpRanges, allowedSubnetIds }: DataLakeProps): AccountReach {
  return {
    isRestricted: privateEndpoints,
    ipRanges: allowedIpRanges,
    subnetIds: allowedSubnetIds,
    resourceTypes: ['Microsoft.Logic/workflows', 'Microsoft.MachineLearningServices/workspaces'],
  };
}

function check(who: Speaker, props: DataLakeProps): void {
  if (props.accountReplicationType !== undefined && !REPLICATIONS.includes(props.accountReplicationType)) {
    refuse(who, 'accountReplicationType', props.accountReplicationType, `one of ${REPLICATIONS.join(', ')}`);
  }
  requireMatch(who, 'coldAccessTier', props.coldAccessTier, /^(Cool|Cold)$/, 'Cool or Cold, which answer at once');
  requireInteger(who, 'softDeleteDays', props.softDeleteDays, 1, 365);
  requireInteger(who, 'rawImmutabilityDays', props.rawImmutabilityDays, 1, 146_000);
  if (props.lockRawImmutability && props.rawImmutabilityDays === undefined) {
    refuse(who, 'lockRawImmutability', true, 'left out without rawImmutabilityDays');
  }
  for (const prop of ['allowedIpRanges', 'allowedSubnetIds'] as const) {
    if (props[prop] === undefined || props.privateEndpoints) continue;
    refuse(
      who,
      prop,
      props[prop],
      'left out without privateEndpoints: jobs and endpoints have no addresses to list, and would not reach the lake',
    );
  }
  for (const range of props.allowedIpRanges ?? []) requireIpRange(who, 'allowedIpRanges', range);
  for (const subnet of props.allowedSubnetIds ?? []) requireSubnetId(who, 'allowedSubnetIds', subnet);
}

function accountName(who: Speaker, prop: string, accountId: string): string {
  const want =
    'the ARM id of a storage account, /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.Storage/storageAccounts/<name>';
  return ACCOUNT_ID.exec(accountId)?.[1] ?? refuse(who, prop, accountId, want);
}

const LONGEST_CAPTURE_DAYS = 3650;

const RAW = 'raw';
const ARTIFACTS = 'artifacts';
const CAPTURED = 'captured';
const FEATURES = 'features';

const CONTAINER = /^(?=.{3,63}$)[a-z0-9](-?[a-z0-9])*$/;

const ACCOUNT_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/([^/]+)$/i;
