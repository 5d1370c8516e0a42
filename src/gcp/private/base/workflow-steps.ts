import { Routine, Step } from './workflow';
import { CAREFUL, PATIENT } from './workflow-retry';

/**
 * A call of one of Google's APIs with the workflow's own identity; faults of the network and of the service are tried
 * again.
 */
export interface ApiCall {
  readonly url: string;
  readonly body?: unknown;
  /** Parameters by their names, or an expression of such a map. */
  readonly query?: { readonly [name: string]: unknown } | string;
  readonly headers?: { readonly [name: string]: string };
  /** Variable that gets the answer: `code`, `headers`, `body`. */
  readonly result?: string;
}

const OAUTH = { type: 'OAuth2' };

/** Reads. */
export function get(call: ApiCall): { readonly [key: string]: unknown } {
  return request('get', call, PATIENT);
}

/** Makes something: tried again only where nothing was made, or there would be two. */
export function post(call: ApiCall): { readonly [key: string]: unknown } {
  return request('post', call, CAREFUL);
}

/** Asks for what a second request leaves as it is: a name, the end of a job. */
export function postAgain(call: ApiCall): { readonly [key: string]: unknown } {
  return request('post', call, PATIENT);
}

/** Changes something into a state that is given in full. */
export function patch(call: ApiCall): { readonly [key: string]: unknown } {
  return request('patch', call, PATIENT);
}

function request(method: string, call: ApiCall, retry: unknown): { readonly [key: string]: unknown } {
  const { result, ...given } = call;
  return {
    try: { call: `http.${method}`, args: { ...given, auth: OAUTH }, ...(result === undefined ? {} : { result }) },
    retry,
  };
}

/** Sleeps, in seconds; a number or an expression. */
export function sleep(seconds: number | string): { readonly [key: string]: unknown } {
  return { call: 'sys.sleep', args: { seconds } };
}

/** Writes a structured line into Cloud Logging, which alert policies can wait for. */
export function log(
  severity: 'INFO' | 'NOTICE' | 'WARNING' | 'ERROR' | 'CRITICAL',
  json: { readonly [key: string]: unknown },
): { readonly [key: string]: unknown } {
  return { call: 'sys.log', args: { severity, json } };
}

/**
 * Waits for a long-running operation, of Vertex AI unless the version of the API says otherwise, and returns its
 * response; one that failed is raised.
 *
 * A look that fails says nothing of the operation: only its own deadline ends the wait. What is raised then is marked
 * `unknown`, because the operation may still come to its end.
 */
export function waitForOperation(host: string, apiVersion: string = 'v1'): Routine {
  return {
    params: ['operation', { poll_seconds: 15 }, { max_seconds: OPERATION_SECONDS }],
    steps: steps({
      begin: { assign: [{ until: '${sys.now() + max_seconds}' }, { unseen: '' }, { answer: { body: {} } }] },
      look: {
        ...get({ url: `\${"https://${host}/${apiVersion}/" + operation}`, result: 'answer' }),
        except: {
          as: 'error',
          steps: steps({
            not_seen: { assign: [{ unseen: `\${", last look: " + ${MESSAGE_OF_ERROR}}` }, { answer: { body: {} } }] },
          }),
        },
      },
      decide: {
        switch: [
          { condition: '${"error" in answer.body}', raise: '${answer.body.error}' },
          {
            condition: '${default(map.get(answer.body, "done"), false)}',
            return: '${map.get(answer.body, "response")}',
          },
          {
            condition: '${sys.now() > until}',
            raise: {
              unknown: true,
              message: '${operation + " did not end within " + string(int(max_seconds / 60)) + " minutes" + unseen}',
            },
          },
        ],
      },
      wait: { ...sleep('${poll_seconds}'), next: 'look' },
    }),
  };
}

/** An operation that takes longer has never been seen to end: a deployment with GPUs may take an hour. */
const OPERATION_SECONDS = 4 * 3600;

/** The message of `error`, as an expression without its braces. */
export const MESSAGE_OF_ERROR = 'default(map.get(error, "message"), json.encode_to_string(error))';

/**
 * Whether `error` leaves open if the request had its effect: no answer, an answer that something broke, or an operation
 * that nobody saw end. An expression without its braces.
 */
export const IS_UNKNOWN =
  'default(map.get(error, "unknown"), "tags" in error and default(map.get(error, "code"), 500) >= 500)';

/** Reads a JSON object of Cloud Storage, at most 2 MB; null where there is none. */
export const READ_JSON: Routine = {
  params: ['bucket', 'name'],
  steps: steps({
    read: {
      try: {
        call: 'http.get',
        args: {
          url: '${"https://storage.googleapis.com/storage/v1/b/" + bucket + "/o/" + text.url_encode(name)}',
          query: { alt: 'media' },
          auth: OAUTH,
        },
        result: 'answer',
      },
      retry: PATIENT,
      except: {
        as: 'error',
        steps: steps({
          missing: { switch: [{ condition: '${default(map.get(error, "code"), 0) == 404}', return: null }] },
          other: { raise: '${error}' },
        }),
      },
    },
    // The media type decides whether the service has parsed it.
    parsed: { switch: [{ condition: '${get_type(answer.body) == "map"}', return: '${answer.body}' }] },
    parse: { return: '${json.decode(answer.body)}' },
  }),
};

/**
 * What comes after an error: where the thing that was asked for is missing, a variable says so; everything else is
 * raised.
 *
 * @param id keeps the names of the steps apart
 */
export function unlessMissing(id: string, variable: string, value: unknown): Except {
  return {
    as: 'error',
    steps: steps({
      [`other_than_missing_${id}`]: { switch: [{ condition: '${default(map.get(error, "code"), 0) != 404}', raise: '${error}' }] },
      [`missing_${id}`]: { assign: [{ [variable]: value }] },
    }),
  };
}

/**
 * The same for an alias. No page says what one is answered that no version has: 404, as names are, or 400 with words to
 * that effect. Such words count for an alias alone: a question about anything else that is refused as wrong is a fault
 * of the question.
 */
export function unlessUnknownAlias(id: string, variable: string, value: unknown): Except {
  return {
    as: 'error',
    steps: steps({
      [`error_of_${id}`]: {
        assign: [{ code: '${default(map.get(error, "code"), 0)}' }, { said: '${text.to_lower(json.encode_to_string(default(map.get(error, "body"), "")))}' }],
      },
      [`other_than_missing_${id}`]: {
        switch: [{ condition: '${code != 404 and not(code == 400 and text.match_regex(said, "not_found|not found|n.t exist|not exist|no such|no version"))}', raise: '${error}' }],
      },
      [`missing_${id}`]: { assign: [{ [variable]: value }] },
    }),
  };
}

interface Except {
  readonly as: string;
  readonly steps: Step[];
}

/** Steps in the order in which an object names them. */
export function steps(named: { readonly [name: string]: { readonly [key: string]: unknown } }): Step[] {
  return Object.entries(named).map(([name, body]) => ({ [name]: body }));
}
