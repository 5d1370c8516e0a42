import {
  ArnFormat,
  Aws,
  aws_cloudtrail as cloudtrail,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  Duration,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge, skipInCheckov } from '../base/acknowledge';
import { stableName } from '../base/names';

/** What a trail records and where. */
export interface AuditTrailSpec {
  readonly encryptionKey: kms.IKey;
  /** Buckets whose objects are watched. */
  readonly buckets: readonly s3.IBucket[];
  readonly endpointCalls: boolean;
  readonly retentionDays: number;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A CloudTrail trail and its bucket: every write to the account's APIs, every read and write of the lake's objects and
 * of features.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */
export class AuditTrail extends Construct {
  public readonly bucket: s3.Bucket;
  public readonly trailArn: string;

  constructor(scope: Construct, id: string, spec: AuditTrailSpec) {
    super(scope, id);
    const stack = Stack.of(this);
    // The name is fixed, so that the key and the bucket can name the trail that does not exist yet.
    const trailName = stableName(this, undefined, 128);
    this.trailArn = stack.formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: trailName });

    this.bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: spec.encryptionKey,
      bucketKeyEnabled: true,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{
        id: 'Retention',
        expiration: Duration.days(spec.retentionDays),
        noncurrentVersionExpiration: Duration.days(30),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
      }],
      removalPolicy: spec.removalPolicy,
      autoDeleteObjects: spec.removalPolicy === RemovalPolicy.DESTROY,
    });
    this.letTrailWrite(spec.encryptionKey);
    acknowledgeBucket(this.bucket);

    const trail = new cloudtrail.CfnTrail(this, 'Resource', {
      trailName,
      s3BucketName: this.bucket.bucketName,
      kmsKeyId: spec.encryptionKey.keyArn,
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      advancedEventSelectors: [
        selector('Changes to the account', { eventCategory: ['Management'], readOnly: ['false'] }),
        selector('Objects of the data lake', { 'eventCategory': ['Data'], 'resources.type': ['AWS::S3::Object'] }, [
          ...new Set(spec.buckets.map((each) => each.arnForObjects(''))),
        ]),
        selector('Features', { 'eventCategory': ['Data'], 'resources.type': ['AWS::SageMaker::FeatureGroup'] }, [
          stack.formatArn({ service: 'sagemaker', resource: 'feature-group', resourceName: '' }),
        ]),
        ...(spec.endpointCalls
          ? [
            selector(
              'Calls of endpoints',
              { 'eventCategory': ['Data'], 'resources.type': ['AWS::SageMaker::Endpoint'] },
              [stack.formatArn({ service: 'sagemaker', resource: 'endpoint', resourceName: '' })],
            ),
          ]
          : []),
      ],
    });
    // CloudTrail tries the bucket when the trail is made.
    trail.node.addDependency(this.bucket.policy!);
    acknowledge(trail, {
      id: 'NIST.800.53.R5-CloudTrailCloudWatchLogsEnabled',
      reason:
        'the trail is evidence, read with Athena when it is asked for; a second copy of every data event in CloudWatch Logs costs more than the trail',
    });
  }

  /** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
  private letTrailWrite(key: kms.IKey): void {
    const principals = [new iam.ServicePrincipal('cloudtrail.amazonaws.com')];
    const ofThisTrail = { 'aws:SourceArn': this.trailArn };
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'TrailLooks',
        principals,
        actions: ['s3:GetBucketAcl'],
        resources: [this.bucket.bucketArn],
        conditions: { StringEquals: ofThisTrail },
      }),
    );
    this.bucket.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'TrailWrites',
      principals,
      actions: ['s3:PutObject'],
      resources: [this.bucket.arnForObjects(`AWSLogs/${Aws.ACCOUNT_ID}/*`)],
      conditions: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', ...ofThisTrail } },
    }));
    // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'TrailEncrypts',
        principals,
        actions: ['kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: {
          StringEquals: ofThisTrail,
          StringLike: {
            'kms:EncryptionContext:aws:cloudtrail:arn': Stack.of(this).formatArn({
              service: 'cloudtrail',
              region: '*',
              resource: 'trail',
              resourceName: '*',
              arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'TrailDescribes',
        principals,
        actions: ['kms:DescribeKey'],
        resources: ['*'],
        conditions: { StringEquals: ofThisTrail },
      }),
    );
  }
}

function selector(
  name: string, equals: { [field: string]: string[] }, arnStarts: string[] = [],
): cloudtrail.CfnTrail.AdvancedEventSelectorProperty {
  return {
    name,
    fieldSelectors: [
      ...Object.entries(equals).map(([field, values]) => ({ field, equalTo: values })),
      ...(arnStarts.length === 0 ? [] : [{ field: 'resources.ARN', startsWith: arnStarts }]),
    ],
  };
}

function acknowledgeBucket(bucket: s3.Bucket): void {
  const unread =
    'it holds the record of who did what; CloudTrail signs its files, so that a change of them shows without further logs';
  skipInCheckov(bucket, unread, 'CKV_AWS_18');
  acknowledge(bucket,
    { id: 'AwsSolutions-S1', reason: unread },
    { id: 'NIST.800.53.R5-S3BucketLoggingEnabled', reason: unread },
    { id: 'NIST.800.53.R5-S3BucketReplicationEnabled', reason: 'a copy in another region is the account\'s decision: it would take the record out of the region of the data' });
}
