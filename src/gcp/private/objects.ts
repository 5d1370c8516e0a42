import { RoleCondition } from './roles';

/** Objects whose names begin with a prefix. Listing is asked of the bucket itself, so the bucket is in it as well. */
export function objectsBelow(bucket: string, prefix: string): RoleCondition {
  return {
    title: `objects below ${prefix}`.slice(0, 100),
    expression: `resource.type == "storage.googleapis.com/Bucket" || resource.name.startsWith("projects/_/buckets/${bucket}/objects/${prefix}")`,
  };
}
