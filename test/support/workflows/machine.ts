import { fail, Raised } from './errors';
import { evaluate, evaluateIn, Surroundings } from './evaluate';
import { expressionIn, parseTarget } from './expression';
import { LIBRARY } from './library';
import { Host } from './library/builtin';
import { Backoff, DEFAULT_BACKOFF, POLICIES, PREDICATES } from './library/http';
import { LIMITS } from './limits';
import { Scope } from './scope';
import { isMap, isNumber, kindOf, toPlain, Value, ValueMap } from './values';

/** The parts of a definition as they are written. */
export type Body = Readonly<Record<string, any>>;
export type Step = Readonly<Record<string, Body>>;
export interface Routine { readonly params?: (string | Record<string, unknown>)[]; readonly steps: Step[] }

/** Where a step leads, if not simply to the one after it. */
type Flow = undefined | { readonly jump: string } | { readonly result: Value };

/** Runs the steps of a definition that has passed the validation. */
export class Machine {
  readonly visited: string[] = [];
  private depth = 0;

  constructor(private readonly routines: Readonly<Record<string, Routine>>, private readonly host: Host) {}

  /** Runs a (sub-)workflow; `args` are by name. */
  run(name: string, args: ReadonlyMap<string, Value>, caller?: Scope): Value {
    if (this.depth >= LIMITS.callDepth) return fail('RecursionError', `more than ${LIMITS.callDepth} calls inside each other`);
    const scope = new Scope(undefined, caller);
    for (const [parameter, value] of this.argumentsOf(name, args)) scope.declare(parameter, value);
    this.depth++;
    try {
      const flow = new Execution(this, name, scope).list(this.routines[name].steps);
      return flow && 'result' in flow ? flow.result : null;
    } finally {
      this.depth--;
    }
  }

  private argumentsOf(name: string, args: ReadonlyMap<string, Value>): [string, Value][] {
    const parameters = (this.routines[name].params ?? []).map((each) => typeof each === 'string' ? { key: each } : { key: Object.keys(each)[0], value: Object.values(each)[0] });
    for (const key of args.keys()) {
      if (!parameters.some((each) => each.key === key)) return fail('TypeError', `${name} has no parameter '${key}'`);
    }
    return parameters.map((each): [string, Value] => {
      if (args.has(each.key)) return [each.key, args.get(each.key)!];
      return 'value' in each ? [each.key, evaluateIn(each.value, NOTHING)] : fail('TypeError', `${name}: argument '${each.key}' is missing`);
    });
  }

  /** Calls a function of the library, or a sub-workflow by position as expressions do. */
  call(callee: string, args: Value[], caller: Scope): Value {
    const known = LIBRARY.get(callee);
    if (known) return known.run(args, this.host);
    const parameters = (this.routines[callee].params ?? []).map((each) => typeof each === 'string' ? each : Object.keys(each)[0]);
    if (args.length > parameters.length) return fail('TypeError', `${callee}: want ${parameters.length} arguments at most, got ${args.length}`);
    return this.run(callee, new Map(args.map((each, at) => [parameters[at], each])), caller);
  }

  /** Calls with arguments by name, as a `call` step does. */
  callByName(callee: string, args: ReadonlyMap<string, Value>, caller: Scope): Value {
    const known = LIBRARY.get(callee);
    if (!known) return this.run(callee, args, caller);
    for (const key of args.keys()) {
      if (!known.parameters.some((each) => each.name === key)) return fail('TypeError', `${callee} has no argument '${key}'`);
    }
    for (const each of known.parameters) {
      if (!each.optional && !args.has(each.name)) return fail('TypeError', `${callee}: argument '${each.name}' is missing`);
    }
    return known.run(known.parameters.map((each) => args.get(each.name) ?? null), this.host);
  }

  visit(routine: string, step: string): void {
    this.visited.push(routine === 'main' ? step : `${routine}.${step}`);
    if (this.visited.length > LIMITS.stepsPerExecution) fail('ResourceLimitError', `more than ${LIMITS.stepsPerExecution} steps in one execution`);
  }

