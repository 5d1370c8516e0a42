import { ScalingTarget } from '../../src/core/serving';

test('a scaling target is more than nothing, and a share at most the whole', () => {
  expect(ScalingTarget.requestsPerMinute(0.5).value).toBe(0.5);
  expect([ScalingTarget.cpuUtilization(100), ScalingTarget.gpuUtilization(100)].map(({ metric, value }) => `${metric} ${value}`))
    .toEqual(['cpu-utilization 100', 'gpu-utilization 100']);
});

test.each([
  ['no requests', () => ScalingTarget.requestsPerMinute(0), 'scaling target: requestsPerMinute must be more than 0, got 0'],
  ['no use of the CPU', () => ScalingTarget.cpuUtilization(0), 'scaling target: cpuUtilization must be more than 0 and at most 100, got 0'],
  ['more than the whole GPU', () => ScalingTarget.gpuUtilization(101), 'scaling target: gpuUtilization must be more than 0 and at most 100, got 101'],
])('a scaling target of %s is refused', (_, make, message) => expect(make).toThrow(new Error(message)));
