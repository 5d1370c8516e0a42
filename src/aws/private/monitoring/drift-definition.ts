// Over 300 lines: one state machine, read from its first state to its last.
import { Aws, IResolvable } from 'aws-cdk-lib';
import { retrainPermissions, retrainReasons, RetrainSpec, retrainStates } from './drift-retraining';
import { ApiFields } from '../base/api-fields';
import { patiently } from '../base/patience';
import { minutePart, runName } from '../base/run-names';
import { runJob } from '../base/state-jobs';
import {
  call,
  choose,
  CUSTOM_ERROR,
  jsonata,
  literal,
  MISSING,
  MORE_PAGES,
  nextPageOf,
  notify,
  remember,
  sdkCall,
  State,
  StateMachineDefinition,
} from '../base/state-language';
import {
  jobPermissions, LIST_MODEL_PACKAGES, modelPackageArns, passRole, Permission, sageMakerArns,
} from '../base/state-permissions';
import { findNewest } from '../serving/newest-version';
import { LIVE_VARIANT } from '../serving/variants';

/** What a drift run needs to know. Values may be tokens, except where it says not. */
export interface DriftSpec {
  readonly endpointName: string;
  /** In component mode: the component whose model is watched. */
  readonly inferenceComponentName?: string;
  /** The group that the live version belongs to: its name or its ARN. */
  readonly modelPackageGroup: string;
  /** Only versions that are promoted to this stage, no token; all approved versions when undefined. */
  readonly stage?: string;
  /** Bucket of the captured data. */
  readonly captureBucketName: string;
  /** `DataCaptureConfig.DestinationS3Uri` without `s3://bucket/`, without slashes at the ends. No token. */
  readonly capturePrefix: string;
  /** The captured data that one run looks at. @default the day before */
  readonly window?: DriftWindow;
  /** Days that labels take: the window of the quality lies so long before that of drift. @default 0 */
  readonly labelDelayDays?: number;
  /** Where the truth about the answers arrives; used when there is something. */
  readonly labels?: {
    readonly bucketName: string;
    /** Without slashes at the ends, no token. */ readonly prefix: string;
  };
  /** Bucket of the reports. */
  readonly reportBucketName: string;
  /** Reports land below it, one folder a run. Without slashes at the ends, no token. */
  readonly reportPrefix: string;
  /** Runs the job. */
  readonly jobRoleArn: string;
  readonly imageUri: string;
  /** @default the image's own entry point with the argument `monitor` */
  readonly containerArguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** @default true */
  readonly networkIsolation?: boolean;
  /** @default ml.m5.large */
  readonly instanceType?: string;
  /** @default 30 */
  readonly volumeSizeGiB?: number;
  /** ARN of the key for the report. */
  readonly outputKmsKeyArn?: string;
  /** ARN of the key for the job's volume; leave out for instance types with local NVMe disks. */
  readonly volumeKmsKeyArn?: string;
  /** `NetworkConfig.VpcConfig`: `Subnets`, `SecurityGroupIds`. */
  readonly vpcConfig?: ApiFields;
  /** @default 60 */
  readonly maxRuntimeMinutes?: number;
  /** CloudWatch namespace of the metrics. No token. */
  readonly metricNamespace: string;
  /** Dimensions of the metrics. */
  readonly metricDimensions: Readonly<Record<string, string>>;
  /**
   * Publish a `FeatureDrift` metric for each feature as well, with the feature as a dimension; each one is billed.
   * @default false
   */
  readonly featureMetrics?: boolean;
  /** What asks for a new training. @default nothing does */
  readonly retrain?: RetrainSpec;
  /** Told when a run fails. */
  readonly notificationTopicArn?: string;
  /** Tags of the jobs, `[{ Key, Value }]`. */
  readonly tags?: IResolvable;
  /** Starts the names of the jobs: at most 30 letters, digits and hyphens, no token. */
  readonly namePrefix: string;
}

