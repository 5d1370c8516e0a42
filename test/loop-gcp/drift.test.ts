import { ContainerImage } from '../../src/core/container-image';
import { QualityGate } from '../../src/core/quality-gate';
import { Schedule } from '../../src/core/schedule';
import { DataLake, MonitoringStack, MonitoringStackProps } from '../../src/gcp';
import { FakeRegistry, FakeServing, FakeTraining } from '../support/fake-google';
import { googleStack, synthesized } from '../support/terraform';
import { definitionOf, HttpCall, Route, runWorkflow, stub, validateWorkflow, WorkflowRun } from '../support/workflows';

const NOW = '2026-11-21T03:00:30Z';
const RUN = '20261121T0255-abcdef01';
const PARENT = 'projects/my-project/locations/europe-west4';
const VERTEX = `https://europe-west4-aiplatform.googleapis.com/v1/${PARENT}`;
const IMAGE = 'europe-west4-docker.pkg.dev/my-project/churn/image@sha256:1';

const NOT_FOUND = { code: 404, body: { error: { code: 404, message: 'not found' } } };
const NUMBERS = {
  driftShare: 0.4,
  driftedFeatures: 1,
  features: { age: { score: 0.42, drifted: true }, fee: { score: 0, drifted: false } },
  rows: 120,
  referenceRows: 400,
};

/** What the services answer instead: else version 3 is live, 120 requests were captured, and the job succeeds. */
interface World {
  readonly live?: Route['reply'];
  readonly endpoint?: Route['reply'];
  readonly schema?: Route['reply'];
  readonly insert?: Route['reply'];
  readonly query?: Route['reply'];
  readonly job?: Route['reply'];
  readonly drift?: Route['reply'];
  readonly approved?: Route['reply'];
}

function definition(props: Partial<MonitoringStackProps> = {}, mode = 'real-time') {
  const stack = googleStack();
  new MonitoringStack(stack, 'Monitoring', {
    data: DataLake.fromAttributes(stack, 'Data', {
      rawBucketName: 'raw',
      artifactBucketName: 'artifacts',
      featureDatasetId: 'features',
      captureDatasetId: 'capture',
      encryptionKeyId: `${PARENT}/keyRings/ring/cryptoKeys/key`,
    }),
    registry: new FakeRegistry(stack, 'Registry'),
    image: ContainerImage.fromUri(IMAGE),
    endpoint: new FakeServing(stack, 'Serving', mode),
    training: new FakeTraining(stack, 'Training'),
    drift: {},
    ...props,
  });
  return definitionOf(synthesized(stack));
}

const ofProject = (id: string) => `projects/123456789012/locations/europe-west4/models/${id}`;
const ANSWERS: Required<World> = {
  live: { body: { versionId: '3', artifactUri: 'gs://artifacts/training/run-7/model' } },
  endpoint: {
    body: {
      trafficSplit: { 77: 100 },
      deployedModels: [
        { id: '77', model: ofProject('churn-1a2b3c4d'), modelVersionId: '3', createTime: '2026-11-02T00:00:00Z' },
        { id: '66', model: ofProject('churn-1a2b3c4d'), modelVersionId: '2', createTime: '2026-11-01T00:00:00Z' },
        { id: '55', model: ofProject('churn-1a2b3c4d-other'), modelVersionId: '3', createTime: '2026-10-01T00:00:00Z' },
      ],
    },
  },
  schema: { body: { features: [] } },
  insert: { body: {} },
  query: [
    { body: { status: { state: 'RUNNING' } } },
    { body: { status: { state: 'DONE' }, statistics: { query: { exportDataStatistics: { rowCount: '120', fileCount: '1' } } } } },
  ],
  job: [{ body: { state: 'JOB_STATE_RUNNING' } }, { body: { state: 'JOB_STATE_SUCCEEDED' } }],
  drift: { body: NUMBERS },
  approved: NOT_FOUND,
};

