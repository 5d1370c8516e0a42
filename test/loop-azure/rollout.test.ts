import { ModelSource } from '../../src/azure/model-source';
import { ServingEndpointProps } from '../../src/azure/serving-endpoint-props';
import { ContainerImage, Challenger, Rollout } from '../../src/core';
import { FakeOnline } from '../support/azure-online';
import { ServingWorld } from '../support/azure-serving';
import { workflowDefinition } from '../support/azure-workflow';

const definitions = new Map<string, any>();
const definitionOf = (props: Partial<ServingEndpointProps>): any => {
  const key = JSON.stringify(props);
  if (!definitions.has(key)) definitions.set(key, workflowDefinition(new ServingWorld(props).config, 'Serving_Rollout'));
  return definitions.get(key);
};
const online = (props: Partial<ServingEndpointProps> = {}) => new FakeOnline(definitionOf(props));
const MIRRORED = { rollout: Rollout.canary({ percent: 10, bakeMinutes: 10 }), mirrorPercent: 10 };
const CANARY = { rollout: Rollout.canary({ percent: 10, bakeMinutes: 10 }) };
const A_B = { challenger: Challenger.abTest(20) };
const SHADOW = { challenger: Challenger.shadow(30) };

describe('the first approved version', () => {
  test('gets all requests, its autoscale setting and the tags of what is live', () => {
    const here = online();
    const run = here.send({ version: '1' });
    expect([run.status, run.variables.outcome]).toEqual(['Succeeded', 'live']);
    expect(here.traffic).toEqual({ 1: 100 });
    expect(here.marks).toEqual({ mlops_live: expect.stringMatching(/^v1-[0-9a-f]{8}$/) });
    expect(here.scaled).toEqual(['1']);
    expect(here.tagsOf('1')).toMatchObject({ mlops_approval: 'approved', mlops_live: expect.stringMatching(/^stack-serving-/) });
    expect(here.waiting).toEqual([]);
  });

  test('is deployed with its image, the template\'s settings and the endpoint\'s own tags', () => {
    const here = online({ capture: { samplingPercent: 25 } });
    here.send({ version: '1' });
    const [{ name, body }] = here.deployments;
    const settings = name.replace(/^v1-/, '');
    expect(body.tags).toMatchObject({ 'team': 'churn', 'mlops_version': '1', 'mlops_approved_at': '2026-01-01T00:00:00Z', 'data_collector.collections.request.enabled': 'true' });
    expect(Object.keys(body.tags)).not.toContain('mlops_live');
    expect(body.sku).toEqual({ name: 'Default', tier: 'Standard', capacity: 2 });
    expect(body.properties).toMatchObject({
      endpointComputeType: 'Managed',
      instanceType: 'Standard_D2as_v4',
      model: expect.stringMatching(/\/models\/churn\/versions\/1$/),
      environmentId: expect.stringMatching(new RegExp(`/environments/stack-serving-[\\w-]+/versions/1-${settings}$`)),
      environmentVariables: { MLOPS_VERB: 'serve', MLOPS_MODEL_NAME: 'churn' },
      requestSettings: { requestTimeout: 'PT5S', maxConcurrentRequestsPerInstance: 4 },
      dataCollector: { rollingRate: 'Hour', collections: { request: { dataCollectionMode: 'Enabled', samplingRate: 0.25 }, response: { samplingRate: 0.25 } } },
    });
    expect(body.properties).not.toHaveProperty('egressPublicNetworkAccess');
    expect(here.azure.resource(body.properties.environmentId).properties).toEqual({
      image: 'images.azurecr.io/churn:1',
      osType: 'Linux',
      inferenceConfig: { livenessRoute: { path: '/health/live', port: 8080 }, readinessRoute: { path: '/health/ready', port: 8080 }, scoringRoute: { path: '/score', port: 8080 } },
    });
    expect(here.azure.resource(body.properties.dataCollector.collections.request.dataId).properties.dataUri)
      .toMatch(new RegExp(`^azureml://datastores/lake_captured/paths/stack-serving-[\\w-]+/${name}/request$`));
  });
});

