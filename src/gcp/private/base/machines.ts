import { AcceleratedRow, GPUS, GpuModel, MachineUse, N1_GPUS, PLAIN, TPUS } from './machine-table';
import { requirePlain } from './plain-text';
import { Accelerator } from '../../../core/accelerator';
import { ComputeSpec } from '../../../core/compute';
import { requireCompute } from '../../../core/private/compute';
import { Token } from '../../../core/private/tokens';
import { refuse, refuseBecause, requireMatch, Speaker } from '../../../core/private/validation';

export type { MachineUse } from './machine-table';

/** A machine of Vertex AI, by Google's own names. */
export interface Machine {
  readonly machineType: string;
  /** `AcceleratorType` of the API, `NVIDIA_L4`; undefined without a GPU, and for TPUs, which the machine type says. */
  readonly acceleratorType?: string;
  readonly acceleratorCount?: number;
  /** `2x4`; TPUs only. */
  readonly tpuTopology?: string;
  /** Undefined for a type that is newer than the table. */
  readonly vcpus?: number;
  readonly memoryGiB?: number;
  /** Given as spot or flex-start machines only. */
  readonly neverOnDemand: boolean;
  /** Whether Dynamic Workload Scheduler queues for it. */
  readonly flexStart: boolean;
  /**
   * What its quota counts, in the names of quotas: `nvidia_l4_gpus`, `tpu_v5e`, `cpus`; undefined for a type that is
   * newer than the table.
   */
  readonly quota?: string;
  /** How much of it one machine takes: GPUs, chips or vCPUs. */
  readonly quotaCount: number;
  /**
   * What the table of regions has against a machine that the user named; for a warning, because regions gain machines
   * faster than tables.
   */
  readonly doubt?: string;
}

/** A machine that is named instead of described. */
export interface NamedMachine {
  /** `g2-standard-8`. */
  readonly machineType: string;
  /** For TPUs. */
  readonly tpuTopology?: string;
}

/** As `machineSpec` of the API has it. @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/MachineSpec */
export interface MachineSpec {
  readonly machineType: string;
  readonly acceleratorType?: string;
  readonly acceleratorCount?: number;
  readonly tpuTopology?: string;
}

/** The part of the request that names the machine. */
export function machineSpec(machine: Machine): MachineSpec {
  const { machineType, acceleratorType, acceleratorCount, tpuTopology } = machine;
  return {
    machineType,
    ...(acceleratorType === undefined ? {} : { acceleratorType, acceleratorCount }),
    ...(tpuTopology === undefined ? {} : { tpuTopology }),
  };
}

/**
 * The smallest machine that has what the spec asks for, in the region; an error that names the choice where there is
 * none.
 */
export function machineFor(who: Speaker, compute: ComputeSpec | undefined, region: string, use: MachineUse): Machine {
  const spec = compute ?? {};
  requireCompute(who, spec, { vcpus: 384, memoryGiB: 3968, volumeGiB: 64000 });
  const candidates = spec.accelerator === undefined
    ? plainMachines(use).filter(({ picked }) => picked).map(({ machine }) => machine)
    : machinesWith(who, spec.accelerator, spec.acceleratorCount ?? 1, region, use);
  const fitting = candidates.filter((each) => each.vcpus! >= (spec.vcpus ?? 2) && each.memoryGiB! >= (spec.memoryGiB ?? 8));
  if (fitting.length === 0) {
    const largest = candidates.reduce((a, b) => (b.memoryGiB! > a.memoryGiB! ? b : a));
    refuseBecause(who, `no machine for ${use} has ${describe(spec)}: the largest is ${largest.machineType} with ${largest.vcpus} vCPUs and ${largest.memoryGiB} GiB`);
  }
  return fitting.reduce((best, each) => (smaller(each, best) ? each : best));
}

/**
 * The machine that the user names: it decides vCPUs, memory and the GPUs that it comes with; only machines of N1 take
 * the GPUs of the spec. A type that is newer than the table passes as it is.
 */
