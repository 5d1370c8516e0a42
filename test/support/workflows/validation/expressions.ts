import { Expression, expressionIn, parseExpression, SyntaxFault } from '../expression';
import { isBeyond, LIBRARY } from '../library';
import { POLICIES, PREDICATES } from '../library/http';
import { LIMITS } from '../limits';
import type { Routine } from '../machine';
import { Names } from './names';

/** Where an expression stands: what it can name, and where to report what is wrong with it. */
export interface Place {
  readonly routines: Readonly<Record<string, Routine>>;
  readonly names: Names;
  report(problem: string): void;
}

/** Checks every `${…}` in a value of the definition, in the keys of maps too. */
export function checkValue(value: unknown, place: Place): void {
  if (typeof value === 'string') {
    checkText(value, place);
  } else if (Array.isArray(value)) {
    value.forEach((each) => checkValue(each, place));
  } else if (typeof value === 'object' && value !== null) {
    Object.entries(value).forEach(([key, each]) => { checkText(key, place); checkValue(each, place); });
  }
}

/** Parses and checks a text that may be `${…}`; gives the expression if it is one and can be read. */
export function checkText(text: string, place: Place): Expression | undefined {
  const source = expressionIn(text);
  if (source === undefined) {
    if (text.includes('${')) place.report(`text around an expression is not computed: ${shortened(text)}`);
    return undefined;
  }
  if (text.length > LIMITS.expressionCharacters) place.report(`an expression has ${text.length} characters, at most ${LIMITS.expressionCharacters}: ${shortened(text)}`);
  const expression = readable(() => parseExpression(source), place);
  if (expression) checkExpression(expression, place);
  return expression;
}

/** The result of a parser, or a report of why there is none. */
export function readable<T>(parse: () => T, place: Place): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    place.report(error.message);
    return undefined;
  }
}

export function checkExpression(expression: Expression, place: Place): void {
  switch (expression.kind) {
    case 'literal': return;
    case 'name': return place.names.has(expression.name) ? undefined : place.report(`symbol '${expression.name}' not found`);
    case 'list': return expression.items.forEach((each) => checkExpression(each, place));
    case 'member': return checkMember(expression, place);
    case 'index':
      checkExpression(expression.of, place);
      return checkExpression(expression.at, place);
    case 'unary': return checkExpression(expression.operand, place);
    case 'binary':
      checkExpression(expression.left, place);
      return checkExpression(expression.right, place);
    case 'call':
      expression.args.forEach((each) => checkExpression(each, place));
      return checkCall(expression.callee, expression.args.length, place);
  }
}

function checkMember(expression: Expression & { kind: 'member' }, place: Place): void {
  const path = `${expression.of.kind === 'name' ? expression.of.name : ''}.${expression.key}`;
  if (path in PREDICATES || path in POLICIES) return place.report(`'${path}' belongs into 'retry'`);
  if (LIBRARY.has(path) && !place.names.has(path.split('.')[0])) return place.report(`'${path}' is a function and must be called`);
  checkExpression(expression.of, place);
}

function checkCall(callee: string, given: number, place: Place): void {
  const known = LIBRARY.get(callee);
  if (known) {
    if (known.blocking) return place.report(`'${callee}' waits, so it needs a call step`);
    if (place.names.has(callee.split('.')[0]) && callee.includes('.')) place.report(`'${callee}' is hidden by a variable of that name`);
    return checkCount(callee, given, known.parameters.filter((each) => !each.optional).length, known.parameters.length, place);
  }
  const routine = routineOf(callee, place);
  if (!routine) return place.report(unknown(callee));
  const parameters = Array.isArray(routine.params) ? routine.params : [];
  checkCount(callee, given, parameters.filter((each) => typeof each === 'string').length, parameters.length, place);
}

function checkCount(callee: string, given: number, least: number, most: number, place: Place): void {
  if (given >= least && given <= most) return;
  place.report(`'${callee}' takes ${least === most ? least : `${least} to ${most}`} arguments, got ${given}`);
}

/** A sub-workflow of the name; `main` cannot be called. */
export function routineOf(name: string, place: Place): Routine | undefined {
  return name !== 'main' && Object.hasOwn(place.routines, name) ? place.routines[name] : undefined;
}

export function unknown(callee: string): string {
  return isBeyond(callee) ? `'${callee}' is not covered by this interpreter` : `function '${callee}' not found`;
}

export const shortened = (text: string) => text.length > 80 ? `${text.slice(0, 77)}...` : text;
