import { CloudRunServingOptions } from './cloud-run-serving-props';
import { Serving } from '../core/serving';

/** `Serving.serverless` in the words of Cloud Run. */
export class CloudRunServing extends Serving {
  /**
   * Answers at once from a Cloud Run service, with a GPU if need be, and costs nothing while idle.
   *
   * @example
   * import { Accelerator, gcp } from 'mlops-constructs';
   *
   * const serving = gcp.CloudRunServing.service({ accelerator: Accelerator.NVIDIA_L4, memoryGiB: 16, concurrencyPerInstance: 4 });
   */
  public static service(options: CloudRunServingOptions): Serving {
    return new CloudRunServing(options);
  }

  public readonly mode = 'serverless';
  private constructor(
    /** Options of the mode or engine. */
    public readonly options: CloudRunServingOptions,
  ) {
    super();
  }
}
