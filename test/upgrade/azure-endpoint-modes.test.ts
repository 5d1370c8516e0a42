import { RemovalPolicy, ServingEndpointProps } from '../../src/azure';
import { Challenger, Rollout, Serving } from '../../src/core';
import { ServingWorld } from '../support/azure-serving';
import { terraformLosses } from '../support/terraform-replacement';

const STATES: { readonly [name: string]: Partial<ServingEndpointProps> } = {
  'all at once': { rollout: Rollout.allAtOnce() },
  'canary': { rollout: Rollout.canary() },
  'shadow': { challenger: Challenger.shadow(20) },
  'A/B': { challenger: Challenger.abTest(20) },
  'service': { serving: Serving.serverless() },
  'batch': { serving: Serving.batch() },
};
const configOf = (props: Partial<ServingEndpointProps>) => new ServingWorld(props).config;
const configs = Object.fromEntries(Object.entries(STATES).map(([name, props]) => [name, configOf(props)]));
const pairs = Object.keys(STATES).flatMap((from) => Object.keys(STATES).filter((to) => to !== from).map((to) => [from, to]));
const ENDPOINT = /onlineEndpoints|azurerm_container_app\.|azapi_resource\.Serving_Endpoint/;
const kindOf = (name: string) => (['service', 'batch'].includes(name) ? name : 'online');

test.each(pairs)('from %s to %s the endpoint stays, or the docs say what to do before', (from, to) => {
  const lost = terraformLosses(configs[from], configs[to]).filter((loss) => ENDPOINT.test(loss));
  expect(lost.length > 0).toBe(kindOf(from) !== 'batch' && kindOf(from) !== kindOf(to));
});

test.each(['canary', 'service'])('another name of %s stops the plan, unless the endpoint may go', (name) => {
  const named = (props: Partial<ServingEndpointProps>) => {
    const world = new ServingWorld({ ...STATES[name], ...props }, { context: { 'mlops:allowDestroy': true } });
    const made = name === 'service' ? world.resource('azurerm_container_app', 'Serving_App') : world.resource('azapi_resource', 'Serving_Endpoint');
    return [made.name, made.lifecycle.prevent_destroy];
  };
  expect(named({ endpointName: 'churn-live' })).toEqual(['churn-live', true]);
  expect(named({ endpointName: 'churn-next', removalPolicy: RemovalPolicy.DESTROY })).toEqual(['churn-next', false]);
});