/** A whole number of finished days (1-7) or hours (1-8), in UTC, as SageMaker files captured data. */
export interface DriftWindow {
  readonly unit: 'day' | 'hour';
  readonly count: number;
}

/** The metrics of a drift run. */
export const DRIFT_METRICS = {
  /** Share of the features that have drifted, 0-1. */
  share: 'DriftShare',
  /** Number of features that have drifted. */
  features: 'DriftedFeatures',
  /** Rows that were compared. */
  rows: 'CapturedRows',
  /** Drift of one feature; has the dimension `Feature` beside the others. */
  feature: 'FeatureDrift',
  /** A quality metric of `drift.json`. */
  quality: (name: string) => `Quality.${name}`,
} as const;

const CAPTURED = '/opt/ml/processing/captured';
const REFERENCE = '/opt/ml/processing/reference';
const LABELS = '/opt/ml/processing/labels';
const OUTPUT = '/opt/ml/processing/output';

/** Name of a run: when its window ends, and something of its own. */
const RUN = "$fromMillis($end, '[Y0001]-[M01]-[D01]-[H01][m01]') & '-' & $runId";

/** How long a run may ask what is live and what was captured, so that its job has all its time. */
const BEFORE_SECONDS = 1800;

/** How long it may take to say what the job has found. */
const AFTER_SECONDS = 1200;

/** What is left then to notify. */
const MARGIN_SECONDS = 600;

const ONE_DAY: DriftWindow = { unit: 'day', count: 1 };

/** Of the ten inputs of a processing job, reference and labels take one each. */
const MOST_FOLDERS = 8;

const UNITS = {
  /** `tens` are the letters of a folder's name up to the tens of its day or hour. */
  day: { millis: 86_400_000, picture: '[Y0001]/[M01]/[D01]', tens: 9 },
  hour: { millis: 3_600_000, picture: '[Y0001]/[M01]/[D01]/[H01]', tens: 12 },
};

/**
 * Compares what the endpoint was asked with what its model was trained on.
 *
 * Started by a schedule; `{"time": "2026-11-21T06:00:00Z"}` as input makes it look back from that time (EventBridge's
 * events and Scheduler's `<aws.scheduler.scheduled-time>` carry it, and a run can be made up for by hand). A window
 * without captured data is a good end without a metric, and so is an endpoint that does not serve yet; once a version
 * is approved, that nothing serves is a failure.
 *
 * A call whose answer is lost, or which is throttled, is made again while the run has time for it: for half an hour
 * before the job, and until shortly before the end of the run afterwards.
 *
 * SageMaker files captured data as `<prefix>/<endpoint>/<variant>/yyyy/MM/dd/HH/`. The job takes whole days or hours,
 * each as an input of its own that is left out when it is empty, because a job fails on an input without objects and
 * may have ten inputs.
 */
export function driftDefinition(spec: DriftSpec): StateMachineDefinition {
  const maxMinutes = spec.maxRuntimeMinutes ?? 60;
  const maxRunSeconds = maxMinutes * 60 + BEFORE_SECONDS + AFTER_SECONDS + MARGIN_SECONDS;
  const asked = `($report = '' ? ${BEFORE_SECONDS} : ${maxRunSeconds - MARGIN_SECONDS})`;
  const retraining = spec.retrain && {
    retrain: spec.retrain,
    modelPackageGroup: spec.modelPackageGroup,
    maxRunSeconds,
    run: RUN,
  };
  const timeLeft = '$toMillis($states.context.State.EnteredTime) < $toMillis($states.context.Execution.StartTime) + '
    + `1000 * ${asked}`;
  return {
    Comment: 'Measures drift and quality of the live model on the captured data',
    QueryLanguage: 'JSONata',
    StartAt: 'ReadInput',
    TimeoutSeconds: maxRunSeconds,
    States: {
      ...patiently({
        ...liveStates(spec),
        ...windowStates(spec),
        ...metricStates(spec),
        ...(retraining ? retrainStates({ ...retraining, timeLeft }, 'Measured') : {}),
      }, { failing: 'Failing', timeLeft }),
      ...jobStates(spec, maxMinutes),
      ...endStates(spec),
    },
  };
}

