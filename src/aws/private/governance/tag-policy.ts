import { Tags } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { refuse, requireMatch, Speaker } from '../../../core/private/validation';

/**
 * SageMaker types whose `Tags` cannot change without a replacement; a test compares the list with the CloudFormation
 * specification.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SageMaker.html
 */
export const REPLACED_BY_TAGS: string[] = [
  'AWS::SageMaker::App',
  'AWS::SageMaker::AppImageConfig',
  'AWS::SageMaker::DataQualityJobDefinition',
  'AWS::SageMaker::Domain',
  'AWS::SageMaker::FeatureGroup',
  'AWS::SageMaker::ModelBiasJobDefinition',
  'AWS::SageMaker::ModelExplainabilityJobDefinition',
  'AWS::SageMaker::ModelQualityJobDefinition',
  'AWS::SageMaker::ProcessingJob',
  'AWS::SageMaker::Project',
  'AWS::SageMaker::StudioLifecycleConfig',
  'AWS::SageMaker::UserProfile',
];

/** @see https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html#tag-conventions */
export function checkTags(who: Speaker, tags: { [key: string]: string } | undefined): void {
  const keys = Object.keys(tags ?? {});
  if (keys.length > MOST_TAGS) refuse(who, 'tags', keys.length, `at most ${MOST_TAGS}`);
  for (const [key, value] of Object.entries(tags ?? {})) {
    requireMatch(
      who,
      'tags',
      key,
      /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u,
      'keys of 1 to 128 letters, digits, spaces and _.:/=+-@ that do not begin with aws:',
    );
    requireMatch(
      who,
      `tags.${key}`,
      value,
      /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
      'at most 256 letters, digits, spaces and _.:/=+-@',
    );
  }
}

/** Puts the tags on everything below the scope whose tags can change in place. */
export function applyTags(scope: IConstruct, tags: { [key: string]: string } | undefined): void {
  for (const [key, value] of Object.entries(tags ?? {})) {
    Tags.of(scope).add(key, value, { excludeResourceTypes: REPLACED_BY_TAGS });
  }
}

/** Some are left for CloudFormation's own and the user's. */
const MOST_TAGS = 40;
