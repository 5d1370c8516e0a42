import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { Construct } from 'constructs';
import { requireObjectFolder } from '../../../core/private/object-keys';
import { Token } from '../../../core/private/tokens';
import { refuse, Speaker, speakerFor } from '../../../core/private/validation';
import { once, onceInStack } from '../../../terraform/once';
import { literal } from '../../../terraform/text';
import { RoleCondition } from '../base/project-roles';

/**
 * Folders of the artifacts that people write, one of them where versions may be registered from: endpoints read
 * `training/`.
 */
export const OF_PEOPLE: readonly string[] = ['notebooks/', 'training/notebooks/'];

/** Which objects of a bucket somebody may read or write; all without a prefix. */
export interface ObjectAccess {
  readonly bucket: string;
  readonly prefix?: string;
  readonly role: 'objectViewer' | 'objectUser';
  readonly member: string;
}

/** Allows reading or writing objects, once in a stack. */
export function grantObjects(
  scope: Construct,
  id: string,
  { bucket, prefix, role, member }: ObjectAccess,
): StorageBucketIamMember {
  requirePrefix(speakerFor('permission for objects', scope), prefix);
  return onceInStack(scope, ['bucket', bucket, prefix ?? '', role, member], () =>
    once(
      scope,
      id,
      (childId) =>
        new StorageBucketIamMember(scope, childId, {
          bucket,
          role: `roles/storage.${role}`,
          member,
          condition: prefix === undefined ? undefined : objectsBelow(bucket, prefix),
        }),
    ),
  );
}

/**
 * Objects whose names begin with a prefix. Listing is asked of the bucket itself, so the bucket is in it as well; and a
 * mounted bucket is asked for each folder on the way under the name of a file first, where the answer 403 would end it
 * and 404 does not.
 *
 * @see https://cloud.google.com/storage/docs/cloud-storage-fuse/overview
 */
export function objectsBelow(bucket: string, prefix: string): RoleCondition {
  const objects = `projects/_/buckets/${bucket}/objects/`;
  const parts = prefix.split('/').slice(0, -1);
  const folders = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const onTheWay = folders.flatMap((folder) => [folder, `${folder}/`]).filter((name) => !name.startsWith(prefix));
  return {
    title: literal(`objects below ${prefix}`.slice(0, 100)),
    expression: literal([
      'resource.type == "storage.googleapis.com/Bucket"',
      `resource.name.startsWith("${objects}${prefix}")`,
      ...onTheWay.map((name) => `resource.name == "${objects}${name}"`),
    ].join(' || ')),
  };
}

/**
 * A folder whose name can stand in a condition.
 *
 * @see https://cloud.google.com/iam/docs/conditions-overview#limitations (12 logical operators)
 */
function requirePrefix(who: Speaker, prefix: string | undefined): void {
  if (prefix === undefined || Token.isUnresolved(prefix)) return;
  const isFolder = /^(?!gs:)([^/"\\\x00-\x1f]+\/)+$/.test(prefix);
  if (!isFolder) {
    refuse(
      who,
      'prefix',
      prefix,
      'a folder like training/, with a slash at its end only and without quotation marks and backslashes',
    );
  }
  requireObjectFolder(who, 'prefix', prefix, 'training/');
  if (prefix.split('/').length > MOST_FOLDERS + 1) {
    refuse(who, 'prefix', prefix, `at most ${MOST_FOLDERS} folders deep: a condition of IAM has 12 operators at most`);
  }
}

const MOST_FOLDERS = 6;
