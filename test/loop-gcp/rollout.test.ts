import { Challenger, Rollout, Serving } from '../../src/core';
import { EndpointAccess, ServingEndpointProps } from '../../src/gcp';
import { approval, FakeVertex } from '../support/google-endpoint';
import { ServingWorld } from '../support/google-serving';
import { HttpCall, HttpReply, runWorkflow } from '../support/workflows';

const definitions = new Map<string, any>();
const rolloutOf = (name: string, props: Partial<ServingEndpointProps>) => {
  if (!definitions.has(name)) definitions.set(name, new ServingWorld(props).definition());
  return definitions.get(name);
};
const AT_ONCE = rolloutOf('at once', {});
const CANARY = rolloutOf('canary', { rollout: Rollout.canary({ percent: 10, bakeMinutes: 10 }) });
const LINEAR = rolloutOf('linear', { rollout: Rollout.linear({ stepPercent: 40, stepMinutes: 5 }) });
const TEARDOWN = new ServingWorld().definition('Serving_Teardown');
const A_B = rolloutOf('a/b', { challenger: Challenger.abTest(20) });

const run = (definition: any, vertex: FakeVertex, argument: unknown) => runWorkflow(definition, { argument, respond: vertex.respond, now: '2026-01-01T00:00:10Z' });
const outcomes = (result: { logs: readonly { data: any }[] }) => result.logs.filter(({ data }) => data.mlops === 'rollout').map(({ data }) => data);

test('the first approved version gets all traffic and the names of what is live', () => {
  const vertex = new FakeVertex();
  const result = run(AT_ONCE, vertex, approval('1'));
  expect(result.result).toBe('live');
  expect(vertex.traffic).toEqual({ 1: 100 });
  expect(vertex.aliases).toEqual({ 'approved': '1', 'approved-1': '1', 'live': '1', 'default': '1' });
  expect(outcomes(result)).toEqual([{ mlops: 'rollout', outcome: 'live', version: '1' }]);
  expect(vertex.deployments).toEqual([{
    deployedModel: {
      model: 'projects/my-project/locations/europe-west4/models/churn-1a2b3c4d@1',
      displayName: expect.stringMatching(/^version 1 as [0-9a-f]{8} approved 2026-01-01T00:00:00\.000000Z$/),
      dedicatedResources: {
        machineSpec: { machineType: expect.any(String) },
        minReplicaCount: 2,
        maxReplicaCount: 4,
        autoscalingMetricSpecs: [{ metricName: 'aiplatform.googleapis.com/prediction/online/request_count', target: 600 }],
      },
      serviceAccount: expect.stringMatching(/google_service_account.*email/),
      enableAccessLogging: false,
    },
    trafficSplit: { 0: 100 },
  }]);
});

test('a canary gets its share beside the live version, then the rest, and the old one goes', () => {
  const vertex = new FakeVertex().has('1', 100);
  const result = run(CANARY, vertex, approval('2'));
  expect(result.result).toBe('live');
  expect(vertex.deployments[0].trafficSplit).toEqual({});
  expect(vertex.splits).toEqual([{ 1: 90, 2: 10 }, { 2: 100 }]);
  expect(vertex.undeployed).toEqual(['1']);
  expect(vertex.traffic).toEqual({ 2: 100 });
  // Numbers come three minutes late.
  expect(result.sleptSeconds).toBe(2 * (10 + 3) * 60);
});

test('a linear rollout goes up step by step', () => {
  const vertex = new FakeVertex().has('1', 100);
  run(LINEAR, vertex, approval('2'));
  expect(vertex.splits.slice(0, 3)).toEqual([{ 1: 60, 2: 40 }, { 1: 20, 2: 80 }, { 2: 100 }]);
});

test.each([
  ['fails too often', { answers: 1000, errors: 11 }, '11 of 1000 answers failed, more than 1 %'],
  ['is too slow', { answers: 1000, latency: 1200.5 }, '99 % of the answers took up to 1200 ms, more than 1000 ms'],
])('a version that %s is shifted back and taken away', (_, numbers, reason) => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.numbers = (version) => (version === '2' ? numbers : { answers: 1000 });
  const result = run(CANARY, vertex, approval('2'));
  expect(result.result).toBe('rolled back');
  expect(vertex.traffic).toEqual({ 1: 100 });
  expect(vertex.undeployed).toEqual(['2']);
  expect(vertex.aliases).toEqual({ 'approved': '2', 'approved-2': '2', 'rolled-back-1767225600000': '2' });
  expect(outcomes(result)).toEqual([{ mlops: 'rollout', outcome: 'rolled back', version: '2', reason, serves: '1' }]);
});

