import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, aws_s3 as s3, aws_s3_assets as assets, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Inventory } from '../../src/testing/inventory';
import { Snapshot } from '../../src/testing/snapshot';

function template(content: string, versioned: boolean): Record<string, unknown> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asset-'));
  fs.writeFileSync(path.join(folder, 'file.txt'), content);
  const stack = new Stack(new App(), 'Stack');
  const asset = new assets.Asset(stack, 'Asset', { path: path.join(folder, 'file.txt') });
  new s3.CfnBucket(stack, 'Bucket', { websiteConfiguration: { indexDocument: asset.s3ObjectKey }, versioningConfiguration: versioned ? { status: 'Enabled' } : undefined })
    .addMetadata('note', 'kept');
  return Template.fromStack(stack).toJSON();
}

test('a snapshot does not change with the content of an asset', () => {
  expect(template('one', false)).not.toEqual(template('two', false));
  expect(Snapshot.ofTemplate(template('one', false))).toEqual(Snapshot.ofTemplate(template('two', false)));
});

test('a snapshot changes with the infrastructure', () => {
  expect(Snapshot.ofTemplate(template('one', false))).not.toEqual(Snapshot.ofTemplate(template('one', true)));
});

test('a snapshot keeps what is the user\'s and drops what is the engine\'s', () => {
  const snapshot = Snapshot.ofTemplate(template('one', false));
  expect(Object.keys(snapshot)).toEqual(['Resources']);
  expect(snapshot.Resources.Bucket).toEqual({ Type: 'AWS::S3::Bucket', Properties: { WebsiteConfiguration: { IndexDocument: '<asset>.txt' } }, Metadata: { note: 'kept' } });
});

test('an inventory counts by type, in alphabetical order', () => {
  const stack = new Stack(new App(), 'Stack');
  new s3.Bucket(stack, 'One', { enforceSSL: true });
  new s3.Bucket(stack, 'Two');
  const inventory = Inventory.ofTemplate(Template.fromStack(stack).toJSON());
  expect(Object.entries(inventory)).toEqual([['AWS::S3::Bucket', 2], ['AWS::S3::BucketPolicy', 1]]);
});

test('an inventory of nothing is empty', () => {
  expect(Inventory.ofTemplate({})).toEqual({});
});

describe('of Terraform', () => {
  const config = (version: string, location: string) => ({
    '//': { metadata: { version } },
    'terraform': { backend: { local: { path: `/home/${version}/terraform.tfstate` } }, required_providers: { google: { version: '~> 6.50' } } },
    'resource': {
      google_storage_bucket: { 'Data_Raw_CC4222E8': { '//': { metadata: { path: 'x' } }, location }, 'Data_Art-x_73446953': { location } },
      google_kms_key_ring: { Ring: { name: '${google_storage_bucket.Data_Raw_CC4222E8.name}' } },
    },
  });

  test('a snapshot does not change with the engine', () => {
    expect(Snapshot.ofTerraform(config('0.21.0', 'EU'))).toEqual(Snapshot.ofTerraform(config('0.24.0', 'EU')));
  });

  test('a snapshot keeps what is the user\'s, with addresses that can be read', () => {
    expect(Snapshot.ofTerraform(config('0.21.0', 'EU'))).toEqual({
      terraform: { required_providers: { google: { version: '~> 6.50' } } },
      resource: {
        google_storage_bucket: { 'Data_Raw': { location: 'EU' }, 'Data_Art-x': { location: 'EU' } },
        google_kms_key_ring: { Ring: { name: '${google_storage_bucket.Data_Raw.name}' } },
      },
    });
  });

  test('an inventory counts by type, in alphabetical order', () => {
    expect(Object.entries(Inventory.ofTerraform(config('0.21.0', 'EU')))).toEqual([['google_kms_key_ring', 1], ['google_storage_bucket', 2]]);
  });
});
