import { IConstruct } from 'constructs';
import { requireObjectFolder } from './object-keys';
import { ResolvedBatch } from './resolve/serving';
import { Token } from './tokens';
import { refuse, refuseBecause, requireMatch, Speaker } from './validation';

/** Folders of the artifacts that other parts of the library write, some of which are emptied by age. */
const OF_OTHERS = [
  'capture/', 'checkpoints/', 'drift/', 'evaluation/', 'governance/', 'integrations/', 'mlflow/', 'registry/', 'serving/',
  'training/',
];

/**
 * Refuses folders of batch predictions that cannot stand in an address, in a pattern of names or in the condition of a
 * permission.
 */
export function requireBatchFolders(who: Speaker, folders: Pick<ResolvedBatch, 'inputPrefix' | 'outputPrefix'>): void {
  for (const [prop, example] of [['inputPrefix', 'batch/input/'], ['outputPrefix', 'batch/output/']] as const) {
    requireObjectFolder(who, `serving.${prop}`, folders[prop], example);
    requireMatch(
      who,
      `serving.${prop}`,
      folders[prop],
      /^((?!\.\.?\/)[^/\s'"\\$?#%*{}[\]\x00-\x1f]+\/)+$/,
      `a folder like ${example}, without blanks, quotation marks, braces, brackets, \\, $, ?, #, % and *`,
    );
  }
}

/** Who writes to a store, by folder, in all stacks of an app. */
const WRITERS = new WeakMap<IConstruct, Map<string, string>>();

/**
 * Refuses an output that is another's: who reads the predictions of the one endpoint would take those of the other for
 * them.
 *
 * @param store what the artifacts are in, by its name
 */
export function claimOutput(who: Speaker, endpoint: IConstruct, store: string, folder: string): void {
  if (Token.isUnresolved(folder)) return;
  const taken = OF_OTHERS.find((each) => folder.startsWith(each));
  if (taken !== undefined) {
    refuse(who, 'serving.outputPrefix', folder, `outside of ${taken}, which other parts of the library write`);
  }
  const { root } = endpoint.node;
  const writers = WRITERS.get(root) ?? new Map<string, string>();
  WRITERS.set(root, writers);
  for (const [place, writer] of writers) {
    const [other, theirs] = place.split('\n');
    if (other === store && writer !== endpoint.node.path && (theirs.startsWith(folder) || folder.startsWith(theirs))) {
      refuseBecause(
        who,
        `serving.outputPrefix ${folder} is where '${writer}' writes its predictions, to ${theirs} of the same data lake: ` +
          'give each endpoint a folder of its own',
      );
    }
  }
  writers.set(`${store}\n${folder}`, endpoint.node.path);
}
