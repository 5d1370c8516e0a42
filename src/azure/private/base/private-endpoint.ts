import { PrivateEndpoint } from '@cdktf/provider-azurerm/lib/private-endpoint';
import { Construct } from 'constructs';
import { azureName } from './names';
import { after } from './ordering';
import { resourceGroupOf } from './resource-group-of';
import { Grant } from '../../grant';
import { INetwork } from '../../private-network-props';

/** A private address of a service in a network. */
export interface PrivateAddress {
  readonly network: INetwork;
  /** ARM id of the service. */
  readonly targetId: string;
  /**
   * Which of its addresses, `blob`.
   *
   * @see https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource
   */
  readonly subresource: string;
  /** Zones of private DNS that answer with it; those that the network's own DNS knows are left out. */
  readonly zones: readonly string[];
  readonly needs?: readonly Grant[];
}

/**
 * Zones by subresource; of a workspace there are two.
 *
 * @see https://learn.microsoft.com/azure/private-link/private-endpoint-dns
 */
export const PRIVATE_ZONES = {
  amlregistry: ['privatelink.api.azureml.ms'],
  amlworkspace: ['privatelink.api.azureml.ms', 'privatelink.notebooks.azure.net'],
  blob: ['privatelink.blob.core.windows.net'],
  dfs: ['privatelink.dfs.core.windows.net'],
  file: ['privatelink.file.core.windows.net'],
  postgresqlServer: ['privatelink.postgres.database.azure.com'],
  queue: ['privatelink.queue.core.windows.net'],
  redisEnterprise: ['privatelink.redis.azure.net'],
  registry: ['privatelink.azurecr.io'],
  vault: ['privatelink.vaultcore.azure.net'],
} as const;

/** Gives a service a private address. */
export function privateEndpoint(scope: Construct, id: string, address: PrivateAddress): PrivateEndpoint {
  const group = resourceGroupOf(scope);
  group._register('Microsoft.Network');
  const name = azureName(scope, 'network', id);
  const zones = address.zones
    .map((zone) => address.network.privateDnsZoneId(zone))
    .filter((zone): zone is string => zone !== undefined);
  return new PrivateEndpoint(scope, id, {
    name,
    location: group.location,
    resourceGroupName: group.resourceGroupName,
    subnetId: address.network.subnetId,
    privateServiceConnection: {
      name,
      privateConnectionResourceId: address.targetId,
      subresourceNames: [address.subresource],
      isManualConnection: false,
    },
    privateDnsZoneGroup: zones.length === 0 ? undefined : { name: 'default', privateDnsZoneIds: zones },
    dependsOn: after(address.network.ready, ...(address.needs ?? [])),
  });
}
