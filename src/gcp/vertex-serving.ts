import { VertexBatchServingOptions } from './vertex-serving-props';
import { Serving } from '../core/serving';

/**
 * The mode made by `VertexServing.batch`.
 *
 * @internal
 */
export class VertexBatchServing extends Serving {
  public readonly mode = 'batch';
  public constructor(
    /** Options of the mode or engine. */
    public readonly options: VertexBatchServingOptions,
  ) {
    super();
  }
}

/**
 * Modes of Vertex AI with its own options.
 *
 * @see https://cloud.google.com/vertex-ai/docs/predictions/get-batch-predictions
 */
export class VertexServing {
  /**
   * Answers for a whole data set, in the formats of Vertex AI.
   *
   * @example
   * import { gcp } from 'mlops-constructs';
   *
   * const serving = gcp.VertexServing.batch({ instancesFormat: 'csv', inputPrefix: 'to-score/', batchSize: 64 });
   */
  public static batch(options: VertexBatchServingOptions): Serving {
    return new VertexBatchServing(options);
  }

  private constructor() {}
}
