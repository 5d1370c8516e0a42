import { MonitorMetricAlert } from '@cdktf/provider-azurerm/lib/monitor-metric-alert';
import { MonitorScheduledQueryRulesAlertV2 } from '@cdktf/provider-azurerm/lib/monitor-scheduled-query-rules-alert-v2';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { literal, shortened } from '../../../terraform/text';
import { azureName } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';

/** How much it matters: CRITICAL wakes somebody, ERROR is for today, WARNING for this week. */
export type AlertSeverity = 'CRITICAL' | 'ERROR' | 'WARNING';

/** One alert, before it is a rule. */
export interface AlertSpec {
  /** Construct id, `ServerErrorAlert`. */
  readonly id: string;
  /** What people read first. */
  readonly title: string;
  readonly severity: AlertSeverity;
  /** What it means and what to do about it, a paragraph each. */
  readonly runbook: readonly string[];
  readonly condition: LogCondition | MetricCondition;
}

/** A query of Log Analytics that has rows while something is wrong. */
export interface LogCondition {
  readonly query: string;
  /** Minutes between two looks: 5, 15, 60, 240. */
  readonly everyMinutes: number;
  /** Minutes of logs that the query reads: a step of `LOOKS_BACK`. */
  readonly backMinutes: number;
  /** How many looks in a row, 6 at most, must have rows. @default 1 */
  readonly times?: number;
  /** Text columns that tell one alert from another, and that the mail shows; six at most. */
  readonly columns?: readonly string[];
}

/** A threshold on a metric. */
export interface MetricCondition {
  /** ARM id of what has the metric. */
  readonly resourceId: string;
  readonly namespace: string;
  readonly metric: string;
  readonly aggregation: 'Average' | 'Maximum' | 'Minimum' | 'Total';
  readonly isBelow?: boolean;
  readonly threshold: number;
  /** Minutes: 5, 15, 30, 60, 360, 1440. */
  readonly windowMinutes: number;
  readonly everyMinutes: number;
  readonly dimensions?: { readonly [name: string]: readonly string[] };
}

/** Who is told. */
export interface AlertAudience {
  /** ARM ids of action groups. */
  readonly actionGroups: readonly string[];
  /** ARM id of the Log Analytics workspace that has the logs. */
  readonly logAnalyticsWorkspaceId: string;
  readonly dependsOn?: ITerraformDependable[];
}

/**
 * Minutes that a rule may look back.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-log-alert-rule
 */
const LOOKS_BACK: readonly number[] = [5, 10, 15, 30, 60, 120, 180, 240, 300, 360, 1440, 2880];

/** Minutes that a rule looks back at least to have so many. */
export function looksBack(minutes: number): number {
  return LOOKS_BACK.find((each) => each >= minutes) ?? LOOKS_BACK[LOOKS_BACK.length - 1];
}

/** The rule of a spec; its ARM id. */
export function newAlertRule(scope: Construct, spec: AlertSpec, audience: AlertAudience): string {
  const group = resourceGroupOf(scope);
  group._register('Microsoft.Insights', 'Microsoft.AlertsManagement');
  const common = {
    name: azureName(scope, 'resource', spec.id),
    resourceGroupName: group.resourceGroupName,
    severity: SEVERITIES[spec.severity],
    description: literal(shortened([`${spec.title} (${scope.node.path})`, ...spec.runbook].join('\n\n'), 2000)),
    dependsOn: audience.dependsOn,
  };
  return 'query' in spec.condition
    ? logRule(scope, spec, spec.condition, audience, { ...common, location: group.location })
    : metricRule(scope, spec, spec.condition, audience, common);
}

interface Common {
  readonly name: string;
  readonly resourceGroupName: string;
  readonly severity: number;
  readonly description: string;
  readonly dependsOn?: ITerraformDependable[];
}

/** About 1.50 USD a month where it looks every five minutes, a third of that every quarter of an hour. */
function logRule(
  scope: Construct,
  spec: AlertSpec,
  condition: LogCondition,
  audience: AlertAudience,
  common: Common & { readonly location: string },
): string {
  const { everyMinutes, backMinutes, times = 1, columns = [] } = condition;
  return new MonitorScheduledQueryRulesAlertV2(scope, spec.id, {
    ...common,
    displayName: literal(spec.title),
    scopes: [audience.logAnalyticsWorkspaceId],
    evaluationFrequency: iso(everyMinutes),
    // The window is what is counted in one look; logs come late, so that the query reads further back and says itself
    // what counts.
    windowDuration: iso(Math.max(everyMinutes, 5)),
    queryTimeRangeOverride: backMinutes > Math.max(everyMinutes, 5) ? iso(backMinutes) : undefined,
    // Tables come with the first line that is written.
    skipQueryValidation: true,
    autoMitigationEnabled: true,
    criteria: [
      {
        query: literal(condition.query),
        operator: 'GreaterThan',
        threshold: 0,
        timeAggregationMethod: 'Count',
        dimension: columns.map((name) => ({ name, operator: 'Include', values: ['*'] })),
        failingPeriods: { minimumFailingPeriodsToTriggerAlert: times, numberOfEvaluationPeriods: times },
      },
    ],
    action: { actionGroups: [...audience.actionGroups] },
  }).id;
}

function metricRule(
  scope: Construct,
  spec: AlertSpec,
  condition: MetricCondition,
  audience: AlertAudience,
  common: Common,
): string {
  const {
    resourceId,
    namespace,
    metric,
    aggregation,
    isBelow,
    threshold,
    windowMinutes,
    everyMinutes,
    dimensions = {},
  } = condition;
  return new MonitorMetricAlert(scope, spec.id, {
    ...common,
    scopes: [resourceId],
    windowSize: iso(windowMinutes),
    frequency: iso(everyMinutes),
    criteria: [
      {
        metricNamespace: namespace,
        metricName: metric,
        aggregation,
        operator: isBelow ? 'LessThan' : 'GreaterThan',
        threshold,
        // Metrics come with the first value that is written.
        skipMetricValidation: true,
        dimension: Object.entries(dimensions).map(([name, values]) => ({
          name,
          operator: 'Include',
          values: [...values],
        })),
      },
    ],
    action: audience.actionGroups.map((actionGroupId) => ({ actionGroupId })),
  }).id;
}

/** ISO 8601. */
function iso(minutes: number): string {
  if (minutes % 1440 === 0) return `P${minutes / 1440}D`;
  return minutes % 60 === 0 ? `PT${minutes / 60}H` : `PT${minutes}M`;
}

/** @see https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema */
const SEVERITIES: { readonly [severity in AlertSeverity]: number } = { CRITICAL: 0, ERROR: 1, WARNING: 2 };
