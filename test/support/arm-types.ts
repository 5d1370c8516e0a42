import definitions from './azure-arm-types/types.json';
import { TerraformConfig } from './terraform-json';

/** A literal text, or the place of a node. */
type Kind = string | number;

interface Node {
  readonly kind: 'Object' | 'DiscriminatedObject' | 'Union' | 'Array' | 'String' | 'Integer' | 'Boolean' | 'Any';
  readonly properties?: { readonly [name: string]: readonly [Kind, string?] };
  readonly additionalProperties?: Kind;
  readonly discriminator?: string;
  readonly elements?: readonly Kind[] | { readonly [value: string]: Kind };
  readonly itemType?: Kind;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly pattern?: string;
}

const NODES = definitions.nodes as unknown as readonly Node[];
const RESOURCES: { readonly [type: string]: Kind } = definitions.resources;
/** Flags of a member. */
const REQUIRED = 'r';
const READ_ONLY = 'o';
/** Stand beside the body: what says which resource it is. */
const ADDRESS = new Set(['id', 'name', 'type', 'apiVersion']);

/** How a body is checked. */
export interface BodyCheck {
  /** Some members of a resource that has the others already. */
  readonly isPartial?: boolean;
  /** Whether a text is known at the deployment only. */
  readonly isLate?: (text: string) => boolean;
}

/** The types that there are definitions of, `Microsoft.Logic/workflows@2019-05-01`. */
export const ARM_DEFINITIONS: readonly string[] = Object.keys(RESOURCES);

/** What the definition of a type does not allow in a body, in sentences. */
export function bodyProblems(type: string, body: object, check: BodyCheck = {}): string[] {
  const definition = RESOURCES[type];
  return definition === undefined ? [`${type} has no definition`] : [...problems(definition, body, '', check)];
}

/** What is wrong with the bodies of a configuration, with their addresses. */
export function armProblems(config: TerraformConfig): string[] {
  return Object.entries(CHECKED).flatMap(([resourceType, check]) => Object.entries(config.resource[resourceType] ?? {})
    .flatMap(([id, attributes]) => check(attributes).map((problem) => `${resourceType}.${id}: ${problem}`)));
}

/** Fails where a body of the configuration is not of its type. */
export function expectArmBodies(config: TerraformConfig): void {
  expect(armProblems(config)).toEqual([]);
}

/** By Terraform, which completes expressions. */
const WRITTEN: BodyCheck = { isLate: isExpression };

const CHECKED: { readonly [resourceType: string]: (attributes: any) => string[] } = {
  azapi_resource: ({ type, name, location, identity, tags, body, sensitive_body: sensitive }) =>
    bodyProblems(type, merged({ name, location, identity: identity && identityOf(identity[0]), tags, ...body }, sensitive ?? {}), WRITTEN),
  azapi_update_resource: ({ type, body }) => bodyProblems(type, body, { ...WRITTEN, isPartial: true }),
  azapi_resource_action: ({ type, action, method, body }) => (action === undefined && body !== undefined
    ? bodyProblems(type, body, { ...WRITTEN, isPartial: method !== 'PUT' })
    : []),
  azurerm_resource_group_template_deployment: templateProblems,
};

