import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedIdentity } from '../../../../src/azure';
import { newWorkflow, WORK, WorkflowSettings } from '../../../../src/azure/private/base/workflow';
import { arm, compose, delay, setVariable } from '../../../../src/azure/private/base/workflow-actions';
import { secondsOf } from '../../../../src/azure/private/base/workflow-checks';
import { attempt, fail, insist, leave, readJson, reasonOf, until, when } from '../../../../src/azure/private/base/workflow-control';
import { ex, RUN_ID, text } from '../../../../src/azure/private/base/workflow-expressions';
import { runJob } from '../../../../src/azure/private/base/workflow-jobs';
import { Delivery, inbox, message } from '../../../../src/azure/private/base/workflow-triggers';
import { azureStack, synthesized } from '../../../support/azure';
import { armFailure, FakeAzure } from '../../../support/azure-service';
import { workflowDefinition } from '../../../support/azure-workflow';
import { Definition, LogicApps, Run } from '../../../support/logic-apps';
import { store } from 'mlops-constructs/azure/private/base/workflow-storage';

const QUEUE = 'store/start';
const WORKSPACE = '/subscriptions/1/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work';
const NOTE = 'Microsoft.MachineLearningServices/workspaces/data/versions';

function definition(settings: Partial<WorkflowSettings> & Pick<WorkflowSettings, 'actions'>): Definition {
  const stack = azureStack();
  newWorkflow(stack, 'Workflow', {
    description: 'Works',
    errorCode: 'WorkFailed',
    runsAs: new ManagedIdentity(stack, 'Runs'),
    trigger: inbox({ queueUrl: 'https://store.queue.core.windows.net/start', delivery: Delivery.ONCE }),
    ...settings,
  });
  return workflowDefinition(synthesized(stack), 'Workflow');
}

/** A host with one workflow on it. */
function world(settings: Partial<WorkflowSettings> & Pick<WorkflowSettings, 'actions'>): { readonly azure: FakeAzure; readonly apps: LogicApps } {
  const azure = new FakeAzure();
  const apps = azure.host();
  apps.deploy('work', definition(settings));
  return { azure, apps };
}

function run({ azure, apps }: ReturnType<typeof world>, wish: unknown = {}): Run {
  azure.storage.send(QUEUE, wish, apps.now);
  apps.settle();
  return apps.runs[0];
}

const keep = { Keep: arm.put({ type: NOTE, id: text`${WORKSPACE}/data/notes/versions/${RUN_ID}`, body: { properties: { wish: message() } } }) };

