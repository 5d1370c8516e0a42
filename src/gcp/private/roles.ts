import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { Construct } from 'constructs';
import { grantId } from './grant-id';
import { GoogleProject } from '../google-project';
import { Grant } from '../grant';
import { IPrincipal } from '../principal';

/** A condition of a grant, in Google's Common Expression Language. */
export interface RoleCondition {
  readonly title: string;
  readonly expression: string;
}

/**
 * Gives a role, `aiplatform.user`, in the whole project: only for roles that no smaller resource can carry. Once to each principal, whoever asks:
 * of two resources that give the same, the one that goes would take it from the other.
 */
export function grantInProject(scope: Construct, principal: IPrincipal, role: string, condition?: RoleCondition): Grant {
  const project = GoogleProject.of(scope);
  const id = grantId(principal, condition === undefined ? role : `${role}-${condition.title}`);
  const given = GIVEN.get(project) ?? new Map<string, ProjectIamMember>();
  GIVEN.set(project, given);
  const member = given.get(id) ?? new ProjectIamMember(scope, id, { project: project.projectId, role: `roles/${role}`, member: principal.member, condition });
  given.set(id, member);
  return new Grant([member.fqn]);
}

const GIVEN = new WeakMap<GoogleProject, Map<string, ProjectIamMember>>();
