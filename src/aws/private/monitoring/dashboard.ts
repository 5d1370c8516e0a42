import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PromisedEndpoint } from './service-level';
import { ResolvedServiceLevel } from '../../../core/private/resolve/monitoring';

/** One graph: a title, what is drawn, and lines at limits. */
export interface Graph {
  readonly title: string;
  readonly metrics: cloudwatch.IMetric[];
  readonly limits?: { readonly value: number; readonly label: string }[];
  /** Unit at the axis. */
  readonly unit?: string;
}

/** A row of the dashboard: one concern. */
export interface Concern {
  readonly title: string;
  readonly graphs: Graph[];
}

/** What a dashboard shows. */
export interface DashboardSpec {
  readonly dashboardName?: string;
  /** Read at synthesis: alarms may still come. */
  readonly alarms: cloudwatch.IAlarm[];
  /** A promise of an endpoint, where there is one. */
  readonly promise?: { readonly endpoint: PromisedEndpoint; readonly level: ResolvedServiceLevel };
  readonly concerns: readonly Concern[];
}

/** The alarms on top, then what is left of the promise, then a row for each concern. */
export function newDashboard(
  scope: Construct,
  id: string,
  { dashboardName, alarms, promise, concerns }: DashboardSpec,
): cloudwatch.Dashboard {
  const dashboard = new cloudwatch.Dashboard(scope, id, {
    dashboardName,
    defaultInterval: Duration.days(1),
    widgets: [alarmRow(alarms)],
  });
  if (promise !== undefined) dashboard.addWidgets(...availabilityRow(promise.endpoint, promise.level));
  for (const concern of concerns) for (const row of concernRows(concern)) dashboard.addWidgets(...row);
  return dashboard;
}

/** The state of every alarm. */
function alarmRow(alarms: cloudwatch.IAlarm[]): cloudwatch.IWidget[] {
  return [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms, width: WIDTH, height: 4 })];
}

/** A heading, and below it the graphs of the concern side by side. */
function concernRows(concern: Concern): cloudwatch.IWidget[][] {
  const width = Math.floor(WIDTH / Math.max(2, concern.graphs.length));
  return [
    [new cloudwatch.TextWidget({ markdown: `## ${concern.title}`, width: WIDTH, height: 1, background: cloudwatch.TextWidgetBackground.TRANSPARENT })],
    concern.graphs.map((graph) => new cloudwatch.GraphWidget({
      title: graph.title,
      left: graph.metrics,
      leftAnnotations: graph.limits?.map(({ value, label }) => ({ value, label, color: cloudwatch.Color.RED })),
      leftYAxis: { min: 0, label: graph.unit, showUnits: false },
      width,
      height: 6,
    })),
  ];
}

/** Share of answered requests over the days of a promise, as one number. */
function availabilityRow(endpoint: PromisedEndpoint, level: ResolvedServiceLevel): cloudwatch.IWidget[] {
  return [new cloudwatch.SingleValueWidget({
    title: `Answered without a server error, of ${level.availabilityPercent} % promised`,
    metrics: [new cloudwatch.MathExpression({
      expression: '100 * (1 - errors)',
      usingMetrics: { errors: endpoint.failedShare(level.windowDays * 24 * 60) },
      label: `% over ${level.windowDays} days`,
      period: Duration.days(level.windowDays),
    })],
    start: `-P${level.windowDays}D`,
    end: 'PT0S',
    setPeriodToTimeRange: true,
    width: WIDTH,
    height: 4,
  })];
}

const WIDTH = 24;
