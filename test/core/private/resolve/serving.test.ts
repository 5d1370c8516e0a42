import { ScalingTarget, Schedule } from '../../../../src/core';
import { resolvedBatch, resolvedScaling, resolvedServerless, samplingPercentOf } from '../../../../src/core/private/resolve/serving';

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

test('batch predictions run daily, below batch/', () => {
  expect(resolvedBatch({})).toEqual({ schedule: Schedule.daily(), inputPrefix: 'batch/input/', outputPrefix: 'batch/output/' });
  const given = { schedule: Schedule.hourly(), inputPrefix: 'a/', outputPrefix: 'b/' };
  expect(resolvedBatch(given)).toEqual(given);
});

test('everything is captured, unless a share is given', () => {
  expect([samplingPercentOf({}), samplingPercentOf({ samplingPercent: 5 })]).toEqual([100, 5]);
});
