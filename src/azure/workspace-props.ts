import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { Grant } from './grant';
import { IManagedIdentity } from './managed-identity-props';
import { ManagedNetwork } from './managed-network';
import { NotebookMachine } from './notebook-machine';
import { IPrincipal } from './principal';
import { RemovalPolicy } from './removal-policy';
import { WorkspaceIntent } from '../core/workspace';

/** A workspace of Azure Machine Learning: jobs, endpoints, models and runs live in it, and notebooks of people. */
export interface IWorkspace extends IConstruct {
  /**
   * ARM id, `/subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.MachineLearningServices/workspaces/<name>`.
   */
  readonly workspaceId: string;
  /** The lake that its datastores are of; undefined where the workspace exists elsewhere and does not say. */
  readonly data?: IDataLake;
  /** Name of the workspace. */
  readonly workspaceName: string;
  /** Region of the workspace. */
  readonly location: string;
  /** The identities of all notebooks; they are granted what people need. */
  readonly identities: IManagedIdentity[];
  /**
   * Whether computes and endpoints run in a network that Azure Machine Learning manages, so that none of them takes a
   * subnet.
   */
  readonly hasManagedNetwork: boolean;
  /** Whether only private endpoints reach the workspace, and so its online endpoints. */
  readonly isPrivate: boolean;
  /** ARM id of the Log Analytics workspace that logs of the product go to. */
  readonly logAnalyticsWorkspaceId: string;
  /** ARM id of the Application Insights component of the workspace. */
  readonly applicationInsightsId: string;
  /** ARM id of the Container Registry of images. */
  readonly containerRegistryId: string;
  /** Address of that registry, `<name>.azurecr.io`. */
  readonly containerRegistryLoginServer: string;
  /** ARM id of the workspace's own storage account: logs, snapshots of code, default outputs, files of notebooks. */
  readonly storageAccountId: string;
  /** Name of the datastore of the lake's raw data: `azureml://datastores/<name>/paths/dataset/`. */
  readonly rawDatastore: string;
  /** Name of the datastore of the lake's artifacts. */
  readonly artifactDatastore: string;
  /** Name of the datastore of the lake's captured requests and answers. */
  readonly capturedDatastore: string;
  /**
   * Dependency of computes, jobs and endpoints that are created in the workspace: its network's rules and its
   * datastores.
   */
  readonly ready: Grant;
  /**
   * Allows an identity to be the one that jobs and endpoints of the workspace run as: it pulls images of the registry,
   * reads and writes the workspace's own
   * storage (logs, snapshots, default outputs) and records metrics. Nothing of it works without.
   */
  grantRunAs(principal: IPrincipal): Grant;
  /** Allows submitting, following and cancelling jobs, as workflows do. */
  grantRunJobs(principal: IPrincipal): Grant;
  /** Allows looking at everything in the workspace. */
  grantReadWorkspace(principal: IPrincipal): Grant;
  /**
   * Allows all work of people in the workspace: jobs, models, endpoints, data; not its computes, its network and its
   * permissions.
   */
  grantUse(principal: IPrincipal): Grant;
}

/** Attributes of an existing workspace. */
export interface WorkspaceAttributes {
  /**
   * ARM id, `/subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.MachineLearningServices/workspaces/<name>`.
   */
  readonly workspaceId: string;
  /**
   * Region of the workspace.
   *
   * @default - that of the stack
   */
  readonly location?: string;
  /**
   * The identities of its notebooks.
   *
   * @default - none
   */
  readonly identities?: IManagedIdentity[];
  /**
   * Whether the workspace has a managed network.
   *
   * @default true
   */
  readonly hasManagedNetwork?: boolean;
  /**
   * Whether only private endpoints reach it.
   *
   * @default false
   */
  readonly isPrivate?: boolean;
  /**
   * ARM id of its Log Analytics workspace. Its own logs (jobs, computes, models) are sent there by whoever made it:
   * Azure takes one diagnostic setting for a place.
   */
  readonly logAnalyticsWorkspaceId: string;
  /** ARM id of its Application Insights component. */
  readonly applicationInsightsId: string;
  /** ARM id of its own storage account. */
  readonly storageAccountId: string;
  /** ARM id of its Container Registry. */
  readonly containerRegistryId: string;
  /**
   * Name of its datastore of raw data, by identity.
   *
   * @default 'lake_raw'
   */
  readonly rawDatastore?: string;
  /**
   * Name of its datastore of artifacts, by identity.
   *
   * @default 'lake_artifacts'
   */
  readonly artifactDatastore?: string;
  /**
   * Name of its datastore of captured traffic, by identity.
   *
   * @default 'lake_captured'
   */
  readonly capturedDatastore?: string;
}

