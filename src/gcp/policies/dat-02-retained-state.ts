import { listed } from '../../core/private/listed';
import { ALLOW_DESTROY, isDestroyAllowed } from '../../core/private/removal';
import { Attributes, one } from '../../terraform/policy/resource-view';
import { NOT_APPLICABLE, Rule, unless } from '../../terraform/policy/rule';

/** Views, tables that stand for files elsewhere, and repositories that mirror others. */
const HOLDS_NOTHING: readonly ((attributes: Attributes) => boolean)[] = [
  (attributes) =>
    ['view', 'materialized_view', 'external_data_configuration'].some((name) => listed(attributes[name]).length > 0),
  ({ mode }) => mode === 'REMOTE_REPOSITORY' || mode === 'VIRTUAL_REPOSITORY',
];

/**
 * A resource that holds data, or opens it, is refused when a plan would delete it.
 *
 * The context flag that allows deletion is the exception and the reason in one: it is set for stacks that are thrown
 * away.
 */
export const retainedState: Rule = {
  policy: 'MLOPS-DAT-02',
  types: [
    'google_artifact_registry_repository',
    'google_bigquery_dataset',
    'google_bigquery_table',
    'google_bigtable_instance',
    'google_filestore_instance',
    'google_kms_crypto_key',
    'google_kms_key_ring',
    'google_logging_project_bucket_config',
    'google_sql_database_instance',
    'google_storage_bucket',
    'google_vertex_ai_dataset',
    'google_vertex_ai_tensorboard',
  ],
  fix: 'set removalPolicy: RemovalPolicy.RETAIN',
  check({ node, attributes }) {
    if (HOLDS_NOTHING.some((holdsNothing) => holdsNothing(attributes))) return NOT_APPLICABLE;
    if (one(attributes.lifecycle)?.prevent_destroy === true) return unless([]);
    if (isDestroyAllowed(node)) return { kind: 'exception', reason: `the context flag ${ALLOW_DESTROY} is set` };
    return unless(['lifecycle.prevent_destroy is off']);
  },
};
