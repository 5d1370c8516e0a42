import { createHash } from 'crypto';
import { ITerraformDependable, TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { once } from './once';

/** Permissions that were given; a cloud's `Grant` is one. */
export interface Granted {
  /** Terraform addresses of the resources that give them. */
  readonly addresses: string[];
}

/** Whoever gets a permission; a cloud's `IPrincipal` is one. */
export interface Grantee {
  /** Tells this principal from others while synthesizing; the same in every synthesis. */
  readonly principalId: string;
}

/** The construct that a permission is made in, and its construct id there. */
export interface GrantPlace {
  readonly scope: Construct;
  readonly id: string;
}

/**
 * Construct id of a grant: one for each principal and purpose, whatever else is granted before it. A grant that changed
 * its address would be deleted after it was made again, and be gone.
 */
export function grantId(principal: Grantee, purpose: string): string {
  // Of the purpose as well: `a/` and `a_` read the same once they are an id.
  const key = createHash('sha256').update(`${principal.principalId}\n${purpose}`).digest('hex').slice(0, 8);
  return `Grant-${purpose.replace(/[^A-Za-z0-9]+/g, '-')}-${key}`;
}

/**
 * Beside what it opens. Where another stack of the app makes the identity, in the later one of the two stacks, which is
 * the one that uses the other: a permission in the earlier one would make each wait for the other.
 */
export function grantPlace(opened: IConstruct, principal: Grantee, purpose: string): GrantPlace {
  const beside = { scope: opened as Construct, id: grantId(principal, purpose) };
  if (!Construct.isConstruct(principal)) return beside;
  const [theirs, ours] = [TerraformStack.of(principal), TerraformStack.of(opened)];
  if (theirs === ours) return beside;
  // Identities of two stacks may have the same path in each, and so may what they open.
  const [scope, other] = isBefore(ours, theirs) ? [principal, opened] : [opened as Construct, principal];
  return { scope, id: grantId(principal, `${purpose} ${other.node.path}`) };
}

/** The address of a permission of one principal for one purpose, given when it is asked for first. */
export function givenOnce(
  opened: IConstruct,
  principal: Grantee,
  purpose: string,
  give: (scope: Construct, id: string) => IConstruct & ITerraformDependable,
): string {
  const { scope, id } = grantPlace(opened, principal, purpose);
  return once(scope, id, (childId) => give(scope, childId)).fqn;
}

function isBefore(one: IConstruct, another: IConstruct): boolean {
  const all = one.node.root.node.findAll();
  return all.indexOf(one) < all.indexOf(another);
}
