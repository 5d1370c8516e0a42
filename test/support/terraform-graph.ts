import * as fs from 'node:fs';
import * as path from 'node:path';
import { hasAttributeIn } from './provider-schema';
import { TerraformConfig } from './terraform-json';

/** A resource or data source by its address, with what it refers to. */
interface Node {
  readonly address: string;
  readonly references: Reference[];
}

interface Reference {
  /** `google_storage_bucket.Raw`, `data.google_project.Number`, `var.image`. */
  readonly address: string;
  readonly attribute?: string;
}

/**
 * What `terraform validate` would say about references, without a provider: unknown addresses and attributes, and
 * cycles.
 */
export function referenceFaults(config: TerraformConfig): string[] {
  const nodes = nodesOf(config);
  const known = new Set([...nodes.map(({ address }) => address), ...Object.keys(config.variable ?? {}).map((name) => `var.${name}`)]);
  const faults = nodes.flatMap(({ address, references }) => references.flatMap((reference) => {
    if (!known.has(reference.address)) return [`${address} refers to ${reference.address}, which is not there`];
    if (reference.attribute === undefined || hasAttribute(reference)) return [];
    return [`${address} refers to ${reference.address}.${reference.attribute}, which the type does not have`];
  }));
  return [...faults, ...cycles(nodes)];
}

/** Interpolations and directives of a configuration that are none of the forms that are meant. */
export function strangeInterpolations(config: TerraformConfig): string[] {
  return strings(config)
    .flatMap((text) => [...text.matchAll(/(\$+|%+)\{([^}]*)\}?/g)].map(([all, mark, inner]) => ({ all, mark, inner })))
    .filter(({ mark, inner }) => (mark.length % 2 === 1) && (mark[0] === '%' || !MEANT.test(inner)))
    .map(({ all }) => all);
}

/**
 * Permissions of an identity that something which runs as it does not wait for, neither by itself nor through others:
 * its first run would fail.
 */
export function earlyStarts(config: TerraformConfig): string[] {
  const nodes = new Map(nodesOf(config).map((node) => [node.address, node]));
  const resources = Object.entries(config.resource).flatMap(([resourceType, ofType]) =>
    Object.entries(ofType).map(([id, attributes]) => ({ address: `${resourceType}.${id}`, isGrant: isGrant(resourceType), attributes })));
  const waitsFor = (address: string, seen = new Set<string>()): Set<string> => {
    for (const { address: next } of nodes.get(address)?.references ?? []) if (!seen.has(next)) waitsFor(next, seen.add(next));
    return seen;
  };
  return resources.filter((each) => !each.isGrant).flatMap(({ address, attributes }) => identitiesOf(attributes).flatMap((identity) => {
    const before = waitsFor(address);
    const grants = resources.filter((each) => each.isGrant && identityIn(each.attributes.member ?? each.attributes.principal_id) === identity);
    return grants.filter((grant) => !before.has(grant.address)).map((grant) => `${address} does not wait for ${grant.address}`);
  }));
}

function isGrant(resourceType: string): boolean {
  return resourceType.endsWith('_iam_member') || resourceType === 'azurerm_role_assignment';
}

/**
 * The identities that a resource runs as, by their ids in the configuration; of Azure's, workflows alone run by
 * themselves.
 */
function identitiesOf({ service_account: account, template, identity, type }: any): string[] {
  if (identity !== undefined && !/^Microsoft\.Logic\/workflows@/.test(String(type))) return [];
  const ids = [account ?? template?.service_account, ...[identity].flat().flatMap((each: any) => each?.identity_ids ?? [])];
  return ids.map(identityIn).filter((each): each is string => each !== undefined);
}

function identityIn(text: unknown): string | undefined {
  return /(?:google_service_account|azurerm_user_assigned_identity)\.([\w-]+)\./.exec(String(text))?.[1];
}

const ADDRESS = /\b((?:data\.)?(?:azapi|azurerm|google|terraform|time)_[a-z0-9_]+\.[A-Za-z][\w-]*|var\.[a-z_]\w*)(?:\.([a-z_]\w*))?/g;
const MEANT = /^\(?((data\.|ephemeral\.)?(azapi|azurerm|google|terraform|time|random)_[a-z0-9_]+\.|var\.|each\.(value|key)$|(toset|jsonencode|jsondecode|base64encode|formatdate|substr|uuidv5|replace|join|tostring|sha256|split|element|zipmap|lookup|contains)\()/;

function nodesOf(config: TerraformConfig): Node[] {
  const ofBlock = (block: string, prefix: string) => Object.entries<any>(config[block] ?? {}).flatMap(([resourceType, ofType]) =>
    Object.entries(ofType).map(([id, attributes]): Node => ({ address: `${prefix}${resourceType}.${id}`, references: referencesIn(attributes) })));
  return [...ofBlock('resource', ''), ...ofBlock('data', 'data.')];
}

function referencesIn({ 'depends_on': needs = [], '//': _, ...attributes }: any): Reference[] {
  const interpolated = strings(attributes)
    .flatMap((text) => [...text.matchAll(/(\$+)\{([^}]*)\}/g)].filter(([, mark]) => mark.length % 2 === 1).map(([, , inner]) => inner));
  const found = interpolated.flatMap((text) => [...text.matchAll(ADDRESS)].map(([, address, attribute]) => ({ address, attribute })));
  return [...found, ...needs.map((address: string) => ({ address }))];
}

function hasAttribute({ address, attribute }: Reference): boolean {
  if (/^(data\.)?(azapi|azurerm)_/.test(address)) return attribute === undefined || hasAttributeIn(address.replace(/\.[^.]+$/, ''), attribute);
  const [, isData, resourceType] = /^(data\.)?google_([a-z0-9_]+)\./.exec(address) ?? [];
  if (resourceType === undefined || attribute === undefined) return true;
  const typings = path.join('node_modules', '@cdktf', 'provider-google', 'lib', `${isData ? 'data-google-' : ''}${resourceType.replace(/_/g, '-')}`, 'index.d.ts');
  // A type of google-beta alone has no typings here.
  if (!fs.existsSync(typings)) return true;
  const name = attribute.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return new RegExp(`\\bget ${name}\\(`).test(fs.readFileSync(typings, 'utf8'));
}

function cycles(nodes: Node[]): string[] {
  const references = new Map(nodes.map(({ address, references: own }) => [address, own.map((each) => each.address)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (address: string, trail: string[]): void => {
    if (trail.includes(address)) return void found.push(`cycle: ${[...trail.slice(trail.indexOf(address)), address].join(' -> ')}`);
    if (done.has(address)) return;
    for (const next of references.get(address) ?? []) visit(next, [...trail, address]);
    done.add(address);
  };
  for (const { address } of nodes) visit(address, []);
  return found;
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...(Array.isArray(value) ? [] : [name]), ...strings(inner)]);
}
