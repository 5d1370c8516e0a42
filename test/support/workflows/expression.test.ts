import fc from 'fast-check';
import { Raised } from './errors';
import { evaluate } from './evaluate';
import { Expression, expressionIn, parseExpression, parseTarget, SyntaxFault } from './expression';
import { fromJson, kindOf, toPlain, Value } from './values';

const variables: Record<string, unknown> = { one: 1, half: 0.5, text: 'abc', yes: true, no: false, nothing: null, list: [1, 2, 3], map: { 'a': { b: 'c' }, 'd e': 4 } };

const around = {
  variable: (name: string) => fromJson(variables[name]),
  call: (): Value => { throw new Error('no functions here'); },
};
const value = (source: string) => evaluate(parseExpression(source), around);
const plain = (source: string) => toPlain(value(source));

/** The error that an expression raises, as `TypeError: message`. */
function failure(source: string): string {
  try {
    value(source);
    return 'none';
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    return `${toPlain(error.payload).tags[0]}: ${error.message}`;
  }
}

test.each([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 2 - 3', 5],
  ['-one + 1', 0],
  ['- - 1', 1],
  ['2 * -3', -6],
  ['7 // 2', 3],
  ['-7 // 2', -4],
  ['7 % 3', 1],
  ['-7 % 3', 2],
  ['7.5 // 2', 3],
  ['7 / 2', 3.5],
  ['1 + half', 1.5],
  ['"a" + \'b\' + "c"', 'abc'],
  ['"a\\n\\"b\\" \\u00e9"', 'a\n"b" é'],
  ['1 < 2 and 2 <= 2 and 3 > 2 and 3 >= 3', true],
  ['"a" < "b"', true],
  ['one == 1.0', true],
  ['nothing == null', true],
  ['one != null', true],
  ['list == [1, 2, 3]', true],
  ['map.a == map["a"]', true],
  ['"d e" in map', true],
  ['4 in list', false],
  ['not("x" in map)', true],
  ['not yes or yes', true],
  ['no and no or yes', true],
  ['yes or no and no', true],
  ['TRUE and True and not FALSE', true],
  ['yes AND NOT no OR no', true],
  ['list[one]', 2],
  ['list[1 + 1]', 3],
  ['map.a.b', 'c'],
  ['map["d e"]', 4],
  ['[one, [half], []]', [1, [0.5], []]],
  ['9223372036854775807', 9223372036854775807],
])('%s is %j', (source, expected) => {
  expect(plain(source)).toEqual(expected);
});

test.each([
  ['4 / 2', 'double'], ['4 // 2', 'integer'], ['4.0 // 2', 'double'], ['2 * 1.0', 'double'], ['7 % 2', 'integer'], ['2.0', 'double'], ['-2', 'integer'],
])('%s is of kind %s', (source, kind) => {
  expect(kindOf(value(source))).toBe(kind);
});

test.each([
  ['map.x', 'KeyError: key not found: x'],
  ['map["x"]', 'KeyError: key not found: x'],
  ['map[1]', 'TypeError: the key of a map must be a string; got: integer'],
  ['list[3]', 'IndexError: index out of range: 3'],
  ['list[-1]', 'IndexError: index out of range: -1'],
  ['list["0"]', 'TypeError: the index of a list must be an integer; got: string'],
  ['nothing.a', 'TypeError: only a map or a list has elements; got: null'],
  ['text[0]', 'TypeError: only a map or a list has elements; got: string'],
  ['text + 1', 'TypeError: unsupported operand type for +: string and integer (write string(…))'],
  ['text + nothing', 'TypeError: unsupported operand type for +: string and null (write string(…))'],
  ['list + list', 'TypeError: unsupported operand type for +: list and list'],
  ['-text', 'TypeError: unsupported operand type for -: string'],
  ['one == text', 'TypeError: unsupported operand type for ==: integer and string'],
  ['one < nothing', 'TypeError: unsupported operand type for <: integer and null'],
  ['yes < no', 'TypeError: unsupported operand type for <: boolean and boolean'],
  ['not one', 'TypeError: unsupported operand type for not: integer'],
  ['not one == 1', 'TypeError: unsupported operand type for not: integer'],
  ['not "x" in map', 'TypeError: unsupported operand type for not: string'],
  ['one and yes', 'TypeError: unsupported operand type for and: integer'],
  ['yes and one', 'TypeError: unsupported operand type for and: integer'],
  ['"a" in text', "TypeError: The argument of 'in' must be a dict or an array; got: string"],
  ['"a" in nothing', "TypeError: The argument of 'in' must be a dict or an array; got: null"],
  ['1 / 0', 'ZeroDivisionError: division by zero'],
  ['1 // 0', 'ZeroDivisionError: division by zero'],
  ['1 % 0.0', 'ZeroDivisionError: division by zero'],
  ['9223372036854775807 + 1', 'ValueError: integer overflow: 9223372036854775808'],
])('%s raises %s', (source, expected) => {
  expect(failure(source)).toBe(expected);
});

