import { Annotations, TerraformOutput } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { IDataLake } from './data-lake';
import { IExperimentTracker } from './experiment-tracker';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { IModelRegistry } from './model-registry';
import { IPrincipal } from './principal';
import { ComputeSpec } from '../core/compute';
import { ContainerImage } from '../core/container-image';
import { TrainingPipelineIntent } from '../core/training-pipeline';
import { containerSpec, variables } from './private/base/container-spec';
import { imageUri } from './private/base/image';
import { peeredNetwork } from './private/base/job-network';
import { machineFor } from './private/base/machines';
import { grantInProject } from './private/base/project-roles';
import { vertexHost, vertexParent } from './private/base/vertex-api';
import { newWorkflow } from './private/base/workflow';
import { grantPublish } from './private/registry/approval-topic';
import { checkTraining } from './private/training/checks';
import { JobStep, RunSetting, trainingDefinition } from './private/training/definition';
import { evaluateJob, JobSetting, prepareJob, ProcessingMachines, trainJob } from './private/training/jobs';
import { trainingMachines, TrainingMachines } from './private/training/machines';
import { quotaNeeds } from './private/training/quota';
import { grantEvaluations, grantJobs, TrainingPlaces } from './private/training/roles';
import { pipelineStep, typedValues } from './private/training/template';
import { addTriggers, newStartTopic } from './private/training/triggers';
import { INetwork } from './private-network';
import { IServiceAccount, ServiceAccount } from './service-account';
import { ServingContainer } from './serving-container';
import { VertexPipeline } from './vertex-pipeline';
import { Speaker } from '../core/private/validation';

/** A training pipeline that others can start and watch. */
export interface ITrainingPipeline extends IConstruct {
  /** Id of the workflow, `projects/<id>/locations/<region>/workflows/<name>`. */
  readonly workflowId: string;
  /** Name of the workflow alone, as the monitored resource `workflows.googleapis.com/Workflow` has it. */
  readonly workflowName: string;
  /** Id of the Pub/Sub topic whose messages start a run, `projects/<id>/topics/<name>`; an alert's message, of a policy of yours, starts one only when it opens. */
  readonly startTopicId: string;
  /** Allows starting runs by a message to `startTopicId`: `{}`, or what a run by hand may say. No other workflow can be started with it. */
  grantStart(principal: IPrincipal): Grant;
}

/** A training pipeline on Google Cloud: a workflow that drives custom jobs of Vertex AI. */
export interface TrainingPipelineProps extends TrainingPipelineIntent {
  /** Where the data set is, where models and evaluations go, and the key for all of it. */
  readonly data: IDataLake;
  /** Where models that pass the gates become versions. */
  readonly registry: IModelRegistry;
  /**
   * Machine type of the training, instead of the vCPUs and memory of `compute`: `a3-highgpu-8g`, `n1-standard-16` with the T4s of `compute`,
   * `ct6e-standard-4t` with TPUs.
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
   * A pipeline of Kubeflow that makes model and evaluation instead of the image's verbs; gate, registration and triggers stay. Machines are then the
   * template's to say.
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
   * A network attachment of yours, `projects/<id>/regions/<region>/networkAttachments/<name>`: Private Service Connect instead of peering. The agent of
   * Vertex AI must be allowed to use it.
   *
   * @default - none
   * @see https://cloud.google.com/vertex-ai/docs/training/psc-interface-egress
   */
  readonly networkAttachment?: string;
  /**
   * Environment of every container of the pipeline; names beginning with `MLOPS_` are the library's, `AIP_` Vertex AI's.
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
   * Where the containers record what they try: they get its variables and the right to write.
   *
   * @default - each run is recorded by the workflow itself and with the model version
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

/** What a run takes of a quota. */
export interface QuotaNeed {
  /** Metric of the quota, without its domain: `custom_model_training_nvidia_l4_gpus`. */
  readonly metric: string;
  /** How many at once: GPUs, chips or vCPUs, of all machines together. */
  readonly count: number;
}

/**
 * Makes models by itself: prepares the data, trains on the machines asked for, evaluates, applies the quality gates, registers a version.
 *
 * One run is one execution of a workflow; its id names the folder `training/<run>/` of the artifact bucket with `model/` and `evaluation/`. A gate that
 * does not hold registers nothing and is no error. A run by hand may say more:
 * `gcloud workflows execute <name> --data '{"hyperparameters": {"depth": 6}, "datasetPrefix": "dataset/2026-11/"}'` (below the pipeline's own prefix).
 * Who may start runs and nothing else (`grantStart`) sends the same as a message: `gcloud pubsub topics publish <topic> --message '{}'`.
 * Of runs that something triggers at the same time one goes on, one waits for its end, and more are dropped.
 *
 * A run that fails ends its job as well. One that is cancelled has no time to: its job goes on until `maxRuntimeHours`, or until
 * `gcloud ai custom-jobs cancel`, and registers nothing.
 *
 * Children: `Workflow`, `WorkflowAccount`, `JobAccount`, `Start` (the topic), `OnMessage`, `OnNewData`, `Trigger1` … of schedules, `Quotas` (an
 * output). Costs nothing until it runs, but for the topic's messages and 0.10 USD a month for each schedule.
 *
 * @see https://cloud.google.com/vertex-ai/docs/training/create-custom-job
 */
export class TrainingPipeline extends Construct implements ITrainingPipeline {
  public readonly workflowId: string;
  public readonly workflowName: string;
  public readonly startTopicId: string;
  /** The image that trains; monitoring and serving run the same one. */
  public readonly imageUri: string;
  /** The identity of the jobs: reads the data set, writes models and evaluations. */
  public readonly jobServiceAccount: IServiceAccount;
  /** The identity of the workflow: starts the jobs, registers the model. */
  public readonly workflowServiceAccount: IServiceAccount;
  /** What one run takes of the quotas of Vertex AI in the region; most are 0 in a new project. Also an output of the stack. */
  public readonly quotas: QuotaNeed[];

