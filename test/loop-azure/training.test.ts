import { Approval } from '../../src/core/model-registry';
import { QualityGate } from '../../src/core/quality-gate';
import { Schedule } from '../../src/core/schedule';
import { Trigger } from '../../src/core/trigger';
import { FakeTraining, TrainingWorld, WORKSPACE } from '../support/azure-training';
import { HttpCall } from '../support/logic-apps';

const PLAIN = new TrainingWorld();
const PREPARING = new TrainingWorld({ prepare: true, datasetPrefix: 'raw/churn/' });
const GATED = new TrainingWorld({ qualityGates: [QualityGate.atLeast('auc', 0.9), QualityGate.atMost('rmse', 2)] });
const AUTOMATIC = new TrainingWorld({}, { registry: { approval: Approval.automatic() } });
const TUNED = new TrainingWorld({ hyperparameters: { depth: '4', rate: '0.1', loss: 'log', layers: '[8, 4]', id: '007', mail: '@someone' } });
const TRACKED = new TrainingWorld((world) => ({
  hyperparameters: { depth: '4' },
  tracking: Object.assign(world.workspace, { trackingUri: '', environment: {}, grantUse: world.workspace.grantUse.bind(world.workspace) }) as never,
}));
const SHARED = new TrainingWorld({}, { registry: { sharedRegistry: { registryName: 'company' }, approval: Approval.automatic() } });

const RUN = '0858400000000000000000001cu01';
const newFile = (name: string) => ({ eventType: 'Microsoft.Storage.BlobCreated', subject: `/blobServices/default/containers/raw/blobs/${name}`, data: {} });
const verbs = (training: FakeTraining) => training.azure.jobs.map(({ name }) => name.split('-')[0]);
const outcome = (training: FakeTraining) => training.job('train')?.tags.mlops_outcome;
const is = (method: string, pattern: RegExp) => (call: HttpCall) => call.method === method && pattern.test(call.url);

describe('a run', () => {
  test('prepares, trains, evaluates and registers the first version, which waits for approval', () => {
    const training = new FakeTraining(PREPARING);
    const run = training.run();
    expect([run.status, run.message]).toEqual(['Succeeded', undefined]);
    expect(verbs(training)).toEqual(['prepare', 'train', 'evaluate']);
    expect(training.versions).toEqual({
      1: {
        description: `Run ${RUN}, started by message`,
        isArchived: false,
        modelType: 'custom_model',
        modelUri: `azureml://datastores/lake_artifacts/paths/training/${RUN}/model`,
        properties: {},
        tags: {
          'metric.auc': '0.95',
          'metric.rmse': '1.5',
          'mlops_approval': 'pending',
          'mlops_commit': '0123abc',
          'mlops_data': 'raw/raw/churn/',
          'mlops_folder': `training/${RUN}`,
          'mlops_image': 'images.azurecr.io/churn@sha256:abc',
          'mlops_run': RUN,
          'mlops_trigger': 'message',
          'model': 'churn',
        },
      },
    });
    expect(training.told(run)).toEqual([{ mlops: 'registered', model: 'churn', version: '1', run: RUN }]);
    expect(training.approvals).toEqual([]);
  });

  test('leads each verb to its folders', () => {
    const training = new FakeTraining(PLAIN);
    training.run();
    expect(training.variables('train')).toEqual({
      MLOPS_INPUT_DIR: 'lake_raw/dataset/',
      MLOPS_MODEL_DIR: `lake_artifacts/training/${RUN}/model`,
      MLOPS_OUTPUT_DIR: `lake_artifacts/training/${RUN}/output`,
      MLOPS_CHECKPOINT_DIR: `lake_artifacts/checkpoints/${RUN}`,
      MLOPS_HYPERPARAMETERS: '{}',
    });
    expect(training.variables('evaluate')).toEqual({
      MLOPS_MODEL_DIR: `lake_artifacts/training/${RUN}/model`,
      MLOPS_INPUT_DIR: 'lake_raw/dataset/test',
      MLOPS_OUTPUT_DIR: `lake_artifacts/training/${RUN}/evaluation`,
      MLOPS_HYPERPARAMETERS: '{}',
    });
  });

  test('trains and evaluates on what it prepared', () => {
    const training = new FakeTraining(PREPARING);
    training.run();
    expect(training.variables('prepare')).toEqual({ MLOPS_INPUT_DIR: 'lake_raw/raw/churn/', MLOPS_OUTPUT_DIR: `lake_artifacts/training/${RUN}/prepared` });
    expect(training.variables('train').MLOPS_INPUT_DIR).toBe(`lake_artifacts/training/${RUN}/prepared`);
    expect(training.variables('evaluate').MLOPS_INPUT_DIR).toBe(`lake_artifacts/training/${RUN}/prepared/test`);
  });

  test('creates the environment of the image before its jobs', () => {
    const training = new FakeTraining(PLAIN);
    training.run();
    const { environmentId } = training.job('train');
    expect(environmentId).toMatch(new RegExp(`^${WORKSPACE}/environments/churn-jobs/versions/[0-9a-f]{16}$`));
    expect(training.azure.resource(environmentId).properties.image).toBe('images.azurecr.io/churn@sha256:abc');
  });

  test('takes its message before the work, so that nobody starts it twice', () => {
    const training = new FakeTraining(PLAIN);
    training.run();
    expect(training.azure.storage.waiting(`store/${PLAIN.training.startQueueUrl.split('/').pop()}`)).toEqual([]);
    expect(training.host.runsOf('training')).toHaveLength(1);
  });
});

