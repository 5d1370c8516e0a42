import { TerraformResource, TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';
import { GUID_AT_END } from '../base/guid';
import { resourceGroupOf } from '../base/resource-group-of';

/** An identity that delivers changes what the stack has; one that compares reads it. */
export type Purpose = 'deploy' | 'look';

/** Operations beside those of the stack's own namespaces, by the type of Terraform that needs them. */
const OF_TYPES: { readonly [prefix: string]: readonly string[] } = {
  azurerm_management_lock: ['Microsoft.Authorization/locks/write', 'Microsoft.Authorization/locks/delete'],
  azurerm_resource_group_policy_assignment: ['Microsoft.Authorization/policyAssignments/write', 'Microsoft.Authorization/policyAssignments/delete'],
  azurerm_resource_group_template_deployment: ['Microsoft.Resources/deployments/*'],
};

/** Settings of the subscription, by the type of Terraform that has them. */
const OF_SUBSCRIPTION: { readonly [resourceType: string]: string } = {
  azurerm_monitor_diagnostic_setting: 'Microsoft.Insights/diagnosticSettings',
  azurerm_security_center_subscription_pricing: 'Microsoft.Security/pricings',
};

/** Who may do what is read, and given under the condition of another role. */
const ALWAYS = [
  'Microsoft.Authorization/locks/read',
  'Microsoft.Authorization/policyAssignments/read',
  'Microsoft.Authorization/roleAssignments/read',
  'Microsoft.Authorization/roleDefinitions/read',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
];

/** Operations that hand out keys: nothing in the stack needs one, and Terraform does without. */
export const NEVER: readonly string[] = [
  'Microsoft.Storage/storageAccounts/listAccountSas/action',
  'Microsoft.Storage/storageAccounts/listKeys/action',
  'Microsoft.Storage/storageAccounts/listServiceSas/action',
  'Microsoft.Storage/storageAccounts/regenerateKey/action',
  'Microsoft.ContainerRegistry/registries/listCredentials/action',
  'Microsoft.ContainerRegistry/registries/regenerateCredential/action',
];

/**
 * Operations of ARM for a stack, in its resource group: all of the namespaces that it has resources of, no others.
 * Asked while synthesizing, when all resources are there. No operation on data is among them.
 */
export function actionsFor(scope: IConstruct, purpose: Purpose): string[] {
  const namespaces = namespacesOf(scope);
  // Read on every refresh, although it is no reading operation.
  const secrets = [
    ...(namespaces.includes('Microsoft.App') ? ['Microsoft.App/containerApps/listSecrets/action'] : []),
    ...(typesOf(scope).has('azurerm_managed_redis')
      ? ['Microsoft.Cache/redisEnterprise/databases/listKeys/action']
      : []),
  ];
  if (purpose === 'look') return sorted([...ALWAYS, ...namespaces.map((each) => `${each}/*/read`), ...secrets]);
  return sorted([
    ...ALWAYS,
    'Microsoft.Resources/subscriptions/resourceGroups/write',
    ...namespaces.map((each) => `${each}/*`),
    ...ofTypes(scope),
  ]);
}

/** Operations in the subscription: registering namespaces, and what the stack sets there. */
export function subscriptionActionsFor(scope: IConstruct, purpose: Purpose): string[] {
  const types = typesOf(scope);
  const settings = Object.entries(OF_SUBSCRIPTION)
    .filter(([resourceType]) => types.has(resourceType))
    .map(([, setting]) => setting);
  const reads = [
    'Microsoft.Resources/subscriptions/providers/read',
    'Microsoft.Resources/subscriptions/read',
    ...settings.map((each) => `${each}/read`),
  ];
  if (purpose === 'look') return sorted(reads);
  return sorted([
    ...reads,
    ...namespacesOf(scope).map((each) => `${each}/register/action`),
    ...settings.flatMap((each) => [`${each}/write`, `${each}/delete`]),
  ]);
}

/**
 * Ids of the roles that the stack itself gives: the only ones that its deployer may give. Not those of deployers, who
 * could give themselves everything.
 *
 * @param others roles of the deployers themselves
 */
export function rolesGiven(scope: IConstruct, others: readonly string[]): string[] {
  const inputs = resources(scope).map((each) => each as unknown as { roleDefinitionIdInput?: string });
  const ids = inputs
    .map(({ roleDefinitionIdInput: id }) => GUID_AT_END.exec(id ?? '')?.[0].toLowerCase())
    .filter((id): id is string => id !== undefined);
  return sorted(ids.filter((id) => !others.includes(id)));
}


/** Never that of permissions, which are given under the condition of another role. */
function namespacesOf(scope: IConstruct): string[] {
  return resourceGroupOf(scope)._namespaces.filter((each) => each !== 'Microsoft.Authorization');
}

function ofTypes(scope: IConstruct): string[] {
  const types = typesOf(scope);
  return Object.entries(OF_TYPES).filter(([resourceType]) => types.has(resourceType)).flatMap(([, actions]) => actions);
}

function typesOf(scope: IConstruct): Set<string> {
  return new Set(resources(scope).map(({ terraformResourceType }) => terraformResourceType));
}

function resources(scope: IConstruct): TerraformResource[] {
  return TerraformStack.of(scope)
    .node.findAll()
    .filter((node): node is TerraformResource => TerraformResource.isTerraformResource(node));
}

function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
