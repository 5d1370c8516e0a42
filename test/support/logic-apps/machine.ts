// Over 300 lines: how each type of action runs.
import { blocksOf, Bodies, Body, inOrder, leavesOf, secondsOf } from './definition';
import { Context, evaluateIn } from './evaluate';
import { asText, fault, kindOf, now, roundTrip, TemplateError } from './library';
import { HttpCall, HttpReply, NoAnswer, Outputs, outputsOf } from './network';

export type Status = 'Succeeded' | 'Failed' | 'TimedOut' | 'Skipped' | 'Cancelled';

/** How an action ended, and what it leaves to others. */
export interface Ended {
  readonly name: string;
  readonly status: Status;
  readonly inputs?: unknown;
  readonly outputs?: any;
  readonly code?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What a run waits for before it goes on: a time, or the answer to a request. */
export type Pause = { readonly seconds: number } | { readonly call: Omit<HttpCall, 'at' | 'workflow'> };

/** Steps of a run. A request is answered with outputs, or nothing where no answer came. */
export type Steps<T> = Generator<Pause, T, Outputs | NoAnswer | undefined>;

/** Ends the run. */
export class Terminated extends Error {
  public constructor(public readonly status: Status, public readonly error?: { readonly code: string; readonly message: string }) {
    super('terminated');
  }
}

/** Tracked properties of an action that ran. */
export interface Told {
  readonly [name: string]: any;
}

/** What is the same for the whole run. */
export interface RunState {
  readonly runId: string;
  readonly workflow: string;
  readonly trigger: { readonly name: string; readonly outputs?: any };
  readonly now: () => number;
  readonly ended: Map<string, Ended>;
  /** The actions at the first level of each scope. */
  readonly scopes: ReadonlyMap<string, readonly string[]>;
  readonly variables: Map<string, { readonly type: string; value: unknown }>;
  /** Tracked properties, as diagnostics get them. */
  readonly told: Told[];
  /** Whether a termination lets the scopes around it go on, as the service has been seen to. */
  readonly goesOn?: boolean;
  /** The actions that ran, in their order, with how they ended. */
  readonly visited: { readonly name: string; readonly status: Status }[];
}

/** What is so for the actions of a loop. */
interface Loops {
  readonly items: { readonly [loop: string]: unknown };
  readonly indexes: { readonly [loop: string]: number };
  readonly item?: { readonly value: unknown };
}

/** Runs the actions of a list, and says how they ended together. */
export function* runActions(actions: Bodies, state: RunState, loops: Loops = { items: {}, indexes: {} }): Steps<Status> {
  const here = new Map<string, Ended>();
  for (const name of inOrder(actions)) {
    const may = Object.entries(actions[name].runAfter ?? {}).every(([before, statuses]) =>
      statuses.some((each) => each.toLowerCase() === here.get(before)!.status.toLowerCase()));
    const ended: Ended = may ? yield* runAction(name, actions[name], state, loops) : skipped(name, actions[name], state);
    here.set(name, ended);
    state.ended.set(name, ended);
    state.visited.push({ name, status: ended.status });
  }
  const verdicts = leavesOf(actions).map((leaf) => verdictOf(leaf, actions, here));
  return verdicts.find((each) => each !== 'Succeeded') ?? 'Succeeded';
}

/** A branch that ends with a skipped action ends as what that one should have run after. */
function verdictOf(name: string, actions: Bodies, here: ReadonlyMap<string, Ended>): Status {
  const { status } = here.get(name)!;
  if (status !== 'Skipped') return status;
  const before = [...new Set(Object.keys(actions[name].runAfter ?? {}).map((each) => verdictOf(each, actions, here)))];
  if (before.includes('Succeeded') && before.length > 1) {
    throw new Error(`nobody says how a branch ends whose last action '${name}' is skipped after ${before.join(' and ')} ones`);
  }
  return before[0] ?? 'Skipped';
}

function skipped(name: string, body: Body, state: RunState): Ended {
  blocksOf(body).forEach((block) => skipAll(block, state));
  return { name, status: 'Skipped', code: 'ActionSkipped' };
}

function skipAll(actions: Bodies, state: RunState): void {
  for (const [name, body] of Object.entries(actions)) state.ended.set(name, skipped(name, body, state));
}

function* runAction(name: string, body: Body, state: RunState, loops: Loops): Steps<Ended> {
  try {
    const ended: Ended = yield* RUNNERS[body.type](name, body, state, loops);
    if (body.trackedProperties !== undefined) state.told.push(evaluateIn(body.trackedProperties, contextOf(state, loops, ended)) as Told);
    return ended;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { name, status: 'Failed', code: 'BadRequest', error: { code: 'InvalidTemplate', message: error.message } };
  }
}

const DELAY_SECONDS: { readonly [unit: string]: number } = { Second: 1, Minute: 60, Hour: 3600, Day: 86_400 };

type Runner = (name: string, body: Body, state: RunState, loops: Loops) => Steps<Ended>;

const RUNNERS: { readonly [type: string]: Runner } = {
  * Http(name, body, state, loops) {
    const inputs: any = evaluateIn(withoutPolicy(body.inputs), contextOf(state, loops));
    const call = requestOf(name, inputs);
    for (let attempt = 0; ; attempt++) {
      const answer = yield { call };
      const last = answer instanceof NoAnswer || answer === undefined ? undefined : answer;
      if (last !== undefined && last.statusCode < 400) return { name, status: 'Succeeded', inputs, outputs: last };
      const mayPass = last === undefined || [408, 429].includes(last.statusCode) || last.statusCode >= 500;
      const seconds = mayPass ? retrySeconds(body.inputs.retryPolicy, attempt) : undefined;
      if (seconds === undefined) return unanswered(name, inputs, last, answer);
      yield { seconds };
    }
  },
  * Compose(name, body, state, loops) {
    const outputs = evaluateIn(body.inputs, contextOf(state, loops));
    return { name, status: 'Succeeded', inputs: outputs, outputs };
  },
  * InitializeVariable(name, body, state, loops) {
    for (const { name: variable, type, value } of body.inputs.variables) {
      const first = value === undefined ? null : typed(variable, type, evaluateIn(value, contextOf(state, loops)));
      state.variables.set(variable, { type, value: first });
    }
    return { name, status: 'Succeeded' };
  },
  * SetVariable(name, body, state, loops) {
    const variable = state.variables.get(body.inputs.name)!;
    variable.value = typed(body.inputs.name, variable.type, evaluateIn(body.inputs.value, contextOf(state, loops)));
    return { name, status: 'Succeeded', outputs: { body: { name: body.inputs.name, value: variable.value } } };
  },
  * IncrementVariable(name, body, state, loops) {
    const variable = state.variables.get(body.inputs.name)!;
    const by = evaluateIn(body.inputs.value, contextOf(state, loops));
    if (typeof variable.value !== 'number' || typeof by !== 'number') fault(`variable '${body.inputs.name}' is no number to add to`);
    variable.value = typed(body.inputs.name, variable.type, (variable.value as number) + (by as number));
    return { name, status: 'Succeeded' };
  },
  * AppendToArrayVariable(name, body, state, loops) {
    const variable = state.variables.get(body.inputs.name)!;
    if (!Array.isArray(variable.value)) fault(`variable '${body.inputs.name}' is no array`);
    variable.value = [...variable.value as unknown[], evaluateIn(body.inputs.value, contextOf(state, loops))];
    return { name, status: 'Succeeded' };
  },
  * Wait(name, body, state, loops) {
    const count = evaluateIn(body.inputs.interval.count, contextOf(state, loops));
    if (!Number.isInteger(count) || (count as number) < 0) fault(`a delay takes a whole number of ${body.inputs.interval.unit}s, got ${asText(count)}`);
    yield { seconds: (count as number) * DELAY_SECONDS[body.inputs.interval.unit] };
    return { name, status: 'Succeeded' };
  },
  * Query(name, body, state, loops) {
    const items = listFor(name, evaluateIn(body.inputs.from, contextOf(state, loops)));
    const kept = items.filter((value) => {
      const verdict = evaluateIn(body.inputs.where, contextOf(state, { ...loops, item: { value } }));
      return typeof verdict === 'boolean' ? verdict : fault(`the condition of '${name}' must be a boolean, got ${kindOf(verdict)}`);
    });
    return { name, status: 'Succeeded', outputs: { body: kept } };
  },
  * Select(name, body, state, loops) {
    const items = listFor(name, evaluateIn(body.inputs.from, contextOf(state, loops)));
    const selected = items.map((value) => evaluateIn(body.inputs.select, contextOf(state, { ...loops, item: { value } })));
    return { name, status: 'Succeeded', outputs: { body: selected } };
  },
  * Scope(name, body, state, loops) {
    return container(name, yield* runActions(body.actions, state, loops));
  },
  * If(name, body, state, loops) {
    const verdict = evaluateIn(body.expression, contextOf(state, loops));
    if (typeof verdict !== 'boolean') fault(`the condition of '${name}' must be a boolean, got ${kindOf(verdict)}`);
    const [taken, other] = verdict ? [body.actions, body.else?.actions] : [body.else?.actions, body.actions];
    skipAll(other ?? {}, state);
    return container(name, yield* runActions(taken ?? {}, state, loops));
  },
  * Switch(name, body, state, loops) {
    const value = evaluateIn(body.expression, contextOf(state, loops));
    const found: any = Object.values(body.cases).find((each: any) => each.case === value);
    skipped(name, body, state);
    return container(name, yield* runActions((found ?? body.default ?? {}).actions ?? {}, state, loops));
  },
  * Foreach(name, body, state, loops) {
    const items = listFor(name, evaluateIn(body.foreach, contextOf(state, loops)));
    let status: Status = 'Succeeded';
    for (const [index, value] of items.entries()) {
      const inside = { items: { ...loops.items, [name]: value }, indexes: { ...loops.indexes, [name]: index }, item: { value } };
      const ended: Status = yield* runActions(body.actions, state, inside);
      if (ended !== 'Succeeded') status = 'Failed';
    }
    return container(name, status);
  },
  * Until(name, body, state, loops) {
    const begin = state.now();
    for (let index = 0; ; index++) {
      const inside = { ...loops, indexes: { ...loops.indexes, [name]: index } };
      const ended: Status = yield* runActions(body.actions, state, inside);
      const verdict = evaluateIn(body.expression, contextOf(state, inside));
      if (typeof verdict !== 'boolean') fault(`the condition of '${name}' must be a boolean, got ${kindOf(verdict)}`);
      if (verdict) return container(name, ended);
      const isOver = index + 1 >= body.limit.count || state.now() - begin >= secondsOf(body.limit.timeout) * 1000;
      if (isOver) return container(name, body.operationOptions === 'FailWhenLimitsReached' ? 'Failed' : ended);
    }
  },
  * Terminate(name, body, state, loops) {
    const { runStatus, runError }: any = evaluateIn(body.inputs, contextOf(state, loops));
    if (state.goesOn) return { name, status: 'Succeeded' };
    throw new Terminated(runStatus, runError);
  },
};

/** The types of actions that are understood. */
export const ACTION_TYPES = Object.keys(RUNNERS);

function container(name: string, status: Status): Ended {
  if (status === 'Succeeded') return { name, status };
  return {
    name,
    status: status === 'Skipped' ? 'Succeeded' : 'Failed',
    code: 'ActionFailed',
    error: { code: 'ActionFailed', message: 'An action failed. No dependent actions succeeded.' },
  };
}

function unanswered(name: string, inputs: unknown, outputs: Outputs | undefined, answer: unknown): Ended {
  if (outputs !== undefined) return { name, status: 'Failed', inputs, outputs, code: String(outputs.statusCode) };
  const isTimeout = answer instanceof NoAnswer && answer.isTimeout;
  return {
    name, inputs, status: isTimeout ? 'TimedOut' : 'Failed', code: 'BadRequest', error: { code: 'BadRequest', message: 'Http request failed: no answer came' },
  };
}

function withoutPolicy({ retryPolicy: _, ...inputs }: any): unknown {
  return inputs;
}

/** The request of a call, as the network sees it. */
export function requestOf(action: string, { method, uri, queries = {}, headers = {}, body, authentication }: any): Omit<HttpCall, 'at' | 'workflow'> {
  const [url, query = ''] = String(uri).split('?');
  const decoded = (text: string) => decodeURIComponent(text.replace(/\+/g, ' '));
  const written = query.split('&').filter((each) => each !== '').map((each) => [each.split('=')[0], each.slice(each.indexOf('=') + 1)].map(decoded));
  return {
    method,
    url,
    headers,
    body,
    action,
    query: { ...Object.fromEntries(written), ...Object.fromEntries(Object.entries(queries).map(([name, value]) => [name, asText(value)])) },
    identity: authentication?.identity,
    audience: authentication?.audience,
  };
}

/** The longest pause that the policy may take before one more attempt; undefined where there is none. */
export function retrySeconds(policy: any, attempt: number): number | undefined {
  const { type = 'exponential', count = 4, interval = 'PT7S', minimumInterval = 'PT5S', maximumInterval = 'PT1H' } = policy ?? {};
  if (type === 'none' || attempt >= count) return undefined;
  if (type === 'fixed') return secondsOf(interval);
  return Math.max(secondsOf(minimumInterval), Math.min(secondsOf(interval) * 2 ** attempt, secondsOf(maximumInterval)));
}

/** A reply as a run sees it. */
export function answerOf(respond: () => HttpReply): Outputs | NoAnswer {
  try {
    return outputsOf(respond());
  } catch (error) {
    if (error instanceof NoAnswer) return error;
    throw error;
  }
}

function listFor(name: string, value: unknown): unknown[] {
  return Array.isArray(value) ? value : fault(`'${name}' goes over an array, got ${kindOf(value)}`);
}

function typed(name: string, type: string, value: unknown): unknown {
  const kind = kindOf(value);
  const fits = kind.toLowerCase() === type.toLowerCase() || (type.toLowerCase() === 'float' && kind === 'Integer');
  return fits ? value : fault(`the variable '${name}' of type '${type}' cannot be updated with value of type '${kind}'`);
}

/** The functions that look at the run. */
export function contextOf(state: RunState, loops: Loops = { items: {}, indexes: {} }, own?: Ended): Context {
  const ended = (name: unknown) => state.ended.get(String(name)) ?? fault(`the action '${String(name)}' has not run`);
  const functions: { readonly [name: string]: (...args: readonly any[]) => unknown } = {
    utcNow: (format) => now(state.now(), format ?? undefined),
    variables: (name) => (state.variables.get(name) ?? fault(`the variable '${name}' is not there`)).value,
    outputs: (name) => ended(name).outputs,
    body: (name) => ended(name).outputs?.body,
    actions: (name) => ({ ...ended(name) }),
    action: () => ({ ...(own ?? fault('action() is not inside tracked properties')) }),
    result: (name) => resultOf(state, name),
    triggerOutputs: () => state.trigger.outputs,
    triggerBody: () => state.trigger.outputs?.body,
    trigger: () => ({ name: state.trigger.name, outputs: state.trigger.outputs }),
    workflow: () => ({ name: state.workflow, run: { name: state.runId } }),
    item: () => (loops.item ?? fault('item() is not inside a loop')).value,
    items: (name) => (name in loops.items ? loops.items[name] : fault(`'${name}' is no loop around this`)),
    iterationIndexes: (name) => (name in loops.indexes ? loops.indexes[name] : fault(`'${name}' is no loop around this`)),
  };
  return (name, args) => (functions[name] ?? fault(`the function '${name}' is not defined`))(...args);
}

/** Functions that look at the run, and how many arguments they take. */
export const RUN_FUNCTIONS: { readonly [name: string]: readonly [number, number] } = {
  utcNow: [0, 1],
  variables: [1, 1],
  outputs: [1, 1],
  body: [1, 1],
  actions: [1, 1],
  result: [1, 1],
  triggerOutputs: [0, 0],
  triggerBody: [0, 0],
  trigger: [0, 0],
  workflow: [0, 0],
  item: [0, 0],
  items: [1, 1],
  iterationIndexes: [1, 1],
  action: [0, 0],
};

/** The actions at the first level of a scope, as they ended. */
function resultOf(state: RunState, name: string): unknown {
  const names = state.scopes.get(name) ?? fault(`'${name}' is no scope`);
  const ended = names.map((each) => state.ended.get(each)).filter((each) => each !== undefined);
  return ended.map((each) => ({ ...each, endTime: roundTrip(new Date(state.now())) }));
}
