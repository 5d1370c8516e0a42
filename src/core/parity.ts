import { refuseBecause, Speaker } from './private/validation';

/** The clouds that the vocabulary is written for. */
export enum Cloud {
  /** Amazon Web Services, as CloudFormation. */
  AWS = 'aws',
}

/** What a cloud does with a prop of an intent; there is no fourth answer. */
export enum Support {
  /** The cloud has it. */
  NATIVE = 'native',
  /** The cloud has the parts; the library puts them together. */
  EMULATED = 'emulated',
  /** The cloud cannot: the prop is an error that says what to do instead. */
  REFUSED = 'refused',
}

/** One cell of the parity table. */
export interface ParityRow {
  /** Struct of the vocabulary that has the prop, `TrainingSpec`. */
  readonly intent: string;
  /** Name of the prop. */
  readonly prop: string;
  /** The cloud that is asked. */
  readonly cloud: Cloud;
  /** What it does with the prop. */
  readonly support: Support;
  /** Resource and property that carry it, how it is emulated, or why it is refused and what to do instead. */
  readonly how: string;
}

/** Every prop of the neutral vocabulary and what each cloud does with it: honoured or refused, never ignored. */
export class Parity {
  /** The table. */
  public static readonly ROWS: ParityRow[] = [
    awsNative('FeatureStoreIntent', 'featureGroups', 'AWS::SageMaker::FeatureGroup'),
    awsEmulated('FeatureStoreIntent', 'schemaLock', 'the committed file is compared at synthesis; CloudFormation sees nothing of it'),
    awsNative('FeatureGroupSpec', 'name', 'AWS::SageMaker::FeatureGroup.FeatureGroupName'),
    awsNative('FeatureGroupSpec', 'entityKey', 'AWS::SageMaker::FeatureGroup.RecordIdentifierFeatureName'),
    awsNative('FeatureGroupSpec', 'eventTime', 'AWS::SageMaker::FeatureGroup.EventTimeFeatureName'),
    awsNative('FeatureGroupSpec', 'features', 'AWS::SageMaker::FeatureGroup.FeatureDefinitions'),
    awsNative('FeatureGroupSpec', 'online', 'AWS::SageMaker::FeatureGroup.OnlineStoreConfig'),
    awsNative('FeatureGroupSpec', 'onlineTtlDays', 'AWS::SageMaker::FeatureGroup.OnlineStoreConfig: TtlDuration'),
    awsNative('FeatureGroupSpec', 'offline', 'AWS::SageMaker::FeatureGroup.OfflineStoreConfig'),
    awsNative('FeatureSpec', 'name', 'AWS::SageMaker::FeatureGroup.FeatureDefinitions: FeatureName'),
    awsNative('FeatureSpec', 'valueType', 'AWS::SageMaker::FeatureGroup.FeatureDefinitions: FeatureType'),
    awsNative('DataLakeIntent', 'noncurrentVersionDays', 'AWS::S3::Bucket.LifecycleConfiguration'),
    awsNative('DataLakeIntent', 'coldStorageAfterDays', 'AWS::S3::Bucket.LifecycleConfiguration'),
    awsNative('DataLakeIntent', 'captureRetentionDays', 'AWS::S3::Bucket.LifecycleConfiguration'),
    awsNative('ExperimentTrackerIntent', 'registersModels', 'AWS::SageMaker::MlflowApp.ModelRegistrationMode, or AWS::SageMaker::MlflowTrackingServer.AutomaticModelRegistration'),
    awsNative('ModelRegistryIntent', 'modelName', 'AWS::SageMaker::ModelPackageGroup.ModelPackageGroupName'),
    awsNative('ModelRegistryIntent', 'approval', 'AWS::SageMaker::Pipeline.PipelineDefinition: ModelApprovalStatus of the register step'),
    awsNative('ComputeSpec', 'accelerator', 'AWS::SageMaker::Pipeline.PipelineDefinition: default of the parameter TrainingInstanceType'),
    awsNative('ComputeSpec', 'acceleratorCount', 'AWS::SageMaker::Pipeline.PipelineDefinition: default of the parameter TrainingInstanceType'),
    awsNative('ComputeSpec', 'vcpus', 'AWS::SageMaker::Pipeline.PipelineDefinition: default of the parameter TrainingInstanceType'),
    awsNative('ComputeSpec', 'memoryGiB', 'AWS::SageMaker::Pipeline.PipelineDefinition: default of the parameter TrainingInstanceType'),
    awsNative('ComputeSpec', 'instanceCount', 'AWS::SageMaker::Pipeline.PipelineDefinition: default of the parameter TrainingInstanceCount'),
    awsNative('ComputeSpec', 'volumeGiB', 'AWS::SageMaker::Pipeline.PipelineDefinition: ResourceConfig.VolumeSizeInGB of the training step'),
    awsNative('SpotOptions', 'maxWaitHours', 'AWS::SageMaker::Pipeline.PipelineDefinition: StoppingCondition.MaxWaitTimeInSeconds of the training step'),
    awsNative('TrainingPipelineIntent', 'image', 'AWS::SageMaker::Pipeline.PipelineDefinition: TrainingImage and ImageUri of the steps'),
    awsNative('TrainingSpec', 'compute', 'AWS::SageMaker::Pipeline.PipelineDefinition: parameters TrainingInstanceType and TrainingInstanceCount'),
    awsNative('TrainingSpec', 'capacity', 'AWS::SageMaker::Pipeline.PipelineDefinition: EnableManagedSpotTraining, TrainingPlanArn or KeepAlivePeriodInSeconds of the training step'),
    awsNative('TrainingSpec', 'datasetPrefix', 'AWS::SageMaker::Pipeline.PipelineDefinition: default of the parameter DatasetUri'),
    awsNative('TrainingSpec', 'prepare', 'AWS::SageMaker::Pipeline.PipelineDefinition: a processing step before the training'),
    awsNative('TrainingSpec', 'hyperparameters', 'AWS::SageMaker::Pipeline.PipelineDefinition: a parameter each'),
    awsNative('TrainingSpec', 'qualityGates', 'AWS::SageMaker::Pipeline.PipelineDefinition: a condition step before the registration'),
    awsNative('TrainingSpec', 'maxRuntimeHours', 'AWS::SageMaker::Pipeline.PipelineDefinition: StoppingCondition.MaxRuntimeInSeconds of the training step'),
    awsNative('TrainingSpec', 'retries', 'AWS::SageMaker::Pipeline.PipelineDefinition: RetryPolicies of the steps'),
    awsNative('TrainingSpec', 'triggers', 'AWS::Scheduler::Schedule.Target and AWS::Events::Rule.Targets: SageMakerPipelineParameters'),
    awsNative('MonitoringIntent', 'alertEmails', 'AWS::SNS::Subscription.Endpoint'),
    awsNative('MonitoringIntent', 'maxErrorPercent', 'AWS::CloudWatch::Alarm.Threshold of Invocation5XXErrors'),
    awsNative('MonitoringIntent', 'maxLatencyP99Ms', 'AWS::CloudWatch::Alarm.Threshold of ModelLatency'),
    awsNative('MonitoringIntent', 'noTrafficMinutes', 'AWS::CloudWatch::Alarm.Period of Invocations'),
    awsEmulated('MonitoringIntent', 'drift', 'AWS::Scheduler::Schedule starts AWS::StepFunctions::StateMachine, which runs the image in a processing job and publishes metrics for AWS::CloudWatch::Alarm'),
    awsEmulated('MonitoringIntent', 'modelQuality', 'AWS::StepFunctions::StateMachine.DefinitionString: the drift run reads the labels; AWS::CloudWatch::Alarm for each gate'),
    awsNative('MonitoringIntent', 'serviceLevel', 'AWS::ApplicationSignals::ServiceLevelObjective.Goal, and AWS::CloudWatch::CompositeAlarm on the pace of the errors'),
    awsNative('DriftSpec', 'schedule', 'AWS::Scheduler::Schedule.ScheduleExpression'),
    awsNative('DriftSpec', 'maxDriftShare', 'AWS::CloudWatch::Alarm.Threshold of DriftShare'),
    awsNative('DriftSpec', 'retrain', 'AWS::Events::Rule.EventPattern on the alarm, with the training pipeline as target'),
    awsEmulated('ModelQualitySpec', 'labelsPrefix', 'AWS::StepFunctions::StateMachine.DefinitionString: an input of the processing job'),
    awsNative('ModelQualitySpec', 'gates', 'AWS::CloudWatch::Alarm.Threshold, one alarm for each gate'),
    awsNative('ModelQualitySpec', 'retrain', 'AWS::Events::Rule.EventPattern on the alarm, with the training pipeline as target'),
    awsNative('ServiceLevelSpec', 'availabilityPercent', 'AWS::ApplicationSignals::ServiceLevelObjective.Goal.AttainmentGoal'),
    awsNative('ServiceLevelSpec', 'windowDays', 'AWS::ApplicationSignals::ServiceLevelObjective.Goal.Interval'),
    awsNative('WorkspaceIntent', 'users', 'AWS::SageMaker::UserProfile.UserProfileName'),
    awsNative('WorkspaceIntent', 'idleShutdownMinutes', 'AWS::SageMaker::Domain.DefaultUserSettings: AppLifecycleManagement of JupyterLab and Code Editor'),
    awsNative('DeliveryPipelineIntent', 'repository', 'AWS::IAM::Role.AssumeRolePolicyDocument: subject of the web identity; or AWS::CodePipeline::Pipeline.Stages'),
    awsNative('DeliveryPipelineIntent', 'branch', 'AWS::IAM::Role.AssumeRolePolicyDocument of the roles that compare, and the workflow; or AWS::CodePipeline::Pipeline.Stages'),
    awsNative('DeliveryPipelineIntent', 'stages', 'one AWS::IAM::Role and one job of the workflow each; or AWS::CodePipeline::Pipeline.Stages'),
    awsNative('ServingEndpointIntent', 'serving', 'AWS::SageMaker::EndpointConfig.ProductionVariants, or in AWS::StepFunctions::StateMachine.DefinitionString where the workflow makes the endpoint; batch: a transform job there'),
    awsNative('ServingEndpointIntent', 'rollout', 'AWS::SageMaker::Endpoint.DeploymentConfig, or in AWS::StepFunctions::StateMachine.DefinitionString: UpdateEndpoint'),
    awsNative('ServingEndpointIntent', 'capture', 'AWS::SageMaker::EndpointConfig.DataCaptureConfig, or in AWS::StepFunctions::StateMachine.DefinitionString: CreateEndpointConfig'),
    awsNative('ServingEndpointIntent', 'challenger', 'AWS::SageMaker::EndpointConfig.ShadowProductionVariants or a second one of ProductionVariants, or in AWS::StepFunctions::StateMachine.DefinitionString: CreateChallengerConfig'),
    awsNative('CaptureSpec', 'samplingPercent', 'AWS::SageMaker::EndpointConfig.DataCaptureConfig: InitialSamplingPercentage'),
    awsNative('RealTimeServingOptions', 'compute', 'AWS::SageMaker::EndpointConfig.ProductionVariants: InstanceType, VolumeSizeInGB'),
    awsNative('RealTimeServingOptions', 'scaling', 'AWS::ApplicationAutoScaling::ScalableTarget.MinCapacity, MaxCapacity, or in AWS::StepFunctions::StateMachine.DefinitionString: RegisterScaling'),
    awsNative('ScalingSpec', 'minReplicas', 'AWS::ApplicationAutoScaling::ScalableTarget.MinCapacity and AWS::SageMaker::EndpointConfig.ProductionVariants: InitialInstanceCount'),
    awsNative('ScalingSpec', 'maxReplicas', 'AWS::ApplicationAutoScaling::ScalableTarget.MaxCapacity'),
    awsNative('ScalingSpec', 'target', 'AWS::ApplicationAutoScaling::ScalingPolicy.TargetTrackingScalingPolicyConfiguration: TargetValue and the metric'),
    awsNative('ScalingSpec', 'scaleInCooldownSeconds', 'AWS::ApplicationAutoScaling::ScalingPolicy.TargetTrackingScalingPolicyConfiguration: ScaleInCooldown'),
    awsNative('ScalingSpec', 'scaleOutCooldownSeconds', 'AWS::ApplicationAutoScaling::ScalingPolicy.TargetTrackingScalingPolicyConfiguration: ScaleOutCooldown'),
    awsNative('ServerlessServingOptions', 'memoryGiB', 'AWS::SageMaker::EndpointConfig.ProductionVariants: ServerlessConfig.MemorySizeInMB'),
    awsNative('ServerlessServingOptions', 'maxConcurrency', 'AWS::SageMaker::EndpointConfig.ProductionVariants: ServerlessConfig.MaxConcurrency'),
    awsNative('ServerlessServingOptions', 'warmReplicas', 'AWS::SageMaker::EndpointConfig.ProductionVariants: ServerlessConfig.ProvisionedConcurrency'),
    awsNative('BatchServingOptions', 'schedule', 'AWS::Scheduler::Schedule.ScheduleExpression, ScheduleExpressionTimezone'),
    awsNative('BatchServingOptions', 'inputPrefix', 'AWS::StepFunctions::StateMachine.DefinitionString: TransformInput of the transform job'),
    awsNative('BatchServingOptions', 'outputPrefix', 'AWS::StepFunctions::StateMachine.DefinitionString: TransformOutput of the transform job'),
    awsNative('BatchServingOptions', 'compute', 'AWS::StepFunctions::StateMachine.DefinitionString: TransformResources of the transform job'),
    awsNative('CanaryOptions', 'percent', 'AWS::SageMaker::Endpoint.DeploymentConfig: TrafficRoutingConfiguration.CanarySize'),
    awsNative('CanaryOptions', 'bakeMinutes', 'AWS::SageMaker::Endpoint.DeploymentConfig: TrafficRoutingConfiguration.WaitIntervalInSeconds'),
    awsNative('LinearOptions', 'stepPercent', 'AWS::SageMaker::Endpoint.DeploymentConfig: TrafficRoutingConfiguration.LinearStepSize'),
    awsNative('LinearOptions', 'stepMinutes', 'AWS::SageMaker::Endpoint.DeploymentConfig: TrafficRoutingConfiguration.WaitIntervalInSeconds'),
    awsNative('GovernanceIntent', 'budget', 'AWS::Budgets::Budget.Budget'),
    awsNative('GovernanceIntent', 'tags', 'AWS::S3::Bucket.Tags, and those of every type that a tag does not replace'),
    awsNative('GovernanceIntent', 'auditLog', 'AWS::CloudTrail::Trail.AdvancedEventSelectors'),
    awsNative('GovernanceIntent', 'modelCard', 'AWS::SageMaker::ModelCard.Content'),
    awsEmulated('GovernanceIntent', 'policyChecks', 'a validation plugin of the app checks the construct tree; compliance.json and compliance.md are files of the assembly, CloudFormation sees nothing of it'),
    awsNative('GovernanceIntent', 'cloudGuardrails', 'AWS::IAM::ManagedPolicy.PolicyDocument as AWS::IAM::Role.PermissionsBoundary'),
    awsNative('BudgetSpec', 'monthlyUsd', 'AWS::Budgets::Budget.Budget: BudgetLimit'),
    awsNative('BudgetSpec', 'alertEmails', 'AWS::Budgets::Budget.NotificationsWithSubscribers: Subscribers'),
    awsNative('BudgetSpec', 'alertAtPercent', 'AWS::Budgets::Budget.NotificationsWithSubscribers: Threshold'),
    awsNative('ModelCardSpec', 'intendedUse', 'AWS::SageMaker::ModelCard.Content: IntendedUses.PurposeOfModel'),
    awsNative('ModelCardSpec', 'owner', 'AWS::SageMaker::ModelCard.Content: ModelOverview.ModelOwner'),
    awsNative('ModelCardSpec', 'riskRating', 'AWS::SageMaker::ModelCard.Content: IntendedUses.RiskRating'),
    awsNative('ModelCardSpec', 'limitations', 'AWS::SageMaker::ModelCard.Content: AdditionalInformation.CaveatsAndRecommendations'),
    awsNative('DeliveryStageSpec', 'name', 'AWS::IAM::Role.AssumeRolePolicyDocument: the environment in the subject of the web identity'),
    awsNative('DeliveryStageSpec', 'approval', 'the environment of the workflow\'s job; or a manual approval in AWS::CodePipeline::Pipeline.Stages'),
    awsNative('ImageDirectoryOptions', 'dockerfile', 'the image asset that the deployment builds and pushes to Amazon ECR'),
    awsNative('ImageDirectoryOptions', 'exclude', 'the image asset that the deployment builds and pushes to Amazon ECR: its content and its hash'),
    awsNative('MlopsIntent', 'modelName', 'AWS::SageMaker::ModelPackageGroup.ModelPackageGroupName'),
    awsNative('MlopsIntent', 'image', 'AWS::SageMaker::Pipeline.PipelineDefinition: the image of every step, and of the versions it registers'),
    awsNative('MlopsIntent', 'alertEmails', 'AWS::SNS::Subscription.Endpoint'),
    awsNative('MlopsIntent', 'data', 'AWS::S3::Bucket: see DataLakeIntent'),
    awsNative('MlopsIntent', 'workspace', 'AWS::SageMaker::Domain: see WorkspaceIntent'),
    awsNative('MlopsIntent', 'tracking', 'AWS::SageMaker::MlflowApp: see ExperimentTrackerIntent'),
    awsNative('MlopsIntent', 'features', 'AWS::SageMaker::FeatureGroup: see FeatureStoreIntent'),
    awsNative('MlopsIntent', 'registry', 'AWS::SageMaker::ModelPackageGroup: see ModelRegistryIntent'),
    awsNative('MlopsIntent', 'training', 'AWS::SageMaker::Pipeline: see TrainingSpec'),
    awsNative('MlopsIntent', 'serving', 'AWS::StepFunctions::StateMachine, which makes the endpoint: see ServingEndpointIntent'),
    awsNative('MlopsIntent', 'monitoring', 'AWS::CloudWatch::Alarm: see MonitoringIntent'),
    awsNative('MlopsIntent', 'delivery', 'AWS::IAM::Role: see DeliveryPipelineIntent'),
    awsNative('MlopsIntent', 'governance', 'AWS::Budgets::Budget: see GovernanceIntent'),
    awsNative('TimeOfDay', 'hour', 'AWS::Scheduler::Schedule.ScheduleExpression'),
    awsNative('TimeOfDay', 'minute', 'AWS::Scheduler::Schedule.ScheduleExpression'),
    awsNative('TimeOfDay', 'timeZone', 'AWS::Scheduler::Schedule.ScheduleExpressionTimezone'),
    awsNative('TimeOfWeek', 'weekday', 'AWS::Scheduler::Schedule.ScheduleExpression'),
  ];

  /** The answer of one cloud to one prop; an error where the table has a hole. */
  public static find(intent: string, prop: string, cloud: Cloud): ParityRow {
    const row = Parity.ROWS.find((each) => each.intent === intent && each.prop === prop && each.cloud === cloud);
    if (row === undefined) throw new Error(`parity: no row for ${intent}.${prop} on ${cloud}`);
    return row;
  }

  /**
   * Refuses what the cloud cannot do among the props that were given.
   *
   * @internal
   */
  public static _refuse(who: Speaker, intent: string, cloud: Cloud, given: object): void {
    for (const row of Parity.ROWS) {
      if (row.intent !== intent || row.cloud !== cloud || row.support !== Support.REFUSED) continue;
      if ((given as Record<string, unknown>)[row.prop] !== undefined) refuseBecause(who, `${row.prop} is refused on ${cloud}: ${row.how}`);
    }
  }

  private constructor() {}
}

function awsNative(intent: string, prop: string, how: string): ParityRow {
  return { intent, prop, cloud: Cloud.AWS, support: Support.NATIVE, how };
}

function awsEmulated(intent: string, prop: string, how: string): ParityRow {
  return { intent, prop, cloud: Cloud.AWS, support: Support.EMULATED, how };
}
