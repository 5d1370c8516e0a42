import { Construct } from 'constructs';
import { ENUMS, STRUCTS } from './prop-kinds';
import { Token } from '../../../core/private/tokens';
import { refuse, Speaker } from '../../../core/private/validation';

/**
 * Refuses props of a wrong kind, at any depth, before something looks into them: JavaScript, and what is cast, takes
 * everything. Values that only the deployment knows are of any kind.
 *
 * @param struct name of a struct of the table
 */
export function requireProps(who: Speaker, struct: string, props: object): void {
  if (!isObject(props)) refuse(who, 'props', props, 'an object');
  requireStruct(who, struct, props, '');
}

function requireStruct(who: Speaker, struct: string, value: object, path: string): void {
  for (const [prop, kind] of propsOf(struct)) {
    requireKind(who, kind, (value as { readonly [name: string]: unknown })[prop], path === '' ? prop : `${path}.${prop}`);
  }
}

const KNOWN = new Map<string, readonly (readonly [string, string])[]>();

/** Props of a struct with their kinds, those that it inherits too. */
export function propsOf(struct: string): readonly (readonly [string, string])[] {
  const known = KNOWN.get(struct) ?? STRUCTS[struct].flatMap((each) =>
    each.startsWith('< ') ? propsOf(each.slice(2)) : [each.split(': ') as unknown as readonly [string, string]]);
  KNOWN.set(struct, known);
  return known;
}

function requireKind(who: Speaker, kind: string, value: unknown, path: string): void {
  if (kind.endsWith('?')) {
    if (value !== undefined) requireKind(who, kind.slice(0, -1), value, path);
    return;
  }
  if (Token.isUnresolved(value) || kind === 'any') return;
  const of = kind.slice(0, -2);
  if (kind.endsWith('[]')) {
    if (!Array.isArray(value)) refuse(who, path, value, 'a list');
    value.forEach((each) => requireKind(who, of, each, path));
    return;
  }
  if (kind.endsWith('{}')) {
    if (!isObject(value)) refuse(who, path, value, 'an object of names and values');
    Object.entries(value).forEach(([name, each]) => requireKind(who, of, each, `${path}.${name}`));
    return;
  }
  if (!isOfKind(kind, value)) refuse(who, path, value, inWords(kind));
  if (STRUCTS[kind] !== undefined) requireStruct(who, kind, value as object, path);
}

const PLAIN: { readonly [kind: string]: readonly [type: string, inWords: string] } = {
  text: ['string', 'text'],
  number: ['number', 'a number'],
  boolean: ['boolean', 'true or false'],
};

function isOfKind(kind: string, value: unknown): boolean {
  if (PLAIN[kind] !== undefined) return typeof value === PLAIN[kind][0];
  if (ENUMS[kind] !== undefined) return ENUMS[kind].includes(value as string);
  if (STRUCTS[kind] !== undefined) return isObject(value) && !Construct.isConstruct(value);
  if (isInterface(kind)) return isObject(value) && (NO_CONSTRUCTS.includes(kind) || 'node' in value);
  // What a user writes as an object has no members of a class.
  return isObject(value) && Object.getPrototypeOf(value) !== Object.prototype;
}

/** Interfaces that something else than a construct may be. */
const NO_CONSTRUCTS = ['IPrincipal', 'INetwork'];

function inWords(kind: string): string {
  if (PLAIN[kind] !== undefined) return PLAIN[kind][1];
  if (ENUMS[kind] !== undefined) {
    const names = ENUMS[kind].map((each) => `${kind}.${each.toUpperCase().replace(/-/g, '_')}`);
    return names.join(', ').replace(/, ([^,]*)$/, ' or $1');
  }
  return STRUCTS[kind] !== undefined ? 'an object' : `of the type ${kind}`;
}

function isInterface(kind: string): boolean {
  return /^I[A-Z]/.test(kind);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
