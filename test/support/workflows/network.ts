import { fail, Raised } from './errors';
import { LIMITS } from './limits';
import { fromJson, jsonText, kindOf, toPlain, Value, ValueMap } from './values';

/** A request that the workflow made, as plain values. What the step did not give is `{}` or undefined. */
export interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly query: Record<string, any>;
  readonly headers: Record<string, any>;
  readonly body: any;
  readonly auth: any;
  /** Seconds that the step allows, where it says so. */
  readonly timeout?: number;
}

/**
 * What a test answers: 200 with no body unless it says more. A code of 400 or above raises an HttpError in the
 * workflow.
 */
export interface HttpReply {
  readonly code?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/**
 * The test's side of the network; `nth` counts all calls of the run from 0, `seconds` are those since its start. An
 * error that is returned or thrown is a lost connection.
 */
export type Respond = (call: HttpCall, nth: number, seconds: number) => HttpReply | Error;

/** The connection was never made: nothing arrived at the other side. */
export function connectionFailed(message = 'connection refused'): Error {
  return Object.assign(new Error(message), { name: 'ConnectionFailedError' });
}

/** No answer came within the timeout of the request. */
export function timedOut(message = 'the request timed out'): Error {
  return Object.assign(new Error(message), { name: 'TimeoutError' });
}

/** An error of the test itself, not of the network it plays: it fails the test instead of reaching the workflow. */
export class TestFault extends Error {}

type Answer = (call: HttpCall, nth: number) => HttpReply | Error;

/** Sends what an `http.…` step asks for, and gives the response as the step's result. */
export function send(method: string, args: ReadonlyMap<string, Value>, respond: Answer, calls: HttpCall[]): Value {
  const call = callOf(method, args);
  calls.push(call);
  const reply = replyTo(call, respond, calls.length - 1);
  if (reply instanceof Error) return broken(reply);
  const body = fromJson(reply.body);
  if (!(body instanceof Uint8Array) && Buffer.byteLength(jsonText(body)) > LIMITS.responseBytes) {
    return fail('ResourceLimitError', `the response is longer than ${LIMITS.responseBytes} bytes`);
  }
  const response: [string, Value][] = [
    ['body', body],
    ['code', BigInt(reply.code ?? 200)],
    ['headers', fromJson(reply.headers ?? {})],
  ];
  if ((reply.code ?? 200) >= 400) return fail('HttpError', `HTTP server responded with error code ${reply.code}`, response);
  return new Map(response);
}

function callOf(method: string, args: ReadonlyMap<string, Value>): HttpCall {
  const plain = Object.fromEntries([...args].map(([key, value]) => [key, toPlain(value)]));
  const timeout = plain.timeout;
  if (!/^https?:\/\/[^/\s]+/.test(plain.url)) return fail('ValueError', `invalid URL: ${plain.url}`);
  if (timeout !== undefined && (timeout <= 0 || timeout > 1800)) return fail('ValueError', `timeout must be above 0 and at most 1800, got ${timeout}`);
  for (const [name, value] of Object.entries(plain.headers ?? {})) {
    if (typeof value !== 'string') return fail('TypeError', `header '${name}' must be a string`);
  }
  for (const [name, value] of args.has('query') ? args.get('query') as ValueMap : []) {
    const kind = kindOf(value);
    if (['null', 'map', 'bytes'].includes(kind)) return fail('TypeError', `query '${name}' must be text, a number, a boolean or a list; got: ${kind}`);
  }
  checkAuth(plain.auth, plain.url);
  const { url, query = {}, headers = {}, body, auth } = plain;
  return { method, url, query, headers, body, auth, ...(timeout && { timeout }) };
}

/** The service sends an access token to Google's own hosts alone.
 * @see https://cloud.google.com/workflows/docs/authenticate-from-workflow */
function checkAuth(auth: any, url: string): void {
  if (auth === undefined) return;
  if (!['OAuth2', 'OIDC'].includes(auth.type)) fail('ValueError', `auth.type must be OAuth2 or OIDC, got ${auth.type}`);
  const host = /^https?:\/\/([^/:?#]+)/.exec(url)![1];
  if (auth.type === 'OAuth2' && !/(^|\.)googleapis\.com$/.test(host)) fail('ValueError', `OAuth2 works for hosts of googleapis.com alone, got ${host}`);
}

function replyTo(call: HttpCall, respond: Answer, nth: number): HttpReply | Error {
  try {
    return respond(call, nth);
  } catch (error) {
    if (!(error instanceof Error) || isOfTheTest(error)) throw error;
    return error;
  }
}

/** A failed `expect` or a slip in the stub must fail the test, not look like weather on the network. */
function isOfTheTest(error: Error): boolean {
  return error instanceof TestFault || error instanceof Raised || 'matcherResult' in error
    || ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'AssertionError'].includes(error.name);
}

function broken(error: Error): never {
  const tag = error.name === 'ConnectionFailedError' || error.name === 'TimeoutError' ? error.name : 'ConnectionError';
  return fail(tag, error.message);
}
