const BACKOFF = { initial_delay: 2, max_delay: 60, multiplier: 2 };

/** Name of the sub-workflow that every workflow has. */
export const MAY_TRY_AGAIN_NAME = 'may_try_again';

/**
 * Whether a request that a second one does not harm is sent again: the library's own predicate, and 500 with it, which Google's services answer
 * when something of theirs broke.
 *
 * @see https://cloud.google.com/workflows/docs/reference/stdlib/http/default_retry_predicate
 */
export const MAY_TRY_AGAIN = {
  params: ['error'],
  steps: [
    {
      faults: {
        assign: [
          { passing_codes: [429, 500, 502, 503, 504] },
          { passing_tags: ['ConnectionError', 'ConnectionFailedError', 'TimeoutError'] },
          { no_tags: [] },
        ],
      },
    },
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

/**
 * Six minutes, for what a second request does not harm. `http.default_retry` gives up after eight seconds: a short outage would end a training of
 * days whose job goes on.
 *
 * @see https://cloud.google.com/workflows/docs/reference/syntax/retrying
 */
export const PATIENT = { predicate: `\${${MAY_TRY_AGAIN_NAME}}`, max_retries: 10, backoff: BACKOFF };

/** For what would be made twice: tried again only where the service says that it did nothing (429, 503), or was not reached. */
export const CAREFUL = { predicate: '${http.default_retry_predicate_non_idempotent}', max_retries: 5, backoff: BACKOFF };
