import { fail } from '../errors';
import { isNumber, kindOf, numberText, Value } from '../values';
import { builtin } from './builtin';

/** @see https://cloud.google.com/workflows/docs/reference/stdlib/expression-helpers */
export const HELPERS = [
  builtin('default(val: any, defaultVal: any)', ([value, otherwise]) => value ?? otherwise),
  builtin('if(condition: boolean|null, ifTrue: any, ifFalse: any)', ([condition, yes, no]) => condition ? yes : no),
  builtin('get_type(val: any)', ([value]) => kindOf(value)),
  builtin('keys(map: map)', ([map]) => [...map.keys()]),
  builtin('len(val: list|map|string)', ([value]) => BigInt(value instanceof Map ? value.size : [...value].length)),
  builtin('int(val: string|number)', ([value]) => toInteger(value)),
  builtin('double(val: string|number)', ([value]) => toDouble(value)),
  builtin('string(val: string|number|boolean)', ([value]) => isNumber(value) ? numberText(value) : String(value)),
];

function toInteger(value: bigint | number | string): Value {
  if (typeof value === 'string' && !/^[-+]?\d+$/.test(value)) return fail('ValueError', `int: '${value}' is no integer`);
  const whole = typeof value === 'number' ? BigInt(Math.trunc(value)) : BigInt(value.toString().replace('+', ''));
  return BigInt.asIntN(64, whole) === whole ? whole : fail('ValueError', `int: ${value} does not fit 64 bits`);
}

function toDouble(value: bigint | number | string): Value {
  if (typeof value === 'string' && !/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(value)) return fail('ValueError', `double: '${value}' is no number`);
  return Number(value);
}
