import { MachineLearningDatastoreBlobstorage } from '@cdktf/provider-azurerm/lib/machine-learning-datastore-blobstorage';
import { MachineLearningWorkspace } from '@cdktf/provider-azurerm/lib/machine-learning-workspace';
import { Construct } from 'constructs';
import { AzureResourceGroup } from './azure-resource-group';
import { IDataLake } from './data-lake-props';
import { Grant } from './grant';
import { ImportedWorkspace } from './imported-workspace';
import { ManagedIdentity } from './managed-identity';
import { IManagedIdentity } from './managed-identity-props';
import { ManagedNetwork } from './managed-network';
import { NotebookMachine } from './notebook-machine';
import { IPrincipal, Principal } from './principal';
import { warn } from '../terraform/annotations';
import { azureName } from './private/base/names';
import { after } from './private/base/ordering';
import { rememberOutbound } from './private/base/outbound';
import { requireProps } from './private/base/require-props';
import { AccountKey, newAccount } from './private/data/account';
import { OF_PEOPLE } from './private/data/blob-access';
import { containerId } from './private/data/places';
import { hasZones } from './private/data/replication';
import { grantReadWorkspace, grantRunAs, grantRunJobs, grantUse } from './private/workspace/access';
import { requireWorkspace } from './private/workspace/checks';
import { newComputeInstance } from './private/workspace/compute-instance';
import { knowImages, newContainerRegistry } from './private/workspace/container-registry';
import { DATASTORES } from './private/workspace/datastores';
import { newDiagnostics, newEndpoints, newInsights, newLogs, newVault, newVersionLifecycle } from './private/workspace/dependencies';
import { newOutboundRules } from './private/workspace/outbound-rules';
import { grantApproval, grantOwnParts } from './private/workspace/own-roles';
import { IWorkspace, WorkspaceAttributes, WorkspaceProps } from './workspace-props';
import { datasetPrefixOf } from '../core/private/resolve/training';
import { ResolvedWorkspace, resolvedWorkspace } from '../core/private/resolve/workspace';
import { refuse, Speaker, speakerFor } from '../core/private/validation';
import { acknowledge } from '../terraform/acknowledge';
import { mayDestroy } from '../terraform/removal';

/**
 * A workspace of Azure Machine Learning with all that it needs (storage, vault, registry of images, logs), the lake's containers as datastores, and a
 * compute instance for each user, which stops when it stands idle.
 *
 * Nothing has a key or a password: the workspace, computes and people open storage as themselves. Computes and endpoints run in a network that
 * Azure manages around the workspace. Each notebook has an identity of its own, for the code that runs in it; its owner has the same permissions.
 *
 * Children: `Workspace`, `Identity`, `Storage`, `Vault`, `Images`, `Logs`, `Insights`, `Datastore-…`, `Outbound-…`, `User-<name>` the notebook,
 * `Identity-<name>`, `…Endpoint` with `privateEndpoints`.
 * Costs: the registry, about 50 USD a month; logs by what is written; a machine by the hour while it runs, its disk always (about 10 USD a month).
 *
 * @see https://learn.microsoft.com/azure/machine-learning/concept-workspace
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { azure, Accelerator } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new azure.DataLake(stack, 'Data');
 * new azure.Workspace(stack, 'Workspace', {
 *   data,
 *   users: ['alice'],
 *   owners: { alice: '00000000-0000-0000-0000-000000000000' },
 *   idleShutdownMinutes: 60,
 *   machine: azure.NotebookMachine.gpu(Accelerator.NVIDIA_T4),
 * });
 */
export class Workspace extends Construct implements IWorkspace {
  /** A workspace that another stack, or another tool, has made; its datastores open storage by identity. */
  public static fromAttributes(scope: Construct, id: string, attributes: WorkspaceAttributes): IWorkspace {
    return new ImportedWorkspace(scope, id, attributes);
  }

  public readonly data?: IDataLake;
  public readonly workspaceId: string;
  public readonly workspaceName: string;
  public readonly location: string;
  /** Names of the notebooks' users. */
  public readonly users: string[];
  /** The identities of all notebooks, in the order of `users`: grant them what people need. */
  public readonly identities: IManagedIdentity[];
  /** The identity of the workspace itself. */
  public readonly identity: IManagedIdentity;
  public readonly hasManagedNetwork: boolean;
  public readonly isPrivate: boolean;
  public readonly logAnalyticsWorkspaceId: string;
  public readonly applicationInsightsId: string;
  public readonly containerRegistryId: string;
  public readonly containerRegistryLoginServer: string;
  public readonly storageAccountId: string;
  /** ARM id of the workspace's own Key Vault, for secrets of its connections. */
  public readonly keyVaultId: string;
  public readonly rawDatastore: string = DATASTORES.raw;
  public readonly artifactDatastore: string = DATASTORES.artifacts;
  public readonly capturedDatastore: string = DATASTORES.captured;
  public readonly ready: Grant;
  /** Address of the workspace in Azure Machine Learning Studio. */
  public readonly studioUrl: string;
  private readonly who: Speaker;
  private readonly notebooks: string[];

