// Over 300 lines: the steps of one pipeline, which name each other.
import { IResolvable } from 'aws-cdk-lib';
import {
  EXECUTION_ARN,
  EXECUTION_ID,
  Join,
  joinPath,
  joinText,
  outputUri,
  parameter,
  property,
  Reference,
  retryCall,
  retryJob,
  Step,
  Value,
} from './pipeline-language';
import { QualityGate } from '../../../core/quality-gate';

/** What every job of the pipeline shares. */
export interface JobSetting {
  readonly imageUri: string;
  /** Of the registered versions, where it is another. */
  readonly servingImageUri?: string;
  readonly roleArn: string;
  readonly keyArn: string;
  /** `s3://<bucket>/training/<pipeline>`. */
  readonly trainingUri: string;
  /** `s3://<bucket>/checkpoints/<pipeline>`. */
  readonly checkpointsUri: string;
  /** `s3://<bucket>/evaluation/<pipeline>`. */
  readonly evaluationUri: string;
  readonly environment: { readonly [name: string]: string };
  readonly networkIsolation: boolean;
  readonly interContainerEncryption: boolean;
  readonly vpcConfig?: { readonly SecurityGroupIds: string[]; readonly Subnets: string[] };
  readonly retries: number;
  /** ISO 8601 duration within which a step with the same arguments is not run again. */
  readonly cacheExpiry?: string;
  /** Tags of the jobs, `[{ Key, Value }]`. */
  readonly tags?: IResolvable;
  /** The function that records runs, and the experiment that they belong to. @default runs are not recorded */
  readonly recorder?: { readonly functionArn: string; readonly experiment: string };
}

/** Machines of a processing job. */
export interface ProcessingSetting {
  readonly instanceType: string;
  readonly volumeGiB: number;
  /** Left out where the machines encrypt their own disks. */
  readonly volumeKeyArn?: string;
  readonly maxRuntimeSeconds: number;
}

/** Machines and data of the training job. */
export interface TrainSetting {
  readonly volumeGiB: number;
  readonly volumeKeyArn?: string;
  readonly maxRuntimeSeconds: number;
  /** Set for spot: longest time including the wait. */
  readonly maxWaitSeconds?: number;
  readonly keepAliveSeconds?: number;
  readonly trainingPlanArn?: string;
  readonly inputMode: string;
  readonly fileSystem?: { readonly fileSystemId: string; readonly directoryPath: string };
  readonly validationChannel: boolean;
  readonly checkpoints: boolean;
  readonly hyperparameters: string[];
  readonly metricDefinitions: { readonly [name: string]: string };
}

/** Names of the steps, as executions show them. */
const STEP = {
  PREPARE: 'Prepare',
  TRAIN: 'Train',
  EVALUATE: 'Evaluate',
  RECORD: 'Record',
  GATE: 'Gate',
  REGISTER: 'Register',
  FAIL: 'Reject',
} as const;

/** Names of the pipeline's own parameters; a hyperparameter cannot have one of them. */
export const PARAMETER = {
  DATASET: 'DatasetUri',
  INSTANCE_TYPE: 'TrainingInstanceType',
  INSTANCE_COUNT: 'TrainingInstanceCount',
  TRIGGERED_BY: 'TriggeredBy',
} as const;

/** Raw data to a data set in folders `train/`, `validation/`, `test/`: the image's `prepare` verb. */
export function prepareStep(job: JobSetting, machine: ProcessingSetting): Step {
  return processingStep(job, machine, STEP.PREPARE, {
    ContainerArguments: ['prepare'],
    Inputs: [s3Input('input', joinText('', parameter(PARAMETER.DATASET), '/'), `${ROOT}/input`)],
    Output: { name: 'dataset', uri: joinPath(job.trainingUri, EXECUTION_ID, 'dataset') },
    Environment: { MLOPS_INPUT_DIR: `${ROOT}/input`, MLOPS_OUTPUT_DIR: `${ROOT}/output` },
  });
}

