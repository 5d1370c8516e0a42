import { Serving, ContainerImage } from '../../src/core';
import { ModelSource, ServingEndpointProps } from '../../src/gcp';
import { FakeBatch } from '../support/google-batch';
import { approval } from '../support/google-endpoint';
import { ServingWorld } from '../support/google-serving';
import { HttpCall, HttpReply, runWorkflow } from '../support/workflows';

const world = (props: Partial<ServingEndpointProps> = {}) => new ServingWorld({ serving: Serving.batch(), ...props });
const approved = world();
const BATCH = approved.definition('Serving_Batch');
const ROLLOUT = approved.definition('Serving_Rollout');
const run = (definition: any, fake: FakeBatch, argument?: unknown) => runWorkflow(definition, { argument, respond: fake.respond, now: '2026-01-01T00:00:10Z' });
const told = (result: { logs: readonly { data: any }[] }) => result.logs.map(({ data }) => data);

test('without an approved version a run ends quietly', () => {
  const fake = new FakeBatch();
  const result = run(BATCH, fake);
  expect(result.result).toBe('no model');
  expect(fake.jobs).toEqual([]);
  expect(told(result)).toEqual([{ mlops: 'batch', outcome: 'no model' }]);
});

test('input is looked for on further pages of the list', () => {
  const fake = new FakeBatch();
  run(ROLLOUT, fake, approval('1'));
  fake.emptyPages = 2;
  expect(run(BATCH, fake).result).toBe('done');
  expect(fake.listings.map(({ pageToken }) => pageToken)).toEqual([undefined, '1', '2']);
});

test('without input a run ends quietly', () => {
  const fake = new FakeBatch();
  run(ROLLOUT, fake, approval('1'));
  fake.files = [];
  expect(run(BATCH, fake).result).toBe('no input');
  expect(fake.listings).toEqual([{ matchGlob: 'batch/input/**.jsonl', maxResults: 1 }]);
  expect(fake.jobs).toEqual([]);
});

test('an approved version predicts from the next run on', () => {
  const fake = new FakeBatch();
  const rolled = run(ROLLOUT, fake, approval('1'));
  expect(rolled.result).toBe('live');
  expect(fake.aliases).toEqual({ 'approved': '1', 'approved-1': '1', 'live': '1', 'default': '1' });
  expect(told(rolled)).toEqual([{ mlops: 'rollout', outcome: 'live', version: '1' }]);
  const result = run(BATCH, fake);
  expect(result.result).toBe('done');
  expect(fake.jobs[0]).toMatchObject({
    model: 'projects/my-project/locations/europe-west4/models/churn-1a2b3c4d@1',
    inputConfig: { instancesFormat: 'jsonl' },
    dedicatedResources: { startingReplicaCount: 1, maxReplicaCount: 1 },
  });
  expect(told(result)).toEqual([{ mlops: 'batch', outcome: 'done', job: 'projects/1/locations/europe-west4/batchPredictionJobs/7', output: 'gs://out/1', failedRows: '0' }]);
  expect(result.sleptSeconds).toBe(120);
});

test('an approval that comes twice, or after a later one, changes nothing', () => {
  const fake = new FakeBatch();
  run(ROLLOUT, fake, approval('1', '2026-01-01T00:00:00Z'));
  run(ROLLOUT, fake, approval('2', '2026-01-01T01:00:00Z'));
  expect(run(ROLLOUT, fake, approval('1', '2026-01-01T00:00:00Z')).result).toBe('superseded');
  expect(run(ROLLOUT, fake, approval('2', '2026-01-01T01:00:00Z')).result).toBe('superseded');
  expect(fake.aliases.live).toBe('2');
});

test('an approval of a version that does not exist fails, and the earlier one goes on predicting', () => {
  const fake = new FakeBatch();
  run(ROLLOUT, fake, approval('1', '2026-01-01T00:00:00Z'));
  const result = run(ROLLOUT, fake, approval('9', '2026-01-01T01:00:00Z'));
  expect(result.error).toBeDefined();
  expect(told(result)).toEqual([expect.objectContaining({ mlops: 'rollout', outcome: 'failed', version: '9' })]);
  run(BATCH, fake);
  expect(fake.jobs[0].model).toMatch(/@1$/);
});