test('the second gets copies, then a share, then all requests, while its metrics are watched, and the old one goes', () => {
  const here = online(MIRRORED).has('1', 100);
  const run = here.send({ version: '2' });
  expect([run.status, run.variables.outcome]).toEqual(['Succeeded', 'live']);
  expect(here.splits).toEqual([{ 1: 100, 2: -10 }, { 1: 90, 2: 10 }, { 2: 100 }, { 2: 100 }]);
  expect(run.variables.serves).toBe('version 2 is live: copies of 10 %: 1000 answers, 0 failed, 99 % within 50 ms, 10 %: 1000 answers, 0 failed, 99 % within 50 ms, 100 %: 1000 answers, 0 failed, 99 % within 50 ms');
  expect([here.traffic, here.mirror, here.deployed, here.deleted, here.scaled]).toEqual([{ 2: 100 }, {}, ['2'], ['1'], ['2']]);
  // It starts with as many replicas as the live one had.
  expect(here.deployments[0].body.sku.capacity).toBe(3);
});

test('a linear rollout goes up step by step', () => {
  const here = online({ rollout: Rollout.linear({ stepPercent: 40, stepMinutes: 5 }) }).has('1', 100);
  here.send({ version: '2' });
  expect(here.splits).toEqual([{ 1: 60, 2: 40 }, { 1: 20, 2: 80 }, { 2: 100 }, { 2: 100 }]);
});

describe('a version', () => {
  test.each([
    ['fails too often', { answers: 1000, errors: 11 }, '11 of 1000 answers failed, more than 1 %'],
    ['fails behind the endpoint', { answers: 1000, errors: 11, codes: ['424', '503'] as const }, '11 of 1000 answers failed, more than 1 %'],
    ['takes longer than it may', { answers: 1000, errors: 500, codes: ['408', '0'] as const }, '500 of 1000 answers failed, more than 1 %'],
    ['is too slow', { answers: 1000, latency: 1200.4 }, '99 % of the answers took up to 1200 ms, more than 1000 ms'],
  ])('that %s is rolled back and taken away', (_, numbers, reason) => {
    const here = online(CANARY).has('1', 100);
    here.numbers = (version) => (version === '2' ? numbers : { answers: 1000 });
    const run = here.send({ version: '2' });
    expect([run.status, run.code, run.message]).toEqual(['Failed', 'RolloutFailed', `version 2 was rolled back: ${reason}; version 1 serves`]);
    expect([here.traffic, here.deployed, here.marks]).toEqual([{ 1: 100 }, ['1'], { mlops_live: 'v1-earlier1' }]);
    expect(here.tagsOf('2').mlops_rolled_back).toMatch(/^[0-9a-f]{8} message-1$/);
  });

  test.each([['424', '400'], ['429', '0'], ['400', '400']])('whose callers send nonsense is not (%s, %s)', (...codes) => {
    const here = online(CANARY).has('1', 100);
    here.numbers = () => ({ answers: 1000, errors: 900, codes });
    expect(here.send({ version: '2' }).status).toBe('Succeeded');
    expect(here.traffic).toEqual({ 2: 100 });
  });

  test('that saw no requests goes live, and the run says so', () => {
    const here = online(CANARY).has('1', 100);
    here.numbers = () => ({ answers: 0 });
    expect(here.send({ version: '2' }).variables.serves)
      .toBe('version 2 is live: 10 %: 0 answers, 0 failed, 99 % within 0 ms (too few to judge), 100 %: 0 answers, 0 failed, 99 % within 0 ms (too few to judge)');
  });

  test('that fails under the whole load alone is rolled back', () => {
    const here = online(CANARY).has('1', 100);
    here.numbers = (version) => (here.traffic[version] === 100 ? { answers: 1000, errors: 500 } : { answers: 1000 });
    expect(here.send({ version: '2' }).message).toBe('version 2 was rolled back: 500 of 1000 answers failed, more than 1 %; version 1 serves');
    expect([here.traffic, here.deployed]).toEqual([{ 1: 100 }, ['1']]);
  });

  test('that cannot be deployed changes nothing', () => {
    const here = online().has('1', 100);
    here.failing = ['2'];
    expect(here.send({ version: '2' }).message).toMatch(/^version 2 was not rolled out: it could not be deployed: it ended as Failed: see the logs of deployment v2-\w{8}; version 1 serves$/);
    expect([here.traffic, here.splits, here.deployed]).toEqual([{ 1: 100 }, [], ['1']]);
  });

  test('that is rejected while it is brought is rolled back', () => {
    const here = online(CANARY).has('1', 100);
    here.numbers = () => {
      here.registers('2', { mlops_approval: 'rejected' });
      return { answers: 1000 };
    };
    expect(here.send({ version: '2' }).message).toBe('version 2 was rolled back: it was rejected meanwhile; version 1 serves');
    expect(here.traffic).toEqual({ 1: 100 });
  });

  test.each([
    ['is rejected', { mlops_approval: 'rejected' }, 'version 2 is rejected: set its tag mlops_approval to pending, then approve it again'],
    ['names no image', { mlops_image: '' }, 'version 2 says no image: give it the tag mlops_image, or the endpoint an image'],
  ])('that %s is not rolled out', (_, tags, reason) => {
    const here = online().registers('2', tags).has('1', 100);
    expect(here.send({ version: '2' }).message).toBe(`version 2 was not rolled out: ${reason}; version 1 serves as before`);
    expect([here.traffic, here.splits, here.deployed]).toEqual([{ 1: 100 }, [], ['1']]);
  });

  test('that names no image gets the endpoint\'s', () => {
    const here = online({ image: ContainerImage.fromUri('images.azurecr.io/usual:1') }).registers('1', { mlops_image: undefined });
    here.send({ version: '1' });
    expect(here.azure.resource(here.deployments[0].body.properties.environmentId).properties.image).toBe('images.azurecr.io/usual:1');
  });

  test('that is not registered is not rolled out, and a challenger stays', () => {
    const here = online(A_B).has('1', 80).has('2', 20, { mark: 'challenger' });
    expect(here.send({ version: '9' }).message).toBe('version 9 was not rolled out: version 9 of churn is not registered; version 1 serves as before');
    expect([here.traffic, here.deployed]).toEqual([{ 1: 80, 2: 20 }, ['1', '2']]);
  });
});