/** What the role of a drift run may do: the calls of its definition, and what those calls ask for besides. */
export function driftPermissions(spec: DriftSpec): Permission[] {
  const arn = (service: string, rest: string) => `arn:${Aws.PARTITION}:${service}:${rest}`;
  const buckets = [...new Set([spec.captureBucketName, ...(spec.labels ? [spec.labels.bucketName] : [])])];
  const permissions: Permission[] = [
    LIST_MODEL_PACKAGES,
    spec.inferenceComponentName
      ? {
        actions: ['sagemaker:DescribeInferenceComponent'],
        resources: sageMakerArns('inference-component', spec.inferenceComponentName),
      }
      : { actions: ['sagemaker:DescribeEndpoint'], resources: sageMakerArns('endpoint', spec.endpointName) },
    ...(spec.inferenceComponentName
      ? []
      : [
        {
          actions: ['sagemaker:DescribeEndpointConfig'],
          resources: sageMakerArns('endpoint-config', '*'),
          reason: 'whichever config is live',
        },
      ]),
    { actions: ['sagemaker:DescribeModel'], resources: sageMakerArns('model', '*'), reason: 'whichever model is live' },
    {
      actions: ['sagemaker:DescribeModelPackage'],
      resources: modelPackageArns(spec.modelPackageGroup),
      reason: 'every version of the group',
    },
    { actions: ['s3:ListBucket'], resources: buckets.map((name) => arn('s3', `::${name}`)) },
    {
      actions: ['s3:GetObject'],
      resources: [arn('s3', `::${spec.reportBucketName}/${spec.reportPrefix}/*`)],
      reason: 'one folder of reports a run',
    },
    ...jobPermissions('createProcessingJob', spec.namePrefix),
    passRole(spec.jobRoleArn),
    {
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': spec.metricNamespace } },
      reason: 'PutMetricData has no resource; the condition keeps to one namespace',
    },
  ];
  if (spec.outputKmsKeyArn) permissions.push({ actions: ['kms:Decrypt'], resources: [spec.outputKmsKeyArn] });
  if (spec.retrain) permissions.push(...retrainPermissions(spec.retrain));
  if (spec.notificationTopicArn) permissions.push({ actions: ['sns:Publish'], resources: [spec.notificationTopicArn] });
  return permissions;
}

