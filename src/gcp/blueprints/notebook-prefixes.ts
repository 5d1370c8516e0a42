import { BlueprintProps } from './blueprint-props';
import { OF_PEOPLE } from '../private/objects';

/** Folders of the lake that people write from notebooks: their own, and the data set that training reads. */
export function notebookPrefixes({ training }: BlueprintProps): string[] {
  return [...new Set([...OF_PEOPLE, training?.datasetPrefix ?? 'dataset/'])];
}
