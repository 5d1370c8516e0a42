import { connectionFailed, runWorkflow, stub, timedOut, WorkflowOptions } from '.';

const none = stub([]);
const main = (steps: object[], options: Partial<WorkflowOptions> = {}, more: object = {}) => {
  return runWorkflow({ main: { params: ['args'], steps }, ...more }, { respond: none, ...options });
};
/** A value computed from one expression. */
const compute = (expression: string, argument: unknown = {}) => main([{ done: { return: `\${${expression}}` } }], { argument });

test('runs the steps in order and returns what the last one says', () => {
  const run = main([{ first: { assign: [{ a: 1 }, { b: '${a + 1}' }] } }, { second: { return: { sum: '${a + b}' } } }]);
  expect(run).toEqual({ result: { sum: 3 }, calls: [], logs: [], sleptSeconds: 0, visited: ['first', 'second'] });
});

test('a workflow that returns nothing has null as its result', () => {
  expect(main([{ a: { assign: [{ x: 1 }] } }]).result).toBeNull();
});

test('jumps to the step that next names, and end leaves the workflow', () => {
  const run = main([
    { a: { assign: [{ x: 1 }], next: 'c' } },
    { b: { return: 'wrong' } },
    { c: { assign: [{ x: 2 }], next: 'end' } },
    { d: { return: 'wrong' } },
  ]);
  expect(run.visited).toEqual(['a', 'c']);
  expect(run.result).toBeNull();
});

test('a switch takes the first case that holds, and goes on when none does', () => {
  const steps = [
    {
      choose: {
        switch: [
          { condition: '${args.n < 0}', return: 'negative' },
          { condition: '${args.n == 0}', steps: [{ zero: { assign: [{ text: 'zero' }] } }] },
          { condition: '${args.n > 100}', next: 'large' },
        ],
      },
    },
    { otherwise: { return: '${if(args.n == 0, "was zero", "some")}' } },
    { large: { return: 'large' } },
  ];
  expect([-1, 0, 7, 101].map((n) => main(steps, { argument: { n } }).result)).toEqual(['negative', 'was zero', 'some', 'large']);
});

test('a loop goes over a list with its index, and changes variables of the outside', () => {
  const run = main([
    { init: { assign: [{ text: '' }] } },
    {
      loop: {
        for: {
          value: 'each',
          index: 'at',
          in: '${args.names}',
          steps: [
            { skip: { switch: [{ condition: '${each == "b"}', next: 'continue' }, { condition: '${each == "d"}', next: 'break' }] } },
            { add: { assign: [{ text: '${text + each + string(at)}' }] } },
          ],
        },
      },
    },
    { done: { return: '${text}' } },
  ], { argument: { names: ['a', 'b', 'c', 'd', 'e'] } });
  expect(run.result).toBe('a0c2');
});

test('a range has both of its ends', () => {
  const steps = (range: unknown) => [
    { init: { assign: [{ sum: 0 }] } },
    { loop: { for: { value: 'each', range, steps: [{ add: { assign: [{ sum: '${sum + each}' }] } }] } } },
    { done: { return: '${sum}' } },
  ];
  expect(main(steps([1, 4])).result).toBe(10);
  expect(main(steps('${[1, args.n]}'), { argument: { n: 3 } }).result).toBe(6);
  expect(main(steps([3, 1])).result).toBe(0);
});

test('records the requests, and gives responses as maps of body, code and headers', () => {
  const run = main([
    {
      post: {
        call: 'http.post',
        args: { url: '${"https://x.googleapis.com/v1/" + args.id}', body: { id: '${args.id}' }, auth: { type: 'OAuth2' }, query: { a: 1 } },
        result: 'response',
      },
    },
    { done: { return: '${response}' } },
  ], { argument: { id: 'abc' }, respond: () => ({ body: { name: 'n', size: 1.5 }, headers: { etag: 'e' } }) });
  expect(run.calls).toEqual([{
    method: 'POST', url: 'https://x.googleapis.com/v1/abc', query: { a: 1 }, headers: {}, body: { id: 'abc' }, auth: { type: 'OAuth2' },
  }]);
  expect(run.result).toEqual({ body: { name: 'n', size: 1.5 }, code: 200, headers: { etag: 'e' } });
});