/** Which model is live, and which version of the group is it? */
function liveStates(spec: DriftSpec): Record<string, State> {
  const container =
    '$exists($states.result.PrimaryContainer) ? $states.result.PrimaryContainer : $states.result.Containers[0]';
  const live = `$states.result.ProductionVariants[VariantName='${LIVE_VARIANT}'][0].ModelName`;
  return {
    ReadInput: remember(
      {
        end: jsonata(
          '$toMillis($exists($states.input.time) ? $states.input.time : $states.context.Execution.StartTime)',
        ),
        endpointName: spec.endpointName,
        captureBucket: spec.captureBucketName,
        reportBucket: spec.reportBucketName,
        ...(spec.labels ? { labelsBucket: spec.labels.bucketName } : {}),
        runId: jsonata("$substring($hash($states.context.Execution.Id, 'SHA-256'), 0, 12)"),
        configName: '',
        modelName: '',
        packageArn: '',
        ...(delayed(spec) ? { liveSince: '' } : {}),
        reference: '',
        version: 0,
        status: '',
        unanswered: '',
        prefixes: [],
        inputs: [],
        index: 0,
        report: '',
        drift: {},
        ...(spec.retrain ? { reasons: [], training: 'not-needed' } : {}),
        failure: { Error: '', Cause: '' },
        trouble: { Error: '', Cause: '' },
        job: { status: '', reason: '' },
      },
      'FindLive',
    ),
    ...(spec.inferenceComponentName
      ? {
        FindLive: call(
          sdkCall('sagemaker', 'describeInferenceComponent'),
          { InferenceComponentName: spec.inferenceComponentName },
          {
            next: 'IsServing',
            failed: 'IsNothingServing',
            assign: {
              modelName: jsonata('$states.result.Specification.ModelName'),
              status: jsonata('$states.result.InferenceComponentStatus'),
            },
          },
        ),
        IsServing: choose([["$status != 'Failed'", 'DescribeModel']], 'FindApproved'),
      }
      : {
        FindLive: call(
          sdkCall('sagemaker', 'describeEndpoint'),
          { EndpointName: spec.endpointName },
          {
            next: 'IsServing',
            failed: 'IsNothingServing',
            assign: {
              configName: jsonata(
                "$exists($states.result.EndpointConfigName) ? $states.result.EndpointConfigName : ''",
              ),
              status: jsonata('$states.result.EndpointStatus'),
            },
          },
        ),
        IsServing: choose(
          [["$configName != '' and $not($status in ['Failed', 'OutOfService'])", 'DescribeConfig']],
          'FindApproved',
        ),
        DescribeConfig: call(
          sdkCall('sagemaker', 'describeEndpointConfig'),
          { EndpointConfigName: jsonata('$configName') },
          {
            next: 'DescribeModel',
            failed: 'Failing',
            assign: {
              modelName: jsonata(`$exists(${live}) ? ${live} : $states.result.ProductionVariants[0].ModelName`),
            },
          },
        ),
      }),
    IsNothingServing: choose([[`$contains($failure.Cause, ${MISSING})`, 'FindApproved']], 'Failing'),
    // Before the first approval nothing can serve; afterwards a rollout has failed, or somebody has deleted what served.
    ...findNewest('FindApproved', spec, {
      variable: 'version',
      value: (version) => `${version}.ModelPackageVersion`,
      none: '0',
      next: 'IsAnyApproved',
      failed: 'Failing',
    }),
    IsAnyApproved: choose(
      [
        ['$version > 0', 'NothingIsLive'],
        [MORE_PAGES, nextPageOf('FindApproved')],
      ],
      'NothingServes',
    ),
    NothingIsLive: remember(
      {
        failure: {
          Error: 'NothingServes',
          Cause: jsonata(
            "'nothing serves although version ' & $string($version) & ' is approved' & " +
              "($status = '' ? '' : ': the status is ' & $status) & '. Look at its rollout, and start it again by hand'",
          ),
        },
      },
      'Failing',
    ),
    DescribeModel: call(
      sdkCall('sagemaker', 'describeModel'),
      { ModelName: jsonata('$modelName') },
      {
        next: 'IsVersioned',
        failed: 'Failing',
        assign: {
          packageArn: jsonata(
            `( $container := ${container}; $exists($container.ModelPackageName) ? $container.ModelPackageName : '' )`,
          ),
          // Captured data does not name the version that answered; none answers before its model is made, which its
          // rollout does.
          ...(delayed(spec) ? { liveSince: jsonata('$string($states.result.CreationTime)') } : {}),
        },
      },
    ),
    IsVersioned: choose([["$packageArn != ''", 'DescribeModelPackage']], 'NoReference'),
    DescribeModelPackage: call(
      sdkCall('sagemaker', 'describeModelPackage'),
      { ModelPackageName: jsonata('$packageArn') },
      {
        next: 'HasReference',
        failed: 'Failing',
        assign: {
          reference: jsonata(
            "$exists($states.result.CustomerMetadataProperties.driftReference) ? $states.result.CustomerMetadataProperties.driftReference : ''",
          ),
          version: jsonata('$exists($states.result.ModelPackageVersion) ? $states.result.ModelPackageVersion : 0'),
        },
      },
    ),
    HasReference: choose([["$reference != ''", 'NameWindow']], 'NoReference'),
    NoReference: remember(
      {
        failure: {
          Error: 'NoReference',
          Cause: jsonata(
            "'the live model ' & $modelName & ' names no drift reference: register its version with the customer metadata property driftReference'",
          ),
        },
      },
      'Failing',
    ),
  };
}

