import { Stack } from 'aws-cdk-lib';
import { Rule, unless } from '../private/policy/rule';

/** Every resource that shows on the bill and can be tagged without harm has a tag. */
export const taggedCosts: Rule = {
  policy: 'MLOPS-TAG-01',
  types: [
    'AWS::ECR::Repository',
    'AWS::FSx::FileSystem',
    'AWS::KMS::Key',
    'AWS::Lambda::Function',
    'AWS::Logs::LogGroup',
    'AWS::S3::Bucket',
    'AWS::SageMaker::Endpoint',
    'AWS::SageMaker::EndpointConfig',
    'AWS::SageMaker::MlflowApp',
    'AWS::SageMaker::MlflowTrackingServer',
    'AWS::SageMaker::NotebookInstance',
    'AWS::SageMaker::Pipeline',
    'AWS::SNS::Topic',
    'AWS::StepFunctions::StateMachine',
  ],
  fix: 'give the guardrails tags',
  check({ node, properties }) {
    const own = Array.isArray(properties.Tags)
      ? properties.Tags.map((each: any) => each.Key)
      : Object.keys(properties.Tags ?? {});
    const tags = [...own, ...stackTags(Stack.of(node))];
    return unless(
      tags.some((each) => !String(each).startsWith('aws-cdk:') && !String(each).startsWith('aws:'))
        ? []
        : ['has no tag'],
    );
  },
};

/** CloudFormation gives the tags of a stack to each of its resources, and to those of the stacks nested in it. */
function stackTags(stack: Stack): string[] {
  const outer = stack.nestedStackParent;
  return [...Object.keys(stack.tags.tagValues()), ...outer === undefined ? [] : stackTags(outer)];
}
