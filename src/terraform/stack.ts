import { TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';
import { refuseBecause, Speaker } from '../core/private/validation';

/** The stack of Terraform that a construct stands in; anywhere else the construct would vanish without a word. */
export function stackOf(scope: IConstruct, who: Speaker): TerraformStack {
  const stack = [...scope.node.scopes].reverse().find((each) => TerraformStack.isStack(each));
  if (stack !== undefined) return stack as TerraformStack;
  return refuseBecause(
    who,
    `this construct becomes Terraform and must be in a TerraformStack of cdktf, got the scope '${scope.node.root.constructor.name}'`,
  );
}

/**
 * Path of a construct inside its stack: tells identities apart while synthesizing, where their addresses are not known
 * yet.
 */
export function placeInStack(construct: IConstruct): string {
  return construct.node.path.slice(TerraformStack.of(construct).node.path.length);
}
