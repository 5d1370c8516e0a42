import { Definition, LogicApps, NoAnswer } from './index';

const HTTP = {
  type: 'Http',
  inputs: { method: 'GET', uri: 'https://x/y', authentication: { type: 'ManagedServiceIdentity', audience: 'a', identity: 'i' }, retryPolicy: { type: 'none' } },
};
const fails = { type: 'Compose', inputs: '@int(\'x\')' };
const ok = (inputs: unknown = '') => ({ type: 'Compose', inputs });

function definition(actions: object, triggers: object = { Time: { type: 'Recurrence', recurrence: { frequency: 'Day', interval: 1, schedule: { hours: [3] } } } }): Definition {
  return { $schema: 's', contentVersion: '1.0.0.0', triggers, actions } as Definition;
}

function run(actions: object, respond: () => any = () => ({ body: { a: 1 } })) {
  const apps = new LogicApps({ respond });
  apps.deploy('work', definition(actions));
  const started = apps.start('work');
  apps.advance(86_400);
  return started;
}

const statuses = (actions: object, respond?: () => any) => {
  const { visited, status } = run(actions, respond);
  return { ...Object.fromEntries(visited.map((each) => [each.name, each.status])), run: status };
};

describe('actions run after others', () => {
  test('that ended as is said, and are skipped where they did not', () => {
    expect(statuses({ A: fails, B: { ...ok(), runAfter: { A: ['Succeeded'] } }, C: { ...ok(), runAfter: { B: ['Skipped'] } } })).toEqual({ A: 'Failed', B: 'Skipped', C: 'Succeeded', run: 'Succeeded' });
  });

  test('a skipped last action leaves the verdict to the one before it', () => {
    expect(statuses({ A: fails, B: { ...ok(), runAfter: { A: ['Succeeded'] } } })).toEqual({ A: 'Failed', B: 'Skipped', run: 'Failed' });
    expect(statuses({ A: ok(), B: { ...ok(), runAfter: { A: ['Failed'] } } })).toEqual({ A: 'Succeeded', B: 'Skipped', run: 'Succeeded' });
  });

  test('nobody says how a branch ends whose ways differ', () => {
    const actions = { A: ok(), B: { ...fails, runAfter: { A: ['Succeeded'] } }, C: { ...ok(), runAfter: { A: ['Succeeded'], B: ['Succeeded'] } } };
    expect(() => run(actions)).toThrow('nobody says how a branch ends whose last action \'C\' is skipped after Succeeded and Failed ones');
  });
});

