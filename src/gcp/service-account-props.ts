import { IConstruct } from 'constructs';
import { Grant } from './grant';
import { IPrincipal } from './principal';

/** An identity that jobs and services run as. */
export interface IServiceAccount extends IConstruct, IPrincipal {
  /** Its mail address. */
  readonly email: string;
  /** Its resource name, `projects/<id>/serviceAccounts/<email>`. */
  readonly resourceName: string;
  /** Allows starting jobs that run as this identity. */
  grantActAs(principal: IPrincipal): Grant;
}

/** A new service account. */
export interface ServiceAccountProps {
  /** Display name, at most 100 characters. */
  readonly displayName: string;
  /**
   * Account id, the part of the e-mail address before the @: 6 to 30 lower-case letters, digits and hyphens, for an
   * identity that other projects name.
   *
   * @default - made of the construct's place
   */
  readonly accountId?: string;
}
