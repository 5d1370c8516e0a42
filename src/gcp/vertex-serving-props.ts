import { BatchServingOptions } from '../core/serving';

/** Batch predictions in Vertex AI's own words. */
export interface VertexBatchServingOptions extends BatchServingOptions {
  /**
   * Format of the input: `jsonl` (`.jsonl`), `csv` (`.csv`, with a header), `tf-record` (`.tfrecord`), `tf-record-gzip`
   * (`.tfrecord.gz`) or `file-list` (`.txt`). Files with another extension are not read.
   *
   * @default 'jsonl'
   */
  readonly instancesFormat?: string;
  /**
   * Format of the answers: `jsonl` or `csv`.
   *
   * @default 'jsonl'
   */
  readonly predictionsFormat?: string;
  /**
   * Rows that a machine gets at a time, 1 to 10000; a batch must fit into its memory.
   *
   * @default 64
   */
  readonly batchSize?: number;
}
