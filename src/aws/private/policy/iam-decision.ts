import { listed, Statement } from './iam-statements';

/** Stands for the values of a context key that only the run knows. */
export const UNKNOWN = Symbol('unknown');

/** Values of a context key; undefined where the request has none. */
export type ContextValues = readonly string[] | typeof UNKNOWN | undefined;

/** A call, as IAM is asked about it. */
export interface AuthorizedCall {
  /** `sagemaker:CreateModel`. */
  readonly action: string;
  /** ARN of what is called, as far as it is known. */
  readonly resource?: string;
  /** The values of a context key. */
  values(key: string): ContextValues;
  /** Whether two values that the template does not know may be the same. */
  mayEqual(one: string, other: string): boolean;
}

/**
 * The statements that deny a call whatever the run decides: what is not known yet counts for the caller.
 *
 * @param text writes a value of a condition as the context has it
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function denying(
  statements: readonly Statement[],
  call: AuthorizedCall,
  text: (value: unknown) => string,
): Statement[] {
  return statements.filter(
    (each) =>
      each.Effect === 'Deny' &&
      listed(each.Action).some((pattern) => matches(String(pattern), call.action, 'i')) &&
      !listed(each.NotResource)
        .map(text)
        .some((pattern) => call.resource !== undefined && matches(pattern, call.resource)) &&
      Object.entries(each.Condition ?? {}).every(([operator, operands]) =>
        Object.entries(operands as object).every(([key, wanted]) =>
          certainly(operator, call.values(key), listed(wanted).map(text), call),
        ),
      ),
  );
}

/** The keys that the conditions of statements look at. */
export function conditionKeys(statements: readonly Statement[]): string[] {
  return [
    ...new Set(
      statements.flatMap(({ Condition }) =>
        Object.values(Condition ?? {}).flatMap((operands) => Object.keys(operands as object)),
      ),
    ),
  ];
}

/** Whether a pattern of IAM stands for a text. */
export function matches(pattern: string, text: string, flags?: string): boolean {
  return new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    flags,
  ).test(text);
}

function certainly(operator: string, values: ContextValues, wanted: readonly string[], call: AuthorizedCall): boolean {
  if (values === UNKNOWN) return false;
  if (operator === 'Null') return (values === undefined) === (wanted[0] === 'true');
  const [, any, name, ifExists] = /^(ForAnyValue:)?([A-Za-z]+?)(IfExists)?$/.exec(operator) ?? [];
  const test = OPERATORS[name ?? ''];
  if (test === undefined) return false;
  // A negated operator is true of a key that is absent, ForAnyValue is false of it.
  if (values === undefined) return any === undefined && (ifExists !== undefined || name.includes('Not'));
  const holds = (value: string) => test(value, wanted, call);
  return any === undefined ? holds(values[0]) : values.some(holds);
}

type Operator = (value: string, wanted: readonly string[], call: AuthorizedCall) => boolean;

const equals: Operator = (value, wanted) => wanted.includes(value);
const differs: Operator = (value, wanted, call) => !wanted.some((each) => each === value || call.mayEqual(value, each));
const OPERATORS: { readonly [name: string]: Operator | undefined } = {
  ArnEquals: equals,
  ArnNotEquals: differs,
  Bool: equals,
  NumericGreaterThan: (value, wanted) => Number(value) > Number(wanted[0]),
  StringEquals: equals,
  StringLike: (value, wanted) => wanted.some((each) => matches(each, value)),
  StringNotEquals: differs,
  StringNotLike: (value, wanted) => !wanted.some((each) => matches(each, value)),
};
