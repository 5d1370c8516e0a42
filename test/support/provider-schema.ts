import azapi from './azure-provider/azapi.json';
import azurerm from './azure-provider/azurerm.json';
import { TerraformConfig } from './terraform-json';

/** Letters of the flags and the kind, `rf string`: see azure-provider/README.md. */
type Argument = string | ArgumentWithLimits;

interface ArgumentWithLimits {
  readonly is: string;
  readonly block?: Schema;
  readonly max?: number;
  readonly min?: number;
  readonly conflictsWith?: readonly string[];
  readonly exactlyOneOf?: readonly string[];
  readonly atLeastOneOf?: readonly string[];
  readonly requiredWith?: readonly string[];
}

interface Schema {
  readonly [argument: string]: Argument;
}

const SCHEMAS = { ...azurerm, ...azapi } as unknown as { readonly [type: string]: Schema };
/** Of Terraform, and of every resource. */
const META = new Set(['//', 'alias', 'connection', 'count', 'depends_on', 'dynamic', 'for_each', 'lifecycle', 'provider', 'provisioner', 'timeouts']);
/** Deprecated by the provider, while the classes that are bound are of an older version and require them. */
const STILL_REQUIRED = new Set([
  'azurerm_federated_identity_credential.parent_id', 'azurerm_federated_identity_credential.resource_group_name', 'azurerm_storage_blob.storage_account_name',
  'azurerm_storage_blob.storage_container_name',
]);
/** Providers whose schema is not here. */
const OTHERS = /^(azuread|random|time|tls|null|local|terraform)_/;

/** The types whose schema is here. */
export const SCHEMA_TYPES: readonly string[] = Object.keys(SCHEMAS);

/** Arguments of a type, down to those in its blocks, that cannot be changed in place. */
export function immutableOf(type: string): string[] | undefined {
  const schema = SCHEMAS[type];
  return schema === undefined ? undefined : immutable(schema, '').sort();
}

/** Whether a resource of the type, `azurerm_key_vault` or `data.azurerm_key_vault`, has an attribute to refer to. */
export function hasAttributeIn(type: string, attribute: string): boolean {
  const schema = SCHEMAS[type];
  return schema === undefined || attribute === 'id' || attribute in schema;
}

/** What the schemas of the providers do not allow in a configuration, in sentences with their addresses. */
export function schemaProblems(config: TerraformConfig): string[] {
  return [
    ...Object.entries(config.resource).flatMap(([type, ofType]) => ofAll(type, type, ofType)),
    ...Object.entries<object>(config.data ?? {}).flatMap(([type, ofType]) => ofAll(`data.${type}`, type, ofType)),
    ...(config.provider?.azurerm ?? []).flatMap((attributes: object) => [...problems(SCHEMAS.provider, attributes, '')].map((each) => `provider.azurerm: ${each}`)),
  ];
}

/** Fails where the configuration is not of its providers' schemas. */
export function expectProviderSchemas(config: TerraformConfig): void {
  expect(schemaProblems(config)).toEqual([]);
}

function ofAll(type: string, resourceType: string, ofType: object): string[] {
  if (OTHERS.test(resourceType)) return [];
  const schema = SCHEMAS[type];
  if (schema === undefined) return [`${type} has no schema: add it as test/support/azure-provider/README.md says`];
  return Object.entries(ofType).flatMap(([id, attributes]) => [...problems(schema, attributes, '')]
    .filter((each) => !STILL_REQUIRED.has(`${type}.${each.replace(/ is deprecated$/, '')}`)).map((each) => `${type}.${id}: ${each}`));
}

