import { Capacity } from '../../capacity';
import { TrainingSpec } from '../../training-pipeline';
import { refuse, Speaker } from '../validation';

/** Folder of the raw store with the data set. */
export function datasetPrefixOf({ datasetPrefix }: Pick<TrainingSpec, 'datasetPrefix'>): string {
  return datasetPrefix ?? 'dataset/';
}

/** Longest time of the training step, in hours. */
export function runtimeHoursOf({ maxRuntimeHours }: Pick<TrainingSpec, 'maxRuntimeHours'>): number {
  return maxRuntimeHours ?? 24;
}

/** How often a step that failed for reasons of the cloud is tried again. */
export function retriesOf({ retries }: Pick<TrainingSpec, 'retries'>): number {
  return retries ?? 2;
}

/** Longest time of a spot job in hours, waiting for machines included. */
export function spotWaitHours(who: Speaker, { maxWaitHours }: Capacity, runtimeHours: number): number {
  const wait = maxWaitHours ?? 2 * runtimeHours;
  if (wait >= runtimeHours) return wait;
  return refuse(who, 'capacity.maxWaitHours', wait, `at least maxRuntimeHours, which is ${runtimeHours}, because the wait includes the run`);
}