test('an error of the server is a map that except gets', () => {
  const run = main([
    {
      get: {
        try: { call: 'http.get', args: { url: 'https://a.example' }, result: 'r' },
        except: { as: 'e', steps: [{ known: { switch: [{ condition: '${e.code == 404}', return: '${e}' }] } }, { again: { raise: '${e}' } }] },
      },
    },
  ], { respond: () => ({ code: 404, body: { error: 'gone' } }) });
  expect(run.result).toEqual({
    message: 'HTTP server responded with error code 404', tags: ['HttpError'], code: 404, body: { error: 'gone' }, headers: {},
  });
});

test('calls a sub-workflow by name with defaults, or by position in an expression', () => {
  const more = { add: { params: ['a', { b: 10 }], steps: [{ sum: { return: '${a + b}' } }] } };
  const run = main([
    { one: { call: 'add', args: { a: 1 }, result: 'x' } },
    { done: { return: ['${x}', '${add(1, 2)}'] } },
  ], {}, more);
  expect(run.result).toEqual([11, 3]);
  expect(run.visited).toEqual(['one', 'add.sum', 'done', 'add.sum']);
});

test('a missing key is an error, not null', () => {
  expect(compute('args.nothing').error).toEqual({ message: 'key not found: nothing', tags: ['KeyError'] });
});

test('refuses to run what cannot be deployed', () => {
  expect(() => main([{ a: { return: '${nowhere}' } }])).toThrow("the definition is not valid:\nmain.a: symbol 'nowhere' not found");
});

describe('variables', () => {
  test('a place in a map or a list is set; maps on the way are made', () => {
    const run = main([
      { init: { assign: [{ m: { a: 1 } }, { l: [[1, 2], 3] }, { i: 0 }, { key: 'k' }] } },
      { set: { assign: [{ 'm.b.c.d': 2 }, { 'm["e f"]': 3 }, { 'm[key + "1"]': 4 }, { 'l[i][i + 1]': 9 }, { 'l[1]': null }] } },
      { done: { return: { m: '${m}', l: '${l}' } } },
    ]);
    expect(run.result).toEqual({ m: { 'a': 1, 'b': { c: { d: 2 } }, 'e f': 3, 'k1': 4 }, l: [[1, 9], null] });
  });

  test.each([
    ['l[2]', 'IndexError: index out of range: 2'],
    ['l["x"]', 'TypeError: the index of a list must be an integer; got: string'],
    ['m[0]', 'TypeError: the key of a map must be a string; got: integer'],
    ['m.a.b', 'TypeError: only a map or a list has elements; got: integer'],
  ])('%s = 1 raises %s', (target, expected) => {
    const { error } = main([{ init: { assign: [{ m: { a: 1 } }, { l: [1, 2] }, { [target]: 1 }] } }]);
    expect(`${error!.tags[0]}: ${error!.message}`).toBe(expected);
  });

  test('a copy is independent', () => {
    const run = main([
      { init: { assign: [{ a: { x: [1] } }, { b: '${a}' }, { 'b.x[0]': 2 }, { c: '${b.x}' }, { 'c[0]': 3 }] } },
      { done: { return: ['${a}', '${b}', '${c}'] } },
    ]);
    expect(run.result).toEqual([{ x: [1] }, { x: [2] }, [3]]);
  });

  test('keys of maps are computed too', () => {
    const steps = [{ done: { return: { '${args.k}': 1, '${args.k + "2"}': 2, 'plain': 3 } } }];
    expect(main(steps, { argument: { k: 'key' } }).result).toEqual({ key: 1, key2: 2, plain: 3 });
    expect(main(steps, { argument: { k: 1 } }).error).toMatchObject({ tags: ['TypeError'] });
    expect(main([{ done: { return: { '${args.k}': 1 } } }], { argument: { k: 1 } }).error)
      .toEqual({ message: 'the key of a map must be a string; got: integer', tags: ['TypeError'] });
  });

  test('what a loop creates is new in each round, and gone after it', () => {
    const steps = [
      { decide: { switch: [{ condition: '${each == 1}', steps: [{ make: { assign: [{ made: '${each}' }] } }] }] } },
      { read: { switch: [{ condition: '${each == args}', return: '${made}' }] } },
    ];
    const loop = { loop: { for: { value: 'each', in: [1, 2], steps } } };
    expect(main([loop], { argument: 1 }).result).toBe(1);
    expect(main([loop], { argument: 2 }).error).toEqual({ message: 'variable not found: made', tags: ['KeyError'] });
  });

  test('a sub-workflow sees its parameters alone', () => {
    const more = { sub: { params: ['x'], steps: [{ set: { assign: [{ x: 2 }, { y: 3 }] } }, { done: { return: '${x + y}' } }] } };
    expect(main([{ init: { assign: [{ x: 10 }, { y: 20 }, { z: '${sub(1)}' }] } }, { done: { return: '${[x, y, z]}' } }], {}, more).result).toEqual([10, 20, 5]);
  });

  test('together they have at most 512 KB, callers included', () => {
    const grow = { assign: [{ text: '${text + text}' }] };
    const doubled = main([{ init: { assign: [{ text: '${args.text}' }] } }, { grow }, { copy: { assign: [{ two: '${text}' }] } }], { argument: { text: 'x'.repeat(127 * 1024) } });
    expect(doubled.error).toEqual({ message: 'the variables take more than 524288 bytes', tags: ['ResourceLimitError'] });
    expect(doubled.visited).toEqual(['init', 'grow', 'copy']);
    const sub = { sub: { params: ['x'], steps: [{ done: { return: 1 } }] } };
    expect(main([{ one: { call: 'sub', args: { x: '${args}' } } }], { argument: Array(3).fill('x'.repeat(90 * 1024)) }, sub).error)
      .toEqual({ message: 'the variables take more than 524288 bytes', tags: ['ResourceLimitError'] });
  });

  test('a string has at most 256 KB', () => {
    const run = main([{ a: { assign: [{ b: '${args + "x"}' }] } }], { argument: 'x'.repeat(256 * 1024) });
    expect(run.error).toEqual({ message: 'a string is longer than 262144 bytes', tags: ['ResourceLimitError'] });
  });
});

