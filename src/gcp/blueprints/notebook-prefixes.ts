import { BlueprintProps } from './blueprint-props';

/** Folders of the lake that people write from notebooks: their own, and the data set that training reads. */
export function notebookPrefixes({ training }: BlueprintProps): string[] {
  return [...new Set(['notebooks/', 'training/', training?.datasetPrefix ?? 'dataset/'])];
}
