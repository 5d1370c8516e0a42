import { ApplicationInsights } from '@cdktf/provider-azurerm/lib/application-insights';
import { KeyVault } from '@cdktf/provider-azurerm/lib/key-vault';
import { LogAnalyticsWorkspace } from '@cdktf/provider-azurerm/lib/log-analytics-workspace';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { StorageManagementPolicy } from '@cdktf/provider-azurerm/lib/storage-management-policy';
import { Construct } from 'constructs';
import { acknowledge } from '../../../terraform/acknowledge';
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
  return new ApplicationInsights(scope, 'Insights', {
    name: azureName(scope, 'applicationInsights'),
    location,
    resourceGroupName,
    applicationType: 'web',
    workspaceId: logAnalyticsWorkspaceId,
    lifecycle: { preventDestroy: !isDestroyable },
  });
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
