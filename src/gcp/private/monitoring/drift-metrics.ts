import { MonitoringMetricDescriptor } from '@cdktf/provider-google/lib/monitoring-metric-descriptor';
import { Construct } from 'constructs';
import { stableName } from '../../../terraform/names';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/**
 * Metrics that a drift run writes, below a name of the stack's own: a type that two stacks shared would lose its data
 * with the first of them.
 */
export interface DriftMetrics {
  /** `custom.googleapis.com/mlops/<name>/`. */
  readonly prefix: string;
  readonly driftShare: string;
  readonly predictionDrift: string;
  readonly rows: string;
  readonly quality: string;
  readonly featureDrift: string;
}

/** The types, of one monitoring stack. */
export function driftMetrics(scope: Construct): DriftMetrics {
  const prefix = `custom.googleapis.com/mlops/${stableName(scope, undefined, { maxLength: 60, separator: '_' })}/`;
  return {
    prefix,
    driftShare: `${prefix}drift_share`,
    predictionDrift: `${prefix}prediction_drift`,
    rows: `${prefix}rows`,
    quality: `${prefix}quality`,
    featureDrift: `${prefix}feature_drift`,
  };
}

/**
 * What the metrics are, before the first value is written: a policy on a type that does not exist is refused.
 *
 * @see https://cloud.google.com/monitoring/custom-metrics/creating-metrics
 */
export function newDescriptors(
  scope: Construct, metrics: DriftMetrics, wanted: { readonly quality: boolean; readonly features: boolean },
): MonitoringMetricDescriptor[] {
  const project = GoogleProject.of(scope);
  const descriptor = (
    id: string,
    type: string,
    displayName: string,
    description: string,
    more?: { key: string; description: string },
  ) =>
    new MonitoringMetricDescriptor(scope, id, {
      project: project.projectId,
      type,
      displayName,
      description,
      metricKind: 'GAUGE',
      valueType: 'DOUBLE',
      unit: '1',
      labels: [
        { key: 'endpoint', valueType: 'STRING', description: 'Number or name of the endpoint' },
        { key: 'model', valueType: 'STRING', description: 'Name of the model' },
        ...(more === undefined ? [] : [{ ...more, valueType: 'STRING' }]),
      ],
      dependsOn: after(project._api('monitoring')),
    });
  return [
    descriptor(
      'DriftShare',
      metrics.driftShare,
      'Share of features that drifted',
      'Features of the captured window that drifted from the training reference, 0 to 1',
    ),
    descriptor(
      'PredictionDrift',
      metrics.predictionDrift,
      'Drift of the answers',
      '1 when the answers drifted from those of the training reference, else 0',
    ),
    descriptor(
      'Rows',
      metrics.rows,
      'Rows compared',
      'Captured rows that a drift run compared; 0 when there was nothing to compare',
    ),
    ...(wanted.quality
      ? [
        descriptor(
          'Quality',
          metrics.quality,
          'Quality of live answers',
          'A metric of the answers whose labels have come',
          {
            key: 'metric',
            description: 'Its name in drift.json, accuracy',
          },
        ),
      ]
      : []),
    ...(wanted.features
      ? [
        descriptor(
          'FeatureDrift',
          metrics.featureDrift,
          'Drift of a feature',
          'Distance of one feature from the training reference, 0 to 1: the higher, the more drift',
          {
            key: 'feature',
            description: 'Its name in schema.json',
          },
        ),
      ]
      : []),
  ];
}

/** Filter of the series of one endpoint. */
export function seriesOf(metricType: string, endpointId: string): string {
  return `metric.type="${metricType}" AND resource.type="global" AND metric.labels.endpoint="${endpointId}"`;
}
