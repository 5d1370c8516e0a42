import { Aws, IResolvable } from 'aws-cdk-lib';
import { findNewest } from './newest-version';
import { ApiFields } from '../base/api-fields';
import { patiently } from '../base/patience';
import { digestPart, NamePart, runName, versionPart } from '../base/run-names';
import { runJob } from '../base/state-jobs';
import {
  call,
  choose,
  CUSTOM_ERROR,
  jsonata,
  literal,
  MORE_PAGES,
  nextPageOf,
  notify,
  remember,
  sdkCall,
  State,
  StateMachineDefinition,
  TAKEN,
} from '../base/state-language';
import {
  jobPermissions, LIST_MODEL_PACKAGES, passRole, Permission, sageMakerArns, servedVersions, tagging,
} from '../base/state-permissions';

/** What a batch run needs to know. Values may be tokens, except where it says not. */
export interface BatchSpec {
  /** The group whose newest approved version predicts: its name or its ARN. */
  readonly modelPackageGroup: string;
  /** Only versions that are promoted to this stage, no token; all approved versions when undefined. */
  readonly stage?: string;
  readonly executionRoleArn: string;
  /** Starts the names of models and jobs: at most 30 letters, digits and hyphens, no token. */
  readonly namePrefix: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** @default true */
  readonly networkIsolation?: boolean;
  /** `CreateModel.VpcConfig`: `Subnets`, `SecurityGroupIds`. */
  readonly vpcConfig?: ApiFields;
  /** Tags of models and jobs, `[{ Key, Value }]`. */
  readonly tags?: IResolvable;
  readonly inputBucketName: string;
  /** Without slashes at the ends, no token. */
  readonly inputPrefix: string;
  readonly outputBucketName: string;
  /** Answers land below it, one folder a run. Without slashes at the ends, no token. */
  readonly outputPrefix: string;
  /** ARN of the key for the answers. */
  readonly outputKmsKeyArn?: string;
  /** ARN of the key for the volumes; leave out for instance types with local NVMe disks. */
  readonly volumeKmsKeyArn?: string;
  /** @default ml.m5.large */
  readonly instanceType?: string;
  /** @default 1 */
  readonly instanceCount?: number;
  /** @default text/csv */
  readonly contentType?: string;
  /** `TransformOutput.Accept`. @default the model decides */
  readonly accept?: string;
  /** `TransformInput.SplitType`. @default Line */
  readonly splitType?: string;
  /** `TransformOutput.AssembleWith`. @default Line */
  readonly assembleWith?: string;
  /** More of `CreateTransformJob`: `BatchStrategy`, `MaxPayloadInMB`, `DataProcessing` … */
  readonly transform?: ApiFields;
  /** How long one run may take. @default 240 */
  readonly maxMinutes?: number;
  readonly notificationTopicArn?: string;
}

/**
 * Predicts for a whole data set with the newest approved version.
 *
 * Started by a schedule, or by hand with `{"modelPackageArn": "…"}` for a certain version. No approved version yet, or
 * nothing to predict for, is a good end. A call whose answer is lost, or which is throttled, is made again while the run
 * has time.
 */
export function batchDefinition(spec: BatchSpec): StateMachineDefinition {
  return {
    Comment: 'Predicts for a data set with the newest approved model version',
    QueryLanguage: 'JSONata',
    StartAt: 'ReadInput',
    TimeoutSeconds: seconds(spec),
    States: {
      ...patiently(modelStates(spec), { failing: 'Failing', timeLeft: timeLeft(spec) }),
      ...transformStates(spec),
      ...endStates(spec),
    },
  };
}

/** What the role of a batch run may do: the calls of its definition, and what those calls ask for besides. */
export function batchPermissions(spec: BatchSpec): Permission[] {
  const permissions: Permission[] = [
    LIST_MODEL_PACKAGES,
    servedVersions(spec.modelPackageGroup),
    { actions: ['sagemaker:CreateModel'], resources: sageMakerArns('model', `${spec.namePrefix}-*`), reason: 'one model a version' },
    tagging(sageMakerArns('model', `${spec.namePrefix}-*`)),
    passRole(spec.executionRoleArn),
    { actions: ['s3:ListBucket'], resources: [`arn:${Aws.PARTITION}:s3:::${spec.inputBucketName}`] },
    ...jobPermissions('createTransformJob', spec.namePrefix),
  ];
  if (spec.notificationTopicArn) permissions.push({ actions: ['sns:Publish'], resources: [spec.notificationTopicArn] });
  return permissions;
}

