import { aws_iam as iam, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { IFeatureGroup } from './feature-group-props';
import { FeatureThroughput } from './feature-throughput';
import { FeatureStoreIntent } from '../core/feature-store';

/** Storage of the online store. */
export enum OnlineStorage {
  /** Single-digit milliseconds. */
  STANDARD = 'Standard',
  /**
   * Below a millisecond, on ElastiCache, paid by the hour; takes ten to fifteen minutes to make, and excludes an
   * offline store.
   */
  IN_MEMORY = 'InMemory',
}

/** How the files of the offline store are organized. */
export enum OfflineTableFormat {
  /** Apache Iceberg: compacted, and with a history that can be queried. */
  ICEBERG = 'Iceberg',
  /** Plain Parquet files, partitioned by hour. */
  GLUE = 'Glue',
}

/** Options of one group in AWS's own words. */
export interface FeatureGroupOptions {
  /**
   * Storage of the online store.
   *
   * @default OnlineStorage.STANDARD
   */
  readonly onlineStorage?: OnlineStorage;
  /**
   * How the files of the offline store are organized.
   *
   * @default OfflineTableFormat.ICEBERG
   */
  readonly tableFormat?: OfflineTableFormat;
  /**
   * How reads and writes are paid; can be changed later.
   *
   * @default FeatureThroughput.onDemand()
   */
  readonly throughput?: FeatureThroughput;
  /**
   * How long after its event time a row leaves the online store, where `onlineTtlDays` is too coarse; can be changed
   * later.
   *
   * @default - `onlineTtlDays`
   */
  readonly onlineTtl?: Duration;
}

/** A feature store that others read features from. */
export interface IFeatureStore extends IConstruct {
  /** One of its groups, by the name that the store knows it by. */
  featureGroup(name: string): IFeatureGroup;
}

/** A feature store on AWS, without the lake, which a blueprint gives it. */
export interface FeatureStoreOptions extends FeatureStoreIntent {
  /**
   * Options of single groups, by their name.
   *
   * @default - the defaults of `FeatureGroupOptions`
   */
  readonly groupOptions?: { [groupName: string]: FeatureGroupOptions };
  /**
   * A role of yours that SageMaker uses to write the offline store; it gets the permissions it lacks. A group cannot
   * change its role later.
   *
   * @default - a new role for this alone
   */
  readonly role?: iam.IRole;
  /**
   * Removal policy of the groups, and of the role made for them, when they leave the stack. DESTROY needs the context
   * flag `mlops:allowDestroy`, and leaves files and tables.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A feature store on AWS: SageMaker feature groups. */
export interface FeatureStoreProps extends FeatureStoreOptions {
  /** The lake that holds the offline rows and their tables, and whose key encrypts both stores. */
  readonly data: IDataLake;
}
