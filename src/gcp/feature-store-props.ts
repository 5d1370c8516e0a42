import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { IFeatureGroup } from './feature-group-props';
import { OnlineStorage } from './online-storage';
import { RemovalPolicy } from './removal-policy';
import { FeatureStoreIntent } from '../core/feature-store';
import { Schedule } from '../core/schedule';

/** Options of one group in Google's own words. */
export interface FeatureGroupOptions {
  /**
   * When the online store takes over what is new in the table. Every time reads the table: all of it, or with
   * `onlineTtlDays` so many days of it.
   *
   * @default Schedule.hourly()
   */
  readonly syncSchedule?: Schedule;
}

/** A feature store that others read features from. */
export interface IFeatureStore extends IConstruct {
  /** One of its groups, by the name that the store knows it by. */
  featureGroup(name: string): IFeatureGroup;
}

/** A feature store on Google Cloud, without the lake, which a blueprint gives it. */
export interface FeatureStoreOptions extends FeatureStoreIntent {
  /**
   * Options of single groups, by their name.
   *
   * @default - the defaults of `FeatureGroupOptions`
   */
  readonly groupOptions?: { [groupName: string]: FeatureGroupOptions };
  /**
   * Online store of all groups that are online. It has no key of yours: what is online is encrypted with Google's.
   *
   * @default OnlineStorage.bigtable()
   */
  readonly onlineStorage?: OnlineStorage;
  /**
   * Removal policy of the tables when they leave the stack. What is online is a copy, and goes.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A feature store on Google Cloud: tables of BigQuery, registered and served by Vertex AI. */
export interface FeatureStoreProps extends FeatureStoreOptions {
  /** The lake whose dataset of features has the tables, and whose key encrypts them. */
  readonly data: IDataLake;
}
