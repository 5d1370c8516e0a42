import { Capacity } from '../../../../src/core';
import { datasetPrefixOf, retriesOf, runtimeHoursOf, spotWaitHours } from '../../../../src/core/private/resolve/training';

const who = { what: 'training pipeline', name: 'T' };

test('fills the defaults of a training, and keeps what is given', () => {
  expect([datasetPrefixOf({}), runtimeHoursOf({}), retriesOf({})]).toEqual(['dataset/', 24, 2]);
  expect([datasetPrefixOf({ datasetPrefix: 'a/' }), runtimeHoursOf({ maxRuntimeHours: 3 }), retriesOf({ retries: 0 })]).toEqual(['a/', 3, 0]);
});

test('a spot job waits twice as long as it may run, unless a time is given', () => {
  expect(spotWaitHours(who, Capacity.spot(), 6)).toBe(12);
  expect(spotWaitHours(who, Capacity.spot({ maxWaitHours: 6 }), 6)).toBe(6);
});

test('refuses a spot job that may wait for less than it runs', () => {
  expect(() => spotWaitHours(who, Capacity.spot({ maxWaitHours: 5 }), 6)).toThrow(
    new Error("training pipeline 'T': capacity.maxWaitHours must be at least maxRuntimeHours, which is 6, because the wait includes the run, got 5"));
});
