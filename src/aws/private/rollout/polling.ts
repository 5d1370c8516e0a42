import { RolloutSpec } from './spec';

export const MAX_MINUTES = 240;

/**
 * How long a rollout may look, clean up and bring scaling back after its deadline; the execution itself ends later
 * still.
 */
const GRACE_MINUTES = 20;

/** What is left then to notify. */
const MARGIN_MINUTES = 10;

/** One look makes eighteen events, and an execution may have 25 000. */
export function pollSeconds({
  pollSeconds: wanted,
  maxMinutes = MAX_MINUTES,
}: Pick<RolloutSpec, 'pollSeconds' | 'maxMinutes'>): number {
  return wanted ?? Math.max(30, Math.ceil((maxMinutes * 60) / 1200));
}

/** How long an execution may take. */
export function executionSeconds({ maxMinutes = MAX_MINUTES }: Pick<RolloutSpec, 'maxMinutes'>): number {
  return (maxMinutes + GRACE_MINUTES + MARGIN_MINUTES) * 60;
}

/** Whether there is time for the rollout. */
export const TIME_LEFT = '$toMillis($states.context.State.EnteredTime) < $deadline';

/** Whether there is time to see what has become of it. */
export const GRACE_LEFT = `$toMillis($states.context.State.EnteredTime) < $deadline + ${GRACE_MINUTES * 60_000}`;