/** Until two minutes before the end, for a run that cannot be started should still say so. */
function timeLeft(spec: BatchSpec): string {
  return '$toMillis($states.context.State.EnteredTime) < $toMillis($states.context.Execution.StartTime) + '
    + `${(seconds(spec) - MARGIN_SECONDS) * 1000}`;
}

const MARGIN_SECONDS = 120;

function seconds({ maxMinutes = 240 }: BatchSpec): number {
  return maxMinutes * 60;
}

/** Ends the name of a job: its time, and something of its own. */
const RUN: NamePart[] = [{ expression: "'-' & $time", longest: 16 }, { expression: "'-' & $runId", longest: 13 }];

function modelStates(spec: BatchSpec): Record<string, State> {
  const settings = [spec.executionRoleArn, spec.environment ?? {}, spec.networkIsolation ?? true, spec.vpcConfig ?? {}];
  return {
    ReadInput: remember(
      {
        packageArn: jsonata("$exists($states.input.modelPackageArn) ? $states.input.modelPackageArn : ''"),
        runId: jsonata("$substring($hash($states.context.Execution.Id, 'SHA-256'), 0, 12)"),
        time: jsonata("$fromMillis($toMillis($states.context.Execution.StartTime), '[Y0001]-[M01]-[D01]-[H01][m01]')"),
        inputBucket: spec.inputBucketName,
        outputBucket: spec.outputBucketName,
        settings,
        approval: '',
        version: 0,
        modelName: '',
        anyInput: false,
        unanswered: '',
        failure: { Error: '', Cause: '' },
        trouble: { Error: '', Cause: '' },
        job: { status: '', reason: '' },
      },
      'LookForInput',
    ),
    LookForInput: call(
      sdkCall('s3', 'listObjectsV2'),
      { Bucket: spec.inputBucketName, Prefix: `${spec.inputPrefix}/`, MaxKeys: 1 },
      {
        next: 'IsAnyInput',
        failed: 'Failing',
        assign: { anyInput: jsonata('$exists($states.result.Contents[0])') },
      },
    ),
    IsAnyInput: choose([['$anyInput', 'IsVersionNamed']], 'NothingToPredict'),
    IsVersionNamed: choose([["$packageArn != ''", 'DescribeModelPackage']], 'FindNewestApproved'),
    ...findNewest('FindNewestApproved', spec, {
      variable: 'packageArn',
      value: (version) => `${version}.ModelPackageArn`,
      none: "''",
      next: 'IsAnyApproved',
      failed: 'Failing',
    }),
    IsAnyApproved: choose(
      [
        ["$packageArn != ''", 'DescribeModelPackage'],
        [MORE_PAGES, nextPageOf('FindNewestApproved')],
      ],
      'NothingApproved',
    ),
    DescribeModelPackage: call(
      sdkCall('sagemaker', 'describeModelPackage'),
      { ModelPackageName: jsonata('$packageArn') },
      {
        next: 'IsApproved',
        failed: 'Failing',
        assign: {
          version: jsonata('$states.result.ModelPackageVersion'),
          approval: jsonata(
            "$exists($states.result.ModelApprovalStatus) ? $states.result.ModelApprovalStatus : 'without approval'",
          ),
          modelName: runName(spec.namePrefix, [
            versionPart('$states.result.ModelPackageVersion'),
            digestPart('$packageArn & $string($settings)'),
          ]),
        },
      },
    ),
    IsApproved: choose([["$approval = 'Approved'", 'CreateModel']], 'NotApproved'),
    NotApproved: remember(
      {
        failure: {
          Error: 'NotApproved',
          Cause: jsonata(
            "'version ' & $string($version) & ' is ' & $approval & ', and only approved versions predict'",
          ),
        },
      },
      'Failing',
    ),
    // One model a version: it stays for the next run.
    CreateModel: call(
      sdkCall('sagemaker', 'createModel'),
      {
        ModelName: jsonata('$modelName'),
        ExecutionRoleArn: spec.executionRoleArn,
        PrimaryContainer: {
          ModelPackageName: jsonata('$packageArn'),
          ...(spec.environment ? { Environment: spec.environment } : {}),
        },
        EnableNetworkIsolation: spec.networkIsolation ?? true,
        ...(spec.vpcConfig ? { VpcConfig: spec.vpcConfig } : {}),
        ...(spec.tags ? { Tags: spec.tags } : {}),
      },
      { next: 'Predict', failed: 'IsModelThere' },
    ),
    IsModelThere: choose([[`$contains($failure.Cause, ${TAKEN})`, 'Predict']], 'Failing'),
  };
}

