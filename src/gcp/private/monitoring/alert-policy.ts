import {
  MonitoringAlertPolicy,
  MonitoringAlertPolicyConditions,
} from '@cdktf/provider-google/lib/monitoring-alert-policy';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { literal } from '../../../terraform/text';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/** How much it matters: CRITICAL wakes somebody, ERROR is for today, WARNING for this week. */
export type AlertSeverity = 'CRITICAL' | 'ERROR' | 'WARNING';

/** One alert policy, before it is one. */
export interface AlertSpec {
  /** Construct id, `ServerErrorAlert`. */
  readonly id: string;
  /** What people read first. */
  readonly title: string;
  readonly severity: AlertSeverity;
  /** What it means and what to do about it, in Markdown, a paragraph each. */
  readonly runbook: readonly string[];
  readonly conditions: readonly MonitoringAlertPolicyConditions[];
  /** Seconds without data after which an incident closes by itself, 1800 to 604800. */
  readonly autoCloseSeconds?: number;
  /** Log lines of one kind tell at most once in so many seconds; for conditions on logs alone, which must have it. */
  readonly quietSeconds?: number;
}

/** Who is told, and how often. */
export interface AlertAudience {
  /** Names of notification channels. */
  readonly channels: readonly string[];
  /** Channels of people that are reminded of what is still open. */
  readonly reminded?: readonly string[];
  readonly reminderMinutes?: number;
  readonly dependsOn?: ITerraformDependable[];
}

/** The policy of a spec. */
export function newAlertPolicy(scope: Construct, spec: AlertSpec, audience: AlertAudience): MonitoringAlertPolicy {
  const project = GoogleProject.of(scope);
  const { reminded = [], reminderMinutes } = audience;
  // A log line is no state that could still hold.
  const reminds = reminderMinutes !== undefined && reminded.length > 0 && spec.quietSeconds === undefined;
  return new MonitoringAlertPolicy(scope, spec.id, {
    project: project.projectId,
    displayName: literal(`${spec.title} (${scope.node.path})`.slice(0, 512)),
    severity: spec.severity,
    combiner: 'OR',
    conditions: [...spec.conditions],
    documentation: { mimeType: 'text/markdown', subject: literal(spec.title), content: literal(spec.runbook.join('\n\n')) },
    notificationChannels: [...audience.channels],
    alertStrategy: {
      autoClose: `${spec.autoCloseSeconds ?? DAY}s`,
      notificationRateLimit: spec.quietSeconds === undefined ? undefined : { period: `${spec.quietSeconds}s` },
      notificationChannelStrategy: reminds
        ? [{ notificationChannelNames: [...reminded], renotifyInterval: `${reminderMinutes * 60}s` }]
        : undefined,
    },
    dependsOn: after(project._api('monitoring', 'logging'), ...(audience.dependsOn ?? [])),
  });
}

/**
 * True when the query has a result for so many minutes. Metrics need not exist when the policy is made: those of an
 * endpoint come with its first request.
 *
 * @see https://cloud.google.com/monitoring/promql/promql-in-alerting
 */
export function promql(title: string, query: string, minutes: number): MonitoringAlertPolicyConditions {
  return {
    displayName: literal(title),
    conditionPrometheusQueryLanguage: {
      query: literal(query), duration: `${minutes * 60}s`, evaluationInterval: '60s', disableMetricValidation: true,
    },
  };
}

/**
 * A threshold on a metric that is written rarely: the last value holds until the next, or until the incident closes by
 * itself. The metric must have a descriptor before: a policy on a type that the project has never had is refused.
 */
export interface RareThreshold {
  readonly filter: string;
  readonly threshold: number;
  readonly isBelow?: boolean;
  /** How the values within the period become one: `ALIGN_MAX`, `ALIGN_SUM`. */
  readonly aligner: string;
  readonly periodSeconds: number;
}

/** The condition of a threshold. */
export function threshold(title: string, given: RareThreshold): MonitoringAlertPolicyConditions {
  return {
    displayName: literal(title),
    conditionThreshold: {
      filter: literal(given.filter),
      comparison: given.isBelow ? 'COMPARISON_LT' : 'COMPARISON_GT',
      thresholdValue: given.threshold,
      duration: '0s',
      aggregations: [{
        alignmentPeriod: `${given.periodSeconds}s`,
        perSeriesAligner: given.aligner,
      }],
      trigger: { count: 1 },
    },
  };
}

/** A line in the logs. What the extractors find in it is told with it. */
export function logLine(
  title: string,
  filter: string,
  labelExtractors: { readonly [label: string]: string } = {},
): MonitoringAlertPolicyConditions {
  const extracts = Object.keys(labelExtractors).length > 0;
  const conditionMatchedLog = {
    filter: literal(filter),
    labelExtractors: extracts ? { ...labelExtractors } : undefined,
  };
  return { displayName: literal(title), conditionMatchedLog };
}

/** Half an hour, the shortest: for what happens once and is over. */
export const EVENT_SECONDS = 1800;
/** A week, the longest: for what is measured rarely and holds until it is measured again. */
export const STATE_SECONDS = 604800;
const DAY = 86400;