/** Which folders of captured data has the window, and is there something in them? */
function windowStates(spec: DriftSpec): Record<string, State> {
  const { unit, count } = spec.window ?? ONE_DAY;
  const { millis, picture, tens } = UNITS[unit];
  const folder = `${literal(`${spec.capturePrefix}/`)} & $endpointName & '/${LIVE_VARIANT}/'`;
  const named = (until: string) => {
    const time = `$fromMillis(${until} - (${count} + 1 - $n) * ${millis}, '${picture}')`;
    // Up to ten days or hours in one input where two windows would need more inputs than a job may have; it looks at
    // what lies between its bounds.
    const place = delayed(spec) && 2 * count > MOST_FOLDERS ? `$substring(${time}, 0, ${tens})` : `${time} & '/'`;
    return `$map([1..${count}], function($n) { ${folder} & ${place} })`;
  };
  const windows = delayed(spec)
    ? `[$distinct([${named('$end')}, ${named(`($end - ${spec.labelDelayDays! * UNITS.day.millis})`)}])]`
    : `[${named('$end')}]`;
  return {
    NameWindow: remember({ prefixes: jsonata(windows) }, 'IsFolderLeft'),
    IsFolderLeft: choose([['$index < $count($prefixes)', 'LookIntoFolder']], 'IsAnythingCaptured'),
    LookIntoFolder: call(
      sdkCall('s3', 'listObjectsV2'),
      {
        Bucket: spec.captureBucketName,
        Prefix: jsonata('$prefixes[$index]'),
        MaxKeys: 1,
      },
      {
        next: 'IsFolderLeft',
        failed: 'Failing',
        assign: {
          index: jsonata('$index + 1'),
          inputs: inputIfAny(
            "'captured-' & $string($index + 1)",
            "$captureBucket & '/' & $prefixes[$index]",
            `'${CAPTURED}/' & $string($index + 1)`,
          ),
        },
      },
    ),
    IsAnythingCaptured: choose([['$count($inputs) > 0', spec.labels ? 'LookForLabels' : 'Measure']], 'NothingCaptured'),
    ...(spec.labels
      ? {
        LookForLabels: call(
          sdkCall('s3', 'listObjectsV2'),
          { Bucket: spec.labels.bucketName, Prefix: `${spec.labels.prefix}/`, MaxKeys: 1 },
          {
            next: 'Measure',
            failed: 'Failing',
            assign: {
              inputs: inputIfAny("'labels'", `$labelsBucket & ${literal(`/${spec.labels.prefix}/`)}`, `'${LABELS}'`),
            },
          },
        ),
      }
      : {}),
  };
}

/** The inputs so far, and one more when the listing found an object. All arguments are JSONata. */
function inputIfAny(inputName: string, place: string, localPath: string): string {
  return jsonata(
    `$exists($states.result.Contents[0]) ? [$inputs, ${s3Input(inputName, `'s3://' & ${place}`, localPath)}] : $inputs`,
  );
}

function s3Input(inputName: string, uri: string, localPath: string): string {
  return `{ 'InputName': ${inputName}, 'S3Input': { 'S3Uri': ${uri}, 'LocalPath': ${localPath}, `
    + "'S3DataType': 'S3Prefix', 'S3InputMode': 'File', 'S3DataDistributionType': 'FullyReplicated' } }";
}

/** Where the window starts and ends, in milliseconds. */
function boundsOf({ window = ONE_DAY }: DriftSpec): { readonly start: string; readonly end: string } {
  const { millis } = UNITS[window.unit];
  const end = `$floor($end / ${millis}) * ${millis}`;
  return { start: `${end} - ${window.count * millis}`, end };
}

