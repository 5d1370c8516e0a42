import { IConstruct } from 'constructs';
import { MlopsError } from '../core/private/errors';

/** How many resources of each type a template has: a snapshot short enough to review. */
export class Inventory {
  /**
   * Counts the resources of a CloudFormation template by type, in alphabetical order.
   *
   * @param template the template as an object, as `Template.fromStack(stack).toJSON()` returns it
   */
  public static ofTemplate(template: { [key: string]: any }): { [resourceType: string]: number } {
    const types = Object.values<any>(template.Resources ?? {}).map((resource) => resource.Type as string);
    return Object.fromEntries(
      [...new Set(types)].sort().map((name) => [name, types.filter((each) => each === name).length]),
    );
  }

  /**
   * Counts the resources of a stack's Terraform configuration by type, in alphabetical order.
   *
   * @param config the content of `cdk.tf.json` as an object, as `JSON.parse(Testing.synth(stack))` returns it
   */
  public static ofTerraform(config: { [key: string]: any }): { [resourceType: string]: number } {
    const types = Object.entries<any>(config.resource ?? {});
    return Object.fromEntries(
      types.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, ofType]) => [name, Object.keys(ofType).length]),
    );
  }

  /**
   * Counts the resources below each construct of a stack, so that a snapshot says which part of the app changed. Works
   * on both engines, before synthesis too; what aspects add is in it only after synthesis.
   *
   * @param scope a stack, or any construct in one
   * @param depth how many levels of constructs below the scope have lines of their own, at least 1; what lies deeper
   *   counts for the one above it. @default 2 - `Mlops/Data`, a blueprint's parts
   * @returns by the path of the construct below the scope, `.` for what lies in the scope itself
   */
  public static byConstruct(
    scope: IConstruct, depth: number = 2,
  ): { [path: string]: { [resourceType: string]: number } } {
    if (!Number.isInteger(depth) || depth < 1) {
      throw new MlopsError('Invalid inventory depth', `inventory: depth must be a whole number from 1, got ${depth}`);
    }
    const above = scope.node.scopes.length;
    const counts = new Map<string, Map<string, number>>();
    for (const node of scope.node.findAll()) {
      const name = typeOf(node);
      if (name === undefined) continue;
      // The last id is the resource's own, and no construct around it.
      const ids = node.node.scopes.slice(above, -1).map((each) => each.node.id).slice(0, depth);
      const ofConstruct = counts.get(ids.join('/')) ?? new Map<string, number>();
      counts.set(ids.join('/'), ofConstruct.set(name, (ofConstruct.get(name) ?? 0) + 1));
    }
    return Object.fromEntries(sorted(counts).map(([path, ofType]) =>
      [path === '' ? '.' : path, Object.fromEntries(sorted(ofType))]));
  }

  private constructor() {}
}

/** Type of a resource of either engine; undefined for every other construct, data sources of Terraform among them. */
function typeOf(node: IConstruct): string | undefined {
  const { cfnResourceType, terraformResourceType } = node as { cfnResourceType?: string; terraformResourceType?: string };
  if (cfnResourceType !== undefined) return cfnResourceType;
  return TERRAFORM_RESOURCE in node ? terraformResourceType : undefined;
}

/** How cdktf and its fork mark resources. */
const TERRAFORM_RESOURCE = Symbol.for('cdktf/TerraformResource');

function sorted<T>(counts: ReadonlyMap<string, T>): [string, T][] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}
