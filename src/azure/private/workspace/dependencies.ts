import { ApplicationInsights } from '@cdktf/provider-azurerm/lib/application-insights';
import { KeyVault } from '@cdktf/provider-azurerm/lib/key-vault';
import { LogAnalyticsWorkspace } from '@cdktf/provider-azurerm/lib/log-analytics-workspace';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { StorageManagementPolicy } from '@cdktf/provider-azurerm/lib/storage-management-policy';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { acknowledge } from '../../../terraform/acknowledge';
import { inform } from '../../../terraform/annotations';
import { ArmType } from '../base/api-versions';
import { armAction } from '../base/arm';
import { azureName } from '../base/names';
import { PRIVATE_ZONES, privateEndpoint } from '../base/private-endpoint';
import { resourceGroupOf } from '../base/resource-group-of';

/** Where logs of the product go; who reads them does so as himself. */
export function newLogs(scope: Construct, retentionInDays: number, isDestroyable: boolean): LogAnalyticsWorkspace {
  const { location, resourceGroupName } = resourceGroupOf(scope);
  return new LogAnalyticsWorkspace(scope, 'Logs', {
    name: azureName(scope, 'logAnalytics'),
    location,
    resourceGroupName,
    sku: 'PerGB2018',
    retentionInDays,
    localAuthenticationEnabled: false,
    lifecycle: { preventDestroy: !isDestroyable },
  });
}

/**
 * Traces of the workspace's endpoints, kept in the logs. Endpoints write them with a key of the component: they know no
 * other way.
 */
export function newInsights(
  scope: Construct,
  logAnalyticsWorkspaceId: string,
  isDestroyable: boolean,
): ApplicationInsights {
  const { location, resourceGroupName } = resourceGroupOf(scope);
  const name = azureName(scope, 'applicationInsights');
  return new ApplicationInsights(scope, 'Insights', {
    name,
    location,
    resourceGroupName,
    applicationType: 'web',
    workspaceId: logAnalyticsWorkspaceId,
    lifecycle: { preventDestroy: !isDestroyable },
    dependsOn: isDestroyable ? removeGenerated(scope, name) : [],
  });
}

/**
 * Azure adds a rule beside each component, and its action group, some time after it: no state knows of them, and a
 * resource group that holds something is not deleted. They are deleted after the component that waits for this. The
 * provider's own way (`disable_generated_rule`) waits for the rule when the component is made, and where Azure adds none
 * it waits until it fails.
 *
 * @see https://github.com/hashicorp/terraform-provider-azurerm/issues/18026
 */
function removeGenerated(scope: Construct, componentName: string): ITerraformDependable[] {
  const { armRenderer, resourceGroupId, _isOwn: isOwn } = resourceGroupOf(scope);
  if (!isOwn) return [];
  if (armRenderer === 'template') {
    inform(scope, `${scope.node.path}: a template cannot delete what Azure adds to Application Insights: before terraform destroy, delete the rule 'Failure Anomalies - ${componentName}' and the action group 'Application Insights Smart Detection'`);
    return [];
  }
  const removed = (id: string, type: ArmType, name: string, ...dependsOn: ITerraformDependable[]) => armAction(scope, id, {
    type,
    resourceId: `${resourceGroupId}/providers/${type}/${name}`,
    method: 'DELETE',
    when: 'destroy',
    ignoreNotFound: true,
    dependsOn,
  }).resource;
  const group = removed('GeneratedGroup', 'Microsoft.Insights/actionGroups', 'Application Insights Smart Detection');
  // A rule notifies the group, so that it goes first.
  const rule = removed('GeneratedRule', 'Microsoft.AlertsManagement/smartDetectorAlertRules', `Failure Anomalies - ${componentName}`, group);
  return [rule];
}

/** The vault that the workspace keeps secrets of its connections in. */
export function newVault(scope: Construct, isPrivate: boolean, isDestroyable: boolean): KeyVault {
  const group = resourceGroupOf(scope);
  group._register('Microsoft.KeyVault');
  const vault = new KeyVault(scope, 'Vault', {
    name: azureName(scope, 'keyVault'),
    location: group.location,
    resourceGroupName: group.resourceGroupName,
    tenantId: group.tenantId,
    skuName: 'standard',
    rbacAuthorizationEnabled: true,
    purgeProtectionEnabled: true,
    softDeleteRetentionDays: 90,
    publicNetworkAccessEnabled: !isPrivate,
    networkAcls: { bypass: 'AzureServices', defaultAction: isPrivate ? 'Deny' : 'Allow' },
    lifecycle: { preventDestroy: !isDestroyable },
  });
  if (isPrivate) return vault;
  const why =
    'computes get the secrets of connections from it; it answers to identities with a role alone, and privateEndpoints closes it';
  for (const finding of ['CKV_AZURE_109', 'CKV_AZURE_189', 'CKV2_AZURE_32']) acknowledge(vault, finding, why);
  return vault;
}

/** Sends logs of a group of categories, and all metrics, to the logs. */
export function newDiagnostics(
  scope: Construct,
  id: string,
  targetResourceId: string,
  categoryGroup: string,
  logAnalyticsWorkspaceId: string,
): void {
  new MonitorDiagnosticSetting(scope, id, {
    name: azureName(scope, 'resource', id),
    targetResourceId,
    logAnalyticsWorkspaceId,
    enabledLog: [{ categoryGroup }],
    enabledMetric: [{ category: 'AllMetrics' }],
  });
}

/** Private addresses of the workspace and its parts: the construct id, what it is of, and which address of it. */
export function newEndpoints(
  scope: Construct,
  parts: readonly [id: string, targetId: string, subresource: keyof typeof PRIVATE_ZONES][],
): void {
  const { network } = resourceGroupOf(scope);
  for (const [id, targetId, subresource] of parts) {
    privateEndpoint(scope, `${id}Endpoint`, { network, targetId, subresource, zones: PRIVATE_ZONES[subresource] });
  }
}

/** Forgets older versions of what the workspace writes by itself: snapshots of code, logs, default outputs. */
export function newVersionLifecycle(scope: Construct, storageAccountId: string, days: number): void {
  new StorageManagementPolicy(scope, 'StorageLifecycle', {
    storageAccountId,
    rule: [{
      name: 'old-versions',
      enabled: true,
      actions: { version: { deleteAfterDaysSinceCreation: days }, snapshot: { deleteAfterDaysSinceCreationGreaterThan: days } },
      filters: { blobTypes: ['blockBlob', 'appendBlob'] },
    }],
  });
}
