import { IConstruct } from 'constructs';
import { ComputeTarget } from './compute-target';
import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { Distribution } from './distribution';
import { IExperimentTracker } from './experiment-tracker-props';
import { Grant } from './grant';
import { IManagedIdentity } from './managed-identity-props';
import { IModelRegistry } from './model-registry-props';
import { IPrincipal } from './principal';
import { IWorkspace } from './workspace-props';
import { ComputeSpec } from '../core/compute';
import { ContainerImage } from '../core/container-image';
import { TrainingPipelineIntent, TrainingSpec } from '../core/training-pipeline';

/** A training pipeline that others can start and watch. */
export interface ITrainingPipeline extends IConstruct {
  /** ARM id of the workflow, `…/providers/Microsoft.Logic/workflows/<name>`. */
  readonly workflowId: string;
  /** Name of the workflow alone. */
  readonly workflowName: string;
  /** ARM id of the queue whose messages start a run. */
  readonly startQueueId: string;
  /** Address of that queue, `https://<account>.queue.core.windows.net/<queue>`. */
  readonly startQueueUrl: string;
  /**
   * Whether runs are recorded in a tracker; a run that is not is a finding of the workflow, which `MonitoringStack`
   * watches.
   */
  readonly recordsRuns?: boolean;
  /**
   * Allows starting runs by a message to `startQueueUrl`: `{}`, or the settings of a manual run. No other workflow can
   * be started with it.
   */
  grantStart(principal: IPrincipal): Grant;
}

/** An Event Grid system topic of the lake's store that exists. */
export interface StoreEventTopic {
  /** ARM id, `…/providers/Microsoft.EventGrid/systemTopics/<name>`. */
  readonly topicId: string;
  /** Object id of its system-assigned identity, which is allowed to put messages into the queue of starts. */
  readonly principalObjectId: string;
}

/** How a workflow trains on Azure ML, without what a blueprint connects it to. */
export interface TrainingPipelineOptions extends TrainingSpec {
  /**
   * Size of the training machines, instead of the vCPUs and memory of `compute`: `Standard_NC24ads_A100_v4`.
   *
   * @default - the smallest that has what `compute` asks for
   * @see https://learn.microsoft.com/azure/virtual-machines/sizes/overview
   */
  readonly vmSize?: string;
  /**
   * Machines that train: a cluster of the pipeline's own, one that exists, or serverless compute.
   *
   * @default ComputeTarget.cluster()
   */
  readonly computeTarget?: ComputeTarget;
  /**
   * How the processes of several machines find each other.
   *
   * @default - Distribution.pyTorch() with several machines, which any image can read; none with one
   */
  readonly distribution?: Distribution;
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
   * Command that a job runs, to which the verb (`train`) is appended: Azure ML runs it in a shell instead of the
   * image's entry point.
   *
   * @default 'python /opt/program/main.py'
   */
  readonly command?: string;
  /**
   * Shared memory of the training container, `16g`; data loaders with several processes need some gigabytes.
   *
   * @default - Docker's, which is 2g on Azure ML
   */
  readonly shmSize?: string;
  /**
   * More arguments of `docker run` of the training container, `--ulimit memlock=-1`; none that opens the machine
   * (`--privileged`, host namespaces).
   *
   * @default - none
   */
  readonly dockerArgs?: string;
  /**
   * Systems that the containers are connected to, those of `Integrations`: their variables, and the permission to read
   * their secrets.
   *
   * @default - none
   */
  readonly connections?: IConnection[];
  /**
   * Environment of every container of the pipeline; names beginning with `MLOPS_` are the library's, `AZUREML_` and
   * `AZ_` Azure ML's.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * The image of the versions, where another one serves than trains: vLLM for what PyTorch has trained. Routes and
   * variables are the endpoint's to say.
   *
   * @default - the image that trains
   */
  readonly servingImage?: ContainerImage;
  /**
   * Where each run is recorded, with its metrics, parameters, data set, image and model. The workspace's MLflow has a
   * run for each job in any case, and its tags say how it ended; in a private workspace, whose MLflow is closed to the
   * workflow, these tags and what the image itself logs are the record.
   *
   * @default - metrics are tags of the job and of the version
   */
  readonly tracking?: IExperimentTracker;
  /**
   * The Event Grid system topic of the lake's store, for `Trigger.newData`, where somebody else has made it: a storage
   * account has one.
   *
   * @default - a new one, once for the lake
   */
  readonly storeEventTopic?: StoreEventTopic;
  /**
   * Tags of jobs and versions.
   *
   * @default - run, step and model
   */
  readonly tags?: { [key: string]: string };
  /**
   * An identity of yours for the jobs; it gets the permissions that it needs.
   *
   * @default - a new one
   */
  readonly jobIdentity?: IManagedIdentity;
}

/** A training pipeline on Azure: a Logic App that drives command jobs of Azure ML. */
export interface TrainingPipelineProps extends TrainingPipelineOptions, TrainingPipelineIntent {
  /** Where the data set is, and where models and evaluations go. */
  readonly data: IDataLake;
  /** The workspace that has the jobs. */
  readonly workspace: IWorkspace;
  /** Where models that pass the gates become versions. */
  readonly registry: IModelRegistry;
}

/** Quota that a run needs. */
export interface QuotaNeed {
  /**
   * Family of the machines, as the quotas of Azure ML name it: `Standard NCADS_A100_v4 Family Cluster Dedicated vCPUs`.
   */
  readonly family: string;
  /** vCPUs at once, of all machines together. */
  readonly vcpus: number;
}
