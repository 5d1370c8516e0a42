import { Accelerator } from '../core/accelerator';
import { Machine, machineFor, machineNamed } from './private/base/machines';
import { requireInteger, Speaker } from '../core/private/validation';

/** GPUs of a notebook. */
export interface NotebookGpuOptions {
  /**
   * GPUs of the machine.
   *
   * @default 1
   */
  readonly count?: number;
  /**
   * The size, where several carry so many GPUs: `Standard_NC8as_T4_v3`.
   *
   * @default - the smallest
   */
  readonly vmSize?: string;
}

/** A machine that a notebook runs on. */
export class NotebookMachine {
  /**
   * A machine without GPUs, as Azure names it: `Standard_D4ds_v4`.
   *
   * @see https://learn.microsoft.com/azure/machine-learning/concept-compute-target#supported-vm-series-and-sizes
   */
  public static cpu(vmSize: string): NotebookMachine {
    return new NotebookMachine(machineNamed(speaker(vmSize), vmSize, undefined, 'notebook'));
  }

  /** A machine with GPUs. The subscription needs quota for its series in the region, or the first apply says so. */
  public static gpu(accelerator: Accelerator, options: NotebookGpuOptions = {}): NotebookMachine {
    const who = speaker(accelerator.id);
    requireInteger(who, 'count', options.count, 1, 16);
    const compute = { accelerator, acceleratorCount: options.count ?? 1 };
    return new NotebookMachine(
      options.vmSize === undefined
        ? machineFor(who, compute, 'notebook')
        : machineNamed(who, options.vmSize, compute, 'notebook'),
    );
  }

  /** The size as Azure names it. */
  public readonly vmSize: string;
  /**
   * Objection of the table of sizes to it.
   *
   * @internal
   */
  public readonly _doubt?: string;

  private constructor(machine: Machine) {
    this.vmSize = machine.vmSize;
    this._doubt = machine.doubt;
  }
}

function speaker(name: string): Speaker {
  return { what: 'notebook machine', name };
}
