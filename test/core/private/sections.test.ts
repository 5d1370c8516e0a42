import { MaturityLevel } from '../../../src/core';
import { monitoringOf } from '../../../src/core/private/sections';

const { MANUAL, PIPELINE_AUTOMATION, CICD_AUTOMATION } = MaturityLevel;

test('one intent says how often drift may train, and a level without such trainings does not ask', () => {
  const days = (level: MaturityLevel, retrain?: boolean) => {
    return monitoringOf(level, { monitoring: { drift: { retrain }, minDaysBetweenRetrainings: 3 } } as any).minDaysBetweenRetrainings;
  };
  expect([MANUAL, PIPELINE_AUTOMATION, CICD_AUTOMATION].map((level) => days(level))).toEqual([undefined, undefined, 3]);
  expect([MANUAL, PIPELINE_AUTOMATION].map((level) => days(level, true))).toEqual([undefined, 3]);
});
