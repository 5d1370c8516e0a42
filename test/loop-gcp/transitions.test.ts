import { TerraformStack } from 'cdktf';
import { Challenger, ContainerImage, Rollout, Serving } from '../../src/core';
import { Level0Blueprint, Level1Blueprint, Level2Blueprint, ModelSource, ServingEndpointProps } from '../../src/gcp';
import { FakeBatch } from '../support/google-batch';
import { approval, FakeVertex } from '../support/google-endpoint';
import { FakeService } from '../support/google-service';
import { ServingWorld } from '../support/google-serving';
import { googleStack, resourceAt, synthesized } from '../support/terraform';
import { definitionOf, runWorkflow, WorkflowRun } from '../support/workflows';

const image = ContainerImage.fromUri('image:1');
/** Ways of rolling out, on an endpoint or on a service. */
const WAYS: { readonly [way: string]: Partial<ServingEndpointProps> } = {
  'all at once': {},
  'canary': { rollout: Rollout.canary({ percent: 10 }) },
  'linear': { rollout: Rollout.linear({ stepPercent: 50 }) },
  'A/B': { challenger: Challenger.abTest(20) },
};
const PAIRS = Object.keys(WAYS).flatMap((from) => Object.keys(WAYS).map((to) => [from, to] as const));

interface Fake {
  readonly respond: FakeVertex['respond'];
}

const run = (definition: any, { respond }: Fake, argument?: unknown): WorkflowRun => runWorkflow(definition, { argument, respond, now: '2026-01-09T00:00:10Z' });
const DAYS = ['1', '2', '3', '4', '5'].map((day) => `2026-01-0${day}T00:00:00Z`);
/** An apply that changes settings, as the object that says so tells it. */
const applied = (publishTime: string) => ({ data: { message: { data: Buffer.from('{"kind":"storage#object"}').toString('base64'), publishTime } } });
const each = <T>(of: (props: Partial<ServingEndpointProps>) => T): { readonly [way: string]: T } =>
  Object.fromEntries(Object.entries(WAYS).map(([way, props]) => [way, of(props)]));

describe('an endpoint of Vertex AI', () => {
  const rollouts = each((props) => new ServingWorld(props).definition());

  /** Versions 1 and 2 came by one way, and version 3 is approved after the other. */
  function between(from: string, to: string): FakeVertex {
    const vertex = new FakeVertex();
    expect(run(rollouts[from], vertex, approval('1', DAYS[0])).result).toBe('live');
    run(rollouts[from], vertex, approval('2', DAYS[1]));
    run(rollouts[to], vertex, applied(DAYS[2]));
    run(rollouts[to], vertex, approval('3', DAYS[3]));
    return vertex;
  }

  test.each(PAIRS)('from %s to %s the next approval is rolled out in the new way, and nothing is left', (from, to) => {
    const vertex = between(from, to);
    const champion = from === 'A/B' ? '1' : '2';
    const traffic: { [version: string]: number } = to === 'A/B' ? { [champion]: 80, 3: 20 } : { 3: 100 };
    expect(vertex.traffic).toEqual(traffic);
    expect(vertex.deployed.map(({ modelVersionId }) => modelVersionId).sort()).toEqual(Object.keys(traffic).sort());
  });

  test.each(PAIRS)('from %s to %s the apply alone leaves the traffic where it is', (from, to) => {
    const vertex = new FakeVertex();
    run(rollouts[from], vertex, approval('1', DAYS[0]));
    run(rollouts[from], vertex, approval('2', DAYS[1]));
    const before = vertex.traffic;
    run(rollouts[to], vertex, applied(DAYS[2]));
    expect(vertex.traffic).toEqual(before);
  });

  test.each(Object.keys(WAYS).filter((to) => to !== 'A/B'))('from A/B to %s the champion wins where it is approved again', (to) => {
    const vertex = new FakeVertex();
    run(rollouts['A/B'], vertex, approval('1', DAYS[0]));
    run(rollouts['A/B'], vertex, approval('2', DAYS[1]));
    run(rollouts[to], vertex, approval('1', DAYS[2]));
    expect([vertex.traffic, vertex.deployed.length]).toEqual([{ 1: 100 }, 1]);
  });

  test.each(PAIRS)('from %s to %s a worse version is rolled back to who was live', (from, to) => {
    const vertex = new FakeVertex();
    run(rollouts[from], vertex, approval('1', DAYS[0]));
    vertex.numbers = (version) => ({ answers: 1000, errors: version === '2' ? 500 : 0 });
    expect(run(rollouts[to], vertex, approval('2', DAYS[1])).result).toBe('rolled back');
    expect([vertex.traffic, vertex.deployed.length]).toEqual([{ 1: 100 }, 1]);
  });

  test('refuses to shadow, and names the way', () => {
    expect(() => new ServingWorld({ challenger: Challenger.shadow(20) })).toThrow(
      'challenger shadow is refused on gcp: Vertex AI copies no requests: use Challenger.abTest with a small share, or predict recorded requests with a batch endpoint');
  });

  test.each(Object.keys(WAYS).filter((to) => to !== 'A/B'))('from files that the stack declares to %s the model of these files is taken away', (to) => {
    const vertex = new FakeVertex().has('1', 100).ofAnotherModel();
    expect(run(rollouts[to], vertex, approval('2', DAYS[1])).result).toBe('live');
    expect([vertex.traffic, vertex.deployed.length]).toEqual([{ 2: 100 }, 1]);
  });

  describe('of a version that the stack declares', () => {
    const declared = new ServingWorld({ model: ModelSource.version('projects/my-project/locations/europe-west4/models/churn-1a2b3c4d@3') }).definition();

    test('takes approvals from the next one on, and the way back', () => {
      const vertex = new FakeVertex();
      expect(run(declared, vertex, applied(DAYS[0])).result).toBe('live');
      expect(run(rollouts.canary, vertex, approval('2', DAYS[1])).result).toBe('live');
      expect([vertex.traffic, vertex.undeployed]).toEqual([{ 2: 100 }, ['3']]);
      expect(run(declared, vertex, applied(DAYS[2])).result).toBe('live');
      expect([vertex.traffic, vertex.undeployed]).toEqual([{ 3: 100 }, ['3', '2']]);
    });
  });
});

