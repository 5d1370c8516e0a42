import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { Construct } from 'constructs';
import { acknowledge } from '../../../terraform/acknowledge';
import { IEncryptionKey } from '../../encryption-key-props';
import { Grant } from '../../grant';
import { IManagedIdentity } from '../../managed-identity-props';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { resourceGroupOf } from '../base/resource-group-of';

/** The key of an account, and the identity that the account unwraps with it. */
export interface AccountKey {
  readonly key: IEncryptionKey;
  readonly identity: IManagedIdentity;
  /** The permission of the identity, which the account tries when it is made. */
  readonly ready: Grant;
}

/** Who reaches an account over the network. */
export interface AccountReach {
  /** Whether nobody does but those below and private endpoints. */
  readonly isRestricted: boolean;
  /** Whether private endpoints alone do, and services of Azure that are trusted with it. */
  readonly isClosed?: boolean;
  readonly ipRanges?: readonly string[];
  readonly subnetIds?: readonly string[];
  /**
   * Types of Azure's resources in the stack's resource group that reach it as themselves, `Microsoft.Logic/workflows`.
   */
  readonly resourceTypes?: readonly string[];
}

/** What storage accounts of the library differ in. */
export interface AccountInput {
  readonly replication: string;
  readonly hierarchical: boolean;
  readonly versioned: boolean;
  readonly softDeleteDays: number;
  readonly infrastructureEncryption: boolean;
  readonly encryption: AccountKey | undefined;
  readonly reach: AccountReach;
  readonly isDestroyable: boolean;
}

/**
 * A storage account that knows identities alone: no keys, no anonymous blobs, no copies into other tenants.
 *
 * The public address stays switched on where networks are restricted: workflows get in through it as themselves, by a
 * rule for their type of resource, which a
 * switched-off address has no place for.
 */
export function newAccount(scope: Construct, id: string, input: AccountInput): StorageAccount {
  const group = resourceGroupOf(scope);
  group._register('Microsoft.Storage');
  const { encryption, reach } = input;
  const account = new StorageAccount(scope, id, {
    name: azureName(scope, 'storageAccount', id),
    location: group.location,
    resourceGroupName: group.resourceGroupName,
    accountKind: 'StorageV2',
    accountTier: 'Standard',
    accountReplicationType: input.replication,
    accessTier: 'Hot',
    isHnsEnabled: input.hierarchical,
    minTlsVersion: 'TLS1_2',
    httpsTrafficOnlyEnabled: true,
    sharedAccessKeyEnabled: false,
    defaultToOauthAuthentication: true,
    localUserEnabled: false,
    allowNestedItemsToBePublic: false,
    crossTenantReplicationEnabled: false,
    allowedCopyScope: 'AAD',
    infrastructureEncryptionEnabled: input.infrastructureEncryption,
    // With the other value the key of the customer would leave queues and tables out.
    queueEncryptionKeyType: 'Account',
    tableEncryptionKeyType: 'Account',
    identity: encryption && { type: 'UserAssigned', identityIds: [encryption.identity.identityId] },
    customerManagedKey: encryption && {
      keyVaultKeyId: encryption.key.versionlessKeyId,
      userAssignedIdentityId: encryption.identity.identityId,
    },
    sasPolicy: { expirationPeriod: '07.00:00:00', expirationAction: 'Log' },
    publicNetworkAccessEnabled: !reach.isClosed,
    networkRules: {
      // Written in both cases: an account keeps the rules that it had when they are left out.
      defaultAction: reach.isRestricted ? 'Deny' : 'Allow',
      bypass: ['AzureServices', 'Logging', 'Metrics'],
      ipRules: [...(reach.ipRanges ?? [])],
      virtualNetworkSubnetIds: [...(reach.subnetIds ?? [])],
      privateLinkAccess: !reach.isRestricted
        ? undefined
        : (reach.resourceTypes ?? []).map((type) => ({
          endpointResourceId: `/subscriptions/${group.subscriptionId}/resourcegroups/${group.resourceGroupName}/providers/${type}/*`,
          endpointTenantId: group.tenantId,
        })),
    },
    blobProperties: {
      versioningEnabled: input.versioned,
      deleteRetentionPolicy: { days: input.softDeleteDays },
      containerDeleteRetentionPolicy: { days: input.softDeleteDays },
    },
    lifecycle: { preventDestroy: !input.isDestroyable },
    dependsOn: after(encryption?.ready),
  });
  if (!reach.isClosed) {
    acknowledge(
      account,
      'CKV_AZURE_59',
      'network rules say who is let in through the public address: workflows get in by a rule for resources, which needs it',
    );
  }
  if (!reach.isRestricted) {
    const why = 'the address answers to identities with a role alone; privateEndpoints closes it';
    for (const check of ['CKV_AZURE_35', 'CKV2_AZURE_33']) acknowledge(account, check, why);
  }
  if (!/^(RA)?GZ?RS$/.test(input.replication)) {
    const copies = input.replication === 'LRS' ? 'the region has no zones' : 'three zones have a copy each';
    acknowledge(account, 'CKV_AZURE_206', `${copies}, and a copy in another region is for the user to choose`);
  }
  if (input.hierarchical) {
    acknowledge(
      account,
      'MLOPS-DAT-01',
      'a hierarchical namespace excludes versions; features are made again from raw data, and what was deleted can be restored for a while',
    );
  }
  if (!input.hierarchical && !input.versioned) {
    const why =
      'it has what services of Azure ML leave there: data, models and captured traffic are in the lake; what was deleted can be restored for a while';
    acknowledge(account, 'MLOPS-DAT-01', why);
  }
  acknowledge(
    account,
    'CKV_AZURE_33',
    'logging of queues of the old kind needs account keys; diagnostic settings have taken its place',
  );
  return account;
}
