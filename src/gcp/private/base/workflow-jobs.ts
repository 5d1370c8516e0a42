import { Routine } from './workflow';
import { get, IS_UNKNOWN, log, MESSAGE_OF_ERROR, post, postAgain, sleep, steps } from './workflow-steps';

/**
 * Waits for the end of a job, a custom one, a pipeline or a batch prediction: they are no operations, so the state is
 * asked for. Gives the job, or null where it took too long; then it is cancelled, because it costs until it ends.
 *
 * A look that fails says nothing of the job, which goes on: an hour of such looks is told, and only a week of them ends
 * the wait.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/JobState
 */
export function followJob(host: string): { readonly [name: string]: Routine } {
  return {
    follow_job: {
      params: ['name', 'ends', 'poll_seconds', { until: 0 }],
      steps: steps({
        follow: {
          call: 'look_at_job',
          args: { name: '${name}', ends: '${ends}', poll_seconds: '${poll_seconds}', until: '${until}' },
          result: 'ended',
        },
        late: {
          switch: [
            {
              condition: '${ended == null}',
              steps: steps({ stop: { call: 'cancel_job', args: { name: '${name}' } } }),
            },
          ],
        },
        done: { return: '${ended}' },
      }),
    },
    // A look takes three steps: an execution has 100,000, and a training many weeks.
    look_at_job: {
      params: ['name', 'ends', 'poll_seconds', 'until'],
      steps: steps({
        begin: { assign: [{ blind_since: 0 }, { last_blind: 0 }, { told: false }, { seen: { body: {} } }] },
        wait: sleep('${poll_seconds}'),
        look: {
          ...get({ url: `\${"https://${host}/v1/" + name}`, result: 'seen' }),
          except: {
            as: 'error',
            steps: steps({
              // Looks that fail one after the other lie a pause and the repetitions of a request apart.
              blind: {
                assign: [
                  { blind_since: '${if(sys.now() - last_blind > poll_seconds + 1200, sys.now(), blind_since)}' },
                  { last_blind: '${sys.now()}' },
                  { blind_for: '${last_blind - blind_since}' },
                  { seen: { body: { state: 'unknown' } } },
                ],
              },
              tell: {
                switch: [
                  {
                    condition: '${blind_for > 3600 and not(told)}',
                    steps: steps({
                      unseen: log('WARNING', {
                        mlops: 'job unseen',
                        job: '${name}',
                        reason: `\${${MESSAGE_OF_ERROR}}`,
                      }),
                      once: { assign: [{ told: true }] },
                    }),
                  },
                ],
              },
              patience: sleep(300),
              give_up: {
                switch: [
                  {
                    condition: `\${blind_for > ${BLIND_SECONDS}}`,
                    raise: {
                      message: `\${name + " could not be looked at for a week and may still run: " + ${MESSAGE_OF_ERROR}}`,
                    },
                  },
                ],
              },
            }),
          },
        },
        decide: {
          switch: [
            { condition: '${seen.body.state in ends}', return: '${seen.body}' },
            { condition: '${until > 0 and sys.now() > until}', return: null },
          ],
          next: 'wait',
        },
      }),
    },
    cancel_job: {
      params: ['name'],
      steps: steps({
        ask: {
          ...postAgain({ url: `\${"https://${host}/v1/" + name + ":cancel"}`, body: {} }),
          except: {
            as: 'error',
            steps: steps({
              tell: log('WARNING', { mlops: 'job left', job: '${name}', reason: `\${${MESSAGE_OF_ERROR}}` }),
            }),
          },
        },
      }),
    },
  };
}

const BLIND_SECONDS = 7 * 86_400;

/**
 * Makes a job and returns it. Where the answer is lost, the job is looked for by its display name, which is its own: a
 * second request would make a second job, and without a look the first would run unseen.
 *
 * @param collection `customJobs`, `pipelineJobs` or `batchPredictionJobs`, which is also what the list is called in the
 *   answer
 */
