import { aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import { AsynchronousPlan } from './plan';
import { records } from '../../../core/private/capture';
import { ResolvedCapture } from '../../../core/private/resolve/serving';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { IDataLake } from '../../data-lake-props';
import { AsynchronousServingOptions } from '../../sagemaker-serving-props';

/** Prefix of the artifact bucket below which SageMaker files what it records: `<endpoint>/<variant>/yyyy/mm/dd/hh/`. */
export const CAPTURE_PREFIX = 'capture';

/** The folder of one endpoint, which alone writes there: endpoints of other products may share the lake. */
export function captureFolder(capturePrefix: string, endpointName: string): string {
  return `${capturePrefix.replace(/^\/+|\/+$/g, '')}/${endpointName}`;
}

/**
 * What is recorded, and as what: without the content types everything would be recorded as base64.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
export function captureConfig(
  capture: ResolvedCapture | undefined, { artifactBucket, encryptionKey }: IDataLake,
): sagemaker.CfnEndpointConfig.DataCaptureConfigProperty | undefined {
  if (capture === undefined || !records(capture)) return undefined;
  return {
    enableCapture: true,
    initialSamplingPercentage: capture.samplingPercent,
    destinationS3Uri: artifactBucket.s3UrlForObject(CAPTURE_PREFIX),
    kmsKeyId: (artifactBucket.encryptionKey ?? encryptionKey).keyArn,
    captureOptions: [{ captureMode: 'Input' }, { captureMode: 'Output' }],
    captureContentTypeHeader: { csvContentTypes: ['text/csv'], jsonContentTypes: ['application/json', 'application/jsonlines'] },
  };
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-create-endpoint-config.html */
export function asynchronousConfig(
  who: Speaker, plan: AsynchronousPlan, { artifactBucket, encryptionKey }: IDataLake,
  { successTopic, errorTopic, includeAnswers = false }: AsynchronousServingOptions,
): sagemaker.CfnEndpointConfig.AsyncInferenceConfigProperty {
  const told = [
    ...(successTopic ? ['SUCCESS_NOTIFICATION_TOPIC'] : []),
    ...(errorTopic ? ['ERROR_NOTIFICATION_TOPIC'] : []),
  ];
  if (includeAnswers && told.length === 0) {
    refuseBecause(who, 'serving.includeAnswers has no topic to put them in: set successTopic');
  }
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
