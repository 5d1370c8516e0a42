import { ServingContainer } from './serving-container-props';
import { ContainerImage } from '../core/container-image';

/** Files of a model and the image that serves them. */
export interface ModelArtifactOptions {
  /**
   * Folder of the files, `gs://<bucket>/<folder>`; the image finds a copy of it by `AIP_STORAGE_URI`. A Cloud Run
   * service mounts the bucket: in another than the lake's the endpoint's `serviceAccount` must be allowed to read.
   */
  readonly artifactUri: string;
  /** The image; it answers `serve`, unless `container` says how it is run. */
  readonly image: ContainerImage;
  /**
   * How the image is run on Vertex AI, where it was not made for the workload contract. A Cloud Run service says so
   * itself, in `CloudRunServing.service`.
   *
   * @default - by the workload contract
   */
  readonly container?: ServingContainer;
  /**
   * Variables of the container on Vertex AI.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
}
