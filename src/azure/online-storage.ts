import { requireMatch, Speaker } from '../core/private/validation';

/** A cache of Azure Managed Redis. */
export interface ManagedRedisOptions {
  /**
   * Size and kind of the cache, `Balanced_B1`: Balanced, MemoryOptimized, ComputeOptimized or FlashOptimized, and how
   * large. All features that are online must fit; it can grow in place.
   *
   * @default 'Balanced_B0' - half a GiB
   * @see https://learn.microsoft.com/azure/redis/overview#choosing-the-right-tier
   */
  readonly skuName?: string;
  /**
   * Whether a second node takes over when the first fails; it doubles the price. A change replaces the cache, which the
   * next materializations fill.
   *
   * @default true
   */
  readonly highAvailability?: boolean;
}

/**
 * Storage of the online store. With another one, every group that is online is materialized anew.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/tutorial-online-materialization-inference
 */
export class OnlineStorage {
  /**
   * A cache of Azure Managed Redis, made for the feature store, billed by the hour from its creation. Azure Cache for
   * Redis, which the service's tutorials use, is being retired and takes no new caches.
   */
  public static managedRedis(options: ManagedRedisOptions = {}): OnlineStorage {
    const who: Speaker = { what: 'online storage', name: 'managedRedis' };
    const { skuName = 'Balanced_B0', highAvailability = true } = options;
    requireMatch(who, 'skuName', skuName, SKU, 'a size of Azure Managed Redis like Balanced_B1 or MemoryOptimized_M10');
    return new OnlineStorage({ skuName, highAvailability });
  }

  /**
   * A cache that exists: a database of Azure Managed Redis,
   * `…/Microsoft.Cache/redisEnterprise/<name>/databases/default`, with access keys and the clustering policy OSS
   * Cluster, or an Azure Cache for Redis, `…/Microsoft.Cache/redis/<name>`.
   */
  public static existingRedis(resourceId: string): OnlineStorage {
    requireMatch(
      { what: 'online storage', name: 'existingRedis' },
      'resourceId',
      resourceId,
      REDIS,
      'the ARM id of a Redis database, …/providers/Microsoft.Cache/redisEnterprise/<name>/databases/default, or of an Azure Cache for Redis',
    );
    return new OnlineStorage(undefined, resourceId);
  }

  private constructor(
    /** @internal */
    public readonly _managed?: Required<ManagedRedisOptions>,
    /** @internal */
    public readonly _resourceId?: string,
  ) {}
}

/** @see https://learn.microsoft.com/azure/templates/microsoft.cache/redisenterprise#sku */
const SKU =
  /^(Balanced_B(0|1|3|5|10|20|50|100|150|250|350|500|700|1000)|MemoryOptimized_M(10|20|50|100|150|250|350|500|700|1000|1500|2000)|ComputeOptimized_X(3|5|10|20|50|100|150|250|350|500|700)|FlashOptimized_A(250|500|700|1000|1500|2000|4500))$/;
const REDIS =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Cache\/(redisEnterprise\/[^/]+\/databases\/[^/]+|redis\/[^/]+)$/i;
