import { aws_iam as iam, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { acknowledgePolicies } from '../../../../src/aws/private/base/acknowledge';
import { judge, strictApp } from '../../../support/judges';

function roleIn(stack: Stack): iam.Role {
  return new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
}

describe('acknowledgePolicies', () => {
  test('acknowledges what has a reason, in whatever form the resource is written, also when the grant comes later', () => {
    const stack = new Stack(strictApp(), 'Stack');
    const bucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'elsewhere');
    const role = roleIn(stack);
    acknowledgePolicies(role, [[/^Resource::.*\/capture\/\*$/, 'captured requests have names of their own'], [/^Resource::<Param>\/\*$/, 'test']]);
    role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects('capture/*')] }));
    expect(judge(stack)).toEqual([]);
  });

  test('leaves what has no reason a finding', () => {
    const stack = new Stack(strictApp(), 'Stack');
    const role = roleIn(stack);
    acknowledgePolicies(role, [[/^Resource::\*$/, 'test']]);
    role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:Put*'], resources: ['*'] }));
    expect(judge(stack).map((finding) => finding.split(' ')[0])).toEqual(['AwsSolutions-IAM5[Action::s3:Put*]']);
  });

  test('does not mind what a statement denies', () => {
    const stack = new Stack(strictApp(), 'Stack');
    const role = roleIn(stack);
    acknowledgePolicies(role, []);
    role.addToPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['*'], resources: ['*'] }));
    expect(judge(stack)).toEqual([]);
  });
});
