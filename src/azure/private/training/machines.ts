import { Capacity } from '../../../core/capacity';
import { ResolvedTraining, spotWaitHours } from '../../../core/private/resolve/training';
import { refuse, refuseBecause, Speaker } from '../../../core/private/validation';
import { TrainingPipelineOptions } from '../../training-pipeline-props';
import { Machine, machineFor, machineNamed } from '../base/machines';

/** What is asked of the training machines. */
export type MachineInput = Pick<
  ResolvedTraining,
  'compute' | 'instanceCount' | 'capacity' | 'maxRuntimeHours' | 'retries'
> &
  Pick<TrainingPipelineOptions, 'vmSize'> & {
    readonly computeTarget: NonNullable<TrainingPipelineOptions['computeTarget']>;
  };

/** Machines of a training, and how long they are waited for. */
export interface TrainingMachines {
  /** Undefined where the compute exists and its size is its own. */
  readonly machine?: Machine;
  readonly instanceCount: number;
  readonly isLowPriority: boolean;
  /** Seconds after which the workflow gives the job up: all tries, waiting for machines included. */
  readonly giveUpSeconds: number;
}

/** Turns the input into machines, or refuses what Azure ML would refuse at the first run. */
export function trainingMachines(who: Speaker, input: MachineInput): TrainingMachines {
  const { compute, instanceCount, capacity, maxRuntimeHours: hours, retries, vmSize, computeTarget } = input;
  const giveUpSeconds = Math.round(waitHours(who, capacity, hours, retries) * 3600);
  const common = { instanceCount, isLowPriority: capacity.kind === 'spot', giveUpSeconds };
  if (computeTarget.kind === 'existing') {
    const said = (['accelerator', 'acceleratorCount', 'vcpus', 'memoryGiB'] as const).find(
      (each) => compute[each] !== undefined,
    );
    const twice = said === undefined ? vmSize && `vmSize ${vmSize}` : `compute.${said}`;
    if (twice !== undefined) {
      refuseBecause(
        who,
        `${twice} and ComputeTarget.existing() cannot be together: the compute that exists has a size of its own`,
      );
    }
    if (common.isLowPriority) {
      refuseBecause(
        who,
        'Capacity.spot() and ComputeTarget.existing() cannot be together: the compute that exists has a priority of its own',
      );
    }
    return common;
  }
  if (computeTarget.jobTier !== undefined && (computeTarget.jobTier === 'Spot') !== common.isLowPriority) {
    refuseBecause(
      who,
      `jobTier ${computeTarget.jobTier} and capacity ${capacity.kind} do not go together: say Capacity.spot() for machines that may be taken away, and leave jobTier out`,
    );
  }
  const most = computeTarget._cluster?.maxNodeCount;
  if (most !== undefined && most < instanceCount) {
    refuse(
      who,
      'computeTarget.maxNodeCount',
      most,
      `at least compute.instanceCount, which is ${instanceCount}: a run would wait for machines that never come`,
    );
  }
  return {
    ...common,
    machine:
      vmSize === undefined ? machineFor(who, compute, 'training') : machineNamed(who, vmSize, compute, 'training'),
  };
}

/** Machines of a busy region are waited for so long. */
const QUEUE_HOURS = 24;
/** A run of a workflow has 90 days, and other steps. */
const MOST_HOURS = 85 * 24;

function waitHours(who: Speaker, capacity: Capacity, hours: number, retries: number): number {
  switch (capacity.kind) {
    case 'on-demand':
      return Math.min(MOST_HOURS, (hours + QUEUE_HOURS) * (retries + 1));
    case 'spot':
      return Math.min(MOST_HOURS, spotWaitHours(who, capacity, hours));
    default:
      return refuse(
        who,
        'capacity',
        capacity.kind,
        'on-demand or spot on Azure, where clusters take no reservations of machines',
      );
  }
}
