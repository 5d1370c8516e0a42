/**
 * What a client of MLflow on SageMaker may be allowed, by what it does.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_sagemaker-mlflow.html
 */
export const MLFLOW_READ = prefixed([
  'AccessUI',
  'GetDownloadURIForModelVersionArtifacts',
  'GetExperiment',
  'GetExperimentByName',
  'GetLatestModelVersions',
  'GetLoggedModel',
  'GetMetricHistory',
  'GetModelVersion',
  'GetModelVersionByAlias',
  'GetRegisteredModel',
  'GetRun',
  'GetTraceInfo',
  'ListArtifacts',
  'ListLoggedModelArtifacts',
  'SearchExperiments',
  'SearchLoggedModels',
  'SearchModelVersions',
  'SearchRegisteredModels',
  'SearchRuns',
  'SearchTraces',
]);

/** Recording: runs, metrics, models, traces and their tags. */
export const MLFLOW_WRITE = prefixed([
  'CreateExperiment',
  'CreateModelVersion',
  'CreateRegisteredModel',
  'CreateRun',
  'DeleteTag',
  'EndTrace',
  'FinalizeLoggedModel',
  'LogBatch',
  'LogInputs',
  'LogLoggedModelParams',
  'LogMetric',
  'LogModel',
  'LogOutputs',
  'LogParam',
  'RenameRegisteredModel',
  'RestoreExperiment',
  'RestoreRun',
  'SetExperimentTag',
  'SetLoggedModelTags',
  'SetModelVersionTag',
  'SetRegisteredModelAlias',
  'SetRegisteredModelTag',
  'SetTag',
  'SetTraceTag',
  'StartTrace',
  'TransitionModelVersionStage',
  'UpdateExperiment',
  'UpdateModelVersion',
  'UpdateRegisteredModel',
  'UpdateRun',
]);

/** Taking back what was recorded. */
export const MLFLOW_DELETE = prefixed([
  'DeleteExperiment',
  'DeleteLoggedModel',
  'DeleteLoggedModelTag',
  'DeleteModelVersion',
  'DeleteModelVersionTag',
  'DeleteRegisteredModel',
  'DeleteRegisteredModelAlias',
  'DeleteRegisteredModelTag',
  'DeleteRun',
  'DeleteTraceTag',
  'DeleteTraces',
]);

function prefixed(names: string[]): string[] {
  return names.map((name) => `sagemaker-mlflow:${name}`);
}
