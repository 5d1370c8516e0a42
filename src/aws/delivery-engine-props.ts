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
   * Encrypts artifacts and logs; one of this app gets the statement that CloudWatch Logs needs, an imported one must
   * have it.
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
