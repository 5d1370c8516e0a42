import { Challenger, ContainerImage, Rollout, Serving } from '../../src/core';
import { ServingEndpointProps } from '../../src/gcp';
import { approval } from '../support/google-endpoint';
import { FakeService } from '../support/google-service';
import { ServingWorld } from '../support/google-serving';
import { runWorkflow } from '../support/workflows';

const definition = (props: Partial<ServingEndpointProps> = {}) =>
  new ServingWorld({ serving: Serving.serverless(), image: ContainerImage.fromUri('image:1'), ...props }).definition();
const CANARY = definition({ rollout: Rollout.canary() });
const A_B = definition({ challenger: Challenger.abTest(20) });
const run = (of: any, fake: FakeService, argument: unknown) => runWorkflow(of, { argument, respond: fake.respond, now: '2026-01-01T00:00:10Z' });

test('the first version takes over from the placeholder', () => {
  const fake = new FakeService();
  expect(run(CANARY, fake, approval('1')).result).toBe('live');
  expect(fake.splits).toEqual([{ placeholder: 100 }, { 1: 100 }]);
  expect(fake.revisions[0]).toMatchObject({
    revision: expect.stringMatching(/^stack-serving-[0-9a-f]{8}-v1-1767225600000$/),
    containers: [{
      image: 'image:1',
      args: ['serve'],
      env: [{ name: 'MLOPS_MODEL_DIR', value: '/gcs/artifacts/training/run-1/model' }],
    }],
  });
  expect(fake.revisions[0].revision.length).toBeLessThanOrEqual(63);
  expect(fake.aliases).toEqual({ 'approved': '1', 'approved-1': '1', 'live': '1', 'default': '1' });
});

test('a canary gets its share, then the rest', () => {
  const fake = new FakeService();
  run(CANARY, fake, approval('1'));
  expect(run(CANARY, fake, approval('2', '2026-01-02T00:00:00Z')).result).toBe('live');
  // Until the end the version to roll back to is in the list, at last without traffic.
  expect(fake.splits.slice(2)).toEqual([{ 1: 100 }, { 1: 90, 2: 10 }, { 1: 0, 2: 100 }, { 2: 100 }]);
  expect(fake.traffic.map(({ tag }) => tag)).toEqual([undefined]);
});

test('a version that fails is shifted back', () => {
  const fake = new FakeService();
  run(CANARY, fake, approval('1'));
  fake.numbers = (version) => ({ answers: 100, errors: version === '2' ? 50 : 0 });
  expect(run(CANARY, fake, approval('2', '2026-01-02T00:00:00Z')).result).toBe('rolled back');
  expect(fake.shares).toEqual({ 1: 100 });
});

test('a version whose container does not start leaves the live one alone', () => {
  const fake = new FakeService();
  run(CANARY, fake, approval('1'));
  fake.doesStart = false;
  const result = run(CANARY, fake, approval('2', '2026-01-02T00:00:00Z'));
  expect(result.error).toMatchObject({ message: 'the container did not start' });
  expect(fake.shares).toEqual({ 1: 100 });
});

test('a first version whose container does not start leaves the placeholder, and may be tried again', () => {
  const fake = new FakeService();
  fake.doesStart = false;
  expect(run(CANARY, fake, approval('1')).error).toBeDefined();
  expect(fake.shares).toEqual({ placeholder: 100 });
  fake.doesStart = true;
  expect(run(CANARY, fake, approval('1', '2026-01-02T00:00:00Z')).result).toBe('live');
  expect(fake.shares).toEqual({ 1: 100 });
});

test('a message that comes twice, or late, changes nothing', () => {
  const fake = new FakeService();
  run(CANARY, fake, approval('1'));
  run(CANARY, fake, approval('2', '2026-01-02T00:00:00Z'));
  expect(run(CANARY, fake, approval('2', '2026-01-02T00:00:00Z')).result).toBe('superseded');
  expect(run(CANARY, fake, approval('1')).result).toBe('superseded');
  expect(fake.revisions).toHaveLength(2);
});

describe('what the stack says now', () => {
  const LARGER = definition({ rollout: Rollout.canary(), serving: Serving.serverless({ memoryGiB: 8 }) });
  const applied = { data: { message: { data: Buffer.from('{"kind":"storage#object"}').toString('base64'), publishTime: '2026-01-01T01:00:00Z' } } };

  test('is what the live version gets, once', () => {
    const fake = new FakeService();
    run(CANARY, fake, approval('1'));
    expect(run(LARGER, fake, applied).result).toBe('live');
    expect(fake.revisions.map(({ containers }) => containers[0].resources.limits.memory)).toEqual(['2Gi', '8Gi']);
    expect(new Set(fake.revisions.map(({ revision }) => revision)).size).toBe(2);
    expect(fake.shares).toEqual({ 1: 100 });
    expect(run(LARGER, fake, applied).result).toBe('already live');
    expect(fake.revisions).toHaveLength(2);
  });

  test('leaves a revision alone that does not say what it has', () => {
    const fake = new FakeService();
    run(CANARY, fake, approval('1'));
    fake.revisions.splice(0);
    expect(run(LARGER, fake, applied).result).toBe('already live');
  });

  test('changes nothing before the first version', () => {
    expect(run(LARGER, new FakeService(), applied).result).toBe('nothing to renew');
  });
});

test('a challenger stays beside the champion until it is promoted', () => {
  const fake = new FakeService();
  run(A_B, fake, approval('1'));
  expect(run(A_B, fake, approval('2', '2026-01-02T00:00:00Z')).result).toBe('challenger');
  expect(fake.shares).toEqual({ 1: 80, 2: 20 });
  expect(run(A_B, fake, approval('2', '2026-01-03T00:00:00Z', { promote: true })).result).toBe('live');
  expect(fake.revisions).toHaveLength(2);
  expect(fake.shares).toEqual({ 2: 100 });
});

test.each([[false], [true]])('what a run that died has left behind goes back to the older version, in whatever order Cloud Run lists them', (reversed) => {
  const fake = new FakeService();
  run(CANARY, fake, approval('1'));
  const [{ revision }] = fake.traffic;
  const both = [{ revision, percent: 25 }, { revision: revision.replace(/-v1-\d+$/, '-v2-1767312000000'), percent: 75 }];
  fake.traffic = reversed ? both.reverse() : both;
  fake.splits.length = 0;
  expect(run(CANARY, fake, approval('3', '2026-01-03T00:00:00Z')).result).toBe('live');
  expect(fake.splits[0]).toEqual({ 1: 100 });
});
