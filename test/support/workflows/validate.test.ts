import { validateWorkflow } from '.';

const SUB = { sub: { params: ['a', { b: 1 }], steps: [{ done: { return: '${a + b}' } }] } };
/** The problems of a `main` with these steps, without the name in front. */
const problems = (...steps: unknown[]) => validateWorkflow({ main: { params: ['args'], steps }, ...SUB }).map((each) => each.replace(/^main: |^main\./, ''));
/** The problems of one step `s`. */
const of = (body: unknown, ...before: object[]) => problems(...before, { s: body });
const assign = (value: unknown) => ({ assign: [{ x: value }] });
const get = (args: object) => ({ call: 'http.get', args: { url: 'https://a.example', ...args } });
const LOOP = { value: 'v', in: [1], steps: [{ inner: { assign: [{ y: '${v}' }] } }] };
const RETRY = { predicate: '${http.default_retry_predicate}', max_retries: 3, backoff: { initial_delay: 1, max_delay: 10, multiplier: 1.5 } };

test('a definition with everything in it is valid', () => {
  expect(problems(
    { init: { assign: [{ m: {} }, { 'm.a["b"][args.n].c': 1 }, { l: ['${args}'] }, { '  spaced ': 1 }, { total: 0 }] } },
    { call: { call: 'sub', args: { a: 1 }, result: 'r', next: 'pick' } },
    { pick: { switch: [{ condition: '${r == 1}', next: 'end' }, { condition: true, steps: [{ deep: { next: 'loop' } }] }] } },
    { loop: { for: { value: 'v', index: 'i', range: '${[1, len(l)]}', steps: [{ again: { switch: [{ condition: '${v > i}', next: 'break' }], next: 'continue' } }] } } },
    { same: { for: { value: 'v', in: '${keys(m)}', steps: [{ add: { assign: [{ total: '${total + sub(v, 2)}' }] } }] } } },
    { both: { parallel: { shared: ['total'], concurrency_limit: 2, exception_policy: 'continueAll', branches: [{ b1: { steps: [{ p1: { assign: [{ total: 1 }] } }] } }, { b2: { steps: [{ p2: get({}) }] } }] } } },
    { each: { parallel: { for: { value: 'w', in: '${l}', steps: [{ p3: { call: 'sys.log', args: { data: '${w}' } } }] } } } },
    { tried: { try: { steps: [{ t: get({ auth: { type: 'OIDC', audience: 'x' } }) }] }, retry: '${http.default_retry}', except: { as: 'e', steps: [{ c: { raise: '${e}' } }] } } },
    { again2: { try: get({ timeout: '${args.t}' }), retry: RETRY } },
    { group: { steps: [{ g1: { next: 'done' } }] } },
    { done: { return: { '${args.key}': '${map.get(args, ["a", "b"])}', 'null': null, 'text': '$ and {}' } } },
  )).toEqual([]);
});

test('a list of steps alone is valid', () => {
  expect(validateWorkflow([{ a: { return: 1 } }])).toEqual([]);
});

test.each<[string, unknown, string[]]>([
  ['text', 'x', ['the definition must be a map of workflows or a list of steps']],
  ['no main', SUB, ["there is no workflow 'main'"]],
  ['an unknown key', { main: { steps: [{ a: { return: 1 } }], name: 'x' } }, ["main: unknown key 'name'"]],
  ['a workflow that is a list', { main: [] }, ['main: a workflow must be a map']],
  ['no steps', { main: { steps: [] } }, ["main: 'steps' must be a list of at least one step"]],
  ['a bad name', { 'main': { steps: [{ a: { return: 1 } }] }, 'my-sub': { steps: [{ a: { return: 1 } }] } }, ['my-sub: the name of a workflow must be letters, digits and underscores']],
  ['two parameters of main', { main: { params: ['a', 'b'], steps: [{ a: { return: 1 } }] } }, ["main: 'params' has 2 parameters, at most 1"]],
  ['a default in main', { main: { params: [{ a: 1 }], steps: [{ a: { return: 1 } }] } }, ["main: the parameter 'a' of main cannot have a default"]],
  ['parameters that are no list', { main: { params: 'a', steps: [{ a: { return: 1 } }] } }, ["main: 'params' must be a list"]],
  ['a parameter with a dash', { main: { params: ['a-b'], steps: [{ a: { return: 1 } }] } }, ['main: a parameter must be a name, or a map of one name to its default, got "a-b"']],
])('refuses %s', (_, definition, expected) => {
  expect(validateWorkflow(definition)).toEqual(expected);
});

