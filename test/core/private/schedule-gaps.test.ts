import { longestGapMinutes } from '../../../src/core/private/schedule-gaps';
import { Schedule } from '../../../src/core/schedule';

const HOUR = 60;
const DAY = 24 * HOUR;

test.each<[string, Schedule, number]>([
  ['an hour, hourly', Schedule.hourly(15), HOUR],
  ['half an hour, twice an hour', Schedule.cron('0,30 * * * *'), 30],
  ['the longer of two', Schedule.cron('0,20 * * * *'), 40],
  ['six hours, four times a day', Schedule.cron('0 */6 * * *'), 6 * HOUR],
  ['the night', Schedule.cron('0 8-18 * * *'), 14 * HOUR],
  ['a day, daily', Schedule.daily(), DAY],
  ['the weekend, on working days', Schedule.cron('0 3 * * 1-5'), 3 * DAY],
  ['a week, weekly', Schedule.weekly(), 7 * DAY],
  ['the rest of the week, twice on one day', Schedule.cron('0 2,8 * * 1'), 7 * DAY - 6 * HOUR],
  ['the longest month, monthly', Schedule.cron('0 3 1 * *'), 31 * DAY],
  ['what February leaves out', Schedule.cron('0 3 5,10,15,20,25,30 * *'), 9 * DAY],
  ['a year, where the month is named', Schedule.cron('0 3 1 1 *'), 366 * DAY],
  ['four years, on leap days', Schedule.cron('0 3 29 2 *'), 4 * 365 * DAY + DAY],
])('the longest gap between two runs is %s', (_, schedule, minutes) => expect(longestGapMinutes(schedule)).toBe(minutes));
