import { ComputeSpec } from '../../../core/compute';
import { requireKnown } from '../../../core/private/known-values';
import { ResolvedTraining, spotWaitHours } from '../../../core/private/resolve/training';
import { refuse, refuseBecause, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { TrainingPipelineOptions } from '../../training-pipeline-props';
import { requireInstanceType } from '../base/fields';
import { hasEfa, hasLocalNvme, efaTypes, instanceFacts, instanceTypeFor, interchangeable } from '../base/machines';

/** What is asked of the training machines; `keepAliveMinutes` is that of a warm pool. */
export interface MachineInput
  extends
  Pick<ResolvedTraining, 'compute' | 'instanceCount' | 'capacity' | 'maxRuntimeHours'>,
  Pick<TrainingPipelineOptions, 'instanceType' | 'efa'> {
  readonly keepAliveMinutes?: number;
  readonly inVpc: boolean;
}

/** What SageMaker is asked for. */
export interface Machines {
  readonly instanceType: string;
  /** Types that a run may choose instead; empty where any can be chosen. */
  readonly alternatives: string[];
  readonly instanceCount: number;
  readonly volumeGiB: number;
  readonly localNvme: boolean;
  readonly maxRuntimeSeconds: number;
  readonly maxWaitSeconds?: number;
  readonly keepAliveSeconds?: number;
  readonly trainingPlanArn?: string;
}

/** Turns the input into machines, or refuses what SageMaker would refuse at the first run. */
export function resolveMachines(who: Speaker, input: MachineInput): Machines {
  const { compute: spec, instanceCount } = input;
  requireKnown(who, { 'capacity.keepAliveMinutes': input.keepAliveMinutes });
  requireInteger(who, 'compute.volumeGiB', spec.volumeGiB, 1, 16384);

  const instanceType =
    input.instanceType === undefined
      ? instanceTypeFor(who, spec, 'training')
      : givenType(who, input.instanceType, spec);
  const volumeGiB = spec.volumeGiB ?? 30;
  const local = instanceFacts(instanceType)?.localGb ?? 0;
  if (local > 0 && volumeGiB > local) {
    refuse(
      who,
      'compute.volumeGiB',
      volumeGiB,
      `at most ${local} on ${instanceType}, which has disks of its own and no volume`,
    );
  }
  if (input.efa === true) checkEfa(who, input, instanceType, instanceCount);

  return {
    instanceType,
    alternatives: interchangeable(instanceType, 'training', { volumeGiB, efa: input.efa === true }),
    instanceCount,
    volumeGiB,
    localNvme: hasLocalNvme(instanceType),
    maxRuntimeSeconds: seconds(input.maxRuntimeHours),
    ...payment(who, input),
  };
}

/** A type by name: it decides GPU, vCPUs and memory, so the spec cannot. */
function givenType(who: Speaker, instanceType: string, spec: ComputeSpec): string {
  requireInstanceType(who, 'instanceType', instanceType, 'training');
  const twice = (['accelerator', 'acceleratorCount', 'vcpus', 'memoryGiB'] as const).find(
    (each) => spec[each] !== undefined,
  );
  if (twice !== undefined) {
    refuseBecause(who, `instanceType ${instanceType} and compute.${twice} say the same thing twice: leave one out`);
  }
  return instanceType;
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-efa.html */
function checkEfa(who: Speaker, input: MachineInput, instanceType: string, instanceCount: number): void {
  if (instanceCount < 2) {
    refuseBecause(who, 'efa connects machines with each other: compute.instanceCount must be at least 2, got 1');
  }
  if (!input.inVpc) refuseBecause(who, 'efa needs a vpc: its security group must let the machines reach each other');
  if (!hasEfa(instanceType)) {
    refuseBecause(who, `efa is not on ${instanceType}; types that have it: ${efaTypes('training').join(', ')}`);
  }
}

function payment(
  who: Speaker,
  input: MachineInput,
): Pick<Machines, 'maxWaitSeconds' | 'keepAliveSeconds' | 'trainingPlanArn'> {
  const { capacity } = input;
  switch (capacity.kind) {
    case 'on-demand':
      return {};
    case 'warm-pool':
      return { keepAliveSeconds: input.keepAliveMinutes! * 60 };
    case 'spot':
      return { maxWaitSeconds: seconds(spotWaitHours(who, capacity, input.maxRuntimeHours)) };
    case 'reserved': {
      requireMatch(
        who,
        'capacity.reservation',
        capacity.reservation,
        /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:\d{12}:training-plan\/.+$/,
        'the ARN of a SageMaker training plan',
      );
      return { trainingPlanArn: capacity.reservation };
    }
    default:
      return refuse(who, 'capacity', capacity.kind, 'on-demand, spot, reserved or SageMakerCapacity.warmPool on AWS');
  }
}

function seconds(hours: number): number {
  return Math.round(hours * 3600);
}
