import { TerraformConfig } from './terraform';

/** Types whose loss loses something, beside everything that says `prevent_destroy` itself: what a person, a client or a service knows by its name. */
const STATEFUL = new Set([
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

/**
 * Attributes of those types that the provider changes in place. Everything else counts as one that replaces: what is not known to be harmless
 * is not allowed to change.
 *
 * @see https://registry.terraform.io/providers/hashicorp/google/6.50.0/docs
 */
const IN_PLACE: { readonly [resourceType: string]: readonly string[] } = {
  google_bigquery_dataset: ['default_partition_expiration_ms', 'description'],
  google_bigquery_table: ['schema', 'view', 'deletion_protection'],
  google_storage_bucket: ['lifecycle_rule'],
  google_vertex_ai_endpoint: ['predict_request_response_logging_config', 'description'],
  google_workbench_instance: ['gce_setup'],
};

/** Not of the cloud: how Terraform goes about it. */
const META = new Set(['//', 'depends_on', 'lifecycle', 'provider', 'labels']);

/** What the second configuration would lose of the first, in sentences. */
export function terraformLosses(before: TerraformConfig, after: TerraformConfig): string[] {
  return stateful(before).flatMap(([resourceType, id, was]) => {
    const is = after.resource[resourceType]?.[id];
    if (is === undefined) return [`${resourceType}.${id} is gone`];
    return [...new Set([...Object.keys(was), ...Object.keys(is)])]
      .filter((key) => !META.has(key) && !IN_PLACE[resourceType]?.includes(key) && JSON.stringify(was[key]) !== JSON.stringify(is[key]))
      .map((key) => `${resourceType}.${id} is replaced: ${key} changes from ${JSON.stringify(was[key])} to ${JSON.stringify(is[key])}`);
  });
}

/** Type, id and attributes of everything that has something to lose. */
export function stateful(config: TerraformConfig): [string, string, any][] {
  return Object.entries(config.resource).flatMap(([resourceType, ofType]) =>
    Object.entries(ofType)
      .filter(([, attributes]) => STATEFUL.has(resourceType) || attributes.lifecycle?.prevent_destroy === true)
      .map(([id, attributes]): [string, string, any] => [resourceType, id, attributes]));
}
