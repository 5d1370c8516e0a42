import {
  aws_cloudwatch as cloudwatch,
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_s3 as s3,
  Duration,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { METRIC, RECORDER_CODE } from './recorder-code';
import { acknowledgeOwnFunction, acknowledgePolicies } from '../base/acknowledge';
import { ResolvedImage } from '../base/image';
import { grantObjects } from '../data/bucket-access';

/** What the function reads, and where it writes. */
export interface RecorderSpec {
  readonly tracker: { readonly trackingUri: string; grantUse(grantee: iam.IGrantable): iam.Grant };
  readonly image: ResolvedImage;
  readonly pipelineName: string;
  readonly rawBucket: s3.IBucket;
  readonly datasetPrefix: string;
  readonly artifactBucket: s3.IBucket;
  readonly trainingPrefix: string;
  readonly evaluationPrefix: string;
  readonly encryptionKey: kms.IKey;
}

/** The function, and how it says that it could not record. */
export interface Recorder {
  readonly handler: lambda.IFunction;
  /** Runs that the tracker does not have. */
  readonly unrecordedRuns: cloudwatch.Metric;
}

/**
 * Records a run of the pipeline in the tracker: parameters and metrics of the training job, metrics of the evaluation,
 * data set, image and model.
 *
 * A function, because a pipeline can call no API of MLflow itself, and the containers have no network to do it. It
 * fails no run: a training of days is not lost for an entry in a record. Where it cannot record, it says so in its
 * metric.
 *
 * Children: `Recorder`, `RecorderRole`, `RecorderLogs`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-lambda
 */
export function newRecorder(scope: Construct, spec: RecorderSpec): Recorder {
  const { artifactBucket, encryptionKey, pipelineName, rawBucket, tracker } = spec;
  const description = `Records the runs of the training pipeline ${pipelineName} in MLflow`;
  const logGroup = new logs.LogGroup(scope, 'RecorderLogs', { encryptionKey, retention: logs.RetentionDays.ONE_YEAR });
  const role = new iam.Role(scope, 'RecorderRole', {
    description,
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  logGroup.grantWrite(role);
  // Its variables are encrypted with the key.
  encryptionKey.grant(role, 'kms:Decrypt');
  tracker.grantUse(role);
  grantObjects(role, { bucket: artifactBucket, encryptionKey, prefix: spec.evaluationPrefix, may: ['read'] });
  // What the data set consisted of is read from its listing: `prepare` writes it below the run.
  for (const [bucket, prefix] of [[rawBucket, spec.datasetPrefix], [artifactBucket, spec.trainingPrefix]] as const) {
    role.addToPrincipalPolicy(new iam.PolicyStatement({
      actions: ['s3:ListBucket'], resources: [bucket.bucketArn], conditions: { StringLike: { 's3:prefix': [`${prefix}*`] } },
    }));
  }
  role.addToPrincipalPolicy(new iam.PolicyStatement({
    actions: ['sagemaker:DescribeTrainingJob'],
    resources: [Stack.of(scope).formatArn({ service: 'sagemaker', resource: 'training-job', resourceName: 'pipelines-*' })],
  }));
  spec.image.grantDescribe(role);
  acknowledgePolicies(role, [
    [/:training-job\/pipelines-\*$/, 'pipelines name their jobs when they start them: the prefix is that of all jobs started by pipelines'],
    [/:repository\/\*$/, 'only the deployment knows the repository of the image; account and region are narrowed'],
  ]);

  const handler = new lambda.Function(scope, 'Recorder', {
    description,
    runtime: lambda.Runtime.PYTHON_3_13,
    handler: 'index.handler',
    code: lambda.Code.fromInline(RECORDER_CODE),
    environment: { TRACKER: tracker.trackingUri, PIPELINE: pipelineName },
    environmentEncryption: encryptionKey,
    // A step of a pipeline waits for ten.
    timeout: Duration.minutes(5),
    role,
    logGroup,
  });
  acknowledgeOwnFunction(
    handler,
    'is called once a run by the pipeline, which waits for the answer',
    'MLflow Apps have no documented endpoint in a VPC; the function runs no code of the workload and reads no data set',
  );
  return {
    handler,
    unrecordedRuns: new cloudwatch.Metric({
      namespace: METRIC.namespace,
      metricName: METRIC.name,
      dimensionsMap: { PipelineName: pipelineName },
      statistic: 'Sum',
      period: Duration.minutes(5),
    }),
  };
}
