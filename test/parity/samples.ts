import {
  Accelerator, Approval, Capacity, Challenger, Cloud, ContainerImage, FeatureType, Integration, MlopsIntent, QualityGate, RiskRating,
  Rollout, ScalingTarget, Schedule, SecretName, Serving, Trigger, Weekday,
} from '../../src/core';

/** A complete intent, which every sample changes in one word. */
export const BASE: MlopsIntent = {
  modelName: 'churn',
  image: ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn:1'),
  features: {
    featureGroups: [{
      name: 'customers',
      entityKey: 'id',
      eventTime: 'at',
      features: [
        { name: 'id', valueType: FeatureType.STRING }, { name: 'at', valueType: FeatureType.STRING }, { name: 'spent', valueType: FeatureType.FLOAT },
      ],
    }],
  },
  training: { compute: { accelerator: Accelerator.NVIDIA_T4 }, qualityGates: [QualityGate.atLeast('auc', 0.8)] },
  serving: { serving: Serving.realTime() },
  monitoring: { drift: {}, modelQuality: { gates: [QualityGate.atLeast('accuracy', 0.8)] }, serviceLevel: {} },
  governance: {
    tags: { product: 'churn' },
    budget: { monthlyUsd: 100, alertEmails: ['a@example.com'] },
    modelCard: { intendedUse: 'Tests', owner: 'Tests' },
  },
  delivery: { repository: 'example/churn' },
};

const [group] = BASE.features!.featureGroups;
const training = (spec: MlopsIntent['training']): MlopsIntent => ({ ...BASE, training: { ...BASE.training, ...spec } });
const compute = (spec: NonNullable<MlopsIntent['training']>['compute']): MlopsIntent => training({ compute: { ...BASE.training?.compute, ...spec } });
const serving = (spec: MlopsIntent['serving']): MlopsIntent => ({ ...BASE, serving: { ...BASE.serving, ...spec } });
const realTime = (options: Parameters<typeof Serving.realTime>[0]): MlopsIntent => serving({ serving: Serving.realTime(options) });
/** Modes that record nothing have no drift to look for. */
const UNRECORDED: MlopsIntent = { ...BASE, monitoring: undefined };
const unrecorded = (mode: Serving): MlopsIntent => ({ ...UNRECORDED, serving: { serving: mode } });
const serverless = (options: Parameters<typeof Serving.serverless>[0]): MlopsIntent => unrecorded(Serving.serverless(options));
const batch = (options: Parameters<typeof Serving.batch>[0]): MlopsIntent => unrecorded(Serving.batch(options));
const scaling = (spec: NonNullable<Parameters<typeof Serving.realTime>[0]>['scaling']): MlopsIntent => realTime({ scaling: spec });
const features = (change: Partial<typeof group>): MlopsIntent => ({ ...BASE, features: { featureGroups: [{ ...group, ...change }] } });
const column = (name: string, valueType: FeatureType): MlopsIntent => features({ features: [...group.features, { name, valueType }] });
const monitoring = (spec: MlopsIntent['monitoring']): MlopsIntent => ({ ...BASE, monitoring: { ...BASE.monitoring, ...spec } });
const governance = (spec: MlopsIntent['governance']): MlopsIntent => ({ ...BASE, governance: { ...BASE.governance, ...spec } });
const budget = (spec: Partial<NonNullable<NonNullable<MlopsIntent['governance']>['budget']>>): MlopsIntent =>
  governance({ budget: { ...BASE.governance!.budget!, ...spec } });
const card = (spec: Partial<NonNullable<NonNullable<MlopsIntent['governance']>['modelCard']>>): MlopsIntent =>
  governance({ modelCard: { ...BASE.governance!.modelCard!, ...spec } });