test('and and or leave out the right side when the left one decides', () => {
  expect(plain('no and map.x')).toBe(false);
  expect(plain('yes or map.x')).toBe(true);
  expect(plain('"x" in map and map.x == 1')).toBe(false);
});

test.each([
  ['', "unexpected the end, in ''"],
  ['1 +', "unexpected the end, in '1 +'"],
  ['1 2', "unexpected '2' at 2, in '1 2'"],
  ['(1', "unexpected the end, want ')', in '(1'"],
  ['[1, 2', "unexpected the end, want ']', in '[1, 2'"],
  ['a.', "unexpected the end, in 'a.'"],
  ['a[0', "unexpected the end, want ']', in 'a[0'"],
  ['a = 1', "unexpected '=' at 2, in 'a = 1'"],
  ['a && b', "unexpected '&' at 2, in 'a && b'"],
  ['!a', "unexpected '!' at 0, in '!a'"],
  ['a ? b : c', "unexpected '?' at 2, in 'a ? b : c'"],
  ['{"a": 1}', "unexpected '{' at 0, in '{\"a\": 1}'"],
  ['"a" not in b', "unexpected 'not' at 4, in '\"a\" not in b'"],
  ['f(a: 1)', "unexpected ':' at 3, in 'f(a: 1)'"],
  ['"unclosed', "unexpected '\"' at 0, in '\"unclosed'"],
  ['"\\x"', "unknown escape '\\x' in \"\\x\""],
  ['a[0]()', "only a function can be called, in 'a[0]()'"],
  ['9223372036854775808', '9223372036854775808 is no 64-bit integer'],
  ['1.5.2', "unexpected '2' at 4, in '1.5.2'"],
  ['And', 'none'],
])('%s is no expression: %s', (source, expected) => {
  const parse = () => parseExpression(source);
  if (expected === 'none') expect(parse).not.toThrow();
  else expect(parse).toThrow(new SyntaxFault(expected));
});

test('only a text that is ${…} as a whole is an expression', () => {
  expect(expressionIn('${a}')).toBe('a');
  expect(expressionIn('x${a}')).toBeUndefined();
  expect(expressionIn('${a} ')).toBeUndefined();
});

test('the target of an assignment is a variable or a place in one', () => {
  expect(parseTarget('a')).toEqual({ name: 'a', path: [] });
  expect(parseTarget('a.b[0]["c d"][i + 1]')).toEqual({
    name: 'a',
    path: [{ kind: 'literal', value: 'b' }, { kind: 'literal', value: 0n }, { kind: 'literal', value: 'c d' }, parseExpression('i + 1')],
  });
  expect(() => parseTarget('a + b')).toThrow(new SyntaxFault("unexpected '+' at 2, in 'a + b'"));
  expect(() => parseTarget('f(a)')).toThrow(new SyntaxFault("cannot assign to 'f(a)'"));
  expect(() => parseTarget('"a"')).toThrow(new SyntaxFault("cannot assign to '\"a\"'"));
});

const OPERATORS = ['or', 'and', '<', '<=', '>', '>=', '==', '!=', 'in', '+', '-', '*', '/', '//', '%'] as const;
const TOKENS = [...OPERATORS, 'not', '(', ')', '[', ']', ',', '.', 'a', '1', '1.5', '"s"', 'null', 'if'];
const TIGHTNESS: Record<string, number> = {
  'or': 1, 'and': 2, '<': 3, '<=': 3, '>': 3, '>=': 3, '==': 3, '!=': 3, 'in': 3, '+': 4, '-': 4, '*': 5, '/': 5, '//': 5, '%': 5,
};

