import { MonitorDataCollectionEndpoint } from '@cdktf/provider-azurerm/lib/monitor-data-collection-endpoint';
import { MonitorDataCollectionRule } from '@cdktf/provider-azurerm/lib/monitor-data-collection-rule';
import { MonitorWorkspace } from '@cdktf/provider-azurerm/lib/monitor-workspace';
import { Construct } from 'constructs';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantRole } from '../base/grants';
import { azureName } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';

/**
 * A workspace of Azure Monitor for metrics of Prometheus, with an endpoint of its own that takes samples by remote write.
 *
 * Children: `Resource`, `Endpoint`, `Rule`.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/metrics/prometheus-remote-write-managed-identity
 */
export class PrometheusWorkspace extends Construct {
  /** ARM id of the workspace. */
  public readonly workspaceId: string;
  /** Address that samples are written to. */
  public readonly remoteWriteUrl: string;

  private readonly ruleId: string;

  public constructor(scope: Construct) {
    super(scope, 'Workspace');
    const group = resourceGroupOf(this);
    for (const provider of ['Microsoft.AlertsManagement', 'Microsoft.Insights', 'Microsoft.Monitor']) group._register(provider);
    const place = { location: group.location, resourceGroupName: group.resourceGroupName };
    const workspace = new MonitorWorkspace(this, 'Resource', { ...place, name: azureName(this, 'metricsWorkspace') });
    const endpoint = new MonitorDataCollectionEndpoint(this, 'Endpoint', {
      ...place, name: azureName(this, 'metricsWorkspace', 'Endpoint'),
    });
    const rule = new MonitorDataCollectionRule(this, 'Rule', {
      ...place,
      name: azureName(this, 'metricsWorkspace', 'Rule'),
      dataCollectionEndpointId: endpoint.id,
      dataSources: { prometheusForwarder: [{ name: 'samples', streams: [STREAM] }] },
      destinations: { monitorAccount: [{ name: 'workspace', monitorAccountId: workspace.id }] },
      dataFlow: [{ streams: [STREAM], destinations: ['workspace'] }],
    });
    this.workspaceId = workspace.id;
    this.ruleId = rule.id;
    this.remoteWriteUrl =
      `${endpoint.metricsIngestionEndpoint}/dataCollectionRules/${rule.immutableId}/streams/${STREAM}` +
      '/api/v1/write?api-version=2023-04-24';
  }

  /** Allows writing samples. */
  public grantWrite(principal: IPrincipal): Grant {
    return grantRole(this, principal, 'write metrics', {
      scope: this.ruleId, role: 'monitoringMetricsPublisher', description: 'Writes samples to Prometheus',
    });
  }
}

const STREAM = 'Microsoft-PrometheusMetrics';
