import { ServingEndpointProps } from '../../src/azure/serving-endpoint-props';
import { Challenger, Rollout } from '../../src/core';
import { FakeOnline } from '../support/azure-online';
import { Fault } from '../support/azure-service';
import { ServingWorld } from '../support/azure-serving';
import { workflowDefinition } from '../support/azure-workflow';
import { HttpCall, Run } from '../support/logic-apps';

const CANARY = { rollout: Rollout.canary({ percent: 10, bakeMinutes: 1 }), mirrorPercent: 10 };
const A_B = { challenger: Challenger.abTest(20) };
const bad = (here: FakeOnline) => { here.numbers = (version) => (version === '2' ? { answers: 1000, errors: 500 } : { answers: 1000 }); };
const badWhole = (here: FakeOnline) => { here.numbers = (version) => (version === '2' && here.traffic[2] === 100 ? { answers: 1000, errors: 500 } : { answers: 1000 }); };

interface Scenario {
  readonly props: Partial<ServingEndpointProps>;
  readonly stage: (here: FakeOnline) => void;
  readonly message?: object;
  /** Whether version 2 must not serve in the end. */
  readonly isBad?: boolean;
}

const SCENARIOS: { readonly [name: string]: Scenario } = {
  'first version': { props: {}, stage: () => undefined },
  'all at once': { props: {}, stage: (here) => { here.has('1', 100); } },
  'all at once, bad': { props: {}, stage: (here) => { here.has('1', 100); bad(here); }, isBad: true },
  'copies and canary': { props: CANARY, stage: (here) => { here.has('1', 100); } },
  'canary, bad under the whole load': { props: CANARY, stage: (here) => { here.has('1', 100); badWhole(here); }, isBad: true },
  'challenger': { props: A_B, stage: (here) => { here.has('1', 100); } },
  'promotion, bad under the whole load': {
    props: A_B, message: { version: '2', promote: true }, isBad: true, stage: (here) => { here.has('1', 80).has('2', 20, { mark: 'challenger', settings: settingsOf(A_B) }); badWhole(here); },
  },
};

const FAULTS: { readonly [name: string]: { readonly fault: Fault; readonly seconds: number } } = {
  ...Object.fromEntries([403, 404, 429, 500].map((code) => [`${code} once`, { fault: { code, body: { error: 'played' } }, seconds: 0 }])),
  '500 for half an hour': { fault: { code: 500, body: { error: 'played' } }, seconds: 1800 },
  'lost answer': { fault: 'lost answer', seconds: 0 },
};

const worlds = new Map<string, ServingWorld>();
const worldOf = (props: Partial<ServingEndpointProps>) => {
  const key = JSON.stringify(props);
  if (!worlds.has(key)) worlds.set(key, new ServingWorld(props));
  return worlds.get(key)!;
};
const definitions = new Map<string, any>();
const definitionOf = (props: Partial<ServingEndpointProps>) => {
  const key = JSON.stringify(props);
  if (!definitions.has(key)) definitions.set(key, workflowDefinition(worldOf(props).config, 'Serving_Rollout'));
  return definitions.get(key);
};
const settingsOf = (props: Partial<ServingEndpointProps>) => /'-([0-9a-f]{8})'/.exec(JSON.stringify(definitionOf(props)))![1];

function play({ props, stage, message = { version: '2' } }: Scenario, broken?: { readonly fault: Fault; readonly seconds: number; readonly at: number }): { readonly here: FakeOnline; readonly run: Run; readonly calls: HttpCall[] } {
  const here = new FakeOnline(definitionOf(props));
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
  return { here, run: here.send(message), calls };
}

/** The first of equal calls: what a look is told that is repeated, the next one is told as well. */
function distinct(calls: readonly HttpCall[]): number[] {
  const seen = new Map<string, number>();
  return [...calls.keys()].filter((at) => {
    const key = `${calls[at].action} ${calls[at].url}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return seen.get(key)! <= 1;
  });
}

describe.each(Object.keys(SCENARIOS))('%s', (name) => {
  const scenario = SCENARIOS[name];
  test('keeps a live version, tells what is true and leaves the way free, whichever call fails', () => {
    const whole = play(scenario);
    const at = distinct(whole.calls);
    let runs = 0;
    for (const [faultName, fault] of Object.entries(FAULTS)) {
      for (const nth of at) {
        const { here, run: first } = play(scenario, { ...fault, at: nth });
        // A run that could not hold its message, or takes it for another run's, leaves it to a later one.
        const isLeft = (each: Run) => each.status === 'Cancelled' || each.code === 'MessageNotHeld';
        const run = isLeft(first) ? here.apps.runs.find((each) => !isLeft(each))! : first;
        const where = `${faultName} at ${whole.calls[nth].action}`;
        runs += 1;
        const { traffic } = here;
        const serves = traffic[2] === 100 ? '2' : traffic[1] === 100 ? '1' : Object.keys(traffic).length === 0 ? 'nothing' : 'both';
        const story = { where, serves, status: run.status, message: run.message, serving: run.variables.serves };
        const had = whole.here.deployments.length > 0 && name !== 'first version';
        if (had && serves === 'nothing') throw new Error(`the live version is lost: ${JSON.stringify(story)}`);
        if (scenario.isBad && serves === '2') throw new Error(`the bad version serves: ${JSON.stringify(story)}`);
        const isCompared = /challenger|serves as before/.test(run.variables.serves);
        if (serves === 'both' && !(scenario.props === A_B && isCompared)) throw new Error(`two versions serve: ${JSON.stringify(story)}`);
        // Who is told reads who serves, and what a run that ends well came to has happened.
        const told = run.status === 'Failed' ? run.message! : run.variables.serves;
        const claims = { 1: /version 1 serves|version 1 is live/, 2: /version 2 is live|version 2 serves/, nothing: /nothing serves/, both: /is its challenger|serves as before/ }[serves]!;
        if (!claims.test(told)) throw new Error(`it is not told who serves: ${JSON.stringify(story)}`);
        if (run.status === 'Succeeded' && !scenario.isBad && serves !== (name === 'challenger' ? 'both' : '2')) throw new Error(`it ends well and has not done it: ${JSON.stringify(story)}`);
        // The next approval meets nothing that holds it up.
        here.azure.interfere = () => undefined;
        here.numbers = () => ({ answers: 1000 });
        here.send({ version: '3', promote: true });
        here.apps.settle(60);
        if (JSON.stringify([here.traffic, here.deployed]) !== '[{"3":100},["3"]]') throw new Error(`the next rollout is held up: ${JSON.stringify({ ...story, then: [here.traffic, here.deployed, here.apps.runs.at(-1)!.message] })}`);
      }
    }
    expect(runs).toBeGreaterThan(100);
  }, 600_000);
});
