import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { IFeatureGroup } from './feature-group-props';
import { IManagedIdentity } from './managed-identity-props';
import { OnlineStorage } from './online-storage';
import { RemovalPolicy } from './removal-policy';
import { IWorkspace } from './workspace-props';
import { FeatureStoreIntent } from '../core/feature-store';
import { Schedule } from '../core/schedule';

/** Code that makes features of rows: a transformer of Spark. */
export interface FeatureTransformation {
  /**
   * Path of a Python file in your repository, which is uploaded with the stack.
   *
   * @see https://learn.microsoft.com/azure/machine-learning/feature-set-specification-transformation-concepts
   */
  readonly file: string;
  /** Class in it, a `pyspark.ml.Transformer` whose answer has the group's key, time and features. */
  readonly className: string;
  /**
   * Days of rows before a window that it needs, for aggregates over time.
   *
   * @default 0
   */
  readonly lookbackDays?: number;
}

/** Options of one group in Azure's own words. */
export interface FeatureGroupOptions {
  /**
   * When the store takes over what is new: into the online store for a group that is online, and into the offline
   * store, which training then reads instead of the rows. Each run is a Spark job of at least ten minutes on
   * `materializationInstanceType`.
   *
   * @default Schedule.daily() - for a group that is online; a group that is not is never materialized, and training
   *   reads its rows
   */
  readonly materializationSchedule?: Schedule;
  /**
   * Makes the features of the rows, where the rows do not have them.
   *
   * @default - the rows have the features as columns
   */
  readonly transformation?: FeatureTransformation;
  /**
   * Minutes by which rows may come later than their time: a run leaves out what is younger.
   *
   * @default 0
   */
  readonly sourceDelayMinutes?: number;
}

/** A feature store that others read features from. */
export interface IFeatureStore extends IConstruct {
  /** One of its groups, by the name that the store knows it by. */
  featureGroup(name: string): IFeatureGroup;
}

/** A feature store on Azure, without lake and workspace, which a blueprint gives it. */
export interface FeatureStoreOptions extends FeatureStoreIntent {
  /**
   * Options of single groups, by their name.
   *
   * @default - the defaults of `FeatureGroupOptions`
   */
  readonly groupOptions?: { [groupName: string]: FeatureGroupOptions };
  /**
   * Online store of all groups that are online. What is online is encrypted with Microsoft's keys.
   *
   * @default OnlineStorage.managedRedis()
   */
  readonly onlineStorage?: OnlineStorage;
  /**
   * Size of the machines of materialization: `Standard_E4s_v3`, `Standard_E8s_v3`, `Standard_E16s_v3`,
   * `Standard_E32s_v3` or `Standard_E64s_v3`.
   *
   * @default 'Standard_E4s_v3'
   * @see https://learn.microsoft.com/azure/machine-learning/apache-spark-azure-ml-concepts#serverless-spark-compute
   */
  readonly materializationInstanceType?: string;
  /**
   * The identity that materialization runs as. It is allowed to read and write features, and to fill the online store.
   *
   * @default - a new one
   */
  readonly materializationIdentity?: IManagedIdentity;
  /**
   * E-mail addresses that are notified of failed materializations.
   *
   * @default - no one is notified
   */
  readonly alertEmails?: string[];
  /**
   * Whether the internet reaches the feature store; every call needs a permission either way. Without, it answers on a
   * private endpoint in the network of the resource group.
   *
   * @default - as the lake is reached: true unless it answers in its private network alone
   */
  readonly publicNetworkAccess?: boolean;
  /**
   * Public addresses from which specifications are uploaded when a stack is deployed, `203.0.113.0/24`, beside the
   * private network; for a feature store without `publicNetworkAccess`.
   *
   * @default - none without `publicNetworkAccess`, else all
   */
  readonly allowedIpRanges?: string[];
  /**
   * Removal policy of the feature store when it leaves the stack: its definitions, and which rows are materialized. The
   * rows are the lake's; what is online is a copy, and goes.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A feature store on Azure: a feature store of Azure Machine Learning over folders of the lake. */
export interface FeatureStoreProps extends FeatureStoreOptions {
  /** The lake whose account of features has the rows, and what is materialized of them. */
  readonly data: IDataLake;
  /** The workspace whose logs and metrics it shares. */
  readonly workspace: IWorkspace;
}
