import { Expression, expressionIn, parseExpression, parseTarget } from '../expression';
import type { Body, Routine, Step } from '../machine';
import { assignedBy } from './names';

/** The variables that some way to a place may have assigned; undefined where no way leads. */
type State = ReadonlySet<string> | undefined;

/**
 * Reads of variables that nothing can have assigned before: they fail whenever they are reached. Follows every jump,
 * takes every case and every error for possible, and so never accuses a read that could succeed. The definition must be
 * valid otherwise.
 */
export function readsBeforeAssignment(name: string, routine: Routine): string[] {
  const problems = new Set<string>();
  const parameters = (routine.params ?? []).map((each) => typeof each === 'string' ? each : Object.keys(each)[0]);
  new Flow(name, problems, () => undefined).list(routine.steps, new Set(parameters));
  return [...problems];
}

class Flow {
  /** @param leave takes the state that jumps to a step outside of the list. */
  constructor(private readonly path: string, private readonly problems: Set<string>, private readonly leave: (to: string, state: State) => void) {}

  /** What is assigned after the list; goes round until no jump adds anything. */
  list(steps: readonly Step[], entry: State): State {
    const names = steps.map((each) => Object.keys(each)[0]);
    const entries: State[] = names.map((_, at) => at === 0 ? entry : undefined);
    for (;;) {
      const before = weight(entries);
      const problems = new Set<string>();
      let fallen: State;
      names.forEach((name, at) => {
        if (at > 0) entries[at] = either(entries[at], fallen);
        const inner = new Flow(`${this.path}.${name}`, problems, (to, reached) => {
          const target = names.indexOf(to);
          if (target < 0) this.leave(to, reached);
          else entries[target] = either(entries[target], reached);
        });
        const state = entries[at];
        fallen = state && inner.step(steps[at][name], state);
      });
      if (before === weight(entries)) {
        problems.forEach((each) => this.problems.add(each));
        return fallen;
      }
    }
  }

  private step(body: Body, state: State): State {
    const after = state && this.action(body, state);
    if (body.next === undefined || !after) return after;
    this.leave(body.next, after);
    return undefined;
  }

  private action(body: Body, state: ReadonlySet<string>): State {
    if ('assign' in body) return this.assign(body.assign, state);
    if ('call' in body) {
      this.read(body.args, state);
      return body.result === undefined ? state : new Set([...state, body.result]);
    }
    if ('switch' in body) return this.switch(body.switch, state);
    if ('for' in body) return this.loop(body.for, state);
    if ('parallel' in body) return this.parallel(body.parallel, state);
    if ('try' in body) return this.try(body, state);
    if ('steps' in body) return this.list(body.steps, state);
    this.read(body.return, state);
    this.read(body.raise, state);
    return 'return' in body || 'raise' in body ? undefined : state;
  }

  private assign(assignments: Record<string, unknown>[], before: ReadonlySet<string>): State {
    return assignments.flatMap((each) => Object.entries(each)).reduce((state, [target, value]) => {
      this.read(value, state);
      const { name, path } = parseTarget(target);
      path.forEach((each) => this.readExpression(each, state));
      if (path.length > 0) this.readName(name, state);
      return new Set([...state, name]);
    }, before);
  }

  private switch(cases: Body[], state: ReadonlySet<string>): State {
    let after: State;
    for (const each of cases) {
      this.read(each.condition, state);
      after = either(after, this.step(each, state));
      if (each.condition === true) return after;
    }
    return either(after, state);
  }

  /**
   * What a loop, a branch or an `except` creates is gone after it, and it assigns nothing that was not assigned before.
   */
  private inner(steps: readonly Step[], state: ReadonlySet<string>, own: readonly (string | undefined)[] = []): State {
    const flow = new Flow(this.path, this.problems, (to, reached) => this.leave(to, reached && state));
    return flow.list(steps, new Set([...state, ...own.filter((each) => each !== undefined)])) && state;
  }

  private loop(loop: Body, state: ReadonlySet<string>): State {
    this.read(loop.in, state);
    this.read(loop.range, state);
    this.inner(loop.steps, state, [loop.value, loop.index]);
    return state;
  }

  private parallel(parallel: Body, state: ReadonlySet<string>): State {
    for (const name of parallel.shared ?? []) this.readName(name, state);
    this.read(parallel.concurrency_limit, state);
    if ('for' in parallel) return this.loop(parallel.for, state);
    for (const branch of (parallel.branches as Step[]).flatMap((each) => Object.values(each))) this.inner(branch.steps, state);
    return state;
  }

  private try(body: Body, state: ReadonlySet<string>): State {
    const { max_retries: maxRetries, backoff } = typeof body.retry === 'object' ? body.retry : {} as Body;
    this.read([maxRetries, backoff], state);
    const tried = this.step(body.try, state);
    const anywhere = new Set([...state, ...assignedBy(body.try)]);
    return body.except ? either(tried, this.inner(body.except.steps, anywhere, [body.except.as])) : tried;
  }

  private read(value: unknown, state: ReadonlySet<string>): void {
    if (typeof value === 'string') {
      const source = expressionIn(value);
      if (source !== undefined) this.readExpression(parseExpression(source), state);
    } else if (Array.isArray(value)) {
      value.forEach((each) => this.read(each, state));
    } else if (typeof value === 'object' && value !== null) {
      Object.entries(value).forEach((each) => this.read(each, state));
    }
  }

  private readExpression(expression: Expression, state: ReadonlySet<string>): void {
    namesIn(expression).forEach((each) => this.readName(each, state));
  }

  private readName(name: string, state: ReadonlySet<string>): void {
    if (!state.has(name)) this.problems.add(`${this.path}: '${name}' is read before anything can have assigned it`);
  }
}

function namesIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'literal': return [];
    case 'name': return [expression.name];
    case 'list': return expression.items.flatMap(namesIn);
    case 'member': return namesIn(expression.of);
    case 'index': return [...namesIn(expression.of), ...namesIn(expression.at)];
    case 'call': return expression.args.flatMap(namesIn);
    case 'unary': return namesIn(expression.operand);
    case 'binary': return [...namesIn(expression.left), ...namesIn(expression.right)];
  }
}

function either(left: State, right: State): State {
  return left && right ? new Set([...left, ...right]) : left ?? right;
}

/** Grows with every step that is reached and every variable that is added. */
const weight = (states: readonly State[]) => states.reduce((sum, each) => sum + (each ? 1 + each.size : 0), 0);
