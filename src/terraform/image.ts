import { ContainerImage } from '../core/container-image';
import { Cloud, Parity } from '../core/parity';
import { refuseBecause, Speaker } from '../core/private/validation';

/** Address of the workload's image. Terraform builds none, so one that would be built from a directory is refused. */
export function builtImageUri(who: Speaker, image: ContainerImage, cloud: Cloud): string {
  if (image.uri !== undefined) return image.uri;
  const { dockerfile, exclude } = image;
  Parity._refuse(who, 'ImageDirectoryOptions', cloud, { dockerfile, exclude });
  return refuseBecause(
    who,
    `image of the directory '${image.directory}' cannot be built by Terraform: let CI push it to the registry of the stack and give ContainerImage.fromUri`,
  );
}
