import { MonitoringDashboard } from '@cdktf/provider-google/lib/monitoring-dashboard';
import { Construct } from 'constructs';
import { EndpointSignals } from './signals';
import { ResolvedMonitoring } from '../../../core/private/resolve/monitoring';
import { jsonText } from '../../../terraform/text';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/** One line of a graph: PromQL, or a filter with its aligner for metrics that are written rarely. */
export interface Line {
  readonly label: string;
  readonly query?: string;
  readonly filter?: string;
  readonly aligner?: string;
}

/** One graph: a title, what is drawn, and a line at the limit. */
export interface Graph {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly limit?: { readonly value: number; readonly label: string };
  /** Unit at the axis. */
  readonly unit?: string;
}

/** A row of the dashboard: one concern. */
export interface Concern {
  readonly title: string;
  readonly graphs: readonly Graph[];
}

/** Limits that are drawn as lines. */
export type DrawnLimits = Pick<ResolvedMonitoring, 'maxErrorPercent' | 'maxLatencyP99Ms' | 'maxUtilizationPercent'>;

/**
 * The dashboard: the incidents that are open on top, a row for each concern below.
 *
 * @see https://cloud.google.com/monitoring/dashboards/api-dashboard
 */
export function newDashboard(
  scope: Construct, id: string, displayName: string, policies: readonly string[], concerns: readonly Concern[],
): MonitoringDashboard {
  const project = GoogleProject.of(scope);
  const tiles: object[] = [
    place(0, 0, WIDTH, 8, { title: 'Open incidents', incidentList: { policyNames: policies } }),
    ...concerns.flatMap(({ title, graphs }, row) => {
      const top = 8 + row * (2 + HEIGHT);
      const width = Math.floor(WIDTH / graphs.length);
      return [
        place(0, top, WIDTH, 2, { title, sectionHeader: { dividerBelow: true } }),
        ...graphs.map((graph, column) => place(column * width, top + 2, width, HEIGHT, widgetOf(graph))),
      ];
    }),
  ];
  return new MonitoringDashboard(scope, id, {
    project: project.projectId,
    dashboardJson: jsonText({ displayName, mosaicLayout: { columns: WIDTH, tiles } }),
    dependsOn: after(project._api('monitoring')),
  });
}

/** Traffic, errors, latency and machines of an endpoint. */
export function endpointConcerns(signals: EndpointSignals, limits: DrawnLimits): Concern[] {
  const share = (digit: number) => `100 * ${signals.rate('5m', digit)} / ${signals.rate('5m')}`;
  const running: Line[] = [
    ...(signals.replicas === undefined ? [] : [{ label: 'running', query: signals.replicas }]),
    ...(signals.wantedReplicas === undefined ? [] : [{ label: 'wanted', query: signals.wantedReplicas }]),
  ];
  return [{
    title: 'Traffic and errors',
    graphs: [
      { title: 'Requests', unit: '1/s', lines: [{ label: 'requests', query: signals.rate('5m') }] },
      {
        title: 'Errors',
        unit: '%',
        lines: [{ label: '5xx', query: share(5) }, { label: '4xx', query: share(4) }],
        limit: { value: limits.maxErrorPercent, label: 'limit of 5xx' },
      },
    ],
  }, {
    title: running.length === 0 ? 'Latency' : 'Latency and machines',
    graphs: [
      {
        title: 'Latency',
        unit: 'ms',
        lines: [0.5, 0.9, 0.99].map((quantile) => ({ label: `p${quantile * 100}`, query: signals.latency(quantile, '5m') })),
        limit: { value: limits.maxLatencyP99Ms, label: 'limit of p99' },
      },
      ...(signals.utilizations.length === 0 ? [] : [{
        title: 'In use',
        unit: '%',
        lines: signals.utilizations.map(({ part, query }) => ({ label: part, query: `100 * (${query})` })),
        limit: { value: limits.maxUtilizationPercent, label: 'limit' },
      }]),
      ...(running.length === 0 ? [] : [{ title: 'Replicas', lines: running }]),
    ],
  }];
}

/** Runs of a workflow, by how they ended. */
export function runsGraph(title: string, workflowName: string): Graph {
  const filter = (status: string) =>
    'resource.type="workflows.googleapis.com/Workflow" AND metric.type="workflows.googleapis.com/finished_execution_count" AND ' +
    `resource.labels.workflow_id="${workflowName}" AND metric.labels.status="${status}"`;
  return {
    title,
    lines: ['SUCCEEDED', 'FAILED'].map((status) => ({
      label: status.toLowerCase(),
      filter: filter(status),
      aligner: 'ALIGN_SUM',
    })),
  };
}

/** A metric that is written once a run. */
export function rareLine(label: string, filter: string): Line {
  return { label, filter, aligner: 'ALIGN_MAX' };
}

function widgetOf({ title, lines, limit, unit }: Graph): object {
  return {
    title,
    xyChart: {
      dataSets: lines.map(({ label, query, filter, aligner }) => ({
        legendTemplate: label,
        plotType: 'LINE',
        targetAxis: 'Y1',
        timeSeriesQuery: query !== undefined
          ? { prometheusQuery: query }
          : { timeSeriesFilter: { filter, aggregation: { alignmentPeriod: '3600s', perSeriesAligner: aligner } } },
      })),
      ...(limit === undefined ? {} : { thresholds: [{ value: limit.value, label: limit.label }] }),
      yAxis: { ...(unit === undefined ? {} : { label: unit }), scale: 'LINEAR' },
    },
  };
}

/** The service leaves out what is zero, and Terraform would want to put it back at every plan. */
function place(xPos: number, yPos: number, width: number, height: number, widget: object): object {
  return { ...(xPos === 0 ? {} : { xPos }), ...(yPos === 0 ? {} : { yPos }), width, height, widget };
}

const WIDTH = 48;
const HEIGHT = 14;
