import { IConstruct } from 'constructs';
import { Grant } from './grant';
import { IPrincipal } from './principal';

/** A feature group that others can read, write and watch. */
export interface IFeatureGroup extends IConstruct {
  /** Its name in Vertex AI. */
  readonly featureGroupName: string;
  /**
   * The table that rows are written to, `<project>.<dataset>.<table>`: one row says what was true of an entity at a
   * time.
   */
  readonly tableName: string;
  /** The view that training reads, `<project>.<dataset>.<view>`: all rows, the time as `feature_timestamp`. */
  readonly historyName: string;
  /** The online store, the first half of what `fetchFeatureValues` takes; undefined when the group is not online. */
  readonly onlineStoreName?: string;
  /** The feature view in the online store, the other half; undefined when the group is not online. */
  readonly featureViewName?: string;
  /** Allows reading the latest row of an entity from the online store. */
  grantRead(principal: IPrincipal): Grant;
  /**
   * Allows writing rows to the table, by loading, by streaming or by queries; they are online after the next
   * synchronization.
   */
  grantWrite(principal: IPrincipal): Grant;
  /** Allows reading all rows, by queries. */
  grantReadOffline(principal: IPrincipal): Grant;
  /**
   * Selects a metric of the group's online serving in Cloud Monitoring: `online_serving/serving_latencies`,
   * `serving_data_ages` (seconds since what is served was synchronized) …
   *
   * @see https://cloud.google.com/monitoring/api/metrics_gcp_a_b#gcp-aiplatform
   */
  metricFilter(metricName: string): string;
}

/** Attributes of an existing feature group. */
export interface FeatureGroupAttributes {
  /** Its name in Vertex AI. */
  readonly featureGroupName: string;
  /** Id of the dataset of table and view, in the project of the stack. */
  readonly datasetId: string;
  /** Id of the table that rows are written to. */
  readonly tableId: string;
  /** Id of the view that training reads. */
  readonly historyId: string;
  /**
   * Name of the online store.
   *
   * @default - the group is not online
   */
  readonly onlineStoreName?: string;
  /**
   * Name of the feature view in the online store.
   *
   * @default - the group is not online
   */
  readonly featureViewName?: string;
}
