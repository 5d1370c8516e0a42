import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { Grant } from './grant';
import { IManagedIdentity } from './managed-identity-props';
import { IPrincipal } from './principal';
import { RemovalPolicy } from './removal-policy';
import { IWorkspace } from './workspace-props';
import { Approval, ModelRegistryIntent } from '../core/model-registry';

/** A registry that a pipeline registers versions in and an endpoint serves them from. */
export interface IModelRegistry extends IConstruct {
  /** Name of the model in the workspace, `churn`. */
  readonly modelName: string;
  /** ARM id of the workspace whose model it is. */
  readonly workspaceId: string;
  /**
   * ARM id of the model, `…/workspaces/<name>/models/<modelName>`; versions are `…/versions/<number>` below it. The
   * first registration makes it.
   */
  readonly modelContainerId: string;
  /** Whether a version that is registered is approved thereby. */
  readonly isApprovalAutomatic: boolean;
  /** ARM id of the queue whose messages approve a version, `{"version": "3"}`. Rollouts start from it. */
  readonly approvalQueueId: string;
  /** Address of that queue, `https://<account>.queue.core.windows.net/<queue>`. */
  readonly approvalQueueUrl: string;
  /**
   * ARM id of the queue whose messages promote a version of the training workspace to this stage, `{"version": "3"}`
   * with the number that it has there; undefined where versions are trained here.
   */
  readonly promotionQueueId?: string;
  /** Address of that queue; undefined where versions are trained here. */
  readonly promotionQueueUrl?: string;
  /** ARM id of the workflow that promotes; undefined where versions are trained here. */
  readonly promotionWorkflowId?: string;
  /**
   * The stage that versions are promoted to, of what `ModelRegistry.promotedFrom` returned; undefined where versions
   * are trained here.
   */
  readonly promotionStage?: string;
  /**
   * Folder in which the numbers of versions are taken, one file each,
   * `https://<account>.blob.core.windows.net/<container>/registry/<modelName>`.
   */
  readonly versionNumbersUrl: string;
  /** Address of the repository for the workload's images, `<registry>.azurecr.io/<modelName>`. */
  readonly imageRepositoryUri: string;
  /**
   * ARM id of the Azure ML registry that registered versions are shared through; undefined where they stay in the
   * workspace.
   */
  readonly sharedRegistryId?: string;
  /** Allows registering versions, and approving them where approval is automatic. */
  grantRegister(principal: IPrincipal): Grant;
  /** Allows approving versions; where they come from a training workspace, promoting them, which approves them. */
  grantApprove(principal: IPrincipal): Grant;
  /** Allows reading versions. */
  grantRead(principal: IPrincipal): Grant;
  /** Allows pulling the images of the container registry. */
  grantPullImages(principal: IPrincipal): Grant;
  /** Allows pushing the workload's images, as the build of a delivery does. */
  grantPushImages(principal: IPrincipal): Grant;
}

/** A stage of the delivery that serves versions of this registry: its name and the identity that brings them there. */
export interface PromotionStage {
  /** Name of the stage, `prod`. */
  readonly name: string;
  /** Object id of the identity that promotes, which the stack of the stage has as an output, `PromoterObjectId`. */
  readonly promoterObjectId: string;
  /**
   * Object id of the workflow that promotes, which the stack of a stage with a private lake has as another output,
   * `PromotionWorkflowObjectId`: workflows act as themselves there, because a firewall of storage lets them in so
   * alone.
   *
   * @default - the workflow acts as the identity that promotes
   */
  readonly workflowObjectId?: string;
}

/** The stages that versions are promoted to. */
export interface ModelPromotion {
  /** The stages, each with a name and an identity of its own. */
  readonly stages: PromotionStage[];
}

/**
 * An Azure ML registry that registered versions are published to, so that workspaces of other subscriptions deploy them
 * by `azureml://registries/<name>/models/<model>/versions/<version>`. It costs a container registry (Premium) and
 * storage in each region.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/concept-machine-learning-registries-mlops
 */
