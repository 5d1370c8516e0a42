import { requireTexts } from '../core/private/texts';
import { refuse, requireInteger, requireMatch, Speaker } from '../core/private/validation';

/** Nodes of Bigtable. */
export interface BigtableStorageOptions {
  /**
   * Nodes at least; one is the least, and costs about 680 USD a month.
   *
   * @default 1
   */
  readonly minNodes?: number;
  /**
   * Nodes at most, at most ten times `minNodes`.
   *
   * @default 2
   */
  readonly maxNodes?: number;
  /**
   * Use of the processors above which a node is added, in percent, 10 to 80.
   *
   * @default 50
   */
  readonly cpuTargetPercent?: number;
}

/** Where an optimized store answers. */
export interface OptimizedStorageOptions {
  /**
   * Projects whose networks reach the store through Private Service Connect; it has no public address then.
   *
   * @default - a public address, which asks for the permission all the same
   */
  readonly privateProjects?: string[];
}

/**
 * Storage of the online store. A store cannot change from one to the other.
 *
 * @see https://cloud.google.com/vertex-ai/docs/featurestore/latest/online-serving-types
 */
export class OnlineStorage {
  /**
   * Bigtable: for large data, tens of milliseconds; rows can also be written to it directly. One node serves all
   * groups, and more come as they are needed.
   *
   * @example
   * import { gcp } from 'mlops-constructs';
   *
   * const online = gcp.OnlineStorage.bigtable({ minNodes: 1, maxNodes: 3, cpuTargetPercent: 60 });
   */
  public static bigtable(options: BigtableStorageOptions = {}): OnlineStorage {
    const who: Speaker = { what: 'online storage', name: 'bigtable' };
    const { minNodes = 1, maxNodes = Math.max(2, minNodes), cpuTargetPercent = 50 } = options;
    requireInteger(who, 'minNodes', minNodes, 1, 1000);
    requireInteger(who, 'maxNodes', maxNodes, minNodes, minNodes * 10);
    requireInteger(who, 'cpuTargetPercent', cpuTargetPercent, 10, 80);
    return new OnlineStorage({ minNodes, maxNodes, cpuTargetPercent });
  }

  /**
   * Vertex AI's own storage, a few milliseconds, at an endpoint of its own; two nodes for each feature view, paid by
   * the hour, where Bigtable's one node serves all of them. Google calls it deprecated: not for new work.
   */
  public static optimized(options: OptimizedStorageOptions = {}): OnlineStorage {
    const who: Speaker = { what: 'online storage', name: 'optimized' };
    requireTexts(who, options, { privateProjects: 'texts?' });
    if (options.privateProjects?.length === 0) {
      refuse(who, 'privateProjects', options.privateProjects, 'one project at least, or left out for a public address');
    }
    for (const each of options.privateProjects ?? []) {
      requireMatch(who, 'privateProjects', each, PROJECT, 'ids of projects');
    }
    return new OnlineStorage(undefined, options);
  }

  private constructor(
    /** @internal */
    public readonly _bigtable?: Required<BigtableStorageOptions>,
    /** @internal */
    public readonly _optimized?: OptimizedStorageOptions,
  ) {}
}

/** Id or number of a project. */
const PROJECT = /^(([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]|\d{5,20})$/;
