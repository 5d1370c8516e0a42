import { MlopsError } from '../errors';

const PLACEHOLDER = /\{([a-z][A-Za-z]*(?:\.[a-z][A-Za-z]*)*)\}/g;

/** Values of placeholders; undefined for an option that the user left out. */
export interface PlaceholderValues {
  readonly [name: string]: string | undefined;
}

/** Fills the texts of a table; what needs an option that was left out is left out itself. */
export function fill<T extends { readonly [name: string]: string }>(
  texts: T,
  values: PlaceholderValues,
): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => {
      const filled = fillText(text, values);
      return filled === undefined ? [] : [[name, filled]];
    }),
  );
}

/** One text with its placeholders filled; undefined where one of them is an option that was left out. */
export function fillText(text: string, values: PlaceholderValues): string | undefined {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name]) => name);
  const unknown = names.find((name) => !(name in values));
  if (unknown !== undefined) {
    throw new MlopsError('Invalid placeholder', `integration: nothing fills {${unknown}} of '${text}'`);
  }
  if (names.some((name) => values[name] === undefined)) return undefined;
  return text.replace(PLACEHOLDER, (_, name: string) => values[name]!);
}