describe('hyperparameters', () => {
  const TYPED = { depth: 4, rate: 0.1, loss: 'log', layers: [8, 4], id: '007', mail: '@someone' };

  test('have the types that the text means', () => {
    const training = new FakeTraining(TUNED);
    training.run();
    expect(JSON.parse(training.variables('train').MLOPS_HYPERPARAMETERS)).toEqual(TYPED);
  });

  test('can be others in one run', () => {
    const training = new FakeTraining(TUNED);
    training.run({ hyperparameters: { depth: 6, extra: true } });
    expect(JSON.parse(training.variables('train').MLOPS_HYPERPARAMETERS)).toEqual({ ...TYPED, depth: 6, extra: true });
  });

  test('that are no object fail the run before it costs', () => {
    const training = new FakeTraining(TUNED);
    const run = training.run({ hyperparameters: 'depth=6' });
    expect([run.code, run.message]).toEqual(['TrainingFailed', 'hyperparameters must be an object like {"depth": 6}, got depth=6']);
    expect(verbs(training)).toEqual([]);
  });
});

describe('the data set', () => {
  test('can be one below the usual in one run', () => {
    const training = new FakeTraining(PLAIN);
    training.run({ datasetPrefix: 'dataset/2026-11' });
    expect(training.variables('train').MLOPS_INPUT_DIR).toBe('lake_raw/dataset/2026-11/');
    expect(training.variables('evaluate').MLOPS_INPUT_DIR).toBe('lake_raw/dataset/2026-11/test');
  });

  test.each(['labels/', 'dataset-other/', '../dataset/', 'dataset/../labels/', 'dataset/x"; rm -rf /'])('cannot be %s', (datasetPrefix) => {
    const training = new FakeTraining(PLAIN);
    expect(training.run({ datasetPrefix }).message).toBe(`datasetPrefix must be dataset/ or below it, got ${datasetPrefix}`);
    expect(verbs(training)).toEqual([]);
  });
});

