import { DataGoogleIamPolicy } from '@cdktf/provider-google/lib/data-google-iam-policy';
import { TerraformResource, TerraformStack } from 'cdktf';
import { Policies } from '../../../src/core/policies';
import { INAPPLICABLE, PRESENCE_RULES, RULES } from '../../../src/gcp/policies';
import { Landscape } from '../../../src/terraform/policy/resource-view';
import { Verdict } from '../../../src/terraform/policy/rule';
import { jsonText } from '../../../src/terraform/text';
import { googleStack } from '../../support/terraform';

type Attributes = { readonly [name: string]: unknown };
/** Builds something in a stack and returns the resource that the policy is asked about. */
type Build = (stack: TerraformStack) => TerraformResource;

interface Case {
  readonly name: string;
  readonly policy: string;
  readonly build: Build;
  /** What the rule says: a kind, or what it finds. */
  readonly says: 'compliant' | 'notApplicable' | 'undecided' | string[];
}

const cases: Case[] = [];

function policy(id: string, builds: { [name: string]: [Build, Case['says']] }): void {
  for (const [name, [build, says]] of Object.entries(builds)) cases.push({ policy: id, name, build, says });
}

/** Any resource, in Terraform's own words. */
function raw(resourceType: string, attributes: Attributes = {}, id = 'Raw'): Build {
  return (stack) => {
    const resource = new TerraformResource(stack, id, { terraformResourceType: resourceType, terraformGeneratorMetadata: { providerName: 'google' } });
    for (const [name, value] of Object.entries(attributes)) resource.addOverride(name, value);
    return resource;
  };
}

/**
 * A workflow with these steps, as the constructs write them: a reference of Terraform and an expression of its own in
 * it.
 */
function workflow(steps: object, attributes: Attributes = { crypto_key_name: 'k' }): Build {
  const definition = { main: { steps: [{ first: { assign: [{ a: '${sys.get_env("GOOGLE_CLOUD_PROJECT_ID")}' }] } }, steps] } };
  const text = jsonText(definition).replace('"first"', '"first-${replace(google_project.x.name, "a", "b")}"');
  return raw('google_workflows_workflow', { source_contents: text, ...attributes });
}

const elsewhere = raw('google_workflows_workflow', { crypto_key_name: 'k', source_contents: '${file("flow.yaml")}' });
const call = (method: string, url: string, body: object = {}) => ({ step: { try: { call: `http.${method}`, args: { url, body } } } });
const job = (more: object = {}, container: object = {}) => ({
  step: { call: 'run_custom_job', args: { job: { encryptionSpec: { kmsKeyName: 'k' }, jobSpec: { workerPoolSpecs: [{ containerSpec: { imageUri: 'image:1', ...container } }], ...more } } } },
});
const upload = (body: object = {}) => call('post', 'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/r/models:upload', body);
const revision = (template: object, image = 'i:1') => call('patch', 'https://run.googleapis.com/v2/x', { template: { containers: [{ image }], ...template } });
const both = (...steps: object[]) => ({ all: { steps } });
const AUDIT_LOGS = 'log_id("cloudaudit.googleapis.com/activity")';
const DIGEST = `eu.pkg.dev/p/r/i@sha256:${'a'.repeat(64)}`;

