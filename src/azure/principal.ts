import { GUID } from './private/base/guid';
import { requireMatch } from '../core/private/validation';

/** Somebody or something that permissions are given to. */
export interface IPrincipal {
  /** Object id in Microsoft Entra ID, which role assignments name. */
  readonly objectId: string;
  /**
   * `ServicePrincipal`, `User` or `Group`: a role assignment that says it does not wait until a new identity is known
   * everywhere.
   */
  readonly principalType: string;
  /**
   * Tells this principal from others while synthesizing, where an object id may not be known yet; the same in every
   * synthesis.
   */
  readonly principalId: string;
}

/**
 * People and identities from outside the stack.
 *
 * @see https://learn.microsoft.com/azure/role-based-access-control/overview#security-principal
 */
export class Principal implements IPrincipal {
  /** A person, by object id. Prefer groups: they outlive people's jobs. */
  public static user(objectId: string): IPrincipal {
    return new Principal('User', objectId);
  }

  /** A group, by object id. */
  public static group(objectId: string): IPrincipal {
    return new Principal('Group', objectId);
  }

  /**
   * An application or managed identity of another stack, by the object id of its service principal (not its client id).
   */
  public static servicePrincipal(objectId: string): IPrincipal {
    return new Principal('ServicePrincipal', objectId);
  }

  public readonly objectId: string;
  public readonly principalType: string;
  public readonly principalId: string;

  private constructor(kind: string, objectId: string) {
    requireMatch(
      { what: 'principal', name: objectId },
      'objectId',
      objectId,
      GUID,
      'an object id, 00000000-0000-0000-0000-000000000000',
    );
    this.objectId = objectId;
    this.principalType = kind;
    this.principalId = `${kind}:${objectId}`;
  }
}
