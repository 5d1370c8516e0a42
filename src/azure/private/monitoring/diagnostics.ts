import { LogAnalyticsWorkspaceTable } from '@cdktf/provider-azurerm/lib/log-analytics-workspace-table';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { Construct } from 'constructs';
import { Speaker } from '../../../core/private/validation';
import { claim } from '../../../terraform/claims';
import { onceInStack } from '../../../terraform/once';
import { isFirstSender } from '../base/log-sinks';
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
  if (!isFirstSender(scope, targetResourceId, logAnalyticsWorkspaceId, categories)) return;
  resourceGroupOf(scope)._register('Microsoft.Insights');
  new MonitorDiagnosticSetting(scope, id, {
    name: azureName(scope, 'resource', id),
    targetResourceId,
    logAnalyticsWorkspaceId,
    enabledLog: categories.map((category) => ({ category })),
  });
}

/**
 * Keeps the tables of endpoints for another time than the Log Analytics workspace keeps everything. All endpoints of
 * that share them.
 */
export function keepEndpointLogs(scope: Construct, who: Speaker, logAnalyticsWorkspaceId: string, days: number): void {
  claim(
    who,
    scope.node.root,
    `tables ${logAnalyticsWorkspaceId.toLowerCase()}`,
    `${days}`,
    'logRetentionDays: the endpoints of a workspace share the tables of their logs',
  );
  for (const name of ENDPOINT_LOGS) {
    onceInStack(scope, ['table', logAnalyticsWorkspaceId.toLowerCase(), name], () => new LogAnalyticsWorkspaceTable(scope, name, {
      name,
      workspaceId: logAnalyticsWorkspaceId,
      plan: 'Analytics',
      retentionInDays: days,
      totalRetentionInDays: days,
    }));
  }
}