test('refuses parameters of a sub-workflow', () => {
  const steps = [{ a: { return: 1 } }];
  const params = (...list: unknown[]) => validateWorkflow({ main: { steps }, sub: { params: list, steps } });
  expect(params('a', 'a')).toEqual(["sub: there are two parameters 'a'"]);
  expect(params({ a: 1 }, 'b')).toEqual(["sub: the parameter 'b' needs a default, for one before it has one"]);
  expect(params({ a: '${b}' })).toEqual(["sub: symbol 'b' not found"]);
  expect(params(...'abcdefghijk')).toEqual(["sub: 'params' has 11 parameters, at most 10"]);
});

test('refuses a source of more than 128 KB', () => {
  expect(validateWorkflow([{ a: { return: 'x'.repeat(128 * 1024) } }])).toEqual(['the source has 131093 bytes, at most 131072']);
});

test.each<[unknown, string[]]>([
  [{ a: 1, b: 2 }, ['a step must be a map of one name, got {"a":1,"b":2}']],
  ['x', ['a step must be a map of one name, got "x"']],
  [{ 'a-b': { return: 1 } }, ['a-b: the name of a step must be letters, digits and underscores']],
  [{ end: { return: 1 } }, ["end: 'end' cannot be the name of a step"]],
  [{ s: null }, ['s: a step must be a map']],
  [{ s: {} }, ['s: a step needs one of assign, call, switch, for, parallel, try, steps, return, raise, next']],
  [{ s: { return: 1, raise: 'x' } }, ['s: a step does one thing, got return and raise']],
  [{ s: { return: 1, next: 'end' } }, ["s: unknown key 'next' beside 'return'"]],
  [{ s: { assign: [{ x: 1 }], result: 'y' } }, ["s: unknown key 'result' beside 'assign'"]],
  [{ s: { retrun: 1 } }, ['s: a step needs one of assign, call, switch, for, parallel, try, steps, return, raise, next', "s: unknown key 'retrun'"]],
  [{ s: { next: 'nowhere' } }, ["s: 'next' leads to 'nowhere', which is no step of this list or of one around it"]],
  [{ s: { next: 'break' } }, ["s: 'next: break' is outside of a loop"]],
  [{ s: { next: 'continue' } }, ["s: 'next: continue' is outside of a loop"]],
])('refuses the step %j', (step, expected) => {
  expect(problems(step)).toEqual(expected);
});

test('refuses two steps of one name, also where they are in different lists', () => {
  expect(problems({ a: assign(1) }, { a: { return: 1 } })).toEqual(["a: there are two steps 'a'"]);
  expect(problems({ a: { steps: [{ b: assign(1) }] } }, { b: { return: 1 } })).toEqual(["b: there are two steps 'b'"]);
});

test('refuses a jump into steps or out of a loop', () => {
  expect(problems({ a: { steps: [{ b: assign(1) }] } }, { c: { next: 'b' } })).toEqual(["c: 'next' leads to 'b', which is no step of this list or of one around it"]);
  expect(problems({ a: { for: { ...LOOP, steps: [{ b: { next: 'c' } }] } } }, { c: { return: 1 } }))
    .toEqual(["a.b: 'next' leads to 'c', which is no step of this list or of one around it"]);
});

