import { BillingBudget } from '@cdktf/provider-google/lib/billing-budget';
import { DataGoogleProject } from '@cdktf/provider-google/lib/data-google-project';
import { Construct } from 'constructs';
import { BudgetSpec } from '../../../core/governance-guardrails';
import { budgetShares, requireBudget } from '../../../core/private/resolve/budget';
import { refuse, Speaker } from '../../../core/private/validation';
import { stableName } from '../../../terraform/names';
import { GoogleProject } from '../../google-project';
import { newEmailChannels } from '../base/notification-channels';
import { after } from '../base/ordering';

/** What a budget counts, and where it stands. */
export interface CostBudgetOptions {
  /** The billing account; without it the project's is asked for. */
  readonly billingAccount?: string;
  /** Currency of the billing account, which Google takes when none is said: it refuses another. */
  readonly currency?: string;
  /** The one label whose costs are counted; without it the whole project's. */
  readonly label?: { readonly key: string; readonly value: string };
}

/** @see https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets#notificationsrule */
const MOST_ADDRESSES = 5;

export function checkBudget(who: Speaker, budget: BudgetSpec | undefined): void {
  if (budget === undefined) return;
  requireBudget(who, budget, MOST_ADDRESSES);
  if (budget.alertAtPercent?.length === 0) refuse(who, 'budget.alertAtPercent', '[]', 'at least one share');
}

/**
 * A monthly budget of the project that tells people by e-mail. Owners of the project may make it: it counts one project
 * only.
 *
 * The billing account that was asked for is remembered from the first deployment: it is unknown in every plan that
 * switches an API on, and would replace the budget each time.
 */
export class CostBudget extends Construct {
  constructor(scope: Construct, id: string, budget: BudgetSpec, options: CostBudgetOptions) {
    super(scope, id);
    const project = GoogleProject.of(this);
    const ready = after(project._api('billingbudgets', 'cloudbilling', 'monitoring'));
    const channels = newEmailChannels(
      this,
      budget.alertEmails,
      (address) => `Cost of ${project.projectId}: ${address}`,
    );
    const billingAccount = options.billingAccount
      ?? new DataGoogleProject(this, 'Project', { projectId: project.projectId, dependsOn: ready }).billingAccount;
    const shares = budgetShares(budget);
    const units = Math.floor(budget.monthlyUsd);
    const nanos = Math.round((budget.monthlyUsd - units) * 100) * 1e7;
    new BillingBudget(this, 'Budget', {
      billingAccount,
      displayName: stableName(this, undefined, { maxLength: 60, separator: '-' }),
      budgetFilter: {
        projects: [`projects/${project.projectNumber}`],
        calendarPeriod: 'MONTH',
        labels: options.label === undefined ? undefined : { [options.label.key]: options.label.value },
      },
      amount: { specifiedAmount: { currencyCode: options.currency, units: String(units), nanos: nanos === 0 ? undefined : nanos } },
      thresholdRules: [
        ...shares.map((share) => ({ thresholdPercent: share / 100, spendBasis: 'CURRENT_SPEND' })),
        { thresholdPercent: shares[shares.length - 1] / 100, spendBasis: 'FORECASTED_SPEND' },
      ],
      allUpdatesRule: { monitoringNotificationChannels: channels, disableDefaultIamRecipients: false },
      lifecycle: options.billingAccount === undefined ? { ignoreChanges: ['billing_account'] } : undefined,
      dependsOn: ready,
    });
  }
}
