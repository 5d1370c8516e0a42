import { Construct } from 'constructs';
import { AzureResourceGroup } from './azure-resource-group';
import { GovernanceGuardrailsProps } from './governance-guardrails-props';
import { MlopsPolicies } from './mlops-policies';
import { claim } from '../terraform/claims';
import { mayDestroy } from '../terraform/removal';
import { newActionGroup } from './private/base/action-group';
import { customRole, grantRole } from './private/base/grants';
import { requireProps } from './private/base/require-props';
import { OF_PEOPLE } from './private/data/blob-access';
import { AuditLog } from './private/governance/audit-log';
import { DENIED } from './private/governance/built-in-policies';
import { GuardrailWatch } from './private/governance/change-alarm';
import { checkGuardrails } from './private/governance/checks';
import { CostBudget } from './private/governance/cost-budget';
import { Defender } from './private/governance/defender';
import { DeletionLocks } from './private/governance/deletion-locks';
import { ModelCard } from './private/governance/model-card';
import { PolicyAssignments } from './private/governance/policy-assignments';
import { newAlertRule } from './private/monitoring/alert-rule';
import { resolvedGovernance } from '../core/private/resolve/governance';
import { Token } from '../core/private/tokens';
import { Speaker, speakerFor } from '../core/private/validation';

/**
 * Rules, limits and evidence around a machine-learning product: policies checked at synthesis with a report, an audit
 * log that nobody changes, a budget, tags, a model card, alerts on what must not happen, and Azure's own policies on
 * the resource group.
 *
 * Children: `Audit` (with the account `Records`), `Budget`, `ModelCard`, `Watch`, `Policies`, `Locks`, `Defender`,
 * `Roles`. Costs: the audit log, about 0.02 USD a GB a month, and 0.30 USD a GB that Azure Monitor exports; an alert
 * of logs, 0.50 USD a month; plans of Defender by what they watch; budgets, policies, locks and roles cost nothing.
 *
 * By default guardrails have all that an owner of the resource group may make. The activity log and plans of Defender
 * belong to the subscription, locks need a role that contributors lack.
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { azure } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new azure.DataLake(stack, 'Data');
 * const workspace = new azure.Workspace(stack, 'Workspace', { data });
 * new azure.GovernanceGuardrails(stack, 'Governance', { data, workspace, tags: { product: 'churn' } });
 */
export class GovernanceGuardrails extends Construct {
  /** Name of the storage account of the audit log; undefined without `auditLog`. */
  public readonly auditAccountName?: string;
  /**
   * Where the model card is read,
   * `https://<account>.blob.core.windows.net/<container>/governance/<model>/model-card.md`; undefined without
   * `modelCard`.
   */
  public readonly modelCardUri?: string;
  /** ARM id of the workflow that writes the model card, for alerts on its failures; undefined without `modelCard`. */
  public readonly modelCardWorkflowId?: string;
  /** Policies checked at synthesis; undefined without `policyChecks`. */
  public readonly policies?: MlopsPolicies;

  public constructor(scope: Construct, id: string, props: GovernanceGuardrailsProps) {
    super(scope, id);
    const who: Speaker = speakerFor('governance guardrails', scope, id);
    requireProps(who, 'GovernanceGuardrailsProps', props);
    const group = AzureResourceGroup.of(this);
    const governance = resolvedGovernance(who, props, 3650);
    checkGuardrails(who, { ...props, location: Token.isUnresolved(group.location) ? undefined : group.location });
    const destroyable = mayDestroy(this, who, props.removalPolicy);
    const { data, workspace, registry } = props;
    const modelName = registry?.modelName ?? scope.node.id;
    const name = { ...who, name: this.node.path };
    for (const [key, value] of Object.entries(governance.tags)) {
      claim(name, group, `tag ${key}`, value, `tags.${key}: all resources of the stack have the same`);
    }
    if (props.modelCard) {
      claim(
        name,
        group,
        `card ${data.storeAccountId} ${modelName}`,
        name.name,
        'modelCard: a lake has room for one of each model',
      );
    }

    const audit = governance.auditLog ? new AuditLog(this, 'Audit', {
      data,
      workspace,
      activityLog: props.auditActivityLog ?? true,
      retentionDays: governance.auditRetentionDays,
      locked: props.auditLocked ?? false,
      destroyable,
    }) : undefined;
    this.auditAccountName = audit?.accountName;
    if (props.budget) {
      new CostBudget(
        this,
        'Budget',
        props.budget,
        props.budgetTag === undefined ? undefined : { key: props.budgetTag, value: props.tags![props.budgetTag] },
      );
    }
    const card =
      governance.modelCard &&
      new ModelCard(this, 'ModelCard', who, governance.modelCard, {
        data,
        modelName,
        model: registry?.modelContainerId,
      });
    this.modelCardUri = card?.uri;
    this.modelCardWorkflowId = card?.workflow.id;
    if (card) this.watchCard(card, props);
    if (governance.cloudGuardrails) this.guardCloud(props, audit);
    if (props.roles) giveDuties(new Construct(this, 'Roles'), props, audit);
    group._addTags(governance.tags);
    if (governance.policyChecks) this.policies = MlopsPolicies.applyTo(props.guardedScope ?? scope);
  }

