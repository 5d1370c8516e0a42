import { Rule, unless } from '../../terraform/policy/rule';
import { hasLabels } from '../private/policy/labels';

/** Every resource that shows on the bill has a label, its own or the provider's. */
export const taggedCosts: Rule = {
  policy: 'MLOPS-TAG-01',
  types: [
    'google_artifact_registry_repository',
    'google_bigquery_dataset',
    'google_cloud_run_v2_job',
    'google_cloud_run_v2_service',
    'google_kms_crypto_key',
    'google_pubsub_topic',
    'google_secret_manager_secret',
    'google_storage_bucket',
    'google_vertex_ai_endpoint',
    'google_vertex_ai_feature_online_store',
    'google_workbench_instance',
    'google_workflows_workflow',
  ],
  fix: 'give the guardrails tags',
  check: ({ attributes }, around) => unless(hasLabels(attributes, around) ? [] : ['has no label']),
};
