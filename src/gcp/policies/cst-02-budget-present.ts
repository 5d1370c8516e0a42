import { listed } from '../../core/private/listed';
import { COMPLIANT, PresenceRule, violation } from '../../terraform/policy/rule';

/** There is a budget, and it tells at thresholds. */
export const budgetPresent: PresenceRule = {
  policy: 'MLOPS-CST-02',
  fix: 'give the guardrails a budget',
  checkAll(around) {
    const tells = around
      .ofType('google_billing_budget')
      .some(({ attributes }) => listed(attributes.threshold_rules).length > 0);
    return tells ? COMPLIANT : violation('no google_billing_budget with threshold_rules');
  },
};
