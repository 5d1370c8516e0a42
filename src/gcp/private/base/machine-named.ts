import { GPUS, MachineUse, N1_GPUS, PLAIN, TPUS } from './machine-table';
import { acceleratedMachine, alternatives, gpuModel, Machine, plainMachines, regionDoubt, withGpus } from './machines';
import { requirePlain } from './plain-text';
import { Accelerator } from '../../../core/accelerator';
import { ComputeSpec } from '../../../core/compute';
import { Token } from '../../../core/private/tokens';
import { refuse, refuseBecause, requireMatch, Speaker } from '../../../core/private/validation';

/** A machine that is named instead of described. */
export interface NamedMachine {
  /** `g2-standard-8`. */
  readonly machineType: string;
  /** For TPUs. */
  readonly tpuTopology?: string;
}

/**
 * The machine that the user names: it decides vCPUs, memory and the GPUs that it comes with; only machines of N1 take
 * the GPUs of the spec. A type that is newer than the table passes as it is.
 */
export function machineNamed(
  who: Speaker,
  named: NamedMachine,
  compute: ComputeSpec | undefined,
  region: string,
  use: MachineUse,
): Machine {
  const { machineType, tpuTopology } = named;
  requirePlain(who, 'machineType', machineType);
  const spec = compute ?? {};
  const twice = (['vcpus', 'memoryGiB'] as const).find((each) => spec[each] !== undefined);
  if (twice !== undefined) {
    refuseBecause(who, `machineType ${machineType} and compute.${twice} say the same thing twice: leave one out`);
  }

  const tpu = tpuNamed(who, named, region);
  if (tpu === undefined && tpuTopology !== undefined) {
    refuseBecause(who, `tpuTopology ${tpuTopology} needs a machineType with TPUs, got '${machineType}'`);
  }
  if (tpu !== undefined) {
    if (spec.accelerator !== undefined) {
      refuseBecause(
        who,
        `machineType ${machineType} has TPUs, compute.accelerator ${spec.accelerator} is a GPU: leave one out`,
      );
    }
    if (use !== 'training' && tpu.tpuTopology !== undefined && !['1x1', '2x2', '2x4'].includes(tpu.tpuTopology)) {
      refuse(who, 'tpuTopology', tpuTopology, '1x1, 2x2 or 2x4 for hosting');
    }
    return tpu;
  }
  if (machineType.startsWith('n1-') && spec.accelerator !== undefined) {
    return n1With(who, machineType, spec.accelerator, spec.acceleratorCount ?? 1, region, use);
  }
  if (spec.accelerator !== undefined) {
    refuseBecause(
      who,
      `machineType ${machineType} and compute.accelerator say the same thing twice: only machines of N1 take GPUs, others come with theirs`,
    );
  }
  const plain = PLAIN.find(({ family }) => machineType.startsWith(`${family}-`));
  if (plain !== undefined && !Token.isUnresolved(machineType)) {
    const offered = plainMachines(use).find(({ machine }) => machine.machineType === machineType);
    return (
      offered?.machine ??
      refuse(
        who,
        'machineType',
        machineType,
        `one of ${plain.sizes[use].map((size) => `${plain.family}-${size}`).join(', ')} for ${use}`,
      )
    );
  }
  for (const model of GPUS) {
    const found = model.machines.find((each) => each.machineType === machineType);
    if (found !== undefined) {
      return {
        ...acceleratedMachine(model, found),
        doubt: regionDoubt(found.regions ?? model.regions, machineType, region),
      };
    }
  }
  return unknownMachine(who, machineType);
}

/**
 * A family that the table has is there in full, so another member does not exist; a family that it lacks may be newer.
 */
function unknownMachine(who: Speaker, machineType: string): Machine {
  const passed: Machine = { machineType, neverOnDemand: false, flexStart: true, quotaCount: 1 };
  if (Token.isUnresolved(machineType)) return passed;
  requireMatch(
    who,
    'machineType',
    machineType,
    /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/,
    'a machine of Google Cloud like n2-standard-8',
  );
  const familyOf = (name: string) => name.replace(/-[^-]*$/, '');
  const accelerated = [...GPUS, ...TPUS].flatMap<{ readonly machineType: string }>(({ machines }) => [...machines]);
  const family = accelerated.map((each) => each.machineType).filter((each) => familyOf(each) === familyOf(machineType));
  if (family.length > 0) refuse(who, 'machineType', machineType, `one of ${family.join(', ')}`);
  return {
    ...passed,
    doubt: `machineType ${machineType} is not in the library's table: neither that it exists nor what it takes of the quotas is checked`,
  };
}

function n1With(
  who: Speaker,
  machineType: string,
  accelerator: Accelerator,
  count: number,
  region: string,
  use: MachineUse,
): Machine {
  const model = gpuModel(who, accelerator, region, use);
  const n1 =
    N1_GPUS[model.gpu] ??
    refuse(
      who,
      'compute.accelerator',
      accelerator.id,
      `${Object.keys(N1_GPUS).join(' or ')} with the machineType ${machineType}`,
    );
  if (!n1.counts.includes(count)) {
    refuse(
      who,
      'compute.acceleratorCount',
      count,
      `${alternatives(n1.counts)} for ${accelerator.id} in ${use} on Google Cloud`,
    );
  }
  const machine =
    plainMachines(use).find((each) => each.machine.machineType === machineType)?.machine ??
    refuse(
      who,
      'machineType',
      machineType,
      `one of ${plainMachines(use)
        .map((each) => each.machine.machineType)
        .filter((each) => each.startsWith('n1-'))
        .join(', ')}`,
    );
  const least = n1.counts.find((each) => each * n1.vcpusEach >= machine.vcpus!)!;
  if (count < least) {
    refuse(who, 'compute.acceleratorCount', count, `at least ${least} for ${accelerator.id} on ${machineType}`);
  }
  return withGpus(machine, model, count);
}

function tpuNamed(
  who: Speaker,
  { machineType, tpuTopology }: NamedMachine,
  region: string,
): Machine | undefined {
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
