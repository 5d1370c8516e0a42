import { Inventory } from './inventory';
import { partialMismatch } from './private/partial-match';
import {
  isStatefulInTemplate, isStatefulInTerraform, Loss, Resources, templateReplacements, terraformReplacements,
} from './private/replacements';
import { SynthesizedResource } from './synthesized-resource';
import { MlopsError } from '../core/private/errors';

/**
 * A stack as it was synthesized, asked in the same way whether it became CloudFormation or Terraform: how many resources
 * of a type there are, whether one has certain properties, what a later synthesis would replace. An expectation that
 * does not hold throws an error that says so, so that every test framework reports it.
 *
 * ```ts
 * import { App, aws_s3 as s3, Stack } from 'aws-cdk-lib';
 * import { Template } from 'aws-cdk-lib/assertions';
 * import { SynthesizedStack } from 'mlops-constructs/testing';
 *
 * const stack = new Stack(new App(), 'Churn');
 * new s3.Bucket(stack, 'Labels', { versioned: true });
 *
 * const synthesized = SynthesizedStack.of(Template.fromStack(stack).toJSON());
 * synthesized.expectCount('AWS::S3::Bucket', 1);
 * synthesized.expectResource('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } });
 * ```
 */
export class SynthesizedStack {
  /**
   * Reads what a stack became.
   *
   * @param document the template, as `Template.fromStack(stack).toJSON()` returns it, or the content of `cdk.tf.json`,
   *   as `JSON.parse(Testing.synth(stack))` returns it
   */
  public static of(document: { [section: string]: any }): SynthesizedStack {
    const sections = Object.keys(document);
    const isTerraform = sections.some((each) => ['resource', 'terraform', 'provider'].includes(each));
    if (!isTerraform && sections.length > 0 && !sections.some((each) => /^[A-Z]/.test(each))) {
      throw new MlopsError('Invalid synthesized stack', `synthesized stack: document must be a template of CloudFormation \
or the content of cdk.tf.json, got one with the sections ${sections.join(', ')}`);
    }
    return new SynthesizedStack(document, isTerraform);
  }

  /** All resources, in the order of the document. */
  public readonly resources: SynthesizedResource[];

  private constructor(private readonly document: { [section: string]: any }, private readonly isTerraform: boolean) {
    this.resources = isTerraform ? ofTerraform(document.resource ?? {}) : ofTemplate(document.Resources ?? {});
  }

  /**
   * The resources of one type.
   *
   * @param resourceType in the engine's own words, `AWS::S3::Bucket` or `google_storage_bucket`
   */
  public resourcesOf(resourceType: string): SynthesizedResource[] {
    return this.resources.filter((each) => each.resourceType === resourceType);
  }

  /** How many resources of each type there are, in alphabetical order. */
  public inventory(): { [resourceType: string]: number } {
    return this.isTerraform ? Inventory.ofTerraform(this.document) : Inventory.ofTemplate(this.document);
  }

  /**
   * Throws unless there are exactly so many resources of the type.
   *
   * @param resourceType in the engine's own words
   * @param count of resources
   */
  public expectCount(resourceType: string, count: number): void {
    const found = this.resourcesOf(resourceType);
    if (found.length === count) return;
    const ids = found.length === 0 ? '' : `: ${found.map(({ id }) => id).join(', ')}`;
    throw new MlopsError('Unexpected count', `expected ${count} ${resourceType}, got ${found.length}${ids}`);
  }

  /**
   * Throws unless a resource of the type has all of the given properties. Objects may have more members than are given,
   * at every depth; a list is compared as a whole.
   *
   * @param resourceType in the engine's own words
   * @param properties in the engine's own words: properties of the template, arguments of the Terraform configuration
   */
  public expectResource(resourceType: string, properties: { [name: string]: any } = {}): void {
    const mismatches = this.resourcesOf(resourceType)
      .map(({ id, properties: got }) => ({ id, mismatch: partialMismatch(got, properties) }));
    if (mismatches.some(({ mismatch }) => mismatch === undefined)) return;
    const lines = mismatches.map(({ id, mismatch }) => `${id}: ${mismatch}`);
    throw new MlopsError('Missing resource', [
      `expected a ${resourceType} with ${JSON.stringify(properties)}, got ${lines.length === 0 ? 'none of that type' : ''}`,
      ...lines,
    ].join('\n').replace(/ $/m, ''));
  }

  /**
   * Losses of stateful resources when the other synthesis is deployed over this one, in sentences; empty where nothing is
   * lost.
   *
   * @param after the same stack, synthesized later
   */
  public lossesTo(after: SynthesizedStack): string[] {
    return this.losses(after).filter(({ resource }) => resource.stateful).map(({ text }) => text);
  }

  /**
   * The same of every resource, also of those that hold nothing. Terraform's types whose schema is not known here
   * count as replaced by any change.
   *
   * @param after the same stack, synthesized later
   */
  public replacementsTo(after: SynthesizedStack): string[] {
    return this.losses(after).map(({ text }) => text);
  }

  private losses(after: SynthesizedStack): Loss[] {
    if (this.isTerraform !== after.isTerraform) {
      throw new MlopsError('Invalid synthesized stack', 'synthesized stack: both syntheses must be of one engine, got a template \
of CloudFormation and a configuration of Terraform');
    }
    const [was, is] = [addressed(this.resources), addressed(after.resources)];
    if (this.isTerraform) return terraformReplacements(was, is);
    const policies = [this, after].map(({ document, resources }) =>
      resources.map((each) => [each, document.Resources[each.id].DeletionPolicy] as const));
    const policyOf = new Map(policies.flat());
    return templateReplacements(was, is, (resource) => policyOf.get(resource));
  }
}

function ofTemplate(resources: { [id: string]: any }): SynthesizedResource[] {
  return Object.entries(resources).map(([id, resource]) => ({
    resourceType: resource.Type,
    id,
    properties: resource.Properties ?? {},
    stateful: isStatefulInTemplate(resource.Type, resource.DeletionPolicy),
  }));
}

function ofTerraform(resources: { [resourceType: string]: { [id: string]: any } }): SynthesizedResource[] {
  return Object.entries(resources).flatMap(([resourceType, ofType]) => Object.entries(ofType).map(([id, attributes]) => ({
    resourceType,
    id,
    properties: attributes,
    stateful: isStatefulInTerraform(resourceType, attributes),
  })));
}

function addressed(resources: readonly SynthesizedResource[]): Resources {
  return new Map(resources.map((each) => [`${each.resourceType}.${each.id}`, each]));
}
