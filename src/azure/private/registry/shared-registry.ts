import { Construct } from 'constructs';
import { refuse, requireMatch, requireUnique, Speaker } from '../../../core/private/validation';
import { SharedRegistryOptions } from '../../model-registry-props';
import { armResource } from '../base/arm';
import { azureName } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';

/** An Azure ML registry, by name and ARM id. */
export interface SharedRegistry {
  readonly name: string;
  readonly registryId: string;
}

/**
 * A registry of Azure ML that workspaces of several subscriptions read: storage and a container registry in each
 * region, which Azure keeps itself.
 *
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/registries
 */
export function newSharedRegistry(
  scope: Construct, id: string, who: Speaker, options: SharedRegistryOptions, isDestroyable: boolean,
): SharedRegistry {
  const { location, resourceGroupId } = resourceGroupOf(scope);
  const { registryName, locations = [], publicNetworkAccess = true } = options;
  requireMatch(
    who,
    'sharedRegistry.registryName',
    registryName,
    /^[a-zA-Z0-9][\w-]{2,31}$/,
    '3 to 32 letters, digits, hyphens and underscores that start with a letter or digit',
  );
  for (const each of locations) {
    requireMatch(
      who,
      'sharedRegistry.locations',
      each,
      /^[a-z]+\d?$/,
      'regions like westeurope, in lower case and without spaces',
    );
  }
  requireUnique(who, 'sharedRegistry.locations', locations);
  if (typeof publicNetworkAccess !== 'boolean') {
    refuse(who, 'sharedRegistry.publicNetworkAccess', publicNetworkAccess, 'true or false');
  }
  const regions = [location, ...locations.filter((each) => each !== location)];
  const name = registryName ?? azureName(scope, 'mlRegistry', id);
  const resource = armResource(scope, id, {
    type: 'Microsoft.MachineLearningServices/registries',
    name,
    parentId: resourceGroupId,
    location,
    identity: { isSystemAssigned: true },
    body: {
      properties: {
        publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled',
        regionDetails: regions.map((region) => ({
          location: region,
          acrDetails: [{ systemCreatedAcrAccount: { acrAccountName: azureName(scope, 'containerRegistry', `${id}-${region}`), acrAccountSku: 'Premium' } }],
          storageAccountDetails: [{
            systemCreatedStorageAccount: {
              storageAccountName: azureName(scope, 'storageAccount', `${id}-${region}`),
              storageAccountType: 'Standard_LRS',
              storageAccountHnsEnabled: false,
              allowBlobPublicAccess: false,
            },
          }],
        })),
      },
    },
    lifecycle: { preventDestroy: !isDestroyable },
  });
  return { name, registryId: resource.id };
}
