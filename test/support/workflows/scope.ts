import { fail } from './errors';
import { LIMITS } from './limits';
import { copyOf, isMap, kindOf, sizeOf, Value } from './values';

/**
 * The variables of a (sub-)workflow. A loop, a branch and an `except` have a scope of their own inside it: they change
 * the variables of the outer ones, and what they create themselves is gone afterwards.
 * @see https://cloud.google.com/workflows/docs/reference/syntax/variables
 */
export class Scope {
  private readonly variables = new Map<string, Value>();
  /** What each variable takes, so that an assignment weighs one variable and not all. */
  private readonly sizes = new Map<string, number>();
  private total = 0;

  /**
   * @param caller the scope that called this sub-workflow; its variables cannot be seen, but they count against the
   * memory.
   */
  constructor(private readonly outer?: Scope, private readonly caller?: Scope) {}

  read(name: string): Value {
    const scope = this.holding(name);
    return scope ? scope.variables.get(name)! : fail('KeyError', `variable not found: ${name}`);
  }

  /** Creates a variable in this very scope, whatever the outer ones have. */
  declare(name: string, value: Value): void {
    this.variables.set(name, copyOf(value));
    this.weigh(name);
    this.checkMemory(value);
  }

  /** Sets a variable or a place in one. Maps on the way that are missing are made; elements of a list are not. */
  assign(name: string, path: Value[], value: Value): void {
    const owner = this.holding(name) ?? this;
    if (path.length === 0) {
      owner.variables.set(name, copyOf(value));
    } else {
      put(this.read(name), path, copyOf(value));
    }
    owner.weigh(name);
    this.checkMemory(value);
  }

  private holding(name: string): Scope | undefined {
    return this.variables.has(name) ? this : this.outer?.holding(name);
  }

  private checkMemory(added: Value): void {
    if (typeof added === 'string' && sizeOf(added) > LIMITS.stringBytes) fail('ResourceLimitError', `a string is longer than ${LIMITS.stringBytes} bytes`);
    if (this.memory() > LIMITS.variableBytes) fail('ResourceLimitError', `the variables take more than ${LIMITS.variableBytes} bytes`);
  }

  private weigh(name: string): void {
    const size = name.length + sizeOf(this.variables.get(name)!);
    this.total += size - (this.sizes.get(name) ?? 0);
    this.sizes.set(name, size);
  }

  private memory(): number {
    return this.total + (this.outer?.memory() ?? 0) + (this.caller?.memory() ?? 0);
  }
}

function put(place: Value, [key, ...rest]: Value[], value: Value): void {
  if (isMap(place)) {
    if (typeof key !== 'string') return fail('TypeError', `the key of a map must be a string; got: ${kindOf(key)}`);
    if (rest.length === 0) return void place.set(key, value);
    if (!place.has(key)) place.set(key, new Map());
    return put(place.get(key)!, rest, value);
  }
  if (Array.isArray(place)) {
    if (typeof key !== 'bigint') return fail('TypeError', `the index of a list must be an integer; got: ${kindOf(key)}`);
    if (key < 0n || key >= BigInt(place.length)) return fail('IndexError', `index out of range: ${key}`);
    if (rest.length === 0) return void (place[Number(key)] = value);
    return put(place[Number(key)], rest, value);
  }
  return fail('TypeError', `only a map or a list has elements; got: ${kindOf(place)}`);
}
