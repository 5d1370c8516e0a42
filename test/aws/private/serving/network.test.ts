import { SageMakerServing } from '../../../../src/aws';
import { standsInNetwork } from '../../../../src/aws/private/serving/network';
import { Serving } from '../../../../src/core';

test.each([
  ['no serving is said', undefined, true],
  ['it answers in real time', Serving.realTime(), true],
  ['it runs in batches', Serving.batch(), true],
  ['it is serverless', Serving.serverless(), false],
])('whether an endpoint can be in a network where %s', (_, serving, expected) => expect(standsInNetwork(serving)).toBe(expected));

test('a warm serverless endpoint cannot be in a network either', () => {
  expect(standsInNetwork(SageMakerServing.warmServerless({ minWarmReplicas: 1, maxWarmReplicas: 2 }))).toBe(false);
});
