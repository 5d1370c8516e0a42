import { Routine } from './workflow';
import { get, log, post, postAgain, sleep, steps } from './workflow-steps';

/**
 * Waits for the end of a job, a custom one, a pipeline or a batch prediction: they are no operations, so the state is asked for. Gives the job, or null
 * where it took too long. A job that nobody waits for any more is cancelled, because it costs until it ends.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/JobState
 */
export function followJob(host: string): { readonly [name: string]: Routine } {
  return {
    follow_job: {
      params: ['name', 'ends', 'poll_seconds', { until: 0 }],
      steps: steps({
        follow: {
          try: { call: 'look_at_job', args: { name: '${name}', ends: '${ends}', poll_seconds: '${poll_seconds}', until: '${until}' }, result: 'ended' },
          except: {
            as: 'error',
            steps: steps({ give_up: { call: 'cancel_job', args: { name: '${name}' } }, fail: { raise: '${error}' } }),
          },
        },
        late: { switch: [{ condition: '${ended == null}', steps: steps({ stop: { call: 'cancel_job', args: { name: '${name}' } } }) }] },
        done: { return: '${ended}' },
      }),
    },
    look_at_job: {
      params: ['name', 'ends', 'poll_seconds', 'until'],
      steps: steps({
        wait: sleep('${poll_seconds}'),
        look: get({ url: `\${"https://${host}/v1/" + name}`, result: 'seen' }),
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
            steps: steps({ tell: log('WARNING', { mlops: 'job left', job: '${name}', reason: '${default(map.get(error, "message"), "unknown")}' }) }),
          },
        },
      }),
    },
  };
}

/**
 * Runs a custom job of Vertex AI to its end and returns it. A job that failed for reasons of the cloud (its machine was taken away, an internal
 * error) is made anew so often as `retries` says. After `max_seconds`, waiting for machines and retries included, it is cancelled; 0 leaves the
 * time to the service.
 */
export function runCustomJob(host: string, parent: string): { readonly [name: string]: Routine } {
  return {
    run_custom_job: {
      params: ['job', { retries: 0 }, { poll_seconds: 30 }, { max_seconds: 0 }],
      steps: steps({
        first: {
          assign: [
            { attempt: 0 },
            { until: '${if(max_seconds > 0, sys.now() + max_seconds, 0)}' },
            { ends: ['JOB_STATE_SUCCEEDED', 'JOB_STATE_FAILED', 'JOB_STATE_CANCELLED', 'JOB_STATE_EXPIRED'] },
            // google.rpc.Code: 8 resource exhausted, 10 aborted, 13 internal, 14 unavailable. The container's own failure is 3 or 9.
            { codes_of_the_cloud: [8, 10, 13, 14] },
            { no_error: {} },
          ],
        },
        create: post({ url: `https://${host}/v1/${parent}/customJobs`, body: '${job}', result: 'created' }),
        follow: { call: 'follow_job', args: { name: '${created.body.name}', ends: '${ends}', poll_seconds: '${poll_seconds}', until: '${until}' }, result: 'seen' },
        late: {
          switch: [{
            condition: '${seen == null}',
            raise: { message: '${"custom job " + created.body.name + " was cancelled after " + string(max_seconds) + " seconds, waiting for machines included"}', job: '${created.body.name}' },
          }],
        },
        well: { switch: [{ condition: '${seen.state == "JOB_STATE_SUCCEEDED"}', return: '${seen}' }] },
        ended: { assign: [{ error: '${default(map.get(seen, "error"), no_error)}' }] },
        again: {
          switch: [{
            condition: '${attempt < retries and seen.state == "JOB_STATE_FAILED" and default(map.get(error, "code"), 0) in codes_of_the_cloud}',
            steps: steps({ count: { assign: [{ attempt: '${attempt + 1}' }] }, pause: { ...sleep(60), next: 'create' } }),
          }],
        },
        fail: { raise: { message: '${"custom job " + created.body.name + " ended as " + seen.state + ": " + default(map.get(error, "message"), "")}', job: '${created.body.name}' } },
      }),
    },
    ...followJob(host),
  };
}