describe('checkpoints', () => {
  test('of an earlier run are gone on from', () => {
    const training = new FakeTraining(PLAIN);
    training.run({ resume: '08584999999999999999999999CU01' });
    expect(training.variables('train').MLOPS_CHECKPOINT_DIR).toBe('lake_artifacts/checkpoints/08584999999999999999999999cu01');
    expect(training.variables('train').MLOPS_MODEL_DIR).toBe(`lake_artifacts/training/${RUN}/model`);
  });

  test.each(['../raw', 'a/b', 'x'.repeat(65)])('of what is no run are refused: %s', (resume) => {
    const training = new FakeTraining(PLAIN);
    expect(training.run({ resume }).message).toBe(`resume must be the id of an earlier run, got ${resume}`);
    expect(verbs(training)).toEqual([]);
  });
});

describe('the gate', () => {
  test.each([[{ auc: 0.95, rmse: 1 }], [{ auc: 0.9, rmse: 2 }], [{ auc: 1, rmse: -3 }]])('lets %j pass', (metrics) => {
    const training = new FakeTraining(GATED);
    training.evaluation = { metrics };
    expect(training.run().status).toBe('Succeeded');
    expect(Object.keys(training.versions)).toEqual(['1']);
  });

  test.each<[string, object, string]>([
    ['too low', { auc: 0.89, rmse: 1 }, 'auc is 0.89, want at least 0.9'],
    ['too high', { auc: 0.95, rmse: 2.5 }, 'rmse is 2.5, want at most 2'],
    ['not there', { rmse: 1 }, 'evaluation.json has no metric auc'],
    ['wrong in several ways', { auc: 0, rmse: 3 }, 'auc is 0, want at least 0.9; rmse is 3, want at most 2'],
  ])('registers nothing when a metric is %s, and that is no error', (_, metrics, reason) => {
    const training = new FakeTraining(GATED);
    training.evaluation = { metrics };
    const run = training.run();
    expect([run.status, run.code]).toEqual(['Succeeded', undefined]);
    expect(training.versions).toEqual({});
    expect(training.told(run)).toEqual([{ mlops: 'not registered', model: 'churn', run: RUN, trigger: 'message', reason }]);
    expect(outcome(training)).toBe(`not registered: ${reason}`);
  });

  test('an evaluation that nobody wrote fails the run', () => {
    const training = new FakeTraining(PLAIN);
    training.evaluation = undefined;
    expect(training.run().message).toBe(`nothing wrote evaluation.json in artifacts/training/${RUN}/evaluation`);
    expect(training.versions).toEqual({});
  });
});

describe('numbers of versions', () => {
  test('go on where the model is', () => {
    const training = new FakeTraining(PLAIN);
    training.nextVersion = '7';
    training.run();
    expect(Object.keys(training.versions)).toEqual(['7']);
    expect(training.azure.storage.read('store/artifacts/registry/churn/7')).toBe(`{"owner":"${RUN}"}`);
  });

  test('are taken by one run alone, whoever else registers at the same time', () => {
    const training = new FakeTraining(PLAIN);
    training.azure.storage.write('store/artifacts/registry/churn/1', { owner: 'another-run' }, 'application/json');
    training.run();
    expect(Object.keys(training.versions)).toEqual(['2']);
  });

  test('skip a version that somebody registered without asking', () => {
    const training = new FakeTraining(PLAIN);
    training.nextVersion = '1';
    training.azure.has(`${WORKSPACE}/models/churn/versions/1`, { properties: { modelType: 'mlflow_model', modelUri: 'theirs', tags: {} } });
    training.run();
    expect(training.versions[1].modelUri).toBe('theirs');
    expect(training.versions[2].tags.mlops_run).toBe(RUN);
  });

  test('whose claim is answered with nothing are found again', () => {
    const training = new FakeTraining(PLAIN);
    let lost = 0;
    training.run({}, (call) => (is('PUT', /\/registry\/churn\/1$/)(call) && lost++ === 0 ? 'lost answer' : undefined));
    expect(Object.keys(training.versions)).toEqual(['1']);
  });

  test('of which nothing can be learnt fail the run', () => {
    const training = new FakeTraining(PLAIN);
    const run = training.run({}, (call) => (is('GET', /\/models\/churn\?/)(call) || is('GET', /\/models\/churn$/)(call) ? { code: 403, body: { error: 'no' } } : undefined));
    expect([run.status, run.code]).toEqual(['Failed', 'TrainingFailed']);
    expect(training.versions).toEqual({});
  });
});

