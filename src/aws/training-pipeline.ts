import {
  aws_cloudwatch as cloudwatch, aws_ec2 as ec2, aws_events as events, aws_iam as iam, aws_sagemaker as sagemaker, aws_sqs as sqs,
  Duration, Resource, Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IDataLake } from './data-lake';
import { IExperimentTracker } from './experiment-tracker';
import { IModelRegistry } from './model-registry';
import { ContainerImage } from '../core/container-image';
import { TrainingPipelineIntent } from '../core/training-pipeline';
import { resolveImage } from './private/base/image';
import { stableName } from './private/base/names';
import { requireSubnets } from './private/base/network-interfaces';
import { afterPolicies } from './private/base/ordering';
import { tagsOf } from './private/base/run-tags';
import { CACHE_WITH_TRIGGERS, checkTraining, keepsCheckpoints } from './private/training/checks';
import { DATASET_PREFIX, trainingParameters, trainingSteps } from './private/training/definition';
import { resolveMachines } from './private/training/machines';
import { trainingNetwork } from './private/training/network';
import { pipelineDefinition } from './private/training/pipeline-language';
import { grantJob, grantPipeline, JobReach, sageMakerRole } from './private/training/roles';
import { JobSetting } from './private/training/steps';
import { alarmRises, executionEnds, newObjects, PipelineTriggers } from './private/training/triggers';
import { SageMakerCapacity } from './sagemaker-capacity';
import { LustreInput, TrainingInputMode } from './training-input';
import { refuseBecause, Speaker } from '../core/private/validation';

