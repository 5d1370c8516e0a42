import { Stack } from 'aws-cdk-lib';
import { DataLake } from '../../src/aws/data-lake';
import { ModelRegistry } from '../../src/aws/model-registry';
import { IModelRegistry } from '../../src/aws/model-registry-props';

/** The registry `churn` of another account, with the lake there that its files are in: bucket `their-artifacts`. */
export function registryOfAnotherAccount(stack: Stack): IModelRegistry {
  const lake = DataLake.fromAttributes(stack, 'Lake', {
    rawBucketName: 'raw',
    featureBucketName: 'features',
    artifactBucketName: 'their-artifacts',
    databaseName: 'db',
    encryptionKeyArn: 'arn:aws:kms:eu-central-1:444455556666:key/1',
  });
  return ModelRegistry.fromModelPackageGroupArn(stack, 'Shared', 'arn:aws:sagemaker:eu-central-1:444455556666:model-package-group/churn', lake);
}
