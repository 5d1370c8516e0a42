import { LogAnalyticsWorkspaceTable } from '@cdktf/provider-azurerm/lib/log-analytics-workspace-table';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { Construct } from 'constructs';
import { onceInStack } from '../../../terraform/once';
import { azureName } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';

/**
 * Logs of an online endpoint.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-monitor-online-endpoints#use-logs
 */
export const ENDPOINT_LOGS = [
  'AmlOnlineEndpointConsoleLog',
  'AmlOnlineEndpointEventLog',
  'AmlOnlineEndpointTrafficLog',
];
/** Logs of a workflow. */
export const WORKFLOW_LOGS = ['WorkflowRuntime'];

/**
 * Sends logs of a resource to Log Analytics, where they are billed by the GB. Once, however many monitor it: Azure
 * refuses a second setting of a resource that sends a category to the same place. So the workspace's own logs are sent
 * by the workspace alone.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings
 */
export function sendLogs(
  scope: Construct,
  id: string,
  targetResourceId: string,
  logAnalyticsWorkspaceId: string,
  categories: readonly string[],
): void {
  resourceGroupOf(scope)._register('Microsoft.Insights');
  onceInStack(scope, ['logs', targetResourceId, logAnalyticsWorkspaceId], () => new MonitorDiagnosticSetting(scope, id, {
    name: azureName(scope, 'resource', id),
    targetResourceId,
    logAnalyticsWorkspaceId,
    enabledLog: categories.map((category) => ({ category })),
  }));
}

/** Keeps the tables of endpoints for another time than the Log Analytics workspace keeps everything. */
export function keepEndpointLogs(scope: Construct, logAnalyticsWorkspaceId: string, days: number): void {
  for (const name of ENDPOINT_LOGS) {
    new LogAnalyticsWorkspaceTable(scope, name, {
      name,
      workspaceId: logAnalyticsWorkspaceId,
      plan: 'Analytics',
      retentionInDays: days,
      totalRetentionInDays: days,
    });
  }
}
