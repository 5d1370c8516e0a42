import { ITerraformDependable } from 'cdktf';
import { IConstruct } from 'constructs';
import { Speaker } from '../../../core/private/validation';
import { Ground, groundOf, registerGround } from '../../../terraform/ground';

/** The members of `GoogleProject` that what it creates itself asks for: its network cannot import the class. */
export interface ProjectContext {
  readonly projectId: string;
  readonly region: string;
  /** Which set of names stands for what keeps its name taken: see `lastingName`. */
  readonly _nameGeneration: number;
  _api(...services: string[]): ITerraformDependable;
}

const GROUND: Ground = {
  key: Symbol.for('mlops-constructs/google-project'),
  missing:
    "the stack has no project yet: create new GoogleProject(stack, 'Google', { projectId, region }) before its constructs",
  alone: 'a stack without a GoogleProject: one stack has one project',
};

/** The project of the stack that a construct is in. */
export function projectOf(scope: IConstruct): ProjectContext {
  return groundOf(scope, GROUND);
}

/** Makes it the project of its stack, which may have one only. */
export function registerProject(who: Speaker, project: ProjectContext & IConstruct): void {
  registerGround(who, project, GROUND);
}