describe('approval', () => {
  test('follows registration where the registry says so', () => {
    const training = new FakeTraining(AUTOMATIC);
    const run = training.run();
    expect(training.approvals).toEqual([{ version: '1' }]);
    expect(training.versions[1].tags.mlops_approval).toBe('approved');
    expect(training.told(run)).toEqual([]);
  });

  test('that cannot be sent fails the run, which says that the version waits', () => {
    const training = new FakeTraining(AUTOMATIC);
    const queue = AUTOMATIC.registry.approvalQueueUrl.split('/').pop()!;
    const run = training.run({}, (call) => (is('POST', new RegExp(queue))(call) ? { code: 400, body: 'no' } : undefined));
    expect(run.status).toBe('Failed');
    expect(run.message).toMatch(/^version 1 is registered and could not be approved, approve it by hand: Approve: 400/);
    expect(Object.keys(training.versions)).toEqual(['1']);
  });
});

describe('a shared registry', () => {
  test('gets the version under its number before it is approved', () => {
    const training = new FakeTraining(SHARED);
    const published: any[] = [];
    training.azure.parts.unshift(({ id, method, body }) => {
      if (/\/registries-?\w*|registry-sharedregistry/.test(id) && method === 'GET') {
        return published.length === 0 ? { code: 404, body: {} } : { body: { id } };
      }
      if (!id.endsWith('/publish')) return undefined;
      published.push(body);
      return { code: 202 };
    });
    const run = training.run();
    expect([run.status, run.message]).toEqual(['Succeeded', undefined]);
    expect(published).toEqual([{ registryName: expect.any(String), destinationName: 'churn', destinationVersion: '1' }]);
    expect(training.approvals).toEqual([{ version: '1' }]);
  });
});

describe('failures', () => {
  test('of the image fail the run with its own words, and are not tried again', () => {
    const training = new FakeTraining(PLAIN);
    training.courses.train = { ends: 'Failed', error: { code: 'UserError', message: 'exit code 2' } };
    const run = training.run();
    expect([run.status, run.code, run.message]).toEqual(['Failed', 'TrainingFailed', `job train-${RUN}-0 ended as Failed: exit code 2`]);
    expect(verbs(training)).toEqual(['train']);
    expect(outcome(training)).toBe(`failed: job train-${RUN}-0 ended as Failed: exit code 2`);
  });

  test('of the cloud are tried again, as often as is said', () => {
    const training = new FakeTraining(PLAIN);
    const failing = { ends: 'Failed', error: { code: 'ServiceError', message: 'node lost' } } as const;
    training.courses.train = (name) => (name.endsWith('-2') ? {} : failing);
    expect(training.run().status).toBe('Succeeded');
    expect(verbs(training)).toEqual(['train', 'train', 'train', 'evaluate']);
    const hopeless = new FakeTraining(PLAIN);
    hopeless.courses.train = failing;
    expect(hopeless.run().message).toBe(`job train-${RUN}-2 ended as Failed: node lost`);
    expect(verbs(hopeless)).toEqual(['train', 'train', 'train']);
  });

  test('a training that takes too long is cancelled', () => {
    const training = new FakeTraining(new TrainingWorld({ maxRuntimeHours: 1, retries: 0 }));
    training.courses.train = { minutes: 60 * 24 * 5 };
    const run = training.run();
    expect(run.message).toBe(`job train-${RUN}-0 ended as Running: it did not end within 25 hours, waiting for machines included, and was cancelled`);
    expect(training.azure.cancelled).toEqual([`train-${RUN}-0`]);
  });

  test('a run that is killed in the middle is not repeated, and the next message starts another', () => {
    const training = new FakeTraining(PLAIN);
    training.host.kill = (run, call) => (run.id.endsWith('1CU01') && is('PUT', /\/jobs\/evaluate/)(call) ? 'after' : undefined);
    expect(training.run().status).toBe('Killed');
    expect(training.versions).toEqual({});
    const second = training.run();
    expect([second.status, training.host.runsOf('training').length]).toEqual(['Succeeded', 2]);
    expect(Object.keys(training.versions)).toEqual(['1']);
  });
});

