import { requireText } from './private/texts';

/** Waiting time of a job on spot capacity. */
export interface SpotOptions {
  /**
   * Longest time from start to end including waiting for machines, in hours; at least the pipeline's `maxRuntimeHours`.
   *
   * @default - twice `maxRuntimeHours`
   */
  readonly maxWaitHours?: number;
}

/** Capacity that a training job runs on: on demand, spot or reserved. */
export class Capacity {
  /** On-demand machines at list price. */
  public static onDemand(): Capacity {
    return new Capacity('on-demand');
  }

  /**
   * Spot machines at a discount, which may be interrupted: the job writes checkpoints and resumes from the last one.
   *
   * @example
   * import { Capacity } from 'mlops-constructs';
   *
   * const capacity = Capacity.spot({ maxWaitHours: 12 });
   */
  public static spot(options: SpotOptions = {}): Capacity {
    return new Capacity('spot', options.maxWaitHours);
  }

  /**
   * Reserved machines, named in the cloud's own way (a SageMaker training plan's ARN, a Compute Engine reservation).
   *
   * @example
   * import { Capacity } from 'mlops-constructs';
   *
   * const capacity = Capacity.reserved('arn:aws:sagemaker:us-east-1:111122223333:training-plan/h100-march');
   */
  public static reserved(reservation: string): Capacity {
    requireText({ what: 'capacity', name: 'reserved' }, 'reservation', reservation);
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
