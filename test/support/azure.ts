import { TerraformStack, Testing } from 'cdktf';
import { expectArmBodies } from './arm-types';
import { expectProviderSchemas } from './provider-schema';
import { strangeInterpolations } from './terraform-graph';
import { resourcesOf, synthesized as synthesizedJson, TerraformConfig } from './terraform-json';
import { AzureResourceGroup } from '../../src/azure/azure-resource-group';
import { AzureResourceGroupProps } from '../../src/azure/azure-resource-group-props';

export { onlyResource, resourceAt, resourcesOf } from './terraform-json';
export type { TerraformConfig } from './terraform-json';

/** Ids of the tests' subscription and tenant. */
export const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
export const TENANT = '99999999-8888-7777-6666-555555555555';

/** A stack with a resource group in it, in `westeurope`. */
export function azureStack(props: Partial<AzureResourceGroupProps> = {}, context: { readonly [key: string]: any } = {}): TerraformStack {
  const app = Testing.app({ context: { ...context } });
  const stack = new TerraformStack(app, 'Stack');
  new AzureResourceGroup(stack, 'Azure', { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: 'westeurope', ...props });
  return stack;
}

/**
 * The stack's JSON, in which every body for Azure's resource manager is one that its type allows, every argument one of
 * its provider's, and Terraform reads no text as a template.
 */
export function synthesized(stack: TerraformStack): TerraformConfig {
  const config = synthesizedJson(stack);
  expectArmBodies(config);
  expectProviderSchemas(config);
  expect(strangeInterpolations(config)).toEqual([]);
  expect([...givenTwice(config), ...sentTwice(config), ...fleeting(config)]).toEqual([]);
  return config;
}

/** Roles that a principal is given twice in a scope: Azure answers with 409 RoleAssignmentExists, whatever the conditions. */
export function givenTwice(config: TerraformConfig): string[] {
  return twice(resourcesOf(config, 'azurerm_role_assignment')
    .map(({ scope, role_definition_id: id, role_definition_name: name, principal_id: principal }) => `${id ?? name} for ${principal} at ${scope}`));
}

const SINKS = ['log_analytics_workspace_id', 'storage_account_id', 'eventhub_authorization_rule_id'];

/**
 * Logs of a resource that two settings send to the same place: Azure answers with 409 Conflict, "data sinks can't be
 * reused in different settings on the same category for the same resource".
 */
export function sentTwice(config: TerraformConfig): string[] {
  return twice(resourcesOf(config, 'azurerm_monitor_diagnostic_setting').flatMap((setting) =>
    SINKS.filter((sink) => setting[sink] !== undefined).flatMap((sink) => (setting.enabled_log ?? [])
      .map(({ category, category_group: group }: any) => `${group ?? category} of ${setting.target_resource_id} to ${setting[sink]}`))));
}

/**
 * Arguments that are the response of a resource itself, which is unknown while anything of it changes: what cannot be
 * changed in place would be recreated for a tag.
 */
export function fleeting({ resource: { terraform_data: _, ...resources } }: TerraformConfig): string[] {
  return [...JSON.stringify(resources).matchAll(/azapi_\w+\.[\w-]+\.output\b|jsondecode\(azurerm_resource_group_template_deployment\.[\w-]+\.output_content\)/g)].map(([each]) => each);
}

function twice(all: readonly string[]): string[] {
  return all.filter((each, index) => all.indexOf(each) !== index);
}
