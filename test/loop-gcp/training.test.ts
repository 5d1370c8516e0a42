import { Capacity } from '../../src/core/capacity';
import { Approval } from '../../src/core/model-registry';
import { QualityGate } from '../../src/core/quality-gate';
import { Trigger } from '../../src/core/trigger';
import { VertexPipeline } from '../../src/gcp';
import { FakeTraining, TrainingWorld } from '../support/google-training';
import { connectionFailed, timedOut, validateWorkflow, WorkflowRun } from '../support/workflows';

const RUN = '00000000-0000-4000-8000-000000000000';
const PLAIN = new TrainingWorld();
const WATCHING = new TrainingWorld({ triggers: [Trigger.newData('incoming/_SUCCESS'), Trigger.newData('a.b/')] });
const GATED = new TrainingWorld({ qualityGates: [QualityGate.atLeast('auc', 0.9), QualityGate.atMost('rmse', 2)] });
const AUTOMATIC = new TrainingWorld({}, { approval: Approval.automatic() });
const SPOT = new TrainingWorld({ capacity: Capacity.spot({ maxWaitHours: 24 }) });
const TUNED = new TrainingWorld({ hyperparameters: { depth: '4', rate: '0.1', loss: 'log', layers: '[8, 4]', id: '007' } });

const told = (run: WorkflowRun) => run.logs.map(({ severity, data }) => [severity, data]);
const newObject = (name: string) => ({ type: 'google.cloud.storage.object.v1.finalized', data: { bucket: 'raw', name } });
const message = (data?: unknown) => ({
  type: 'google.cloud.pubsub.topic.v1.messagePublished',
  data: { message: data === undefined ? { attributes: {} } : { data: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)).toString('base64') } },
});