const delivery = (spec: Partial<NonNullable<MlopsIntent['delivery']>>): MlopsIntent => ({ ...BASE, delivery: { ...BASE.delivery!, ...spec } });
/** A server inside the network, which every cloud reaches from it. */
const tracked = (project?: string): MlopsIntent => ({
  ...BASE,
  integrations: {
    use: [
      Integration.weightsAndBiases({ entity: 'shop', project, apiKey: SecretName.of('wandb-api-key'), endpoint: 'https://wandb.internal.example.com' }),
    ],
  },
});
const scheduled = (schedule: Schedule): MlopsIntent => training({ triggers: [Trigger.schedule(schedule)] });

/**
 * The intent that differs from another in one word only; the other is `BASE` unless the word needs a mode of its own.
 */
export interface Sample {
  readonly without?: MlopsIntent;
  readonly with: MlopsIntent;
  /** The word only refuses: the error of an intent that it does not allow; the one `without` it is taken. */
  readonly refusal?: RegExp;
}

/** The sample of a word that a cloud takes. */
export function sampleOf(word: string, cloud: Cloud): Sample {
  return CLOUD_SAMPLES[cloud][word] ?? SAMPLES[word];
}

/** One sample for each word of the vocabulary. */
export const SAMPLES: Record<string, Sample> = {
  'BatchServingOptions.compute': { without: batch({}), with: batch({ compute: { vcpus: 16 } }) },
  'BatchServingOptions.inputPrefix': { without: batch({}), with: batch({ inputPrefix: 'nightly/' }) },
  'BatchServingOptions.outputPrefix': { without: batch({}), with: batch({ outputPrefix: 'nightly-answers/' }) },
  'BatchServingOptions.schedule': { without: batch({}), with: batch({ schedule: Schedule.hourly() }) },
  'BudgetSpec.alertAtPercent': { with: budget({ alertAtPercent: [90] }) },
  'BudgetSpec.alertEmails': { with: budget({ alertEmails: ['b@example.com'] }) },
  'BudgetSpec.monthlyUsd': { with: budget({ monthlyUsd: 200 }) },
  'CanaryOptions.bakeMinutes': { with: serving({ rollout: Rollout.canary({ bakeMinutes: 20 }) }) },
  'CanaryOptions.percent': { with: serving({ rollout: Rollout.canary({ percent: 40 }) }) },
  'CaptureSpec.samplingPercent': { with: serving({ capture: { samplingPercent: 10 } }) },
  'ComputeSpec.accelerator': { with: compute({ accelerator: Accelerator.NVIDIA_A10G }) },
  'ComputeSpec.acceleratorCount': { with: compute({ acceleratorCount: 4 }) },
  'ComputeSpec.instanceCount': { with: compute({ instanceCount: 2 }) },
  'ComputeSpec.memoryGiB': { with: compute({ memoryGiB: 64 }) },
  'ComputeSpec.vcpus': { with: compute({ vcpus: 16 }) },
  'ComputeSpec.volumeGiB': { with: compute({ volumeGiB: 200 }) },
  'DataLakeIntent.captureRetentionDays': { with: { ...BASE, data: { captureRetentionDays: 30 } } },
  'DataLakeIntent.coldStorageAfterDays': { with: { ...BASE, data: { coldStorageAfterDays: 45 } } },
  'DataLakeIntent.noncurrentVersionDays': { with: { ...BASE, data: { noncurrentVersionDays: 100 } } },
  'DeliveryPipelineIntent.branch': { with: delivery({ branch: 'trunk' }) },
  'DeliveryPipelineIntent.repository': { with: delivery({ repository: 'example/other' }) },
  'DeliveryPipelineIntent.stages': { with: delivery({ stages: [{ name: 'only' }] }) },
  'DriftSpec.maxDriftShare': { with: monitoring({ drift: { maxDriftShare: 0.5 } }) },
  'DriftSpec.minRows': { with: monitoring({ drift: { minRows: 200 } }) },
  'DriftSpec.retrain': { with: monitoring({ drift: { retrain: false } }) },
  'DriftSpec.schedule': { with: monitoring({ drift: { schedule: Schedule.weekly() } }) },
  'ExperimentTrackerIntent.registersModels': { with: { ...BASE, tracking: { registersModels: true } } },
  'FeatureGroupSpec.entityKey': { with: features({ entityKey: 'other', features: [...group.features, { name: 'other', valueType: FeatureType.STRING }] }) },
  'FeatureGroupSpec.eventTime': { with: features({ eventTime: 'when', features: [...group.features, { name: 'when', valueType: FeatureType.FLOAT }] }) },
  'FeatureGroupSpec.features': { with: features({ features: [...group.features, { name: 'age', valueType: FeatureType.INTEGER }] }) },
  'FeatureGroupSpec.name': { with: features({ name: 'clients' }) },
  'FeatureGroupSpec.offline': { with: features({ offline: false }) },
  'FeatureGroupSpec.online': { with: features({ online: false }) },
  'FeatureGroupSpec.onlineTtlDays': { with: features({ onlineTtlDays: 7 }) },
  'FeatureStoreIntent.schemaLock': {
    without: { ...BASE, features: { ...BASE.features!, schemaLock: 'test/parity/features.lock.json' } },
    with: { ...BASE, features: { ...column('age', FeatureType.INTEGER).features!, schemaLock: 'test/parity/features.lock.json' } },
    refusal: /schemaLock 'test\/parity\/features.lock.json' is behind/,
  },
  'FeatureStoreIntent.featureGroups': { with: { ...BASE, features: { featureGroups: [] } } },
  'GovernanceIntent.auditLog': { with: governance({ auditLog: false }) },
  'GovernanceIntent.budget': { with: governance({ budget: undefined }) },
  'GovernanceIntent.cloudGuardrails': { with: governance({ cloudGuardrails: false }) },
  'GovernanceIntent.modelCard': { with: governance({ modelCard: undefined }) },
  'GovernanceIntent.policyChecks': { with: governance({ policyChecks: false }) },
  'GovernanceIntent.tags': { with: governance({ tags: { team: 'ml' } }) },
  'ImageDirectoryOptions.dockerfile': {
    without: { ...BASE, image: ContainerImage.fromDirectory('examples/workload') },
    with: { ...BASE, image: ContainerImage.fromDirectory('examples/workload', { dockerfile: 'main.py' }) },
  },
  'ImageDirectoryOptions.exclude': {
    without: { ...BASE, image: ContainerImage.fromDirectory('examples/workload') },
    with: { ...BASE, image: ContainerImage.fromDirectory('examples/workload', { exclude: ['tests'] }) },
  },
  'IntegrationsIntent.use': { without: tracked(), with: tracked('churn') },
  'LinearOptions.stepMinutes': { with: serving({ rollout: Rollout.linear({ stepMinutes: 9 }) }), without: serving({ rollout: Rollout.linear() }) },
  'LinearOptions.stepPercent': { with: serving({ rollout: Rollout.linear({ stepPercent: 50 }) }), without: serving({ rollout: Rollout.linear() }) },
  'ProductSpec.alertEmails': { with: { ...BASE, alertEmails: ['c@example.com'] } },
  'MlopsIntent.data': { with: { ...BASE, data: { coldStorageAfterDays: 60 } } },
  'MlopsIntent.delivery': { with: delivery({ branch: 'release' }) },
  'MlopsIntent.features': { with: { ...BASE, features: undefined } },
  'MlopsIntent.governance': { with: { ...BASE, governance: undefined } },
  'ProductSpec.image': { with: { ...BASE, image: ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn:2') } },
  'ProductSpec.modelName': { with: { ...BASE, modelName: 'attrition' } },
  'MlopsIntent.integrations': { with: tracked() },
  'MlopsIntent.monitoring': { with: { ...BASE, monitoring: undefined } },
  'MlopsIntent.registry': { with: { ...BASE, registry: { modelName: 'churn-two' } } },
  'MlopsIntent.serving': { with: { ...BASE, serving: { rollout: Rollout.allAtOnce() } } },
  'MlopsIntent.tracking': { with: { ...BASE, tracking: { registersModels: true } } },
  'MlopsIntent.training': { with: { ...BASE, training: undefined } },
  'MlopsIntent.workspace': { with: { ...BASE, workspace: { idleShutdownMinutes: 60 } } },
  'ModelCardSpec.intendedUse': { with: card({ intendedUse: 'Other tests' }) },
  'ModelCardSpec.limitations': { with: card({ limitations: 'Many' }) },
  'ModelCardSpec.owner': { with: card({ owner: 'Others' }) },
  'ModelCardSpec.riskRating': { with: card({ riskRating: RiskRating.HIGH }) },
  'ModelQualitySpec.gates': { with: monitoring({ modelQuality: { gates: [QualityGate.atLeast('accuracy', 0.9)] } }) },
  'ModelQualitySpec.labelDelayDays': { with: monitoring({ modelQuality: { ...BASE.monitoring!.modelQuality!, labelDelayDays: 30 } }) },
  'ModelQualitySpec.labelsPrefix': { with: monitoring({ modelQuality: { ...BASE.monitoring!.modelQuality!, labelsPrefix: 'truth/' } }) },
  'ModelQualitySpec.minLabelledRows': { with: monitoring({ modelQuality: { ...BASE.monitoring!.modelQuality!, minLabelledRows: 500 } }) },
  'ModelQualitySpec.retrain': { with: monitoring({ modelQuality: { ...BASE.monitoring!.modelQuality!, retrain: true } }) },
  'ModelRegistryIntent.approval': { with: { ...BASE, registry: { approval: Approval.automatic() } } },
  'ModelRegistryIntent.modelName': { with: { ...BASE, registry: { modelName: 'churn-two' } } },
  'MonitoringIntent.alertEmails': { with: monitoring({ alertEmails: ['d@example.com'] }) },
  'MonitoringIntent.drift': { with: monitoring({ drift: { maxDriftShare: 0.4 } }) },
  'MonitoringIntent.minDaysBetweenRetrainings': { with: monitoring({ minDaysBetweenRetrainings: 30 }) },
  'MonitoringIntent.maxErrorPercent': { with: monitoring({ maxErrorPercent: 5 }) },
  'MonitoringIntent.maxLatencyP99Ms': { with: monitoring({ maxLatencyP99Ms: 250 }) },
  'MonitoringIntent.modelQuality': { with: monitoring({ modelQuality: undefined }) },
  'MonitoringIntent.noTrafficMinutes': { with: monitoring({ noTrafficMinutes: 30 }) },
  'MonitoringIntent.serviceLevel': { with: monitoring({ serviceLevel: { windowDays: 7 } }) },
  'RealTimeServingOptions.compute': { with: realTime({ compute: { vcpus: 16 } }) },
  'RealTimeServingOptions.scaling': { with: realTime({ scaling: { minReplicas: 3 } }) },
  'ScalingSpec.maxReplicas': { with: scaling({ maxReplicas: 9 }) },
  'ScalingSpec.minReplicas': { with: scaling({ minReplicas: 3 }) },
  'ScalingSpec.scaleInCooldownSeconds': { with: scaling({ scaleInCooldownSeconds: 900 }) },
  'ScalingSpec.scaleOutCooldownSeconds': { with: scaling({ scaleOutCooldownSeconds: 90 }) },
  'ScalingSpec.target': { with: scaling({ target: ScalingTarget.cpuUtilization(50) }) },
  'ServerlessServingOptions.maxConcurrency': { without: serverless({}), with: serverless({ maxConcurrency: 5 }) },
  'ServerlessServingOptions.memoryGiB': { without: serverless({}), with: serverless({ memoryGiB: 4 }) },
  'ServerlessServingOptions.warmReplicas': { without: serverless({}), with: serverless({ warmReplicas: 1 }) },
  'ServiceLevelSpec.availabilityPercent': { with: monitoring({ serviceLevel: { availabilityPercent: 99 } }) },
  'ServiceLevelSpec.windowDays': { with: monitoring({ serviceLevel: { windowDays: 7 } }) },
  'ServingEndpointIntent.capture': { with: serving({ capture: { samplingPercent: 50 } }) },
  'ServingEndpointIntent.challenger': { with: serving({ challenger: Challenger.shadow(50) }) },
  'ServingEndpointIntent.rollout': { with: serving({ rollout: Rollout.linear() }) },
  'ServingEndpointIntent.serving': { without: UNRECORDED, with: serverless({}) },
  'SpotOptions.maxWaitHours': {
    without: training({ capacity: Capacity.spot(), maxRuntimeHours: 2 }),
    with: training({ capacity: Capacity.spot({ maxWaitHours: 5 }), maxRuntimeHours: 2 }),
  },
  'DeliveryStageSpec.approval': {
    with: delivery({ stages: [{ name: 'dev', approval: true }, { name: 'prod' }] }),
    without: delivery({ stages: [{ name: 'dev' }, { name: 'prod' }] }),
  },
  'DeliveryStageSpec.name': { with: delivery({ stages: [{ name: 'live' }] }), without: delivery({ stages: [{ name: 'prod' }] }) },
  'FeatureSpec.name': { with: column('b', FeatureType.FLOAT), without: column('a', FeatureType.FLOAT) },
  'FeatureSpec.valueType': { with: column('a', FeatureType.INTEGER), without: column('a', FeatureType.FLOAT) },
  'TimeOfDay.hour': { without: scheduled(Schedule.daily()), with: scheduled(Schedule.daily({ hour: 5 })) },
  'TimeOfDay.minute': { without: scheduled(Schedule.daily()), with: scheduled(Schedule.daily({ minute: 5 })) },
  'TimeOfDay.timeZone': { without: scheduled(Schedule.daily()), with: scheduled(Schedule.daily({ timeZone: 'Europe/Berlin' })) },
  'TimeOfWeek.weekday': { without: scheduled(Schedule.weekly()), with: scheduled(Schedule.weekly({ weekday: Weekday.FRIDAY })) },
  'TrainingPipelineIntent.image': { with: { ...BASE, image: ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn:3') } },
  'TrainingSpec.capacity': { with: training({ capacity: Capacity.spot() }) },
  'TrainingSpec.compute': { with: training({ compute: { vcpus: 32 } }) },
  'TrainingSpec.datasetPrefix': { with: training({ datasetPrefix: 'sets/' }) },
  'TrainingSpec.hyperparameters': { with: training({ hyperparameters: { depth: '6' } }) },
  'TrainingSpec.maxRuntimeHours': { with: training({ maxRuntimeHours: 5 }) },
  'TrainingSpec.prepare': { with: training({ prepare: true }) },
  'TrainingSpec.qualityGates': { with: training({ qualityGates: [QualityGate.atMost('rmse', 3)] }) },
  'TrainingSpec.retries': { with: training({ retries: 4 }) },
  'TrainingSpec.triggers': { with: training({ triggers: [Trigger.newData('incoming/_SUCCESS')] }) },
  'WorkspaceIntent.idleShutdownMinutes': { with: { ...BASE, workspace: { idleShutdownMinutes: 300 } } },
  'WorkspaceIntent.users': { with: { ...BASE, workspace: { users: ['alice', 'bob'] } } },
};

/** Samples of words whose values differ from cloud to cloud. */
const CLOUD_SAMPLES: Record<Cloud, Record<string, Sample>> = {
  aws: {},
  azure: {},
  gcp: {
    'ComputeSpec.accelerator': { with: compute({ accelerator: Accelerator.NVIDIA_L4 }) },
    'FeatureGroupSpec.offline': {
      without: features({ onlineTtlDays: 7 }),
      with: features({ onlineTtlDays: 7, offline: false }),
    },
    'MlopsIntent.delivery': { with: delivery({ repository: 'example/other' }) },
    'MlopsIntent.serving': { without: UNRECORDED, with: serverless({}) },
    'MlopsIntent.tracking': { with: { ...BASE, tracking: { registersModels: true } }, refusal: /registersModels is refused on gcp/ },
    'ServingEndpointIntent.challenger': { with: serving({ challenger: Challenger.abTest(10) }) },
  },
};
