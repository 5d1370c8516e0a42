import { Concern, DrawnLimits, endpointConcerns, rareLine, runsGraph } from './dashboard';
import { DriftMetrics, seriesOf } from './drift-metrics';
import { EndpointSignals } from './signals';

/** What there is to draw. */
export interface DrawnMonitoring {
  readonly endpoint?: { readonly mode: string; readonly endpointId: string; readonly workflowName: string };
  readonly training?: { readonly workflowName: string };
  readonly signals?: EndpointSignals;
  readonly limits: DrawnLimits;
  readonly drift?: { readonly maxDriftShare: number };
  readonly modelQuality?: { readonly gates: readonly { readonly metric: string; readonly threshold: number }[] };
}

/** The rows of the dashboard: the endpoint, drift and quality, the runs of the workflows. */
export function dashboardConcerns(
  drawn: DrawnMonitoring,
  metrics: DriftMetrics,
  driftWorkflowName: string | undefined,
): Concern[] {
  const { endpoint, training, signals, limits } = drawn;
  const runs = [
    ...(training === undefined ? [] : [runsGraph('Training', training.workflowName)]),
    ...(endpoint === undefined
      ? []
      : [runsGraph(endpoint.mode === 'batch' ? 'Batch predictions' : 'Rollouts', endpoint.workflowName)]),
    ...(driftWorkflowName === undefined ? [] : [runsGraph('Drift', driftWorkflowName)]),
  ];
  return [
    ...(signals === undefined ? [] : endpointConcerns(signals, limits)),
    ...(driftWorkflowName === undefined ? [] : [driftConcern(drawn, endpoint!.endpointId, metrics)]),
    ...(runs.length === 0 ? [] : [{ title: 'Runs', graphs: runs }]),
  ];
}

function driftConcern({ drift, modelQuality }: DrawnMonitoring, endpointId: string, metrics: DriftMetrics): Concern {
  const line = (label: string, metricType: string, more = '') =>
    rareLine(label, `${seriesOf(metricType, endpointId)}${more}`);
  return {
    title: 'Drift and quality',
    graphs: [
      {
        title: 'Features that drifted',
        unit: 'share',
        lines: [line('features', metrics.driftShare), line('answers', metrics.predictionDrift)],
        limit: drift && { value: drift.maxDriftShare, label: 'limit' },
      },
      { title: 'Rows compared', lines: [line('rows', metrics.rows)] },
      ...(modelQuality?.gates ?? []).map(({ metric, threshold: value }) => ({
        title: `Live ${metric}`,
        lines: [line(metric, metrics.quality, ` AND metric.labels.metric="${metric}"`)],
        limit: { value, label: 'gate' },
      })),
    ],
  };
}
