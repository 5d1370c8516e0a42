/** Any step, argument or body of a workflow. */
export type Part = Readonly<Record<string, any>>;

/** Every object in the definition of a workflow that looks as asked, the outer before the inner. */
export function partsOf(definition: unknown, wanted: (part: Part) => boolean): Part[] {
  if (typeof definition !== 'object' || definition === null) return [];
  if (!PARTS.has(definition)) PARTS.set(definition, [...objectsIn(definition)]);
  return PARTS.get(definition)!.filter(wanted);
}

/** Many rules look for something in the same definition. */
const PARTS = new WeakMap<object, readonly Part[]>();

function* objectsIn(value: unknown): Generator<Part> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value;
  for (const each of Object.values(value)) yield* objectsIn(each);
}
