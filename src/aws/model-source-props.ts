import { aws_s3 as s3 } from 'aws-cdk-lib';
import { ContainerImage } from '../core/container-image';

/** A model archive and the image that serves it. */
export interface ModelArtifactOptions {
  /** The image; it answers `serve`. */
  readonly image: ContainerImage;
  /**
   * Key of the archive (`training/churn/model.tar.gz`), or of a folder of files, which ends in `/` (`models/llama/`):
   * they come to the machine as they are, which saves large models the packing and unpacking. In multi-model serving
   * the prefix of the archives, which ends in `/`.
   *
   * @default - the image brings its own model
   */
  readonly key?: string;
  /**
   * The bucket of the archive.
   *
   * @default - the artifact bucket of the data lake
   */
  readonly bucket?: s3.IBucket;
}
