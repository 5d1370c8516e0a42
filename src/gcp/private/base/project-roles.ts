import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { grantPlace } from '../../../terraform/grants';
import { onceInStack } from '../../../terraform/once';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';

/** A condition of a grant, in Google's Common Expression Language. */
export interface RoleCondition {
  readonly title: string;
  readonly expression: string;
}

/**
 * Gives a role, `aiplatform.user`, in the whole project: only for roles that no smaller resource can carry. Once to
 * each principal, whoever asks: of two resources that give the same, the one that goes would take it from the other.
 */
export function grantInProject(
  opened: Construct,
  principal: IPrincipal,
  role: string,
  condition?: RoleCondition,
): Grant {
  const { projectId } = GoogleProject.of(opened);
  const purpose = condition === undefined ? role : `${role}-${condition.title}`;
  const { scope, id } = grantPlace(opened, principal, purpose);
  const maker = Construct.isConstruct(principal) ? TerraformStack.of(principal).node.path : '';
  const member = onceInStack(
    scope,
    ['project', projectId, purpose, maker, principal.principalId],
    () =>
      new ProjectIamMember(scope, id, {
        project: projectId,
        role: `roles/${role}`,
        member: principal.member,
        condition,
      }),
  );
  return new Grant([member.fqn]);
}
