// Over 300 lines: the functions of the language, one after the other.
import { Element, parseXml, writeXml, Xml, xmlOfJson, xpath } from './xml';

/** A fault of an expression: the action that has it fails. */
export class TemplateError extends Error {}

export function fault(message: string): never {
  throw new TemplateError(`InvalidTemplate. ${message}`);
}

/** A function: how many arguments it takes, and what it makes of them. */
export interface Builtin {
  readonly least: number;
  readonly most: number;
  readonly run: (...args: any[]) => unknown;
}

function of(least: number, most: number, run: (...args: any[]) => unknown): Builtin {
  return { least, most, run };
}

function text(name: string, value: unknown): string {
  return typeof value === 'string' ? value : fault(`'${name}' expects its parameter to be a string, got ${kindOf(value)}`);
}

function number(name: string, value: unknown): number {
  return typeof value === 'number' ? value : fault(`'${name}' expects its parameter to be a number, got ${kindOf(value)}`);
}

function integer(name: string, value: unknown): number {
  return Number.isInteger(value) ? value as number : fault(`'${name}' expects its parameter to be an integer, got ${kindOf(value)}`);
}

function truth(name: string, value: unknown): boolean {
  return typeof value === 'boolean' ? value : fault(`'${name}' expects its parameter to be a boolean, got ${kindOf(value)}`);
}

function list(name: string, value: unknown): unknown[] {
  return Array.isArray(value) ? value : fault(`'${name}' expects its parameter to be an array, got ${kindOf(value)}`);
}

/** The type of a value in the language's words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'Null';
  if (Array.isArray(value)) return 'Array';
  if (value instanceof Xml) return 'Xml';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Float';
  return typeof value === 'object' ? 'Object' : typeof value === 'string' ? 'String' : 'Boolean';
}

/** A value as text: what a text is put together of. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Xml) return writeXml(value.root);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Equal as the language sees it; numbers by their value. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (one === null || one === undefined || other === null || other === undefined) return (one ?? null) === (other ?? null);
  if (typeof one === 'object' || typeof other === 'object') return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
  return one === other;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}

function compared(name: string, one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : one > other ? 1 : 0;
  return fault(`'${name}' expects two numbers or two strings, got ${kindOf(one)} and ${kindOf(other)}`);
}

function time(name: string, value: unknown): Date {
  const given = text(name, value);
  const date = new Date(/(Z|[+-]\d\d:\d\d)$/.test(given) ? given : `${given}Z`);
  return Number.isNaN(date.getTime()) || !/^\d{4}-\d\d-\d\d/.test(given) ? fault(`the datetime string of '${name}' must match ISO 8601, got '${given}'`) : date;
}

/** As .NET writes a time by `o`: seven digits behind the second. */
export function roundTrip(date: Date): string {
  return date.toISOString().replace(/(\.\d{3})Z$/, '$10000Z');
}

function formatted(date: Date, format: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  if (format === 'o' || format === 'O') return roundTrip(date);
  if (format === 'r' || format === 'R') return date.toUTCString();
  const parts: { readonly [letters: string]: string } = {
    yyyy: String(date.getUTCFullYear()),
    MM: two(date.getUTCMonth() + 1),
    dd: two(date.getUTCDate()),
    HH: two(date.getUTCHours()),
    mm: two(date.getUTCMinutes()),
    ss: two(date.getUTCSeconds()),
    fff: String(date.getUTCMilliseconds()).padStart(3, '0'),
    T: 'T',
    Z: 'Z',
  };
  const left = format.replace(/yyyy|MM|dd|HH|mm|ss|fff|'[^']*'|[TZ\-:./ ]/g, '');
  if (format.length === 1 || left !== '') fault(`the format '${format}' is not understood here`);
  return format.replace(/yyyy|MM|dd|HH|mm|ss|fff|'[^']*'|T|Z/g, (letters) => parts[letters] ?? letters.slice(1, -1));
}

const UNIT_SECONDS: { readonly [unit: string]: number } = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 };

function shifted(name: string, value: unknown, amount: unknown, unit: unknown, sign: 1 | -1): string {
  const seconds = UNIT_SECONDS[text(name, unit).toLowerCase().replace(/s$/, '')] ?? fault(`'${name}' does not know the unit '${String(unit)}'`);
  return roundTrip(new Date(time(name, value).getTime() + sign * integer(name, amount) * seconds * 1000));
}

function adds(name: string, seconds: number): Builtin {
  return of(2, 3, (value, amount, format) => {
    const date = new Date(time(name, value).getTime() + number(name, amount) * seconds * 1000);
    return format === undefined ? roundTrip(date) : formatted(date, text(name, format));
  });
}

