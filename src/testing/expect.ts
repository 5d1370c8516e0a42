import { IConstruct } from 'constructs';
import { Inventory } from './inventory';
import { SynthesizedStack } from './synthesized-stack';
import { MaturityReport as OnAws } from '../aws/maturity-report';
import { MaturityReport as OnAzure } from '../azure/maturity-report';
import { MaturityAssessment } from '../core/maturity-assessment';
import { MlopsError } from '../core/private/errors';
import { MaturityReport as OnGoogle } from '../gcp/maturity-report';

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

  /**
   * Throws unless every practice that the level needs is proven by a resource below the scope, whoever made it; the
   * error names the practices that are missing. An app of the CDK is synthesized first, so that aspects count.
   *
   * @param scope an app, a stack, or any construct in one
   * @param level 0, 1 or 2
   */
  public static maturity(scope: IConstruct, level: number): void {
    const missing = assessmentOf(scope).missingFor(level);
    if (missing.length === 0) return;
    const lines = missing.map(({ name, fromLevel, evidence }) => `${name} (from level ${fromLevel}): ${evidence}`);
    throw new MlopsError('Missing maturity', [
      `expected level ${level} of '${scope.node.path || 'App'}', nothing proves:`, ...lines,
    ].join('\n  '));
  }

  private constructor() {}
}

function assessmentOf(scope: IConstruct): MaturityAssessment {
  const inventory = Object.keys(Object.assign({}, ...Object.values(Inventory.byConstruct(scope, 1))));
  const clouds = CLOUDS.filter(({ types }) => inventory.some((each) => types.test(each)));
  if (clouds.length === 1) return clouds[0].assess(scope);
  const got = clouds.length === 0 ? 'none' : clouds.map(({ name }) => name).join(' and ');
  throw new MlopsError('Invalid maturity scope',
    `maturity: '${scope.node.path || 'App'}' must have resources of one cloud, got ${got}`);
}

/** Which report reads resources of which types. */
const CLOUDS: { readonly name: string; readonly types: RegExp; readonly assess: (scope: IConstruct) => MaturityAssessment }[] = [
  {
    name: 'AWS',
    types: /^AWS::/,
    assess: (scope) => {
      // The CDK's app and its stages have aspects run by a synthesis alone; a second one costs nothing.
      (scope.node.root as IConstruct & { synth?: () => void }).synth?.();
      return OnAws.of(scope);
    },
  },
  { name: 'Google Cloud', types: /^google_/, assess: (scope) => OnGoogle.of(scope) },
  { name: 'Azure', types: /^(azurerm|azapi)_/, assess: (scope) => OnAzure.of(scope) },
];
