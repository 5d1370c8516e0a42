import { Construct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { IEncryptionKey } from './encryption-key-props';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { requireOwnIdentities } from './private/base/own-identity';
import { BlobAccess, grantBlobs } from './private/data/blob-access';
import { LakePlace } from './private/data/places';
import { Speaker, speakerFor } from '../core/private/validation';

/**
 * Parts of a lake, created here or imported.
 *
 * @internal
 */
export interface DataLakeParts {
  readonly storeAccountName: string;
  readonly storeAccountId: string;
  readonly rawContainer: string;
  readonly artifactContainer: string;
  readonly capturedContainer: string;
  readonly captureRetentionDays?: number;
  readonly featuresAccountName: string;
  readonly featuresAccountId: string;
  readonly featuresContainer: string;
  readonly encryptionKey?: IEncryptionKey;
  readonly isPrivate: boolean;
}

/**
 * Outputs and grants of every lake, created here or imported.
 *
 * @internal
 */
export abstract class DataLakeBase extends Construct implements IDataLake {
  public readonly storeAccountName: string;
  public readonly storeAccountId: string;
  public readonly blobEndpoint: string;
  public readonly queueEndpoint: string;
  public readonly rawContainer: string;
  public readonly artifactContainer: string;
  public readonly capturedContainer: string;
  public readonly captureRetentionDays?: number;
  public readonly featuresAccountName: string;
  public readonly featuresAccountId: string;
  public readonly featuresContainer: string;
  public readonly encryptionKey?: IEncryptionKey;
  public readonly isPrivate: boolean;

  protected constructor(scope: Construct, id: string, partsOf: (lake: Construct, who: Speaker) => DataLakeParts) {
    super(scope, id);
    const parts = partsOf(this, speakerFor('data lake', scope, id));
    this.storeAccountName = parts.storeAccountName;
    this.storeAccountId = parts.storeAccountId;
    this.blobEndpoint = `https://${parts.storeAccountName}.blob.core.windows.net`;
    this.queueEndpoint = `https://${parts.storeAccountName}.queue.core.windows.net`;
    this.rawContainer = parts.rawContainer;
    this.artifactContainer = parts.artifactContainer;
    this.capturedContainer = parts.capturedContainer;
    this.captureRetentionDays = parts.captureRetentionDays;
    this.featuresAccountName = parts.featuresAccountName;
    this.featuresAccountId = parts.featuresAccountId;
    this.featuresContainer = parts.featuresContainer;
    this.encryptionKey = parts.encryptionKey;
    this.isPrivate = parts.isPrivate;
    if (parts.isPrivate) requireOwnIdentities(this);
  }

  public grantRead(principal: IPrincipal, prefix?: string): Grant {
    return this.grantAll(principal, 'read', prefix);
  }

  public grantReadWrite(principal: IPrincipal, prefix?: string): Grant {
    return this.grantAll(principal, 'write', prefix);
  }

  public grantReadRaw(principal: IPrincipal, prefix?: string): Grant {
    return grantBlobs(this, principal, { place: 'raw', may: 'read', prefix });
  }

  public grantWriteRaw(principal: IPrincipal, prefix?: string): Grant {
    return grantBlobs(this, principal, { place: 'raw', may: 'write', prefix });
  }

  public grantReadArtifacts(principal: IPrincipal, prefix?: string): Grant {
    return grantBlobs(this, principal, { place: 'artifacts', may: 'read', prefix });
  }

  public grantWriteArtifacts(principal: IPrincipal, prefix?: string): Grant {
    return grantBlobs(this, principal, { place: 'artifacts', may: 'write', prefix });
  }

  public grantReadCaptured(principal: IPrincipal, prefix?: string): Grant {
    return grantBlobs(this, principal, { place: 'captured', may: 'read', prefix });
  }

  public grantWriteCaptured(principal: IPrincipal, prefix?: string): Grant {
    return grantBlobs(this, principal, { place: 'captured', may: 'write', prefix });
  }

  public grantReadFeatures(principal: IPrincipal): Grant {
    return grantBlobs(this, principal, { place: 'features', may: 'read' });
  }

  public grantWriteFeatures(principal: IPrincipal): Grant {
    return grantBlobs(this, principal, { place: 'features', may: 'write' });
  }

  private grantAll(principal: IPrincipal, may: BlobAccess['may'], prefix: string | undefined): Grant {
    const places: LakePlace[] =
      prefix === undefined ? ['raw', 'artifacts', 'captured', 'features'] : ['raw', 'artifacts'];
    return Grant.all(places.map((place) => grantBlobs(this, principal, { place, may, prefix })));
  }
}
