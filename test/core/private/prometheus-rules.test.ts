import { QualityGate } from '../../../src/core';
import { prometheusRules, rulesYaml, seriesVariables } from '../../../src/core/private/prometheus-rules';

const DAY = 1440;

test('rules have the limits of the intent', () => {
  const gates = [QualityGate.atLeast('accuracy', 0.85), QualityGate.atMost('logLoss', 0.4)];
  const rules = prometheusRules({ model: 'shop-monitoring', gapMinutes: DAY, maxDriftShare: 0.3, gates, mostDays: 95 });
  expect(rules.map(({ expression, kind, name }) => [kind, name, expression])).toEqual([
    ['record', 'mlops:drift_share:last', 'last_over_time(mlops_drift_share{ml_model="shop-monitoring"}[3060m])'],
    ['record', 'mlops:captured_rows:last', 'last_over_time(mlops_captured_rows{ml_model="shop-monitoring"}[3060m])'],
    ['record', 'mlops:quality:last', 'last_over_time(mlops_quality{ml_model="shop-monitoring"}[3060m])'],
    ['alert', 'MlopsDrift', 'mlops:drift_share:last{ml_model="shop-monitoring"} > 0.3'],
    ['alert', 'MlopsQuality', 'mlops:quality:last{ml_model="shop-monitoring",metric="accuracy"} < 0.85'],
    ['alert', 'MlopsQuality', 'mlops:quality:last{ml_model="shop-monitoring",metric="logLoss"} > 0.4'],
  ]);
  expect(rules[3].summary).toBe('More than 30 % of the features of {{ $labels.ml_model }} have drifted');
});

test('quality that nobody asked for has no rule, and a yearly run is looked for no further than a workspace can look', () => {
  const rules = prometheusRules({ model: 'm', gapMinutes: 366 * DAY, gates: [], mostDays: 95 });
  expect(rules.map(({ expression }) => expression)).toEqual([
    'last_over_time(mlops_drift_share{ml_model="m"}[136800m])',
    'last_over_time(mlops_captured_rows{ml_model="m"}[136800m])',
  ]);
});

test('the file of rules is one group', () => {
  expect(rulesYaml(prometheusRules({ model: 'm', gapMinutes: 60, maxDriftShare: 0.125, gates: [], mostDays: 95 }))).toBe(`groups:
  - name: mlops
    interval: '1m'
    rules:
      - record: 'mlops:drift_share:last'
        expr: 'last_over_time(mlops_drift_share{ml_model="m"}[300m])'
      - record: 'mlops:captured_rows:last'
        expr: 'last_over_time(mlops_captured_rows{ml_model="m"}[300m])'
      - alert: MlopsDrift
        expr: 'mlops:drift_share:last{ml_model="m"} > 0.125'
        labels:
          severity: warning
        annotations:
          summary: 'More than 12.5 % of the features of {{ $labels.ml_model }} have drifted'
          description: The report of the drift run shows which. It is resolved by the next run that measures less.
`);
});

test('the job is told its name where a connection leads to Prometheus', () => {
  expect(seriesVariables(undefined, 'm')).toEqual({});
  expect(seriesVariables([{ environment: { WANDB_ENTITY: 'shop' } }], 'm')).toEqual({});
  expect(seriesVariables([{ environment: { MLOPS_PROMETHEUS_REMOTE_WRITE_URL: 'https://x' } }], 'm')).toEqual({ MLOPS_PROMETHEUS_MODEL: 'm' });
});
