import { MonitorActivityLogAlert } from '@cdktf/provider-azurerm/lib/monitor-activity-log-alert';
import { MonitorScheduledQueryRulesAlertV2 } from '@cdktf/provider-azurerm/lib/monitor-scheduled-query-rules-alert-v2';
import { Construct } from 'constructs';
import { newActionGroup } from '../base/action-group';
import { azureName } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';

/**
 * A change that the guardrails are against, as the activity log names it, and whether it is made to the subscription
 * instead of to the group.
 */
type Breach = readonly [id: string, operation: string, what: string, ofSubscription?: boolean];

/** @see https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations */
const BREACHES: readonly Breach[] = [
  ['StorageKeys', 'Microsoft.Storage/storageAccounts/listKeys/action', 'somebody took the keys of a storage account, which open all its data'],
  ['ImmutabilityDeleted', 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/delete', 'a container lost the policy that keeps its blobs'],
  ['VaultDeleted', 'Microsoft.KeyVault/vaults/delete', 'what a key of the vault encrypted cannot be read until the vault is recovered'],
  ['LockDeleted', 'Microsoft.Authorization/locks/delete', 'a lock against deletion is gone'],
  ['AssignmentDeleted', 'Microsoft.Authorization/policyAssignments/delete', 'a policy of the guardrails holds no more'],
  ['TrustGiven', 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write', 'tokens of an outside issuer may take an identity'],
  ['RecordEnded', 'Microsoft.Insights/diagnosticSettings/delete', 'a part of the audit log is recorded no more'],
  ['SubscriptionRecordEnded', 'Microsoft.Insights/diagnosticSettings/delete', 'the activity log is recorded no more', true],
];

/**
 * Roles that open everything, or that give roles: Owner, Contributor, User Access Administrator, Role Based Access
 * Control Administrator.
 */
const WIDE_ROLES = [
  '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  'b24988ac-6180-42a0-ab88-20f7382dd24c',
  '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
];

/** Whom the alarm tells, and where the activity log can be asked. */
export interface GuardrailWatchSpec {
  readonly emails: readonly string[];
  /**
   * ARM id of the Log Analytics workspace that has the activity log; undefined where it has none, and roles are not
   * watched.
   */
  readonly logAnalyticsWorkspaceId?: string;
}

/**
 * Tells people when somebody does what the guardrails are against. It prevents nothing. Alerts of the activity log cost
 * nothing; which role was given they cannot tell, so that a query of the log does, about 0.50 USD a month.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-types#activity-log-alerts
 */
export class GuardrailWatch extends Construct {
  constructor(scope: Construct, id: string, { emails, logAnalyticsWorkspaceId }: GuardrailWatchSpec) {
    super(scope, id);
    const { resourceGroupName, resourceGroupId, subscriptionId, location } = resourceGroupOf(this);
    const people = newActionGroup(this, 'People', { shortName: 'guardrails', emails });
    for (const [childId, operationName, what, ofSubscription] of BREACHES) {
      new MonitorActivityLogAlert(this, childId, {
        name: azureName(this, 'resource', childId),
        resourceGroupName,
        location: 'global',
        scopes: [ofSubscription ? `/subscriptions/${subscriptionId}` : resourceGroupId],
        description: `Guardrails: ${what}. Ask who did it why; a deployment that changes it raises this alert as well`,
        criteria: { category: 'Administrative', operationName, statuses: ['Succeeded'] },
        action: [{ actionGroupId: people.id }],
      });
    }
    if (logAnalyticsWorkspaceId === undefined) return;
    new MonitorScheduledQueryRulesAlertV2(this, 'WideRole', {
      name: azureName(this, 'resource', 'WideRole'),
      displayName: `Guardrails: a role over everything was given in ${resourceGroupName}`,
      description:
        'Somebody became owner, contributor or giver of roles. Ask who gave it why; a deployment that gives it raises this alert as well',
      resourceGroupName,
      location,
      scopes: [logAnalyticsWorkspaceId],
      severity: 2,
      // The activity log arrives late: what came in since the last look is looked at, whenever it happened.
      evaluationFrequency: 'PT30M',
      windowDuration: 'PT30M',
      queryTimeRangeOverride: 'PT6H',
      criteria: [
        {
          query: [
            'AzureActivity',
            '| where ingestion_time() > ago(30m)',
            `| where ResourceGroup =~ "${resourceGroupName}" or isempty(ResourceGroup)`,
            '| where OperationNameValue =~ "Microsoft.Authorization/roleAssignments/write" and ActivityStatusValue =~ "Start"',
            `| where Properties has_any (${WIDE_ROLES.map((role) => `"${role}"`).join(', ')})`,
          ].join('\n'),
          timeAggregationMethod: 'Count',
          operator: 'GreaterThan',
          threshold: 0,
        },
      ],
      action: { actionGroups: [people.id] },
      // The table is there from the first entry on.
      skipQueryValidation: true,
    });
  }
}
