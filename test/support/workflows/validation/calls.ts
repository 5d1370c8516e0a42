import { expressionIn } from '../expression';
import { LIBRARY } from '../library';
import { Parameter } from '../library/builtin';
import type { Body } from '../machine';
import { fromJson, kindOf } from '../values';
import { checkValue, Place, routineOf, unknown } from './expressions';

/** Checks a `call` step: what is called, and its arguments by name. */
export function checkCallStep(body: Body, place: Place): void {
  const { call, args } = body;
  if (args !== undefined && (typeof args !== 'object' || args === null || Array.isArray(args))) return place.report("'args' must be a map");
  checkValue(args, place);
  if (typeof call !== 'string' || expressionIn(call) !== undefined) return place.report("'call' must be the name of a function");
  const known = LIBRARY.get(call);
  const routine = routineOf(call, place);
  if (known) {
    checkArguments(call, args ?? {}, known.parameters, place);
  } else if (routine) {
    const parameters = (Array.isArray(routine.params) ? routine.params : []).map((each) => typeof each === 'string'
      ? { name: each, optional: false, kinds: ['any'] }
      : { name: Object.keys(each ?? {})[0], optional: true, kinds: ['any'] });
    checkArguments(call, args ?? {}, parameters, place);
  } else {
    place.report(unknown(call));
  }
  if (call.startsWith('http.')) checkRequest(args ?? {}, place);
}

function checkArguments(call: string, args: Record<string, unknown>, parameters: readonly Parameter[], place: Place): void {
  for (const [name, value] of Object.entries(args)) {
    const parameter = parameters.find((each) => each.name === name);
    if (!parameter) place.report(`'${call}' has no argument '${name}'`);
    else if (!accepts(parameter, value)) place.report(`'${call}': '${name}' must be ${parameter.kinds.join(' or ')}, got ${kindOf(fromJson(value))}`);
  }
  for (const { name, optional } of parameters) {
    if (!optional && !(name in args)) place.report(`'${call}' needs the argument '${name}'`);
  }
}

/** What an expression gives is known at run time only; a literal is known now. */
function accepts({ kinds }: Parameter, value: unknown): boolean {
  if (kinds.includes('any') || (typeof value === 'string' && expressionIn(value) !== undefined)) return true;
  return kinds.includes(kindOf(fromJson(value)));
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];
const AUTH_KEYS = ['type', 'scope', 'scopes', 'audience'];

/** @see https://cloud.google.com/workflows/docs/reference/stdlib/http/request */
function checkRequest(args: any, place: Place): void {
  const { auth, method, timeout, url } = args;
  const literal = (value: unknown) => value !== undefined && !(typeof value === 'string' && expressionIn(value) !== undefined);
  if (literal(method) && !METHODS.includes(method)) place.report(`'method' must be one of ${METHODS.join(', ')}, got ${method}`);
  if (literal(timeout) && !(timeout > 0 && timeout <= 1800)) place.report(`'timeout' must be above 0 and at most 1800, got ${timeout}`);
  if (literal(url) && !/^https?:\/\//.test(url)) place.report(`'url' must begin with http:// or https://, got ${url}`);
  if (!literal(auth) || typeof auth !== 'object' || auth === null) return;
  if (literal(auth.type) && !['OAuth2', 'OIDC'].includes(auth.type)) place.report(`'auth.type' must be OAuth2 or OIDC, got ${auth.type}`);
  if (auth.type === undefined) place.report("'auth' needs a 'type'");
  Object.keys(auth).filter((each) => !AUTH_KEYS.includes(each)).forEach((each) => place.report(`unknown key 'auth.${each}'`));
}
