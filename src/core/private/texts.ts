import { Token } from './tokens';
import { refuse, Speaker } from './validation';

/**
 * Shape of a prop of text: one, a list (of `words` some may be empty), or texts by their names; `?` where it may be
 * left out.
 */
export type TextShape = `${'text' | 'texts' | 'words' | 'named texts'}${'' | '?'}`;

/**
 * Refuses what is no text in the props that are text. TypeScript and Python do so themselves, JavaScript and a cast
 * do not, and the first method of a text that is called would end in a TypeError. Tokens pass.
 *
 * @param prefix of the props in the error: `modelCard.`
 */
export function requireTexts<T extends object>(
  who: Speaker, props: T, shapes: { readonly [K in keyof T]?: TextShape }, prefix: string = '',
): void {
  for (const [name, shape] of Object.entries(shapes) as [string, TextShape][]) {
    const value = (props as { readonly [prop: string]: unknown })[name];
    if (value === undefined && shape.endsWith('?')) continue;
    requireShape(who, `${prefix}${name}`, value, shape.replace('?', ''));
  }
}

/** Refuses what is no text: another kind of value, nothing but space, or characters that no service takes. */
export function requireText(who: Speaker, prop: string, value: unknown): void {
  requireShape(who, prop, value, 'text');
}

/** Refuses what is no list of texts. */
export function requireTextList(who: Speaker, prop: string, values: unknown): void {
  requireShape(who, prop, values, 'texts');
}

/** Refuses what is no text with a name, several of them. */
export function requireNamedTexts(who: Speaker, prop: string, values: unknown): void {
  requireShape(who, prop, values, 'named texts');
}

function requireShape(who: Speaker, prop: string, value: unknown, shape: string): void {
  if (shape === 'text') return requireOne(who, prop, value, false);
  if (Token.isUnresolved(value)) return;
  if (shape === 'named texts') {
    if (!isRecord(value)) refuse(who, prop, value, 'texts by their names');
    for (const [name, each] of Object.entries(value)) requireOne(who, `${prop}.${name}`, each, true);
    return;
  }
  if (!Array.isArray(value)) refuse(who, prop, value, 'a list of texts');
  // By index: a list made longer has holes, which no method of lists visits.
  for (let index = 0; index < value.length; index += 1) requireOne(who, `${prop}[${index}]`, value[index], shape === 'words');
}

function requireOne(who: Speaker, prop: string, value: unknown, mayBeBlank: boolean): void {
  if (Token.isUnresolved(value)) return;
  if (typeof value !== 'string') refuse(who, prop, value, 'text');
  if (!mayBeBlank && value.trim() === '') refuse(who, prop, value, 'text that is not empty');
  if (UNREADABLE.test(value)) refuse(who, prop, value, 'text without control characters');
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Control characters but for tabs and line breaks, and halves of a character: no engine's JSON carries them whole. */
const UNREADABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff]/u;
