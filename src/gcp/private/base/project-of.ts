import { ITerraformDependable } from 'cdktf';
import { IConstruct } from 'constructs';
import { refuse, refuseBecause, Speaker, speakerFor } from '../../../core/private/validation';
import { stackOf } from '../../../terraform/stack';

/** The members of `GoogleProject` that what it creates itself asks for: its network cannot import the class. */
export interface ProjectContext {
  readonly projectId: string;
  readonly region: string;
  _api(...services: string[]): ITerraformDependable;
}

const OF_STACK = Symbol.for('mlops-constructs/google-project');

/** The project of the stack that a construct is in. */
export function projectOf(scope: IConstruct): ProjectContext {
  const who: Speaker = speakerFor(speakerOf(scope), scope);
  const stack = stackOf(scope, who);
  const found = (stack as unknown as { [key: symbol]: ProjectContext | undefined })[OF_STACK];
  return found ?? refuseBecause(who, 'the stack has no project yet: '
    + 'create new GoogleProject(stack, \'Google\', { projectId, region }) before its constructs');
}

/** Makes it the project of its stack, which may have one only. */
export function registerProject(who: Speaker, project: ProjectContext & IConstruct): void {
  const stack = stackOf(project, who);
  if (OF_STACK in stack) refuse(who, 'scope', stack.node.id, 'a stack without a GoogleProject: one stack has one project');
  Object.defineProperty(stack, OF_STACK, { value: project });
}

function speakerOf(scope: IConstruct): string {
  return scope.constructor.name.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