describe('a service of Cloud Run', () => {
  const rollouts = each((props) => new ServingWorld({ serving: Serving.serverless(), image, ...props }).definition());

  test.each(PAIRS)('from %s to %s the next approval is rolled out in the new way, and nothing is left', (from, to) => {
    const fake = new FakeService();
    run(rollouts[from], fake, approval('1', DAYS[0]));
    run(rollouts[from], fake, approval('2', DAYS[1]));
    run(rollouts[to], fake, applied(DAYS[2]));
    run(rollouts[to], fake, approval('3', DAYS[3]));
    const champion = from === 'A/B' ? '1' : '2';
    expect(fake.shares).toEqual(to === 'A/B' ? { [champion]: 80, 3: 20 } : { 3: 100 });
  });
});

describe('another mode is another thing, which the live version is approved for again', () => {
  const REAL_TIME = new ServingWorld();
  const SERVERLESS = new ServingWorld({ serving: Serving.serverless(), image });
  const BATCH = new ServingWorld({ serving: Serving.batch() });

  /** An endpoint on which version 1 came, and the names of it in the registry. */
  function onVertex(): FakeVertex {
    const vertex = new FakeVertex();
    run(REAL_TIME.definition(), vertex, approval('1', DAYS[0]));
    return vertex;
  }

  test('real-time to serverless, after the teardown', () => {
    const vertex = onVertex();
    expect(run(REAL_TIME.definition('Serving_Teardown'), vertex).error).toBeUndefined();
    expect(vertex.deployed).toEqual([]);
    const service = new FakeService();
    Object.assign(service.aliases, vertex.aliases);
    run(SERVERLESS.definition(), service, applied(DAYS[1]));
    expect(service.shares).toEqual({ placeholder: 100 });
    expect(run(SERVERLESS.definition(), service, approval('1', DAYS[2])).result).toBe('live');
    expect(service.shares).toEqual({ 1: 100 });
  });

  test('serverless to real-time', () => {
    const service = new FakeService();
    run(SERVERLESS.definition(), service, approval('1', DAYS[0]));
    const vertex = new FakeVertex();
    Object.assign(vertex.aliases, service.aliases);
    expect(run(REAL_TIME.definition(), vertex, applied(DAYS[1])).error).toBeUndefined();
    expect(vertex.traffic).toEqual({});
    expect(run(REAL_TIME.definition(), vertex, approval('1', DAYS[2])).result).toBe('live');
    expect(vertex.traffic).toEqual({ 1: 100 });
  });

  test('real-time to batch, after the teardown, and back', () => {
    const vertex = onVertex();
    run(REAL_TIME.definition('Serving_Teardown'), vertex);
    const batch = new FakeBatch();
    Object.assign(batch.aliases, vertex.aliases);
    expect(run(BATCH.definition('Serving_Batch'), batch).result).toBe('no model');
    expect(run(BATCH.definition(), batch, approval('1', DAYS[1])).result).toBe('live');
    expect(run(BATCH.definition('Serving_Batch'), batch).result).toBe('done');
    // Terraform has deleted the endpoint, and makes another one.
    const again = new FakeVertex();
    Object.assign(again.aliases, batch.aliases);
    expect(run(REAL_TIME.definition(), again, approval('1', DAYS[2])).result).toBe('live');
    expect(again.traffic).toEqual({ 1: 100 });
  });

  test('serverless to batch, and back', () => {
    const service = new FakeService();
    run(SERVERLESS.definition(), service, approval('1', DAYS[0]));
    const batch = new FakeBatch();
    Object.assign(batch.aliases, service.aliases);
    expect(run(BATCH.definition(), batch, approval('1', DAYS[1])).result).toBe('live');
    const again = new FakeService();
    Object.assign(again.aliases, batch.aliases);
    expect(run(SERVERLESS.definition(), again, approval('1', DAYS[2])).result).toBe('live');
    expect(again.shares).toEqual({ 1: 100 });
  });

  test('an approval of before does not come again to the new one', () => {
    const vertex = onVertex();
    run(REAL_TIME.definition('Serving_Teardown'), vertex);
    expect(run(REAL_TIME.definition(), vertex, approval('1', DAYS[0])).result).toBe('superseded');
    expect(vertex.traffic).toEqual({});
  });
});

