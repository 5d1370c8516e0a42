import { createHash } from 'crypto';
import { IPrincipal } from '../../principal';

/**
 * Construct id of a grant: one for each principal and purpose, whatever else is granted before it. A grant that changed its address would be
 * deleted after it was made again, and be gone.
 */
export function grantId(principal: IPrincipal, purpose: string): string {
  // Of the purpose as well: `a/` and `a_` read the same once they are an id.
  const key = createHash('sha256').update(`${principal.principalId}\n${purpose}`).digest('hex').slice(0, 8);
  return `Grant-${purpose.replace(/[^A-Za-z0-9]+/g, '-')}-${key}`;
}
