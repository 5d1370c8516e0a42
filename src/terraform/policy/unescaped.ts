/**
 * Terraform's escapes undone, and its references replaced by a word without quotes: quotes in them would end the string
 * of a JSON text.
 */
export function unescaped(text: string): string {
  let result = '';
  let done = 0;
  for (const { 0: opening, index } of text.matchAll(/\$\$\{|%%\{|\$\{/g)) {
    if (index < done) continue;
    result += text.slice(done, index) + (opening === '${' ? '${terraform}' : opening.slice(1));
    done = opening === '${' ? endOfReference(text, index + opening.length) : index + opening.length;
  }
  return result + text.slice(done);
}

function endOfReference(text: string, start: number): number {
  let depth = 1;
  let at = start;
  for (; at < text.length && depth > 0; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
  }
  return at;
}
