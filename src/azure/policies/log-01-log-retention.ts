import { Rule, unless } from '../../terraform/policy/rule';

/**
 * Every store of logs says how long it keeps what it gets. A component of Application Insights in a Log Analytics
 * workspace keeps what that keeps.
 */
export const logRetention: Rule = {
  policy: 'MLOPS-LOG-01',
  types: ['azurerm_application_insights', 'azurerm_log_analytics_workspace'],
  fix: 'set retention_in_days',
  check: ({ type, attributes }) => {
    const isElsewhere = type === 'azurerm_application_insights' && attributes.workspace_id !== undefined;
    return unless(isElsewhere || attributes.retention_in_days !== undefined ? [] : ['retention_in_days is missing']);
  },
};
