import { aws_iam as iam, aws_kms as kms, aws_sqs as sqs, aws_stepfunctions as sfn, Duration, Lazy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { batchDefinition, batchPermissions, BatchSpec } from './batch-definition';
import { requirePrefix } from './plan';
import { requireKnown } from '../../../core/private/known-values';
import { resolvedBatch } from '../../../core/private/resolve/serving';
import {
  refuse,
  refuseBecause,
  requireInteger,
  requireMatch,
  requireRange,
  Speaker,
} from '../../../core/private/validation';
import { Schedule } from '../../../core/schedule';
import { SageMakerBatchServingOptions } from '../../sagemaker-serving-props';
import { acknowledge } from '../base/acknowledge';
import { ApiFields } from '../base/api-fields';
import { requireInstanceType } from '../base/fields';
import { hasLocalNvme, instanceTypeFor } from '../base/machines';
import { afterPolicies } from '../base/ordering';
import { tagsOf } from '../base/run-tags';
import { newScheduledCall } from '../base/scheduled-call';
import { volumeKeyPermissions } from '../base/state-permissions';
import { newWorkflow } from '../base/workflow';

/** Where a batch run reads and writes, and on what. */
export interface BatchPlan {
  readonly schedule: Schedule;
  readonly inputPrefix: string;
  readonly outputPrefix: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  /** What SageMaker is told beyond the intent. */
  readonly transform: Pick<
    BatchSpec,
    'contentType' | 'accept' | 'splitType' | 'assembleWith' | 'transform' | 'maxMinutes'
  >;
}

/** What a batch run needs beside its plan. */
export interface BatchProps {
  readonly plan: BatchPlan;
  readonly modelPackageGroup: string;
  /** Only versions that are promoted to this stage; all approved versions when undefined. */
  readonly stage?: string;
  /** The one version that predicts, instead of the newest approved one. */
  readonly modelPackageArn?: string;
  readonly executionRole: iam.IRole;
  readonly environment?: Readonly<Record<string, string>>;
  readonly networkIsolation: boolean;
  readonly vpcConfig?: ApiFields;
  readonly inputBucketName: string;
  readonly outputBucketName: string;
  readonly encryptionKey: kms.IKey;
  readonly namePrefix: string;
  readonly notificationTopicArn: () => string | undefined;
}

/** What the mode says, checked and completed. */
export function batchPlan(
  who: Speaker, { options }: { readonly options: SageMakerBatchServingOptions }, instanceType: string | undefined,
): BatchPlan {
  const { compute } = options;
  const batch = resolvedBatch(options);
  if (compute?.volumeGiB !== undefined) {
    refuse(
      who,
      'compute.volumeGiB',
      compute.volumeGiB,
      'left out in batch serving: SageMaker sizes the disks of transform jobs by the machine',
    );
  }
  requireInstanceType(who, 'instanceType', instanceType, 'transform');
  const { instanceCount } = batch;
  if (!Number.isInteger(instanceCount) || instanceCount < 1) {
    refuse(who, 'compute.instanceCount', instanceCount, 'a whole number of at least 1');
  }
  return {
    schedule: batch.schedule,
    inputPrefix: requirePrefix(who, 'serving.inputPrefix', batch.inputPrefix),
    outputPrefix: requirePrefix(who, 'serving.outputPrefix', batch.outputPrefix),
    instanceType: instanceType ?? instanceTypeFor(who, compute, 'transform'),
    instanceCount,
    transform: transformOf(who, options),
  };
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html */
function transformOf(who: Speaker, options: SageMakerBatchServingOptions): BatchPlan['transform'] {
  const { contentType, accept, splitType, batchStrategy, maxPayloadInMb, maxConcurrentTransforms } = options;
  const { invocationsTimeoutInSeconds, maxRuntimeHours } = options;
  const mediaType = /^[\w.+-]+\/[\w.+-]+(\s*;.*)?$/;
  requireMatch(who, 'serving.contentType', contentType, mediaType, 'a content type like application/jsonlines');
  requireMatch(who, 'serving.accept', accept, mediaType, 'a content type like application/jsonlines');
  requireMatch(
    who,
    'serving.splitType',
    splitType,
    /^(Line|None|RecordIO|TFRecord)$/,
    'Line, None, RecordIO or TFRecord',
  );
  requireMatch(
    who,
    'serving.batchStrategy',
    batchStrategy,
    /^(MultiRecord|SingleRecord)$/,
    'MultiRecord or SingleRecord',
  );
  requireKnown(who, {
    'serving.maxPayloadInMb': maxPayloadInMb, 'serving.maxConcurrentTransforms': maxConcurrentTransforms, 'serving.maxRuntimeHours': maxRuntimeHours,
  });
  requireInteger(who, 'serving.maxPayloadInMb', maxPayloadInMb, 0, 100);
  requireInteger(who, 'serving.maxConcurrentTransforms', maxConcurrentTransforms, 1, 1000);
  requireInteger(who, 'serving.invocationsTimeoutInSeconds', invocationsTimeoutInSeconds, 1, 3600);
  requireRange(who, 'serving.maxRuntimeHours', maxRuntimeHours, 0.1, 672);
  if ((maxPayloadInMb ?? 6) * (maxConcurrentTransforms ?? 1) > 100) {
    refuseBecause(
      who,
      `serving.maxConcurrentTransforms ${maxConcurrentTransforms} of ${maxPayloadInMb ?? 6} MB each are more than the 100 MB that a machine may be sent at a time`,
    );
  }
  const more = {
    ...(batchStrategy === undefined ? {} : { BatchStrategy: batchStrategy }),
    ...(maxPayloadInMb === undefined ? {} : { MaxPayloadInMB: maxPayloadInMb }),
    ...(maxConcurrentTransforms === undefined ? {} : { MaxConcurrentTransforms: maxConcurrentTransforms }),
    ...(invocationsTimeoutInSeconds === undefined
      ? {}
      : { ModelClientConfig: { InvocationsTimeoutInSeconds: invocationsTimeoutInSeconds } }),
  };
  return {
    contentType,
    accept,
    splitType,
    // Other formats know where a record ends, and a file that is one request is answered by one file.
    assembleWith: splitType === undefined || splitType === 'Line' ? 'Line' : 'None',
    transform: more,
    maxMinutes: maxRuntimeHours && Math.ceil(maxRuntimeHours * 60),
  };
}

/** The state machine that predicts, and the schedule that starts it. */
export function batchEndpoint(
  scope: Construct,
  props: BatchProps,
): { readonly machine: sfn.StateMachine; readonly deadLetterQueue: sqs.Queue } {
  const { plan } = props;
  const spec: BatchSpec = {
    modelPackageGroup: props.modelPackageGroup,
    stage: props.stage,
    executionRoleArn: props.executionRole.roleArn,
    namePrefix: props.namePrefix,
    environment: props.environment,
    networkIsolation: props.networkIsolation,
    vpcConfig: props.vpcConfig,
    inputBucketName: props.inputBucketName,
    inputPrefix: plan.inputPrefix.replace(/\/$/, ''),
    outputBucketName: props.outputBucketName,
    outputPrefix: plan.outputPrefix.replace(/\/$/, ''),
    outputKmsKeyArn: props.encryptionKey.keyArn,
    volumeKmsKeyArn: hasLocalNvme(plan.instanceType) ? undefined : props.encryptionKey.keyArn,
    instanceType: plan.instanceType,
    instanceCount: plan.instanceCount,
    ...plan.transform,
  };
  const machine: sfn.StateMachine = newWorkflow(scope, 'Batch', {
    definition: Lazy.any({
      produce: () =>
        batchDefinition({ ...spec, tags: tagsOf(() => machine), notificationTopicArn: props.notificationTopicArn() }),
    }),
    permissions: [
      ...batchPermissions(spec),
      ...(spec.volumeKmsKeyArn === undefined ? [] : volumeKeyPermissions(spec.volumeKmsKeyArn)),
    ],
    encryptionKey: props.encryptionKey,
  });
  afterPolicies(machine, props.executionRole);

  const deadLetterQueue = new sqs.Queue(scope, 'DeadLetters', {
    encryption: sqs.QueueEncryption.KMS,
    encryptionMasterKey: props.encryptionKey,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  acknowledge(deadLetterQueue, { id: 'AwsSolutions-SQS3', reason: 'this is the dead-letter queue of the schedule' });
  newScheduledCall(scope, 'Schedule', {
    description: `Predicts for the data under ${plan.inputPrefix}`,
    schedule: plan.schedule,
    targetArn: machine.stateMachineArn,
    input: props.modelPackageArn === undefined ? {} : { modelPackageArn: props.modelPackageArn },
    statements: [new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] })],
    deadLetterQueue,
    encryptionKey: props.encryptionKey,
  });
  return { machine, deadLetterQueue };
}
