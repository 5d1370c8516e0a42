import { BAKE_MINUTES } from './serving';
import { Rollout } from '../../rollout';
import { refuseBecause, Speaker } from '../validation';

/** Shares of the traffic that a new version gets, one after the other, and how long each is watched. */
export interface TrafficSteps {
  readonly shares: readonly number[];
  readonly minutes: number;
}

/**
 * A rollout as steps of a traffic split, where a workflow moves it; the last is always the whole, and is watched as
 * well.
 */
export function trafficSteps(who: Speaker, rollout: Rollout, cloud: string): TrafficSteps {
  const { kind, percent, minutes } = rollout;
  if (kind === 'all-at-once') return { shares: [100], minutes: BAKE_MINUTES };
  if (kind === 'canary') return { shares: [percent!, 100], minutes: minutes! };
  if (kind === 'linear') {
    const before = Array.from({ length: Math.ceil(100 / percent!) - 1 }, (_, step) => (step + 1) * percent!);
    return { shares: [...before, 100], minutes: minutes! };
  }
  return refuseBecause(
    who,
    `rollout ${kind} is not known on ${cloud}: use Rollout.allAtOnce, Rollout.canary or Rollout.linear`,
  );
}
