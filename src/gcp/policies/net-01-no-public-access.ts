import { listed } from '../../core/private/listed';
import { isTrue, one, ResourceView } from '../../terraform/policy/resource-view';
import { Rule, undecided, unless } from '../../terraform/policy/rule';
import { givenBy, GRANTS } from '../private/policy/iam-grants';

const EVERYBODY = ['allUsers', 'allAuthenticatedUsers'];

/** Settings that make a resource of a type public. */
const OPENINGS: Readonly<Record<string, (resource: ResourceView) => string[]>> = {
  google_storage_bucket: ({ attributes }) => [
    ...(attributes.public_access_prevention === 'enforced' ? [] : ['public_access_prevention is not enforced']),
    ...(isTrue(attributes.uniform_bucket_level_access) ? [] : ['uniform_bucket_level_access is off']),
  ],
  google_bigquery_dataset: ({ attributes }) =>
    listed(attributes.access)
      .filter(({ special_group: group, iam_member: member }) => EVERYBODY.includes(group) || EVERYBODY.includes(member))
      .map(() => 'access is given to everybody'),
  google_bigquery_dataset_access: ({ attributes: { special_group: group, iam_member: member } }) =>
    EVERYBODY.includes(group) || EVERYBODY.includes(member) ? ['access is given to everybody'] : [],
  google_cloud_run_v2_service: ({ attributes }) =>
    isTrue(attributes.invoker_iam_disabled) ? ['invoker_iam_disabled lets everybody call it'] : [],
  google_compute_firewall: ({ attributes }) =>
    attributes.direction !== 'EGRESS' && !isTrue(attributes.disabled) && listed(attributes.allow).length > 0
      ? listed(attributes.source_ranges)
        .filter((range) => /^(0\.0\.0\.0|128\.0\.0\.0|::|8000::)\/[01]$/.test(range))
        .map((range) => `connections from ${range} are allowed`)
      : [],
  google_compute_instance: ({ attributes }) =>
    listed(attributes.network_interface).some(
      (each) => [...listed(each.access_config), ...listed(each.ipv6_access_config)].length > 0,
    )
      ? ['access_config gives it a public address']
      : [],
  google_sql_database_instance: ({ attributes }) =>
    one(one(attributes.settings)?.ip_configuration)?.ipv4_enabled === false
      ? []
      : ['ipv4_enabled gives it a public address'],
  ...Object.fromEntries(
    ['google_storage_bucket_acl', 'google_storage_default_object_acl', 'google_storage_object_acl'].map((type) => [
      type,
      ofAcl,
    ]),
  ),
  ...Object.fromEntries(
    ['bucket', 'default_object', 'object'].map((kind) => [`google_storage_${kind}_access_control`, ofAcl]),
  ),
};

function ofAcl({ attributes }: ResourceView): string[] {
  const opened = [attributes.predefined_acl, attributes.default_acl].filter((each) =>
    ['publicRead', 'publicReadWrite', 'authenticatedRead'].includes(each),
  );
  const named = [...listed(attributes.role_entity).map((each) => String(each).split(':')[1]), attributes.entity].filter(
    (each) => EVERYBODY.includes(each),
  );
  return [...opened.map((each) => `${each} is public`), ...named.map((each) => `access is given to ${each}`)];
}

/**
 * No bucket, dataset, database, machine, service or firewall is open to everybody, and no role is given to everybody.
 */
export const noPublicAccess: Rule = {
  policy: 'MLOPS-NET-01',
  types: Object.keys(OPENINGS),
  typesLike: GRANTS,
  fix: 'prevent public access; give roles to named principals',
  reasonedBy: ['CKV_GCP_28', 'CKV_GCP_29', 'CKV_GCP_60', 'CKV_GCP_114'],
  check(resource, around) {
    const opening = OPENINGS[resource.type];
    if (opening !== undefined) return unless(opening(resource));
    const given = givenBy(resource, around);
    if (given === undefined) return undecided('who is given which role is not known at synthesis');
    return unless(
      given.flatMap(({ role, members }) =>
        members.filter((member) => EVERYBODY.includes(member)).map((member) => `${role} is given to ${member}`),
      ),
    );
  },
};
