import { IConstruct } from 'constructs';
import { IEncryptionKey } from './encryption-key-props';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { RemovalPolicy } from './removal-policy';
import { DataLakeIntent } from '../core/data-lake';

/** A lake that others can read, write and hang their own resources on. */
export interface IDataLake extends IConstruct {
  /**
   * Name of the storage account of raw data, artifacts, captured traffic and queues: versioned, with a flat namespace.
   */
  readonly storeAccountName: string;
  /** ARM id of that account. */
  readonly storeAccountId: string;
  /** Its blob endpoint without a slash at the end, `https://<account>.blob.core.windows.net`. */
  readonly blobEndpoint: string;
  /** Its queue endpoint without a slash at the end, `https://<account>.queue.core.windows.net`. */
  readonly queueEndpoint: string;
  /**
   * Container of data as it arrived. Training reads `dataset/`, delayed truths lie under `labels/`, batch prediction
   * reads `batch/input/`.
   */
  readonly rawContainer: string;
  /**
   * Container of what pipelines and endpoints write: `training/`, `checkpoints/` (for 60 days), `drift/`,
   * `batch/output/`.
   */
  readonly artifactContainer: string;
  /** Container of captured requests and answers; they are deleted after `captureRetentionDays`. */
  readonly capturedContainer: string;
  /** Days that captured requests and answers are kept; undefined where the lake exists elsewhere and does not say. */
  readonly captureRetentionDays?: number;
  /**
   * Name of the storage account of features: it has a hierarchical namespace, which feature stores require and blob
   * versions exclude.
   */
  readonly featuresAccountName: string;
  /** ARM id of that account. */
  readonly featuresAccountId: string;
  /** Container (file system) of the features. */
  readonly featuresContainer: string;
  /**
   * Encrypts the lake, and is there for whatever belongs to it: disks, registries, vaults; undefined where Microsoft's
   * keys do.
   */
  readonly encryptionKey?: IEncryptionKey;
  /**
   * Whether the lake answers in its private network alone: computes then need private endpoints of their own network
   * for it.
   */
  readonly isPrivate: boolean;
  /**
   * Allows reading and listing raw data and artifacts.
   *
   * @param principal who may
   * @param prefix only blobs whose names begin so, `training/`; default all, and captured traffic and features as well
   */
  grantRead(principal: IPrincipal, prefix?: string): Grant;
  /**
   * Allows reading, listing, writing and deleting raw data and artifacts; a deleted blob stays as an older version.
   *
   * @param principal who may
   * @param prefix only blobs whose names begin so, `training/`; default all, and captured traffic and features as well
   */
  grantReadWrite(principal: IPrincipal, prefix?: string): Grant;
  /**
   * Allows reading and listing raw data.
   *
   * @param principal who may
   * @param prefix only blobs whose names begin so, `dataset/`; default all
   */
  grantReadRaw(principal: IPrincipal, prefix?: string): Grant;
  /**
   * Allows reading, listing, writing and deleting raw data.
   *
   * @param principal who may
   * @param prefix only blobs whose names begin so, `dataset/`; default all
   */
  grantWriteRaw(principal: IPrincipal, prefix?: string): Grant;
  /**
   * Allows reading and listing artifacts.
   *
   * @param principal who may
   * @param prefix only blobs whose names begin so, `training/`; default all
   */
  grantReadArtifacts(principal: IPrincipal, prefix?: string): Grant;
  /**
   * Allows reading, listing, writing and deleting artifacts.
   *
   * @param principal who may
   * @param prefix only blobs whose names begin so, `training/`; default all
   */
  grantWriteArtifacts(principal: IPrincipal, prefix?: string): Grant;
  /**
   * Allows reading and listing captured requests and answers.
   *
   * @param principal who may
   * @param prefix only blobs whose names begin so, `churn/`; default all
   */
  grantReadCaptured(principal: IPrincipal, prefix?: string): Grant;
  /**
   * Allows writing captured requests and answers, as endpoints do.
   *
   * @param principal who may
   * @param prefix only blobs whose names begin so, `churn/`; default all
   */
  grantWriteCaptured(principal: IPrincipal, prefix?: string): Grant;
  /** Allows reading and listing features. */
  grantReadFeatures(principal: IPrincipal): Grant;
  /** Allows reading, listing, writing and deleting features, as their materialization does. */
  grantWriteFeatures(principal: IPrincipal): Grant;
}