describe('errors', () => {
  const caught = (error: unknown) => main([
    { it: { try: { raise: error }, except: { as: 'e', steps: [{ done: { return: '${e}' } }] } } },
  ]).result;

  test('what is raised is what except gets', () => {
    expect(caught('text')).toBe('text');
    expect(caught({ code: 55, message: 'Something', tags: ['Own'] })).toEqual({ code: 55, message: 'Something', tags: ['Own'] });
    expect(caught('${1 + 1}')).toEqual({ message: 'only a string or a map can be raised; got: integer', tags: ['TypeError'] });
  });

  test('an error that nothing catches is the error of the run', () => {
    expect(main([{ a: { raise: 'text' } }])).toMatchObject({ error: { message: 'text', tags: [] } });
    expect(main([{ a: { raise: { code: 55, job: 'x' } } }]).error).toEqual({ message: '{"code":55,"job":"x"}', tags: [], code: 55, job: 'x' });
    expect(main([{ a: { raise: 'text' } }])).not.toHaveProperty('result');
  });

  test('steps after the failed one do not run, and those after the try do', () => {
    const run = main([
      {
        it: {
          try: { steps: [{ one: { assign: [{ x: 1 }] } }, { two: { assign: [{ y: '${args.nothing}' }] } }, { three: { assign: [{ z: 1 }] } }] },
          except: { as: 'e', steps: [{ note: { call: 'sys.log', args: { data: '${e}', severity: 'ERROR' } } }] },
        },
      },
      { done: { return: '${x}' } },
    ], { argument: {} });
    expect(run.visited).toEqual(['it', 'one', 'two', 'note', 'done']);
    expect(run.result).toBe(1);
    expect(run.logs).toEqual([{ severity: 'ERROR', data: { message: 'key not found: nothing', tags: ['KeyError'] } }]);
  });

  test('except may jump to a step after the try, and its variables stay inside', () => {
    const run = main([
      { it: { try: { raise: 'x' }, except: { as: 'e', steps: [{ keep: { assign: [{ inside: '${e}' }], next: 'late' } }] } } },
      { early: { return: 'early' } },
      { late: { return: 'late' } },
    ]);
    expect(run.result).toBe('late');
  });

  test('an error inside except is not caught by the same try', () => {
    expect(main([{ it: { try: { raise: 'a' }, except: { steps: [{ again: { raise: 'b' } }] } } }]).error!.message).toBe('b');
  });

  test('a sub-workflow hands its error to the caller', () => {
    const more = { sub: { steps: [{ fail: { raise: 'inside' } }] } };
    expect(main([{ it: { try: { call: 'sub' }, except: { as: 'e', steps: [{ done: { return: '${e}' } }] } } }], {}, more).result).toBe('inside');
  });

  test('twenty calls inside each other are the most', () => {
    const more = { deep: { params: ['n'], steps: [{ stop: { switch: [{ condition: '${n == 1}', return: 1 }] } }, { down: { return: '${1 + deep(n - 1)}' } }] } };
    const depth = (n: number) => main([{ go: { return: `\${deep(${n})}` } }], {}, more);
    expect(depth(19).result).toBe(19);
    expect(depth(20).error).toEqual({ message: 'more than 20 calls inside each other', tags: ['RecursionError'] });
  });

  test('an endless loop ends after 100,000 steps', () => {
    const run = main([{ a: { assign: [{ x: 1 }], next: 'a' } }]);
    expect(run.error).toEqual({ message: 'more than 100000 steps in one execution', tags: ['ResourceLimitError'] });
  });
});

