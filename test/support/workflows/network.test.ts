import { connectionFailed, HttpCall, Respond, runWorkflow, stub, timedOut, WorkflowRun } from '.';

const URL = 'https://europe-west4-aiplatform.googleapis.com/v1/x';

/** Runs one `http.…` step; what it fails with is the error of the run. */
function request(call: string, args: object, respond: Respond = () => ({}), argument?: unknown): WorkflowRun {
  return runWorkflow({ main: { params: ['a'], steps: [{ it: { call, args, result: 'r' } }, { done: { return: '${r}' } }] } }, { respond, argument });
}

const problem = ({ error }: WorkflowRun) => error && `${error.tags[0]}: ${error.message}`;

test.each([
  ['http.get', { url: URL }, 'GET'],
  ['http.post', { url: URL }, 'POST'],
  ['http.put', { url: URL }, 'PUT'],
  ['http.patch', { url: URL }, 'PATCH'],
  ['http.delete', { url: URL }, 'DELETE'],
  ['http.request', { method: 'HEAD', url: URL }, 'HEAD'],
])('%s', (call, args, method) => {
  expect(request(call, args).calls).toEqual([{ method, url: URL, query: {}, headers: {}, body: undefined, auth: undefined }]);
});

test('every argument reaches the test', () => {
  const args = { url: URL, body: { a: [1, null, 1.5] }, headers: { 'X-A': 'b' }, query: { updateMask: 'a', n: 1, many: ['x', 'y'] }, auth: { type: 'OAuth2' }, timeout: 60 };
  expect(request('http.post', args).calls).toEqual([{ method: 'POST', ...args }]);
});

test('a body can be bytes, computed, or nothing', () => {
  const bodies = ['${text.encode("a")}', '${a.body}', null].map((body) => request('http.post', { url: URL, body }, undefined, { body: ['x'] }).calls[0].body);
  expect(bodies).toEqual([new TextEncoder().encode('a'), ['x'], undefined]);
});

test('the answer is 200 with no body unless the test says more', () => {
  expect(request('http.get', { url: URL }).result).toEqual({ code: 200, body: null, headers: {} });
  expect(request('http.get', { url: URL }, () => ({ code: 204, headers: { a: 'b' } })).result).toEqual({ code: 204, body: null, headers: { a: 'b' } });
});

test.each([
  [() => ({ code: 400, body: 'no', headers: { a: 'b' } }), { message: 'HTTP server responded with error code 400', tags: ['HttpError'], code: 400, body: 'no', headers: { a: 'b' } }],
  [() => new Error('reset'), { message: 'reset', tags: ['ConnectionError'] }],
  [() => { throw new Error('reset'); }, { message: 'reset', tags: ['ConnectionError'] }],
  [() => connectionFailed(), { message: 'connection refused', tags: ['ConnectionFailedError'] }],
  [() => timedOut(), { message: 'the request timed out', tags: ['TimeoutError'] }],
])('%s is the error %j', (respond, error) => {
  expect(request('http.get', { url: URL }, respond).error).toEqual(error);
});

test.each([
  [{ url: '${a.url}' }, { url: 'ftp://x' }, 'ValueError: invalid URL: ftp://x'],
  [{ url: '${a.url}' }, { url: 1 }, "TypeError: http.get: argument 'url' must be string; got: integer"],
  [{ url: URL, timeout: '${a.timeout}' }, { timeout: 1801 }, 'ValueError: timeout must be above 0 and at most 1800, got 1801'],
  [{ url: URL, headers: { n: 1 } }, {}, "TypeError: header 'n' must be a string"],
  [{ url: URL, query: { n: null } }, {}, "TypeError: query 'n' must be text, a number, a boolean or a list; got: null"],
  [{ url: URL, query: { n: {} } }, {}, "TypeError: query 'n' must be text, a number, a boolean or a list; got: map"],
  [{ url: URL, auth: '${a.auth}' }, { auth: { type: 'Basic' } }, 'ValueError: auth.type must be OAuth2 or OIDC, got Basic'],
  [{ url: 'https://1.prediction.vertexai.goog/v1', auth: { type: 'OAuth2' } }, {}, 'ValueError: OAuth2 works for hosts of googleapis.com alone, got 1.prediction.vertexai.goog'],
  [{ url: 'https://googleapis.com.evil.example', auth: { type: 'OAuth2' } }, {}, 'ValueError: OAuth2 works for hosts of googleapis.com alone, got googleapis.com.evil.example'],
])('refuses %j with %j', (args, argument, expected) => {
  const run = request('http.get', args, undefined, argument);
  expect(problem(run)).toBe(expected);
  expect(run.calls).toEqual([]);
});

