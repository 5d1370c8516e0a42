/**
 * A permission that was given: role assignments, each of one role to one principal at one scope.
 *
 * A resource that needs the permission when it is created depends on `addresses`.
 */
export class Grant {
  /** Several as one. */
  public static all(grants: Grant[]): Grant {
    return new Grant(grants.flatMap((grant) => grant.addresses));
  }

  public constructor(
    /** Terraform addresses of the role assignments. */
    public readonly addresses: string[],
  ) {}
}
