/** Types that assign a policy, or a set of them, to something. */
export const ASSIGNMENTS: readonly string[] = ['management_group', 'resource', 'resource_group', 'subscription']
  .map((scope) => `azurerm_${scope}_policy_assignment`);
