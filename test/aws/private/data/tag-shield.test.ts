import { App, aws_s3 as s3, aws_sagemaker as sagemaker, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { shieldFromTags } from '../../../../src/aws/private/data/tag-shield';

test('an app-wide tag reaches everything but the shielded resource', () => {
  const app = new App();
  const stack = new Stack(app, 'S');
  new s3.CfnBucket(stack, 'Bucket');
  const group = new sagemaker.CfnModelPackageGroup(stack, 'Group', { modelPackageGroupName: 'g', tags: [{ key: 'own', value: 'one' }] });
  shieldFromTags(group);
  Tags.of(app).add('team', 'ml');
  Tags.of(group).add('near', 'by');

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::S3::Bucket', { Tags: [{ Key: 'team', Value: 'ml' }] });
  expect(template.findResources('AWS::SageMaker::ModelPackageGroup').Group.Properties).toEqual({ ModelPackageGroupName: 'g' });
});

describe('tags of the stack, which CloudFormation hands down', () => {
  const shielded = (context: { [flag: string]: boolean } = {}, tags?: { [key: string]: string }) => {
    const app = new App({ context });
    const stack = new Stack(app, 'S', { tags });
    for (const id of ['One', 'Two']) shieldFromTags(new sagemaker.CfnModelPackageGroup(stack, id, { modelPackageGroupName: id }));
    return { app, stack };
  };
  const warnings = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('explicitStackTags'));

  test('are warned of once, wherever they come from', () => {
    const { app, stack } = shielded();
    Tags.of(app).add('team', 'ml');
    expect(warnings(stack)).toHaveLength(1);
    expect(warnings(shielded({}, { team: 'ml' }).stack)).toHaveLength(1);
  });

  test('are not there with the flag of the CDK, or without tags', () => {
    const { app, stack } = shielded({ '@aws-cdk/core:explicitStackTags': true });
    Tags.of(app).add('team', 'ml');
    expect(warnings(stack)).toEqual([]);
    expect(warnings(shielded().stack)).toEqual([]);
  });
});
