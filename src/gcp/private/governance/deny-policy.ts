import { IamDenyPolicy } from '@cdktf/provider-google/lib/iam-deny-policy';
import { Construct } from 'constructs';
import { refuse, Speaker, speakerFor } from '../../../core/private/validation';
import { stableName } from '../../../terraform/names';
import { GoogleProject } from '../../google-project';
import { IPrincipal } from '../../principal';
import { after } from '../base/ordering';

/**
 * Permissions that nobody may use, whatever roles they have, and why.
 *
 * @see https://cloud.google.com/iam/docs/deny-permissions-support
 */
const DENIED: readonly (readonly [description: string, ...permissions: string[]])[] = [
  ['Keys of service accounts are passwords that never expire', 'iam.googleapis.com/serviceAccountKeys.create'],
  ['What a key encrypted is gone with its version', 'cloudkms.googleapis.com/cryptoKeyVersions.destroy'],
  ['The record of who did what stays', 'logging.googleapis.com/buckets.delete', 'logging.googleapis.com/sinks.delete'],
  ['The project stays', 'cloudresourcemanager.googleapis.com/projects.delete'],
];

/** How a deny policy writes a principal. @see https://cloud.google.com/iam/docs/principal-identifiers#deny */
const PRINCIPALS: { readonly [kind: string]: (email: string) => string } = {
  user: (email) => `principal://goog/subject/${email}`,
  group: (email) => `principalSet://goog/group/${email}`,
  serviceAccount: (email) => `principal://iam.googleapis.com/projects/-/serviceAccounts/${email}`,
};

/** Denies to everybody in the project what no role should ever do; the exceptions are those who answer for it. */
export class DenyPolicy extends Construct {
  constructor(scope: Construct, id: string, exceptions: readonly IPrincipal[]) {
    super(scope, id);
    const project = GoogleProject.of(this);
    const who: Speaker = speakerFor('governance guardrails', scope);
    const exceptionPrincipals = exceptions.map((each) => {
      const { email, member } = each as IPrincipal & { readonly email?: string };
      if (email !== undefined) return PRINCIPALS.serviceAccount(email);
      const [kind, address] = member.split(':');
      return PRINCIPALS[kind]?.(address) ?? refuse(who, 'denyExceptions', member, 'users, groups and service accounts');
    });
    new IamDenyPolicy(this, 'Policy', {
      // The attachment point is the full resource name of the project, each slash written as %2F.
      parent: `cloudresourcemanager.googleapis.com%2Fprojects%2F${project.projectId}`,
      name: stableName(this, undefined, { maxLength: 63, separator: '-' }),
      displayName: 'What no role may do',
      rules: DENIED.map(([description, ...deniedPermissions]) => ({
        description,
        denyRule: {
          deniedPrincipals: ['principalSet://goog/public:all'],
          deniedPermissions,
          exceptionPrincipals: exceptionPrincipals.length === 0 ? undefined : exceptionPrincipals,
        },
      })),
      dependsOn: after(project._api('iam')),
    });
  }
}
