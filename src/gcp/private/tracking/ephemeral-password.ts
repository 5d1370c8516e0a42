import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { rawProvider } from '../../../terraform/raw-provider';

/**
 * A password that exists while Terraform applies and is written into neither plan nor state; only write-only attributes take it. Each apply
 * makes a new one, which counts only where a version says that it shall.
 *
 * cdktf has no class for ephemeral blocks, so the block is added to the stack as it is. An older Terraform than 1.11 refuses it by itself; a
 * `required_version` would say so more kindly, but checkov cannot read a file that has one.
 *
 * @see https://developer.hashicorp.com/terraform/language/block/ephemeral
 */
export function ephemeralPassword(scope: Construct, id: string): string {
  const stack = TerraformStack.of(scope);
  rawProvider(stack, { name: 'random', source: 'hashicorp/random', version: '~> 3.7' });
  const name = stack.getLogicalId(new Construct(scope, `${id}Made`).node);
  stack.addOverride(`ephemeral.random_password.${name}`, { length: 40, special: false });
  return `\${ephemeral.random_password.${name}.result}`;
}