  public constructor(scope: Construct, id: string, props: TrainingPipelineProps) {
    super(scope, id);
    const who: Speaker = { what: 'training pipeline', name: id };
    checkTraining(who, props);
    const project = GoogleProject.of(this);
    const machines = trainingMachines(who, props, project.region);
    if (machines.machine.doubt !== undefined) Annotations.of(this).addWarning(`training pipeline '${id}': ${machines.machine.doubt}`);
    const processing: ProcessingMachines = {
      machine: machineFor(who, props.processingCompute, project.region, 'training'),
      bootDiskSizeGb: Math.max(100, props.processingCompute?.volumeGiB ?? 0),
      timeoutSeconds: Math.round((props.maxProcessingHours ?? 2) * 3600),
    };
    this.imageUri = imageUri(who, props.image);
    const network = props.network && peeredNetwork(this, who, props.network);
    this.jobServiceAccount = props.jobServiceAccount ?? new ServiceAccount(this, 'JobAccount', { displayName: `Jobs of ${this.node.path}` });
    this.workflowServiceAccount = new ServiceAccount(this, 'WorkflowAccount', { displayName: `Workflow of ${this.node.path}` });

    const job: JobSetting = {
      imageUri: this.imageUri,
      serviceAccount: this.jobServiceAccount.email,
      kmsKeyName: props.data.encryptionKey.keyId,
      rawBucket: props.data.rawBucketName,
      artifactBucket: props.data.artifactBucketName,
      labels: { ...props.labels, model: props.registry.modelId },
      environment: { ...props.tracking?.environment, ...props.environment },
      network,
      networkAttachment: props.networkAttachment,
      tensorboard: props.tensorboard,
      prepares: props.prepare ?? false,
    };
    const workflow = newWorkflow(this, 'Workflow', {
      description: `Trains, evaluates and registers ${props.registry.modelName}`,
      definition: trainingDefinition(runSetting(this, props, job, machines, processing)),
      runsAs: this.workflowServiceAccount,
      encryptionKey: props.data.encryptionKey,
      needs: [
        project._api('aiplatform', 'storage', 'pubsub'),
        props.data.encryptionKey.grantServiceAgent('aiplatform'),
        props.network?.privateServices,
        ...this.grantAll(props),
      ],
    });
    this.workflowId = workflow.id;
    this.workflowName = workflow.name;

    const topic = newStartTopic(this, props.data.encryptionKey);
    this.startTopicId = topic.id;
    addTriggers(this, workflow, topic, props.data.rawBucketName, props.triggers ?? []);

    this.quotas = props.template === undefined ? quotaNeeds(machines, processing.machine) : [];
    if (this.quotas.length > 0) {
      new TerraformOutput(this, 'Quotas', {
        value: this.quotas.map(({ metric, count }) => `${metric}: ${count}`),
        description: `Quotas of aiplatform.googleapis.com in ${project.region} that a run of ${this.node.path} takes`,
      });
    }
  }

