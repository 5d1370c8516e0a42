import { ManagedIdentity } from '../../../../src/azure';
import { windowsTimeZone } from '../../../../src/azure/private/base/windows-time-zones';
import { newWorkflow } from '../../../../src/azure/private/base/workflow';
import { compose } from '../../../../src/azure/private/base/workflow-actions';
import { insist } from '../../../../src/azure/private/base/workflow-control';
import { speakerFor } from '../../../../src/core/private/validation';
import { Schedule, Weekday } from '../../../../src/core/schedule';
import { azureStack, synthesized } from '../../../support/azure';
import { armFailure, FakeAzure } from '../../../support/azure-service';
import { workflowDefinition } from '../../../support/azure-workflow';
import { Definition, LogicApps } from '../../../support/logic-apps';
import { declared, recurrence } from 'mlops-constructs/azure/private/base/workflow-recurrence';
import { store } from 'mlops-constructs/azure/private/base/workflow-storage';

function scheduled(schedule: Schedule): Definition {
  const stack = azureStack();
  newWorkflow(stack, 'Workflow', {
    description: 'Starts', errorCode: 'StartFailed', runsAs: new ManagedIdentity(stack, 'Runs'), trigger: recurrence(speakerFor('schedule', stack), schedule), actions: { Start: compose('') },
  });
  return workflowDefinition(synthesized(stack), 'Workflow');
}

/** The times of two weeks. */
function timesOf(schedule: Schedule, now: string, days: number = 14): string[] {
  const apps = new LogicApps({ respond: () => ({}), now });
  apps.deploy('start', scheduled(schedule));
  apps.advance(days * 86_400);
  return apps.runs.map(({ startedAt }) => new Date(startedAt).toISOString().slice(0, 16));
}

test('a time of each day, in words of the service', () => {
  expect(scheduled(Schedule.daily({ hour: 4, minute: 30, timeZone: 'Europe/Berlin' })).triggers.Time).toEqual({
    type: 'Recurrence',
    description: 'Starts',
    recurrence: {
      frequency: 'Day', interval: 1, schedule: { hours: [4], minutes: [30] }, startTime: '2024-01-01T00:00:00', timeZone: 'W. Europe Standard Time',
    },
  });
});

test('a time of each week', () => {
  expect(timesOf(Schedule.weekly({ weekday: Weekday.FRIDAY, hour: 6, timeZone: 'Europe/Berlin' }), '2026-01-01T00:00:00Z')).toEqual(['2026-01-02T05:00', '2026-01-09T05:00']);
});

test('every hour', () => {
  expect(timesOf(Schedule.hourly(5), '2026-01-01T00:00:00Z', 1)).toHaveLength(24);
});

test('days of a month and months, which are looked at each day', () => {
  const { conditions, recurrence: { frequency } } = scheduled(Schedule.cron('0 1 1,15 1-6/5 *', 'Europe/Berlin')).triggers.Time;
  expect(frequency).toBe('Day');
  expect(conditions.map(({ expression }: any) => expression)).toEqual([
    '@contains(createArray(1, 15), int(formatDateTime(convertFromUtc(utcNow(), \'W. Europe Standard Time\'), \'dd\')))',
    '@contains(createArray(1, 6), int(formatDateTime(convertFromUtc(utcNow(), \'W. Europe Standard Time\'), \'MM\')))',
  ]);
  // One in the morning of the first is the last day of the month before, by UTC in summer.
  expect(timesOf(Schedule.cron('0 1 1 6,7 *', 'Europe/Berlin'), '2026-05-20T00:00:00Z', 60)).toEqual(['2026-05-31T23:00', '2026-06-30T23:00']);
});

test('steps and ranges', () => {
  expect(timesOf(Schedule.cron('*/30 8-9 * * 1-5'), '2026-01-02T00:00:00Z', 3)).toEqual(['2026-01-02T08:00', '2026-01-02T08:30', '2026-01-02T09:00', '2026-01-02T09:30']);
});

test('refuses a zone that Windows has no name for', () => {
  expect(() => scheduled(Schedule.daily({ timeZone: 'Antarctica/Troll' }))).toThrow(
    'schedule \'Stack\': timeZone must be a zone that Windows has a name for, as Logic Apps follows its clocks: Europe/Oslo instead of Antarctica/Troll, got \'Antarctica/Troll\'');
});

test('every zone but one has a name of Windows', () => {
  const zones: string[] = (Intl as any).supportedValuesOf('timeZone');
  expect(zones.filter((zone) => windowsTimeZone(zone) === undefined)).toEqual(['Antarctica/Troll']);
  expect(['UTC', 'Asia/Kolkata', 'Europe/Kyiv', 'US/Pacific'].map(windowsTimeZone)).toEqual(['UTC', 'India Standard Time', 'FLE Standard Time', 'Pacific Standard Time']);
});

describe('what the stack declares', () => {
  const queueUrl = 'https://store.queue.core.windows.net/rollouts';
  const tells = (version: string) => {
    const stack = azureStack();
    newWorkflow(stack, 'Declared', {
      description: 'Tells',
      errorCode: 'NotTold',
      runsAs: new ManagedIdentity(stack, 'Runs'),
      trigger: declared(speakerFor('declaration', stack), { version }),
      actions: insist('Tell', store.putMessage({ queueUrl, message: { version, note: 'it\'s @{1}', list: [1, true] } })),
    });
    return workflowDefinition(synthesized(stack), 'Declared');
  };

  test('is told when it is created and when it changes, and once a day', () => {
    const azure = new FakeAzure();
    const apps = azure.host();
    apps.deploy('declared', tells('1'));
    apps.advance(3600);
    expect(azure.storage.waiting('store/rollouts')).toEqual([{ version: '1', note: 'it\'s @{1}', list: [1, true] }]);
    apps.deploy('declared', tells('2'));
    apps.advance(86_400 + 60);
    expect(azure.storage.waiting('store/rollouts').map(({ version }) => version)).toEqual(['1', '2', '2']);
  });

  test('is told though its permission arrives late', () => {
    const azure = new FakeAzure();
    const apps = azure.host();
    azure.interfere = ({ at }) => (at < Date.parse('2026-01-01T00:08:00Z') ? armFailure(403, 'AuthorizationFailure', 'not yet') : undefined);
    apps.deploy('declared', tells('1'));
    apps.advance(1800);
    expect(azure.storage.waiting('store/rollouts')).toHaveLength(1);
  });
});
