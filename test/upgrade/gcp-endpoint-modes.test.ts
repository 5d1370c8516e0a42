import { Challenger, ContainerImage, Rollout, Serving } from '../../src/core';
import { EndpointAccess, ServingEndpointProps } from '../../src/gcp';
import { ServingWorld } from '../support/google-serving';
import { terraformLosses } from '../support/terraform-replacement';

const STATES: { readonly [name: string]: Partial<ServingEndpointProps> } = {
  'dedicated': {},
  'shared': { access: EndpointAccess.shared() },
  'private': { access: EndpointAccess.privateServiceConnect(['my-project']) },
  'canary': { rollout: Rollout.canary() },
  'A/B': { challenger: Challenger.abTest(20) },
  'service': { serving: Serving.serverless(), image: ContainerImage.fromUri('image:1') },
  'batch': { serving: Serving.batch() },
};
const configs = Object.fromEntries(Object.entries(STATES).map(([name, props]) => [name, new ServingWorld(props).config]));
const pairs = Object.keys(STATES).flatMap((from) => Object.keys(STATES).filter((to) => to !== from).map((to) => [from, to]));

/** What docs/google-cloud.md says of a change of mode: the endpoint stays, or goes and needs its teardown before. */
const needsTeardown = ([from, to]: readonly string[]) => {
  const hasNoEndpoint = (name: string) => ['service', 'batch'].includes(name);
  return !hasNoEndpoint(from) && (hasNoEndpoint(to) || (from === 'private') !== (to === 'private'));
};

test.each(pairs)('from %s to %s the endpoint stays, or the docs say what to do before', (from, to) => {
  const lost = terraformLosses(configs[from], configs[to]).filter((loss) => loss.includes('google_vertex_ai_endpoint'));
  expect(lost.length > 0).toBe(needsTeardown([from, to]));
});