/** The window in words. */
function windowText(spec: DriftSpec): string {
  const at = (time: string) => `$fromMillis(${time}, '[Y0001]-[M01]-[D01] [H01]:[m01]')`;
  const { start, end } = boundsOf(spec);
  return `${at(start)} & ' to ' & ${at(end)} & ' UTC'`;
}

/**
 * Which captured requests the job looks at. It is not told where all are of one window: the folders are the window, and
 * what lies in them counts whatever time it carries.
 */
function windowVariables(spec: DriftSpec): Record<string, string> {
  if (!delayed(spec)) return {};
  const { start, end } = boundsOf(spec);
  return {
    MLOPS_WINDOW_START: jsonata(`$fromMillis(${start})`),
    MLOPS_WINDOW_END: jsonata(`$fromMillis(${end})`),
    MLOPS_LIVE_SINCE: jsonata('$liveSince'),
  };
}

/** Whether quality is that of another window than drift. */
function delayed({ labels, labelDelayDays = 0 }: DriftSpec): boolean {
  return labels !== undefined && labelDelayDays > 0;
}

/** The image's `monitor` verb on the window; `drift.json` and `report.html` land in a folder of their own. */
function jobStates(spec: DriftSpec, maxMinutes: number): Record<string, State> {
  return {
    Measure: remember({ report: jsonata(`${literal(`${spec.reportPrefix}/`)} & ${RUN}`) }, 'RunMonitor'),
    ...runJob(
      'RunMonitor',
      'createProcessingJob',
      {
        ProcessingJobName: runName(spec.namePrefix, [minutePart('$end'), { expression: "'-' & $runId", longest: 13 }]),
        RoleArn: spec.jobRoleArn,
        AppSpecification: { ImageUri: spec.imageUri, ContainerArguments: spec.containerArguments ?? ['monitor'] },
        Environment: {
          ...spec.environment,
          MLOPS_MODEL_NAME: jsonata("$split($packageArn, '/')[1]"),
          MLOPS_MODEL_VERSION: jsonata('$string($version)'),
          MLOPS_ENDPOINT_NAME: jsonata('$endpointName'),
          MLOPS_REPORT_WINDOW: jsonata(windowText(spec)),
          ...windowVariables(spec),
          MLOPS_CAPTURED_DIR: CAPTURED,
          MLOPS_REFERENCE_DIR: REFERENCE,
          ...(spec.labels ? { MLOPS_LABELS_DIR: LABELS } : {}),
          MLOPS_OUTPUT_DIR: OUTPUT,
          MLOPS_CAPTURE_FORMAT: 'sagemaker',
        },
        ProcessingInputs: jsonata(`[$inputs, ${s3Input("'reference'", '$reference', `'${REFERENCE}'`)}]`),
        ProcessingOutputConfig: {
          ...(spec.outputKmsKeyArn ? { KmsKeyId: spec.outputKmsKeyArn } : {}),
          Outputs: [
            {
              OutputName: 'report',
              S3Output: {
                S3Uri: jsonata("'s3://' & $reportBucket & '/' & $report"),
                LocalPath: OUTPUT,
                S3UploadMode: 'EndOfJob',
              },
            },
          ],
        },
        ProcessingResources: {
          ClusterConfig: {
            InstanceCount: 1,
            InstanceType: spec.instanceType ?? 'ml.m5.large',
            VolumeSizeInGB: spec.volumeSizeGiB ?? 30,
            ...(spec.volumeKmsKeyArn ? { VolumeKmsKeyId: spec.volumeKmsKeyArn } : {}),
          },
        },
        NetworkConfig: {
          EnableNetworkIsolation: spec.networkIsolation ?? true,
          EnableInterContainerTrafficEncryption: true,
          ...(spec.vpcConfig ? { VpcConfig: spec.vpcConfig } : {}),
        },
        StoppingCondition: { MaxRuntimeInSeconds: maxMinutes * 60 },
        ...(spec.tags ? { Tags: spec.tags } : {}),
      },
      { next: 'ReadDrift', failed: 'Failing', withinSeconds: maxMinutes * 60 + BEFORE_SECONDS },
    ),
  };
}

