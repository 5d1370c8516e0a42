import { ServingEndpointProps } from '../../src/azure';
import { Rollout, Serving } from '../../src/core';
import { FakeApp } from '../support/azure-app';
import { Fault } from '../support/azure-service';
import { ServingWorld } from '../support/azure-serving';
import { workflowDefinition } from '../support/azure-workflow';
import { HttpCall, Run } from '../support/logic-apps';

const CANARY: Partial<ServingEndpointProps> = { serving: Serving.serverless(), rollout: Rollout.canary({ percent: 10, bakeMinutes: 1 }) };
const world = new ServingWorld(CANARY);
const definition = workflowDefinition(world.config, 'Serving_Rollout');

interface Scenario {
  readonly stage: (here: FakeApp) => void;
  /** Whether version 2 must not serve in the end. */
  readonly isBad?: boolean;
}

const SCENARIOS: { readonly [name: string]: Scenario } = {
  'the first version': { stage: () => undefined },
  'a good version': { stage: (here) => { here.has('1', 100); } },
  'a bad version': {
    isBad: true,
    stage: (here) => {
      here.has('1', 100);
      here.numbers = (version) => (version === '2' ? { answers: 1000, errors: 500 } : { answers: 1000 });
    },
  },
};

const FAULTS: { readonly [name: string]: { readonly fault: Fault; readonly seconds: number } } = {
  ...Object.fromEntries([403, 404, 429, 500].map((code) => [`${code} once`, { fault: { code, body: { error: 'played' } }, seconds: 0 }])),
  '500 for half an hour': { fault: { code: 500, body: { error: 'played' } }, seconds: 1800 },
  'lost answer': { fault: 'lost answer', seconds: 0 },
};

interface Broken {
  readonly fault: Fault;
  readonly seconds: number;
  readonly at: number;
}

function play({ stage }: Scenario, broken?: Broken): { readonly here: FakeApp; readonly run: Run; readonly calls: HttpCall[] } {
  const here = new FakeApp(definition, world.endpoint.endpointName);
  stage(here);
  const calls: HttpCall[] = [];
  let since: number | undefined;
  here.azure.interfere = (call) => {
    if (call.action === 'Message') return undefined;
    calls.push(call);
    if (broken === undefined) return undefined;
    if (calls.length - 1 === broken.at) {
      since = call.at;
      return broken.fault;
    }
    return since !== undefined && broken.seconds > 0 && call.at < since + broken.seconds * 1000 ? broken.fault : undefined;
  };
  return { here, run: here.send({ version: '2' }), calls };
}

/** The first of equal calls: what a look is told that is repeated, the next one is told as well. */
function distinct(calls: readonly HttpCall[]): number[] {
  const seen = new Set<string>();
  return [...calls.keys()].filter((at) => {
    const key = `${calls[at].action} ${calls[at].method} ${calls[at].url}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

/** The next approval meets nothing that holds it up. */
function next(here: FakeApp): unknown {
  here.azure.interfere = () => undefined;
  here.apps.kill = undefined;
  here.numbers = () => ({ answers: 1000 });
  here.send({ version: '3' });
  here.apps.settle(60);
  return [here.shares, here.active];
}

describe.each(Object.keys(SCENARIOS))('%s of a container app', (name) => {
  const scenario = SCENARIOS[name];
  const had = name !== 'the first version';

  test('keeps a live version, tells what is true and leaves the way free, whichever call fails', () => {
    const whole = play(scenario);
    const found: unknown[] = [];
    let runs = 0;
    for (const [faultName, fault] of Object.entries(FAULTS)) {
      for (const nth of distinct(whole.calls)) {
        const { here, run: first } = play(scenario, { ...fault, at: nth });
        const isLeft = (each: Run) => each.status === 'Cancelled' || each.code === 'MessageNotHeld';
        const run = isLeft(first) ? here.apps.runs.find((each) => !isLeft(each))! : first;
        runs += 1;
        const serves = Object.entries(here.shares).filter(([, share]) => share === 100).map(([version]) => version).find((version) => /^[12]$/.test(version)) ?? 'nobody';
        const told = run.status === 'Failed' ? run.message! : run.variables.serves;
        const story = { where: `${faultName} at ${whole.calls[nth].action}`, serves, status: run.status, told };
        if (had && serves === 'nobody') found.push({ lost: story });
        if (scenario.isBad && serves === '2') found.push({ bad: story });
        const claim = { 1: /version 1 serves|version 1 is live/, 2: /version 2 is live|version 2 serves/, nobody: /nothing serves/ }[serves];
        if (!claim!.test(told)) found.push({ untold: story });
        if (run.status === 'Succeeded' && !scenario.isBad && serves !== '2') found.push({ undone: story });
        const then = next(here);
        if (JSON.stringify(then) !== '[{"3":100},["3"]]') found.push({ heldUp: story, then });
      }
    }
    expect(found).toEqual([]);
    expect(runs).toBeGreaterThan(60);
  }, 600_000);

  test('keeps a live version and leaves the way free, wherever a run is killed', () => {
    const whole = play(scenario);
    const found: unknown[] = [];
    for (const nth of distinct(whole.calls)) {
      for (const moment of ['before', 'after'] as const) {
        const here = new FakeApp(definition, world.endpoint.endpointName);
        scenario.stage(here);
        const { action, method } = whole.calls[nth];
        let isKilled = false;
        here.apps.kill = (_, call) => {
          if (isKilled || call.action !== action || call.method !== method) return undefined;
          isKilled = true;
          return moment;
        };
        here.send({ version: '2' });
        if (!isKilled) found.push({ notKilled: `${moment} ${action}` });
        const sum = Object.values(here.shares).reduce((all, share) => all + share, 0);
        if (had && sum !== 100) found.push({ lost: `${moment} ${action}`, shares: here.shares });
        const then = next(here);
        if (JSON.stringify(then) !== '[{"3":100},["3"]]') found.push({ heldUp: `${moment} ${action}`, then, runs: here.apps.runs.map(({ status, message }) => [status, message]) });
      }
    }
    expect(found).toEqual([]);
  }, 600_000);
});
