import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { SecretManagerSecretVersion } from '@cdktf/provider-google/lib/secret-manager-secret-version';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { ephemeralPassword } from '../../../terraform/ephemeral-password';
import { stableName } from '../../../terraform/names';
import { IEncryptionKey } from '../../encryption-key-props';
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
  variable: string,
  reference: string,
  principal: IPrincipal,
  ready: ITerraformDependable[] = [],
): Grant {
  const [, project, , secret] = reference.split('/');
  return grantOnce(scope, principal, `read ${variable}`, (place, id) => new SecretManagerSecretIamMember(place, id, {
    project,
    secretId: secret,
    role: 'roles/secretmanager.secretAccessor',
    member: principal.member,
    dependsOn: after(GoogleProject.of(scope)._api('secretmanager'), ...ready),
  }));
}

/** An empty secret in the region of the stack, encrypted with the key. */
export function newSecret(
  scope: Construct,
  id: string,
  { encryptionKey, isKept = false }: { readonly encryptionKey: IEncryptionKey; readonly isKept?: boolean },
): SecretManagerSecret {
  const project = GoogleProject.of(scope);
  return new SecretManagerSecret(scope, id, {
    project: project.projectId,
    secretId: secretName(scope, id),
    replication: {
      userManaged: {
        replicas: [{ location: project.region, customerManagedEncryption: { kmsKeyName: encryptionKey.keyId } }],
      },
    },
    // A new password can be had at any time; what encrypts data cannot.
    deletionProtection: isKept,
    lifecycle: isKept ? { preventDestroy: true } : undefined,
    dependsOn: after(project._api('secretmanager'), encryptionKey.grantServiceAgent('secretmanager')),
  });
}

/** A secret whose value is made while applying, once for each version, and is in neither template nor state. */
export interface MadeSecret {
  readonly secret: string;
  readonly version: string;
  /** As clients are told of it; a name that is known at synthesis. */
  readonly reference: string;
  readonly ready: ITerraformDependable;
}

/** A secret of a server's own, kept with its database. */
export function madeSecret(
  scope: Construct,
  id: string,
  settings: { readonly encryptionKey: IEncryptionKey; readonly version: number; readonly isDestroyable: boolean },
): MadeSecret {
  const secret = newSecret(scope, id, { encryptionKey: settings.encryptionKey, isKept: !settings.isDestroyable });
  const version = new SecretManagerSecretVersion(scope, `${id}Version`, {
    secret: secret.id,
    secretDataWo: ephemeralPassword(scope, id),
    secretDataWoVersion: settings.version,
    deletionPolicy: 'ABANDON',
  });
  return {
    secret: secret.secretId,
    version: version.version,
    reference: `projects/${GoogleProject.of(scope).projectId}/secrets/${secretName(scope, id)}/versions/latest`,
    ready: version,
  };
}

function secretName(scope: Construct, id: string): string {
  return stableName(scope, id, { maxLength: 255, separator: '-' });
}
