/**
 * Regions without availability zones, where what is kept three times lies in one building.
 *
 * @see https://learn.microsoft.com/azure/reliability/regions-list
 */
const WITHOUT_ZONES: readonly string[] = [
  'australiacentral',
  'australiacentral2',
  'australiasoutheast',
  'brazilsoutheast',
  'canadaeast',
  'francesouth',
  'germanynorth',
  'jioindiacentral',
  'jioindiawest',
  'koreasouth',
  'northcentralus',
  'norwaywest',
  'southafricawest',
  'southindia',
  'swedensouth',
  'switzerlandwest',
  'uaecentral',
  'ukwest',
  'westcentralus',
  'westindia',
  'westus',
];

/** Whether the region has zones; a region that is not known has. */
export function hasZones(location: string): boolean {
  return !WITHOUT_ZONES.includes(location);
}

/** Kinds of replication of Azure Storage. */
export const REPLICATIONS: readonly string[] = ['LRS', 'ZRS', 'GRS', 'GZRS', 'RAGRS', 'RAGZRS'];
