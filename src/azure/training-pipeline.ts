// Over 300 lines: the parts of the one workflow and who may do what stand together, in the order in which they are made.
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { ComputeTarget } from './compute-target';
import { Distribution } from './distribution';
import { Grant } from './grant';
import { ManagedIdentity } from './managed-identity';
import { IManagedIdentity } from './managed-identity-props';
import { IPrincipal } from './principal';
import { warn } from '../terraform/annotations';
import { newCluster } from './private/base/compute-cluster';
import { connectedEnvironment } from './private/base/connections';
import { imageUri } from './private/base/image';
import { jobEnvironment } from './private/base/job-environment';
import { requireLakeOf } from './private/base/lake-of';
import { Machine, machineFor } from './private/base/machines';
import { grantPull, versionsRun } from './private/base/pulls';
import { grantSend, newQueue, Queue } from './private/base/queue';
import { requireProps } from './private/base/require-props';
import { newWorkflow, workflowName } from './private/base/workflow';
import { ex } from './private/base/workflow-expressions';
import { Delivery, inbox, message } from './private/base/workflow-triggers';
import { checkTraining } from './private/training/checks';
import { asksForNothingMore, FlowSetting, JobStep, trainingFlow } from './private/training/flow';
import { imageRegistries } from './private/training/images';
import { evaluateJob, JobSetting, Places, prepareJob, ProcessingSetting, trainJob } from './private/training/jobs';
import { trainingMachines, TrainingMachines } from './private/training/machines';
import { quotaNeeds } from './private/training/quota';
import { grantJobs, grantWorkflow, RolesInput } from './private/training/roles';
import { addTriggers } from './private/training/triggers';
import { ITrainingPipeline, QuotaNeed, TrainingPipelineProps } from './training-pipeline-props';
import { rememberModel } from '../core/private/model-of';
import { ResolvedTraining, resolvedTraining, watchedInVain } from '../core/private/resolve/training';
import { Speaker, speakerFor } from '../core/private/validation';

/**
 * Automated training: prepares the data, trains on the requested machines, evaluates, applies the quality gates,
 * registers a version.
 *
 * One run is one run of a Logic App, which drives command jobs of Azure ML; its id, in lower case, names the jobs
 * (`train-<run>-0`) and the folder `training/<run>/` of the lake's artifacts with `model/` and `evaluation/`. A gate
 * that does not hold registers nothing and is no error. Every start is a message in the queue of starts, `grantStart`:
 * `az storage message put --auth-mode login --account-name <account> --queue-name <queue> --content '{}'`, or with
 * `{"hyperparameters": {"depth": 6}, "datasetPrefix": "dataset/2026-11/"}` (below the pipeline's own prefix). Runs take
 * turns; a run answers every message that waits when it begins and asks for nothing of its own, however many files
 * arrived.
 *
 * The job of a run that somebody cancels goes on until `maxRuntimeHours`, or until `az ml job cancel`, and registers
 * nothing. Its checkpoints stay for 60 days: a run with `{"resume": "<id of that run>"}`, and with the same
 * hyperparameters and data, goes on from them.
 *
 * Children: `Workflow`, `WorkflowIdentity`, `JobIdentity`, `Cluster`, `ProcessingCluster`, `Start` (the queue),
 * `Schedule1` … of schedules, `NewData`, `Quotas` (an output). Costs about 1 USD a month for looks into the queue,
 * and another for each schedule; machines cost while jobs run.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-train-model
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { Accelerator, azure, ContainerImage, QualityGate, Schedule, Trigger } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new azure.DataLake(stack, 'Data');
 * const workspace = new azure.Workspace(stack, 'Workspace', { data });
 * const registry = new azure.ModelRegistry(stack, 'Registry', { data, workspace, modelName: 'churn' });
 * new azure.TrainingPipeline(stack, 'Training', {
 *   data,
 *   workspace,
 *   registry,
 *   image: ContainerImage.fromUri(`${registry.imageRepositoryUri}:1`),
 *   compute: { accelerator: Accelerator.NVIDIA_T4 },
 *   qualityGates: [QualityGate.atLeast('auc', 0.9)],
 *   triggers: [Trigger.schedule(Schedule.weekly())],
 * });
 */
export class TrainingPipeline extends Construct implements ITrainingPipeline {
  public readonly workflowId: string;
  public readonly workflowName: string;
  public readonly startQueueId: string;
  public readonly startQueueUrl: string;
  public readonly recordsRuns?: boolean;
  /** The image that trains; monitoring and serving run the same one. */
  public readonly imageUri: string;
  /** The identity of the jobs: reads the data set, writes models and evaluations. */
  public readonly jobIdentity: IManagedIdentity;
  /** The identity of the workflow: starts the jobs, registers the model. */
  public readonly workflowIdentity: IManagedIdentity;
  /**
   * Quotas of Azure ML that one run needs in the region; those of GPUs are 0 in a new subscription. Also an output of
   * the stack.
   */
  public readonly quotas: QuotaNeed[];
  private readonly start: Queue;

