import { Token } from 'aws-cdk-lib';
import { Challenger, QualityGate, Rollout, ScalingTarget, Schedule } from '../../src/core';

const LATER = Token.asNumber({ Ref: 'Parameter' });

describe('a number that only the deployment knows is refused as such', () => {
  test.each<[string, () => unknown]>([
    ['rollout: canary percent must be a whole number between 1 and 50', () => Rollout.canary({ percent: LATER })],
    ['rollout: shadow percent must be a whole number between 1 and 100', () => Challenger.shadow(LATER)],
    ['schedule: hour must be a whole number between 0 and 23', () => Schedule.daily({ hour: LATER })],
    ['scaling target: requestsPerMinute must be more than 0', () => ScalingTarget.requestsPerMinute(LATER)],
  ])('%s', (message, make) => expect(make).toThrow(new Error(`${message}, got a value that only the deployment knows`)));

  test('a threshold that is text is told in quotes', () => {
    expect(() => QualityGate.atLeast('auc', '0.9' as unknown as number)).toThrow(new Error("quality gate 'auc': threshold must be a finite number, got '0.9'"));
  });
});
