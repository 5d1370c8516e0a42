import { ServiceAccount as GoogleServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import { Construct } from 'constructs';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { grantOnce } from './private/base/grants';
import { after } from './private/base/ordering';
import { IServiceAccount, ServiceAccountProps } from './service-account-props';
import { requireTexts } from '../core/private/texts';
import { Token } from '../core/private/tokens';
import { requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { stableName } from '../terraform/names';
import { placeInStack } from '../terraform/stack';
import { literal, shortened } from '../terraform/text';

/**
 * An identity of one job or service. The project's default identity is never used: it may do nearly everything.
 *
 * Children: `Account`.
 */
export class ServiceAccount extends Construct implements IServiceAccount {
  /** An identity that exists. */
  public static fromEmail(scope: Construct, id: string, email: string): IServiceAccount {
    return new ImportedServiceAccount(scope, id, email);
  }

  public readonly email: string;
  public readonly member: string;
  public readonly resourceName: string;
  public readonly principalId: string;
  /** Account id, the part of its e-mail address before the @; known while synthesizing. */
  public readonly accountId: string;

  public constructor(scope: Construct, id: string, props: ServiceAccountProps) {
    super(scope, id);
    const project = GoogleProject.of(this);
    const who: Speaker = speakerFor('service account', scope, id);
    requireTexts(who, props, { displayName: 'text' });
    requireMatch(
      who,
      'accountId',
      props.accountId,
      /^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/,
      '6 to 30 lower-case letters, digits and hyphens, starting with a letter',
    );
    this.accountId = props.accountId ?? stableName(this, undefined, { maxLength: 30, separator: '-' });
    const account = new GoogleServiceAccount(this, 'Account', {
      project: project.projectId,
      accountId: this.accountId,
      displayName: literal(shortened(props.displayName, 100)),
      dependsOn: after(project._api('iam')),
    });
    this.email = account.email;
    this.member = account.member;
    this.resourceName = account.name;
    this.principalId = placeInStack(this);
  }

  public grantActAs(principal: IPrincipal): Grant {
    return grantActAs(this, principal);
  }
}

class ImportedServiceAccount extends Construct implements IServiceAccount {
  public readonly member: string;
  public readonly resourceName: string;
  public readonly principalId: string;

  public constructor(scope: Construct, id: string, public readonly email: string) {
    super(scope, id);
    const who: Speaker = speakerFor('service account', scope, id);
    requireMatch(
      who,
      'email',
      email,
      /^[^@\s]+@[^@\s]+\.gserviceaccount\.com$/,
      'the mail address of a service account',
    );
    requireTexts(who, { email }, { email: 'text' });
    this.member = `serviceAccount:${email}`;
    this.resourceName = `projects/-/serviceAccounts/${email}`;
    this.principalId = Token.isUnresolved(email) ? placeInStack(this) : this.member;
  }

  public grantActAs(principal: IPrincipal): Grant {
    return grantActAs(this, principal);
  }
}

function grantActAs(account: IServiceAccount, principal: IPrincipal): Grant {
  return grantOnce(account, principal, 'act-as', (scope, id) => new ServiceAccountIamMember(scope, id, {
    serviceAccountId: account.resourceName, role: 'roles/iam.serviceAccountUser', member: principal.member,
  }));
}