  public constructor(scope: Construct, id: string, props: TrainingPipelineProps) {
    super(scope, id);
    const who: Speaker = speakerFor('training pipeline', scope, id);
    requireProps(who, 'TrainingPipelineProps', props);
    requireLakeOf(who, props.workspace, props.data);
    const training = { ...props, ...resolvedTraining(who, props, MOST_PROCESSING_HOURS) };
    checkTraining(who, props);
    const computeTarget = props.computeTarget ?? ComputeTarget.cluster();
    const machines = trainingMachines(who, { ...training, computeTarget });
    const processing = machineFor(who, props.processingCompute, 'training');
    for (const each of [
      ...watchedInVain(props),
      ...(machines.machine?.doubt === undefined ? [] : [machines.machine.doubt]),
    ]) {
      warn(this, `${who.what} '${who.name}': ${each}`);
    }
    this.imageUri = imageUri(who, props.image);
    const images = imageRegistries(this, who, this.imageUri, props);
    this.jobIdentity = props.jobIdentity ?? new ManagedIdentity(this, 'JobIdentity');
    this.workflowIdentity = new ManagedIdentity(this, 'WorkflowIdentity');
    this.start = newQueue(this, 'Start', props.data);
    [this.startQueueId, this.startQueueUrl] = [this.start.queueId, this.start.queueUrl];
    this.recordsRuns = props.tracking !== undefined;

    const roles: RolesInput = { ...props, datasetPrefix: training.datasetPrefix, start: this.start };
    const jobGrants = [
      ...grantJobs(this.jobIdentity, roles),
      ...(images.trains === undefined ? [] : [grantPull(this, images.trains, this.jobIdentity)]),
    ];
    rememberModel(this, { model: props.registry.modelName });
    if (images.serves !== undefined) versionsRun(props.registry, images.serves);
    const places = placesOf(this, { ...props, computeTarget }, machines, processing, this.jobIdentity, jobGrants);
    const workflow = newWorkflow(this, 'Workflow', {
      description: `Trains, evaluates and registers ${props.registry.modelName}`,
      trigger: inbox({
        queueUrl: this.startQueueUrl,
        delivery: Delivery.ONCE,
        // A run with settings of its own does not do what others asked for.
        covers: (other) => ex`and(${asksForNothingMore(message())}, ${asksForNothingMore(other)})`,
      }),
      ...trainingFlow(flowSetting(this, who, training, machines, places)),
      errorCode: 'TrainingFailed',
      runsAs: this.workflowIdentity,
      needs: [props.workspace.ready, ...jobGrants, ...grantWorkflow(this, this.workflowIdentity, roles)],
    });
    this.workflowId = workflow.id;
    this.workflowName = workflow.name;
    addTriggers(this, {
      who,
      data: props.data,
      start: this.start,
      triggers: training.triggers,
      storeEventTopic: props.storeEventTopic,
    });

    this.quotas = quotaNeeds(machines, places.processes === places.trains ? undefined : processing);
    if (this.quotas.length > 0) {
      new TerraformOutput(this, 'Quotas', {
        value: this.quotas.map(({ family, vcpus }) => `${family}: ${vcpus}`),
        description: `vCPUs of Azure ML's quotas in ${props.workspace.location} that a run of ${this.node.path} takes`,
      });
    }
  }

  public grantStart(principal: IPrincipal): Grant {
    return grantSend(this, this.start, principal);
  }
}

/** The props, with every neutral choice made. */
type TrainingSettings = TrainingPipelineProps & ResolvedTraining;

/** A week. */
const MOST_PROCESSING_HOURS = 168;

/**
 * The compute of the steps: clusters of the pipeline's own, one where both steps need the same machine, or what the
 * user names.
 */
