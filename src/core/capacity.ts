/** How long a job waits for interruptible machines. */
export interface SpotOptions {
  /**
   * Longest time from start to end including waiting for machines, in hours; at least the pipeline's `maxRuntimeHours`.
   *
   * @default - twice `maxRuntimeHours`
   */
  readonly maxWaitHours?: number;
}

/** How training machines are paid for; kinds that exclude each other cannot be combined. */
export class Capacity {
  /** Machines at list price, as soon as there are any. */
  public static onDemand(): Capacity {
    return new Capacity('on-demand');
  }

  /** Spare machines at a discount that may be taken away: the job writes checkpoints and goes on from the last. */
  public static spot(options: SpotOptions = {}): Capacity {
    return new Capacity('spot', options.maxWaitHours);
  }

  /** Machines reserved beforehand, named in the cloud's own way (a SageMaker training plan's ARN, a Compute Engine reservation). */
  public static reserved(reservation: string): Capacity {
    return new Capacity('reserved', undefined, reservation);
  }

  protected constructor(
    /** `on-demand`, `spot`, `reserved`, or a kind that only one cloud has. */
    public readonly kind: string,
    /** Longest wait of a spot job, in hours. */
    public readonly maxWaitHours?: number,
    /** The reservation, in the cloud's own naming. */
    public readonly reservation?: string,
  ) {}
}
