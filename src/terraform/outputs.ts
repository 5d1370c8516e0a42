import { TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

/**
 * Names that commands need, as outputs of the configuration: `MlopsRawBucket` for the blueprint `Mlops`. Without a
 * hash, because people type them, and with the blueprint's id, because a stack may hold several products.
 */
export function nameOutputs(blueprint: Construct, outputs: { readonly [name: string]: string | undefined }): void {
  const path = blueprint.node.path.slice(TerraformStack.of(blueprint).node.path.length).replace(/[^A-Za-z0-9]/g, '');
  const scope = new Construct(blueprint, 'Outputs');
  for (const [name, value] of Object.entries(outputs)) {
    if (value !== undefined && value !== '') {
      new TerraformOutput(scope, name, { value }).overrideLogicalId(`${path}${name}`);
    }
  }
}
