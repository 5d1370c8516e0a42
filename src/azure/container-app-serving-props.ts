import { Accelerator } from '../core/accelerator';
import { ServerlessServingOptions } from '../core/serving';

/** A container app in its own words. */
export interface ContainerAppServingOptions extends ServerlessServingOptions {
  /**
   * A GPU for each replica: NVIDIA T4 (8 CPUs, 56 GiB) or A100 of 80 GB (24 CPUs, 220 GiB). A replica is billed by the
   * second while it runs; the quota is asked for in a support case.
   *
   * @default - no GPU
   * @see https://learn.microsoft.com/azure/container-apps/gpu-serverless-overview
   */
  readonly accelerator?: Accelerator;
  /**
   * Requests at a time above which another replica is started, 1 to 1000. A replica may get more while the other one
   * starts.
   *
   * @default 4
   * @see https://learn.microsoft.com/azure/container-apps/scale-app#http
   */
  readonly concurrencyPerReplica?: number;
  /**
   * Client id of an app registration in Microsoft Entra ID: every call needs a token for it, of a principal that
   * `grantInvoke` named; its callers ask for the scope `<client id>/.default`. Terraform makes none, because that takes
   * permissions in the whole directory.
   *
   * @default - no token is asked for: who reaches the network reaches the endpoint. `publicNetworkAccess` needs one
   * @see https://learn.microsoft.com/azure/container-apps/authentication-entra
   */
  readonly entraClientId?: string;
  /**
   * Command instead of the entry point of an image that was not made for the workload contract. It fetches the model
   * itself, from the address in `MLOPS_MODEL_DIR`, with the identity in `AZURE_CLIENT_ID`.
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
   * Port that the server listens on; the contract's server reads it from `MLOPS_PORT`. A change of it interrupts the
   * endpoint until its rollout is over, because a container app has one.
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
   * Time in which the server must listen on its port, in seconds, at most 2400. The contract's server does so at once,
   * and loads its model then.
   *
   * @default 240
   */
  readonly startupTimeoutSeconds?: number;
  /**
   * Time in which a new version must have its model loaded, in minutes, 1 to 120. The rollout waits as long.
   *
   * @default 20
   */
  readonly loadMinutes?: number;
}
