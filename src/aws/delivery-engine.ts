import { GitHubActionsOptions, CodePipelineOptions } from './delivery-engine-props';

/** Engine of the delivery; each kind has its own options only. */
export class DeliveryEngine {
  /** GitHub Actions, with short-lived identities instead of stored secrets; approvals are GitHub's environments. */
  public static gitHubActions(options: GitHubActionsOptions = {}): DeliveryEngine {
    return new DeliveryEngine('github-actions', options);
  }

  /**
   * AWS CodePipeline with CodeBuild, over a connection to GitHub; approvals are steps of the pipeline.
   *
   * @example
   * import { aws } from 'mlops-constructs';
   *
   * const engine = aws.DeliveryEngine.codePipeline({ connectionArn: 'arn:aws:codeconnections:eu-central-1:111122223333:connection/1a2b' });
   */
  public static codePipeline(options: CodePipelineOptions): DeliveryEngine {
    return new DeliveryEngine('code-pipeline', undefined, options);
  }

  private constructor(
    /** `github-actions` or `code-pipeline`. */
    public readonly kind: string,
    /**
     * Options of GitHub Actions; undefined where another runs.
     *
     * @internal
     */
    public readonly _gitHubActions?: GitHubActionsOptions,
    /**
     * Options of AWS CodePipeline; undefined where another runs.
     *
     * @internal
     */
    public readonly _codePipeline?: CodePipelineOptions,
  ) {}
}
