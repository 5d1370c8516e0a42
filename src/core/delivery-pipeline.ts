/** One place to deliver to, and who lets a change in. */
export interface DeliveryStageSpec {
  /** Name of the environment, `dev`, `staging`, `prod`; letters, digits and hyphens. */
  readonly name: string;
  /**
   * Whether a person must agree before a change goes in.
   *
   * @default - only the last stage needs it
   */
  readonly approval?: boolean;
}

/** How code and infrastructure travel from a commit to production. */
export interface DeliveryPipelineIntent {
  /**
   * Repository on GitHub: `owner/name`, or `owner@<id>/name@<id>` where GitHub writes the numeric ids into the identity of its workflows, as
   * it does for repositories made after 15 July 2026. `gh api repos/<owner>/<name>/actions/oidc/customization/sub` tells which.
   */
  readonly repository: string;
  /**
   * Branch whose commits are delivered.
   *
   * @default 'main'
   */
  readonly branch?: string;
  /**
   * Where to deliver to, in order.
   *
   * @default - dev, staging, prod
   */
  readonly stages?: DeliveryStageSpec[];
}
