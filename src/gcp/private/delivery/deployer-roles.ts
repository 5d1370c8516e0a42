import { TerraformResource, TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';

/**
 * Roles that making and changing each kind of resource needs, and the one that only looks, by the prefix of Terraform's
 * types. The longest prefix counts. No owner, no editor: who delivers can do what the stack does. What stands beyond
 * the project has no row: its roles are not given in one.
 *
 * @see https://cloud.google.com/iam/docs/understanding-roles
 */
const ROLES: { readonly [prefix: string]: { readonly deploy: string; readonly look: string } } = {
  google_artifact_registry: { deploy: 'artifactregistry.admin', look: 'artifactregistry.reader' },
  google_bigquery: { deploy: 'bigquery.admin', look: 'bigquery.metadataViewer' },
  google_binary_authorization_attestor: { deploy: 'binaryauthorization.attestorsEditor', look: 'binaryauthorization.attestorsViewer' },
  google_binary_authorization_policy: { deploy: 'binaryauthorization.policyEditor', look: 'binaryauthorization.policyViewer' },
  google_cloud_run: { deploy: 'run.admin', look: 'run.viewer' },
  google_cloud_scheduler: { deploy: 'cloudscheduler.admin', look: 'cloudscheduler.viewer' },
  google_cloudbuild: { deploy: 'cloudbuild.builds.editor', look: 'cloudbuild.builds.viewer' },
  google_compute: { deploy: 'compute.networkAdmin', look: 'compute.networkViewer' },
  google_compute_firewall: { deploy: 'compute.securityAdmin', look: 'compute.networkViewer' },
  google_container_analysis: { deploy: 'containeranalysis.notes.editor', look: 'containeranalysis.notes.viewer' },
  google_dataplex: { deploy: 'dataplex.dataScanAdmin', look: 'dataplex.dataScanViewer' },
  google_dns: { deploy: 'dns.admin', look: 'dns.reader' },
  google_eventarc: { deploy: 'eventarc.admin', look: 'eventarc.viewer' },
  google_iam_workload_identity_pool: { deploy: 'iam.workloadIdentityPoolAdmin', look: 'iam.workloadIdentityPoolViewer' },
  google_kms: { deploy: 'cloudkms.admin', look: 'cloudkms.viewer' },
  google_logging: { deploy: 'logging.configWriter', look: 'logging.viewer' },
  google_logging_log_view_iam: { deploy: 'logging.admin', look: 'logging.viewer' },
  google_monitoring: { deploy: 'monitoring.editor', look: 'monitoring.viewer' },
  // Who could change the permissions of a role that it has could give itself everything: people make these.
  google_project_iam_custom_role: { deploy: 'iam.roleViewer', look: 'iam.roleViewer' },
  google_project_service: { deploy: 'serviceusage.serviceUsageAdmin', look: 'serviceusage.serviceUsageViewer' },
  google_pubsub: { deploy: 'pubsub.admin', look: 'pubsub.viewer' },
  google_secret_manager: { deploy: 'secretmanager.admin', look: 'secretmanager.viewer' },
  google_service_account: { deploy: 'iam.serviceAccountAdmin', look: 'iam.serviceAccountViewer' },
  google_service_networking: { deploy: 'servicenetworking.networksAdmin', look: 'compute.networkViewer' },
  google_sql: { deploy: 'cloudsql.admin', look: 'cloudsql.viewer' },
  google_storage: { deploy: 'storage.admin', look: 'storage.bucketViewer' },
  google_vertex_ai: { deploy: 'aiplatform.admin', look: 'aiplatform.viewer' },
  google_workbench: { deploy: 'notebooks.admin', look: 'notebooks.viewer' },
  google_workflows: { deploy: 'workflows.admin', look: 'workflows.viewer' },
};
const LONGEST_FIRST = Object.keys(ROLES).sort((a, b) => b.length - a.length);

/**
 * What a deployer of anything needs: to act as the identities it makes jobs for, to use the project's quota, to read
 * who may do what.
 */
const ALWAYS = {
  deploy: ['iam.serviceAccountUser', 'serviceusage.serviceUsageConsumer', 'browser', 'iam.securityReviewer'],
  look: ['serviceusage.serviceUsageConsumer', 'browser', 'iam.securityReviewer'],
};

/**
 * Roles for a stack, in alphabetical order, `roles/` left out. Asked while synthesizing, when all resources are there.
 */
export function rolesFor(scope: IConstruct, purpose: 'deploy' | 'look'): string[] {
  const types = new Set(resources(scope).map((resource) => resource.terraformResourceType));
  const needed = [...types].flatMap((name) => {
    const prefix = LONGEST_FIRST.find((each) => name.startsWith(each));
    return prefix === undefined ? [] : [ROLES[prefix][purpose]];
  });
  return [...new Set([...ALWAYS[purpose], ...needed])].sort();
}

/**
 * Roles that the stack itself gives in the project: the only ones that its deployer may give. Not those of deployers:
 * who could give them could give itself everything.
 */
export function rolesGiven(scope: IConstruct): string[] {
  const given = resources(scope)
    .filter((resource) => resource.terraformResourceType === 'google_project_iam_member')
    .map((resource) => (resource as unknown as { roleInput?: string }).roleInput)
    .filter((role) => role !== undefined && !role.includes('${') && role !== PROJECT_IAM_ADMIN);
  return [...new Set(given as string[])].sort();
}

/** Names of the objects that the stack writes. Asked while synthesizing, as the roles are. */
export function objectsOf(scope: IConstruct): string[] {
  const objects = resources(scope).filter(
    (resource) => resource.terraformResourceType === 'google_storage_bucket_object',
  );
  return [...new Set(objects.map((resource) => (resource as unknown as { nameInput: string }).nameInput))].sort();
}

/** Gives and takes roles in a project. */
export const PROJECT_IAM_ADMIN = 'roles/resourcemanager.projectIamAdmin';

function resources(scope: IConstruct): TerraformResource[] {
  return TerraformStack.of(scope)
    .node.findAll()
    .filter((node): node is TerraformResource => TerraformResource.isTerraformResource(node));
}
