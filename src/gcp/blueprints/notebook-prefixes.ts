import { BlueprintProps } from './blueprint-props';

/** Folders of the lake that people write from notebooks: their own, one of them where versions may be registered from, and the data set that training reads. */
export function notebookPrefixes({ training }: BlueprintProps): string[] {
  return [...new Set(['notebooks/', 'training/notebooks/', training?.datasetPrefix ?? 'dataset/'])];
}
