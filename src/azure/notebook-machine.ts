import { requireMatch, Speaker } from '../core/private/validation';

/** A machine that a notebook runs on. */
export class NotebookMachine {
  /**
   * A machine without GPUs, as Azure names it: `Standard_E4ds_v4`.
   *
   * @see https://learn.microsoft.com/azure/virtual-machines/sizes/overview
   */
  public static cpu(vmSize: string): NotebookMachine {
    const who: Speaker = { what: 'notebook machine', name: vmSize };
    requireMatch(who, 'vmSize', vmSize, /^Standard_[DEFM][A-Za-z0-9_-]+$/, 'a size without GPUs like Standard_E4ds_v4');
    return new NotebookMachine(vmSize);
  }

  private constructor(
    /** The size as Azure names it. */
    public readonly vmSize: string,
  ) {}
}
