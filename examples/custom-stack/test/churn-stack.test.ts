import { App, aws_s3 as s3, aws_sqs as sqs } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ChurnStack } from '../churn-stack';
import { MaturityReport } from 'mlops-constructs/aws';
import { ContainerImage } from 'mlops-constructs/core';
import { Expect, Inventory, SynthesizedStack } from 'mlops-constructs/testing';

const IMAGE = ContainerImage.fromUri(
  '111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
);
const churn = (props: { readonly crmTimeoutMinutes?: number } = {}) =>
  new ChurnStack(new App(), 'Churn', { image: IMAGE, ...props });
const templateOf = (stack: ChurnStack) => Template.fromStack(stack).toJSON();

test('what each part creates is what was reviewed', () => {
  expect(Inventory.byConstruct(churn(), 1)).toMatchSnapshot();
});

test('the queue of the CRM is encrypted with the key of the lake', () => {
  const stack = churn();
  const { keyArn } = stack.data.encryptionKey;
  SynthesizedStack.of(templateOf(stack)).expectResource('AWS::SQS::Queue', { KmsMasterKeyId: stack.resolve(keyArn) });
});

test('a queue with the key of the provider stops synthesis', () => {
  const stack = churn();
  new sqs.Queue(stack, 'Careless', { enforceSSL: true, encryption: sqs.QueueEncryption.KMS_MANAGED });
  expect(() => templateOf(stack)).toThrow(/data and models are encrypted at rest with a key of the account/);
});

test('more time for the CRM replaces nothing that holds data', () => {
  Expect.noReplacement(templateOf(churn()), templateOf(churn({ crmTimeoutMinutes: 15 })));
});

test('a name for the bucket of raw data would replace it, and is seen', () => {
  const renamed = churn();
  (renamed.data.rawBucket.node.defaultChild as s3.CfnBucket).bucketName = 'churn-raw';
  expect(() => Expect.noReplacement(templateOf(churn()), templateOf(renamed))).toThrow(
    /\(AWS::S3::Bucket\) is replaced: BucketName changes from undefined to "churn-raw"/,
  );
});

test('the stack is of level 0, and for level 1 it lacks a feature store alone', () => {
  const stack = churn();
  Expect.maturity(stack, 0);
  expect(MaturityReport.of(stack).missingFor(1).map(({ name }) => name)).toEqual(['feature store']);
});
