import { createHash } from 'crypto';

/**
 * A physical name made of parts that never move by themselves: lower-case letters, digits and single separators,
 * starting with a letter.
 *
 * The hash keeps two names apart that read the same after shortening.
 *
 * @param maxLength the longest name the service takes, hash included
 */
export function nameOf(parts: readonly string[], maxLength: number, separator: string): string {
  const hash = digestOf(parts).slice(0, HASH_LENGTH);
  const readable = parts.join(separator).toLowerCase().replace(/[^a-z0-9]+/g, separator);
  const room = maxLength - HASH_LENGTH - 1;
  const trimmed = readable.slice(0, room).replace(/^[^a-z]+/, '').replace(/[-_]+$/, '');
  return trimmed === '' ? `m${separator}${hash}` : `${trimmed}${separator}${hash}`;
}

/** The whole hash, in hexadecimal digits. */
export function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('/')).digest('hex');
}

const HASH_LENGTH = 8;
