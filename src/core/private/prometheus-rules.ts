import { toYaml } from './yaml';
import { QualityGate } from '../quality-gate';

/** A rule of Prometheus, before it is written in the words of a cloud. */
export interface PrometheusRule {
  /** Name of the alert, or of the series that is recorded. */
  readonly name: string;
  readonly kind: 'alert' | 'record';
  /** Expression in PromQL. */
  readonly expression: string;
  /** Labels that an alert adds to those of its series. */
  readonly labels?: { readonly [name: string]: string };
  /** The sentence that a notification begins with. */
  readonly summary?: string;
  /** What to do. */
  readonly description?: string;
}

/** The intent of monitoring, as far as its numbers are in Prometheus. */
export interface PrometheusRulesInput {
  /** Value of the label `ml_model`, which the drift run writes: the name of the monitoring stack. */
  readonly model: string;
  /** The longest time between two drift runs, in minutes. */
  readonly gapMinutes: number;
  /** Days that a query of the service looks back at most. */
  readonly mostDays: number;
  readonly maxDriftShare?: number;
  readonly gates: readonly QualityGate[];
}

/** Name of a group of rules. */
export const RULE_GROUP = 'mlops';

/**
 * Rules with the limits of the native alarms on drift and quality.
 *
 * A drift run writes one sample, and Prometheus forgets a sample after five minutes: the recording rules hold the last
 * one. They look back over two runs, so that an alert outlives a run that fails, as the native alarm does.
 */
export function prometheusRules({
  gapMinutes, gates, maxDriftShare, model, mostDays,
}: PrometheusRulesInput): PrometheusRule[] {
  const window = `${Math.min(2 * gapMinutes + RUN_MINUTES, mostDays * 24 * 60)}m`;
  const of = (metric: string, more = '') => `${metric}{ml_model=${JSON.stringify(model)}${more}}`;
  const last = (name: string, metric: string): PrometheusRule => ({
    kind: 'record', name, expression: `last_over_time(${of(metric)}[${window}])`,
  });
  const labels = { severity: 'warning' };
  return [
    last(LAST.driftShare, SERIES.driftShare),
    last(LAST.rows, SERIES.rows),
    ...(gates.length === 0 ? [] : [last(LAST.quality, SERIES.quality)]),
    ...(maxDriftShare === undefined ? [] : [{
      kind: 'alert' as const,
      name: 'MlopsDrift',
      expression: `${of(LAST.driftShare)} > ${maxDriftShare}`,
      labels,
      summary: `More than ${Number((maxDriftShare * 100).toFixed(6))} % of the features of {{ $labels.ml_model }} have drifted`,
      description: 'The report of the drift run shows which. It is resolved by the next run that measures less.',
    }]),
    ...gates.map(({ higherIsBetter, metric, threshold }) => ({
      kind: 'alert' as const,
      name: 'MlopsQuality',
      expression: `${of(LAST.quality, `,metric="${metric}"`)} ${higherIsBetter ? '<' : '>'} ${threshold}`,
      labels,
      summary: `${metric} of {{ $labels.ml_model }} misses its gate of ${threshold}`,
      description: 'The report of the drift run has all metrics. It is resolved by the next run that meets the gate.',
    })),
  ];
}

/** The rules as Prometheus and Amazon Managed Service for Prometheus read them. */
export function rulesYaml(rules: readonly PrometheusRule[]): string {
  return toYaml({
    groups: [{
      name: RULE_GROUP,
      interval: '1m',
      rules: rules.map(({ description, expression, kind, labels, name, summary }) => ({
        [kind]: name,
        expr: expression,
        ...(labels && { labels }),
        ...(summary === undefined ? {} : { annotations: { summary, description } }),
      })),
    }],
  });
}

/** The series that `monitor` writes; each has the label `ml_model`, and `mlops_quality` the label `metric` besides. */
export const SERIES = { driftShare: 'mlops_drift_share', rows: 'mlops_captured_rows', quality: 'mlops_quality' } as const;

/** The last sample of each. */
export const LAST = {
  driftShare: 'mlops:drift_share:last', rows: 'mlops:captured_rows:last', quality: 'mlops:quality:last',
} as const;

/** Variable of a connection that says where `monitor` writes. */
export const REMOTE_WRITE_URL = 'MLOPS_PROMETHEUS_REMOTE_WRITE_URL';

/** Variables of the drift job: the value of `ml_model`, where a connection leads to Prometheus. */
export function seriesVariables(
  connections: readonly { readonly environment: { [name: string]: string } }[] | undefined, model: string,
): { readonly [name: string]: string } {
  const isWritten = (connections ?? []).some(({ environment }) => REMOTE_WRITE_URL in environment);
  return isWritten ? { MLOPS_PROMETHEUS_MODEL: model } : {};
}

/** How long a run may take after its scheduled time. */
const RUN_MINUTES = 180;
