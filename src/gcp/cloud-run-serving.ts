import { Accelerator } from '../core/accelerator';
import { Serving, ServerlessServingOptions } from '../core/serving';

/** From where a Cloud Run service takes requests. @see https://cloud.google.com/run/docs/securing/ingress */
export enum Ingress {
  /** From networks of the project, its perimeter, and services like Pub/Sub and Workflows. */
  INTERNAL = 'INGRESS_TRAFFIC_INTERNAL_ONLY',
  /** From those, and through a load balancer. */
  INTERNAL_AND_LOAD_BALANCER = 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
  /** From anywhere; every call still needs a permission. */
  ALL = 'INGRESS_TRAFFIC_ALL',
}

/** A Cloud Run service in its own words. */
export interface CloudRunServingOptions extends ServerlessServingOptions {
  /**
   * A GPU for each instance: Cloud Run has NVIDIA L4. It needs 4 CPUs and 16 GiB of memory at least, and an instance is billed as long as it runs.
   *
   * @default - no GPU
   * @see https://cloud.google.com/run/docs/configuring/services/gpu
   */
  readonly accelerator?: Accelerator;
  /**
   * CPUs of an instance: 1, 2, 4, 6 or 8.
   *
   * @default - what the memory needs; 4 with a GPU
   */
  readonly cpu?: number;
  /**
   * Requests that one instance answers at a time, 1 to 1000; more of them start another instance.
   *
   * @default 4
   */
  readonly concurrencyPerInstance?: number;
  /**
   * Time for an answer, in seconds, 1 to 3600.
   *
   * @default 60
   */
  readonly timeoutSeconds?: number;
  /**
   * From where requests are taken.
   *
   * @default Ingress.INTERNAL
   */
  readonly ingress?: Ingress;
}

/** The mode made by `CloudRunServing.service`. */
export class CloudRunServing extends Serving {
  /** Answers at once from a Cloud Run service, with a GPU if need be, and costs nothing while idle. */
  public static service(options: CloudRunServingOptions): Serving {
    return new CloudRunServing(options);
  }

  public readonly mode = 'serverless';
  public constructor(
    /** What was asked for. */
    public readonly options: CloudRunServingOptions,
  ) {
    super();
  }
}
