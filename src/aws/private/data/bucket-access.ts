import { aws_iam as iam, aws_kms as kms, aws_s3 as s3, Token } from 'aws-cdk-lib';
import { acknowledgeGrant } from '../base/acknowledge';

/** What a grantee may do with the objects of one folder. */
export interface ObjectAccess {
  /** The bucket. */
  readonly bucket: s3.IBucket;
  /** The key its objects are encrypted with, where the bucket does not know its own. */
  readonly encryptionKey: kms.IKey;
  /** The folder, `training/`; the whole bucket when undefined. */
  readonly prefix?: string;
  /** Any of reading (and listing), writing, and deleting, which in a versioned bucket hides an object. */
  readonly may: ('read' | 'write' | 'delete')[];
}

/**
 * Grants access to the objects of one folder: no wildcard action, listing limited to the folder, and the key with it.
 *
 * Narrower than `bucket.grantRead`, which gives `s3:GetObject*`, `s3:GetBucket*` and `s3:List*` on the bucket.
 */
export function grantObjects(grantee: iam.IGrantable, access: ObjectAccess): iam.Grant {
  const prefix = access.prefix ?? '';
  const can = (verb: ObjectAccess['may'][number]) => access.may.includes(verb);
  const objectActions = [
    ...(can('read') ? ['s3:GetObject', 's3:GetObjectVersion'] : []),
    ...(can('write') ? ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'] : []),
    ...(can('delete') ? ['s3:DeleteObject'] : []),
  ];
  const grants = [allow(grantee, access.bucket, objectActions, access.bucket.arnForObjects(`${prefix}*`))];
  grants.push(allow(grantee, access.bucket, ['s3:GetBucketLocation'], access.bucket.bucketArn));
  if (can('read')) {
    // A job that is given `s3://bucket/training` lists `training`, without the slash.
    const inFolder =
      prefix === '' ? undefined : { StringLike: { 's3:prefix': [prefix.replace(/\/$/, ''), `${prefix}*`] } };
    grants.push(allow(grantee, access.bucket, ['s3:ListBucket'], access.bucket.bucketArn, inFolder));
  }
  // Finishing a multipart upload decrypts the parts that are already there.
  const keyActions = can('write') ? ['kms:Decrypt', 'kms:GenerateDataKey'] : can('read') ? ['kms:Decrypt'] : [];
  const key = access.bucket.encryptionKey ?? access.encryptionKey;
  if (keyActions.length > 0) grants.push(key.grant(grantee, ...keyActions));
  const folder = Token.isUnresolved(prefix) ? 'one folder' : `'${prefix}'`;
  acknowledgeGrant(grantee, `the objects under ${folder} are many and their names are not known before`, ...grants);
  return grants.reduce((all, next) => all.combine(next));
}

/** Folders of the artifacts that people write; endpoints read `training/`. */
const OF_PEOPLE = ['notebooks/', 'training/notebooks/'];

/**
 * Lets people write artifacts in folders of their own, where versions may be registered from. What a pipeline has made
 * stays what it was when somebody approved it: an endpoint loads the files of a version each time that a machine
 * starts.
 */
export function grantPeoplesArtifacts(
  grantee: iam.IGrantable,
  { artifactBucket: bucket, encryptionKey }: { readonly artifactBucket: s3.IBucket; readonly encryptionKey: kms.IKey },
): void {
  for (const prefix of OF_PEOPLE) grantObjects(grantee, { bucket, encryptionKey, prefix, may: ['write', 'delete'] });
}

function allow(
  grantee: iam.IGrantable, bucket: s3.IBucket, actions: string[], arn: string, conditions?: { [operator: string]: any },
): iam.Grant {
  return iam.Grant.addToPrincipalOrResource({ grantee, actions, resourceArns: [arn], resource: bucket, conditions });
}
