/** One resource as it was synthesized, in words that are the same on CloudFormation and Terraform. */
export interface SynthesizedResource {
  /** Type in the engine's own words, `AWS::S3::Bucket` or `google_storage_bucket`. */
  readonly resourceType: string;
  /** Logical id of the template, or last part of the Terraform address. */
  readonly id: string;
  /** Properties of the template, or arguments of the Terraform configuration. */
  readonly properties: { [name: string]: any };
  /**
   * Whether deletion or replacement loses something: the resource is retained (`DeletionPolicy`, `prevent_destroy`), or
   * its type holds data, keys, or a name that others know.
   */
  readonly stateful: boolean;
}