describe('a roll back that cannot be made at once', () => {
  /** The default rollout of a version that fails, whose traffic cannot be moved back for so many requests. */
  const broken = (refuses: (nth: number) => HttpReply | undefined) => {
    const vertex = new FakeVertex().has('1', 100);
    vertex.numbers = (version) => (version === '2' ? { answers: 1000, errors: 500 } : { answers: 1000 });
    let moves = 0;
    vertex.interfere = (call) => {
      const isMove = call.method === 'PATCH' && call.query.updateMask === 'trafficSplit';
      return isMove && vertex.traffic[2] === 100 ? refuses(moves++) : undefined;
    };
    return { vertex, result: run(AT_ONCE, vertex, approval('2')) };
  };
  const told = (result: { logs: readonly { severity: string; data: any }[] }) => result.logs
    .filter(({ data }) => ['rollback pending', 'rollback done', 'rollout'].includes(data.mlops)).map(({ severity, data: { mlops, outcome, serves } }) => [severity, outcome ?? mlops, serves]);

  test.each([409, 403, 500])('is made later, and the version before is never taken away (%i once)', (code) => {
    const { vertex, result } = broken((nth) => (nth === 0 ? { code } : undefined));
    expect([result.result, vertex.traffic, vertex.undeployed]).toEqual(['rolled back', { 1: 100 }, ['2']]);
    expect(told(result)).toEqual([['WARNING', 'rolled back', '1']]);
  });

  test.each([400, 404, 403, 500])('is made after days, and somebody is told at once (%i)', (code) => {
    const { vertex, result } = broken((nth) => (nth < 1000 ? { code } : undefined));
    expect([result.result, vertex.traffic, vertex.undeployed]).toEqual(['rolled back', { 1: 100 }, ['2']]);
    expect(told(result)).toEqual([['CRITICAL', 'rollback pending', 'unknown'], ['NOTICE', 'rollback done', '1'], ['WARNING', 'rolled back', '1']]);
    expect(result.sleptSeconds).toBeGreaterThan(6 * 3600);
  });

  test('ends where somebody has taken the version before away, and says that nobody knows who serves', () => {
    const vertex = new FakeVertex().has('1', 100);
    vertex.numbers = (version) => {
      if (version !== '2') return { answers: 1000 };
      vertex.deployed = vertex.deployed.filter(({ modelVersionId }) => modelVersionId === '2');
      return { answers: 1000, errors: 500 };
    };
    const result = run(AT_ONCE, vertex, approval('2'));
    expect(result.error!.message).toBe('version 1 could not be brought back: deployed model 101 is not on the endpoint any more');
    expect(told(result)).toEqual([['CRITICAL', 'rollback pending', 'unknown'], ['ERROR', 'failed', 'unknown']]);
    expect([vertex.traffic, vertex.undeployed]).toEqual([{ 2: 100 }, []]);
  });

  test('ends after two weeks with what is true, and the next sweep goes on', () => {
    const { vertex, result } = broken(() => ({ code: 400 }));
    expect(told(result).pop()).toEqual(['ERROR', 'failed', 'unknown']);
    expect(result.sleptSeconds / 86400).toBeCloseTo(14, 0);
    expect(vertex.undeployed).toEqual([]);
    vertex.interfere = () => undefined;
    expect(run(AT_ONCE, vertex, { sweep: true }).result).toBe('swept');
    expect([vertex.traffic, vertex.undeployed]).toEqual([{ 1: 100 }, ['2']]);
  });
});

test('names that cannot be given do not end a rollout: the sweep gives them', () => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.interfere = ({ url }) => (url.includes(':mergeVersionAliases') ? { code: 404 } : undefined);
  const result = run(AT_ONCE, vertex, approval('2'));
  expect([result.result, vertex.traffic, vertex.undeployed, vertex.aliases]).toEqual(['live', { 2: 100 }, ['1'], {}]);
  expect(result.logs.map(({ data }) => data).filter(({ mlops }) => mlops === 'rollout unnamed').map(({ names }) => names)).toEqual([['approved', 'approved-2'], ['live', 'default']]);
  vertex.interfere = () => undefined;
  run(AT_ONCE, vertex, { sweep: true });
  expect(vertex.aliases).toEqual({ live: '2', default: '2' });
});

describe('a sweep', () => {
  test('takes away what rollouts have left without traffic, and nothing else', () => {
    const vertex = new FakeVertex().has('1', 100).has('2', 0);
    vertex.deployed.push({ ...vertex.deployed[1], id: '900', displayName: 'somebody\'s experiment' });
    expect(run(AT_ONCE, vertex, { sweep: true }).result).toBe('swept');
    expect(vertex.deployed.map(({ id }) => id)).toEqual(['101', '900']);
    expect(vertex.labels).toEqual({ team: 'churn' });
  });

  test('leaves a challenger where it is', () => {
    const vertex = new FakeVertex().has('1', 80).has('2', 20, '2025-12-02T00:00:00Z', '2025-12-02T00:10:00Z');
    run(A_B, vertex, { sweep: true });
    expect(vertex.traffic).toEqual({ 1: 80, 2: 20 });
  });

  test('of an endpoint without a version does nothing', () => {
    expect(run(AT_ONCE, new FakeVertex(), { sweep: true }).result).toBe('nothing serves');
  });

  test('waits for its turn', () => {
    const vertex = new FakeVertex().has('1', 100);
    vertex.olderRuns = 2;
    expect(run(AT_ONCE, vertex, { sweep: true }).sleptSeconds).toBe(120);
  });
});

