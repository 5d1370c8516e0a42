import * as fs from 'node:fs';
import { App, aws_dynamodb as dynamodb, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { REPLACEMENT_DATA, replacementData } from '../../projenrc/scripts/replacement-data';
import * as aws from '../../src/aws';
import * as gcp from '../../src/gcp';
import { Expect, Inventory, SynthesizedStack } from '../../src/testing';
import { googleStack } from '../support/terraform';

const templateOf = (build: (stack: Stack) => void) => {
  const stack = new Stack(new App(), 'Stack');
  build(stack);
  return Template.fromStack(stack).toJSON();
};
const configOf = (build: (stack: TerraformStack) => void) => {
  const stack = googleStack();
  build(stack);
  return JSON.parse(Testing.synth(stack));
};

test('the table of what is replaced is the one that the specification and the schemas give', () => {
  expect(fs.readFileSync(REPLACEMENT_DATA, 'utf8')).toBe(replacementData());
});

describe.each([
  ['CloudFormation', templateOf((stack) => new aws.DataLake(stack, 'Data')), 'AWS::S3::Bucket', 'BucketEncryption', 'AWS::SQS::Queue'],
  ['Terraform', configOf((stack) => new gcp.DataLake(stack, 'Data')), 'google_storage_bucket', 'versioning', 'google_pubsub_topic'],
])('on %s', (_, document, bucket, property, none) => {
  const synthesized = SynthesizedStack.of(document);
  const buckets = synthesized.resourcesOf(bucket);

  test('resources have type, id, properties and say whether they are stateful', () => {
    expect(buckets.length).toBeGreaterThan(1);
    expect(buckets.map(({ resourceType, stateful }) => [resourceType, stateful])).toEqual(buckets.map(() => [bucket, true]));
    expect(buckets[0].id).toMatch(/^Data/);
    expect(buckets[0].properties[property]).toBeDefined();
    expect(synthesized.inventory()[bucket]).toBe(buckets.length);
  });

  test('a count that holds passes, another says what there is', () => {
    synthesized.expectCount(bucket, buckets.length);
    synthesized.expectCount(none, 0);
    expect(() => synthesized.expectCount(bucket, 1)).toThrow(`expected 1 ${bucket}, got ${buckets.length}: ${buckets.map(({ id }) => id).join(', ')}`);
    expect(() => synthesized.expectCount(none, 1)).toThrow(new RegExp(`expected 1 ${none}, got 0$`));
  });

  test('a resource is found by some of its properties', () => {
    synthesized.expectResource(bucket, { [property]: buckets[0].properties[property] });
    synthesized.expectResource(bucket);
    expect(() => synthesized.expectResource(none)).toThrow(new RegExp(`^expected a ${none} with {}, got none of that type$`));
  });

  test('going to what it is replaces nothing', () => {
    Expect.noReplacement(document, document);
    expect(synthesized.replacementsTo(SynthesizedStack.of(document))).toEqual([]);
  });

  test('a stateful resource that is gone is lost', () => {
    const emptied = JSON.parse(JSON.stringify(document));
    if (emptied.Resources) delete emptied.Resources[buckets[0].id];
    else delete emptied.resource[bucket][buckets[0].id];
    expect(() => Expect.noReplacement(document, emptied)).toThrow(/^stateful resources would be lost:\n {2}.*\bis gone$/);
  });
});

test('a mismatch is named with its place in the properties', () => {
  const synthesized = SynthesizedStack.of(templateOf((stack) => new s3.CfnBucket(stack, 'Bucket', { versioningConfiguration: { status: 'Suspended' } })));
  expect(() => synthesized.expectResource('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } })).toThrow([
    'expected a AWS::S3::Bucket with {"VersioningConfiguration":{"Status":"Enabled"}}, got ',
    'Bucket: VersioningConfiguration.Status is "Suspended", expected "Enabled"',
  ].join('\n').replace('got \n', 'got\n'));
});

test('a property of a type that no construct makes is known to replace', () => {
  const table = (key: string) => templateOf((stack) => new dynamodb.Table(stack, 'Table', {
    partitionKey: { name: key, type: dynamodb.AttributeType.STRING },
  }));
  expect(() => Expect.noReplacement(table('a'), table('b'))).toThrow(/\(AWS::DynamoDB::Table\) is replaced: KeySchema changes from/);
});

test('a resource that holds nothing may be replaced, and is named when everything is asked for', () => {
  const [one, two] = ['a', 'b'].map((name) => SynthesizedStack.of({
    Resources: { Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: name } } },
  }));
  expect(one.lossesTo(two)).toEqual([]);
  expect(one.replacementsTo(two)).toEqual(['Function (AWS::Lambda::Function) is replaced: FunctionName changes from "a" to "b"']);
});

test('what cannot be changed in place is known of Google Cloud and of Azure', () => {
  const bucket = (location: string) => ({ resource: { google_storage_bucket: { Data: { name: 'data', location } } } });
  expect(() => Expect.noReplacement(bucket('EU'), bucket('US'))).toThrow('google_storage_bucket.Data is replaced: location changes from "EU" to "US"');
  const account = (kind: string, tags: object) => ({ resource: { azurerm_storage_account: { Lake: { name: 'lake', account_tier: kind, tags } } } });
  expect(() => Expect.noReplacement(account('Standard', {}), account('Premium', {}))).toThrow(
    'azurerm_storage_account.Lake is replaced: account_tier changes from "Standard" to "Premium"');
  Expect.noReplacement(account('Standard', {}), account('Standard', { team: 'ml' }));
});

test('a document of no engine is refused', () => {
  expect(() => SynthesizedStack.of({ services: {} })).toThrow(
    'synthesized stack: document must be a template of CloudFormation or the content of cdk.tf.json, got one with the sections services');
});

test('two engines cannot be compared', () => {
  expect(() => Expect.noReplacement({ Resources: {} }, { resource: {} })).toThrow(
    'synthesized stack: both syntheses must be of one engine, got a template of CloudFormation and a configuration of Terraform');
});

describe('an inventory by construct', () => {
  test('counts what each construct of an AWS stack has', () => {
    const stack = new Stack(new App(), 'Stack');
    new s3.CfnBucket(stack, 'Own');
    const part = new Construct(new Construct(stack, 'Mlops'), 'Data');
    new s3.CfnBucket(part, 'Raw');
    new s3.Bucket(new Construct(part, 'Deeper'), 'Artifacts');
    expect(Inventory.byConstruct(stack)).toEqual({ '.': { 'AWS::S3::Bucket': 1 }, 'Mlops/Data': { 'AWS::S3::Bucket': 2 } });
    expect(Object.keys(Inventory.byConstruct(stack, 1))).toEqual(['.', 'Mlops']);
    expect(Object.keys(Inventory.byConstruct(part))).toEqual(['.', 'Deeper/Artifacts']);
  });

  test('counts what each construct of a Terraform stack has, without data sources', () => {
    const stack = googleStack();
    new gcp.DataLake(stack, 'Data');
    const inventory = Inventory.byConstruct(stack, 1);
    expect(inventory.Data.google_storage_bucket).toBe(SynthesizedStack.of(JSON.parse(Testing.synth(stack))).resourcesOf('google_storage_bucket').length);
  });

  test('refuses a depth that is none', () => {
    expect(() => Inventory.byConstruct(new Stack(), 0)).toThrow('inventory: depth must be a whole number from 1, got 0');
  });
});
