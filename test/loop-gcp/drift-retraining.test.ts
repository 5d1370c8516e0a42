import { Approval } from '../../src/core/model-registry';
import { QualityGate } from '../../src/core/quality-gate';
import { DriftWorld, FakeDrift } from '../support/google-drift';
import { approval, FakeVertex } from '../support/google-endpoint';
import { resourceAt } from '../support/terraform';
import { HttpCall, HttpReply, runWorkflow, validateWorkflow } from '../support/workflows';

const loop = new DriftWorld();
const BOTH = new DriftWorld({ modelQuality: { gates: [QualityGate.atLeast('auc', 0.9), QualityGate.atMost('log_loss', 0.3)], retrain: true } });
const FORBIDDEN = { code: 403, body: { error: { message: 'not allowed' } } };

/** What the runs of some days do about the training. */
function days(fake: FakeDrift, from: number, to: number, world: DriftWorld = loop): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    // The scheduler is not exact: a run is up to a minute early or late.
    const seconds = ((from + index) * 37) % 60;
    const time = new Date(Date.UTC(2026, 10, from + index, 3, 0, seconds)).toISOString();
    return fake.run(world, time).result.training;
  });
}

test('the definitions are ones that the service takes', () => {
  for (const world of [loop, BOTH, new DriftWorld({}, { approval: Approval.automatic() })]) expect(validateWorkflow(world.workflow('Drift_Workflow'))).toEqual([]);
});

describe('a drift that stays', () => {
  test('trains again after a training that failed, a week later and not every day', () => {
    const fake = new FakeDrift();
    expect(days(fake, 1, 1)).toEqual(['started']);
    fake.trains = true;
    expect(days(fake, 2, 3)).toEqual(['running', 'running']);
    fake.trains = false;
    expect(days(fake, 4, 9)).toEqual(['too-soon', 'too-soon', 'too-soon', 'too-soon', 'started', 'too-soon']);
    expect(fake.published).toHaveLength(2);
  });

  test('starts nothing while a training runs, whoever started it, and however long ago', () => {
    const fake = new FakeDrift();
    fake.trains = true;
    expect(days(fake, 1, 9)).toEqual(Array(9).fill('running'));
    expect(fake.published).toEqual([]);
    const { workflow } = resourceAt(loop.config, 'google_eventarc_trigger', 'Training_OnMessage').destination;
    expect(fake.listings[0]).toMatchObject({
      url: `https://workflowexecutions.googleapis.com/v1/<${workflow.slice(2, -1)}>/executions`, query: { filter: 'state="ACTIVE"', orderBy: 'startTime,executionId', pageSize: 1 },
    });
  });

  test('starts nothing while a training is on a further page of the list', () => {
    const fake = Object.assign(new FakeDrift(), { trains: true, emptyPages: 1 });
    expect(days(fake, 1, 1)).toEqual(['running']);
  });

  test('waits for as many days as are said, or for none', () => {
    const every = (minDaysBetweenRetrainings: number) => days(new FakeDrift(), 1, 8, new DriftWorld({ minDaysBetweenRetrainings })).map((each) => each === 'started');
    expect(every(0)).toEqual(Array(8).fill(true));
    expect(every(3)).toEqual([true, false, false, true, false, false, true, false]);
    expect(every(30)).toEqual([true, ...Array(7).fill(false)]);
  });

  test('starts nothing while a newer version waits for approval', () => {
    const fake = new FakeDrift();
    fake.candidate = { versionId: '4', versionAliases: ['candidate'] };
    expect(days(fake, 1, 9)).toEqual(Array(9).fill('approval-pending'));
    fake.candidate = { versionId: '10', versionAliases: ['candidate'] };
    expect(days(fake, 10, 10)).toEqual(['approval-pending']);
    expect(fake.published).toEqual([]);
  });

  test.each([
    ['was rejected', '4', ['candidate', 'rejected']],
    ['was rejected for a reason', '4', ['candidate', 'rejected-too-slow']],
    ['was approved', '4', ['candidate', 'approved']],
    ['was shifted back', '4', ['candidate', 'approved-4', 'rolled-back-1767225600000']],
    ['is the live one', '3', ['candidate', 'live']],
    ['is older than the live one', '2', ['candidate']],
  ])('starts a training where the newest version %s', (_, versionId, versionAliases) => {
    const fake = new FakeDrift();
    fake.candidate = { versionId, versionAliases };
    expect(days(fake, 1, 1)).toEqual(['started']);
  });

  test.each([
    ['is not found', { code: 404 }], ['is a bad request', { code: 400, body: { error: { code: 400, message: 'Version alias candidate was not found' } } }],
  ])('starts a training where there is no newest version any more, and its alias %s', (_, answer) => {
    const fake = new FakeDrift();
    fake.interfere = ({ url }) => (url.endsWith('@candidate') ? answer : undefined);
    expect(days(fake, 1, 1)).toEqual(['started']);
  });

  test('starts a training after a person went back to the version before', () => {
    const vertex = new FakeVertex();
    const rollOut = (version: string, time: string) => runWorkflow(loop.workflow('Serving_Rollout'), { argument: approval(version, time), respond: vertex.respond, now: time });
    rollOut('3', '2026-01-01T00:00:10Z');
    rollOut('2', '2026-01-02T00:00:10Z');
    expect(vertex.aliases).toEqual({ 'approved': '2', 'approved-2': '2', 'approved-3': '3', 'live': '2', 'default': '2' });
    const fake = new FakeDrift();
    fake.live = '2';
    fake.candidate = { versionId: '3', versionAliases: ['candidate', ...Object.keys(vertex.aliases).filter((alias) => vertex.aliases[alias] === '3')] };
    expect(days(fake, 1, 1)).toEqual(['started']);
  });

  test('waits for nobody where registering approves', () => {
    const fake = new FakeDrift();
    fake.candidate = { versionId: '4', versionAliases: ['candidate'] };
    expect(days(fake, 1, 1, new DriftWorld({}, { approval: Approval.automatic() }))).toEqual(['started']);
  });
});

