import { listed } from '../../core/private/listed';
import { Attributes } from '../../terraform/policy/resource-view';
import { COMPLIANT, PresenceRule, violation } from '../../terraform/policy/rule';

const BUDGETS: readonly string[] = ['management_group', 'resource_group', 'subscription'].map(
  (scope) => `azurerm_consumption_budget_${scope}`,
);

/** There is a budget, and it notifies somebody at a threshold. */
export const budgetPresent: PresenceRule = {
  policy: 'MLOPS-CST-02',
  fix: 'give the guardrails a budget',
  checkAll(around) {
    const notifies = around.ofType(...BUDGETS).some(({ attributes }) => listed(attributes.notification).some(isHeard));
    return notifies ? COMPLIANT : violation('no azurerm_consumption_budget with a notification that somebody gets');
  },
};

function isHeard({
  enabled,
  contact_emails: emails,
  contact_groups: groups,
  contact_roles: roles,
}: Attributes): boolean {
  return enabled !== false && [emails, groups, roles].some((each) => listed(each).length > 0);
}