/** What other constructs need of a training pipeline: its name, the right to start it, and its end as an event. */
export interface ITrainingPipeline extends sagemaker.IPipeline {
  /** The image that trains; monitoring and serving run the same one. */
  readonly imageUri: string;
  /** Event pattern of runs that failed, at any step, the quality gate included. */
  readonly failedPattern: events.EventPattern;
  /** Starts that could not be made within a day; undefined as long as nothing triggers the pipeline. */
  readonly deadLetterQueue?: sqs.IQueue;
  /** Whether a step may give an earlier result instead of running; then nothing but a hand may start a run. */
  readonly cachesSteps: boolean;
  /** Lets the grantee start runs. */
  grantStart(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee see the pipeline, its runs and their steps. */
  grantRead(grantee: iam.IGrantable): iam.Grant;
  /** Starts a run when the alarm rises. */
  triggerOnAlarm(triggerId: string, alarm: cloudwatch.IAlarm): void;
  /** Starts a run on every event of the default bus that matches. */
  triggerOnEvent(triggerId: string, pattern: events.EventPattern): void;
  /** A metric of the runs, by its name in CloudWatch. */
  metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Runs that failed. */
  metricFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
}

/** A training pipeline on AWS: a SageMaker pipeline. */
export interface TrainingPipelineProps extends TrainingPipelineIntent {
  /** Where the data set is, where models and evaluations go, and the key for all of it. */
  readonly data: IDataLake;
  /** Where models that pass the gates become versions. */
  readonly registry: IModelRegistry;
  /**
   * Name of the pipeline; lower-case letters, digits and single hyphens, at most 63.
   *
   * @default - made from the construct's path
   */
  readonly pipelineName?: string;
  /**
   * The instance type of the training step, instead of the accelerator, vCPUs and memory of `compute`.
   *
   * @default - the smallest that has what `compute` asks for
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
   */
  readonly instanceType?: string;
  /**
   * The instance type of the steps that prepare and evaluate.
   *
   * @default 'ml.m5.large'
   */
  readonly processingInstanceType?: string;
  /**
   * Disk of the steps that prepare and evaluate, in GiB.
   *
   * @default 30
   */
  readonly processingVolumeGiB?: number;
  /**
   * Longest time of each of the steps that prepare and evaluate, in hours.
   *
   * @default 2
   */
  readonly maxProcessingHours?: number;
  /**
   * The network that the jobs run in; they get a security group of their own.
   *
   * @default - no network of yours: the platform moves the data, and the containers have no network at all
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets of the network.
   *
   * @default - private subnets
   */
  readonly subnets?: ec2.SubnetSelection;
  /**
   * Further security groups of the jobs.
   *
   * @default - none
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Whether the containers are cut off from every network; machines of one job still reach each other.
   *
   * @default true
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
   */
  readonly networkIsolation?: boolean;
  /**
   * Whether the traffic between machines of one job is encrypted; it costs some speed with several machines.
   *
   * @default true
   */
  readonly interContainerEncryption?: boolean;
  /**
   * Whether several machines must have Elastic Fabric Adapters; needs a type that has them, and a `vpc`.
   *
   * @default false
   */
  readonly efa?: boolean;
  /**
   * Training data on FSx for Lustre, for data sets that are too large to download at every run; needs a `vpc`. The test data stays in S3.
   *
   * @default - S3
   */
  readonly lustreInput?: LustreInput;
  /**
   * How the training container gets its data from S3.
   *
   * @default TrainingInputMode.FILE
   */
  readonly inputMode?: TrainingInputMode;
  /**
   * Whether what the training writes to `MLOPS_CHECKPOINT_DIR` is kept in the lake while it runs, for 60 days. A job that is tried again goes on from there:
   * after an interruption of spot capacity, a fault of a machine or of a training plan.
   *
   * @default - true with `Capacity.spot()`, else false
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
   */
  readonly checkpoints?: boolean;
  /**
   * Whether the data set has a folder `validation/` that training gets as a second channel.
   *
   * @default false
   */
  readonly validationChannel?: boolean;
  /**
   * Environment of every container of the pipeline; names beginning with `MLOPS_` are the library's.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * Where the containers record what they try: they get its variables and the right to write. They need a network for that, so
   * `networkIsolation` must be false.
   *
   * @default - each run is recorded by the pipeline itself and with the model version
   */
  readonly tracking?: IExperimentTracker;
  /**
   * Numbers that SageMaker finds in the training log and makes metrics of: a regular expression with one group for each name.
   *
   * @default - none
   */
  readonly metricDefinitions?: { [name: string]: string };
  /**
   * Time within which a step with the same arguments is not run again but its last result is taken.
   *
   * The arguments are compared, not the data behind them: so this cannot be together with triggers, spot or Lustre.
   *
   * @default - steps always run
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-caching.html
   */
  readonly cacheExpiry?: Duration;
  /**
   * Steps that run at the same time, over all runs of the pipeline.
   *
   * @default - the service's own limit
   */
  readonly maxParallelExecutionSteps?: number;
  /**
   * The image of the registered versions, where another one serves than trains: vLLM for what PyTorch has trained. An endpoint that names its `image` must
   * name this one.
   *
   * @default - the image that trains
   */
  readonly servingImage?: ContainerImage;
  /**
   * Content types that the registered model takes.
   *
   * @default ['application/json', 'text/csv']
   */
  readonly contentTypes?: string[];
  /**
   * Content types that the registered model answers with.
   *
   * @default ['application/json', 'text/csv']
   */
  readonly responseTypes?: string[];
  /**
   * A role of yours for the pipeline itself; it gets the permissions it needs, if it is not immutable.
   *
   * @default - a new role
   */
  readonly role?: iam.IRole;
  /**
   * A role of yours for the jobs; it gets the permissions it needs, if it is not immutable.
   *
   * @default - a new role
   */
  readonly jobRole?: iam.IRole;
}

/**
 * Makes models by itself: prepares the data, trains on the machines asked for, evaluates, applies the quality gates, registers.
 *
 * Steps of a run: `Prepare` (if asked for), `Train`, `Evaluate`, `Gate` with `Register` or `Reject` behind it. Parameters that a
 * run may override: `DatasetUri`, `TrainingInstanceType` (within the family), `TrainingInstanceCount`, `TriggeredBy` and each hyperparameter.
 *
 * Children: `Resource` (the `AWS::SageMaker::Pipeline`), `Role`, `JobRole`, `SecurityGroup`, `Image`, `Trigger1` … in the order of
 * `triggers`, `RulesRole`, `SchedulesRole`, `DeadLetters`. Costs nothing until it runs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines.html
 */
export class TrainingPipeline extends Resource implements ITrainingPipeline {
  public readonly pipelineArn: string;
  public readonly pipelineName: string;
  public readonly imageUri: string;
  public readonly failedPattern: events.EventPattern;
  public readonly cachesSteps: boolean;
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
    this.who = { what: 'training pipeline', name: id };
    checkTraining(this.who, props);
    this.cachesSteps = props.cacheExpiry !== undefined;