export function newJob(host: string, parent: string, collection: string): { readonly [name: string]: Routine } {
  const url = `https://${host}/v1/${parent}/${collection}`;
  return {
    new_job: {
      params: ['job'],
      steps: steps({
        begin: { assign: [{ none: [] }, { why: '' }, { until: 0 }, { listed: { body: {} } }] },
        create: {
          try: {
            steps: steps({
              send: post({ url, body: '${job}', result: 'created' }),
              made: { return: '${created.body}' },
            }),
          },
          except: {
            as: 'error',
            steps: steps({
              refused: { switch: [{ condition: `\${not(${IS_UNKNOWN})}`, raise: '${error}' }] },
              lost: { assign: [{ why: `\${${MESSAGE_OF_ERROR}}` }, { until: '${sys.now() + 600}' }] },
            }),
          },
        },
        pause: sleep(30),
        look: {
          ...get({
            url,
            query: { filter: '${"display_name=\\"" + job.displayName + "\\""}', pageSize: 1 },
            result: 'listed',
          }),
          except: { as: 'error', steps: steps({ not_seen: { assign: [{ listed: { body: {} } }] } }) },
        },
        found: { assign: [{ found: `\${default(map.get(listed.body, "${collection}"), none)}` }] },
        decide: {
          switch: [
            { condition: '${len(found) > 0}', return: '${found[0]}' },
            { condition: '${sys.now() > until}', raise: { message: '${job.displayName + " was not made: " + why}' } },
          ],
          next: 'pause',
        },
      }),
    },
  };
}

/**
 * Runs a custom job of Vertex AI to its end and returns it. A job that failed for reasons of the cloud (its machine was
 * taken away, an internal error) is made anew so often as `retries` says. After `max_seconds`, waiting for machines and
 * retries included, it is cancelled; 0 leaves the time to the service.
 */
export function runCustomJob(host: string, parent: string): { readonly [name: string]: Routine } {
  return {
    run_custom_job: {
      params: ['job', { retries: 0 }, { poll_seconds: 30 }, { max_seconds: 0 }],
      steps: steps({
        first: {
          assign: [
            { attempt: 0 },
            { display_name: '${job.displayName}' },
            { until: '${if(max_seconds > 0, sys.now() + max_seconds, 0)}' },
            { ends: ['JOB_STATE_SUCCEEDED', 'JOB_STATE_FAILED', 'JOB_STATE_CANCELLED', 'JOB_STATE_EXPIRED'] },
            // google.rpc.Code: 8 resource exhausted, 10 aborted, 13 internal, 14 unavailable. The container's own
            // failure is 3 or 9.
            { codes_of_the_cloud: [8, 10, 13, 14] },
            { no_error: {} },
          ],
        },
        create: { call: 'new_job', args: { job: '${job}' }, result: 'created' },
        follow: {
          call: 'follow_job',
          args: { name: '${created.name}', ends: '${ends}', poll_seconds: '${poll_seconds}', until: '${until}' },
          result: 'seen',
        },
        late: {
          switch: [
            {
              condition: '${seen == null}',
              raise: {
                message:
                  '${"custom job " + created.name + " was cancelled after " + string(max_seconds) + " seconds, waiting for machines included"}',
                job: '${created.name}',
              },
            },
          ],
        },
        well: { switch: [{ condition: '${seen.state == "JOB_STATE_SUCCEEDED"}', return: '${seen}' }] },
        ended: { assign: [{ error: '${default(map.get(seen, "error"), no_error)}' }] },
        again: {
          switch: [
            {
              condition:
                '${attempt < retries and seen.state == "JOB_STATE_FAILED" and default(map.get(error, "code"), 0) in codes_of_the_cloud}',
              steps: steps({
                count: {
                  assign: [
                    { attempt: '${attempt + 1}' },
                    { 'job.displayName': '${display_name + "-retry-" + string(attempt)}' },
                  ],
                },
                pause: { ...sleep(60), next: 'create' },
              }),
            },
          ],
        },
        fail: {
          raise: {
            message:
              '${"custom job " + created.name + " ended as " + seen.state + ": " + default(map.get(error, "message"), "")}',
            job: '${created.name}',
          },
        },
      }),
    },
    ...newJob(host, parent, 'customJobs'),
    ...followJob(host),
  };
}
