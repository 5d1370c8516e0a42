/** Options of a pipeline made from a template. */
export interface VertexPipelineOptions {
  /**
   * Values of the template's parameters, as JSON where they are no text. Hyperparameters are parameters too, by their
   * names.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: string };
  /**
   * Name of the parameter that is given the folder of the run, `gs://<bucket>/training/<run>`. The pipeline writes
   * `model/`, `evaluation/evaluation.json` and `evaluation/reference/` below it.
   *
   * @default 'run_folder'
   */
  readonly runFolderParameter?: string;
  /**
   * Name of the parameter that is given the folder of the data set, `gs://<bucket>/dataset`.
   *
   * @default 'dataset_folder'
   */
  readonly datasetParameter?: string;
  /**
   * Longest time of the pipeline, in hours; then it is cancelled.
   *
   * @default 168
   */
  readonly maxHours?: number;
}
