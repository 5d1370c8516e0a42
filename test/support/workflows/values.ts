import { fail } from './errors';

/**
 * What a workflow computes with. Integers are `bigint` and doubles are `number`, because the service tells 2 from 2.0;
 * lists are arrays, maps are `Map`s and bytes are `Uint8Array`s.
 * @see https://cloud.google.com/workflows/docs/reference/syntax/datatypes
 */
export type Value = null | boolean | bigint | number | string | Uint8Array | Value[] | ValueMap;

/** A map of the workflow, in the order its keys were set. */
export type ValueMap = Map<string, Value>;

/** The name that `get_type` gives to a value. */
export function kindOf(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Map) return 'map';
  if (Array.isArray(value)) return 'list';
  return { boolean: 'boolean', bigint: 'integer', number: 'double', string: 'string' }[typeof value as 'boolean' | 'bigint' | 'number' | 'string'];
}

export const isNumber = (value: Value): value is bigint | number => typeof value === 'bigint' || typeof value === 'number';
export const isMap = (value: Value): value is ValueMap => value instanceof Map;

/** A value of JSON or of a test as the workflow sees it: a whole number is an integer, any other a double. */
export function fromJson(json: unknown): Value {
  if (json === null || json === undefined) return null;
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json;
  if (typeof json === 'boolean' || typeof json === 'string' || typeof json === 'bigint') return json;
  if (json instanceof Uint8Array) return json;
  if (Array.isArray(json)) return json.map(fromJson);
  if (typeof json !== 'object') throw new Error(`a workflow knows no ${typeof json}`);
  return new Map(Object.entries(json).filter(([, value]) => value !== undefined).map(([key, value]) => [key, fromJson(value)]));
}

/** What leaves the workflow: a plain value that tests compare with `toEqual`. Bytes stay bytes. */
export function toPlain(value: Value): any {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, toPlain(each)]));
  if (Array.isArray(value)) return value.map(toPlain);
  return value;
}

/** The JSON text of a value. Integers beyond 2^53 keep every digit and a double keeps its point: `2.0`. */
export function jsonText(value: Value): string {
  if (value instanceof Uint8Array) return fail('TypeError', 'bytes cannot be encoded as JSON');
  if (value instanceof Map) return `{${[...value].map(([key, each]) => `${JSON.stringify(key)}:${jsonText(each)}`).join(',')}}`;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  return typeof value === 'bigint' || typeof value === 'number' ? numberText(value) : JSON.stringify(value);
}

/** A number as `string()` writes it. */
export function numberText(value: bigint | number): string {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);
}

/** An independent copy: a variable that is assigned another's list or map does not share it. */
export function copyOf(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!(value instanceof Map)) return value;
  // Every assignment copies, and every one weighs: without lists on the way.
  const copy: ValueMap = new Map();
  for (const [key, each] of value) copy.set(key, copyOf(each));
  return copy;
}

/** Whether two values are the same in depth; an integer and a double are by their number. */
export function same(left: Value, right: Value): boolean {
  if (isNumber(left) && isNumber(right)) return left == right;
  if (Array.isArray(left) && Array.isArray(right)) return left.length === right.length && left.every((each, at) => same(each, right[at]));
  if (isMap(left) && isMap(right)) {
    return left.size === right.size && [...left].every(([key, each]) => right.has(key) && same(each, right.get(key)!));
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.from(left).equals(Buffer.from(right));
  return left === right;
}

/** About what the service counts against the memory limit: the bytes of text, 8 for a number. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.length;
  if (isNumber(value)) return 8;
  let sum = 0;
  if (Array.isArray(value)) for (const each of value) sum += sizeOf(each);
  else if (value instanceof Map) for (const [key, each] of value) sum += Buffer.byteLength(key) + sizeOf(each);
  else return 1;
  return sum;
}
