import { ContainerAppServing, ModelSource, ServingEndpointProps } from '../../src/azure';
import { Challenger, ContainerImage, Rollout, Serving } from '../../src/core';
import { FakeApp } from '../support/azure-app';
import { MODEL } from '../support/azure-online';
import { armFailure } from '../support/azure-service';
import { ServingWorld } from '../support/azure-serving';
import { workflowDefinition } from '../support/azure-workflow';

const made = new Map<string, { readonly definition: any; readonly name: string }>();
const serverless = (props: Partial<ServingEndpointProps> = {}): FakeApp => {
  const key = JSON.stringify(props);
  if (!made.has(key)) {
    const world = new ServingWorld({ serving: Serving.serverless(), ...props });
    made.set(key, { definition: workflowDefinition(world.config, 'Serving_Rollout'), name: world.endpoint.endpointName });
  }
  const { definition, name } = made.get(key)!;
  return new FakeApp(definition, name);
};
const CANARY = { rollout: Rollout.canary({ percent: 10, bakeMinutes: 10 }) };
const A_B = { challenger: Challenger.abTest(20) };

test('the first approved version gets all requests, with its image and the address of its files', () => {
  const here = serverless();
  const run = here.send({ version: '1' });
  expect([run.status, run.variables.outcome]).toEqual(['Succeeded', 'live']);
  expect([here.shares, here.active]).toEqual([{ 1: 100 }, ['1']]);
  expect(here.marks).toEqual({ mlops_live: expect.stringMatching(/^v1-[0-9a-f]{8}$/), mlops_approved_at: '2026-01-01T00:00:00Z' });
  expect(here.app.tags.team).toBe('churn');
  const [{ template }] = here.revisions;
  expect(template.scale).toEqual({ minReplicas: 0, maxReplicas: 5, rules: [{ name: 'requests', http: { metadata: { concurrentRequests: '4' } } }] });
  expect(template.containers).toEqual([{
    name: 'server',
    image: 'images.azurecr.io/churn:1',
    args: ['serve'],
    resources: { cpu: 1, memory: '2Gi' },
    probes: [
      { type: 'Startup', tcpSocket: { port: 8080 }, initialDelaySeconds: 3, periodSeconds: 24, timeoutSeconds: 5, failureThreshold: 10 },
      { type: 'Readiness', httpGet: { path: '/ping', port: 8080 }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 10 },
      { type: 'Liveness', tcpSocket: { port: 8080 }, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 10 },
    ],
    env: expect.arrayContaining([
      { name: 'MLOPS_PORT', value: '8080' },
      { name: 'AZURE_CLIENT_ID', value: expect.stringContaining('client-id') },
      { name: 'MLOPS_MODEL_DIR', value: 'https://store.blob.core.windows.net/artifacts/training/run-1/model' },
    ]),
  }]);
  expect(here.azure.resource(`${MODEL}/versions/1`).properties.tags).toMatchObject({ mlops_approval: 'approved', mlops_live: expect.stringMatching(/^stack-serving-/) });
});

test('the second gets a share, then all requests, while its answers are watched, and the old revision is deactivated', () => {
  const here = serverless(CANARY).has('1', 100);
  const run = here.send({ version: '2' });
  expect([run.status, run.variables.outcome]).toEqual(['Succeeded', 'live']);
  expect(here.splits).toEqual([{ 1: 90, 2: 10 }, { 2: 100 }, { 2: 100 }]);
  expect(run.variables.serves).toBe('version 2 is live: 10 %: 1000 answers, 0 failed, on average within 50 ms, 100 %: 1000 answers, 0 failed, on average within 50 ms');
  expect([here.active, here.marks.mlops_live, here.marks.mlops_rollout]).toEqual([['2'], expect.stringMatching(/^v2-/), undefined]);
});

test.each([
  ['fails too often', { answers: 1000, errors: 11 }, '11 of 1000 answers failed, more than 1 %'],
  ['is too slow', { answers: 1000, latency: 1200.4 }, 'the answers of the app took on average 1200 ms, more than 1000 ms'],
])('a version that %s is rolled back and deactivated', (_, numbers, reason) => {
  const here = serverless(CANARY).has('1', 100);
  here.numbers = (version) => (version === '2' ? numbers : { answers: 1000 });
  const run = here.send({ version: '2' });
  expect([run.status, run.code, run.message]).toEqual(['Failed', 'RolloutFailed', `version 2 was rolled back: ${reason}; version 1 serves`]);
  expect([here.shares, here.active, here.marks]).toEqual([{ 1: 100 }, ['1'], { mlops_live: 'v1-earlier1', mlops_approved_at: '2025-12-01T00:00:00Z' }]);
});