  sleep(seconds: number): void {
    this.host.sleep(seconds);
  }
}

const NOTHING: Surroundings = {
  variable: (name) => fail('KeyError', `variable not found: ${name}`),
  call: (callee) => fail('KeyError', `function not found: ${callee}`),
};

/** The steps of one (sub-)workflow in one scope. */
class Execution implements Surroundings {
  constructor(private readonly machine: Machine, private readonly routine: string, private readonly scope: Scope) {}

  variable(name: string): Value {
    return this.scope.read(name);
  }

  call(callee: string, args: Value[]): Value {
    return this.machine.call(callee, args, this.scope);
  }

  /** Runs a list of steps; a jump to a name that is not in the list is left to the list around it. */
  list(steps: readonly Step[]): Flow {
    const names = steps.map((each) => Object.keys(each)[0]);
    for (let at = 0; at < steps.length;) {
      this.machine.visit(this.routine, names[at]);
      const flow = this.step(steps[at][names[at]]);
      if (flow && !('jump' in flow && names.includes(flow.jump))) return flow;
      at = flow ? names.indexOf((flow as { jump: string }).jump) : at + 1;
    }
    return undefined;
  }

  private inside(): Execution {
    return new Execution(this.machine, this.routine, new Scope(this.scope));
  }

  private step(body: Body): Flow {
    return this.action(body) ?? (body.next === undefined ? undefined : { jump: body.next });
  }

  private action(body: Body): Flow {
    if ('assign' in body) return this.assign(body.assign);
    if ('call' in body) return this.callStep(body);
    if ('switch' in body) return this.switch(body.switch);
    if ('for' in body) return this.for(body.for);
    if ('parallel' in body) return this.parallel(body.parallel);
    if ('try' in body) return this.try(body);
    if ('steps' in body) return this.list(body.steps);
    if ('return' in body) return { result: evaluateIn(body.return, this) };
    if ('raise' in body) return this.raise(evaluateIn(body.raise, this));
    return undefined;
  }

  private assign(assignments: Record<string, unknown>[]): undefined {
    for (const assignment of assignments) {
      const [target, value] = Object.entries(assignment)[0];
      const { name, path } = parseTarget(target);
      const places = path.map((each) => evaluate(each, this));
      this.scope.assign(name, places, evaluateIn(value, this));
    }
  }

  private callStep(body: Body): undefined {
    const args = evaluateIn(body.args ?? {}, this) as ValueMap;
    const value = this.machine.callByName(body.call, args, this.scope);
    if (body.result !== undefined) this.scope.assign(body.result, [], value);
  }

  private switch(cases: Body[]): Flow {
    for (const each of cases) {
      const verdict = evaluateIn(each.condition, this);
      if (typeof verdict !== 'boolean') return fail('TypeError', `a condition must be a boolean; got: ${kindOf(verdict)}`);
      if (verdict) return this.step(each);
    }
    return undefined;
  }

  private for(loop: Body): Flow {
    const values = this.valuesOf(loop);
    for (const [at, value] of values.entries()) {
      const flow = this.iteration(loop, value, at);
      if (flow && 'jump' in flow && flow.jump === 'break') return undefined;
      if (flow && !('jump' in flow && flow.jump === 'continue')) return flow;
    }
    return undefined;
  }

  private iteration(loop: Body, value: Value, at: number): Flow {
    const inner = this.inside();
    inner.scope.declare(loop.value, value);
    if (loop.index !== undefined) inner.scope.declare(loop.index, BigInt(at));
    return inner.list(loop.steps);
  }