function run(
  world: World = {}, props: Partial<MonitoringStackProps> = {}, more: { readonly argument?: unknown; readonly mode?: string } = {},
): WorkflowRun {
  const { live, endpoint, schema, insert, query, job, drift, approved } = { ...ANSWERS, ...world };
  return runWorkflow(definition(props, more.mode), {
    now: NOW,
    argument: more.argument ?? {},
    env: { GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: 'abcdef01-2345-4000-8000-000000000000' },
    respond: stub([
      { method: 'GET', url: `${VERTEX}/models/churn-1a2b3c4d@${more.mode === 'serverless' ? 'live' : '3'}`, reply: live },
      { method: 'GET', url: `${VERTEX}/models/churn-1a2b3c4d@approved`, reply: approved },
      { method: 'GET', url: `${VERTEX}/models/churn-1a2b3c4d@2`, reply: { body: { versionId: '2', artifactUri: 'gs://artifacts/training/run-7/model' } } },
      { method: 'GET', url: `${VERTEX}/endpoints/4711`, reply: endpoint },
      { method: 'GET', url: /\/b\/artifacts\/o\/training%2Frun-7%2Fevaluation%2Freference%2Fschema\.json$/, reply: schema },
      { method: 'POST', url: 'https://bigquery.googleapis.com/bigquery/v2/projects/my-project/jobs', reply: insert },
      { method: 'GET', url: `https://bigquery.googleapis.com/bigquery/v2/projects/my-project/jobs/drift_${RUN}`, reply: query },
      { method: 'POST', url: `${VERTEX}/customJobs`, reply: { body: { name: `${PARENT}/customJobs/9` } } },
      { method: 'GET', url: `${VERTEX}/customJobs/9`, reply: job },
      { method: 'GET', url: new RegExp(`/b/artifacts/o/drift%2F${RUN}%2Fdrift\\.json$`), reply: drift },
      { method: 'POST', url: 'https://monitoring.googleapis.com/v3/projects/my-project/timeSeries', reply: { body: {} } },
    ]),
  });
}

const posted = ({ calls }: WorkflowRun, url: RegExp): HttpCall[] => calls.filter((call) => call.method === 'POST' && url.test(call.url));
const queryOf = (ended: WorkflowRun) => posted(ended, /\/jobs$/)[0].body.configuration.query;
const seriesOf = (ended: WorkflowRun): any[] => posted(ended, /timeSeries$/).flatMap(({ body }) => body.timeSeries);

/** The values that were written, by the end of their metric's type and the label that not all have. */
function written(ended: WorkflowRun): { [name: string]: number } {
  return Object.fromEntries(seriesOf(ended).map(({ metric, points }) => {
    const { endpoint, model, ...rest } = metric.labels;
    expect([endpoint, model]).toEqual([ended.result.endpoint, 'churn']);
    return [[metric.type.split('/').pop(), ...Object.values(rest)].join(' '), points[0].value.doubleValue];
  }));
}

test('the definition is one that the service takes, with every option', () => {
  const modelQuality = { gates: [QualityGate.atLeast('auc', 0.9)], labelDelayDays: 30, minLabelledRows: 9 };
  expect(validateWorkflow(definition({ featureMetrics: true, modelQuality, drift: { minRows: 50 } }))).toEqual([]);
  expect(validateWorkflow(definition({}, 'serverless'))).toEqual([]);
});

describe('before there is anything to measure', () => {
  test.each([
    ['is not found', NOT_FOUND], ['is a bad request', { code: 400, body: { error: { code: 400, message: 'Version alias live was not found' } } }],
  ])('a run says that nothing serves, and that it has run, where the alias of a service %s', (_, live) => {
    const ended = run({ live }, {}, { mode: 'serverless' });
    const said = { mlops: 'drift', endpoint: 'churn-service', model: 'churn', outcome: 'nothing serves', run: RUN };
    expect(ended.result).toEqual(said);
    expect(written(ended)).toEqual({ rows: 0 });
    expect(ended.logs).toEqual([{ severity: 'INFO', data: said }]);
  });

  test.each([['there is no endpoint', NOT_FOUND], ['the endpoint serves nothing', { body: {} }]])('a run is as quiet while %s', (_, endpoint) => {
    const ended = run({ endpoint });
    expect(ended.result).toMatchObject({ outcome: 'nothing serves' });
    expect(posted(ended, /\/jobs$/)).toEqual([]);
  });

  test.each<[string, World]>([
    ['no row fits', { query: { body: { status: { state: 'DONE' }, statistics: { query: { exportDataStatistics: { rowCount: '0' } } } } } }],
    ['the table comes with the first request', { query: { body: { status: { state: 'DONE', errorResult: { reason: 'notFound', message: 'no table' } } } } }],
    ['the query is refused for want of the table', { insert: NOT_FOUND }],
  ])('an empty window costs no job: %s', (_, world) => {
    const ended = run(world);
    expect(ended.result).toMatchObject({ outcome: 'nothing captured' });
    expect(written(ended)).toEqual({ rows: 0 });
    expect(posted(ended, /customJobs$/)).toEqual([]);
  });
});

