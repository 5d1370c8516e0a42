// Over 300 lines: one constructor that names every part of a pipeline, and what is imported for it.
import {
  Annotations,
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_events as events,
  aws_iam as iam,
  aws_sagemaker as sagemaker,
  aws_sqs as sqs,
  aws_stepfunctions as sfn,
  Resource,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { connectContainers } from './private/base/connections';
import { imagePlace, resolveImage } from './private/base/image';
import { stableName } from './private/base/names';
import { requireSecurityGroups, requireSubnets } from './private/base/network-interfaces';
import { afterPolicies } from './private/base/ordering';
import { requireParts } from './private/base/parts';
import { requireOwnRegion, requireOwnRole } from './private/base/places';
import { tagsOf } from './private/base/run-tags';
import { CACHE_WITH_TRIGGERS, checkTraining, keepsCheckpoints } from './private/training/checks';
import { trainingParameters, trainingSteps } from './private/training/definition';
import { resolveMachines } from './private/training/machines';
import { trainingNetwork } from './private/training/network';
import { sendEvents } from './private/training/new-data';
import { pipelineDefinition } from './private/training/pipeline-language';
import { newRecorder } from './private/training/recorder';
import { grantCall, grantJob, grantPipeline, JobReach, sageMakerRole } from './private/training/roles';
import { JobSetting } from './private/training/steps';
import { alarmRises, executionEnds, PipelineTriggers } from './private/training/triggers';
import { SageMakerCapacity } from './sagemaker-capacity';
import { ITrainingPipeline, TrainingPipelineProps } from './training-pipeline-props';
import { rememberModel } from '../core/private/model-of';
import { resolvedTraining, watchedInVain } from '../core/private/resolve/training';
import { requireText } from '../core/private/texts';
import { refuseBecause, Speaker, speakerFor } from '../core/private/validation';

/**
 * Automated training: prepares the data, trains on the requested machines, evaluates, applies the quality gates,
 * registers.
 *
 * Steps of a run: `Prepare` (if asked for), `Train`, `Evaluate`, `Record` (with `tracking`), `Gate` with `Register` or
 * `Reject` behind it. Parameters that a run may override: `DatasetUri`, `TrainingInstanceType` (within the family),
 * `TrainingInstanceCount`, `TriggeredBy` and each hyperparameter.
 *
 * Children: `Resource` (the `AWS::SageMaker::Pipeline`), `Role`, `JobRole`, `SecurityGroup`, `Image`, `Trigger1` … in
 * the order of `triggers`, `NewData` (with `Collect` and `Intake`), `RulesRole`, `SchedulesRole`, `DeadLetters`, and
 * with `tracking` `Recorder`, `RecorderRole`, `RecorderLogs`. Costs nothing until it runs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines.html
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { Accelerator, aws, Capacity, ContainerImage, QualityGate, Schedule, Trigger } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * const data = new aws.DataLake(stack, 'Data');
 * const registry = new aws.ModelRegistry(stack, 'Registry', { modelName: 'churn' });
 * new aws.TrainingPipeline(stack, 'Training', {
 *   data,
 *   registry,
 *   image: ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn:1'),
 *   compute: { accelerator: Accelerator.NVIDIA_A10G },
 *   capacity: Capacity.spot(),
 *   qualityGates: [QualityGate.atLeast('auc', 0.9)],
 *   triggers: [Trigger.schedule(Schedule.weekly()), Trigger.newData('dataset/_SUCCESS')],
 * });
 */
export class TrainingPipeline extends Resource implements ITrainingPipeline {
  public readonly pipelineArn: string;
  public readonly pipelineName: string;
  public readonly imageUri: string;
  public readonly failedPattern: events.EventPattern;
  public readonly cachesSteps: boolean;
  public readonly unrecordedRuns?: cloudwatch.IMetric;
  /** The role of the pipeline: starts the jobs, registers the model. */
  public readonly role: iam.IRole;
  /** The role of the jobs: reads the data set, writes models and evaluations. */
  public readonly jobRole: iam.IRole;
  /** The security group of the jobs; undefined without a `vpc`. */
  public readonly securityGroup?: ec2.ISecurityGroup;
  /** The instance type that training starts with. */
  public readonly instanceType: string;

  private readonly who: Speaker;
  private readonly triggers: PipelineTriggers;

  constructor(scope: Construct, id: string, props: TrainingPipelineProps) {
    super(scope, id);
    this.who = speakerFor('training pipeline', scope, id);
    requireParts(this.who, props, 'data', 'registry');
    const training = { ...props, ...resolvedTraining(this.who, props, MOST_PROCESSING_HOURS) };
    checkTraining(this.who, props);
    for (const each of watchedInVain(props)) {
      Annotations.of(this).addWarningV2('mlops-constructs:trigger-in-vain', `training pipeline '${this.node.path}': ${each}`);
    }
    for (const prop of ['role', 'jobRole'] as const) requireOwnRole(this, this.who, prop, props[prop]);
    const served = imagePlace(props.servingImage ?? props.image);
    const why = 'versions are served from it, and SageMaker serves images of its own region';
    if (served !== undefined) {
      requireOwnRegion(this, this.who, props.servingImage === undefined ? 'image' : 'servingImage', served, why);
    }
    this.cachesSteps = props.cacheExpiry !== undefined;

    const machines = resolveMachines(this.who, {
      ...training,
      inVpc: props.vpc !== undefined,
      keepAliveMinutes: props.capacity instanceof SageMakerCapacity ? props.capacity.keepAliveMinutes : undefined,
    });
    const name = props.pipelineName ?? stableName(this, undefined, 63);
    const image = resolveImage(this, 'Image', props.image);
    requireSecurityGroups(this.who, 'securityGroups', props.securityGroups, 1);
    const network = props.vpc && trainingNetwork(this, {
      ...props, vpc: props.vpc, fileSystem: props.lustreInput?.fileSystem, only: props.lustreInput?.subnet,
    });
    if (network !== undefined) requireSubnets(this.who, 'subnets', network.subnets, props.vpc);
    this.securityGroup = network?.securityGroups[0];
    const reach: JobReach = {
      image,
      rawBucket: props.data.rawBucket,
      datasetPrefix: training.datasetPrefix,
      artifactBucket: props.data.artifactBucket,
      trainingPrefix: `training/${name}/`,
      checkpointPrefix: keepsCheckpoints(props) ? `checkpoints/${name}/` : undefined,
      evaluationPrefix: `evaluation/${name}/`,
      encryptionKey: props.data.encryptionKey,
      fileSystem: props.lustreInput?.fileSystem,
      ...network,
    };
    this.jobRole = props.jobRole ?? sageMakerRole(this, 'JobRole', `Jobs of the training pipeline ${name}`);
    this.role = props.role ?? sageMakerRole(this, 'Role', `Training pipeline ${name}`);
    grantJob(this, this.jobRole, reach);
    const servingImage = props.servingImage && resolveImage(this, 'ServingImage', props.servingImage);
    servingImage?.grantPull(this.role);
    grantPipeline(this, this.role, this.jobRole, reach, machines.trainingPlanArn);
    props.registry.grantRegister(this.role);
    rememberModel(this, { model: props.registry.modelPackageGroupName });
    const networkIsolation = props.networkIsolation ?? (props.connections ?? []).length === 0;
    // A container that cannot reach the tracker must not try.
    const reachesTracker = networkIsolation ? undefined : props.tracking;
    reachesTracker?.grantUse(this.jobRole);
    const environment = connectContainers(this, this.who, props.connections, {
      network: network && {
        vpc: props.vpc!,
        subnetIds: network.subnets.map((each) => each.subnetId),
        securityGroups: [this.securityGroup!],
      },
      isIsolated: props.networkIsolation,
      remedy: 'give vpc',
      role: this.jobRole,
      variables: { tracking: reachesTracker?.environment, environment: props.environment },
    });
    const recorder = props.tracking && newRecorder(this, { ...reach, tracker: props.tracking, pipelineName: name });
    if (recorder !== undefined) grantCall(this.role, recorder.handler);
    this.unrecordedRuns = recorder?.unrecordedRuns;

    const job: JobSetting = {
      imageUri: image.imageUri,
      servingImageUri: servingImage?.imageUri,
      roleArn: this.jobRole.roleArn,
      keyArn: props.data.encryptionKey.keyArn,
      trainingUri: props.data.artifactBucket.s3UrlForObject(`training/${name}`),
      checkpointsUri: props.data.artifactBucket.s3UrlForObject(`checkpoints/${name}`),
      evaluationUri: props.data.artifactBucket.s3UrlForObject(`evaluation/${name}`),
      environment: environment ?? {},
      networkIsolation,
      interContainerEncryption: props.interContainerEncryption ?? true,
      vpcConfig: network && {
        SecurityGroupIds: network.securityGroups.map((each) => each.securityGroupId),
        Subnets: network.subnets.map((each) => each.subnetId),
      },
      retries: training.retries,
      cacheExpiry: props.cacheExpiry?.toIsoString(),
      tags: tagsOf(() => resource),
      recorder: recorder && { functionArn: recorder.handler.functionArn, experiment: name },
    };
    const resource: sagemaker.CfnPipeline = new sagemaker.CfnPipeline(this, 'Resource', {
      pipelineName: name,
      pipelineDescription: `Trains, evaluates and registers ${props.registry.modelPackageGroupName}`,
      roleArn: this.role.roleArn,
      pipelineDefinition: {
        PipelineDefinitionBody: Stack.of(this).toJsonString(
          pipelineDefinition(trainingParameters(training, machines), trainingSteps(this.who, training, machines, job)),
        ),
      },
      parallelismConfiguration: props.maxParallelExecutionSteps === undefined
        ? undefined
        : { MaxParallelExecutionSteps: props.maxParallelExecutionSteps },
    });
    afterPolicies(resource, this.role, this.jobRole);

    this.imageUri = image.imageUri;
    this.instanceType = machines.instanceType;
    this.pipelineName = resource.ref;
    this.pipelineArn = Stack.of(this).formatArn({
      service: 'sagemaker',
      resource: 'pipeline',
      resourceName: this.pipelineName,
    });
    this.failedPattern = executionEnds(this.pipelineArn, 'Failed');
    this.triggers = new PipelineTriggers(this, name, this.pipelineArn, props.data.encryptionKey);
    if (training.triggers.some(({ dataPrefix }) => dataPrefix !== undefined)) sendEvents(props.data.rawBucket);
    training.triggers.forEach((trigger, index) => {
      if (trigger.when !== undefined) this.triggers.onSchedule(`Trigger${index + 1}`, trigger.when);
      else this.triggers.onNewData(`Trigger${index + 1}`, props.data.rawBucket.bucketName, trigger.dataPrefix!);
    });
  }

  /** Starts that could not be made within a day; undefined as long as nothing triggers the pipeline. */
  public get deadLetterQueue(): sqs.IQueue | undefined {
    return this.triggers.deadLetterQueue;
  }

  /** The workflows that make one run of many new objects; empty without `Trigger.newData`. */
  public get newDataStateMachines(): sfn.IStateMachine[] | undefined {
    return this.triggers.newDataMachines;
  }

  /** Identifies the pipeline to other resources. */
  public get pipelineRef(): sagemaker.PipelineReference {
    return { pipelineName: this.pipelineName };
  }

  /** Lets the grantee start runs. */
  public grantStart(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['sagemaker:StartPipelineExecution'],
      resourceArns: [this.pipelineArn],
    });
  }

  /** The same as `grantStart`, by the name that `aws-cdk-lib` calls it with. */
  public grantStartPipelineExecution(grantee: iam.IGrantable): iam.Grant {
    return this.grantStart(grantee);
  }

  /** Lets the grantee see the pipeline, its runs and their steps. */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: READ,
      resourceArns: [this.pipelineArn, `${this.pipelineArn}/execution/*`],
    });
  }

  /** Starts a run each time the alarm rises; the child `triggerId` is the rule. */
  public triggerOnAlarm(triggerId: string, alarm: cloudwatch.IAlarm): void {
    this.refuseWithCache();
    this.triggers.onEvent(triggerId, alarmRises(alarm.alarmArn), `alarm ${triggerId}`);
  }

  /** Starts a run on every event of the default bus that matches; the child `triggerId` is the rule. */
  public triggerOnEvent(triggerId: string, pattern: events.EventPattern): void {
    this.refuseWithCache();
    this.triggers.onEvent(triggerId, pattern, `event ${triggerId}`);
  }

  /**
   * A metric of the runs, by its name in CloudWatch; a sum over five minutes.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-pipelines
   */
  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    requireText(this.who, 'metricName', metricName);
    return new cloudwatch.Metric({
      namespace: 'AWS/Sagemaker/ModelBuildingPipeline',
      metricName,
      dimensionsMap: { PipelineName: this.pipelineName },
      statistic: cloudwatch.Stats.SUM,
      ...props,
    }).attachTo(this);
  }

  /** Runs that failed, those that a quality gate stopped included. */
  public metricFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ExecutionFailed', props);
  }

  /** Runs that ended with a registered model. */
  public metricSucceeded(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ExecutionSucceeded', props);
  }

  /** How long runs took, on average, in milliseconds. */
  public metricDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ExecutionDuration', { statistic: cloudwatch.Stats.AVERAGE, ...props });
  }

  private refuseWithCache(): void {
    if (this.cachesSteps) refuseBecause(this.who, CACHE_WITH_TRIGGERS);
  }
}

/** Five days, the quota of a processing job. */
const MOST_PROCESSING_HOURS = 120;

const READ = [
  'sagemaker:DescribePipeline',
  'sagemaker:DescribePipelineExecution',
  'sagemaker:DescribePipelineDefinitionForExecution',
  'sagemaker:ListPipelineExecutions',
  'sagemaker:ListPipelineExecutionSteps',
  'sagemaker:ListPipelineParametersForExecution',
];