test.each([
  ['2', '3', { 3: 100 }],
  ['3', '2', { 3: 100 }],
])('of two approvals of the same millisecond, %s and %s, the higher version is live', (first, second, traffic) => {
  const vertex = new FakeVertex().has('1', 100);
  run(AT_ONCE, vertex, approval(first));
  run(AT_ONCE, vertex, approval(second));
  expect(vertex.traffic).toEqual(traffic);
});

test.each([
  ['the deployment is answered late', (call: HttpCall) => call.url.endsWith(':deployModel')],
  ['an operation cannot be looked at for an hour', (call: HttpCall) => call.url.includes('/operations/')],
])('a rollout goes on where %s', (_, isHit) => {
  const vertex = new FakeVertex().has('1', 100);
  let hits = 0;
  vertex.interfere = (call) => {
    if (!isHit(call) || hits++ >= (call.method === 'GET' ? 60 : 1)) return undefined;
    if (call.method === 'POST') vertex.deploy(call.body);
    return { code: call.method === 'GET' ? 404 : 500 };
  };
  expect(run(AT_ONCE, vertex, approval('2')).result).toBe('live');
  expect([vertex.deployments.length, vertex.traffic, vertex.deployed.length]).toEqual([1, { 2: 100 }, 1]);
});

test('a deployment that never ends is given up after its deadline, and what comes later is swept', () => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.interfere = ({ url }) => (url.includes('/operations/') ? { body: { done: false } } : undefined);
  vertex.hidesCandidates = true;
  const result = run(AT_ONCE, vertex, approval('2'));
  expect(result.error!.message).toMatch(/^whether version 2 was deployed is not known: .* did not end within 240 minutes$/);
  expect(result.sleptSeconds).toBeLessThan(8 * 3600);
  Object.assign(vertex, { hidesCandidates: false, interfere: () => undefined });
  run(AT_ONCE, vertex, { sweep: true });
  expect([vertex.traffic, vertex.undeployed]).toEqual([{ 1: 100 }, ['2']]);
});

test('a version that fails only once it has everything is shifted back as well', () => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.numbers = () => (vertex.traffic[2] === 100 ? { answers: 1000, errors: 500 } : { answers: 1000 });
  expect(run(CANARY, vertex, approval('2')).result).toBe('rolled back');
  expect(vertex.traffic).toEqual({ 1: 100 });
});

test('too few answers count as healthy, and the log says how few', () => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.numbers = () => ({ answers: 19, errors: 19 });
  const result = run(CANARY, vertex, approval('2'));
  expect(result.result).toBe('live');
  expect(result.logs.map(({ data }) => data).filter(({ mlops }) => mlops === 'rollout step')[0]).toEqual({
    mlops: 'rollout step', share: 10, minutes: 10, answers: 19, errors: 19, latencyP99Ms: 50,
  });
});

test('no answers at all count as healthy', () => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.numbers = () => ({ answers: 0 });
  expect(run(AT_ONCE, vertex, approval('2')).result).toBe('live');
});

test('a metric that the project has never had counts as no answers', () => {
  const vertex = new FakeVertex().has('1', 100);
  const unknown = { code: 404, body: { error: { message: 'Cannot find metric(s) that match type = "x"' } } };
  vertex.interfere = (call) => (call.url.startsWith('https://monitoring.') ? unknown : undefined);
  const result = run(AT_ONCE, vertex, approval('2'));
  expect(result.result).toBe('live');
  expect(result.logs.map(({ data }) => data).find(({ mlops }) => mlops === 'rollout step')).toMatchObject({ answers: 0, errors: 0 });
});

test.each(['response_count', 'private/response_count'])('requests over private service connect are watched as %s', (name) => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.numbers = (version) => (version === '2' ? { answers: 1000, errors: 900 } : { answers: 1000 });
  const other = /prediction\/online\/(private\/)?response_count"/;
  vertex.interfere = ({ query }) => (other.test(query.filter ?? '') && !query.filter.includes(`prediction/online/${name}"`) ? { code: 404 } : undefined);
  expect(run(rolloutOf('private', { access: EndpointAccess.privateServiceConnect(['my-project']) }), vertex, approval('2')).result).toBe('rolled back');
  expect(vertex.traffic).toEqual({ 1: 100 });
});

