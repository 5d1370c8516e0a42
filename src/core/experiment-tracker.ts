/** Tracking of parameters, metrics and artifacts of every run, over the MLflow protocol. */
export interface ExperimentTrackerIntent {
  /**
   * Whether a model that is registered in MLflow also becomes a version in the cloud's own registry.
   *
   * @default false
   */
  readonly registersModels?: boolean;
}
