import { MlopsError } from './private/errors';
import { requireText, requireTexts } from './private/texts';
import { Token } from './private/tokens';
import { show, Speaker } from './private/validation';

/** Options of an image that is built from a directory. */
export interface ImageDirectoryOptions {
  /**
   * The Dockerfile, relative to the directory.
   *
   * @default 'Dockerfile'
   */
  readonly dockerfile?: string;
  /**
   * Paths that are not part of the build, as `.dockerignore` patterns; they do not change the image's hash either.
   *
   * @default - the patterns of `.dockerignore`
   */
  readonly exclude?: string[];
}

/**
 * The container image of the workload: one image answers `train`, `evaluate`, `serve` and `monitor` on every cloud.
 *
 * The contract between the image and the stack is written in `docs/workload-contract.md`.
 */
export class ContainerImage {
  /** An image that is already in a registry, preferably by digest: `…/churn@sha256:…`. */
  public static fromUri(uri: string): ContainerImage {
    if (uri === '' || typeof uri !== 'string') {
      throw new MlopsError('Invalid container image', `container image: uri must be a registry address, got ${show(uri)}`);
    }
    if (!Token.isUnresolved(uri) && /\s|:\/\/|^[^\w$]/.test(uri)) {
      throw new MlopsError(
        'Invalid container image',
        `container image: uri must be a registry address like host/repository/name:tag, without https://, got ${show(uri)}`,
      );
    }
    return new ContainerImage(uri, undefined, undefined, undefined);
  }

  /**
   * An image that the deployment builds from a directory and pushes; needs a container engine at deploy time, not at
   * synth.
   *
   * On AWS it lies in the repository of the CDK's bootstrap stack, where `cdk gc` and lifecycle rules delete it once no
   * template names it, also while versions and endpoints run it: see docs/aws.md.
   *
   * @example
   * import { ContainerImage } from 'mlops-constructs';
   *
   * const image = ContainerImage.fromDirectory('workload', { exclude: ['notebooks', 'data'] });
   */
  public static fromDirectory(directory: string, options: ImageDirectoryOptions = {}): ContainerImage {
    const who: Speaker = { what: 'container image', name: 'fromDirectory' };
    requireText(who, 'directory', directory);
    requireTexts(who, options, { dockerfile: 'text?', exclude: 'texts?' });
    return new ContainerImage(undefined, directory, options.dockerfile, options.exclude);
  }

  private constructor(
    /** The registry address, of an image made by `fromUri`. */
    public readonly uri?: string,
    /** The build context, of an image made by `fromDirectory`. */
    public readonly directory?: string,
    /** The Dockerfile inside the directory. */
    public readonly dockerfile?: string,
    /** Patterns that are left out of the build context. */
    public readonly exclude?: string[],
  ) {}
}