describe('a message', () => {
  test.each([[{}], [{ version: 'two' }], [{ version: '-3' }], ['what?']])('that names no version ends in an error that says what is wanted: %j', (message) => {
    const here = online().has('1', 100);
    expect(here.send(message).message).toMatch(/^the approval names no version: want \{"version": "3"\}, got /);
    expect(here.traffic).toEqual({ 1: 100 });
    expect(here.waiting).toEqual([]);
  });

  test('may say the version as a number', () => {
    const here = online();
    here.send({ version: 3 });
    expect(here.traffic).toEqual({ 3: 100 });
  });

  test('that comes again after its version was rolled back changes nothing; another one does', () => {
    const here = online(CANARY).has('1', 100);
    here.numbers = () => ({ answers: 1000, errors: 500 });
    let ends = 0;
    here.azure.interfere = (call) => (call.action === 'Finish_message' && ends++ === 0 ? { code: 403 } : undefined);
    here.send({ version: '2' });
    here.numbers = () => ({ answers: 1000 });
    expect(here.apps.runs.map(({ status, variables }) => [status, variables.outcome])).toEqual([['Failed', ''], ['Succeeded', 'rolled back before']]);
    expect(here.traffic).toEqual({ 1: 100 });
    here.send({ version: '2' });
    expect(here.traffic).toEqual({ 2: 100 });
  });

  test('that is older than the approval of the live version is superseded', () => {
    const here = online().has('3', 100, { approvedAt: '2026-01-02T00:00:00Z' });
    expect(here.send({ version: '2' }, Date.parse('2026-01-01T00:00:00Z')).variables.outcome).toBe('superseded');
    expect(here.traffic).toEqual({ 3: 100 });
  });
});

