/**
 * Machines without GPUs by family, with all vCPUs that Compute Engine has them with. A family that is missing is newer
 * than the table, or not one of those that are kept here.
 *
 * @see https://cloud.google.com/compute/docs/general-purpose-machines
 * @see https://cloud.google.com/compute/docs/compute-optimized-machines
 */
const SIZES: { readonly [family: string]: readonly number[] } = {
  'c2-standard': [4, 8, 16, 30, 60],
  'e2-highcpu': [2, 4, 8, 16, 32],
  'e2-highmem': [2, 4, 8, 16],
  'e2-standard': [2, 4, 8, 16, 32],
  'n1-highcpu': [2, 4, 8, 16, 32, 64, 96],
  'n1-highmem': [2, 4, 8, 16, 32, 64, 96],
  'n1-standard': [1, 2, 4, 8, 16, 32, 64, 96],
  'n2-highcpu': [2, 4, 8, 16, 32, 48, 64, 80, 96],
  'n2-highmem': [2, 4, 8, 16, 32, 48, 64, 80, 96, 128],
  'n2-standard': [2, 4, 8, 16, 32, 48, 64, 80, 96, 128],
};

/** Sizes of the machine's family, as `e2-standard-4`; undefined where the table does not have it. */
export function membersOfFamily(machineType: string): string[] | undefined {
  const family = machineType.replace(/-[^-]*$/, '');
  return SIZES[family]?.map((vcpus) => `${family}-${vcpus}`);
}
