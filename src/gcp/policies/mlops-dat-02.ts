import { ALLOW_DESTROY } from '../../terraform/removal';
import { Rule, unless } from '../private/policy-rule';
import { one } from '../private/policy-view';

/**
 * What holds data, or opens it, is refused when a plan would delete it.
 *
 * The context flag that allows deletion is the exception and the reason in one: it is set for stacks that are thrown away.
 */
export const retainedState: Rule = {
  policy: 'MLOPS-DAT-02',
  types: [
    'google_artifact_registry_repository', 'google_bigquery_dataset', 'google_kms_crypto_key', 'google_kms_key_ring', 'google_logging_project_bucket_config',
    'google_sql_database_instance', 'google_storage_bucket',
  ],
  fix: 'set removalPolicy: RemovalPolicy.RETAIN',
  check({ node, attributes }) {
    if (one(attributes.lifecycle)?.prevent_destroy === true) return unless([]);
    const allowed = node.node.tryGetContext(ALLOW_DESTROY);
    if (allowed === true || allowed === 'true') return { kind: 'exception', reason: `the context flag ${ALLOW_DESTROY} is set` };
    return unless(['lifecycle.prevent_destroy is off']);
  },
};
