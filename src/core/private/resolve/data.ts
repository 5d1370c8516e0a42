import { DataLakeIntent } from '../../data-lake';
import { requireInteger, Speaker } from '../validation';

/** A data lake with every neutral choice made. */
export type ResolvedDataLake = Required<
  Pick<DataLakeIntent, 'noncurrentVersionDays' | 'coldStorageAfterDays' | 'captureRetentionDays'>
>;

/**
 * Fills every default and refuses what no cloud takes.
 *
 * @param mostCaptureDays longest time that the cloud keeps what was captured
 */
export function resolvedDataLake(
  who: Speaker,
  intent: DataLakeIntent,
  mostCaptureDays: number = LONGEST_DAYS,
): ResolvedDataLake {
  requireInteger(who, 'noncurrentVersionDays', intent.noncurrentVersionDays, 1, LONGEST_DAYS);
  requireInteger(who, 'coldStorageAfterDays', intent.coldStorageAfterDays, 1, LONGEST_DAYS);
  requireInteger(who, 'captureRetentionDays', intent.captureRetentionDays, 1, mostCaptureDays);
  return {
    noncurrentVersionDays: intent.noncurrentVersionDays ?? 365,
    coldStorageAfterDays: intent.coldStorageAfterDays ?? 90,
    captureRetentionDays: intent.captureRetentionDays ?? 90,
  };
}

/** A century: no storage takes more. */
export const LONGEST_DAYS = 36_500;
