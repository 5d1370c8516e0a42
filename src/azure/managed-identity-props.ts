import { IConstruct } from 'constructs';
import { IPrincipal } from './principal';

/** An identity that jobs, endpoints and workflows run as. */
export interface IManagedIdentity extends IConstruct, IPrincipal {
  /**
   * ARM id,
   * `/subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>`.
   */
  readonly identityId: string;
  /** Client id, by which code asks for a token of this identity (`AZURE_CLIENT_ID`). */
  readonly clientId: string;
}

/** A new identity. */
export interface ManagedIdentityProps {
  /**
   * Name of the identity: 3 to 128 letters, digits, hyphens and underscores, for an identity that other stacks name.
   *
   * @default - made of the construct's place
   */
  readonly identityName?: string;
}

/** An identity that exists. */
export interface ManagedIdentityAttributes {
  /**
   * ARM id,
   * `/subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<name>`.
   */
  readonly identityId: string;
  /** Client id. */
  readonly clientId: string;
  /** Object id of its service principal. */
  readonly objectId: string;
}
