import { HttpCall, HttpReply, Respond, timedOut } from './workflows';
import { TestFault } from './workflows/network';

/** Somebody cancels the execution: nothing of it runs any more. */
export class Cancelled extends TestFault {}

/** A fault at one call of a run. `reply` answers instead of the service, which `act` lets have its effect. */
export interface Fault {
  readonly name: string;
  /** How long it lasts, in seconds from the call on; 0 for that call alone. */
  readonly seconds: number;
  readonly reply: (call: HttpCall, act: () => HttpReply | Error) => HttpReply | Error;
}

const code = (status: number): HttpReply => ({ code: status, body: { error: { message: `played ${status}` } } });

/** The faults of one call. */
export const FAULTS: readonly Fault[] = [
  ...[403, 404, 409, 429, 500, 503].map((status) => ({ name: `${status} once`, seconds: 0, reply: () => code(status) })),
  ...[429, 500].map((status) => ({ name: `${status} for half an hour`, seconds: 1800, reply: () => code(status) })),
  { name: '403 for half an hour', seconds: 1800, reply: () => code(403) },
  { name: 'no answer', seconds: 0, reply: () => timedOut() },
  { name: 'answer lost', seconds: 0, reply: (_, act) => { act(); return timedOut(); } },
  { name: 'done, answered 500', seconds: 0, reply: (_, act) => { act(); return code(500); } },
];

/** The execution ends at a call, before or after its effect. */
export const ENDS: readonly Fault[] = [
  { name: 'cancelled before', seconds: 0, reply: () => { throw new Cancelled('cancelled'); } },
  { name: 'cancelled after', seconds: 0, reply: (_, act) => { act(); throw new Cancelled('cancelled'); } },
];

/** Plays a fault from the n-th call on. */
export function withFault(respond: (call: HttpCall) => HttpReply | Error, fault: Fault, at: number): Respond {
  let since: number | undefined;
  return (call, nth, seconds) => {
    if (nth === at) since = seconds;
    const isBroken = nth === at || (since !== undefined && fault.seconds > 0 && seconds < since + fault.seconds);
    return isBroken ? fault.reply(call, () => respond(call)) : respond(call);
  };
}
