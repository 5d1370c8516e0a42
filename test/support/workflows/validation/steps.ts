import { expressionIn, parseTarget } from '../expression';
import { POLICIES, PREDICATES } from '../library/http';
import { LIMITS } from '../limits';
import type { Body, Step } from '../machine';
import { checkCallStep } from './calls';
import { checkExpression, checkText, checkValue, Place, readable, routineOf } from './expressions';
import { assignedIn, Names } from './names';

/**
 * What a step can do, and the keys that may stand beside it: https://cloud.google.com/workflows/docs/reference/syntax
 */
const ACTIONS: Record<string, readonly string[]> = {
  assign: ['next'],
  call: ['args', 'result', 'next'],
  switch: ['next'],
  for: ['next'],
  parallel: ['next'],
  try: ['retry', 'except', 'next'],
  steps: ['next'],
  return: [],
  raise: [],
};

/** Where a step is: its (sub-)workflow, what it sees, and where it may jump to. */
export interface Context extends Pick<Place, 'routines' | 'names'> {
  readonly path: string;
  /** Every step name of the (sub-)workflow so far. */
  readonly seen: Set<string>;
  /** The lists around, the innermost last, out to the loop or branch that a jump cannot leave. */
  readonly reachable: readonly string[];
  /** Whether the innermost loop goes round by round, all rounds at once, or there is none. */
  readonly loop: 'sequential' | 'parallel' | 'none';
  readonly parallelDepth: number;
  readonly problems: string[];
}

/** Checks a list of steps that share a scope. */
export function checkSteps(steps: unknown, context: Context): void {
  if (!Array.isArray(steps) || steps.length === 0) return report(context, "'steps' must be a list of at least one step");
  const valid = steps.filter((each): each is Step => {
    const isStep = typeof each === 'object' && each !== null && Object.keys(each).length === 1;
    if (!isStep) report(context, `a step must be a map of one name, got ${JSON.stringify(each)?.slice(0, 60)}`);
    return isStep;
  });
  const reachable = [...context.reachable, ...valid.map((each) => Object.keys(each)[0])];
  for (const step of valid) {
    const [name, body] = Object.entries(step)[0];
    const inner = { ...context, reachable, path: `${context.path}.${name}` };
    if (!/^\w+$/.test(name)) report(inner, 'the name of a step must be letters, digits and underscores');
    if (['end', 'break', 'continue'].includes(name)) report(inner, `'${name}' cannot be the name of a step`);
    if (context.seen.has(name)) report(inner, `there are two steps '${name}'`);
    context.seen.add(name);
    checkBody(body, inner);
  }
}

/** Checks what a step, a case of a `switch` or a `try` does. */
function checkBody(body: unknown, context: Context, beside: readonly string[] = []): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return report(context, 'a step must be a map');
  const step = body as Body;
  const actions = Object.keys(step).filter((each) => each in ACTIONS);
  if (actions.length > 1) report(context, `a step does one thing, got ${actions.join(' and ')}`);
  if (actions.length === 0 && step.next === undefined) report(context, `a step needs one of ${Object.keys(ACTIONS).join(', ')}, next`);
  const allowed = [...beside, ...actions, ...(actions.length > 0 ? actions.flatMap((each) => ACTIONS[each]) : ['next'])];
  Object.keys(step).filter((each) => !allowed.includes(each)).forEach((each) => {
    report(context, `unknown key '${each}'${actions.length === 1 ? ` beside '${actions[0]}'` : ''}`);
  });
  if (step.next !== undefined) checkNext(step.next, context);
  if (actions.length === 1) checkAction(actions[0], step, context);
}

function checkAction(action: string, step: Body, context: Context): void {
  const place = placeOf(context);
  switch (action) {
    case 'assign': return checkAssign(step.assign, context);
    case 'call':
      checkCallStep(step, place);
      return step.result === undefined ? undefined : checkTarget(step.result, context);
    case 'switch': return checkSwitch(step.switch, context);
    case 'for': return checkLoop(step.for, context);
    case 'parallel': return checkParallel(step.parallel, context);
    case 'try': return checkTry(step, context);
    case 'steps': return checkSteps(step.steps, context);
    case 'return':
      if (context.parallelDepth > 0) report(context, 'a branch of a parallel step cannot return');
      return checkValue(step.return, place);
    case 'raise': return checkValue(step.raise, place);
  }
}

function checkNext(next: unknown, context: Context): void {
  if (next === 'break' || next === 'continue') {
    if (context.loop === 'none') report(context, `'next: ${next}' is outside of a loop`);
    if (context.loop === 'parallel' && next === 'break') report(context, "'next: break' cannot end a parallel loop");
  } else if (next === 'end') {
    if (context.parallelDepth > 0) report(context, "a branch of a parallel step cannot go to 'end'");
  } else if (typeof next !== 'string' || !context.reachable.includes(next)) {
    report(context, `'next' leads to '${next}', which is no step of this list or of one around it`);
  }
}

