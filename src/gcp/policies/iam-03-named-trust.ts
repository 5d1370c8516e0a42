import { listed } from '../../core/private/listed';
import { Rule, undecided, unless } from '../../terraform/policy/rule';
import { givenBy } from '../private/policy/iam-grants';

const IMPERSONATIONS = [
  'google_service_account_iam_member',
  'google_service_account_iam_binding',
  'google_service_account_iam_policy',
];

/**
 * An identity is taken by named principals; a provider of outside identities tells tokens apart by a condition. One of
 * an account of AWS, of a SAML provider or of certificates names by itself whose tokens it takes.
 */
export const namedTrust: Rule = {
  policy: 'MLOPS-IAM-03',
  types: ['google_iam_workload_identity_pool_provider', ...IMPERSONATIONS],
  fix: 'name the principal; for a provider, an attribute_condition on the token\'s claims',
  reasonedBy: ['CKV_GCP_118', 'CKV_GCP_125'],
  check(resource, around) {
    if (!IMPERSONATIONS.includes(resource.type)) {
      if (['aws', 'saml', 'x509'].some((kind) => listed(resource.attributes[kind]).length > 0)) return unless([]);
      const condition = String(resource.attributes.attribute_condition ?? '').trim();
      return unless(
        condition === '' || condition === 'true'
          ? ['any token of the provider is taken: attribute_condition is missing']
          : [],
      );
    }
    const given = givenBy(resource, around);
    if (given === undefined) return undecided('the principals are not known at synthesis');
    return unless(
      given
        .flatMap(({ members }) => members)
        .filter(
          (member) => ['allUsers', 'allAuthenticatedUsers'].includes(member) || /^principalSet:.*\/\*$/.test(member),
        )
        .map((member) => `${member} may take the identity`),
    );
  },
};
