import { Value } from '../values';
import { builtin, Builtin, Parameter } from './builtin';

const COMMON = 'headers?: map, query?: map, auth?: map, timeout?: number, private_service_name?: string, ca_certificate?: bytes';

/** @see https://cloud.google.com/workflows/docs/reference/stdlib/http/request (and its neighbours) */
export const HTTP: readonly Builtin[] = [
  ...['get', 'post', 'put', 'patch', 'delete'].map((verb) => request(`http.${verb}(url: string, ${verb === 'get' ? '' : 'body?: any, '}${COMMON})`, verb)),
  request(`http.request(method: string, url: string, body?: any, ${COMMON})`),
];

function request(signature: string, verb?: string): Builtin {
  const declared: Builtin = builtin(signature, (args, host) => {
    const pairs = declared.parameters.map((each: Parameter, at: number): [string, Value] => [each.name, args[at]]);
    const named = new Map(pairs.filter(([, value]) => value !== null));
    return host.http({ method: (verb ?? String(named.get('method'))).toUpperCase(), args: named });
  }, true);
  return declared;
}

/** How often and how patiently a `try` is repeated. */
export interface Backoff { readonly initialDelay: number; readonly maxDelay: number; readonly multiplier: number }

/** @see https://cloud.google.com/workflows/docs/reference/stdlib/retry/default_backoff */
export const DEFAULT_BACKOFF: Backoff = { initialDelay: 1, maxDelay: 60, multiplier: 1.25 };

/** The predicates of the library: codes of an HttpError, and tags.
 * @see https://cloud.google.com/workflows/docs/reference/stdlib/http/default_retry_predicate */
export const PREDICATES: Record<string, { readonly codes: readonly bigint[]; readonly tags: readonly string[] }> = {
  'http.default_retry_predicate': { codes: [429n, 502n, 503n, 504n], tags: ['ConnectionError', 'ConnectionFailedError', 'TimeoutError'] },
  'http.default_retry_predicate_non_idempotent': { codes: [429n, 503n], tags: ['ConnectionFailedError'] },
};

/** The whole policies of the library.
 * @see https://cloud.google.com/workflows/docs/reference/stdlib/http/default_retry */
export const POLICIES: Record<string, { readonly predicate: string; readonly maxRetries: number }> = {
  'http.default_retry': { predicate: 'http.default_retry_predicate', maxRetries: 5 },
  'http.default_retry_non_idempotent': { predicate: 'http.default_retry_predicate_non_idempotent', maxRetries: 5 },
};
