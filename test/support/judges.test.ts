import { App, aws_iam as iam, aws_kms as kms, aws_s3 as s3, aws_sagemaker as sagemaker, Stack, Validations } from 'aws-cdk-lib';
import { judge, strictApp } from './judges';

const rulesOf = (findings: string[]) => [...new Set(findings.map((finding) => finding.split(' ')[0]))];

test('both packs and the built-in validation are heard', () => {
  const stack = new Stack(strictApp(), 'S');
  new s3.CfnBucket(stack, 'Bucket');
  new sagemaker.CfnFeatureGroup(stack, 'Group', {
    featureGroupName: 'g', recordIdentifierFeatureName: 'x', eventTimeFeatureName: 'y', featureDefinitions: [],
  });
  const rules = rulesOf(judge(stack));
  expect(rules).toEqual(expect.arrayContaining(['AwsSolutions-S10', 'NIST.800.53.R5-S3BucketVersioningEnabled', 'F3032']));
});

test('a finding that is acknowledged on its resource is not heard again', () => {
  const stack = new Stack(strictApp(), 'S');
  const user = new iam.CfnPolicy(stack, 'Policy', {
    policyName: 'p',
    roles: ['r'],
    policyDocument: new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ actions: ['s3:Get*'], resources: ['*'] })] }),
  });
  Validations.of(user).acknowledge(
    { id: 'AwsSolutions-IAM5[Action::s3:Get*]', reason: 'test' },
    { id: 'NIST.800.53.R5-IAMNoInlinePolicy', reason: 'test' });
  expect(rulesOf(judge(stack))).toEqual(['AwsSolutions-IAM5[Resource::*]']);
});

test('a clean stack has no finding', () => {
  const stack = new Stack(strictApp(), 'S');
  new kms.Key(stack, 'Key', { enableKeyRotation: true });
  expect(judge(stack)).toEqual([]);
});

test('a judge that breaks is no judge without findings', () => {
  const stack = new Stack(strictApp(), 'S');
  const validate = () => {
    throw new Error('out of ink');
  };
  Validations.of(App.of(stack)!).addPlugins({ name: 'Broken', validate });
  expect(() => judge(stack)).toThrow(/^Broken judges nothing: .*out of ink/);
});
