import { TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';

/** The child with this id, made when it is asked for first. */
export function once<T extends IConstruct>(scope: IConstruct, id: string, make: (id: string) => T): T {
  return scope.node.tryFindChild(id) as T | undefined ?? make(id);
}

/**
 * Resources that a stack has once, whichever construct asks: of two resources that give the same permission, the one
 * that goes would take it from the other. The same key, bucket or repository may have been brought in twice.
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
