import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { rawProvider } from './raw-provider';

/**
 * A password that exists while Terraform applies and is written into neither plan nor state; only write-only attributes
 * take it. Each apply makes a new one, which counts only where a version says that it shall.
 *
 * cdktf has no class for ephemeral blocks, so the block is added to the stack as it is. Terraform has them from 1.11
 * on, which the project's `required_version` asks for.
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