describe('the numbers of a watch come late', () => {
  /** A version that fails all requests, of which the first is seen after so many looks, one each minute. */
  const seenAfter = (minutes: number, props: Partial<ServingEndpointProps>) => {
    const vertex = new FakeVertex().has('1', 100);
    let looks = 0;
    vertex.interfere = ({ query }) => {
      if (/prediction\/online\/response_count"/.test(query?.filter ?? '')) looks += 1;
      return undefined;
    };
    vertex.numbers = (version) => (version === '2' && looks > minutes ? { answers: 1000, errors: 900 } : { answers: 0 });
    return run(rolloutOf(`late ${JSON.stringify(props)}`, props), vertex, approval('2')).result;
  };

  test('and are waited for, six minutes over private service connect, else three', () => {
    expect(seenAfter(5 + 2, {})).toBe('rolled back');
    expect(seenAfter(5 + 3, {})).toBe('live');
    expect(seenAfter(5 + 5, { access: EndpointAccess.privateServiceConnect(['my-project']) })).toBe('rolled back');
  });

  test('so the shortest bakes judge by what they see', () => {
    expect(seenAfter(1, { rollout: Rollout.canary({ bakeMinutes: 1 }) })).toBe('rolled back');
    expect(seenAfter(3, { rollout: Rollout.linear({ stepMinutes: 1 }) })).toBe('rolled back');
  });
});

test('a message that comes twice changes nothing the second time', () => {
  const vertex = new FakeVertex();
  run(AT_ONCE, vertex, approval('1'));
  const second = run(AT_ONCE, vertex, approval('1'));
  expect(second.result).toBe('superseded');
  expect(vertex.deployments).toHaveLength(1);
});

test('a message that comes again after the teardown does not bring its version back, a new approval does', () => {
  const vertex = new FakeVertex();
  run(AT_ONCE, vertex, approval('1'));
  run(TEARDOWN, vertex, undefined);
  expect(vertex.labels).toEqual({ team: 'churn', mlops_torn_down: '1767225610000' });
  expect(run(AT_ONCE, vertex, approval('1')).result).toBe('superseded');
  // Approved while the endpoint was torn down.
  expect(run(AT_ONCE, vertex, approval('2', '2026-01-01T00:00:10Z')).result).toBe('superseded');
  expect(vertex.deployed).toEqual([]);
  expect(run(AT_ONCE, vertex, approval('1', '2026-01-01T00:00:11Z')).result).toBe('live');
});

test('a version whose approval comes too late was approved all the same', () => {
  const vertex = new FakeVertex().has('1', 100);
  run(AT_ONCE, vertex, approval('3', '2026-01-01T00:00:01Z'));
  expect(run(AT_ONCE, vertex, approval('2', '2026-01-01T00:00:00Z')).result).toBe('superseded');
  expect(vertex.aliases).toEqual({ 'approved': '3', 'approved-3': '3', 'approved-2': '2', 'live': '3', 'default': '3' });
  expect(run(AT_ONCE, vertex, approval('9', '2026-01-01T00:00:00Z')).result).toBe('superseded');
});

test('a message of an earlier approval that comes again after a later one does not roll back', () => {
  const vertex = new FakeVertex();
  run(AT_ONCE, vertex, approval('1', '2026-01-01T00:00:00Z'));
  run(AT_ONCE, vertex, approval('2', '2026-01-01T01:00:00Z'));
  const again = run(AT_ONCE, vertex, approval('1', '2026-01-01T00:00:00Z'));
  expect(again.result).toBe('superseded');
  expect(outcomes(again)).toEqual([{ mlops: 'rollout', outcome: 'superseded', version: '1' }]);
  expect(vertex.traffic).toEqual({ 2: 100 });
});

test('a message that comes again after its version was shifted back is not tried again, a new approval is', () => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.numbers = () => ({ answers: 100, errors: 50 });
  run(AT_ONCE, vertex, approval('2', '2026-01-01T00:00:00Z'));
  expect(run(AT_ONCE, vertex, approval('2', '2026-01-01T00:00:00Z')).result).toBe('superseded');
  expect(vertex.deployments).toHaveLength(1);
  vertex.numbers = () => ({ answers: 100 });
  expect(run(AT_ONCE, vertex, approval('2', '2026-01-01T01:00:00Z')).result).toBe('live');
});

test('two approvals at once are rolled out one after the other, whichever run is first', () => {
  const inOrder = new FakeVertex().has('1', 100);
  run(AT_ONCE, inOrder, approval('2', '2026-01-01T00:00:00Z'));
  run(AT_ONCE, inOrder, approval('3', '2026-01-01T00:00:01Z'));
  const outOfOrder = new FakeVertex().has('1', 100);
  run(AT_ONCE, outOfOrder, approval('3', '2026-01-01T00:00:01Z'));
  expect(run(AT_ONCE, outOfOrder, approval('2', '2026-01-01T00:00:00Z')).result).toBe('superseded');
  expect([inOrder.traffic, outOfOrder.traffic]).toEqual([{ 3: 100 }, { 3: 100 }]);
});

