import { IConstruct } from 'constructs';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { IWorkspace } from './workspace-props';
import { ExperimentTrackerIntent } from '../core/experiment-tracker';

/** A tracker that jobs and notebooks can record their runs in. */
export interface IExperimentTracker extends IConstruct {
  /**
   * MLflow tracking URI, `azureml://<region>.api.azureml.ms/mlflow/v1.0/subscriptions/…`: a client needs the package
   * `azureml-mlflow`.
   */
  readonly trackingUri: string;
  /**
   * Variables that point an MLflow client at the tracker: `MLFLOW_TRACKING_URI`. The token is the client's own
   * identity.
   */
  readonly environment: { [name: string]: string };
  /** Allows recording runs, metrics and artifacts, and looking at them. */
  grantUse(principal: IPrincipal): Grant;
}

/** A tracker on Azure, without the workspace, which a blueprint gives it. */
export interface ExperimentTrackerOptions extends ExperimentTrackerIntent {
  /**
   * Name of the experiment that runs go to whose client names none, letters, digits, `-`, `_`, at most 255.
   *
   * @default - MLflow's own, `Default`
   */
  readonly experimentName?: string;
}

/** A tracker on Azure: the workspace's own MLflow, which costs nothing more. */
export interface ExperimentTrackerProps extends ExperimentTrackerOptions {
  /** The workspace whose MLflow it is. */
  readonly workspace: IWorkspace;
}

/** Attributes of an existing tracker: a workspace of Azure Machine Learning. */
export interface ExperimentTrackerAttributes {
  /**
   * ARM id of the workspace,
   * `/subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.MachineLearningServices/workspaces/<name>`.
   */
  readonly workspaceId: string;
  /** ARM id of the workspace's own storage account, which takes the files of runs. */
  readonly storageAccountId: string;
  /**
   * Region of the workspace.
   *
   * @default - that of the stack
   */
  readonly location?: string;
  /**
   * Name of the experiment that runs go to whose client names none.
   *
   * @default - MLflow's own, `Default`
   */
  readonly experimentName?: string;
  /**
   * Whether who may use it may also register models, as versions of the workspace's registry.
   *
   * @default false
   */
  readonly registersModels?: boolean;
}