/** Texts that Terraform completes; what is escaped is text. */
function isExpression(text: string): boolean {
  return /[$%]\{/.test(text.replace(/\$\$\{|%%\{/g, ''));
}

/** Texts that a template computes; one that starts with two brackets is text. */
function isComputed(text: string): boolean {
  return /^\[(?!\[)/.test(text);
}

function identityOf({ type, identity_ids: ids }: { readonly type: string; readonly identity_ids?: readonly string[] }): object {
  return { type: type.replace(', ', ','), ...(ids === undefined ? {} : { userAssignedIdentities: Object.fromEntries(ids.map((each) => [each, {}])) }) };
}

function merged(one: any, other: any): any {
  if (typeof one !== 'object' || typeof other !== 'object' || Array.isArray(one) || Array.isArray(other)) return other;
  return Object.entries(other).reduce((all, [name, value]) => ({ ...all, [name]: name in all ? merged(all[name], value) : value }), one);
}

function templateProblems({ template_content: content, parameters_content: given }: { readonly [attribute: string]: string }): string[] {
  const template = JSON.parse(content.replace(/([$%])\1\{/g, '$1{'));
  const used = new Set([...content.matchAll(/parameters\('(\w+)'\)/g)].map(([, name]) => name));
  const [declared, values] = [Object.keys(template.parameters), namesGiven(given)];
  return [
    ...declared.filter((name) => !used.has(name)).map((name) => `parameter ${name} is not used`),
    ...[...used].filter((name) => !declared.includes(name)).map((name) => `parameter ${name} is not declared`),
    ...declared.filter((name) => !values.includes(name)).map((name) => `parameter ${name} has no value`),
    ...values.filter((name) => !declared.includes(name)).map((name) => `value of a parameter ${name} that is not declared`),
    ...template.resources.flatMap(({ type, apiVersion, name, ...body }: any) => [
      ...(isComputed(name) || name.split('/').length === type.split('/').length - 1 ? [] : [`name '${name}' has not one part for each part of ${type}`]),
      ...bodyProblems(`${type}@${apiVersion}`, {
        ...body,
        name: isComputed(name) ? undefined : name.split('/').pop(),
        identity: body.identity && { ...body.identity, type: body.identity.type.replace(', ', ',') },
      }, { isLate: isComputed }),
    ]),
  ];
}

/** Names of the values of parameters: what Terraform writes into them is put out of the way first. */
function namesGiven(content: string): string[] {
  let known = '';
  for (let place = 0; place < content.length; place++) {
    if (content.startsWith('$${', place)) {
      known += '${';
      place += 2;
    } else if (content.startsWith('${', place)) {
      known += '"late"';
      place = endOfExpression(content, place + 2);
    } else {
      known += content[place];
    }
  }
  return Object.keys(JSON.parse(known));
}

/** The place of the brace that closes an expression of Terraform, which has texts with expressions in it. */
function endOfExpression(content: string, start: number): number {
  let open = 1;
  for (let place = start; place < content.length; place++) {
    if (content[place] === '"') place = endOfText(content, place + 1);
    else if (content[place] === '{') open++;
    else if (content[place] === '}' && --open === 0) return place;
  }
  throw new Error(`an expression has no end: ${content.slice(start)}`);
}

function endOfText(content: string, start: number): number {
  for (let place = start; place < content.length; place++) {
    if (content[place] === '\\') place++;
    else if (content.startsWith('$${', place)) place += 2;
    else if (content.startsWith('${', place)) place = endOfExpression(content, place + 2);
    else if (content[place] === '"') return place;
  }
  throw new Error(`a text has no end: ${content.slice(start)}`);
}

function* problems(kind: Kind, value: any, path: string, check: BodyCheck): Generator<string> {
  if (value === undefined || (typeof value === 'string' && check.isLate?.(value))) return;
  if (typeof kind === 'string') {
    if (value !== kind) yield `${path} must be ${kind}, got ${JSON.stringify(value)}`;
    return;
  }
  const node = NODES[kind];
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  switch (node.kind) {
    case 'Any':
      return;
    case 'Object':
      if (isObject) yield* objectProblems(node.properties ?? {}, node.additionalProperties, value, path, check);
      else yield `${path} must be an object, got ${JSON.stringify(value)}`;
      return;
    case 'DiscriminatedObject':
      if (isObject) yield* discriminatedProblems(node, value, path, check);
      else yield `${path} must be an object, got ${JSON.stringify(value)}`;
      return;
    case 'Union':
      yield* unionProblems(node.elements as readonly Kind[], value, path, check);
      return;
    case 'Array':
      if (!Array.isArray(value)) yield `${path} must be a list, got ${JSON.stringify(value)}`;
      else yield* listProblems(node, value, path, check);
      return;
    case 'String':
      yield* textProblems(node, value, path);
      return;
    // Shares are integers in the definitions, and fractions to the service.
    case 'Integer':
      if (typeof value !== 'number') yield `${path} must be a number, got ${JSON.stringify(value)}`;
      else if (value < (node.minValue ?? value) || value > (node.maxValue ?? value)) yield `${path} must be between ${node.minValue} and ${node.maxValue}, got ${value}`;
      return;
    case 'Boolean':
      if (typeof value !== 'boolean') yield `${path} must be true or false, got ${JSON.stringify(value)}`;
  }
}

function* objectProblems(members: NonNullable<Node['properties']>, additional: Kind | undefined, value: any, path: string, check: BodyCheck): Generator<string> {
  for (const [name, [, flags = '']] of Object.entries(members)) {
    if (flags.includes(REQUIRED) && value[name] === undefined && !check.isPartial && !(path === '' && ADDRESS.has(name))) yield `${at(path, name)} is missing`;
  }
  for (const [name, inner] of Object.entries(value)) {
    const member = name in members ? members[name] : undefined;
    if (member !== undefined) {
      if (inner !== undefined && member[1]?.includes(READ_ONLY)) yield `${at(path, name)} is read-only`;
      else yield* problems(member[0], inner, at(path, name), check);
    } else if (additional === undefined) {
      if (inner !== undefined) yield `${at(path, name)} is unknown`;
    } else {
      yield* problems(additional, inner, at(path, name), check);
    }
  }
}

function* discriminatedProblems(node: Node, value: any, path: string, check: BodyCheck): Generator<string> {
  const discriminator = node.discriminator!;
  const kinds = node.elements as { readonly [value: string]: Kind };
  const chosen = kinds[value[discriminator]];
  if (chosen === undefined) {
    yield `${at(path, discriminator)} must be one of ${Object.keys(kinds).join(', ')}, got ${JSON.stringify(value[discriminator])}`;
    return;
  }
  const own = NODES[chosen as number];
  yield* objectProblems({ ...node.properties, ...own.properties }, own.additionalProperties, value, path, check);
}

/**
 * An enumeration is taken as it is published, although many say that they may grow: a text that it lacks is a mistake
 * of ours.
 */
function* unionProblems(kinds: readonly Kind[], value: any, path: string, check: BodyCheck): Generator<string> {
  const literals = kinds.filter((each) => typeof each === 'string');
  const others = kinds.filter((each) => typeof each !== 'string' && NODES[each].kind !== 'String');
  if (literals.includes(value) || others.some((each) => [...problems(each, value, path, check)].length === 0)) return;
  yield `${path} must be one of ${[...literals, ...others.map((each) => NODES[each as number].kind)].join(', ')}, got ${JSON.stringify(value)}`;
}

function* listProblems(node: Node, value: readonly any[], path: string, check: BodyCheck): Generator<string> {
  if (value.length < (node.minLength ?? 0) || value.length > (node.maxLength ?? value.length)) yield `${path} must have ${sizes(node.minLength, node.maxLength)} members, got ${value.length}`;
  for (const [place, each] of value.entries()) yield* problems(node.itemType!, each, `${path}[${place}]`, check);
}

function* textProblems({ minLength, maxLength, pattern }: Node, value: any, path: string): Generator<string> {
  if (typeof value !== 'string') yield `${path} must be text, got ${JSON.stringify(value)}`;
  else if (value.length < (minLength ?? 0) || value.length > (maxLength ?? value.length)) yield `${path} must have ${sizes(minLength, maxLength)} characters, got '${value}'`;
  else if (pattern !== undefined && !new RegExp(pattern).test(value)) yield `${path} must match ${pattern}, got '${value}'`;
}

function sizes(least: number = 0, most?: number): string {
  return most === undefined ? `at least ${least}` : `${least} to ${most}`;
}

function at(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
