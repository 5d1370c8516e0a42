/** A template prepared for a snapshot: values that change without intent are removed. */
export class Snapshot {
  /**
   * Copies a CloudFormation template with asset hashes replaced by `<asset>` and without the CDK's own metadata, so
   * that a snapshot changes only when the infrastructure does.
   *
   * @param template the template as an object, as `Template.fromStack(stack).toJSON()` returns it
   */
  public static ofTemplate(template: { [key: string]: any }): { [key: string]: any } {
    const {
      Parameters: parameters,
      Rules: rules,
      ...rest
    } = JSON.parse(JSON.stringify(template).replace(ASSET_HASH, '<asset>'));
    const resources = Object.fromEntries(Object.entries<any>(rest.Resources ?? {})
      .filter(([, resource]) => resource.Type !== 'AWS::CDK::Metadata')
      .map(([id, resource]) => [id, withoutCdkMetadata(resource)]));
    const kept = Object.fromEntries(
      Object.entries<any>(parameters ?? {}).filter(([name]) => name !== 'BootstrapVersion'),
    );
    const keptRules = Object.fromEntries(
      Object.entries<any>(rules ?? {}).filter(([name]) => name !== 'CheckBootstrapVersion'),
    );
    return {
      ...rest,
      ...(Object.keys(kept).length > 0 ? { Parameters: kept } : {}),
      ...(Object.keys(keptRules).length > 0 ? { Rules: keptRules } : {}),
      Resources: resources,
    };
  }

  /**
   * Copies a stack's Terraform configuration without what cdktf writes for itself (the `//` of the stack and of its
   * resources, its own version, the backend) and without the hashes that its addresses end in.
   *
   * @param config the content of `cdk.tf.json` as an object, as `JSON.parse(Testing.synth(stack))` returns it
   */
  public static ofTerraform(config: { [key: string]: any }): { [key: string]: any } {
    const {
      '//': _,
      'terraform': { backend: __, ...terraform } = {} as any,
      ...blocks
    } = JSON.parse(JSON.stringify(config).replace(ADDRESS_HASH, ''));
    return { ...withoutComments(blocks), terraform };
  }

  private constructor() {}
}

/** Assets are named by the SHA-256 of their content. */
const ASSET_HASH = /\b[0-9a-f]{64}\b/g;

/** Addresses end in eight hexadecimal digits of their path's hash. */
const ADDRESS_HASH = /(?<=[A-Za-z0-9-])_[0-9A-F]{8}\b/g;

function withoutComments(value: any): any {
  if (Array.isArray(value)) return value.map(withoutComments);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '//')
      .map(([key, inner]) => [key, withoutComments(inner)]),
  );
}

function withoutCdkMetadata(resource: any): any {
  const metadata = Object.fromEntries(
    Object.entries<any>(resource.Metadata ?? {}).filter(([key]) => !key.startsWith('aws:')),
  );
  const { Metadata: _, ...rest } = resource;
  return Object.keys(metadata).length > 0 ? { ...rest, Metadata: metadata } : rest;
}
