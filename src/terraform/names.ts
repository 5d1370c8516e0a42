import { TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';
import { digestOf, nameOf } from '../core/private/names';

/** Limits of a kind of name. */
export interface NameShape {
  /** The longest name, hash included. */
  readonly maxLength: number;
  /** Between the parts: `-` or `_`. */
  readonly separator: string;
}

/**
 * A physical name that never moves by itself: lower-case letters, digits and single separators, starting with a letter.
 *
 * It is made from the stack's id and the construct's path inside it, so it is the same in every synthesis, at every
 * maturity level, and different in every stack. The hash keeps two names apart that read the same after shortening.
 */
export function stableName(scope: IConstruct, suffix: string | undefined, shape: NameShape): string {
  return nameOf(pathInStack(scope, suffix), shape.maxLength, shape.separator);
}

/** A stable number of exactly so many digits, the first not zero, for services whose names are numbers. */
export function stableDigits(scope: IConstruct, suffix: string | undefined, digits: number): string {
  const space = BigInt(10) ** BigInt(digits - 1);
  const value = BigInt(`0x${digestOf(pathInStack(scope, suffix))}`) % (space * BigInt(9));
  return (value + space).toString();
}

/** The stack's id and the construct's path inside it, with a suffix: what names are made of. */
export function pathInStack(scope: IConstruct, suffix?: string): string[] {
  const stack = TerraformStack.of(scope);
  const path = scope.node.path.slice(stack.node.path.length).split('/').filter((part) => part !== '');
  return [stack.node.id, ...path, ...(suffix === undefined ? [] : [suffix])];
}