/** Data set to model: the image's `train` verb, which SageMaker passes by itself. */
export function trainStep(job: JobSetting, setting: TrainSetting, dataset: Reference): Step {
  const spot = setting.maxWaitSeconds !== undefined;
  const channels = [
    setting.fileSystem === undefined
      ? s3Channel('train', joinPath(dataset, 'train/'))
      : fileSystemChannel('train', setting.fileSystem),
    ...(setting.validationChannel ? [s3Channel('validation', joinPath(dataset, 'validation/'))] : []),
  ];
  return withRetries(job, {
    Name: STEP.TRAIN,
    Type: 'Training',
    Arguments: {
      AlgorithmSpecification: {
        TrainingImage: job.imageUri,
        TrainingInputMode: setting.inputMode,
        MetricDefinitions: nonEmpty(
          Object.entries(setting.metricDefinitions).map(([Name, Regex]) => ({ Name, Regex })),
        ),
      },
      RoleArn: job.roleArn,
      HyperParameters:
        setting.hyperparameters.length === 0
          ? undefined
          : Object.fromEntries(setting.hyperparameters.map((name) => [name, parameter(name)])),
      InputDataConfig: channels,
      OutputDataConfig: { S3OutputPath: `${job.trainingUri}/models`, KmsKeyId: job.keyArn },
      ResourceConfig: {
        InstanceType: parameter(PARAMETER.INSTANCE_TYPE),
        InstanceCount: parameter(PARAMETER.INSTANCE_COUNT),
        VolumeSizeInGB: setting.volumeGiB,
        VolumeKmsKeyId: setting.volumeKeyArn,
        KeepAlivePeriodInSeconds: setting.keepAliveSeconds,
        TrainingPlanArn: setting.trainingPlanArn,
      },
      StoppingCondition: {
        MaxRuntimeInSeconds: setting.maxRuntimeSeconds,
        MaxWaitTimeInSeconds: setting.maxWaitSeconds,
      },
      EnableManagedSpotTraining: spot ? true : undefined,
      CheckpointConfig: setting.checkpoints
        ? { S3Uri: joinPath(job.checkpointsUri, EXECUTION_ID), LocalPath: CHECKPOINTS }
        : undefined,
      EnableNetworkIsolation: job.networkIsolation,
      EnableInterContainerTrafficEncryption: job.interContainerEncryption,
      VpcConfig: job.vpcConfig,
      Environment: {
        ...job.environment,
        MLOPS_INPUT_DIR: '/opt/ml/input/data',
        MLOPS_MODEL_DIR: '/opt/ml/model',
        ...(setting.checkpoints ? { MLOPS_CHECKPOINT_DIR: CHECKPOINTS } : {}),
      },
      Tags: job.tags,
    },
  });
}

/** Model and held-out data to `evaluation.json` and the drift reference: the image's `evaluate` verb. */
export function evaluateStep(job: JobSetting, machine: ProcessingSetting, dataset: Reference): Step {
  const step = processingStep(job, machine, STEP.EVALUATE, {
    ContainerArguments: ['evaluate'],
    Inputs: [
      s3Input('model', property(STEP.TRAIN, 'ModelArtifacts.S3ModelArtifacts'), `${ROOT}/model`),
      s3Input('input', joinPath(dataset, 'test/'), `${ROOT}/input`),
    ],
    Output: { name: 'evaluation', uri: joinPath(job.evaluationUri, EXECUTION_ID) },
    Environment: { MLOPS_MODEL_DIR: `${ROOT}/model`, MLOPS_INPUT_DIR: `${ROOT}/input`, MLOPS_OUTPUT_DIR: `${ROOT}/output` },
  });
  return {
    ...step,
    PropertyFiles: [{ PropertyFileName: 'Evaluation', OutputName: 'evaluation', FilePath: 'evaluation.json' }],
  };
}

/**
 * The run as an entry in the tracker, whether the gates hold or not: it comes before them, so that the version can name
 * it and a run that is turned away is there to be compared.
 */
export function recordStep(
  { functionArn, experiment }: { functionArn: string; experiment: string }, gates: QualityGate[], dataset: Reference,
): Step {
  return {
    Name: STEP.RECORD,
    Type: 'Lambda',
    FunctionArn: functionArn,
    OutputParameters: [{ OutputName: RUN, OutputType: 'String' }],
    Arguments: {
      experiment,
      name: EXECUTION_ID,
      execution: EXECUTION_ARN,
      triggeredBy: parameter(PARAMETER.TRIGGERED_BY),
      job: property(STEP.TRAIN, 'TrainingJobName'),
      model: property(STEP.TRAIN, 'ModelArtifacts.S3ModelArtifacts'),
      dataset,
      evaluation: evaluationFile(),
      gates: JSON.stringify(
        gates.map(({ metric, threshold, higherIsBetter }) => ({ metric, threshold, higherIsBetter })),
      ),
    },
  };
}

/** All gates at once: registers where they hold, fails with the gates in words where one does not. */
export function gateStep(gates: QualityGate[], register: Step, after: string[]): Step {
  const words = gates
    .map((gate) => `${gate.metric} ${gate.higherIsBetter ? 'at least' : 'at most'} ${gate.threshold}`)
    .join(', ');
  return {
    Name: STEP.GATE,
    Type: 'Condition',
    DependsOn: nonEmpty(after),
    Arguments: {
      Conditions: gates.map((gate) => ({
        Type: gate.higherIsBetter ? 'GreaterThanOrEqualTo' : 'LessThanOrEqualTo',
        LeftValue: { 'Std:JsonGet': { PropertyFile: property(STEP.EVALUATE, 'PropertyFiles.Evaluation'), Path: `metrics.${gate.metric}` } },
        RightValue: gate.threshold,
      })),
      IfSteps: [register],
      ElseSteps: [{
        Name: STEP.FAIL,
        Type: 'Fail',
        Arguments: { ErrorMessage: joinText(' ', `The model is not registered, because the quality gate asks for ${words}: see`, evaluationFile()) },
      }],
    },
  };
}

