import * as fs from 'node:fs';
import { App, CfnOutput, CfnResource, Stack, Token } from 'aws-cdk-lib';

/** A template in the words of the CDK's classes. */
export interface TypedTemplate {
  readonly resources: readonly TypedResource[];
  readonly outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface TypedResource {
  readonly id: string;
  /** Absent for a type that has no class. */
  readonly module?: string;
  readonly className?: string;
  readonly type?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** `DependsOn`, `DeletionPolicy` and what else stands beside the properties. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * Synthesizes the same template from the CDK's own class of each type: what a program costs that writes every property
 * by hand.
 */
export function typedFloor(file: string, builtinCloudFormationValidation: boolean): void {
  const { resources, outputs }: TypedTemplate = JSON.parse(fs.readFileSync(file, 'utf8'));
  const app = new App({ builtinCloudFormationValidation, analyticsReporting: false });
  const stack = new Stack(app, 'BreastCancer');
  for (const { id, module, className, type, properties, attributes } of resources) {
    const resource: CfnResource = module === undefined
      ? new CfnResource(stack, id, { type: type!, properties })
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- as the compiled import of a program does
      : new (require(module)[className!])(stack, id, read(properties));
    resource.overrideLogicalId(id);
    for (const [key, value] of Object.entries(attributes)) resource.addOverride(key, value);
  }
  for (const [id, { Value }] of Object.entries(outputs)) new CfnOutput(stack, id, { value: Token.asString(Value) });
  app.synth();
}

/** JSON with its tokens made tokens again. */
function read(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(read);
  if (typeof value !== 'object' || value === null) return value;
  const [[key, first], ...more] = [...Object.entries(value), ['', undefined]];
  if (more.length === 1 && key === '$string') return Token.asString(first);
  if (more.length === 1 && key === '$number') return Token.asNumber(first);
  if (more.length === 1 && key === '$object') return Token.asAny(first);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, read(each)]));
}
