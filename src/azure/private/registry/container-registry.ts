import { refuse, Speaker } from '../../../core/private/validation';
import { ImageRegistry } from '../base/pulls';

/** A container registry of the user's, by its id. */
export function containerRegistryNamed(who: Speaker, prop: string, registryId: string): ImageRegistry {
  const parts =
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ContainerRegistry\/registries\/([a-zA-Z0-9]{5,50})$/i.exec(
      registryId,
    ) ??
    refuse(
      who,
      prop,
      registryId,
      'the ARM id of a container registry, …/providers/Microsoft.ContainerRegistry/registries/<name>, known at synthesis',
    );
  return { registryId, loginServer: `${parts[1].toLowerCase()}.azurecr.io` };
}