/**
 * Where a run answers each of its requests once with a fault, it goes well or ends as failed with a reason: it never
 * ends well without a version.
 */
describe('every request that fails once', () => {
  const calls = (() => {
    const training = new FakeTraining(AUTOMATIC);
    training.run();
    return [...new Set(training.host.runsOf('training')[0].calls.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`))];
  })();

  const faults: [string, any][] = [
    ['429', { code: 429 }], ['500', { code: 500 }], ['403', { code: 403 }], ['404', { code: 404 }], ['no answer', 'no answer'], ['a lost answer', 'lost answer'],
  ];

  test('are many', () => {
    expect(calls.length).toBeGreaterThan(12);
  });

  test.each(faults)('with %s', (name, fault) => {
    const ends = calls.map((broken) => {
      const training = new FakeTraining(AUTOMATIC);
      let first = true;
      const run = training.run({}, (call) => {
        if (!first || call.workflow !== 'training' || `${call.method} ${call.url.replace(/\?.*/, '')}` !== broken) return undefined;
        first = false;
        return fault;
      });
      const registered = Object.keys(training.versions).length;
      const approved = new Set(training.approvals.map(({ version }: any) => version)).size;
      if (run.status === 'Succeeded') expect([broken, registered, approved]).toEqual([broken, 1, 1]);
      else if (run.status === 'Cancelled') expect([broken, registered]).toEqual([broken, 0]);
      else expect([broken, run.status, run.code, (run.message ?? '').length > 10]).toEqual([broken, 'Failed', 'TrainingFailed', true]);
      return [broken, run.status];
    });
    // What Logic Apps or the workflow sends again ends well.
    if (['429', '500', 'no answer'].includes(name)) expect(ends.filter(([, status]) => status !== 'Succeeded')).toEqual([]);
  });
});

describe('starts', () => {
  test('two at once are two runs that take turns, where they ask for something of their own', () => {
    const training = new FakeTraining(PLAIN);
    training.send({ datasetPrefix: 'dataset/a/' }, true);
    training.send({ datasetPrefix: 'dataset/b/' }, true);
    training.host.settle();
    const [one, other] = training.host.runsOf('training').filter(({ status }) => status === 'Succeeded');
    expect(other.startedAt === undefined || one.endedAt! <= training.azure.jobsOf('train')[1].startedAt).toBe(true);
    expect(training.azure.jobsOf('train').map(({ properties }) => properties.inputs.data.uri.split('/paths/')[1])).toEqual(['dataset/a/', 'dataset/b/']);
    expect(Object.keys(training.versions)).toEqual(['1', '2']);
  });

  test('a hundred files are one training, and what arrives meanwhile is another', () => {
    const training = new FakeTraining(PLAIN);
    for (let index = 0; index < 100; index++) training.send(newFile(`dataset/part-${index}.csv`), true);
    training.host.advance(900);
    expect(training.azure.jobsOf('train')).toHaveLength(1);
    for (let index = 0; index < 5; index++) training.send(newFile(`dataset/late-${index}.csv`), true);
    training.host.settle();
    expect(training.azure.jobsOf('train')).toHaveLength(2);
    expect(training.versions[1].tags.mlops_trigger).toMatch(/^new data dataset\/part-\d+\.csv$/);
    expect(training.versions[2].tags.mlops_trigger).toMatch(/^new data dataset\/late-\d\.csv$/);
  });

  test('a run with settings of its own leaves the others to a run of theirs', () => {
    const training = new FakeTraining(PLAIN);
    training.send({ datasetPrefix: 'dataset/a/' }, true);
    training.send({ trigger: 'schedule' }, true);
    training.host.settle();
    expect(training.azure.jobsOf('train').map(({ properties }) => properties.tags.mlops_trigger)).toEqual(['message', 'schedule']);
  });

  test('what is no JSON asks for a run as it is', () => {
    const training = new FakeTraining(PLAIN);
    expect(training.run('please train').status).toBe('Succeeded');
    expect(training.versions[1].tags.mlops_trigger).toBe('message');
  });

  test('a schedule puts a message into the queue at its times', () => {
    const world = new TrainingWorld({ triggers: [Trigger.schedule(Schedule.daily({ hour: 3 }))] });
    const training = new FakeTraining(world);
    training.host.deploy('schedule', world.definition('Training_Schedule1'));
    training.host.advance(4 * 3600);
    training.host.settle(1);
    expect(training.versions[1].tags.mlops_trigger).toBe('schedule');
    expect(training.host.runsOf('schedule').map(({ status }) => status)).toEqual(['Succeeded']);
  });
});

describe('the record', () => {
  test('is in the tags of the training job', () => {
    const training = new FakeTraining(PLAIN);
    training.run();
    expect(training.job('train').tags).toEqual({
      'model': 'churn',
      'mlops_run': RUN,
      'mlops_step': 'train',
      'mlops_outcome': 'registered as version 1',
      'mlops_trigger': 'message',
      'mlops_dataset': 'dataset/',
      'mlops_folder': `training/${RUN}`,
      'metric.auc': '0.95',
      'metric.rmse': '1.5',
    });
    expect(training.logged).toEqual([]);
  });

  test('is in MLflow too where there is a tracker', () => {
    const training = new FakeTraining(TRACKED);
    const run = training.run({ hyperparameters: { extra: 1 } });
    expect([run.status, training.told(run).map(({ mlops }) => mlops)]).toEqual(['Succeeded', ['registered']]);
    expect(training.logged).toEqual([{
      run_id: `train-${RUN}-0`,
      metrics: [{ key: 'auc', value: 0.95, timestamp: expect.any(Number), step: 0 }, { key: 'rmse', value: 1.5, timestamp: expect.any(Number), step: 0 }],
      params: [{ key: 'depth', value: '4' }, { key: 'vmSize', value: 'Standard_D2ds_v4' }],
      tags: [
        { key: 'triggeredBy', value: 'message' }, { key: 'image', value: 'images.azurecr.io/churn@sha256:abc' },
        { key: 'hyperparameters', value: '{"depth":4,"extra":1}' }, { key: 'mlflow.source.git.commit', value: '0123abc' },
      ],
    }]);
    expect(new Date(training.logged[0].metrics[0].timestamp).getUTCFullYear()).toBe(2026);
  });

  test('of a private workspace is in the tags alone: its MLflow is closed to the workflow', () => {
    const training = new FakeTraining(new TrainingWorld((world) => {
      Object.assign(world.workspace, { isPrivate: true });
      return { tracking: Object.assign(world.workspace, { trackingUri: '', environment: {} }) as never };
    }));
    const run = training.run();
    expect([training.logged, training.told(run).map(({ mlops }) => mlops)]).toEqual([[], ['registered']]);
    expect(outcome(training)).toBe('registered as version 1');
  });

  test('that cannot be written fails no run, and is told', () => {
    const training = new FakeTraining(TRACKED);
    const run = training.run({}, (call) => (/\/mlflow\//.test(call.url) ? { code: 403, body: 'closed' } : undefined));
    expect(run.status).toBe('Succeeded');
    expect(Object.keys(training.versions)).toEqual(['1']);
    expect(training.told(run)).toEqual([
      { mlops: 'training not recorded', run: RUN, reason: expect.stringContaining('closed') }, expect.objectContaining({ mlops: 'registered' }),
    ]);
  });
});
