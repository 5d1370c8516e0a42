import { Capacity } from '../../../core/capacity';
import { ResolvedTraining, spotWaitHours } from '../../../core/private/resolve/training';
import { Token } from '../../../core/private/tokens';
import { refuse, refuseBecause, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { TrainingPipelineOptions } from '../../training-pipeline-props';
import { machineNamed } from '../base/machine-named';
import { Machine, machineFor, machineSpec, MachineSpec } from '../base/machines';
import { requirePlain } from '../base/plain-text';

/** What is asked of the training machines. */
export type MachineInput = Pick<
  ResolvedTraining,
  'compute' | 'instanceCount' | 'capacity' | 'maxRuntimeHours' | 'retries'
> &
  Pick<TrainingPipelineOptions, 'machineType' | 'tpuTopology'>;

/**
 * How machines are asked for.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/CustomJobSpec#Scheduling
 */
export interface Scheduling {
  readonly timeout: string;
  readonly strategy?: string;
  readonly maxWaitDuration?: string;
  readonly restartJobOnWorkerRestart?: boolean;
  readonly disableRetries?: boolean;
}

/** What Vertex AI is asked for. */
export interface TrainingMachines {
  readonly machine: Machine;
  /** The machine, with its reservation. */
  readonly spec: MachineSpec & { readonly reservationAffinity?: unknown };
  readonly instanceCount: number;
  readonly bootDiskSizeGb: number;
  readonly scheduling: Scheduling;
  /**
   * Seconds after which the workflow gives the job up, waiting for machines included; 0 where the service itself keeps
   * the time.
   */
  readonly giveUpSeconds: number;
  /** Seconds between two looks at the job: an execution has 100,000 steps, and a look takes three of them. */
  readonly pollSeconds: number;
  /** Whether the machines are counted in the quota of preemptible ones. */
  readonly isPreemptible: boolean;
}

/** Turns the input into machines, or refuses what Vertex AI would refuse at the first run. */
export function trainingMachines(who: Speaker, input: MachineInput, region: string): TrainingMachines {
  const { compute: spec, instanceCount, capacity, maxRuntimeHours: hours, retries } = input;
  requireInteger(who, 'compute.volumeGiB', spec.volumeGiB, 1, 64000);
  if (input.machineType === undefined && input.tpuTopology !== undefined) {
    refuseBecause(who, `tpuTopology ${input.tpuTopology} needs a machineType with TPUs`);
  }

  const machine = input.machineType === undefined
    ? machineFor(who, spec, region, 'training')
    : machineNamed(who, { machineType: input.machineType, tpuTopology: input.tpuTopology }, spec, region, 'training');
  if (machine.tpuTopology !== undefined && instanceCount > 1) {
    refuse(
      who,
      'compute.instanceCount',
      instanceCount,
      `1 with TPUs: the machines of a slice follow from its tpuTopology, ${machine.tpuTopology}`,
    );
  }
  const paid = payment(who, capacity, machine, hours, region);
  return {
    machine,
    spec: { ...machineSpec(machine), ...paid.affinity },
    instanceCount,
    // The disk of a job begins at 100 GB.
    bootDiskSizeGb: Math.max(100, spec.volumeGiB ?? 0),
    scheduling: {
      timeout: `${seconds(hours)}s`,
      ...paid.scheduling,
      ...(capacity.kind === 'spot' || instanceCount > 1 ? { restartJobOnWorkerRestart: true } : {}),
      ...(retries === 0 && capacity.kind !== 'spot' && instanceCount === 1 ? { disableRetries: true } : {}),
    },
    giveUpSeconds: paid.giveUpSeconds ?? 0,
    pollSeconds: Math.max(30, Math.ceil((paid.longestSeconds ?? seconds(hours)) * (retries + 1) / 25000)),
    isPreemptible: capacity.kind === 'spot' || capacity.kind === 'flex-start',
  };
}

const WEEK_HOURS = 168;
const RESERVATION = /^projects\/[^/]+\/zones\/([a-z0-9-]+)-[a-z0-9]+\/reservations\/[^/]+$/;

interface Payment {
  readonly scheduling?: Partial<Scheduling>;
  readonly affinity?: { readonly reservationAffinity: unknown };
  readonly giveUpSeconds?: number;
  /** The longest that one job can take, queue included. */
  readonly longestSeconds?: number;
}

function payment(who: Speaker, capacity: Capacity, machine: Machine, hours: number, region: string): Payment {
  switch (capacity.kind) {
    case 'on-demand':
      return refuseSmall(who, machine, 'on demand') ?? {};
    case 'spot': {
      if (isSlice(machine)) {
        refuseBecause(
          who,
          `Capacity.spot() is not for slices of several machines, and ${machine.tpuTopology} of ${machine.machineType} is one`,
        );
      }
      const wait = spotWaitHours(who, capacity, hours);
      return { scheduling: { strategy: 'SPOT' }, giveUpSeconds: seconds(wait), longestSeconds: seconds(wait) };
    }
    case 'flex-start': {
      if (!machine.flexStart) {
        refuseBecause(
          who,
          `VertexCapacity.flexStart() queues for L4, A100, H100, H200 and B200, and ${machine.machineType}${gpuOf(machine)} is none of them`,
        );
      }
      if (hours > WEEK_HOURS) {
        refuse(
          who,
          'maxRuntimeHours',
          hours,
          `at most ${WEEK_HOURS} with VertexCapacity.flexStart(): machines are given for seven days`,
        );
      }
      const wait = capacity.maxWaitHours ?? 24;
      return {
        scheduling: { strategy: 'FLEX_START', maxWaitDuration: `${seconds(wait)}s` },
        longestSeconds: seconds(hours + (wait === 0 ? 672 : wait)),
      };
    }
    case 'reserved': {
      const { reservation } = capacity;
      requirePlain(who, 'capacity.reservation', reservation);
      requireMatch(
        who,
        'capacity.reservation',
        reservation,
        RESERVATION,
        'a reservation of Compute Engine, projects/<id>/zones/<zone>/reservations/<name>',
      );
      const zoneRegion = RESERVATION.exec(reservation!)?.[1];
      if (zoneRegion !== undefined && !Token.isUnresolved(region) && zoneRegion !== region) {
        refuse(who, 'capacity.reservation', reservation, `a reservation in a zone of ${region}, where the jobs run`);
      }
      return {
        affinity: {
          reservationAffinity: {
            reservationAffinityType: 'SPECIFIC_RESERVATION',
            key: 'compute.googleapis.com/reservation-name',
            values: [reservation],
          },
        },
      };
    }
    case 'any-reservation':
      return (
        refuseSmall(who, machine, 'from just any reservation') ?? {
          affinity: { reservationAffinity: { reservationAffinityType: 'ANY_RESERVATION' } },
        }
      );
    default:
      return refuse(
        who,
        'capacity',
        capacity.kind,
        'on-demand, spot, reserved, VertexCapacity.flexStart or VertexCapacity.anyReservation on Google Cloud',
      );
  }
}

/** @see https://cloud.google.com/compute/docs/accelerator-optimized-machines#a3-high-vms */
function refuseSmall(who: Speaker, machine: Machine, how: string): undefined {
  if (!machine.neverOnDemand) return undefined;
  return refuseBecause(
    who,
    `${machine.machineType} is not given ${how}: use Capacity.spot(), VertexCapacity.flexStart() or Capacity.reserved(), or acceleratorCount 8`,
  );
}

/** TPUs of more than one machine. @see https://cloud.google.com/vertex-ai/docs/training/use-spot-vms#limitations */
function isSlice({ machineType, tpuTopology, quotaCount }: Machine): boolean {
  const chips = /-(\d+)t$/.exec(machineType)?.[1];
  return tpuTopology !== undefined && chips !== undefined && quotaCount > Number(chips);
}

function gpuOf(machine: Machine): string {
  return machine.acceleratorType === undefined ? '' : ` with ${machine.acceleratorType}`;
}

function seconds(hours: number): number {
  return Math.round(hours * 3600);
}
