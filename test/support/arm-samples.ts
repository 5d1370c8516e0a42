import { ArmType } from '../../src/azure/private/base/api-versions';
import { ArmBodies } from '../../src/azure/private/base/arm-bodies';

const WORKSPACE = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/churn';

/** A body of each type with most of its members. `${{…}}` and brackets are Azure's own. */
export const ARM_SAMPLES: { readonly [type in ArmType]: ArmBodies[type] } = {
  'Microsoft.AlertsManagement/smartDetectorAlertRules': {
    properties: {
      state: 'Disabled',
      severity: 'Sev3',
      frequency: 'PT1M',
      detector: { id: 'FailureAnomaliesDetector' },
      scope: ['/subscriptions/s/resourceGroups/ml/providers/Microsoft.Insights/components/churn'],
      actionGroups: { groupIds: [] },
    },
  },
  'Microsoft.App/containerApps': {
    properties: {
      configuration: { ingress: { traffic: [{ revisionName: 'churn--v1-abc', weight: 90 }, { revisionName: 'churn--v2-abc', weight: 10 }] } },
      template: {
        revisionSuffix: 'v2-abc',
        containers: [{
          name: 'server',
          image: 'images.azurecr.io/churn:2',
          command: ['python'],
          args: ['serve'],
          env: [{ name: 'MLOPS_PORT', value: '8080' }],
          resources: { cpu: 1, memory: '2Gi' },
          probes: [
            { type: 'Startup', tcpSocket: { port: 8080 }, initialDelaySeconds: 3, periodSeconds: 24, timeoutSeconds: 5, failureThreshold: 10 },
            { type: 'Readiness', httpGet: { path: '/ping', port: 8080 }, periodSeconds: 5 },
          ],
        }],
        scale: { minReplicas: 0, maxReplicas: 5, rules: [{ name: 'requests', http: { metadata: { concurrentRequests: '4' } } }] },
      },
    },
  },
  'Microsoft.App/containerApps/authConfigs': {
    properties: {
      platform: { enabled: true },
      globalValidation: { unauthenticatedClientAction: 'Return401' },
      httpSettings: { requireHttps: true },
      identityProviders: {
        azureActiveDirectory: {
          enabled: true,
          registration: { clientId: '22222222-2222-2222-2222-222222222222', openIdIssuer: 'https://login.microsoftonline.com/99999999-8888-7777-6666-555555555555/v2.0' },
          validation: {
            allowedAudiences: ['api://churn'],
            defaultAuthorizationPolicy: { allowedPrincipals: { identities: ['33333333-3333-3333-3333-333333333333'] } },
          },
        },
      },
    },
  },
  'Microsoft.Insights/actionGroups': {
    properties: { groupShortName: 'SmartDetect', enabled: true },
  },
  'Microsoft.Insights/autoscaleSettings': {
    properties: {
      name: 'churn',
      enabled: true,
      targetResourceUri: `${WORKSPACE}/onlineEndpoints/churn/deployments/blue`,
      profiles: [{
        name: 'load',
        capacity: { minimum: '2', maximum: '4', default: '2' },
        rules: [{
          metricTrigger: {
            metricName: 'RequestsPerMinute',
            metricResourceUri: `${WORKSPACE}/onlineEndpoints/churn`,
            timeAggregation: 'Average',
            statistic: 'Average',
            timeGrain: 'PT1M',
            timeWindow: 'PT5M',
            operator: 'GreaterThan',
            threshold: 600,
            dividePerInstance: true,
            dimensions: [{ DimensionName: 'deployment', Operator: 'Equals', Values: ['blue'] }],
          },
          scaleAction: { direction: 'Increase', type: 'ChangeCount', value: '1', cooldown: 'PT60S' },
        }],
      }],
    },
  },
  'Microsoft.KeyVault/vaults/keys': {
    properties: {
      kty: 'RSA',
      keySize: 3072,
      keyOps: ['wrapKey', 'unwrapKey'],
      attributes: { enabled: true, exportable: false },
      rotationPolicy: { lifetimeActions: [{ trigger: { timeAfterCreate: 'P90D' }, action: { type: 'rotate' } }], attributes: { expiryTime: 'P2Y' } },
    },
  },
  'Microsoft.Logic/workflows': {
    properties: {
      state: 'Enabled',
      definition: { contentVersion: '1.0.0.0', triggers: {}, actions: { Say: { type: 'Compose', inputs: '@{triggerBody()} [text]', runAfter: {} } } },
      parameters: { limit: { type: 'Int', value: 3 } },
      accessControl: { triggers: { allowedCallerIpAddresses: [{ addressRange: '10.0.0.0/8' }] } },
    },
  },
  'Microsoft.MachineLearningServices/registries': {
    kind: 'registry',
    properties: {
      publicNetworkAccess: 'Disabled',
      regionDetails: [{
        location: 'westeurope',
        acrDetails: [{ systemCreatedAcrAccount: { acrAccountName: 'churnimages', acrAccountSku: 'Premium' } }],
        storageAccountDetails: [{
          systemCreatedStorageAccount: { storageAccountName: 'churnassets', storageAccountType: 'Standard_ZRS', storageAccountHnsEnabled: true, allowBlobPublicAccess: false },
        }],
      }],
    },
  },
  'Microsoft.MachineLearningServices/registries/components': { properties: { description: 'steps' } },
  'Microsoft.MachineLearningServices/registries/components/versions': { properties: { componentSpec: { command: 'python train.py --data ${{inputs.data}}' } } },
  'Microsoft.MachineLearningServices/registries/data': { properties: { dataType: 'uri_folder' } },
  'Microsoft.MachineLearningServices/registries/data/versions': { properties: { dataType: 'uri_folder', dataUri: 'azureml://datastores/lake_raw/paths/a' } },
  'Microsoft.MachineLearningServices/registries/environments': { properties: {} },
  'Microsoft.MachineLearningServices/registries/environments/versions': { properties: { image: 'mcr.microsoft.com/azureml/a:1', osType: 'Linux' } },
  'Microsoft.MachineLearningServices/registries/models': { properties: { tags: { product: 'churn' } } },
  'Microsoft.MachineLearningServices/registries/models/versions': { properties: { modelType: 'custom_model', modelUri: 'azureml://datastores/lake_artifacts/paths/m' } },
  'Microsoft.MachineLearningServices/workspaces': {
    kind: 'Default',
    sku: { name: 'Basic', tier: 'Basic' },
    properties: {
      friendlyName: 'Churn',
      systemDatastoresAuthMode: 'Identity',
      publicNetworkAccess: 'Disabled',
      imageBuildCompute: 'cpu',
      provisionNetworkNow: true,
      managedNetwork: {
        isolationMode: 'AllowOnlyApprovedOutbound',
        firewallSku: 'Standard',
        outboundRules: { lake: { type: 'PrivateEndpoint', destination: { serviceResourceId: `${WORKSPACE}/x`, sparkEnabled: true, subresourceTarget: 'blob' } } },
      },
      featureStoreSettings: { computeRuntime: { sparkRuntimeVersion: '3.4' }, offlineStoreConnectionName: 'offline' },
      encryption: {
        status: 'Enabled',
        identity: { userAssignedIdentity: `${WORKSPACE}/i` },
        keyVaultProperties: { keyVaultArmId: `${WORKSPACE}/v`, keyIdentifier: 'https://v.vault.azure.net/keys/k/1' },
      },
    },
  },
  'Microsoft.MachineLearningServices/workspaces/batchEndpoints': { properties: { authMode: 'AADToken', defaults: { deploymentName: 'v1' } } },
  'Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments': {
    properties: {
      compute: `${WORKSPACE}/computes/cpu`,
      model: { referenceType: 'Id', assetId: `${WORKSPACE}/models/churn/versions/3` },
      codeConfiguration: { codeId: `${WORKSPACE}/codes/c/versions/1`, scoringScript: 'batch_driver.py' },
      environmentId: `${WORKSPACE}/environments/e/versions/1`,
      resources: { instanceCount: 2 },
      miniBatchSize: 10,
      maxConcurrencyPerInstance: 2,
      errorThreshold: -1,
      loggingLevel: 'Info',
      outputAction: 'AppendRow',
      outputFileName: 'predictions.csv',
      retrySettings: { maxRetries: 3, timeout: 'PT30S' },
      deploymentConfiguration: { deploymentConfigurationType: 'PipelineComponent', componentId: { referenceType: 'Id', assetId: 'a' }, settings: { default_compute: 'gpu' } },
    },
  },
  'Microsoft.MachineLearningServices/workspaces/codes': { properties: {} },
  'Microsoft.MachineLearningServices/workspaces/codes/versions': { properties: { codeUri: 'https://a.blob.core.windows.net/c/d', isAnonymous: false } },
  'Microsoft.MachineLearningServices/workspaces/components': { properties: {} },
  'Microsoft.MachineLearningServices/workspaces/components/versions': { properties: { componentSpec: { command: 'run ${{inputs.a}}' } } },
  'Microsoft.MachineLearningServices/workspaces/computes': {
    properties: {
      computeType: 'ComputeInstance',
      disableLocalAuth: true,
      properties: {
        vmSize: 'Standard_DS3_v2',
        applicationSharingPolicy: 'Personal',
        computeInstanceAuthorizationType: 'personal',
        enableNodePublicIp: false,
        personalComputeInstanceSettings: { assignedUser: { objectId: '1', tenantId: '2' } },
        sshSettings: { sshPublicAccess: 'Disabled' },
        setupScripts: { scripts: { creationScript: { scriptSource: 'inline', scriptData: 'ZWNobw==', timeout: '10m' } } },
        schedules: {
          computeStartStop: [{ action: 'Stop', status: 'Enabled', triggerType: 'Cron', cron: { expression: '0 19 * * *', timeZone: 'UTC', startTime: '2026-01-01T00:00:00' } }],
        },
      },
    },
  },
  'Microsoft.MachineLearningServices/workspaces/connections': {
    properties: { category: 'ADLSGen2', target: 't', authType: 'ManagedIdentity', credentials: { clientId: '1', resourceId: '2' }, isSharedToAll: true, metadata: { a: 'b' } },
  },
  'Microsoft.MachineLearningServices/workspaces/data': { properties: { dataType: 'mltable' } },
  'Microsoft.MachineLearningServices/workspaces/data/versions': { properties: { dataType: 'mltable', dataUri: 'azureml://a', referencedUris: ['azureml://b'] } },
  'Microsoft.MachineLearningServices/workspaces/datastores': {
    properties: {
      datastoreType: 'AzureBlob',
      accountName: 'a',
      containerName: 'raw',
      credentials: { credentialsType: 'None' },
      serviceDataAccessAuthIdentity: 'WorkspaceUserAssignedIdentity',
      endpoint: 'core.windows.net',
      protocol: 'https',
    },
  },
  'Microsoft.MachineLearningServices/workspaces/environments': { properties: {} },
  'Microsoft.MachineLearningServices/workspaces/environments/versions': {
    properties: {
      image: 'churn.azurecr.io/churn@sha256:1',
      osType: 'Linux',
      autoRebuild: 'Disabled',
      inferenceConfig: {
        livenessRoute: { path: '/ping', port: 8080 }, readinessRoute: { path: '/ping', port: 8080 }, scoringRoute: { path: '/invocations', port: 8080 },
      },
    },
  },
  'Microsoft.MachineLearningServices/workspaces/featuresets': { properties: {} },
  'Microsoft.MachineLearningServices/workspaces/featuresets/versions': {
    properties: {
      stage: 'Development',
      entities: ['azureml:account:1'],
      specification: { path: 'azureml://datastores/lake/paths/f' },
      materializationSettings: {
        storeType: 'OnlineAndOffline',
        resource: { instanceType: 'Standard_E8s_v3' },
        schedule: { triggerType: 'Recurrence', frequency: 'Hour', interval: 3, timeZone: 'UTC', startTime: '2026-01-01T00:00:00', schedule: { hours: [3], minutes: [0], weekDays: ['Monday'] } },
        notification: { emailOn: ['JobFailed'], emails: ['ml@example.com'] },
        sparkConfiguration: { 'spark.executor.instances': '2' },
      },
    },
  },
  'Microsoft.MachineLearningServices/workspaces/featurestoreEntities': { properties: {} },
  'Microsoft.MachineLearningServices/workspaces/featurestoreEntities/versions': {
    properties: { stage: 'Development', indexColumns: [{ columnName: 'accountID', dataType: 'String' }] },
  },
  'Microsoft.MachineLearningServices/workspaces/jobs': {
    properties: {
      jobType: 'Command',
      experimentName: 'churn',
      displayName: 'train',
      computeId: `${WORKSPACE}/computes/gpu`,
      environmentId: `${WORKSPACE}/environments/e/versions/1`,
      command: 'MLOPS_INPUT_DIR=${{inputs.data}} MLOPS_MODEL_DIR=${{outputs.model}} python -m mlops_runtime train',
      environmentVariables: { MLOPS_HYPERPARAMETERS: '{}' },
      identity: { identityType: 'Managed', clientId: '99999999-8888-7777-6666-000000000001' },
      inputs: { data: { jobInputType: 'uri_folder', uri: 'azureml://a', mode: 'ReadOnlyMount' }, rate: { jobInputType: 'literal', value: '0.1' } },
      outputs: { model: { jobOutputType: 'uri_folder', uri: 'azureml://b', mode: 'ReadWriteMount' } },
      resources: { instanceCount: 2, instanceType: 'Standard_NC24ads_A100_v4', shmSize: '2g' },
      distribution: { distributionType: 'PyTorch', processCountPerInstance: 1 },
      limits: { jobLimitsType: 'Command', timeout: 'PT5H' },
      queueSettings: { jobTier: 'Standard' },
      services: { ssh: { jobServiceType: 'SSH', nodes: { nodesValueType: 'All' } } },
    },
  },
  'Microsoft.MachineLearningServices/workspaces/models': { properties: { description: 'churn' } },
  'Microsoft.MachineLearningServices/workspaces/models/versions': {
    properties: { modelType: 'custom_model', modelUri: 'azureml://m', jobName: 'j', stage: 'Production', tags: { mlops_approval: 'pending' }, properties: { auc: '0.9' } },
  },
  'Microsoft.MachineLearningServices/workspaces/onlineEndpoints': {
    kind: 'Managed',
    properties: { authMode: 'AADToken', publicNetworkAccess: 'Disabled', traffic: { blue: 90, green: 10 }, mirrorTraffic: {}, description: '[churn]' },
  },
  'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments': {
    kind: 'Managed',
    sku: { name: 'Default', tier: 'Standard', capacity: 2 },
    properties: {
      endpointComputeType: 'Managed',
      model: `${WORKSPACE}/models/churn/versions/3`,
      modelMountPath: '/model',
      environmentId: `${WORKSPACE}/environments/e/versions/1`,
      environmentVariables: { MLOPS_VERB: 'serve' },
      instanceType: 'Standard_DS3_v2',
      scaleSettings: { scaleType: 'Default' },
      requestSettings: { requestTimeout: 'PT90S', maxConcurrentRequestsPerInstance: 4 },
      livenessProbe: { initialDelay: 'PT10M', period: 'PT10S', timeout: 'PT2S', failureThreshold: 30, successThreshold: 1 },
      readinessProbe: { period: 'PT10S' },
      startupProbe: { period: 'PT10S' },
      appInsightsEnabled: true,
      dataCollector: {
        rollingRate: 'Hour',
        requestLogging: { captureHeaders: ['x-id'] },
        collections: { request: { dataCollectionMode: 'Enabled', samplingRate: 0.1, dataId: `${WORKSPACE}/data/d/versions/1`, clientId: '1' } },
      },
    },
  },
  'Microsoft.MachineLearningServices/workspaces/outboundRules': {
    properties: { type: 'ServiceTag', category: 'UserDefined', destination: { action: 'Allow', serviceTag: 'AzureMonitor', protocol: 'TCP', portRanges: '443' } },
  },
  'Microsoft.MachineLearningServices/workspaces/schedules': {
    properties: {
      isEnabled: true,
      displayName: 'weekly',
      trigger: { triggerType: 'Cron', expression: '0 3 * * 1', timeZone: 'UTC' },
      action: {
        actionType: 'CreateMonitor',
        monitorDefinition: {
          computeConfiguration: {
            computeType: 'ServerlessSpark',
            instanceType: 'standard_e4s_v3',
            runtimeVersion: '3.4',
            computeIdentity: {
              computeIdentityType: 'ManagedIdentity', identity: { type: 'UserAssigned', userAssignedIdentities: { [`${WORKSPACE}/i`]: {} } },
            },
          },
          monitoringTarget: { taskType: 'Classification', deploymentId: `${WORKSPACE}/onlineEndpoints/e/deployments/d` },
          alertNotificationSettings: { emailNotificationSettings: { emails: ['ml@example.com'] } },
          signals: {
            drift: {
              signalType: 'DataDrift',
              notificationTypes: ['AmlNotification'],
              productionData: {
                inputDataType: 'Rolling', jobInputType: 'uri_folder', uri: 'azureml:inputs:1', dataContext: 'model_inputs', windowSize: 'P1D', windowOffset: 'P0D',
              },
              referenceData: { inputDataType: 'Fixed', jobInputType: 'mltable', uri: 'azureml:ref:1', columns: { target_column: 'y' } },
              features: { filterType: 'TopNByAttribution', top: 10 },
              featureImportanceSettings: { mode: 'Enabled', targetColumn: 'y' },
              metricThresholds: [
                { dataType: 'Numerical', metric: 'JensenShannonDistance', threshold: { value: 0.1 } },
                { dataType: 'Categorical', metric: 'PearsonsChiSquaredTest', threshold: { value: 0.02 } },
              ],
            },
            quality: {
              signalType: 'DataQuality',
              features: { filterType: 'FeatureSubset', features: ['a'] },
              productionData: { inputDataType: 'Static', jobInputType: 'uri_folder', uri: 'a', windowStart: '2026-01-01', windowEnd: '2026-02-01' },
              referenceData: { inputDataType: 'Fixed', jobInputType: 'mltable', uri: 'b' },
              metricThresholds: [{ dataType: 'Numerical', metric: 'NullValueRate', threshold: { value: 0.05 } }],
            },
            predictions: {
              signalType: 'PredictionDrift',
              productionData: { inputDataType: 'Fixed', jobInputType: 'uri_folder', uri: 'a' },
              referenceData: { inputDataType: 'Fixed', jobInputType: 'mltable', uri: 'b' },
              metricThresholds: [{ dataType: 'Categorical', metric: 'PopulationStabilityIndex', threshold: { value: 0.2 } }],
            },
            attribution: {
              signalType: 'FeatureAttributionDrift',
              productionData: [{ inputDataType: 'Fixed', jobInputType: 'uri_folder', uri: 'a' }],
              referenceData: { inputDataType: 'Fixed', jobInputType: 'mltable', uri: 'b' },
              featureImportanceSettings: { mode: 'Enabled', targetColumn: 'y' },
              metricThreshold: { metric: 'NormalizedDiscountedCumulativeGain', threshold: { value: 0.9 } },
            },
            own: {
              signalType: 'Custom', componentId: 'c', inputs: { a: { jobInputType: 'literal', value: '1' } }, metricThresholds: [{ metric: 'm', threshold: { value: 1 } }],
            },
          },
        },
      },
    },
  },
};
