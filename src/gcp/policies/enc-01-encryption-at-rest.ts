import { Part, partsOf } from '../../terraform/policy/parts';
import { Attributes, one, valuesOf } from '../../terraform/policy/resource-view';
import { COMPLIANT, NOT_APPLICABLE, Rule, undecided, Verdict, violation, worst } from '../../terraform/policy/rule';
import { definitionOf, isServiceTemplate, WORKFLOW } from '../private/policy/workflow-calls';

/** The attribute that holds the key, and when it is asked for. */
type KeyAttribute = readonly [path: string, when?: (attributes: Attributes) => boolean];

/** @see https://cloud.google.com/kms/docs/compatible-services */
const RESOURCES: Readonly<Record<string, readonly KeyAttribute[]>> = {
  google_artifact_registry_repository: [['kms_key_name', ({ mode }) => mode === undefined || mode === 'STANDARD_REPOSITORY']],
  google_bigquery_dataset: [['default_encryption_configuration.kms_key_name']],
  google_bigtable_instance: [['cluster.kms_key_name']],
  google_cloud_run_v2_job: [['template.template.encryption_key']],
  google_cloud_run_v2_service: [['template.encryption_key']],
  google_compute_disk: [['disk_encryption_key.kms_key_self_link']],
  google_filestore_instance: [['kms_key_name']],
  google_logging_project_bucket_config: [['cmek_settings.kms_key_name']],
  google_pubsub_topic: [['kms_key_name']],
  google_secret_manager_secret: [
    ['replication.auto.customer_managed_encryption.kms_key_name', replicatesItself],
    ['replication.user_managed.replicas.customer_managed_encryption.kms_key_name', (attributes) => !replicatesItself(attributes)],
  ],
  google_sql_database_instance: [['encryption_key_name']],
  google_storage_bucket: [['encryption.default_kms_key_name']],
  google_vertex_ai_dataset: [['encryption_spec.kms_key_name']],
  google_vertex_ai_endpoint: [['encryption_spec.kms_key_name']],
  google_vertex_ai_tensorboard: [['encryption_spec.kms_key_name']],
  google_workbench_instance: [['gce_setup.boot_disk.kms_key'], ['gce_setup.data_disks.kms_key']],
};

/** Every store has a key of the customer's own (CMEK), not Google's default one. */
export const encryptionAtRest: Rule = {
  policy: 'MLOPS-ENC-01',
  types: [...Object.keys(RESOURCES), WORKFLOW],
  fix: 'give the resource the key of the lake: data.encryptionKey.keyId, after data.encryptionKey.grantServiceAgent(service)',
  reasonedBy: ['CKV_GCP_80', 'CKV_GCP_81', 'CKV_GCP_83', 'CKV_GCP_84'],
  check(resource) {
    if (resource.type !== WORKFLOW) {
      return worst(RESOURCES[resource.type].map((each) => checkKey(resource.attributes, each)));
    }
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    return worst([
      checkKey(resource.attributes, ['crypto_key_name']),
      ...REQUESTS.flatMap(([what, isOne, path]) =>
        partsOf(definition, isOne).map((part) => checkKey(part, [path], what)),
      ),
    ]);
  },
};

/** Requests of workflows for what is encrypted with a key, how it is recognized, and where the key stands. */
const REQUESTS: readonly (readonly [what: string, isOne: (part: Part) => boolean, path: string])[] = [
  ['custom job', ({ jobSpec }) => jobSpec !== undefined, 'encryptionSpec.kmsKeyName'],
  ['batch prediction', ({ inputConfig, outputConfig }) => inputConfig !== undefined && outputConfig !== undefined, 'encryptionSpec.kmsKeyName'],
  ['model', ({ artifactUri, containerSpec }) => artifactUri !== undefined && containerSpec !== undefined, 'encryptionSpec.kmsKeyName'],
  ['service', isServiceTemplate, 'encryptionKey'],
];

function checkKey(attributes: Attributes, [path, when]: KeyAttribute, what?: string): Verdict {
  if (when !== undefined && !when(attributes)) return NOT_APPLICABLE;
  const missing = valuesOf(attributes, path).some((value) => value === undefined || value === '');
  return missing ? violation(`${what === undefined ? '' : `${what}: `}${path} is missing`) : COMPLIANT;
}

function replicatesItself({ replication }: Attributes): boolean {
  return one(replication)?.auto !== undefined;
}
