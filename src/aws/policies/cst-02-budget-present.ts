import { COMPLIANT, PresenceRule, violation } from '../private/policy/rule';

/** There is a budget, and somebody is told. */
export const budgetPresent: PresenceRule = {
  policy: 'MLOPS-CST-02',
  fix: 'give the guardrails a budget',
  checkAll(around) {
    const told = around
      .ofType('AWS::Budgets::Budget')
      .some(({ properties }) => (properties.NotificationsWithSubscribers ?? []).length > 0);
    return told ? COMPLIANT : violation('no AWS::Budgets::Budget with subscribers');
  },
};
