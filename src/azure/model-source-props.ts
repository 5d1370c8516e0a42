import { ContainerImage } from '../core/container-image';

/** Files of a model and the image that serves them. */
export interface ModelArtifactOptions {
  /**
   * Folder of the files in the lake's container of artifacts, `models/churn/`, or its address:
   * `azureml://datastores/<name>/paths/<folder>` of a datastore of the workspace,
   * `azureml://registries/<name>/models/<model>/versions/<version>` of a shared registry.
   */
  readonly modelUri: string;
  /** The image; it answers `serve`. */
  readonly image: ContainerImage;
  /**
   * Variables of the container.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
}