policy('MLOPS-ENC-01', {
  'a bucket with a key': [raw('google_storage_bucket', { encryption: { default_kms_key_name: 'k' } }), 'compliant'],
  'a bucket whose block stands in a list': [raw('google_storage_bucket', { encryption: [{ default_kms_key_name: 'k' }] }), 'compliant'],
  'a bucket without': [raw('google_storage_bucket'), ['encryption.default_kms_key_name is missing']],
  'a topic without': [raw('google_pubsub_topic'), ['kms_key_name is missing']],
  'a repository without': [raw('google_artifact_registry_repository'), ['kms_key_name is missing']],
  'a repository that only stands for others': [raw('google_artifact_registry_repository', { mode: 'REMOTE_REPOSITORY' }), 'notApplicable'],
  'a secret replicated in a region with a key': [raw('google_secret_manager_secret', {
    replication: { user_managed: { replicas: [{ location: 'r', customer_managed_encryption: { kms_key_name: 'k' } }] } },
  }), 'compliant'],
  'a secret that Google replicates': [raw('google_secret_manager_secret', { replication: { auto: {} } }),
    ['replication.auto.customer_managed_encryption.kms_key_name is missing']],
  'a service without': [raw('google_cloud_run_v2_service', { template: {} }), ['template.encryption_key is missing']],
  'a workflow whose jobs have a key': [workflow(job()), 'compliant'],
  'a workflow without': [workflow(call('get', 'https://x'), {}), ['crypto_key_name is missing']],
  'a workflow whose jobs have none': [workflow({ step: { args: { job: { jobSpec: { workerPoolSpecs: [] } } } } }), ['custom job: encryptionSpec.kmsKeyName is missing']],
  'a batch prediction without': [workflow({ step: { assign: [{ job: { inputConfig: {}, outputConfig: {} } }] } }), ['batch prediction: encryptionSpec.kmsKeyName is missing']],
  'a model without': [workflow(upload({ model: { artifactUri: 'gs://b', containerSpec: {} } })), ['model: encryptionSpec.kmsKeyName is missing']],
  'a revision of a service without': [workflow(revision({})), ['service: encryptionKey is missing']],
  'a revision of a service with a key': [workflow(revision({ encryptionKey: 'k' })), 'compliant'],
  'a definition that is not known': [elsewhere, 'undecided'],
  'a secret that Google replicates, with a key': [raw('google_secret_manager_secret', { replication: { auto: { customer_managed_encryption: { kms_key_name: 'k' } } } }), 'compliant'],
  'a secret with a key in one region of two': [raw('google_secret_manager_secret', {
    replication: { user_managed: { replicas: [{ customer_managed_encryption: { kms_key_name: 'k' } }, { location: 'r' }] } },
  }), ['replication.user_managed.replicas.customer_managed_encryption.kms_key_name is missing']],
  'a notebook whose first disk has none': [raw('google_workbench_instance', { gce_setup: { data_disks: [{ kms_key: 'k' }] } }), ['gce_setup.boot_disk.kms_key is missing']],
  'a key that is null': [raw('google_pubsub_topic', { kms_key_name: null }), ['kms_key_name is missing']],
  'a disk without': [raw('google_compute_disk'), ['disk_encryption_key.kms_key_self_link is missing']],
  'a file store without': [raw('google_filestore_instance'), ['kms_key_name is missing']],
  'a wide table with': [raw('google_bigtable_instance', { cluster: [{ kms_key_name: 'k' }] }), 'compliant'],
  'a data set of Vertex AI without': [raw('google_vertex_ai_dataset'), ['encryption_spec.kms_key_name is missing']],
});

policy('MLOPS-ENC-02', {
  'a database that refuses': [raw('google_sql_database_instance', { settings: { ip_configuration: { ssl_mode: 'ENCRYPTED_ONLY' } } }), 'compliant'],
  'a database that does not': [raw('google_sql_database_instance', { settings: { ip_configuration: { ssl_mode: 'ALLOW_UNENCRYPTED_AND_ENCRYPTED' } } }),
    ['ssl_mode is ALLOW_UNENCRYPTED_AND_ENCRYPTED']],
  'a database that says nothing': [raw('google_sql_database_instance'), ['ssl_mode is missing']],
});

policy('MLOPS-ENC-04', {
  'a key that rotates': [raw('google_kms_crypto_key', { rotation_period: '7776000s' }), 'compliant'],
  'a key that does not': [raw('google_kms_crypto_key'), ['rotation_period is missing']],
  'a key that rotates too late': [raw('google_kms_crypto_key', { rotation_period: '63072000s' }), ['rotation_period is 63072000s, longer than a year']],
  'a key of another kind, which Google does not rotate': [raw('google_kms_crypto_key', { purpose: 'ASYMMETRIC_SIGN' }), 'notApplicable'],
  'a period of a variable': [raw('google_kms_crypto_key', { rotation_period: '${var.period}' }), 'undecided'],
});