test('a job that fails says why', () => {
  const fake = new FakeBatch();
  run(ROLLOUT, fake, approval('1'));
  fake.states = ['JOB_STATE_FAILED'];
  fake.more = { error: { message: 'no such column' } };
  const result = run(BATCH, fake);
  const reason = 'projects/1/locations/europe-west4/batchPredictionJobs/7 ended as JOB_STATE_FAILED: no such column';
  expect(result.error).toMatchObject({ message: reason });
  expect(told(result)).toEqual([{ mlops: 'batch', outcome: 'failed', job: 'projects/1/locations/europe-west4/batchPredictionJobs/7', reason }]);
});

test('a job that cannot be looked at for a while goes on, and so does its run', () => {
  const fake = new FakeBatch();
  run(ROLLOUT, fake, approval('1'));
  let looks = 0;
  const respond = (call: HttpCall): HttpReply => {
    if (call.url.endsWith(':cancel')) throw new TypeError('it goes on');
    return /batchPredictionJobs\/7$/.test(call.url) && looks++ < 300 ? { code: 403 } : fake.respond(call);
  };
  expect(runWorkflow(BATCH, { respond }).result).toBe('done');
});

test('a job whose answer is lost is looked for, and waited for', () => {
  const fake = new FakeBatch();
  run(ROLLOUT, fake, approval('1'));
  const respond = (call: HttpCall): HttpReply => {
    const reply = fake.respond(call);
    return call.method === 'POST' && call.url.endsWith('/batchPredictionJobs') ? { code: 500 } : reply;
  };
  expect(runWorkflow(BATCH, { respond }).result).toBe('done');
  expect(fake.jobs.map(({ displayName }) => displayName)).toEqual(['Stack/Serving 00000000-0000-4000-8000-000000000000']);
});

test.each([['2', '3'], ['3', '2']])('of two approvals of the same millisecond, %s and %s, the higher version predicts', (first, second) => {
  const fake = new FakeBatch();
  run(ROLLOUT, fake, approval(first));
  run(ROLLOUT, fake, approval(second));
  run(BATCH, fake);
  expect(fake.jobs[0].model).toMatch(/@3$/);
});

test('an approval counts where its names cannot be given', () => {
  const fake = new FakeBatch();
  const respond = (call: HttpCall): HttpReply => (call.url.includes(':mergeVersionAliases') ? { code: 404 } : fake.respond(call));
  expect(runWorkflow(ROLLOUT, { argument: approval('1'), respond }).result).toBe('live');
  run(BATCH, fake);
  expect(fake.jobs[0].model).toMatch(/@1$/);
});

test('rows that failed are counted', () => {
  const fake = new FakeBatch();
  run(ROLLOUT, fake, approval('1'));
  fake.states = ['JOB_STATE_PARTIALLY_SUCCEEDED'];
  fake.more = { completionStats: { failedCount: '3' } };
  expect(told(run(BATCH, fake))[0]).toMatchObject({ outcome: 'done', failedRows: '3' });
});

test('a version that the stack declares needs no approval', () => {
  const fixed = world({ model: ModelSource.version('projects/my-project/locations/europe-west4/models/churn@3') });
  const fake = new FakeBatch();
  expect(run(fixed.definition('Serving_Batch'), fake).result).toBe('done');
  expect(fake.jobs[0].model).toBe('projects/my-project/locations/europe-west4/models/churn@3');
});

test('files that the stack declares predict in the container that it declares', () => {
  const image = ContainerImage.fromUri('vllm:1');
  const fixed = world({ model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image, container: { args: ['--fast'], port: 8000 }, environment: { A: '1' } }) });
  const fake = new FakeBatch();
  run(fixed.definition('Serving_Batch'), fake);
  expect(fake.jobs[0].unmanagedContainerModel.containerSpec).toEqual({
    imageUri: 'vllm:1', args: ['--fast'], predictRoute: '/invocations', healthRoute: '/ping', ports: [{ containerPort: 8000 }], env: [{ name: 'A', value: '1' }],
  });
});

test('files that the stack declares predict without the registry', () => {
  const fixed = world({ model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image: ContainerImage.fromUri('image:1') }) });
  const fake = new FakeBatch();
  run(fixed.definition('Serving_Batch'), fake);
  expect(fake.jobs[0].model).toBeUndefined();
  expect(fake.jobs[0].unmanagedContainerModel).toEqual({
    artifactUri: 'gs://bucket/model',
    containerSpec: { imageUri: 'image:1', args: ['serve'], predictRoute: '/invocations', healthRoute: '/ping', ports: [{ containerPort: 8080 }] },
  });
});
