import {
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_events as events,
  aws_iam as iam,
  aws_sagemaker as sagemaker,
  aws_sqs as sqs,
  aws_stepfunctions as sfn,
  Duration,
} from 'aws-cdk-lib';
import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { IExperimentTracker } from './experiment-tracker-props';
import { IModelRegistry } from './model-registry-props';
import { LustreInput, TrainingInputMode } from './training-input';
import { ContainerImage } from '../core/container-image';
import { TrainingPipelineIntent, TrainingSpec } from '../core/training-pipeline';

/** A training pipeline: its name, the grant to start it, and its end as an event. */
export interface ITrainingPipeline extends sagemaker.IPipeline {
  /** The image that trains; monitoring and serving run the same one. */
  readonly imageUri: string;
  /** Event pattern of runs that failed, at any step, the quality gate included. */
  readonly failedPattern: events.EventPattern;
  /** Starts that could not be made within a day; undefined as long as nothing triggers the pipeline. */
  readonly deadLetterQueue?: sqs.IQueue;
  /** The workflows that make one run of many new objects; none without `Trigger.newData`. */
  readonly newDataStateMachines?: sfn.IStateMachine[];
  /** Whether a step may give an earlier result instead of running; then nothing but a hand may start a run. */
  readonly cachesSteps: boolean;
  /** Runs that are not in the tracker, because it could not be reached or refused them; undefined without a tracker. */
  readonly unrecordedRuns?: cloudwatch.IMetric;
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

/** How a SageMaker pipeline trains, without what a blueprint connects it to. */
export interface TrainingPipelineOptions extends TrainingSpec {
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
   * @default true - false with `connections`, which need a network
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
   * Training data on FSx for Lustre, for data sets that are too large to download at every run; needs a `vpc`. The test
   * data stays in S3.
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
   * Whether what the training writes to `MLOPS_CHECKPOINT_DIR` is kept in the lake while it runs, for 60 days. A job
   * that is tried again goes on from there: after an interruption of spot capacity, a fault of a machine or of a
   * training plan.
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
   * Where each run is recorded, with its parameters, metrics, data set, image and model; the version that it registers
   * names it (`mlflowRun`). A function of the pipeline's does so, whatever network the jobs have. With
   * `networkIsolation` false the containers get the tracker's variables and the right to write as well.
   *
   * @default - runs are recorded by SageMaker alone, and with the model version
   */
  readonly tracking?: IExperimentTracker;
  /**
   * Systems that the containers use: their variables and references to their secrets reach every step. A system that
   * the stack hosts needs `vpc`.
   *
   * @default - none
   */
  readonly connections?: IConnection[];
  /**
   * Numbers that SageMaker finds in the training log and makes metrics of: a regular expression with one group for each
   * name.
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
   * The image of the registered versions, where another one serves than trains: vLLM for what PyTorch has trained. An
   * endpoint that names its `image` must name this one.
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

/** A training pipeline on AWS: a SageMaker pipeline. */
export interface TrainingPipelineProps extends TrainingPipelineOptions, TrainingPipelineIntent {
  /** Where the data set is, where models and evaluations go, and the key for all of it. */
  readonly data: IDataLake;
  /** Where models that pass the gates become versions. */
  readonly registry: IModelRegistry;
}