describe('an approved version that nothing serves', () => {
  const approvedAt = (time: string) => ({ body: { versionId: '3', versionUpdateTime: time } });
  const FAULT = 'nothing serves although version 3 is approved: look at its rollout, and start it again by hand';

  test.each<[string, World, string | undefined]>([
    ['there is no endpoint', { endpoint: NOT_FOUND }, undefined],
    ['the endpoint serves nothing', { endpoint: { body: {} } }, undefined],
    ['another model has the traffic', { endpoint: { body: { ...(ANSWERS.endpoint as any).body, trafficSplit: { 55: 100 } } } }, undefined],
    ['it was torn down before', { endpoint: { body: { labels: { mlops_torn_down: `${Date.parse('2026-11-19T00:00:00Z')}` } } } }, undefined],
    ['a service has no live version', { live: NOT_FOUND }, 'serverless'],
  ])('is a failure that somebody hears of: %s', (_, world, mode) => {
    const ended = run({ approved: approvedAt('2026-11-20T03:00:00Z'), ...world }, {}, { mode });
    expect(ended.error).toMatchObject({ message: FAULT });
    expect(ended.logs).toContainEqual(expect.objectContaining({ severity: 'ERROR' }));
    expect(seriesOf(ended)).toEqual([]);
  });

  test.each<[string, World]>([
    ['its first rollout may still be on its way', { endpoint: NOT_FOUND, approved: approvedAt('2026-11-21T01:00:00Z') }],
    ['the endpoint was torn down since', {
      endpoint: { body: { labels: { mlops_torn_down: `${Date.parse('2026-11-20T12:00:00Z')}` } } }, approved: approvedAt('2026-11-20T03:00:00Z'),
    }],
  ])('is none where %s', (_, world) => {
    expect(run(world).result).toMatchObject({ outcome: 'nothing serves' });
  });
});

describe('the live version of an endpoint', () => {
  const { body } = ANSWERS.endpoint as { body: any };

  test('is the one with the traffic, whatever the alias says', () => {
    expect(run().result).toMatchObject({ outcome: 'measured', version: '3' });
    expect(run({ endpoint: { body: { ...body, trafficSplit: { 66: 100 } } } }).result).toMatchObject({ outcome: 'measured', version: '2' });
  });

  test('is the older of two, and the one to roll back to during a rollout', () => {
    expect(run({ endpoint: { body: { ...body, trafficSplit: { 77: 20, 66: 80 } } } }).result.version).toBe('2');
    expect(run({ endpoint: { body: { ...body, trafficSplit: { 66: 100 }, labels: { mlops_rolls_back_to: '77' } } } }).result.version).toBe('3');
  });

  test('is none where another model has the traffic', () => {
    expect(run({ endpoint: { body: { ...body, trafficSplit: { 55: 100 } } } }).result.outcome).toBe('nothing serves');
  });
});

