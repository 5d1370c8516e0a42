import { IConstruct } from 'constructs';
import { Grant } from './grant';
import { IPrincipal } from './principal';

/** A feature group that others can read, write and watch. */
export interface IFeatureGroup extends IConstruct {
  /** ARM id of the feature store that it is in. */
  readonly featureStoreId: string;
  /** Name of its feature set. */
  readonly featureSetName: string;
  /** Version of its feature set, the half of `<name>:<version>` that a change of columns or transformation changes. */
  readonly featureSetVersion: string;
  /**
   * Folder that rows are written to as Parquet files, `abfss://<container>@<account>.dfs.core.windows.net/<folder>`:
   * one row says what was true of an entity at a time.
   */
  readonly sourceFolder: string;
  /** ARM id of the online store, which has metrics of what it serves; undefined when the group is not online. */
  readonly onlineStoreId?: string;
  /** Allows reading the latest row of an entity from the online store. */
  grantRead(principal: IPrincipal): Grant;
  /** Allows writing files of rows to the group's folder; they are online after the next materialization. */
  grantWrite(principal: IPrincipal): Grant;
  /** Allows reading all rows, as training does. */
  grantReadOffline(principal: IPrincipal): Grant;
}

/** Attributes of an existing feature group. */
export interface FeatureGroupAttributes {
  /**
   * ARM id of the feature store,
   * `/subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.MachineLearningServices/workspaces/<name>`.
   */
  readonly featureStoreId: string;
  /** Name of its feature set. */
  readonly featureSetName: string;
  /** Version of its feature set. */
  readonly featureSetVersion: string;
  /** ARM id of the storage account with its rows; it has a hierarchical namespace. */
  readonly sourceAccountId: string;
  /** Container of its rows. */
  readonly sourceContainer: string;
  /** Folder of its rows in the container, without slashes at the ends. */
  readonly sourcePath: string;
  /**
   * ARM id of the container in which the feature store keeps what it materialized,
   * `…/blobServices/default/containers/<name>`.
   */
  readonly offlineStoreId: string;
  /**
   * ARM id of the feature store's own storage account, which has the specification of the feature set.
   *
   * @default - readers have been granted it elsewhere
   */
  readonly specificationAccountId?: string;
  /**
   * ARM id of the online store.
   *
   * @default - the group is not online
   */
  readonly onlineStoreId?: string;
}