  public grantStart(principal: IPrincipal): Grant {
    // Starting the workflow itself is a right in the project: on the rollout and the teardown of the endpoint as well.
    return grantPublish(this, this.startTopicId, principal);
  }

  private grantAll(props: TrainingPipelineProps): (Grant | undefined)[] {
    const [jobs, workflow] = [this.jobServiceAccount, this.workflowServiceAccount];
    const places: TrainingPlaces = {
      rawBucket: props.data.rawBucketName,
      datasetPrefix: props.datasetPrefix ?? DATASET_PREFIX,
      artifactBucket: props.data.artifactBucketName,
    };
    // A TensorBoard is written, and tasks of a pipeline are made, by the identity of the jobs itself.
    const usesVertex = props.tensorboard !== undefined || props.template !== undefined;
    return [
      grantJobs(this, jobs, places),
      props.registry.grantPullImages(jobs),
      props.tracking?.grantUse(jobs),
      // What the containers print is written by their own identity.
      grantInProject(this, jobs, 'logging.logWriter'),
      usesVertex ? grantInProject(this, jobs, 'aiplatform.user') : undefined,
      props.template && props.registry.grantReadTemplates(jobs),
      jobs.grantActAs(workflow),
      props.registry.grantRegister(workflow),
      props.template && props.registry.grantReadTemplates(workflow),
      grantInProject(this, workflow, 'aiplatform.user'),
      // Looks for other runs, to wait for its turn.
      grantInProject(this, workflow, 'workflows.viewer'),
      grantEvaluations(this, workflow, places),
    ];
  }
}

const DATASET_PREFIX = 'dataset/';

function runSetting(
  scope: TrainingPipeline, props: TrainingPipelineProps, job: JobSetting, machines: TrainingMachines, processing: ProcessingMachines,
): RunSetting {
  const retries = props.retries ?? 2;
  const prepare: JobStep[] = job.prepares ? [{ name: 'prepare', body: prepareJob(job, processing), retries }] : [];
  const jobs: JobStep[] = [
    ...prepare,
    {
      name: 'train',
      body: trainJob(job, machines),
      retries,
      pollSeconds: machines.pollSeconds,
      giveUpSeconds: machines.giveUpSeconds,
    },
    { name: 'evaluate', body: evaluateJob(job, processing), retries },
  ];
  return {
    host: vertexHost(scope),
    parent: vertexParent(scope),
    modelName: props.registry.modelName,
    modelId: props.registry.modelId,
    artifactBucket: job.artifactBucket,
    dataset: (props.datasetPrefix ?? DATASET_PREFIX).replace(/\/$/, ''),
    dataPrefixes: (props.triggers ?? []).flatMap(({ dataPrefix }) => (dataPrefix === undefined ? [] : [dataPrefix])),
    hyperparameters: typedValues(props.hyperparameters ?? {}),
    jobs: props.template === undefined ? jobs : [],
    pipeline: props.template && pipelineStep(job, props.template),
    gates: props.qualityGates ?? [],
    version: version({ what: 'training pipeline', name: scope.node.id }, props, job),
    approvalTopicId: props.registry.isApprovalAutomatic ? props.registry.approvalTopicId : undefined,
  };
}

/** @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.models#Model */
function version(who: Speaker, props: TrainingPipelineProps, job: JobSetting): { readonly [field: string]: unknown } {
  return {
    displayName: props.registry.modelName,
    artifactUri: `\${"gs://${job.artifactBucket}/" + folder + "/model"}`,
    containerSpec: {
      ...containerSpec(props.servingImage === undefined ? job.imageUri : imageUri(who, props.servingImage), '/predict', props.servingContainer),
      env: variables(props.servingEnvironment),
    },
    labels: { ...job.labels, run: '${run}' },
    versionAliases: ['candidate'],
    versionDescription: '${"Run " + run + ", started by " + text.substring(request.trigger, 0, math.min(len(request.trigger), 200))}',
    encryptionSpec: { kmsKeyName: job.kmsKeyName },
  };
}
