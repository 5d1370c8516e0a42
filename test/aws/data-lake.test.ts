import { App, aws_iam as iam, aws_kms as kms, aws_s3 as s3, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DataLake } from '../../src/aws/data-lake';
import { DataLakeProps } from '../../src/aws/data-lake-props';
import { acknowledgePolicies } from '../../src/aws/private/base/acknowledge';
import { judge, strictApp } from '../support/judges';

const template = (props?: DataLakeProps, context?: { [key: string]: any }) => {
  const stack = new Stack(new App({ context }), 'S');
  new DataLake(stack, 'Data', props);
  return Template.fromStack(stack);
};
const bucket = (of: Template, id: string) =>
  Object.entries(of.findResources('AWS::S3::Bucket')).find(([logicalId]) => logicalId.startsWith(`Data${id}`))![1];
const rule = (of: Template, id: string, ruleId: string) =>
  bucket(of, id).Properties.LifecycleConfiguration.Rules.find((each: any) => each.Id === ruleId);

test('three buckets, their access logs, one key and one database', () => {
  const lake = template();
  lake.resourceCountIs('AWS::S3::Bucket', 4);
  lake.resourceCountIs('AWS::KMS::Key', 1);
  lake.resourceCountIs('AWS::Glue::Database', 1);
  lake.resourceCountIs('AWS::Lambda::Function', 0);
});

test('every bucket is versioned, private and without ACLs', () => {
  template().allResourcesProperties('AWS::S3::Bucket', {
    VersioningConfiguration: { Status: 'Enabled' },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  });
});

test('every bucket refuses plain HTTP and old TLS', () => {
  const policies = template().findResources('AWS::S3::BucketPolicy');
  expect(Object.keys(policies)).toHaveLength(4);
  for (const policy of Object.values(policies)) {
    expect(policy.Properties.PolicyDocument.Statement).toEqual(expect.arrayContaining([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
    ]));
  }
});

test('data are encrypted with the key, access logs with the keys of S3, which is all that log delivery can write to', () => {
  const lake = template();
  const encryption = (id: string) => bucket(lake, id).Properties.BucketEncryption.ServerSideEncryptionConfiguration[0];
  expect(['Raw', 'Features', 'Artifacts', 'AccessLogs'].map((id) => encryption(id).ServerSideEncryptionByDefault.SSEAlgorithm)).toEqual(
    ['aws:kms', 'aws:kms', 'aws:kms', 'AES256']);
  lake.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  // Without a bucket key every object is a request to KMS that costs.
  expect(encryption('Raw').BucketKeyEnabled).toBe(true);
});

test('access logs of each bucket go to their own folder, and nobody else may write there', () => {
  const lake = template();
  const folders = ['Raw', 'Features', 'Artifacts'].map((id) => bucket(lake, id).Properties.LoggingConfiguration.LogFilePrefix);
  expect(folders).toEqual(['raw/', 'features/', 'artifacts/']);
  lake.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({
        Action: 's3:PutObject',
        Principal: { Service: 'logging.s3.amazonaws.com' },
        Condition: { ArnLike: { 'aws:SourceArn': Match.anyValue() }, StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      })]),
    },
  });
});

