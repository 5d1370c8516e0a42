import { requireInteger, requireMatch } from '../core/private/validation';

/** A cluster of the pipeline's own. */
export interface ComputeClusterOptions {
  /**
   * Seconds after which a machine without work is taken away.
   *
   * @default 120
   */
  readonly idleSeconds?: number;
  /**
   * Most machines at once, at least those of one run.
   *
   * @default - the machines of one run
   */
  readonly maxNodeCount?: number;
  /**
   * ARM id of a subnet of yours for the machines, in a workspace without a managed network.
   *
   * @default - the workspace's managed network, or none
   */
  readonly subnetId?: string;
}

/** Machines that Azure ML gives each job and takes back at its end. */
export interface ServerlessComputeOptions {
  /**
   * `Spot`, `Basic`, `Standard` or `Premium`.
   *
   * @default - 'Spot' with Capacity.spot(), else 'Standard'
   */
  readonly jobTier?: string;
}

/** Machines that the jobs of a training run on. */
export class ComputeTarget {
  /** A cluster of the pipeline's own that has no machine while nothing runs: it costs nothing then. */
  public static cluster(options: ComputeClusterOptions = {}): ComputeTarget {
    const who = { what: 'compute target', name: 'cluster' };
    requireInteger(who, 'idleSeconds', options.idleSeconds, 60, 86_400);
    requireInteger(who, 'maxNodeCount', options.maxNodeCount, 1, 1000);
    requireMatch(
      who,
      'subnetId',
      options.subnetId,
      /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i,
      'the ARM id of a subnet',
    );
    return new ComputeTarget('cluster', undefined, options);
  }

  /**
   * A compute of the workspace that exists, a cluster or Kubernetes: its size is its own, so `compute` is for nothing
   * but the number of machines. The pipeline's `jobIdentity` must be among its identities.
   *
   * @param computeId ARM id, `…/workspaces/<name>/computes/<name>`
   */
  public static existing(computeId: string): ComputeTarget {
    requireMatch(
      { what: 'compute target', name: 'existing' },
      'computeId',
      computeId,
      /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/workspaces\/[^/]+\/computes\/[^/]+$/i,
      'the ARM id of a compute, …/workspaces/<name>/computes/<name>',
    );
    return new ComputeTarget('existing', computeId);
  }

  /**
   * Serverless compute: no cluster to keep. Jobs run as an identity of the workspace there, so `jobIdentity` must be
   * one that the workspace has.
   *
   * @see https://learn.microsoft.com/azure/machine-learning/how-to-use-serverless-compute
   */
  public static serverless(options: ServerlessComputeOptions = {}): ComputeTarget {
    requireMatch(
      { what: 'compute target', name: 'serverless' },
      'jobTier',
      options.jobTier,
      /^(Spot|Basic|Standard|Premium)$/,
      'Spot, Basic, Standard or Premium',
    );
    return new ComputeTarget('serverless', undefined, undefined, options.jobTier);
  }

  private constructor(
    /** `cluster`, `existing` or `serverless`. */
    public readonly kind: string,
    /** ARM id of the compute that exists. */
    public readonly computeId?: string,
    /**
     * Of a cluster of the pipeline's own.
     *
     * @internal
     */
    public readonly _cluster?: ComputeClusterOptions,
    /** Tier of serverless compute. */
    public readonly jobTier?: string,
  ) {}
}
