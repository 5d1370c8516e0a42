/** Any step, argument or body of a workflow. */
export type Part = Readonly<Record<string, any>>;

/** Every object in the definition of a workflow that looks as asked, the outer before the inner. */
export function partsOf(definition: unknown, wanted: (part: Part) => boolean): Part[] {
  if (typeof definition !== 'object' || definition === null) return [];
  if (!PARTS.has(definition)) PARTS.set(definition, objectsIn(definition));
  return PARTS.get(definition)!.filter(wanted);
}

/** Many rules look for something in the same definition. */
const PARTS = new WeakMap<object, readonly Part[]>();

function objectsIn(value: unknown, found: Part[] = []): Part[] {
  if (typeof value !== 'object' || value === null) return found;
  if (!Array.isArray(value)) found.push(value);
  for (const each of Object.values(value)) objectsIn(each, found);
  return found;
}

/** A part as JSON, made once: many proofs look for words in the same one. */
export function textOf(part: unknown): string {
  if (typeof part !== 'object' || part === null) return JSON.stringify(part) ?? '';
  const text = TEXTS.get(part) ?? JSON.stringify(part);
  TEXTS.set(part, text);
  return text;
}

const TEXTS = new WeakMap<object, string>();