/** The model as a version of the registry, with where it comes from. */
export function registerStep(
  job: JobSetting,
  registration: { groupName: string; approved: boolean; contentTypes: string[]; responseTypes: string[] },
): Step {
  return {
    Name: STEP.REGISTER,
    Type: 'RegisterModel',
    Arguments: {
      ModelPackageGroupName: registration.groupName,
      ModelApprovalStatus: registration.approved ? 'Approved' : 'PendingManualApproval',
      InferenceSpecification: {
        Containers: [{
          Image: job.servingImageUri ?? job.imageUri,
          ModelDataUrl: property(STEP.TRAIN, 'ModelArtifacts.S3ModelArtifacts'),
          Environment: { MLOPS_MODEL_DIR: '/opt/ml/model' },
        }],
        SupportedContentTypes: registration.contentTypes,
        SupportedResponseMIMETypes: registration.responseTypes,
      },
      ModelMetrics: { ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: evaluationFile() } } },
      CustomerMetadataProperties: {
        driftReference: joinPath(outputUri(STEP.EVALUATE, 'evaluation'), 'reference/'),
        evaluation: evaluationFile(),
        dataset: parameter(PARAMETER.DATASET),
        pipelineExecution: EXECUTION_ARN,
        triggeredBy: parameter(PARAMETER.TRIGGERED_BY),
        ...(job.recorder === undefined ? {} : { mlflowRun: property(STEP.RECORD, `OutputParameters['${RUN}']`) }),
      },
    },
    RetryPolicies: retryCall(job.retries),
  };
}

/** Where the data set of the run is: what `prepare` wrote, or what the parameter says. */
export function datasetOf(prepares: boolean): Reference {
  return prepares ? outputUri(STEP.PREPARE, 'dataset') : parameter(PARAMETER.DATASET);
}

/** What the function answers: the id of the run in the tracker. */
const RUN = 'run';

const ROOT = '/opt/ml/processing';
const CHECKPOINTS = '/opt/ml/checkpoints';

interface ProcessingWork {
  readonly ContainerArguments: string[];
  readonly Inputs: Value[];
  readonly Output: { readonly name: string; readonly uri: Join };
  readonly Environment: { readonly [name: string]: string };
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html */
function processingStep(job: JobSetting, machine: ProcessingSetting, name: string, work: ProcessingWork): Step {
  return withRetries(job, {
    Name: name,
    Type: 'Processing',
    Arguments: {
      AppSpecification: { ImageUri: job.imageUri, ContainerArguments: work.ContainerArguments },
      RoleArn: job.roleArn,
      ProcessingInputs: work.Inputs,
      ProcessingOutputConfig: {
        KmsKeyId: job.keyArn,
        Outputs: [{
          OutputName: work.Output.name,
          AppManaged: false,
          S3Output: { S3Uri: work.Output.uri, LocalPath: `${ROOT}/output`, S3UploadMode: 'EndOfJob' },
        }],
      },
      ProcessingResources: {
        ClusterConfig: {
          InstanceType: machine.instanceType,
          InstanceCount: 1,
          VolumeSizeInGB: machine.volumeGiB,
          VolumeKmsKeyId: machine.volumeKeyArn,
        },
      },
      NetworkConfig: {
        EnableNetworkIsolation: job.networkIsolation,
        EnableInterContainerTrafficEncryption: job.interContainerEncryption,
        VpcConfig: job.vpcConfig,
      },
      StoppingCondition: { MaxRuntimeInSeconds: machine.maxRuntimeSeconds },
      Environment: { ...job.environment, ...work.Environment },
      Tags: job.tags,
    },
  });
}

function withRetries(job: JobSetting, step: Step): Step {
  return {
    ...step,
    CacheConfig: job.cacheExpiry === undefined ? undefined : { Enabled: true, ExpireAfter: job.cacheExpiry },
    RetryPolicies: retryJob(job.retries),
  };
}

function evaluationFile(): Join {
  return joinPath(outputUri(STEP.EVALUATE, 'evaluation'), 'evaluation.json');
}

function s3Input(name: string, uri: Reference | Join, localPath: string): Value {
  return {
    InputName: name,
    AppManaged: false,
    S3Input: {
      S3Uri: uri,
      LocalPath: localPath,
      S3DataType: 'S3Prefix',
      S3InputMode: 'File',
      S3DataDistributionType: 'FullyReplicated',
      S3CompressionType: 'None',
    },
  };
}

function s3Channel(name: string, uri: Join): Value {
  return {
    ChannelName: name,
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' } },
  };
}

function fileSystemChannel(
  name: string,
  { fileSystemId, directoryPath }: { fileSystemId: string; directoryPath: string },
): Value {
  return {
    ChannelName: name,
    DataSource: {
      FileSystemDataSource: {
        FileSystemType: 'FSxLustre',
        FileSystemId: fileSystemId,
        FileSystemAccessMode: 'ro',
        DirectoryPath: directoryPath,
      },
    },
  };
}

function nonEmpty<T>(values: T[]): T[] | undefined {
  return values.length === 0 ? undefined : values;
}