/** The numbers of `drift.json` as metrics, and whether they ask for a new training. */
function metricStates(spec: DriftSpec): Record<string, State> {
  const dimensions = Object.entries(spec.metricDimensions).map(([Name, Value]) => ({ Name, Value }));
  const parts = [
    // With too few rows drift is not judged: 0 would end an alarm that nobody has measured the end of.
    `$exists($drift.reason) ? [] : [$metric('${DRIFT_METRICS.share}', $drift.driftShare), $metric('${DRIFT_METRICS.features}', $drift.driftedFeatures)]`,
    `$metric('${DRIFT_METRICS.rows}', $drift.rows)`,
    `$type($drift.quality) = 'object' ? $each($drift.quality, function($value, $name) { $metric('${DRIFT_METRICS.quality('')}' & $name, $value) }) : []`,
    ...(spec.featureMetrics
      ? [
        `$each($drift.features, function($value, $name) { { 'MetricName': '${DRIFT_METRICS.feature}', 'Value': $value.score, ` +
            "'Dimensions': [$dimensions, { 'Name': 'Feature', 'Value': $name }] } })",
      ]
      : []),
  ];
  return {
    ReadDrift: call(
      sdkCall('s3', 'getObject'),
      { Bucket: spec.reportBucketName, Key: jsonata("$report & '/drift.json'") },
      {
        next: 'PublishMetrics',
        failed: 'Failing',
        assign: { drift: jsonata('$parse($states.result.Body)') },
      },
    ),
    PublishMetrics: call(sdkCall('cloudwatch', 'putMetricData'), {
      Namespace: spec.metricNamespace,
      MetricData: jsonata(`( $dimensions := ${dimensionsExpression(dimensions)}; `
        + "$metric := function($name, $value) { { 'MetricName': $name, 'Value': $value, 'Dimensions': $dimensions } }; "
        + `[${parts.join(', ')}] )`),
    }, {
      next: spec.retrain ? 'IsTrainingAsked' : 'Measured',
      failed: 'Failing',
      assign: spec.retrain && { reasons: retrainReasons(spec.retrain) },
    }),
  };
}

function dimensionsExpression(dimensions: Array<{ Name: string; Value: string }>): string {
  return `[${dimensions.map(({ Name, Value }) => `{ 'Name': ${literal(Name)}, 'Value': ${literal(Value)} }`).join(', ')}]`;
}

function endStates(spec: DriftSpec): Record<string, State> {
  const failed =
    "$string({ 'drift': 'failed', 'endpointName': $endpointName, 'error': $failure.Error, 'reason': $failure.Cause, " +
    "'execution': $states.context.Execution.Id })";
  return {
    Measured: {
      Type: 'Succeed',
      Output: {
        status: 'measured',
        report: jsonata("'s3://' & $reportBucket & '/' & $report & '/report.html'"),
        version: jsonata('$version'),
        drift: jsonata('$drift'),
        ...(spec.retrain ? { training: jsonata('$training') } : {}),
      },
    },
    NothingServes: { Type: 'Succeed', Output: { status: 'nothing-serves' } },
    NothingCaptured: { Type: 'Succeed', Output: { status: 'nothing-captured', prefixes: jsonata('$prefixes') } },
    Failing: spec.notificationTopicArn
      ? notify(spec.notificationTopicArn, `Drift run failed: ${spec.endpointName}`, jsonata(failed), 'DriftRunFailed')
      : { Type: 'Pass', Next: 'DriftRunFailed' },
    DriftRunFailed: { Type: 'Fail', Error: CUSTOM_ERROR, Cause: jsonata('$failure.Cause') },
  };
}