test.each<[unknown, string[]]>([
  [{ assign: [] }, ["s: 'assign' must be a list of at least one assignment"]],
  [{ assign: { x: 1 } }, ["s: 'assign' must be a list of at least one assignment"]],
  [{ assign: [{ x: 1, y: 2 }] }, ['s: an assignment must be a map of one variable, got {"x":1,"y":2}']],
  [{ assign: Array(51).fill({ x: 1 }) }, ["s: 'assign' has 51 assignments, at most 50"]],
  [{ assign: [{ 'x + 1': 1 }] }, ["s: unexpected '+' at 2, in 'x + 1'"]],
  [{ assign: [{ 'x.y': 1 }] }, ["s: symbol 'x' not found"]],
  [{ assign: [{ 'args[i]': 1 }] }, ["s: symbol 'i' not found"]],
  [{ call: 'sub', args: { a: 1 }, result: 1 }, ['s: cannot assign to 1']],
  [{ switch: [] }, ["s: 'switch' must be a list of at least one condition"]],
  [{ switch: Array(51).fill({ condition: true, return: 1 }) }, ["s: 'switch' has 51 conditions, at most 50"]],
  [{ switch: [{ condition: '${args == 1}' }] }, ['s.switch[0]: a step needs one of assign, call, switch, for, parallel, try, steps, return, raise, next']],
  [{ switch: [{ condition: 'args == 1', return: 1 }] }, ["s.switch[0]: 'condition' must be an expression or a boolean"]],
  [{ switch: [{ return: 1 }] }, ["s.switch[0]: 'condition' must be an expression or a boolean"]],
  [{ switch: [{ condition: true, return: 1, then: 2 }] }, ["s.switch[0]: unknown key 'then' beside 'return'"]],
  [{ switch: [{ condition: true, assign: [{ x: 1 }] }] }, ["s.switch[0]: 'assign' in a case of a switch must be among its 'steps'"]],
  [{ switch: [{ condition: true, call: 'sub', args: { a: 1 } }] }, ["s.switch[0]: 'call' in a case of a switch must be among its 'steps'"]],
  [{ switch: [{ condition: true, steps: [{ a: { return: 1 } }], next: 'end' }] }, ["s.switch[0]: 'next' beside 'steps' in a case of a switch must be in the last of them"]],
  [{ for: { ...LOOP, times: 3 } }, ["s: unknown key 'times' in 'for'"]],
  [{ for: { in: [1], steps: [{ a: { next: 'continue' } }] } }, ["s: 'for' needs a 'value'"]],
  [{ for: { ...LOOP, range: [1, 2] } }, ["s: 'for' needs either 'in' or 'range'"]],
  [{ for: { ...LOOP, in: 'args' } }, ["s: 'in' must be a list or an expression"]],
  [{ for: { value: 'v', range: [1, '${args}'], steps: [{ a: { next: 'break' } }] } }, ["s: 'range' must be two numbers or one expression, '${[first, last]}'"]],
  [{ for: { value: 'v', range: '1-2', steps: [{ a: { next: 'break' } }] } }, ["s: 'range' must be a list or an expression"]],
  [{ for: { ...LOOP, value: 'args' } }, ["s: the variable 'args' of the loop is also one of outside", "s.inner: symbol 'v' not found"]],
  [{ for: [] }, ["s: 'for' must be a map"]],
  [{ parallel: { branches: [{ a: { steps: [{ b: { assign: [{ x: 1 }] } }] } }] } }, ["s: 'branches' must be a list of 2 to 10"]],
  [{ parallel: {} }, ["s: 'parallel' needs either 'branches' or 'for'"]],
  [{ parallel: { for: LOOP, exception_policy: 'unhandled' } }, ["s: 'exception_policy' must be continueAll"]],
  [{ parallel: { for: LOOP, shared: ['nothing'] } }, ["s: shared symbol 'nothing' not found"]],
  [{ parallel: { for: LOOP, shared: 'args' } }, ["s: 'shared' must be a list of variables"]],
  [{ parallel: { for: { ...LOOP, steps: [{ a: { assign: [{ args: 1 }] } }] } } }, ["s.a: 'args' is not shared with this branch, so it cannot be assigned"]],
  [{ parallel: { for: { ...LOOP, steps: [{ a: { return: 1 } }] } } }, ['s.a: a branch of a parallel step cannot return']],
  [{ parallel: { for: { ...LOOP, steps: [{ a: { next: 'break' } }] } } }, ["s.a: 'next: break' cannot end a parallel loop"]],
  [{ parallel: { for: { ...LOOP, steps: [{ a: { next: 'end' } }] } } }, ["s.a: a branch of a parallel step cannot go to 'end'"]],
  [{ parallel: { branches: [{ a: { return: 1 } }, { b: { steps: [{ c: { next: 'break' } }] } }] } }, ["s.a: unknown key 'return' in 'branch'", "s.a: 'steps' must be a list of at least one step", "s.b.c: 'next: break' is outside of a loop"]],
  [{ try: { raise: 'x' } }, ["s: 'try' needs 'retry' or 'except'"]],
  [{ try: { try: { raise: 'x' }, except: { steps: [{ a: { return: 1 } }] } }, except: { steps: [{ b: { return: 1 } }] } }, ['s: a try in a try must be a named step']],
  [{ try: { for: LOOP }, except: { steps: [{ a: { return: 1 } }] } }, ['s: a loop in a try must be a named step']],
  [{ try: { raise: 'x' }, except: { steps: [{ a: { return: 1 } }], when: 1 } }, ["s.except: unknown key 'when' in 'except'"]],
  [{ try: { raise: 'x' }, except: { as: 'e', steps: [{ a: { return: 1 } }] }, retry: '${http.retry}' }, ["s.retry: 'retry' must be one of ${http.default_retry}, ${http.default_retry_non_idempotent} or a map, got ${http.retry}"]],
  [{ try: { raise: 'x' }, retry: { ...RETRY, backoff: { initial_delay: 1 } } }, ["s.retry: 'backoff' needs 'max_delay'", "s.retry: 'backoff' needs 'multiplier'"]],
  [{ try: { raise: 'x' }, retry: { predicate: RETRY.predicate } }, ["s.retry: 'retry' needs 'max_retries'", "s.retry: 'retry' needs 'backoff'"]],
  [{ try: { raise: 'x' }, retry: { ...RETRY, predicate: 'sub' } }, ["s.retry: 'predicate' must be ${…} of a default predicate or of a sub-workflow, got sub"]],
  [{ try: { raise: 'x' }, retry: { ...RETRY, predicate: '${sub}' } }, ["s.retry: the predicate 'sub' must have one parameter"]],
  [{ try: { raise: 'x' }, retry: { ...RETRY, max_retries: '${n}' } }, ["s.retry: symbol 'n' not found"]],
])('refuses %j', (body, expected) => {
  expect(of(body)).toEqual(expected);
});

