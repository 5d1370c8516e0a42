import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IDataLake } from '../../data-lake-props';
import { acknowledgeGrant } from '../base/acknowledge';

/**
 * The permissions of the managed policy for feature stores, for this store alone: that one knows only buckets and
 * databases named after SageMaker.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSageMakerFeatureStoreAccess.html
 */
export function grantOffline(scope: IConstruct, role: iam.IRole, data: IDataLake, folder: string): void {
  const bucket = data.featureBucket;
  const glue = (resource: string, resourceName?: string) =>
    Stack.of(scope).formatArn({ service: 'glue', resource, resourceName });
  const allow = (actions: string[], ...resourceArns: string[]) =>
    iam.Grant.addToPrincipal({ grantee: role, actions, resourceArns });
  acknowledgeGrant(
    role,
    'SageMaker names the files of a group itself, and a list of the tables would outgrow the policy',
    allow(['s3:PutObject', 's3:PutObjectAcl'], bucket.arnForObjects(`${folder}*`)),
    allow(['s3:GetObject'], bucket.arnForObjects(`${folder}*/metadata/*`)),
    allow(['s3:GetBucketAcl'], bucket.bucketArn),
    allow(
      ['glue:GetTable', 'glue:UpdateTable'],
      glue('catalog'),
      data.databaseArn,
      glue('table', `${data.databaseName}/*`),
    ),
    data.encryptionKey.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey'),
  );
}
