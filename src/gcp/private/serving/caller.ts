import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { Construct } from 'constructs';
import { once } from '../../../terraform/once';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantOnce } from '../base/grants';
import { lastingName } from '../base/lasting-names';
import { after } from '../base/ordering';

/**
 * Allows calling endpoints, and nothing else: the smallest of Google's own roles with this permission may also train
 * and delete. It holds for all endpoints of the project, because the provider has no permissions of a single endpoint.
 *
 * @see https://cloud.google.com/vertex-ai/docs/general/iam-permissions
 */
export function grantPredict(scope: Construct, principal: IPrincipal): Grant {
  const project = GoogleProject.of(scope);
  const role = once(scope, 'Caller', (id) => new ProjectIamCustomRole(scope, id, {
    project: project.projectId,
    roleId: lastingName(scope, 'caller', { maxLength: 64, separator: '_' }),
    title: 'Calls models',
    description: 'Sends requests to endpoints of Vertex AI and reads where they are',
    permissions: ['aiplatform.endpoints.get', 'aiplatform.endpoints.predict'],
    dependsOn: after(project._api('iam')),
  }));
  return grantOnce(scope, principal, 'predict', (place, id) => new ProjectIamMember(place, id, {
    project: project.projectId, role: role.name, member: principal.member,
  }));
}