export interface SharedRegistryOptions {
  /**
   * Name of the registry, 3 to 32 letters, digits, hyphens and underscores; unique in the tenant.
   *
   * @default - made of the construct's place
   */
  readonly registryName?: string;
  /**
   * Regions whose workspaces use the registry, `westeurope`; that of the stack is one of them in any case.
   *
   * @default - the region of the stack
   */
  readonly locations?: string[];
  /**
   * Whether the registry answers from the internet.
   *
   * @default true
   */
  readonly publicNetworkAccess?: boolean;
}

/** A registry on Azure, without lake and workspace, which a blueprint gives it. */
export interface ModelRegistryOptions extends ModelRegistryIntent {
  /**
   * The stages of other subscriptions or resource groups that versions are promoted to. The identity of each reads the
   * versions, their files under `training/` in the lake's container of artifacts, and the images. In their stacks,
   * `ModelRegistry.promotedFrom` is the other half; apply them first, because a role can only be given to an identity
   * that exists.
   *
   * @default - versions stay in this workspace
   */
  readonly promotion?: ModelPromotion;
  /**
   * An Azure ML registry that every registered version is published to as well.
   *
   * @default - versions stay in the workspace
   */
  readonly sharedRegistry?: SharedRegistryOptions;
  /**
   * ARM id of a container registry of yours for the workload's images; its clean-up and scanning are yours.
   *
   * @default - the workspace's container registry
   */
  readonly containerRegistryId?: string;
  /**
   * Removal policy of the shared registry when this construct leaves the stack. The model and its versions stay in any
   * case.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A registry on Azure: a model of the workspace, the images in its container registry, a queue for approvals. */
export interface ModelRegistryProps extends ModelRegistryOptions {
  /** The lake that has the files of versions and the queue of approvals. */
  readonly data: IDataLake;
  /** The workspace whose model it is. */
  readonly workspace: IWorkspace;
}

/**
 * The registry of the training workspace, and the stage that versions are promoted to: what
 * `ModelRegistry.promotedFrom` needs.
 */
export interface PromotedRegistryProps {
  /** Name of the stage, as in the `promotion` of the registry. */
  readonly stage: string;
  /** Name of the model, as the registry of the training workspace says. */
  readonly modelName: string;
  /**
   * ARM id of the workspace that trains,
   * `/subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.MachineLearningServices/workspaces/<name>`.
   */
  readonly trainingWorkspaceId: string;
  /** Name of the storage account with the files of versions, the `storeAccountName` of the lake that trains. */
  readonly trainingStoreAccountName: string;
  /**
   * Name of its container of artifacts.
   *
   * @default - that of this stage's lake
   */
  readonly trainingArtifactContainer?: string;
  /** ARM id of the container registry with the images of versions: they are copied to that of the stage's workspace. */
  readonly trainingContainerRegistryId: string;
  /**
   * The lake of the stage: the files of promoted versions are copied to its container of artifacts, under the names
   * that they have where they were trained.
   */
  readonly data: IDataLake;
  /** The workspace of the stage. */
  readonly workspace: IWorkspace;
  /**
   * The identity that promotes.
   *
   * @default - a new one
   */
  readonly promoter?: IManagedIdentity;
}

/** Attributes of an existing registry. */
export interface ModelRegistryAttributes {
  /** Name of the model. */
  readonly modelName: string;
  /** ARM id of the workspace. */
  readonly workspaceId: string;
  /** ARM id of the queue of approvals, `…/storageAccounts/<account>/queueServices/default/queues/<name>`. */
  readonly approvalQueueId: string;
  /**
   * ARM id of the container of the lake in which the numbers of versions are taken, below `registry/<modelName>/`:
   * `…/storageAccounts/<account>/blobServices/default/containers/<name>`.
   */
  readonly artifactContainerId: string;
  /** ARM id of the container registry with the workload's images. */
  readonly containerRegistryId: string;
  /**
   * Who says that a version may go live.
   *
   * @default Approval.manual()
   */
  readonly approval?: Approval;
}