describe('a run', () => {
  test('is valid, whatever is in it', () => {
    const full = new TrainingWorld({ prepare: true, capacity: Capacity.spot(), qualityGates: [QualityGate.atLeast('auc', 1e-7)] }, { approval: Approval.automatic() });
    for (const world of [PLAIN, WATCHING, GATED, TUNED, full]) expect(validateWorkflow(world.definition)).toEqual([]);
  });

  test('prepares, trains, evaluates and registers the first version', () => {
    const vertex = new FakeTraining();
    const run = vertex.run(new TrainingWorld({ prepare: true }));
    expect(vertex.jobs.map(({ labels }) => labels.step)).toEqual(['prepare', 'train', 'evaluate']);
    expect(run.result).toEqual({ outcome: 'registered', run: RUN, version: '3', metrics: { auc: 0.95, rmse: 1.5 } });
    expect(told(run)).toEqual([['INFO', {
      mlops: 'registered', model: 'churn', run: RUN, trigger: 'hand', version: '3', metrics: { auc: 0.95, rmse: 1.5 },
    }]]);
  });

  test('leads each verb to its folders', () => {
    const vertex = new FakeTraining();
    vertex.run(PLAIN);
    expect(vertex.variables('train')).toEqual({
      MLOPS_INPUT_DIR: '/gcs/raw/dataset',
      MLOPS_MODEL_DIR: `/gcs/artifacts/training/${RUN}/model`,
      MLOPS_OUTPUT_DIR: `/gcs/artifacts/training/${RUN}/output`,
      MLOPS_CHECKPOINT_DIR: `/gcs/artifacts/checkpoints/${RUN}`,
      MLOPS_HYPERPARAMETERS: '{}',
    });
    expect(vertex.variables('evaluate')).toEqual({
      MLOPS_MODEL_DIR: `/gcs/artifacts/training/${RUN}/model`,
      MLOPS_INPUT_DIR: '/gcs/raw/dataset/test',
      MLOPS_OUTPUT_DIR: `/gcs/artifacts/training/${RUN}/evaluation`,
      MLOPS_HYPERPARAMETERS: '{}',
    });
  });

  test('trains and evaluates on what it prepared', () => {
    const vertex = new FakeTraining();
    vertex.run(new TrainingWorld({ prepare: true, datasetPrefix: 'raw/churn/' }));
    expect(vertex.variables('prepare')).toEqual({ MLOPS_INPUT_DIR: '/gcs/raw/raw/churn', MLOPS_OUTPUT_DIR: `/gcs/artifacts/training/${RUN}/prepared` });
    expect(vertex.variables('train').MLOPS_INPUT_DIR).toBe(`/gcs/artifacts/training/${RUN}/prepared`);
    expect(vertex.variables('evaluate').MLOPS_INPUT_DIR).toBe(`/gcs/artifacts/training/${RUN}/prepared/test`);
  });

  test('reads the evaluation where it was written', () => {
    const run = new FakeTraining().run(PLAIN);
    const read = run.calls.find(({ url }) => url.startsWith('https://storage.'))!;
    expect(decodeURIComponent(read.url.replace(/.+\/o\//, ''))).toBe(`training/${RUN}/evaluation/evaluation.json`);
    expect(read.query).toEqual({ alt: 'media' });
  });
});

describe('hyperparameters', () => {
  test('have the types that the text means', () => {
    const vertex = new FakeTraining();
    vertex.run(TUNED);
    expect(JSON.parse(vertex.variables('train').MLOPS_HYPERPARAMETERS)).toEqual({ depth: 4, rate: 0.1, loss: 'log', layers: [8, 4], id: '007' });
  });

  test('can be others in one run', () => {
    const vertex = new FakeTraining();
    vertex.run(TUNED, { hyperparameters: { depth: 6, extra: true } });
    expect(JSON.parse(vertex.variables('train').MLOPS_HYPERPARAMETERS)).toEqual({ depth: 6, rate: 0.1, loss: 'log', layers: [8, 4], id: '007', extra: true });
  });
});

test('an outage of minutes does not end a run whose job goes on', () => {
  const vertex = new FakeTraining();
  const outage = Array.from({ length: 10 }, () => ({ code: 503 }));
  const run = vertex.run(PLAIN, undefined, [
    { method: 'GET', url: /\/customJobs\/\d+$/, reply: [...outage, { body: { name: 'projects/1/locations/l/customJobs/0', state: 'JOB_STATE_SUCCEEDED' } }] },
  ]);
  expect(run.result.outcome).toBe('registered');
  expect(vertex.jobs).toHaveLength(2);
});

test.each<[string, any]>([
  ['429', { code: 429 }], ['500', { code: 500 }], ['502', { code: 502 }], ['503', { code: 503 }], ['504', { code: 504 }],
  ['a lost connection', new Error('reset by peer')], ['a connection that is not made', connectionFailed()], ['no answer in time', timedOut()],
])('a look at a job is repeated after %s', (_, fault) => {
  const vertex = new FakeTraining();
  const run = vertex.run(PLAIN, undefined, [
    { method: 'GET', url: /\/customJobs\/\d+$/, reply: [fault, { body: { name: 'projects/1/locations/l/customJobs/0', state: 'JOB_STATE_SUCCEEDED' } }] },
  ]);
  expect(run.result.outcome).toBe('registered');
});

test.each<[string, any, number]>([
  ['500: there may be one', { code: 500 }, 1],
  ['a lost connection: there may be one', new Error('reset by peer'), 1],
  ['503, which says that there is none', { code: 503 }, 11],
  ['403, which says that there is none', { code: 403 }, 11],
  ['a connection that is not made', connectionFailed(), 11],
])('how often a job is asked for depends on the fault: after %s', (_, fault, times) => {
  const vertex = new FakeTraining();
  const run = vertex.run(PLAIN, undefined, [{ method: 'POST', url: /\/customJobs$/, reply: fault }]);
  expect(run.error!.message).toMatch(/was not made|error code 403/);
  expect(run.calls.filter(({ method, url }) => method === 'POST' && url.endsWith('/customJobs'))).toHaveLength(times);
});

describe('a request whose answer is lost', () => {
  test('for a job is followed by a look, and the job that it made is waited for', () => {
    const vertex = new FakeTraining();
    let lost = 0;
    vertex.after = (call) => (call.method === 'POST' && call.url.endsWith('/customJobs') && lost++ === 0 ? { code: 500 } : undefined);
    const run = vertex.run(PLAIN);
    expect(run.result.outcome).toBe('registered');
    expect(vertex.jobs.map(({ labels }) => labels.step)).toEqual(['train', 'evaluate']);
    expect(run.calls.find(({ method, url }) => method === 'GET' && url.endsWith('/customJobs'))!.query).toEqual({ filter: `display_name="train-${RUN}"`, pageSize: 1 });
  });

  test('for a version is followed by a look, and the version that it made is announced', () => {
    const vertex = new FakeTraining();
    vertex.after = (call) => (call.url.endsWith('/models:upload') ? { code: 500 } : undefined);
    const run = vertex.run(PLAIN);
    expect([run.result.outcome, run.result.version, vertex.uploads.length]).toEqual(['registered', '3', 1]);
    expect(told(run)[0][1]).toMatchObject({ mlops: 'registered', version: '3' });
    expect(run.calls.find(({ url }) => url.endsWith(':listVersions'))!.query).toEqual({ filter: `labels.run="${RUN}"` });
  });

  test('for a version that was never made fails the run', () => {
    const run = new FakeTraining().run(PLAIN, undefined, [{ method: 'POST', url: /models:upload$/, reply: { code: 500 } }]);
    expect(run.error!.message).toBe('no version of this run was found in the registry: HTTP server responded with error code 500');
  });

  test('for an approval is sent again', () => {
    const vertex = new FakeTraining();
    let lost = 0;
    vertex.after = ({ url }) => (url.endsWith(':publish') && lost++ === 0 ? { code: 500 } : undefined);
    expect(vertex.run(AUTOMATIC).result.outcome).toBe('registered');
    expect(vertex.published).toHaveLength(2);
  });
});

test('the operation of an upload that cannot be looked at for an hour is looked at again', () => {
  const run = new FakeTraining().run(PLAIN, undefined, [{ method: 'GET', url: /\/operations\/9$/, reply: [...Array(50).fill({ code: 404 }), { body: { done: true, response: { modelVersionId: '3' } } }] }]);
  expect(run.result).toMatchObject({ outcome: 'registered', version: '3' });
});

test('a version whose approval cannot be published is announced, and the failure says that it waits', () => {
  const run = new FakeTraining().run(AUTOMATIC, undefined, [{ method: 'POST', url: /:publish$/, reply: { code: 400 } }]);
  const reason = 'version 3 is registered and could not be approved, approve it by hand: HTTP server responded with error code 400';
  expect(run.error!.message).toBe(reason);
  expect(told(run).map(([, { mlops, version }]) => [mlops, version])).toEqual([['registered', '3'], ['training failed', '3']]);
});

describe('checkpoints', () => {
  test('lie below the run', () => {
    const vertex = new FakeTraining();
    vertex.run(PLAIN);
    expect(vertex.variables('train').MLOPS_CHECKPOINT_DIR).toBe(`/gcs/artifacts/checkpoints/${RUN}`);
  });

  test.each([['an execution', (wish: object) => wish], ['a message', (wish: object) => message(wish)]])('of an earlier run are gone on from by %s', (_, how) => {
    const vertex = new FakeTraining();
    expect(vertex.run(PLAIN, how({ resume: '11111111-2222-4333-8444-555555555555' })).result.outcome).toBe('registered');
    expect(vertex.variables('train').MLOPS_CHECKPOINT_DIR).toBe('/gcs/artifacts/checkpoints/11111111-2222-4333-8444-555555555555');
    expect(vertex.variables('train').MLOPS_MODEL_DIR).toBe(`/gcs/artifacts/training/${RUN}/model`);
  });

  test('of what is no run are refused', () => {
    expect(new FakeTraining().run(PLAIN, { resume: '../raw' }).error!.message).toBe('resume must be the id of an earlier run, got ../raw');
  });
});

test('a wish that cannot be understood fails the run, and is told', () => {
  const vertex = new FakeTraining();
  const run = vertex.run(TUNED, { hyperparameters: 'depth=6' });
  expect(run.error!.tags).toContain('TypeError');
  expect(told(run)[0]).toEqual(['ERROR', expect.objectContaining({ mlops: 'training failed', model: 'churn', trigger: 'hand' })]);
  expect(vertex.jobs).toEqual([]);
});

describe('the data set', () => {
  test('can be one below the usual in one run', () => {
    const vertex = new FakeTraining();
    vertex.run(PLAIN, { datasetPrefix: 'dataset/2026-11/' });
    expect(vertex.variables('train').MLOPS_INPUT_DIR).toBe('/gcs/raw/dataset/2026-11');
    expect(vertex.variables('evaluate').MLOPS_INPUT_DIR).toBe('/gcs/raw/dataset/2026-11/test');
  });

  test.each(['labels/', 'dataset-other/', '../dataset/'])('cannot be %s', (datasetPrefix) => {
    const vertex = new FakeTraining();
    const run = vertex.run(PLAIN, { datasetPrefix });
    expect(run.error!.message).toBe(`datasetPrefix must be dataset/ or below it, got ${datasetPrefix.slice(0, -1)}`);
    expect(vertex.jobs).toEqual([]);
  });
});

describe('the gate', () => {
  test('lets a model pass that holds all', () => {
    expect(new FakeTraining().run(GATED).result.outcome).toBe('registered');
  });

  test('a metric on the threshold holds', () => {
    const vertex = new FakeTraining();
    vertex.evaluation = { metrics: { auc: 0.9, rmse: 2 } };
    expect(vertex.run(GATED).result.outcome).toBe('registered');
  });

  test.each<[string, object, string[]]>([
    ['too low', { auc: 0.89, rmse: 1 }, ['auc is 0.89, want at least 0.9']],
    ['too high', { auc: 0.95, rmse: 2.5 }, ['rmse is 2.5, want at most 2']],
    ['not there', { rmse: 1 }, ['evaluation.json has no metric auc']],
    ['wrong in several ways', { auc: 0, rmse: 3 }, ['auc is 0, want at least 0.9', 'rmse is 3, want at most 2']],
  ])('registers nothing when a metric is %s, and that is no error', (_, metrics, reasons) => {
    const vertex = new FakeTraining();
    vertex.evaluation = { metrics };
    const run = vertex.run(GATED);
    expect(run.error).toBeUndefined();
    expect(run.result).toEqual({ outcome: 'rejected', run: RUN, metrics, reasons });
    expect(vertex.uploads).toEqual([]);
    expect(told(run)).toEqual([['NOTICE', { mlops: 'not registered', model: 'churn', run: RUN, trigger: 'hand', metrics, reasons }]]);
  });
});

describe('the registration', () => {
  test('makes the model with the first version', () => {
    const vertex = new FakeTraining();
    vertex.run(PLAIN);
    expect(vertex.uploads[0]).toMatchObject({ modelId: 'churn' });
    expect(vertex.uploads[0]).not.toHaveProperty('parentModel');
  });

  test('adds later versions to it', () => {
    const vertex = new FakeTraining();
    vertex.modelExists = true;
    vertex.run(PLAIN);
    expect(vertex.uploads[0]).toMatchObject({ parentModel: 'projects/my-project/locations/europe-west4/models/churn' });
    expect(vertex.uploads[0]).not.toHaveProperty('modelId');
  });

  test('a question that is not answered is no answer: the run fails', () => {
    const vertex = new FakeTraining();
    const run = vertex.run(PLAIN, null, [{ method: 'GET', url: /\/models\/churn$/, reply: { code: 403 } }]);
    expect(run.error!.code).toBe(403);
    expect(vertex.uploads).toEqual([]);
  });

  test('an upload that fails fails the run', () => {
    const run = new FakeTraining().run(PLAIN, null, [
      { method: 'GET', url: /\/operations\/9$/, reply: { body: { done: true, error: { code: 3, message: 'the artifact is not there' } } } },
    ]);
    expect(run.error!.message).toBe('the artifact is not there');
  });

  test('does not approve unless the registry says so', () => {
    const [manual, automatic] = [new FakeTraining(), new FakeTraining()];
    manual.run(PLAIN);
    automatic.run(new TrainingWorld({}, { approval: Approval.automatic() }));
    expect(manual.published).toEqual([]);
    expect(automatic.published).toEqual([{ topic: expect.stringContaining('google_pubsub_topic.Registry_Approvals'), data: { version: '3' } }]);
  });

  test('tells what started the run, cut to what a description holds', () => {
    const vertex = new FakeTraining();
    vertex.run(WATCHING, newObject(`a.b/${'x'.repeat(300)}`));
    expect(vertex.uploads[0].model.versionDescription).toBe(`Run ${RUN}, started by new data a.b/${'x'.repeat(200 - 'new data a.b/'.length)}`);
  });
});

describe('failures', () => {
  const FAILED = { state: 'JOB_STATE_FAILED', error: { code: 3, message: 'exit code 2' } };
  const TAKEN_AWAY = { state: 'JOB_STATE_FAILED', error: { code: 14, message: 'the machine is gone' } };

  test('of the image end the run with a word', () => {
    const vertex = new FakeTraining();
    vertex.states.train = [{ state: 'JOB_STATE_RUNNING' }, FAILED];
    const run = vertex.run(PLAIN);
    const reason = 'custom job projects/1/locations/l/customJobs/0 ended as JOB_STATE_FAILED: exit code 2';
    expect(run.error!.message).toBe(reason);
    expect(told(run)).toEqual([['ERROR', {
      mlops: 'training failed', model: 'churn', run: RUN, trigger: 'hand', version: '', reason, error: { message: reason, job: 'projects/1/locations/l/customJobs/0' },
    }]]);
    expect(vertex.uploads).toEqual([]);
  });

  test('of the cloud are tried again, in the same folders', () => {
    const vertex = new FakeTraining();
    vertex.states.train = [TAKEN_AWAY, TAKEN_AWAY, { state: 'JOB_STATE_SUCCEEDED' }];
    expect(vertex.run(PLAIN).result.outcome).toBe('registered');
    const trained = vertex.jobs.filter(({ labels }) => labels.step === 'train');
    expect(trained).toHaveLength(3);
    expect(trained[2]).toEqual({ ...trained[0], displayName: `${trained[0].displayName}-retry-2` });
  });

  test('of the cloud are tried again as often as is said', () => {
    const vertex = new FakeTraining();
    vertex.states.train = [TAKEN_AWAY];
    expect(vertex.run(new TrainingWorld({ retries: 0 })).error!.message).toMatch(/the machine is gone$/);
    expect(vertex.jobs).toHaveLength(1);
  });

  test('an image that writes no evaluation is told so', () => {
    const vertex = new FakeTraining();
    vertex.evaluation = undefined;
    expect(vertex.run(PLAIN).error!.message).toMatch(new RegExp(`^nothing wrote evaluation.json in gs://<google_storage_bucket\\.Data_Artifacts_[0-9A-F]{8}\\.name>/training/${RUN}/evaluation$`));
  });

  test('what the service answers is in the log', () => {
    const run = new FakeTraining().run(PLAIN, null, [{ method: 'POST', url: /customJobs$/, reply: { code: 400, body: { error: { message: 'no such machine' } } } }]);
    expect(run.logs[0].data).toMatchObject({
      mlops: 'training failed', reason: 'HTTP server responded with error code 400', error: { body: { error: { message: 'no such machine' } } },
    });
  });

  test.each([
    ['as long as was said', Capacity.spot({ maxWaitHours: 3 }), 10800],
    ['twice as long as it may run', Capacity.spot(), 14400],
  ])('a spot job that gets no machine in time is cancelled: it waits %s', (_, capacity, seconds) => {
    const vertex = new FakeTraining();
    vertex.states.train = [{ state: 'JOB_STATE_PENDING' }];
    const run = vertex.run(new TrainingWorld({ capacity, maxRuntimeHours: 2 }));
    expect(vertex.cancelled).toEqual(['https://europe-west4-aiplatform.googleapis.com/v1/projects/1/locations/l/customJobs/0:cancel']);
    expect(run.error!.message).toBe(`custom job projects/1/locations/l/customJobs/0 was cancelled after ${seconds} seconds, waiting for machines included`);
    expect(run.sleptSeconds).toBeGreaterThan(seconds);
    expect(run.sleptSeconds).toBeLessThan(seconds + 120);
  });

  test.each([403, 404, 409, 500])('a job that cannot be looked at for two days (%i) goes on, and so does its run', (code) => {
    const vertex = new FakeTraining();
    const looks = [...Array(500).fill({ code }), { body: { state: 'JOB_STATE_SUCCEEDED' } }];
    const run = vertex.run(PLAIN, undefined, [{ method: 'GET', url: /\/customJobs\/\d+$/, reply: looks }]);
    expect(run.result.outcome).toBe('registered');
    expect(vertex.cancelled).toEqual([]);
    expect(run.logs.map(({ severity, data }) => [severity, data.mlops])).toEqual([['WARNING', 'job unseen'], ['INFO', 'registered']]);
  });

  test('looks that fail now and then are not told', () => {
    const looks = Array.from({ length: 400 }, (_, nth) => (nth % 100 === 99 ? { code: 404 } : { body: { state: 'JOB_STATE_RUNNING' } }));
    const run = new FakeTraining().run(PLAIN, undefined, [{ method: 'GET', url: /\/customJobs\/\d+$/, reply: [...looks, { body: { state: 'JOB_STATE_SUCCEEDED' } }] }]);
    expect(run.logs.map(({ data }) => data.mlops)).toEqual(['registered']);
  });

  test('a job that nobody can look at for a week ends the run, and is not cancelled', () => {
    const vertex = new FakeTraining();
    const run = vertex.run(PLAIN, undefined, [{ method: 'GET', url: /\/customJobs\/\d+$/, reply: { code: 404 } }]);
    expect(run.error!.message).toBe('projects/1/locations/l/customJobs/0 could not be looked at for a week and may still run: HTTP server responded with error code 404');
    expect(vertex.cancelled).toEqual([]);
  });

  test('a job that cannot even be cancelled is named in the log', () => {
    const vertex = new FakeTraining();
    vertex.states.train = [{ state: 'JOB_STATE_PENDING' }];
    const run = vertex.run(SPOT, undefined, [{ method: 'POST', url: /:cancel$/, reply: { code: 400 } }]);
    expect(run.error!.message).toMatch(/was cancelled after \d+ seconds, waiting for machines included$/);
    expect(run.logs[0]).toEqual({
      severity: 'WARNING', data: { mlops: 'job left', job: 'projects/1/locations/l/customJobs/0', reason: 'HTTP server responded with error code 400' },
    });
  });

  test('an on-demand job has the time that Vertex AI gives it', () => {
    const vertex = new FakeTraining();
    vertex.states.train = [...Array.from({ length: 5000 }, () => ({ state: 'JOB_STATE_PENDING' })), { state: 'JOB_STATE_SUCCEEDED' }];
    expect(vertex.run(PLAIN).result.outcome).toBe('registered');
    expect(vertex.cancelled).toEqual([]);
  });
});

describe('what starts a run', () => {
  test('an execution without an argument', () => {
    expect(new FakeTraining().run(PLAIN, undefined).result.outcome).toBe('registered');
  });

  test('a schedule', () => {
    const run = new FakeTraining().run(PLAIN, { trigger: 'schedule' });
    expect(told(run)[0][1]).toMatchObject({ mlops: 'registered', trigger: 'schedule' });
  });

  test.each(['incoming/_SUCCESS', 'a.b/part-1.csv'])('a new object %s', (name) => {
    const run = new FakeTraining().run(WATCHING, newObject(name));
    expect(told(run)[0][1]).toMatchObject({ mlops: 'registered', trigger: `new data ${name}` });
  });

  test.each<[string, string]>([
    ['incoming/part-1.csv', 'no prefix is watched that incoming/part-1.csv is below'],
    ['axb/part-1.csv', 'no prefix is watched that axb/part-1.csv is below'],
    ['other/incoming/_SUCCESS', 'no prefix is watched that other/incoming/_SUCCESS is below'],
    ['a.b/', 'a.b/ is a folder'],
  ])('not a new object %s', (name, reason) => {
    const vertex = new FakeTraining();
    expect(vertex.run(WATCHING, newObject(name)).result).toEqual({ outcome: 'ignored', reason });
    expect(vertex.jobs).toEqual([]);
  });

  test('no object where no prefix is watched', () => {
    expect(new FakeTraining().run(PLAIN, newObject('dataset/train/a.csv')).result.outcome).toBe('ignored');
  });

  test('an alert that opens', () => {
    const run = new FakeTraining().run(PLAIN, message({ version: '1.2', incident: { state: 'open', policy_name: 'drift of churn' } }));
    expect(told(run)[0][1]).toMatchObject({ mlops: 'registered', trigger: 'alert drift of churn' });
  });

  test('not an alert that closes', () => {
    const vertex = new FakeTraining();
    expect(vertex.run(PLAIN, message({ version: '1.2', incident: { state: 'closed' } })).result).toEqual({ outcome: 'ignored', reason: 'the alert is not open' });
    expect(vertex.jobs).toEqual([]);
  });

  test('a message, with what it says', () => {
    const vertex = new FakeTraining();
    const run = vertex.run(TUNED, message({ hyperparameters: { depth: 8 }, datasetPrefix: 'dataset/new/' }));
    expect(JSON.parse(vertex.variables('train').MLOPS_HYPERPARAMETERS)).toMatchObject({ depth: 8, rate: 0.1 });
    expect(vertex.variables('train').MLOPS_INPUT_DIR).toBe('/gcs/raw/dataset/new');
    expect(told(run)[0][1]).toMatchObject({ trigger: 'message' });
  });

  test('a message that says what it comes from', () => {
    const vertex = new FakeTraining();
    expect(told(vertex.run(TUNED, message({ trigger: 'drift and quality' })))[0][1]).toMatchObject({ trigger: 'drift and quality' });
    expect(vertex.uploads[0].model.versionDescription).toMatch(/, started by drift and quality$/);
  });

  test.each([[undefined], ['go'], ['3']])('a message that says nothing: %p', (data) => {
    expect(new FakeTraining().run(PLAIN, message(data)).result.outcome).toBe('registered');
  });
});

describe('runs at the same time', () => {
  const after = (...earlier: number[]) => Object.assign(new FakeTraining(), { earlier });

  test('the first goes on', () => {
    const vertex = after(0);
    const run = vertex.run(WATCHING, newObject('incoming/_SUCCESS'));
    expect(run.result.outcome).toBe('registered');
    const list = run.calls.find(({ url }) => url.endsWith('/executions'))!;
    expect(list.url).toBe('https://workflowexecutions.googleapis.com/v1/projects/a-project/locations/europe-west4/workflows/a-workflow/executions');
    expect(list.query).toEqual({ filter: 'state="ACTIVE" AND startTime<"2026-01-01T00:00:00.5Z"', orderBy: 'startTime,executionId', pageSize: 2 });
  });

  test('the second waits for its end', () => {
    const vertex = after(1, 1, 1, 0);
    const run = vertex.run(WATCHING, newObject('incoming/_SUCCESS'));
    expect(run.calls.filter(({ url }) => url.endsWith('/executions'))).toHaveLength(4);
    expect(run.result.outcome).toBe('registered');
  });

  test('the third is dropped, for the second will see its data', () => {
    const vertex = after(2);
    const run = vertex.run(WATCHING, newObject('incoming/_SUCCESS'));
    expect(run.result).toEqual({ outcome: 'skipped', reason: 'a run is under way and another waits for its end' });
    expect(told(run)).toEqual([['INFO', {
      mlops: 'training skipped', model: 'churn', run: RUN, trigger: 'new data incoming/_SUCCESS', reason: 'a run is under way and another waits for its end',
    }]]);
    expect(vertex.jobs).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['schedules', { trigger: 'schedule' }], ['messages', message()], ['alerts', message({ incident: { state: 'open' } })],
  ])('the same holds for %s', (_, argument) => {
    expect(after(2).run(PLAIN, argument).result.outcome).toBe('skipped');
  });

  test('are counted over all pages of the list', () => {
    const vertex = Object.assign(after(1), { oneOnEachPage: 2 });
    expect(vertex.run(WATCHING, newObject('incoming/_SUCCESS')).result.outcome).toBe('skipped');
  });

  test('a hand is never held up', () => {
    const run = after(5).run(PLAIN, { hyperparameters: {} });
    expect(run.result.outcome).toBe('registered');
    expect(run.calls.filter(({ url }) => url.includes('workflowexecutions'))).toEqual([]);
  });
});

describe('a template of Kubeflow', () => {
  const template = VertexPipeline.template('https://europe-west4-kfp.pkg.dev/my-project/templates/churn/v1', { parameters: { epochs: '3', loss: 'log' }, maxHours: 5 });
  const world = new TrainingWorld({ template, hyperparameters: { depth: '4' }, qualityGates: [QualityGate.atLeast('auc', 0.9)] });
  const pipelines = (states: object[]) => {
    const made: any[] = [];
    return {
      made,
      routes: [
        { method: 'POST', url: /\/pipelineJobs$/, reply: (call: any) => { made.push(call.body); return { body: { name: 'projects/1/locations/l/pipelineJobs/5' } }; } },
        { method: 'GET', url: /\/pipelineJobs\/5$/, reply: states.map((state) => ({ body: { name: 'projects/1/locations/l/pipelineJobs/5', ...state } })) },
      ],
    };
  };

  test('makes the model; gate and registration stay', () => {
    const vertex = new FakeTraining();
    const { made, routes } = pipelines([{ state: 'PIPELINE_STATE_RUNNING' }, { state: 'PIPELINE_STATE_SUCCEEDED' }]);
    const run = vertex.run(world, { hyperparameters: { depth: 6 } }, routes);
    expect(run.result.outcome).toBe('registered');
    expect(vertex.jobs).toEqual([]);
    expect(made).toEqual([{
      displayName: `train-${RUN}`,
      labels: { model: 'churn', run: RUN },
      templateUri: 'https://europe-west4-kfp.pkg.dev/my-project/templates/churn/v1',
      runtimeConfig: {
        gcsOutputDirectory: expect.stringMatching(new RegExp(`^gs://<google_storage_bucket\\.Data_Artifacts_[0-9A-F]{8}\\.name>/training/${RUN}/pipeline$`)),
        parameterValues: {
          epochs: 3,
          loss: 'log',
          depth: 6,
          run_folder: expect.stringMatching(new RegExp(`^gs://<google_storage_bucket\\.Data_Artifacts_[0-9A-F]{8}\\.name>/training/${RUN}$`)),
          dataset_folder: expect.stringMatching(/^gs:\/\/<google_storage_bucket\.Data_Raw_[0-9A-F]{8}\.name>\/dataset$/),
        },
      },
      serviceAccount: expect.stringContaining('Training_JobAccount'),
      encryptionSpec: { kmsKeyName: expect.stringContaining('Data_Key') },
    }]);
  });

  test('that cannot be looked at any more is cancelled when its time is over', () => {
    const vertex = new FakeTraining();
    const run = vertex.run(world, null, [{ method: 'GET', url: /\/pipelineJobs\/5$/, reply: { code: 404 } }, ...pipelines([]).routes]);
    expect(run.error!.message).toMatch(/was cancelled after \d+ seconds$/);
    expect(vertex.cancelled).toEqual(['https://europe-west4-aiplatform.googleapis.com/v1/projects/1/locations/l/pipelineJobs/5:cancel']);
  });

  test('that fails fails the run', () => {
    const run = new FakeTraining().run(world, null, pipelines([{ state: 'PIPELINE_STATE_FAILED', error: { message: 'a task failed' } }]).routes);
    expect(run.error!.message).toBe('pipeline projects/1/locations/l/pipelineJobs/5 ended as PIPELINE_STATE_FAILED: a task failed');
  });

  test('that takes too long is cancelled', () => {
    const vertex = new FakeTraining();
    const run = vertex.run(world, null, pipelines([{ state: 'PIPELINE_STATE_RUNNING' }]).routes);
    expect(run.error!.message).toBe('pipeline projects/1/locations/l/pipelineJobs/5 was cancelled after 18000 seconds');
    expect(vertex.cancelled).toEqual(['https://europe-west4-aiplatform.googleapis.com/v1/projects/1/locations/l/pipelineJobs/5:cancel']);
  });
});