test('new raw data is an event, without a function in between', () => {
  const lake = template();
  expect(bucket(lake, 'Raw').Properties.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
  expect(bucket(lake, 'Artifacts').Properties.NotificationConfiguration).toBeUndefined();
});

test('older versions and unfinished uploads are cleared away', () => {
  const lake = template({ noncurrentVersionDays: 30 });
  for (const id of ['Raw', 'Features', 'Artifacts']) {
    expect(rule(lake, id, 'Housekeeping')).toEqual({
      Id: 'Housekeeping',
      Status: 'Enabled',
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      ExpiredObjectDeleteMarker: true,
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    });
  }
  expect(rule(template(), 'Raw', 'Housekeeping').NoncurrentVersionExpiration).toEqual({ NoncurrentDays: 365 });
});

test('raw data becomes cheaper after some days', () => {
  const transition = (props?: DataLakeProps) => rule(template(props), 'Raw', 'ColdStorage').Transitions;
  expect(transition()).toEqual([{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 90 }]);
  expect(transition({ coldStorageAfterDays: 7 })).toEqual([{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 7 }]);
  expect(transition({ coldStorageClass: s3.StorageClass.INFREQUENT_ACCESS })).toEqual([{ StorageClass: 'STANDARD_IA', TransitionInDays: 90 }]);
});

test('captured requests are gone when they expire, older versions included', () => {
  expect(rule(template({ captureRetentionDays: 30 }), 'Artifacts', 'CapturedRequests')).toEqual({
    Id: 'CapturedRequests', Status: 'Enabled', Prefix: 'capture/', ExpirationInDays: 30, NoncurrentVersionExpiration: { NoncurrentDays: 1 },
  });
  expect(rule(template(), 'Artifacts', 'CapturedRequests').ExpirationInDays).toBe(90);
});

test('a lake says how long captured requests are kept, but in a bucket of yours', () => {
  const stack = new Stack();
  expect(new DataLake(stack, 'Usual').captureRetentionDays).toBe(90);
  expect(new DataLake(stack, 'Short', { captureRetentionDays: 30 }).captureRetentionDays).toBe(30);
  const artifactBucket = s3.Bucket.fromBucketName(stack, 'Own', 'artifacts');
  expect(new DataLake(stack, 'Brought', { artifactBucket }).captureRetentionDays).toBeUndefined();
});

test('checkpoints go after two months', () => {
  expect(rule(template(), 'Artifacts', 'Checkpoints')).toEqual({
    Id: 'Checkpoints', Status: 'Enabled', Prefix: 'checkpoints/', ExpirationInDays: 60, NoncurrentVersionExpiration: { NoncurrentDays: 1 },
  });
});

test('access logs are kept a year or as long as said', () => {
  expect(rule(template(), 'AccessLogs', 'Retention').ExpirationInDays).toBe(365);
  expect(rule(template({ accessLogRetentionDays: 400 }), 'AccessLogs', 'Retention').ExpirationInDays).toBe(400);
});

test('the database has a name that SQL can say, in the catalogue of the account', () => {
  template().hasResourceProperties('AWS::Glue::Database', {
    CatalogId: { Ref: 'AWS::AccountId' },
    DatabaseInput: { Name: Match.stringLikeRegexp('^s_data_[0-9a-f]{8}$'), LocationUri: Match.anyValue() },
  });
});

test('log groups, alarms, budgets and rules may use the key; only log groups and rules are not bound to the account by aws:SourceAccount', () => {
  const [key] = Object.values(template().findResources('AWS::KMS::Key'));
  const statements: any[] = key.Properties.KeyPolicy.Statement;
  expect(statements.map((each) => each.Sid)).toEqual([undefined, 'LogGroups', 'Alarms', 'Budgets', 'Rules']);
  const condition = (sid: string) => statements.find((each) => each.Sid === sid).Condition;
  expect(Object.keys(condition('LogGroups'))).toEqual(['ArnLike']);
  expect(condition('Alarms')).toEqual({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
  expect(condition('Budgets')).toEqual(condition('Alarms'));
  expect(condition('Rules')).toBeUndefined();
});

test('everything that holds data is retained', () => {
  const lake = template();
  for (const kind of ['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Glue::Database']) {
    lake.allResources(kind, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  }
});

test('deleting data takes the prop and the context flag', () => {
  expect(() => template({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
    "data lake 'S/Data': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
  const lake = template({ removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true });
  lake.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
  lake.resourceCountIs('Custom::S3AutoDeleteObjects', 4);
});

test('buckets, key and database of yours are used as they are', () => {
  const stack = new Stack(new App(), 'S');
  const encryptionKey = new kms.Key(stack, 'Mine', { enableKeyRotation: true });
  const [rawBucket, featureBucket, artifactBucket] = ['raw', 'features', 'artifacts'].map((name) => s3.Bucket.fromBucketName(stack, name, name));
  const lake = new DataLake(stack, 'Data', { encryptionKey, rawBucket, featureBucket, artifactBucket, databaseName: 'mine' });

  const result = Template.fromStack(stack);
  result.resourceCountIs('AWS::S3::Bucket', 0);
  result.resourceCountIs('AWS::Glue::Database', 0);
  result.hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Sid: 'Alarms' })]) } });
  expect([lake.rawBucket, lake.featureBucket, lake.artifactBucket]).toEqual([rawBucket, featureBucket, artifactBucket]);
  expect(lake.encryptionKey).toBe(encryptionKey);
  expect(lake.accessLogBucket).toBeUndefined();
  expect(stack.resolve(lake.databaseArn)['Fn::Join'][1].slice(-1)).toEqual([':database/mine']);
});

