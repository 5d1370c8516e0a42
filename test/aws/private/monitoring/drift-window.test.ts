import { windowBetweenRuns } from '../../../../src/aws/private/monitoring/drift-window';
import { Schedule } from '../../../../src/core/schedule';

describe('the captured data of a drift run', () => {
  test.each([
    ['an hour, hourly', Schedule.hourly(5), { unit: 'hour', count: 1 }],
    ['six hours, four times a day', Schedule.cron('0 */6 * * *'), { unit: 'hour', count: 6 }],
    ['the longer of two pauses', Schedule.cron('0 2,8 * * 1'), { unit: 'day', count: 7 }],
    ['a day, where a pause is longer than eight hours', Schedule.cron('0 8,16 * * *'), { unit: 'day', count: 1 }],
    ['a day, daily', Schedule.daily(), { unit: 'day', count: 1 }],
    ['a week, weekly', Schedule.weekly(), { unit: 'day', count: 7 }],
    ['a weekend, on working days', Schedule.cron('0 6 * * 1-5'), { unit: 'day', count: 3 }],
    ['a week, which is the most, monthly', Schedule.cron('0 6 1 * *'), { unit: 'day', count: 7 }],
    ['a week, where February leaves the last run out', Schedule.cron('0 6 5,10,15,20,25,30 * *'), { unit: 'day', count: 7 }],
    ['a week, daily in one month of the year', Schedule.cron('0 6 * 1 *'), { unit: 'day', count: 7 }],
    ['two days, every other day of the month', Schedule.cron('0 6 */2 * *'), { unit: 'day', count: 2 }],
  ])('is %s', (_, schedule, window) => expect(windowBetweenRuns(schedule)).toEqual(window));
});