describe('a message', () => {
  test('starts one run, which takes it first', () => {
    const here = world({ actions: keep });
    const { status, calls } = run(here, { hyperparameters: { depth: '@{3}' } });
    expect(status).toBe('Succeeded');
    expect(here.apps.runs).toHaveLength(1);
    expect(here.azure.storage.waiting(QUEUE)).toEqual([]);
    expect(calls.map(({ action }) => action)).toEqual(['Take', 'Keep']);
    expect(calls[1].body.properties.wish).toEqual({ hyperparameters: { depth: '@{3}' } });
  });

  test.each<[string, unknown, boolean, unknown]>([
    ['plain JSON', ' {"a": "<&>"} ', false, { a: '<&>' }],
    ['JSON that Event Grid has encoded', { a: 'ü' }, true, { a: 'ü' }],
    ['a text', 'go', false, {}],
    ['a list', [1], false, {}],
    ['an encoded list', [1], true, {}],
    ['nothing', '', false, {}],
  ])('is read from %s', (_, sent, encoded, read) => {
    const { azure, apps } = world({ actions: keep });
    azure.storage.send(QUEUE, sent, 0, encoded);
    apps.settle();
    expect(apps.runs.map(({ status, variables }) => [status, variables.message])).toEqual([['Succeeded', read]]);
  });

  test('waits for the run before it', () => {
    const { azure, apps } = world({ actions: { Wait: delay(7200), ...keep } });
    azure.storage.send(QUEUE, { a: 1 }).send(QUEUE, { a: 2 });
    apps.settle();
    const ended = apps.runs.filter(({ status }) => status === 'Succeeded');
    expect(ended.map(({ variables }) => variables.message.a)).toEqual([1, 2]);
    expect(ended[1].visited.length).toBe(ended[0].visited.length);
    expect(apps.runs.filter(({ status }) => status === 'Failed')).toEqual([]);
    // It came again while its run waited: all but one of them ended.
    expect(apps.runs.filter(({ status }) => status === 'Cancelled').length).toBeGreaterThan(0);
  });

  test.each([500, 429, 503])('whose deletion is answered %s is taken all the same', (code) => {
    const here = world({ actions: keep });
    here.azure.interfere = ({ action }) => (action === 'Take' ? armFailure(code, 'Busy', 'busy') : undefined);
    expect(run(here).status).toBe('Succeeded');
    expect(here.apps.runs).toHaveLength(1);
  });

  test('whose deletion has no answer is taken once', () => {
    const here = world({ actions: keep });
    here.azure.interfere = ({ action }) => (action === 'Take' ? 'lost answer' : undefined);
    expect(run(here).status).toBe('Succeeded');
    expect(here.apps.runs).toHaveLength(1);
    expect(here.azure.storage.waiting(QUEUE)).toEqual([]);
  });

  test('of another run is left to it, also where a termination does not stop the scopes around it', () => {
    const here = world({ actions: keep });
    here.apps.goesOn = true;
    here.azure.interfere = ({ action }) => (action === 'Take' ? armFailure(400, 'PopReceiptMismatch', 'no') : undefined);
    here.azure.storage.send(QUEUE, {});
    here.apps.advance(120);
    expect(here.apps.runs[0].visited.at(-1)).toEqual({ name: 'Over', status: 'Skipped' });
    expect(here.azure.calls.map(({ action }) => action)).not.toContain('Keep');
  });

  test('that may not be deleted comes again, and says so', () => {
    const here = world({ actions: keep });
    const opens = Date.parse('2026-01-01T00:10:00Z');
    here.azure.interfere = ({ method, at }) => (method === 'DELETE' && at < opens ? armFailure(403, 'AuthorizationFailure', 'not yet') : undefined);
    here.azure.storage.send(QUEUE, {});
    here.apps.advance(3600);
    expect(here.apps.runs.map(({ status, code }) => [status, code])).toEqual([['Failed', 'MessageNotTaken'], ['Succeeded', undefined]]);
  });

  test('is not repeated where its run is killed', () => {
    const { azure, apps } = world({ actions: keep });
    apps.kill = (_, { action }) => (action === 'Keep' ? 'before' : undefined);
    azure.storage.send(QUEUE, {});
    apps.advance(86_400);
    expect(apps.runs.map(({ status }) => status)).toEqual(['Killed']);
  });

  test('comes again where its run is killed and it is kept until the end, five times', () => {
    const { azure, apps } = world({ actions: keep, trigger: inbox({ queueUrl: 'https://store.queue.core.windows.net/start', delivery: Delivery.UNTIL_DONE, maxHours: 1 }) });
    apps.kill = (_, { action }) => (action === 'Keep' ? 'after' : undefined);
    azure.storage.send(QUEUE, { version: '3' });
    apps.advance(86_400);
    expect(apps.runs.map(({ status }) => status)).toEqual([...Array(5).fill('Killed'), 'Failed']);
    expect(apps.runs[5]).toMatchObject({ code: 'TooManyTries', message: 'dropped, because 5 runs did not end: {"version":"3"}' });
    expect(azure.storage.waiting(QUEUE)).toEqual([]);
  });

  test('that is kept until the end is deleted then, well or not', () => {
    const { azure, apps } = world({
      actions: { Which: when(ex`equals(${message()}?['bad'], true)`, fail('Bad', 'it is bad')) },
      trigger: inbox({ queueUrl: 'https://store.queue.core.windows.net/start', delivery: Delivery.UNTIL_DONE }),
    });
    azure.storage.send(QUEUE, { bad: true }).send(QUEUE, { bad: false });
    apps.settle();
    expect(apps.runs.map(({ status, message: told }) => [status, told])).toEqual([['Failed', 'it is bad'], ['Succeeded', undefined]]);
    expect(azure.storage.waiting(QUEUE)).toEqual([]);
  });

  describe('that is kept until the end', () => {
    const kept = (maxHours?: number) => inbox({ queueUrl: 'https://store.queue.core.windows.net/start', delivery: Delivery.UNTIL_DONE, maxHours });
    const ends = ({ apps }: ReturnType<typeof world>) => apps.runs.map(({ status, code, startedAt }) => [status, code, Math.round((startedAt - Date.parse('2026-01-01T00:00:00Z')) / 60_000)]);

    test('comes again half an hour after a look whose answer was lost, however long a run may take', () => {
      const here = world({ actions: keep, trigger: kept(24) });
      let looks = 0;
      here.azure.interfere = ({ action }) => (action === 'Message' && ++looks === 1 ? 'lost answer' : undefined);
      here.azure.storage.send(QUEUE, { version: '3' });
      here.apps.advance(86_400);
      expect(ends(here)).toEqual([['Succeeded', undefined, 30]]);
      expect(here.azure.storage.waiting(QUEUE)).toEqual([]);
    });

    test('waits for a run of many hours without being dropped, and is answered once', () => {
      const here = world({ actions: { Wait: delay(13 * 3600), ...keep }, trigger: kept(24) });
      here.azure.storage.send(QUEUE, { version: '3' }).send(QUEUE, { version: '4' });
      here.apps.advance(3 * 86_400);
      expect(here.apps.runs.filter(({ status }) => status !== 'Cancelled').map(({ status, variables }) => [status, variables.message.version])).toEqual([
        ['Succeeded', '3'], ['Succeeded', '4'],
      ]);
      expect(here.azure.storage.waiting(QUEUE)).toEqual([]);
    });

    test('is hidden no longer than until its own end', () => {
      const here = world({ actions: { Wait: delay(3600), ...keep }, trigger: kept(24) });
      here.azure.storage.send(QUEUE, { version: '3' }, 0, false, Date.parse('2026-01-01T05:00:00Z'));
      here.apps.advance(86_400);
      expect(ends(here)).toEqual([['Succeeded', undefined, 0]]);
      expect(Number(here.apps.runs[0].calls.find(({ action }) => action === 'Hold')?.query.visibilitytimeout)).toBeCloseTo(5 * 3600 - 60, -1);
    });

    test('of another run is left to it', () => {
      const here = world({ actions: keep, trigger: kept() });
      here.azure.interfere = ({ action }) => (action === 'Hold' ? { code: 400, headers: { 'x-ms-error-code': 'PopReceiptMismatch' } } : undefined);
      here.azure.storage.send(QUEUE, {});
      here.apps.advance(120);
      expect(ends(here)).toEqual([['Cancelled', undefined, 0]]);
    });

    test('that may not be held comes again, and says so', () => {
      const here = world({ actions: keep, trigger: kept() });
      const opens = Date.parse('2026-01-01T00:10:00Z');
      here.azure.interfere = ({ method, at }) => (method === 'PUT' && at < opens ? armFailure(403, 'AuthorizationFailure', 'not yet') : undefined);
      here.azure.storage.send(QUEUE, {});
      here.apps.advance(7200);
      expect(ends(here)).toEqual([['Failed', 'MessageNotHeld', 0], ['Succeeded', undefined, 30]]);
    });

    test.each([500, 503])('and whose holding is answered %s is worked on once', (code) => {
      const here = world({ actions: keep, trigger: kept() });
      let holds = 0;
      here.azure.interfere = ({ action }) => (action === 'Hold' && ++holds === 1 ? armFailure(code, 'Busy', 'busy') : undefined);
      expect(run(here).status).toBe('Succeeded');
      expect(here.azure.storage.waiting(QUEUE)).toEqual([]);
    });

    test('is worked on where the answer to holding it is lost, and comes again to a run that finds it done', () => {
      const here = world({ actions: keep, trigger: kept(2) });
      let holds = 0;
      here.azure.interfere = ({ action }) => (action === 'Hold' && ++holds === 1 ? 'lost answer' : undefined);
      here.azure.storage.send(QUEUE, {});
      here.apps.advance(86_400);
      expect(ends(here)).toEqual([['Succeeded', undefined, 0], ['Succeeded', undefined, 121]]);
      expect(here.azure.storage.waiting(QUEUE)).toEqual([]);
    });
  });

  test('answers others that say the same, and leaves those that do not', () => {
    const covers = (each: any) => ex`equals(${each}?['eventType'], 'Microsoft.Storage.BlobCreated')`;
    const { azure, apps } = world({ actions: keep, trigger: inbox({ queueUrl: 'https://store.queue.core.windows.net/start', delivery: Delivery.ONCE, covers }) });
    for (let index = 0; index < 80; index++) azure.storage.send(QUEUE, { eventType: 'Microsoft.Storage.BlobCreated', subject: `raw/${index}` }, 0, true);
    azure.storage.send(QUEUE, { hyperparameters: {} }).send(QUEUE, 'plain').send(QUEUE, { eventType: 'Microsoft.Storage.BlobDeleted' }, 0, true);
    apps.settle();
    const read = apps.runs.filter(({ status }) => status === 'Succeeded').map(({ variables: { message: each } }) => each.eventType ?? Object.keys(each).join());
    // One that came between its looks has a run of its own.
    expect(read.filter((each) => each === 'Microsoft.Storage.BlobCreated').length).toBeLessThanOrEqual(2);
    expect(read.filter((each) => each !== 'Microsoft.Storage.BlobCreated').sort()).toEqual(['', 'Microsoft.Storage.BlobDeleted', 'hyperparameters']);
    expect(apps.runs.filter(({ status }) => status === 'Failed')).toEqual([]);
  });
});

