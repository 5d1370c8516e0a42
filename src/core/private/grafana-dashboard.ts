import { LAST, PrometheusRulesInput, prometheusRules, REMOTE_WRITE_URL, rulesYaml } from './prometheus-rules';

/** Texts for a Prometheus and a Grafana that the team runs. */
export interface PrometheusTexts {
  readonly rules: string;
  readonly dashboard: string;
}

/** Rules and dashboard of a monitoring stack; undefined where no connection leads to Prometheus. */
export function prometheusTexts(
  connections: readonly { readonly environment: { [name: string]: string } }[] | undefined, input: PrometheusRulesInput,
): PrometheusTexts | undefined {
  if (!(connections ?? []).some(({ environment }) => REMOTE_WRITE_URL in environment)) return undefined;
  return { rules: rulesYaml(prometheusRules(input)), dashboard: grafanaDashboard(input) };
}

/** A picture of a dashboard. */
interface Panel {
  readonly title: string;
  readonly description: string;
  readonly expression: string;
  readonly legend: string;
  readonly isShare?: boolean;
  /** Limit, drawn as a line; `isLeast` where less is bad. */
  readonly limit?: { readonly value: number; readonly isLeast: boolean };
}

/**
 * A dashboard of Grafana with the concerns of the native one that Prometheus has numbers of: drift, quality, rows, alerts.
 *
 * The source of the data is a variable: the file is imported as it is.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function grafanaDashboard({ gates, maxDriftShare, model }: PrometheusRulesInput): string {
  const of = (series: string, more = '') => `${series}{ml_model=${JSON.stringify(model)}${more}}`;
  const panels: Panel[] = [
    {
      title: 'Drifted features',
      description: 'Share of the features that have drifted from what the model was trained on',
      expression: of(LAST.driftShare),
      legend: 'share',
      isShare: true,
      limit: maxDriftShare === undefined ? undefined : { value: maxDriftShare, isLeast: false },
    },
    { title: 'Compared rows', description: 'Rows of the last drift run', expression: of(LAST.rows), legend: 'rows' },
    ...gates.map(({ higherIsBetter, metric, threshold }) => ({
      title: `Quality: ${metric}`,
      description: 'Measured with the labels that came, as the gate of the monitoring has it',
      expression: of(LAST.quality, `,metric="${metric}"`),
      legend: metric,
      limit: { value: threshold, isLeast: higherIsBetter },
    })),
    { title: 'Alerts', description: 'Alerts that fire', expression: of('ALERTS', ',alertstate="firing"'), legend: '{{alertname}} {{metric}}' },
  ];
  return `${JSON.stringify({
    // A uid has 40 characters at most; the name ends with a hash.
    uid: model.slice(-40),
    title: model,
    tags: ['mlops'],
    timezone: 'utc',
    schemaVersion: 39,
    editable: true,
    time: { from: 'now-30d', to: 'now' },
    templating: { list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }] },
    panels: panels.map(rendered),
  }, undefined, 2)}\n`;
}

function rendered({ description, expression, isShare, legend, limit, title }: Panel, index: number): object {
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  const [below, above] = limit?.isLeast ? ['red', 'green'] : ['green', 'red'];
  const steps = [{ color: limit === undefined ? 'green' : below, value: null }, ...(limit === undefined ? [] : [{ color: above, value: limit.value }])];
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    description,
    datasource,
    gridPos: { h: 8, w: 12, x: (index % 2) * 12, y: Math.floor(index / 2) * 8 },
    targets: [{ refId: 'A', datasource, expr: expression, legendFormat: legend }],
    fieldConfig: {
      defaults: {
        ...(isShare ? { unit: 'percentunit', min: 0, max: 1 } : {}),
        thresholds: { mode: 'absolute', steps },
        custom: { thresholdsStyle: { mode: limit === undefined ? 'off' : 'line' } },
      },
      overrides: [],
    },
    options: {},
  };
}
