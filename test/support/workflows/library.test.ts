import { runWorkflow, WorkflowRun } from '.';
import { LIBRARY } from './library';

/** What an expression gives; `a` is the argument of the workflow. */
function compute(expression: string, a?: unknown): WorkflowRun {
  return runWorkflow({ main: { params: ['a'], steps: [{ done: { return: `\${${expression}}` } }] } }, {
    argument: a,
    respond: () => ({}),
    env: { STAGE: 'test' },
    now: '2026-02-03T04:05:06.5Z',
  });
}

const failure = (expression: string, a?: unknown) => {
  const { error } = compute(expression, a);
  return error && `${error.tags[0]}: ${error.message}`;
};

test.each<[string, unknown]>([
  ['default(null, 1)', 1],
  ['default(false, 1)', false],
  ['if(1 < 2, "yes", "no")', 'yes'],
  ['if(null, "yes", "no")', 'no'],
  ['keys(json.decode("{\\"b\\":1,\\"a\\":2}"))', ['b', 'a']],
  ['[len("añ😀"), len([1, 2]), len(json.decode("{}"))]', [3, 2, 0]],
  ['[int("-42"), int(2.7), int(-2.7), int(5)]', [-42, 2, -2, 5]],
  ['[double("2.5"), double("1e3"), double(2)]', [2.5, 1000, 2]],
  ['[string(1), string(1.5), string(2.0), string(true), string("x")]', ['1', '1.5', '2.0', 'true', 'x']],
  ['[get_type(1), get_type(1.0), get_type("a"), get_type(true), get_type(null)]', ['integer', 'double', 'string', 'boolean', 'null']],
  ['[get_type([]), get_type(json.decode("{}")), get_type(text.encode("a"))]', ['list', 'map', 'bytes']],

  ['text.decode(text.encode("añ"))', 'añ'],
  ['text.decode(base64.decode("w7E="), "UTF-8")', 'ñ'],
  ['text.find_all("a.b.c", ".")', [1, 3]],
  ['text.find_all_regex("añ1 b22", "[0-9]+")', [{ index: 2, match: '1' }, { index: 5, match: '22' }]],
  ['[text.match_regex("model-7", "[0-9]"), text.match_regex("model", "^[0-9]")]', [true, false]],
  ['text.match_regex("ABC", "(?i)b")', true],
  ['text.replace_all("a.b.c", ".", "$&")', 'a$&b$&c'],
  ['text.replace_all_regex("one two", "one|two", "\\\\1")', '\\1 \\1'],
  ['text.split("a,b,,c", ",")', ['a', 'b', '', 'c']],
  ['text.substring("añ😀d", 1, 3)', 'ñ😀'],
  ['[text.to_lower("ÄB"), text.to_upper("äb")]', ['äb', 'ÄB']],
  ['text.url_encode("a/b c+d(é)")', 'a%2Fb%20c%2Bd%28%C3%A9%29'],
  ['text.url_encode_plus("a b+c")', 'a+b%2Bc'],
  ['text.url_decode("a%2Fb+c")', 'a/b c'],

  ['json.decode("[1, 1.5, {\\"a\\": null}]")', [1, 1.5, { a: null }]],
  ['json.decode(json.encode([1, "ä"]))', [1, 'ä']],
  ['json.encode_to_string([1, 2.0, "a\\"b", null, true])', '[1,2.0,"a\\"b",null,true]'],
  ['base64.encode(text.encode("hello"))', 'aGVsbG8='],
  ['base64.encode(text.encode("hello"), false)', 'aGVsbG8'],
  ['text.decode(base64.decode("aGVsbG8="))', 'hello'],
  ['base64.encode(hash.compute_checksum(text.encode("a"), "MD5"))', 'DMF1ucDxtqgxw5niaXcmYQ=='],
  ['base64.encode(hash.compute_hmac(text.encode("k"), text.encode("a"), "SHA1"))', 'QOfUQcrbF7B/BQNBqiOmgg7YHIs='],
  ['list.concat([1, 2], [3])', [1, 2, [3]]],
  ['list.prepend([1, 2], 0)', [0, 1, 2]],
  ['[math.abs(-3), math.abs(2.5), math.floor(-2.5), math.max(1, 2.5), math.min(1, 2.5)]', [3, 2.5, -3, 2.5, 1]],
  ['[uuid.generate(), uuid.generate()]', ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']],

  ['sys.get_env("STAGE")', 'test'],
  ['sys.get_env("GOOGLE_CLOUD_PROJECT_ID")', 'a-project'],
  ['[sys.get_env("NOWHERE"), sys.get_env("NOWHERE", "else")]', [null, 'else']],
  ['sys.now()', Date.parse('2026-02-03T04:05:06.5Z') / 1000],
  ['time.format(1720788633)', '2024-07-12T12:50:33.000000Z'],
  ['time.format(1720788633, "GMT")', '2024-07-12T12:50:33.000000Z'],
  ['time.format(1720788633, "Europe/Paris")', '2024-07-12T14:50:33.000000+02:00'],
  ['time.format(0.25, "America/New_York")', '1969-12-31T19:00:00.250000-05:00'],
  ['time.format(time.parse("2024-01-10T16:15:54.615087Z"))', '2024-01-10T16:15:54.615087Z'],
  ['time.parse("1970-01-01T01:00:00+01:00")', 0],
])('%s', (expression, expected) => {
  expect(compute(expression)).toMatchObject({ result: expected });
});

test.each<[string, unknown]>([
  ['map.get(a, "x")', 1],
  ['map.get(a, "nothing")', null],
  ['map.get(a, ["deep", "y"])', 2],
  ['map.get(a, ["x", "y"])', null],
  ['map.get(null, "x")', null],
  ['map.delete(a, "deep")', { x: 1 }],
  ['map.merge(a, json.decode("{\\"deep\\":{\\"z\\":3}}"))', { x: 1, deep: { z: 3 } }],
  ['map.merge_nested(a, json.decode("{\\"deep\\":{\\"z\\":3}}"))', { x: 1, deep: { y: 2, z: 3 } }],
  ['json.encode_to_string(a)', '{"x":1,"deep":{"y":2}}'],
])('%s of a map', (expression, expected) => {
  expect(compute(expression, { x: 1, deep: { y: 2 } })).toMatchObject({ result: expected });
});

test.each([
  ['int("2.7")', "ValueError: int: '2.7' is no integer"],
  ['int("9223372036854775808")', 'ValueError: int: 9223372036854775808 does not fit 64 bits'],
  ['double("x")', "ValueError: double: 'x' is no number"],
  ['string(null)', "TypeError: string: argument 'val' must be string or integer or double or boolean; got: null"],
  ['len(1)', "TypeError: len: argument 'val' must be list or map or string; got: integer"],
  ['if(1, 2, 3)', "TypeError: if: argument 'condition' must be boolean or null; got: integer"],
  ['default(a.nothing, 1)', 'KeyError: key not found: nothing'],
  ['map.get(a, [1])', 'TypeError: map.get: a key must be a string; got: integer'],
  ['text.substring("abc", 1, 9)', 'IndexError: text.substring: 1 to 9 of 3 characters'],
  ['text.decode(base64.decode("/w=="))', 'ValueError: text.decode: the bytes are no UTF-8 text'],
  ['text.encode("a", "latin-9")', 'ValueError: text.encode: unknown charset latin-9'],
  ['text.match_regex("a", "(")', 'ValueError: invalid regular expression: ('],
  ['text.match_regex("a", "(?=a)")', 'ValueError: RE2 has no looking around and no back references: (?=a)'],
  ['text.url_decode("%")', "ValueError: text.url_decode: '%' is not encoded"],
  ['json.decode("{")', 'ValueError: json.decode: not JSON: {'],
  ['json.encode(text.encode("a"))', 'TypeError: bytes cannot be encoded as JSON'],
  ['base64.decode("a b")', 'ValueError: base64.decode: not base64'],
  ['base64.encode("text")', "TypeError: base64.encode: argument 'data' must be bytes; got: string"],
  ['hash.compute_checksum(text.encode("a"), "CRC")', 'ValueError: hash: unknown algorithm CRC'],
  ['time.parse("yesterday")', 'ValueError: time.parse: "yesterday" is no ISO 8601 time'],
  ['time.format(0, "Mars/Base")', 'ValueError: time.format: unknown timezone Mars/Base'],
])('%s raises %s', (expression, expected) => {
  expect(failure(expression, {})).toBe(expected);
});

test('every function is declared under a module of the service', () => {
  const modules = [...LIBRARY.keys()].map((each) => each.includes('.') ? each.split('.')[0] : '');
  expect([...new Set(modules)].sort()).toEqual(['', 'base64', 'hash', 'http', 'json', 'list', 'map', 'math', 'sys', 'text', 'time', 'uuid']);
});
