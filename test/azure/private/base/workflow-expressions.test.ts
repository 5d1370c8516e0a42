import { codeOf, errorOf, ex, isOneOf, joined, rendered, text, variable } from '../../../../src/azure/private/base/workflow-expressions';

test('a value of the user stays a value inside an expression', () => {
  expect(rendered(ex`equals(${variable('state')}, ${'it\'s @{me}'})`)).toBe('@equals(variables(\'state\'), \'it\'\'s @{me}\')');
  expect(rendered(ex`add(${1}, ${2.5})`)).toBe('@add(1, 2.5)');
  expect(rendered(ex`and(${true}, equals(${null}, ''))`)).toBe('@and(true, equals(null, \'\'))');
  expect(rendered(ex`length(${text`a'${variable('x')}`})`)).toBe('@length(concat(\'a\'\'\', string(variables(\'x\'))))');
});

test.each([
  ['@variables(\'x\')', '@{\'@\'}variables(\'x\')'],
  ['@{secret}', '@{\'@\'}{secret}'],
  ['@@twice', '@{\'@\'}@twice'],
  ['mail me@example.com', 'mail me@example.com'],
  ['a @{b} @{c}', 'a @{\'@\'}{b} @{\'@\'}{c}'],
  ['${{inputs.data}}', '${{inputs.data}}'],
])('the text %s is no expression of Logic Apps', (literal, written) => {
  expect(rendered(literal)).toBe(written);
  expect(rendered({ [literal]: [literal] })).toEqual({ [written]: [written] });
});

test('a text keeps what is put in apart from its own expressions', () => {
  expect(rendered(text`${'@{a}'}/${variable('run')}@{b}`)).toBe('@{\'@\'}{a}/@{variables(\'run\')}@{\'@\'}{b}');
  expect(rendered(text`@${'x'}`)).toBe('@{\'@\'}x');
  expect(rendered(text`a@${'{x}'}`)).toBe('a@{\'@\'}{x}');
  expect(rendered(text`a@${variable('x')}@`)).toBe('a@{\'@\'}@{variables(\'x\')}@');
});

test('lists and texts are put together by functions', () => {
  expect(rendered(isOneOf(variable('state'), ['a', 'b']))).toBe('@contains(createArray(\'a\', \'b\'), variables(\'state\'))');
  expect(rendered(joined('a', variable('b'), 1))).toBe('@concat(\'a\', variables(\'b\'), 1)');
});

test('a call that failed is told by its name, code and body', () => {
  expect(rendered(codeOf('Look'))).toBe('@outputs(\'Look\')?[\'statusCode\']');
  expect(rendered(errorOf('Look'))).toBe('@take(concat(\'Look\', \': \', string(outputs(\'Look\')?[\'statusCode\']), \' \', string(outputs(\'Look\')?[\'body\'])), 1000)');
});

test('what is not there is left out, and what is not plain stays', () => {
  const date = new Date(0);
  expect(rendered({ a: undefined, b: null, c: date, d: [1, true] })).toEqual({ b: null, c: date, d: [1, true] });
});
