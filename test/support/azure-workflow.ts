import { Definition } from './logic-apps';
import { resourceAt, TerraformConfig } from './terraform-json';

/**
 * The definition of a workflow of a stack, by the end of its path, with readable names where Terraform would put
 * values.
 */
export function workflowDefinition(config: TerraformConfig, path: string): Definition {
  return withoutTerraform(resourceAt(config, 'azapi_resource', path).body.properties.definition) as Definition;
}

/** The text that Terraform makes of a text: escapes are undone, and references are names. */
function withoutTerraform(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\$\$\{|%%\{|\$\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/g, (found, reference?: string) => (reference === undefined ? found.slice(1) : readable(reference)));
  if (Array.isArray(value)) return value.map(withoutTerraform);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [withoutTerraform(key) as string, withoutTerraform(each)]));
}

/**
 * `azurerm_storage_account.Data_Store_1A2B3C4D.name` as `data-store-name`, and an id as a path: what hosts, queries and
 * ids can hold.
 */
function readable(reference: string): string {
  const [, resourceType, name, attribute] = /^(?:data\.)?([a-z_]+)\.(\w+)\.([\w.[\]]+)$/.exec(reference) ?? [];
  if (attribute === undefined) return reference.replace(/[^A-Za-z0-9]+/g, '-').toLowerCase();
  const plain = name.replace(/_[0-9A-F]{8}$/, '').replace(/_/g, '-').toLowerCase();
  return attribute === 'id' ? `/subscriptions/of/${resourceType}/${plain}` : `${plain}-${attribute.replace(/[^A-Za-z0-9]+/g, '-')}`;
}
