import { Accelerator } from '../core/accelerator';
import { acceleratorOf, NotebookAccelerator } from './private/workspace/accelerators';
import { membersOfFamily } from './private/workspace/cpu-machines';
import { requireText } from '../core/private/texts';
import { refuse, requireMatch, Speaker } from '../core/private/validation';

/** GPUs of a notebook. */
export interface NotebookGpuOptions {
  /**
   * GPUs of the machine.
   *
   * @default 1
   */
  readonly count?: number;
  /**
   * The machine, where several carry so many GPUs: `n1-standard-8` for T4 and V100, `g2-standard-8` for one L4.
   *
   * @default - the smallest
   */
  readonly machineType?: string;
}

/** A machine that a notebook runs on. */
export class NotebookMachine {
  /**
   * A machine without GPUs, as Compute Engine names it: `e2-standard-4`.
   *
   * @see https://cloud.google.com/compute/docs/general-purpose-machines
   */
  public static cpu(machineType: string): NotebookMachine {
    const who: Speaker = { what: 'notebook machine', name: machineType };
    requireText(who, 'machineType', machineType);
    requireMatch(
      who,
      'machineType',
      machineType,
      /^(c2|c2d|c3|c3d|c4|e2|m1|m2|m3|n1|n2|n2d|n4)-[a-z]+(-[a-z0-9]+)?$/,
      'a machine without GPUs like e2-standard-4',
    );
    const family = membersOfFamily(machineType);
    if (family !== undefined && !family.includes(machineType)) {
      refuse(who, 'machineType', machineType, `one of ${family.join(', ')}`);
    }
    return new NotebookMachine(machineType);
  }

  /**
   * A machine with GPUs: T4, V100, L4, A100 with 40 or 80 GB. Has the zone none of them, the first apply says so.
   *
   * @see https://cloud.google.com/compute/docs/gpus/gpu-regions-zones
   *
   * @example
   * import { Accelerator, gcp } from 'mlops-constructs';
   *
   * const machine = gcp.NotebookMachine.gpu(Accelerator.NVIDIA_L4);
   */
  public static gpu(accelerator: Accelerator, options: NotebookGpuOptions = {}): NotebookMachine {
    const carried = acceleratorOf(accelerator, options.count ?? 1, options.machineType);
    return new NotebookMachine(carried.machineType, carried);
  }

  private constructor(
    /** The machine as Compute Engine names it. */
    public readonly machineType: string,
    /** @internal */
    public readonly _accelerator?: NotebookAccelerator,
  ) {}
}
