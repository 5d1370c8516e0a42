import { TerraformStack, Testing } from 'cdktf';

/** What one stack becomes: Terraform's JSON, parsed. */
export interface TerraformConfig {
  readonly resource: { readonly [resourceType: string]: { readonly [id: string]: any } };
  readonly [block: string]: any;
}

/** The stack's JSON. */
export function synthesized(stack: TerraformStack): TerraformConfig {
  const config: TerraformConfig = { resource: {}, ...JSON.parse(Testing.synth(stack)) };
  for (const [resourceType, resources] of Object.entries(config.resource)) {
    for (const [id, { depends_on: needs = [] }] of Object.entries(resources)) {
      const expression = needs.find((need: string) => need.includes('${'));
      // Terraform takes an address there and refuses everything else; cdktf does not notice.
      if (expression !== undefined) throw new Error(`${resourceType}.${id} depends on ${expression}, which is no address`);
    }
  }
  return config;
}

/** All resources of a type, in the order of their addresses. */
export function resourcesOf(config: TerraformConfig, resourceType: string): any[] {
  return Object.entries(config.resource[resourceType] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, attributes]) => attributes);
}

/** The one resource of a type; an error where there is none or several. */
export function onlyResource(config: TerraformConfig, resourceType: string): any {
  const found = resourcesOf(config, resourceType);
  if (found.length !== 1) throw new Error(`expected one ${resourceType}, found ${found.length}`);
  return found[0];
}

/** The resource whose address ends so, hash left out: `resourceAt(config, 'google_storage_bucket', 'Data_Raw')`. */
export function resourceAt(config: TerraformConfig, resourceType: string, path: string): any {
  const found = Object.entries(config.resource[resourceType] ?? {}).filter(([id]) => id.replace(/_[0-9A-F]{8}$/, '').endsWith(path));
  if (found.length !== 1) throw new Error(`expected one ${resourceType} at ${path}, found ${found.length} among ${Object.keys(config.resource[resourceType] ?? {}).join(', ')}`);
  return found[0][1];
}
