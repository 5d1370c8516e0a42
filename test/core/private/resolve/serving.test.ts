import { Challenger, Rollout, ScalingTarget, Schedule, Serving } from '../../../../src/core';
import { resolvedBatch, resolvedScaling, resolvedServerless, resolvedServing } from '../../../../src/core/private/resolve/serving';
import { ServingEndpointIntent } from '../../../../src/core/serving-endpoint';

const serving = (intent: ServingEndpointIntent) => resolvedServing({ what: 'serving endpoint', name: 'S' }, intent);

test('two to four replicas hold 600 requests a minute', () => {
  const target = ScalingTarget.requestsPerMinute(600);
  expect(resolvedScaling()).toEqual({ minReplicas: 2, maxReplicas: 4, target, scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60 });
  expect(resolvedScaling({ minReplicas: 3 }).maxReplicas).toBe(6);
  expect(resolvedScaling({ minReplicas: 0 }).maxReplicas).toBe(1);
  const given = { minReplicas: 1, maxReplicas: 9, target: ScalingTarget.cpuUtilization(50), scaleInCooldownSeconds: 0, scaleOutCooldownSeconds: 1 };
  expect(resolvedScaling(given)).toEqual(given);
});

test('a serverless endpoint has 2 GiB and answers 20 requests at a time', () => {
  expect(resolvedServerless({})).toEqual({ memoryGiB: 2, maxConcurrency: 20, warmReplicas: 0 });
  expect(resolvedServerless({ memoryGiB: 4, maxConcurrency: 5, warmReplicas: 1 })).toEqual({ memoryGiB: 4, maxConcurrency: 5, warmReplicas: 1 });
});

test('batch predictions run daily on one machine, below batch/', () => {
  expect(resolvedBatch({})).toEqual({ schedule: Schedule.daily(), inputPrefix: 'batch/input/', outputPrefix: 'batch/output/', instanceCount: 1 });
  const given = { schedule: Schedule.hourly(), inputPrefix: 'a/', outputPrefix: 'b/' };
  expect(resolvedBatch({ ...given, compute: { instanceCount: 3 } })).toEqual({ ...given, instanceCount: 3 });
});

test('an endpoint answers in real time, takes a new version all at once, and records nothing', () => {
  expect(serving({})).toEqual({ serving: Serving.realTime(), rollout: Rollout.allAtOnce(), capture: undefined, challenger: undefined });
  const given = { serving: Serving.serverless(), rollout: Rollout.canary(), capture: { samplingPercent: 0 }, challenger: Challenger.shadow() };
  expect(serving(given)).toEqual(given);
});

test('everything is recorded, unless a share is given', () => {
  expect(serving({ capture: {} }).capture).toEqual({ samplingPercent: 100 });
});

test.each([-1, 0.5, 101])('refuses to record %d percent', (samplingPercent) => {
  expect(() => serving({ capture: { samplingPercent } })).toThrow(
    new Error(`serving endpoint 'S': capture.samplingPercent must be a whole number between 0 and 100, got ${samplingPercent}`));
});
