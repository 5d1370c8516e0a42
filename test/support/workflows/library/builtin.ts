import { fail } from '../errors';
import { kindOf, Value } from '../values';

/** What a function of the standard library may ask of the run: the clock, the log, the network. */
export interface Host {
  /** Seconds since 1970 on the virtual clock. */
  now(): number;
  sleep(seconds: number): void;
  log(entry: { severity: string; data: unknown }): void;
  env(name: string): string | undefined;
  /** The same identifiers in the same order in every run. */
  uuid(): string;
  http(request: { method: string; args: Map<string, Value> }): Value;
}

/** A function of the standard library. */
export interface Builtin {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Whether it waits for something, and so cannot stand in an expression. */
  readonly blocking: boolean;
  readonly run: (args: Value[], host: Host) => Value;
}

export interface Parameter { readonly name: string; readonly optional: boolean; readonly kinds: readonly string[] }

/**
 * Declares a function by its signature: `text.split(source: string, separator: string)`. A name with `?` may be left
 * out, `number` is an integer or a double, `any` is everything. Arguments of another kind raise the TypeError of the
 * service.
 */
export function builtin(signature: string, run: (args: any[], host: Host) => Value, blocking = false): Builtin {
  const [, name, list] = /^([\w.]+)\((.*)\)$/.exec(signature)!;
  const parameters = list === '' ? [] : list.split(', ').map((each): Parameter => {
    const [key, kinds] = each.split(': ');
    return { name: key.replace('?', ''), optional: key.endsWith('?'), kinds: kinds.replace('number', 'integer|double').split('|') };
  });
  return { name, parameters, blocking, run: (args, host) => run(checked(name, parameters, args), host) };
}

function checked(name: string, parameters: readonly Parameter[], args: Value[]): Value[] {
  if (args.length > parameters.length) return fail('TypeError', `${name}: want ${parameters.length} arguments at most, got ${args.length}`);
  return parameters.map((parameter, at) => {
    const value = args[at] ?? null;
    if (value === null && parameter.optional) return null;
    if (at >= args.length) return fail('TypeError', `${name}: argument '${parameter.name}' is missing`);
    if (parameter.kinds.includes('any') || parameter.kinds.includes(kindOf(value))) return value;
    return fail('TypeError', `${name}: argument '${parameter.name}' must be ${parameter.kinds.join(' or ')}; got: ${kindOf(value)}`);
  });
}