describe('a run', () => {
  test('that fails says why, after what is done about it', () => {
    const here = world({ actions: { ...fail('Gate', text`auc is ${0.5}`), ...keep }, onFailure: { Mark: compose(reasonOf(WORK)) } });
    const ended = run(here);
    expect(ended).toMatchObject({ status: 'Failed', code: 'WorkFailed', message: 'auc is 0.5' });
    expect(ended.ended.get('Mark')!.outputs).toBe('auc is 0.5');
    expect(ended.calls.map(({ action }) => action)).toEqual(['Take']);
  });

  test('whose call fails says which one, and what it was answered', () => {
    const here = world({ actions: keep });
    here.azure.interfere = ({ action }) => (action === 'Keep' ? armFailure(400, 'UserError', 'no such thing') : undefined);
    expect(run(here)).toMatchObject({ status: 'Failed', code: 'WorkFailed', message: 'Keep: {"error":{"code":"UserError","message":"no such thing"}}' });
  });

  test('that fails in what is done about it fails with its first reason', () => {
    const here = world({ actions: fail('Gate', 'too low'), onFailure: { Mark: compose(ex`int('x')`) } });
    expect(run(here)).toMatchObject({ status: 'Failed', code: 'WorkFailed', message: 'too low' });
  });

  test('that leaves ends well, from inside loops and conditions too', () => {
    const here = world({
      actions: {
        Loop: until(ex`false`, { count: 100, timeout: 'PT1H' }, { Inside: when(ex`true`, leave('Enough', 'rejected')) }),
        ...keep,
      },
    });
    const ended = run(here);
    expect(ended).toMatchObject({ status: 'Succeeded', variables: { outcome: 'rejected' } });
    // A failure alone would not end the loop.
    expect(ended.visited.filter(({ name }) => name === 'Inside')).toHaveLength(1);
    expect(here.azure.calls.map(({ action }) => action)).not.toContain('Keep');
  });
});

