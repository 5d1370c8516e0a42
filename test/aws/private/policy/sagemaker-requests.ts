import { Stack } from 'aws-cdk-lib';
import { State, StateMachineDefinition } from '../../../../src/aws/private/base/state-language';
import { Permission } from '../../../../src/aws/private/base/state-permissions';
import { calledActions } from 'mlops-constructs/aws/private/base/state-actions';

/** The definition as it is deployed, with `${Token}` for what only the deployment knows. */
export function rendered(definition: StateMachineDefinition): StateMachineDefinition {
  const resolved = new Stack().resolve(new Stack().toJsonString(definition));
  const text = typeof resolved === 'string' ? resolved : join(resolved);
  return JSON.parse(text);
}

function join(value: unknown): string {
  if (typeof value === 'string') return value;
  const call = value as { 'Ref'?: string; 'Fn::Join'?: [string, unknown[]] };
  if (call.Ref !== undefined) return `<${call.Ref}>`;
  return call['Fn::Join']![1].map(join).join(call['Fn::Join']![0]);
}

/** The names of the states that a state can go to. */
export function nexts(state: State): string[] {
  const catches = (state.Catch ?? []) as Array<{ Next: string }>;
  const choices = (state.Choices ?? []) as Array<{ Next: string }>;
  return [state.Next, state.Default, ...catches.map(each => each.Next), ...choices.map(each => each.Next)]
    .filter((next): next is string => typeof next === 'string');
}

/** Names that are referred to and not there, and states that nothing refers to. */
export function loose(definition: StateMachineDefinition): { missing: string[]; unreachable: string[] } {
  const known = Object.keys(definition.States);
  const reached = new Set<string>();
  const walk = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    if (definition.States[name]) nexts(definition.States[name]).forEach(walk);
  };
  walk(definition.StartAt);
  return { missing: [...reached].filter(name => !known.includes(name)), unreachable: known.filter(name => !reached.has(name)) };
}

/** Every variable that an expression reads, by the names a machine can set. */
export function unsetVariables(definition: StateMachineDefinition): string[] {
  const set = new Set<string>();
  const read = new Set<string>();
  const visit = (value: unknown, key?: string): void => {
    if (typeof value === 'string') {
      if (!value.startsWith('{% ')) return;
      const local = [...value.matchAll(/\$([a-zA-Z]\w*) :=/g), ...value.matchAll(/function\(([^)]*)\)/g)]
        .flatMap(match => match[1].split(',').map(name => name.trim().replace('$', '')));
      for (const [, name] of value.matchAll(/\$([a-zA-Z]\w*)(?!\w|\()/g)) if (!local.includes(name)) read.add(name);
      return;
    }
    if (value === null || typeof value !== 'object') return;
    if (key === 'Assign') Object.keys(value).forEach(name => set.add(name));
    Object.entries(value).forEach(([name, inner]) => visit(inner, name));
  };
  visit(definition.States);
  return [...read].filter(name => !set.has(name) && name !== 'states');
}

/** Calls that the permissions do not cover, and permitted actions that are neither called nor expected besides. */
export function uncovered(definition: StateMachineDefinition, permissions: Permission[], besides: string[]): { called: string[]; unused: string[] } {
  const allowed = permissions.flatMap(permission => permission.actions);
  const called = calledActions(definition);
  return {
    called: called.filter(action => !allowed.includes(action)),
    unused: [...new Set(allowed)].filter(action => !called.includes(action) && !besides.includes(action)).sort(),
  };
}
