import { Token } from './tokens';

/**
 * Text as the runtime reads the text of other clouds: `'3'` is 3, `'0.1'` is 0.1, `'true'` is true, `'[1, 2]'` is a
 * list; all else stays text.
 */
export function typedValues(texts: { readonly [name: string]: string }): { readonly [name: string]: unknown } {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, typed(text)]));
}

function typed(text: string): unknown {
  if (Token.isUnresolved(text)) return text;
  const words: { readonly [word: string]: unknown } = { True: true, False: false, None: null };
  if (text.trim() in words) return words[text.trim()];
  try {
    const value: unknown = JSON.parse(text);
    const isExact =
      typeof value !== 'number' ||
      (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)));
    return isExact && typeof value !== 'string' ? value : typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}
