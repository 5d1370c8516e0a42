import { createHash, createHmac } from 'node:crypto';
import { fail } from '../errors';
import { copyOf, fromJson, isMap, jsonText, kindOf, Value, ValueMap } from '../values';
import { builtin } from './builtin';

/** @see https://cloud.google.com/workflows/docs/reference/stdlib/overview */
export const DATA = [
  builtin('json.decode(data: bytes|string)', ([data]) => decodeJson(typeof data === 'string' ? data : Buffer.from(data).toString('utf8'))),
  builtin('json.encode(data: any, indent?: any)', ([data, indent]) => new TextEncoder().encode(encodeJson(data, indent))),
  builtin('json.encode_to_string(data: any, indent?: any)', ([data, indent]) => encodeJson(data, indent)),

  builtin('base64.decode(data: string, padding?: boolean)', ([data]) => decodeBase64(data)),
  builtin('base64.encode(data: bytes, padding?: boolean)', ([data, padding]) => {
    const text = Buffer.from(data).toString('base64');
    return padding === false ? text.replace(/=+$/, '') : text;
  }),

  builtin('hash.compute_checksum(data: bytes, algorithm: string)', ([data, algorithm]) => createHash(algorithmOf(algorithm)).update(data).digest()),
  builtin('hash.compute_hmac(key: bytes, data: bytes, algorithm: string)',
    ([key, data, algorithm]) => createHmac(algorithmOf(algorithm), key).update(data).digest()),

  builtin('list.concat(objs: list, val: any)', ([list, value]) => [...list, value]),
  builtin('list.prepend(objs: list, val: any)', ([list, value]) => [value, ...list]),

  builtin('map.get(map: any, keys: string|list)', ([map, keys]) => get(map, Array.isArray(keys) ? keys : [keys])),
  builtin('map.delete(map: map, key: string)', ([map, key]) => new Map([...map].filter(([each]: any) => each !== key))),
  builtin('map.merge(first: map, second: map)', ([first, second]) => new Map([...first, ...second])),
  builtin('map.merge_nested(first: map, second: map)', ([first, second]) => mergeNested(first, second)),

  builtin('math.abs(x: number)', ([x]) => x < 0 ? -x : x),
  builtin('math.floor(x: number)', ([x]) => BigInt(Math.floor(Number(x)))),
  builtin('math.max(x: number, y: number)', ([x, y]) => x >= y ? x : y),
  builtin('math.min(x: number, y: number)', ([x, y]) => x <= y ? x : y),

  builtin('uuid.generate()', (_, host) => host.uuid()),
];

function decodeJson(text: string): Value {
  try {
    return fromJson(JSON.parse(text));
  } catch {
    return fail('ValueError', `json.decode: not JSON: ${text.slice(0, 60)}`);
  }
}

function encodeJson(data: Value, indent: Value): string {
  const text = jsonText(data);
  return indent === null ? text : JSON.stringify(JSON.parse(text), null, 2);
}

function decodeBase64(data: string): Value {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return fail('ValueError', 'base64.decode: not base64');
  return new Uint8Array(Buffer.from(data, 'base64'));
}

function algorithmOf(name: string): string {
  return ['MD5', 'SHA1', 'SHA256', 'SHA384', 'SHA512'].includes(name) ? name.toLowerCase() : fail('ValueError', `hash: unknown algorithm ${name}`);
}

/** Null for what is not there, at any depth, and for what is no map. */
function get(map: Value, keys: Value[]): Value {
  return keys.reduce<Value>((place, key) => {
    if (typeof key !== 'string') return fail('TypeError', `map.get: a key must be a string; got: ${kindOf(key)}`);
    return isMap(place) ? place.get(key) ?? null : null;
  }, map);
}

function mergeNested(first: ValueMap, second: ValueMap): ValueMap {
  const merged = copyOf(first) as ValueMap;
  for (const [key, value] of second) {
    const old = merged.get(key) ?? null;
    merged.set(key, isMap(old) && isMap(value) ? mergeNested(old, value) : value);
  }
  return merged;
}
