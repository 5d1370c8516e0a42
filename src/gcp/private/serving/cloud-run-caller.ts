import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantOnce } from '../base/grants';

/**
 * Allows calling a service of Cloud Run in the project and region of the stack; after `ready`, where the name says
 * nothing of what makes it.
 */
export function grantRunInvoke(
  scope: Construct,
  serviceName: string,
  principal: IPrincipal,
  purpose: string,
  ready?: ITerraformDependable[],
): Grant {
  const project = GoogleProject.of(scope);
  return grantOnce(
    scope,
    principal,
    purpose,
    (place, id) =>
      new CloudRunV2ServiceIamMember(place, id, {
        project: project.projectId,
        location: project.region,
        name: serviceName,
        role: 'roles/run.invoker',
        member: principal.member,
        dependsOn: ready,
      }),
  );
}
