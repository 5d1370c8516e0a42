import { Challenger, ContainerImage, Rollout, Serving } from '../../src/core';
import { ServingEndpointProps } from '../../src/gcp';
import { Cancelled, ENDS, Fault, FAULTS, withFault } from '../support/faults';
import { approval, FakeVertex } from '../support/google-endpoint';
import { FakeService } from '../support/google-service';
import { ServingWorld } from '../support/google-serving';
import { HttpCall, HttpReply, runWorkflow, WorkflowRun } from '../support/workflows';

/** What a rollout works on, whichever service it is. */
interface Stage {
  readonly respond: (call: HttpCall) => HttpReply | Error;
  /** Shares by version. */
  readonly traffic: { readonly [version: string]: number };
  /** Versions that could get traffic at once. */
  readonly versions: readonly string[];
  /** Versions that are billed and have no traffic. */
  readonly idle: readonly string[];
}

function vertex(prepare: (fake: FakeVertex) => void): Stage {
  const fake = new FakeVertex();
  prepare(fake);
  return {
    respond: fake.respond as Stage['respond'],
    get traffic() { return fake.traffic; },
    get versions() { return fake.deployed.map(({ modelVersionId }) => modelVersionId); },
    get idle() { return fake.deployed.filter(({ id }) => !fake.trafficSplit[id]).map(({ modelVersionId }) => modelVersionId); },
  };
}

function service(definition: any, approved: readonly string[], prepare: (fake: FakeService) => void): Stage {
  const fake = new FakeService();
  approved.forEach((version, at) => runWorkflow(definition, { argument: approval(version, `2025-12-0${at + 1}T00:00:00Z`), respond: fake.respond }));
  prepare(fake);
  return {
    respond: fake.respond,
    get traffic() { return Object.fromEntries(Object.entries(fake.shares).filter(([, share]) => share > 0)); },
    get versions() { return [...new Set(fake.revisions.map(({ revision }) => /-v(\d+)-/.exec(revision)![1]))]; },
    get idle() { return []; },
  };
}

const definitions = new Map<string, any>();
function definitionOf(props: Partial<ServingEndpointProps>, name: string): any {
  if (!definitions.has(name)) definitions.set(name, new ServingWorld(props).definition());
  return definitions.get(name);
}

const CLOUD_RUN = { serving: Serving.serverless(), image: ContainerImage.fromUri('image:1') };
const CANARY = { rollout: Rollout.canary({ bakeMinutes: 1 }) };
const LINEAR = { rollout: Rollout.linear({ stepPercent: 50, stepMinutes: 1 }) };
const A_B = { challenger: Challenger.abTest(20) };
const live = (fake: FakeVertex) => { fake.has('1', 100); };
const both = (fake: FakeVertex) => { fake.has('1', 80).has('2', 20, '2025-12-02T00:00:00Z', '2025-12-02T00:10:00Z'); };
const good = { answers: 1000 };
const bad = { answers: 1000, errors: 500 };
const fails = (fake: FakeVertex | FakeService) => { fake.numbers = (version) => (version === '2' ? bad : good); };
const failsWhole = (fake: FakeVertex) => { fake.numbers = (version) => (version === '2' && fake.traffic[2] === 100 ? bad : good); };
const failsWholeService = (fake: FakeService) => { fake.numbers = (version) => (version === '2' && (fake.shares as any)[2] === 100 ? bad : good); };
const PROMOTE = approval('2', '2026-01-01T00:00:00.000Z', { promote: true });

interface Scenario {
  readonly props: Partial<ServingEndpointProps>;
  readonly stage: (definition: any) => Stage;
  readonly argument?: unknown;
  /** Whether version 2 must not serve in the end. */
  readonly isBad?: boolean;
  /** What the run comes to where nothing is broken. */
  readonly ends: string;
}