describe('containers', () => {
  test('fail with what is in them, unless it was taken care of', () => {
    expect(statuses({ S: { type: 'Scope', actions: { A: fails } } })).toMatchObject({ S: 'Failed', run: 'Failed' });
    expect(statuses({ S: { type: 'Scope', actions: { A: fails, B: { ...ok(), runAfter: { A: ['Failed'] } } } } })).toMatchObject({ S: 'Succeeded', run: 'Succeeded' });
  });

  test('of two ways one is taken, and actions of the other have no outputs', () => {
    const started = run({
      If: { type: 'If', expression: '@equals(1, 2)', actions: { Then: ok('then') }, else: { actions: { Else: ok('else') } } },
      After: { ...ok('@{outputs(\'Then\')}|@{outputs(\'Else\')}'), runAfter: { If: ['Succeeded'] } },
    });
    expect(started.ended.get('After')!.outputs).toBe('|else');
  });

  test('of several ways the one that matches', () => {
    const started = run({ S: { type: 'Switch', expression: '@string(2)', cases: { One: { case: '1', actions: { A: ok(1) } }, Two: { case: '2', actions: { B: ok(2) } } }, default: { actions: { C: ok(3) } } } });
    expect(started.visited.map(({ name }) => name)).toEqual(['B', 'S']);
  });

  test('a loop over a list goes on after an item that fails, and fails', () => {
    const started = run({ L: { type: 'Foreach', foreach: '@createArray(1, 2, 3)', actions: { A: ok('@div(6, sub(item(), 2))') } } });
    expect(started.visited.map(({ status }) => status)).toEqual(['Succeeded', 'Failed', 'Succeeded', 'Failed']);
  });

  test.each([[2, undefined, 'Succeeded'], [2, 'FailWhenLimitsReached', 'Failed']])('a loop ends at its limit of %i with %s as %s', (count, operationOptions, want) => {
    const loop = { type: 'Until', expression: '@equals(1, 2)', limit: { count, timeout: 'PT1H' }, actions: { A: ok('@iterationIndexes(\'L\')') }, ...(operationOptions ? { operationOptions } : {}) };
    expect(statuses({ L: loop })).toEqual({ A: 'Succeeded', L: want, run: want });
  });

  test('a loop that fails on its way and not in the end is well', () => {
    const loop = { type: 'Until', expression: '@equals(iterationIndexes(\'L\'), 2)', limit: { count: 9, timeout: 'PT1H' }, actions: { A: ok('@div(1, sub(iterationIndexes(\'L\'), 1))') } };
    const started = run({ L: loop });
    expect(started.visited.map(({ status }) => status)).toEqual(['Succeeded', 'Failed', 'Succeeded', 'Succeeded']);
  });

  test('a loop ends when its time is over', () => {
    const loop = { type: 'Until', expression: '@equals(1, 2)', limit: { count: 5000, timeout: 'PT10M' }, actions: { A: { type: 'Wait', inputs: { interval: { count: 4, unit: 'Minute' } } } } };
    expect(run({ L: loop }).visited.filter(({ name }) => name === 'A')).toHaveLength(3);
  });
});

describe('variables', () => {
  const make = (type: string, value: unknown) => ({ type: 'InitializeVariable', inputs: { variables: [{ name: 'x', type, value }] } });
  const set = (value: unknown) => ({ type: 'SetVariable', inputs: { name: 'x', value }, runAfter: { Make: ['Succeeded'] } });

  test.each([['string', '', '@add(1, 2)'], ['integer', 0, '@float(\'1.5\')'], ['object', {}, '@createArray(1)'], ['boolean', true, 'true'], ['string', '', '@null']])(
    'of type %s take no other one', (type, first, value) => {
      expect(statuses({ Make: make(type, first), Set: set(value) })).toEqual({ Make: 'Succeeded', Set: 'Failed', run: 'Failed' });
    });

  test('are added to and appended to', () => {
    const started = run({
      Make: make('integer', 1), Add: { type: 'IncrementVariable', inputs: { name: 'x', value: 2 }, runAfter: { Make: ['Succeeded'] } },
    });
    expect(started.variables).toEqual({ x: 3 });
  });
});

