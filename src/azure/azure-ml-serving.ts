import { AzureMlBatchOptions } from './azure-ml-serving-props';
import { Serving } from '../core/serving';

/** `Serving.batch` in the words of Azure Machine Learning. */
export class AzureMlServing extends Serving {
  /** Answers for a whole data set, at the times of a schedule; there is no endpoint. */
  public static batch(options: AzureMlBatchOptions = {}): Serving {
    return new AzureMlServing('batch', options);
  }

  private constructor(
    public readonly mode: string,
    /** Options of the mode. */
    public readonly options: AzureMlBatchOptions,
  ) {
    super();
  }
}