export function machineNamed(who: Speaker, named: NamedMachine, compute: ComputeSpec | undefined, region: string, use: MachineUse): Machine {
  const { machineType, tpuTopology } = named;
  requirePlain(who, 'machineType', machineType);
  const spec = compute ?? {};
  const twice = (['vcpus', 'memoryGiB'] as const).find((each) => spec[each] !== undefined);
  if (twice !== undefined) refuseBecause(who, `machineType ${machineType} and compute.${twice} say the same thing twice: leave one out`);

  const tpu = tpuNamed(who, named, region);
  if (tpu === undefined && tpuTopology !== undefined) refuseBecause(who, `tpuTopology ${tpuTopology} needs a machineType with TPUs, got '${machineType}'`);
  if (tpu !== undefined) {
    if (spec.accelerator !== undefined) refuseBecause(who, `machineType ${machineType} has TPUs, compute.accelerator ${spec.accelerator} is a GPU: leave one out`);
    if (use !== 'training' && tpu.tpuTopology !== undefined && !['1x1', '2x2', '2x4'].includes(tpu.tpuTopology)) {
      refuse(who, 'tpuTopology', tpuTopology, '1x1, 2x2 or 2x4 for hosting');
    }
    return tpu;
  }
  if (machineType.startsWith('n1-') && spec.accelerator !== undefined) return n1With(who, machineType, spec.accelerator, spec.acceleratorCount ?? 1, region, use);
  if (spec.accelerator !== undefined) {
    refuseBecause(who, `machineType ${machineType} and compute.accelerator say the same thing twice: only machines of N1 take GPUs, others come with theirs`);
  }
  const plain = PLAIN.find(({ family }) => machineType.startsWith(`${family}-`));
  if (plain !== undefined && !Token.isUnresolved(machineType)) {
    const offered = plainMachines(use).find(({ machine }) => machine.machineType === machineType);
    return offered?.machine ?? refuse(who, 'machineType', machineType, `one of ${plain.sizes[use].map((size) => `${plain.family}-${size}`).join(', ')} for ${use}`);
  }
  for (const model of GPUS) {
    const found = model.machines.find((each) => each.machineType === machineType);
    if (found !== undefined) return { ...acceleratedMachine(model, found), doubt: regionDoubt(found.regions ?? model.regions, machineType, region) };
  }
  return unknownMachine(who, machineType);
}

/**
 * A family that the table has is there in full, so another member does not exist; a family that it lacks may be newer.
 */
function unknownMachine(who: Speaker, machineType: string): Machine {
  const passed: Machine = { machineType, neverOnDemand: false, flexStart: true, quotaCount: 1 };
  if (Token.isUnresolved(machineType)) return passed;
  requireMatch(who, 'machineType', machineType, /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/, 'a machine of Google Cloud like n2-standard-8');
  const familyOf = (name: string) => name.replace(/-[^-]*$/, '');
  const accelerated = [...GPUS, ...TPUS].flatMap<{ readonly machineType: string }>(({ machines }) => [...machines]);
  const family = accelerated.map((each) => each.machineType).filter((each) => familyOf(each) === familyOf(machineType));
  if (family.length > 0) refuse(who, 'machineType', machineType, `one of ${family.join(', ')}`);
  return { ...passed, doubt: `machineType ${machineType} is not in the library's table: neither that it exists nor what it takes of the quotas is checked` };
}

/** GPUs that Vertex AI has, for errors. */
function offeredGpus(): string[] {
  return GPUS.map(({ gpu }) => gpu);
}

function machinesWith(who: Speaker, accelerator: Accelerator, count: number, region: string, use: MachineUse): Machine[] {
  const model = gpuModel(who, accelerator, region, use);
  const n1 = N1_GPUS[model.gpu];
  const counts = n1?.counts ?? [...new Set(model.machines.map(({ gpuCount }) => gpuCount))];
  if (!counts.includes(count)) refuse(who, 'compute.acceleratorCount', count, `${alternatives(counts)} for ${accelerator.id} in ${use} on Google Cloud`);
  if (n1 !== undefined) {
    return plainMachines(use)
      .filter(({ machine }) => machine.machineType.startsWith('n1-') && machine.vcpus! <= n1.vcpusEach * count)
      .map(({ machine }) => withGpus(machine, model, count));
  }
  const rows = model.machines.filter(({ gpuCount }) => gpuCount === count);
  const doubts = rows.map(({ machineType, regions }) => regionDoubt(regions, machineType, region));
  if (doubts.every((doubt) => doubt !== undefined)) refuseBecause(who, `${doubts[0]}; ${OR_NAME_IT}`);
  return rows.filter((_, index) => doubts[index] === undefined).map((each) => acceleratedMachine(model, each));
}

function gpuModel(who: Speaker, accelerator: Accelerator, region: string, use: MachineUse): GpuModel {
  const model = GPUS.find(({ gpu }) => gpu === accelerator.id)
    ?? refuse(who, 'compute.accelerator', accelerator.id, `one that Vertex AI has for ${use}: ${offeredGpus().join(', ')}`);
  const doubt = regionDoubt(model.regions, accelerator.id, region);
  if (doubt !== undefined) refuseBecause(who, `${doubt}; ${OR_NAME_IT}`);
  return model;
}

