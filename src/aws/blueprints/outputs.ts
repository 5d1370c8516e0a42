import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IServingEndpoint } from '../serving-endpoint-props';

/**
 * Names that commands need, as outputs of the stack: `MlopsRawBucket` for the blueprint `Mlops`. Without a hash,
 * because people type them, and with the blueprint's id, because a stack may hold several products.
 */
export function nameOutputs(blueprint: Construct, outputs: { readonly [name: string]: string | undefined }): void {
  const path = blueprint.node.path.slice(Stack.of(blueprint).node.path.length).replace(/[^A-Za-z0-9]/g, '');
  const scope = new Construct(blueprint, 'Outputs');
  for (const [name, value] of Object.entries(outputs)) {
    if (value !== undefined) new CfnOutput(scope, name, { value }).overrideLogicalId(`${path}${name}`);
  }
}

/** In batch mode there is no endpoint to name. */
export function endpointName(endpoint: IServingEndpoint): string | undefined {
  return endpoint.mode === 'batch' ? undefined : endpoint.endpointName;
}
