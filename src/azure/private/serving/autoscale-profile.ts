import { ResolvedScaling } from '../../../core/private/resolve/serving';
import { AutoscaleProperties, AutoscaleRule } from '../base/arm-bodies/autoscale';
import { Text } from '../base/workflow-actions';

/** The deployment that a setting is for, as the workflow that writes it knows it. */
interface ScaledDeployment {
  readonly id: Text;
  readonly name: Text;
  readonly endpointId: string;
}

/**
 * `properties` of an autoscale setting of a deployment. Azure Monitor knows no target: it adds a replica above the
 * value, and takes one away below half of it, so that one fewer is not too few at once.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/autoscale/autoscale-understanding-settings
 */
export function autoscaleProperties(
  name: string,
  scaling: ResolvedScaling,
  deployment: ScaledDeployment,
): AutoscaleProperties {
  const { minReplicas, maxReplicas, target, scaleInCooldownSeconds, scaleOutCooldownSeconds } = scaling;
  const metric = METRICS[target.metric](deployment);
  const rule = (
    direction: 'Increase' | 'Decrease',
    operator: 'GreaterThan' | 'LessThan',
    value: number,
    cooldownSeconds: number,
  ): AutoscaleRule => ({
    metricTrigger: {
      ...metric,
      statistic: 'Average',
      timeGrain: 'PT1M',
      timeWindow: 'PT5M',
      operator,
      threshold: value,
    },
    scaleAction: { direction, type: 'ChangeCount', value: '1', cooldown: `PT${cooldownSeconds}S` },
  });
  return {
    name,
    enabled: true,
    targetResourceUri: deployment.id,
    profiles: [
      {
        name: 'load',
        capacity: { minimum: `${minReplicas}`, maximum: `${maxReplicas}`, default: `${minReplicas}` },
        rules:
          minReplicas === maxReplicas
            ? []
            : [
              rule('Increase', 'GreaterThan', target.value, scaleOutCooldownSeconds),
              rule('Decrease', 'LessThan', Math.floor(target.value / 2), scaleInCooldownSeconds),
            ],
      },
    ],
  };
}

type Metric = (
  deployment: ScaledDeployment,
) => Pick<
  AutoscaleRule['metricTrigger'],
  'metricName' | 'metricResourceUri' | 'timeAggregation' | 'dividePerInstance' | 'dimensions'
>;

/**
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-machinelearningservices-workspaces-onlineendpoints-deployments-metrics
 */
const METRICS: { readonly [metric: string]: Metric } = {
  'cpu-utilization': ({ id }) => ({ metricName: 'CpuUtilizationPercentage', metricResourceUri: id, timeAggregation: 'Average', dividePerInstance: false }),
  'gpu-utilization': ({ id }) => ({ metricName: 'GpuUtilizationPercentage', metricResourceUri: id, timeAggregation: 'Average', dividePerInstance: false }),
  // The endpoint counts requests, of all replicas of a deployment together.
  'requests-per-minute': ({ endpointId, name }) => ({
    metricName: 'RequestsPerMinute',
    metricResourceUri: endpointId,
    timeAggregation: 'Average',
    dividePerInstance: true,
    dimensions: [{ DimensionName: 'deployment', Operator: 'Equals', Values: [name] }],
  }),
};
