import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { IModelRegistry } from './model-registry-props';
import { IPrincipal } from './principal';
import { RemovalPolicy } from './removal-policy';
import { GovernanceIntent } from '../core/governance-guardrails';

/** Who gets the permissions of which duty: a group for each is best. */
export interface GovernancePrincipals {
  /**
   * Reads data, experiments and registered versions.
   *
   * @default - no one
   */
  readonly dataScientist?: IPrincipal;
  /**
   * Reads the lake, writes raw data and, of the artifacts, `notebooks/` and `training/notebooks/`, runs jobs and
   * registers versions. Features are written through `grantWrite` of their group. `training.grantStart` lets the same
   * principal start a pipeline: the right to start workflows would be one in the project, rollouts included, and so can
   * bypass approval.
   *
   * @default - no one
   */
  readonly mlEngineer?: IPrincipal;
  /**
   * Approves versions; must not be those who create them.
   *
   * @default - no one
   */
  readonly approver?: IPrincipal;
  /**
   * Reads the audit log and who may do what, no data.
   *
   * @default - no one
   */
  readonly auditor?: IPrincipal;
}

/** Binary Authorization: who vouches for an image before it runs. */
export interface BinaryAuthorizationOptions {
  /** Public key of who builds images, PEM; attestations are checked with it. */
  readonly publicKeyPem: string;
  /**
   * How the key signs, `ECDSA_P256_SHA256`.
   *
   * @default 'ECDSA_P256_SHA256'
   * @see https://cloud.google.com/binary-authorization/docs/reference/rest/v1/projects.attestors#signaturealgorithm
   */
  readonly signatureAlgorithm?: string;
  /**
   * Patterns of images that need no attestation, `europe-west4-docker.pkg.dev/tools/mirror/*`.
   *
   * @default - none but Google's own system images
   */
  readonly exemptedImages?: string[];
  /**
   * Whether an image without attestation runs nevertheless, with an entry in the audit log.
   *
   * @default false
   */
  readonly dryRun?: boolean;
}

/** VPC Service Controls: a line that data does not cross. */
export interface ServicePerimeterOptions {
  /** Number of the organisation's access policy; the deployer needs `roles/accesscontextmanager.policyEditor` on it. */
  readonly accessPolicyId: string;
  /**
   * APIs inside the line, `storage`.
   *
   * @default ['aiplatform', 'artifactregistry', 'bigquery', 'cloudkms', 'pubsub', 'run', 'secretmanager', 'storage']
   */
  readonly restrictedServices?: string[];
  /**
   * Access levels that let people and CI in from outside, `accessPolicies/<number>/accessLevels/<name>`.
   *
   * @default - none: only what runs in the project
   */
  readonly accessLevels?: string[];
  /**
   * Whether crossing is blocked. Look at a dry run first: a perimeter also stops deployments from outside.
   *
   * @default false - crossings are only written into the audit log
   */
  readonly enforced?: boolean;
}