test('refuses parallel steps more than two deep', () => {
  const nested = (depth: number): object => ({ parallel: { for: { value: `v${depth}`, in: [1], steps: [{ [`p${depth}`]: depth === 1 ? assign(1) : nested(depth - 1) }] } } });
  expect(of(nested(2))).toEqual([]);
  expect(of(nested(3))).toEqual(['s.p3.p2: parallel steps are nested 3 deep, at most 2']);
});

test.each<[string, string[]]>([
  ['${}', ["s: unexpected the end, in ''"]],
  ['${1 +}', ["s: unexpected the end, in '1 +'"]],
  ['${nothing}', ["s: symbol 'nothing' not found"]],
  ['${args.a + nothing.b[other]}', ["s: symbol 'nothing' not found", "s: symbol 'other' not found"]],
  ['before ${args}', ['s: text around an expression is not computed: before ${args}']],
  ['${args} ${args}', ["s: unexpected '}' at 4, in 'args} ${args'"]],
  ['${nothing()}', ["s: function 'nothing' not found"]],
  ['${main()}', ["s: function 'main' not found"]],
  ['${text.nothing(args)}', ["s: function 'text.nothing' not found"]],
  ['${args.method()}', ["s: function 'args.method' not found"]],
  ['${type(args)}', ["s: function 'type' not found"]],
  ['${events.create_callback_endpoint("POST")}', ["s: 'events.create_callback_endpoint' is not covered by this interpreter"]],
  ['${http.get("https://a.example")}', ["s: 'http.get' waits, so it needs a call step"]],
  ['${sys.sleep(1)}', ["s: 'sys.sleep' waits, so it needs a call step"]],
  ['${text.split(args)}', ["s: 'text.split' takes 2 arguments, got 1"]],
  ['${json.encode(args, true, 1)}', ["s: 'json.encode' takes 1 to 2 arguments, got 3"]],
  ['${sub()}', ["s: 'sub' takes 1 to 2 arguments, got 0"]],
  ['${sub(1, 2, 3)}', ["s: 'sub' takes 1 to 2 arguments, got 3"]],
  ['${http.default_retry}', ["s: 'http.default_retry' belongs into 'retry'"]],
  ['${text.split}', ["s: 'text.split' is a function and must be called"]],
  ['${"' + 'x'.repeat(396) + '"}', ['s: an expression has 401 characters, at most 400: ${"' + 'x'.repeat(74) + '...']],
])('refuses the expression %s', (expression, expected) => {
  expect(of({ return: expression })).toEqual(expected);
  expect(of({ return: [{ deep: expression }] })).toEqual(expected);
  expect(of({ raise: expression })).toEqual(expected);
  expect(of(assign(expression))).toEqual(expected);
});

test('accepts an expression of 400 characters', () => {
  expect(of({ return: '${"' + 'x'.repeat(395) + '"}' })).toEqual([]);
});

