import { isStatefulType, replacingArguments, replacingProperties } from './replacement-data';
import { SynthesizedResource } from '../synthesized-resource';

/** A stack's resources, by type and id. */
export type Resources = ReadonlyMap<string, SynthesizedResource>;

/** What going from one synthesis to another does to a resource of the first. */
export interface Loss {
  readonly resource: SynthesizedResource;
  /** The loss in a sentence. */
  readonly text: string;
}

/**
 * Types of Terraform whose loss loses something, beside everything that says `prevent_destroy` itself: what a person, a
 * client or a service knows by its name.
 */
const STATEFUL = new Set([
  'azurerm_application_insights',
  'azurerm_container_app_environment',
  'azurerm_container_registry',
  'azurerm_key_vault',
  'azurerm_key_vault_key',
  'azurerm_log_analytics_workspace',
  'azurerm_machine_learning_workspace',
  'azurerm_managed_redis',
  'azurerm_redis_cache',
  'azurerm_resource_group',
  'azurerm_storage_account',
  'azurerm_storage_container',
  'azurerm_storage_queue',
  'azurerm_subnet',
  'azurerm_user_assigned_identity',
  'azurerm_virtual_network',
  'google_artifact_registry_repository',
  'google_bigquery_dataset',
  'google_bigquery_table',
  'google_compute_network',
  'google_compute_subnetwork',
  'google_kms_crypto_key',
  'google_kms_key_ring',
  'google_pubsub_topic',
  'google_secret_manager_secret',
  'google_service_account',
  'google_sql_database_instance',
  'google_storage_bucket',
  'google_vertex_ai_endpoint',
  'google_vertex_ai_feature_group',
  'google_vertex_ai_feature_online_store',
  'google_vertex_ai_tensorboard',
  'google_workbench_instance',
]);

/** The same of what is written as a body of Azure's resource manager. */
const STATEFUL_BODIES =
  /^Microsoft\.MachineLearningServices\/(registries|workspaces(\/(batchEndpoints|computes|connections|featuresets|featurestoreEntities|models|onlineEndpoints))?)@/;

/**
 * What the version that the constructs are made for cannot change, though the one of the schema can.
 *
 * @see https://github.com/hashicorp/terraform-provider-google/blob/main/CHANGELOG.md
 */
const IMMUTABLE_BEFORE: { readonly [resourceType: string]: readonly string[] } = {
  google_compute_subnetwork: ['ip_collection', 'secondary_ip_range'],
  google_sql_database_instance: ['settings.disk_type'],
};

/** Not of the cloud: how Terraform goes about it, its pauses, and what is sent again when it is recreated. */
const META = new Set(['//', 'depends_on', 'lifecycle', 'provider']);
const HARMLESS = ['time_sleep', 'azapi_update_resource'];
/**
 * Arguments whose change recreates a resource that holds nothing: what a role is limited to is the condition of its one
 * assignment, which no provider changes in place.
 */
const LIMITS: { readonly [resourceType: string]: readonly string[] } = {
  azurerm_role_assignment: ['condition', 'condition_version', 'description'],
};

/** Whether deleting or replacing a resource of a template loses something. */
export function isStatefulInTemplate(resourceType: string, deletionPolicy: string | undefined): boolean {
  return (deletionPolicy ?? 'Delete') !== 'Delete' || isStatefulType(resourceType);
}

/** The same of a resource of Terraform. */
export function isStatefulInTerraform(resourceType: string, attributes: any): boolean {
  return STATEFUL.has(resourceType) || attributes.lifecycle?.prevent_destroy === true
    || (resourceType === 'azapi_resource' && STATEFUL_BODIES.test(attributes.type));
}

/** What deploying the second template over the first would delete or replace. */
export function templateReplacements(
  before: Resources, after: Resources, policyOf: (resource: SynthesizedResource) => string | undefined,
): Loss[] {
  const ids = new Map([...after.values()].map((each) => [each.id, each]));
  return [...before.values()].flatMap((resource) =>
    templateLosses(resource, ids.get(resource.id), policyOf).map((text) => ({ resource, text })));
}

