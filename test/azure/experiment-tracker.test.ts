import { TerraformStack } from 'cdktf';
import { ExperimentTracker } from '../../src/azure/experiment-tracker';
import { ExperimentTrackerAttributes, ExperimentTrackerProps, IExperimentTracker } from '../../src/azure/experiment-tracker-props';
import { ManagedIdentity } from '../../src/azure/managed-identity';
import { ROLES } from '../../src/azure/private/base/roles';
import { Workspace } from '../../src/azure/workspace';
import { azureStack, onlyResource, resourcesOf, SUBSCRIPTION, synthesized } from '../support/azure';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml`;
const WORKSPACE = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/churn`;
const STORAGE = `${GROUP}/providers/Microsoft.Storage/storageAccounts/churn`;

interface Setting { stack: TerraformStack; tracker: IExperimentTracker }

const setting = (props: Partial<ExperimentTrackerProps> = {}): Setting => {
  const stack = azureStack({ resourceGroupName: 'apps' });
  const workspace = Workspace.fromAttributes(stack, 'Work', {
    workspaceId: WORKSPACE,
    storageAccountId: STORAGE,
    logAnalyticsWorkspaceId: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/churn`,
    applicationInsightsId: `${GROUP}/providers/Microsoft.Insights/components/churn`,
    containerRegistryId: `${GROUP}/providers/Microsoft.ContainerRegistry/registries/churn`,
  });
  return { stack, tracker: new ExperimentTracker(stack, 'Tracking', { workspace, ...props }) };
};

const imported = (attributes: Partial<ExperimentTrackerAttributes> = {}): Setting => {
  const stack = azureStack({ resourceGroupName: 'apps' });
  return { stack, tracker: ExperimentTracker.fromAttributes(stack, 'Tracking', { workspaceId: WORKSPACE, storageAccountId: STORAGE, ...attributes }) };
};

test('makes nothing by itself: the workspace answers the protocol of MLflow', () => {
  expect(synthesized(setting().stack).resource).toEqual({});
});

describe.each<[string, (props?: { experimentName?: string; registersModels?: boolean }) => Setting]>([
  ['a new tracker', setting], ['a tracker that exists', imported],
])('%s', (_, make) => {
  test('is found by clients at the address of the workspace', () => {
    const { tracker } = make();
    expect(tracker.trackingUri).toBe(`azureml://westeurope.api.azureml.ms/mlflow/v1.0${WORKSPACE}`);
    expect(tracker.environment).toEqual({ MLFLOW_TRACKING_URI: tracker.trackingUri });
  });

  test('sends runs without an experiment to one that is named', () => {
    expect(make({ experimentName: 'churn' }).tracker.environment).toEqual({
      MLFLOW_TRACKING_URI: `azureml://westeurope.api.azureml.ms/mlflow/v1.0${WORKSPACE}`, MLFLOW_EXPERIMENT_NAME: 'churn',
    });
    expect(() => make({ experimentName: 'a b' })).toThrow("experiment tracker 'Stack/Tracking': "
      + "experimentName must be at most 255 letters, digits, hyphens and underscores, starting with a letter or digit, got 'a b'");
  });

  test('lets others record runs and their files, and not register models', () => {
    const { stack, tracker } = make();
    const job = new ManagedIdentity(stack, 'Job');
    expect(tracker.grantUse(job).addresses).toEqual(tracker.grantUse(job).addresses);
    const all = synthesized(stack);
    expect(resourcesOf(all, 'azurerm_role_assignment').map(({ scope, role_definition_id }) => [scope, role_definition_id.split('/').pop()])).toEqual([
      [STORAGE, ROLES.storageBlobDataContributor], [WORKSPACE, expect.stringContaining('role_definition_resource_id')],
    ]);
    const definition = onlyResource(all, 'azurerm_role_definition');
    expect(definition).toMatchObject({ scope: GROUP, assignable_scopes: [GROUP] });
    const { actions } = definition.permissions[0];
    expect(actions).toContain('Microsoft.MachineLearningServices/workspaces/experiments/runs/write');
    expect(actions).toContain('Microsoft.MachineLearningServices/workspaces/models/*/read');
    expect(actions.filter((each: string) => /delete|computes|models\/.*write|listKeys/.test(each))).toEqual([]);
  });

  test('lets others register models where that is asked for', () => {
    const { stack, tracker } = make({ registersModels: true });
    tracker.grantUse(new ManagedIdentity(stack, 'Job'));
    expect(onlyResource(synthesized(stack), 'azurerm_role_definition').permissions[0].actions).toContain('Microsoft.MachineLearningServices/workspaces/models/*/write');
  });
});


test('of a workspace in another region is found there', () => {
  expect(imported({ location: 'northeurope' }).tracker.trackingUri).toMatch(/^azureml:\/\/northeurope\.api\.azureml\.ms\//);
});

test.each<[Partial<ExperimentTrackerAttributes>, string]>([
  [{ workspaceId: 'churn' }, "workspaceId must be the ARM id of a workspace, …/providers/Microsoft.MachineLearningServices/workspaces/<name>, got 'churn'"],
  [{ storageAccountId: 'churn' }, "storageAccountId must be the ARM id of a storage account, …/providers/Microsoft.Storage/storageAccounts/<name>, got 'churn'"],
])('refuses %j', (attributes, message) => {
  expect(() => imported(attributes)).toThrow(`experiment tracker 'Stack/Tracking': ${message}`);
});
