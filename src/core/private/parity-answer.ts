/** What one cloud does with one prop of an intent. */
export interface Answer {
  readonly intent: string;
  readonly prop: string;
  readonly support: 'native' | 'emulated' | 'refused';
  readonly how: string;
}

/** The cloud has it: `how` names the resource and property that carry it. */
export function native(intent: string, prop: string, how: string): Answer {
  return { intent, prop, support: 'native', how };
}

/** The cloud has the parts: `how` says how they are put together. */
export function emulated(intent: string, prop: string, how: string): Answer {
  return { intent, prop, support: 'emulated', how };
}

/** The cloud cannot: `how` says why, and what to do instead. */
export function refused(intent: string, prop: string, how: string): Answer {
  return { intent, prop, support: 'refused', how };
}
