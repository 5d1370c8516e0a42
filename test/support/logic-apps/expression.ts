/** A part of an expression. */
export type Node =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'member'; readonly of: Node; readonly key: Node; readonly isSafe: boolean };

/** A text as it stands in a definition: literal text, one expression, or text with expressions in it. */
export type Written = { readonly whole: Node } | { readonly parts: readonly (string | Node)[] };

const WRITTEN = new Map<string, Written>();

/**
 * Reads a text of a definition. `@` at its start makes it an expression, `@@` there is an `@`; `@{…}` is an expression
 * anywhere, `@@{` is not.
 *
 * @see https://learn.microsoft.com/azure/logic-apps/logic-apps-workflow-definition-language#expressions
 */
export function parseText(text: string): Written {
  const known = WRITTEN.get(text);
  if (known !== undefined) return known;
  const read = readText(text);
  WRITTEN.set(text, read);
  return read;
}

function readText(text: string): Written {
  if (text.startsWith('@') && !text.startsWith('@@') && !text.startsWith('@{')) return { whole: parseExpression(text.slice(1)) };
  const parts: (string | Node)[] = [];
  let literal = '';
  let at = 0;
  if (text.startsWith('@@') && text[2] !== '{') {
    literal = '@';
    at = 2;
  }
  while (at < text.length) {
    if (text.startsWith('@@{', at)) {
      literal += '@{';
      at += 3;
    } else if (text.startsWith('@{', at)) {
      const parser = new Parser(text, at + 2);
      const node = parser.expression();
      parser.expect('}');
      parts.push(literal, node);
      literal = '';
      at = parser.position;
    } else {
      literal += text[at++];
    }
  }
  return { parts: [...parts, literal].filter((part) => part !== '') };
}

/** Reads an expression without its `@`. */
export function parseExpression(code: string): Node {
  const parser = new Parser(code, 0);
  const node = parser.expression();
  parser.end();
  return node;
}

class Parser {
  public constructor(private readonly code: string, public position: number) {}

  public expression(): Node {
    let node = this.primary();
    for (;;) {
      this.space();
      const isSafe = this.code[this.position] === '?' && /[.[]/.test(this.code[this.position + 1] ?? '');
      const at = this.position + (isSafe ? 1 : 0);
      if (this.code[at] === '.') {
        this.position = at + 1;
        node = { kind: 'member', of: node, key: { kind: 'literal', value: this.match(/[A-Za-z_]\w*/y) }, isSafe };
      } else if (this.code[at] === '[') {
        this.position = at + 1;
        const key = this.expression();
        this.expect(']');
        node = { kind: 'member', of: node, key, isSafe };
      } else {
        return node;
      }
    }
  }

  public expect(character: string): void {
    this.space();
    if (this.code[this.position] !== character) this.fail(`'${character}'`);
    this.position++;
  }

  public end(): void {
    this.space();
    if (this.position < this.code.length) this.fail('the end');
  }

  private primary(): Node {
    this.space();
    const first = this.code[this.position] ?? '';
    if (first === '\'') return { kind: 'literal', value: this.match(/'((?:[^']|'')*)'/y).slice(1, -1).replace(/''/g, '\'') };
    if (/[-\d]/.test(first)) return { kind: 'literal', value: Number(this.match(/-?\d+(\.\d+)?([eE][-+]?\d+)?/y)) };
    const name = this.match(/[A-Za-z_]\w*/y);
    if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true' };
    if (name === 'null') return { kind: 'literal', value: null };
    this.expect('(');
    const args: Node[] = [];
    this.space();
    while (this.code[this.position] !== ')') {
      if (args.length > 0) this.expect(',');
      args.push(this.expression());
      this.space();
    }
    this.position++;
    return { kind: 'call', name, args };
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.code);
    if (found === null) return this.fail('a value or a function');
    this.position = pattern.lastIndex;
    return found[0];
  }

  private space(): void {
    while (/\s/.test(this.code[this.position] ?? '')) this.position++;
  }

  private fail(want: string): never {
    throw new SyntaxError(`want ${want} at ${this.position}: ${this.code}`);
  }
}

/** Every call in an expression, outermost first. */
export function callsIn(node: Node): Extract<Node, { readonly kind: 'call' }>[] {
  if (node.kind === 'literal') return [];
  if (node.kind === 'member') return [...callsIn(node.of), ...callsIn(node.key)];
  return [node, ...node.args.flatMap(callsIn)];
}

/** The expressions of a text. */
export function nodesOf(written: Written): Node[] {
  return 'whole' in written ? [written.whole] : written.parts.filter((part): part is Node => typeof part !== 'string');
}
