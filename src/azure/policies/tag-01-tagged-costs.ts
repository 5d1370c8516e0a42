import { Rule, unless } from '../../terraform/policy/rule';
import { hasTags } from '../private/policy/tags';

/** Every resource that shows on the bill has a tag, its own or one of the resource group's. */
export const taggedCosts: Rule = {
  policy: 'MLOPS-TAG-01',
  types: [
    'azurerm_application_insights',
    'azurerm_container_app',
    'azurerm_container_app_environment',
    'azurerm_container_registry',
    'azurerm_key_vault',
    'azurerm_log_analytics_workspace',
    'azurerm_machine_learning_compute_cluster',
    'azurerm_machine_learning_workspace',
    'azurerm_managed_redis',
    'azurerm_private_endpoint',
    'azurerm_redis_cache',
    'azurerm_storage_account',
    'Microsoft.Logic/workflows',
    'Microsoft.MachineLearningServices/registries',
    'Microsoft.MachineLearningServices/workspaces',
    'Microsoft.MachineLearningServices/workspaces/batchEndpoints',
    'Microsoft.MachineLearningServices/workspaces/onlineEndpoints',
  ],
  fix: 'give the guardrails or the resource group tags',
  check: ({ attributes }) => unless(hasTags(attributes) ? [] : ['has no tag']),
};
