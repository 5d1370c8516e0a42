import {
  ACCELERATED,
  InstanceFacts,
  InstanceUse,
  IRREGULAR,
  NVME_FAMILIES,
  PICKED,
  PLAIN,
  USES,
} from './machine-table';
import { Accelerator } from '../../../core/accelerator';
import { ComputeSpec } from '../../../core/compute';
import { requireCompute } from '../../../core/private/compute';
import { refuse, refuseBecause, Speaker } from '../../../core/private/validation';

let known: Map<string, InstanceFacts> | undefined;

/** What the table knows of a type; undefined for a type that is newer than the table. */
export function instanceFacts(instanceType: string): InstanceFacts | undefined {
  return table().get(instanceType);
}

/** Every type of the table. */
export function knownInstances(): InstanceFacts[] {
  return [...table().values()];
}

/**
 * The smallest SageMaker instance type that has what the spec asks for; an error that names the choice where there is
 * none.
 */
export function instanceTypeFor(who: Speaker, compute: ComputeSpec | undefined, use: InstanceUse): string {
  const spec = compute ?? {};
  requireCompute(who, spec, { vcpus: 192, memoryGiB: 4096, volumeGiB: 16384 });

  const capable = [...table().values()].filter((each) => each.uses.includes(use));
  const candidates = spec.accelerator === undefined
    ? capable.filter((each) => PICKED.includes(familyOf(each.instanceType)))
    : withAccelerator(who, capable, spec.accelerator, spec.acceleratorCount ?? 1, use);
  const fitting = candidates.filter((each) => each.vcpus >= (spec.vcpus ?? 2)
    && each.memoryGiB >= (spec.memoryGiB ?? 8)
    && (each.localGb === 0 || each.localGb >= (spec.volumeGiB ?? 0)));
  if (fitting.length === 0) {
    const largest = candidates.reduce((a, b) => (b.memoryGiB > a.memoryGiB ? b : a));
    refuseBecause(
      who,
      `no ${use} instance type has ${describe(spec)}: the largest is ${largest.instanceType} with ${largest.vcpus} vCPUs, ` +
        `${largest.memoryGiB} GiB${largest.localGb > 0 ? ` and ${largest.localGb} GB of its own disk` : ''}`,
    );
  }
  return fitting.reduce((best, each) => (smaller(each, best) ? each : best)).instanceType;
}

/**
 * Whether machines of the type have NVMe disks of their own: then SageMaker refuses a volume key, and the volume size
 * is theirs.
 */
export function hasLocalNvme(instanceType: string): boolean {
  return NVME_FAMILIES.has(familyOf(instanceType));
}

/**
 * The types with NVMe disks of their own, as patterns of IAM: few, because a policy is short, and the same types as
 * `hasLocalNvme` knows.
 *
 * Every G family that SageMaker has carries them, and a `d` at the end of a family says so.
 */
export function localNvmePatterns(): string[] {
  return ['ml.g*', 'ml.p3dn.*', 'ml.p4*', 'ml.p5*', 'ml.p6*', 'ml.trn*', 'ml.dl*', 'ml.*d.*'];
}

/** Whether machines of the type have an Elastic Fabric Adapter. */
export function hasEfa(instanceType: string): boolean {
  return instanceFacts(instanceType)?.efa ?? false;
}

/**
 * The types of the same family that can take the place of this one: what is said of volumes, keys, adapters and images
 * stays true.
 *
 * Empty where the type is newer than the table.
 */
export function interchangeable(
  instanceType: string,
  use: InstanceUse,
  needs: { readonly volumeGiB: number; readonly efa: boolean },
): string[] {
  const model = instanceFacts(instanceType);
  return [...table().values()]
    .filter(
      (each) =>
        familyOf(each.instanceType) === familyOf(instanceType) &&
        each.gpu === model?.gpu &&
        each.uses.includes(use) &&
        (each.efa || !needs.efa) &&
        (each.localGb === 0 || each.localGb >= needs.volumeGiB),
    )
    .map((each) => each.instanceType);
}

