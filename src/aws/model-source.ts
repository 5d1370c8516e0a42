import { IModelRegistry } from './model-registry-props';
import { ModelArtifactOptions } from './model-source-props';
import { requireText } from '../core/private/texts';

/**
 * Where the model of an endpoint comes from, and with it who makes the endpoint: the rollout workflow, or the template.
 */
export class ModelSource {
  /**
   * The newest approved version of a registry, whenever there is one.
   *
   * The stack needs no model to be deployed: an approval starts the rollout workflow, which makes the endpoint, or
   * updates it.
   */
  public static latestApproved(registry: IModelRegistry): ModelSource {
    return new ModelSource('latest-approved', registry);
  }

  /**
   * One archive, served by the template: a new archive goes live with a deployment of the stack.
   *
   * @example
   * import { aws, ContainerImage } from 'mlops-constructs';
   *
   * const model = aws.ModelSource.artifact({
   *   image: ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn@sha256:0123'),
   *   key: 'models/churn-2026-03/model.tar.gz',
   * });
   */
  public static artifact(options: ModelArtifactOptions): ModelSource {
    return new ModelSource('artifact', undefined, options);
  }

  /**
   * One version of a registry of this or another account, by its ARN, served by the template.
   *
   * @example
   * import { aws } from 'mlops-constructs';
   *
   * const model = aws.ModelSource.package('arn:aws:sagemaker:eu-central-1:111122223333:model-package/churn/7');
   */
  public static package(modelPackageArn: string): ModelSource {
    requireText({ what: 'model source', name: 'package' }, 'modelPackageArn', modelPackageArn);
    return new ModelSource('package', undefined, undefined, modelPackageArn);
  }

  private constructor(
    /** `latest-approved`, `artifact` or `package`. */
    public readonly kind: string,
    /**
     * Whose approvals are followed.
     *
     * @internal
     */
    public readonly _registry?: IModelRegistry,
    /**
     * Image and archive.
     *
     * @internal
     */
    public readonly _artifact?: ModelArtifactOptions,
    /**
     * ARN of the version.
     *
     * @internal
     */
    public readonly _version?: string,
  ) {}
}
