import {
  ArnFormat,
  Aws,
  aws_glue as glue,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  Duration,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DataLakeAttributes, DataLakeProps, IDataLake } from './data-lake-props';
import { ImportedDataLake } from './imported-data-lake';
import { acknowledge, skipInCheckov } from './private/base/acknowledge';
import { stableSqlName } from './private/base/names';
import { arnPlace, requireOwnRegion } from './private/base/places';
import { watchRegion } from './private/base/regions';
import { statefulRemoval } from './private/data/removal';
import { resolvedDataLake } from '../core/private/resolve/data';
import { Speaker, speakerFor } from '../core/private/validation';
import { checkDataLake, KEY_IS_REGIONAL } from './private/data/checks';
import { glueArn, grantAll, grantCatalog } from './private/data/lake-access';

/**
 * Versioned, encrypted, private buckets for raw data, features and artifacts, a key for all that belongs to them, and a Glue database.
 *
 * Children: `Key`, `Raw`, `Features`, `Artifacts`, `AccessLogs`, `Database`. Costs: the key about 1 USD a month, storage and requests.
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { aws } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * const data = new aws.DataLake(stack, 'Data', { captureRetentionDays: 30, noncurrentVersionDays: 180 });
 * const workspace = new aws.Workspace(stack, 'Workspace', { data, users: ['alice'] });
 * data.grantRead(workspace.executionRole, 'dataset/');
 */
export class DataLake extends Construct implements IDataLake {
  /** A lake that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: DataLakeAttributes): IDataLake {
    return new ImportedDataLake(scope, id, attributes);
  }

  public readonly rawBucket: s3.IBucket;
  public readonly featureBucket: s3.IBucket;
  public readonly artifactBucket: s3.IBucket;
  public readonly captureRetentionDays?: number;
  public readonly encryptionKey: kms.IKey;
  public readonly databaseName: string;
  public readonly databaseArn: string;
  /** Takes the access logs of the new buckets; undefined when every bucket was brought. */
  public readonly accessLogBucket?: s3.IBucket;

