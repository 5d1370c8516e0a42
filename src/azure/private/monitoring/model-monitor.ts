import { Construct } from 'constructs';
import { Schedule } from '../../../core/schedule';
import { IDataLake } from '../../data-lake-props';
import { Grant } from '../../grant';
import { ManagedIdentity } from '../../managed-identity';
import { ModelMonitorOptions } from '../../monitoring-stack-props';
import { IWorkspace } from '../../workspace-props';
import { armAction, armResource } from '../base/arm';
import { DriftThreshold, MonitoringInput, QualityThreshold } from '../base/arm-bodies/monitor';
import { grantRole, settled } from '../base/grants';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { resourceGroupOf } from '../base/resource-group-of';

/** What the monitor looks at. */
export interface ModelMonitorSettings {
  readonly data: IDataLake;
  readonly workspace: IWorkspace;
  readonly endpoint: { readonly endpointId: string; readonly endpointName: string; readonly captureFolder: string };
  readonly options: ModelMonitorOptions;
  readonly emails: readonly string[];
  readonly schedule: Schedule;
}

/**
 * Azure ML's own monitor of a deployment: a schedule with the assets that the CLI would register, and an identity for
 * its Spark jobs.
 *
 * Children of `scope`: `Identity`, `Inputs`, `Outputs`, `Schedule`, `Disable`.
 *
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/workspaces/schedules
 */
export function newModelMonitor(
  scope: Construct,
  { data, workspace, endpoint, options, emails, schedule }: ModelMonitorSettings,
): void {
  const { workspaceId } = workspace;
  const {
    deploymentName,
    referenceData,
    targetColumn,
    maxJensenShannonDistance = 0.1,
    maxNullValueRate = 0.05,
  } = options;
  const identity = new ManagedIdentity(scope, 'Identity');
  const may = Grant.all([
    workspace.grantRunAs(identity),
    grantRole(scope, identity, 'run monitor', {
      scope: workspaceId,
      role: 'azureMlDataScientist',
      description: 'Runs the jobs of the model monitor',
    }),
    data.grantReadCaptured(identity, `${endpoint.captureFolder}/`),
  ]);
  const collected = (id: string, collection: string) => {
    const name = azureName(scope, 'mlAsset', id);
    armResource(scope, id, {
      type: 'Microsoft.MachineLearningServices/workspaces/data/versions',
      name: '1',
      parentId: `${workspaceId}/data/${name}`,
      body: {
        properties: {
          dataType: 'uri_folder',
          dataUri: `azureml://datastores/${workspace.capturedDatastore}/paths/${endpoint.captureFolder}/${deploymentName}/${collection}/`,
          description: `What ${endpoint.endpointName} collects as ${collection}`,
        },
      },
      dependsOn: after(workspace.ready),
    });
    const input: MonitoringInput = {
      inputDataType: 'Rolling',
      jobInputType: 'uri_folder',
      uri: `azureml:${name}:1`,
      dataContext: collection,
      windowSize: 'P1D',
      windowOffset: 'P0D',
    };
    return input;
  };
  const inputs = collected('Inputs', 'model_inputs');
  const outputs = collected('Outputs', 'model_outputs');
  const reference: MonitoringInput = {
    inputDataType: 'Fixed',
    jobInputType: 'mltable',
    uri: referenceData,
    dataContext: 'training',
    ...(targetColumn === undefined ? {} : { columns: { target_column: targetColumn } }),
  };
  const distances: DriftThreshold[] = [
    { dataType: 'Numerical', metric: 'JensenShannonDistance', threshold: { value: maxJensenShannonDistance } },
    { dataType: 'Categorical', metric: 'JensenShannonDistance', threshold: { value: maxJensenShannonDistance } },
  ];
  const missing: QualityThreshold[] = (['Numerical', 'Categorical'] as const).map((dataType) => ({
    dataType,
    metric: 'NullValueRate',
    threshold: { value: maxNullValueRate },
  }));
  const notified = { notificationTypes: ['AmlNotification'] as const };
  resourceGroupOf(scope)._register('Microsoft.MachineLearningServices');
  const made = armResource(scope, 'Schedule', {
    type: 'Microsoft.MachineLearningServices/workspaces/schedules',
    name: azureName(scope, 'mlAsset'),
    parentId: workspaceId,
    body: {
      properties: {
        displayName: `Model monitor of ${endpoint.endpointName}`,
        isEnabled: true,
        trigger: { triggerType: 'Cron', expression: schedule.expression, timeZone: 'UTC' },
        action: {
          actionType: 'CreateMonitor',
          monitorDefinition: {
            computeConfiguration: {
              computeType: 'ServerlessSpark',
              instanceType: options.instanceType ?? 'standard_e4s_v3',
              runtimeVersion: '3.4',
              computeIdentity: {
                computeIdentityType: 'ManagedIdentity',
                identity: { type: 'UserAssigned', userAssignedIdentities: { [identity.identityId]: {} } },
              },
            },
            monitoringTarget: {
              taskType: options.taskType === 'Regression' ? 'Regression' : 'Classification',
              deploymentId: `${endpoint.endpointId}/deployments/${deploymentName}`,
            },
            alertNotificationSettings:
              emails.length === 0 ? undefined : { emailNotificationSettings: { emails: [...emails] } },
            signals: {
              drift: {
                signalType: 'DataDrift',
                ...notified,
                productionData: inputs,
                referenceData: reference,
                features:
                  targetColumn === undefined
                    ? { filterType: 'AllFeatures' }
                    : { filterType: 'TopNByAttribution', top: 10 },
                featureImportanceSettings: targetColumn === undefined ? undefined : { mode: 'Enabled', targetColumn },
                metricThresholds: distances,
              },
              prediction: {
                signalType: 'PredictionDrift',
                ...notified,
                productionData: outputs,
                referenceData: { ...outputs, inputDataType: 'Rolling', windowSize: 'P7D', windowOffset: 'P1D' },
                metricThresholds: distances,
              },
              quality: {
                signalType: 'DataQuality',
                ...notified,
                productionData: inputs,
                referenceData: reference,
                metricThresholds: missing,
              },
            },
          },
        },
      },
    },
    dependsOn: after(settled(scope, 'Ready', [may])),
  });
  // A schedule that is enabled cannot be deleted.
  if (resourceGroupOf(scope).armRenderer !== 'template') {
    armAction(scope, 'Disable', {
      type: 'Microsoft.MachineLearningServices/workspaces/schedules',
      resourceId: made.id,
      method: 'PATCH',
      when: 'destroy',
      ignoreNotFound: true,
      body: { properties: { isEnabled: false } },
    });
  }
}