test('reads expressions wherever they stand', () => {
  const wrong = '${nothing}';
  const places = [
    { return: { [wrong]: 1 } },
    { call: 'sub', args: { a: wrong } },
    { call: 'http.get', args: { url: wrong } },
    { for: { value: 'v', in: wrong, steps: [{ a: { next: 'break' } }] } },
    { for: { value: 'v', in: [wrong], steps: [{ a: { next: 'break' } }] } },
    { for: { value: 'v', range: wrong, steps: [{ a: { next: 'break' } }] } },
    { parallel: { for: LOOP, concurrency_limit: wrong } },
  ];
  expect(places.map((each) => of(each))).toEqual(places.map(() => ["s: symbol 'nothing' not found"]));
  expect(of({ switch: [{ condition: wrong, return: 1 }] })).toEqual(["s.switch[0]: symbol 'nothing' not found"]);
  const retry = { ...RETRY, backoff: { ...RETRY.backoff, multiplier: wrong } };
  expect(of({ try: { return: wrong }, retry, except: { steps: [{ a: { return: wrong } }] } }))
    .toEqual(["s.try: symbol 'nothing' not found", "s.retry: symbol 'nothing' not found", "s.except.a: symbol 'nothing' not found"]);
});

test.each<[object, string[]]>([
  [{ call: 'nothing' }, ["s: function 'nothing' not found"]],
  [{ call: '${args}' }, ["s: 'call' must be the name of a function"]],
  [{ call: 'main' }, ["s: function 'main' not found"]],
  [{ call: 'googleapis.bigquery.v2.jobs.query', args: {} }, ["s: 'googleapis.bigquery.v2.jobs.query' is not covered by this interpreter"]],
  [{ call: 'sub', args: [1] }, ["s: 'args' must be a map"]],
  [{ call: 'sub' }, ["s: 'sub' needs the argument 'a'"]],
  [{ call: 'sub', args: { a: 1, c: 2 } }, ["s: 'sub' has no argument 'c'"]],
  [{ call: 'sys.sleep', args: { second: 1 } }, ["s: 'sys.sleep' has no argument 'second'", "s: 'sys.sleep' needs the argument 'seconds'"]],
  [{ call: 'sys.sleep', args: { seconds: '1' } }, ["s: 'sys.sleep': 'seconds' must be integer or double, got string"]],
  [get({ body: {} }), ["s: 'http.get' has no argument 'body'"]],
  [get({ headers: ['a'] }), ["s: 'http.get': 'headers' must be map, got list"]],
  [get({ timeout: 3600 }), ["s: 'timeout' must be above 0 and at most 1800, got 3600"]],
  [get({ url: 'a.example' }), ["s: 'url' must begin with http:// or https://, got a.example"]],
  [get({ auth: { type: 'oauth2' } }), ["s: 'auth.type' must be OAuth2 or OIDC, got oauth2"]],
  [get({ auth: { type: 'OAuth2', scopse: 'x' } }), ["s: unknown key 'auth.scopse'"]],
  [get({ auth: {} }), ["s: 'auth' needs a 'type'"]],
  [{ call: 'http.request', args: { url: 'https://a.example', method: 'get' } }, ["s: 'method' must be one of GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH, got get"]],
])('refuses the call %j', (body, expected) => {
  expect(of(body)).toEqual(expected);
});

test('a function of a module that a variable hides is refused', () => {
  expect(problems({ a: { assign: [{ list: [1] }] } }, { s: { return: '${list.concat(list, 2)}' } })).toEqual(["s: 'list.concat' is hidden by a variable of that name"]);
});

