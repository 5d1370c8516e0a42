/** Options of a delivery by GitHub Actions. */
export interface GitHubActionsOptions {
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

/**
 * A service connection of Azure DevOps to Azure Resource Manager, with workload identity federation. Make it by hand as
 * a draft: Azure DevOps then shows issuer and subject, and takes the client id that the stack has as an output.
 *
 * @see https://learn.microsoft.com/azure/devops/pipelines/release/configure-workload-identity
 */
export interface AzureDevOpsConnection {
  /** Name of the connection. */
  readonly name: string;
  /**
   * Issuer of its tokens, `https://login.microsoftonline.com/<tenant>/v2.0` or
   * `https://vstoken.dev.azure.com/<organization>`.
   */
  readonly issuer: string;
  /** Subject of its tokens, as Azure DevOps shows it. */
  readonly subject: string;
}

/** The connections of a stage. */
export interface AzureDevOpsStageConnections {
  /** The connection that delivers. Restrict it to the stage's environment and the pipeline. */
  readonly deploy: AzureDevOpsConnection;
  /**
   * The connection that compares before the approval.
   *
   * @default - none: the stage needs no approval
   */
  readonly look?: AzureDevOpsConnection;
}

/** Options of a delivery by Azure DevOps. */
export interface AzureDevOpsOptions {
  /** Connections of each stage, by its name. */
  readonly connections: { [stage: string]: AzureDevOpsStageConnections };
  /**
   * Name of the pipeline's file.
   *
   * @default - `deliver-<stack>.azure-pipelines.yml`, with the app's folder before the stack where it is not the
   *   repository's root
   */
  readonly pipelineFile?: string;
  /**
   * Folder of the repository that the pipeline's file is committed to.
   *
   * @default '.azure-pipelines'
   */
  readonly pipelineFolder?: string;
  /**
   * Image of the machines of Microsoft that run the jobs.
   *
   * @default 'ubuntu-latest'
   */
  readonly vmImage?: string;
}

/** Engine of the delivery; each kind has its own options only. */
export class DeliveryEngine {
  /** GitHub Actions, with federated identities instead of stored keys; approvals are GitHub's environments. */
  public static gitHubActions(options: GitHubActionsOptions = {}): DeliveryEngine {
    return new DeliveryEngine('github-actions', options);
  }

  /**
   * Azure Pipelines of Azure DevOps over the repository on GitHub, with service connections of workload identity
   * federation instead of stored keys; approvals are checks of Azure DevOps' environments.
   *
   * @example
   * import { azure } from 'mlops-constructs';
   *
   * const issuer = 'https://login.microsoftonline.com/99999999-8888-7777-6666-555555555555/v2.0';
   * const engine = azure.DeliveryEngine.azureDevOps({
   *   connections: { prod: { deploy: { name: 'churn-prod', issuer, subject: '/eid1/c/pub/t/…/sc/…' } } },
   * });
   */
  public static azureDevOps(options: AzureDevOpsOptions): DeliveryEngine {
    return new DeliveryEngine('azure-devops', undefined, options);
  }

  private constructor(
    /** `github-actions` or `azure-devops`. */
    public readonly kind: string,
    /**
     * Options of GitHub Actions; undefined where another runs.
     *
     * @internal
     */
    public readonly _gitHubActions?: GitHubActionsOptions,
    /**
     * Options of Azure DevOps; undefined where another runs.
     *
     * @internal
     */
    public readonly _azureDevOps?: AzureDevOpsOptions,
  ) {}
}
