const BACKOFF = { initial_delay: 2, max_delay: 60, multiplier: 2 };

/** Name of the sub-workflow that every workflow has. */
export const MAY_TRY_AGAIN_NAME = 'may_try_again';

/** The same for what would be made twice. */
export const MAY_SEND_AGAIN_NAME = 'may_send_again';

/**
 * Whether a request that a second one does not harm is sent again: the library's own predicate, and with it 500, which
 * Google's services answer when something of theirs broke, 403, because a permission takes minutes to be in force
 * everywhere, and 409, because another change of the same thing comes to an end.
 *
 * @see https://cloud.google.com/workflows/docs/reference/stdlib/http/default_retry_predicate
 * @see https://cloud.google.com/iam/docs/access-change-propagation
 */
export const MAY_TRY_AGAIN = predicate(
  [403, 408, 409, 429, 500, 502, 503, 504],
  ['ConnectionError', 'ConnectionFailedError', 'TimeoutError'],
);

/** The same for what would be made twice: only where the service says that it did nothing, or was not reached. */
export const MAY_SEND_AGAIN = predicate([403, 429, 503], ['ConnectionFailedError']);

function predicate(codes: readonly number[], tags: readonly string[]) {
  return {
    params: ['error'],
    steps: [
      { faults: { assign: [{ passing_codes: codes }, { passing_tags: tags }, { no_tags: [] }] } },
      { code: { switch: [{ condition: '${default(map.get(error, "code"), 0) in passing_codes}', return: true }] } },
      {
        each_tag: {
          for: {
            value: 'tag',
            in: '${default(map.get(error, "tags"), no_tags)}',
            steps: [{ passing: { switch: [{ condition: '${tag in passing_tags}', return: true }] } }],
          },
        },
      },
      { lasting: { return: false } },
    ],
  };
}

/**
 * Six minutes, for what a second request does not harm. `http.default_retry` gives up after eight seconds: a short
 * outage would end a training of days whose job goes on.
 *
 * @see https://cloud.google.com/workflows/docs/reference/syntax/retrying
 */
export const PATIENT = { predicate: `\${${MAY_TRY_AGAIN_NAME}}`, max_retries: 10, backoff: BACKOFF };

/** For what would be made twice. */
export const CAREFUL = { predicate: `\${${MAY_SEND_AGAIN_NAME}}`, max_retries: 10, backoff: BACKOFF };
