import { IModelRegistry } from './model-registry-props';
import { ModelArtifactOptions } from './model-source-props';

/**
 * Source of an endpoint's model. Whatever it is, the endpoint's workflow deploys it, because Terraform must never reset
 * the traffic; the source says what starts it.
 */
export class ModelSource {
  /**
   * The newest approved version of a registry, whenever there is one: a message in the registry's queue of approvals
   * starts the rollout. The stack needs no model to be deployed. Going back to an earlier version is approving it
   * again.
   */
  public static latestApproved(registry: IModelRegistry): ModelSource {
    return new ModelSource('latest-approved', registry);
  }

  /**
   * One version that is registered already. `terraform apply` starts its rollout; another version goes live with the
   * next apply.
   *
   * @param versionId ARM id of the version, `…/workspaces/<name>/models/<model>/versions/<version>`
   */
  public static version(versionId: string): ModelSource {
    return new ModelSource('version', undefined, versionId);
  }

  /**
   * Files and an image: the rollout registers them as a version first. Other files go live with the next
   * `terraform apply`.
   */
  public static artifact(options: ModelArtifactOptions): ModelSource {
    return new ModelSource('artifact', undefined, undefined, options);
  }

  private constructor(
    /** `latest-approved`, `version` or `artifact`. */
    public readonly kind: string,
    /**
     * Whose approvals are followed.
     *
     * @internal
     */
    public readonly _registry?: IModelRegistry,
    /**
     * ARM id of the version.
     *
     * @internal
     */
    public readonly _version?: string,
    /**
     * Files and image.
     *
     * @internal
     */
    public readonly _artifact?: ModelArtifactOptions,
  ) {}
}
