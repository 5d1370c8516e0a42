import { Capacity } from '../core/capacity';
import { requireRange } from '../core/private/validation';

/** How long a job queues for machines. */
export interface FlexStartOptions {
  /**
   * Longest time in the queue, in hours, at most 672, before the job fails; 0 waits indefinitely.
   *
   * @default 24
   */
  readonly maxWaitHours?: number;
}

/** `Capacity` with what only Vertex AI has. Spot, queue and reservation exclude each other, so they are one choice. */
export class VertexCapacity extends Capacity {
  /**
   * Machines that Dynamic Workload Scheduler gives at a discount, all at once and for at most seven days, when there
   * are some: for L4, A100, H100, H200 and B200. The job queues until then; it takes the quota of preemptible machines.
   *
   * @see https://cloud.google.com/vertex-ai/docs/training/schedule-jobs-dws
   *
   * @example
   * import { gcp } from 'mlops-constructs';
   *
   * const capacity = gcp.VertexCapacity.flexStart({ maxWaitHours: 48 });
   */
  public static flexStart(options: FlexStartOptions = {}): VertexCapacity {
    requireRange({ what: 'capacity', name: 'flexStart' }, 'maxWaitHours', options.maxWaitHours, 0, 672);
    return new VertexCapacity('flex-start', options.maxWaitHours ?? 24);
  }

  /**
   * Machines of any reservation that is shared with Vertex AI and fits, else machines at list price. A certain
   * reservation is `Capacity.reserved('projects/<id>/zones/<zone>/reservations/<name>')`.
   *
   * @see https://cloud.google.com/vertex-ai/docs/training/use-reservations
   */
  public static anyReservation(): VertexCapacity {
    return new VertexCapacity('any-reservation');
  }

  private constructor(kind: string, maxWaitHours?: number) {
    super(kind, maxWaitHours);
  }
}
