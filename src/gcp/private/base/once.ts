import { ITerraformDependable, TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { grantId } from './grant-id';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';

/** The child with this id, made when it is asked for first. */
export function once<T extends IConstruct>(scope: IConstruct, id: string, make: (id: string) => T): T {
  return scope.node.tryFindChild(id) as T | undefined ?? make(id);
}

/**
 * What a stack gives once, whoever asks: of two resources that give the same permission, the one that goes would take it from the other. The
 * same key, bucket or repository may have been brought in twice.
 *
 * @param given what is given, to whom and where, as text
 */
export function onceInStack<T extends IConstruct>(scope: IConstruct, given: readonly string[], make: () => T): T {
  const stack = TerraformStack.of(scope);
  const known = GIVEN.get(stack) ?? new Map<string, IConstruct>();
  GIVEN.set(stack, known);
  const key = given.join('\n');
  const made = known.get(key) as T | undefined ?? make();
  known.set(key, made);
  return made;
}

const GIVEN = new WeakMap<TerraformStack, Map<string, IConstruct>>();

/** Where a permission stands, and its construct id there. */
export interface GrantPlace {
  readonly scope: Construct;
  readonly id: string;
}

/**
 * Beside what it opens. Where another stack of the app makes the identity, in the later one of the two stacks, which is the one that uses the
 * other: a permission in the earlier one would make each wait for the other.
 */
export function grantPlace(opened: IConstruct, principal: IPrincipal, purpose: string): GrantPlace {
  const beside = { scope: opened as Construct, id: grantId(principal, purpose) };
  if (!Construct.isConstruct(principal)) return beside;
  const [theirs, ours] = [TerraformStack.of(principal), TerraformStack.of(opened)];
  if (theirs === ours) return beside;
  // Identities of two stacks may have the same path in each, and so may what they open.
  const [scope, other] = isBefore(ours, theirs) ? [principal, opened] : [opened as Construct, principal];
  return { scope, id: grantId(principal, `${purpose} ${other.node.path}`) };
}

function isBefore(one: IConstruct, another: IConstruct): boolean {
  const all = one.node.root.node.findAll();
  return all.indexOf(one) < all.indexOf(another);
}

/** A permission of one principal for one purpose, given when it is asked for first. */
export function grantOnce(
  opened: IConstruct, principal: IPrincipal, purpose: string, give: (scope: Construct, id: string) => IConstruct & ITerraformDependable,
): Grant {
  const { scope, id } = grantPlace(opened, principal, purpose);
  return new Grant([once(scope, id, (childId) => give(scope, childId)).fqn]);
}