  constructor(scope: Construct, id: string, props: DataLakeProps = {}) {
    super(scope, id);
    watchRegion(this);
    const who: Speaker = speakerFor('data lake', scope, id);
    const lake = resolvedDataLake(who, props);
    checkDataLake(who, props, lake);
    if (props.encryptionKey !== undefined) {
      requireOwnRegion(this, who, 'encryptionKey', arnPlace(props.encryptionKey.keyArn), KEY_IS_REGIONAL);
    }
    const removalPolicy = statefulRemoval(this, who, props.removalPolicy);

    this.encryptionKey = props.encryptionKey ?? new kms.Key(this, 'Key', {
      description: `Data and models of ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy,
    });
    this.allowServices();

    const bringsAll = props.rawBucket && props.featureBucket && props.artifactBucket;
    this.accessLogBucket =
      props.accessLogBucket ??
      (bringsAll ? undefined : this.newLogBucket(removalPolicy, props.accessLogRetentionDays ?? 365));
    const noncurrentVersionExpiration = Duration.days(lake.noncurrentVersionDays);
    const housekeeping: s3.LifecycleRule = {
      id: 'Housekeeping',
      noncurrentVersionExpiration,
      expiredObjectDeleteMarker: true,
      abortIncompleteMultipartUploadAfter: Duration.days(7),
    };

    this.rawBucket = props.rawBucket ?? withEvents(this.newBucket('Raw', removalPolicy, [housekeeping, {
      id: 'ColdStorage',
      transitions: [{
        storageClass: props.coldStorageClass ?? s3.StorageClass.INTELLIGENT_TIERING,
        transitionAfter: Duration.days(lake.coldStorageAfterDays),
      }],
    }]));
    this.featureBucket = props.featureBucket ?? this.newBucket('Features', removalPolicy, [housekeeping]);
    if (props.artifactBucket === undefined) this.captureRetentionDays = lake.captureRetentionDays;
    this.artifactBucket = props.artifactBucket ?? this.newBucket('Artifacts', removalPolicy, [housekeeping, {
      id: 'CapturedRequests',
      prefix: 'capture/',
      expiration: Duration.days(lake.captureRetentionDays),
      // What may be personal data is gone when it expires, not kept a year as an older version.
      noncurrentVersionExpiration: Duration.days(1),
    }, {
      // No training goes on after 28 days, and what it leaves can be as large as all models together.
      id: 'Checkpoints',
      prefix: 'checkpoints/',
      expiration: Duration.days(60),
      noncurrentVersionExpiration: Duration.days(1),
    }]);

    this.databaseName = props.databaseName ?? this.newDatabase(removalPolicy);
    this.databaseArn = glueArn(this, 'database', this.databaseName);
  }

  public grantRead(grantee: iam.IGrantable, prefix?: string): iam.Grant {
    return grantAll(this, grantee, ['read'], prefix);
  }

  public grantReadWrite(grantee: iam.IGrantable, prefix?: string): iam.Grant {
    return grantAll(this, grantee, ['read', 'write', 'delete'], prefix);
  }

  public grantReadCatalog(grantee: iam.IGrantable): iam.Grant {
    return grantCatalog(this, grantee);
  }

  private newBucket(id: string, removalPolicy: RemovalPolicy, lifecycleRules: s3.LifecycleRule[]): s3.Bucket {
    const bucket = new s3.Bucket(this, id, {
      ...closed(removalPolicy),
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: this.encryptionKey,
      bucketKeyEnabled: true,
      lifecycleRules,
    });
    this.logAccess(bucket, id.toLowerCase());
    acknowledgeNoReplica(bucket);
    return bucket;
  }

  private newLogBucket(removalPolicy: RemovalPolicy, days: number): s3.Bucket {
    const bucket = new s3.Bucket(this, 'AccessLogs', {
      ...closed(removalPolicy),
      encryption: s3.BucketEncryption.S3_MANAGED,
      lifecycleRules: [{
        id: 'Retention',
        expiration: Duration.days(days),
        noncurrentVersionExpiration: Duration.days(30),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
      }],
    });
    acknowledgeNoReplica(bucket);
    const circle = 'logs of reading the logs would go round in circles';
    skipInCheckov(bucket, circle, 'CKV_AWS_18');
    acknowledge(bucket,
      { id: 'AwsSolutions-S1', reason: circle },
      { id: 'NIST.800.53.R5-S3BucketLoggingEnabled', reason: circle },
      { id: 'NIST.800.53.R5-S3DefaultEncryptionKMS', reason: 'S3 delivers access logs only to buckets encrypted with its own keys' });
    return bucket;
  }

  /** Through a bucket policy, not through the ACL that `serverAccessLogsBucket` uses unless a feature flag is set: ACLs are off here. */
  private logAccess(bucket: s3.Bucket, prefix: string): void {
    const logs = this.accessLogBucket!;
    const logFilePrefix = `${prefix}/`;
    (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = {
      destinationBucketName: logs.bucketName,
      logFilePrefix,
    };
    logs.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [logs.arnForObjects(`${logFilePrefix}*`)],
      conditions: {
        // Named in another stack, the two stacks would wait for each other; the prefix and the account still bind it.
        ...(Stack.of(logs) === Stack.of(bucket) ? { ArnLike: { 'aws:SourceArn': bucket.bucketArn } } : {}),
        StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
      },
    }));
  }

  private newDatabase(removalPolicy: RemovalPolicy): string {
    const name = stableSqlName(this, undefined, 64);
    const database = new glue.CfnDatabase(this, 'Database', {
      catalogId: Stack.of(this).account,
      databaseInput: { name, description: `Tables of ${this.node.path}`, locationUri: this.featureBucket.s3UrlForObject() },
    });
    database.applyRemovalPolicy(removalPolicy);
    return database.ref;
  }

  /** Permissions of services that use the key to write an encrypted log group, or to publish to an encrypted topic or queue. */
  private allowServices(): void {
    const stack = Stack.of(this);
    const actions = ['kms:Decrypt', 'kms:GenerateDataKey*'];
    const allow = (sid: string, service: string, conditions: { [operator: string]: any }, more: string[] = []) =>
      this.encryptionKey.addToResourcePolicy(
        new iam.PolicyStatement({
          sid,
          principals: [new iam.ServicePrincipal(service)],
          actions: [...actions, ...more],
          resources: ['*'],
          conditions,
        }),
      );
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    allow('LogGroups', `logs.${stack.region}.${Aws.URL_SUFFIX}`, {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }) },
    }, ['kms:Encrypt', 'kms:ReEncrypt*', 'kms:DescribeKey']);
    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    const ofThisAccount = { StringEquals: { 'aws:SourceAccount': stack.account } };
    allow('Alarms', 'cloudwatch.amazonaws.com', ofThisAccount);
    allow('Budgets', 'budgets.amazonaws.com', ofThisAccount);
    // EventBridge sends neither aws:SourceAccount nor aws:SourceArn to KMS: with a condition every message would be dropped.
    allow('Rules', 'events.amazonaws.com', {});
  }
}

/** Settings of every bucket. */
function closed(removalPolicy: RemovalPolicy): s3.BucketProps {
  return {
    versioned: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy,
    autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
  };
}

/** Events on, without the function that `eventBridgeEnabled` deploys; `addEventNotification` on this bucket would switch them off again. */
function withEvents(bucket: s3.Bucket): s3.Bucket {
  (bucket.node.defaultChild as s3.CfnBucket).notificationConfiguration = {
    eventBridgeConfiguration: { eventBridgeEnabled: true },
  };
  return bucket;
}

function acknowledgeNoReplica(bucket: s3.Bucket): void {
  acknowledge(bucket, {
    id: 'NIST.800.53.R5-S3BucketReplicationEnabled',
    reason:
      "a copy in a second region doubles the cost and may leave the jurisdiction: versions protect from mistakes, a replica is the owner's decision",
  });
}
