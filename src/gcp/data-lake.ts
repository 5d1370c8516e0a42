import { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset';
import { BigqueryDatasetIamMember } from '@cdktf/provider-google/lib/bigquery-dataset-iam-member';
import { StorageBucket, StorageBucketLifecycleRule } from '@cdktf/provider-google/lib/storage-bucket';
import { Construct } from 'constructs';
import { DataLakeAttributes, DataLakeProps, IDataLake } from './data-lake-props';
import { EncryptionKey } from './encryption-key';
import { IEncryptionKey } from './encryption-key-props';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { requireKnown, requireKnownText } from '../core/private/known-values';
import { resolvedDataLake } from '../core/private/resolve/data';
import { requireTexts } from '../core/private/texts';
import { refuse, requireInteger, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { acknowledge } from '../terraform/acknowledge';
import { grantPlace } from '../terraform/grants';
import { stableName } from '../terraform/names';
import { once, onceInStack } from '../terraform/once';
import { mayDestroy } from '../terraform/removal';
import { after } from './private/base/ordering';
import { grantObjects } from './private/data/bucket-access';

/**
 * Versioned, encrypted, private buckets for raw data and artifacts, BigQuery datasets for features and captured
 * traffic, one key for all.
 *
 * Children: `Key`, `Raw`, `Artifacts`, `Features`, `Capture`. Costs: storage and requests, 0.06 USD a month for the
 * key.
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { gcp } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new gcp.DataLake(stack, 'Data', { captureRetentionDays: 30 });
 * const workspace = new gcp.Workspace(stack, 'Workspace', { data, users: ['alice'] });
 * data.grantRead(workspace.serviceAccounts[0], 'dataset/');
 */
export class DataLake extends Construct implements IDataLake {
  /** A lake that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: DataLakeAttributes): IDataLake {
    return new ImportedDataLake(scope, id, attributes);
  }

  public readonly rawBucketName: string;
  public readonly artifactBucketName: string;
  public readonly featureDatasetId: string;
  public readonly captureDatasetId: string;
  public readonly captureRetentionDays?: number;
  public readonly encryptionKey: IEncryptionKey;
  private readonly isDestroyable: boolean;

  public constructor(scope: Construct, id: string, props: DataLakeProps = {}) {
    super(scope, id);
    const who: Speaker = speakerFor('data lake', scope, id);
    requireKnown(who, props, 'noncurrentVersionDays', 'coldStorageAfterDays');
    const lake = resolvedDataLake(who, props, LONGEST_CAPTURE_DAYS);
    requireMatch(
      who,
      'coldStorageClass',
      props.coldStorageClass,
      /^(NEARLINE|COLDLINE|ARCHIVE)$/,
      'NEARLINE, COLDLINE or ARCHIVE',
    );
    requireMatch(who, 'rawBucketName', props.rawBucketName, BUCKET, BUCKET_IN_WORDS);
    requireMatch(who, 'artifactBucketName', props.artifactBucketName, BUCKET, BUCKET_IN_WORDS);
    requireTwoBuckets(who, props.rawBucketName, props.artifactBucketName);
    this.isDestroyable = mayDestroy(this, who, props.removalPolicy);

    this.encryptionKey = props.encryptionKey ?? new EncryptionKey(this, 'Key', { removalPolicy: props.removalPolicy });
    const housekeeping: StorageBucketLifecycleRule[] = [
      { action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: lake.noncurrentVersionDays, withState: 'ARCHIVED' } },
      { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: 7 } },
    ];
    this.rawBucketName = props.rawBucketName ?? this.newBucket('Raw', [...housekeeping, {
      action: { type: 'SetStorageClass', storageClass: props.coldStorageClass ?? 'NEARLINE' },
      condition: { age: lake.coldStorageAfterDays, withState: 'LIVE', matchesStorageClass: ['STANDARD'] },
    }]);
    this.captureRetentionDays = lake.captureRetentionDays;
    this.artifactBucketName = props.artifactBucketName ?? this.newBucket('Artifacts', [
      ...housekeeping,
      { action: { type: 'Delete' }, condition: { age: lake.captureRetentionDays, matchesPrefix: ['capture/'], withState: 'ANY' } },
      // No training takes longer, so nothing goes on from them any more.
      { action: { type: 'Delete' }, condition: { age: 60, matchesPrefix: ['checkpoints/'], withState: 'ANY' } },
    ]);
    this.featureDatasetId = this.newDataset('Features', 'Features: history for training, source of the online store');
    this.captureDatasetId = this.newDataset(
      'Capture',
      'Captured requests and answers of endpoints',
      lake.captureRetentionDays,
    );
  }

  public grantRead(principal: IPrincipal, prefix?: string): Grant {
    return grantLake(this, principal, 'read', prefix);
  }

  public grantReadWrite(principal: IPrincipal, prefix?: string): Grant {
    return grantLake(this, principal, 'write', prefix);
  }

  private newBucket(id: string, lifecycleRule: StorageBucketLifecycleRule[]): string {
    const project = GoogleProject.of(this);
    const bucket = new StorageBucket(this, id, {
      // Bucket names are the world's: the project's id makes them the project's. An id may begin with a domain, which a
      // name may not have.
      name: `${project.projectId.replace(/^[a-z0-9.-]+:/, '')}-${stableName(this, id, { maxLength: 32, separator: '-' })}`,
      project: project.projectId,
      location: project.region,
      storageClass: 'STANDARD',
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      versioning: { enabled: true },
      softDeletePolicy: { retentionDurationSeconds: 7 * 86400 },
      encryption: { defaultKmsKeyName: this.encryptionKey.keyId },
      lifecycleRule,
      forceDestroy: this.isDestroyable,
      lifecycle: { preventDestroy: !this.isDestroyable },
      dependsOn: after(this.encryptionKey.grantServiceAgent('storage')),
    });
    acknowledge(
      bucket,
      'CKV_GCP_62',
      'Cloud Audit Logs say who read and wrote what, from maturity level 1 on; usage logs come hours later and are not guaranteed',
    );
    return bucket.name;
  }

  private newDataset(id: string, description: string, partitionDays?: number): string {
    const project = GoogleProject.of(this);
    const dataset = new BigqueryDataset(this, id, {
      datasetId: stableName(this, id, { maxLength: 100, separator: '_' }),
      project: project.projectId,
      location: project.region,
      description,
      defaultPartitionExpirationMs: partitionDays === undefined ? undefined : partitionDays * 86_400_000,
      defaultEncryptionConfiguration: { kmsKeyName: this.encryptionKey.keyId },
      maxTimeTravelHours: '168',
      deleteContentsOnDestroy: this.isDestroyable,
      lifecycle: { preventDestroy: !this.isDestroyable },
      dependsOn: after(this.encryptionKey.grantServiceAgent('bigquery')),
    });
    return dataset.datasetId;
  }
}

class ImportedDataLake extends Construct implements IDataLake {
  public readonly rawBucketName: string;
  public readonly artifactBucketName: string;
  public readonly featureDatasetId: string;
  public readonly captureDatasetId: string;
  public readonly captureRetentionDays?: number;
  public readonly encryptionKey: IEncryptionKey;

  public constructor(scope: Construct, id: string, attributes: DataLakeAttributes) {
    super(scope, id);
    checkAttributes(speakerFor('data lake', scope, id), attributes);
    requireTwoBuckets(speakerFor('data lake', scope, id), attributes.rawBucketName, attributes.artifactBucketName);
    this.rawBucketName = attributes.rawBucketName;
    this.artifactBucketName = attributes.artifactBucketName;
    this.featureDatasetId = attributes.featureDatasetId;
    this.captureDatasetId = attributes.captureDatasetId;
    const who = speakerFor('data lake', this);
    requireKnown(who, attributes);
    requireInteger(who, 'captureRetentionDays', attributes.captureRetentionDays, 1, LONGEST_CAPTURE_DAYS);
    this.captureRetentionDays = attributes.captureRetentionDays;
    this.encryptionKey = EncryptionKey.fromKeyId(this, 'Key', attributes.encryptionKeyId);
  }

  public grantRead(principal: IPrincipal, prefix?: string): Grant {
    return grantLake(this, principal, 'read', prefix);
  }

  public grantReadWrite(principal: IPrincipal, prefix?: string): Grant {
    return grantLake(this, principal, 'write', prefix);
  }
}

function checkAttributes(who: Speaker, attributes: DataLakeAttributes): void {
  for (const prop of ['rawBucketName', 'artifactBucketName'] as const) {
    requireMatch(who, prop, attributes[prop], BUCKET, BUCKET_IN_WORDS);
  }
  for (const prop of ['featureDatasetId', 'captureDatasetId'] as const) {
    requireMatch(who, prop, attributes[prop], DATASET, 'the id of a dataset alone, letters, digits and _');
  }
  requireTexts(who, attributes, {
    rawBucketName: 'text',
    artifactBucketName: 'text',
    featureDatasetId: 'text',
    captureDatasetId: 'text',
    encryptionKeyId: 'text',
  });
}

/** Refuses one bucket for both: prefixes of raw data and of artifacts overlap, and so do the permissions for them. */
function requireTwoBuckets(who: Speaker, raw: string | undefined, artifacts: string | undefined): void {
  if (raw !== undefined && raw === artifacts) {
    refuse(who, 'artifactBucketName', artifacts, 'another bucket than rawBucketName');
  }
}

const LONGEST_CAPTURE_DAYS = 3650;

const BUCKET_IN_WORDS = 'the name of a bucket, without gs://';

const DATASET = /^[A-Za-z0-9_]{1,1024}$/;

const BUCKET = /^(?!gs:)[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;

function grantLake(lake: IDataLake, principal: IPrincipal, may: 'read' | 'write', prefix?: string): Grant {
  const { member } = principal;
  requireKnownText(speakerFor('data lake', lake), 'prefix of a grant', prefix);
  const { scope, id } = grantPlace(lake, principal, `${may}-${prefix ?? 'all'}`);
  const { projectId } = GoogleProject.of(lake);
  const bucket = (name: string, bucketName: string) => grantObjects(scope, `${id}-${name}`, {
    bucket: bucketName, prefix, role: may === 'read' ? 'objectViewer' : 'objectUser', member,
  }).fqn;
  const role = may === 'read' ? 'roles/bigquery.dataViewer' : 'roles/bigquery.dataEditor';
  const dataset = (name: string, datasetId: string) =>
    onceInStack(scope, ['dataset', projectId, datasetId, role, member], () =>
      once(
        scope,
        `${id}-${name}`,
        (childId) => new BigqueryDatasetIamMember(scope, childId, { project: projectId, datasetId, role, member }),
      ),
    ).fqn;
  const objects = [bucket('Raw', lake.rawBucketName), bucket('Artifacts', lake.artifactBucketName)];
  const tables =
    prefix === undefined ? [dataset('Features', lake.featureDatasetId), dataset('Capture', lake.captureDatasetId)] : [];
  return new Grant([...objects, ...tables]);
}
