import { Schedule } from '../../schedule';
import { BatchServingOptions, ScalingSpec, ScalingTarget, ServerlessServingOptions } from '../../serving';
import { CaptureSpec } from '../../serving-endpoint';

/** Minutes that a version which took over at once is watched, while the old one still stands by. */
export const BAKE_MINUTES = 5;

/** Autoscaling with every choice made; a cloud checks the numbers, because some pass tokens on. */
export interface ResolvedScaling {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly target: ScalingTarget;
  readonly scaleInCooldownSeconds: number;
  readonly scaleOutCooldownSeconds: number;
}

/** Fills the defaults of autoscaling. */
export function resolvedScaling(spec: ScalingSpec = {}): ResolvedScaling {
  const minReplicas = spec.minReplicas ?? 2;
  return {
    minReplicas,
    // An endpoint that may sleep still has one replica when it is awake.
    maxReplicas: spec.maxReplicas ?? Math.max(minReplicas * 2, 1),
    target: spec.target ?? ScalingTarget.requestsPerMinute(600),
    scaleInCooldownSeconds: spec.scaleInCooldownSeconds ?? 300,
    scaleOutCooldownSeconds: spec.scaleOutCooldownSeconds ?? 60,
  };
}

/** Fills the defaults of a serverless endpoint. */
export function resolvedServerless(options: ServerlessServingOptions): Required<ServerlessServingOptions> {
  return { memoryGiB: options.memoryGiB ?? 2, maxConcurrency: options.maxConcurrency ?? 20, warmReplicas: options.warmReplicas ?? 0 };
}

/** Fills the defaults of batch predictions. */
export function resolvedBatch(options: BatchServingOptions): Required<Pick<BatchServingOptions, 'schedule' | 'inputPrefix' | 'outputPrefix'>> {
  return {
    schedule: options.schedule ?? Schedule.daily(),
    inputPrefix: options.inputPrefix ?? 'batch/input/',
    outputPrefix: options.outputPrefix ?? 'batch/output/',
  };
}

/** Share of the requests that is recorded, in percent. */
export function samplingPercentOf(capture: CaptureSpec | undefined): number {
  return capture?.samplingPercent ?? 100;
}
