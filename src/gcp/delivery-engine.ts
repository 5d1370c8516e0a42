/** Options of a delivery by GitHub Actions. */
export interface GitHubActionsOptions {
  /**
   * A workload identity pool that trusts GitHub already, `projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>`.
   * Its condition must let the repository in.
   *
   * @default - a new pool and provider, for this repository alone
   */
  readonly workloadIdentityProvider?: string;
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
   * Resource name of the repository in a connection to GitHub, `projects/<id>/locations/<region>/connections/<name>/repositories/<name>`. A
   * connection is confirmed once, by hand, in the console.
   *
   * @see https://cloud.google.com/build/docs/automating-builds/github/connect-repo-github
   */
  readonly connectedRepository: string;
  /**
   * Image that has Node.js and Terraform, which every step of a build runs in.
   *
   * @see https://cloud.google.com/build/docs/cloud-builders
   */
  readonly builderImage: string;
}

/** What runs the delivery: one class for each, each with its own options only. */
export abstract class DeliveryEngine {
  /** GitHub Actions, with federated identities instead of stored keys; approvals are GitHub's environments. */
  public static gitHubActions(options: GitHubActionsOptions = {}): DeliveryEngine {
    return new GitHubActionsEngine(options);
  }

  /** Cloud Build, one trigger for each stage; approvals are those of Cloud Build. */
  public static cloudBuild(options: CloudBuildOptions): DeliveryEngine {
    return new CloudBuildEngine(options);
  }

  /** `github-actions` or `cloud-build`. */
  public abstract readonly kind: string;
}

/** The engine made by `DeliveryEngine.gitHubActions`. */
export class GitHubActionsEngine extends DeliveryEngine {
  public readonly kind = 'github-actions';
  public constructor(
    /** What was asked for. */
    public readonly options: GitHubActionsOptions,
  ) {
    super();
  }
}

/** The engine made by `DeliveryEngine.cloudBuild`. */
export class CloudBuildEngine extends DeliveryEngine {
  public readonly kind = 'cloud-build';
  public constructor(
    /** What was asked for. */
    public readonly options: CloudBuildOptions,
  ) {
    super();
  }
}
