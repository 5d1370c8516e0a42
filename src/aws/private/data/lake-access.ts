import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { grantObjects, ObjectAccess } from './bucket-access';
import { requireText } from '../../../core/private/texts';
import { speakerFor } from '../../../core/private/validation';
import { IDataLake } from '../../data-lake-props';
import { acknowledgeGrant } from '../base/acknowledge';

/** The same access to the three buckets of a lake. */
export function grantAll(
  lake: IDataLake,
  grantee: iam.IGrantable,
  may: ObjectAccess['may'],
  prefix?: string,
): iam.Grant {
  if (prefix !== undefined) requireText(speakerFor('data lake', lake), 'prefix', prefix);
  return [lake.rawBucket, lake.featureBucket, lake.artifactBucket]
    .map((bucket) => grantObjects(grantee, { bucket, encryptionKey: lake.encryptionKey, may, prefix }))
    .reduce((all, next) => all.combine(next));
}

/** Reads the tables of the lake's database. */
export function grantCatalog(lake: IDataLake, grantee: iam.IGrantable): iam.Grant {
  const grant = iam.Grant.addToPrincipal({
    grantee,
    actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition'],
    resourceArns: [glueArn(lake, 'catalog'), lake.databaseArn, glueArn(lake, 'table', `${lake.databaseName}/*`)],
  });
  acknowledgeGrant(grantee, 'tables come and go in the database of the lake', grant);
  return grant;
}

/** ARN of a part of the Glue catalog in the account and region of the scope. */
export function glueArn(scope: IConstruct, resource: string, resourceName?: string): string {
  return Stack.of(scope).formatArn({ service: 'glue', resource, resourceName });
}