test('approving an earlier version again goes back to it', () => {
  const vertex = new FakeVertex();
  run(AT_ONCE, vertex, approval('1', '2026-01-01T00:00:00Z'));
  run(AT_ONCE, vertex, approval('2', '2026-01-01T01:00:00Z'));
  expect(run(AT_ONCE, vertex, approval('1', '2026-01-01T02:00:00Z')).result).toBe('live');
  expect(vertex.traffic).toEqual({ 1: 100 });
});

test('approving the live version again leaves it alone, but for the names that a run which died may not have given it', () => {
  const vertex = new FakeVertex().has('1', 100);
  expect(run(AT_ONCE, vertex, approval('1')).result).toBe('already live');
  expect(vertex.deployments).toEqual([]);
  expect(vertex.splits).toEqual([]);
  expect(vertex.aliases).toEqual({ 'approved': '1', 'approved-1': '1', 'live': '1', 'default': '1' });
});

describe('what the stack says now', () => {
  const WIDER = rolloutOf('wider', { serving: Serving.realTime({ scaling: { minReplicas: 3 } }) });
  const applied = (publishTime: string) => ({ data: { message: { data: Buffer.from('{"kind":"storage#object"}').toString('base64'), publishTime } } });
  const replicas = (vertex: FakeVertex) => vertex.deployments.map(({ deployedModel }) => deployedModel.dedicatedResources.minReplicaCount);

  test('is what the live version gets, with the steps of a rollout, once', () => {
    const vertex = new FakeVertex();
    run(AT_ONCE, vertex, approval('1'));
    const renewed = run(WIDER, vertex, applied('2026-01-01T01:00:00Z'));
    expect(renewed.result).toBe('live');
    expect([replicas(vertex), vertex.traffic, vertex.undeployed]).toEqual([[2, 3], { 1: 100 }, ['1']]);
    expect(outcomes(renewed)).toEqual([{ mlops: 'rollout', outcome: 'live', version: '1' }]);
    expect(run(WIDER, vertex, applied('2026-01-01T01:00:00Z')).result).toBe('already live');
    expect(vertex.deployments).toHaveLength(2);
  });

  test('does not make an approval of before void', () => {
    const vertex = new FakeVertex();
    run(AT_ONCE, vertex, approval('1', '2026-01-01T00:00:00Z'));
    run(WIDER, vertex, applied('2026-01-01T01:00:00Z'));
    expect(run(WIDER, vertex, approval('1', '2026-01-01T00:00:00Z')).result).toBe('superseded');
    expect(run(WIDER, vertex, approval('2', '2026-01-01T00:59:59Z')).result).toBe('live');
  });

  test('does not take the names of another approved version', () => {
    const vertex = new FakeVertex();
    run(AT_ONCE, vertex, approval('1', '2026-01-01T00:00:00Z'));
    vertex.numbers = () => ({ answers: 100, errors: 50 });
    run(AT_ONCE, vertex, approval('2', '2026-01-01T00:10:00Z'));
    vertex.numbers = () => ({ answers: 100 });
    expect(run(WIDER, vertex, applied('2026-01-01T01:00:00Z')).result).toBe('live');
    expect(vertex.aliases).toMatchObject({ approved: '2', live: '1', default: '1' });
  });

  test('is given up where the version is worse with it, and not tried again by the same message', () => {
    const vertex = new FakeVertex();
    run(AT_ONCE, vertex, approval('1'));
    vertex.numbers = () => (vertex.deployed.length > 1 ? { answers: 100, errors: 50 } : { answers: 100 });
    expect(run(WIDER, vertex, applied('2026-01-01T01:00:00Z')).result).toBe('rolled back');
    expect([vertex.traffic, vertex.deployed.length]).toEqual([{ 1: 100 }, 1]);
    expect(run(WIDER, vertex, applied('2026-01-01T01:00:00Z')).result).toBe('superseded');
    expect(replicas(vertex)).toEqual([2, 3]);
  });

  test('is what approving the live version again brings as well', () => {
    const vertex = new FakeVertex();
    run(AT_ONCE, vertex, approval('1'));
    expect(run(WIDER, vertex, approval('1', '2026-01-01T01:00:00Z')).result).toBe('live');
    expect(replicas(vertex)).toEqual([2, 3]);
  });

  test.each<[string, FakeVertex]>([
    ['nothing is live', new FakeVertex()],
    ['two versions are', new FakeVertex().has('1', 80).has('2', 20, '2025-12-02T00:00:00Z', '2025-12-02T00:10:00Z')],
    ['a version of another model is', new FakeVertex().has('1', 100).ofAnotherModel()],
  ])('changes nothing where %s', (_, vertex) => {
    const before = vertex.traffic;
    const result = run(WIDER, vertex, applied('2026-01-01T01:00:00Z'));
    expect(outcomes(result)).toEqual([{ mlops: 'rollout', outcome: 'nothing to renew', version: '' }]);
    expect([vertex.deployments, vertex.traffic]).toEqual([[], before]);
  });
});

