import { AzureMlBatchOptions } from './azure-ml-serving-props';
import { Serving } from '../core/serving';

/**
 * The mode made by `AzureMlServing.batch`.
 *
 * @internal
 */
export class AzureMlBatchServing extends Serving {
  public readonly mode = 'batch';
  public constructor(
    /** Options of the mode. */
    public readonly options: AzureMlBatchOptions,
  ) {
    super();
  }
}

/**
 * Modes of Azure Machine Learning with its own options.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-train-model#train-a-model
 */
export class AzureMlServing {
  /**
   * Answers for a whole data set, at the times of a schedule, as a job of Azure Machine Learning; there is no endpoint.
   *
   * @example
   * import { azure } from 'mlops-constructs';
   *
   * const serving = azure.AzureMlServing.batch({ inputPrefix: 'to-score/', batchRows: 500, maxRuntimeHours: 4 });
   */
  public static batch(options: AzureMlBatchOptions = {}): Serving {
    return new AzureMlBatchServing(options);
  }

  private constructor() {}
}
