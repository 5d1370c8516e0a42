import { ParityRow } from '../../src/core';

/** One synthesis: the resources of each type as text, and the files that constructs write beside the template. */
export interface Rendered {
  readonly resources: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, string>;
}

/** Names of the resource types, and of the files, that differ between two syntheses. */
export function changed(before: Rendered, after: Rendered): string[] {
  return [...differences(before.resources, after.resources), ...differences(before.files, after.files)];
}

/** The resource types and files that a row of the table names: one of them has to change with the word. */
export function named(row: ParityRow): string[] {
  return [...row.how.matchAll(/AWS::\w+::\w+|\b(?:google|azurerm)_[a-z0-9_]+|\bMicrosoft\.\w+(?:\/\w+)+|\b(?:deliver(?:-<stack>)?\.yml|compliance\.json)/g)].map(([name]) => name.replace('<stack>', 'Stack'));
}

/** Whether something changed that the row names; anything at all where it names nothing. */
export function isProven(row: ParityRow, changes: readonly string[]): boolean {
  const names = named(row);
  if (names.length === 0) return changes.length > 0;
  return changes.some((change) => names.some((name) => change === name || change.endsWith(name)));
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name)).sort();
}
