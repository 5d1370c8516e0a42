import { DataAzurermClientConfig } from '@cdktf/provider-azurerm/lib/data-azurerm-client-config';
import { KeyVault } from '@cdktf/provider-azurerm/lib/key-vault';
import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { Construct } from 'constructs';
import { newConnections, newOutboundRules } from './store-connections';
import { isOpen, SPARK, StoreInput, WORKSPACE } from './store-input';
import { acknowledge } from '../../../terraform/acknowledge';
import { fingerprint } from '../../../terraform/fingerprint';
import { pause } from '../../../terraform/pause';
import { IDataLake } from '../../data-lake-props';
import { Grant } from '../../grant';
import { ManagedIdentity } from '../../managed-identity';
import { IManagedIdentity } from '../../managed-identity-props';
import { armResource } from '../base/arm';
import { WorkspaceBody } from '../base/arm-bodies/workspace';
import { grantRole, settled } from '../base/grants';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { PRIVATE_ZONES, privateEndpoint } from '../base/private-endpoint';
import { resourceGroupOf } from '../base/resource-group-of';
import { ROLES } from '../base/roles';
import { newAccount } from '../data/account';
import { hasZones } from '../data/replication';

/** A feature store, ready for entities and feature sets. */
export interface Store {
  readonly id: string;
  readonly name: string;
  /** Its own account. */
  readonly account: StorageAccount;
  /** The container in it that the datastore `workspaceblobstore` is, which the service makes. */
  readonly container: string;
  /** Its connections, which feature sets are materialized over, and the permissions of materialization. */
  readonly ready: Grant;
  /** The permission of whoever deploys to upload into the account. */
  readonly mayUpload: Grant;
}

/**
 * A feature store is a workspace of its own kind, with an account and a vault of its own: those of another workspace
 * would let whoever works there into it.
 *
 * It is made in two passes, because its settings name connections that can only be made in it.
 */
export function newStore(scope: Construct, input: StoreInput): Store {
  const group = resourceGroupOf(scope);
  group._register('Microsoft.MachineLearningServices', 'Microsoft.KeyVault', 'Microsoft.Storage');
  const identity = new ManagedIdentity(scope, 'Identity');
  const encryption = keyFor(input.data, identity);
  const account = newAccount(scope, 'Storage', {
    replication: hasZones(group.location) ? 'ZRS' : 'LRS',
    hierarchical: false,
    versioned: false,
    softDeleteDays: 7,
    infrastructureEncryption: false,
    encryption,
    reach: {
      // Whoever deploys uploads specifications into it: it is closed where the lake is, to which he has a way then.
      isRestricted: !input.isPublic && (input.data.isPrivate || input.allowedIpRanges.length > 0),
      ipRanges: input.allowedIpRanges,
      resourceTypes: [WORKSPACE],
    },
    isDestroyable: input.isDestroyable,
  });
  acknowledge(
    account,
    'MLOPS-DAT-01',
    'specifications that the stack uploads under names with their hash, and logs of Spark: features are in the lake',
  );
  const vault = newVault(scope, input.isDestroyable);
  const name = azureName(scope, 'mlWorkspace');
  const storeBody: WorkspaceBody = {
    kind: 'FeatureStore',
    sku: { name: 'Basic', tier: 'Basic' },
    properties: {
      friendlyName: scope.node.path.slice(-128),
      storageAccount: account.id,
      keyVault: vault.id,
      applicationInsights: input.workspace.applicationInsightsId,
      primaryUserAssignedIdentity: identity.identityId,
      systemDatastoresAuthMode: 'Identity',
      publicNetworkAccess: input.isPublic ? 'Enabled' : 'Disabled',
      managedNetwork: { isolationMode: isOpen(input) ? 'Disabled' : 'AllowOnlyApprovedOutbound' },
      // Serverless Spark does not make the network that it runs in.
      ...(isOpen(input) ? {} : { provisionNetworkNow: true }),
      ...(encryption === undefined ? {} : {
        encryption: {
          status: 'Enabled' as const,
          identity: { userAssignedIdentity: identity.identityId },
          keyVaultProperties: { keyVaultArmId: encryption.key.keyVaultId, keyIdentifier: encryption.key.keyId },
        },
        // In Azure Machine Learning's own stores, not in a database and a search service in the user's subscription.
        enableServiceSideCMKEncryption: true,
      }),
      featureStoreSettings: { computeRuntime: { sparkRuntimeVersion: SPARK } },
    },
  };
  const store = armResource(scope, 'Store', {
    type: WORKSPACE,
    name,
    parentId: group.resourceGroupId,
    location: group.location,
    identity: { userAssigned: [identity.identityId, input.materialization.identityId] },
    body: storeBody,
    exports: ['properties.workspaceId'],
    dependsOn: after(
      account,
      vault,
      encryption?.ready,
      settled(scope, 'IdentityReady', workspaceGrants(scope, identity, account, vault, input)),
    ),
    lifecycle: { preventDestroy: !input.isDestroyable },
  });
  acknowledge(
    store.resource,
    'MLOPS-ENC-01',
    'it stores names and settings of feature sets; their rows are in the lake and its account, under the key',
  );
  if (isOpen(input)) {
    acknowledge(
      store.resource,
      'MLOPS-NET-02',
      'its jobs are materializations of the specifications in the stack; no training and no model runs in it',
    );
  }
  if (!input.isPublic) {
    privateEndpoint(scope, 'Endpoint', {
      network: group.network,
      targetId: store.id,
      subresource: 'amlworkspace',
      zones: PRIVATE_ZONES.amlworkspace,
    });
  }
  const reaches = newOutboundRules(scope, store.id, identity, input);
  return {
    id: store.id,
    name,
    account,
    container: `azureml-blobstore-${store.exported('properties.workspaceId')}`,
    ready: newConnections(scope, store.id, account, input, reaches, fingerprint(storeBody)),
    mayUpload: newUploader(scope, account),
  };
}

