import * as fs from 'node:fs';
import { App, CfnOutput, CfnResource, Fn, Stack, Token } from 'aws-cdk-lib';

interface RawResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Record<string, unknown>;
}

/** Synthesizes the same template from raw resources with literal properties: the least that the CDK can cost. */
export function floor(templateFile: string, builtinCloudFormationValidation: boolean): void {
  const template = JSON.parse(fs.readFileSync(templateFile, 'utf8'));
  const app = new App({ builtinCloudFormationValidation, analyticsReporting: false });
  const stack = new Stack(app, 'BreastCancer');
  for (const [id, resource] of Object.entries<RawResource>(template.Resources)) {
    const raw = new CfnResource(stack, id, { type: resource.Type, properties: resource.Properties });
    raw.overrideLogicalId(id);
    for (const key of ['DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata'] as const) {
      if (resource[key] !== undefined) raw.addOverride(key, resource[key]);
    }
  }
  for (const [id, output] of Object.entries<{ Value: unknown }>(template.Outputs ?? {})) {
    new CfnOutput(stack, id, { value: Token.asString(output.Value ?? Fn.ref('AWS::StackName')) });
  }
  app.synth();
}
