import { TrainingMachines } from './machines';
import { machineSpec, Machine } from '../base/machines';

/** What every job of the pipeline shares; tokens of Terraform stay in it. */
export interface JobSetting {
  readonly imageUri: string;
  readonly serviceAccount: string;
  readonly kmsKeyName: string;
  readonly rawBucket: string;
  readonly artifactBucket: string;
  readonly labels: { readonly [key: string]: string };
  readonly environment: { readonly [name: string]: string };
  /** `projects/<number>/global/networks/<name>`. */
  readonly network?: string;
  readonly networkAttachment?: string;
  readonly tensorboard?: string;
  readonly prepares: boolean;
}

/** Machines of the jobs that prepare and evaluate. */
export interface ProcessingMachines {
  readonly machine: Machine;
  readonly bootDiskSizeGb: number;
  readonly timeoutSeconds: number;
}

/**
 * The body of a request for a custom job.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.customJobs
 */
export interface JobBody {
  readonly [field: string]: unknown;
}

/** Raw data to a data set in folders `train/`, `validation/`, `test/`: the image's `prepare` verb. */
export function prepareJob(job: JobSetting, machines: ProcessingMachines): JobBody {
  return processingJob(job, machines, 'prepare', {
    MLOPS_INPUT_DIR: datasetDir(job),
    MLOPS_OUTPUT_DIR: runDir(job, 'prepared'),
  });
}

/**
 * Data set to model: the image's `train` verb. The first pool is the chief, the second the workers; Vertex AI tells
 * each container the cluster in `CLUSTER_SPEC`. Its own places (`AIP_MODEL_DIR`, `AIP_CHECKPOINT_DIR`) are in the run's
 * folder as well, for containers of frameworks.
 */
export function trainJob(job: JobSetting, machines: TrainingMachines): JobBody {
  const pool = (replicas: number) => ({
    machineSpec: machines.spec,
    replicaCount: `${replicas}`,
    diskSpec: { bootDiskSizeGb: machines.bootDiskSizeGb },
    containerSpec: container(job, 'train', {
      MLOPS_INPUT_DIR: job.prepares ? runDir(job, 'prepared') : datasetDir(job),
      MLOPS_MODEL_DIR: runDir(job, 'model'),
      MLOPS_OUTPUT_DIR: runDir(job, 'output'),
      MLOPS_CHECKPOINT_DIR: `\${"/gcs/${job.artifactBucket}/" + checkpoints}`,
      MLOPS_HYPERPARAMETERS: '${json.encode_to_string(hyperparameters)}',
    }),
  });
  return customJob(job, 'train', {
    workerPoolSpecs: machines.instanceCount === 1 ? [pool(1)] : [pool(1), pool(machines.instanceCount - 1)],
    scheduling: machines.scheduling,
    ...(job.tensorboard === undefined ? {} : { tensorboard: job.tensorboard }),
  });
}

/** Model and held-out data to `evaluation.json` and the drift reference: the image's `evaluate` verb. */
export function evaluateJob(job: JobSetting, machines: ProcessingMachines): JobBody {
  return processingJob(job, machines, 'evaluate', {
    MLOPS_MODEL_DIR: runDir(job, 'model'),
    MLOPS_INPUT_DIR: job.prepares ? runDir(job, 'prepared/test') : `\${"/gcs/${job.rawBucket}/" + dataset + "/test"}`,
    MLOPS_OUTPUT_DIR: runDir(job, 'evaluation'),
    MLOPS_HYPERPARAMETERS: '${json.encode_to_string(hyperparameters)}',
  });
}

function processingJob(
  job: JobSetting,
  machines: ProcessingMachines,
  verb: string,
  environment: { readonly [name: string]: string },
): JobBody {
  return customJob(job, verb, {
    workerPoolSpecs: [
      {
        machineSpec: machineSpec(machines.machine),
        replicaCount: '1',
        diskSpec: { bootDiskSizeGb: machines.bootDiskSizeGb },
        containerSpec: container(job, verb, environment),
      },
    ],
    scheduling: { timeout: `${machines.timeoutSeconds}s` },
  });
}

function customJob(job: JobSetting, verb: string, spec: { readonly [field: string]: unknown }): JobBody {
  return {
    displayName: `\${"${verb}-" + run}`,
    labels: { ...job.labels, run: '${run}', step: verb },
    encryptionSpec: { kmsKeyName: job.kmsKeyName },
    jobSpec: {
      ...spec,
      serviceAccount: job.serviceAccount,
      baseOutputDirectory: { outputUriPrefix: `\${"gs://${job.artifactBucket}/" + folder}` },
      ...(job.network === undefined ? {} : { network: job.network }),
      ...(job.networkAttachment === undefined
        ? {}
        : { pscInterfaceConfig: { networkAttachment: job.networkAttachment } }),
      // A shell in the container would be a way around every permission of the job.
      enableWebAccess: false,
      enableDashboardAccess: false,
    },
  };
}

function container(
  job: JobSetting,
  verb: string,
  environment: { readonly [name: string]: string },
): { readonly [field: string]: unknown } {
  return {
    imageUri: job.imageUri,
    args: [verb],
    env: Object.entries({ ...job.environment, ...environment }).map(([name, value]) => ({ name, value })),
  };
}

function datasetDir(job: JobSetting): string {
  return `\${"/gcs/${job.rawBucket}/" + dataset}`;
}

function runDir(job: JobSetting, folder: string): string {
  return `\${"/gcs/${job.artifactBucket}/" + folder + "/${folder}"}`;
}
