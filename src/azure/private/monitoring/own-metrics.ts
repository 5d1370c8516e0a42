import { Construct } from 'constructs';
import { MetricCondition } from './alert-rule';
import { IWorkspace } from '../../workspace-props';
import { azureName } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';
import { Action, metrics, Text } from '../base/workflow-actions';
import { Expression } from '../base/workflow-expressions';

/** Names of the metrics that workflows of the monitoring write. */
export const OWN_METRICS = {
  driftShare: 'drift_share',
  predictionDrift: 'prediction_drift',
  rows: 'rows_compared',
  quality: 'quality',
  featureDrift: 'feature_drift',
  serverErrors: 'server_error_percent',
  clientErrors: 'client_error_percent',
  fastBurn: 'fast_burn',
  slowBurn: 'slow_burn',
  requests: 'requests',
  missingReplicas: 'missing_replicas',
} as const;

/**
 * Metrics of the user's own, which belong to the workspace: an endpoint may be deleted and made again, and its history
 * stays.
 */
export interface OwnMetrics {
  readonly workspaceId: string;
  readonly location: string;
  readonly namespace: string;
  readonly endpointName: string;
}

/** @see https://learn.microsoft.com/azure/azure-monitor/essentials/metrics-custom-overview */
export function ownMetrics(
  scope: Construct,
  { workspaceId, location }: Pick<IWorkspace, 'workspaceId' | 'location'>,
  endpointName: string,
): OwnMetrics {
  resourceGroupOf(scope)._register('Microsoft.Insights');
  return { workspaceId, location, namespace: `mlops/${azureName(scope, 'resource')}`, endpointName };
}

/** Writes a value. */
export function writeMetric(
  own: OwnMetrics,
  name: Text,
  value: Expression | number,
  dimensions: { readonly [name: string]: Text } = {},
): Action {
  return metrics.write({
    location: own.location,
    resourceId: own.workspaceId,
    namespace: own.namespace,
    name,
    value,
    dimensions: { endpoint: own.endpointName, ...dimensions },
  });
}

/** When it is too much, and for how long. */
type OwnCondition = Omit<MetricCondition, 'resourceId' | 'namespace' | 'metric'>;

/** A threshold on one of them. */
export function ownThreshold(own: OwnMetrics, metric: string, given: OwnCondition): MetricCondition {
  const dimensions = { endpoint: [own.endpointName], ...given.dimensions };
  return { resourceId: own.workspaceId, namespace: own.namespace, metric, ...given, dimensions };
}
