import { parse } from 'yaml';
import { toYaml, Yaml } from '../../../src/core/private/yaml';

test.each<[string, Yaml]>([
  ['nested keys', { a: { b: { c: 1 } }, d: true }],
  ['lists of lists, of objects and of nothing', { a: [['x', 'y'], [{ k: 'v', l: [1] }, 'z'], []], b: {} }],
  ['texts of several lines', [{ run: 'one\n\n  two\nthree\n' }, { run: 'x\ny\n' }]],
  ['texts that look like something else', [
    'true', 'No', '22', '1.0', '-3', '', ' x', 'x ', 'a: b', 'a #b', '* c', "it's", '${{ x }}', '{a}', '[b]', '- d', '@e', 'off', '"q"', 'null', 'it\'s "q"', 'back\\slash',
    '1e5', '1.5e3', '0x10', '0o7', '1_000', '.inf', '.nan', '-.inf', 'y', 'n', '+1',
  ]],
])('a YAML reader reads back %s', (_, value) => {
  expect(parse(toYaml(value))).toEqual(value);
});

test('keys without a value are left out, the others keep their order', () => {
  expect(toYaml({ b: 'x', a: undefined, c: { d: undefined } })).toBe('b: x\nc: {}\n');
});

test('plain words stay plain', () => {
  expect(toYaml({ name: 'Test and synthesize', uses: 'actions/checkout@v7' })).toBe('name: Test and synthesize\nuses: actions/checkout@v7\n');
});