describe('retry', () => {
  const steps = (retry: unknown) => [{ it: { try: { call: 'http.get', args: { url: 'https://a.example' }, result: 'r' }, retry } }, { done: { return: '${r.body}' } }];
  const own = (predicate: string) => ({ predicate, max_retries: '${args}', backoff: { initial_delay: 2, max_delay: 5, multiplier: 2 } });
  const answers = (...replies: any[]) => stub([{ url: /./, reply: replies }]);
  const tries = (retry: unknown, reply: any) => main(steps(retry), { argument: 2, respond: answers(reply) }).calls.length;

  test('waits longer each time, up to the most, on the virtual clock', () => {
    const run = main(steps(own('${http.default_retry_predicate}')), { argument: 4, respond: answers({ code: 503 }, { code: 429 }, new Error('x'), { body: 'ok' }) });
    expect(run.result).toBe('ok');
    expect(run.calls).toHaveLength(4);
    expect(run.sleptSeconds).toBe(2 + 4 + 5);
  });

  test('gives up after the retries, with the last error', () => {
    const run = main(steps(own('${http.default_retry_predicate}')), { argument: 2, respond: answers({ code: 503 }, { code: 502 }, { code: 504 }) });
    expect(run.calls).toHaveLength(3);
    expect(run.error).toMatchObject({ code: 504 });
  });

  test("the library's policies retry five times", () => {
    const run = main(steps('${http.default_retry}'), { respond: answers({ code: 503 }) });
    expect(run.calls).toHaveLength(6);
    expect(run.sleptSeconds).toBe(1 + 1.25 + 1.25 ** 2 + 1.25 ** 3 + 1.25 ** 4);
  });

  test.each([
    ['${http.default_retry}', 6, 6, 1, 6, 6, 6],
    ['${http.default_retry_non_idempotent}', 6, 1, 1, 1, 6, 1],
  ])('%s', (policy, unavailable, badGateway, internal, lost, refused, timeout) => {
    expect(tries(policy, { code: 503 })).toBe(unavailable);
    expect(tries(policy, { code: 502 })).toBe(badGateway);
    expect(tries(policy, { code: 500 })).toBe(internal);
    expect(tries(policy, new Error('lost'))).toBe(lost);
    expect(tries(policy, connectionFailed())).toBe(refused);
    expect(tries(policy, timedOut())).toBe(timeout);
  });

  test('a sub-workflow can be the predicate', () => {
    const more = { is_conflict: { params: ['e'], steps: [{ say: { return: '${e.code == 409}' } }] } };
    const count = (code: number) => main(steps(own('${is_conflict}')), { argument: 2, respond: answers({ code }) }, more).calls.length;
    expect([count(409), count(404)]).toEqual([3, 1]);
    const wrong = { is_conflict: { params: ['e'], steps: [{ say: { return: 'yes' } }] } };
    expect(main(steps(own('${is_conflict}')), { argument: 2, respond: answers({ code: 409 }) }, wrong).error)
      .toEqual({ message: 'the predicate is_conflict must return a boolean; got: string', tags: ['TypeError'] });
  });

  test('the whole of the try is repeated, and except comes after the last', () => {
    const run = main([
      { init: { assign: [{ n: 0 }] } },
      {
        it: {
          try: { steps: [{ count: { assign: [{ n: '${n + 1}' }] } }, { call: { call: 'http.get', args: { url: 'https://a.example' } } }] },
          retry: own('${http.default_retry_predicate}'),
          except: { as: 'e', steps: [{ done: { return: '${[n, e.code]}' } }] },
        },
      },
    ], { argument: 2, respond: answers({ code: 503 }) });
    expect(run.result).toEqual([3, 503]);
  });

  test('what is raised as a text is not tried again', () => {
    const run = main([{ init: { assign: [{ n: 0 }] } }, { it: { try: { steps: [{ bad: { raise: 'x' } }] }, retry: '${http.default_retry}' } }]);
    expect(run).toMatchObject({ error: { message: 'x' }, sleptSeconds: 0 });
  });
});