test('a version whose container does not start, or whose files are elsewhere, changes nothing', () => {
  const here = serverless().has('1', 100).registers('3', 'azureml://datastores/other/paths/model');
  here.failing = ['2'];
  expect(here.send({ version: '2' }).message).toBe('version 2 was not rolled out: it could not be deployed: it is Failed, Failed: the container exited with 2; version 1 serves');
  expect(here.send({ version: '3' }).message).toMatch(/its files are not in the lake's artifacts, but azureml:\/\/datastores\/other\/paths\/model; version 1 serves$/);
  expect([here.shares, here.splits, here.active]).toEqual([{ 1: 100 }, [], ['1']]);
});

test('going back is approving an earlier version again, whose revision is activated, and the time of its approval counts', () => {
  const here = serverless();
  here.send({ version: '1' });
  here.send({ version: '2' });
  expect(here.send({ version: '1' }).variables.outcome).toBe('live');
  expect([here.shares, here.active, here.revisions.length]).toEqual([{ 1: 100 }, ['1'], 2]);
  // A message that was put before the newest approval comes late.
  expect(here.send({ version: '2' }, Date.parse('2026-01-01T00:00:30Z')).variables.outcome).toBe('superseded');
  expect(here.shares).toEqual({ 1: 100 });
});

test('an update of the stack brings the live version to what it says, and an image or scale alone makes another revision', () => {
  const here = serverless().has('1', 100);
  const run = here.send({ renew: true });
  expect(run.variables.outcome).toBe('live');
  expect([here.shares, here.active]).toEqual([{ 1: 100 }, ['1']]);
  expect(here.marks.mlops_live).not.toBe('v1-earlier1');
  expect(here.marks.mlops_approved_at).toBe('2025-12-01T00:00:00Z');
  expect(here.send({ renew: true }).variables.outcome).toBe('already live');
  expect(serverless().send({ renew: true }).variables.outcome).toBe('nothing to renew');
});

test('a challenger stands beside the live version, and takes over when it is told', () => {
  const here = serverless(A_B).has('1', 100);
  expect(here.send({ version: '2' }).variables.outcome).toBe('challenger');
  expect([here.shares, here.active, here.marks.mlops_challenger]).toEqual([{ 1: 80, 2: 20 }, ['1', '2'], expect.stringMatching(/^v2-/)]);
  expect(here.send({ version: '2', promote: true }).variables.outcome).toBe('live');
  expect([here.shares, here.active, here.marks.mlops_challenger]).toEqual([{ 2: 100 }, ['2'], undefined]);
});

test('a run that is killed while it moves the traffic is undone by the next one', () => {
  const here = serverless(CANARY).has('1', 100);
  here.apps.kill = (_, call) => (call.method === 'PATCH' && call.body.tags?.mlops_rollout !== '' && call.body.tags !== undefined ? 'after' : undefined);
  here.send({ version: '2' });
  here.apps.kill = undefined;
  expect(here.shares).toEqual({ 1: 90, 2: 10 });
  here.send({ renew: true });
  expect(here.shares).toEqual({ 1: 100 });
  expect(here.marks.mlops_rollout).toBeUndefined();
});

test('two approvals at once go live one after the other', () => {
  const here = serverless(CANARY).has('1', 100);
  here.azure.storage.send('store/approvals', { version: '2' }, here.apps.now);
  here.send({ version: '3' });
  expect([here.shares, here.active]).toEqual([{ 3: 100 }, ['3']]);
  expect(here.apps.runs.filter(({ status }) => status === 'Failed')).toEqual([]);
});

test('files and an image that the stack declares are registered first', () => {
  const here = serverless({
    model: ModelSource.artifact({ modelUri: 'models/churn', image: ContainerImage.fromUri('images.azurecr.io/churn@sha256:abc'), environment: { MODE: 'fast' } }),
  });
  here.apps.settle(1);
  expect(here.apps.runs).toEqual([]);
  // The endpoint's own queue, as its looks name it.
  const [, account, queue] = /^https:\/\/([^.]+)\.queue\.core\.windows\.net\/([^/]+)\/messages$/.exec(here.azure.calls.at(-1)!.url)!;
  here.azure.storage.send(`${account}/${queue}`, { renew: true }, here.apps.now);
  here.apps.settle(60);
  const [run] = here.apps.runs;
  expect(run.variables.outcome).toBe('live');
  const [{ template }] = here.revisions;
  expect(template.containers[0].image).toBe('images.azurecr.io/churn@sha256:abc');
  expect(template.containers[0].env).toEqual(expect.arrayContaining([
    { name: 'MODE', value: 'fast' }, { name: 'MLOPS_MODEL_DIR', value: 'https://store.blob.core.windows.net/artifacts/models/churn' },
  ]));
});

test.each([429, 500, 403, 409])('every call that fails once with %s is made again', (code) => {
  const here = serverless({ ...CANARY, serving: ContainerAppServing.app({ memoryGiB: 4 }) }).has('1', 100);
  const failed = new Set<string>();
  here.azure.interfere = (call) => {
    const key = `${call.action} ${call.method}`;
    if (/\/messages/.test(call.url) || failed.has(key) || (code !== 429 && code !== 500 && /Registered|Declared/.test(call.action))) return undefined;
    failed.add(key);
    return armFailure(code, 'Passing', 'it passes');
  };
  here.send({ version: '2' });
  expect([here.shares, here.active]).toEqual([{ 2: 100 }, ['2']]);
});
