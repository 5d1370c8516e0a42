import { TerraformStack } from 'cdktf';
import { DataLake, DataLakeProps, EncryptionKey, IDataLake, Principal, RemovalPolicy, ServiceAccount } from '../../src/gcp';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';

interface Setting { stack: TerraformStack; data: DataLake }
const setting = (props: DataLakeProps = {}, context = {}): Setting => {
  const stack = googleStack({}, context);
  return { stack, data: new DataLake(stack, 'Data', props) };
};
const config = (props?: DataLakeProps, context?: object): TerraformConfig => synthesized(setting(props, context).stack);
const bucket = (of: TerraformConfig, id: string) => resourceAt(of, 'google_storage_bucket', `Data_${id}`);
const dataset = (of: TerraformConfig, id: string) => resourceAt(of, 'google_bigquery_dataset', `Data_${id}`);
const rule = (of: any, type: string, withState?: string) =>
  of.lifecycle_rule.find((each: any) => each.action.type === type && each.condition.with_state === withState);

describe('a bucket', () => {
  test.each(['Raw', 'Artifacts'])('%s is private, versioned and encrypted, in the region', (id) => {
    expect(bucket(config(), id)).toMatchObject({
      name: expect.stringMatching(new RegExp(`^my-project-stack-data-${id.toLowerCase()}-[0-9a-f]{8}$`)),
      project: 'my-project',
      location: 'europe-west4',
      storage_class: 'STANDARD',
      uniform_bucket_level_access: true,
      public_access_prevention: 'enforced',
      versioning: { enabled: true },
      soft_delete_policy: { retention_duration_seconds: 604800 },
      encryption: { default_kms_key_name: expect.stringMatching(/^\$\{google_kms_crypto_key\.Data_Key_\w+\.id\}$/) },
      depends_on: [
        expect.stringMatching(/^google_kms_crypto_key_iam_member\.Data_Key_Agent-storage/),
        expect.stringMatching(/^time_sleep\.Data_Key_AgentSettled-storage/),
      ],
    });
  });

  test.each(['Raw', 'Artifacts'])('%s forgets old versions, and uploads that broke off', (id) => {
    expect(rule(bucket(config(), id), 'Delete', 'ARCHIVED').condition).toEqual({ days_since_noncurrent_time: 365, with_state: 'ARCHIVED' });
    expect(rule(bucket(config({ noncurrentVersionDays: 30 }), id), 'Delete', 'ARCHIVED').condition.days_since_noncurrent_time).toBe(30);
    expect(rule(bucket(config(), id), 'AbortIncompleteMultipartUpload').condition).toEqual({ age: 7 });
  });

  test('of raw data moves to colder storage, that of artifacts does not', () => {
    expect(rule(bucket(config(), 'Raw'), 'SetStorageClass', 'LIVE')).toEqual({
      action: { type: 'SetStorageClass', storage_class: 'NEARLINE' }, condition: { age: 90, with_state: 'LIVE', matches_storage_class: ['STANDARD'] },
    });
    expect(rule(bucket(config({ coldStorageAfterDays: 10, coldStorageClass: 'ARCHIVE' }), 'Raw'), 'SetStorageClass', 'LIVE')).toMatchObject({
      action: { storage_class: 'ARCHIVE' }, condition: { age: 10 },
    });
    expect(rule(bucket(config(), 'Artifacts'), 'SetStorageClass', 'LIVE')).toBeUndefined();
  });

  test('of artifacts forgets captured traffic', () => {
    expect(rule(bucket(config(), 'Artifacts'), 'Delete', 'ANY').condition).toEqual({ age: 90, matches_prefix: ['capture/'], with_state: 'ANY' });
    expect(rule(bucket(config({ captureRetentionDays: 14 }), 'Artifacts'), 'Delete', 'ANY').condition.age).toBe(14);
  });

  test('of artifacts forgets checkpoints that no training can go on from', () => {
    expect(bucket(config(), 'Artifacts').lifecycle_rule).toContainEqual({
      action: { type: 'Delete' }, condition: { age: 60, matches_prefix: ['checkpoints/'], with_state: 'ANY' },
    });
  });

  test('has a name that the world accepts, whatever the project and the path are called', () => {
    const stack = googleStack({ projectId: 'a-project-with-a-very-long-id1' });
    new DataLake(stack, 'D'.repeat(80));
    const domain = googleStack({ projectId: 'example.com:my-project' });
    new DataLake(domain, 'Data');
    for (const each of [...resourcesOf(synthesized(stack), 'google_storage_bucket'), ...resourcesOf(synthesized(domain), 'google_storage_bucket')]) {
      expect(each.name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
    }
  });

  test('is yours instead, and its lifecycle too', () => {
    const { stack, data } = setting({ rawBucketName: 'my-raw', artifactBucketName: 'my-artifacts' });
    expect([data.rawBucketName, data.artifactBucketName]).toEqual(['my-raw', 'my-artifacts']);
    expect(resourcesOf(synthesized(stack), 'google_storage_bucket')).toEqual([]);
  });
});

describe('a dataset', () => {
  test('is encrypted, in the region, and can be read as it was a week ago', () => {
    for (const id of ['Features', 'Capture']) {
      expect(dataset(config(), id)).toMatchObject({
        dataset_id: expect.stringMatching(new RegExp(`^stack_data_${id.toLowerCase()}_[0-9a-f]{8}$`)),
        location: 'europe-west4',
        default_encryption_configuration: { kms_key_name: expect.stringContaining('google_kms_crypto_key.Data_Key') },
        max_time_travel_hours: '168',
        depends_on: [
          expect.stringMatching(/^google_kms_crypto_key_iam_member\.Data_Key_Agent-bigquery/),
          expect.stringMatching(/^time_sleep\.Data_Key_AgentSettled-bigquery/),
        ],
      });
    }
  });

  test('of features keeps everything, that of captured traffic does not', () => {
    expect(dataset(config(), 'Features').default_partition_expiration_ms).toBeUndefined();
    expect(dataset(config(), 'Capture').default_partition_expiration_ms).toBe(90 * 86_400_000);
    expect(dataset(config({ captureRetentionDays: 14 }), 'Capture').default_partition_expiration_ms).toBe(14 * 86_400_000);
  });
});

describe('what happens to the data', () => {
  test('is nothing, unless two keys say otherwise', () => {
    const kept = config();
    for (const each of [...resourcesOf(kept, 'google_storage_bucket'), ...resourcesOf(kept, 'google_bigquery_dataset')]) {
      expect(each.lifecycle).toEqual({ prevent_destroy: true });
      expect(each.force_destroy ?? each.delete_contents_on_destroy).toBe(false);
    }
    expect(() => config({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
      "data lake 'Stack/Data': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
  });

  test('is that all of it goes, the key included, so that a stack can be destroyed', () => {
    const gone = config({ removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true });
    for (const each of [...resourcesOf(gone, 'google_storage_bucket'), ...resourcesOf(gone, 'google_bigquery_dataset')]) {
      expect(each.lifecycle).toEqual({ prevent_destroy: false });
      expect(each.force_destroy ?? each.delete_contents_on_destroy).toBe(true);
    }
    expect(JSON.stringify(gone)).not.toContain('"prevent_destroy":true');
  });
});

test('a key of yours encrypts everything', () => {
  const stack = googleStack();
  const encryptionKey = EncryptionKey.fromKeyId(stack, 'Mine', 'projects/keys/locations/europe-west4/keyRings/r/cryptoKeys/k');
  const data = new DataLake(stack, 'Data', { encryptionKey });
  expect(data.encryptionKey).toBe(encryptionKey);
  const all = synthesized(stack);
  expect(resourcesOf(all, 'google_kms_crypto_key')).toEqual([]);
  expect(bucket(all, 'Raw').encryption.default_kms_key_name).toBe(encryptionKey.keyId);
});

const imported = (): { stack: TerraformStack; data: IDataLake } => {
  const stack = googleStack();
  return {
    stack,
    data: DataLake.fromAttributes(stack, 'Data', {
      rawBucketName: 'raw',
      artifactBucketName: 'artifacts',
      featureDatasetId: 'features',
      captureDatasetId: 'capture',
      encryptionKeyId: 'projects/keys/locations/europe-west4/keyRings/r/cryptoKeys/k',
    }),
  };
};

describe.each<[string, () => { stack: TerraformStack; data: IDataLake }]>([['a new lake', setting], ['a lake that exists', imported]])('%s', (_, make) => {
  const ana = Principal.user('ana@example.com');

  test('lets others read objects and tables', () => {
    const { stack, data } = make();
    expect(data.grantRead(ana).addresses).toHaveLength(4);
    const all = synthesized(stack);
    expect(resourcesOf(all, 'google_storage_bucket_iam_member').map(({ role, member, condition }) => [role, member, condition]))
      .toEqual(Array(2).fill(['roles/storage.objectViewer', 'user:ana@example.com', undefined]));
    expect(resourcesOf(all, 'google_bigquery_dataset_iam_member').map(({ role, project }) => [role, project])).toEqual(Array(2).fill(['roles/bigquery.dataViewer', 'my-project']));
  });

  test('lets others write objects and tables', () => {
    const { stack, data } = make();
    data.grantReadWrite(ana);
    const all = synthesized(stack);
    expect(resourcesOf(all, 'google_storage_bucket_iam_member').map(({ role }) => role)).toEqual(Array(2).fill('roles/storage.objectUser'));
    expect(resourcesOf(all, 'google_bigquery_dataset_iam_member').map(({ role }) => role)).toEqual(Array(2).fill('roles/bigquery.dataEditor'));
  });

  test('limits a permission to a folder, and to objects', () => {
    const { stack, data } = make();
    expect(data.grantRead(ana, 'training/').addresses).toHaveLength(2);
    const all = synthesized(stack);
    const [first] = resourcesOf(all, 'google_storage_bucket_iam_member');
    expect(first.condition).toMatchObject({ title: 'objects below training/', expression: expect.stringContaining('/objects/training/")') });
    expect(resourcesOf(all, 'google_bigquery_dataset_iam_member')).toEqual([]);
  });

  test('gives each permission once, whoever asks how often', () => {
    const { stack, data } = make();
    const job = new ServiceAccount(stack, 'Job', { displayName: 'Job' });
    data.grantRead(job, 'a/');
    expect(data.grantRead(job, 'a/').addresses).toEqual(data.grantRead(job, 'a/').addresses);
    data.grantRead(job, 'a-b/');
    data.grantReadWrite(job, 'a/');
    expect(resourcesOf(synthesized(stack), 'google_storage_bucket_iam_member')).toHaveLength(6);
  });
});

describe('a prefix of a grant', () => {
  test.each(['training', '/training/', 'gs://b/x/', 'a"b/', 'a\\b/', 'a//b/', ''])('is not %j', (prefix) => {
    const { stack, data } = setting();
    const job = new ServiceAccount(stack, 'Job', { displayName: 'Job' });
    expect(() => data.grantRead(job, prefix)).toThrow(
      `permission for objects 'Stack/Data': prefix must be a folder like training/, with a slash at its end only and without quotation marks and backslashes, got '${prefix}'`);
  });

  test('is at most six folders deep', () => {
    const { stack, data } = setting();
    const job = new ServiceAccount(stack, 'Job', { displayName: 'Job' });
    data.grantRead(job, 'a/b/c/d/e/f/');
    const [{ condition }] = resourcesOf(synthesized(stack), 'google_storage_bucket_iam_member');
    expect(condition.expression.match(/ \|\| /g)).toHaveLength(12);
    expect(() => data.grantRead(job, 'a/b/c/d/e/f/g/')).toThrow('prefix must be at most 6 folders deep: a condition of IAM has 12 operators at most, got');
  });

  test('is text for Terraform, whatever it looks like', () => {
    const { stack, data } = setting();
    data.grantRead(new ServiceAccount(stack, 'Job', { displayName: 'Job' }), 'a%{if}b${c}/');
    const [{ condition }] = resourcesOf(synthesized(stack), 'google_storage_bucket_iam_member');
    expect(condition.title).toBe('objects below a%%{if}b$${c}/');
    expect(condition.expression).toMatch(/startsWith\("projects\/_\/buckets\/\$\{google_storage_bucket\.[\w.-]+\}\/objects\/a%%\{if\}b\$\$\{c\}\/"\)/);
  });
});

test('raw data and artifacts are in two buckets', () => {
  const want = "data lake 'Stack/Data': artifactBucketName must be another bucket than rawBucketName, got 'one'";
  expect(() => setting({ rawBucketName: 'one', artifactBucketName: 'one' })).toThrow(want);
  expect(() => DataLake.fromAttributes(googleStack(), 'Data', {
    rawBucketName: 'one', artifactBucketName: 'one', featureDatasetId: 'f', captureDatasetId: 'c', encryptionKeyId: 'projects/p/locations/europe-west4/keyRings/r/cryptoKeys/k',
  })).toThrow(want);
});

test('text that is no removal policy is refused, not taken for RETAIN', () => {
  expect(() => setting({ removalPolicy: 'DESTROY' as any })).toThrow("data lake 'Stack/Data': removalPolicy must be RemovalPolicy.RETAIN or RemovalPolicy.DESTROY, got 'DESTROY'");
});

test('a lake that exists is known by its names', () => {
  const { data } = imported();
  expect([data.rawBucketName, data.artifactBucketName, data.featureDatasetId, data.captureDatasetId]).toEqual(['raw', 'artifacts', 'features', 'capture']);
  expect(data.encryptionKey.keyId).toBe('projects/keys/locations/europe-west4/keyRings/r/cryptoKeys/k');
});

test('nothing of a stack has a provider, a project or an API twice', () => {
  const all = config();
  expect(onlyResource(all, 'google_kms_key_ring').project).toBe('my-project');
  const services = resourcesOf(all, 'google_project_service').map(({ service }) => service);
  expect(new Set(services).size).toBe(services.length);
});

test.each<[DataLakeProps, string]>([
  [{ noncurrentVersionDays: 0 }, 'noncurrentVersionDays must be a whole number between 1 and 36500, got 0'],
  [{ coldStorageAfterDays: 1.5 }, 'coldStorageAfterDays must be a whole number between 1 and 36500, got 1.5'],
  [{ captureRetentionDays: 3651 }, 'captureRetentionDays must be a whole number between 1 and 3650, got 3651'],
  [{ coldStorageClass: 'GLACIER' }, "coldStorageClass must be NEARLINE, COLDLINE or ARCHIVE, got 'GLACIER'"],
  [{ rawBucketName: 'gs://raw' }, "rawBucketName must be the name of a bucket, without gs://, got 'gs://raw'"],
  [{ artifactBucketName: 'A' }, "artifactBucketName must be the name of a bucket, without gs://, got 'A'"],
])('refuses %j', (props, message) => {
  expect(() => config(props)).toThrow(`data lake 'Stack/Data': ${message}`);
});
