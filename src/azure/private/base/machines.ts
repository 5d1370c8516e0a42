import { MachineUse, RETIRED, Series, SERIES, SizeRow } from './machine-table';
import { Accelerator } from '../../../core/accelerator';
import { ComputeSpec } from '../../../core/compute';
import { requireCompute } from '../../../core/private/compute';
import { Token } from '../../../core/private/tokens';
import { refuse, refuseBecause, requireMatch, Speaker } from '../../../core/private/validation';

export type { MachineUse } from './machine-table';

/** A machine of Azure Machine Learning, by Azure's own names. */
export interface Machine {
  readonly vmSize: string;
  /** Undefined for a size that is newer than the table. */
  readonly vcpus?: number;
  readonly memoryGiB?: number;
  /** GPUs in it; 0 without. */
  readonly gpuCount: number;
  /** Name of the quota, whose vCPUs it takes; undefined for a size that is newer than the table. */
  readonly quota?: string;
  /**
   * What the table has against a size that the user named; for a warning, because Azure gains sizes faster than tables.
   */
  readonly doubt?: string;
}

/** The smallest machine that has what the spec asks for; an error that names the choice where there is none. */
export function machineFor(who: Speaker, compute: ComputeSpec | undefined, use: MachineUse): Machine {
  const spec = compute ?? {};
  requireCompute(who, spec, { vcpus: 96, memoryGiB: 1900, volumeGiB: 4096 });
  const candidates =
    spec.accelerator === undefined
      ? offered(use).filter(({ series }) => series.isPicked && series.gpu === undefined)
      : machinesWith(who, spec.accelerator, spec.acceleratorCount ?? 1, use);
  const fitting = candidates.filter(
    ({ size }) => size.vcpus >= (spec.vcpus ?? 2) && size.memoryGiB >= (spec.memoryGiB ?? 8),
  );
  if (fitting.length === 0) {
    const { size } = candidates.reduce((a, b) => (b.size.memoryGiB > a.size.memoryGiB ? b : a));
    refuseBecause(
      who,
      `no machine for ${use} has ${describe(spec)}: the largest is ${size.vmSize} with ${size.vcpus} vCPUs and ${size.memoryGiB} GiB`,
    );
  }
  return machineOf(fitting.reduce((best, each) => (isSmaller(each.size, best.size) ? each : best)));
}

/**
 * The size that the user names: it decides vCPUs, memory and GPUs. A size that is newer than the table passes with a
 * doubt.
 */
export function machineNamed(
  who: Speaker,
  vmSize: string,
  compute: ComputeSpec | undefined,
  use: MachineUse,
  prop: string = 'vmSize',
): Machine {
  const spec = compute ?? {};
  const twice = (['vcpus', 'memoryGiB'] as const).find((each) => spec[each] !== undefined);
  if (twice !== undefined) {
    refuseBecause(who, `${prop} ${vmSize} and compute.${twice} say the same thing twice: leave one out`);
  }
  if (Token.isUnresolved(vmSize)) {
    return { vmSize, gpuCount: spec.acceleratorCount ?? (spec.accelerator === undefined ? 0 : 1) };
  }
  requireMatch(
    who,
    prop,
    vmSize,
    /^Standard_[A-Z]+\d+[A-Za-z0-9_-]*$/,
    'a size of Azure like Standard_NC24ads_A100_v4',
  );
  const retired = RETIRED.find(({ sizes }) => sizes.test(vmSize));
  if (retired !== undefined) {
    refuse(who, prop, vmSize, `a size that Azure still has, for example ${retired.instead}: this one is retired`);
  }
  const all = SERIES.flatMap((series) => series.sizes.map((size) => ({ series, size })));
  const known = all.find(({ size }) => size.vmSize.toLowerCase() === vmSize.toLowerCase());
  if (known === undefined) return unknownSize(who, vmSize, spec);
  requireGpuAsked(who, known, spec);
  if (!known.series.uses.includes(use)) {
    return { ...machineOf(known), doubt: `vmSize ${vmSize} is not known to be offered for ${use}` };
  }
  return machineOf(known);
}

