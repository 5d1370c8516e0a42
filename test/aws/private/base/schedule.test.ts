import { toSchedulerExpression } from '../../../../src/aws/private/base/schedule';
import { Schedule, Weekday } from '../../../../src/core/schedule';

describe('the expression of EventBridge Scheduler', () => {
  test.each([
    ['every hour', Schedule.hourly(5), 'cron(5 * * * ? *)'],
    ['every day at three, when nothing else is said', Schedule.daily(), 'cron(0 3 * * ? *)'],
    ['Sunday by name, because the service counts days from one', Schedule.weekly({ weekday: Weekday.SUNDAY }), 'cron(0 3 ? * SUN *)'],
    ['Saturday', Schedule.weekly({ weekday: Weekday.SATURDAY, hour: 23, minute: 59 }), 'cron(59 23 ? * SAT *)'],
    ['working days as a range', Schedule.cron('0 6 * * 1-5'), 'cron(0 6 ? * MON-FRI *)'],
    ['two days as a list', Schedule.cron('0 6 * * 0,6'), 'cron(0 6 ? * SUN,SAT *)'],
    ['steps written out', Schedule.cron('*/20 0-12/6 * * *'), 'cron(0,20,40 0,6,12 * * ? *)'],
    ['a day of the month', Schedule.cron('0 6 1 1,7 *'), 'cron(0 6 1 1,7 ? *)'],
    ['a full range as a star', Schedule.cron('0 0-23 * * 0-6'), 'cron(0 * * * ? *)'],
    ['every other day of the week', Schedule.cron('0 0 * * */2'), 'cron(0 0 ? * SUN,TUE,THU,SAT *)'],
  ])('writes %s', (_, schedule, expression) => expect(toSchedulerExpression(schedule)).toBe(expression));
});