function n1With(who: Speaker, machineType: string, accelerator: Accelerator, count: number, region: string, use: MachineUse): Machine {
  const model = gpuModel(who, accelerator, region, use);
  const n1 = N1_GPUS[model.gpu] ?? refuse(who, 'compute.accelerator', accelerator.id, `${Object.keys(N1_GPUS).join(' or ')} with the machineType ${machineType}`);
  if (!n1.counts.includes(count)) refuse(who, 'compute.acceleratorCount', count, `${alternatives(n1.counts)} for ${accelerator.id} in ${use} on Google Cloud`);
  const machine = plainMachines(use).find((each) => each.machine.machineType === machineType)?.machine
    ?? refuse(who, 'machineType', machineType, `one of ${plainMachines(use).map((each) => each.machine.machineType).filter((each) => each.startsWith('n1-')).join(', ')}`);
  const least = n1.counts.find((each) => each * n1.vcpusEach >= machine.vcpus!)!;
  if (count < least) refuse(who, 'compute.acceleratorCount', count, `at least ${least} for ${accelerator.id} on ${machineType}`);
  return withGpus(machine, model, count);
}

function tpuNamed(who: Speaker, { machineType, tpuTopology }: NamedMachine, region: string): Machine | undefined {
  for (const { quota, regions, machines } of TPUS) {
    const found = machines.find((each) => each.machineType === machineType);
    if (found === undefined) continue;
    const topology = tpuTopology ?? (found.topologies.length === 1 ? found.topologies[0] : undefined);
    if (topology === undefined || !found.topologies.includes(topology)) {
      refuse(who, 'tpuTopology', tpuTopology, `${alternatives(found.topologies)} for ${machineType}`);
    }
    return {
      machineType,
      tpuTopology: topology,
      vcpus: found.vcpus,
      memoryGiB: found.memoryGiB,
      neverOnDemand: false,
      flexStart: false,
      quota,
      quotaCount: topology.split('x').reduce((chips, each) => chips * Number(each), 1),
      doubt: regionDoubt(regions, machineType, region),
    };
  }
  // A generation that the table does not have is a TPU all the same.
  return /^(ct\d|tpu)/.test(machineType) && tpuTopology !== undefined
    ? { ...unknownMachine(who, machineType), tpuTopology, flexStart: false }
    : undefined;
}

/** Why the region is not thought to have it. */
function regionDoubt(regions: readonly string[] | undefined, what: string, region: string): string | undefined {
  if (regions === undefined || Token.isUnresolved(region) || regions.includes(region)) return undefined;
  return `no zone of ${region} has ${what}: ${regions.join(', ')} have`;
}

const OR_NAME_IT = 'or name the machine with machineType if the region has gained it since';

function acceleratedMachine(model: GpuModel, { machineType, vcpus, memoryGiB, gpuCount, neverOnDemand }: AcceleratedRow): Machine {
  return {
    machineType,
    acceleratorType: model.acceleratorType,
    acceleratorCount: gpuCount,
    vcpus,
    memoryGiB,
    neverOnDemand: neverOnDemand ?? false,
    flexStart: model.flexStart,
    quota: model.quota,
    quotaCount: gpuCount,
  };
}

function withGpus(machine: Machine, model: GpuModel, count: number): Machine {
  return {
    ...machine, acceleratorType: model.acceleratorType, acceleratorCount: count, flexStart: model.flexStart, quota: model.quota, quotaCount: count,
  };
}

function plainMachines(use: MachineUse): { readonly machine: Machine; readonly picked: boolean }[] {
  return PLAIN.flatMap(({ family, gibPerVcpu, sizes, picked }) => sizes[use].map((vcpus) => ({
    machine: {
      machineType: `${family}-${vcpus}`,
      vcpus,
      memoryGiB: vcpus * gibPerVcpu,
      neverOnDemand: false,
      flexStart: false,
      quota: 'cpus',
      quotaCount: vcpus,
    },
    picked: picked ?? false,
  })));
}

/** Fewer vCPUs, then less memory; between equals the one that stands first in the table. */
function smaller(one: Machine, other: Machine): boolean {
  return one.vcpus !== other.vcpus ? one.vcpus! < other.vcpus! : one.memoryGiB! < other.memoryGiB!;
}

function describe(spec: ComputeSpec): string {
  const parts = [
    spec.accelerator === undefined ? undefined : `${spec.acceleratorCount ?? 1} x ${spec.accelerator.id}`,
    `${spec.vcpus ?? 2} vCPUs`,
    `${spec.memoryGiB ?? 8} GiB of memory`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function alternatives(choices: readonly (number | string)[]): string {
  if (choices.length === 1) return `${choices[0]}`;
  return `${choices.slice(0, -1).join(', ')} or ${choices[choices.length - 1]}`;
}
