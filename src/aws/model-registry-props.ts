import { aws_ecr as ecr, aws_events as events, aws_iam as iam, RemovalPolicy } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { DataLakeAttributes, IDataLake } from './data-lake-props';
import { ModelRegistryIntent } from '../core/model-registry';

/** A model registry: its name, its grants and the approval event. */
export interface IModelRegistry extends IConstruct {
  /** Name of the model package group. */
  readonly modelPackageGroupName: string;
  /** ARN of the model package group. */
  readonly modelPackageGroupArn: string;
  /** Whether registration approves a version; false means `PendingManualApproval`. */
  readonly isApprovalAutomatic: boolean;
  /** Event pattern of a version of this model being approved, by whom ever; `detail.ModelPackageArn` names it. */
  readonly approvedPattern: events.EventPattern;
  /**
   * The stage that versions must be promoted to, of what `promotedTo` returned; undefined where every approval counts.
   */
  readonly promotionStage?: string;
  /** The lake that the files of the versions are in; undefined where it is that of whoever serves or watches them. */
  readonly data?: IDataLake;
  /** Lets the grantee list and describe the versions and make models of them. */
  grantRead(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee add versions, which wait for a manual approval unless approval is automatic. */
  grantRegister(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee approve and reject versions. */
  grantApprove(grantee: iam.IGrantable): iam.Grant;
  /**
   * The same registry as one stage of the delivery sees it: a version counts as approved when it is promoted to the
   * stage.
   *
   * An approver promotes by setting the version's life cycle to this stage with status `Approved`, after the version
   * itself was approved; the right to do so (`grantApprove` of what this returns) is another for each stage.
   * `ModelSource.latestApproved(registry.promotedTo('prod'))`.
   *
   * @param stage name of the stage, `prod`
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-staging-construct.html
   */
  promotedTo(stage: string): IModelRegistry;
}

/** A stage of the delivery that serves versions of this registry: its name and its account. */
export interface PromotionStage {
  /** Name of the stage, `prod`: the `Stage` of the life cycle of a version that is promoted to it. */
  readonly name: string;
  /**
   * The account that approves for the stage and serves there; it may be the account of another stage or of the
   * registry.
   */
  readonly account: string;
}

/** The stages that versions are promoted to. */
export interface ModelPromotion {
  /** The stages, each with a name of its own. */
  readonly stages: PromotionStage[];
}

/** The registry of the training account, and the stage that reads it: what `ModelRegistry.promotedFrom` needs. */
export interface PromotedRegistryProps {
  /** Name of the stage, as in the `promotion` of the registry. */
  readonly stage: string;
  /** Name of the model, as the registry of the training account says. */
  readonly modelName: string;
  /** The account that trains. */
  readonly trainingAccount: string;
  /** The lake of the training account: the files of the versions are in its artifact bucket, encrypted with its key. */
  readonly trainingData: DataLakeAttributes;
}

/** A registry on AWS, without the lake, which a blueprint gives it. */
export interface ModelRegistryOptions extends ModelRegistryIntent {
  /**
   * The stages of other accounts that versions are promoted to. Each account may read and serve the versions, as with
   * `consumerAccounts`, gets the events on its default bus, as with `eventBuses`, and may promote to its own stages,
   * and to no other. In its stacks, `ModelRegistry.promotedFrom` is the other half.
   *
   * @default - versions stay in this account
   */
  readonly promotion?: ModelPromotion;
  /**
   * Accounts that may read the versions and serve them: the group, the files under `training/` and `evaluation/` in the
   * lake's artifact bucket, and the key that encrypts them. What the app cannot change because it is imported becomes
   * an output that says what to allow there.
   *
   * @default - this account only
   */
  readonly consumerAccounts?: string[];
  /**
   * Repositories with the images of the versions; the accounts of `promotion` and `consumerAccounts` may pull from
   * them.
   *
   * @default - none: images that SageMaker or another account provides
   */
  readonly repositories?: ecr.IRepository[];
  /**
   * Buses, usually the default ones of the consumer accounts, that get the events of this registry; at most 5. The
   * accounts must accept them: see `ModelRegistry.acceptEvents`.
   *
   * @default - the events stay in this account
   */
  readonly eventBuses?: events.IEventBus[];
  /**
   * Removal policy of the model package group when its stack goes. A group with versions cannot be deleted: delete the
   * versions first.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Properties of a `ModelRegistry` on AWS. */
export interface ModelRegistryProps extends ModelRegistryOptions {
  /**
   * The lake that the files of the versions are in; needed with `promotion` and `consumerAccounts`.
   *
   * @default - none
   */
  readonly data?: IDataLake;
}
