import { StorageManagementPolicyRule } from '@cdktf/provider-azurerm/lib/storage-management-policy';
import { ResolvedDataLake } from '../../../core/private/resolve/data';

/** Containers whose contents age, by name. */
export interface AgingContainers {
  readonly raw: string;
  readonly artifacts: string;
  readonly captured: string;
}

/**
 * When blobs get colder and when they go. What goes is kept softly for some days more.
 *
 * @see https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-overview
 */
export function lifecycleRules(
  lake: ResolvedDataLake, coldTier: string, { raw, artifacts, captured }: AgingContainers,
): StorageManagementPolicyRule[] {
  const whole = ['blockBlob', 'appendBlob'];
  const cold = lake.coldStorageAfterDays;
  const old = lake.noncurrentVersionDays;
  return [
    {
      name: 'old-versions',
      enabled: true,
      // Azure counts from the day that a version was written, not from the day that the next one took its place.
      actions: {
        version: { deleteAfterDaysSinceCreation: old },
        snapshot: { deleteAfterDaysSinceCreationGreaterThan: old },
      },
      filters: { blobTypes: whole },
    },
    {
      name: 'cold-raw-data',
      enabled: true,
      actions: {
        baseBlob:
          coldTier === 'Cold'
            ? { tierToColdAfterDaysSinceModificationGreaterThan: cold }
            : { tierToCoolAfterDaysSinceModificationGreaterThan: cold },
      },
      filters: { blobTypes: ['blockBlob'], prefixMatch: [`${raw}/`] },
    },
    goes('captured-traffic', `${captured}/`, lake.captureRetentionDays, whole),
    // No training takes longer, so nothing goes on from them any more.
    goes('old-checkpoints', `${artifacts}/checkpoints/`, 60, whole),
  ];
}

/** Everything below a prefix, older versions too, goes after so many days. */
function goes(name: string, prefix: string, days: number, blobTypes: string[]): StorageManagementPolicyRule {
  return {
    name,
    enabled: true,
    actions: {
      baseBlob: { deleteAfterDaysSinceModificationGreaterThan: days },
      snapshot: { deleteAfterDaysSinceCreationGreaterThan: days },
      version: { deleteAfterDaysSinceCreation: days },
    },
    filters: { blobTypes, prefixMatch: [prefix] },
  };
}
