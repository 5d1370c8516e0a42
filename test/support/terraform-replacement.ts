import immutable from './google-provider/immutable.json';
import { immutableOf } from './provider-schema';
import { TerraformConfig } from './terraform';

/**
 * Types whose loss loses something, beside everything that says `prevent_destroy` itself: what a person, a client or a
 * service knows by its name.
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
const STATEFUL_BODIES = /^Microsoft\.MachineLearningServices\/(registries|workspaces(\/(batchEndpoints|computes|connections|featuresets|featurestoreEntities|models|onlineEndpoints))?)@/;

/** What the provider cannot change in place, by its own schema: see google-provider/README.md. */
const IMMUTABLE: { readonly [resourceType: string]: readonly string[] } = immutable;

/**
 * What the version that the constructs are made for cannot change, though the one of the schema can.
 *
 * @see https://github.com/hashicorp/terraform-provider-google/blob/main/CHANGELOG.md
 */
const IMMUTABLE_BEFORE: { readonly [resourceType: string]: readonly string[] } = {
  google_compute_subnetwork: ['ip_collection', 'secondary_ip_range'],
  google_sql_database_instance: ['settings.disk_type'],
};

/** Not of the cloud: how Terraform goes about it, its pauses, and what is sent again when it is made anew. */
const META = new Set(['//', 'depends_on', 'lifecycle', 'provider']);
const HARMLESS = ['time_sleep', 'azapi_update_resource'];
/**
 * Arguments whose change recreates a resource that holds nothing: what a role is limited to is the condition of its one
 * assignment, which no provider changes in place.
 */
const LIMITS: { readonly [resourceType: string]: readonly string[] } = { azurerm_role_assignment: ['condition', 'condition_version', 'description'] };

/** What the second configuration would lose of the first or make anew, in sentences. */
export function terraformLosses(before: TerraformConfig, after: TerraformConfig): string[] {
  const gone = stateful(before)
    .filter(([resourceType, id]) => after.resource[resourceType]?.[id] === undefined)
    .map(([resourceType, id]) => `${resourceType}.${id} is gone`);
  return [...gone, ...all(before).flatMap(([resourceType, id, was]) => replacements(resourceType, id, was, after.resource[resourceType]?.[id]))];
}

/** Type, id and attributes of everything that has something to lose. */
export function stateful(config: TerraformConfig): [string, string, any][] {
  return all(config).filter(([resourceType, , attributes]) => STATEFUL.has(resourceType) || attributes.lifecycle?.prevent_destroy === true
    || (resourceType === 'azapi_resource' && STATEFUL_BODIES.test(attributes.type)));
}

function all(config: TerraformConfig): [string, string, any][] {
  return Object.entries(config.resource).flatMap(([resourceType, ofType]) =>
    Object.entries(ofType).map(([id, attributes]): [string, string, any] => [resourceType, id, attributes]));
}

function replacements(resourceType: string, id: string, was: any, is: any): string[] {
  if (is === undefined || HARMLESS.includes(resourceType)) return [];
  return [...changes(was, is, [])]
    .filter(({ path: [first] }) => !META.has(first) && !LIMITS[resourceType]?.includes(first))
    .map(({ path, from, to }) => ({ name: path.join('.'), from, to }))
    .filter(({ name, from, to }) => replaces(resourceType, name, is) || (resourceType.startsWith('azapi_') && name === 'type' && typeOf(from) !== typeOf(to)))
    .map(({ name, from, to }) => `${resourceType}.${id} is replaced: ${name} changes from ${JSON.stringify(from)} to ${JSON.stringify(to)}`);
}

/**
 * Whether a change of the argument makes the resource anew, as one of its name always does; where the schema is not
 * known, everything does. A body says itself which of its members do.
 */
function replaces(resourceType: string, name: string, is: any): boolean {
  const known = IMMUTABLE[resourceType] ?? immutableOf(resourceType);
  const ofBody = (is.replace_triggers_refs ?? []).map((path: string) => `body.${path}`);
  return known === undefined || ['name', ...known, ...(IMMUTABLE_BEFORE[resourceType] ?? []), ...ofBody].some((each) => name === each || name.startsWith(`${each}.`));
}

/** The type of a body without its version, which can change in place. */
function typeOf(type: unknown): string {
  return `${type}`.split('@')[0];
}

interface Change {
  /** Names of the blocks and of the argument, without places in lists. */
  readonly path: readonly string[];
  readonly from: unknown;
  readonly to: unknown;
}

/** What differs, down to the single argument: a block that comes or goes is all of its arguments. */
function* changes(from: any, to: any, path: readonly string[]): Generator<Change> {
  if (isBlock(from) || isBlock(to)) {
    const inList = Array.isArray(from) || Array.isArray(to);
    const [was, is] = [from, to].map((each) => (inList && !Array.isArray(each) && each !== undefined ? [each] : each));
    for (const key of new Set([was, is].flatMap((each) => Object.keys(each ?? {})))) {
      yield* changes(was?.[key], is?.[key], inList ? path : [...path, key]);
    }
  } else if (JSON.stringify(from) !== JSON.stringify(to)) {
    yield { path, from, to };
  }
}

function isBlock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (!Array.isArray(value) || value.some((each) => typeof each === 'object'));
}
