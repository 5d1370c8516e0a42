import { Construct } from 'constructs';
import { AzureResourceGroup } from './azure-resource-group';
import { ExperimentTrackerAttributes, ExperimentTrackerProps, IExperimentTracker } from './experiment-tracker-props';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { Cloud, Parity } from '../core/parity';
import { requireProps } from './private/base/require-props';
import { grantTracking, TrackedWorkspace } from './private/tracking/access';
import { requireKnown } from '../core/private/known-values';
import { requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * Experiments, runs and models over the MLflow protocol: Azure Machine Learning answers it for each workspace, so that
 * there is no server to run.
 *
 * Clients need the package `azureml-mlflow`, and sign in as the identity that they run as. Runs of jobs and of
 * notebooks are in the same experiments, and Studio displays them. A model that is registered in MLflow is a version of
 * the workspace's own registry, so that `registersModels` decides who may do that.
 *
 * Children: `Recorder`, the role of who may use it. Costs: nothing more than the workspace's storage.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/concept-mlflow
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { azure } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new azure.DataLake(stack, 'Data');
 * const workspace = new azure.Workspace(stack, 'Workspace', { data });
 * new azure.ExperimentTracker(stack, 'Tracker', { workspace, experimentName: 'churn' });
 */
export class ExperimentTracker extends Construct implements IExperimentTracker {
  /** The tracker of a workspace that exists. */
  public static fromAttributes(
    scope: Construct,
    id: string,
    attributes: ExperimentTrackerAttributes,
  ): IExperimentTracker {
    return new ImportedTracker(scope, id, attributes);
  }

  public readonly trackingUri: string;
  public readonly environment: { [name: string]: string };
  private readonly tracked: TrackedWorkspace;

  public constructor(scope: Construct, id: string, props: ExperimentTrackerProps) {
    super(scope, id);
    const who: Speaker = speakerFor('experiment tracker', scope, id);
    requireProps(who, 'ExperimentTrackerProps', props);
    requireKnown(who, props);
    Parity._refuse(who, 'ExperimentTrackerIntent', Cloud.AZURE, props);
    const { workspaceId, location, storageAccountId } = props.workspace;
    this.tracked = { workspaceId, storageAccountId, registersModels: props.registersModels ?? false };
    this.trackingUri = uriOf(location, workspaceId);
    this.environment = environmentOf(who, this.trackingUri, props.experimentName);
  }

  public grantUse(principal: IPrincipal): Grant {
    return grantTracking(this, principal, this.tracked);
  }
}

class ImportedTracker extends Construct implements IExperimentTracker {
  public readonly trackingUri: string;
  public readonly environment: { [name: string]: string };
  private readonly tracked: TrackedWorkspace;

  public constructor(scope: Construct, id: string, attributes: ExperimentTrackerAttributes) {
    super(scope, id);
    const who: Speaker = speakerFor('experiment tracker', scope, id);
    requireProps(who, 'ExperimentTrackerAttributes', attributes);
    const { workspaceId, storageAccountId, registersModels = false } = attributes;
    requireMatch(
      who,
      'workspaceId',
      workspaceId,
      WORKSPACE,
      'the ARM id of a workspace, …/providers/Microsoft.MachineLearningServices/workspaces/<name>',
    );
    requireMatch(
      who,
      'storageAccountId',
      storageAccountId,
      ACCOUNT,
      'the ARM id of a storage account, …/providers/Microsoft.Storage/storageAccounts/<name>',
    );
    this.tracked = { workspaceId, storageAccountId, registersModels };
    this.trackingUri = uriOf(attributes.location ?? AzureResourceGroup.of(this).location, workspaceId);
    this.environment = environmentOf(who, this.trackingUri, attributes.experimentName);
  }

  public grantUse(principal: IPrincipal): Grant {
    return grantTracking(this, principal, this.tracked);
  }
}

function uriOf(location: string, workspaceId: string): string {
  return `azureml://${location}.api.azureml.ms/mlflow/v1.0${workspaceId}`;
}

function environmentOf(
  who: Speaker,
  trackingUri: string,
  experimentName: string | undefined,
): { [name: string]: string } {
  requireMatch(
    who,
    'experimentName',
    experimentName,
    /^[A-Za-z0-9][\w-]{0,254}$/,
    'at most 255 letters, digits, hyphens and underscores, starting with a letter or digit',
  );
  return {
    MLFLOW_TRACKING_URI: trackingUri,
    ...(experimentName === undefined ? {} : { MLFLOW_EXPERIMENT_NAME: experimentName }),
  };
}

const WORKSPACE =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/workspaces\/[^/]+$/i;

const ACCOUNT =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/[^/]+$/i;
