/**
 * Regions of Google Cloud. One that is missing may be newer than the list: a warning, not an error.
 *
 * @see https://cloud.google.com/compute/docs/regions-zones
 */
export const REGIONS: readonly string[] = [
  'africa-south1',
  'asia-east1',
  'asia-east2',
  'asia-northeast1',
  'asia-northeast2',
  'asia-northeast3',
  'asia-south1',
  'asia-south2',
  'asia-southeast1',
  'asia-southeast2',
  'asia-southeast3',
  'australia-southeast1',
  'australia-southeast2',
  'europe-central2',
  'europe-north1',
  'europe-north2',
  'europe-southwest1',
  'europe-west1',
  'europe-west2',
  'europe-west3',
  'europe-west4',
  'europe-west6',
  'europe-west8',
  'europe-west9',
  'europe-west10',
  'europe-west12',
  'me-central1',
  'me-central2',
  'me-west1',
  'northamerica-northeast1',
  'northamerica-northeast2',
  'northamerica-south1',
  'southamerica-east1',
  'southamerica-west1',
  'us-central1',
  'us-east1',
  'us-east4',
  'us-east5',
  'us-south1',
  'us-west1',
  'us-west2',
  'us-west3',
  'us-west4',
];

/**
 * Whether a value of `gcp.resourceLocations` lets a region in; undefined for groups whose members are not kept here, of
 * countries for instance.
 */
export function letsIn(location: string, region: string): boolean | undefined {
  if (!location.startsWith('in:')) return location === region;
  const group = location.replace(/^in:/, '').replace(/-locations$/, '');
  if (REGIONS.includes(group)) return group === region;
  return group in CONTINENTS ? CONTINENTS[group].test(region) : undefined;
}

/**
 * Groups of a continent.
 *
 * @see https://cloud.google.com/resource-manager/docs/organization-policy/defining-locations#value_groups
 */
const CONTINENTS: { readonly [group: string]: RegExp } = {
  africa: /^africa-/,
  asia: /^asia-/,
  australia: /^australia-/,
  europe: /^europe-/,
  northamerica: /^(northamerica|us)-/,
  southamerica: /^southamerica-/,
  us: /^us-/,
};
