import { Token } from './tokens';
import { refuse, Speaker } from './validation';

/**
 * A key, or the beginning of keys, as an object store has it: no address (`s3://bucket/…`) and no slash in front, for
 * which nothing would be found. Tokens and undefined pass.
 */
export function requireObjectKey(
  who: Speaker,
  prop: string,
  value: string | undefined,
  want = "a key of the bucket like 'incoming/_SUCCESS'",
): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (isObjectKey(value)) return;
  refuse(who, prop, value, `${want}, without the bucket and without a slash in front`);
}

/** The same for a folder, which ends in a slash. */
export function requireObjectFolder(who: Speaker, prop: string, value: string | undefined, example: string): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (isObjectKey(value) && value.endsWith('/')) return;
  refuse(
    who,
    prop,
    value,
    `a folder of the bucket like '${example}': it ends in '/', without the bucket and without a slash in front`,
  );
}

/** Whether an object can have the key; the stores take 1024 bytes of it. */
export function isObjectKey(value: string): boolean {
  return typeof value === 'string' && /^(?![a-z0-9]+:\/\/)[^/\s]/i.test(value) && Buffer.byteLength(value) <= 1024;
}
