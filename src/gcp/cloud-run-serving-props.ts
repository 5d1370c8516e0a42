import { Accelerator } from '../core/accelerator';
import { ServerlessServingOptions } from '../core/serving';

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
   * A GPU for each instance: Cloud Run has NVIDIA L4. It needs 4 CPUs and 16 GiB of memory at least, and an instance is
   * billed as long as it runs.
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
  /**
   * Command instead of the entry point of an image that was not made for the workload contract. A shell passes on where
   * the model is: `['sh', '-c', 'exec vllm serve "$MLOPS_MODEL_DIR" --port 8080']`.
   *
   * @default - the image's entry point
   */
  readonly command?: string[];
  /**
   * Arguments of it.
   *
   * @default - `serve`, or none where there is a `command`
   */
  readonly args?: string[];
  /**
   * Port that the server listens on.
   *
   * @default 8080
   */
  readonly port?: number;
  /**
   * Path that answers 200 when the model is loaded.
   *
   * @default '/ping'
   */
  readonly healthRoute?: string;
  /**
   * Time in which an instance must have loaded its model, in seconds, at most 600, and 1800 with a GPU.
   *
   * @default 240
   * @see https://cloud.google.com/run/docs/configuring/healthchecks
   */
  readonly startupTimeoutSeconds?: number;
  /**
   * Variables of the container.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
}
