import { IModelRegistry } from './model-registry-props';
import { ModelArtifactOptions } from './model-source-props';

/**
 * Where the model of an endpoint comes from. Terraform cannot deploy models: whatever the source, the endpoint's
 * workflow does, and the source says what starts it.
 */
export class ModelSource {
  /**
   * The newest approved version of a registry, whenever there is one: a message on the registry's approval topic starts
   * the rollout. The stack needs no model to be deployed. Going back to an earlier version is approving it again.
   */
  public static latestApproved(registry: IModelRegistry): ModelSource {
    return new ModelSource('latest-approved', registry);
  }

  /**
   * One version that is in the registry of Vertex AI already. `terraform apply` writes its name into the data lake,
   * which starts the rollout; another version goes live with the next apply.
   *
   * @param resourceName `projects/<id>/locations/<region>/models/<model>@<version>`, the version by its number
   *
   * @example
   * import { gcp } from 'mlops-constructs';
   *
   * const model = gcp.ModelSource.version('projects/my-project/locations/europe-west4/models/churn@7');
   */
  public static version(resourceName: string): ModelSource {
    return new ModelSource('version', undefined, resourceName);
  }

  /**
   * Files and an image: the rollout registers them as a version first. Other files go live with the next
   * `terraform apply`.
   *
   * @example
   * import { ContainerImage, gcp } from 'mlops-constructs';
   *
   * const model = gcp.ModelSource.artifact({
   *   artifactUri: 'gs://my-models/churn/2026-03/',
   *   image: ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/ml/churn@sha256:0123'),
   * });
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
     * Resource name of the version.
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
