import { ALLOW_DESTROY, isDestroyAllowed } from '../../core/private/removal';
import { Rule, unless } from '../private/policy/rule';

const KEPT = ['Retain', 'RetainExceptOnCreate', 'Snapshot'];

/**
 * A resource that holds data, or opens it, is retained when it leaves the template, and when the template would replace it.
 *
 * The context flag that allows deletion is the exception and the reason in one: it is set for stacks that are thrown
 * away.
 */
export const retainedState: Rule = {
  policy: 'MLOPS-DAT-02',
  types: [
    'AWS::DynamoDB::GlobalTable',
    'AWS::DynamoDB::Table',
    'AWS::ECR::Repository',
    'AWS::EFS::FileSystem',
    'AWS::Glue::Database',
    'AWS::KMS::Key',
    'AWS::RDS::DBCluster',
    'AWS::RDS::DBInstance',
    'AWS::S3::Bucket',
    'AWS::SageMaker::FeatureGroup',
    'AWS::SageMaker::MlflowApp',
    'AWS::SageMaker::MlflowTrackingServer',
    'AWS::SageMaker::ModelCard',
    'AWS::SageMaker::ModelPackageGroup',
  ],
  fix: 'set removalPolicy: RemovalPolicy.RETAIN',
  check({ node, attributes }) {
    const missing = ['DeletionPolicy', 'UpdateReplacePolicy'].filter((each) => !KEPT.includes(attributes[each]));
    if (missing.length > 0 && isDestroyAllowed(node)) {
      return { kind: 'exception', reason: `the context flag ${ALLOW_DESTROY} is set` };
    }
    return unless(missing.map((each) => `${each} is ${attributes[each] ?? 'missing'}`));
  },
};