function* problems(schema: Schema, block: any, path: string, root: any = block): Generator<string> {
  for (const [name, argument] of Object.entries(schema)) {
    const { is, exactlyOneOf, atLeastOneOf } = limitsOf(argument);
    if (flagsOf(is).includes('r') && block[name] === undefined) yield `${at(path, name)} is missing`;
    const given = [exactlyOneOf, atLeastOneOf].map((names) => names?.filter((each) => valueAt(root, each) !== undefined).length);
    if (given[0] !== undefined && given[0] !== 1 && name === last(exactlyOneOf![0])) yield `exactly one of ${exactlyOneOf!.join(', ')} must be given`;
    if (given[1] === 0 && name === last(atLeastOneOf![0])) yield `at least one of ${atLeastOneOf!.join(', ')} must be given`;
  }
  for (const [name, value] of Object.entries(block)) {
    if (value === undefined || value === null || META.has(name)) continue;
    const argument = name in schema ? schema[name] : undefined;
    if (argument === undefined) yield `${at(path, name)} is unknown`;
    else yield* argumentProblems(limitsOf(argument), value, at(path, name), root);
  }
}

function* argumentProblems(argument: ArgumentWithLimits, value: any, path: string, root: any): Generator<string> {
  const [flags, kind] = [flagsOf(argument.is), argument.is.split(' ').slice(1).join(' ')];
  if (!/[ro]/.test(flags)) {
    yield `${path} is computed`;
    return;
  }
  if (flags.includes('d')) yield `${path} is deprecated`;
  for (const other of argument.conflictsWith ?? []) {
    if (valueAt(root, other) !== undefined) yield `${path} conflicts with ${other}`;
  }
  for (const other of argument.requiredWith ?? []) {
    if (valueAt(root, other) === undefined) yield `${path} needs ${other}`;
  }
  if (isExpression(value)) return;
  if (argument.block === undefined) {
    if (!isOfKind(kind, value)) yield `${path} must be a ${kind}, got ${JSON.stringify(value)}`;
    return;
  }
  const blocks = Array.isArray(value) ? value : [value];
  if (blocks.length > (argument.max || blocks.length) || blocks.length < (argument.min ?? 0)) {
    yield `${path} must be there ${argument.min ?? 0} to ${argument.max ?? 'many'} times, got ${blocks.length}`;
  }
  for (const [place, each] of blocks.entries()) {
    if (typeof each === 'object' && each !== null) yield* problems(argument.block, each, Array.isArray(value) && value.length > 1 ? `${path}.${place}` : path, root);
    else if (!isExpression(each)) yield `${path} must be a block, got ${JSON.stringify(each)}`;
  }
}

/** Terraform makes numbers and booleans of texts, and texts of them. */
function isOfKind(kind: string, value: any): boolean {
  if (isExpression(value)) return true;
  const [outer, inner] = kind.split(' of ');
  switch (outer) {
    case 'string': return ['string', 'number', 'boolean'].includes(typeof value);
    case 'number': return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
    case 'bool': return [true, false, 'true', 'false'].includes(value);
    case 'list': case 'set': return Array.isArray(value) && value.every((each) => isOfKind(inner ?? 'any', each));
    case 'map': return typeof value === 'object' && !Array.isArray(value) && Object.values(value).every((each) => isOfKind(inner ?? 'any', each));
    default: return true;
  }
}

function isExpression(value: unknown): boolean {
  return typeof value === 'string' && /[$%]\{/.test(value.replace(/\$\$\{|%%\{/g, ''));
}

/** A value by the schema's path to it, `identity.0.type`. */
function valueAt(root: any, path: string): unknown {
  return path.split('.').reduce((value, part) => (value === undefined || value === null ? undefined : part === '0' && !Array.isArray(value) ? value : value[part]), root);
}

function immutable(schema: Schema, prefix: string): string[] {
  return Object.entries(schema).flatMap(([name, argument]) => {
    const { is, block } = limitsOf(argument);
    const flags = flagsOf(is);
    if (!/[ro]/.test(flags)) return [];
    return flags.includes('f') ? [`${prefix}${name}`] : immutable(block ?? {}, `${prefix}${name}.`);
  });
}

function limitsOf(argument: Argument): ArgumentWithLimits {
  return typeof argument === 'string' ? { is: argument } : argument;
}

function flagsOf(is: string): string {
  return is.split(' ')[0];
}

function last(path: string): string {
  return path.split('.').pop()!;
}

function at(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
