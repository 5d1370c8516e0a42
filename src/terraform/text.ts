/**
 * Text that Terraform must not read as a template: `${` and `%{` are written twice over, as Terraform's own escape, and cdktf's tokens stay
 * what they are.
 */
export function literal(text: string): string {
  return text.replace(/\$\{(?!TfToken\[)/g, () => '$${').replace(/%\{/g, () => '%%{');
}

/** A value as one line of JSON that Terraform passes on unread, except for cdktf's tokens in its strings. */
export function jsonText(value: unknown): string {
  return literal(JSON.stringify(value));
}
