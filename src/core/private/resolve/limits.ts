import { requireRange, Speaker } from '../validation';

/** Limits on the answers of an endpoint: monitoring warns at them, and a rollout rolls back. */
export interface AnswerLimits {
  readonly maxErrorPercent: number;
  readonly maxLatencyP99Ms: number;
}

/**
 * Fills the limits that are not given.
 *
 * @param usual what holds where nothing is given and the mode of the endpoint has limits of its own
 */
export function resolvedLimits(
  who: Speaker,
  given: Partial<AnswerLimits>,
  usual: Partial<AnswerLimits> = {},
): AnswerLimits {
  requireRange(who, 'maxErrorPercent', given.maxErrorPercent, 0, 100);
  requireRange(who, 'maxLatencyP99Ms', given.maxLatencyP99Ms, 1, HOUR_MS);
  return {
    maxErrorPercent: given.maxErrorPercent ?? usual.maxErrorPercent ?? 1,
    maxLatencyP99Ms: given.maxLatencyP99Ms ?? usual.maxLatencyP99Ms ?? 1000,
  };
}

/** No cloud waits longer for an answer. */
export const HOUR_MS = 3_600_000;
