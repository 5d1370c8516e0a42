import { App, aws_iam as iam, aws_kms as kms, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { grantObjects, ObjectAccess } from '../../../../src/aws/private/data/bucket-access';

const granted = (access: Partial<ObjectAccess>, bucketKey?: string) => {
  const stack = new Stack(new App(), 'S');
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
  const key = (id: string) => kms.Key.fromKeyArn(stack, id, `arn:aws:kms:eu-west-1:111122223333:key/${id}`);
  const bucket = s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'theirs', encryptionKey: bucketKey ? key(bucketKey) : undefined });
  grantObjects(role, { bucket, encryptionKey: key('of-the-lake'), may: ['read'], ...access });
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policy.Properties.PolicyDocument.Statement as any[];
};
const actions = (of: any[]) => of.flatMap((each) => each.Action).sort();

test('each verb gives its own actions and no other', () => {
  expect(actions(granted({ may: ['read'] }))).toEqual(['kms:Decrypt', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion', 's3:ListBucket']);
  expect(actions(granted({ may: ['write'] }))).toEqual(
    ['kms:Decrypt', 'kms:GenerateDataKey', 's3:AbortMultipartUpload', 's3:GetBucketLocation', 's3:ListMultipartUploadParts', 's3:PutObject']);
  expect(actions(granted({ may: ['delete'] }))).toEqual(['s3:DeleteObject', 's3:GetBucketLocation']);
});

test('a bucket that knows its key is read with it, another with the key of the lake', () => {
  const keyOf = (statements: any[]) => statements.find((each) => each.Action === 'kms:Decrypt').Resource;
  expect(keyOf(granted({}))).toBe('arn:aws:kms:eu-west-1:111122223333:key/of-the-lake');
  expect(keyOf(granted({}, 'its-own'))).toBe('arn:aws:kms:eu-west-1:111122223333:key/its-own');
});

test('a folder may be listed with and without its slash, the whole bucket without a condition', () => {
  const conditionOf = (statements: any[]) => statements.find((each) => each.Action === 's3:ListBucket').Condition;
  expect(conditionOf(granted({ prefix: 'training/' }))).toEqual({ StringLike: { 's3:prefix': ['training', 'training/*'] } });
  expect(conditionOf(granted({}))).toBeUndefined();
});