describe('an attempt', () => {
  const actions = {
    ...attempt('Try', fail('Broken', 'it broke'), { Note: setVariable('seen', reasonOf('Try')) }),
    ...keep,
  };

  test('goes on after what failed, and knows why', () => {
    const here = world({ variables: { seen: '' }, actions });
    expect(run(here)).toMatchObject({ status: 'Succeeded', variables: { seen: 'it broke', reason: '' } });
  });

  test('lets a run leave', () => {
    const here = world({ actions: { ...attempt('Try', leave('Enough', 'done')), ...keep } });
    expect(run(here)).toMatchObject({ status: 'Succeeded', variables: { outcome: 'done' } });
    expect(here.azure.calls.map(({ action }) => action)).not.toContain('Keep');
  });

  test('fails where its own answer to a failure fails', () => {
    const here = world({ actions: { ...attempt('Try', fail('Broken', 'it broke'), fail('Worse', 'and this too')), ...keep } });
    expect(run(here)).toMatchObject({ status: 'Failed', message: 'and this too' });
  });
});

describe('insisting', () => {
  const actions = { ...insist('Keep', keep.Keep), After: setVariable('answer', ex`body('Keep')?['id']`) };

  test.each([401, 403, 409, 423])('bears %s for ten minutes', (code) => {
    const here = world({ variables: { answer: '' }, actions });
    const passes = Date.parse('2026-01-01T00:09:00Z');
    here.azure.interfere = ({ action, at }) => (action === 'Keep' && at < passes ? armFailure(code, 'Wait', 'wait') : undefined);
    expect(run(here)).toMatchObject({ status: 'Succeeded', variables: { answer: expect.stringContaining('/notes/versions/08584') } });
  });

  test('ends with the answer where it does not pass', () => {
    const here = world({ variables: { answer: '' }, actions });
    here.azure.interfere = ({ action }) => (action === 'Keep' ? armFailure(403, 'AuthorizationFailed', 'never') : undefined);
    const ended = run(here);
    expect(ended).toMatchObject({ status: 'Failed', code: 'WorkFailed', message: 'Keep: 403 {"error":{"code":"AuthorizationFailed","message":"never"}}' });
    expect(ended.endedAt! - ended.startedAt).toBeLessThan(20 * 60_000);
  });

  test('does not bear what is wrong', () => {
    const here = world({ variables: { answer: '' }, actions });
    here.azure.interfere = ({ action }) => (action === 'Keep' ? armFailure(400, 'UserError', 'wrong') : undefined);
    expect(run(here)).toMatchObject({ status: 'Failed', message: 'Keep: 400 {"error":{"code":"UserError","message":"wrong"}}' });
    expect(here.azure.calls.filter(({ action }) => action === 'Keep')).toEqual([]);
  });
});