  private valuesOf(loop: Body): Value[] {
    if ('in' in loop) {
      const list = evaluateIn(loop.in, this);
      return Array.isArray(list) ? list : fail('TypeError', `a loop goes over a list; got: ${kindOf(list)}`);
    }
    const range = evaluateIn(loop.range, this);
    if (!Array.isArray(range) || range.length !== 2 || !range.every(isNumber)) return fail('TypeError', 'a range is a list of two numbers');
    const [first, last] = range as (bigint | number)[];
    const values: Value[] = [];
    for (let each = first; each <= last; each = typeof each === 'bigint' ? each + 1n : each + 1) values.push(each);
    return values;
  }

  /** Branches one after the other; the errors of all of them come together at the end. */
  private parallel(parallel: Body): undefined {
    const branches: [string, () => Flow][] = 'for' in parallel
      ? this.valuesOf(parallel.for).map((value, at) => [String(at), () => this.iteration(parallel.for, value, at)])
      : (parallel.branches as Step[]).map((each) => Object.entries(each)[0]).map(([name, body]) => [name, () => this.inside().list(body.steps)]);
    const failed: Value[] = [];
    for (const [id, run] of branches) {
      try {
        run();
      } catch (error) {
        if (!(error instanceof Raised)) throw error;
        failed.push(new Map<string, Value>([['id', id], ['error', new Map<string, Value>([['context', error.message], ['payload', error.payload]])]]));
      }
    }
    if (failed.length > 0) {
      fail('UnhandledBranchError', 'UnhandledBranchError: One or more branches or iterations encountered an unhandled runtime error', [
        ['branches', failed], ['truncated', false], ['tags', ['UnhandledBranchError', 'RuntimeError']],
      ]);
    }
  }

  private try(body: Body): Flow {
    const policy = body.retry === undefined ? undefined : this.policyOf(body.retry);
    for (let retries = 0; ; retries++) {
      try {
        return this.step(body.try);
      } catch (error) {
        if (!(error instanceof Raised)) throw error;
        if (policy && retries < policy.maxRetries && this.isRetryable(policy.predicate, error.payload)) {
          this.machine.sleep(Math.min(policy.backoff.initialDelay * policy.backoff.multiplier ** retries, policy.backoff.maxDelay));
        } else if (body.except) {
          const inner = this.inside();
          if (body.except.as !== undefined) inner.scope.declare(body.except.as, error.payload);
          return inner.list(body.except.steps);
        } else {
          throw error;
        }
      }
    }
  }

  private policyOf(retry: any): { readonly predicate: string; readonly maxRetries: number; readonly backoff: Backoff } {
    if (typeof retry === 'string') return { ...POLICIES[expressionIn(retry)!.trim()], backoff: DEFAULT_BACKOFF };
    const number = (value: unknown): number => {
      const result = evaluateIn(value, this);
      return isNumber(result) ? Number(result) : fail('TypeError', `retry: want a number; got: ${kindOf(result)}`);
    };
    const { initial_delay: initialDelay, max_delay: maxDelay, multiplier } = retry.backoff;
    return {
      predicate: expressionIn(retry.predicate)!.trim(),
      maxRetries: number(retry.max_retries),
      backoff: { initialDelay: number(initialDelay), maxDelay: number(maxDelay), multiplier: number(multiplier) },
    };
  }

  private isRetryable(predicate: string, error: Value): boolean {
    const builtin = PREDICATES[predicate];
    if (!builtin) {
      const verdict = this.machine.call(predicate, [error], this.scope);
      return typeof verdict === 'boolean' ? verdict : fail('TypeError', `the predicate ${predicate} must return a boolean; got: ${kindOf(verdict)}`);
    }
    if (!isMap(error)) return false;
    const tags = toPlain(error.get('tags') ?? null) ?? [];
    return builtin.tags.some((each) => tags.includes(each)) || (tags.includes('HttpError') && builtin.codes.some((each) => each === error.get('code')));
  }

  private raise(payload: Value): never {
    if (typeof payload === 'string') throw new Raised(payload, payload);
    if (!isMap(payload)) return fail('TypeError', `only a string or a map can be raised; got: ${kindOf(payload)}`);
    throw new Raised(payload, String(payload.get('message') ?? JSON.stringify(toPlain(payload))));
  }
}