describe('from one level to another', () => {
  /** The rollout workflow of a blueprint, and its endpoint's name. */
  function level(make: (stack: TerraformStack) => unknown) {
    const stack = googleStack();
    make(stack);
    const config = synthesized(stack);
    const at = (path: string) => definitionOf({ resource: { google_workflows_workflow: { it: resourceAt(config, 'google_workflows_workflow', path) } } });
    return { rollout: at('Mlops_Serving_Rollout'), endpoint: resourceAt(config, 'google_vertex_ai_endpoint', 'Mlops_Serving_Endpoint').name };
  }
  const product = { modelName: 'churn', image };
  const levels = [
    level((stack) => new Level0Blueprint(stack, 'Mlops', { ...product, model: ModelSource.version('projects/my-project/locations/europe-west4/models/churn@1') })),
    level((stack) => new Level1Blueprint(stack, 'Mlops', product)),
    level((stack) => new Level2Blueprint(stack, 'Mlops', { ...product, delivery: { repository: 'example/churn', stateBucketName: 'state' } })),
  ];

  test('the endpoint is the same one', () => {
    expect(new Set(levels.map(({ endpoint }) => endpoint)).size).toBe(1);
  });

  test('0 to 1 to 2 and back: each level takes over what the one before has made live', () => {
    const vertex = new FakeVertex();
    const lives = (result: WorkflowRun) => [result.result, vertex.traffic, vertex.deployed.length];
    expect(lives(run(levels[0].rollout, vertex, applied(DAYS[0])))).toEqual(['live', { 1: 100 }, 1]);
    expect(lives(run(levels[1].rollout, vertex, approval('2', DAYS[1])))).toEqual(['live', { 2: 100 }, 1]);
    expect(lives(run(levels[2].rollout, vertex, approval('3', DAYS[2])))).toEqual(['live', { 3: 100 }, 1]);
    expect(lives(run(levels[1].rollout, vertex, approval('4', DAYS[3])))).toEqual(['live', { 4: 100 }, 1]);
    expect(lives(run(levels[0].rollout, vertex, applied(DAYS[4])))).toEqual(['live', { 1: 100 }, 1]);
  });

  test('2 rolls back to what 1 has made live', () => {
    const vertex = new FakeVertex();
    run(levels[1].rollout, vertex, approval('1', DAYS[0]));
    vertex.numbers = (version) => ({ answers: 1000, errors: version === '2' ? 500 : 0 });
    expect(run(levels[2].rollout, vertex, approval('2', DAYS[1])).result).toBe('rolled back');
    expect(vertex.traffic).toEqual({ 1: 100 });
  });
});
