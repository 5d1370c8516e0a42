import { ComputeSpec } from './compute';
import { MlopsError } from './private/errors';
import { show } from './private/validation';
import { Schedule } from './schedule';

/** Target that autoscaling keeps. */
export class ScalingTarget {
  /** Average requests a replica answers in a minute. */
  public static requestsPerMinute(requests: number): ScalingTarget {
    return new ScalingTarget('requests-per-minute', positive('requestsPerMinute', requests, Number.MAX_SAFE_INTEGER));
  }

  /** Average CPU use of the replicas, in percent. */
  public static cpuUtilization(percent: number): ScalingTarget {
    return new ScalingTarget('cpu-utilization', positive('cpuUtilization', percent, 100));
  }

  /**
   * Average GPU use of the replicas, in percent.
   *
   * @example
   * import { Accelerator, ScalingTarget, Serving } from 'mlops-constructs';
   *
   * const serving = Serving.realTime({
   *   compute: { accelerator: Accelerator.NVIDIA_T4 },
   *   scaling: { minReplicas: 1, maxReplicas: 4, target: ScalingTarget.gpuUtilization(70) },
   * });
   */
  public static gpuUtilization(percent: number): ScalingTarget {
    return new ScalingTarget('gpu-utilization', positive('gpuUtilization', percent, 100));
  }

  private constructor(
    /** `requests-per-minute`, `cpu-utilization` or `gpu-utilization`. */
    public readonly metric: string,
    /** The value to hold, in the metric's unit. */
    public readonly value: number,
  ) {}
}

/** How many replicas serve, and what makes them more or fewer. */
export interface ScalingSpec {
  /**
   * Replicas that always run. Two are the least that survives the loss of a zone.
   *
   * @default 2
   */
  readonly minReplicas?: number;
  /**
   * Replicas at most; quota is needed for as many.
   *
   * @default - twice `minReplicas`
   */
  readonly maxReplicas?: number;
  /**
   * Target between the two bounds.
   *
   * @default ScalingTarget.requestsPerMinute(600)
   */
  readonly target?: ScalingTarget;
  /**
   * Time after a scale-in before the next, in seconds.
   *
   * @default 300
   */
  readonly scaleInCooldownSeconds?: number;
  /**
   * Time after a scale-out before the next, in seconds.
   *
   * @default 60
   */
  readonly scaleOutCooldownSeconds?: number;
}

/** Options of an endpoint that answers at once from machines that are always there. */
export interface RealTimeServingOptions {
  /**
   * The machine of each replica.
   *
   * @default - the smallest machine without a GPU
   */
  readonly compute?: ComputeSpec;
  /**
   * Number of replicas and autoscaling.
   *
   * @default - two to four replicas at 600 requests a minute each
   */
  readonly scaling?: ScalingSpec;
}

/** Options of an endpoint that scales to zero without traffic. */
export interface ServerlessServingOptions {
  /**
   * Memory of a replica, in GiB.
   *
   * @default 2
   */
  readonly memoryGiB?: number;
  /**
   * Requests answered at the same time at most.
   *
   * @default 20
   */
  readonly maxConcurrency?: number;
  /**
   * Replicas kept warm.
   *
   * @default 0
   */
  readonly warmReplicas?: number;
}

/** Options of predictions that are computed for a whole data set at a time. */
export interface BatchServingOptions {
  /**
   * When a run starts.
   *
   * @default Schedule.daily()
   */
  readonly schedule?: Schedule;
  /**
   * Prefix of the data lake's raw store that is read.
   *
   * @default 'batch/input/'
   */
  readonly inputPrefix?: string;
  /**
   * Prefix of the data lake's artifact store that is written, a folder that no other endpoint writes.
   *
   * @default 'batch/output/'
   */
  readonly outputPrefix?: string;
  /**
   * The machines of a run.
   *
   * @default - one machine, the smallest without a GPU
   */
  readonly compute?: ComputeSpec;
}

/** How a model answers; each mode has its legal options only. */
export abstract class Serving {
  /** Answers in milliseconds from replicas that are always there. */
  public static realTime(options: RealTimeServingOptions = {}): Serving {
    return new RealTimeServing(options);
  }

  /**
   * Answers at once, costs nothing while idle, and may take seconds for the first answer. On AWS a live endpoint that
   * runs on instances cannot become serverless: it takes a second one.
   *
   * @example
   * import { Serving } from 'mlops-constructs';
   *
   * const serving = Serving.serverless({ memoryGiB: 4, maxConcurrency: 50 });
   */
  public static serverless(options: ServerlessServingOptions = {}): Serving {
    return new ServerlessServing(options);
  }

  /**
   * Answers for a whole data set, at the times of a schedule; there is no endpoint.
   *
   * @example
   * import { Schedule, Serving } from 'mlops-constructs';
   *
   * const serving = Serving.batch({ schedule: Schedule.daily({ hour: 2 }), inputPrefix: 'to-score/' });
   */
  public static batch(options: BatchServingOptions = {}): Serving {
    return new BatchServing(options);
  }

  /** `real-time`, `serverless`, `batch`, or a mode that only one cloud has. */
  public abstract readonly mode: string;
}

/**
 * The mode made by `Serving.realTime`.
 *
 * @internal
 */
export class RealTimeServing extends Serving {
  public readonly mode = 'real-time';
  public constructor(
    /** Options of the mode. */
    public readonly options: RealTimeServingOptions,
  ) {
    super();
  }
}

/**
 * The mode made by `Serving.serverless`.
 *
 * @internal
 */
export class ServerlessServing extends Serving {
  public readonly mode = 'serverless';
  public constructor(
    /** Options of the mode. */
    public readonly options: ServerlessServingOptions,
  ) {
    super();
  }
}

/**
 * The mode made by `Serving.batch`.
 *
 * @internal
 */
export class BatchServing extends Serving {
  public readonly mode = 'batch';
  public constructor(
    /** Options of the mode. */
    public readonly options: BatchServingOptions,
  ) {
    super();
  }
}

function positive(name: string, value: number, max: number): number {
  if (value > 0 && value <= max) return value;
  throw new MlopsError(
    'Invalid scaling target',
    `scaling target: ${name} must be more than 0${max < Number.MAX_SAFE_INTEGER ? ` and at most ${max}` : ''}, got ${show(value)}`,
  );
}