  /** A metric of the service itself: about 0.10 USD a month, and no log of a workflow that runs once a day. */
  private watchCard({ workflow }: ModelCard, { budget, guardrailEmails, workspace }: GovernanceGuardrailsProps): void {
    const people = newActionGroup(this, 'CardPeople', {
      shortName: 'model card',
      emails: guardrailEmails ?? budget?.alertEmails ?? [],
    });
    newAlertRule(this, {
      id: 'ModelCardAlert',
      title: 'The model card could not be written',
      severity: 'WARNING',
      runbook: [
        'The card in the lake is not what the stack says: readers see an earlier one, or none.',
        `The runs of the Logic App \`${workflow.name}\` say why: a role of its identity, or the network of the lake. It tries again every day.`,
      ],
      condition: {
        resourceId: workflow.id,
        namespace: 'Microsoft.Logic/workflows',
        metric: 'RunsFailed',
        aggregation: 'Total',
        threshold: 0,
        windowMinutes: 60,
        everyMinutes: 15,
      },
    }, { actionGroups: [people.id], logAnalyticsWorkspaceId: workspace.logAnalyticsWorkspaceId });
  }

  private guardCloud(props: GovernanceGuardrailsProps, audit: AuditLog | undefined): void {
    const { data, workspace } = props;
    new GuardrailWatch(this, 'Watch', {
      emails: props.guardrailEmails ?? props.budget?.alertEmails ?? [],
      logAnalyticsWorkspaceId:
        audit !== undefined && (props.auditActivityLog ?? true) ? workspace.logAnalyticsWorkspaceId : undefined,
    });
    new PolicyAssignments(this, 'Policies', {
      denied: props.deniedPolicies ?? DENIED,
      exempted: props.policyExemptions ?? [],
      dryRun: props.policyDryRun ?? false,
      remediations: props.remediations ?? [],
      locations: props.allowedLocations ?? [AzureResourceGroup.of(this).location],
      modelPublishers: props.allowedModelPublishers,
      logAnalyticsWorkspaceId: workspace.logAnalyticsWorkspaceId,
    });
    if (props.deletionLocks) {
      new DeletionLocks(this, 'Locks', {
        Store: data.storeAccountId,
        Features: data.featuresAccountId,
        Vault: data.encryptionKey?.keyVaultId,
        Audit: audit?.accountId,
      });
    }
    if (props.defenderPlans && props.defenderPlans.length > 0) new Defender(this, 'Defender', props.defenderPlans);
  }
}

function giveDuties(
  scope: Construct,
  { roles = {}, data, workspace, registry }: GovernanceGuardrailsProps,
  audit: AuditLog | undefined,
): void {
  const { dataScientist, mlEngineer, approver, auditor } = roles;
  if (dataScientist) {
    data.grantRead(dataScientist);
    workspace.grantReadWorkspace(dataScientist);
    registry?.grantRead(dataScientist);
  }
  if (mlEngineer) {
    data.grantRead(mlEngineer);
    data.grantWriteRaw(mlEngineer);
    // Not all artifacts: what pipelines have made stays what somebody approved.
    for (const prefix of OF_PEOPLE) data.grantWriteArtifacts(mlEngineer, prefix);
    workspace.grantUse(mlEngineer);
    registry?.grantRegister(mlEngineer);
    registry?.grantPullImages(mlEngineer);
  }
  if (approver) {
    registry?.grantRead(approver);
    registry?.grantApprove(approver);
  }
  if (auditor) {
    audit?.grantRead(auditor);
    const { resourceGroupId } = AzureResourceGroup.of(scope);
    grantRole(scope, auditor, 'audit', {
      scope: resourceGroupId,
      role: customRole(scope, 'Auditor', { title: 'Auditor of MLOps', actions: AUDITOR }),
      description: 'Reads who may do what',
    });
  }
}

/** Who may do what, under which policies and locks, and who did. */
const AUDITOR: readonly string[] = [
  'Microsoft.Authorization/locks/read',
  'Microsoft.Authorization/policyAssignments/read',
  'Microsoft.Authorization/roleAssignments/read',
  'Microsoft.Authorization/roleDefinitions/read',
  'Microsoft.Insights/DiagnosticSettings/read',
  'Microsoft.Insights/eventtypes/values/read',
  'Microsoft.PolicyInsights/policyStates/queryResults/read',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
];
