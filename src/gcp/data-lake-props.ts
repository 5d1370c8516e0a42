import { IConstruct } from 'constructs';
import { IEncryptionKey } from './encryption-key-props';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { RemovalPolicy } from './removal-policy';
import { DataLakeIntent } from '../core/data-lake';

/** A lake that others can read, write and hang their own resources on. */
export interface IDataLake extends IConstruct {
  /**
   * Data as it arrived. Training reads `dataset/`, delayed truths lie under `labels/`, batch prediction reads
   * `batch/input/`.
   */
  readonly rawBucketName: string;
  /**
   * Prefixes that pipelines and endpoints write: `training/`, `checkpoints/` (for 60 days), `capture/`, `drift/`,
   * `batch/output/`, `mlflow/`.
   */
  readonly artifactBucketName: string;
  /** BigQuery dataset of the features, the id alone: `churn_features_1a2b3c4d`. */
  readonly featureDatasetId: string;
  /** BigQuery dataset of captured requests and answers; its partitions expire after `captureRetentionDays`. */
  readonly captureDatasetId: string;
  /**
   * Days that captured requests and answers are kept; undefined where the lake exists elsewhere and does not say, so
   * that its dataset decides.
   */
  readonly captureRetentionDays?: number;
  /** Encrypts the lake, and is there for whatever belongs to it: topics, disks, secrets, registries. */
  readonly encryptionKey: IEncryptionKey;
  /**
   * Allows reading and listing the objects of the buckets.
   *
   * @param principal who may
   * @param prefix only objects whose names begin so, `training/`; default all, and the tables of the datasets as well
   */
  grantRead(principal: IPrincipal, prefix?: string): Grant;
  /**
   * Allows reading, listing, writing and deleting the objects of the buckets; a deleted object stays as an older
   * version.
   *
   * @param principal who may
   * @param prefix only objects whose names begin so, `training/`; default all, and the tables of the datasets as well
   */
  grantReadWrite(principal: IPrincipal, prefix?: string): Grant;
}

/** A lake on Google Cloud: Cloud Storage buckets, BigQuery datasets, one key. */
export interface DataLakeProps extends DataLakeIntent {
  /**
   * The key of the lake, in the region of the stack.
   *
   * @default - a new key that rotates every 90 days
   */
  readonly encryptionKey?: IEncryptionKey;
  /**
   * Name of a bucket of yours for the raw data; its lifecycle is yours.
   *
   * @default - a new bucket
   */
  readonly rawBucketName?: string;
  /**
   * Name of a bucket of yours for what is made; its lifecycle is yours.
   *
   * @default - a new bucket
   */
  readonly artifactBucketName?: string;
  /**
   * Where raw data goes after `coldStorageAfterDays`: NEARLINE, COLDLINE or ARCHIVE. Each answers at once; the colder,
   * the dearer the reading.
   *
   * @default 'NEARLINE'
   * @see https://cloud.google.com/storage/docs/storage-classes
   */
  readonly coldStorageClass?: string;
  /**
   * Removal policy of the data when the lake leaves the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Attributes of an existing lake. */
export interface DataLakeAttributes {
  /** Name of the bucket of raw data; it may be in another project, which `Trigger.newData` cannot listen to. */
  readonly rawBucketName: string;
  /** Name of the bucket of artifacts; it may be in another project. */
  readonly artifactBucketName: string;
  /** Id of the dataset of features, in the project of the stack. */
  readonly featureDatasetId: string;
  /** Id of the dataset of captured traffic, in the project of the stack. */
  readonly captureDatasetId: string;
  /**
   * Days that captured requests and answers are kept in the tables of the endpoints of this stack.
   *
   * @default - what the dataset says when such a table is made; a later change of it does not reach the table
   */
  readonly captureRetentionDays?: number;
  /** Id of the key, `projects/<id>/locations/<region>/keyRings/<ring>/cryptoKeys/<name>`. */
  readonly encryptionKeyId: string;
}
