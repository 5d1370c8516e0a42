import { requirePlain } from './plain-text';
import { ContainerImage } from '../../../core/container-image';
import { Cloud } from '../../../core/parity';
import { Speaker } from '../../../core/private/validation';
import { builtImageUri } from '../../../terraform/image';

/** Address of the workload's image. */
export function imageUri(who: Speaker, image: ContainerImage): string {
  requirePlain(who, 'image', image.uri);
  return builtImageUri(who, image, Cloud.GCP);
}