/** A workspace on Azure, without what a blueprint connects it to. */
export interface WorkspaceOptions extends WorkspaceIntent {
  /**
   * Who a notebook belongs to, by the name in `users`: the object id of one person in Microsoft Entra ID, who alone can
   * open it. A change replaces the
   * notebook; files lie on the workspace's share, and stay.
   *
   * @default - a notebook belongs to whoever applies, where that is a person: nobody else can open it
   */
  readonly owners?: { [user: string]: string };
  /**
   * Folders of the lake's containers that notebooks write. They read everything. Who writes all of `training/` can
   * change pipeline outputs there, also after
   * approval.
   *
   * @default ['dataset/', 'notebooks/', 'training/notebooks/']
   */
  readonly writablePrefixes?: string[];
  /**
   * The machine of every notebook. A change replaces the notebooks; files lie on the workspace's share, and stay.
   *
   * @default NotebookMachine.cpu('Standard_D4ds_v4') - about 0.25 USD an hour while it runs
   */
  readonly machine?: NotebookMachine;
  /**
   * Script that every start of a notebook runs as root, a shell script of at most 8 KB. A change replaces the
   * notebooks; files lie on the workspace's share, and stay.
   *
   * @default - nothing
   * @see https://learn.microsoft.com/azure/machine-learning/how-to-customize-compute-instance
   */
  readonly startupScript?: string;
  /**
   * Where notebooks, jobs and endpoints can connect to.
   *
   * @default ManagedNetwork.internetOutbound()
   */
  readonly managedNetwork?: ManagedNetwork;
  /**
   * Whether only the private network of the resource group reaches the workspace, its storage, vault and registry. Who
   * opens Studio then needs a way into the
   * network. About 7 USD a month for each of five private endpoints.
   *
   * @default false - the workspace answers on its public address, to identities with a role alone
   */
  readonly privateEndpoints?: boolean;
  /**
   * Whether names, parameters and metrics, which Azure Machine Learning stores itself, are encrypted with the lake's
   * key too. A change replaces the workspace.
   *
   * @default true - where the lake has a key
   */
  readonly encryptsMetadata?: boolean;
  /**
   * Whether the workspace is marked as holding sensitive data: Microsoft collects less of its diagnostics. A change
   * replaces the workspace.
   *
   * @default false
   */
  readonly highBusinessImpact?: boolean;
  /**
   * Days that logs are kept, 30 to 730.
   *
   * @default 90
   */
  readonly logRetentionDays?: number;
  /**
   * Days after which an image manifest without a tag is deleted, 0 to 365.
   *
   * @default 30
   */
  readonly untaggedImageRetentionDays?: number;
  /**
   * Whether an image can be pulled only after a scanner of yours has released it.
   *
   * @default false
   * @see https://github.com/Azure/acr/tree/main/docs/preview/quarantine
   */
  readonly quarantineImages?: boolean;
  /**
   * Whether the workspace itself may read the lake, so that Studio displays data to all who may use the workspace,
   * whatever they may read themselves.
   *
   * @default false
   */
  readonly studioDataPreview?: boolean;
  /**
   * Name of the workspace, 3 to 33 letters, digits, hyphens and underscores: another one than the default where a
   * deleted workspace still holds that.
   *
   * @default - made of the construct's place
   */
  readonly workspaceName?: string;
  /**
   * ARM id of a Container Registry of yours; its protection is yours.
   *
   * @default - a new one, about 50 USD a month
   */
  readonly containerRegistryId?: string;
  /**
   * ARM id of a Log Analytics workspace of yours.
   *
   * @default - a new one, paid by what is written
   */
  readonly logAnalyticsWorkspaceId?: string;
  /**
   * Removal policy of the workspace and what it stores when it leaves the stack; notebooks hold no data of their own.
   * Azure keeps a deleted workspace for 14
   * days, and its name is taken so long.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A workspace on Azure: Azure Machine Learning, with what it needs. */
export interface WorkspaceProps extends WorkspaceOptions {
  /** The lake that notebooks read and write, and whose key encrypts what the workspace stores. */
  readonly data: IDataLake;
}
