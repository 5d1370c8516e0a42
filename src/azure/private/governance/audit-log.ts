import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container';
import { StorageContainerImmutabilityPolicy } from '@cdktf/provider-azurerm/lib/storage-container-immutability-policy';
import { StorageManagementPolicy } from '@cdktf/provider-azurerm/lib/storage-management-policy';
import { Construct } from 'constructs';
import { acknowledge } from '../../../terraform/acknowledge';
import { IDataLake } from '../../data-lake-props';
import { ManagedIdentity } from '../../managed-identity';
import { IPrincipal } from '../../principal';
import { IWorkspace } from '../../workspace-props';
import { grantRole } from '../base/grants';
import { isFirstSender } from '../base/log-sinks';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { PRIVATE_ZONES, privateEndpoint } from '../base/private-endpoint';
import { resourceGroupOf } from '../base/resource-group-of';
import { newAccount } from '../data/account';
import { hasZones } from '../data/replication';

/** What is recorded and where. */
export interface AuditLogSpec {
  readonly data: IDataLake;
  readonly workspace: IWorkspace;
  /** Whether the activity log of the subscription is recorded. */
  readonly activityLog: boolean;
  readonly retentionDays: number;
  /** Whether nobody may shorten the retention any more, for ever. */
  readonly locked: boolean;
  readonly destroyable: boolean;
}

/**
 * Reads and writes of blobs.
 *
 * @see https://learn.microsoft.com/azure/storage/blobs/monitor-blob-storage-reference#resource-logs
 */
const OF_BLOBS = ['StorageRead', 'StorageWrite', 'StorageDelete'] as const;
/** Uses of keys, and who tried. @see https://learn.microsoft.com/azure/key-vault/general/logging */
const OF_VAULTS = ['AuditEvent'] as const;
/**
 * Changes of models and of where data lies.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/monitor-azure-machine-learning-reference#resource-logs
 */
const OF_WORKSPACES = ['DataStoreChangeEvent', 'ModelsActionEvent', 'ModelsChangeEvent'] as const;
/** What people and programs do to resources. The other categories are about Azure's own health. */
const OF_SUBSCRIPTION = ['Administrative', 'Policy', 'Security'] as const;

/**
 * Who read and wrote data, who used the key, and who changed what, in a storage account of its own under the key of the
 * lake: nobody changes or deletes an entry before its time, and it is deleted after.
 *
 * Azure Monitor writes each category of each resource into a container of a known name, which is made before, so that
 * it has its policy from the first entry on. Entries are appended, which the policy allows.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings
 * @see https://learn.microsoft.com/azure/storage/blobs/immutable-container-level-worm-policies
 */
export class AuditLog extends Construct {
  /** ARM id of the storage account. */
  public readonly accountId: string;
  /** Name of the storage account. */
  public readonly accountName: string;
  private readonly containers: StorageContainerImmutabilityPolicy[] = [];
  private readonly account: StorageAccount;

  constructor(
    scope: Construct,
    id: string,
    private readonly spec: AuditLogSpec,
  ) {
    super(scope, id);
    const { data, workspace, activityLog } = spec;
    const group = resourceGroupOf(this);
    group._register('Microsoft.Insights');
    this.account = this.newAccount();
    this.accountId = this.account.id;
    this.accountName = this.account.name;
    const categories = [...OF_BLOBS, ...(data.encryptionKey === undefined ? [] : OF_VAULTS), ...OF_WORKSPACES];
    const names = [
      ...(activityLog ? ['insights-activity-logs'] : []),
      ...categories.map((each) => `insights-logs-${each.toLowerCase()}`),
    ];
    for (const name of names) this.containers.push(this.newContainer(name));
    this.expire(names);

    if (activityLog) {
      this.record(
        'ActivityLog',
        `/subscriptions/${group.subscriptionId}`,
        OF_SUBSCRIPTION,
        workspace.logAnalyticsWorkspaceId,
      );
    }
    this.record('Store', `${data.storeAccountId}/blobServices/default`, OF_BLOBS);
    this.record('Features', `${data.featuresAccountId}/blobServices/default`, OF_BLOBS);
    if (data.encryptionKey !== undefined) this.record('Key', data.encryptionKey.keyVaultId, OF_VAULTS);
    this.record('Workspace', workspace.workspaceId, OF_WORKSPACES);
  }

  /** Allows reading the audit log, and no other data. */
  public grantRead(principal: IPrincipal): void {
    grantRole(this, principal, 'read', {
      scope: this.accountId,
      role: 'storageBlobDataReader',
      description: 'Reads the audit log',
    });
  }

  private newAccount(): StorageAccount {
    const { data, destroyable } = this.spec;
    const { location, network } = {
      location: resourceGroupOf(this).location,
      network: () => resourceGroupOf(this).network,
    };
    const key = data.encryptionKey;
    const identity = key && new ManagedIdentity(this, 'Identity');
    const account = newAccount(this, 'Records', {
      replication: hasZones(location) ? 'ZRS' : 'LRS',
      hierarchical: false,
      versioned: true,
      softDeleteDays: 7,
      infrastructureEncryption: false,
      encryption: key && identity && { key, identity, ready: key.grantCrypto(identity) },
      reach: { isRestricted: data.isPrivate },
      isDestroyable: destroyable,
    });
    if (data.isPrivate) {
      privateEndpoint(this, 'RecordsEndpoint', {
        network: network(),
        targetId: account.id,
        subresource: 'blob',
        zones: PRIVATE_ZONES.blob,
      });
    }
    return account;
  }

  private newContainer(name: string): StorageContainerImmutabilityPolicy {
    const { retentionDays, locked, destroyable } = this.spec;
    const container = new StorageContainer(this, `Container-${name}`, {
      name,
      storageAccountId: this.account.id,
      containerAccessType: 'private',
      lifecycle: { preventDestroy: !destroyable },
    });
    acknowledge(container, 'CKV2_AZURE_21', 'it has the audit log itself, whose every read would make another entry');
    return new StorageContainerImmutabilityPolicy(this, `Immutability-${name}`, {
      storageContainerResourceManagerId: `${this.account.id}/blobServices/default/containers/${container.name}`,
      immutabilityPeriodInDays: retentionDays,
      locked,
      protectedAppendWritesEnabled: true,
    });
  }

  /** A day later than the policy allows, so that no deletion is refused. */
  private expire(containers: readonly string[]): void {
    new StorageManagementPolicy(this, 'Expiration', {
      storageAccountId: this.account.id,
      rule: [
        {
          name: 'expire',
          enabled: true,
          filters: { blobTypes: ['appendBlob'], prefixMatch: containers.map((each) => `${each}/`) },
          actions: { baseBlob: { deleteAfterDaysSinceModificationGreaterThan: this.spec.retentionDays + 1 } },
        },
      ],
    });
  }

  private record(
    childId: string,
    targetResourceId: string,
    categories: readonly string[],
    logAnalyticsWorkspaceId?: string,
  ): void {
    const isFirst =
      logAnalyticsWorkspaceId !== undefined &&
      isFirstSender(this, targetResourceId, logAnalyticsWorkspaceId, categories);
    new MonitorDiagnosticSetting(this, childId, {
      name: azureName(this, 'resource', childId),
      targetResourceId,
      storageAccountId: this.account.id,
      logAnalyticsWorkspaceId: isFirst ? logAnalyticsWorkspaceId : undefined,
      enabledLog: categories.map((category) => ({ category })),
      dependsOn: after(...this.containers),
    });
  }
}
