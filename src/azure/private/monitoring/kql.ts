/**
 * What the endpoints and workflows log, as tables that exist before their first line: Log Analytics makes a table with
 * it, and a query on none fails.
 *
 * Lines arrive minutes late. A query that counts each line once, or the newest minutes whole, goes by the time of their
 * arrival.
 */

/** A text as a literal of KQL. */
export function kqlText(value: string): string {
  return `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/[\r\n]+/g, ' ')}"`;
}

/**
 * Requests of a managed online endpoint, with their `failed` (the server's fault), `refused` (the caller's) and `ms`.
 */
export function requestsOf(workspaceName: string, endpointName: string): string {
  return [
    'union isfuzzy=true (datatable(TimeGenerated: datetime, EndpointName: string, AzureMLWorkspaceName: string, ResponseCode: int, ModelStatusCode: int, TotalDurationMs: int)[]), AmlOnlineEndpointTrafficLog',
    `where EndpointName =~ ${kqlText(endpointName)} and AzureMLWorkspaceName =~ ${kqlText(workspaceName)}`,
    'extend code = toint(ResponseCode), inner = toint(ModelStatusCode), ms = todouble(TotalDurationMs), arrived = coalesce(ingestion_time(), TimeGenerated)',
    // 424 hides what the container answered: its own fault, or a request that it refused.
    'extend failed = code >= 500 or code == 408 or (code == 424 and not(inner between (400 .. 499)))',
    'extend refused = code between (400 .. 499) and not(failed)',
  ].join('\n| ');
}

/** Lines of workflows of Logic Apps. Some regions write them into a table of their own. */
export function workflowLog(workflowNames: readonly string[]): string {
  const columns =
    'TimeGenerated: datetime, Operation: string, Workflow: string, Run: string, Status: string, Code: string, Reason: string, Finding: string, Told: dynamic';
  const old = (name: string, column: string) => `${name} = tostring(column_ifexists(${kqlText(column)}, ""))`;
  const told = ['version', 'model', 'run', 'reason', 'outcome']
    .map((each) => `"${each}", tostring(column_ifexists("trackedProperties_${each}_s", ""))`)
    .join(', ');
  return [
    `union isfuzzy=true (datatable(${columns})[]),`,
    `  (AzureDiagnostics | where ResourceProvider == "MICROSOFT.LOGIC" | project TimeGenerated, Operation = OperationName, ${old('Workflow', 'resource_workflowName_s')}, ${old('Run', 'resource_runId_s')}, ` +
      `${old('Status', 'status_s')}, ${old('Code', 'error_code_s')}, ${old('Reason', 'error_message_s')}, ${old('Finding', 'trackedProperties_mlops_s')}, Told = bag_pack(${told}), arrived = ingestion_time()),`,
    '  (LogicAppWorkflowRuntime | extend tracked = parse_json(TrackedProperties), fault = parse_json(Error) | project TimeGenerated, Operation = OperationName, Workflow = WorkflowName, Run = RunId, Status, ' +
      'Code = tostring(fault.code), Reason = coalesce(tostring(fault.message), Error), Finding = tostring(tracked.mlops), Told = tracked, arrived = ingestion_time())',
    `| where Workflow in~ (${workflowNames.map(kqlText).join(', ')})`,
    '| extend arrived = coalesce(arrived, TimeGenerated)',
  ].join('\n');
}

/** Lines that have arrived in the last minutes. */
export function arrivedWithin(minutes: number): string {
  return `| where arrived > ago(${minutes}m)`;
}
