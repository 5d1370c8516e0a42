import { CfnResource, Stack, Validations } from 'aws-cdk-lib';

/**
 * Keeps every tag away from a resource whose `Tags` cannot be changed without replacing it.
 *
 * `Tags.of(app).add()` puts a tag on everything below it. On a feature group, a Studio domain, a user profile …
 * CloudFormation answers a changed tag with a new resource, and the old one's data are gone or its name is taken. So
 * the property is struck from the template whoever sets it, at whatever time.
 *
 * The same call also tags the stack, and CloudFormation hands a stack's tags down to its resources, beyond the reach of
 * a template: that is said in a warning, once for each stack.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-featuregroup.html#cfn-sagemaker-featuregroup-tags
 * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/538
 */
export function shieldFromTags<T extends CfnResource>(resource: T): T {
  resource.addPropertyDeletionOverride('Tags');
  // Aspects set the tags, and validation comes after them.
  resource.node.addValidation({
    validate: () => {
      const stack = Stack.of(resource);
      if (stack.tags.hasTags()) Validations.of(stack).addWarning(STACK_TAGS, STACK_TAGS_MESSAGE);
      return [];
    },
  });
  return resource;
}

const STACK_TAGS = 'mlops-constructs:stackTags';
const STACK_TAGS_MESSAGE =
  'the stack itself has tags, which CloudFormation hands down to resources that it must replace to change a tag ' +
  '(feature groups, Studio domains, user profiles): set the context flag "@aws-cdk/core:explicitStackTags" to true, so that Tags.of() tags ' +
  'resources only, or never change these tags';