/** A lake on Azure: two storage accounts that know identities alone, one key. */
export interface DataLakeProps extends DataLakeIntent {
  /**
   * The key of the lake, in the region and subscription of the stack, in a vault with purge protection.
   *
   * @default - a new key in a vault of its own
   */
  readonly encryptionKey?: IEncryptionKey;
  /**
   * Copies of the data, as Azure Storage names them: LRS (one building), ZRS (three zones), GRS and GZRS (a second
   * region as well), RAGRS and RAGZRS (which
   * can be read there). A change between those with a Z and those without replaces the account.
   *
   * @default - 'ZRS' where the region has zones, else 'LRS'
   * @see https://learn.microsoft.com/azure/storage/common/storage-redundancy
   */
  readonly accountReplicationType?: string;
  /**
   * Where raw data goes after `coldStorageAfterDays`: Cool (30 days at least) or Cold (90 days at least). Both answer
   * at once; the colder, the dearer the reading.
   *
   * @default 'Cool'
   * @see https://learn.microsoft.com/azure/storage/blobs/access-tiers-overview
   */
  readonly coldAccessTier?: string;
  /**
   * Days that what was deleted, containers included, can be restored, 1 to 365. Captured traffic stays so much longer,
   * unreadable.
   *
   * @default 7
   */
  readonly softDeleteDays?: number;
  /**
   * Days that raw data can be neither changed nor deleted after it arrived, by nobody, 1 to 146000; more can always be
   * added.
   *
   * @default - raw data can be changed, and keeps its versions
   * @see https://learn.microsoft.com/azure/storage/blobs/immutable-container-level-worm-policies
   */
  readonly rawImmutabilityDays?: number;
  /**
   * Whether `rawImmutabilityDays` is locked: it can then be made longer five times, and never shorter. The container
   * cannot be deleted until the last blob is free.
   *
   * @default false
   */
  readonly lockRawImmutability?: boolean;
  /**
   * Whether what is stored is encrypted a second time, below the key, with a key of Microsoft's. A change replaces the
   * accounts.
   *
   * @default false
   */
  readonly infrastructureEncryption?: boolean;
  /**
   * Whether only the private network of the resource group, services of Azure that act for this stack,
   * `allowedIpRanges` and `allowedSubnetIds` reach the
   * lake. About 7 USD a month for each of four private endpoints.
   *
   * @default false - the accounts answer on their public addresses, to identities with a role alone
   */
  readonly privateEndpoints?: boolean;
  /**
   * Public addresses that reach the lake beside the private network, `203.0.113.0/24`; no private ones. Only with
   * `privateEndpoints`.
   *
   * @default - none with `privateEndpoints`, else all
   */
  readonly allowedIpRanges?: string[];
  /**
   * ARM ids of subnets that reach the lake through a service endpoint for Microsoft.Storage. Only with
   * `privateEndpoints`.
   *
   * @default - none with `privateEndpoints`, else all
   */
  readonly allowedSubnetIds?: string[];
  /**
   * Removal policy of the data when the lake leaves the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Attributes of an existing lake. */
export interface DataLakeAttributes {
  /** ARM id of the account of raw data, artifacts and captured traffic: versioned, with a flat namespace. */
  readonly storeAccountId: string;
  /**
   * Name of its container of raw data.
   *
   * @default 'raw'
   */
  readonly rawContainer?: string;
  /**
   * Name of its container of artifacts.
   *
   * @default 'artifacts'
   */
  readonly artifactContainer?: string;
  /**
   * Name of its container of captured traffic.
   *
   * @default 'captured'
   */
  readonly capturedContainer?: string;
  /** ARM id of the account of features, with a hierarchical namespace. */
  readonly featuresAccountId: string;
  /**
   * Name of its container of features.
   *
   * @default 'features'
   */
  readonly featuresContainer?: string;
  /**
   * Days that captured requests and answers are kept; the lake's own lifecycle deletes them.
   *
   * @default - unknown
   */
  readonly captureRetentionDays?: number;
  /**
   * The key that encrypts the lake.
   *
   * @default - keys of Microsoft's
   */
  readonly encryptionKey?: IEncryptionKey;
  /**
   * Whether the lake answers in its private network alone.
   *
   * @default false
   */
  readonly isPrivate?: boolean;
}