policy('MLOPS-NET-01', {
  'a private bucket': [raw('google_storage_bucket', { public_access_prevention: 'enforced', uniform_bucket_level_access: true }), 'compliant'],
  'any other': [raw('google_storage_bucket'), ['public_access_prevention is not enforced', 'uniform_bucket_level_access is off']],
  'a dataset for everybody': [raw('google_bigquery_dataset', { access: [{ special_group: 'allAuthenticatedUsers' }] }), ['access is given to everybody']],
  'a dataset for its project': [raw('google_bigquery_dataset', { access: [{ special_group: 'projectReaders' }] }), 'compliant'],
  'a database with a public address': [raw('google_sql_database_instance', { settings: { ip_configuration: {} } }), ['ipv4_enabled gives it a public address']],
  'a database without': [raw('google_sql_database_instance', { settings: { ip_configuration: { ipv4_enabled: false } } }), 'compliant'],
  'a firewall open to the world': [raw('google_compute_firewall', { source_ranges: ['0.0.0.0/0'], allow: [{ protocol: 'tcp' }] }), ['connections from 0.0.0.0/0 are allowed']],
  'a firewall that denies the world': [raw('google_compute_firewall', { source_ranges: ['0.0.0.0/0'], deny: [{ protocol: 'all' }] }), 'compliant'],
  'a firewall for what goes out': [raw('google_compute_firewall', { direction: 'EGRESS', source_ranges: ['0.0.0.0/0'], allow: [{ protocol: 'tcp' }] }), 'compliant'],
  'a role for everybody': [raw('google_cloud_run_v2_service_iam_member', { role: 'roles/run.invoker', member: 'allUsers' }), ['roles/run.invoker is given to allUsers']],
  'a role for everybody among others': [raw('google_storage_bucket_iam_binding', { role: 'roles/storage.objectViewer', members: ['user:a@example.com', 'allAuthenticatedUsers'] }),
    ['roles/storage.objectViewer is given to allAuthenticatedUsers']],
  'a role for somebody': [raw('google_pubsub_topic_iam_member', { role: 'roles/pubsub.publisher', member: 'user:a@example.com' }), 'compliant'],
  'a role of an older type for everybody': [raw('google_cloud_run_service_iam_member', { role: 'roles/run.invoker', member: 'allUsers' }), ['roles/run.invoker is given to allUsers']],
  'a role for each of a list, everybody among them': [raw('google_storage_bucket_iam_member', { role: 'r', member: '${each.value}', for_each: '${toset(["user:a", "allUsers"])}' }), ['r is given to allUsers']],
  'a role for each of what is not known': [raw('google_storage_bucket_iam_member', { role: 'r', member: '${each.value}', for_each: '${var.members}' }), 'undecided'],
  'a whole policy for everybody': [raw('google_storage_bucket_iam_policy', { policy_data: JSON.stringify({ bindings: [{ role: 'r', members: ['allUsers'] }] }) }), ['r is given to allUsers']],
  'a whole policy of a data source': [(stack) => {
    new DataGoogleIamPolicy(stack, 'Policy', { binding: [{ role: 'r', members: ['user:a', 'allAuthenticatedUsers'] }] });
    return raw('google_storage_bucket_iam_policy', { policy_data: '${data.google_iam_policy.Policy.policy_data}' })(stack);
  }, ['r is given to allAuthenticatedUsers']],
  'a whole policy that is not known': [raw('google_storage_bucket_iam_policy', { policy_data: '${var.policy}' }), 'undecided'],
  'a service that asks nobody': [raw('google_cloud_run_v2_service', { invoker_iam_disabled: true }), ['invoker_iam_disabled lets everybody call it']],
  'a dataset\'s access for everybody': [raw('google_bigquery_dataset_access', { special_group: 'allAuthenticatedUsers' }), ['access is given to everybody']],
  'an access list for everybody': [raw('google_storage_bucket_acl', { predefined_acl: 'publicRead', role_entity: ['READER:allUsers', 'OWNER:user-a'] }), ['publicRead is public', 'access is given to allUsers']],
  'an access control for everybody': [raw('google_storage_object_access_control', { entity: 'allAuthenticatedUsers' }), ['access is given to allAuthenticatedUsers']],
  'an access control for somebody': [raw('google_storage_default_object_access_control', { entity: 'user-a' }), 'compliant'],
  'half of the internet': [raw('google_compute_firewall', { allow: [{}], source_ranges: ['128.0.0.0/1'] }), ['connections from 128.0.0.0/1 are allowed']],
  'a firewall that is switched off': [raw('google_compute_firewall', { allow: [{}], source_ranges: ['0.0.0.0/0'], disabled: true }), 'compliant'],
  'a machine with an address': [raw('google_compute_instance', { network_interface: [{ access_config: [{}] }] }), ['access_config gives it a public address']],
  'a machine without': [raw('google_compute_instance', { network_interface: [{ network: 'n' }] }), 'compliant'],
});