test.each([
  ['2', '3', { 3: 100 }],
  ['3', '2', { 3: 100 }],
])('of two approvals at once, %s and %s, the higher version is live', (first, second, traffic) => {
  const here = online().has('1', 100);
  here.tell({ version: first });
  here.tell({ version: second });
  here.apps.settle(60);
  expect([here.traffic, here.deployed]).toEqual([traffic, ['3']]);
});

test('an earlier version comes back by its approval', () => {
  const here = online(CANARY).has('2', 100);
  here.send({ version: '1' });
  expect([here.traffic, here.deployed]).toEqual([{ 1: 100 }, ['1']]);
});

describe('a stack that says something else', () => {
  test('brings the live version to it, in steps', () => {
    const here = online(CANARY).has('2', 100, { approvedAt: '2025-12-05T00:00:00Z' });
    expect(here.send({ renew: true }).variables.outcome).toBe('live');
    expect(here.splits.slice(0, 2)).toEqual([{ 2: 10 }, { 2: 100 }]);
    expect(here.deployments.map(({ name, body }) => [name, body.tags.mlops_approved_at])).toEqual([[expect.stringMatching(/^v2-[0-9a-f]{8}$/), '2025-12-05T00:00:00Z']]);
  });

  test('does nothing where the live version has it', () => {
    const here = online(CANARY);
    here.send({ version: '2' });
    const before = here.splits.length;
    expect(here.send({ renew: true }).variables.outcome).toBe('already live');
    expect([here.splits.length, here.deployed]).toEqual([before, ['2']]);
  });

  test('is not tried every day where it was rolled back', () => {
    const here = online(CANARY).has('2', 100);
    here.numbers = () => ({ answers: 1000, errors: 500 });
    expect(here.send({ renew: true }).message).toBe('version 2 was rolled back: 500 of 1000 answers failed, more than 1 %; version 2 serves');
    expect(here.send({ renew: true }).variables.outcome).toBe('rolled back before');
    expect(here.deployments.map(({ name }) => name)).toEqual(['v2-earlier1']);
  });

  test('does nothing where nothing serves', () => {
    expect(online().send({ renew: true }).variables.outcome).toBe('nothing to renew');
  });

  test('leaves a challenger and its champion', () => {
    const here = online(A_B).has('1', 80).has('2', 20, { mark: 'challenger' });
    expect(here.send({ renew: true }).variables.outcome).toBe('nothing to renew');
    expect([here.traffic, here.deployed]).toEqual([{ 1: 80, 2: 20 }, ['1', '2']]);
  });

  test('takes away what has no requests and was deployed by rollouts', () => {
    const here = online().has('1', 100).has('2', 0, { mark: 'none' });
    here.deployments.push({ name: 'mine', fails: false, readyAt: 0, body: { tags: {}, properties: {} } });
    here.send({ renew: true });
    expect(here.deployments.map(({ name }) => name)).toEqual(['mine', expect.stringMatching(/^v1-/)]);
  });
});

