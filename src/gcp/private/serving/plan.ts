import { Capacity } from '../../../core/capacity';
import { Cloud, Parity } from '../../../core/parity';
import { resolvedScaling } from '../../../core/private/resolve/serving';
import { refuse, refuseBecause, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { RealTimeServingOptions, ScalingTarget } from '../../../core/serving';
import { ServingEndpointOptions } from '../../serving-endpoint-props';
import { machineNamed } from '../base/machine-named';
import { Machine, machineFor, machineSpec } from '../base/machines';
import { requirePlain } from '../base/plain-text';

/** The words of Vertex AI that a mode hears, of the endpoint's. */
export type NativeMachines = Pick<ServingEndpointOptions, 'machineType' | 'tpuTopology' | 'capacity'>;

/** The machines of an endpoint. */
export interface HostingPlan {
  readonly machine: Machine;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** As `deployModel` of the API has it. */
  readonly dedicatedResources: { readonly [key: string]: unknown };
}

/** Machines and autoscaling of an endpoint, checked. */
export function hostingPlan(
  who: Speaker,
  options: RealTimeServingOptions,
  native: NativeMachines,
  region: string,
): HostingPlan {
  const { compute, scaling } = options;
  if (compute?.instanceCount !== undefined) {
    refuseBecause(who, 'compute.instanceCount is not possible on an endpoint: say how many with scaling.minReplicas');
  }
  if (compute?.volumeGiB !== undefined) {
    refuseBecause(
      who,
      'compute.volumeGiB is not possible on an endpoint: Vertex AI decides the disk of its machines, leave it out',
    );
  }
  if (native.tpuTopology !== undefined && native.machineType === undefined) {
    refuseBecause(who, 'tpuTopology needs a machineType with TPUs: set both or neither');
  }
  Parity._refuse(who, 'ScalingSpec', Cloud.GCP, scaling ?? {});
  requireInteger(who, 'scaling.minReplicas', scaling?.minReplicas, 1, 1000);
  const { minReplicas, maxReplicas, target } = resolvedScaling(scaling);
  requireInteger(who, 'scaling.maxReplicas', scaling?.maxReplicas, minReplicas, 1000);

  const machine =
    native.machineType === undefined
      ? machineFor(who, compute, region, 'hosting')
      : machineNamed(
        who,
        { machineType: native.machineType, tpuTopology: native.tpuTopology },
        compute,
        region,
        'hosting',
      );
  if (target.metric === 'gpu-utilization' && machine.acceleratorType === undefined) {
    refuseBecause(
      who,
      `ScalingTarget.gpuUtilization has no GPU to look at on ${machine.machineType}: set compute.accelerator, or use another target`,
    );
  }
  if (machine.neverOnDemand && native.capacity?.kind !== 'spot') {
    refuseBecause(
      who,
      `${machine.machineType} is never given on demand: set capacity to Capacity.spot(), or take more GPUs in each machine`,
    );
  }
  return {
    machine,
    minReplicas,
    maxReplicas,
    dedicatedResources: {
      machineSpec: { ...machineSpec(machine), ...reservationAffinity(who, native.capacity) },
      minReplicaCount: minReplicas,
      maxReplicaCount: maxReplicas,
      autoscalingMetricSpecs: [
        {
          metricName: `aiplatform.googleapis.com/prediction/online/${METRICS[target.metric]}`,
          target: wholeTarget(who, target),
        },
      ],
      ...(native.capacity?.kind === 'spot' ? { spot: true } : {}),
    },
  };
}

/** @see https://cloud.google.com/vertex-ai/docs/predictions/autoscaling */
const METRICS: { readonly [metric: string]: string } = {
  'requests-per-minute': 'request_count',
  'cpu-utilization': 'cpu/utilization',
  'gpu-utilization': 'accelerator/duty_cycle',
};

function wholeTarget(who: Speaker, target: ScalingTarget): number {
  if (!Number.isInteger(target.value)) refuse(who, 'scaling.target', target.value, 'a whole number on Google Cloud');
  return target.value;
}

/** @see https://cloud.google.com/vertex-ai/docs/predictions/use-reservations */
function reservationAffinity(who: Speaker, capacity: Capacity | undefined): { readonly reservationAffinity?: object } {
  if (capacity === undefined) return {};
  if (!['on-demand', 'spot', 'reserved', 'any-reservation'].includes(capacity.kind)) {
    refuseBecause(
      who,
      `capacity ${capacity.kind} is not possible on an endpoint: use Capacity.onDemand, Capacity.spot, Capacity.reserved or VertexCapacity.anyReservation`,
    );
  }
  if (capacity.maxWaitHours !== undefined) {
    refuseBecause(who, 'capacity: an endpoint does not wait for machines: leave maxWaitHours out');
  }
  if (capacity.kind === 'any-reservation') {
    return { reservationAffinity: { reservationAffinityType: 'ANY_RESERVATION' } };
  }
  if (capacity.kind !== 'reserved') return {};
  requireMatch(
    who,
    'capacity.reservation',
    capacity.reservation,
    /^projects\/[^/]+\/zones\/[^/]+\/reservations\/[^/]+$/,
    'projects/<id>/zones/<zone>/reservations/<name>',
  );
  requirePlain(who, 'capacity.reservation', capacity.reservation);
  return {
    reservationAffinity: {
      reservationAffinityType: 'SPECIFIC_RESERVATION',
      key: 'compute.googleapis.com/reservation-name',
      values: [capacity.reservation],
    },
  };
}
