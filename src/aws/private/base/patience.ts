import { choose, State, UNSURE, wait } from './state-language';

/** Options of calls that are made again. */
export interface PatienceOptions {
  /** Where a call goes that failed for good. */
  readonly failing: string;
  /** JSONata: whether there is still time. */
  readonly timeLeft: string;
}

/**
 * The same states, whose calls are made again, once a minute while there is time, when nobody knows what became of them
 * or the service is busy: beyond the few tries of `call`, which are over in seconds. What the service refuses for good
 * (`unsure`) is a failure at once, as before.
 *
 * It is about the Tasks that fail to `failing`, be it by a Choice that asks first whether the failure is an answer.
 * The machine sets the variable `unanswered` before, to anything.
 */
export function patiently(states: Record<string, State>, { failing, timeLeft }: PatienceOptions): Record<string, State> {
  const isLastResort = (name: string) => states[name]?.Type === 'Choice' && states[name].Default === failing;
  const made = Object.entries(states).map(([name, state]) => {
    const [caught] = (state.Catch ?? []) as CaughtFailure[];
    if (caught === undefined || !(caught.Next === failing || isLastResort(caught.Next))) return [name, state] as const;
    const next = caught.Next === failing ? 'IsAnswerOpen' : caught.Next;
    return [name, { ...state, Catch: [{ ...caught, Assign: { ...caught.Assign, unanswered: name }, Next: next }] }] as const;
  });
  const calls = made.filter(([name, state]) => state !== states[name]);
  const asked = new Set(calls.map(([name]) => (states[name].Catch as CaughtFailure[])[0].Next).filter(isLastResort));
  return {
    ...Object.fromEntries(made.map(([name, state]) => [name, asked.has(name) ? { ...state, Default: 'IsAnswerOpen' } : state])),
    IsAnswerOpen: choose([[`(${UNSURE}) and ${timeLeft}`, 'WaitToAskAgain']], failing),
    WaitToAskAgain: wait(60, 'AskAgain'),
    AskAgain: choose(calls.map(([name]) => [`$unanswered = '${name}'`, name] as const), failing),
  };
}

interface CaughtFailure {
  readonly Assign?: Record<string, unknown>;
  readonly Next: string;
}
