import { LONGEST_DAYS, ResolvedDataLake } from '../../../core/private/resolve/data';
import { refuse, refuseBecause, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { DataLakeProps } from '../../data-lake-props';

/** Limits of S3, KMS and Glue, besides those of the vocabulary. */
export function checkDataLake(who: Speaker, props: DataLakeProps, { coldStorageAfterDays }: ResolvedDataLake): void {
  if (props.encryptionKey !== undefined && 'aliasName' in props.encryptionKey) {
    refuseBecause(
      who,
      'encryptionKey is an alias, which permissions do not hold for: give its key, as kms.Key.fromLookup finds it',
    );
  }
  requireInteger(who, 'accessLogRetentionDays', props.accessLogRetentionDays, 1, LONGEST_DAYS);
  requireMatch(
    who,
    'databaseName',
    props.databaseName,
    /^[a-z0-9_]{1,255}$/,
    'lower-case letters, digits and underscores, at most 255',
  );
  const cold = props.coldStorageClass?.toString();
  if (cold === undefined) return;
  const fromDays = AT_ONCE[cold];
  if (fromDays === undefined) {
    refuse(who, 'coldStorageClass', cold, `one that answers at once: ${Object.keys(AT_ONCE).join(', ')}`);
  }
  requireInteger(
    who,
    `coldStorageAfterDays with coldStorageClass ${cold}`,
    coldStorageAfterDays,
    fromDays,
    LONGEST_DAYS,
  );
}

/** Storage classes that answer in milliseconds, and the first day on which S3 takes a transition to them. */
const AT_ONCE: { [storageClass: string]: number | undefined } = {
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
  INTELLIGENT_TIERING: 1,
  GLACIER_IR: 1,
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
};

/** Reason why a key of another region is refused. */
export const KEY_IS_REGIONAL = 'a key encrypts and decrypts in its own region';
