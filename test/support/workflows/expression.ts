/**
 * The grammar of `${…}`: https://cloud.google.com/workflows/docs/reference/syntax/expressions and the order of
 * operators in https://cloud.google.com/workflows/docs/reference/syntax/datatypes. What those pages do not have
 * (`not in`, map literals, named arguments) is refused, so that nothing passes here that the service could refuse.
 */
export type Expression =
  | { readonly kind: 'literal'; readonly value: null | boolean | bigint | number | string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: Expression[] }
  | { readonly kind: 'member'; readonly of: Expression; readonly key: string }
  | { readonly kind: 'index'; readonly of: Expression; readonly at: Expression }
  | { readonly kind: 'call'; readonly callee: string; readonly args: Expression[] }
  | { readonly kind: 'unary'; readonly operator: 'not' | '-'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression };

export type BinaryOperator = 'or' | 'and' | '<' | '<=' | '>' | '>=' | '==' | '!=' | 'in' | '+' | '-' | '*' | '/' | '//' | '%';

/** A text that is no expression; the message says where. */
export class SyntaxFault extends Error {}

/** The operators of two operands, the loosest first. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['<', '<=', '>', '>=', '==', '!=', 'in'],
  ['+', '-'],
  ['*', '/', '//', '%'],
];

const LITERALS: Record<string, null | boolean> = {
  true: true, True: true, TRUE: true, false: false, False: false, FALSE: false, null: null,
};
const WORD_OPERATORS: Record<string, string> = { and: 'and', AND: 'and', or: 'or', OR: 'or', not: 'not', NOT: 'not', in: 'in' };
const ESCAPES: Record<string, string> = { 'n': '\n', 't': '\t', 'r': '\r', '"': '"', "'": "'", '\\': '\\' };
const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\/\/|<=|>=|==|!=|[-+*/%<>().,[\]]))/sy;

interface Token { readonly kind: 'number' | 'word' | 'string' | 'mark' | 'end'; readonly text: string; readonly at: number }

/** The parts of a value when it is `${…}` as a whole; undefined for any other text. */
export function expressionIn(text: string): string | undefined {
  return text.startsWith('${') && text.endsWith('}') ? text.slice(2, -1) : undefined;
}

/** Reads the text between `${` and `}`; a definition runs the same texts over and over. */
export function parseExpression(source: string): Expression {
  const known = EXPRESSIONS.get(source);
  if (known !== undefined) return known;
  const reader = new Reader(source);
  const expression = reader.binary(0);
  reader.expectEnd();
  EXPRESSIONS.set(source, expression);
  return expression;
}

const EXPRESSIONS = new Map<string, Expression>();

/** The same for places. */
const TARGETS = new Map<string, { readonly name: string; readonly path: Expression[] }>();

/** Reads the left side of an assignment: a variable, or a place in one such as `a.b[0]["c d"]`. */
export function parseTarget(source: string): { readonly name: string; readonly path: Expression[] } {
  const known = TARGETS.get(source);
  if (known !== undefined) return known;
  const reader = new Reader(source);
  const path: Expression[] = [];
  let place = reader.postfix();
  reader.expectEnd();
  while (place.kind === 'member' || place.kind === 'index') {
    path.unshift(place.kind === 'member' ? { kind: 'literal', value: place.key } : place.at);
    place = place.of;
  }
  if (place.kind !== 'name') throw new SyntaxFault(`cannot assign to '${source}'`);
  const target = { name: place.name, path };
  TARGETS.set(source, target);
  return target;
}

class Reader {
  private readonly tokens: Token[];
  private next = 0;

  constructor(private readonly source: string) {
    this.tokens = tokensOf(source);
  }

