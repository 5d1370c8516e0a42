import { aws_iam as iam, aws_kms as kms, aws_s3 as s3, RemovalPolicy } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { DataLakeIntent } from '../core/data-lake';

/** A lake that others can read, write and hang their own resources on. */
export interface IDataLake extends IConstruct {
  /**
   * Data as it arrived. Training reads `dataset/`, delayed truths lie under `labels/`, batch inference reads
   * `batch/input/`; every new object is an event on the default bus.
   */
  readonly rawBucket: s3.IBucket;
  /** Offline features, as tables under `offline/`. */
  readonly featureBucket: s3.IBucket;
  /**
   * Prefixes that pipelines and endpoints write: `training/`, `checkpoints/` (for 60 days), `evaluation/`, `capture/`,
   * `drift/`, `batch/output/`, `mlflow/`.
   */
  readonly artifactBucket: s3.IBucket;
  /** Days that captured requests and answers are kept; undefined where the lake, or the bucket, is not made here. */
  readonly captureRetentionDays?: number;
  /** Encrypts the lake, and is there for whatever belongs to it: volumes, topics, queues, log groups. */
  readonly encryptionKey: kms.IKey;
  /** The Glue database that the lake's tables are listed in. */
  readonly databaseName: string;
  /** Its ARN. */
  readonly databaseArn: string;
  /**
   * Allows reading and listing the objects of the three buckets.
   *
   * @param grantee who may
   * @param prefix only keys that begin so, `training/`; default all
   */
  grantRead(grantee: iam.IGrantable, prefix?: string): iam.Grant;
  /**
   * Allows reading, listing, writing and deleting the objects of the three buckets; a deleted object stays as an older
   * version.
   *
   * @param grantee who may
   * @param prefix only keys that begin so, `training/`; default all
   */
  grantReadWrite(grantee: iam.IGrantable, prefix?: string): iam.Grant;
  /** Allows reading the lake's tables in the Glue catalogue: their columns and where their files are, not the files. */
  grantReadCatalog(grantee: iam.IGrantable): iam.Grant;
}

/** A lake on AWS: S3 buckets, one KMS key, one Glue database. */
export interface DataLakeProps extends DataLakeIntent {
  /**
   * The key of the lake, no alias of one. A key of this app gets the statements that log groups, alarms, rules, budgets
   * and the audit trail need; an imported one must have them, see docs/aws.md.
   *
   * Decide before the first deployment: with another key later what is stored stays under the earlier one, which roles
   * no longer may use, and a Studio domain and feature groups would be replaced, which CloudFormation refuses.
   * docs/aws-changes.md says the way.
   *
   * @default - a new key that rotates every year
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * A bucket of yours for the raw data; its lifecycle is yours. Where `Trigger.newData` needs it, a bucket of this app
   * is made to send its events to EventBridge; an imported one must do so already, or nothing starts on new data.
   *
   * @default - a new bucket
   */
  readonly rawBucket?: s3.IBucket;
  /**
   * A bucket of yours for the offline features; its lifecycle is yours.
   *
   * @default - a new bucket
   */
  readonly featureBucket?: s3.IBucket;
  /**
   * A bucket of yours for what is made; its lifecycle is yours, `captureRetentionDays` included.
   *
   * @default - a new bucket
   */
  readonly artifactBucket?: s3.IBucket;
  /**
   * A bucket of yours that takes the access logs; it must be encrypted with S3's own keys, which is all that log
   * delivery can write to. The policy of an imported one must let `logging.s3.amazonaws.com` put objects under `raw/`,
   * `features/` and `artifacts/`.
   *
   * @default - a new bucket
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
   */
  readonly accessLogBucket?: s3.IBucket;
  /**
   * Days that access logs are kept, in the new bucket for them.
   *
   * @default 365
   */
  readonly accessLogRetentionDays?: number;
  /**
   * Where raw data goes after `coldStorageAfterDays`; only classes that answer at once.
   *
   * @default StorageClass.INTELLIGENT_TIERING - reading costs nothing extra, which suits data that is read whole at
   *   every retraining
   */
  readonly coldStorageClass?: s3.StorageClass;
  /**
   * A Glue database that exists already.
   *
   * @default - a new database
   */
  readonly databaseName?: string;
  /**
   * Removal policy of the data when the lake leaves the stack. DESTROY also empties the buckets, and needs the context
   * flag `mlops:allowDestroy`.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Attributes of an existing lake. */
export interface DataLakeAttributes {
  /** Name of the bucket of raw data. */
  readonly rawBucketName: string;
  /** Name of the bucket of features. */
  readonly featureBucketName: string;
  /** Name of the bucket of artifacts. */
  readonly artifactBucketName: string;
  /** ARN of the key. */
  readonly encryptionKeyArn: string;
  /** Name of the Glue database. */
  readonly databaseName: string;
}