function checkAssign(assignments: unknown, context: Context): void {
  if (!Array.isArray(assignments) || assignments.length === 0) return report(context, "'assign' must be a list of at least one assignment");
  if (assignments.length > LIMITS.assignmentsPerStep) report(context, `'assign' has ${assignments.length} assignments, at most ${LIMITS.assignmentsPerStep}`);
  for (const each of assignments) {
    const entries = typeof each === 'object' && each !== null ? Object.entries(each) : [];
    if (entries.length !== 1) {
      report(context, `an assignment must be a map of one variable, got ${JSON.stringify(each)?.slice(0, 60)}`);
    } else {
      checkValue(entries[0][1], placeOf(context));
      checkTarget(entries[0][0], context);
    }
  }
}

/** The left side of an assignment: its variable must exist unless it is assigned as a whole. */
function checkTarget(target: unknown, context: Context): void {
  if (typeof target !== 'string') return report(context, `cannot assign to ${JSON.stringify(target)}`);
  const place = placeOf(context);
  const parsed = readable(() => parseTarget(target), place);
  if (!parsed) return;
  if (!context.names.has(parsed.name)) report(context, `symbol '${parsed.name}' not found`);
  if (!context.names.mayAssign(parsed.name)) report(context, `'${parsed.name}' is not shared with this branch, so it cannot be assigned`);
  parsed.path.forEach((each) => checkExpression(each, place));
}

/**
 * The vendor's page shows `next`, `steps`, `return` and `raise` alone:
 * https://cloud.google.com/workflows/docs/reference/syntax/conditions
 */
const CASE_CANNOT = ['assign', 'call', 'switch', 'for', 'parallel', 'try'];

function checkSwitch(cases: unknown, context: Context): void {
  if (!Array.isArray(cases) || cases.length === 0) return report(context, "'switch' must be a list of at least one condition");
  if (cases.length > LIMITS.conditionsPerSwitch) report(context, `'switch' has ${cases.length} conditions, at most ${LIMITS.conditionsPerSwitch}`);
  cases.forEach((each, at) => {
    const inner = { ...context, path: `${context.path}.switch[${at}]` };
    checkCondition(each?.condition, inner);
    checkBody(each, inner, ['condition']);
    CASE_CANNOT.filter((key) => key in (each ?? {})).forEach((key) => report(inner, `'${key}' in a case of a switch must be among its 'steps'`));
    if (each?.next !== undefined && 'steps' in each) report(inner, "'next' beside 'steps' in a case of a switch must be in the last of them");
  });
}

function checkCondition(condition: unknown, context: Context): void {
  if (typeof condition === 'boolean') return;
  if (typeof condition !== 'string' || expressionIn(condition) === undefined) return report(context, "'condition' must be an expression or a boolean");
  checkText(condition, placeOf(context));
}

function checkLoop(loop: unknown, context: Context, kind: 'sequential' | 'parallel' = 'sequential'): void {
  const body = keysOf('for', loop, ['value', 'index', 'in', 'range', 'steps'], context);
  if (!body) return;
  if (typeof body.value !== 'string') report(context, "'for' needs a 'value'");
  if (('in' in body) === ('range' in body)) report(context, "'for' needs either 'in' or 'range'");
  if ('in' in body) checkListOr('in', body.in, context);
  if ('range' in body) checkRange(body.range, context);
  const names = new Names(context.names);
  for (const name of [body.value, body.index].filter((each) => typeof each === 'string')) {
    if (context.names.has(name)) report(context, `the variable '${name}' of the loop is also one of outside`);
    names.declare(name);
  }
  checkInner(body.steps, { ...context, names, reachable: [], loop: kind });
}

function checkListOr(key: string, value: unknown, context: Context): void {
  if (!Array.isArray(value) && (typeof value !== 'string' || expressionIn(value) === undefined)) report(context, `'${key}' must be a list or an expression`);
  checkValue(value, placeOf(context));
}

/** Two numbers, or one expression that gives both: expressions inside of a list are not computed there. */
function checkRange(range: unknown, context: Context): void {
  if (!Array.isArray(range)) return checkListOr('range', range, context);
  if (range.length !== 2 || !range.every((each) => typeof each === 'number')) report(context, "'range' must be two numbers or one expression, '${[first, last]}'");
}