describe('calls', () => {
  test.each([[200, 'Succeeded'], [202, 'Succeeded'], [404, 'Failed'], [500, 'Failed']])('answered %i have %s', (code, want) => {
    expect(statuses({ A: HTTP }, () => ({ code }))).toEqual({ A: want, run: want });
  });

  test.each([[500, 4], [429, 4], [408, 4], [403, 1], [404, 1], [409, 1]])('answered %i are sent %i times', (code, times) => {
    const retried = { ...HTTP, inputs: { ...HTTP.inputs, retryPolicy: { type: 'exponential', count: 3, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT20S' } } };
    const started = run({ A: retried }, () => ({ code }));
    expect(started.calls).toHaveLength(times);
    // 1 second for each call, and pauses of 7, 14 and 20.
    expect((started.endedAt! - started.startedAt) / 1000).toBe(times === 4 ? 4 + 7 + 14 + 20 : 1);
  });

  test('without an answer fail without outputs, and those that take too long time out', () => {
    const { ended } = run({ A: HTTP }, () => { throw new NoAnswer(); });
    expect(ended.get('A')!.status).toBe('Failed');
    expect(ended.get('A')!.outputs).toBeUndefined();
    expect(statuses({ A: HTTP }, () => { throw new NoAnswer(true); })).toMatchObject({ A: 'TimedOut' });
  });

  test('have bodies by their media type', () => {
    expect(run({ A: HTTP }, () => ({ body: { a: 1 } })).ended.get('A')!.outputs.body).toEqual({ a: 1 });
    expect(run({ A: HTTP }, () => ({ body: 'text' })).ended.get('A')!.outputs.body).toBe('text');
    expect(run({ A: HTTP }, () => ({ body: '<a/>', headers: { 'Content-Type': 'application/xml' } })).ended.get('A')!.outputs.body)
      .toEqual({ '$content-type': 'application/xml', '$content': 'PGEvPg==' });
  });
});

test('a termination ends the run at once, with its reason', () => {
  const started = run({
    S: { type: 'Scope', actions: { T: { type: 'Terminate', inputs: { runStatus: 'Failed', runError: { code: 'Bad', message: 'it is @{1}' } } } } },
    After: { ...ok(), runAfter: { S: ['Succeeded', 'Failed', 'Skipped', 'TimedOut'] } },
  });
  expect(started).toMatchObject({ status: 'Failed', code: 'Bad', message: 'it is 1', visited: [] });
});

test('tracked properties see what the action gave', () => {
  expect(run({ A: { ...ok({ x: 1 }), trackedProperties: { x: '@action()[\'outputs\'][\'x\']', y: 'z' } } }).told).toEqual([{ x: 1, y: 'z' }]);
});

describe('triggers', () => {
  const at = (iso: string) => Date.parse(iso);

  test('without a start fire when the workflow is made and changed, and then each time', () => {
    const apps = new LogicApps({ respond: () => ({}) });
    const daily = { D: { type: 'Recurrence', recurrence: { frequency: 'Day', interval: 1 } } };
    apps.deploy('work', definition({ A: ok(1) }, daily));
    apps.advance(3600);
    apps.deploy('work', definition({ A: ok(2) }, daily));
    apps.advance(2 * 86_400 - 60);
    expect(apps.runs.map(({ startedAt }) => new Date(startedAt).toISOString().slice(8, 16))).toEqual(['01T00:00', '01T01:00', '02T01:00']);
  });

  test('with a schedule fire by the clock of its zone, in summer and winter', () => {
    const times = (now: string) => {
      const apps = new LogicApps({ respond: () => ({}), now });
      const recurrence = { frequency: 'Week', interval: 1, schedule: { hours: [3, 15], minutes: [30], weekDays: ['Monday'] }, timeZone: 'W. Europe Standard Time' };
      apps.deploy('work', definition({ A: ok() }, { T: { type: 'Recurrence', recurrence } }));
      apps.advance(7 * 86_400);
      return apps.runs.map(({ startedAt }) => startedAt);
    };
    expect(times('2026-01-01T00:00:00Z')).toEqual([at('2026-01-05T02:30:00Z'), at('2026-01-05T14:30:00Z')]);
    expect(times('2026-07-01T00:00:00Z')).toEqual([at('2026-07-06T01:30:00Z'), at('2026-07-06T13:30:00Z')]);
  });

  test('that poll start a run for each answer 200 whose conditions hold, one at a time where asked for', () => {
    let left = 15;
    const apps = new LogicApps({ respond: ({ action }) => (action === 'P' ? { code: left-- > 0 ? 200 : 202, body: { n: left } } : {}) });
    const poll = { ...HTTP, recurrence: { frequency: 'Minute', interval: 1 }, conditions: [{ expression: '@greater(triggerBody()?[\'n\'], 0)' }], runtimeConfiguration: { concurrency: { runs: 1 } } };
    apps.deploy('work', definition({ A: { type: 'Wait', inputs: { interval: { count: 1, unit: 'Hour' } } } }, { P: poll }));
    apps.advance(1800);
    // Ten may wait, and one for each that may run.
    expect(apps.runs.map(({ status }) => status)).toEqual(['Running', ...Array(11).fill('Waiting')]);
    apps.advance(86_400);
    expect(apps.runs.map(({ status }) => status)).toEqual(Array(14).fill('Succeeded'));
  });
});
