import { requireKnown } from './known-values';
import { refuseBecause, requireInteger, Speaker } from './validation';
import { ComputeSpec } from '../compute';

/** The largest that a cloud can be asked for. */
export interface MostCompute {
  readonly vcpus: number;
  readonly memoryGiB: number;
  readonly volumeGiB: number;
}

/** What holds for a wish for machines before a cloud looks for one. */
export function requireCompute(who: Speaker, spec: ComputeSpec, most: MostCompute): void {
  requireKnown(who, {
    'compute.vcpus': spec.vcpus,
    'compute.memoryGiB': spec.memoryGiB,
    'compute.acceleratorCount': spec.acceleratorCount,
  });
  requireInteger(who, 'compute.vcpus', spec.vcpus, 1, most.vcpus);
  requireInteger(who, 'compute.memoryGiB', spec.memoryGiB, 1, most.memoryGiB);
  requireInteger(who, 'compute.acceleratorCount', spec.acceleratorCount, 1, 16);
  requireInteger(who, 'compute.volumeGiB', spec.volumeGiB, 1, most.volumeGiB);
  if (spec.acceleratorCount !== undefined && spec.accelerator === undefined) {
    refuseBecause(who, `compute.acceleratorCount ${spec.acceleratorCount} has no compute.accelerator to count`);
  }
}