describe('the window', () => {
  const timesOf = (ended: WorkflowRun) => [...queryOf(ended).query.matchAll(/TIMESTAMP '([^']+)'/g)].map(([, time]: string[]) => time);

  test('is what the live version was asked in the last day', () => {
    const ended = run();
    expect(queryOf(ended)).toEqual({
      useLegacySql: false,
      query: `EXPORT DATA OPTIONS(uri='gs://artifacts/capture/drift/${RUN}/*.json.gz', format='JSON', compression='GZIP', overwrite=true) AS `
        + 'SELECT * FROM `my-project.capture.request_log` '
        + "WHERE logging_time >= TIMESTAMP '2026-11-20T02:55:00.000000Z' AND logging_time < TIMESTAMP '2026-11-21T02:55:00.000000Z' "
        + "AND deployed_model_id IN UNNEST(SPLIT('77', ','))",
    });
    expect(posted(ended, /\/jobs$/)[0].body.jobReference).toEqual({ projectId: 'my-project', location: 'europe-west4', jobId: `drift_${RUN}` });
  });

  test('is of all places where the version is deployed', () => {
    const { deployedModels } = (ANSWERS.endpoint as any).body;
    const ended = run({ endpoint: { body: { trafficSplit: { 77: 100 }, deployedModels: [...deployedModels, { ...deployedModels[0], id: '78' }] } } });
    expect(queryOf(ended).query).toMatch(/AND deployed_model_id IN UNNEST\(SPLIT\('77,78', ','\)\)$/);
  });

  test('is as wide as the schedule', () => {
    expect(timesOf(run({}, { drift: { schedule: Schedule.weekly() } }))[0]).toBe('2026-11-14T02:55:00.000000Z');
    expect(timesOf(run({}, { drift: { schedule: Schedule.hourly() } }))[0]).toBe('2026-11-21T01:55:00.000000Z');
  });

  test('can be said by whoever starts a run', () => {
    expect(timesOf(run({}, {}, { argument: { end: '2026-11-21T03:00:00Z', hours: 48 } }))).toEqual(['2026-11-19T02:55:00.000000Z', '2026-11-21T02:55:00.000000Z']);
    expect(timesOf(run({}, {}, { argument: null }))[1]).toBe('2026-11-21T02:55:00.000000Z');
  });

  test('is two where labels take days, and the job is told which is which', () => {
    const modelQuality = { gates: [QualityGate.atLeast('auc', 0.9)], labelDelayDays: 30 };
    const ended = run({}, { modelQuality });
    expect(queryOf(ended).query).toMatch(new RegExp([
      ' WHERE \\(', "logging_time >= TIMESTAMP '2026-11-20T02:55:00.000000Z' AND logging_time < TIMESTAMP '2026-11-21T02:55:00.000000Z'",
      " OR logging_time >= TIMESTAMP '2026-10-21T02:55:00.000000Z' AND logging_time < TIMESTAMP '2026-10-22T02:55:00.000000Z'",
      "\\) AND deployed_model_id IN UNNEST\\(SPLIT\\('77', ','\\)\\)$",
    ].join('')));
    const { env } = posted(ended, /customJobs$/)[0].body.jobSpec.workerPoolSpecs[0].containerSpec;
    expect(env).toEqual(expect.arrayContaining([
      { name: 'MLOPS_WINDOW_START', value: '2026-11-20T02:55:00.000000Z' },
      { name: 'MLOPS_WINDOW_END', value: '2026-11-21T02:55:00.000000Z' },
      { name: 'MLOPS_LABEL_DELAY_DAYS', value: '30' },
    ]));
    // The table names the deployed model that answered.
    expect(env.map(({ name }: { name: string }) => name)).not.toContain('MLOPS_LIVE_SINCE');
  });

  test('of labels has no answers from before the live version, where the log names none', () => {
    const modelQuality = { gates: [QualityGate.atLeast('auc', 0.9)], labelDelayDays: 30 };
    const live = { body: { ...(ANSWERS.live as any).body, versionCreateTime: '2026-11-02T10:00:00.123456Z' } };
    const envOf = (ended: WorkflowRun) => posted(ended, /customJobs$/)[0].body.jobSpec.workerPoolSpecs[0].containerSpec.env;
    expect(envOf(run({ live }, { modelQuality }, { mode: 'serverless' }))).toContainEqual({ name: 'MLOPS_LIVE_SINCE', value: '2026-11-02T10:00:00.123456Z' });
    expect(envOf(run({}, { modelQuality }, { mode: 'serverless' }))).toContainEqual({ name: 'MLOPS_LIVE_SINCE', value: '' });
  });

  test('of a service without machines is all that it captured', () => {
    const ended = run({}, {}, { mode: 'serverless' });
    expect(queryOf(ended).query).toMatch(/logging_time < TIMESTAMP '2026-11-21T02:55:00.000000Z'$/);
    expect(ended.result).toMatchObject({ outcome: 'measured', endpoint: 'churn-service' });
    expect(written(ended)).toEqual({ drift_share: 0.4, rows: 120 });
  });
});