test('an identity token goes to any host', () => {
  expect(request('http.get', { url: 'https://run.example', auth: { type: 'OIDC' } }).calls).toHaveLength(1);
});

test('a response has at most two megabytes', () => {
  const run = request('http.get', { url: URL }, () => ({ body: 'x'.repeat(2 * 1024 * 1024) }));
  expect(problem(run)).toBe('ResourceLimitError: the response is longer than 2097152 bytes');
});

describe('a fault of the test is not taken for one of the network', () => {
  const caught = (respond: Respond) => () => runWorkflow([
    { it: { try: { call: 'http.get', args: { url: URL } }, except: { steps: [{ swallow: { return: 'caught' } }] } } },
  ], { respond });

  test('a failed expectation', () => {
    expect(caught(() => { expect(1).toBe(2); return {}; })).toThrow(/Expected: 2/);
  });

  test('a slip in the stub', () => {
    expect(caught((call: any) => call.body.nothing.there)).toThrow(TypeError);
  });

  test('inside a branch of a parallel step', () => {
    const branch = (name: string) => ({ [name]: { steps: [{ [`${name}_call`]: { call: 'http.get', args: { url: URL } } }] } });
    expect(() => runWorkflow([{ both: { parallel: { branches: [branch('a'), branch('b')] } } }], { respond: stub([]) })).toThrow(/^no route answers GET/);
  });

  test('a call that no route answers', () => {
    expect(caught(stub([{ method: 'POST', url: /x$/, reply: {} }, { url: 'https://a.example', reply: {} }])))
      .toThrow(`no route answers GET ${URL}; there are:\n  POST /x$/\n  * https://a.example`);
  });
});

describe('a stub', () => {
  const call = (method: string, url: string): HttpCall => ({ method, url, query: {}, headers: {}, body: undefined, auth: undefined });

  test('answers with the first route that fits', () => {
    const respond = stub([
      { method: 'get', url: 'https://a.example/1', reply: { body: 'text' } },
      { url: /\/1$/, reply: { body: 'pattern' } },
      { url: /./, reply: new Error('rest') },
    ]);
    expect(respond(call('GET', 'https://a.example/1'), 0)).toEqual({ body: 'text' });
    expect(respond(call('POST', 'https://a.example/1'), 1)).toEqual({ body: 'pattern' });
    expect(respond(call('GET', 'https://a.example/10'), 2)).toEqual(new Error('rest'));
  });

  test('goes through a list of answers, and stays with the last', () => {
    const respond = stub([{ url: /./g, reply: [{ code: 503 }, new Error('x'), { code: 200 }] }]);
    expect([0, 1, 2, 3].map((nth) => respond(call('GET', 'https://a.example'), nth))).toEqual([{ code: 503 }, new Error('x'), { code: 200 }, { code: 200 }]);
  });

  test('counts the calls of each route for its function', () => {
    const respond = stub([{ url: /a$/, reply: ({ method }, nth) => ({ body: `${method} ${nth}` }) }, { url: /b$/, reply: {} }]);
    expect(['a', 'b', 'a'].map((path, nth) => respond(call('GET', `https://x.example/${path}`), nth))).toEqual([{ body: 'GET 0' }, {}, { body: 'GET 1' }]);
  });
});