describe('parallel', () => {
  test('branches run in order and change what they share', () => {
    const run = main([
      { init: { assign: [{ total: 0 }] } },
      {
        both: {
          parallel: {
            shared: ['total'],
            branches: [
              { a: { steps: [{ add_a: { assign: [{ own: 1 }, { total: '${total + own}' }] } }] } },
              { b: { steps: [{ add_b: { assign: [{ own: 10 }, { total: '${total + own}' }] } }] } },
            ],
          },
        },
      },
      { done: { return: '${total}' } },
    ]);
    expect(run.result).toBe(11);
    expect(run.visited).toEqual(['init', 'both', 'add_a', 'add_b', 'done']);
  });

  test('all of them run, and their errors come together', () => {
    const steps = (rest: object) => [
      { init: { assign: [{ seen: [] }] } },
      {
        it: {
          try: {
            steps: [{
              all: {
                parallel: {
                  shared: ['seen'],
                  for: {
                    value: 'n',
                    index: 'at',
                    in: [1, 2, 3],
                    steps: [{ note: { assign: [{ seen: '${list.concat(seen, at)}' }] } }, { odd: { switch: [{ condition: '${n % 2 == 1}', raise: 'how odd' }] } }],
                  },
                },
              },
            }],
          },
          except: { as: 'e', steps: [rest] },
        },
      },
    ];
    expect(main(steps({ done: { return: '${seen}' } })).result).toEqual([0, 1, 2]);
    expect(main(steps({ done: { return: '${e}' } })).result).toEqual({
      message: 'UnhandledBranchError: One or more branches or iterations encountered an unhandled runtime error',
      tags: ['UnhandledBranchError', 'RuntimeError'],
      branches: [{ id: '0', error: { context: 'how odd', payload: 'how odd' } }, { id: '2', error: { context: 'how odd', payload: 'how odd' } }],
      truncated: false,
    });
  });
});

describe('the system', () => {
  test('sleeping moves the clock and nothing else', () => {
    const run = main([
      { a: { call: 'sys.sleep', args: { seconds: '${args}' } } },
      { b: { call: 'sys.sleep_until', args: { time: '2026-01-01T01:00:00Z' } } },
      { c: { call: 'sys.sleep_until', args: { time: '2020-01-01T00:00:00Z' } } },
      { done: { return: '${time.format(sys.now())}' } },
    ], { argument: 90.5 });
    expect(run).toMatchObject({ result: '2026-01-01T01:00:00.000000Z', sleptSeconds: 3600 });
    expect(main([{ a: { call: 'sys.sleep', args: { seconds: '${args}' } } }], { argument: 31536001 }).error)
      .toEqual({ message: 'sys.sleep: seconds must be between 0 and 31536000, got 31536001', tags: ['ValueError'] });
  });

  test('logs keep their severity and data', () => {
    const run = main([
      { a: { call: 'sys.log', args: { text: 'plain' } } },
      { b: { call: 'sys.log', args: { json: { mlops: '${args}' }, severity: 'NOTICE' } } },
      { c: { call: 'sys.log', args: { data: [1], severity: '${args}' } } },
    ], { argument: 'LOUD' });
    expect(run.logs).toEqual([{ severity: 'DEFAULT', data: 'plain' }, { severity: 'NOTICE', data: { mlops: 'LOUD' } }]);
    expect(run.error).toEqual({ message: 'sys.log: unknown severity LOUD', tags: ['ValueError'] });
  });

  test('a function of the library can be called by a step, with its arguments by name', () => {
    const run = main([{ a: { call: 'text.split', args: { separator: '-', source: 'a-b' }, result: 'parts' } }, { done: { return: '${parts}' } }]);
    expect(run.result).toEqual(['a', 'b']);
  });

  test('the argument is null when there is none', () => {
    expect(main([{ done: { return: '${args}' } }]).result).toBeNull();
    expect(compute('"x" in args', null).error).toEqual({ message: "The argument of 'in' must be a dict or an array; got: null", tags: ['TypeError'] });
  });

  test('equal runs are equal', () => {
    const once = () => main([
      { a: { call: 'sys.sleep', args: { seconds: 3 } } },
      { done: { return: ['${uuid.generate()}', '${sys.now()}', '${sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")}'] } },
    ]);
    expect(once()).toEqual(once());
  });
});

