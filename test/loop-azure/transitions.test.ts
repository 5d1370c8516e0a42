import { TerraformStack } from 'cdktf';
import { Level0Blueprint, Level1Blueprint, Level2Blueprint, ModelSource, ServingEndpointProps } from '../../src/azure';
import { Challenger, Rollout } from '../../src/core';
import { servingOf } from '../../src/core/private/level-defaults';
import { BASE } from '../parity/samples';
import { azureStack, resourceAt, synthesized } from '../support/azure';
import { FakeOnline, MODEL } from '../support/azure-online';
import { ServingWorld } from '../support/azure-serving';
import { workflowDefinition } from '../support/azure-workflow';

/** Ways of rolling out on one online endpoint. */
const WAYS: { readonly [name: string]: Partial<ServingEndpointProps> } = {
  'all at once': { rollout: Rollout.allAtOnce() },
  'canary': { rollout: Rollout.canary({ percent: 10, bakeMinutes: 10 }) },
  'linear': { rollout: Rollout.linear({ stepPercent: 50, stepMinutes: 5 }) },
  'shadow': { challenger: Challenger.shadow(30) },
  'A/B': { challenger: Challenger.abTest(20) },
};
const definitions = Object.fromEntries(
  Object.entries(WAYS).map(([name, props]) => [name, workflowDefinition(new ServingWorld(props).config, 'Serving_Rollout')]),
);
const hasChallenger = (name: string) => WAYS[name].challenger !== undefined;
const pairs = Object.keys(WAYS).flatMap((from) => Object.keys(WAYS).map((to) => [from, to]));

/** An endpoint that is live in one way: version 1, and version 2 beside it where the way has a challenger. */
function live(from: string): FakeOnline {
  const here = new FakeOnline(definitions[from]);
  here.send({ version: '1' });
  if (hasChallenger(from)) here.send({ version: '2' });
  return here;
}

describe.each(pairs)('from %s to %s', (from, to) => {
  test('the apply alone moves no request, and the next approval goes by the new way', () => {
    const here = live(from);
    const before = [here.traffic, here.mirror];
    here.apps.deploy('rollout', definitions[to]);
    here.send({ renew: true });
    expect([here.traffic, here.mirror]).toEqual(before);
    const run = here.send({ version: '3' });
    expect([run.status, run.variables.outcome]).toEqual(['Succeeded', hasChallenger(to) ? 'challenger' : 'live']);
    const [traffic, mirror] = to === 'shadow' ? [{ 1: 100 }, { 3: 30 }] : to === 'A/B' ? [{ 1: 80, 3: 20 }, {}] : [{ 3: 100 }, {}];
    expect([here.traffic, here.mirror]).toEqual([traffic, mirror]);
    expect(here.deployed).toEqual(hasChallenger(to) ? ['1', '3'] : ['3']);
  });

  test('a version that fails leaves the live one, and it alone', () => {
    const here = live(from);
    here.apps.deploy('rollout', definitions[to]);
    here.numbers = (version) => ({ answers: 1000, errors: version === '3' ? 500 : 0 });
    here.send({ version: '3' });
    expect(Object.keys(here.traffic)).toContain('1');
    expect([here.traffic['3'], here.mirror['3'], here.deployed.includes('3')]).toEqual([undefined, undefined, false]);
  });
});

const STATE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/state/blobServices/default/containers/state';

describe('from one level to another', () => {
  const endpoints = [
    (stack: TerraformStack) => new Level0Blueprint(stack, 'Mlops', { ...BASE, model: ModelSource.version(`${MODEL}/versions/1`) }),
    (stack: TerraformStack) => new Level1Blueprint(stack, 'Mlops', BASE),
    (stack: TerraformStack) => new Level2Blueprint(stack, 'Mlops', { ...BASE, delivery: { ...BASE.delivery!, stateContainerId: STATE } }),
  ].map((make) => {
    const stack = azureStack({ resourceGroupName: 'ml' });
    make(stack);
    return resourceAt(synthesized(stack), 'azapi_resource', 'Mlops_Serving_Endpoint').name;
  });
  /** The endpoint as each level has it. */
  const [, level1, level2] = ([0, 1, 2] as const).map((level) =>
    workflowDefinition(new ServingWorld(servingOf(level, BASE)).config, 'Serving_Rollout'));

  test('the endpoint is the same one', () => {
    expect(new Set(endpoints).size).toBe(1);
  });

  test('1 to 2 and back: each level takes over what the one before has made live', () => {
    const here = new FakeOnline(level1);
    const lives = (definition: typeof level1, version: string) => {
      here.apps.deploy('rollout', definition);
      return [here.send({ version }).variables.outcome, here.traffic, here.deployed];
    };
    expect(lives(level1, '1')).toEqual(['live', { 1: 100 }, ['1']]);
    expect(lives(level2, '2')).toEqual(['live', { 2: 100 }, ['2']]);
    expect(lives(level1, '3')).toEqual(['live', { 3: 100 }, ['3']]);
  });

  test('2 rolls back to what 1 has made live', () => {
    const here = new FakeOnline(level1);
    here.send({ version: '1' });
    here.apps.deploy('rollout', level2);
    here.numbers = (version) => ({ answers: 1000, errors: version === '2' ? 500 : 0 });
    expect(here.send({ version: '2' }).message).toContain('version 2 was rolled back');
    expect([here.traffic, here.deployed]).toEqual([{ 1: 100 }, ['1']]);
  });
});
