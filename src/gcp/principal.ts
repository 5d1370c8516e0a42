import { requireMatch } from '../core/private/validation';

/** Somebody or something that permissions are given to. */
export interface IPrincipal {
  /** As IAM writes it, `serviceAccount:trainer@my-project.iam.gserviceaccount.com`. */
  readonly member: string;
  /**
   * Tells this principal from others while synthesizing, where a member's address may not be known yet; the same in
   * every synthesis.
   */
  readonly principalId: string;
}

/** People and identities from outside the stack. @see https://cloud.google.com/iam/docs/principal-identifiers */
export class Principal implements IPrincipal {
  /** A person, by mail address. Prefer groups: they outlive people's jobs. */
  public static user(email: string): IPrincipal {
    return new Principal('user', email);
  }

  /** A group, by mail address. */
  public static group(email: string): IPrincipal {
    return new Principal('group', email);
  }

  /** A service account of another stack or project, by mail address. */
  public static serviceAccount(email: string): IPrincipal {
    return new Principal('serviceAccount', email);
  }

  public readonly member: string;
  public readonly principalId: string;

  private constructor(kind: string, email: string) {
    requireMatch(
      { what: 'principal', name: email },
      'email',
      email,
      /^[^@\s:]+@[^@\s]+\.[^@\s.]+$/,
      'a mail address, without user: or group:',
    );
    this.member = `${kind}:${email}`;
    this.principalId = this.member;
  }
}