  public constructor(scope: Construct, id: string, props: WorkspaceProps) {
    super(scope, id);
    this.who = speakerFor('workspace', scope, id);
    requireProps(this.who, 'WorkspaceProps', props);
    const resolved = resolvedWorkspace(this.who, props);
    requireWorkspace(this.who, props, resolved);
    const group = AzureResourceGroup.of(this);
    group._register('Microsoft.MachineLearningServices', 'Microsoft.OperationalInsights', 'Microsoft.Insights');
    const isDestroyable = mayDestroy(this, this.who, props.removalPolicy);
    const isPrivate = props.privateEndpoints ?? false;
    this.data = props.data;
    const network = props.managedNetwork ?? ManagedNetwork.internetOutbound();
    rememberOutbound(this, { isolationMode: network.isolationMode, fqdns: network._fqdns });
    [this.users, this.location] = [resolved.users, group.location];
    this.isPrivate = isPrivate;
    this.hasManagedNetwork = network.isolationMode !== 'Disabled';

    this.identity = new ManagedIdentity(this, 'Identity');
    const encryption = keyOf(props, this.identity);
    this.logAnalyticsWorkspaceId = props.logAnalyticsWorkspaceId ?? newLogs(this, props.logRetentionDays ?? 90, isDestroyable).id;
    this.applicationInsightsId = newInsights(this, this.logAnalyticsWorkspaceId, isDestroyable).id;
    const storage = newAccount(this, 'Storage', {
      replication: hasZones(group.location) ? 'ZRS' : 'LRS',
      // The default store of a workspace cannot have a hierarchical namespace.
      hierarchical: false,
      versioned: true,
      softDeleteDays: 7,
      infrastructureEncryption: false,
      encryption,
      reach: { isRestricted: isPrivate, isClosed: isPrivate },
      isDestroyable,
    });
    newVersionLifecycle(this, storage.id, 30);
    this.storageAccountId = storage.id;
    const vault = newVault(this, isPrivate, isDestroyable);
    this.keyVaultId = vault.id;
    const images = props.containerRegistryId !== undefined ? undefined : newContainerRegistry(this, 'Images', {
      untaggedImageRetentionDays: props.untaggedImageRetentionDays ?? 30,
      quarantine: props.quarantineImages ?? false,
      isPrivate,
      encryption,
      isDestroyable,
    });
    this.containerRegistryId = props.containerRegistryId ?? images!.id;
    this.containerRegistryLoginServer = knowImages(this, this.containerRegistryId, props.containerRegistryId);

    const workspace = this.newWorkspace(props, network, encryption, isDestroyable);
    this.workspaceId = workspace.id;
    this.workspaceName = workspace.name;
    this.studioUrl = `https://ml.azure.com/?wsid=${workspace.id}&tid=${group.tenantId}`;
    newDiagnostics(this, 'Diagnostics', workspace.id, 'allLogs', this.logAnalyticsWorkspaceId);
    newDiagnostics(this, 'VaultDiagnostics', vault.id, 'audit', this.logAnalyticsWorkspaceId);
    if (images !== undefined) newDiagnostics(this, 'ImagesDiagnostics', images.id, 'allLogs', this.logAnalyticsWorkspaceId);
    if (isPrivate) {
      newEndpoints(this, [
        ['Workspace', workspace.id, 'amlworkspace'],
        ['StorageBlob', storage.id, 'blob'],
        ['StorageFile', storage.id, 'file'],
        ['Vault', vault.id, 'vault'],
        ...(images === undefined ? [] : [['Images', images.id, 'registry'] as [string, string, 'registry']]),
      ]);
    }
    const outbound = newOutboundRules(this, workspace.id, {
      isolationMode: network.isolationMode, fqdns: network._fqdns, serviceTags: network._serviceTags,
    }, props.data, () => grantApproval(this, this.identity, props.data));
    this.ready = Grant.all([new Grant([workspace.fqn]), outbound, ...this.newDatastores(props)]);
    const made = this.users.map((user) => this.newNotebook(user, { ...props, ...resolved }));
    this.identities = made.map(({ identity }) => identity);
    this.notebooks = made.map(({ name }) => name);
  }

  /**
   * The identity of one notebook: what its code may do.
   *
   * @param user one of `users`
   */
  public identityOf(user: string): IManagedIdentity {
    return this.identities[this.indexOf(user)];
  }

  /**
   * Name of the compute instance of one notebook: `az ml compute start --name …`.
   *
   * @param user one of `users`
   */
  public computeNameOf(user: string): string {
    return this.notebooks[this.indexOf(user)];
  }

  public grantRunAs(principal: IPrincipal): Grant {
    return grantRunAs(this, principal);
  }

  public grantRunJobs(principal: IPrincipal): Grant {
    return grantRunJobs(this, principal);
  }

  public grantReadWorkspace(principal: IPrincipal): Grant {
    return grantReadWorkspace(this, principal);
  }

  public grantUse(principal: IPrincipal): Grant {
    return grantUse(this, principal);
  }