test('a run waits until the older ones of its workflow have ended', () => {
  const vertex = new FakeVertex();
  vertex.olderRuns = 3;
  const result = run(AT_ONCE, vertex, approval('1'));
  expect(result.result).toBe('live');
  expect(result.sleptSeconds).toBe(180);
  const lists = result.calls.filter(({ url }) => url.startsWith('https://workflowexecutions.'));
  expect(lists.map(({ query }) => query)).toContainEqual({ filter: 'state="ACTIVE"', orderBy: 'startTime,executionId', pageSize: 1 });
});

test('a run that is not in the list of runs yet asks again', () => {
  const vertex = new FakeVertex();
  vertex.unlisted = 2;
  const result = run(AT_ONCE, vertex, approval('1'));
  expect(result.result).toBe('live');
  expect(result.sleptSeconds).toBe(120);
});

test.each([
  ['is in no list', (vertex: FakeVertex) => { vertex.unlisted = 1e6; }, 'no run of the workflow was listed for 10 minutes, not even this one', 10 * 60],
  [
    'waits for one that hangs',
    (vertex: FakeVertex) => { vertex.olderRuns = 1e6; },
    'its turn did not come within 48 hours: projects/123456789012/locations/europe-west4/workflows/a-workflow/executions/00000000-0000-4000-8000-000000000001 still goes on',
    48 * 3600,
  ],
])('a run that %s fails, and leaves the endpoint alone', (_, happens, reason, waited) => {
  const vertex = new FakeVertex().has('1', 90).has('2', 10);
  happens(vertex);
  const result = run(CANARY, vertex, approval('3'));
  expect(outcomes(result)).toEqual([{ mlops: 'rollout', outcome: 'failed', version: '3', reason, serves: 'as before' }]);
  expect(result.sleptSeconds).toBe(waited + 60);
  expect(vertex.traffic).toEqual({ 1: 90, 2: 10 });
});

test('no rollout begins while the endpoint is torn down', () => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.neighbours = 1;
  const result = run(CANARY, vertex, approval('2'));
  const reason = 'the endpoint is being torn down by projects/123456789012/locations/europe-west4/workflows/a-workflow/executions/neighbour';
  expect(outcomes(result)).toEqual([{ mlops: 'rollout', outcome: 'failed', version: '2', reason, serves: 'as before' }]);
  expect(vertex.deployments).toEqual([]);
  expect(result.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('runs are looked for on further pages, of which the first may be empty', () => {
  const vertex = new FakeVertex().has('1', 100);
  Object.assign(vertex, { neighbours: 1, emptyPages: 2 });
  const result = run(CANARY, vertex, approval('2'));
  expect(outcomes(result)).toMatchObject([{ outcome: 'failed', reason: expect.stringContaining('the endpoint is being torn down by') }]);
  expect(vertex.deployments).toEqual([]);
  const lists = result.calls.filter(({ url }) => url.endsWith('/executions'));
  expect(lists.map(({ query }) => query.pageToken)).toEqual([undefined, '1', '2', undefined, '1', '2']);
  expect(lists[0].query).toEqual({ filter: 'state="ACTIVE"', orderBy: 'startTime,executionId', pageSize: 1 });
});

test('a rollout gives way to a teardown that begins, back on the version that was live', () => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.interfere = (call) => {
    if (call.url.startsWith('https://monitoring.')) vertex.neighbours = 1;
    return undefined;
  };
  const result = run(CANARY, vertex, approval('2'));
  expect(outcomes(result)[0]).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('the endpoint is being torn down by') });
  expect(vertex.traffic).toEqual({ 1: 100 });
  expect(vertex.undeployed).toEqual(['2']);
  expect(result.sleptSeconds).toBe(120);
});

test('a rollout goes on where Terraform has not made the teardown yet', () => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.interfere = ({ url }) => (/-teardown-[a-z0-9]+\/executions$/.test(url) ? { code: 404 } : undefined);
  expect(run(CANARY, vertex, approval('2')).result).toBe('live');
  expect(vertex.traffic).toEqual({ 2: 100 });
});

test('a run by hand needs no message', () => {
  const vertex = new FakeVertex().has('1', 100);
  expect(run(AT_ONCE, vertex, { version: 2 }).result).toBe('live');
  expect(vertex.traffic).toEqual({ 2: 100 });
});

test('what a run that died has left behind is cleared before the next', () => {
  const vertex = new FakeVertex().has('1', 25, '2025-12-01T00:00:00Z', '2025-12-01T00:10:00Z').has('2', 75, '2025-12-02T00:00:00Z', '2025-12-02T00:10:00Z');
  expect(run(CANARY, vertex, approval('3')).result).toBe('live');
  expect(vertex.splits[0]).toEqual({ 1: 100 });
  expect(vertex.undeployed).toEqual(['2', '1']);
});

