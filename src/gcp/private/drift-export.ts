import { Routine } from './workflow';
import { get, post, sleep, steps } from './workflow-steps';

/**
 * Runs a query job of BigQuery to its end and returns the job; null when a table of it does not exist.
 *
 * @see https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/insert
 */
export const BIGQUERY_JOB: Routine = {
  params: ['project', 'location', 'job', 'query'],
  steps: steps({
    insert: {
      ...post({
        url: '${"https://bigquery.googleapis.com/bigquery/v2/projects/" + project + "/jobs"}',
        body: {
          jobReference: { projectId: '${project}', jobId: '${job}', location: '${location}' },
          configuration: { query: '${query}', labels: { mlops: 'drift' } },
        },
      }),
      except: {
        as: 'error',
        steps: steps({
          // An answer that got lost: the job is there, and the next step finds it.
          repeated: { switch: [{ condition: '${default(map.get(error, "code"), 0) == 409}', next: 'look' }] },
          missing: { switch: [{ condition: '${default(map.get(error, "code"), 0) == 404}', return: null }] },
          other: { raise: '${error}' },
        }),
      },
    },
    look: get({
      url: '${"https://bigquery.googleapis.com/bigquery/v2/projects/" + project + "/jobs/" + job}', query: { location: '${location}' }, result: 'seen',
    }),
    is_done: { switch: [{ condition: '${seen.body.status.state != "DONE"}', steps: steps({ wait: { ...sleep(5), next: 'look' } }) }] },
    failed: {
      switch: [
        { condition: '${map.get(seen.body.status, ["errorResult", "reason"]) == "notFound"}', return: null },
        { condition: '${"errorResult" in seen.body.status}', raise: { message: '${"query " + job + " failed: " + seen.body.status.errorResult.message}' } },
      ],
    },
    answer: { return: '${seen.body}' },
  }),
};