function templateLosses(
  before: SynthesizedResource,
  after: SynthesizedResource | undefined,
  policyOf: (resource: SynthesizedResource) => string | undefined,
): string[] {
  const { id, resourceType } = before;
  if (after === undefined) return [`${id} (${resourceType}) is gone`];
  if (after.resourceType !== resourceType) return [`${id} becomes ${after.resourceType}, was ${resourceType}`];
  const retention = before.stateful && policyOf(before) !== policyOf(after)
    ? [`${id} (${resourceType}) changes its DeletionPolicy`]
    : [];
  const replaced = [...new Set([...Object.keys(before.properties), ...Object.keys(after.properties)])]
    .filter((name) => replacingProperties(resourceType).includes(name))
    .map((name) => ({ name, was: JSON.stringify(before.properties[name]), is: JSON.stringify(after.properties[name]) }))
    .filter(({ was, is }) => was !== is)
    .map(({ name, was, is }) => `${id} (${resourceType}) is replaced: ${name} changes from ${was} to ${is}`);
  return [...retention, ...replaced];
}

/** What applying the second configuration over the first would delete or recreate. */
export function terraformReplacements(before: Resources, after: Resources): Loss[] {
  const pairs = [...before].map(([address, resource]) => ({ address, resource, later: after.get(address) }));
  const gone = pairs.filter(({ later }) => later === undefined)
    .map(({ address, resource }) => ({ resource, text: `${address} is gone` }));
  const replaced = pairs.flatMap(({ address, resource, later }) =>
    (later === undefined ? [] : terraformLosses(address, resource, later)).map((text) => ({ resource, text })));
  return [...gone, ...replaced];
}

function terraformLosses(address: string, before: SynthesizedResource, after: SynthesizedResource): string[] {
  const { resourceType } = before;
  if (HARMLESS.includes(resourceType)) return [];
  return [...changes(before.properties, after.properties, [])]
    .filter(({ path: [first] }) => !META.has(first) && !LIMITS[resourceType]?.includes(first))
    .map(({ path, was, is }) => ({ name: path.join('.'), was, is }))
    .filter(({ name, was, is }) => replaces(resourceType, name, after.properties) || becomesAnother(resourceType, name, was, is))
    .map(({ name, was, is }) =>
      `${address} is replaced: ${name} changes from ${JSON.stringify(was)} to ${JSON.stringify(is)}`);
}

/**
 * Whether a change of the argument recreates the resource, as one of its name always does; where the schema is not
 * known, everything does. A body says itself which of its members do.
 */
function replaces(resourceType: string, name: string, is: any): boolean {
  const known = replacingArguments(resourceType);
  const ofBody = (is.replace_triggers_refs ?? []).map((path: string) => `body.${path}`);
  const all = ['name', ...known ?? [], ...IMMUTABLE_BEFORE[resourceType] ?? [], ...ofBody];
  return known === undefined || all.some((each) => name === each || name.startsWith(`${each}.`));
}

/** Whether a body gets another type; its version, which stands behind it, can change in place. */
function becomesAnother(resourceType: string, name: string, was: unknown, is: unknown): boolean {
  return resourceType.startsWith('azapi_') && name === 'type' && `${was}`.split('@')[0] !== `${is}`.split('@')[0];
}

interface Change {
  /** Names of the blocks and of the argument, without places in lists. */
  readonly path: readonly string[];
  readonly was: unknown;
  readonly is: unknown;
}

/** What differs, down to the single argument: a block that comes or goes is all of its arguments. */
function* changes(was: any, is: any, path: readonly string[]): Generator<Change> {
  if (isBlock(was) || isBlock(is)) {
    const inList = Array.isArray(was) || Array.isArray(is);
    const [first, second] = [was, is].map((each) =>
      (inList && !Array.isArray(each) && each !== undefined ? [each] : each));
    for (const key of new Set([first, second].flatMap((each) => Object.keys(each ?? {})))) {
      yield* changes(first?.[key], second?.[key], inList ? path : [...path, key]);
    }
  } else if (JSON.stringify(was) !== JSON.stringify(is)) {
    yield { path, was, is };
  }
}

function isBlock(value: unknown): boolean {
  return typeof value === 'object' && value !== null
    && (!Array.isArray(value) || value.some((each) => typeof each === 'object'));
}