describe('steps inside steps', () => {
  test('share the variables, and jump to the steps around them', () => {
    const run = main([
      { outer: { steps: [{ a: { assign: [{ x: 1 }] } }, { b: { assign: [{ x: '${x + 1}' }], next: 'last' } }, { c: { return: 'c' } }] } },
      { middle: { return: 'middle' } },
      { last: { return: '${x}' } },
    ]);
    expect(run.result).toBe(2);
  });

  test('the next of the step around them comes when they are through', () => {
    const run = main([{ outer: { steps: [{ a: { assign: [{ x: 1 }] } }], next: 'last' } }, { middle: { return: 'middle' } }, { last: { return: 'last' } }]);
    expect(run.result).toBe('last');
  });

  test('a case of a switch that does something goes on after the switch, or where its last step leads', () => {
    const steps = [
      { init: { assign: [{ x: 0 }] } },
      {
        choose: {
          switch: [
            { condition: '${args == 1}', steps: [{ one: { assign: [{ x: 1 }] } }] },
            { condition: '${args == 2}', steps: [{ two: { assign: [{ x: 2 }], next: 'last' } }] },
          ],
          next: 'first',
        },
      },
      { unseen: { return: 'unseen' } },
      { first: { assign: [{ x: '${x + 10}' }] } },
      { last: { return: '${x}' } },
    ];
    expect([1, 2, 3].map((argument) => main(steps, { argument }).result)).toEqual([11, 2, 10]);
  });

  test('a condition is a boolean and nothing else', () => {
    expect(main([{ a: { switch: [{ condition: '${args}', return: 1 }] } }], { argument: 1 }).error)
      .toEqual({ message: 'a condition must be a boolean; got: integer', tags: ['TypeError'] });
  });

  test('return leaves a loop and the workflow', () => {
    expect(main([{ loop: { for: { value: 'v', in: [1, 2, 3], steps: [{ found: { switch: [{ condition: '${v == 2}', return: '${v}' }] } }] } } }, { done: { return: 'none' } }]).result).toBe(2);
  });

  test('end leaves a sub-workflow alone, and gives null', () => {
    const more = { sub: { steps: [{ stop: { switch: [{ condition: true, next: 'end' }] } }, { no: { raise: 'no' } }] } };
    expect(main([{ a: { call: 'sub', result: 'r' } }, { done: { return: ['${r}', 'after'] } }], {}, more).result).toEqual([null, 'after']);
  });

  test.each([
    [{ in: '${args}' }, 'a loop goes over a list; got: map'],
    [{ range: '${[1, args]}' }, 'a range is a list of two numbers'],
  ])('a loop over %j of a map is an error', (over, message) => {
    const steps = [{ loop: { for: { value: 'v', ...over, steps: [{ a: { assign: [{ x: '${v}' }] } }] } } }];
    expect(main(steps, { argument: {} }).error).toEqual({ message, tags: ['TypeError'] });
  });
});

describe('arguments of sub-workflows', () => {
  const more = { sub: { params: ['a', { b: 10 }], steps: [{ done: { return: '${[a, b]}' } }] } };

  test('null is an argument like any other', () => {
    expect(main([{ one: { call: 'sub', args: { a: null, b: null }, result: 'r' } }, { done: { return: '${r}' } }], {}, more).result).toEqual([null, null]);
  });

  test('a call by position fills the parameters from the left', () => {
    expect(main([{ done: { return: ['${sub(1)}', '${sub(1, 2)}'] } }], {}, more).result).toEqual([[1, 10], [1, 2]]);
  });
});

test('a list of steps alone is a main without parameters', () => {
  expect(runWorkflow([{ a: { return: 1 } }], { respond: none }).result).toBe(1);
});