function checkParallel(parallel: unknown, context: Context): void {
  const body = keysOf('parallel', parallel, ['exception_policy', 'shared', 'concurrency_limit', 'branches', 'for'], context);
  if (!body) return;
  const depth = context.parallelDepth + 1;
  if (depth > LIMITS.parallelDepth) report(context, `parallel steps are nested ${depth} deep, at most ${LIMITS.parallelDepth}`);
  if (body.exception_policy !== undefined && body.exception_policy !== 'continueAll') report(context, "'exception_policy' must be continueAll");
  const shared = body.shared ?? [];
  if (!Array.isArray(shared)) return report(context, "'shared' must be a list of variables");
  shared.filter((each) => !context.names.has(each)).forEach((each) => report(context, `shared symbol '${each}' not found`));
  if (body.concurrency_limit !== undefined) checkValue(body.concurrency_limit, placeOf(context));
  if (('branches' in body) === ('for' in body)) return report(context, "'parallel' needs either 'branches' or 'for'");
  const inner = { ...context, names: new Names(context.names, new Set(shared)), reachable: [], loop: 'none' as const, parallelDepth: depth };
  if ('for' in body) return checkLoop(body.for, inner, 'parallel');
  checkBranches(body.branches, inner);
}

function checkBranches(branches: unknown, context: Context): void {
  const { least, most } = LIMITS.branches;
  if (!Array.isArray(branches) || branches.length < least || branches.length > most) return report(context, `'branches' must be a list of ${least} to ${most}`);
  for (const branch of branches) {
    const [name, body] = Object.entries<any>(branch ?? {})[0] ?? [];
    const inner = { ...context, path: `${context.path}.${name}`, names: new Names(context.names) };
    if (keysOf('branch', body, ['steps'], inner)) checkInner(body.steps, inner);
  }
}

function checkTry(step: Body, context: Context): void {
  if (step.retry === undefined && step.except === undefined) report(context, "'try' needs 'retry' or 'except'");
  // A known fault of the service: a loop that is the whole of a try has no name and cannot be deployed.
  if (step.try && ('for' in step.try || 'parallel' in step.try)) report(context, 'a loop in a try must be a named step');
  if (step.try && 'try' in step.try) report(context, 'a try in a try must be a named step');
  checkBody(step.try, { ...context, path: `${context.path}.try` });
  if (step.retry !== undefined) checkRetry(step.retry, { ...context, path: `${context.path}.retry` });
  if (step.except === undefined) return;
  const inner = { ...context, path: `${context.path}.except`, names: new Names(context.names) };
  const body = keysOf('except', step.except, ['as', 'steps'], inner);
  if (!body) return;
  if (typeof body.as === 'string') inner.names.declare(body.as);
  checkInner(body.steps, inner);
}

const RETRY_KEYS = ['predicate', 'max_retries', 'backoff'];
const BACKOFF_KEYS = ['initial_delay', 'max_delay', 'multiplier'];

/**
 * A policy of the library alone, or every key of one's own:
 * https://cloud.google.com/workflows/docs/reference/syntax/retrying
 */
function checkRetry(retry: unknown, context: Context): void {
  if (typeof retry === 'string') {
    if (!((expressionIn(retry)?.trim() ?? '') in POLICIES)) report(context, `'retry' must be one of ${Object.keys(POLICIES).map((each) => `\${${each}}`).join(', ')} or a map, got ${retry}`);
    return;
  }
  const body = keysOf('retry', retry, RETRY_KEYS, context);
  if (!body) return;
  RETRY_KEYS.filter((each) => !(each in body)).forEach((each) => report(context, `'retry' needs '${each}'`));
  const predicate = typeof body.predicate === 'string' ? expressionIn(body.predicate)?.trim() ?? '' : '';
  const routine = routineOf(predicate, placeOf(context));
  if (!(predicate in PREDICATES) && !routine) report(context, `'predicate' must be \${…} of a default predicate or of a sub-workflow, got ${body.predicate}`);
  if (routine && routine.params?.length !== 1) report(context, `the predicate '${predicate}' must have one parameter`);
  checkValue(body.max_retries, placeOf(context));
  const backoff = 'backoff' in body ? keysOf('backoff', body.backoff, BACKOFF_KEYS, context) : undefined;
  if (!backoff) return;
  BACKOFF_KEYS.filter((each) => !(each in backoff)).forEach((each) => report(context, `'backoff' needs '${each}'`));
  checkValue(backoff, placeOf(context));
}

/** Steps with a scope of their own. */
export function checkInner(steps: unknown, context: Context): void {
  if (Array.isArray(steps)) assignedIn(steps.filter((each) => typeof each === 'object' && each !== null)).forEach((each) => context.names.assigned(each));
  checkSteps(steps, context);
}

function keysOf(what: string, value: unknown, allowed: readonly string[], context: Context): Body | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report(context, `'${what}' must be a map`);
    return undefined;
  }
  Object.keys(value).filter((each) => !allowed.includes(each)).forEach((each) => report(context, `unknown key '${each}' in '${what}'`));
  return value;
}

function placeOf(context: Context): Place {
  return { routines: context.routines, names: context.names, report: (problem) => report(context, problem) };
}

function report(context: Context, problem: string): void {
  context.problems.push(`${context.path}: ${problem}`);
}