/** Rules, limits and evidence on Google Cloud, without what a blueprint connects them to. */
export interface GovernanceGuardrailsOptions extends GovernanceIntent {
  /**
   * Scope of the policies, inside one stack.
   *
   * @default - the construct around this one: the blueprint, or the stack
   */
  readonly guardedScope?: IConstruct;
  /**
   * Billing account of the budget, `012345-678901-ABCDEF`.
   *
   * @default - that of the project, asked when the budget is made; a project that moves to another account needs a new
   *   budget
   */
  readonly billingAccount?: string;
  /**
   * Currency of the billing account, in which `budget.monthlyUsd` is counted: Google refuses any other.
   *
   * @default - that of the billing account, whichever it is
   */
  readonly budgetCurrency?: string;
  /**
   * The one of `tags` whose costs the budget counts.
   *
   * @default - the budget counts the costs of the whole project
   */
  readonly budgetLabel?: string;
  /**
   * APIs whose reads and writes of data are recorded, without their domain. BigQuery's always are. The stack decides
   * alone what of such an API is recorded in the project: existing settings for it are replaced.
   *
   * @default ['aiplatform', 'secretmanager', 'storage']
   */
  readonly auditServices?: string[];
  /**
   * Days that the audit log is kept, 180 to 3650.
   *
   * @default 365
   */
  readonly auditRetentionDays?: number;
  /**
   * Whether the audit log also keeps each call of an endpoint and who made it.
   *
   * @default false - captured requests say what was asked, not who asked
   */
  readonly auditEndpointCalls?: boolean;
  /**
   * Whose reads and writes are not recorded: the identity of a training that reads millions of objects, say.
   *
   * @default - everybody's are
   */
  readonly auditExemptions?: IPrincipal[];
  /**
   * Whether the retention of the audit log is locked: it can never be shortened, and the log cannot be deleted early.
   *
   * @default false
   */
  readonly auditLocked?: boolean;
  /**
   * E-mail addresses that are notified of actions against the guardrails: makes keys of service accounts, owners or
   * editors, opens something to everybody, changes the audit log, destroys a version of a key.
   *
   * @default - those of the budget; without a budget the incident shows in Cloud Monitoring only
   */
  readonly guardrailEmails?: string[];
  /**
   * Whether policies of the organisation are set on the project. The deployer needs `roles/orgpolicy.policyAdmin`,
   * which only the organisation can give.
   *
   * @default false
   * @see https://cloud.google.com/resource-manager/docs/organization-policy/using-constraints
   */
  readonly orgPolicies?: boolean;
  /**
   * Constraints that are not set, `compute.requireShieldedVm`.
   *
   * @default - none
   */
  readonly orgPolicyExemptions?: string[];
  /**
   * Whether the policies of the organisation only write breaches into the audit log. Google does so for some
   * constraints and refuses the others when they are deployed: those belong into `orgPolicyExemptions`.
   *
   * @default false
   * @see https://cloud.google.com/resource-manager/docs/organization-policy/dry-run-policy#limitations
   */
  readonly orgPolicyDryRun?: boolean;
  /**
   * Locations in which resources may be made, as `gcp.resourceLocations` writes them.
   *
   * @default ['in:<region>-locations']
   */
  readonly allowedLocations?: string[];
  /**
   * APIs that make nothing without a key of the customer's own.
   *
   * @default ['artifactregistry', 'secretmanager', 'sqladmin', 'storage']
   * @see https://cloud.google.com/kms/docs/cmek-org-policy
   */
  readonly cmekServices?: string[];
  /**
   * Whether an IAM deny policy takes from everybody in the project what no role should have: making keys of service
   * accounts, destroying versions of keys, deleting the audit log, deleting the project. The deployer needs
   * `roles/iam.denyAdmin`, which only the organisation can give.
   *
   * @default false
   * @see https://cloud.google.com/iam/docs/deny-overview
   */
  readonly denyPolicy?: boolean;
  /**
   * Who may do it nevertheless; who runs `terraform destroy` must be among them.
   *
   * @default - no one
   */
  readonly denyExceptions?: IPrincipal[];
  /**
   * Binary Authorization of the project, which has one such policy. Cloud Run services take part when their
   * `binaryAuthorization` says so.
   *
   * @default - any image runs
   */
  readonly binaryAuthorization?: BinaryAuthorizationOptions;
  /**
   * A perimeter of VPC Service Controls around the project; a project can be in one only. It does not support endpoints
   * of Vertex AI with a dedicated address, the default: `enforced` is refused beside one, a dry run warned of. Give
   * them `EndpointAccess.shared()`.
   *
   * @default - none
   */
  readonly servicePerimeter?: ServicePerimeterOptions;
  /**
   * Who has which duty.
   *
   * @default - no permissions are granted
   */
  readonly roles?: GovernancePrincipals;
  /**
   * Removal policy of the audit log when it leaves the stack. DESTROY needs the context flag `mlops:allowDestroy` too.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Properties of `GovernanceGuardrails` on Google Cloud. */
export interface GovernanceGuardrailsProps extends GovernanceGuardrailsOptions {
  /** The lake: its key encrypts the audit log, its bucket of artifacts holds the model card. */
  readonly data: IDataLake;
  /**
   * The registry: whether its approvals fit the model's risk, and what people may do in it.
   *
   * @default - no registry
   */
  readonly registry?: IModelRegistry;
}