/** Types of one use that have an Elastic Fabric Adapter, for errors. */
export function efaTypes(use: InstanceUse): string[] {
  return [...table().values()].filter((each) => each.efa && each.uses.includes(use)).map((each) => each.instanceType);
}

function withAccelerator(
  who: Speaker,
  capable: InstanceFacts[],
  accelerator: Accelerator,
  count: number,
  use: InstanceUse,
): InstanceFacts[] {
  const carrying = capable.filter((each) => each.gpu === accelerator.id);
  if (carrying.length === 0) {
    const offered = distinct(capable.map((each) => each.gpu).filter((gpu): gpu is string => gpu !== undefined));
    refuse(who, 'compute.accelerator', accelerator.id, `one that SageMaker has for ${use}: ${offered.join(', ')}`);
  }
  const counted = carrying.filter((each) => each.gpuCount === count);
  if (counted.length === 0) {
    const counts = distinct(carrying.map((each) => each.gpuCount)).sort((a, b) => a - b);
    refuse(who, 'compute.acceleratorCount', count, `${alternatives(counts)} for ${accelerator.id} in ${use} on AWS`);
  }
  return counted;
}

/** Fewer vCPUs, then less memory; between equals the one that stands first in the table. */
function smaller(one: InstanceFacts, other: InstanceFacts): boolean {
  return one.vcpus !== other.vcpus ? one.vcpus < other.vcpus : one.memoryGiB < other.memoryGiB;
}

function describe(spec: ComputeSpec): string {
  const parts = [
    spec.accelerator === undefined ? undefined : `${spec.acceleratorCount ?? 1} x ${spec.accelerator.id}`,
    `${spec.vcpus ?? 2} vCPUs`,
    `${spec.memoryGiB ?? 8} GiB of memory`,
    spec.volumeGiB === undefined ? undefined : `${spec.volumeGiB} GiB of disk`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function alternatives(counts: number[]): string {
  if (counts.length === 1) return `${counts[0]}`;
  return `${counts.slice(0, -1).join(', ')} or ${counts[counts.length - 1]}`;
}

function distinct<T>(values: T[]): T[] {
  return [...new Set(values)];
}

function familyOf(instanceType: string): string {
  return instanceType.replace(/^ml\./, '').split('.')[0];
}

function table(): Map<string, InstanceFacts> {
  if (known !== undefined) return known;
  known = new Map();
  const add = (facts: InstanceFacts) => known!.set(facts.instanceType, facts);
  for (const [family, gibPerVcpu, sizes, efa] of PLAIN) {
    for (const [uses, names] of Object.entries(sizes)) {
      for (const size of names.split(' ')) {
        add({
          instanceType: `ml.${family}.${size}`,
          vcpus: vcpusOf(size),
          memoryGiB: vcpusOf(size) * gibPerVcpu,
          gpuCount: 0,
          localGb: 0,
          efa: efa?.split(' ').includes(size) ?? false,
          uses: usesOf(uses),
        });
      }
    }
  }
  for (const [name, vcpus, memoryGiB, uses, efa] of IRREGULAR) {
    add({
      instanceType: `ml.${name}`,
      vcpus,
      memoryGiB,
      gpuCount: 0,
      localGb: 0,
      efa: efa === 'efa',
      uses: usesOf(uses),
    });
  }
  for (const [family, gpu, uses, rows] of ACCELERATED) {
    for (const [size, vcpus, memoryGiB, gpuCount, localGb, efa] of rows) {
      add({
        instanceType: `ml.${family}.${size}`,
        vcpus,
        memoryGiB,
        gpu,
        gpuCount,
        localGb,
        efa: efa === 'efa',
        uses: usesOf(uses),
      });
    }
  }
  return known;
}

/** `medium` has 1, `large` 2, `xlarge` 4, `Nxlarge` 4 x N. */
function vcpusOf(size: string): number {
  if (size === 'medium') return 1;
  if (size === 'large') return 2;
  return 4 * Number(size.replace('xlarge', '') || '1');
}

function usesOf(letters: string): InstanceUse[] {
  return [...letters].map((letter) => USES[letter]);
}
