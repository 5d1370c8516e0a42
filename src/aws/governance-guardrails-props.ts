import { aws_ec2 as ec2, aws_iam as iam, aws_kms as kms, IPolicyValidationPlugin, RemovalPolicy } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { GovernanceRolePrincipals } from './governance-role';
import { IModelRegistry } from './model-registry-props';
import { GovernanceIntent } from '../core/governance-guardrails';

/** How far the people behind a model card have come with it. */
export enum ModelCardStatus {
  /** Being written. */
  DRAFT = 'Draft',
  /** Waiting for a review. */
  PENDING_REVIEW = 'PendingReview',
  /** Reviewed and approved. */
  APPROVED = 'Approved',
  /** Of a model that is out of use. */
  ARCHIVED = 'Archived',
}

/** Rules, limits and evidence on AWS, without what a blueprint connects them to. */
export interface GovernanceGuardrailsOptions extends GovernanceIntent {
  /**
   * The network that jobs and models belong into. The boundary lets them into no other. Models of serverless endpoints,
   * which can have neither a network nor isolation, are left out by their names.
   *
   * @default - any network, or none: then they must be isolated from every network
   */
  readonly vpc?: ec2.IVpc;
  /**
   * The subnets of the network that jobs and models belong into.
   *
   * @default - the isolated ones, or where there are none the private ones; in subnets with a way out each container
   *   must be isolated
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * The security groups that jobs and models in the network may have.
   *
   * @default - any of the network
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Scope of the policies and of the permission boundary. Where that is several stacks, put the guardrails into the one
   * of the lake: all others wait for it, so it must wait for none of them.
   *
   * @default - the construct around this one: the blueprint, or the stack
   */
  readonly guardedScope?: IConstruct;
  /**
   * Further plugins that look at the whole app, such as the packs of cdk-nag: `[new AwsSolutionsChecks()]`.
   *
   * @default - none
   * @see https://github.com/cdklabs/cdk-nag
   */
  readonly policyPlugins?: IPolicyValidationPlugin[];
  /**
   * A permission boundary of yours for the roles, instead of the one made here. A role has one only, and of those of
   * aspects and of a `Stack` it has that of the narrowest scope: without this prop the one made here takes the place of
   * the role's own and of that of the stack around `guardedScope`, and a stack inside of it keeps its own.
   *
   * @default - a new one
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;
  /**
   * Actions that the boundary lets roles have beyond what machine learning needs, `dynamodb:GetItem`. It grants nothing
   * itself. Refused is what would open the boundary (making identities and permissions), and by a wildcard what deletes
   * data, keys or the audit trail. Jobs that no condition of IAM limits (`sagemaker:CreateCompilationJob`,
   * `CreateEdgePackagingJob`, `CreateInferenceRecommendationsJob`, `CreateOptimizationJob`) are denied unless they are
   * named.
   *
   * @default - none
   */
  readonly boundaryActions?: string[];
  /**
   * Keys besides the lake's that jobs, endpoints and notebooks may encrypt volumes and output with: those of further
   * lakes in the guarded scope.
   *
   * @default - the lake's key only
   */
  readonly encryptionKeys?: kms.IKey[];
  /**
   * Patterns of the only instance types that jobs, endpoints and notebooks may run on, `ml.m5.*`.
   *
   * @default - any
   */
  readonly allowedInstanceTypes?: string[];
  /**
   * The longest time that a warm pool may be kept after a job, in minutes, 0 to 360: warm pools are paid while they
   * wait.
   *
   * @default - as long as SageMaker allows
   */
  readonly maxWarmPoolMinutes?: number;
  /**
   * Whether every job must ask for encrypted traffic between its machines. SageMaker's condition key does not say how
   * many machines a job has, so jobs on one must ask for it too.
   *
   * @default false - the policies check it where there is more than one machine
   */
  readonly encryptTrafficBetweenMachines?: boolean;
  /**
   * Accounts besides this one that roles with the boundary may write objects to, 12 digits each.
   *
   * @default - none: data stays in the account
   */
  readonly trustedAccounts?: string[];
  /**
   * Rules of AWS Config that look at what exists for what the policies look for in templates. The account must record
   * with AWS Config in this region already, or the deployment fails; each evaluation is paid.
   *
   * @default false
   * @see https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html
   */
  readonly configRules?: boolean;
  /**
   * Days that the audit trail's files are kept, 180 or more.
   *
   * @default 365
   */
  readonly auditRetentionDays?: number;
  /**
   * Whether the audit trail also records each call of an endpoint of the account and who made it. 100000 calls cost
   * about 0.10 USD.
   *
   * @default false - captured requests say what was asked, not who asked
   * @see https://aws.amazon.com/cloudtrail/pricing/
   */
  readonly auditEndpointCalls?: boolean;
  /**
   * The one of `tags` whose costs the budget counts; it must be activated as a cost allocation tag in the billing
   * console. An endpoint keeps the tags that it was made with.
   *
   * @default - the budget counts the costs of the whole account
   */
  readonly budgetTag?: string;
  /**
   * Where the budget is made: a stack of `us-east-1` and of this account, where the region of the guardrails has no
   * budgets in CloudFormation (docs/aws.md lists them). It counts the costs of all regions wherever it is.
   *
   * @default - the guardrails
   */
  readonly budgetScope?: Construct;
  /**
   * How far the model's card has come.
   *
   * @default ModelCardStatus.DRAFT
   */
  readonly modelCardStatus?: ModelCardStatus;
  /**
   * Who may take the roles of data scientist, engineer, approver and auditor: a role is made for each that is given.
   *
   * @default - no roles for people
   */
  readonly roles?: GovernanceRolePrincipals;
  /**
   * Removal policy of the audit trail's bucket and the model card when they leave the stack. DESTROY needs the context
   * flag `mlops:allowDestroy` too.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Properties of `GovernanceGuardrails` on AWS. */
export interface GovernanceGuardrailsProps extends GovernanceGuardrailsOptions {
  /** The lake: its key encrypts what is made here, and the audit trail watches its buckets. */
  readonly data: IDataLake;
  /**
   * The registry: whether its approvals fit the model's risk, and what the roles of people may do in it.
   *
   * @default - no registry
   */
  readonly registry?: IModelRegistry;
}
