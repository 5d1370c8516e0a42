import { Challenger, Rollout } from '../../rollout';
import { Schedule } from '../../schedule';
import { BatchServingOptions, ScalingSpec, ScalingTarget, Serving, ServerlessServingOptions } from '../../serving';
import { CaptureSpec, ServingEndpointIntent } from '../../serving-endpoint';
import { requireInteger, Speaker } from '../validation';
import { requireWord } from '../words';

/** An endpoint with every neutral choice made; the options of a mode are resolved where the mode is rendered. */
export interface ResolvedServing {
  readonly serving: Serving;
  readonly rollout: Rollout;
  /** @default - nothing was ever recorded */
  readonly capture?: ResolvedCapture;
  /** @default - an approved version takes over */
  readonly challenger?: Challenger;
}

/** Recording of requests and answers, with every choice made. */
export type ResolvedCapture = Required<CaptureSpec>;

/** Fills every default and refuses what no cloud takes. */
export function resolvedServing(who: Speaker, intent: ServingEndpointIntent): ResolvedServing {
  requireWord(who, 'serving', intent.serving, 'mode', 'a mode of serving, as Serving.realTime() makes it');
  requireWord(who, 'rollout', intent.rollout, 'kind', 'a rollout, as Rollout.canary() makes it');
  requireWord(who, 'challenger', intent.challenger, 'kind', 'a challenger, as Challenger.shadow() makes it');
  requireInteger(who, 'capture.samplingPercent', intent.capture?.samplingPercent, 0, 100);
  return {
    serving: intent.serving ?? Serving.realTime(),
    rollout: intent.rollout ?? Rollout.allAtOnce(),
    capture: intent.capture && { samplingPercent: intent.capture.samplingPercent ?? 100 },
    challenger: intent.challenger,
  };
}

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
  return {
    memoryGiB: options.memoryGiB ?? 2,
    maxConcurrency: options.maxConcurrency ?? 20,
    warmReplicas: options.warmReplicas ?? 0,
  };
}

/** Batch predictions with every neutral choice made; a cloud checks how many machines it gives. */
export interface ResolvedBatch {
  readonly schedule: Schedule;
  readonly inputPrefix: string;
  readonly outputPrefix: string;
  readonly instanceCount: number;
}

/** Fills the defaults of batch predictions. */
export function resolvedBatch(options: BatchServingOptions): ResolvedBatch {
  return {
    schedule: options.schedule ?? Schedule.daily(),
    inputPrefix: options.inputPrefix ?? 'batch/input/',
    outputPrefix: options.outputPrefix ?? 'batch/output/',
    instanceCount: options.compute?.instanceCount ?? 1,
  };
}
