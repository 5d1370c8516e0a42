import { runWorkflow, stub, WorkflowOptions } from '.';

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