const SCENARIOS: { readonly [name: string]: Scenario } = {
  'Vertex AI, first version': { props: {}, stage: () => vertex(() => undefined), ends: 'live' },
  'Vertex AI, all at once': { props: {}, stage: () => vertex(live), ends: 'live' },
  'Vertex AI, all at once, bad': { props: {}, stage: () => vertex((fake) => { live(fake); fails(fake); }), isBad: true, ends: 'rolled back' },
  'Vertex AI, canary': { props: CANARY, stage: () => vertex(live), ends: 'live' },
  'Vertex AI, canary, bad': { props: CANARY, stage: () => vertex((fake) => { live(fake); fails(fake); }), isBad: true, ends: 'rolled back' },
  'Vertex AI, canary, bad under the whole load': { props: CANARY, stage: () => vertex((fake) => { live(fake); failsWhole(fake); }), isBad: true, ends: 'rolled back' },
  'Vertex AI, linear, bad under the whole load': { props: LINEAR, stage: () => vertex((fake) => { live(fake); failsWhole(fake); }), isBad: true, ends: 'rolled back' },
  'Vertex AI, A/B, challenger': { props: A_B, stage: () => vertex(live), ends: 'challenger' },
  'Vertex AI, A/B, bad challenger': { props: A_B, stage: () => vertex((fake) => { live(fake); fails(fake); }), isBad: true, ends: 'rolled back' },
  'Vertex AI, A/B, promotion': { props: A_B, stage: () => vertex(both), argument: PROMOTE, ends: 'live' },
  'Vertex AI, A/B, bad promotion': { props: A_B, stage: () => vertex((fake) => { both(fake); failsWhole(fake); }), argument: PROMOTE, isBad: true, ends: 'rolled back' },
  'Cloud Run, first version': { props: CLOUD_RUN, stage: (definition) => service(definition, [], () => undefined), ends: 'live' },
  'Cloud Run, all at once': { props: CLOUD_RUN, stage: (definition) => service(definition, ['1'], () => undefined), ends: 'live' },
  'Cloud Run, all at once, bad': { props: CLOUD_RUN, stage: (definition) => service(definition, ['1'], fails), isBad: true, ends: 'rolled back' },
  'Cloud Run, canary, bad under the whole load': {
    props: { ...CLOUD_RUN, ...CANARY }, stage: (definition) => service(definition, ['1'], failsWholeService), isBad: true, ends: 'rolled back',
  },
  'Cloud Run, linear': { props: { ...CLOUD_RUN, ...LINEAR }, stage: (definition) => service(definition, ['1'], () => undefined), ends: 'live' },
  'Cloud Run, A/B, bad promotion': {
    props: { ...CLOUD_RUN, ...A_B }, stage: (definition) => service(definition, ['1', '2'], failsWholeService), argument: PROMOTE, isBad: true, ends: 'rolled back',
  },
};

const NOW = '2026-01-01T00:00:10Z';
const SWEEP = { sweep: true };

function start(definition: any, stage: Stage, argument: unknown, fault?: Fault, at: number = -1): WorkflowRun | 'cancelled' {
  try {
    return runWorkflow(definition, { argument, respond: fault === undefined ? stage.respond : withFault(stage.respond, fault, at), now: NOW });
  } catch (error) {
    if (error instanceof Cancelled) return 'cancelled';
    throw error;
  }
}

/** Breaks each call of a scenario with each fault, and checks what is left behind; gives how many runs that were. */
function breakEachCall(name: string, faults: readonly Fault[], check: (found: { stage: Stage; run: WorkflowRun | 'cancelled'; before: Stage['traffic']; definition: any }) => void): number {
  const { props, stage: newStage, argument = approval('2'), ends } = SCENARIOS[name];
  const definition = definitionOf(props, JSON.stringify(props));
  const whole = start(definition, newStage(definition), argument) as WorkflowRun;
  expect(whole.result).toBe(ends);
  let runs = 0;
  for (const fault of faults) {
    for (const at of distinct(whole.calls)) {
      const stage = newStage(definition);
      const before = { ...stage.traffic };
      const run = start(definition, stage, argument, fault, at);
      const where = `${fault.name} at call ${at}, ${whole.calls[at].method} ${whole.calls[at].url.slice(-40)}`;
      try {
        check({ stage, run, before, definition });
      } catch (error) {
        throw new Error(`${name}: ${where}: ${error instanceof Error ? error.message : error}`);
      }
      runs += 1;
    }
  }
  return runs;
}

