import { ALLOW_DESTROY, isDestroyAllowed } from '../../core/private/removal';
import { one } from '../../terraform/policy/resource-view';
import { Rule, unless } from '../../terraform/policy/rule';

/**
 * A resource that holds data, or opens it, is refused when a plan would delete it.
 *
 * The context flag that allows deletion is the exception and the reason in one: it is set for stacks that are thrown
 * away.
 */
export const retainedState: Rule = {
  policy: 'MLOPS-DAT-02',
  types: [
    'azurerm_container_registry',
    'azurerm_cosmosdb_account',
    'azurerm_key_vault',
    'azurerm_key_vault_key',
    'azurerm_log_analytics_workspace',
    'azurerm_machine_learning_workspace',
    'azurerm_managed_disk',
    'azurerm_mssql_database',
    'azurerm_postgresql_flexible_server',
    'azurerm_storage_account',
    'azurerm_storage_container',
    'azurerm_storage_data_lake_gen2_filesystem',
    'azurerm_storage_share',
    'Microsoft.MachineLearningServices/registries',
    'Microsoft.MachineLearningServices/workspaces',
  ],
  fix: 'set removalPolicy: RemovalPolicy.RETAIN',
  check({ node, attributes }) {
    if (one(attributes.lifecycle)?.prevent_destroy === true) return unless([]);
    if (isDestroyAllowed(node)) return { kind: 'exception', reason: `the context flag ${ALLOW_DESTROY} is set` };
    return unless(['lifecycle.prevent_destroy is off']);
  },
};
