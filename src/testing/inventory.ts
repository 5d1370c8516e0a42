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

  private constructor() {}
}
