import { evaluateIn } from './evaluate';
import { TemplateError } from './library';

const OBJECT = { a: { b: [1, 'two', null], c: null }, $content: 'eA==' };
const context = (name: string) => (name === 'variables' ? OBJECT : undefined);
const value = (text: unknown) => evaluateIn(text, context);

test.each<[unknown, unknown]>([
  ['plain', 'plain'],
  ['@@plain', '@plain'],
  ['me@example.com', 'me@example.com'],
  ['@concat(\'it\'\'s\', \' @{me}\')', 'it\'s @{me}'],
  ['a @{1} b @{true}@{null}', 'a 1 b True'],
  ['@@{1}', '@{1}'],
  ['@{1}', '1'],
  ['@1.50', 1.5],
  ['@-3', -3],
  ['@variables(\'x\').a.b[1]', 'two'],
  ['@variables(\'x\')?[\'a\']?[\'b\'][0]', 1],
  ['@variables(\'x\')?[\'$content\']', 'eA=='],
  ['@variables(\'x\')?[\'no\']?[\'thing\']?.at', null],
  ['@variables(\'x\')?[\'a\'][\'c\']', null],
  ['@variables(\'x\')[concat(\'\', \'a\')]?.b?[9]', null],
  [{ '@{1}x': ['@add(1, 2)', 4, null] }, { '1x': [3, 4, null] }],
])('%j is %j', (text, want) => expect(value(text)).toEqual(want));

test.each<[string, string]>([
  ['@variables(\'x\')[\'no\']', 'property \'no\' doesn\'t exist'],
  ['@variables(\'x\')?[\'no\'][\'thing\']', 'property \'thing\' cannot be selected of null'],
  ['@variables(\'x\')?[\'a\']?[\'b\'][5]', 'array index \'5\' is out of bounds'],
  ['@variables(\'x\')?[\'a\']?[\'b\']?[\'name\']', 'array elements can only be selected using an integer index'],
  ['@variables(\'x\')?[\'$content\']?[\'name\']', 'property selection is not supported on values of type \'String\''],
])('%s is a fault', (text, want) => {
  expect(() => value(text)).toThrow(TemplateError);
  expect(() => value(text)).toThrow(want);
});

test.each(['@', '@add(1', '@add(1 2)', '@x', '@{add(1, 2)', '@\'open', '@add(1, 2) more'])('%s cannot be read', (text) => expect(() => value(text)).toThrow(SyntaxError));
