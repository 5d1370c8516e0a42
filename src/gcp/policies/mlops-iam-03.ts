import { membersOf } from '../private/policy-iam';
import { Rule, unless } from '../private/policy-rule';

const IMPERSONATIONS = ['google_service_account_iam_member', 'google_service_account_iam_binding'];

/** An identity is taken by named principals; a provider of outside identities tells tokens apart by a condition. */
export const namedTrust: Rule = {
  policy: 'MLOPS-IAM-03',
  types: ['google_iam_workload_identity_pool_provider', ...IMPERSONATIONS],
  fix: 'name the principal; for a provider, an attribute_condition on the token\'s claims',
  reasonedBy: ['CKV_GCP_118', 'CKV_GCP_125'],
  check(resource) {
    if (!IMPERSONATIONS.includes(resource.type)) {
      const condition = String(resource.attributes.attribute_condition ?? '').trim();
      return unless(condition === '' || condition === 'true' ? ['any token of the provider is taken: attribute_condition is missing'] : []);
    }
    return unless(membersOf(resource)
      .filter((member) => ['allUsers', 'allAuthenticatedUsers'].includes(member) || /^principalSet:.*\/\*$/.test(member))
      .map((member) => `${member} may take the identity`));
  },
};
