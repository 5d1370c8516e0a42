import { aws_iam as iam, aws_kms as kms, aws_sns as sns } from 'aws-cdk-lib';

/** Options of a delivery by GitHub Actions. */
export interface GitHubActionsOptions {
  /**
   * The provider of GitHub's identities that the account has already: there can be one only.
   *
   * @default - the one that the stack makes for another delivery, or a new provider
   */
  readonly provider?: iam.IOidcProvider;
  /**
   * Name of the workflow's file, unique in the repository: concurrency groups are made from it as well.
   *
   * @default - `deliver.yml`, or `deliver-<folder>.yml` for an app that is not in the repository's root
   */
  readonly workflowFile?: string;
  /**
   * Label of the machines that run the jobs.
   *
   * @default 'ubuntu-latest'
   */
  readonly runner?: string;
}

/** Options of a delivery by AWS CodePipeline. */
export interface CodePipelineOptions {
  /**
   * ARN of the connection to GitHub. A connection is confirmed once, by hand, in the console.
   *
   * @see https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-create-github.html
   */
  readonly connectionArn: string;
  /**
   * Encrypts artifacts and logs; one of this app gets the statement that CloudWatch Logs needs, an imported one must have it.
   *
   * @default - a new key
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Whether deployments build container images, for which their machines run privileged.
   *
   * @default false
   */
  readonly buildsImages?: boolean;
  /**
   * E-mail addresses that are notified of pending approvals.
   *
   * @default - no one is notified
   */
  readonly approvalTopic?: sns.ITopic;
}

/** Engine of the delivery; each has its own options only. */
export abstract class DeliveryEngine {
  /** GitHub Actions, with short-lived identities instead of stored secrets; approvals are GitHub's environments. */
  public static gitHubActions(options: GitHubActionsOptions = {}): DeliveryEngine {
    return new GitHubActionsEngine(options);
  }

  /** AWS CodePipeline with CodeBuild, over a connection to GitHub; approvals are steps of the pipeline. */
  public static codePipeline(options: CodePipelineOptions): DeliveryEngine {
    return new CodePipelineEngine(options);
  }

  /** `github-actions` or `code-pipeline`. */
  public abstract readonly kind: string;
}

/** The engine made by `DeliveryEngine.gitHubActions`. */
export class GitHubActionsEngine extends DeliveryEngine {
  public readonly kind = 'github-actions';
  public constructor(
    /** Options of the mode or engine. */
    public readonly options: GitHubActionsOptions,
  ) {
    super();
  }
}

/** The engine made by `DeliveryEngine.codePipeline`. */
export class CodePipelineEngine extends DeliveryEngine {
  public readonly kind = 'code-pipeline';
  public constructor(
    /** Options of the mode or engine. */
    public readonly options: CodePipelineOptions,
  ) {
    super();
  }
}
