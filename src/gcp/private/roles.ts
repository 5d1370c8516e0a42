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

/** Gives a role, `aiplatform.user`, in the whole project: only for roles that no smaller resource can carry. */
export function grantInProject(scope: Construct, principal: IPrincipal, role: string, condition?: RoleCondition): Grant {
  const id = grantId(principal, condition === undefined ? role : `${role}-${condition.title}`);
  const existing = scope.node.tryFindChild(id) as ProjectIamMember | undefined;
  const given = existing ?? new ProjectIamMember(scope, id, {
    project: GoogleProject.of(scope).projectId, role: `roles/${role}`, member: principal.member, condition,
  });
  return new Grant([given.fqn]);
}
