import { OrgPolicyPolicy, OrgPolicyPolicySpecRules } from '@cdktf/provider-google/lib/org-policy-policy';
import { Construct } from 'constructs';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/** What the organisation's policies are made of. */
export interface OrgPoliciesSpec {
  /** Constraints that are left alone. */
  readonly exempted: readonly string[];
  /** Locations in which resources may be made, `in:europe-west4-locations`. */
  readonly locations: readonly string[];
  /** APIs whose resources must have a key of the customer's own, `storage`. */
  readonly cmekServices: readonly string[];
  /** Whether breaches are only written into the audit log. */
  readonly dryRun: boolean;
}

/**
 * Constraints that are on or off, each of which a project can carry.
 *
 * @see https://cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints
 */
export const ENFORCED: readonly string[] = [
  'ainotebooks.disableRootAccess',
  'ainotebooks.restrictPublicIp',
  'compute.disableSerialPortAccess',
  'compute.requireShieldedVm',
  'iam.automaticIamGrantsForDefaultServiceAccounts',
  'iam.disableServiceAccountKeyCreation',
  'iam.disableServiceAccountKeyUpload',
  'sql.restrictAuthorizedNetworks',
  'sql.restrictPublicIp',
  'storage.publicAccessPrevention',
  'storage.secureHttpTransport',
  'storage.uniformBucketLevelAccess',
];

/** Constraints with values. */
export const LISTED = ['compute.vmExternalIpAccess', 'gcp.resourceLocations', 'gcp.restrictNonCmekServices'] as const;

/** APIs of which everything that the constructs make has a key, and nothing is made behind their back without one. */
export const CMEK_SERVICES: readonly string[] = ['artifactregistry', 'secretmanager', 'sqladmin', 'storage'];

/** Constraints that guardrails with these props set. */
export function ruledConstraints(
  props: { readonly orgPolicyExemptions?: readonly string[]; readonly cmekServices?: readonly string[] },
): string[] {
  const listed = LISTED.filter((each) => each !== 'gcp.restrictNonCmekServices' || props.cmekServices?.length !== 0);
  return [...ENFORCED, ...listed].filter((each) => !props.orgPolicyExemptions?.includes(each));
}

/** Policies of the organisation, set on the project alone: they hold for whatever people and pipelines make later. */
export class OrgPolicies extends Construct {
  constructor(scope: Construct, id: string, spec: OrgPoliciesSpec) {
    super(scope, id);
    const project = GoogleProject.of(this);
    const rules: { [constraint: string]: OrgPolicyPolicySpecRules } = {
      ...Object.fromEntries(ENFORCED.map((constraint) => [constraint, { enforce: 'TRUE' }])),
      'compute.vmExternalIpAccess': { denyAll: 'TRUE' },
      'gcp.resourceLocations': { values: { allowedValues: [...spec.locations] } },
      ...(spec.cmekServices.length === 0 ? {} : {
        'gcp.restrictNonCmekServices': { values: { deniedValues: spec.cmekServices.map((service) => `${service}.googleapis.com`) } },
      }),
    };
    for (const [constraint, rule] of Object.entries(rules)) {
      if (spec.exempted.includes(constraint)) continue;
      new OrgPolicyPolicy(this, constraint, {
        name: `projects/${project.projectId}/policies/${constraint}`,
        parent: `projects/${project.projectId}`,
        [spec.dryRun ? 'dryRunSpec' : 'spec']: { rules: [rule] },
        dependsOn: after(project._api('orgpolicy')),
      });
    }
  }
}
