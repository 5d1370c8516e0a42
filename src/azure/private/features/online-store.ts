import { ManagedRedis } from '@cdktf/provider-azurerm/lib/managed-redis';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { acknowledge } from '../../../terraform/acknowledge';
import { customRole } from '../base/grants';
import { azureName } from '../base/names';
import { PRIVATE_ZONES, privateEndpoint } from '../base/private-endpoint';
import { resourceGroupOf } from '../base/resource-group-of';

/** The online store of a feature store. */
export interface OnlineStore {
  /** ARM id of the database that the feature store connects to. */
  readonly resourceId: string;
  /** What makes it; nothing for one that exists. */
  readonly resource?: ITerraformDependable;
}

/** A cache to be made, or the ARM id of one that exists. */
export type OnlineStoreChoice = { readonly skuName: string; readonly highAvailability: boolean } | string;

/** The cache that is asked for, new or found. */
export function newOnlineStore(scope: Construct, choice: OnlineStoreChoice, isPublic: boolean): OnlineStore {
  if (typeof choice === 'string') return { resourceId: choice };
  const group = resourceGroupOf(scope);
  group._register('Microsoft.Cache');
  const cache = new ManagedRedis(scope, 'OnlineStore', {
    name: azureName(scope, 'redis'),
    location: group.location,
    resourceGroupName: group.resourceGroupName,
    skuName: choice.skuName,
    highAvailabilityEnabled: choice.highAvailability,
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled',
    defaultDatabase: {
      // The feature store and its clients ask for the key, with a role, and reach the nodes of a cluster themselves.
      accessKeysAuthenticationEnabled: true,
      clientProtocol: 'Encrypted',
      clusteringPolicy: 'OSSCluster',
      // What is online is never dropped for what comes: a materialization fails, and says so.
      evictionPolicy: 'NoEviction',
    },
  });
  acknowledge(
    cache,
    'MLOPS-ENC-01',
    "what is online is a copy of rows that the key of the lake encrypts; it is encrypted with a key of Microsoft's",
  );
  if (!isPublic) {
    privateEndpoint(scope, 'OnlineEndpoint', {
      network: group.network,
      targetId: cache.id,
      subresource: 'redisEnterprise',
      zones: PRIVATE_ZONES.redisEnterprise,
    });
  }
  return { resourceId: `${cache.id}/databases/default`, resource: cache };
}

/**
 * Looking at a cache and asking for its key, which is how feature stores and their clients reach it: Microsoft's role
 * that can do so, Contributor, may delete it as well.
 */
export function redisRole(scope: Construct, id: string, resourceId: string): { readonly definitionId: string } {
  const isManaged = /redisEnterprise/i.test(resourceId) || !/\/redis\/[^/]+$/i.test(resourceId);
  return customRole(scope, id, {
    title: 'Asks an online store for its key',
    actions: isManaged
      ? [
        'Microsoft.Cache/redisEnterprise/read',
        'Microsoft.Cache/redisEnterprise/databases/read',
        'Microsoft.Cache/redisEnterprise/databases/listKeys/action',
      ]
      : ['Microsoft.Cache/redis/read', 'Microsoft.Cache/redis/listKeys/action'],
  });
}
