import { refuse, Speaker } from '../../../core/private/validation';

/** A container registry, by its id and its address. */
export interface ContainerRegistry {
  readonly registryId: string;
  /** `<name>.azurecr.io`. */
  readonly loginServer: string;
}

/** A container registry of the user's, by its id. */
export function containerRegistryNamed(who: Speaker, prop: string, registryId: string): ContainerRegistry {
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
