import { Stack } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { nameOf } from '../../../core/private/names';

/**
 * A physical name that never moves by itself: lower-case letters, digits and single hyphens, starting with a letter.
 *
 * It is made from the stack's name and the construct's path inside it, so it is the same in every synthesis, at every
 * maturity level, and different in every stack. The hash keeps two names apart that read the same after shortening.
 *
 * @param suffix distinguishes several names of one construct
 * @param maxLength the longest name the service takes, hash included
 */
export function stableName(scope: Construct, suffix: string | undefined, maxLength: number): string {
  return joined(scope, suffix, maxLength, '-');
}

/** The same with underscores, for names that become SQL identifiers: Glue databases and tables, catalogues. */
export function stableSqlName(scope: Construct, suffix: string | undefined, maxLength: number): string {
  return joined(scope, suffix, maxLength, '_');
}

function joined(scope: Construct, suffix: string | undefined, maxLength: number, separator: string): string {
  const stack = outermostStack(scope);
  const path = scope.node.path
    .slice(stack.node.path.length)
    .split('/')
    .filter((part) => part !== '' && part !== 'Resource' && part !== 'Default');
  const parts = [stack.stackName, ...path, ...(suffix === undefined ? [] : [suffix])];
  return nameOf(parts, maxLength, separator);
}

/**
 * The path of a construct as the description of a role takes it; ids may be in any script, and IAM takes Latin letters
 * only.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
export function pathText(construct: IConstruct): string {
  return construct.node.path.replace(/[^\x20-\x7e\xa1-\xff]/g, '_');
}

/** The stack that is deployed: the one around all nested ones. */
export function outermostStack(scope: Construct): Stack {
  let stack = Stack.of(scope);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  return stack;
}