describe('for any expression', () => {
  const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,4}$/).filter((each) => !['and', 'or', 'not', 'in', 'true', 'false', 'null'].includes(each));
  const literal = fc.oneof(
    fc.constantFrom(null, true, false),
    fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    fc.integer({ min: 0, max: 1e6 }).map((each) => each + 0.5),
    fc.string({ unit: 'grapheme' }),
  ).map((each): Expression => ({ kind: 'literal', value: each }));
  const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
    expression: fc.oneof({ depthSize: 'small', withCrossShrink: true },
      literal,
      name.map((each): Expression => ({ kind: 'name', name: each })),
      fc.array(tie('expression'), { maxLength: 2 }).map((items): Expression => ({ kind: 'list', items })),
      fc.tuple(tie('expression'), name).map(([of, key]): Expression => ({ kind: 'member', of, key })),
      fc.tuple(tie('expression'), tie('expression')).map(([of, at]): Expression => ({ kind: 'index', of, at })),
      fc.tuple(name, fc.array(tie('expression'), { maxLength: 2 })).map(([callee, args]): Expression => ({ kind: 'call', callee: `${callee}.x`, args })),
      fc.tuple(fc.constantFrom('not' as const, '-' as const), tie('expression')).map(([operator, operand]): Expression => ({ kind: 'unary', operator, operand })),
      fc.tuple(fc.constantFrom(...OPERATORS), tie('expression'), tie('expression'))
        .map(([operator, left, right]): Expression => ({ kind: 'binary', operator, left, right })),
    ),
  }));

  test('what is written with the fewest parentheses is read as it was meant', () => {
    fc.assert(fc.property(expression, (each) => {
      expect(parseExpression(written(each))).toEqual(each);
    }));
  });

  test('spaces do not matter', () => {
    fc.assert(fc.property(expression, fc.constantFrom(' ', '\n', '\t  '), (each, space) => {
      expect(parseExpression(`${space}${written(each)}${space}`)).toEqual(each);
    }));
  });

  test('any other text is refused as a fault of syntax, and never breaks the parser', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(fc.constantFrom(...TOKENS)).map((each) => each.join(' '))), (text) => {
      try {
        parseExpression(text);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxFault);
      }
    }));
  });

  test('floor division and remainder fit together, and have the sign of the divisor', () => {
    const small = fc.integer({ min: -50, max: 50 });
    fc.assert(fc.property(small, small.filter((each) => each !== 0), (a, b) => {
      const [quotient, rest] = [plain(`(${a}) // (${b})`), plain(`(${a}) % (${b})`)];
      expect(quotient * b + rest).toBe(a);
      expect(quotient).toBe(Math.floor(a / b) + 0);
      expect(rest === 0 || Math.sign(rest) === Math.sign(b)).toBe(true);
    }));
  });
});

/** An expression as text; parentheses only where the order of the operators needs them. */
function written(expression: Expression, least = 0): string {
  switch (expression.kind) {
    case 'literal': return typeof expression.value === 'string' ? quoted(expression.value) : String(expression.value);
    case 'name': return expression.name;
    case 'list': return `[${expression.items.map((each) => written(each)).join(', ')}]`;
    case 'member': return `${written(expression.of, 8)}.${expression.key}`;
    case 'index': return `${written(expression.of, 8)}[${written(expression.at)}]`;
    case 'call': return `${expression.callee}(${expression.args.map((each) => written(each)).join(', ')})`;
    case 'unary': {
      const own = expression.operator === '-' ? 6 : 7;
      return enclosed(`${expression.operator} ${written(expression.operand, own)}`, own < least);
    }
    case 'binary': {
      const own = TIGHTNESS[expression.operator];
      return enclosed(`${written(expression.left, own)} ${expression.operator} ${written(expression.right, own + 1)}`, own < least);
    }
  }
}

const enclosed = (text: string, needed: boolean) => needed ? `(${text})` : text;
const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