function transformStates(spec: BatchSpec): Record<string, State> {
  const run = "$time & '-' & $runId";
  return {
    ...runJob(
      'Predict',
      'createTransformJob',
      {
        ...spec.transform,
        TransformJobName: runName(spec.namePrefix, RUN),
        ModelName: jsonata('$modelName'),
        TransformInput: {
          DataSource: {
            S3DataSource: {
              S3DataType: 'S3Prefix',
              S3Uri: jsonata(`'s3://' & $inputBucket & ${literal(`/${spec.inputPrefix}/`)}`),
            },
          },
          ContentType: spec.contentType ?? 'text/csv',
          SplitType: spec.splitType ?? 'Line',
        },
        TransformOutput: {
          S3OutputPath: jsonata(`'s3://' & $outputBucket & ${literal(`/${spec.outputPrefix}/`)} & ${run}`),
          AssembleWith: spec.assembleWith ?? 'Line',
          ...(spec.accept ? { Accept: spec.accept } : {}),
          ...(spec.outputKmsKeyArn ? { KmsKeyId: spec.outputKmsKeyArn } : {}),
        },
        TransformResources: {
          InstanceType: spec.instanceType ?? 'ml.m5.large',
          InstanceCount: spec.instanceCount ?? 1,
          ...(spec.volumeKmsKeyArn ? { VolumeKmsKeyId: spec.volumeKmsKeyArn } : {}),
        },
        ...(spec.tags ? { Tags: spec.tags } : {}),
      },
      {
        next: spec.notificationTopicArn ? 'NotifyPredicted' : 'Predicted',
        failed: 'Failing',
        withinSeconds: seconds(spec) - MARGIN_SECONDS,
      },
    ),
    ...(spec.notificationTopicArn
      ? {
        NotifyPredicted: notify(
          spec.notificationTopicArn,
          `Batch predicted: ${spec.namePrefix}`,
          message('done'),
          'Predicted',
        ),
      }
      : {}),
  };
}

function endStates(spec: BatchSpec): Record<string, State> {
  return {
    Predicted: {
      Type: 'Succeed',
      Output: {
        status: 'predicted',
        modelPackageArn: jsonata('$packageArn'),
        output: jsonata(`'s3://' & $outputBucket & ${literal(`/${spec.outputPrefix}/`)} & $time & '-' & $runId`),
      },
    },
    NothingApproved: { Type: 'Succeed', Output: { status: 'nothing-approved' } },
    NothingToPredict: { Type: 'Succeed', Output: { status: 'nothing-to-predict' } },
    Failing: spec.notificationTopicArn
      ? notify(spec.notificationTopicArn, `Batch failed: ${spec.namePrefix}`, message('failed'), 'BatchFailed')
      : { Type: 'Pass', Next: 'BatchFailed' },
    BatchFailed: { Type: 'Fail', Error: CUSTOM_ERROR, Cause: jsonata('$failure.Cause') },
  };
}

function message(status: 'done' | 'failed'): string {
  return jsonata(
    `$string({ 'batch': '${status}', 'modelPackageArn': $packageArn, 'error': $failure.Error, 'reason': $failure.Cause, ` +
      "'execution': $states.context.Execution.Id })",
  );
}
