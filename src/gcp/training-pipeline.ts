import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { IExperimentTracker } from './experiment-tracker-props';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import {
  connectedVariables,
  grantConnections,
  requireReachedFromVertex,
  withReferences,
} from './private/base/connections';
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
import { pipelineStep } from './private/training/template';
import { addTriggers, newStartTopic } from './private/training/triggers';
import { ServiceAccount } from './service-account';
import { IServiceAccount } from './service-account-props';
import { ITrainingPipeline, QuotaNeed, TrainingPipelineProps } from './training-pipeline-props';
import { rememberModel } from '../core/private/model-of';
import { ResolvedTraining, resolvedTraining, watchedInVain } from '../core/private/resolve/training';
import { typedValues } from '../core/private/typed-values';
import { Speaker, speakerFor } from '../core/private/validation';
import { warn } from '../terraform/annotations';

/**
 * Automated training: prepares the data, trains on the requested machines, evaluates, applies the quality gates,
 * registers a version.
 *
 * One run is one execution of a workflow; its id names the folder `training/<run>/` of the artifact bucket with
 * `model/` and `evaluation/`. A gate that does not hold registers nothing and is no error. A run by hand may say more:
 * `gcloud workflows execute <name> --data '{"hyperparameters": {"depth": 6}, "datasetPrefix": "dataset/2026-11/"}'`
 * (below the pipeline's own prefix). Who may start runs and nothing else (`grantStart`) sends the same as a message:
 * `gcloud pubsub topics publish <topic> --message '{}'`. Of runs that something triggers at the same time one goes on,
 * one waits for its end, and more are dropped.
 *
 * A job goes on while it cannot be looked at, and its run waits for it: after an hour of that the log says
 * `job unseen`. The job of a run that somebody cancels goes on until `maxRuntimeHours`, or until
 * `gcloud ai custom-jobs cancel`, and registers nothing. Its checkpoints stay for 60 days: a run with
 * `{"resume": "<id of that run>"}`, and with the same hyperparameters and data, goes on from them.
 *
 * Children: `Workflow`, `WorkflowAccount`, `JobAccount`, `Start` (the topic), `OnMessage`, `OnNewData`, `Trigger1` … of
 * schedules, `Quotas` (an output). Costs nothing until it runs, but for the topic's messages and 0.10 USD a month for
 * each schedule.
 *
 * @see https://cloud.google.com/vertex-ai/docs/training/create-custom-job
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { Accelerator, ContainerImage, gcp, QualityGate, Schedule, Trigger } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new gcp.DataLake(stack, 'Data');
 * const registry = new gcp.ModelRegistry(stack, 'Registry', { data, modelName: 'churn' });
 * new gcp.TrainingPipeline(stack, 'Training', {
 *   data,
 *   registry,
 *   image: ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/churn:1'),
 *   compute: { accelerator: Accelerator.NVIDIA_L4 },
 *   qualityGates: [QualityGate.atLeast('auc', 0.9)],
 *   triggers: [Trigger.schedule(Schedule.weekly())],
 * });
 */
export class TrainingPipeline extends Construct implements ITrainingPipeline {
  public readonly workflowId: string;
  public readonly workflowName: string;
  public readonly startTopicId: string;
  public readonly recordsRuns?: boolean;
  /** The image that trains; monitoring and serving run the same one. */
  public readonly imageUri: string;
  /** The identity of the jobs: reads the data set, writes models and evaluations. */
  public readonly jobServiceAccount: IServiceAccount;
  /** The identity of the workflow: starts the jobs, registers the model. */
  public readonly workflowServiceAccount: IServiceAccount;
  /** Quotas of Vertex AI that one run needs in the region; most are 0 in a new project. Also an output of the stack. */
  public readonly quotas: QuotaNeed[];

