import { IConstruct } from 'constructs';
import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { IExperimentTracker } from './experiment-tracker-props';
import { Grant } from './grant';
import { IModelRegistry } from './model-registry-props';
import { IPrincipal } from './principal';
import { INetwork } from './private-network-props';
import { IServiceAccount } from './service-account-props';
import { ServingContainer } from './serving-container-props';
import { VertexPipeline } from './vertex-pipeline';
import { ComputeSpec } from '../core/compute';
import { ContainerImage } from '../core/container-image';
import { TrainingPipelineIntent, TrainingSpec } from '../core/training-pipeline';

/** A training pipeline that others can start and watch. */
export interface ITrainingPipeline extends IConstruct {
  /** Id of the workflow, `projects/<id>/locations/<region>/workflows/<name>`. */
  readonly workflowId: string;
  /** Name of the workflow alone, as the monitored resource `workflows.googleapis.com/Workflow` has it. */
  readonly workflowName: string;
  /**
   * Id of the Pub/Sub topic whose messages start a run, `projects/<id>/topics/<name>`; an alert's message, of a policy
   * of yours, starts one only when it opens.
   */
  readonly startTopicId: string;
  /**
   * Whether runs are recorded in a tracker; a run that is not becomes a line in the workflow's log, which
   * `MonitoringStack` watches.
   */
  readonly recordsRuns?: boolean;
  /**
   * Allows starting runs by a message to `startTopicId`: `{}`, or the settings of a manual run. No other workflow can
   * be started with it.
   */
  grantStart(principal: IPrincipal): Grant;
}

/** How a workflow trains on Vertex AI, without what a blueprint connects it to. */
export interface TrainingPipelineOptions extends TrainingSpec {
  /**
   * Machine type of the training, instead of the vCPUs and memory of `compute`: `a3-highgpu-8g`, `n1-standard-16` with
   * the T4s of `compute`, `ct6e-standard-4t` with TPUs.
   *
   * @default - the smallest that has what `compute` asks for
   * @see https://cloud.google.com/vertex-ai/docs/training/configure-compute#machine-types
   */
  readonly machineType?: string;
  /**
   * Topology of the slice of TPUs, `4x4`: how many machines there are follows from it. Needs a `machineType` with TPUs.
   *
   * @default - no TPUs; the only one of machine types that have one
   * @see https://cloud.google.com/vertex-ai/docs/training/training-with-tpu-vm
   */
  readonly tpuTopology?: string;
  /**
   * Machines of the steps that prepare and evaluate.
   *
   * @default - one machine, the smallest without a GPU
   */
  readonly processingCompute?: ComputeSpec;
  /**
   * Longest time of each of the steps that prepare and evaluate, in hours.
   *
   * @default 2
   */
  readonly maxProcessingHours?: number;
  /**
   * A pipeline of Kubeflow that makes model and evaluation instead of the image's verbs; gate, registration and
   * triggers stay. Machines are then the template's to say.
   *
   * @default - the image's `prepare`, `train` and `evaluate`
   */
  readonly template?: VertexPipeline;
  /**
   * The network that the jobs reach by peering; private services access gives them addresses in it.
   *
   * @default - Google's own network, whose containers reach the internet
   * @see https://cloud.google.com/vertex-ai/docs/training/using-private-ip
   */
  readonly network?: INetwork;
  /**
   * A network attachment of yours, `projects/<id>/regions/<region>/networkAttachments/<name>`: Private Service Connect
   * instead of peering. The agent of Vertex AI must be allowed to use it.
   *
   * @default - none
   * @see https://cloud.google.com/vertex-ai/docs/training/psc-interface-egress
   */
  readonly networkAttachment?: string;
  /**
   * Environment of every container of the pipeline; names beginning with `MLOPS_` are the library's, `AIP_` Vertex
   * AI's.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * The image of the versions, where another one serves than trains: vLLM for what PyTorch has trained.
   *
   * @default - the image that trains
   */
  readonly servingImage?: ContainerImage;
  /**
   * How the image of the versions is run on Vertex AI, where it was not made for the workload contract.
   *
   * @default - by the workload contract
   */
  readonly servingContainer?: ServingContainer;
  /**
   * Environment of the versions when they serve.
   *
   * @default - none
   */
  readonly servingEnvironment?: { [name: string]: string };
  /**
   * Where each run is recorded, with its parameters, metrics, data set, image and model; the version that it registers
   * names it (label `mlflow_run`). The workflow does so, which may ask a tracker that is closed to the outside. Where
   * containers reach it too (`publicAddress`, or a `networkAttachment` of this pipeline), they get its variables and
   * the right to write.
   *
   * @default - runs are recorded by the workflow's log alone, and with the model version
   */
  readonly tracking?: IExperimentTracker;
  /**
   * A TensorBoard of Vertex AI that follows the training, `projects/<number>/locations/<region>/tensorboards/<number>`.
   *
   * @default - none
   */
  readonly tensorboard?: string;
  /**
   * Labels of jobs and versions, for bills: those of the provider do not reach what workflows make.
   *
   * @default - run, step and model
   */
  readonly labels?: { [key: string]: string };
  /**
   * An identity of yours for the jobs; it gets the permissions it needs.
   *
   * @default - a new one
   */
  readonly jobServiceAccount?: IServiceAccount;
}

/** A training pipeline on Google Cloud: a workflow that drives custom jobs of Vertex AI. */
export interface TrainingPipelineProps extends TrainingPipelineOptions, TrainingPipelineIntent {
  /** Where the data set is, where models and evaluations go, and the key for all of it. */
  readonly data: IDataLake;
  /** Where models that pass the gates become versions. */
  readonly registry: IModelRegistry;
  /**
   * Systems that every container of the pipeline uses: their variables, and the right of `jobServiceAccount` to read
   * their secrets, which the containers' runtime fetches.
   *
   * @default - none
   */
  readonly connections?: IConnection[];
  /**
   * Systems that the versions use when they serve on Vertex AI, which takes a container's variables from its version.
   * The endpoint needs the same in its own `connections`, which give its identity the right to read their secrets.
   *
   * @default - none
   */
  readonly servingConnections?: IConnection[];
}

/** Quota that a run needs. */
export interface QuotaNeed {
  /** Metric of the quota, without its domain: `custom_model_training_nvidia_l4_gpus`. */
  readonly metric: string;
  /** How many at once: GPUs, chips or vCPUs, of all machines together. */
  readonly count: number;
}
