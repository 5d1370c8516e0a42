import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { IModelRegistry } from './model-registry-props';
import { IPrincipal } from './principal';
import { RemovalPolicy } from './removal-policy';
import { IWorkspace } from './workspace-props';
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
   * Reads the lake, writes raw data and, of the artifacts, `notebooks/` and `training/notebooks/`, works in the
   * workspace and registers versions. Features are written through `data.grantWriteFeatures`, pipelines are started
   * through `training.grantStart`: a role for it in the group would start rollouts as well, and so can bypass approval.
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

/**
 * Azure's built-in policies that guardrails assign to the resource group.
 *
 * @see https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies
 */
export enum GuardrailPolicy {
  /** Resources lie in allowed regions. */
  ALLOWED_LOCATIONS = 'allowed-locations',
  /** Deployments of models of Azure ML registries are of allowed publishers. */
  APPROVED_MODELS = 'approved-models',
  /** Managed networks of workspaces reach what was approved alone. */
  APPROVED_OUTBOUND = 'approved-outbound',
  /** Clusters and compute instances have no local users. */
  COMPUTE_LOCAL_USERS = 'compute-local-users',
  /** Workspaces are encrypted with a key of the customer's own. */
  CUSTOMER_MANAGED_KEYS = 'customer-managed-keys',
  /** Compute instances shut down when they are idle. */
  IDLE_SHUTDOWN = 'idle-shutdown',
  /** Storage accounts take TLS 1.2 at least. */
  MINIMUM_TLS = 'minimum-tls',
  /** Workspaces are reached over private endpoints. */
  PRIVATE_LINK = 'private-link',
  /** Storage accounts have no blobs that everybody reads. */
  PUBLIC_BLOBS = 'public-blobs',
  /** Workspaces answer from no public address. */
  PUBLIC_WORKSPACES = 'public-workspaces',
  /** Key vaults keep what was deleted. */
  PURGE_PROTECTION = 'purge-protection',
  /** Workspaces send their logs somewhere. */
  RESOURCE_LOGS = 'resource-logs',
  /** Storage accounts take no keys. */
  SHARED_KEYS = 'shared-keys',
  /** Workspaces act as identities that the user has made. */
  USER_ASSIGNED_IDENTITIES = 'user-assigned-identities',
}

/** Azure's built-in policies that change what is made against them. */
export enum GuardrailRemediation {
  /** Switches local users of clusters and compute instances off. */
  COMPUTE_LOCAL_USERS = 'compute-local-users',
  /** Switches the public address of workspaces off. */
  PUBLIC_WORKSPACES = 'public-workspaces',
  /** Sends logs of workspaces to the product's Log Analytics workspace. */
  RESOURCE_LOGS = 'resource-logs',
}

/** Rules, limits and evidence on Azure, without what a blueprint connects them to. */
export interface GovernanceGuardrailsOptions extends GovernanceIntent {
  /**
   * Scope of the policies that are checked at synthesis, inside one stack.
   *
   * @default - the construct around this one: the blueprint, or the stack
   */
  readonly guardedScope?: IConstruct;
  /**
   * The one of `tags` whose costs the budget counts.
   *
   * @default - the budget counts the costs of the whole resource group
   */
  readonly budgetTag?: string;
  /**
   * Whether the activity log of the subscription is a part of the audit log. The deployer needs
   * `Microsoft.Insights/diagnosticSettings/write` on the subscription, which has room for five such settings: leave it
   * out where the platform team exports the log already.
   *
   * @default true
   * @see https://learn.microsoft.com/azure/azure-monitor/platform/activity-log
   */
  readonly auditActivityLog?: boolean;
  /**
   * Days that the audit log is kept, 180 to 3650: nobody changes or deletes an entry before, and it is deleted after.
   *
   * @default 365
   */
  readonly auditRetentionDays?: number;
  /**
   * Whether the retention of the audit log is locked: it can be made longer five times, and never shorter, and the log
   * cannot be deleted early.
   *
   * @default false
   */
  readonly auditLocked?: boolean;
  /**
   * E-mail addresses that are notified of actions against the guardrails: somebody becomes owner, contributor or giver
   * of roles, takes keys of a storage account, deletes a lock, a vault, an assignment of a policy or a setting of the
   * audit log, or trusts another issuer.
   *
   * @default - those of the budget; without a budget the alert shows in Azure Monitor only
   */
  readonly guardrailEmails?: string[];
  /**
   * Policies that deny what is against them; the others only mark it as non-compliant. What the stack has by itself
   * must comply, or its next apply is denied.
   *
   * @default - those that all constructs comply with: ALLOWED_LOCATIONS, MINIMUM_TLS, PUBLIC_BLOBS, PURGE_PROTECTION,
   *   SHARED_KEYS and USER_ASSIGNED_IDENTITIES
   */
  readonly deniedPolicies?: GuardrailPolicy[];
  /**
   * Policies that are not assigned.
   *
   * @default - none
   */
  readonly policyExemptions?: GuardrailPolicy[];
  /**
   * Whether policies deny nothing for now: they only mark what they would deny.
   *
   * @default false
   * @see https://learn.microsoft.com/azure/governance/policy/concepts/assignment-structure#enforcement-mode
   */
  readonly policyDryRun?: boolean;
  /**
   * Policies that change what is made against them, and that act as an identity which is contributor in the resource
   * group. They change what is made later; for what is there already, `az policy remediation create`.
   *
   * @default - none: nothing is changed behind people's backs
   * @see https://learn.microsoft.com/azure/governance/policy/how-to/remediate-resources
   */
  readonly remediations?: GuardrailRemediation[];
  /**
   * Regions in which resources may be made, `westeurope`.
   *
   * @default - the region of the stack
   */
  readonly allowedLocations?: string[];
  /**
   * Publishers whose models of Azure ML registries may be deployed, `Microsoft`, `Meta`.
   *
   * @default - all, and APPROVED_MODELS is not assigned
   */
  readonly allowedModelPublishers?: string[];
  /**
   * Whether the lake's accounts, its key vault and the audit log have a lock against deletion (`CanNotDelete`). The
   * deployer needs `Microsoft.Authorization/locks/*`, which contributors lack. A lock covers what lies below: an apply
   * that takes away a role, a queue or a diagnostic setting of these resources fails with `ScopeLocked` until this is
   * false again. `terraform destroy` deletes the locks first, and is then stopped by the removal policy alone.
   *
   * @default false - the removal policy stops Terraform; a person with the right role can delete them
   * @see https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
   */
  readonly deletionLocks?: boolean;
  /**
   * Plans of Microsoft Defender for Cloud, as it names them: `StorageAccounts`, `KeyVaults`, `Containers`, `Arm`,
   * `CloudPosture`. They hold, and are paid, for the whole subscription; when they leave the stack they are switched
   * off there.
   *
   * @default - none
   * @see https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction
   */
  readonly defenderPlans?: string[];
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

/** Properties of `GovernanceGuardrails` on Azure. */
export interface GovernanceGuardrailsProps extends GovernanceGuardrailsOptions {
  /**
   * The lake: its reads and writes are recorded, its key encrypts the audit log, its container of artifacts holds the
   * model card.
   */
  readonly data: IDataLake;
  /**
   * The workspace: changes of its models and datastores are recorded, its Log Analytics workspace has the activity log
   * for queries.
   */
  readonly workspace: IWorkspace;
  /**
   * The registry: whether its approvals fit the model's risk, and what people may do in it.
   *
   * @default - no registry
   */
  readonly registry?: IModelRegistry;
}
