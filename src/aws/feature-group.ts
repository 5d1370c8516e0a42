import { aws_cloudwatch as cloudwatch, aws_iam as iam, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { FeatureGroupAttributes, FeatureGroupOperation, IFeatureGroup } from './feature-group-props';
import { grantObjects } from './private/data/bucket-access';
import { requireText } from '../core/private/texts';
import { refuseBecause, speakerFor } from '../core/private/validation';

/**
 * Grants and metrics of a feature group, created here or imported.
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
  /** @internal */
  public readonly _online: boolean;
  private readonly data: IDataLake;

  private constructor(scope: Construct, id: string, attributes: FeatureGroupAttributes) {
    super(scope, id);
    this.featureGroupName = attributes.featureGroupName;
    this.featureGroupArn = Stack.of(this).formatArn({
      service: 'sagemaker',
      resource: 'feature-group',
      resourceName: attributes.featureGroupName,
    });
    this.data = attributes.data;
    this._online = attributes.online ?? true;
    this.tableName = attributes.tableName;
    this.offlineFolder = attributes.offlineFolder;
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    if (!this._online) {
      refuseBecause(this.who(), 'grantRead reads the online store, which it does not have: use grantReadOffline');
    }
    return this.grant(grantee, ['sagemaker:BatchGetRecord', 'sagemaker:DescribeFeatureGroup', 'sagemaker:GetRecord']);
  }

  public grantWrite(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ['sagemaker:DeleteRecord', 'sagemaker:DescribeFeatureGroup', 'sagemaker:PutRecord']);
  }

  public grantReadOffline(grantee: iam.IGrantable): iam.Grant {
    if (this.offlineFolder === undefined || this.tableName === undefined) {
      return refuseBecause(
        this.who(),
        'grantReadOffline reads the offline store, which it does not have: use grantRead',
      );
    }
    const { featureBucket: bucket, encryptionKey, databaseName, databaseArn } = this.data;
    const glue = (resource: string, resourceName?: string) =>
      Stack.of(this).formatArn({ service: 'glue', resource, resourceName });
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['sagemaker:DescribeFeatureGroup'],
      resourceArns: [this.featureGroupArn],
    })
      .combine(
        iam.Grant.addToPrincipal({
          grantee,
          actions: ['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'],
          resourceArns: [glue('catalog'), databaseArn, glue('table', `${databaseName}/${this.tableName}`)],
        }),
      )
      .combine(grantObjects(grantee, { bucket, encryptionKey, prefix: this.offlineFolder, may: ['read'] }));
  }

  public metric(
    metricName: string,
    operation: FeatureGroupOperation,
    props?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    requireText(speakerFor('feature group', this), 'metricName', metricName);
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

  public metricThrottledRequests(
    operation: FeatureGroupOperation,
    props?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    return this.metric('ThrottledRequests', operation, { statistic: 'Sum', ...props });
  }

  public metricInvocations(operation: FeatureGroupOperation, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Invocations', operation, { statistic: 'Sum', ...props });
  }

  /**
   * Every call at run time also decrypts:
   * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OnlineStoreSecurityConfig.html
   */
  private grant(grantee: iam.IGrantable, actions: string[]): iam.Grant {
    const grant = iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.featureGroupArn] });
    return this._online ? grant.combine(this.data.encryptionKey.grant(grantee, 'kms:Decrypt')) : grant;
  }

  private who() {
    return speakerFor('feature group', this);
  }
}
