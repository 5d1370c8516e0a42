/** Folder of the container of artifacts that versions are registered from, and promoted from. */
export const FILES_OF_VERSIONS = 'training/';

/** Folder of the container of artifacts in which the numbers of a model's versions are taken. */
export function numbersFolder(modelName: string): string {
  return `registry/${modelName}/`;
}