/** Zones that tests need, by the names of Windows. */
const IANA: { readonly [zone: string]: string } = {
  'UTC': 'UTC',
  'W. Europe Standard Time': 'Europe/Berlin',
  'Pacific Standard Time': 'America/Los_Angeles',
  'India Standard Time': 'Asia/Kolkata',
  'Tokyo Standard Time': 'Asia/Tokyo',
  'GMT Standard Time': 'Europe/London',
};

/** The clock of a zone, as if it were UTC. */
export function inZone(date: Date, zone: string): Date {
  if (zone === 'UTC') return date;
  const parts = Object.fromEntries(clockOf(zone).formatToParts(date).map(({ type, value }) => [type, Number(value)]));
  return new Date(Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second, date.getUTCMilliseconds()));
}

const CLOCKS = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = CLOCKS.get(zone) ?? new Intl.DateTimeFormat('en-US', {
    timeZone: IANA[zone] ?? fault(`the time zone id '${zone}' is not valid`),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  CLOCKS.set(zone, known);
  return known;
}

function parsedInt(value: unknown): number {
  if (typeof value === 'number') return Math.trunc(value);
  const given = text('int', value);
  return /^\s*[-+]?\d+\s*$/.test(given) ? Number(given) : fault(`'int' cannot convert '${given}' to an integer`);
}

function parsedFloat(value: unknown): number {
  if (typeof value === 'number') return value;
  const given = text('float', value).trim();
  return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(given) ? Number(given) : fault(`'float' cannot convert '${given}' to a number`);
}

function parsedJson(value: unknown): unknown {
  if (value instanceof Xml) return fault('\'json\' of XML is not understood here');
  const given = text('json', value);
  try {
    return JSON.parse(given);
  } catch {
    return fault(`'json' cannot parse '${given.slice(0, 50)}'`);
  }
}

function decoded(name: string, value: unknown): string {
  const given = text(name, value);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(given) || given.length % 4 !== 0) return fault(`'${name}' expects a valid base64 string, got '${given.slice(0, 50)}'`);
  return Buffer.from(given, 'base64').toString();
}

/** `xml` takes text, and the content of an answer that is XML. */
function parsedXml(value: unknown): Xml {
  if (value instanceof Xml) return value;
  const envelope = value as { readonly '$content-type'?: string; readonly '$content'?: string } | null;
  // An object of one member becomes an element.
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !('$content' in value)) return xmlOfJson(value as { readonly [name: string]: unknown });
  const given = typeof value === 'object' && envelope?.$content !== undefined && /xml/.test(envelope['$content-type'] ?? '')
    ? Buffer.from(envelope.$content, 'base64').toString() : text('xml', value);
  try {
    return parseXml(given);
  } catch (error) {
    return fault(`'xml' cannot parse its parameter: ${(error as Error).message}`);
  }
}

function nodes(found: string | number | Element[]): unknown {
  if (!Array.isArray(found)) return found;
  return found.map((each) => ({ '$content-type': 'application/xml;charset=utf-8', '$content': Buffer.from(writeXml(each)).toString('base64') }));
}

function ends(name: string, value: unknown, isFirst: boolean): unknown {
  if (typeof value === 'string') return isFirst ? value.slice(0, 1) : value.slice(-1);
  const items = list(name, value);
  return items.length === 0 ? null : items[isFirst ? 0 : items.length - 1];
}

function part(name: string, value: unknown, count: unknown, isTake: boolean): unknown {
  const wanted = integer(name, count);
  if (wanted < 0) return fault(`'${name}' expects a count that is not negative`);
  const given = typeof value === 'string' ? value : list(name, value);
  return isTake ? given.slice(0, wanted) : given.slice(wanted);
}

function setProperty(name: string, value: unknown, key: unknown, to: unknown): unknown {
  if (kindOf(value) !== 'Object') return fault(`'${name}' expects an object, got ${kindOf(value)}`);
  return { ...value as object, [text(name, key)]: to };
}

function without(object: unknown, key: unknown): unknown {
  const { [text('removeProperty', key)]: _, ...rest } = object as { [key: string]: unknown };
  return rest;
}

function contains(where: unknown, what: unknown): boolean {
  if (typeof where === 'string') return where.includes(text('contains', what));
  if (Array.isArray(where)) return where.some((each) => isEqual(each, what));
  if (kindOf(where) === 'Object') return Object.prototype.hasOwnProperty.call(where, text('contains', what));
  return fault(`'contains' expects a dictionary, an array or a string, got ${kindOf(where)}`);
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string' || Array.isArray(value)) return value.length === 0;
  return kindOf(value) === 'Object' ? Object.keys(value as object).length === 0 : fault(`'empty' expects an object, an array or a string, got ${kindOf(value)}`);
}

