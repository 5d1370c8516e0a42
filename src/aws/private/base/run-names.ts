import { jsonata, literal } from './state-language';

/** A part of a name that only a run knows. */
export interface NamePart {
  /** JSONata for the part, hyphens included. */
  readonly expression: string;
  /** The most characters that it may have. */
  readonly longest: number;
}

/**
 * The longest name of a model, an endpoint config or a job.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
 */
export const LONGEST_NAME = 63;

/** The longest prefix that leaves room for the parts. */
export function longestPrefix(parts: readonly NamePart[], limit: number = LONGEST_NAME): number {
  return limit - parts.reduce((sum, { longest }) => sum + longest, 0);
}

/**
 * A name that a workflow makes at run time: a prefix that is known at synthesis, and parts that are not.
 *
 * SageMaker refuses a name that is too long at the call, which may be months later: with version 10, or with a second
 * attempt. So the parts say how long they can become, and a prefix that leaves no room for the longest is an error
 * here.
 */
export function runName(prefix: string, parts: readonly NamePart[], limit: number = LONGEST_NAME): string {
  const most = longestPrefix(parts, limit);
  if (prefix.length > most) {
    throw new Error(
      `a name that begins with '${prefix}' can become ${prefix.length - most} characters too long: its prefix has room for ${most}`,
    );
  }
  return jsonata(nameExpression(prefix, parts));
}

/** The same as an expression, to be part of another. */
function nameExpression(prefix: string, parts: readonly NamePart[]): string {
  return [literal(prefix), ...parts.map(({ expression }) => expression)].join(' & ');
}

/**
 * `-v12`: SageMaker counts versions with at most five digits.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeModelPackage.html
 */
export function versionPart(version: string): NamePart {
  return { expression: `'-v' & $string(${version})`, longest: 2 + 5 };
}

/** `-0123456789ab`: begins the hash of a text. */
export function digestPart(text: string): NamePart {
  return { expression: `'-' & $substring($hash(${text}, 'SHA-256'), 0, ${DIGEST})`, longest: 1 + DIGEST };
}

/** `-2026-11-21-0630`: a time to the minute, in milliseconds. */
export function minutePart(millis: string): NamePart {
  return { expression: `'-' & $fromMillis(${millis}, '[Y0001]-[M01]-[D01]-[H01][m01]')`, longest: 16 };
}

const DIGEST = 12;
