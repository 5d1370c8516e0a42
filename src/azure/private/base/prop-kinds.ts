/**
 * Kinds of the props of every struct that a construct on Azure takes: the structs that it extends (`< ProductSpec`) and
 * its own props. `text`, `number`, `boolean` and `any`; `[]` is a list, `{}` an object with names of the user's, `?`
 * what may be left out. A name is another struct of this table, an enum, or else a class, and an interface where it
 * begins with `I` and another capital.
 *
 * Read from the sources: `test/azure/prop-kinds.test.ts` says what a change of them has to bring here.
 */
export const STRUCTS: { readonly [name: string]: readonly string[] } = {
  AlertEventHub: ['eventHubName: text', 'namespaceName: text', 'subscriptionId: text?'],
  AlertProps: ['minutes: number?', 'query: text', 'runbook: text', 'severity: text?', 'title: text'],
  AzureResourceGroupProps: [
    'armRenderer: ArmRenderer?', 'location: text', 'network: INetwork?', 'providerVersion: text?',
    'resourceGroupName: text?', 'subscriptionId: text', 'tags: text{}?', 'tenantId: text?',
  ],
  BlueprintProps: [
    '< ProductSpec', 'data: DataLakeProps?', 'delivery: DeliveryPipelineOptions?', 'encryptionKey: IEncryptionKey?',
    'features: FeatureStoreOptions?', 'governance: GovernanceGuardrailsOptions?',
    'integrations: IntegrationsOptions?', 'monitoring: MonitoringStackOptions?', 'platform: PlatformParts?',
    'registry: ModelRegistryOptions?', 'removalPolicy: RemovalPolicy?', 'serving: ServingEndpointOptions?',
    'tracking: ExperimentTrackerOptions?', 'training: TrainingPipelineOptions?', 'workspace: WorkspaceOptions?',
  ],
  BudgetSpec: ['alertAtPercent: number[]?', 'alertEmails: text[]', 'monthlyUsd: number'],
  CaptureSpec: ['samplingPercent: number?'],
  ComputeSpec: [
    'accelerator: Accelerator?', 'acceleratorCount: number?', 'instanceCount: number?', 'memoryGiB: number?',
    'vcpus: number?', 'volumeGiB: number?',
  ],
  DataLakeAttributes: [
    'artifactContainer: text?', 'captureRetentionDays: number?', 'capturedContainer: text?',
    'encryptionKey: IEncryptionKey?', 'featuresAccountId: text', 'featuresContainer: text?', 'isPrivate: boolean?',
    'rawContainer: text?', 'storeAccountId: text',
  ],
  DataLakeIntent: [
    'captureRetentionDays: number?', 'coldStorageAfterDays: number?', 'noncurrentVersionDays: number?',
  ],
  DataLakeProps: [
    '< DataLakeIntent', 'accountReplicationType: text?', 'allowedIpRanges: text[]?', 'allowedSubnetIds: text[]?',
    'coldAccessTier: text?', 'encryptionKey: IEncryptionKey?', 'infrastructureEncryption: boolean?',
    'lockRawImmutability: boolean?', 'privateEndpoints: boolean?', 'rawImmutabilityDays: number?',
    'removalPolicy: RemovalPolicy?', 'softDeleteDays: number?',
  ],
  DeliveryImageSpec: ['directory: text', 'dockerfile: text?', 'imageName: text?', 'variable: text?'],
  DeliveryPipelineIntent: ['branch: text?', 'repository: text', 'stages: DeliveryStageSpec[]?'],
  DeliveryPipelineOptions: [
    '< DeliveryPipelineIntent', 'engine: DeliveryEngine?', 'image: DeliveryImageSpec?', 'installCommand: text?',
    'nodeVersion: text?', 'stateContainerId: text?', 'synthCommand: text?', 'terraformVersion: text?',
    'testCommand: text?', 'workingDirectory: text?',
  ],
  DeliveryPipelineProps: ['< DeliveryPipelineOptions', 'registry: IModelRegistry?'],
  DeliveryStageSpec: ['approval: boolean?', 'name: text'],
  DriftSpec: ['maxDriftShare: number?', 'minRows: number?', 'retrain: boolean?', 'schedule: Schedule?'],
  EncryptionKeyAttributes: ['keyId: text', 'keyVaultId: text'],
  EncryptionKeyProps: ['hardwareProtected: boolean?', 'removalPolicy: RemovalPolicy?', 'rotationDays: number?'],
  ExperimentTrackerAttributes: [
    'experimentName: text?', 'location: text?', 'registersModels: boolean?', 'storageAccountId: text',
    'workspaceId: text',
  ],
  ExperimentTrackerIntent: ['registersModels: boolean?'],
  ExperimentTrackerOptions: ['< ExperimentTrackerIntent', 'experimentName: text?'],
  ExperimentTrackerProps: ['< ExperimentTrackerOptions', 'workspace: IWorkspace'],
  FeatureGroupAttributes: [
    'featureSetName: text', 'featureSetVersion: text', 'featureStoreId: text', 'offlineStoreId: text',
    'onlineStoreId: text?', 'sourceAccountId: text', 'sourceContainer: text', 'sourcePath: text',
    'specificationAccountId: text?',
  ],
  FeatureGroupOptions: [
    'materializationSchedule: Schedule?', 'sourceDelayMinutes: number?', 'transformation: FeatureTransformation?',
  ],
  FeatureGroupSpec: [
    'entityKey: text', 'eventTime: text', 'features: FeatureSpec[]', 'name: text', 'offline: boolean?',
    'online: boolean?', 'onlineTtlDays: number?',
  ],
  FeatureSpec: ['name: text', 'valueType: FeatureType'],
  FeatureStoreIntent: ['featureGroups: FeatureGroupSpec[]', 'schemaLock: text?'],
  FeatureStoreOptions: [
    '< FeatureStoreIntent', 'alertEmails: text[]?', 'allowedIpRanges: text[]?',
    'groupOptions: FeatureGroupOptions{}?', 'materializationIdentity: IManagedIdentity?',
    'materializationInstanceType: text?', 'onlineStorage: OnlineStorage?', 'publicNetworkAccess: boolean?',
    'removalPolicy: RemovalPolicy?',
  ],
  FeatureStoreProps: ['< FeatureStoreOptions', 'data: IDataLake', 'workspace: IWorkspace'],
  FeatureTransformation: ['className: text', 'file: text', 'lookbackDays: number?'],
  GovernanceGuardrailsOptions: [
    '< GovernanceIntent', 'allowedLocations: text[]?', 'allowedModelPublishers: text[]?',
    'auditActivityLog: boolean?', 'auditLocked: boolean?', 'auditRetentionDays: number?', 'budgetTag: text?',
    'defenderPlans: text[]?', 'deletionLocks: boolean?', 'deniedPolicies: GuardrailPolicy[]?',
    'guardedScope: IConstruct?', 'guardrailEmails: text[]?', 'policyDryRun: boolean?',
    'policyExemptions: GuardrailPolicy[]?', 'remediations: GuardrailRemediation[]?', 'removalPolicy: RemovalPolicy?',
    'roles: GovernancePrincipals?',
  ],
  GovernanceGuardrailsProps: [
    '< GovernanceGuardrailsOptions', 'data: IDataLake', 'registry: IModelRegistry?', 'workspace: IWorkspace',
  ],
  GovernanceIntent: [
    'auditLog: boolean?', 'budget: BudgetSpec?', 'cloudGuardrails: boolean?', 'modelCard: ModelCardSpec?',
    'policyChecks: boolean?', 'tags: text{}?',
  ],
  GovernancePrincipals: [
    'approver: IPrincipal?', 'auditor: IPrincipal?', 'dataScientist: IPrincipal?', 'mlEngineer: IPrincipal?',
  ],
  HostedSystemOptions: [
    'databaseSku: text?', 'highlyAvailable: boolean?', 'memoryGiB: number?', 'passwordVersion: number?',
    'secretVersion: number?', 'version: text?',
  ],
  IntegrationsIntent: ['use: Integration[]'],
  IntegrationsOptions: [
    '< IntegrationsIntent', 'actionGroupIds: text[]?', 'hosted: HostedSystemOptions{}?', 'keyVaultId: text?',
    'removalPolicy: RemovalPolicy?',
  ],
  IntegrationsProps: ['< IntegrationsOptions', 'data: IDataLake', 'workspace: IWorkspace'],
  Level0BlueprintProps: ['< BlueprintProps', 'model: ModelSource?'],
  Level1BlueprintProps: ['< BlueprintProps'],
  Level2BlueprintProps: ['< BlueprintProps'],
  ManagedIdentityAttributes: ['clientId: text', 'identityId: text', 'objectId: text'],
  ManagedIdentityProps: ['identityName: text?'],
  ModelCardSpec: ['intendedUse: text', 'limitations: text?', 'owner: text', 'riskRating: RiskRating?'],
  ModelMonitorOptions: [
    'deploymentName: text', 'instanceType: text?', 'maxJensenShannonDistance: number?', 'maxNullValueRate: number?',
    'referenceData: text', 'targetColumn: text?', 'taskType: text?',
  ],
  ModelPromotion: ['stages: PromotionStage[]'],
  ModelQualitySpec: [
    'gates: QualityGate[]', 'labelDelayDays: number?', 'labelsPrefix: text?', 'minLabelledRows: number?',
    'retrain: boolean?',
  ],
  ModelRegistryAttributes: [
    'approval: Approval?', 'approvalQueueId: text', 'artifactContainerId: text', 'containerRegistryId: text',
    'modelName: text', 'workspaceId: text',
  ],
  ModelRegistryIntent: ['approval: Approval?', 'modelName: text?'],
  ModelRegistryOptions: [
    '< ModelRegistryIntent', 'containerRegistryId: text?', 'promotion: ModelPromotion?',
    'removalPolicy: RemovalPolicy?', 'sharedRegistry: SharedRegistryOptions?',
  ],
  ModelRegistryProps: ['< ModelRegistryOptions', 'data: IDataLake', 'workspace: IWorkspace'],
  MonitoringIntent: [
    'alertEmails: text[]?', 'drift: DriftSpec?', 'maxErrorPercent: number?', 'maxLatencyP99Ms: number?',
    'minDaysBetweenRetrainings: number?', 'modelQuality: ModelQualitySpec?', 'noTrafficMinutes: number?',
    'serviceLevel: ServiceLevelSpec?',
  ],
  MonitoringStackOptions: [
    '< MonitoringIntent', 'actionGroupIds: text[]?', 'alertEventHub: AlertEventHub?', 'connections: IConnection[]?',
    'dashboard: boolean?', 'dashboardName: text?', 'driftCommand: text?', 'driftCompute: ComputeSpec?',
    'driftTimeoutMinutes: number?', 'driftVmSize: text?', 'featureMetrics: boolean?', 'logRetentionDays: number?',
    'maxClientErrorPercent: number?', 'maxLatencyP50Ms: number?', 'maxUtilizationPercent: number?',
    'modelMonitor: ModelMonitorOptions?',
  ],
  MonitoringStackProps: [
    '< MonitoringStackOptions', 'data: IDataLake', 'endpoint: IServingEndpoint?', 'image: ContainerImage?',
    'registry: IModelRegistry?', 'training: ITrainingPipeline?', 'workspace: IWorkspace',
  ],
  NetworkAttributes: [
    'containerAppsSubnetId: text?', 'networkId: text', 'privateDnsZoneIds: text{}?', 'subnetId: text',
  ],
  PlatformParts: [
    'data: IDataLake?', 'features: IFeatureStore?', 'registry: IModelRegistry?', 'tracking: IExperimentTracker?',
    'workspace: IWorkspace?',
  ],
  PrivateNetworkProps: ['addressSpace: text?'],
  ProductSpec: ['alertEmails: text[]?', 'image: ContainerImage', 'modelName: text'],
  PromotedRegistryProps: [
    'data: IDataLake', 'modelName: text', 'promoter: IManagedIdentity?', 'stage: text',
    'trainingArtifactContainer: text?', 'trainingContainerRegistryId: text', 'trainingStoreAccountName: text',
    'trainingWorkspaceId: text', 'workspace: IWorkspace',
  ],
  PromotionStage: ['name: text', 'promoterObjectId: text', 'workflowObjectId: text?'],
  ServiceLevelSpec: ['availabilityPercent: number?', 'windowDays: number?'],
  ServingContainer: ['livenessRoute: text?', 'port: number?', 'readinessRoute: text?', 'scoringRoute: text?'],
  ServingEndpointAttributes: [
    'captureFolder: text?', 'endpointId: text', 'hasAccelerator: boolean?', 'isPrivate: boolean?', 'mode: text?',
    'workflowId: text',
  ],
  ServingEndpointIntent: [
    'capture: CaptureSpec?', 'challenger: Challenger?', 'rollout: Rollout?', 'serving: Serving?',
  ],
  ServingEndpointOptions: [
    '< ServingEndpointIntent', 'connections: IConnection[]?', 'container: ServingContainer?', 'endpointName: text?',
    'environment: text{}?', 'identity: IManagedIdentity?', 'instanceType: text?',
    'maxConcurrentRequestsPerInstance: number?', 'maxErrorPercent: number?', 'maxLatencyP99Ms: number?',
    'mirrorPercent: number?', 'publicNetworkAccess: boolean?', 'removalPolicy: RemovalPolicy?',
    'requestTimeoutSeconds: number?', 'startupMinutes: number?',
  ],
  ServingEndpointProps: [
    '< ServingEndpointOptions', 'data: IDataLake', 'image: ContainerImage?', 'model: ModelSource',
    'workspace: IWorkspace',
  ],
  SharedRegistryOptions: ['locations: text[]?', 'publicNetworkAccess: boolean?', 'registryName: text?'],
  StoreEventTopic: ['principalObjectId: text', 'topicId: text'],
  TrainingPipelineIntent: ['< TrainingSpec', 'image: ContainerImage'],
  TrainingPipelineOptions: [
    '< TrainingSpec', 'command: text?', 'computeTarget: ComputeTarget?', 'connections: IConnection[]?',
    'distribution: Distribution?', 'dockerArgs: text?', 'environment: text{}?', 'jobIdentity: IManagedIdentity?',
    'maxProcessingHours: number?', 'processingCompute: ComputeSpec?', 'servingImage: ContainerImage?',
    'shmSize: text?', 'storeEventTopic: StoreEventTopic?', 'tags: text{}?', 'tracking: IExperimentTracker?',
    'vmSize: text?',
  ],
  TrainingPipelineProps: [
    '< TrainingPipelineOptions', '< TrainingPipelineIntent', 'data: IDataLake', 'registry: IModelRegistry',
    'workspace: IWorkspace',
  ],
  TrainingSpec: [
    'capacity: Capacity?', 'compute: ComputeSpec?', 'datasetPrefix: text?', 'hyperparameters: text{}?',
    'maxRuntimeHours: number?', 'prepare: boolean?', 'qualityGates: QualityGate[]?', 'retries: number?',
    'triggers: Trigger[]?',
  ],
  WorkspaceAttributes: [
    'applicationInsightsId: text', 'artifactDatastore: text?', 'capturedDatastore: text?',
    'containerRegistryId: text', 'hasManagedNetwork: boolean?', 'identities: IManagedIdentity[]?',
    'isPrivate: boolean?', 'location: text?', 'logAnalyticsWorkspaceId: text', 'rawDatastore: text?',
    'storageAccountId: text', 'workspaceId: text',
  ],
  WorkspaceIntent: ['idleShutdownMinutes: number?', 'users: text[]?'],
  WorkspaceOptions: [
    '< WorkspaceIntent', 'containerRegistryId: text?', 'encryptsMetadata: boolean?', 'highBusinessImpact: boolean?',
    'logAnalyticsWorkspaceId: text?', 'logRetentionDays: number?', 'machine: NotebookMachine?',
    'managedNetwork: ManagedNetwork?', 'owners: text{}?', 'privateEndpoints: boolean?', 'quarantineImages: boolean?',
    'removalPolicy: RemovalPolicy?', 'startupScript: text?', 'studioDataPreview: boolean?',
    'untaggedImageRetentionDays: number?', 'workspaceName: text?', 'writablePrefixes: text[]?',
  ],
  WorkspaceProps: ['< WorkspaceOptions', 'data: IDataLake'],
};

/** Values of the enums among them. */
export const ENUMS: { readonly [name: string]: readonly string[] } = {
  ArmRenderer: ['azapi', 'template'],
  FeatureType: ['string', 'integer', 'float'],
  GuardrailPolicy: [
    'allowed-locations', 'approved-models', 'approved-outbound', 'compute-local-users', 'customer-managed-keys',
    'idle-shutdown', 'minimum-tls', 'private-link', 'public-blobs', 'public-workspaces', 'purge-protection',
    'resource-logs', 'shared-keys', 'user-assigned-identities',
  ],
  GuardrailRemediation: ['compute-local-users', 'public-workspaces', 'resource-logs'],
  RemovalPolicy: ['retain', 'destroy'],
  RiskRating: ['Unknown', 'Low', 'Medium', 'High'],
};
