import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { acknowledge, acknowledgedOn } from '../../src/terraform/acknowledge';
import { googleStack } from '../support/terraform';

function acknowledging(id: string, reason: string) {
  const stack = googleStack();
  const bucket = new StorageBucket(stack, 'Bucket', { name: 'b', location: 'europe-west4' });
  acknowledge(bucket, id, reason);
  return { stack, bucket, comment: Object.values(stack.toTerraform().resource.google_storage_bucket as object)[0]['//'] };
}

test('a finding of checkov is acknowledged in the comment of its resource', () => {
  const { comment, bucket } = acknowledging('CKV_GCP_62', 'it costs ${more} than it tells');
  expect(comment.checkov).toEqual({ CKV_GCP_62: 'it costs $${more} than it tells' });
  expect(comment.metadata.path).toBe('Stack/Bucket');
  expect(acknowledgedOn(bucket)).toEqual([['CKV_GCP_62', 'it costs ${more} than it tells']]);
});

test('a policy is acknowledged on the construct, and Terraform sees nothing of it', () => {
  const { comment, bucket } = acknowledging('MLOPS-DAT-01', 'a cache');
  expect(comment).toEqual({ metadata: expect.anything() });
  expect(acknowledgedOn(bucket)).toEqual([['MLOPS-DAT-01', 'a cache']]);
});

test('refuses a finding of checkov on what is no resource', () => {
  expect(() => acknowledge(googleStack(), 'CKV_GCP_62', 'why'))
    .toThrow('construct \'Stack\': CKV_GCP_62 is a finding on one resource: acknowledge it on the resource, not on what is around it');
});
