import { createHash } from 'crypto';
import { aws_budgets as budgets, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { BudgetSpec } from '../../../core/governance-guardrails';
import { budgetShares, requireBudget } from '../../../core/private/resolve/budget';
import { refuse, Speaker } from '../../../core/private/validation';
import { stableName } from '../base/names';

/** A tag whose value's cost alone is counted. */
export interface CostTag {
  readonly key: string;
  readonly value: string;
}

/** @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html */
const MOST_NOTIFICATIONS = 10;
const MOST_ADDRESSES = 10;

export function checkBudget(who: Speaker, budget: BudgetSpec | undefined): void {
  if (budget === undefined) return;
  requireBudget(who, budget, MOST_ADDRESSES);
  const shares = budget.alertAtPercent?.length;
  if (shares !== undefined && (shares < 1 || shares >= MOST_NOTIFICATIONS)) {
    refuse(who, 'budget.alertAtPercent', shares, `1 to ${MOST_NOTIFICATIONS - 1} shares`);
  }
}

/**
 * A monthly budget that tells people by e-mail.
 *
 * Changed notifications replace a budget, and a replacement needs a new name: so the name holds a digest of them. A
 * changed amount keeps the name and the history.
 *
 * @param scope where it is made
 * @param owner whose it is: its name is made from that one's path
 */
export function addBudget(
  scope: Construct,
  owner: Construct,
  budget: BudgetSpec,
  tag: CostTag | undefined,
): budgets.CfnBudget {
  const { monthlyUsd, alertEmails } = budget;
  const shares = budgetShares(budget);
  const subscribers = alertEmails.map((address) => ({ subscriptionType: 'EMAIL', address }));
  const notify = (notificationType: string, threshold: number) => ({
    notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
    subscribers,
  });
  const notificationsWithSubscribers = [
    ...shares.map((share) => notify('ACTUAL', share)),
    notify('FORECASTED', shares[shares.length - 1]),
  ];
  const digest = createHash('sha256')
    .update(JSON.stringify(Stack.of(scope).resolve(notificationsWithSubscribers)))
    .digest('hex')
    .slice(0, 8);
  return new budgets.CfnBudget(scope, scope === owner ? 'Budget' : `Budget-${stableName(owner, undefined, 64)}`, {
    budget: {
      budgetName: stableName(owner, digest, 100),
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: monthlyUsd, unit: 'USD' },
      ...(tag === undefined ? {} : { costFilters: { TagKeyValue: [`user:${tag.key}$${tag.value}`] } }),
    },
    notificationsWithSubscribers,
  });
}