  public constructor(scope: Construct, id: string, props: TrainingPipelineProps) {
    super(scope, id);
    const who: Speaker = speakerFor('training pipeline', scope, id);
    const training = { ...props, ...resolvedTraining(who, props, MOST_PROCESSING_HOURS) };
    checkTraining(who, props);
    for (const each of watchedInVain(props)) warn(this, `${who.what} '${who.name}': ${each}`);
    const project = GoogleProject.of(this);
    const machines = trainingMachines(who, training, project.region);
    if (machines.machine.doubt !== undefined) warn(this, `${who.what} '${who.name}': ${machines.machine.doubt}`);
    const processing: ProcessingMachines = {
      machine: machineFor(who, props.processingCompute, project.region, 'training'),
      bootDiskSizeGb: Math.max(100, props.processingCompute?.volumeGiB ?? 0),
      timeoutSeconds: Math.round(training.maxProcessingHours * 3600),
    };
    this.imageUri = imageUri(who, props.image);
    const network = props.network && peeredNetwork(this, who, props.network);
    requireReachedFromVertex(who, props.connections, props.networkAttachment);
    requireReachedFromVertex(who, props.servingConnections);
    const connected = connectedVariables(who, props.connections, {
      tracking: this.tracker(props)?.environment,
      environment: props.environment,
    });
    this.jobServiceAccount =
      props.jobServiceAccount ?? new ServiceAccount(this, 'JobAccount', { displayName: `Jobs of ${this.node.path}` });
    this.workflowServiceAccount = new ServiceAccount(this, 'WorkflowAccount', {
      displayName: `Workflow of ${this.node.path}`,
    });

    rememberModel(this, { model: props.registry.modelId });
    const job: JobSetting = {
      imageUri: this.imageUri,
      serviceAccount: this.jobServiceAccount.email,
      kmsKeyName: props.data.encryptionKey.keyId,
      rawBucket: props.data.rawBucketName,
      artifactBucket: props.data.artifactBucketName,
      labels: { ...props.labels, model: props.registry.modelId },
      environment: { ...this.tracker(props)?.environment, ...withReferences(connected), ...props.environment },
      network,
      networkAttachment: props.networkAttachment,
      tensorboard: props.tensorboard,
      prepares: training.prepare,
    };
    const workflow = newWorkflow(this, 'Workflow', {
      description: `Trains, evaluates and registers ${props.registry.modelName}`,
      definition: trainingDefinition(runSetting(this, training, job, machines, processing)),
      runsAs: this.workflowServiceAccount,
      encryptionKey: props.data.encryptionKey,
      needs: [
        project._api('aiplatform', 'storage', 'pubsub'),
        props.data.encryptionKey.grantServiceAgent('aiplatform'),
        props.network?.privateServices,
        ...this.grantAll(training),
      ],
    });
    this.workflowId = workflow.id;
    this.workflowName = workflow.name;

    const topic = newStartTopic(this, props.data.encryptionKey);
    this.startTopicId = topic.id;
    this.recordsRuns = props.tracking !== undefined;
    addTriggers(this, workflow, topic, props.data.rawBucketName, training.triggers);

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

  /** The tracker, where the containers can reach it. */
  private tracker({ tracking, networkAttachment }: TrainingPipelineProps): IExperimentTracker | undefined {
    return tracking?.publicAddress || networkAttachment !== undefined ? tracking : undefined;
  }

  private grantAll(props: TrainingSettings): (Grant | undefined)[] {
    const [jobs, workflow] = [this.jobServiceAccount, this.workflowServiceAccount];
    const places: TrainingPlaces = {
      rawBucket: props.data.rawBucketName,
      datasetPrefix: props.datasetPrefix,
      artifactBucket: props.data.artifactBucketName,
    };
    // A TensorBoard is written, and tasks of a pipeline are made, by the identity of the jobs itself.
    const usesVertex = props.tensorboard !== undefined || props.template !== undefined;
    return [
      grantJobs(this, jobs, places),
      props.registry.grantPullImages(jobs),
      this.tracker(props)?.grantUse(jobs),
      ...grantConnections(props.connections, jobs),
      props.tracking?.grantUse(workflow),
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

/** The props, with every neutral choice made. */
type TrainingSettings = TrainingPipelineProps & ResolvedTraining;

/** A week. */
const MOST_PROCESSING_HOURS = 168;

function runSetting(
  scope: TrainingPipeline,
  props: TrainingSettings,
  job: JobSetting,
  machines: TrainingMachines,
  processing: ProcessingMachines,
): RunSetting {
  const { retries } = props;
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
    dataset: props.datasetPrefix.replace(/\/$/, ''),
    dataPrefixes: props.triggers.flatMap(({ dataPrefix }) => (dataPrefix === undefined ? [] : [dataPrefix])),
    hyperparameters: typedValues(props.hyperparameters),
    jobs: props.template === undefined ? jobs : [],
    pipeline: props.template && pipelineStep(job, props.template),
    gates: props.qualityGates,
    version: version(speakerFor('training pipeline', scope), props, job),
    rawBucket: job.rawBucket,
    prepares: job.prepares,
    record: props.tracking && {
      trackingUri: props.tracking.trackingUri,
      experiment: props.registry.modelName,
      image: job.imageUri,
      machineType: machines.machine.machineType,
      artifactBucket: job.artifactBucket,
    },
    approvalTopicId: props.registry.isApprovalAutomatic ? props.registry.approvalTopicId : undefined,
  };
}

/** @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.models#Model */
function version(who: Speaker, props: TrainingPipelineProps, job: JobSetting): { readonly [field: string]: unknown } {
  return {
    displayName: props.registry.modelName,
    artifactUri: `\${"gs://${job.artifactBucket}/" + folder + "/model"}`,
    containerSpec: {
      ...containerSpec(
        props.servingImage === undefined ? job.imageUri : imageUri(who, props.servingImage),
        '/predict',
        props.servingContainer,
      ),
      env: variables({
        ...withReferences(
          connectedVariables(who, props.servingConnections, { servingEnvironment: props.servingEnvironment }),
        ),
        ...props.servingEnvironment,
      }),
    },
    labels: { ...job.labels, run: '${run}', ...(props.tracking === undefined ? {} : { mlflow_run: '${record.id}' }) },
    versionAliases: ['candidate'],
    versionDescription:
      '${"Run " + run + ", started by " + text.substring(request.trigger, 0, math.min(len(request.trigger), 200))}',
    encryptionSpec: { kmsKeyName: job.kmsKeyName },
  };
}
