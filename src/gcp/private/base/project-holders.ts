import { IConstruct } from 'constructs';
import { Token } from '../../../core/private/tokens';
import { GoogleProject } from '../../google-project';

/**
 * Notes that a construct holds something of its project, and returns those that did before, in whichever stack of the
 * app: two stacks of one project each believe that what the project has once is theirs.
 */
export function holdInProject(holder: IConstruct, what: string): readonly IConstruct[] {
  const before = holdersInProject(holder, what);
  const { root } = holder.node;
  const held = HELD.get(root) ?? new Map<string, readonly IConstruct[]>();
  HELD.set(root, held.set(keyOf(holder, what), [...before, holder]));
  return before;
}

/** The constructs of the app that hold this in the project of a construct. */
export function holdersInProject(scope: IConstruct, what: string): readonly IConstruct[] {
  return HELD.get(scope.node.root)?.get(keyOf(scope, what)) ?? [];
}

/** Projects that only Terraform knows are taken for different ones. */
function keyOf(scope: IConstruct, what: string): string {
  const project = GoogleProject.of(scope);
  return `${Token.isUnresolved(project.projectId) ? project.node.path : project.projectId} ${what}`;
}

const HELD = new WeakMap<IConstruct, Map<string, readonly IConstruct[]>>();
