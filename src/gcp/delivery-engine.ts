/** Options of a delivery by GitHub Actions. */
export interface GitHubActionsOptions {
  /**
   * A workload identity pool that trusts GitHub already,
   * `projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>`. Its condition must let the
   * repository in.
   *
   * @default - a new pool and provider, for this repository alone
   */
  readonly workloadIdentityProvider?: string;
  /**
   * Id of the new pool, 4 to 32 characters. A pool that was deleted keeps its id taken for 30 days: a delivery that comes
   * back to a stack within that time has another id, or the old pool is undeleted and imported.
   *
   * @default - made from the construct's path
   */
  readonly poolId?: string;
  /**
   * Name of the workflow's file, unique in the repository: concurrency groups are made from it as well.
   *
   * @default - `deliver-<stack>.yml`, with the app's folder before the stack where it is not the repository's root
   */
  readonly workflowFile?: string;
  /**
   * Label of the machines that run the jobs.
   *
   * @default 'ubuntu-latest'
   */
  readonly runner?: string;
}

/** Options of a delivery by Cloud Build. */
export interface CloudBuildOptions {
  /**
   * Resource name of the repository in a connection to GitHub,
   * `projects/<id>/locations/<region>/connections/<name>/repositories/<name>`. A connection is confirmed once, by hand,
   * in the console.
   *
   * @see https://cloud.google.com/build/docs/automating-builds/github/connect-repo-github
   */
  readonly connectedRepository: string;
  /**
   * Image that has bash, Node.js and Terraform, for several stages also `gcloud`; every step of a build runs in it.
   *
   * @see https://cloud.google.com/build/docs/cloud-builders
   */
  readonly builderImage: string;
}

/** Engine of the delivery; each kind has its own options only. */
export class DeliveryEngine {
  /** GitHub Actions, with federated identities instead of stored keys; approvals are GitHub's environments. */
  public static gitHubActions(options: GitHubActionsOptions = {}): DeliveryEngine {
    return new DeliveryEngine('github-actions', options);
  }

  /**
   * Cloud Build, one trigger for each stage; approvals are those of Cloud Build. All are in the stack's own project and
   * apply to it, so give each project a stage of its own; what would change is written into the log after the approval.
   * Variables of the stack keep the values of the last apply by hand, unless a `*.auto.tfvars` beside `cdk.tf.json`
   * says others, which the synth command may put there.
   *
   * @example
   * import { gcp } from 'mlops-constructs';
   *
   * const engine = gcp.DeliveryEngine.cloudBuild({
   *   connectedRepository: 'projects/my-project/locations/europe-west4/connections/github/repositories/churn',
   *   builderImage: 'europe-west4-docker.pkg.dev/my-project/ml/builder@sha256:0123',
   * });
   */
  public static cloudBuild(options: CloudBuildOptions): DeliveryEngine {
    return new DeliveryEngine('cloud-build', undefined, options);
  }

  private constructor(
    /** `github-actions` or `cloud-build`. */
    public readonly kind: string,
    /**
     * Options of GitHub Actions; undefined where another runs.
     *
     * @internal
     */
    public readonly _gitHubActions?: GitHubActionsOptions,
    /**
     * Options of Cloud Build; undefined where another runs.
     *
     * @internal
     */
    public readonly _cloudBuild?: CloudBuildOptions,
  ) {}
}