test.each([
  ['names a version that does not exist', approval('9'), 'HTTP server responded with error code 404'],
  ['names no version', { data: { message: { data: Buffer.from('{}').toString('base64'), publishTime: '2026-01-01T00:00:00Z' } } }, 'the approval names no version: want {"version": "3"}'],
  ['is not a number', approval('latest'), 'the approved version must be a number, got latest'],
  ['is no object', { data: { message: { data: Buffer.from('7').toString('base64'), publishTime: '2026-01-01T00:00:00Z' } } }, 'the approval is no JSON object: want {"version": "3"}'],
])('an approval that %s fails and leaves the live version alone', (_, message, reason) => {
  const vertex = new FakeVertex().has('1', 100);
  const result = run(AT_ONCE, vertex, message);
  expect(result.error).toMatchObject({ message: reason });
  expect(outcomes(result)).toEqual([expect.objectContaining({ outcome: 'failed', reason })]);
  expect(vertex.traffic).toEqual({ 1: 100 });
  expect(vertex.undeployed).toEqual([]);
});

test('a name that may have been given already is given again after a fault', () => {
  const vertex = new FakeVertex();
  let faults = 1;
  vertex.interfere = (call) => (call.url.endsWith(':mergeVersionAliases') && faults-- > 0 ? { code: 500 } : undefined);
  expect(run(AT_ONCE, vertex, approval('1')).result).toBe('live');
});

test('a deployment that fails leaves the live version alone, and says why', () => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.interfere = (call) => (call.url.endsWith(':deployModel') ? { code: 429, body: { error: { message: 'quota' } } } : undefined);
  const result = run(CANARY, vertex, approval('2'));
  expect(result.error).toBeDefined();
  expect(outcomes(result)[0]).toMatchObject({ outcome: 'failed', version: '2' });
  expect(vertex.traffic).toEqual({ 1: 100 });
});

test.each<[string, HttpReply]>([
  ['a fault of Monitoring', { code: 403 }],
  ['a question that Monitoring refuses', { code: 400, body: { error: { status: 'INVALID_ARGUMENT', message: 'The label response_code does not exist.' } } }],
])('%s in the middle of a rollout goes back to the live version', (_, reply) => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.interfere = (call) => (call.url.startsWith('https://monitoring.') ? reply : undefined);
  const result = run(CANARY, vertex, approval('2'));
  expect(outcomes(result)[0]).toMatchObject({ outcome: 'failed', version: '2' });
  expect(vertex.traffic).toEqual({ 1: 100 });
  expect(vertex.undeployed).toEqual(['2']);
});

test('a version that cannot be taken away is left to the next rollout, and the new one is live', () => {
  const vertex = new FakeVertex().has('1', 100);
  vertex.interfere = (call) => (call.url.endsWith(':undeployModel') ? { code: 409 } : undefined);
  const result = run(AT_ONCE, vertex, approval('2'));
  expect(result.result).toBe('live');
  expect(vertex.traffic).toEqual({ 2: 100 });
  expect(result.logs.map(({ data }) => data.mlops)).toContain('rollout leftover');
});

test('a run that fails before its turn does not touch the endpoint', () => {
  const vertex = new FakeVertex().has('1', 90).has('2', 10, '2025-12-02T00:00:00Z', '2025-12-02T00:10:00Z');
  const result = run(CANARY, vertex, approval('nonsense'));
  expect(result.error).toBeDefined();
  expect(vertex.traffic).toEqual({ 1: 90, 2: 10 });
});

