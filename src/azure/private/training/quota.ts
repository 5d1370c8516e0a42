import { TrainingMachines } from './machines';
import { QuotaNeed } from '../../training-pipeline-props';
import { Machine } from '../base/machines';

/**
 * vCPUs that a run takes at once: training and processing come one after the other.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas
 */
export function quotaNeeds(
  { machine, instanceCount, isLowPriority }: TrainingMachines,
  processing: Machine | undefined,
): QuotaNeed[] {
  const needs = [need(machine, instanceCount, isLowPriority), need(processing, 1, false)];
  const largest = new Map<string, number>();
  for (const each of needs) {
    if (each !== undefined) largest.set(each.family, Math.max(each.vcpus, largest.get(each.family) ?? 0));
  }
  return [...largest].map(([family, vcpus]) => ({ family, vcpus }));
}

/** Low priority is one quota for all sizes of a region. */
function need(machine: Machine | undefined, machines: number, isLowPriority: boolean): QuotaNeed | undefined {
  if (machine?.vcpus === undefined || machine.quota === undefined) return undefined;
  return { family: isLowPriority ? 'lowPriorityCores' : machine.quota, vcpus: machine.vcpus * machines };
}
