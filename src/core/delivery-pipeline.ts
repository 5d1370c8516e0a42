/** One environment of a delivery and its approval. */
export interface DeliveryStageSpec {
  /** Name of the environment, `dev`, `staging`, `prod`; letters, digits and hyphens. */
  readonly name: string;
  /**
   * Whether a deployment to the stage needs a manual approval.
   *
   * @default - only the last stage needs it
   */
  readonly approval?: boolean;
}

/** Continuous delivery of code and infrastructure from a commit to production. */
export interface DeliveryPipelineIntent {
  /**
   * Repository on GitHub: `owner/name`, or `owner@<id>/name@<id>` where GitHub writes the numeric ids into the identity
   * of its workflows, as it does for repositories made after 15 July 2026.
   * `gh api repos/<owner>/<name>/actions/oidc/customization/sub` prints which form it is.
   */
  readonly repository: string;
  /**
   * Branch whose commits are delivered.
   *
   * @default 'main'
   */
  readonly branch?: string;
  /**
   * Stages in the order of deployment.
   *
   * @default - dev, staging, prod
   */
  readonly stages?: DeliveryStageSpec[];
}