describe('a blob of JSON', () => {
  const actions = readJson('Read', store.read({ endpoint: 'https://store.blob.core.windows.net/', container: 'artifacts', name: 'a b/evaluation.json' }), 'evaluation', leave('None', 'none'));

  test.each(['application/octet-stream', 'application/json', 'text/plain', 'application/json; charset=utf-8'])('is read from %s', (contentType) => {
    const here = world({ variables: { evaluation: null }, actions });
    here.azure.storage.write('store/artifacts/a b/evaluation.json', { metrics: { auc: 0.9 } }, contentType);
    expect(run(here)).toMatchObject({ status: 'Succeeded', variables: { evaluation: { metrics: { auc: 0.9 } }, outcome: '' } });
  });

  test('is found by a name that an address cannot hold as it is', () => {
    const read = store.read({ endpoint: 'https://store.blob.core.windows.net/', container: 'artifacts', name: text`a b?/${ex`concat('c d', '/#%')`}/e.json` });
    const here = world({ variables: { evaluation: null }, actions: readJson('Read', read, 'evaluation', leave('None', 'none')) });
    here.azure.storage.write('store/artifacts/a b?/c d/#%/e.json', { is: 'there' });
    expect(run(here)).toMatchObject({ status: 'Succeeded', variables: { evaluation: { is: 'there' }, outcome: '' } });
    expect(here.azure.calls.find(({ action }) => action === 'Read')!.url).toBe('https://store.blob.core.windows.net/artifacts/a%20b%3F/c%20d/%23%25/e.json');
  });

  test('that is missing is what its reader says', () => {
    const here = world({ variables: { evaluation: null }, actions });
    expect(run(here)).toMatchObject({ status: 'Succeeded', variables: { outcome: 'none' } });
  });

  test('that cannot be read, or is none, fails', () => {
    const here = world({ variables: { evaluation: null }, actions });
    here.azure.interfere = ({ action }) => (action === 'Read' ? armFailure(403, 'AuthorizationFailed', 'no') : undefined);
    expect(run(here)).toMatchObject({ status: 'Failed', message: expect.stringContaining('Read: 403') });
    const there = world({ variables: { evaluation: null }, actions });
    there.azure.storage.write('store/artifacts/a b/evaluation.json', 'not JSON');
    expect(run(there)).toMatchObject({ status: 'Failed', code: 'WorkFailed' });
  });
});

describe('requests of Azure Storage', () => {
  const seconds = (duration: string) => secondsOf(duration);

  test('are sent again within the quarter of an hour for which their date counts, however long each takes', () => {
    for (const action of [store.read({ endpoint: 'https://store.blob.core.windows.net/', container: 'a', name: 'b' }), store.putMessage({ queueUrl: 'https://store.queue.core.windows.net/a', message: {} })]) {
      const { retryPolicy: { count, maximumInterval } } = action.inputs as any;
      expect(count * (120 + seconds(maximumInterval))).toBeLessThan(900);
    }
    const { inputs } = inbox({ queueUrl: 'https://store.queue.core.windows.net/start', delivery: Delivery.ONCE }).definition as any;
    expect(inputs.retryPolicy.count * (120 + seconds(inputs.retryPolicy.maximumInterval))).toBeLessThan(900);
  });

  test('for JSON are made anew, with a date of their own, while the store is down for ten minutes', () => {
    const actions = { ...readJson('Read', store.read({ endpoint: 'https://store.blob.core.windows.net/', container: 'artifacts', name: 'a.json' }), 'evaluation', {}) };
    const here = world({ variables: { evaluation: null }, actions });
    here.azure.storage.write('store/artifacts/a.json', { metrics: {} });
    const opens = Date.parse('2026-01-01T00:10:00Z');
    here.azure.interfere = ({ action, at }) => (action === 'Read' && at < opens ? 'no answer' : undefined);
    expect(run(here)).toMatchObject({ status: 'Succeeded', variables: { evaluation: { metrics: {} } } });
  });
});

