import { Token } from 'cdktf';
import { literal } from '../../../terraform/text';

/** A value of a body. */
export type ArmValue = unknown;

const ONE_TOKEN = /^\$\{TfToken\[[^\]]+\]\}$/;

/**
 * A body in which Terraform reads the tokens of cdktf and nothing else: `${{inputs.data}}` of a job, `@{body('x')}` of
 * a workflow and the like arrive as they are written. What is undefined is left out.
 */
export function azureText(value: ArmValue): ArmValue {
  if (typeof value === 'string') return ONE_TOKEN.test(value) ? value : literal(value);
  if (Array.isArray(value)) return value.map(azureText);
  if (!isPlain(value)) return value;
  return Object.fromEntries(entriesOf(value).map(([key, inner]) => [azureText(key), azureText(inner)]));
}

/** A body for a template of the resource manager, which takes texts that start with `[` for its own expressions. */
export function templateText(value: string): string {
  return value.startsWith('[') ? `[${value}` : value;
}

/** An object of JSON, and no token. */
export function isPlain(value: ArmValue): value is { readonly [key: string]: ArmValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Token.isUnresolved(value);
}

/** The members of an object but for those that are undefined. */
export function entriesOf(value: { readonly [key: string]: ArmValue }): [string, ArmValue][] {
  return Object.entries(value).filter(([, inner]) => inner !== undefined);
}