/** Where the lake has a key of the customer's own, the account has it as well. */
function keyFor({ encryptionKey }: IDataLake, identity: IManagedIdentity) {
  return encryptionKey && { key: encryptionKey, identity, ready: encryptionKey.grantCrypto(identity) };
}

function newVault(scope: Construct, isDestroyable: boolean): KeyVault {
  const group = resourceGroupOf(scope);
  const vault = new KeyVault(scope, 'Vault', {
    name: azureName(scope, 'keyVault'),
    location: group.location,
    resourceGroupName: group.resourceGroupName,
    tenantId: group.tenantId,
    skuName: 'standard',
    rbacAuthorizationEnabled: true,
    purgeProtectionEnabled: true,
    softDeleteRetentionDays: 90,
    networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' },
    lifecycle: { preventDestroy: !isDestroyable },
  });
  const why =
    'its connections are made with identities and have no secrets; Azure Machine Learning alone opens it, as a trusted service';
  for (const finding of ['CKV_AZURE_189', 'CKV2_AZURE_32']) acknowledge(vault, finding, why);
  return vault;
}

/**
 * What the service does as the workspace's identity.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication#workspace
 */
function workspaceGrants(
  scope: Construct,
  identity: IManagedIdentity,
  account: StorageAccount,
  vault: KeyVault,
  { workspace }: StoreInput,
): Grant[] {
  const give = (purpose: string, armId: string, role: keyof typeof ROLES) =>
    grantRole(scope, identity, purpose, { scope: armId, role, description: "The feature store's own resources" });
  return [
    give('own-account', account.id, 'contributor'),
    give('own-blobs', account.id, 'storageBlobDataContributor'),
    give('own-files', account.id, 'storageFileDataPrivilegedContributor'),
    give('own-vault', vault.id, 'contributor'),
    give('own-secrets', vault.id, 'keyVaultAdministrator'),
    give('own-insights', workspace.applicationInsightsId, 'contributor'),
  ];
}

/** Whoever deploys uploads into the account as themselves: it has no keys. */
function newUploader(scope: Construct, account: StorageAccount): Grant {
  const { subscriptionId } = resourceGroupOf(scope);
  const login = new DataAzurermClientConfig(scope, 'Deployer');
  const role = new RoleAssignment(scope, 'DeployerRole', {
    scope: account.id,
    roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLES.storageBlobDataContributor}`,
    principalId: login.objectId,
    description: 'Uploads specifications of feature sets: the first one who deployed, others get a role of their own',
    // A role that moved with the deployer would be taken from the one before, whose next plan reads what he has
    // uploaded.
    lifecycle: { ignoreChanges: ['principal_id', 'principal_type'] },
  });
  const wait = pause(scope, 'DeployerReady', 120, { dependsOn: [role] });
  return new Grant([role.fqn, wait.fqn]);
}
