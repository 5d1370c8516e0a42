import { Action, Actions, codes, compose, delay, filter, setVariable, Status, Text } from './workflow-actions';
import { bodyOf, codeOf, errorOf, ex, Expression, Template, text, variable } from './workflow-expressions';
import { BUSY_CODES, PASSING_CODES } from './workflow-retry';

/** Variables that every workflow has. */
export const REASON = 'reason';
export const OUTCOME = 'outcome';

/** After an action that failed. */
export const FAILED: readonly Status[] = ['Failed', 'TimedOut'];
/** After an action however it ended, if it began. */
export const ENDED: readonly Status[] = ['Succeeded', 'Failed', 'TimedOut'];

/** Actions one after the other: each after the one before it succeeded, unless it says otherwise. */
export function inSequence(actions: Actions): Actions {
  const names = Object.keys(actions);
  return Object.fromEntries(names.map((name, index): [string, Action] => {
    const before: Action['runAfter'] = index === 0 ? {} : { [names[index - 1]]: ['Succeeded'] };
    return [name, { ...actions[name], runAfter: actions[name].runAfter ?? before }];
  }));
}

/** The same action after others. */
export function after(runAfter: NonNullable<Action['runAfter']>, action: Action): Action {
  return { ...action, runAfter };
}

/** Actions that begin and fail as one. */
export function scope(actions: Actions): Action {
  return { type: 'Scope', actions: inSequence(actions) };
}

/** One of two ways. */
export function when(condition: Expression, then: Actions, otherwise: Actions = {}): Action {
  return {
    type: 'If',
    expression: ex`equals(${condition}, true)`,
    actions: inSequence(then),
    else: { actions: inSequence(otherwise) },
  };
}

/** Limits of a loop. */
export interface LoopLimits {
  /** At most 5,000. */
  readonly count: number;
  /** ISO 8601, at most the 90 days of a run: `PT2H`, `P30D`. */
  readonly timeout: string;
  /** Whether the limit is a failure. @default false */
  readonly failAtLimit?: boolean;
}

/**
 * The same actions until a condition holds. The last iteration decides how it ended: one that fails does not end it,
 * unless it gave a reason (`fail`) or an outcome (`leave`).
 */
export function until(condition: Expression, { count, timeout, failAtLimit }: LoopLimits, actions: Actions): Action {
  return {
    type: 'Until',
    expression: ex`or(${condition}, not(empty(${variable(REASON)})), not(empty(${variable(OUTCOME)})))`,
    limit: { count, timeout },
    actions: inSequence(actions),
    ...(failAtLimit ? { operationOptions: 'FailWhenLimitsReached' } : {}),
  };
}

/**
 * The same actions for each item of a list, one after the other; an item is `item()`, or `items('<name>')` further
 * inside.
 */
export function forEach(list: Expression, actions: Actions): Action {
  return {
    type: 'Foreach',
    foreach: list,
    actions: inSequence(actions),
    runtimeConfiguration: { concurrency: { repetitions: 1 } },
  };
}

/** Ends the run at once, wherever it is but in a loop over a list; what else stands in the workflow does not run. */
export function terminate(
  status: 'Succeeded' | 'Failed' | 'Cancelled',
  error?: { readonly code: string; readonly message: Text },
): Action {
  return { type: 'Terminate', inputs: { runStatus: status, ...(error === undefined ? {} : { runError: error }) } };
}

/**
 * The same, for a place with other actions behind it: where the service goes on in the scopes around, as it has been
 * seen to, they fail.
 *
 * @see https://github.com/Azure/logicapps/issues/1387
 */
export function stop(name: string, ...how: Parameters<typeof terminate>): Actions {
  return { [name]: terminate(...how), [`${name}_ends`]: compose(ex`int(concat('it has ended: ', ${name}))`) };
}

/**
 * Fails here with a reason in words: whatever the workflow does where it fails is done, and the run ends with this
 * reason.
 */
export function fail(name: string, reason: Text): Actions {
  return {
    [name]: setVariable(REASON, reason),
    [`${name}_ends`]: compose(ex`int(concat('it fails: ', ${variable(REASON)}))`),
  };
}

/**
 * Leaves the workflow here, well and early: its run succeeds with an outcome in a word. It is a failure of the scopes
 * around it, because Logic Apps has no other way out of them.
 */
export function leave(name: string, outcome: Text): Actions {
  return {
    [name]: setVariable(OUTCOME, outcome),
    [`${name}_ends`]: compose(ex`int(concat('it leaves: ', ${variable(OUTCOME)}))`),
  };
}

/**
 * Tries actions, does others where they fail, and goes on after either; what fails in `onFailure` fails here. Why they
 * failed is `reasonOf(name)` there. Leaving the workflow passes through.
 */
