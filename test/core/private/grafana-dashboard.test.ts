import { QualityGate } from '../../../src/core';
import { grafanaDashboard } from '../../../src/core/private/grafana-dashboard';

const LIMITS = {
  model: 'shop-monitoring',
  gapMinutes: 1440,
  mostDays: 95,
  maxDriftShare: 0.3,
  gates: [QualityGate.atLeast('accuracy', 0.85), QualityGate.atMost('logLoss', 0.4)],
};

test('the dashboard shows what has limits, with the limits', () => {
  const { panels } = JSON.parse(grafanaDashboard(LIMITS));
  const steps = ({ fieldConfig }: any) => fieldConfig.defaults.thresholds.steps.map(({ color, value }: any) => [color, value]);
  expect(panels.map((panel: any) => [panel.title, panel.targets[0].expr, steps(panel)])).toEqual([
    ['Drifted features', 'mlops:drift_share:last{ml_model="shop-monitoring"}', [['green', null], ['red', 0.3]]],
    ['Compared rows', 'mlops:captured_rows:last{ml_model="shop-monitoring"}', [['green', null]]],
    ['Quality: accuracy', 'mlops:quality:last{ml_model="shop-monitoring",metric="accuracy"}', [['red', null], ['green', 0.85]]],
    ['Quality: logLoss', 'mlops:quality:last{ml_model="shop-monitoring",metric="logLoss"}', [['green', null], ['red', 0.4]]],
    ['Alerts', 'ALERTS{ml_model="shop-monitoring",alertstate="firing"}', [['green', null]]],
  ]);
  expect(panels.map(({ gridPos: { x, y } }: any) => [x, y])).toEqual([[0, 0], [12, 0], [0, 8], [12, 8], [0, 16]]);
});

test('the source of the data is chosen when the dashboard is imported', () => {
  const { panels, templating, uid } = JSON.parse(grafanaDashboard({ ...LIMITS, model: `${'x'.repeat(60)}-1234abcd` }));
  expect(uid).toHaveLength(40);
  expect(templating.list).toEqual([{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }]);
  expect(panels.every(({ datasource }: any) => datasource.uid === '${datasource}')).toBe(true);
});
