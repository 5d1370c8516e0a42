import { Definition, validateDefinition } from './index';

const HTTP = { type: 'Http', inputs: { method: 'GET', uri: 'https://x', authentication: { type: 'ManagedServiceIdentity', audience: 'a', identity: 'i' } } };
const ok = (inputs: unknown = '') => ({ type: 'Compose', inputs });
const after = (name: string, body: object) => ({ ...body, runAfter: { [name]: ['Succeeded'] } });

function problems(actions: object, trigger: object = { type: 'Recurrence', recurrence: { frequency: 'Day', interval: 1 } }): string[] {
  return validateDefinition({ $schema: 's', contentVersion: '1.0.0.0', triggers: { T: trigger }, actions } as Definition);
}

test.each<[string, object]>([
  ['an action before it', { A: ok(), B: after('A', ok('@outputs(\'A\')')) }],
  ['one in a scope before it', { S: { type: 'Scope', actions: { A: ok() } }, B: after('S', ok('@outputs(\'A\')')) }],
  ['one before the scope that it is in', { A: ok(), S: after('A', { type: 'Scope', actions: { B: ok('@outputs(\'A\')') } }) }],
  ['one of the loop in its condition', { L: { type: 'Until', expression: '@equals(outputs(\'A\'), 1)', limit: { count: 1, timeout: 'PT1M' }, actions: { A: ok() } } }],
  ['one of a loop until something, from behind', { L: { type: 'Until', expression: '@equals(1, 1)', limit: { count: 1, timeout: 'PT1M' }, actions: { A: ok() } }, B: after('L', ok('@outputs(\'A\')')) }],
  ['the results of a scope', { S: { type: 'Scope', actions: { A: ok() } }, B: after('S', ok('@result(\'S\')')) }],
])('an action may read %s', (_, actions) => expect(problems(actions)).toEqual([]));

const loop = (inside: object, rest: object = {}) => ({ L: { type: 'Foreach', foreach: '@createArray(1)', actions: inside }, ...rest });

test.each<[string, object, string]>([
  ['reads an action that is not there', { A: ok('@outputs(\'B\')') }, 'A: it reads action \'B\', which is not there'],
  ['reads an action that does not come before', { A: ok('@outputs(\'B\')'), B: after('A', ok()) }, 'A: it reads action \'B\', which does not come before it'],
  ['reads itself', { A: ok('@outputs(\'A\')') }, 'A: it reads action \'A\', which does not come before it'],
  ['reads the scope around it', { S: { type: 'Scope', actions: { A: ok('@result(\'S\')') } } }, 'A: it reads action \'S\', which does not come before it'],
  ['reads into a loop over a list', loop({ A: ok() }, { B: after('L', ok('@outputs(\'A\')')) }), 'B: it reads action \'A\', which does not come before it'],
  ['reads results of no scope', { A: ok(), B: after('A', ok('@result(\'A\')')) }, 'B: \'A\' is no scope'],
  ['calls what is no function', { A: ok('@nonsense(1)') }, 'A: there is no function \'nonsense\''],
  ['gives too many arguments', { A: ok('@equals(1, 2, 3)') }, 'A: \'equals\' does not take 3 arguments'],
  ['cannot be read', { A: ok('@equals(1') }, 'A: want \',\' at 8: equals(1'],
  ['uses item() outside a loop', { A: ok('@item()') }, 'A: item() is not inside a loop'],
  ['reads a variable that nothing makes', { A: ok('@variables(\'x\')') }, 'A: there is no variable \'x\''],
  ['has a type that is not known', { A: { type: 'Magic', inputs: {} } }, 'A: actions of type \'Magic\' are not understood here'],
  ['has a member that is none', { A: { ...ok(), retries: 3 } }, 'A: its action has no member \'retries\''],
  ['has an input that is none', { A: { ...HTTP, inputs: { ...HTTP.inputs, url: 'x' } } }, 'A: its inputs has no member \'url\''],
  ['calls as nobody', { A: { ...HTTP, inputs: { method: 'GET', uri: 'https://x' } } }, 'A: it does not say as whom it calls, and for whom'],
  ['runs after what is elsewhere', { S: { type: 'Scope', actions: { A: ok() } }, B: after('A', ok()), C: after('S', ok()) }, 'B: it runs after \'A\', which is not in its list'],
  ['takes a name again', { A: ok(), S: after('A', { type: 'Scope', actions: { A: ok() } }) }, 'A: its name is taken'],
  ['terminates in a loop', loop({ A: { type: 'Terminate', inputs: { runStatus: 'Failed' } } }), 'A: it terminates inside a loop'],
  ['sets a variable from itself', {
    M: { type: 'InitializeVariable', inputs: { variables: [{ name: 'x', type: 'integer', value: 1 }] } },
    A: after('M', { type: 'SetVariable', inputs: { name: 'x', value: '@add(variables(\'x\'), 1)' } }),
  }, 'A: it sets variable \'x\' from itself'],
  ['makes a variable inside', { S: { type: 'Scope', actions: { M: { type: 'InitializeVariable', inputs: { variables: [{ name: 'x', type: 'integer' }] } } } } }, 'M: variables are made at the top'],
  ['tracks what is not its own', { A: { ...ok(), trackedProperties: { x: '@workflow().name' } } }, 'A: tracked properties cannot call \'workflow\''],
])('an action that %s is refused', (_, actions, want) => expect(problems(actions)).toContain(want));

test('a trigger reads what it found and nothing of the run', () => {
  const poll = { ...HTTP, recurrence: { frequency: 'Minute', interval: 1 }, conditions: [{ expression: '@equals(triggerBody()?[\'a\'], 1)' }] };
  expect(problems({ A: ok() }, poll)).toEqual([]);
  expect(problems({ A: ok() }, { ...poll, conditions: [{ expression: '@equals(variables(\'x\'), 1)' }] })).toEqual(['T: a trigger cannot call \'variables\'']);
  expect(problems({ A: ok() }, { ...poll, splitOn: '@triggerBody()' })).toEqual(['T: a trigger has no member \'splitOn\'']);
});
