import { requireInteger } from '../core/private/validation';

/** Processes of a framework on each machine. */
export interface ProcessOptions {
  /**
   * Processes on each machine, often one for each GPU.
   *
   * @default 1
   */
  readonly processCountPerInstance?: number;
}

/** Tasks of a TensorFlow training. */
export interface TensorFlowOptions {
  /**
   * Tasks that train.
   *
   * @default - one for each machine
   */
  readonly workerCount?: number;
  /**
   * Tasks that keep parameters.
   *
   * @default 0
   */
  readonly parameterServerCount?: number;
}

/**
 * How the processes of a training on several machines find each other.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-train-distributed-gpu
 */
export class Distribution {
  /** Processes with `RANK`, `WORLD_SIZE`, `MASTER_ADDR`, `MASTER_PORT` and `LOCAL_RANK`, as torchrun starts them. */
  public static pyTorch(options: ProcessOptions = {}): Distribution {
    return new Distribution('PyTorch', { processCountPerInstance: processes(options) });
  }

  /** Processes that `mpirun` starts; the image must have Open MPI. */
  public static mpi(options: ProcessOptions = {}): Distribution {
    return new Distribution('Mpi', { processCountPerInstance: processes(options) });
  }

  /** Tasks with `TF_CONFIG`. */
  public static tensorFlow(options: TensorFlowOptions = {}): Distribution {
    const who = { what: 'distribution', name: 'tensorFlow' };
    requireInteger(who, 'workerCount', options.workerCount, 1, 1000);
    requireInteger(who, 'parameterServerCount', options.parameterServerCount, 0, 1000);
    return new Distribution('TensorFlow', {
      ...(options.workerCount === undefined ? {} : { workerCount: options.workerCount }),
      parameterServerCount: options.parameterServerCount ?? 0,
    });
  }

  private constructor(
    /** `PyTorch`, `Mpi` or `TensorFlow`. */
    public readonly kind: string,
    /**
     * The fields of the job's `distribution`.
     *
     * @internal
     */
    public readonly _fields: { readonly [field: string]: number },
  ) {}
}

function processes({ processCountPerInstance }: ProcessOptions): number {
  requireInteger(
    { what: 'distribution', name: 'processes' },
    'processCountPerInstance',
    processCountPerInstance,
    1,
    64,
  );
  return processCountPerInstance ?? 1;
}