describe('a job', () => {
  const job = (more: Partial<Parameters<typeof runJob>[0]> = {}) => {
    const { variables, actions } = runJob({
      name: 'Train',
      workspaceId: WORKSPACE,
      location: 'westeurope',
      properties: { jobType: 'Command', command: 'train ${{inputs.data}}' },
      retries: 2,
      maxSeconds: 86_400,
      isPrivate: false,
      failures: { datastore: 'lake_artifacts', endpoint: 'https://store.blob.core.windows.net/', container: 'artifacts', folder: text`training/${RUN_ID}` },
      ...more,
    });
    return { variables, actions: { ...actions, ...keep } };
  };

  test('runs to its end', () => {
    const here = world(job());
    expect(run(here).status).toBe('Succeeded');
    expect(here.azure.jobs.map(({ name, properties }) => [name, properties.command])).toEqual([
      [expect.stringMatching(/^train-08584\d+cu01-0$/), expect.stringContaining('train ${{inputs.data}}')],
    ]);
  });

  describe('whose command fails', () => {
    /** The command as the job gets it, run by a shell with a folder of its own. */
    const left = (command: string) => {
      const here = world(job({ properties: { jobType: 'Command', command } }));
      run(here);
      const folder = mkdtempSync(join(tmpdir(), 'failure-'));
      const script = here.azure.jobs[0].properties.command.replace('${{outputs.failure}}', folder);
      const { status } = spawnSync('sh', ['-c', script]);
      const reason = join(folder, 'reason');
      return [status, existsSync(reason) ? readFileSync(reason, 'utf8').trim() : undefined];
    };

    test('leaves its exit code, or the reason that it gave itself, and keeps the code', () => {
      expect(left('true && exit 3')).toEqual([3, undefined]);
      expect(left('true && sh -c "exit 3"')).toEqual([3, 'exit code 3']);
      expect(left('sh -c \'echo "no such column" > "$MLOPS_FAILURE_FILE"; exit 1\'')).toEqual([1, 'no such column']);
      expect(left('false; true')).toEqual([0, undefined]);
    });

    test('leaves nothing where the platform has stopped it', () => {
      expect(left('sh -c "exit 143"')).toEqual([143, undefined]);
    });
  });

  describe('in a private workspace', () => {
    const closed = () => {
      const here = world(job({ isPrivate: true }));
      here.azure.interfere = ({ url }) => (/api\.azureml\.ms/.test(url) ? 'no answer' : undefined);
      return here;
    };

    test('whose container has left a reason is not run again, and says it', () => {
      const here = closed();
      here.azure.course = () => ({ ends: 'Failed', reason: 'ContractError: no column age\n' });
      expect(run(here)).toMatchObject({ status: 'Failed', message: expect.stringMatching(/-0 ended as Failed: ContractError: no column age$/) });
      expect(here.azure.jobs).toHaveLength(1);
      expect(here.apps.runs[0].calls.filter(({ url }) => /api\.azureml\.ms/.test(url))).toEqual([]);
    });

    test('whose container has left none is run again, and says that', () => {
      const here = closed();
      here.azure.course = () => ({ ends: 'Failed' });
      expect(run(here)).toMatchObject({ status: 'Failed', message: expect.stringContaining('-2 ended as Failed: its container has left no reason') });
      expect(here.azure.jobs).toHaveLength(3);
    });

    test('reads the reason of each try', () => {
      const here = closed();
      here.azure.course = (name) => ({ ends: 'Failed', ...(name.endsWith('-1') ? { reason: 'exit code 1' } : {}) });
      expect(run(here)).toMatchObject({ message: expect.stringContaining('-1 ended as Failed: exit code 1') });
    });
  });

  test('says what its container has left where the run history does not answer', () => {
    const here = world(job());
    here.azure.course = () => ({ ends: 'Failed', reason: 'exit code 1' });
    here.azure.interfere = ({ action }) => (action === 'Train_details' ? 'no answer' : undefined);
    expect(run(here)).toMatchObject({ message: expect.stringContaining('ended as Failed: exit code 1') });
    expect(here.azure.jobs).toHaveLength(1);
  });

  test('that the cloud has failed by the word of the run history is run again, whatever a container has left', () => {
    const here = world(job());
    here.azure.course = () => ({ ends: 'Failed', reason: 'exit code 1', error: { code: 'SystemError', message: 'node lost' } });
    expect(run(here)).toMatchObject({ message: expect.stringContaining('-2 ended as Failed: node lost') });
  });

  test('that failed by itself is not run again', () => {
    const here = world(job());
    here.azure.course = () => ({ ends: 'Failed', error: { code: 'UserError', message: 'exit code 1' } });
    expect(run(here)).toMatchObject({ status: 'Failed', message: expect.stringMatching(/^job train-08584\d+cu01-0 ended as Failed: exit code 1$/) });
    expect(here.azure.jobs).toHaveLength(1);
  });

  test('that the cloud has failed is run again, so often as is said', () => {
    const here = world(job());
    here.azure.course = () => ({ ends: 'Failed', error: { code: 'SystemError', message: 'node lost' } });
    expect(run(here)).toMatchObject({ status: 'Failed', message: expect.stringContaining('-2 ended as Failed: node lost') });
    expect(here.azure.jobs.map(({ name }) => name.slice(-1))).toEqual(['0', '1', '2']);
  });

  test('that takes too long is cancelled', () => {
    const here = world(job({ maxSeconds: 7200 }));
    here.azure.course = () => ({ minutes: 600 });
    expect(run(here)).toMatchObject({ status: 'Failed', message: expect.stringContaining('it did not end within 2 hours, waiting for machines included, and was cancelled') });
    expect(here.azure.cancelled).toEqual([here.azure.jobs[0].name]);
  });

  test('that somebody cancels ends the run', () => {
    const here = world(job());
    here.azure.course = () => ({ ends: 'Canceled' });
    expect(run(here)).toMatchObject({ status: 'Failed', message: expect.stringContaining('ended as Canceled') });
    expect(here.azure.cancelled).toEqual([]);
  });

  test('that is refused says why', () => {
    const here = world(job());
    here.azure.interfere = ({ action }) => (action === 'Train_put' ? armFailure(400, 'UserError', 'no such compute') : undefined);
    expect(run(here)).toMatchObject({ status: 'Failed', message: expect.stringContaining('no such compute') });
  });

  test('whose request has no answer is not made twice', () => {
    const here = world(job());
    here.azure.interfere = ({ action }) => (action === 'Train_put' ? 'lost answer' : undefined);
    expect(run(here).status).toBe('Succeeded');
    expect(here.azure.jobs).toHaveLength(1);
  });

  test.each([401, 403, 404, 429, 500, 503])('goes on while an hour of looks is answered %s', (code) => {
    const here = world(job());
    here.azure.course = () => ({ minutes: 120 });
    const from = Date.parse('2026-01-01T00:20:00Z');
    here.azure.interfere = ({ action, at }) => (action === 'Train_get' && at > from && at < from + 3_600_000 ? armFailure(code, 'Busy', 'busy') : undefined);
    expect(run(here).status).toBe('Succeeded');
    expect(here.azure.jobs).toHaveLength(1);
  });

  test.each([401, 403, 409, 429, 500])('is asked for again after %s', (code) => {
    const here = world(job());
    const passes = Date.parse('2026-01-01T00:05:00Z');
    here.azure.interfere = ({ action, at }) => (action === 'Train_put' && at < passes ? armFailure(code, 'Busy', 'busy') : undefined);
    expect(run(here).status).toBe('Succeeded');
    expect(here.azure.jobs).toHaveLength(1);
  });

  test('that is never taken ends the run', () => {
    const here = world(job());
    here.azure.interfere = ({ action }) => (action === 'Train_put' ? armFailure(403, 'AuthorizationFailed', 'never') : undefined);
    expect(run(here)).toMatchObject({ status: 'Failed', message: expect.stringContaining('AuthorizationFailed') });
  });
});
