import { aws_kms as kms, aws_s3 as s3, aws_sagemaker as sagemaker, aws_sns as sns } from 'aws-cdk-lib';
import { AsynchronousPlan } from './plan';
import { records } from '../../../core/private/capture';
import { samplingPercentOf } from '../../../core/private/resolve/serving';
import { refuseBecause, requireInteger, Speaker } from '../../../core/private/validation';
import { CaptureSpec } from '../../../core/serving-endpoint';

/** Prefix of the artifact bucket below which SageMaker files what it records: `<endpoint>/<variant>/yyyy/mm/dd/hh/`. */
export const CAPTURE_PREFIX = 'capture';

/** A bucket and the key its objects are encrypted with. */
export interface RecordStore {
  readonly artifactBucket: s3.IBucket;
  readonly encryptionKey: kms.IKey;
}

/**
 * What is recorded, and as what: without the content types everything would be recorded as base64.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
export function captureConfig(
  who: Speaker, capture: CaptureSpec | undefined, { artifactBucket, encryptionKey }: RecordStore,
): sagemaker.CfnEndpointConfig.DataCaptureConfigProperty | undefined {
  requireInteger(who, 'capture.samplingPercent', capture?.samplingPercent, 0, 100);
  if (!records(capture)) return undefined;
  return {
    enableCapture: true,
    initialSamplingPercentage: samplingPercentOf(capture),
    destinationS3Uri: artifactBucket.s3UrlForObject(CAPTURE_PREFIX),
    kmsKeyId: (artifactBucket.encryptionKey ?? encryptionKey).keyArn,
    captureOptions: [{ captureMode: 'Input' }, { captureMode: 'Output' }],
    captureContentTypeHeader: { csvContentTypes: ['text/csv'], jsonContentTypes: ['application/json', 'application/jsonlines'] },
  };
}

/** Who is told about answers. */
export interface AnswerTopics {
  readonly successTopic?: sns.ITopic;
  readonly errorTopic?: sns.ITopic;
  readonly includeAnswers?: boolean;
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-create-endpoint-config.html */
export function asynchronousConfig(
  who: Speaker, plan: AsynchronousPlan, { artifactBucket, encryptionKey }: RecordStore, topics: AnswerTopics,
): sagemaker.CfnEndpointConfig.AsyncInferenceConfigProperty {
  const { successTopic, errorTopic, includeAnswers = false } = topics;
  const told = [...successTopic ? ['SUCCESS_NOTIFICATION_TOPIC'] : [], ...errorTopic ? ['ERROR_NOTIFICATION_TOPIC'] : []];
  if (includeAnswers && told.length === 0) refuseBecause(who, 'serving.includeAnswers has no topic to put them in: set successTopic');
  const concurrency = plan.maxConcurrentInvocationsPerInstance;
  return {
    clientConfig: concurrency === undefined ? undefined : { maxConcurrentInvocationsPerInstance: concurrency },
    outputConfig: {
      s3OutputPath: artifactBucket.s3UrlForObject(plan.outputPrefix),
      s3FailurePath: artifactBucket.s3UrlForObject(plan.failurePrefix),
      kmsKeyId: (artifactBucket.encryptionKey ?? encryptionKey).keyArn,
      notificationConfig: told.length === 0 ? undefined : {
        successTopic: successTopic?.topicArn,
        errorTopic: errorTopic?.topicArn,
        includeInferenceResponseIn: includeAnswers ? told : undefined,
      },
    },
  };
}
