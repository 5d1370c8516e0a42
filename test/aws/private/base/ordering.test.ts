import { App, aws_iam as iam, aws_s3 as s3, aws_sagemaker as sagemaker, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterPolicies } from '../../../../src/aws/private/base/ordering';

test('a resource waits for policies that are written after it, and names nothing twice', () => {
  const stack = new Stack(new App(), 'S');
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
  const bucket = new s3.Bucket(stack, 'Bucket');
  const model = new sagemaker.CfnModel(stack, 'Model', { executionRoleArn: role.roleArn });
  afterPolicies(model, role, bucket);
  role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
  bucket.addToResourcePolicy(new iam.PolicyStatement({ principals: [role], actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));

  const [found] = Object.values(Template.fromStack(stack).findResources('AWS::SageMaker::Model'));
  expect(found.DependsOn).toEqual([expect.stringMatching(/^BucketPolicy/), expect.stringMatching(/^RoleDefaultPolicy/)]);
});

test('an imported role or bucket has nothing to wait for', () => {
  const stack = new Stack(new App(), 'S');
  const model = new sagemaker.CfnModel(stack, 'Model');
  afterPolicies(model, s3.Bucket.fromBucketName(stack, 'Bucket', 'theirs'), iam.Role.fromRoleName(stack, 'Role', 'theirs'));
  expect(Template.fromStack(stack).toJSON().Resources.Model.DependsOn).toBeUndefined();
});