function length(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : fault(`'length' expects an array or a string, got ${kindOf(value)}`);
}

function substring(value: unknown, start: unknown, count?: unknown): string {
  const given = text('substring', value);
  const from = integer('substring', start);
  const size = count === undefined ? given.length - from : integer('substring', count);
  if (from < 0 || size < 0 || from + size > given.length) return fault(`'substring' reaches beyond the text of ${given.length} characters`);
  return given.slice(from, from + size);
}

function divided(one: unknown, other: unknown): number {
  const [a, b] = [number('div', one), number('div', other)];
  if (b === 0) return fault('\'div\': attempt to divide by zero');
  return Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b;
}

function extreme(name: 'max' | 'min', values: unknown[]): number {
  const items = values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
  return items.length === 0 ? fault(`'${name}' expects at least one number`) : Math[name](...items.map((each) => number(name, each)));
}

/**
 * The functions that need nothing but their arguments.
 *
 * All arguments are evaluated, those of `if`, `and`, `or` and `coalesce` too: no page promises that one is left out.
 *
 * @see https://learn.microsoft.com/azure/logic-apps/workflow-definition-language-functions-reference
 */
export const LIBRARY: { readonly [name: string]: Builtin } = {
  add: of(2, 2, (a, b) => number('add', a) + number('add', b)),
  addDays: adds('addDays', 86_400),
  addHours: adds('addHours', 3600),
  addMinutes: adds('addMinutes', 60),
  addProperty: of(3, 3, (value, key, to) => (contains(value, key) ? fault(`'addProperty': '${key}' is there already`) : setProperty('addProperty', value, key, to))),
  addSeconds: adds('addSeconds', 1),
  addToTime: of(3, 4, (value, amount, unit) => shifted('addToTime', value, amount, unit, 1)),
  and: of(1, Infinity, (...values) => values.map((each) => truth('and', each)).every((each) => each)),
  array: of(1, 1, (value) => (Array.isArray(value) ? value : [value])),
  base64: of(1, 1, (value) => Buffer.from(text('base64', value)).toString('base64')),
  base64ToString: of(1, 1, (value) => decoded('base64ToString', value)),
  bool: of(1, 1, (value) => (typeof value === 'boolean' ? value : typeof value === 'number' ? value !== 0
    : /^(true|false)$/i.test(text('bool', value)) ? value.toLowerCase() === 'true' : fault('\'bool\' cannot convert its parameter'))),
  coalesce: of(1, Infinity, (...values) => values.find((each) => each !== null && each !== undefined) ?? null),
  concat: of(1, Infinity, (...values) => values.map(asText).join('')),
  contains: of(2, 2, contains),
  convertFromUtc: of(2, 3, (value, zone, format) => {
    const date = inZone(time('convertFromUtc', value), text('convertFromUtc', zone));
    return format === undefined ? roundTrip(date).slice(0, -1) : formatted(date, text('convertFromUtc', format));
  }),
  createArray: of(1, Infinity, (...values) => values),
  dayOfMonth: of(1, 1, (value) => time('dayOfMonth', value).getUTCDate()),
  dayOfWeek: of(1, 1, (value) => time('dayOfWeek', value).getUTCDay()),
  decodeUriComponent: of(1, 1, (value) => decodeURIComponent(text('decodeUriComponent', value))),
  div: of(2, 2, divided),
  empty: of(1, 1, isEmpty),
  encodeUriComponent: of(1, 1, (value) => encodeURIComponent(text('encodeUriComponent', value))),
  endsWith: of(2, 2, (value, what) => text('endsWith', value).toLowerCase().endsWith(text('endsWith', what).toLowerCase())),
  equals: of(2, 2, isEqual),
  first: of(1, 1, (value) => ends('first', value, true)),
  float: of(1, 2, parsedFloat),
  formatDateTime: of(1, 3, (value, format = 'o') => formatted(time('formatDateTime', value), text('formatDateTime', format))),
  formatNumber: of(2, 3, (value, format) => (text('formatNumber', format) === '0' ? String(Math.round(number('formatNumber', value))) : fault(`'formatNumber' is understood here with '0' alone, got '${text('formatNumber', format)}'`))),
  greater: of(2, 2, (a, b) => compared('greater', a, b) > 0),
  greaterOrEquals: of(2, 2, (a, b) => compared('greaterOrEquals', a, b) >= 0),
  if: of(3, 3, (condition, then, otherwise) => (truth('if', condition) ? then : otherwise)),
  indexOf: of(2, 2, (value, what) => text('indexOf', value).toLowerCase().indexOf(text('indexOf', what).toLowerCase())),
  int: of(1, 1, parsedInt),
  intersection: of(2, Infinity, (...values) => values.map((each) => list('intersection', each))
    .reduce((common, each) => common.filter((item) => each.some((other) => isEqual(other, item))))),
  isFloat: of(1, 2, (value) => /^\s*[-+]?\d*\.?\d+([eE][-+]?\d+)?\s*$/.test(text('isFloat', value))),
  isInt: of(1, 1, (value) => /^\s*[-+]?\d+\s*$/.test(text('isInt', value))),
  join: of(2, 2, (value, between) => list('join', value).map(asText).join(text('join', between))),
  json: of(1, 1, parsedJson),
  last: of(1, 1, (value) => ends('last', value, false)),
  lastIndexOf: of(2, 2, (value, what) => text('lastIndexOf', value).toLowerCase().lastIndexOf(text('lastIndexOf', what).toLowerCase())),
  length: of(1, 1, length),
  less: of(2, 2, (a, b) => compared('less', a, b) < 0),
  lessOrEquals: of(2, 2, (a, b) => compared('lessOrEquals', a, b) <= 0),
  max: of(1, Infinity, (...values) => extreme('max', values)),
  min: of(1, Infinity, (...values) => extreme('min', values)),
  mod: of(2, 2, (a, b) => (b === 0 ? fault('\'mod\': attempt to divide by zero') : number('mod', a) % number('mod', b))),
  mul: of(2, 2, (a, b) => number('mul', a) * number('mul', b)),
  not: of(1, 1, (value) => !truth('not', value)),
  or: of(1, Infinity, (...values) => values.map((each) => truth('or', each)).some((each) => each)),
  range: of(2, 2, (start, count) => Array.from({ length: integer('range', count) }, (_, index) => integer('range', start) + index)),
  removeProperty: of(2, 2, without),
  replace: of(3, 3, (value, from, to) => (text('replace', from) === '' ? fault('\'replace\' expects a text to look for')
    : text('replace', value).split(from).join(text('replace', to)))),
  reverse: of(1, 1, (value) => [...list('reverse', value)].reverse()),
  setProperty: of(3, 3, (value, key, to) => setProperty('setProperty', value, key, to)),
  skip: of(2, 2, (value, count) => part('skip', value, count, false)),
  sort: of(1, 2, (value, by) => [...list('sort', value)].sort((a, b) => {
    const keyOf = (each: unknown) => (by === undefined ? each : (each as { [key: string]: unknown })[text('sort', by)]);
    return compared('sort', keyOf(a), keyOf(b));
  })),
  split: of(2, 2, (value, by) => text('split', value).split(text('split', by))),
  startOfDay: of(1, 2, (value) => roundTrip(new Date(`${time('startOfDay', value).toISOString().slice(0, 10)}T00:00:00Z`))),
  startOfHour: of(1, 2, (value) => roundTrip(new Date(`${time('startOfHour', value).toISOString().slice(0, 13)}:00:00Z`))),
  startsWith: of(2, 2, (value, what) => text('startsWith', value).toLowerCase().startsWith(text('startsWith', what).toLowerCase())),
  string: of(1, 1, asText),
  sub: of(2, 2, (a, b) => number('sub', a) - number('sub', b)),
  substring: of(2, 3, substring),
  subtractFromTime: of(3, 4, (value, amount, unit) => shifted('subtractFromTime', value, amount, unit, -1)),
  take: of(2, 2, (value, count) => part('take', value, count, true)),
  ticks: of(1, 1, (value) => time('ticks', value).getTime() * 10_000 + 621_355_968_000_000_000),
  toLower: of(1, 1, (value) => text('toLower', value).toLowerCase()),
  toUpper: of(1, 1, (value) => text('toUpper', value).toUpperCase()),
  trim: of(1, 1, (value) => text('trim', value).trim()),
  union: of(2, Infinity, (...values) => (values.every(Array.isArray)
    ? values.flat().filter((each, index, all) => all.findIndex((other) => isEqual(other, each)) === index) : Object.assign({}, ...values))),
  uriComponent: of(1, 1, (value) => encodeURIComponent(text('uriComponent', value))),
  uriComponentToString: of(1, 1, (value) => decodeURIComponent(text('uriComponentToString', value))),
  xml: of(1, 1, parsedXml),
  xpath: of(2, 2, (value, path) => (value instanceof Xml ? nodes(xpath(value, text('xpath', path))) : fault('\'xpath\' expects XML: use xml()'))),
};

/** The time of the clock, for `utcNow`. */
export function now(at: number, format: unknown): string {
  return format === undefined ? roundTrip(new Date(at)) : formatted(new Date(at), text('utcNow', format));
}
