import { Construct, IConstruct } from 'constructs';
import { MlopsError } from './errors';
import { Token } from './tokens';

/** The subject of an error: `training pipeline 'Shop/Churn/Training'`. */
export interface Speaker {
  /** The kind of the thing in the user's words: `training pipeline`. */
  readonly what: string;
  /** The construct's path, or the name of the spec that the user wrote. */
  readonly name: string;
  /** Path of the construct; undefined for values that are made outside the tree. */
  readonly constructPath?: string;
  /** The kind alone where `what` names the construct around it: it goes into the error's code. */
  readonly kind?: string;
}

/** The subject of the errors of a construct, or of the one that is about to be made as `id` below it. */
export function speakerFor(what: string, scope: IConstruct, id?: string): Speaker {
  const name = [scope.node.path, ...(id === undefined ? [] : [id])].filter((part) => part !== '').join('/');
  return { what, name: name || 'App', constructPath: name };
}

/**
 * The subject of the errors of a named part of a construct: `feature store 'Shop/Features': feature group 'customers'`.
 */
export function speakerForPart(whole: Speaker, part: string, name: string): Speaker {
  return { what: `${whole.what} '${whole.name}': ${part}`, name, constructPath: whole.constructPath, kind: part };
}

/** Throws `who: prop must be <want>, got <got>`; the one shape of every refusal. */
export function refuse(who: Speaker, prop: string, got: unknown, want: string): never {
  throw new MlopsError(
    `Invalid ${who.kind ?? who.what} ${prop}`,
    `${who.what} '${who.name}': ${prop} must be ${want}, got ${show(got)}`,
    who.constructPath,
  );
}

/** Throws `who: <sentence>` where the fault is in a combination, not in one value. */
export function refuseBecause(who: Speaker, sentence: string): never {
  throw new MlopsError(
    `Unsupported ${who.kind ?? who.what}`,
    `${who.what} '${who.name}': ${sentence}`,
    who.constructPath,
  );
}

/** A number inside a closed range; tokens and undefined pass. */
export function requireRange(who: Speaker, prop: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (Number.isFinite(value) && value >= min && value <= max) return;
  refuse(who, prop, value, `between ${min} and ${max}`);
}

/** A whole number inside a closed range; tokens and undefined pass. */
export function requireInteger(who: Speaker, prop: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (Number.isInteger(value) && value >= min && value <= max) return;
  refuse(
    who,
    prop,
    value,
    max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number between ${min} and ${max}`,
  );
}

/** A string of the given shape; tokens and undefined pass. `want` tells the shape in words. */
export function requireMatch(who: Speaker, prop: string, value: string | undefined, shape: RegExp, want: string): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (typeof value === 'string' && shape.test(value)) return;
  refuse(who, prop, value, want);
}

/** A list without repeated values. */
export function requireUnique(who: Speaker, prop: string, values: readonly string[]): void {
  const repeated = values.find((value, index) => values.indexOf(value) !== index);
  if (repeated !== undefined) refuse(who, prop, repeated, 'without repeats');
}

/** E-mail addresses that a notification service will accept. */
export function requireEmails(who: Speaker, prop: string, values: readonly string[] | undefined): void {
  if (values === undefined) return;
  if (!Array.isArray(values)) refuse(who, prop, values, 'a list of e-mail addresses');
  for (const value of values) {
    if (value === undefined) {
      refuse(who, prop, value, 'e-mail addresses like ml@example.com');
    }
    requireMatch(who, prop, value, /^[^@\s]+@[^@\s]+\.[^@\s.]+$/, 'e-mail addresses like ml@example.com');
  }
}

/** A value as an error tells it: text in quotes, and no number or text that stands for what is not known yet. */
export function show(value: unknown): string {
  if (Token.isUnresolved(value) || Token.isUnresolved([value])) return 'a value that only the deployment knows';
  if (typeof value === 'string') return `'${cut(value)}'`;
  if (Construct.isConstruct(value)) return `the construct '${value.node.path}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  return cut(jsonOf(value));
}

/** As much of a text as a person reads. */
function cut(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}… (${text.length} characters)`;
}

/** Objects that contain themselves have no JSON. */
function jsonOf(value: object): string {
  try {
    return JSON.stringify(value) ?? value.constructor.name;
  } catch {
    return `an object with ${Object.keys(value).join(', ')}`;
  }
}

const MOST_SHOWN = 300;