test('the monitor verb runs on the window and on the reference of the live version', () => {
  const [job] = posted(run(), /customJobs$/);
  expect(job.body).toEqual({
    displayName: `drift-${RUN}`,
    labels: { mlops: 'drift' },
    encryptionSpec: { kmsKeyName: `${PARENT}/keyRings/ring/cryptoKeys/key` },
    jobSpec: {
      workerPoolSpecs: [{
        machineSpec: { machineType: 'e2-highmem-2' },
        replicaCount: 1,
        diskSpec: { bootDiskType: 'pd-ssd', bootDiskSizeGb: 100 },
        containerSpec: {
          imageUri: IMAGE,
          args: ['monitor'],
          env: [
            { name: 'MLOPS_CAPTURED_DIR', value: `/gcs/artifacts/capture/drift/${RUN}` },
            { name: 'MLOPS_REFERENCE_DIR', value: '/gcs/artifacts/training/run-7/evaluation/reference' },
            { name: 'MLOPS_OUTPUT_DIR', value: `/gcs/artifacts/drift/${RUN}` },
            { name: 'MLOPS_CAPTURE_FORMAT', value: 'vertex' },
            { name: 'MLOPS_DEPLOYED_MODEL_ID', value: '77' },
            { name: 'MLOPS_WINDOW_START', value: '2026-11-20T02:55:00.000000Z' },
            { name: 'MLOPS_WINDOW_END', value: '2026-11-21T02:55:00.000000Z' },
            { name: 'MLOPS_MODEL_NAME', value: 'churn' },
            { name: 'MLOPS_MODEL_VERSION', value: '3' },
            { name: 'MLOPS_ENDPOINT_NAME', value: '4711' },
            { name: 'MLOPS_MAX_DRIFT_SHARE', value: '0.3' },
          ],
        },
      }],
      scheduling: { timeout: '3600s', disableRetries: true },
      serviceAccount: expect.stringContaining('google_service_account.Monitoring_Drift_Job'),
    },
  });
});

