import { BudgetSpec } from '../../governance-guardrails';
import { refuse, requireEmails, requireInteger, requireRange, requireUnique, Speaker } from '../validation';

/** What holds for a budget on every cloud; how many people it can tell is the cloud's. */
export function requireBudget(who: Speaker, budget: BudgetSpec, mostAddresses: number): void {
  requireRange(who, 'budget.monthlyUsd', budget.monthlyUsd, 1, 1e9);
  requireEmails(who, 'budget.alertEmails', budget.alertEmails);
  // From a cast, or from a dict of Python.
  const given: readonly string[] = (budget as Partial<BudgetSpec>).alertEmails ?? [];
  requireUnique(who, 'budget.alertEmails', given);
  const addresses = given.length;
  if (addresses < 1 || addresses > mostAddresses) {
    refuse(who, 'budget.alertEmails', addresses, `1 to ${mostAddresses} addresses`);
  }
  const shares = budget.alertAtPercent ?? [];
  for (const share of shares) requireInteger(who, 'budget.alertAtPercent', share, 1, 1000);
  requireUnique(who, 'budget.alertAtPercent', shares.map(String));
}

/** Shares of the budget at which people are notified, in rising order. */
export function budgetShares({ alertAtPercent = [50, 80, 100] }: BudgetSpec): number[] {
  return [...alertAtPercent].sort((a, b) => a - b);
}
