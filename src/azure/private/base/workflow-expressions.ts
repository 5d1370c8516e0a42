/** An expression of the Workflow Definition Language, without its `@`. */
export class Expression {
  public constructor(public readonly code: string) {}
}

/** A text with expressions in it. */
export class Template {
  /** Literals and expressions; no two literals stand side by side. */
  public readonly parts: readonly (string | Expression)[];

  public constructor(parts: readonly (string | Expression)[]) {
    this.parts = parts.reduce((done: readonly (string | Expression)[], part) => {
      const last = done[done.length - 1];
      if (part === '') return done;
      return typeof part === 'string' && typeof last === 'string'
        ? [...done.slice(0, -1), last + part]
        : [...done, part];
    }, []);
  }
}

/** What may stand in an expression: texts become literals in quotes. */
export type Operand = Expression | Template | string | number | boolean | null;

/**
 * An expression: ex`equals(${variable('state')}, ${state})`. What is put in is a value, whatever characters it has;
 * only what is an expression itself is read as one.
 *
 * @see https://learn.microsoft.com/azure/logic-apps/workflow-definition-language-functions-reference
 */
export function ex(parts: TemplateStringsArray, ...values: readonly Operand[]): Expression {
  return new Expression(parts.reduce((code, part, index) => code + operand(values[index - 1]) + part));
}

/** A text: text`training/${run}/model`. */
export function text(parts: TemplateStringsArray, ...values: readonly (Operand | undefined)[]): Template {
  return new Template(parts.flatMap((part, index) => [...(index === 0 ? [] : piece(values[index - 1])), part]));
}

/** Texts one after the other, as one expression. */
export function joined(...values: readonly Operand[]): Expression {
  return ex`concat(${new Expression(values.map((each) => operand(each)).join(', '))})`;
}

/** A list, as one expression. */
export function listOf(...values: readonly Operand[]): Expression {
  return new Expression(`createArray(${values.map((each) => operand(each)).join(', ')})`);
}

/** Whether a value is one of several. */
export function isOneOf(value: Operand, values: readonly Operand[]): Expression {
  return ex`contains(${listOf(...values)}, ${value})`;
}

function piece(value: Operand | undefined): readonly (string | Expression)[] {
  if (value instanceof Template) return value.parts;
  return [value instanceof Expression ? value : String(value)];
}

function operand(value: Operand): string {
  if (value instanceof Expression) return value.code;
  if (value instanceof Template) {
    const parts = value.parts.map((part) => (typeof part === 'string' ? quoted(part) : `string(${part.code})`));
    return parts.length === 0 ? '\'\'' : `concat(${parts.join(', ')})`;
  }
  return typeof value === 'string' ? quoted(value) : String(value);
}

function quoted(literal: string): string {
  return `'${literal.replace(/'/g, '\'\'')}'`;
}

/** The output of an action: the answer of a call, the value of a composition. */
export function outputsOf(action: string): Expression {
  return ex`outputs(${action})`;
}

/** The body of the answer to a call. */
export function bodyOf(action: string): Expression {
  return ex`body(${action})`;
}

/** The status code of the answer to a call; null where there was no answer. */
export function codeOf(action: string): Expression {
  return ex`outputs(${action})?['statusCode']`;
}

/** The value of a variable. */
export function variable(name: string): Expression {
  return ex`variables(${name})`;
}

/** The run's own id, in lower case: different for each run, and again for one that is sent anew. */
export const RUN_ID = new Expression('toLower(workflow()[\'run\'][\'name\'])');

/** Now, as RFC 3339. */
export const NOW = new Expression('utcNow()');

/** The message of a call that failed, as one text of at most 1,000 characters. */
export function errorOf(action: string): Expression {
  return ex`take(concat(${action}, ': ', string(outputs(${action})?['statusCode']), ' ', string(outputs(${action})?['body'])), 1000)`;
}

/**
 * A value as it is written in a definition: expressions with their `@`, and everything else so that Logic Apps reads it
 * as it is.
 *
 * `@` begins an expression at the start of a text, and `@{` does anywhere.
 */
export function rendered(value: unknown): unknown {
  if (value instanceof Expression) return `@${value.code}`;
  if (value instanceof Template) {
    const last = value.parts.length - 1;
    return value.parts
      .map((part, index) => (typeof part === 'string' ? escaped(part, index === 0, index < last) : `@{${part.code}}`))
      .join('');
  }
  if (typeof value === 'string') return escaped(value, true);
  if (Array.isArray(value)) return value.map((each) => rendered(each));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(members.map(([key, each]) => [escaped(key, true), rendered(each)]));
}

function escaped(literal: string, isStart: boolean, isFollowed: boolean = false): string {
  return literal.replace(/@/g, (at, offset: number) => {
    // Before an expression it would make `@@{`, which is read as text.
    const opens = literal[offset + 1] === '{' || (isFollowed && offset === literal.length - 1);
    return opens || (offset === 0 && isStart) ? '@{\'@\'}' : at;
  });
}
