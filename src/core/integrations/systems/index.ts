import { System } from '../system';
import { DELTA_LAKE } from './delta-lake';
import { DVC } from './dvc';
import { FEAST } from './feast';
import { GRAFANA } from './grafana';
import { LAKEFS } from './lakefs';
import { MLFLOW } from './mlflow';
import { AIRFLOW, DAGSTER } from './orchestrators';
import { PHOENIX } from './phoenix';
import { PREFECT } from './prefect';
import { PROMETHEUS } from './prometheus';
import { NEPTUNE, PACHYDERM, TECTON } from './retired';
import { ARIZE, DATABRICKS, DATADOG, EVIDENTLY } from './services';
import { WEIGHTS_AND_BIASES } from './weights-and-biases';
import { ZENML } from './zenml';

/** Every system, by the named constructor of `Integration` that makes it. */
export const SYSTEMS: { readonly [constructor: string]: System } = {
  airflow: AIRFLOW,
  arize: ARIZE,
  dagster: DAGSTER,
  databricks: DATABRICKS,
  datadog: DATADOG,
  deltaLake: DELTA_LAKE,
  dvc: DVC,
  evidently: EVIDENTLY,
  feast: FEAST,
  grafana: GRAFANA,
  lakeFs: LAKEFS,
  mlflow: MLFLOW,
  neptune: NEPTUNE,
  pachyderm: PACHYDERM,
  phoenix: PHOENIX,
  prefect: PREFECT,
  prometheus: PROMETHEUS,
  tecton: TECTON,
  weightsAndBiases: WEIGHTS_AND_BIASES,
  zenMl: ZENML,
};
