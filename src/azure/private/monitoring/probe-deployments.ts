import { OWN_METRICS, OwnMetrics, writeMetric } from './own-metrics';
import { Actions, arm, metrics, compose } from '../base/workflow-actions';
import { after, FAILED, fail, forEach, leave, when } from '../base/workflow-control';
import { bodyOf, codeOf, errorOf, ex, text } from '../base/workflow-expressions';

/** Parts of the machines of a deployment, by the metrics of Azure ML and those that the probe writes. */
export const MACHINE_PARTS = [
  { part: 'CPU', read: 'CpuUtilizationPercentage', written: 'cpu_percent', isGpu: false },
  { part: 'Memory', read: 'CpuMemoryUtilizationPercentage', written: 'memory_percent', isGpu: false },
  { part: 'Disk', read: 'DiskUtilization', written: 'disk_percent', isGpu: false },
  { part: 'GPU', read: 'GpuUtilizationPercentage', written: 'gpu_percent', isGpu: true },
  { part: 'GPUMemory', read: 'GpuMemoryUtilizationPercentage', written: 'gpu_memory_percent', isGpu: true },
] as const;

const CAPACITY = 'DeploymentCapacity';

/**
 * Reads the machines of every deployment, and writes them as metrics of the workspace: rules name what exists when they
 * are made, and deployments come and go with versions.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-machinelearningservices-workspaces-onlineendpoints-deployments-metrics
 */
export function probeDeployments(endpointId: string, own: OwnMetrics, hasAccelerator: boolean): Actions {
  const parts = MACHINE_PARTS.filter(({ isGpu }) => hasAccelerator || !isGpu);
  const deployment = ex`items('Deployments')`;
  const of = (metric: string, aggregation: string) =>
    ex`last(coalesce(first(coalesce(first(body(${`Is_${metric}`}))?['timeseries'], json('[]')))?['data'], json('[]')))?[${aggregation}]`;
  const only = (metric: string, from: string) => ({
    type: 'Query',
    inputs: {
      from: ex`coalesce(body(${from})?['value'], json('[]'))`,
      where: ex`equals(item()?['name']?['value'], ${metric})`,
    },
  });
  return {
    Look: arm.get({
      type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments',
      id: `${endpointId}/deployments`,
    }),
    Look_failed: after(
      { Look: FAILED },
      when(
        ex`equals(coalesce(${codeOf('Look')}, 0), 404)`,
        leave('Nothing', 'there is no endpoint'),
        fail('Unseen', errorOf('Look')),
      ),
    ),
    Looked: after({ Look: ['Succeeded'] }, compose('the deployments are known')),
    Deployments: forEach(ex`coalesce(${bodyOf('Look')}?['value'], json('[]'))`, {
      Read_use: metrics.read({
        resourceId: text`${ex`${deployment}?['id']`}`,
        names: parts.map(({ read }) => read),
        aggregation: 'Average',
        minutes: 15,
        interval: 'FULL',
      }),
      ...Object.assign(
        {},
        ...parts.map(({ read, written }): Actions => ({
          [`Is_${read}`]: only(read, 'Read_use'),
          [`Has_${read}`]: when(ex`not(equals(${of(read, 'average')}, null))`, {
            [`Write_${read}`]: writeMetric(own, written, of(read, 'average'), {
              deployment: text`${ex`${deployment}?['name']`}`,
            }),
          }),
        })),
      ),
      Read_capacity: metrics.read({
        resourceId: text`${ex`${deployment}?['id']`}`,
        names: [CAPACITY],
        aggregation: 'Maximum',
        minutes: 15,
        interval: 'FULL',
      }),
      [`Is_${CAPACITY}`]: only(CAPACITY, 'Read_capacity'),
      [`Has_${CAPACITY}`]: when(ex`not(equals(${of(CAPACITY, 'maximum')}, null))`, {
        [`Write_${CAPACITY}`]: writeMetric(
          own,
          OWN_METRICS.missingReplicas,
          ex`max(0, sub(coalesce(${deployment}?['sku']?['capacity'], 0), ${of(CAPACITY, 'maximum')}))`,
          { deployment: text`${ex`${deployment}?['name']`}` },
        ),
      }),
    }),
  };
}