/** The first two of equal calls: looks that are repeated meet what the second met. */
function distinct(calls: readonly HttpCall[]): number[] {
  const seen = new Map<string, number>();
  return [...calls.keys()].filter((at) => {
    const { method, url, query: { filter }, body } = calls[at];
    const key = JSON.stringify([method, url, filter, body]);
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return seen.get(key)! <= 2;
  });
}

/** What everybody is told of the run; of a run that failed the last line says who serves. */
function told(run: WorkflowRun): { readonly outcome: string; readonly serves?: string } {
  return run.logs.map(({ data }) => data).filter(({ mlops }) => mlops === 'rollout').pop();
}

describe.each(Object.keys(SCENARIOS))('%s', (name) => {
  const { isBad = false } = SCENARIOS[name];

  test('a call that fails costs no live version, and what is told is true', () => {
    const runs = breakEachCall(name, FAULTS, ({ stage, run, before, definition }) => {
      const ended = run as WorkflowRun;
      const { outcome, serves } = told(ended);
      const hadLive = '1' in before;
      if (outcome === 'live') {
        expect(stage.traffic).toEqual({ 2: 100 });
        expect(isBad).toBe(false);
      } else if (outcome === 'challenger') {
        expect(stage.traffic).toEqual({ 1: 80, 2: 20 });
      } else {
        expect(['failed', 'rolled back']).toContain(outcome);
        if (serves === 'as before') expect(stage.traffic).toEqual(before);
        if (hadLive && serves !== 'as before') expect([serves, stage.traffic]).toEqual(['1', { 1: 100 }]);
        if (hadLive) expect(stage.versions).toContain('1');
      }
      expect(ended.error === undefined).toBe(outcome !== 'failed');
      // Whatever costs and serves nobody is in a line with an alert.
      const lines = ended.logs.map(({ data }) => data.mlops);
      if (stage.idle.length > 0 && !lines.includes('rollout leftover')) expect(ended.error!.message).toMatch(/not known/);
      const swept = start(definition, stage, SWEEP) as WorkflowRun;
      expect(swept.error).toBeUndefined();
      expect(stage.idle).toEqual([]);
      if (outcome === SCENARIOS[name].ends) return;
      expect((start(definition, stage, approval('3', '2026-01-02T00:00:00Z', { promote: true })) as WorkflowRun).result).toBe('live');
      expect(Object.values(stage.traffic).reduce((sum, share) => sum + share, 0)).toBe(100);
    });
    expect(runs).toBeGreaterThan(100);
  });

  test('a run that is cancelled leaves its end to the sweep, or to the next approval', () => {
    breakEachCall(name, ENDS, ({ stage, run, before, definition }) => {
      expect(run).toBe('cancelled');
      const wasSettled = stage.traffic[2] === 100 && !isBad;
      if ('1' in before && !wasSettled) expect(stage.versions).toContain('1');
      const swept = start(definition, stage, SWEEP) as WorkflowRun;
      expect(swept.error).toBeUndefined();
      expect(stage.idle).toEqual([]);
      if (isBad) expect(stage.traffic).toEqual(expect.objectContaining({ 1: expect.any(Number) }));
      if (isBad && before[2] === undefined) expect(stage.traffic).toEqual({ 1: 100 });
    });
    breakEachCall(name, ENDS, ({ stage, definition }) => {
      const next = start(definition, stage, approval('3', '2026-01-02T00:00:00Z')) as WorkflowRun;
      expect(next.result).toMatch(/^(live|challenger)$/);
      expect(stage.traffic[2] ?? 0).toBeLessThan(isBad ? 1 : 101);
    });
  });
});
