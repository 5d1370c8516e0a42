import { IConstruct } from 'constructs';

/**
 * Says that a workflow makes models of these names that are neither isolated nor in a network, because the serving mode
 * that was chosen has neither: whoever limits what roles may do leaves them out.
 *
 * @param on the workflow
 * @param arns ARNs of the models, with wildcards
 */
export function declareOpenModels(on: IConstruct, arns: readonly string[]): void {
  OPEN.set(on, arns);
  HAVE_OPEN.add(on.node.root);
}

/** The models that something below the scope has declared. */
export function openModelsBelow(scope: IConstruct): string[] {
  // A policy asks each time that it is rendered, and most apps have none.
  return HAVE_OPEN.has(scope.node.root) ? scope.node.findAll().flatMap((each) => OPEN.get(each) ?? []) : [];
}

/** The models that a construct, or one around it, has declared. */
export function openModelsOf(construct: IConstruct): readonly string[] {
  return construct.node.scopes.flatMap((each) => OPEN.get(each) ?? []);
}

const OPEN = new WeakMap<IConstruct, readonly string[]>();
/** The apps in which something has declared one. */
const HAVE_OPEN = new WeakSet<IConstruct>();