test('an alias is no key: what is granted on it does not hold', () => {
  const stack = new Stack(new App(), 'S');
  const aliases = [kms.Alias.fromAliasName(stack, 'Theirs', 'alias/ml'), new kms.Alias(stack, 'Ours', { aliasName: 'alias/ml', targetKey: new kms.Key(stack, 'Key') })];
  for (const encryptionKey of aliases) {
    expect(() => new DataLake(new Stack(new App(), 'S'), 'Data', { encryptionKey }))
      .toThrow(new Error("data lake 'S/Data': encryptionKey is an alias, which permissions do not hold for: give its key, as kms.Key.fromLookup finds it"));
  }
  const encryptionKeyArn = 'arn:aws:kms:eu-west-1:111122223333:alias/ml';
  expect(() => DataLake.fromAttributes(stack, 'Data', { rawBucketName: 'raw', featureBucketName: 'features', artifactBucketName: 'artifacts', databaseName: 'd', encryptionKeyArn }))
    .toThrow(new Error(`data lake 'S/Data': encryptionKeyArn must be the ARN of a key and not of an alias, which permissions do not hold for, got '${encryptionKeyArn}'`));
});

test('access logs can go to a bucket of yours', () => {
  const stack = new Stack(new App(), 'S');
  const accessLogBucket = s3.Bucket.fromBucketName(stack, 'Logs', 'central-logs');
  new DataLake(stack, 'Data', { accessLogBucket });
  Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 3);
  Template.fromStack(stack).allResourcesProperties('AWS::S3::Bucket', { LoggingConfiguration: { DestinationBucketName: 'central-logs' } });
});

test('access logs can go to a bucket of another stack, which then does not wait for this one', () => {
  const app = new App();
  const central = new Stack(app, 'Central');
  const accessLogBucket = new s3.Bucket(central, 'Logs');
  new DataLake(new Stack(app, 'S'), 'Data', { accessLogBucket });
  const [policy] = Object.values(Template.fromStack(central).findResources('AWS::S3::BucketPolicy'));
  expect(policy.Properties.PolicyDocument.Statement.map((each: any) => [each.Principal, each.Condition])).toEqual([0, 1, 2].map(() => (
    [{ Service: 'logging.s3.amazonaws.com' }, { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }])));
});

