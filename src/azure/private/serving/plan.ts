import { Cloud, Parity } from '../../../core/parity';
import { resolvedScaling, ResolvedScaling } from '../../../core/private/resolve/serving';
import { refuse, refuseBecause, requireInteger, Speaker } from '../../../core/private/validation';
import { RealTimeServingOptions } from '../../../core/serving';
import { ServingEndpointOptions } from '../../serving-endpoint-props';
import { Machine, machineFor, machineNamed } from '../base/machines';

/** The machines of an endpoint, and how many of them there are. */
export interface HostingPlan {
  readonly machine: Machine;
  readonly scaling: ResolvedScaling;
}

/** Machines and autoscaling of an online endpoint, checked. */
export function hostingPlan(
  who: Speaker,
  options: RealTimeServingOptions,
  native: Pick<ServingEndpointOptions, 'instanceType'>,
): HostingPlan {
  const { compute, scaling: spec } = options;
  if (compute?.instanceCount !== undefined) {
    refuseBecause(who, 'compute.instanceCount is not possible on an endpoint: say how many with scaling.minReplicas');
  }
  if (compute?.volumeGiB !== undefined) {
    refuseBecause(
      who,
      'compute.volumeGiB is not possible on an endpoint: the disks of a machine belong to its size, leave it out',
    );
  }
  Parity._refuse(who, 'ScalingSpec', Cloud.AZURE, spec ?? {});
  // A deployment takes 50 instances, and a rollout has two of them beside each other.
  requireInteger(who, 'scaling.minReplicas', spec?.minReplicas, 1, MOST_REPLICAS);
  const scaling = resolvedScaling(spec);
  requireInteger(who, 'scaling.maxReplicas', spec?.maxReplicas, scaling.minReplicas, MOST_REPLICAS);
  if (scaling.maxReplicas > MOST_REPLICAS) {
    refuseBecause(
      who,
      `scaling.maxReplicas is twice scaling.minReplicas, ${scaling.maxReplicas}, and a deployment takes ${MOST_REPLICAS}: set it`,
    );
  }
  requireInteger(who, 'scaling.scaleInCooldownSeconds', spec?.scaleInCooldownSeconds, 60, MOST_COOLDOWN);
  requireInteger(who, 'scaling.scaleOutCooldownSeconds', spec?.scaleOutCooldownSeconds, 60, MOST_COOLDOWN);
  if (!Number.isInteger(scaling.target.value)) {
    refuse(who, 'scaling.target', scaling.target.value, 'a whole number on Azure');
  }
  const machine =
    native.instanceType === undefined
      ? machineFor(who, compute, 'hosting')
      : machineNamed(who, native.instanceType, compute, 'hosting', 'instanceType');
  if (scaling.target.metric === 'gpu-utilization' && machine.gpuCount === 0) {
    refuseBecause(
      who,
      `ScalingTarget.gpuUtilization has no GPU to look at on ${machine.vmSize}: set compute.accelerator, or use another target`,
    );
  }
  return { machine, scaling };
}

/**
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas#azure-machine-learning-online-endpoints-and-batch-endpoints
 */
const MOST_REPLICAS = 50;
/** A week, the most that Azure Monitor takes. */
const MOST_COOLDOWN = 604_800;
