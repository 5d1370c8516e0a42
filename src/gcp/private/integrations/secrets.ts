import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantOnce } from '../base/grants';
import { after } from '../base/ordering';

/** The version that a secret is read at: the latest, unless it is said. */
export function secretReference(secret: string): string {
  return secret.includes('/versions/') ? secret : `${secret}/versions/latest`;
}

/** Allows reading one secret, and no other. */
export function grantSecret(
  scope: Construct,
  reference: string,
  principal: IPrincipal,
  ready: ITerraformDependable[] = [],
): Grant {
  const [, project, , secret] = reference.split('/');
  return grantOnce(scope, principal, `read-${reference}`, (place, id) => new SecretManagerSecretIamMember(place, id, {
    project,
    secretId: secret,
    role: 'roles/secretmanager.secretAccessor',
    member: principal.member,
    dependsOn: after(GoogleProject.of(scope)._api('secretmanager'), ...ready),
  }));
}