policy('MLOPS-NET-02', {
  'a job in a network': [workflow(job({ network: 'projects/1/global/networks/n' })), 'compliant'],
  'a job with an interface into one': [workflow(job({ pscInterfaceConfig: {} })), 'compliant'],
  'a job without': [workflow(job()), ['1 of 1 custom jobs have neither network nor pscInterfaceConfig']],
  'a revision of a service in a network': [workflow(revision({ vpcAccess: { egress: 'ALL_TRAFFIC' } })), 'compliant'],
  'a revision of a service without': [workflow(revision({})), ['vpcAccess.egress of a service is missing']],
  'a job whose network the workflow decides': [workflow(job({ network: '${network}' })), 'undecided'],
  'no job': [workflow(call('get', 'https://x')), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
  'a service with all traffic in a network': [raw('google_cloud_run_v2_service', { template: { vpc_access: { egress: 'ALL_TRAFFIC' } } }), 'compliant'],
  'a service with private traffic only': [raw('google_cloud_run_v2_service', { template: { vpc_access: { egress: 'PRIVATE_RANGES_ONLY' } } }),
    ['vpc_access.egress is PRIVATE_RANGES_ONLY']],
  'a job of Cloud Run without a network': [raw('google_cloud_run_v2_job', { template: { template: {} } }), ['vpc_access.egress is missing']],
  'a NAT': [raw('google_compute_router_nat'), ['machines of the network reach the internet']],
});

policy('MLOPS-NET-03', {
  'a locked notebook': [raw('google_workbench_instance', { gce_setup: { disable_public_ip: true, metadata: { 'notebook-disable-root': 'true' } } }), 'compliant'],
  'an open one': [raw('google_workbench_instance', { gce_setup: {} }), ['disable_public_ip is off', 'notebook-disable-root is off']],
});

policy('MLOPS-DAT-01', {
  'a bucket with versions': [raw('google_storage_bucket', { versioning: { enabled: true } }), 'compliant'],
  'a bucket without': [raw('google_storage_bucket', { versioning: { enabled: false } }), ['versioning is not enabled']],
  'a bucket versioned in words': [raw('google_storage_bucket', { versioning: { enabled: 'true' } }), 'compliant'],
});

policy('MLOPS-DAT-02', {
  'a dataset that stays': [raw('google_bigquery_dataset', { lifecycle: { prevent_destroy: true } }), 'compliant'],
  'a dataset that goes': [raw('google_bigquery_dataset'), ['lifecycle.prevent_destroy is off']],
  'a table that goes': [raw('google_bigquery_table'), ['lifecycle.prevent_destroy is off']],
  'curves of trainings that go': [raw('google_vertex_ai_tensorboard'), ['lifecycle.prevent_destroy is off']],
  'files that stay': [raw('google_filestore_instance', { lifecycle: [{ prevent_destroy: true }] }), 'compliant'],
  'a view, which holds nothing': [raw('google_bigquery_table', { view: { query: 'SELECT 1' } }), 'notApplicable'],
  'a table that stands for files elsewhere': [raw('google_bigquery_table', { external_data_configuration: { autodetect: true } }), 'notApplicable'],
  'a repository that mirrors another': [raw('google_artifact_registry_repository', { mode: 'REMOTE_REPOSITORY' }), 'notApplicable'],
});

policy('MLOPS-IAM-01', {
  'a basic role': [raw('google_project_iam_member', { role: 'roles/editor' }), ['roles/editor opens everything']],
  'a role over all buckets': [raw('google_project_iam_member', { role: 'roles/storage.objectUser' }),
    ['roles/storage.objectUser is given in the whole project, and the bucket can carry it']],
  'the same with a condition': [raw('google_project_iam_member', { role: 'roles/storage.objectUser', condition: { expression: 'x' } }), 'compliant'],
  'a role for each of a list': [raw('google_project_iam_member', { role: 'roles/${each.value}', for_each: '${toset(["run.invoker", "run.viewer"])}' }),
    ['roles/run.invoker is given in the whole project, and the service can carry it']],
  'a role for each of a map': [
    raw('google_project_iam_member', { role: 'roles/${each.value}', for_each: '${zipmap(["a[1].json", "b"], ["storage.objectViewer", "run.viewer"])}' }),
    ['roles/storage.objectViewer is given in the whole project, and the bucket can carry it'],
  ],
  'a role of the stack\'s own': [raw('google_project_iam_member', { role: '${google_project_iam_custom_role.Reader.name}' }), 'compliant'],
  'a role that is not known': [raw('google_project_iam_member', { role: '${var.role}' }), 'undecided'],
  'a role that nothing smaller can carry': [raw('google_project_iam_member', { role: 'roles/aiplatform.user' }), 'compliant'],
  'a condition that always holds': [raw('google_project_iam_member', { role: 'roles/storage.objectUser', condition: { expression: 'true' } }),
    ['roles/storage.objectUser is given in the whole project, and the bucket can carry it']],
  'every identity of the project for those outside': [raw('google_project_iam_member', { role: 'roles/iam.workloadIdentityUser' }),
    ['roles/iam.workloadIdentityUser is given in the whole project, and the service account can carry it']],
  'a whole policy': [raw('google_project_iam_policy', { policy_data: JSON.stringify({ bindings: [{ role: 'roles/owner', members: [] }, { role: 'roles/run.viewer' }] }) }), ['roles/owner opens everything']],
  'a whole policy that is not known': [raw('google_project_iam_policy', { policy_data: '${var.policy}' }), 'undecided'],
  'a role of the organisation\'s own': [raw('google_project_iam_member', { role: 'organizations/1/roles/reader' }), 'compliant'],
});

policy('MLOPS-IAM-02', {
  'an administrator': [raw('google_project_iam_member', { role: 'roles/storage.objectAdmin' }), ['roles/storage.objectAdmin is given in the whole project']],
  'an administrator of everything': [raw('google_project_iam_binding', { role: 'roles/aiplatform.admin' }), ['roles/aiplatform.admin is given in the whole project']],
  'administrators of a list': [raw('google_project_iam_member', { role: 'roles/${each.value}', for_each: '${toset(["run.admin", "run.viewer"])}' }),
    ['roles/run.admin is given in the whole project']],
  'a role that is not known': [raw('google_project_iam_member', { role: '${var.role}' }), 'undecided'],
  'an administrator under a condition': [raw('google_project_iam_member', { role: 'roles/resourcemanager.projectIamAdmin', condition: { expression: 'x' } }), 'compliant'],
  'a user': [raw('google_project_iam_member', { role: 'roles/aiplatform.user' }), 'compliant'],
  'a role with a version': [raw('google_project_iam_member', { role: 'roles/compute.instanceAdmin.v1' }), ['roles/compute.instanceAdmin.v1 is given in the whole project']],
  'a whole policy that is not known': [raw('google_project_iam_policy', { policy_data: '${var.policy}' }), 'undecided'],
});

policy('MLOPS-IAM-03', {
  'a provider with a condition': [raw('google_iam_workload_identity_pool_provider', { attribute_condition: 'assertion.repository == "a/b"' }), 'compliant'],
  'a provider without': [raw('google_iam_workload_identity_pool_provider'), ['any token of the provider is taken: attribute_condition is missing']],
  'a provider with an empty promise': [raw('google_iam_workload_identity_pool_provider', { attribute_condition: 'true' }),
    ['any token of the provider is taken: attribute_condition is missing']],
  'an identity for one repository': [raw('google_service_account_iam_member', { member: 'principalSet://iam.googleapis.com/p/attribute.repository/a/b' }), 'compliant'],
  'an identity for a whole pool': [raw('google_service_account_iam_member', { member: 'principalSet://iam.googleapis.com/p/*' }),
    ['principalSet://iam.googleapis.com/p/* may take the identity']],
  'a provider of one account of AWS': [raw('google_iam_workload_identity_pool_provider', { aws: { account_id: '111122223333' } }), 'compliant'],
  'a whole policy for everybody': [raw('google_service_account_iam_policy', { policy_data: JSON.stringify({ bindings: [{ role: 'r', members: ['allUsers'] }] }) }), ['allUsers may take the identity']],
  'a whole policy that is not known': [raw('google_service_account_iam_policy', { policy_data: '${var.policy}' }), 'undecided'],
});

policy('MLOPS-SEC-01', {
  'a service with a reference': [raw('google_cloud_run_v2_service', { template: { containers: [{ env: [{ name: 'DB_PASSWORD', value_source: {} }] }] } }), 'compliant'],
  'a service with a password': [raw('google_cloud_run_v2_service', { template: { containers: [{ env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }] } }),
    ['DB_PASSWORD is named like a secret and its value is in the stack']],
  'a job of Cloud Run with a key': [raw('google_cloud_run_v2_job', { template: { template: { containers: [{ env: [{ name: 'X', value: `AIza${'a'.repeat(35)}` }] }] } } }),
    ['X holds what looks like a secret']],
  'a name that only says where the secret is': [raw('google_cloud_run_v2_service', { template: { containers: [{ env: [{ name: 'SECRET_NAME', value: 'db' }] }] } }), 'compliant'],
  'a service without variables': [raw('google_cloud_run_v2_service', { template: { containers: [{}] } }), 'notApplicable'],
  'a job with a password': [workflow(job({}, { env: [{ name: 'API_KEY', value: 'hunter2' }] })), ['API_KEY is named like a secret and its value is in the stack']],
  'a variable of a workflow': [workflow(call('get', 'https://x'), { user_env_vars: { API_KEY: 'hunter2' } }), ['API_KEY is named like a secret and its value is in the stack']],
  'a definition that is not known': [elsewhere, 'undecided'],
  'a user whose password is made elsewhere': [raw('google_sql_user', { password: '${random_password.x.result}' }), 'compliant'],
  'a user whose password is written down': [raw('google_sql_user', { password: 'hunter2' }), ['password is named like a secret and its value is in the stack']],
  'a secret that is written down': [raw('google_secret_manager_secret_version', { secret_data: 'hunter2' }), ['secret_value is named like a secret and its value is in the stack']],
  'a function': [raw('google_cloudfunctions2_function', { service_config: { environment_variables: { DB_PASSWORD: 'x' } } }), ['DB_PASSWORD is named like a secret and its value is in the stack']],
  'a build': [raw('google_cloudbuild_trigger', { substitutions: { _REGION: 'r' }, build: { step: [{ env: ['API_KEY=x=y', 'A=b'] }] } }), ['API_KEY is named like a secret and its value is in the stack']],
  'a notebook': [raw('google_workbench_instance', { gce_setup: { metadata: { 'db-password': 'x' } } }), ['db-password is named like a secret and its value is in the stack']],
  'a key of another cloud': [raw('google_cloud_run_v2_service', { template: { containers: [{ env: [{ name: 'X', value: 'AKIAIOSFODNN7EXAMPLE' }] }] } }), ['X holds what looks like a secret']],
});

policy('MLOPS-REP-01', {
  'a digest': [workflow(job({}, { imageUri: DIGEST })), 'compliant'],
  'a tag of one build': [workflow(job({}, { imageUri: 'eu.pkg.dev/p/r/i:2026-11-21' })), 'compliant'],
  'a revision of a service': [workflow(revision({}, 'eu.pkg.dev/p/r/i:latest')), ['image eu.pkg.dev/p/r/i:latest moves']],
  'a tag that moves': [workflow(job({}, { imageUri: 'eu.pkg.dev/p/r/i:latest' })), ['image eu.pkg.dev/p/r/i:latest moves']],
  'no tag': [raw('google_cloud_run_v2_service', { template: { containers: [{ image: 'eu.pkg.dev/p/r/i' }] } }), ['image eu.pkg.dev/p/r/i moves']],
  'a job of Cloud Run': [raw('google_cloud_run_v2_job', { template: { template: { containers: [{ image: DIGEST }] } } }), 'compliant'],
  'a tag of one build of a repository that Terraform names': [workflow(job({}, { imageUri: '${google_artifact_registry_repository.x.id}/i:v3.1' })), 'compliant'],
  'what the cloud puts together': [workflow(job({}, { imageUri: '${image}' })), 'undecided'],
  'no image': [workflow(call('get', 'https://x')), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
  'a notebook\'s container': [raw('google_workbench_instance', { gce_setup: { container_image: { repository: 'a', tag: 'latest' } } }), ['image a:latest moves']],
  'one of two that Terraform knows': [raw('google_cloud_run_v2_service', { template: { containers: [{ image: 'a:1' }, { image: '${var.image}' }] } }), 'undecided'],
});

policy('MLOPS-LOG-01', {
  'a log bucket with an end': [raw('google_logging_project_bucket_config', { retention_days: 30 }), 'compliant'],
  'a log bucket without': [raw('google_logging_project_bucket_config'), ['retention_days is missing']],
});

const auditSink = (bucket: Attributes | undefined, more: Attributes = {}): Build => (stack) => {
  if (bucket !== undefined) raw('google_logging_project_bucket_config', bucket, 'Logs')(stack);
  return raw('google_logging_project_sink', {
    filter: 'log_id("cloudaudit.googleapis.com/activity")', destination: 'logging.googleapis.com/${google_logging_project_bucket_config.Logs.id}', ...more,
  })(stack);
};

policy('MLOPS-LOG-02', {
  'audit logs in a bucket with a key': [auditSink({ cmek_settings: { kms_key_name: 'k' } }), 'compliant'],
  'audit logs in a bucket without': [auditSink({}), ['the log bucket has no cmek_settings']],
  'audit logs that go elsewhere': [auditSink(undefined), ['the destination is no log bucket of the stack']],
  'a sink that is off': [auditSink({ cmek_settings: { kms_key_name: 'k' } }, { disabled: true }), ['the sink is disabled']],
  'a sink of other logs': [raw('google_logging_project_sink', { filter: 'severity>=ERROR' }), 'notApplicable'],
  'a second copy for a team that watches': [(stack) => {
    raw('google_logging_project_bucket_config', { cmek_settings: { kms_key_name: 'k' } }, 'Records')(stack);
    raw('google_logging_project_sink', { filter: AUDIT_LOGS, destination: 'logging.googleapis.com/${google_logging_project_bucket_config.Records.id}' }, 'Own')(stack);
    return raw('google_logging_project_sink', { filter: AUDIT_LOGS, destination: 'pubsub.googleapis.com/projects/p/topics/t' })(stack);
  }, 'notApplicable'],
});

policy('MLOPS-SRV-01', {
  'an endpoint that records': [raw('google_vertex_ai_endpoint', { predict_request_response_logging_config: { enabled: true } }), 'compliant'],
  'an endpoint that does not': [raw('google_vertex_ai_endpoint'), ['predict_request_response_logging_config is not enabled']],
  'an endpoint that records none': [raw('google_vertex_ai_endpoint', { predict_request_response_logging_config: { enabled: true, sampling_rate: 0 } }), ['predict_request_response_logging_config.sampling_rate is 0']],
});

const deploy = call('post', '${"https://h/v1/" + endpoint + ":deployModel"}');
policy('MLOPS-SRV-02', {
  'a roll-out that goes back': [workflow(both(deploy, call('post', '${"https://h/v1/" + endpoint + ":undeployModel"}'),
    { tell: { call: 'sys.log', args: { json: { mlops: 'rollout', outcome: 'rolled back' } } } })), 'compliant'],
  'a roll-out that does not': [workflow(deploy), ['the workflow deploys models and takes none back']],
  'no roll-out': [workflow(call('get', 'https://x')), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
  'a connector that deploys': [workflow({ a: { call: 'googleapis.aiplatform.v1.projects.locations.endpoints.deployModel' } }), ['the workflow deploys models and takes none back']],
});

policy('MLOPS-REG-01', {
  'a registration': [workflow(upload()), 'compliant'],
  'a registration that approves': [workflow(both(upload(), call('post', 'https://pubsub.googleapis.com/v1/projects/p/topics/t:publish'))), ['registers a version and approves it']],
  'no registration': [workflow(call('post', 'https://pubsub.googleapis.com/v1/projects/p/topics/t:publish')), 'notApplicable'],
  'a promotion that a person has asked for': [workflow(both(
    upload({ model: { containerSpec: '${source.containerSpec}' } }), call('post', 'https://pubsub.googleapis.com/v1/projects/p/topics/t:publish'),
  )), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
  'a workflow of connectors that approves': [workflow(both({ a: { call: 'googleapis.aiplatform.v1.projects.locations.models.upload' } }, { b: { call: 'googleapis.pubsub.v1.projects.topics.publish' } })),
    ['registers a version and approves it']],
});

policy('MLOPS-REG-02', {
  'a registration behind a gate': [workflow(both({ gate: { switch: [{ condition: '${evaluation.metrics["auc"] < 0.8}', raise: 'no' }] } }, upload())), 'compliant'],
  'a registration behind gates as data': [workflow(both({ gates: { assign: [{ gates: [{ metric: 'auc', threshold: 0.8 }] }] } }, upload())), 'compliant'],
  'a registration behind no gates': [workflow(both({ gates: { assign: [{ gates: [] }] } }, { gate: { switch: [{ condition: '${not (gate.metric in metrics)}' }] } }, upload())),
    ['no threshold of a metric stands before the upload']],
  'a registration without': [workflow(upload()), ['no threshold of a metric stands before the upload']],
  'a promotion of what has passed its gate': [workflow(upload({ model: { containerSpec: '${source.containerSpec}' } })), 'notApplicable'],
  'no registration': [workflow(call('get', 'https://x')), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
  'a connector without': [workflow({ a: { call: 'googleapis.aiplatform.v1.projects.locations.models.upload', args: {} } }), ['no threshold of a metric stands before the upload']],
});

policy('MLOPS-REG-03', {
  'a version with its run': [workflow(upload({ model: { artifactUri: 'gs://b', labels: { run: 'r' } } })), 'compliant'],
  'a version without': [workflow(upload({ model: { artifactUri: 'gs://b' } })), ['the version has no label run beside its artifactUri']],
  'no version': [workflow(call('get', 'https://x')), 'notApplicable'],
  'a definition that is not known': [elsewhere, 'undecided'],
});

policy('MLOPS-TAG-01', {
  'a label of its own': [raw('google_storage_bucket', { labels: { team: 'churn' } }), 'compliant'],
  'no label': [raw('google_storage_bucket'), ['has no label']],
});

policy('MLOPS-TAG-02', {
  'a job without labels': [raw('google_bigquery_job'), 'compliant'],
  'a job with labels': [raw('google_bigquery_job', { labels: { team: 'churn' } }), ['has labels, and a change of them replaces it']],
  'a job whose labels are let be': [raw('google_bigquery_job', { labels: { team: 'churn' }, lifecycle: { ignore_changes: ['labels', 'terraform_labels'] } }), 'compliant'],
  'a job of which all is let be': [raw('google_bigquery_job', { labels: { team: 'churn' }, lifecycle: { ignore_changes: 'all' } }), 'compliant'],
});

policy('MLOPS-CST-01', {
  'a notebook that stops': [raw('google_workbench_instance', { gce_setup: { metadata: { 'idle-timeout-seconds': '3600' } } }), 'compliant'],
  'a notebook that does not': [raw('google_workbench_instance', { gce_setup: {} }), ['idle-timeout-seconds is missing']],
  'a notebook that a variable stops': [raw('google_workbench_instance', { gce_setup: { metadata: { 'idle-timeout-seconds': '${var.idle}' } } }), 'undecided'],
});

function said(verdict: Verdict): Case['says'] | 'exception' {
  return verdict.kind === 'violation' ? verdict.findings.map((each) => each.text) : verdict.kind;
}

function ask(policyId: string, build: Build, stack = googleStack()): Verdict {
  const resource = build(stack);
  const around = new Landscape(stack);
  const rule = RULES.find((each) => each.policy === policyId)!;
  const view = around.resources.find((each) => each.node === resource)!;
  expect(rule.types.includes(view.type) || rule.typesLike?.test(view.type)).toBe(true);
  return rule.check(view, around);
}

test.each(cases)('$policy of $name', ({ policy: id, build, says }) => {
  expect(said(ask(id, build))).toEqual(says);
});

test('labels of the provider are labels of everything', () => {
  const stack = googleStack();
  stack.allProviders().forEach((each) => each.addOverride('default_labels', { team: 'churn' }));
  expect(said(ask('MLOPS-TAG-01', raw('google_pubsub_topic'), stack))).toBe('compliant');
  expect(said(ask('MLOPS-TAG-02', raw('google_bigquery_job', {}, 'Job'), stack))).toEqual(['has labels, and a change of them replaces it']);
});

test('the context flag that allows deletion is the reason for it', () => {
  const stack = googleStack({}, { 'mlops:allowDestroy': true });
  expect(ask('MLOPS-DAT-02', raw('google_storage_bucket'), stack)).toEqual({ kind: 'exception', reason: 'the context flag mlops:allowDestroy is set' });
});

describe('what must be there', () => {
  const present = (id: string, ...builds: Build[]) => {
    const stack = googleStack();
    builds.forEach((build) => build(stack));
    return said(PRESENCE_RULES.find((each) => each.policy === id)!.checkAll(new Landscape(stack)));
  };
  const account = raw('google_service_account', {}, 'Account');
  const bucket = raw('google_storage_bucket', {}, 'Bucket');
  const audit = (service: string, ...kinds: string[]) => raw('google_project_iam_audit_config', { service, audit_log_config: kinds.map((kind) => ({ log_type: kind })) }, 'Audit');

  test.each<[string, string, Build[], Case['says']]>([
    ['MLOPS-IAM-04', 'identities and a deny policy', [account, raw('google_iam_deny_policy', { rules: [{}] })], 'compliant'],
    ['MLOPS-IAM-04', 'identities alone', [account], ['no google_iam_deny_policy']],
    ['MLOPS-IAM-04', 'a deny policy that denies nothing', [account, raw('google_iam_deny_policy')], ['no google_iam_deny_policy']],
    ['MLOPS-IAM-04', 'no identities', [], 'notApplicable'],
    ['MLOPS-LOG-03', 'buckets that are watched', [bucket, audit('storage.googleapis.com', 'DATA_READ', 'DATA_WRITE')], 'compliant'],
    ['MLOPS-LOG-03', 'everything watched', [bucket, audit('allServices', 'DATA_READ', 'DATA_WRITE')], 'compliant'],
    ['MLOPS-LOG-03', 'only writes', [bucket, audit('storage.googleapis.com', 'DATA_WRITE')], ['no google_project_iam_audit_config records reads and writes of buckets']],
    ['MLOPS-LOG-03', 'another service', [bucket, audit('run.googleapis.com', 'DATA_READ', 'DATA_WRITE')], ['no google_project_iam_audit_config records reads and writes of buckets']],
    ['MLOPS-LOG-03', 'no buckets', [], 'notApplicable'],
    ['MLOPS-REG-04', 'a registry and a card', [raw('google_artifact_registry_repository'), raw('google_storage_bucket_object', { name: 'governance/model-card.json' }, 'Card')], 'compliant'],
    ['MLOPS-REG-04', 'a registry alone', [raw('google_artifact_registry_repository')], ['no object model-card.json']],
    ['MLOPS-REG-04', 'a workflow that registers', [workflow(upload())], ['no object model-card.json']],
    ['MLOPS-REG-04', 'nothing registered', [workflow(call('get', 'https://x'))], 'notApplicable'],
    ['MLOPS-CST-02', 'a budget', [raw('google_billing_budget', { threshold_rules: [{ threshold_percent: 1 }] })], 'compliant'],
    ['MLOPS-CST-02', 'a budget that tells nobody', [raw('google_billing_budget')], ['no google_billing_budget with threshold_rules']],
  ])('%s with %s', (id, _, builds, says) => {
    expect(present(id, ...builds)).toEqual(says);
  });
});

test('every policy has one rule, or a reason why Google Cloud has nothing to check', () => {
  const ruled = [...RULES, ...PRESENCE_RULES].map((each) => each.policy).concat(Object.keys(INAPPLICABLE), 'MLOPS-EXC-01');
  expect(ruled.sort()).toEqual(Policies.ALL.map((each) => each.id).sort());
});

test('every rule has a case that it accepts and one that it does not', () => {
  for (const { policy: id } of RULES) {
    const says = cases.filter((each) => each.policy === id).map((each) => each.says);
    expect([id, says.includes('compliant'), says.some(Array.isArray)]).toEqual([id, true, true]);
  }
});
