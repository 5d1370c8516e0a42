import { refuseBecause, Speaker } from '../core/private/validation';

/** A value, and the construct that gave it. */
interface Claimed {
  readonly name: string;
  readonly value: string;
}

const TAKEN = new WeakMap<object, Map<string, Claimed>>();

/**
 * Refuses a second construct that sets something for a whole place otherwise than the first: the cloud takes the last
 * word, and each apply would bring the other one's.
 *
 * @param place that has one such setting: the project, the resource group
 * @param refusal what is refused to a second that differs
 */
export function claim(who: Speaker, place: object, key: string, value: string, refusal: string): void {
  const taken = TAKEN.get(place) ?? new Map<string, Claimed>();
  TAKEN.set(place, taken);
  const before = taken.get(key);
  if (before !== undefined && before.value !== value) {
    refuseBecause(who, `${refusal}: '${before.name}' of the same stack says otherwise`);
  }
  taken.set(key, { name: who.name, value });
}