describe('grants', () => {
  const statements = (grant: (lake: DataLake, role: iam.Role) => void) => {
    const stack = new Stack(new App(), 'S');
    const lake = new DataLake(stack, 'Data');
    grant(lake, new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') }));
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    return policy.Properties.PolicyDocument.Statement as any[];
  };
  const actions = (of: any[]) => [...new Set(of.flatMap((each) => each.Action))].sort();

  test('reading gives no wildcard action, and the key only to decrypt', () => {
    expect(actions(statements((lake, role) => lake.grantRead(role)))).toEqual(
      ['kms:Decrypt', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion', 's3:ListBucket']);
  });

  test('reading and writing can also delete, which leaves an older version', () => {
    expect(actions(statements((lake, role) => lake.grantReadWrite(role)))).toEqual([
      'kms:Decrypt', 'kms:GenerateDataKey', 's3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion',
      's3:ListBucket', 's3:ListMultipartUploadParts', 's3:PutObject',
    ]);
  });

  test('a prefix limits what is read and what is listed', () => {
    const given = statements((lake, role) => lake.grantRead(role, 'dataset/'));
    const reads = given.filter((each) => [each.Action].flat().includes('s3:GetObject'));
    expect(reads.flatMap((each) => [each.Resource].flat()).map((arn) => arn['Fn::Join'][1][1])).toEqual(['/dataset/*', '/dataset/*', '/dataset/*']);
    for (const list of given.filter((each) => each.Action === 's3:ListBucket')) {
      expect(list.Condition).toEqual({ StringLike: { 's3:prefix': ['dataset', 'dataset/*'] } });
    }
  });

  test('the catalogue can be read without the files', () => {
    expect(actions(statements((lake, role) => lake.grantReadCatalog(role)))).toEqual([
      'glue:BatchGetPartition', 'glue:GetDatabase', 'glue:GetPartition', 'glue:GetPartitions', 'glue:GetTable', 'glue:GetTables',
    ]);
  });
});

test('a lake that exists grants like a new one', () => {
  const stack = new Stack(new App(), 'S');
  const lake = DataLake.fromAttributes(stack, 'Data', {
    rawBucketName: 'raw',
    featureBucketName: 'features',
    artifactBucketName: 'artifacts',
    databaseName: 'db',
    encryptionKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1234',
  });
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
  lake.grantRead(role);
  lake.grantReadWrite(role, 'mlflow/');
  lake.grantReadCatalog(role);
  const text = JSON.stringify(Template.fromStack(stack).toJSON());
  for (const part of ['kms:Decrypt', 's3:DeleteObject', 'glue:GetTable', ':database/db', 'key/1234']) expect(text).toContain(part);
});

test.each<[string, DataLakeProps, string]>([
  ['noncurrentVersionDays', { noncurrentVersionDays: 0 }, 'noncurrentVersionDays must be a whole number between 1 and 36500, got 0'],
  ['coldStorageAfterDays', { coldStorageAfterDays: 1.5 }, 'coldStorageAfterDays must be a whole number between 1 and 36500, got 1.5'],
  ['captureRetentionDays', { captureRetentionDays: -1 }, 'captureRetentionDays must be a whole number between 1 and 36500, got -1'],
  ['accessLogRetentionDays', { accessLogRetentionDays: 0 }, 'accessLogRetentionDays must be a whole number between 1 and 36500, got 0'],
  ['databaseName', { databaseName: 'My-Data' }, "databaseName must be lower-case letters, digits and underscores, at most 255, got 'My-Data'"],
  ['coldStorageClass', { coldStorageClass: s3.StorageClass.DEEP_ARCHIVE },
    "coldStorageClass must be one that answers at once: INTELLIGENT_TIERING, GLACIER_IR, STANDARD_IA, ONEZONE_IA, got 'DEEP_ARCHIVE'"],
  ['coldStorageClass with too few days', { coldStorageClass: s3.StorageClass.INFREQUENT_ACCESS, coldStorageAfterDays: 7 },
    'coldStorageAfterDays with coldStorageClass STANDARD_IA must be a whole number between 30 and 36500, got 7'],
])('refuses %s that S3 or Glue would refuse', (_, props, message) => {
  expect(() => template(props)).toThrow(`data lake 'S/Data': ${message}`);
});

test('tags of the app reach the buckets and change nothing else', () => {
  const app = new App();
  const stack = new Stack(app, 'S');
  new DataLake(stack, 'Data');
  Tags.of(app).add('team', 'ml');
  Template.fromStack(stack).allResourcesProperties('AWS::S3::Bucket', { Tags: [{ Key: 'team', Value: 'ml' }] });
});

test.each([false, true])('no judge has a finding (deletable: %s), roles in another stack included', (deletable) => {
  const app = strictApp({ context: { 'mlops:allowDestroy': true } });
  const lake = new DataLake(new Stack(app, 'S'), 'Data', { removalPolicy: deletable ? RemovalPolicy.DESTROY : undefined });
  for (const stack of [Stack.of(lake), new Stack(app, 'Other')]) {
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    acknowledgePolicies(role, []);
    lake.grantReadWrite(role, 'mlflow/');
    lake.grantReadCatalog(role);
  }
  expect(judge(app)).toEqual([]);
});