describe('a challenger', () => {
  test('stands beside the live version, and takes over when it is promoted', () => {
    const here = online(A_B).has('1', 100);
    expect(here.send({ version: '2' }).variables.outcome).toBe('challenger');
    expect([here.traffic, Object.keys(here.marks)]).toEqual([{ 1: 80, 2: 20 }, ['mlops_live', 'mlops_challenger']]);
    expect(here.send({ version: '2' }).variables.outcome).toBe('already challenger');
    expect(here.send({ version: '2', promote: true }).variables.outcome).toBe('live');
    expect([here.traffic, here.deployed, here.scaled.at(-1)]).toEqual([{ 2: 100 }, ['2'], '2']);
  });

  test('as a shadow gets copies alone', () => {
    const here = online(SHADOW).has('1', 100);
    expect(here.send({ version: '2' }).variables.outcome).toBe('challenger');
    expect([here.traffic, here.mirror, here.deployed]).toEqual([{ 1: 100 }, { 2: 30 }, ['1', '2']]);
    here.send({ renew: true });
    expect(here.mirror).toEqual({ 2: 30 });
    expect(here.send({ version: '2', promote: true }).variables.outcome).toBe('live');
    expect([here.traffic, here.mirror]).toEqual([{ 2: 100 }, {}]);
  });

  test('gives way to another one', () => {
    const here = online(A_B).has('1', 80).has('2', 20, { mark: 'challenger' });
    here.send({ version: '3' });
    expect([here.traffic, here.deployed]).toEqual([{ 1: 80, 3: 20 }, ['1', '3']]);
  });

  test('that fails is taken away', () => {
    const here = online(A_B).has('1', 100);
    here.numbers = (version) => (version === '2' ? { answers: 1000, errors: 500 } : { answers: 1000 });
    expect(here.send({ version: '2' }).message).toBe('version 2 was rolled back: 500 of 1000 answers failed, more than 1 %; version 1 serves');
    expect([here.traffic, here.deployed]).toEqual([{ 1: 100 }, ['1']]);
  });
});

describe('a run that is killed', () => {
  test.each(['Deploy_write', 'Watch_shift', 'Answers', 'Settle_write', 'Idle_delete', 'Tag_live'])('at %s leaves a live version, and the next run ends what it began', (action) => {
    for (const moment of ['before', 'after'] as const) {
      const here = online(CANARY).has('1', 100);
      here.apps.kill = (_, call) => (call.action === action ? moment : undefined);
      here.tell({ version: '2' });
      here.apps.advance(4 * 3600);
      expect(here.apps.runs.map(({ status }) => status)).toEqual(['Killed']);
      expect(Object.values(here.traffic).reduce((sum, share) => sum + share, 0)).toBe(100);
      here.apps.kill = undefined;
      // Its message comes again.
      here.apps.advance(10 * 3600);
      here.apps.settle();
      expect([action, moment, here.traffic, here.deployed, here.waiting]).toEqual([action, moment, { 2: 100 }, ['2'], []]);
    }
  });

  test('is rolled back by the run of another message, which says so', () => {
    const here = online(CANARY).has('1', 100);
    here.apps.kill = (_, call) => (call.action === 'Answers' ? 'before' : undefined);
    here.tell({ version: '2' });
    here.apps.advance(4 * 3600);
    expect(here.traffic).toEqual({ 1: 90, 2: 10 });
    here.apps.kill = undefined;
    expect(here.send({ renew: true }).message).toMatch(/but the rollout of deployment v2-\w{8} had not ended, and version 1 got all requests back$/);
    expect(here.splits[1]).toEqual({ 1: 100 });
  });
});

