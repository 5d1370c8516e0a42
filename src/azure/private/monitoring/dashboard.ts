import { ApplicationInsightsWorkbook } from '@cdktf/provider-azurerm/lib/application-insights-workbook';
import { Construct } from 'constructs';
import { workflowLog } from './kql';
import { OWN_METRICS, OwnMetrics } from './own-metrics';
import { MACHINE_PARTS } from './probe-deployments';
import { EndpointSignals, MetricOf } from './signals';
import { ResolvedMonitoring } from '../../../core/private/resolve/monitoring';
import { encodedJson, literal } from '../../../terraform/text';
import { stableUuid } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';

/** What there is to draw. */
export interface DrawnMonitoring {
  readonly title: string;
  readonly logAnalyticsWorkspaceId: string;
  readonly own: OwnMetrics;
  readonly signals?: EndpointSignals;
  readonly resolved: ResolvedMonitoring;
  readonly hasAccelerator: boolean;
  readonly hasDrift: boolean;
  readonly workflowNames: readonly string[];
}

/**
 * The workbook: traffic, latency and machines of the endpoint, drift and quality, the runs of the workflows. Its name
 * is an UUID, the same in every synthesis.
 */
export function newDashboard(scope: Construct, id: string, drawn: DrawnMonitoring): ApplicationInsightsWorkbook {
  const group = resourceGroupOf(scope);
  group._register('Microsoft.Insights');
  const { signals, own, resolved } = drawn;
  const items = [
    heading(`# ${drawn.title}`),
    ...(signals === undefined ? [] : endpointItems(signals, drawn)),
    ...(drawn.hasDrift
      ? [
        heading(
          `## Drift and quality (the share of drifted features may be ${resolved.drift?.maxDriftShare ?? 0.3})`,
        ),
        metricChart('Share of features that drifted', [
          ofOwn(own, OWN_METRICS.driftShare, 'Maximum'),
          ofOwn(own, OWN_METRICS.predictionDrift, 'Maximum'),
        ]),
        metricChart('Rows compared', [ofOwn(own, OWN_METRICS.rows, 'Maximum')]),
        ...(resolved.modelQuality === undefined
          ? []
          : [
            metricChart(
              `Live quality (${resolved.modelQuality.gates.map(({ metric, threshold }) => `${metric}: ${threshold}`).join(', ')})`,
              [ofOwn(own, OWN_METRICS.quality, 'Average')],
            ),
          ]),
      ]
      : []),
    ...(drawn.workflowNames.length === 0
      ? []
      : [
        heading('## Runs'),
        logChart(
          drawn,
          'Runs of the workflows',
          [
            workflowLog(drawn.workflowNames),
            '| where Operation has "RunCompleted"',
            '| summarize count() by bin(TimeGenerated, 1d), strcat(Workflow, " ", Status)',
          ].join('\n'),
          'barchart',
        ),
        logChart(
          drawn,
          'What runs said of themselves',
          [
            workflowLog(drawn.workflowNames),
            '| where Finding != ""',
            '| project TimeGenerated, Workflow, Finding, Run, Told',
            '| top 50 by TimeGenerated desc',
          ].join('\n'),
          'table',
        ),
      ]),
  ];
  return new ApplicationInsightsWorkbook(scope, id, {
    name: stableUuid(scope, id),
    resourceGroupName: group.resourceGroupName,
    location: group.location,
    displayName: literal(drawn.title),
    dataJson: encodedJson({
      version: 'Notebook/1.0',
      items: items.map((item, index) => ({ ...item, name: `item-${index}` })),
      fallbackResourceIds: [drawn.logAnalyticsWorkspaceId],
      $schema: 'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json',
    }),
  });
}

function endpointItems(signals: EndpointSignals, drawn: DrawnMonitoring): object[] {
  const { own, resolved: { maxErrorPercent, maxLatencyP99Ms, maxUtilizationPercent }, hasAccelerator } = drawn;
  const { requests, counted, latency, utilizations, hasDeployments } = signals;
  const inUse = hasDeployments
    ? MACHINE_PARTS.filter(({ isGpu }) => hasAccelerator || !isGpu).map(({ written }) => ofOwn(own, written, 'Average'))
    : utilizations.map(({ metric }) => metric);
  return [
    heading('## Endpoint'),
    ...(requests === undefined
      ? []
      : [
        logChart(drawn, 'Requests', `${requests}\n| summarize requests = count() by bin(TimeGenerated, 5m)`),
        logChart(
          drawn,
          `Errors in percent (of 5xx ${maxErrorPercent} at most)`,
          `${requests}\n| summarize failed = 100.0 * countif(failed) / count(), refused = 100.0 * countif(refused) / count() by bin(TimeGenerated, 5m)`,
        ),
        logChart(
          drawn,
          `Latency in ms (p99 ${maxLatencyP99Ms} at most)`,
          `${requests}\n| summarize p50 = percentile(ms, 50), p90 = percentile(ms, 90), p99 = percentile(ms, 99) by bin(TimeGenerated, 5m)`,
        ),
      ]),
    ...(counted === undefined
      ? []
      : [
        metricChart('Requests', [counted.all]),
        metricChart(`Errors in percent (of 5xx ${maxErrorPercent} at most)`, [
          ofOwn(own, OWN_METRICS.serverErrors, 'Maximum'),
          ofOwn(own, OWN_METRICS.clientErrors, 'Maximum'),
        ]),
      ]),
    ...(latency === undefined ? [] : [metricChart(`Latency in ms (${maxLatencyP99Ms} at most)`, [latency])]),
    ...(inUse.length === 0 ? [] : [metricChart(`In use in percent (${maxUtilizationPercent} at most)`, inUse)]),
    ...(hasDeployments
      ? [metricChart('Replicas that are missing', [ofOwn(own, OWN_METRICS.missingReplicas, 'Maximum')])]
      : []),
  ];
}

function heading(json: string): object {
  return { type: 1, content: { json } };
}

function logChart(
  { logAnalyticsWorkspaceId }: DrawnMonitoring,
  title: string,
  query: string,
  visualization: string = 'timechart',
): object {
  return {
    type: 3,
    content: {
      version: 'KqlItem/1.0',
      query,
      size: 0,
      title,
      timeContext: { durationMs: 604_800_000 },
      queryType: 0,
      resourceType: 'microsoft.operationalinsights/workspaces',
      crossComponentResources: [logAnalyticsWorkspaceId],
      visualization,
    },
  };
}

function metricChart(title: string, metrics: readonly MetricOf[]): object {
  return {
    type: 10,
    content: {
      chartId: title,
      version: 'MetricsItem/2.0',
      size: 0,
      chartType: 2,
      title,
      metricScope: 0,
      resourceIds: [...new Set(metrics.map(({ resourceId }) => resourceId))],
      timeContext: { durationMs: 604_800_000 },
      metrics: metrics.map(({ namespace, metric, aggregation }) => ({
        namespace,
        metric: `${namespace}--${metric}`,
        aggregation: AGGREGATIONS[aggregation],
      })),
    },
  };
}

function ofOwn({ workspaceId, namespace }: OwnMetrics, metric: string, aggregation: string): MetricOf {
  return { resourceId: workspaceId, namespace, metric, aggregation, dimensions: {} };
}

/** As workbooks number them. */
const AGGREGATIONS: { readonly [aggregation: string]: number } = {
  Total: 1,
  Minimum: 2,
  Maximum: 3,
  Average: 4,
  Count: 7,
};
