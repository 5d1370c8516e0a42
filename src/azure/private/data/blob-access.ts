import { IConstruct } from 'constructs';
import { containerId, containerName, LakePlace } from './places';
import { requireKnownText } from '../../../core/private/known-values';
import { requireObjectFolder } from '../../../core/private/object-keys';
import { requireMatch, Speaker, speakerFor } from '../../../core/private/validation';
import { literal } from '../../../terraform/text';
import { IDataLake } from '../../data-lake-props';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantRole, RoleLimit } from '../base/grants';

/**
 * Folders of the artifacts that people write, one of them where versions may be registered from: endpoints read
 * `training/`.
 */
export const OF_PEOPLE: readonly string[] = ['notebooks/', 'training/notebooks/'];

/** Which blobs of a lake somebody may read or write; all of the container without a prefix. */
export interface BlobAccess {
  readonly place: LakePlace;
  readonly may: 'read' | 'write';
  readonly prefix?: string;
}

/** Allows reading or writing blobs of one container of a lake. */
export function grantBlobs(lake: IDataLake, principal: IPrincipal, { place, may, prefix }: BlobAccess): Grant {
  requireFolder(speakerFor('permission for blobs', lake as IConstruct), 'prefix', prefix);
  // Without the folder, which is one of several in the condition: a permission whose address came from the first of
  // them would move when that one goes.
  return grantRole(lake, principal, `${may}-${place}`, {
    scope: containerId(lake, place),
    role: may === 'read' ? 'storageBlobDataReader' : 'storageBlobDataContributor',
    limit: prefix === undefined ? undefined : blobsBelow(prefix),
    description: literal(`${may === 'read' ? 'Reads' : 'Writes'} ${containerName(lake, place)} ${prefix ?? ''}`.trim()),
  });
}

/**
 * Blobs whose names begin with a prefix, and lists of them: a request for a list has to say the prefix. A mounted
 * folder is asked for each folder on the way to a file first, where the answer 403 would end it and 404 does not: their
 * names are in the condition as well.
 *
 * @see https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-examples
 */
export function blobsBelow(prefix: string): RoleLimit {
  return { part: prefix, condition: belowOneOf };
}

function belowOneOf(all: readonly string[]): string {
  const prefixes = all.filter((each) => !all.some((other) => other !== each && each.startsWith(other)));
  const folders = new Set(prefixes.flatMap((prefix) => {
    const parts = prefix.split('/').slice(0, -1);
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  }));
  const isBelow = [
    ...prefixes.map((prefix) => `${BLOB_PATH} StringStartsWith '${prefix}'`),
    ...[...folders].map((folder) => `${BLOB_PATH} StringEquals '${folder}'`),
  ];
  const isOther = [
    `!(ActionMatches{'${BLOBS}/read'} AND NOT SubOperationMatches{'Blob.List'})`,
    ...CHANGES.map((action) => `!(ActionMatches{'${BLOBS}/${action}'})`),
  ];
  const isListed = prefixes.map((prefix) => `@Request[${BLOBS}:prefix] StringStartsWith '${prefix}'`);
  return literal(
    [
      `((${isOther.join(' AND ')}) OR (${isBelow.join(' OR ')}))`,
      `((!(ActionMatches{'${BLOBS}/read'} AND SubOperationMatches{'Blob.List'})) OR (${isListed.join(' OR ')}))`,
    ].join(' AND '),
  );
}

/** A folder whose name can stand in a condition. */
export function requireFolder(who: Speaker, prop: string, prefix: string | undefined): void {
  requireKnownText(who, prop, prefix);
  requireMatch(
    who,
    prop,
    prefix,
    /^([^/'"\\\x00-\x1f]+\/)+$/,
    'a folder like training/, with a slash at its end only and without quotation marks and backslashes',
  );
  requireObjectFolder(who, prop, prefix, 'training/');
}

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

const BLOB_PATH = `@Resource[${BLOBS}:path]`;

/** What Storage Blob Data Contributor does to a blob besides reading it. */
const CHANGES: readonly string[] = ['write', 'add/action', 'delete', 'move/action'];
