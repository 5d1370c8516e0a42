import { Construct } from 'constructs';
import { Token } from './tokens';
import { refuse, Speaker } from './validation';

/**
 * Refuses numbers that only the deployment knows, at any depth, where they are computed with: twice a token is no token
 * any more, and no number either.
 *
 * @param props of a construct, or those among them that are computed with
 * @param passed paths of those that reach the deployment as they are, `drift.maxDriftShare`
 */
export function requireKnown(who: Speaker, props: object, ...passed: string[]): void {
  const found = tokenIn(props, '', passed);
  if (found !== undefined) refuse(who, found.path, found.value, KNOWN);
}

/**
 * Refuses text that only the deployment knows, alone or in a list, where it is looked into or becomes part of a name or
 * an address.
 */
export function requireKnownText(who: Speaker, prop: string, text: string | readonly string[] | undefined): void {
  const found = [text, ...(Array.isArray(text) ? text : [])].find((each) => Token.isUnresolved(each));
  if (found !== undefined) refuse(who, prop, found, KNOWN);
}

const KNOWN = 'known at synthesis, because other values are made from it';

function tokenIn(
  value: unknown,
  path: string,
  passed: readonly string[],
): { readonly path: string; readonly value: number } | undefined {
  if (typeof value === 'number') return Token.isUnresolved(value) ? { path, value } : undefined;
  if (typeof value !== 'object' || value === null || Construct.isConstruct(value) || Token.isUnresolved(value)) {
    return undefined;
  }
  for (const [name, each] of Object.entries(value)) {
    // What a class with named constructors holds has its name in the error without `options`, as the user wrote it.
    const below =
      name === 'options' || Array.isArray(value) ? path : [path, name].filter((part) => part !== '').join('.');
    if (passed.includes(below)) continue;
    const found = tokenIn(each, below, passed);
    if (found !== undefined) return found;
  }
  return undefined;
}
