import {
  aws_ec2 as ec2, aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  aws_sns as sns,
  aws_sqs as sqs,
  aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { driftDefinition, driftPermissions, DriftSpec } from './drift-definition';
import { RetrainSpec } from './drift-retraining';
import { windowBetweenRuns } from './drift-window';
import { ContainerImage } from '../../../core/container-image';
import { Speaker } from '../../../core/private/validation';
import { Schedule } from '../../../core/schedule';
import { IConnection } from '../../connection-props';
import { connectContainers } from '../base/connections';
import { resolveImage } from '../base/image';
import { hasLocalNvme } from '../base/machines';
import { stableName } from '../base/names';
import { afterPolicies } from '../base/ordering';
import { JobNetwork, newProcessingRole } from '../base/processing-role';
import { tagsOf } from '../base/run-tags';
import { newScheduledCall } from '../base/scheduled-call';
import { volumeKeyPermissions } from '../base/state-permissions';
import { newWorkflow } from '../base/workflow';
import { grantObjects } from '../data/bucket-access';
import { captureFolder } from '../serving/capture';

/** What the drift workflow is made of. */
export interface DriftWorkflowSpec {
  readonly endpointName: string;
  readonly inferenceComponentName?: string;
  readonly captureBucket: s3.IBucket;
  readonly capturePrefix: string;
  /** Name or ARN of the model package group. */
  readonly modelPackageGroup: string;
  /** The stage that versions are promoted to; undefined where every approval counts. */
  readonly stage?: string;
  /** Holds the references that versions were registered with. */
  readonly referenceBucket: s3.IBucket;
  /** Gets the reports. */
  readonly artifactBucket: s3.IBucket;
  readonly encryptionKey: kms.IKey;
  readonly image: ContainerImage;
  readonly schedule: Schedule;
  /** Where labels arrive; undefined when they never do. */
  readonly labels?: { readonly bucket: s3.IBucket; readonly prefix: string };
  readonly metricNamespace: string;
  readonly metricDimensions: { [name: string]: string };
  readonly featureMetrics: boolean;
  /** Days that the window of the quality lies before that of drift. */
  readonly labelDelayDays: number;
  /** What the image's verb is told of the intent. */
  readonly environment: { [name: string]: string };
  /** Systems that the container uses. */
  readonly connections?: IConnection[];
  readonly retrain?: RetrainSpec;
  readonly instanceType: string;
  readonly volumeGiB?: number;
  readonly vpc?: ec2.IVpc;
  readonly network?: JobNetwork;
  readonly topic: sns.ITopic;
  readonly deadLetterQueue: sqs.IQueue;
}

/** What makes a drift run. */
export interface DriftWorkflow {
  readonly machine: sfn.StateMachine;
  readonly jobRole: iam.Role;
  /** Where the reports are, a folder for each run: `s3://…/`. */
  readonly reports: string;
}

/**
 * At the times of the schedule, the image's `monitor` verb runs on what was captured since the last time, and its
 * numbers become metrics; they may start a training.
 *
 * Children of `scope`: `Image` (when it is built), `JobRole`, `Workflow`, `Schedule`.
 */
export function newDriftWorkflow(scope: Construct, who: Speaker, spec: DriftWorkflowSpec): DriftWorkflow {
  const { encryptionKey, artifactBucket, captureBucket, connections = [], labels } = spec;
  const image = resolveImage(scope, 'Image', spec.image);
  const capturePrefix = withoutSlashes(spec.capturePrefix);
  const reportPrefix = `drift/${stableName(scope, undefined, 60)}`;

  const jobRole = newProcessingRole(scope, 'JobRole', { encryptionKey, image, network: spec.network });
  grantObjects(jobRole, { bucket: captureBucket, encryptionKey, prefix: `${captureFolder(capturePrefix, spec.endpointName)}/`, may: ['read'] });
  grantObjects(jobRole, { bucket: spec.referenceBucket, encryptionKey, prefix: 'evaluation/', may: ['read'] });
  grantObjects(jobRole, { bucket: artifactBucket, encryptionKey, prefix: `${reportPrefix}/`, may: ['write'] });
  if (labels !== undefined) {
    grantObjects(jobRole, {
      bucket: labels.bucket,
      encryptionKey,
      prefix: `${withoutSlashes(labels.prefix)}/`,
      may: ['read'],
    });
  }
  const environment = connectContainers(scope, who, connections, {
    network: spec.network && {
      vpc: spec.vpc!,
      subnetIds: spec.network.subnets.map((subnet) => subnet.subnetId),
      securityGroups: spec.network.securityGroups,
    },
    remedy: 'give vpc',
    role: jobRole,
    variables: { 'the drift run': spec.environment },
  });

  const drift: DriftSpec = {
    endpointName: spec.endpointName,
    inferenceComponentName: spec.inferenceComponentName,
    modelPackageGroup: spec.modelPackageGroup,
    stage: spec.stage,
    captureBucketName: captureBucket.bucketName,
    capturePrefix,
    window: windowBetweenRuns(spec.schedule),
    labelDelayDays: spec.labelDelayDays,
    labels: labels && { bucketName: labels.bucket.bucketName, prefix: withoutSlashes(labels.prefix) },
    reportBucketName: artifactBucket.bucketName,
    reportPrefix,
    jobRoleArn: jobRole.roleArn,
    imageUri: image.imageUri,
    instanceType: spec.instanceType,
    volumeSizeGiB: spec.volumeGiB,
    outputKmsKeyArn: encryptionKey.keyArn,
    volumeKmsKeyArn: hasLocalNvme(spec.instanceType) ? undefined : encryptionKey.keyArn,
    vpcConfig: spec.network && {
      Subnets: spec.network.subnets.map((subnet) => subnet.subnetId),
      SecurityGroupIds: spec.network.securityGroups.map((group) => group.securityGroupId),
    },
    metricNamespace: spec.metricNamespace,
    metricDimensions: spec.metricDimensions,
    featureMetrics: spec.featureMetrics,
    environment,
    networkIsolation: connections.length === 0,
    retrain: spec.retrain,
    notificationTopicArn: spec.topic.topicArn,
    tags: tagsOf(() => machine),
    namePrefix: stableName(scope, undefined, 30),
  };
  const machine: sfn.StateMachine = newWorkflow(scope, 'Workflow', {
    definition: driftDefinition(drift),
    permissions: [...driftPermissions(drift), ...volumeKeyPermissions(encryptionKey.keyArn)],
    encryptionKey,
    topic: spec.topic,
  });
  afterPolicies(machine, jobRole);

  newScheduledCall(scope, 'Schedule', {
    schedule: spec.schedule,
    description: `Starts ${machine.node.path}`,
    targetArn: machine.stateMachineArn,
    input: { time: '<aws.scheduler.scheduled-time>' },
    statements: [new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] })],
    deadLetterQueue: spec.deadLetterQueue,
    encryptionKey,
  });
  return { machine, jobRole, reports: artifactBucket.s3UrlForObject(`${reportPrefix}/`) };
}

function withoutSlashes(prefix: string): string {
  return prefix.replace(/^\/+|\/+$/g, '');
}