describe('with a challenger', () => {
  test('the first version is the champion', () => {
    const vertex = new FakeVertex();
    expect(run(A_B, vertex, approval('1')).result).toBe('live');
  });

  test('an approved version gets its share and stays beside the champion', () => {
    const vertex = new FakeVertex().has('1', 100);
    const result = run(A_B, vertex, approval('2'));
    expect(result.result).toBe('challenger');
    expect(vertex.traffic).toEqual({ 1: 80, 2: 20 });
    expect(vertex.aliases).toEqual({ 'approved': '2', 'approved-2': '2', 'challenger': '2' });
  });

  test('approving the challenger again leaves it where it is', () => {
    const vertex = new FakeVertex().has('1', 100);
    run(A_B, vertex, approval('2'));
    const again = run(A_B, vertex, approval('2', '2026-01-01T00:01:00Z'));
    expect(again.result).toBe('already challenger');
    expect(outcomes(again)).toEqual([{ mlops: 'rollout', outcome: 'already challenger', version: '2' }]);
    expect([vertex.deployments.length, vertex.traffic]).toEqual([1, { 1: 80, 2: 20 }]);
  });

  test('the next approved version takes the challenger\'s place', () => {
    const vertex = new FakeVertex().has('1', 80).has('2', 20, '2025-12-02T00:00:00Z', '2025-12-02T00:10:00Z');
    expect(run(A_B, vertex, approval('3')).result).toBe('challenger');
    expect(vertex.traffic).toEqual({ 1: 80, 3: 20 });
    expect(vertex.undeployed).toEqual(['2']);
  });

  test('a promoted challenger takes over without being deployed again', () => {
    const vertex = new FakeVertex().has('1', 80).has('2', 20, '2025-12-02T00:00:00Z', '2025-12-02T00:10:00Z');
    expect(run(A_B, vertex, approval('2', '2026-01-01T00:00:00Z', { promote: true })).result).toBe('live');
    expect(vertex.deployments).toEqual([]);
    expect(vertex.traffic).toEqual({ 2: 100 });
    expect(vertex.undeployed).toEqual(['1']);
  });

  test('approving the champion again ends the comparison', () => {
    const vertex = new FakeVertex().has('1', 80).has('2', 20, '2025-12-02T00:00:00Z', '2025-12-02T00:10:00Z');
    expect(run(A_B, vertex, approval('1')).result).toBe('already live');
    expect(vertex.traffic).toEqual({ 1: 100 });
  });

  test('an approval of a version that does not exist leaves both where they are', () => {
    const vertex = new FakeVertex().has('1', 80).has('2', 20, '2025-12-02T00:00:00Z', '2025-12-02T00:10:00Z');
    expect(run(A_B, vertex, approval('9')).error).toBeDefined();
    expect(vertex.traffic).toEqual({ 1: 80, 2: 20 });
    expect(vertex.undeployed).toEqual([]);
  });

  test('a challenger that fails is taken away', () => {
    const vertex = new FakeVertex().has('1', 100);
    vertex.numbers = () => ({ answers: 100, errors: 50 });
    expect(run(A_B, vertex, approval('2')).result).toBe('rolled back');
    expect(vertex.traffic).toEqual({ 1: 100 });
  });
});

describe('the teardown', () => {

  test('takes every version off the endpoint', () => {
    const vertex = new FakeVertex().has('1', 90).has('2', 10);
    expect(run(TEARDOWN, vertex, undefined).result).toBe(2);
    expect(vertex.deployed).toEqual([]);
  });

  test('of an empty endpoint does nothing', () => {
    expect(run(TEARDOWN, new FakeVertex(), undefined).result).toBe(0);
  });

  test('waits until no rollout goes on', () => {
    const vertex = new FakeVertex().has('1', 100);
    vertex.neighbours = 3;
    const result = run(TEARDOWN, vertex, undefined);
    expect(result.result).toBe(1);
    expect(result.sleptSeconds).toBe(90);
    const rollouts = result.calls.filter(({ url }) => /\/workflows\/[a-z0-9-]*-rollout-[a-z0-9]+\/executions$/.test(url));
    expect(rollouts.map(({ query }) => query.filter)).toEqual(Array(4).fill('state="ACTIVE"'));
  });

  test('sees a rollout that is on a further page', () => {
    const vertex = new FakeVertex().has('1', 100);
    Object.assign(vertex, { neighbours: 1, emptyPages: 1 });
    expect(runWorkflow(TEARDOWN, { respond: vertex.respond }).sleptSeconds).toBe(30);
  });

  test('names the rollout that does not end, and leaves its versions alone', () => {
    const vertex = new FakeVertex().has('1', 100);
    vertex.neighbours = 1e6;
    const result = run(TEARDOWN, vertex, undefined);
    expect(result.error).toMatchObject({
      message: 'projects/123456789012/locations/europe-west4/workflows/a-workflow/executions/neighbour did not end within 2 hours: cancel it, then tear down again',
    });
    expect(result.sleptSeconds).toBe(2 * 3600 + 30);
    expect(vertex.traffic).toEqual({ 1: 100 });
  });

  test('takes the versions off where Terraform has destroyed the rollout already', () => {
    const vertex = new FakeVertex().has('1', 90).has('2', 10);
    vertex.interfere = ({ url }) => (/-rollout-[a-z0-9]+\/executions$/.test(url) ? { code: 404 } : undefined);
    expect(run(TEARDOWN, vertex, undefined).result).toBe(2);
    expect(vertex.deployed).toEqual([]);
  });

  test('leaves the versions alone where it may not see whether a rollout goes on', () => {
    const vertex = new FakeVertex().has('1', 100);
    vertex.interfere = ({ url }) => (/-rollout-[a-z0-9]+\/executions$/.test(url) ? { code: 403 } : undefined);
    expect(run(TEARDOWN, vertex, undefined).error).toMatchObject({ code: 403 });
    expect(vertex.traffic).toEqual({ 1: 100 });
  });

  test('waits for another teardown', () => {
    const vertex = new FakeVertex().has('1', 100);
    vertex.olderRuns = 1;
    expect(run(TEARDOWN, vertex, undefined).sleptSeconds).toBe(60);
  });
});