    const machines = resolveMachines(this.who, {
      ...props,
      inVpc: props.vpc !== undefined,
      keepAliveMinutes: props.capacity instanceof SageMakerCapacity ? props.capacity.keepAliveMinutes : undefined,
    });
    const name = props.pipelineName ?? stableName(this, undefined, 63);
    const image = resolveImage(this, 'Image', props.image);
    const network = props.vpc && trainingNetwork(this, {
      ...props, vpc: props.vpc, fileSystem: props.lustreInput?.fileSystem, only: props.lustreInput?.subnet,
    });
    if (network !== undefined) requireSubnets(this.who, 'subnets', network.subnets);
    this.securityGroup = network?.securityGroups[0];
    const reach: JobReach = {
      image,
      rawBucket: props.data.rawBucket,
      datasetPrefix: props.datasetPrefix ?? DATASET_PREFIX,
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
    grantPipeline(this, this.role, this.jobRole, reach, machines.trainingPlanArn);
    props.registry.grantRegister(this.role);
    props.tracking?.grantUse(this.jobRole);

    const job: JobSetting = {
      imageUri: image.imageUri,
      servingImageUri: (props.servingImage && resolveImage(this, 'ServingImage', props.servingImage))?.imageUri,
      roleArn: this.jobRole.roleArn,
      keyArn: props.data.encryptionKey.keyArn,
      trainingUri: props.data.artifactBucket.s3UrlForObject(`training/${name}`),
      checkpointsUri: props.data.artifactBucket.s3UrlForObject(`checkpoints/${name}`),
      evaluationUri: props.data.artifactBucket.s3UrlForObject(`evaluation/${name}`),
      environment: { ...props.tracking?.environment, ...props.environment },
      networkIsolation: props.networkIsolation ?? true,
      interContainerEncryption: props.interContainerEncryption ?? true,
      vpcConfig: network && {
        SecurityGroupIds: network.securityGroups.map((each) => each.securityGroupId),
        Subnets: network.subnets.map((each) => each.subnetId),
      },
      retries: props.retries ?? 2,
      cacheExpiry: props.cacheExpiry?.toIsoString(),
      tags: tagsOf(() => resource),
    };
    const resource: sagemaker.CfnPipeline = new sagemaker.CfnPipeline(this, 'Resource', {
      pipelineName: name,
      pipelineDescription: `Trains, evaluates and registers ${props.registry.modelPackageGroupName}`,
      roleArn: this.role.roleArn,
      pipelineDefinition: {
        PipelineDefinitionBody: Stack.of(this).toJsonString(
          pipelineDefinition(trainingParameters(props, machines), trainingSteps(this.who, props, machines, job)),
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
    this.pipelineArn = Stack.of(this).formatArn({ service: 'sagemaker', resource: 'pipeline', resourceName: this.pipelineName });
    this.failedPattern = executionEnds(this.pipelineArn, 'Failed');
    this.triggers = new PipelineTriggers(this, this.pipelineArn, props.data.encryptionKey);
    (props.triggers ?? []).forEach((trigger, index) => {
      if (trigger.when !== undefined) this.triggers.onSchedule(`Trigger${index + 1}`, trigger.when);
      else this.triggers.onEvent(`Trigger${index + 1}`, newObjects(props.data.rawBucket.bucketName, trigger.dataPrefix!), 'new data');
    });
  }

  /** Starts that could not be made within a day; undefined as long as nothing triggers the pipeline. */
  public get deadLetterQueue(): sqs.IQueue | undefined {
    return this.triggers.deadLetterQueue;
  }

  /** Identifies the pipeline to other resources. */
  public get pipelineRef(): sagemaker.PipelineReference {
    return { pipelineName: this.pipelineName };
  }

  /** Lets the grantee start runs. */
  public grantStart(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['sagemaker:StartPipelineExecution'], resourceArns: [this.pipelineArn] });
  }

  /** The same as `grantStart`, by the name that `aws-cdk-lib` calls it with. */
  public grantStartPipelineExecution(grantee: iam.IGrantable): iam.Grant {
    return this.grantStart(grantee);
  }

  /** Lets the grantee see the pipeline, its runs and their steps. */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: READ, resourceArns: [this.pipelineArn, `${this.pipelineArn}/execution/*`] });
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

const READ = [
  'sagemaker:DescribePipeline', 'sagemaker:DescribePipelineExecution', 'sagemaker:DescribePipelineDefinitionForExecution',
  'sagemaker:ListPipelineExecutions', 'sagemaker:ListPipelineExecutionSteps', 'sagemaker:ListPipelineParametersForExecution',
];
