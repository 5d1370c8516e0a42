import { DriftPlan } from './drift-plan';
import { Routine } from '../base/workflow';
import { get, post, sleep, steps } from '../base/workflow-steps';

/**
 * Writes the window's requests and answers of the live version as packed JSON lines, and returns how many there are;
 * where labels take days, those of the window that they are about as well. They lie below `capture/`, whose objects the
 * lake deletes, older versions too, when captured traffic has been kept long enough.
 *
 * Times and ids are literals of the statement: the pages on parameters name queries, and none names this statement.
 * They are what the workflow and Vertex AI have written, not what somebody sent.
 *
 * @see https://cloud.google.com/bigquery/docs/reference/standard-sql/export-statements
 */
export function exportWindow(plan: DriftPlan, real: boolean): Routine {
  const { projectId, region, captureTable, artifactBucket, labelDelayDays } = plan;
  const between = (start: string, end: string) =>
    `"logging_time >= TIMESTAMP '" + ${start} + "' AND logging_time < TIMESTAMP '" + ${end} + "'"`;
  const earlier = (time: string) => `\${time.format(time.parse(${time}) - ${labelDelayDays * 86_400})}`;
  const times = labelDelayDays === 0
    ? [{ window: `\${" WHERE " + ${between('window_start', 'window_end')}}` }]
    : [
      { truth_start: earlier('window_start') },
      { truth_end: earlier('window_end') },
      { window: `\${" WHERE (" + ${between('window_start', 'window_end')} + " OR " + ${between('truth_start', 'truth_end')} + ")"}` },
    ];
  return {
    params: ['run', 'window_start', 'window_end', 'deployed'],
    steps: steps({
      words: {
        assign: [
          { options: "/*.json.gz', format='JSON', compression='GZIP', overwrite=true) AS SELECT * FROM " },
          { source: `\`${captureTable}\`` },
          ...times,
          { version: real ? '${" AND deployed_model_id IN UNNEST(SPLIT(\'" + deployed + "\', \',\'))"}' : '' },
          { export: `\${"EXPORT DATA OPTIONS(uri='gs://${artifactBucket}/capture/drift/" + run + options + source + window + version}` },
        ],
      },
      query: {
        call: 'bigquery_job',
        args: {
          project: projectId,
          location: region,
          // The name makes it one job, however often the call is repeated.
          job: '${"drift_" + run}',
          query: { query: '${export}', useLegacySql: false },
        },
        result: 'done',
      },
      // The table comes with the first request that is captured.
      is_there: { switch: [{ condition: '${done == null}', return: 0 }] },
      count: { return: '${int(default(map.get(done, ["statistics", "query", "exportDataStatistics", "rowCount"]), "0"))}' },
    }),
  };
}

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
      url: '${"https://bigquery.googleapis.com/bigquery/v2/projects/" + project + "/jobs/" + job}',
      query: { location: '${location}' },
      result: 'seen',
    }),
    is_done: {
      switch: [
        { condition: '${seen.body.status.state != "DONE"}', steps: steps({ wait: { ...sleep(5), next: 'look' } }) },
      ],
    },
    failed: {
      switch: [
        { condition: '${map.get(seen.body.status, ["errorResult", "reason"]) == "notFound"}', return: null },
        {
          condition: '${"errorResult" in seen.body.status}',
          raise: { message: '${"query " + job + " failed: " + seen.body.status.errorResult.message}' },
        },
      ],
    },
    answer: { return: '${seen.body}' },
  }),
};
