import { GRANTS, membersOf } from '../private/policy-iam';
import { Rule, unless } from '../private/policy-rule';
import { listed, one, ResourceView } from '../private/policy-view';

const EVERYBODY = ['allUsers', 'allAuthenticatedUsers'];

/** What makes a resource of a type public. */
const OPENINGS: Readonly<Record<string, (resource: ResourceView) => string[]>> = {
  google_storage_bucket: ({ attributes }) => [
    ...(attributes.public_access_prevention === 'enforced' ? [] : ['public_access_prevention is not enforced']),
    ...(attributes.uniform_bucket_level_access === true ? [] : ['uniform_bucket_level_access is off']),
  ],
  google_bigquery_dataset: ({ attributes }) => listed(attributes.access)
    .filter(({ special_group: group, iam_member: member }) => EVERYBODY.includes(group) || EVERYBODY.includes(member)).map(() => 'access is given to everybody'),
  google_compute_firewall: ({ attributes }) => (attributes.direction !== 'EGRESS' && listed(attributes.allow).length > 0
    ? listed(attributes.source_ranges).filter((range) => ['0.0.0.0/0', '::/0'].includes(range)).map((range) => `connections from ${range} are allowed`) : []),
  google_sql_database_instance: ({ attributes }) => (one(one(attributes.settings)?.ip_configuration)?.ipv4_enabled === false ? [] : ['ipv4_enabled gives it a public address']),
};

/** No bucket, dataset, database or firewall is open to everybody, and no role is given to everybody. */
export const noPublicAccess: Rule = {
  policy: 'MLOPS-NET-01',
  types: [...Object.keys(OPENINGS), ...GRANTS],
  fix: 'prevent public access; give roles to named principals',
  reasonedBy: ['CKV_GCP_28', 'CKV_GCP_29', 'CKV_GCP_60', 'CKV_GCP_114'],
  check(resource) {
    const opening = OPENINGS[resource.type];
    if (opening !== undefined) return unless(opening(resource));
    return unless(membersOf(resource).filter((member) => EVERYBODY.includes(member)).map((member) => `${resource.attributes.role} is given to ${member}`));
  },
};
