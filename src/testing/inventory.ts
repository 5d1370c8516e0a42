/** How many resources of each type a template has: a snapshot short enough to review. */
export class Inventory {
  /**
   * Counts the resources of a CloudFormation template by type, in alphabetical order.
   *
   * @param template the template as an object, as `Template.fromStack(stack).toJSON()` returns it
   */
  public static ofTemplate(template: { [key: string]: any }): { [resourceType: string]: number } {
    const types = Object.values<any>(template.Resources ?? {}).map((resource) => resource.Type as string);
    return Object.fromEntries([...new Set(types)].sort().map((name) => [name, types.filter((each) => each === name).length]));
  }

  private constructor() {}
}
