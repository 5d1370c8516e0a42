import { Lazy, Token } from 'cdktf';

/**
 * Text that Terraform must not read as a template: `${` and `%{` are written twice over, as Terraform's own escape, and cdktf's tokens stay
 * what they are.
 *
 * cdktf takes every `${` in a text with tokens for the start of an expression of Terraform, escaped or not, and writes a reference inside it
 * without its own braces. So there the escape is a token itself, which cdktf looks into only when it is done.
 */
export function literal(text: string): string {
  const escaped = Token.isUnresolved(text) ? dollars() : '$$';
  return text.replace(/\$\{(?!TfToken\[)/g, () => `${escaped}{`).replace(/%\{/g, () => '%%{');
}

/** A value as one line of JSON that Terraform passes on unread, except for cdktf's tokens in its strings. */
export function jsonText(value: unknown): string {
  return literal(JSON.stringify(value));
}

function dollars(): string {
  return twoDollars ??= Lazy.stringValue({ produce: () => '$$' });
}

let twoDollars: string | undefined;
