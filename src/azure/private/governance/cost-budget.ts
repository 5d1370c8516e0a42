import { ConsumptionBudgetResourceGroup } from '@cdktf/provider-azurerm/lib/consumption-budget-resource-group';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { BudgetSpec } from '../../../core/governance-guardrails';
import { budgetShares, requireBudget } from '../../../core/private/resolve/budget';
import { refuse, Speaker } from '../../../core/private/validation';
import { literal } from '../../../terraform/text';
import { azureName } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';

/** @see https://learn.microsoft.com/azure/cost-management-billing/costs/tutorial-acm-create-budgets */
const MOST_ADDRESSES = 50;
/** Azure takes five; the last share is also counted by forecast. */
const MOST_SHARES = 4;

export function checkBudget(who: Speaker, budget: BudgetSpec | undefined): void {
  if (budget === undefined) return;
  requireBudget(who, budget, MOST_ADDRESSES);
  const shares = budget.alertAtPercent?.length;
  if (shares !== undefined && (shares < 1 || shares > MOST_SHARES)) {
    refuse(
      who,
      'budget.alertAtPercent',
      shares,
      `1 to ${MOST_SHARES} shares: Azure notifies at five, one of them by forecast`,
    );
  }
}

/**
 * A monthly budget of the resource group that tells people by e-mail. Azure counts it in the currency that the
 * subscription is billed in.
 *
 * A budget starts on the first day of the month in which it is made: Azure refuses earlier months. So that two
 * syntheses stay the same, Terraform asks its own clock when it plans, and never again: the start is ignored from then
 * on.
 */
export class CostBudget extends Construct {
  constructor(
    scope: Construct,
    id: string,
    budget: BudgetSpec,
    tag: { readonly key: string; readonly value: string } | undefined,
  ) {
    super(scope, id);
    const group = resourceGroupOf(this);
    group._register('Microsoft.Consumption');
    const shares = budgetShares(budget);
    const notification = (threshold: number, thresholdType: string) => ({
      enabled: true,
      threshold,
      thresholdType,
      operator: 'GreaterThanOrEqualTo',
      contactEmails: budget.alertEmails.map(literal),
    });
    new ConsumptionBudgetResourceGroup(this, 'Budget', {
      name: azureName(this, 'resource'),
      resourceGroupId: group.resourceGroupId,
      amount: budget.monthlyUsd,
      timeGrain: 'Monthly',
      timePeriod: { startDate: Fn.formatdate("YYYY-MM-'01T00:00:00Z'", Fn.plantimestamp()) },
      filter: tag && { tag: [{ name: tag.key, values: [literal(tag.value)] }] },
      notification: [
        ...shares.map((share) => notification(share, 'Actual')),
        notification(shares[shares.length - 1], 'Forecasted'),
      ],
      lifecycle: { ignoreChanges: ['time_period'] },
    });
  }
}