/** A size with GPUs is dear: whoever names it says the GPU as well, and says the one that it has. */
function requireGpuAsked(who: Speaker, { series, size }: Offer, spec: ComputeSpec): void {
  if (series.gpu === undefined) {
    if (spec.accelerator !== undefined) {
      refuseBecause(who, `vmSize ${size.vmSize} has no GPU, compute.accelerator asks for ${spec.accelerator}`);
    }
    return;
  }
  if (spec.accelerator === undefined) {
    refuseBecause(
      who,
      `vmSize ${size.vmSize} has ${size.gpuCount} x ${series.gpu}: say compute.accelerator as well, so that nobody pays for a GPU by mistake`,
    );
  }
  if (spec.accelerator.id !== series.gpu) {
    refuse(who, 'compute.accelerator', spec.accelerator.id, `${series.gpu} for vmSize ${size.vmSize}`);
  }
  if (spec.acceleratorCount !== undefined && spec.acceleratorCount !== size.gpuCount) {
    refuse(who, 'compute.acceleratorCount', spec.acceleratorCount, `${size.gpuCount} for vmSize ${size.vmSize}`);
  }
}

function unknownSize(who: Speaker, vmSize: string, spec: ComputeSpec): Machine {
  // All sizes with NVIDIA's or AMD's GPUs are of the N family.
  if (/^Standard_N/i.test(vmSize) && spec.accelerator === undefined) {
    refuseBecause(
      who,
      `vmSize ${vmSize} has GPUs: say compute.accelerator as well (Accelerator.of for one that has no name yet), so that nobody pays for a GPU by mistake`,
    );
  }
  return {
    vmSize,
    gpuCount: spec.acceleratorCount ?? (spec.accelerator === undefined ? 0 : 1),
    doubt: `vmSize ${vmSize} is not in the library's table: neither that it exists nor what it takes of the quotas is checked`,
  };
}

interface Offer {
  readonly series: Series;
  readonly size: SizeRow;
}

function offered(use: MachineUse): Offer[] {
  return SERIES.filter(({ uses }) => uses.includes(use)).flatMap((series) =>
    series.sizes.map((size) => ({ series, size })),
  );
}

function machinesWith(who: Speaker, accelerator: Accelerator, count: number, use: MachineUse): Offer[] {
  const withGpu = offered(use).filter(({ series }) => series.gpu !== undefined);
  const ofModel = withGpu.filter(({ series }) => series.gpu === accelerator.id);
  if (ofModel.length === 0) {
    refuse(
      who,
      'compute.accelerator',
      accelerator.id,
      `one that Azure Machine Learning has for ${use}: ${[...new Set(withGpu.map(({ series }) => series.gpu))].join(', ')}`,
    );
  }
  const ofCount = ofModel.filter(({ size }) => size.gpuCount === count);
  if (ofCount.length === 0) {
    const counts = [...new Set(ofModel.map(({ size }) => size.gpuCount))];
    refuse(who, 'compute.acceleratorCount', count, `${alternatives(counts)} for ${accelerator.id} in ${use} on Azure`);
  }
  return ofCount;
}

function machineOf({ series, size }: Offer): Machine {
  return {
    vmSize: size.vmSize,
    vcpus: size.vcpus,
    memoryGiB: size.memoryGiB,
    gpuCount: size.gpuCount,
    quota: series.quota,
  };
}

/** Fewer vCPUs, then less memory; between equals the one that stands first in the table. */
function isSmaller(one: SizeRow, other: SizeRow): boolean {
  return one.vcpus !== other.vcpus ? one.vcpus < other.vcpus : one.memoryGiB < other.memoryGiB;
}

function describe(spec: ComputeSpec): string {
  return [
    ...(spec.accelerator === undefined ? [] : [`${spec.acceleratorCount ?? 1} x ${spec.accelerator.id}`]),
    `${spec.vcpus ?? 2} vCPUs`,
    `${spec.memoryGiB ?? 8} GiB of memory`,
  ].join(', ');
}

function alternatives(choices: readonly number[]): string {
  if (choices.length === 1) return `${choices[0]}`;
  return `${choices.slice(0, -1).join(', ')} or ${choices[choices.length - 1]}`;
}