function placesOf(
  scope: TrainingPipeline,
  props: TrainingPipelineProps & { readonly computeTarget: ComputeTarget },
  { machine, instanceCount, isLowPriority }: TrainingMachines,
  processing: Machine,
  identity: IManagedIdentity,
  needs: Grant[],
): Places {
  const { computeTarget, workspace } = props;
  if (computeTarget.kind === 'serverless') {
    const jobTier = computeTarget.jobTier ?? (isLowPriority ? 'Spot' : 'Standard');
    return {
      trains: { instanceType: machine!.vmSize, jobTier },
      processes: { instanceType: processing.vmSize, jobTier: 'Standard' },
    };
  }
  const { idleSeconds, maxNodeCount = instanceCount, subnetId } = computeTarget._cluster ?? {};
  const common = { workspace, idleSeconds, identity, subnetId, needs };
  if (computeTarget.kind === 'existing') {
    const trains = { computeId: computeTarget.computeId };
    if (props.processingCompute === undefined) return { trains, processes: trains };
    return {
      trains,
      processes: {
        computeId: newCluster(scope, 'ProcessingCluster', { ...common, vmSize: processing.vmSize, maxNodeCount: 1 }).id,
      },
    };
  }
  const trains = {
    computeId: newCluster(scope, 'Cluster', { ...common, vmSize: machine!.vmSize, isLowPriority, maxNodeCount }).id,
  };
  // A machine that is there already starts at once.
  if (machine!.vmSize === processing.vmSize && !isLowPriority) return { trains, processes: trains };
  return {
    trains,
    processes: {
      computeId: newCluster(scope, 'ProcessingCluster', { ...common, vmSize: processing.vmSize, maxNodeCount: 1 }).id,
    },
  };
}

function flowSetting(
  scope: TrainingPipeline,
  who: Speaker,
  props: TrainingSettings,
  machines: TrainingMachines,
  places: Places,
): FlowSetting {
  const { data, registry, retries, workspace } = props;
  const environment = jobEnvironment(
    'Environment',
    workspace.workspaceId,
    `${registry.modelName}-jobs`,
    scope.imageUri,
  );
  const job: JobSetting = {
    modelName: registry.modelName,
    environmentId: environment.environmentId,
    clientId: scope.jobIdentity.clientId,
    command: props.command ?? 'python /opt/program/main.py',
    rawDatastore: workspace.rawDatastore,
    artifactDatastore: workspace.artifactDatastore,
    tags: props.tags ?? {},
    environment: connectedEnvironment(who, {
      ...props,
      identity: scope.jobIdentity,
      isInNetwork: props.computeTarget?._cluster?.subnetId !== undefined,
    }),
    prepares: props.prepare,
  };
  const processing: ProcessingSetting = {
    place: places.processes,
    maxSeconds: Math.round(props.maxProcessingHours * 3600),
  };
  // Machines of a busy region are waited for a day.
  const processingSeconds = (processing.maxSeconds + 86_400) * (retries + 1);
  const several = machines.instanceCount > 1 ? Distribution.pyTorch() : undefined;
  const jobs: JobStep[] = [
    ...(props.prepare
      ? [{ name: 'Prepare', properties: prepareJob(job, processing), retries, maxSeconds: processingSeconds }]
      : []),
    {
      name: 'Train',
      properties: trainJob(job, {
        place: places.trains,
        instanceCount: machines.instanceCount,
        distribution: props.distribution ?? several,
        shmSize: props.shmSize,
        dockerArgs: props.dockerArgs,
        maxSeconds: Math.round(props.maxRuntimeHours * 3600),
      }),
      retries,
      maxSeconds: machines.giveUpSeconds,
    },
    { name: 'Evaluate', properties: evaluateJob(job, processing), retries, maxSeconds: processingSeconds },
  ];
  return {
    modelName: registry.modelName,
    workspaceId: workspace.workspaceId,
    location: workspace.location,
    isPrivate: workspace.isPrivate,
    dataset: props.datasetPrefix,
    hyperparameters: props.hyperparameters,
    environment: environment.actions,
    jobs,
    gates: props.qualityGates,
    registry: {
      modelName: registry.modelName,
      workspaceId: registry.workspaceId,
      versionNumbersUrl: registry.versionNumbersUrl,
      approvalQueueUrl: registry.isApprovalAutomatic ? registry.approvalQueueUrl : undefined,
      sharedRegistryId: registry.sharedRegistryId,
    },
    servingImage: props.servingImage === undefined ? scope.imageUri : imageUri(who, props.servingImage),
    blobEndpoint: data.blobEndpoint,
    rawContainer: data.rawContainer,
    artifactContainer: data.artifactContainer,
    artifactDatastore: workspace.artifactDatastore,
    tags: job.tags,
    startsUrl: `${registry.versionNumbersUrl}/starts-${workflowName(scope, 'Workflow')}`,
    record: {
      workspaceId: workspace.workspaceId,
      location: workspace.location,
      // A private workspace answers the resource manager from everywhere, and its MLflow in its network alone.
      isTracked: props.tracking !== undefined && !workspace.isPrivate,
      parameters: Object.keys(props.hyperparameters),
      image: scope.imageUri,
      vmSize: machines.machine?.vmSize ?? 'existing',
    },
  };
}
