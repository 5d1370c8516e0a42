import { aws_cloudwatch as cloudwatch, aws_iam as iam } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';

/** Runtime operations of a feature group, as its metrics name them. */
export enum FeatureGroupOperation {
  /** Reading one row of the online store. */
  GET_RECORD = 'GetRecord',
  /** Reading rows of the online store together. */
  BATCH_GET_RECORD = 'BatchGetRecord',
  /** Writing one row. */
  PUT_RECORD = 'PutRecord',
  /** Deleting one row from the online store. */
  DELETE_RECORD = 'DeleteRecord',
}

/** A feature group that others can read, write and watch. */
export interface IFeatureGroup extends IConstruct {
  /** Its name in SageMaker, what `GetRecord` takes. */
  readonly featureGroupName: string;
  /** Its ARN. */
  readonly featureGroupArn: string;
  /** The table of all rows in the lake's database; undefined when nothing is kept offline. */
  readonly tableName?: string;
  /** Allows reading the latest rows of the online store, one or many at a time. */
  grantRead(grantee: iam.IGrantable): iam.Grant;
  /** Allows writing and deleting rows; they reach both stores. */
  grantWrite(grantee: iam.IGrantable): iam.Grant;
  /**
   * Allows reading all rows: the files, and the table that describes them. A query with Athena also needs a work group
   * and a place for results.
   */
  grantReadOffline(grantee: iam.IGrantable): iam.Grant;
  /**
   * A metric of one operation, once a minute.
   *
   * @param metricName as CloudWatch names it, `ThrottledRequests`
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-feature-store
   */
  metric(metricName: string, operation: FeatureGroupOperation, props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Milliseconds that an operation takes; the 99th percentile unless said otherwise. */
  metricLatency(operation: FeatureGroupOperation, props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Operations that were turned away because there were too many. */
  metricThrottledRequests(operation: FeatureGroupOperation, props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** How often an operation was asked for. */
  metricInvocations(operation: FeatureGroupOperation, props?: cloudwatch.MetricOptions): cloudwatch.Metric;
}

/** Attributes of an existing feature group. */
export interface FeatureGroupAttributes {
  /** Its name in SageMaker. */
  readonly featureGroupName: string;
  /** The lake whose key encrypts it, and that holds its files and its table. */
  readonly data: IDataLake;
  /**
   * Whether it has an online store.
   *
   * @default true
   */
  readonly online?: boolean;
  /**
   * The folder of its files in the lake's feature bucket, `offline/…/customers/`.
   *
   * @default - nothing is kept offline
   */
  readonly offlineFolder?: string;
  /**
   * Its table in the lake's database.
   *
   * @default - nothing is kept offline
   */
  readonly tableName?: string;
}
