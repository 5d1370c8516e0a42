import { Schedule, Weekday } from '../../src/core/schedule';

describe('a schedule', () => {
  test('is a five-field cron expression in a time zone', () => {
    const schedule = Schedule.weekly({ weekday: Weekday.FRIDAY, hour: 7, minute: 30, timeZone: 'Europe/Berlin' });
    expect([schedule.expression, schedule.timeZone]).toEqual(['30 7 * * 5', 'Europe/Berlin']);
  });

  test('is hourly at minute 0, daily at three and weekly on Monday in UTC when nothing else is said', () => {
    expect([Schedule.hourly(), Schedule.daily(), Schedule.weekly()].map((each) => `${each.expression} ${each.timeZone}`))
      .toEqual(['0 * * * * UTC', '0 3 * * * UTC', '0 3 * * 1 UTC']);
  });

  test('takes any cron of numbers, lists, ranges and steps, and tidies its spaces', () => {
    expect(Schedule.cron(' 0,30   */6 1-7/2 * *', 'America/Argentina/Buenos_Aires').expression).toBe('0,30 */6 1-7/2 * *');
  });

  test.each(['0 0 31 1 *', '0 0 29 2 *', '0 0 30 2,4 *'])('takes a day that one of its months has: %s', (cron) => {
    expect(Schedule.cron(cron).expression).toBe(cron);
  });

  const field = (title: string, min: number, max: number, text: string, cron: string) =>
    `schedule: ${title} of a cron must be numbers from ${min} to ${max}, as '*', '5', '1,3', '1-5' or '*/2', got '${text}' in '${cron}'`;

  test.each([
    ['six fields', '0 0 * * * *', "schedule: cron must be five fields 'minute hour day-of-month month day-of-week', got '0 0 * * * *'"],
    ['both day fields', '0 0 1 * 1', "schedule: cron must restrict the day of month or the day of week, not both, got '0 0 1 * 1'"],
    ['a day that no such month has', '0 0 31 4,6 *', "schedule: cron must name a day that its months have, got '0 0 31 4,6 *'"],
    ['names', '0 0 * * MON', field('day of week', 0, 6, 'MON', '0 0 * * MON')],
    ['minute 60', '60 0 * * *', field('minute', 0, 59, '60', '60 0 * * *')],
    ['hour 24', '0 24 * * *', field('hour', 0, 23, '24', '0 24 * * *')],
    ['day 0', '0 0 0 * *', field('day of month', 1, 31, '0', '0 0 0 * *')],
    ['month 13', '0 0 * 13 *', field('month', 1, 12, '13', '0 0 * 13 *')],
    ['Sunday as 7', '0 0 * * 7', field('day of week', 0, 6, '7', '0 0 * * 7')],
    ['a range that falls', '0 5-3 * * *', field('hour', 0, 23, '5-3', '0 5-3 * * *')],
    ['a step of nothing', '*/0 * * * *', field('minute', 0, 59, '*/0', '*/0 * * * *')],
    ['a step of one number, which the clouds read differently', '5/10 * * * *', field('minute', 0, 59, '5/10', '5/10 * * * *')],
    ['an empty part', '1, * * * *', field('minute', 0, 59, '1,', '1, * * * *')],
  ])('refuses %s', (_, cron, message) => expect(() => Schedule.cron(cron)).toThrow(new Error(message)));

  test('refuses a minute, an hour and a weekday that no clock has', () => {
    expect(() => Schedule.hourly(60)).toThrow(new Error('schedule: minute must be a whole number between 0 and 59, got 60'));
    expect(() => Schedule.daily({ hour: 1.5 })).toThrow(new Error('schedule: hour must be a whole number between 0 and 23, got 1.5'));
    expect(() => Schedule.weekly({ weekday: 7 as Weekday })).toThrow(new Error('schedule: weekday must be a whole number between 0 and 6, got 7'));
  });

  test('refuses a time zone that is no IANA name', () => {
    for (const [zone, like] of [['Mars/Phobos', 'Europe/Berlin'], ['europe/berlin', 'Europe/Berlin'], ['Utc', 'UTC']]) {
      expect(() => Schedule.daily({ timeZone: zone })).toThrow(new Error(`schedule: timeZone must be a zone that IANA has, like '${like}', got '${zone}'`));
    }
    for (const zone of ['UTC', 'America/Argentina/Buenos_Aires', 'Asia/Calcutta', 'Etc/GMT+5']) expect(Schedule.daily({ timeZone: zone }).timeZone).toBe(zone);
    expect(() => Schedule.daily({ timeZone: 'Central European Time' }))
      .toThrow(new Error("schedule: timeZone must be an IANA name like 'Europe/Berlin', got 'Central European Time'"));
  });

  test('asks the time zone database of nothing but zones', () => {
    const asked = jest.spyOn(Intl, 'DateTimeFormat');
    try {
      Schedule.weekly();
      expect(asked).not.toHaveBeenCalled();
      Schedule.weekly({ timeZone: 'Europe/Berlin' });
      expect(asked).toHaveBeenCalledTimes(1);
    } finally {
      asked.mockRestore();
    }
  });
});
