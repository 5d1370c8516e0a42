/**
 * A permission that was given: additive IAM members, never authoritative bindings, which would fight those of Google's
 * own agents.
 *
 * A resource that needs the permission when it is created depends on `addresses`.
 */
export class Grant {
  /** Several as one. */
  public static all(grants: Grant[]): Grant {
    return new Grant(grants.flatMap((grant) => grant.addresses));
  }

  public constructor(
    /** Terraform addresses of the members. */
    public readonly addresses: string[],
  ) {}
}
