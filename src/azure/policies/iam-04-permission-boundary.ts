import { COMPLIANT, NOT_APPLICABLE, PresenceRule, violation } from '../../terraform/policy/rule';
import { ASSIGNMENTS } from '../private/policy/policy-assignments';

/**
 * Where there are identities, an assignment of Azure Policy denies what no role may do: the boundary of a resource
 * group, which holds for owners too.
 */
export const denyingAssignmentPresent: PresenceRule = {
  policy: 'MLOPS-IAM-04',
  fix: 'set policyEffect: PolicyEffect.DENY on the guardrails, or acknowledge that the platform team assigns denying policies of its own',
  checkAll(around) {
    if (!around.has('azurerm_user_assigned_identity')) return NOT_APPLICABLE;
    const denies = around
      .ofType(...ASSIGNMENTS)
      .some(({ attributes }) => attributes.enforce !== false && /"Deny"/i.test(String(attributes.parameters)));
    return denies ? COMPLIANT : violation('no assignment of a policy denies anything');
  },
};
