import { fail } from '../errors';
import { Value } from '../values';
import { builtin } from './builtin';

/** @see https://cloud.google.com/workflows/docs/reference/stdlib/text/split (and its neighbours) */
export const TEXT = [
  builtin('text.decode(data: bytes, charset?: string)', ([data, charset]) => decode(data, charset)),
  builtin('text.encode(text: string, charset?: string)', ([text, charset]) => encode(text, charset)),
  builtin('text.find_all(source: string, substr: string)', ([source, substr]) => found(source, literally(substr)).map((each) => each.get('index')!)),
  builtin('text.find_all_regex(source: string, regexp: string)', ([source, regexp]) => found(source, re2(regexp))),
  builtin('text.match_regex(source: string, regexp: string)', ([source, regexp]) => re2(regexp).test(source)),
  builtin('text.replace_all(source: string, substr: string, repl: string)', ([source, substr, repl]) => source.replace(literally(substr), () => repl)),
  builtin('text.replace_all_regex(source: string, regexp: string, repl: string)', ([source, regexp, repl]) => source.replace(re2(regexp), () => repl)),
  builtin('text.split(source: string, separator: string)', ([source, separator]) => separator === '' ? [...source] : source.split(separator)),
  builtin('text.substring(source: string, start: integer, end: integer)', ([source, start, end]) => substring([...source], Number(start), Number(end))),
  builtin('text.to_lower(source: string)', ([source]) => source.toLowerCase()),
  builtin('text.to_upper(source: string)', ([source]) => source.toUpperCase()),
  builtin('text.url_decode(source: string)', ([source]) => urlDecode(source)),
  builtin('text.url_encode(source: string)', ([source]) => urlEncode(source)),
  builtin('text.url_encode_plus(source: string)', ([source]) => urlEncode(source).replace(/%20/g, '+')),
];

function decode(data: Uint8Array, charset: string | null): Value {
  try {
    return new TextDecoder(charset ?? 'UTF-8', { fatal: true }).decode(data);
  } catch {
    return fail('ValueError', `text.decode: the bytes are no ${charset ?? 'UTF-8'} text`);
  }
}

function encode(text: string, charset: string | null): Value {
  return (charset ?? 'UTF-8').toUpperCase() === 'UTF-8' ? new TextEncoder().encode(text) : fail('ValueError', `text.encode: unknown charset ${charset}`);
}

function found(source: string, pattern: RegExp): Map<string, Value>[] {
  return [...source.matchAll(pattern)].map((match) => new Map<string, Value>([['index', BigInt([...source.slice(0, match.index)].length)], ['match', match[0]]]));
}

function substring(letters: string[], start: number, end: number): Value {
  if (start < 0 || end > letters.length || start > end) return fail('IndexError', `text.substring: ${start} to ${end} of ${letters.length} characters`);
  return letters.slice(start, end).join('');
}

function urlEncode(source: string): string {
  return encodeURIComponent(source).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

function urlDecode(source: string): Value {
  try {
    return decodeURIComponent(source.replace(/\+/g, ' '));
  } catch {
    return fail('ValueError', `text.url_decode: '${source}' is not encoded`);
  }
}

const literally = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gu');

/**
 * RE2 has neither looking around nor references back; its flags in front and its named groups are written as JavaScript
 * has them.
 */
function re2(pattern: string): RegExp {
  if (/\(\?(=|!|<=|<!)|\\[1-9]/.test(pattern)) return fail('ValueError', `RE2 has no looking around and no back references: ${pattern}`);
  const [, flags, body] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(pattern)!;
  try {
    return new RegExp(body.replace(/\(\?P</g, '(?<').replace(/^\\A/, '^').replace(/\\z$/, '$'), `g${flags ?? ''}u`);
  } catch {
    return fail('ValueError', `invalid regular expression: ${pattern}`);
  }
}
