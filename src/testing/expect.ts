import { MlopsError } from '../core/private/errors';
import { SynthesizedStack } from './synthesized-stack';

/**
 * Expectations that are one line in a test of any framework: an error says what does not hold.
 *
 * ```ts
 * import { App, aws_s3 as s3, Stack } from 'aws-cdk-lib';
 * import { Template } from 'aws-cdk-lib/assertions';
 * import { Expect } from 'mlops-constructs/testing';
 *
 * const inService = new Stack(new App(), 'Churn');
 * new s3.Bucket(inService, 'Labels');
 * const next = new Stack(new App(), 'Churn');
 * new s3.Bucket(next, 'Labels', { versioned: true });
 *
 * Expect.noReplacement(Template.fromStack(inService).toJSON(), Template.fromStack(next).toJSON());
 * ```
 */
export class Expect {
  /**
   * Throws where going from one synthesis of a stack to another would delete or replace a stateful resource. Stateful is
   * what is retained (`DeletionPolicy`, `prevent_destroy`), and every type that holds data, keys, or a name that others
   * know. What forces a replacement is in CloudFormation's own specification and in the schemas of the Terraform
   * providers.
   *
   * @param before the template or the content of `cdk.tf.json`, as objects: what is deployed
   * @param after the same of what is to be deployed
   */
  public static noReplacement(before: { [section: string]: any }, after: { [section: string]: any }): void {
    const losses = SynthesizedStack.of(before).lossesTo(SynthesizedStack.of(after));
    if (losses.length === 0) return;
    throw new MlopsError('Unexpected replacement', ['stateful resources would be lost:', ...losses].join('\n  '));
  }

  private constructor() {}
}
