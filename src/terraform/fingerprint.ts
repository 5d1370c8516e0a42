import { createHash } from 'crypto';

/**
 * Settings that a version gets, as one word of eight characters: the same in every synthesis, though tokens are
 * numbered anew in each.
 */
export function fingerprint(chosen: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(chosen).replace(/TfToken\[[^\]]*\]/g, 'token'))
    .digest('hex')
    .slice(0, 8);
}