export function attempt(name: string, actions: Actions, onFailure: Actions = {}): Actions {
  const failed = `${name}_failed`;
  return {
    [name]: scope(actions),
    [failed]: after({ [name]: FAILED }, when(ex`empty(${variable(OUTCOME)})`, {
      ...reasonFor(name),
      // Loops end while there is one.
      [`${name}_forgotten`]: setVariable(REASON, ''),
      ...onFailure,
    }, { [`${name}_leaves`]: compose(ex`int(concat('it leaves: ', ${variable(OUTCOME)}))`) })),
    [`${name}_over`]: after({ [name]: ENDED, [failed]: ['Succeeded', 'Skipped'] }, compose(text`${name} is over`)),
  };
}

/**
 * Why a scope failed, after `reasonFor` or in `attempt`: the reason that it gave, or the first action that failed and
 * its answer.
 */
export function reasonOf(name: string): Expression {
  return ex`outputs(${`${name}_reason`})`;
}

/** The actions that find it out, where a scope failed. */
export function reasonFor(name: string): Actions {
  const failures = `${name}_failures`;
  const first = ex`first(body(${failures}))`;
  return {
    [failures]: filter(ex`result(${name})`, ex`contains(createArray('Failed', 'TimedOut'), item()?['status'])`),
    [`${name}_reason`]: compose(ex`if(empty(${variable(REASON)}), take(concat(${first}?['name'], ': ', string(coalesce(${first}?['outputs']?['body'], ${first}?['error'], ''))), 1000), ${variable(REASON)})`),
  };
}

/**
 * Sends a request again, for ten minutes or as long as is said, after answers that Logic Apps takes as final and that
 * pass all the same: a role that has not arrived, a resource that another change holds. Its answer is read by the name
 * of the call.
 */
export function insist(
  name: string,
  call: Action,
  minutes: number = 10,
  passing: readonly number[] = PASSING_CODES,
): Actions {
  return {
    ...patiently(name, call, minutes, passing),
    [`${name}_answered`]: after(
      { [`${name}_until`]: ENDED },
      when(isRefused(name), fail(`${name}_error`, errorOf(name))),
    ),
  };
}

/** The call again and again while its answer is one that passes; whatever it comes to, the workflow goes on. */
function patiently(name: string, call: Action, minutes: number, passing: readonly number[]): Actions {
  const passes = ex`contains(${codes(passing)}, coalesce(${codeOf(name)}, 0))`;
  return {
    [`${name}_until`]: until(
      ex`not(${passes})`,
      { count: Math.max(2, minutes * 2), timeout: `PT${minutes + 20}M` },
      {
        [name]: call,
        [`${name}_refused`]: after({ [name]: FAILED }, when(passes, { [`${name}_pause`]: delay(30) })),
      },
    ),
  };
}

/** Whether a call was answered by an error, or not at all. */
export function isRefused(call: string): Expression {
  return ex`greaterOrEquals(coalesce(${codeOf(call)}, 500), 400)`;
}

/**
 * Reads a blob of JSON into a variable: an object, whatever media type its writer gave it. Where there is none,
 * `missing` is done instead.
 *
 * @param into a variable of type object
 */
export function readJson(name: string, call: Action, into: string, missing: Actions): Actions {
  const kind = ex`toLower(coalesce(outputs(${name})?['headers']?['Content-Type'], ''))`;
  const parsed: Actions = {
    [`${name}_parsed`]: when(ex`contains(${kind}, 'json')`, { [`${name}_object`]: setVariable(into, bodyOf(name)) }, {
      [`${name}_decoded`]: when(ex`startsWith(${kind}, 'text/')`,
        { [`${name}_text`]: setVariable(into, ex`json(body(${name}))`) },
        { [`${name}_bytes`]: setVariable(into, ex`json(base64ToString(body(${name})?['$content']))`) }),
    }),
  };
  return {
    ...patiently(name, call, 10, [...PASSING_CODES, ...BUSY_CODES]),
    [`${name}_answered`]: after({ [`${name}_until`]: ENDED }, when(ex`equals(coalesce(${codeOf(name)}, 0), 404)`, missing, {
      [`${name}_read`]: when(isRefused(name), fail(`${name}_error`, errorOf(name)), parsed),
    })),
  };
}

/** A part of a workflow: variables, which are made at its beginning, and actions. */
export interface Fragment {
  readonly variables: Variables;
  readonly actions: Actions;
}

/**
 * Variables by their names with their first values; the type is that of the value, and `null` is an object that is not
 * known yet.
 */
export interface Variables {
  readonly [name: string]: unknown;
}

/** The actions that make variables, at the top of a workflow. */
export function initialized(variables: Variables): Actions {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`Initialize_${name}`, {
    type: 'InitializeVariable',
    inputs: { variables: [{ name, type: typeOf(value), ...(value === null ? {} : { value }) }] },
  }]));
}

function typeOf(value: unknown): string {
  if (value instanceof Template || typeof value === 'string') return 'string';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  return 'object';
}
