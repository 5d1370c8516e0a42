import { IResolvable, IResolveContext, Token } from 'cdktf';

/**
 * Text that Terraform must not read as a template: `${` and `%{` are written twice over, as Terraform's own escape, and cdktf's tokens stay
 * what they are.
 */
export function literal(text: string): string {
  return Token.isUnresolved(text) ? Token.asString(new LiteralText(text)) : escaped(text);
}

/** A value as one line of JSON that Terraform passes on unread, except for cdktf's tokens in its strings. */
export function jsonText(value: unknown): string {
  return literal(JSON.stringify(value));
}

/**
 * A text with tokens in it. cdktf takes every `${` beside a token for the start of an expression of Terraform, escaped or not, and writes a
 * reference inside it without its own braces. Here it sees the tokens alone.
 */
class LiteralText implements IResolvable {
  public readonly creationStack: string[] = [];
  /** Text and tokens by turns. */
  private readonly parts: readonly string[];

  public constructor(text: string) {
    this.parts = text.split(/(\$\{TfToken\[[^\]]+\]\})/);
  }

  public resolve(context: IResolveContext): string {
    return this.parts.map((part, index) => (index % 2 === 1 ? context.resolve(part) : escaped(part))).join('');
  }

  public toString(): string {
    return Token.asString(this);
  }
}

function escaped(text: string): string {
  return text.replace(/[$%]\{/g, (opening) => opening[0] + opening);
}
