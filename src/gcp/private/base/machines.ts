import { AcceleratedRow, GpuModel, GPUS, MachineUse, N1_GPUS, PLAIN } from './machine-table';
import { Accelerator } from '../../../core/accelerator';
import { ComputeSpec } from '../../../core/compute';
import { requireCompute } from '../../../core/private/compute';
import { Token } from '../../../core/private/tokens';
import { refuse, refuseBecause, Speaker } from '../../../core/private/validation';

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
  const fitting = candidates.filter(
    (each) => each.vcpus! >= (spec.vcpus ?? 2) && each.memoryGiB! >= (spec.memoryGiB ?? 8),
  );
  if (fitting.length === 0) {
    const largest = candidates.reduce((a, b) => (b.memoryGiB! > a.memoryGiB! ? b : a));
    refuseBecause(
      who,
      `no machine for ${use} has ${describe(spec)}: the largest is ${largest.machineType} with ${largest.vcpus} vCPUs and ${largest.memoryGiB} GiB`,
    );
  }
  return fitting.reduce((best, each) => (smaller(each, best) ? each : best));
}

/** GPUs that Vertex AI has, for errors. */
function offeredGpus(): string[] {
  return GPUS.map(({ gpu }) => gpu);
}

function machinesWith(
  who: Speaker,
  accelerator: Accelerator,
  count: number,
  region: string,
  use: MachineUse,
): Machine[] {
  const model = gpuModel(who, accelerator, region, use);
  const n1 = N1_GPUS[model.gpu];
  const counts = n1?.counts ?? [...new Set(model.machines.map(({ gpuCount }) => gpuCount))];
  if (!counts.includes(count)) {
    refuse(
      who,
      'compute.acceleratorCount',
      count,
      `${alternatives(counts)} for ${accelerator.id} in ${use} on Google Cloud`,
    );
  }
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

/** The row of a GPU that the region has; an error where it has none. */
export function gpuModel(who: Speaker, accelerator: Accelerator, region: string, use: MachineUse): GpuModel {
  const model =
    GPUS.find(({ gpu }) => gpu === accelerator.id) ??
    refuse(
      who,
      'compute.accelerator',
      accelerator.id,
      `one that Vertex AI has for ${use}: ${offeredGpus().join(', ')}`,
    );
  const doubt = regionDoubt(model.regions, accelerator.id, region);
  if (doubt !== undefined) refuseBecause(who, `${doubt}; ${OR_NAME_IT}`);
  return model;
}

/** Why the region is not thought to have it. */
export function regionDoubt(regions: readonly string[] | undefined, what: string, region: string): string | undefined {
  if (regions === undefined || Token.isUnresolved(region) || regions.includes(region)) return undefined;
  return `no zone of ${region} has ${what}: ${regions.join(', ')} have`;
}

const OR_NAME_IT = 'or name the machine with machineType if the region has gained it since';

/** A machine that comes with its GPUs. */
export function acceleratedMachine(
  model: GpuModel,
  { machineType, vcpus, memoryGiB, gpuCount, neverOnDemand }: AcceleratedRow,
): Machine {
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

/** A machine of N1 with GPUs attached. */
export function withGpus(machine: Machine, model: GpuModel, count: number): Machine {
  return {
    ...machine,
    acceleratorType: model.acceleratorType,
    acceleratorCount: count,
    flexStart: model.flexStart,
    quota: model.quota,
    quotaCount: count,
  };
}

/** Machines without GPUs, and whether the library picks them by itself. */
export function plainMachines(use: MachineUse): { readonly machine: Machine; readonly picked: boolean }[] {
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

/** `1, 2 or 4`. */
export function alternatives(choices: readonly (number | string)[]): string {
  if (choices.length === 1) return `${choices[0]}`;
  return `${choices.slice(0, -1).join(', ')} or ${choices[choices.length - 1]}`;
}