  binary(level: number): Expression {
    if (level === LEVELS.length) return this.minus();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = LEVELS[level].find((each) => this.isOperator(each));
      if (!operator) return left;
      this.next++;
      left = { kind: 'binary', operator, left, right: this.binary(level + 1) };
    }
  }

  /** Unary minus binds looser than `not`, which binds tighter than every operator: `not a == b` is `(not a) == b`. */
  private minus(): Expression {
    if (!this.isOperator('-')) return this.not();
    this.next++;
    return { kind: 'unary', operator: '-', operand: this.minus() };
  }

  private not(): Expression {
    if (!this.isOperator('not')) return this.postfix();
    this.next++;
    return { kind: 'unary', operator: 'not', operand: this.not() };
  }

  postfix(): Expression {
    let place = this.primary();
    for (;;) {
      if (this.take('.')) {
        place = { kind: 'member', of: place, key: this.word() };
      } else if (this.take('[')) {
        place = { kind: 'index', of: place, at: this.binary(0) };
        this.expect(']');
      } else if (this.take('(')) {
        place = { kind: 'call', callee: this.pathOf(place), args: this.listUntil(')') };
      } else {
        return place;
      }
    }
  }

  private primary(): Expression {
    const token = this.tokens[this.next++];
    if (token.kind === 'number') {
      return { kind: 'literal', value: token.text.includes('.') ? Number(token.text) : integer(token.text) };
    }
    if (token.kind === 'string') return { kind: 'literal', value: unquoted(token.text) };
    if (token.kind === 'word' && !(token.text in WORD_OPERATORS)) {
      return token.text in LITERALS ? { kind: 'literal', value: LITERALS[token.text] } : { kind: 'name', name: token.text };
    }
    if (token.text === '[') return { kind: 'list', items: this.listUntil(']') };
    if (token.text === '(') {
      const inner = this.binary(0);
      this.expect(')');
      return inner;
    }
    throw this.unexpected(token);
  }

  private listUntil(end: string): Expression[] {
    const items: Expression[] = [];
    if (this.take(end)) return items;
    do items.push(this.binary(0)); while (this.take(','));
    this.expect(end);
    return items;
  }

  /** The dotted name of what is called. */
  private pathOf(place: Expression): string {
    if (place.kind === 'name') return place.name;
    if (place.kind === 'member') return `${this.pathOf(place.of)}.${place.key}`;
    throw new SyntaxFault(`only a function can be called, in '${this.source}'`);
  }

  private isOperator(operator: string): boolean {
    const token = this.tokens[this.next];
    return token.kind === 'mark' ? token.text === operator : token.kind === 'word' && WORD_OPERATORS[token.text] === operator;
  }

  private take(mark: string): boolean {
    const token = this.tokens[this.next];
    if (token.kind !== 'mark' || token.text !== mark) return false;
    this.next++;
    return true;
  }

  private word(): string {
    const token = this.tokens[this.next++];
    if (token.kind !== 'word') throw this.unexpected(token);
    return token.text;
  }

  private expect(mark: string): void {
    if (!this.take(mark)) throw this.unexpected(this.tokens[this.next], mark);
  }

  expectEnd(): void {
    const token = this.tokens[this.next];
    if (token.kind !== 'end') throw this.unexpected(token);
  }

  private unexpected(token: Token, wanted?: string): SyntaxFault {
    const found = token.kind === 'end' ? 'the end' : `'${token.text}' at ${token.at}`;
    return new SyntaxFault(`unexpected ${found}${wanted ? `, want '${wanted}'` : ''}, in '${this.source}'`);
  }
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  const end = source.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex + source.slice(TOKEN.lastIndex).search(/\S/);
    const match = TOKEN.exec(source);
    if (!match) throw new SyntaxFault(`unexpected '${source[at]}' at ${at}, in '${source}'`);
    const [, number, word, string, mark] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string, at });
    else tokens.push({ kind: 'mark', text: mark, at });
  }
  return [...tokens, { kind: 'end', text: '', at: end }];
}

function integer(text: string): bigint {
  const value = BigInt(text);
  if (BigInt.asIntN(64, value) !== value) throw new SyntaxFault(`${text} is no 64-bit integer`);
  return value;
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (whole, code?: string, letter?: string) => {
    if (code) return String.fromCharCode(parseInt(code, 16));
    if (letter! in ESCAPES) return ESCAPES[letter!];
    throw new SyntaxFault(`unknown escape '${whole}' in ${text}`);
  });
}
