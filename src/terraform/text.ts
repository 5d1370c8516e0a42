import { IResolvable, IResolveContext, Token } from 'cdktf';

/** cdktf's tokens in a text. */
const TOKENS = /(\$\{TfToken\[[^\]]+\]\})/;

/**
 * Text that Terraform must not read as a template: `${` and `%{` are written twice over, as Terraform's own escape, and
 * cdktf's tokens stay what they are.
 */
export function literal(text: string): string {
  return Token.isUnresolved(text) ? Token.asString(new LiteralText(text)) : escaped(text);
}

/**
 * Text of at most so many characters; one with tokens in it is left as it is, because a token that is cut is none any
 * more.
 */
export function shortened(text: string, most: number): string {
  return Token.isUnresolved(text) ? text : text.slice(0, most);
}

/** A value as one line of JSON that Terraform passes on unread, except for cdktf's tokens in its strings. */
export function jsonText(value: unknown): string {
  return literal(JSON.stringify(value));
}

/**
 * A value as JSON in which Terraform writes what it knows at the deployment, quotes and line breaks of it included:
 * `{"id":${jsonencode("${a.id}")}}`. Tokens may stand for texts, numbers and lists, and in names.
 */
export function encodedJson(value: unknown): string {
  return Token.asString(new EncodedJson(value));
}

/**
 * A text with tokens in it. cdktf takes every `${` beside a token for the start of an expression of Terraform, escaped
 * or not, and writes a reference inside it without its own braces. Here it sees the tokens alone.
 */
class LiteralText implements IResolvable {
  public readonly creationStack: string[] = [];
  /** Text and tokens by turns. */
  private readonly parts: readonly string[];

  public constructor(text: string) {
    this.parts = text.split(TOKENS);
  }

  public resolve(context: IResolveContext): string {
    return this.parts.map((part, index) => (index % 2 === 1 ? context.resolve(part) : escaped(part))).join('');
  }

  public toString(): string {
    return Token.asString(this);
  }
}

/** JSON piece by piece: cdktf's own `jsonencode` writes neither names that are tokens nor empty objects below them. */
class EncodedJson implements IResolvable {
  public readonly creationStack: string[] = [];

  public constructor(private readonly value: unknown) {}

  public resolve(context: IResolveContext): string {
    return this.write(this.value, context);
  }

  public toString(): string {
    return Token.asString(this);
  }

  private write(value: unknown, context: IResolveContext): string {
    if (typeof value === 'string') return this.text(value, context);
    if (Token.isUnresolved(value)) return this.resolved(context.resolve(value), context);
    if (Array.isArray(value)) return `[${value.map((each) => this.write(each, context)).join(',')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
    const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return `{${members.map(([name, inner]) => `${this.text(name, context)}:${this.write(inner, context)}`).join(',')}}`;
  }

  /** A list or a number that Terraform knows is an expression in braces; one that was late only is itself. */
  private resolved(value: unknown, context: IResolveContext): string {
    const expression = typeof value === 'string' ? /^\$\{([^]*)\}$/.exec(value)?.[1] : undefined;
    return expression === undefined ? this.write(value, context) : `\${jsonencode(${expression})}`;
  }

  private text(value: string, context: IResolveContext): string {
    if (!Token.isUnresolved(value)) return escaped(JSON.stringify(value));
    const parts = value.split(TOKENS).map((part, index) => {
      const known: string = index % 2 === 1 ? context.resolve(part) : part;
      return index % 2 === 1 && known.includes('${') ? known : escaped(JSON.stringify(known).slice(1, -1));
    });
    return `\${jsonencode("${parts.join('')}")}`;
  }
}

function escaped(text: string): string {
  return text.replace(/[$%]\{/g, (opening) => opening[0] + opening);
}
