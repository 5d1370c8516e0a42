import { Construct } from 'constructs';
import { Token } from '../../../core/private/tokens';
import { refuseBecause, Speaker } from '../../../core/private/validation';

/**
 * Refuses numbers that only Terraform will know, a variable's say, where they are computed with: twice a token is no token any more, and no number
 * either.
 *
 * @param passed names of those that reach Terraform as they are
 */
export function requireKnownNumbers(who: Speaker, props: object, ...passed: string[]): void {
  const found = tokenIn(props, '', passed);
  if (found !== undefined) refuseBecause(who, `${found} is computed with, so it must be known at synthesis: give a number, not a token of Terraform`);
}

/** Refuses text that only Terraform will know, where it is looked into or becomes part of an address. */
export function requireKnownText(who: Speaker, prop: string, text: string | undefined): void {
  if (Token.isUnresolved(text)) refuseBecause(who, `${prop} must be known at synthesis: give text, not a token of Terraform`);
}

function tokenIn(value: unknown, path: string, passed: readonly string[]): string | undefined {
  if (typeof value === 'number') return Token.isUnresolved(value) ? path : undefined;
  if (typeof value !== 'object' || value === null || Construct.isConstruct(value) || Token.isUnresolved(value)) return undefined;
  for (const [name, each] of Object.entries(value)) {
    // What a class with named constructors holds has its name in the error without `options`, as the user wrote it.
    const below = name === 'options' || Array.isArray(value) ? path : [path, name].filter((part) => part !== '').join('.');
    if (passed.includes(below)) continue;
    const found = tokenIn(each, below, passed);
    if (found !== undefined) return found;
  }
  return undefined;
}
