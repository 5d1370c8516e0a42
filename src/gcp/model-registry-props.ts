import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { RemovalPolicy } from './removal-policy';
import { Approval, ModelRegistryIntent } from '../core/model-registry';

/** A registry that a pipeline registers versions in and an endpoint serves them from. */
export interface IModelRegistry extends IConstruct {
  /** Name that people read, `churn`. */
  readonly modelName: string;
  /** Id of the model in Vertex AI; versions are uploaded to it. The first upload makes it: Terraform cannot. */
  readonly modelId: string;
  /** Resource name of the model, `projects/<id>/locations/<region>/models/<modelId>`. */
  readonly modelResourceName: string;
  /** Whether a version that is registered is approved thereby. */
  readonly isApprovalAutomatic: boolean;
  /**
   * Id of the Pub/Sub topic whose messages approve a version, `projects/<id>/topics/<name>`: `{"version": "3"}`.
   * Rollouts start from it.
   */
  readonly approvalTopicId: string;
  /**
   * Id of the topic whose messages promote a version of the training project to this stage, `{"version": "3"}` with the
   * number that it has there; undefined where versions are trained here.
   */
  readonly promotionTopicId?: string;
  /**
   * The stage that versions are promoted to, of what `ModelRegistry.promotedFrom` returned; undefined where versions
   * are trained here.
   */
  readonly promotionStage?: string;
  /** Address of the Docker repository for the workload's images, `<region>-docker.pkg.dev/<project>/<repository>`. */
  readonly imageRepositoryUri: string;
  /** Address of the repository for pipeline templates (KFP), `https://<region>-kfp.pkg.dev/<project>/<repository>`. */
  readonly templateRepositoryUri: string;
  /** Allows registering versions, and approving them where approval is automatic. */
  grantRegister(principal: IPrincipal): Grant;
  /** Allows approving versions; where they come from a training project, promoting them, which approves them. */
  grantApprove(principal: IPrincipal): Grant;
  /** Allows reading versions. */
  grantRead(principal: IPrincipal): Grant;
  /** Allows pulling the workload's images; Vertex AI, which pulls them for its jobs and endpoints, may then as well. */
  grantPullImages(principal: IPrincipal): Grant;
  /** Allows pushing the workload's images, as the build of a delivery does. */
  grantPushImages(principal: IPrincipal): Grant;
  /** Allows reading pipeline templates, as a run of one does. */
  grantReadTemplates(principal: IPrincipal): Grant;
  /** Allows uploading pipeline templates. */
  grantWriteTemplates(principal: IPrincipal): Grant;
}

/** A stage of the delivery that serves versions of this registry: its name and its project. */
export interface PromotionStage {
  /** Name of the stage, `prod`. */
  readonly name: string;
  /**
   * Id of the stage's project, another one for each stage and not that of the registry: a project has one model of a
   * name.
   */
  readonly projectId: string;
  /** Number of that project, as text: the identities under which its services pull images have it in their names. */
  readonly projectNumber: string;
}

/** The stages that versions are promoted to. */
export interface ModelPromotion {
  /** The stages, each with a name and a project of its own. */
  readonly stages: PromotionStage[];
}

/** A registry on Google Cloud, without the lake, which a blueprint gives it. */
export interface ModelRegistryOptions extends ModelRegistryIntent {
  /**
   * The stages of other projects that versions are promoted to. Each gets what a promotion reads: the versions, their
   * files under `training/` in the lake's artifact bucket, and the images of the image repository. The key needs no
   * permission: the lake's bucket decrypts as itself. In their stacks, `ModelRegistry.promotedFrom` is the other half;
   * apply these first, because a permission can only be given to what exists.
   *
   * @default - versions stay in this project
   */
  readonly promotion?: ModelPromotion;
  /**
   * A Docker repository of yours, `projects/<id>/locations/<region>/repositories/<name>`; its clean-up and scanning are
   * yours.
   *
   * @default - a new repository
   */
  readonly imageRepository?: string;
  /**
   * A repository of yours with format KFP, `projects/<id>/locations/<region>/repositories/<name>`.
   *
   * @default - a new repository
   */
  readonly templateRepository?: string;
  /**
   * Whether tags are immutable; images are identified by the commit that they were built from, not by `latest`.
   *
   * @default true
   * @see https://cloud.google.com/artifact-registry/docs/docker/names#tag-immutability
   */
  readonly immutableTags?: boolean;
  /**
   * Images of each name that stay whatever their age.
   *
   * @default 50
   */
  readonly keepRecentCount?: number;
  /**
   * Days after which an image without a tag is deleted, unless it is among the recent. Versions of the model refer to
   * images: those that may still be served must be kept.
   *
   * @default 365
   */
  readonly untaggedImageDays?: number;
  /**
   * Whether images are scanned for known vulnerabilities when they are pushed; about 0.26 USD an image.
   *
   * @default true
   * @see https://cloud.google.com/artifact-analysis/docs/container-scanning-overview
   */
  readonly scanImages?: boolean;
  /**
   * Days that an approval stays in its topic, 1 to 31, so that a subscription that is made later, or a replay, can
   * still have it.
   *
   * @default 7
   */
  readonly approvalRetentionDays?: number;
  /**
   * Removal policy of the images and templates when the registry leaves the stack. The model and its versions stay in
   * any case.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A registry on Google Cloud: a model of Vertex AI, repositories of Artifact Registry, a topic for approvals. */
export interface ModelRegistryProps extends ModelRegistryOptions {
  /** The lake whose key encrypts the images, the templates and the approvals. */
  readonly data: IDataLake;
}

/**
 * The registry of the training project, and the stage that versions are promoted to: what `ModelRegistry.promotedFrom`
 * needs.
 */
export interface PromotedRegistryProps {
  /** Name of the stage, as in the `promotion` of the registry. */
  readonly stage: string;
  /** Name of the model, as the registry of the training project says. */
  readonly modelName: string;
  /** Id of the project that trains. */
  readonly trainingProjectId: string;
  /**
   * The lake of the stage: the files of promoted versions are copied to its artifact bucket, under the names that they
   * have in the training project.
   */
  readonly data: IDataLake;
  /**
   * Removal policy of the images and templates of the stage's own repositories. The model and its versions stay in any
   * case.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Attributes of an existing registry. */
export interface ModelRegistryAttributes {
  /** Name that people read. */
  readonly modelName: string;
  /**
   * Id of the model in Vertex AI, in the project and region of the stack.
   *
   * @default - the name in lower case
   */
  readonly modelId?: string;
  /** Id of the topic of approvals, `projects/<id>/topics/<name>`. */
  readonly approvalTopicId: string;
  /** The Docker repository, `projects/<id>/locations/<region>/repositories/<name>`. */
  readonly imageRepository: string;
  /** The repository with format KFP, `projects/<id>/locations/<region>/repositories/<name>`. */
  readonly templateRepository: string;
  /**
   * Who says that a version may go live.
   *
   * @default Approval.manual()
   */
  readonly approval?: Approval;
}
