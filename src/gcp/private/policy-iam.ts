import { isRuntime, listed, ResourceView } from './policy-view';

/** Resources that carry roles, by the word in the middle of `google_…_iam_member`. */
const CARRIERS = [
  'artifact_registry_repository', 'bigquery_connection', 'bigquery_dataset', 'bigquery_table', 'cloud_run_v2_job', 'cloud_run_v2_service', 'cloudfunctions2_function',
  'folder', 'kms_crypto_key', 'kms_key_ring', 'organization', 'project', 'pubsub_subscription', 'pubsub_topic', 'secret_manager_secret', 'service_account',
  'storage_bucket', 'storage_managed_folder', 'workbench_instance',
];

/** Types that give roles. */
export const GRANTS: readonly string[] = CARRIERS.flatMap((carrier) => [`google_${carrier}_iam_member`, `google_${carrier}_iam_binding`]);

/** Types that give roles on everything in a project, a folder or an organisation. */
export const WIDE_GRANTS: readonly string[] = GRANTS.filter((type) => /^google_(project|folder|organization)_/.test(type));

/**
 * The ready-made roles that a resource gives, several where Terraform repeats it for each of a list or a map; undefined where they are not known
 * at synthesis. A custom role of the stack is none: it names each of its permissions, and Google takes no wildcard among them.
 */
export function rolesOf({ attributes }: ResourceView): string[] | undefined {
  const role = String(attributes.role);
  if (/^\$\{google_project_iam_custom_role\.[^}]+\}$/.test(role)) return [];
  if (!isRuntime(role)) return [role];
  const [, each] = /^\$\{(?:toset|zipmap)\((?:\[.*\], ?)?(\[.*\])\)\}$/.exec(String(attributes.for_each)) ?? [];
  return each === undefined ? undefined : (JSON.parse(each) as string[]).map((value) => role.replace('${each.value}', value));
}

/** Whom a resource gives a role. */
export function membersOf({ attributes }: ResourceView): string[] {
  return [...listed(attributes.member), ...listed(attributes.members)].map(String);
}
