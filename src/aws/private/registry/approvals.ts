import { aws_events as events } from 'aws-cdk-lib';

/**
 * A version is approved once: what is changed later in an approved version, or the version being deleted, is no
 * approval.
 *
 * `UpdatedModelPackageFields` is missing where the version was approved as it was registered.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-model-package
 */
export function approvedPattern(name: string, stage?: string): events.EventPattern {
  return {
    source: [SOURCE],
    detailType: [DETAIL_TYPE],
    detail: {
      ModelPackageGroupName: [name],
      ModelPackageStatus: ['Completed'],
      ModelApprovalStatus: ['Approved'],
      ...(stage === undefined
        ? { UpdatedModelPackageFields: ['ModelApprovalStatus', { exists: false }] }
        : {
          UpdatedModelPackageFields: ['ModelLifeCycle'],
          ModelLifeCycle: { Stage: [stage], StageStatus: ['Approved'] },
        }),
    },
  };
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-model-package */
export const SOURCE = 'aws.sagemaker';

export const DETAIL_TYPE = 'SageMaker Model Package State Change';