  private newWorkspace(
    props: WorkspaceProps, network: ManagedNetwork, encryption: AccountKey | undefined, isDestroyable: boolean,
  ): MachineLearningWorkspace {
    const group = AzureResourceGroup.of(this);
    const metadataKey = props.encryptsMetadata === false ? undefined : encryption;
    const preview = props.studioDataPreview ? [props.data.grantRead(this.identity)] : [];
    const workspace = new MachineLearningWorkspace(this, 'Workspace', {
      name: props.workspaceName ?? azureName(this, 'mlWorkspace'),
      location: group.location,
      resourceGroupName: group.resourceGroupName,
      description: `Machine learning of ${this.node.path}`,
      kind: 'Default',
      skuName: 'Basic',
      applicationInsightsId: this.applicationInsightsId,
      containerRegistryId: this.containerRegistryId,
      keyVaultId: this.keyVaultId,
      storageAccountId: this.storageAccountId,
      identity: { type: 'UserAssigned', identityIds: [this.identity.identityId] },
      primaryUserAssignedIdentity: this.identity.identityId,
      publicNetworkAccessEnabled: !props.privateEndpoints,
      // Made with the workspace: a network that the first compute makes is not ready for the second one.
      managedNetwork: { isolationMode: network.isolationMode, provisionOnCreationEnabled: this.hasManagedNetwork },
      encryption: metadataKey && {
        keyId: metadataKey.key.keyId, keyVaultId: metadataKey.key.keyVaultId, userAssignedIdentityId: this.identity.identityId,
      },
      // In Azure Machine Learning's own stores, not in a database and a search service in the user's subscription.
      serviceSideEncryptionEnabled: metadataKey === undefined ? undefined : true,
      highBusinessImpact: props.highBusinessImpact ?? false,
      v1LegacyModeEnabled: false,
      lifecycle: { preventDestroy: !isDestroyable },
      timeouts: { create: '90m', update: '90m' },
      dependsOn: after(grantOwnParts(this, this.identity, this, preview), encryption?.ready),
    });
    // Newer than the provider's typings: default datastores open storage by identity, which accounts without keys require.
    workspace.addOverride('storage_account_access_type', 'Identity');
    if (!props.privateEndpoints) {
      const why = 'the workspace answers to identities with a role alone; privateEndpoints closes it';
      for (const finding of ['CKV_AZURE_144', 'CKV2_AZURE_49']) acknowledge(workspace, finding, why);
    }
    return workspace;
  }

  private newDatastores({ data }: WorkspaceProps): Grant[] {
    const places: [id: string, place: keyof typeof DATASTORES][] = [['Raw', 'raw'], ['Artifacts', 'artifacts'], ['Captured', 'captured']];
    return places.map(([id, place]) => new Grant([new MachineLearningDatastoreBlobstorage(this, `Datastore-${id}`, {
      name: DATASTORES[place],
      workspaceId: this.workspaceId,
      storageContainerId: containerId(data, place),
      description: `The container ${place} of the lake`,
      isDefault: false,
      serviceDataAuthIdentity: 'WorkspaceUserAssignedIdentity',
    }).fqn]));
  }

  private newNotebook(user: string, settings: WorkspaceProps & ResolvedWorkspace): { readonly identity: IManagedIdentity; readonly name: string } {
    const { data } = settings;
    const identity = new ManagedIdentity(this, `Identity-${user}`);
    const owner = settings.owners?.[user];
    const folders = settings.writablePrefixes ?? [datasetPrefixOf({}), ...OF_PEOPLE];
    const grants = [identity, ...(owner === undefined ? [] : [Principal.user(owner)])].flatMap((principal) => [
      this.grantUse(principal),
      data.grantRead(principal),
      ...folders.map((folder) => data.grantReadWrite(principal, folder)),
    ]);
    if (owner === undefined) {
      warn(this, `${this.who.what} '${this.who.name}': the notebook of '${user}' has no owner, so that whoever applies alone can open it: say owners: { '${user}': '<object id>' }`);
    }
    const machine = settings.machine ?? NotebookMachine.cpu('Standard_D4ds_v4');
    if (machine._doubt !== undefined) warn(this, `${this.who.what} '${this.who.name}': ${machine._doubt}`);
    const name = newComputeInstance(this, `User-${user}`, {
      workspaceId: this.workspaceId,
      user,
      vmSize: machine.vmSize,
      idleShutdownMinutes: settings.idleShutdownMinutes,
      identity,
      owner,
      startupScript: settings.startupScript,
      hasManagedNetwork: this.hasManagedNetwork,
      needs: [this.ready, ...grants],
    });
    return { identity, name };
  }

  private indexOf(user: string): number {
    const index = this.users.indexOf(user);
    return index >= 0 ? index : refuse(this.who, 'user', user, `one of ${this.users.join(', ')}`);
  }
}

/** The lake's key and the workspace's identity, which unwraps with it for storage, registry and metadata. */
function keyOf({ data }: WorkspaceProps, identity: IManagedIdentity): AccountKey | undefined {
  const key = data.encryptionKey;
  return key && { key, identity, ready: key.grantCrypto(identity) };
}
