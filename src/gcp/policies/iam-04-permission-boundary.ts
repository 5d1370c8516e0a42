import { listed } from '../../core/private/listed';
import { COMPLIANT, NOT_APPLICABLE, PresenceRule, violation } from '../../terraform/policy/rule';

/** Where there are identities, an IAM deny policy says where every role ends: the boundary of a project. */
export const denyPolicyPresent: PresenceRule = {
  policy: 'MLOPS-IAM-04',
  fix: 'set denyPolicy: true where the deployer has roles/iam.denyAdmin, or acknowledge that the organisation has a deny policy of its own',
  checkAll(around) {
    if (!around.has('google_service_account')) return NOT_APPLICABLE;
    return around.ofType('google_iam_deny_policy').some(({ attributes }) => listed(attributes.rules).length > 0)
      ? COMPLIANT
      : violation('no google_iam_deny_policy');
  },
};
