import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, CfnResource, DefaultStackSynthesizer, Stack, Token } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { TypedTemplate } from './programs/typed-floor';
import { ROOT } from '../projenrc/scripts/examples';

/** Which class the CDK has for a type of CloudFormation, as its own reader of templates knows it. */
const CLASSES: Readonly<Record<string, string>> = JSON.parse(
  fs.readFileSync(path.join(ROOT, 'node_modules/aws-cdk-lib/cloudformation-include/cfn-types-2-classes.json'), 'utf8'),
);

/** What a program has to say that writes the template down in the CDK's own classes, property by property. */
export function typedTemplate(templateFile: string): TypedTemplate {
  const { Resources, Outputs } = JSON.parse(fs.readFileSync(templateFile, 'utf8'));
  const stack = new Stack(new App(), 'BreastCancer', {
    synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
  });
  const included = new CfnInclude(stack, 'Template', { templateFile });
  const resources = Object.entries<any>(Resources).map(([id, { Type: type, Properties, ...attributes }]) => {
    const known = CLASSES[type];
    if (known === undefined) return { id, type, properties: Properties, attributes };
    const dot = known.lastIndexOf('.');
    const { cfnProperties } = included.getResource(id) as CfnResource & {
      readonly cfnProperties: Record<string, unknown>;
    };
    const properties = written(stack, cfnProperties) as Record<string, unknown>;
    return { id, module: known.slice(0, dot), className: known.slice(dot + 1), properties, attributes };
  });
  return { resources, outputs: Outputs ?? {} };
}

/** Properties as JSON, with what the class takes for a token marked as such. */
function written(stack: Stack, value: unknown): unknown {
  if (Token.isUnresolved(value)) return { [`$${typeof value}`]: stack.resolve(value) };
  if (Array.isArray(value)) return value.map((each) => written(stack, each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, written(stack, each)]),
  );
}
