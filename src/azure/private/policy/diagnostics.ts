import { listed } from '../../../core/private/listed';
import { Attributes } from '../../../terraform/policy/resource-view';

/** Whether a diagnostic setting is about the subscription, whose log is the activity log. */
export function isOfSubscription({ target_resource_id: target }: Attributes): boolean {
  return (
    /^\/subscriptions\/[^/]+$/.test(String(target)) || /^\$\{data\.azurerm_subscription\.[^}]+\}$/.test(String(target))
  );
}

/** Whether a diagnostic setting sends categories: by their names, or with a group that has them. */
export function sends({ enabled_log: logs }: Attributes, ...categories: readonly string[]): boolean {
  const enabled = listed(logs);
  if (enabled.some(({ category_group: group }) => group === 'allLogs' || group === 'audit')) return true;
  return categories.every((each) => enabled.some(({ category }) => category === each));
}
