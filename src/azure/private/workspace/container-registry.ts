import { ContainerRegistry } from '@cdktf/provider-azurerm/lib/container-registry';
import { Construct } from 'constructs';
import { acknowledge } from '../../../terraform/acknowledge';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { knowRegistry } from '../base/pulls';
import { resourceGroupOf } from '../base/resource-group-of';
import { AccountKey } from '../data/account';
import { hasZones } from '../data/replication';

/** What registries of workspaces differ in. */
export interface RegistryInput {
  readonly untaggedImageRetentionDays: number;
  readonly quarantine: boolean;
  readonly isPrivate: boolean;
  readonly encryption: AccountKey | undefined;
  readonly isDestroyable: boolean;
}

/**
 * A registry that knows identities alone. Premium, because the other ones have neither private endpoints nor keys of
 * the customer, nor forget images.
 */
export function newContainerRegistry(scope: Construct, id: string, input: RegistryInput): ContainerRegistry {
  const group = resourceGroupOf(scope);
  group._register('Microsoft.ContainerRegistry');
  const { encryption, isPrivate } = input;
  const registry = new ContainerRegistry(scope, id, {
    name: azureName(scope, 'containerRegistry', id),
    location: group.location,
    resourceGroupName: group.resourceGroupName,
    sku: 'Premium',
    adminEnabled: false,
    anonymousPullEnabled: false,
    zoneRedundancyEnabled: hasZones(group.location),
    retentionPolicyInDays: input.untaggedImageRetentionDays,
    quarantinePolicyEnabled: input.quarantine,
    dataEndpointEnabled: true,
    publicNetworkAccessEnabled: !isPrivate,
    // Images leave a registry that nobody reaches from outside through no back door either; one that is open exports by
    // pulling.
    exportPolicyEnabled: !isPrivate,
    networkRuleBypassOption: 'AzureServices',
    identity: encryption && { type: 'UserAssigned', identityIds: [encryption.identity.identityId] },
    encryption: encryption && [
      { keyVaultKeyId: encryption.key.versionlessKeyId, identityClientId: encryption.identity.clientId },
    ],
    lifecycle: { preventDestroy: !input.isDestroyable },
    dependsOn: after(encryption?.ready),
  });
  acknowledge(registry, 'CKV_AZURE_165', 'a copy in another region is for the user to choose');
  acknowledge(registry, 'CKV_AZURE_164', 'content trust is deprecated and goes in 2028: images are taken by digest');
  if (!isPrivate) {
    acknowledge(
      registry,
      'CKV_AZURE_139',
      'the registry answers to identities with a role alone; privateEndpoints closes it',
    );
  }
  if (!input.quarantine) {
    acknowledge(
      registry,
      'CKV_AZURE_166',
      'without a scanner that releases images nothing could be pulled; quarantineImages switches it on',
    );
  }
  return registry;
}

/** Address of the registry of images, which is made of its name. */
export function knowImages(scope: Construct, registryId: string, given: string | undefined): string {
  const loginServer = `${given?.split('/').pop() ?? azureName(scope, 'containerRegistry', 'Images')}.azurecr.io`;
  knowRegistry(scope, { registryId, loginServer: given === undefined ? loginServer : loginServer.toLowerCase() });
  return loginServer;
}
