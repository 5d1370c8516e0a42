import { IModelRegistry } from './model-registry';
import { ContainerImage } from '../core/container-image';

/** Files of a model and the image that serves them. */
export interface ModelArtifactOptions {
  /** Folder of the files, `gs://<bucket>/<folder>`; the image finds it by `AIP_STORAGE_URI`. */
  readonly artifactUri: string;
  /** The image; it answers `serve`. */
  readonly image: ContainerImage;
}

/**
 * Where the model of an endpoint comes from. Terraform cannot deploy models: whatever the source, the endpoint's workflow does, and the source
 * says what starts it.
 */
export abstract class ModelSource {
  /**
   * The newest approved version of a registry, whenever there is one: a message on the registry's approval topic starts the rollout. The stack
   * needs no model to be deployed. Going back to an earlier version is approving it again.
   */
  public static latestApproved(registry: IModelRegistry): ModelSource {
    return new LatestApprovedModel(registry);
  }

  /**
   * One version that is in the registry of Vertex AI already. `terraform apply` writes its name into the data lake, which starts the rollout;
   * another version goes live with the next apply.
   *
   * @param resourceName `projects/<id>/locations/<region>/models/<model>@<version>`, the version by its number
   */
  public static version(resourceName: string): ModelSource {
    return new ModelVersion(resourceName);
  }

  /** Files and an image: the rollout registers them as a version first. Other files go live with the next `terraform apply`. */
  public static artifact(options: ModelArtifactOptions): ModelSource {
    return new ModelArtifact(options);
  }

  /** `latest-approved`, `version` or `artifact`. */
  public abstract readonly kind: string;
}

/** The source made by `ModelSource.latestApproved`. */
export class LatestApprovedModel extends ModelSource {
  public readonly kind = 'latest-approved';
  public constructor(
    /** Whose approvals are followed. */
    public readonly registry: IModelRegistry,
  ) {
    super();
  }
}

/** The source made by `ModelSource.version`. */
export class ModelVersion extends ModelSource {
  public readonly kind = 'version';
  public constructor(
    /** Resource name of the version. */
    public readonly resourceName: string,
  ) {
    super();
  }
}

/** The source made by `ModelSource.artifact`. */
export class ModelArtifact extends ModelSource {
  public readonly kind = 'artifact';
  public constructor(
    /** Files and image. */
    public readonly options: ModelArtifactOptions,
  ) {
    super();
  }
}
