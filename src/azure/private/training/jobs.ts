import { TrainingPipelineOptions } from '../../training-pipeline-props';
import { Expression, RUN_ID, Template, text } from '../base/workflow-expressions';

/** What every job of the pipeline shares; tokens of Terraform stay in it. */
export interface JobSetting {
  readonly modelName: string;
  readonly environmentId: string;
  /** Client id of the identity that jobs run as. */
  readonly clientId: string;
  /** Command to which the verb is appended. */
  readonly command: string;
  readonly rawDatastore: string;
  readonly artifactDatastore: string;
  readonly tags: { readonly [key: string]: string };
  readonly environment: { readonly [name: string]: string };
  readonly prepares: boolean;
}

/** Where a job runs: on a compute, or on serverless machines of a size. */
export interface Place {
  readonly computeId?: string;
  readonly instanceType?: string;
  readonly jobTier?: string;
}

/** Where the steps run. */
export interface Places {
  readonly trains: Place;
  readonly processes: Place;
}

/** What preparing and evaluating share. */
export interface ProcessingSetting {
  readonly place: Place;
  readonly maxSeconds: number;
}

/** What is the training's own. */
export interface TrainSetting extends ProcessingSetting {
  readonly instanceCount: number;
  readonly distribution?: TrainingPipelineOptions['distribution'];
  readonly shmSize?: string;
  readonly dockerArgs?: string;
}

/** Values of a run, as its workflow knows them. */
export const RUN = {
  /** Folder of the run in the artifacts, `training/<run>`. */
  folder: text`training/${RUN_ID}`,
  /** Folder of the data set in the raw data, with a slash at its end. */
  dataset: new Expression('outputs(\'Dataset\')'),
  /** Folder of the checkpoints in the artifacts. */
  checkpoints: new Expression('outputs(\'Checkpoints\')'),
  /** An object. */
  hyperparameters: new Expression('outputs(\'Hyperparameters\')'),
  /** What started it. */
  trigger: new Expression('outputs(\'Trigger\')'),
} as const;

/**
 * The `properties` of a job.
 *
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/workspaces/jobs
 */
export interface JobProperties {
  readonly [member: string]: unknown;
}

/** A folder of the lake that a job has mounted, and the variable that says where. */
interface Folder {
  readonly variable: string;
  /** Its name among the job's inputs or outputs. */
  readonly name: string;
  readonly datastore: string;
  readonly path: Template;
  readonly isOutput?: boolean;
}

const HYPERPARAMETERS = { MLOPS_HYPERPARAMETERS: text`${new Expression(`string(${RUN.hyperparameters.code})`)}` };

/** Raw data to a data set in folders `train/`, `validation/`, `test/`: the image's `prepare` verb. */
export function prepareJob(job: JobSetting, setting: ProcessingSetting): JobProperties {
  return commandJob(job, 'prepare', setting, [
    { variable: 'MLOPS_INPUT_DIR', name: 'data', datastore: job.rawDatastore, path: text`${RUN.dataset}` },
    { variable: 'MLOPS_OUTPUT_DIR', name: 'prepared', datastore: job.artifactDatastore, path: text`${RUN.folder}/prepared`, isOutput: true },
  ], { resources: { instanceCount: 1 }, variables: {} });
}

/** Data set to model: the image's `train` verb, on every machine. */
export function trainJob(job: JobSetting, setting: TrainSetting): JobProperties {
  const output = (variable: string, name: string, path: Template): Folder =>
    ({ variable, name, datastore: job.artifactDatastore, path, isOutput: true });
  const { distribution, dockerArgs, instanceCount, shmSize } = setting;
  return commandJob(job, 'train', setting, [
    { variable: 'MLOPS_INPUT_DIR', name: 'data', ...(job.prepares ? prepared(job, '') : { datastore: job.rawDatastore, path: text`${RUN.dataset}` }) },
    output('MLOPS_MODEL_DIR', 'model', text`${RUN.folder}/model`),
    output('MLOPS_OUTPUT_DIR', 'output', text`${RUN.folder}/output`),
    output('MLOPS_CHECKPOINT_DIR', 'checkpoints', text`${RUN.checkpoints}`),
  ], {
    variables: HYPERPARAMETERS,
    resources: { instanceCount, ...(shmSize === undefined ? {} : { shmSize }), ...(dockerArgs === undefined ? {} : { dockerArgs }) },
    distribution: distribution && { distributionType: distribution.kind, ...distribution._fields },
  });
}

/** Model and held-out data to `evaluation.json` and the drift reference: the image's `evaluate` verb. */
export function evaluateJob(job: JobSetting, setting: ProcessingSetting): JobProperties {
  const test = job.prepares ? prepared(job, '/test') : { datastore: job.rawDatastore, path: text`${RUN.dataset}test` };
  return commandJob(job, 'evaluate', setting, [
    { variable: 'MLOPS_MODEL_DIR', name: 'model', datastore: job.artifactDatastore, path: text`${RUN.folder}/model` },
    { variable: 'MLOPS_INPUT_DIR', name: 'data', ...test },
    { variable: 'MLOPS_OUTPUT_DIR', name: 'evaluation', datastore: job.artifactDatastore, path: text`${RUN.folder}/evaluation`, isOutput: true },
  ], { resources: { instanceCount: 1 }, variables: HYPERPARAMETERS });
}

function prepared(job: JobSetting, below: string): Pick<Folder, 'datastore' | 'path'> {
  return { datastore: job.artifactDatastore, path: text`${RUN.folder}/prepared${below}` };
}

/** Of a job's own. */
interface Own {
  readonly variables: { readonly [name: string]: Template };
  readonly resources: object;
  readonly distribution?: object;
}

/** Azure ML puts the addresses of folders into the command alone, so the command makes the variables of them. */
function commandJob(
  job: JobSetting,
  verb: string,
  { place, maxSeconds }: ProcessingSetting,
  folders: readonly Folder[],
  { variables, resources, distribution }: Own,
): JobProperties {
  const inputs = folders.filter(({ isOutput }) => !isOutput);
  const outputs = folders.filter(({ isOutput }) => isOutput);
  const exported = folders.map(
    ({ variable, name, isOutput }) => `export ${variable}="\${{${isOutput ? 'outputs' : 'inputs'}.${name}}}"`,
  );
  const uri = ({ datastore, path }: Folder) => text`azureml://datastores/${datastore}/paths/${path}`;
  return {
    jobType: 'Command',
    displayName: text`${verb}-${RUN_ID}`,
    experimentName: job.modelName,
    environmentId: job.environmentId,
    computeId: place.computeId,
    queueSettings: place.jobTier === undefined ? undefined : { jobTier: place.jobTier },
    identity: { identityType: 'Managed', clientId: job.clientId },
    command: [...exported, `${job.command} ${verb}`].join(' && '),
    environmentVariables: { ...job.environment, ...variables },
    inputs: Object.fromEntries(
      inputs.map((each) => [each.name, { jobInputType: 'uri_folder', mode: 'ReadOnlyMount', uri: uri(each) }]),
    ),
    outputs: Object.fromEntries(
      outputs.map((each) => [each.name, { jobOutputType: 'uri_folder', mode: 'ReadWriteMount', uri: uri(each) }]),
    ),
    resources: { ...resources, instanceType: place.instanceType },
    distribution,
    limits: { jobLimitsType: 'Command', timeout: `PT${maxSeconds}S` },
    tags: { ...job.tags, model: job.modelName, mlops_run: text`${RUN_ID}`, mlops_step: verb },
  };
}