/** A run that another overtakes at its first request like this. */
function overtaken(fake: FakeDrift, at: RegExp, world: DriftWorld): [string, string] {
  let other = '';
  fake.interfere = ({ url }) => {
    if (other === '' && at.test(url)) {
      other = 'begun';
      other = fake.run(world, '2026-11-21T03:00:07Z', '11111111-0000-4000-8000-000000000000').result.training;
    }
    return undefined;
  };
  return [fake.run(world).result.training, other];
}

describe('of two runs at the same time', () => {
  const EVERY_RUN = new DriftWorld({ minDaysBetweenRetrainings: 0 });

  test.each([['a training a week', loop], ['as many trainings as runs', EVERY_RUN]])('one starts a training, at %s', (_, world) => {
    const fake = new FakeDrift();
    expect(overtaken(fake, /\/upload\//, world)).toEqual(['running', 'started']);
    expect(fake.published).toHaveLength(1);
    expect(overtaken(new FakeDrift(), /\/o\/retraining%2F.*$/, world).filter((each) => each === 'started')).toHaveLength(1);
  });

  test('the second sees that the first has started one, though its execution is not listed yet', () => {
    const fake = new FakeDrift();
    expect([fake.run(EVERY_RUN).result.training, fake.run(EVERY_RUN, '2026-11-21T03:05:00Z').result.training]).toEqual(['started', 'too-soon']);
    expect(fake.published).toHaveLength(1);
  });

  test('one whose answer got lost knows its own mark', () => {
    const fake = new FakeDrift();
    let uploads = 0;
    fake.after = ({ url }) => (url.includes('/upload/') && uploads++ === 0 ? { code: 503 } : undefined);
    expect(fake.run(loop).result.training).toBe('started');
    // The first twice, and that the training was asked for.
    expect([uploads, fake.published.length]).toEqual([3, 1]);
  });
});

describe('a run', () => {
  test('remembers what it started, beside the files of the training', () => {
    const fake = new FakeDrift();
    fake.run(loop);
    const [name] = Object.keys(fake.objects);
    expect(name).toMatch(/^retraining\/<google_workflows_workflow\.Training_Workflow_\w+\.name>\.json$/);
    expect(fake.objects[name]).toEqual({ begun: '2026-11-21T03:00:00.000000Z', run: '20261121T0255-00000000', trigger: 'drift', isStarted: true });
  });

  test('says what it did in its line of the log', () => {
    const { logs, result } = new FakeDrift().run(loop);
    expect(logs).toEqual([{ severity: 'NOTICE', data: result }]);
    expect(result).toMatchObject({ outcome: 'measured', training: 'started' });
  });

  test('counts the days from its beginning, however long its job takes', () => {
    const fake = new FakeDrift();
    let looks = 240;
    fake.interfere = ({ url }) => (url.endsWith('/customJobs/1') && looks-- > 0 ? { body: { state: 'JOB_STATE_RUNNING' } } : undefined);
    const slow = fake.run(loop, '2026-11-01T03:00:00Z');
    expect(slow.sleptSeconds).toBeGreaterThan(7200);
    expect(slow.result.training).toBe('started');
    expect(days(fake, 8, 8)).toEqual(['started']);
  });

  test.each<[number, object, string]>([
    [0.4, {}, 'drift'],
    [0.2, { quality: { auc: 0.8, log_loss: 0.2 } }, 'quality'],
    [0.2, { quality: { auc: 0.95, log_loss: 0.4 } }, 'quality'],
    [0.4, { quality: { auc: 0.8, log_loss: 0.4 } }, 'drift and quality'],
  ])('with a share of %d and %j starts one training, for %s', (driftShare, numbers, trigger) => {
    const fake = new FakeDrift();
    Object.assign(fake, { driftShare, numbers });
    expect(fake.run(BOTH).result.training).toBe('started');
    expect(fake.published.map(({ data }) => JSON.parse(Buffer.from(data, 'base64').toString()))).toEqual([{ trigger }]);
  });

  test.each<[number, object]>([
    [0.3, {}],
    [0.2, { quality: { auc: 0.9, log_loss: 0.3 } }],
    [0.2, { quality: { accuracy: 0.1 } }],
    [0.4, { reason: '3 rows are too few' }],
  ])('with a share of %d and %j asks for none', (driftShare, numbers) => {
    const fake = new FakeDrift();
    Object.assign(fake, { driftShare, numbers });
    expect(fake.run(BOTH).result.training).toBe('not-needed');
    expect([fake.listings, fake.published]).toEqual([[], []]);
  });

  test('asks for what it was told to ask for', () => {
    const gates = [QualityGate.atLeast('auc', 0.9)];
    const fake = new FakeDrift();
    fake.numbers = { quality: { auc: 0.8 } };
    expect(fake.run(new DriftWorld({ drift: {}, modelQuality: { gates, retrain: true } })).result.training).toBe('started');
    expect(JSON.parse(Buffer.from(fake.published[0].data, 'base64').toString())).toEqual({ trigger: 'quality' });
    fake.driftShare = 0.1;
    expect(fake.run(new DriftWorld({ modelQuality: { gates } })).result.training).toBe('not-needed');
    const without = new FakeDrift().run(new DriftWorld({ drift: {}, modelQuality: { gates } }));
    expect(without.result).not.toHaveProperty('training');
    expect(without.visited.filter((step) => /retrain/.test(step))).toEqual([]);
  });

  test.each([
    ['may not see the trainings', /workflowexecutions/], ['may not see the versions', /@candidate$/], ['may not start the training', /:publish$/],
    ['may not remember it', /\/upload\//], ['may not see what it remembers', /\/o\/retraining%2F/],
  ])('that %s fails, with the reason in the log, and the next one need not wait', (_, url) => {
    const fake = new FakeDrift();
    fake.hasTrained = false;
    fake.interfere = (call) => (url.test(call.url) ? FORBIDDEN : undefined);
    const ended = fake.run(loop);
    expect(ended.error).toMatchObject({ code: 403 });
    expect(ended.logs[0]).toMatchObject({ severity: 'ERROR', data: { mlops: 'drift', outcome: 'failed', reason: { code: 403 } } });
    expect(fake.published).toEqual([]);
    fake.interfere = () => undefined;
    expect(fake.run(loop, '2026-11-21T03:20:00Z').result.training).toBe('started');
  });
});

describe('a start of which nobody knows whether it happened', () => {
  /** Runs on two days, the first of which loses all answers of a service from the start of the training on. */
  const twoDays = (hasBegun: boolean, lost: (call: HttpCall) => HttpReply | undefined) => {
    const fake = new FakeDrift();
    fake.after = lost;
    const first = fake.run(loop);
    fake.after = () => undefined;
    fake.hasTrained = hasBegun;
    return [first.error?.code ?? first.result.training, fake.run(loop, '2026-11-22T03:00:00Z').result.training];
  };
  const publishing = ({ url }: HttpCall) => (url.endsWith(':publish') ? { code: 500 } : undefined);
  /** All from the start on is lost for good: an outage. */
  const outage = () => {
    let began = false;
    return ({ url }: HttpCall) => {
      began ||= url.endsWith(':publish');
      return began ? { code: 500 } : undefined;
    };
  };

  test('is not repeated where a training has begun since', () => {
    expect(twoDays(true, publishing)).toEqual([500, 'too-soon']);
    expect(twoDays(true, outage())).toEqual([500, 'too-soon']);
  });

  test('is repeated by the next run where none has', () => {
    expect(twoDays(false, publishing)).toEqual([500, 'started']);
    expect(twoDays(false, outage())).toEqual([500, 'started']);
  });

  test('is not doubted where it is only the memory that could not be written', () => {
    let writes = 0;
    expect(twoDays(true, ({ url }) => (/\/upload\//.test(url) && ++writes > 1 ? { code: 500 } : undefined))).toEqual(['started', 'too-soon']);
  });
});