describe('variables', () => {
  test('of a loop, a branch and an except are not those of outside', () => {
    const after = { s: { return: '${inner}' } };
    const inside = [{ a: { assign: [{ inner: 1 }] } }];
    const notFound = ["s: symbol 'inner' not found"];
    expect(problems({ f: { for: { value: 'v', in: [1], steps: inside } } }, after)).toEqual(notFound);
    expect(problems({ f: { for: { value: 'inner', in: [1], steps: [{ a: { next: 'break' } }] } } }, after)).toEqual(notFound);
    expect(problems({ f: { parallel: { for: { value: 'v', in: [1], steps: inside } } } }, after)).toEqual(notFound);
    expect(problems({ f: { try: { raise: 'x' }, except: { as: 'e', steps: inside } } }, after)).toEqual(notFound);
    expect(problems({ f: { try: { raise: 'x' }, except: { as: 'inner', steps: [{ a: assign(1) }] } } }, after)).toEqual(notFound);
  });

  test('of nested steps, cases and a try are', () => {
    const after = { s: { return: '${inner}' } };
    const inside = [{ a: { assign: [{ inner: 1 }] } }];
    expect(problems({ f: { steps: inside } }, after)).toEqual([]);
    expect(problems({ f: { switch: [{ condition: '${args == 1}', steps: inside }] } }, after)).toEqual([]);
    expect(problems({ f: { switch: [{ condition: '${args == 1}', steps: [{ g: { call: 'sub', args: { a: 1 }, result: 'inner' } }] }] } }, after)).toEqual([]);
    expect(problems({ f: { try: { steps: inside }, except: { steps: [{ b: { next: 's' } }] } } }, after)).toEqual([]);
  });

  const READ = 'is read before anything can have assigned it';

  test('that are read before anything can have assigned them are refused', () => {
    expect(problems({ a: { return: '${x}' } }, { b: assign(1) })).toEqual([`a: 'x' ${READ}`]);
    expect(problems({ a: { assign: [{ y: '${x}' }, { x: 1 }] } })).toEqual([`a: 'x' ${READ}`]);
    expect(problems({ a: { assign: [{ 'x.y': 1 }, { x: 1 }] } })).toEqual([`a: 'x' ${READ}`]);
    expect(problems({ a: { call: 'sub', args: { a: '${r}' }, result: 'r' } })).toEqual([`a: 'r' ${READ}`]);
    expect(problems({ a: { switch: [{ condition: '${x == 1}', steps: [{ b: assign(1) }] }] } })).toEqual([`a: 'x' ${READ}`]);
    expect(problems({ a: { try: { return: '${x}' }, except: { steps: [{ b: { assign: [{ args: '${x}' }] } }] } } }, { c: assign(1) })).toEqual([`a: 'x' ${READ}`, `a.b: 'x' ${READ}`]);
    expect(problems({ a: { for: { value: 'v', in: [1], steps: [{ b: { call: 'sys.log', args: { data: '${x}' } } }] } } }, { c: assign(1) })).toEqual([`a.b: 'x' ${READ}`]);
    expect(problems({ a: { switch: [{ condition: true, next: 'c' }] } }, { b: assign(1) }, { c: { return: '${x}' } })).toEqual([`c: 'x' ${READ}`]);
    expect(problems({ a: { for: { value: 'v', in: [1], steps: [{ b: assign(1) }] } } }, { c: { return: '${x}' } }, { d: assign(1) })).toEqual([`c: 'x' ${READ}`]);
    expect(problems({ a: { parallel: { shared: ['x'], for: LOOP } } }, { d: assign(1) })).toEqual([`a: 'x' ${READ}`]);
    expect(problems({ a: { next: 'c' } }, { b: { return: '${x}' } }, { c: { next: 'b' } }, { d: assign(1) })).toEqual([`b: 'x' ${READ}`]);
    // The variable of the except is not the one that is assigned at the end.
    expect(problems({ a: { try: { raise: 'x' }, except: { steps: [{ b: { ...assign(1), next: 'c' } }] } } }, { c: { return: '${x}' } }, { d: assign(1) }))
      .toEqual([`c: 'x' ${READ}`]);
  });

  test('that some way has assigned are not', () => {
    expect(problems({ a: { switch: [{ condition: '${args == 1}', next: 'c' }] } }, { b: assign(1) }, { c: { return: '${x}' } })).toEqual([]);
    expect(problems({ a: { next: 'c' } }, { b: { return: '${x}' } }, { c: { assign: [{ x: 1 }], next: 'b' } })).toEqual([]);
    expect(problems({ a: { assign: [{ y: 1 }] } }, { b: { switch: [{ condition: '${args == 1}', return: '${x}' }] } }, { c: { assign: [{ x: 1 }], next: 'b' } })).toEqual([]);
    expect(problems({ a: { try: { steps: [{ b: assign(1) }, { c: { raise: 'x' } }] }, except: { steps: [{ d: { return: '${x}' } }] } } })).toEqual([]);
    expect(problems({ a: { try: { call: 'sub', args: { a: 1 }, result: 'x' }, retry: RETRY } }, { b: { return: '${x}' } })).toEqual([]);
    expect(problems({ a: { steps: [{ b: { assign: [{ x: 1 }], next: 'd' } }] } }, { c: { return: 1 } }, { d: { return: '${x}' } })).toEqual([]);
    expect(problems({ a: { for: { value: 'v', in: [1], steps: [{ b: { next: 'd' } }, { c: { return: '${y}' } }, { d: { assign: [{ y: '${v}' }], next: 'c' } }] } } })).toEqual([]);
  });

  test('are not asked for where no way leads', () => {
    expect(problems({ a: { return: 1 } }, { b: { return: '${x}' } }, { c: assign(1) })).toEqual([]);
  });
});