describe('what was measured', () => {
  test('becomes metrics and a line in the log', () => {
    const ended = run();
    expect(written(ended)).toEqual({ drift_share: 0.4, rows: 120 });
    expect(seriesOf(ended)[0]).toMatchObject({ resource: { type: 'global', labels: { project_id: 'my-project' } }, metricKind: 'GAUGE', valueType: 'DOUBLE' });
    expect(ended.logs).toEqual([{ severity: 'NOTICE', data: ended.result }]);
    expect(ended.result).toEqual({
      mlops: 'drift',
      endpoint: '4711',
      model: 'churn',
      outcome: 'measured',
      run: RUN,
      version: '3',
      driftShare: 0.4,
      rows: 120,
      quality: null,
      report: `gs://artifacts/drift/${RUN}/report.html`,
    });
  });

  test.each([[true, 1], [false, 0]])('says of the answers whether they drifted: %s', (drifted, value) => {
    const ended = run({ drift: { body: { ...NUMBERS, driftShare: 0, prediction: { score: 0.3, drifted } } } });
    expect(written(ended)).toEqual({ drift_share: 0, rows: 120, prediction_drift: value });
  });

  test('has the quality of the answers when labels have come, a series for each metric', () => {
    const modelQuality = { gates: [QualityGate.atLeast('auc', 0.9)], labelsPrefix: 'truth/', minLabelledRows: 200 };
    const ended = run({ drift: { body: { ...NUMBERS, quality: { auc: 0.88, f1: 0.7 } } } }, { modelQuality, drift: { minRows: 50 } });
    expect(written(ended)).toEqual({ 'drift_share': 0.4, 'rows': 120, 'quality auc': 0.88, 'quality f1': 0.7 });
    const { env } = posted(ended, /customJobs$/)[0].body.jobSpec.workerPoolSpecs[0].containerSpec;
    expect(env).toEqual(expect.arrayContaining([
      { name: 'MLOPS_LABELS_DIR', value: '/gcs/raw/truth' },
      { name: 'MLOPS_MIN_ROWS', value: '50' },
      { name: 'MLOPS_MIN_LABELS', value: '200' },
      { name: 'MLOPS_QUALITY_GATES', value: '[{"metric":"auc","threshold":0.9,"higherIsBetter":true}]' },
    ]));
    expect(written(run({}, { modelQuality }))).toEqual({ drift_share: 0.4, rows: 120 });
  });

  test('has no quality, and says why, where labels are too few', () => {
    const modelQuality = { gates: [QualityGate.atLeast('auc', 0.9)], retrain: true };
    const qualityReason = '1 labelled rows are too few to judge quality, at least 100 are needed';
    const ended = run({ drift: { body: { ...NUMBERS, labelledRows: 1, qualityReason } } }, { modelQuality });
    expect(written(ended)).toEqual({ drift_share: 0.4, rows: 120 });
    expect(ended.result).toMatchObject({ quality: null, qualityReason, training: 'not-needed' });
  });

  test('has a series for each feature on request, 200 in a call at most', () => {
    expect(written(run({}, { featureMetrics: true }))).toMatchObject({ 'feature_drift age': 0.42, 'feature_drift fee': 0 });
    const features = Object.fromEntries([...Array(205).keys()].map((index) => [`f${index}`, { score: index, drifted: false }]));
    const ended = run({ drift: { body: { ...NUMBERS, features } } }, { featureMetrics: true });
    expect(posted(ended, /timeSeries$/).map(({ body }) => body.timeSeries.length)).toEqual([200, 7]);
    expect(Object.keys(written(ended))).toHaveLength(207);
  });

  test('leaves the last share as it is where there were too few rows to judge', () => {
    const ended = run({ drift: { body: { driftShare: 0, driftedFeatures: 0, features: {}, rows: 3, referenceRows: 400, reason: '3 rows are too few' } } });
    expect(written(ended)).toEqual({ rows: 3 });
  });
});

test('a query whose answer got lost is asked for, not made again', () => {
  expect(run({ insert: { code: 409, body: {} } }).result).toMatchObject({ outcome: 'measured' });
});

test.each<[string, World, string]>([
  [
    'the job fails',
    { job: { body: { state: 'JOB_STATE_FAILED', error: { code: 3, message: 'exit code 2' } } } },
    `custom job ${PARENT}/customJobs/9 ended as JOB_STATE_FAILED: exit code 2`,
  ],
  ['the job writes nothing', { drift: NOT_FOUND }, `the monitor verb ended well and wrote no gs://artifacts/drift/${RUN}/drift.json`],
  [
    'the version has no reference',
    { schema: NOT_FOUND },
    'version 3 has no drift reference at gs://artifacts/training/run-7/evaluation/reference: its evaluate verb must write one',
  ],
  [
    'the query fails',
    { query: { body: { status: { state: 'DONE', errorResult: { reason: 'accessDenied', message: 'not allowed' } } } } },
    `query drift_${RUN} failed: not allowed`,
  ],
  ['the question for the live version is wrong', { live: { code: 400, body: { error: { message: 'wrong location' } } } }, 'HTTP server responded with error code 400'],
  ['the registry may not be read', { live: { code: 403, body: {} } }, 'HTTP server responded with error code 403'],
])('a run fails, with its reason in the log, when %s', (_, world, message) => {
  const ended = run(world);
  expect(ended.error).toMatchObject({ message });
  expect(ended.logs).toEqual([{
    severity: 'ERROR',
    data: { mlops: 'drift', endpoint: '4711', model: 'churn', outcome: 'failed', run: RUN, reason: expect.objectContaining({ message }) },
  }]);
  expect(seriesOf(ended)).toEqual([]);
});
