import { TrainingMachines } from './machines';
import { QuotaNeed } from '../../training-pipeline-props';
import { Machine } from '../base/machines';

/**
 * What a run takes at once: training and processing come one after the other.
 *
 * @see https://cloud.google.com/vertex-ai/docs/quotas#training
 */
export function quotaNeeds(training: TrainingMachines, processing: Machine): QuotaNeed[] {
  const needs = [need(training.machine, training.instanceCount, training.isPreemptible), need(processing, 1, false)];
  const largest = new Map<string, number>();
  for (const each of needs) {
    if (each !== undefined) largest.set(each.metric, Math.max(each.count, largest.get(each.metric) ?? 0));
  }
  return [...largest].map(([metric, count]) => ({ metric, count }));
}

function need(machine: Machine, machines: number, isPreemptible: boolean): QuotaNeed | undefined {
  if (machine.quota === undefined) return undefined;
  return {
    metric: `custom_model_training_${isPreemptible ? 'preemptible_' : ''}${machine.quota}`,
    count: machine.quotaCount * machines,
  };
}
