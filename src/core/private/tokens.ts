/**
 * Recognizes the unresolved values of either engine by their text.
 *
 * `core` imports no engine, and each engine knows only its own tokens: a string like `${Token[Bucket.42]}` (AWS CDK),
 * `${TfToken[TOKEN.42]}` (CDKTF), an encoded list, or a number in the block that both engines reserve.
 */
export class Token {
  /** Whether the value will only be known at synthesis or at deployment. */
  public static isUnresolved(value: unknown): boolean {
    if (typeof value === 'string') return STRING_TOKEN.test(value);
    if (typeof value === 'number') return value <= LARGEST_ENCODED_NUMBER;
    if (Array.isArray(value)) return value.length === 1 && typeof value[0] === 'string' && LIST_TOKEN.test(value[0]);
    return (
      typeof value === 'object' && value !== null && typeof (value as { resolve?: unknown }).resolve === 'function'
    );
  }
}

const STRING_TOKEN = /\$\{(Tf)?Token\[[^\]]*\]\}/;
const LIST_TOKEN = /^#\{(Tf)?Token\[[^\]]*\]\}$/;
/** Encoded numbers are huge negatives: -1.888154589709e+289 marks the block. */
const LARGEST_ENCODED_NUMBER = -1e280;
