import { RoleCondition } from './roles';

/**
 * Objects whose names begin with a prefix. Listing is asked of the bucket itself, so the bucket is in it as well; and a mounted bucket is asked
 * for each folder on the way under the name of a file first, where the answer 403 would end it and 404 does not.
 *
 * @see https://cloud.google.com/storage/docs/cloud-storage-fuse/overview
 */
export function objectsBelow(bucket: string, prefix: string): RoleCondition {
  const objects = `projects/_/buckets/${bucket}/objects/`;
  const parts = prefix.split('/').slice(0, -1);
  const folders = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const onTheWay = folders.flatMap((folder) => [folder, `${folder}/`]).filter((name) => !name.startsWith(prefix));
  return {
    title: `objects below ${prefix}`.slice(0, 100),
    expression: [
      'resource.type == "storage.googleapis.com/Bucket"',
      `resource.name.startsWith("${objects}${prefix}")`,
      ...onTheWay.map((name) => `resource.name == "${objects}${name}"`),
    ].join(' || '),
  };
}
