import { resolvedDataLake } from '../../../../src/core/private/resolve/data';

const who = { what: 'data lake', name: 'Data' };

test('a superseded version stays a year, raw data is moved and captured requests are deleted after 90 days', () => {
  expect(resolvedDataLake(who, {})).toEqual({ noncurrentVersionDays: 365, coldStorageAfterDays: 90, captureRetentionDays: 90 });
  const given = { noncurrentVersionDays: 1, coldStorageAfterDays: 2, captureRetentionDays: 3 };
  expect(resolvedDataLake(who, given)).toEqual(given);
});

test.each([
  [{ noncurrentVersionDays: 0 }, 'noncurrentVersionDays must be a whole number between 1 and 36500, got 0'],
  [{ coldStorageAfterDays: 1.5 }, 'coldStorageAfterDays must be a whole number between 1 and 36500, got 1.5'],
  [{ captureRetentionDays: 36_501 }, 'captureRetentionDays must be a whole number between 1 and 36500, got 36501'],
])('refuses %j', (intent, message) => {
  expect(() => resolvedDataLake(who, intent)).toThrow(new Error(`data lake 'Data': ${message}`));
});

test('a cloud may keep captured requests for less than a century', () => {
  expect(() => resolvedDataLake(who, { captureRetentionDays: 31 }, 30)).toThrow('captureRetentionDays must be a whole number between 1 and 30, got 31');
});