describe('a rollback that cannot be made at once', () => {
  const broken = (refuses: (nth: number) => { readonly code: number } | undefined) => {
    const here = online().has('1', 100);
    here.numbers = (version) => (version === '2' ? { answers: 1000, errors: 500 } : { answers: 1000 });
    let tries = 0;
    here.azure.interfere = (call) => (call.action === 'Back_write' ? refuses(tries++) : undefined);
    return { here, run: here.send({ version: '2' }) };
  };

  test.each([409, 403, 404, 400, 500])('is made later, and the version before is never taken away (%i)', (code) => {
    const { here, run } = broken((nth) => (nth < 40 ? { code } : undefined));
    expect([run.message, here.traffic, here.deployed]).toEqual(['version 2 was rolled back: 500 of 1000 answers failed, more than 1 %; version 1 serves', { 1: 100 }, ['1']]);
    expect(run.visited.filter(({ name }) => name === 'Back_is_pending').map(({ status }) => status)).toContain('Succeeded');
  });

  test('ends where somebody has taken the version before away, and says that nobody knows who serves', () => {
    const here = online().has('1', 100);
    here.numbers = (version) => {
      if (version !== '2') return { answers: 1000 };
      here.deployments = here.deployments.filter(({ body }) => body.tags.mlops_version === '2');
      return { answers: 1000, errors: 500 };
    };
    const run = here.send({ version: '2' });
    expect(run.message).toBe('version 2 was rolled back: 500 of 1000 answers failed, more than 1 %; '
      + 'version 1 could not be brought back, and which version serves is not known: its deployment is not on the endpoint any more');
    expect([here.traffic, here.deployed]).toEqual([{ 2: 100 }, ['2']]);
  });

  test('ends after two weeks with what is true, and the next run goes on', () => {
    const { here, run } = broken(() => ({ code: 400 }));
    expect(run.message).toMatch(/; version 1 could not be brought back, and which version serves is not known: Back_write: 400 /);
    expect((run.endedAt! - run.startedAt) / 86_400_000).toBeCloseTo(14, 0);
    // The message comes again, to a run that finds the rollout unfinished.
    expect(here.apps.runs.map(({ message }) => message).join('\n')).toMatch(/^version 1 serves as before; but the rollout of deployment v2-\w{8} had not ended/m);
    expect([here.traffic, here.deployed]).toEqual([{ 1: 100 }, ['1']]);
  });
});

test('what cannot be tidied up is told, and done by the next run', () => {
  const here = online(CANARY).has('1', 100);
  here.azure.interfere = ({ action }) => (['Idle_delete', 'Set_scale', 'Tag_live'].includes(action) ? { code: 400, body: { error: 'no' } } : undefined);
  const run = here.send({ version: '2' });
  expect(run.message).toMatch(/^version 2 is live: .*; but a deployment without requests could not be deleted and is billed, which is tried again within a day: Idle_delete: 400/);
  expect(run.message).toContain('the tags of versions do not say what is live or was rolled back');
  expect([here.traffic, here.deployed]).toEqual([{ 2: 100 }, ['1', '2']]);
  here.azure.interfere = () => undefined;
  expect(here.send({ renew: true }).variables.outcome).toBe('already live');
  expect([here.traffic, here.deployed, here.scaled.at(-1)]).toEqual([{ 2: 100 }, ['2'], '2']);
});

describe('a declared artifact', () => {
  const artifact = (modelUri: string) => ({ model: ModelSource.artifact({ modelUri, image: ContainerImage.fromUri('images.azurecr.io/own:1'), environment: { A: 'b' } }) });

  test('is registered, and rolled out when it changes', () => {
    const here = online(artifact('models/one/'));
    here.azure.storage.send('store/stack-serving-inbox-4f8d6a10', { renew: true });
    const first = workflowDefinition(new ServingWorld(artifact('models/one/')).config, 'Serving_Rollout');
    const queue = (first as any).triggers.Message.inputs.uri.replace(/^https:\/\/store\.queue\.core\.windows\.net\/(.*)\/messages$/, 'store/$1');
    here.azure.storage.send(queue, { renew: true });
    here.apps.settle();
    expect(here.apps.runs.map(({ status, message }) => [status, message])).toEqual([['Succeeded', undefined]]);
    const [{ body }] = here.deployments;
    expect(here.azure.resource(body.properties.model).properties).toMatchObject({ modelUri: 'azureml://datastores/lake_artifacts/paths/models/one/', tags: { mlops_image: 'images.azurecr.io/own:1' } });
    expect(body.properties.environmentVariables).toMatchObject({ A: 'b', MLOPS_VERB: 'serve' });
    here.apps.deploy('rollout', definitionOf(artifact('models/two/')));
    here.azure.storage.send(queue, { renew: true }, here.apps.now);
    here.apps.settle();
    expect(here.apps.runs.map(({ status, message }) => [status, message])).toEqual([['Succeeded', undefined], ['Succeeded', undefined]]);
    expect(here.deployments.map((each) => here.azure.resource(each.body.properties.model).properties.modelUri)).toEqual(['azureml://datastores/lake_artifacts/paths/models/two/']);
  });
});
