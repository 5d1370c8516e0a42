import { fail } from './errors';
import { BinaryOperator, Expression, expressionIn, parseExpression } from './expression';
import { isMap, isNumber, kindOf, same, Value } from './values';

/** What an expression reads from around it. */
export interface Surroundings {
  variable(name: string): Value;
  call(callee: string, args: Value[]): Value;
}

/** A value of the definition with every `${…}` in it computed, those in the keys of maps too. */
export function evaluateIn(json: unknown, around: Surroundings): Value {
  if (json === null || json === undefined) return null;
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json;
  if (typeof json === 'boolean') return json;
  if (typeof json === 'string') {
    const source = expressionIn(json);
    return source === undefined ? json : evaluate(parseExpression(source), around);
  }
  if (Array.isArray(json)) return json.map((each) => evaluateIn(each, around));
  return new Map(Object.entries(json).map(([key, each]) => {
    const name = evaluateIn(key, around);
    if (typeof name !== 'string') return fail('TypeError', `the key of a map must be a string; got: ${kindOf(name)}`);
    return [name, evaluateIn(each, around)];
  }));
}

export function evaluate(expression: Expression, around: Surroundings): Value {
  switch (expression.kind) {
    case 'literal': return expression.value;
    case 'name': return around.variable(expression.name);
    case 'list': return expression.items.map((each) => evaluate(each, around));
    case 'member': return entryOf(evaluate(expression.of, around), expression.key);
    case 'index': return entryOf(evaluate(expression.of, around), evaluate(expression.at, around));
    case 'call': return around.call(expression.callee, expression.args.map((each) => evaluate(each, around)));
    case 'unary': return unary(expression.operator, evaluate(expression.operand, around));
    case 'binary': return binary(expression.operator, expression.left, expression.right, around);
  }
}

/** The element of a list or map: a missing key is a KeyError, never null. */
export function entryOf(of: Value, at: Value): Value {
  if (isMap(of)) {
    if (typeof at !== 'string') return fail('TypeError', `the key of a map must be a string; got: ${kindOf(at)}`);
    return of.has(at) ? of.get(at)! : fail('KeyError', `key not found: ${at}`);
  }
  if (Array.isArray(of)) {
    if (typeof at !== 'bigint') return fail('TypeError', `the index of a list must be an integer; got: ${kindOf(at)}`);
    return at >= 0n && at < BigInt(of.length) ? of[Number(at)] : fail('IndexError', `index out of range: ${at}`);
  }
  return fail('TypeError', `only a map or a list has elements; got: ${kindOf(of)}`);
}

function unary(operator: 'not' | '-', value: Value): Value {
  if (operator === 'not') return !truth('not', value);
  if (typeof value === 'bigint') return wrapped(-value);
  return typeof value === 'number' ? -value : mismatch('-', value);
}

function binary(operator: BinaryOperator, leftSide: Expression, rightSide: Expression, around: Surroundings): Value {
  const left = evaluate(leftSide, around);
  if (operator === 'and') return truth('and', left) && truth('and', evaluate(rightSide, around));
  if (operator === 'or') return truth('or', left) || truth('or', evaluate(rightSide, around));
  const right = evaluate(rightSide, around);
  switch (operator) {
    case 'in': return isIn(left, right);
    case '==': return equal(left, right);
    case '!=': return !equal(left, right);
    case '<': case '<=': case '>': case '>=': return ordered(operator, left, right);
    case '+': if (typeof left === 'string' && typeof right === 'string') return left + right;
  }
  return isNumber(left) && isNumber(right) ? arithmetic(operator, left, right) : mismatch(operator, left, right);
}

/** A logical operator works on booleans alone; nothing is taken for true. */
function truth(operator: string, value: Value): boolean {
  return typeof value === 'boolean' ? value : mismatch(operator, value);
}

function isIn(key: Value, collection: Value): boolean {
  if (Array.isArray(collection)) return collection.some((each) => same(each, key));
  if (isMap(collection)) return typeof key === 'string' && collection.has(key);
  return fail('TypeError', `The argument of 'in' must be a dict or an array; got: ${kindOf(collection)}`);
}

/**
 * Two numbers or two values of one kind compare, and anything compares with null; the rest is a mistake in the
 * definition.
 */
function equal(left: Value, right: Value): boolean {
  const comparable = left === null || right === null || kindOf(left) === kindOf(right) || (isNumber(left) && isNumber(right));
  return comparable ? same(left, right) : mismatch('==', left, right);
}

function ordered(operator: '<' | '<=' | '>' | '>=', left: Value, right: Value): boolean {
  const comparable = (isNumber(left) && isNumber(right)) || (typeof left === 'string' && typeof right === 'string');
  if (!comparable) return mismatch(operator, left, right);
  switch (operator) {
    case '<': return left < right;
    case '<=': return left <= right;
    case '>': return left > right;
    case '>=': return left >= right;
  }
}

function arithmetic(operator: '+' | '-' | '*' | '/' | '//' | '%', left: bigint | number, right: bigint | number): bigint | number {
  if (['/', '//', '%'].includes(operator) && right == 0) return fail('ZeroDivisionError', 'division by zero');
  if (operator === '/') return Number(left) / Number(right);
  if (typeof left === 'bigint' && typeof right === 'bigint') return wrapped(integers(operator, left, right));
  const [a, b] = [Number(left), Number(right)];
  switch (operator) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '//': return Math.floor(a / b);
    case '%': return a - b * Math.floor(a / b);
  }
}

function integers(operator: '+' | '-' | '*' | '//' | '%', a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '//': return floored(a, b);
    case '%': return a - b * floored(a, b);
  }
}

const floored = (a: bigint, b: bigint) => a / b - (a % b !== 0n && (a < 0n) !== (b < 0n) ? 1n : 0n);

/** An integer has 64 bits; the service gives an error for a result that does not fit. */
function wrapped(value: bigint): bigint {
  return BigInt.asIntN(64, value) === value ? value : fail('ValueError', `integer overflow: ${value}`);
}

/**
 * The vendor's table lets `+` turn numbers and booleans into text beside a string, its cheat sheet uses `string()` for
 * it. Here it is an error: what passes with `string()` passes under both.
 */
function mismatch(operator: string, ...values: Value[]): never {
  const kinds = values.map(kindOf);
  const hint = operator === '+' && kinds.includes('string') ? ' (write string(…))' : '';
  return fail('TypeError', `unsupported operand type for ${operator}: ${kinds.join(' and ')}${hint}`);
}
