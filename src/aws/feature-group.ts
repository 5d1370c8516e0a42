import { aws_cloudwatch as cloudwatch, aws_iam as iam, Duration, Stack } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { IDataLake } from './data-lake';
import { grantObjects } from './private/data/bucket-access';
import { refuseBecause } from '../core/private/validation';

/** What a feature group is asked to do at run time, as its metrics name it. */
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
  /** Allows reading all rows: the files, and the table that describes them. A query with Athena also needs a work group and a place for results. */
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

/** What identifies a feature group that exists. */
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

/**
 * What a feature group grants and measures, whoever made it.
 *
 * `FeatureStore` makes one for each group of its own; `fromAttributes` makes one for a group that exists.
 */
export class FeatureGroup extends Construct implements IFeatureGroup {
  /** A group that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: FeatureGroupAttributes): IFeatureGroup {
    return new FeatureGroup(scope, id, attributes);
  }

  public readonly featureGroupName: string;
  public readonly featureGroupArn: string;
  public readonly tableName?: string;
  /** The folder of its files in the lake's feature bucket; undefined when nothing is kept offline. */
  public readonly offlineFolder?: string;
  private readonly data: IDataLake;
  private readonly online: boolean;

  private constructor(scope: Construct, id: string, attributes: FeatureGroupAttributes) {
    super(scope, id);
    this.featureGroupName = attributes.featureGroupName;
    this.featureGroupArn = Stack.of(this).formatArn({ service: 'sagemaker', resource: 'feature-group', resourceName: attributes.featureGroupName });
    this.data = attributes.data;
    this.online = attributes.online ?? true;
    this.tableName = attributes.tableName;
    this.offlineFolder = attributes.offlineFolder;
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    if (!this.online) refuseBecause(this.who(), 'grantRead reads the online store, which it does not have: use grantReadOffline');
    return this.grant(grantee, ['sagemaker:BatchGetRecord', 'sagemaker:DescribeFeatureGroup', 'sagemaker:GetRecord']);
  }

  public grantWrite(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ['sagemaker:DeleteRecord', 'sagemaker:DescribeFeatureGroup', 'sagemaker:PutRecord']);
  }

  public grantReadOffline(grantee: iam.IGrantable): iam.Grant {
    if (this.offlineFolder === undefined || this.tableName === undefined) {
      return refuseBecause(this.who(), 'grantReadOffline reads the offline store, which it does not have: use grantRead');
    }
    const { featureBucket: bucket, encryptionKey, databaseName, databaseArn } = this.data;
    const glue = (resource: string, resourceName?: string) => Stack.of(this).formatArn({ service: 'glue', resource, resourceName });
    return iam.Grant.addToPrincipal({ grantee, actions: ['sagemaker:DescribeFeatureGroup'], resourceArns: [this.featureGroupArn] })
      .combine(iam.Grant.addToPrincipal({
        grantee,
        actions: ['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'],
        resourceArns: [glue('catalog'), databaseArn, glue('table', `${databaseName}/${this.tableName}`)],
      }))
      .combine(grantObjects(grantee, { bucket, encryptionKey, prefix: this.offlineFolder, may: ['read'] }));
  }

  public metric(metricName: string, operation: FeatureGroupOperation, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/SageMaker/FeatureStore',
      metricName,
      dimensionsMap: { FeatureGroupName: this.featureGroupName, OperationName: operation },
      period: Duration.minutes(1),
      ...props,
    });
  }

  public metricLatency(operation: FeatureGroupOperation, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Latency', operation, { statistic: 'p99', ...props });
  }

  public metricThrottledRequests(operation: FeatureGroupOperation, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('ThrottledRequests', operation, { statistic: 'Sum', ...props });
  }

  public metricInvocations(operation: FeatureGroupOperation, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Invocations', operation, { statistic: 'Sum', ...props });
  }

  /** Every call at run time also decrypts: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OnlineStoreSecurityConfig.html */
  private grant(grantee: iam.IGrantable, actions: string[]): iam.Grant {
    const grant = iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.featureGroupArn] });
    return this.online ? grant.combine(this.data.encryptionKey.grant(grantee, 'kms:Decrypt')) : grant;
  }

  private who() {
    return { what: 'feature group', name: this.node.id };
  }
}
