import { Construct } from 'constructs';
import { stableName } from '../../../terraform/names';

/** Folder of a client's files in the lake's bucket of artifacts. */
export function clientFolderOf(system: Construct): string {
  return `${folderOf(system)}client/`;
}

/** Folder of what a system keeps in the lake's bucket of artifacts. */
export function storeFolderOf(system: Construct): string {
  return `${folderOf(system)}store/`;
}

/** Folder of the files that orchestrators take. */
export function flowFolderOf(system: Construct): string {
  return `${folderOf(system)}flows/`;
}

/** By the system's id and the name of the construct around it, because a lake may be shared. */
function folderOf(system: Construct): string {
  const owner = stableName(system.node.scope as Construct, undefined, { maxLength: 63, separator: '-' });
  return `integrations/${system.node.id}/${owner}/`;
}
