import { QualityGate } from '../../src/core/quality-gate';
import { Schedule } from '../../src/core/schedule';
import { DriftWorld, NUMBERS } from '../support/azure-drift';
import { workflowDefinition } from '../support/azure-workflow';
import { HttpCall, validateDefinition } from '../support/logic-apps';

const GATES = [QualityGate.atLeast('auc', 0.9)];
const environmentOf = (world: DriftWorld) => world.azure.jobs[0].properties.environmentVariables;

test('the definitions are ones that the service takes, with every option', () => {
  const modelQuality = { gates: GATES, labelDelayDays: 3, retrain: true };
  const { config } = new DriftWorld({ featureMetrics: true, modelQuality, drift: { retrain: true, minRows: 50 } });
  for (const path of ['Drift_Workflow', 'Drift_Schedule', 'Probe_Workflow']) expect(validateDefinition(workflowDefinition(config, path))).toEqual([]);
});

describe('before there is anything to measure', () => {
  test.each<[string, (world: DriftWorld) => void, string]>([
    ['no endpoint', (world) => { world.hasEndpoint = false; }, 'nothing serves'],
    ['no deployment', (world) => { world.deployments = {}; }, 'nothing serves'],
    ['no traffic', (world) => { world.deployments = { 'v3-a': { version: '3', traffic: 0 } }; world.endpointTags = {}; }, 'nothing serves'],
  ])('%s: the run says so, and that it has run', (_, change, outcome) => {
    const world = new DriftWorld();
    change(world);
    world.approved = [];
    const run = world.run();
    expect([run.status, run.variables.outcome]).toEqual(['Succeeded', outcome]);
    expect(world.written()).toEqual({ rows_compared: 0 });
    expect(world.azure.jobs).toEqual([]);
    expect(run.told).toEqual([{ mlops: 'drift', outcome, run: expect.stringMatching(/^20261121T/) }]);
  });

  test.each<[string, (world: DriftWorld) => void]>([
    ['no endpoint', (world) => { world.hasEndpoint = false; }],
    ['no deployment', (world) => { world.deployments = {}; }],
    ['no traffic', (world) => { world.deployments = { 'v3-a': { version: '3', traffic: 0 } }; world.endpointTags = {}; }],
  ])('%s although a version is approved: the run fails, so that somebody hears of it', (_, change) => {
    const world = new DriftWorld();
    change(world);
    expect(world.run()).toMatchObject({
      status: 'Failed', code: 'DriftFailed', message: 'nothing serves although version 3 is approved: look at its rollout, and start it again by hand',
    });
    expect(world.written()).toEqual({});
  });

  test('a first version that its rollout may still bring is no failure', () => {
    const world = new DriftWorld();
    Object.assign(world, { deployments: { 'v3-a': { version: '3', traffic: 0 } }, endpointTags: {}, approvedAt: '2026-11-21T01:00:00.0000000Z' });
    const run = world.run();
    expect([run.status, run.variables.outcome]).toEqual(['Succeeded', 'nothing serves']);
  });

  test('nothing captured', () => {
    const world = new DriftWorld();
    world.azure.interfere = ({ url, query }: HttpCall) => (query.comp === 'list' && url.includes('captured') ? { body: '<?xml version="1.0"?><EnumerationResults><Blobs /><NextMarker /></EnumerationResults>', headers: { 'Content-Type': 'application/xml' } } : undefined);
    expect([world.run().status, world.written()]).toEqual(['Succeeded', { rows_compared: 0 }]);
  });
});

describe('the version that is measured', () => {
  const measured = (deployments: DriftWorld['deployments'], tags: DriftWorld['endpointTags']) => {
    const world = new DriftWorld();
    Object.assign(world, { deployments, endpointTags: tags });
    expect(world.run().status).toBe('Succeeded');
    const { MLOPS_MODEL_VERSION: version, MLOPS_DEPLOYED_MODEL_ID: names } = environmentOf(world);
    return [version, names];
  };

  test('is the one that the endpoint names, also while a rollout gives another one most of the traffic', () => {
    expect(measured({ 'v3-a': { version: '3', traffic: 20 }, 'v4-a': { version: '4', traffic: 80 } }, { mlops_live: 'v3-a', mlops_rollout: 'v4-a' })).toEqual(['3', 'v3-a']);
  });

  test('is the one with the traffic where a person has moved it', () => {
    expect(measured({ 'v3-a': { version: '3', traffic: 0 }, 'v2-a': { version: '2', traffic: 100 } }, { mlops_live: 'v3-a' })).toEqual(['2', 'v2-a']);
  });

  test('has all its deployments: an update of the stack gives it another one', () => {
    expect(measured({ 'v3-a': { version: '3', traffic: 100 }, 'v3-b': { version: '3', traffic: 0 } }, { mlops_live: 'v3-a' })).toEqual(['3', 'v3-a,v3-b']);
  });

  test('must say which one it is', () => {
    const world = new DriftWorld();
    world.deployments = { blue: { traffic: 100 } };
    world.endpointTags = {};
    expect(world.run()).toMatchObject({ status: 'Failed', code: 'DriftFailed', message: 'deployment blue does not say which version it serves: it has no tag mlops_version' });
  });

  test('must have a drift reference', () => {
    const world = new DriftWorld();
    world.azure.interfere = ({ url }) => (/schema\.json$/.test(url) ? { code: 404, body: '' } : undefined);
    expect(world.run().message).toBe('version 3 has no drift reference at artifacts/training/run-7/evaluation/reference: its evaluate verb must write one');
  });
});

describe('the window', () => {
  const windowOf = (world: DriftWorld, message: object = {}) => {
    world.run(message);
    const { MLOPS_WINDOW_START: start, MLOPS_WINDOW_END: end } = environmentOf(world);
    return [start, end];
  };

  test('ends a quarter of an hour ago and is as long as the schedule\'s gaps', () => {
    expect(windowOf(new DriftWorld())).toEqual([expect.stringMatching(/^2026-11-20T02:4\d:00Z$/), expect.stringMatching(/^2026-11-21T02:4\d:00Z$/)]);
    const [start, end] = windowOf(new DriftWorld({ drift: { schedule: Schedule.weekly() } })).map(Date.parse);
    expect((end - start) / 3_600_000).toBe(168);
  });

  test('can be said by whoever starts a run', () => {
    expect(windowOf(new DriftWorld(), { end: '2026-11-10T06:00:00Z', hours: 48 })).toEqual(['2026-11-08T06:00:00Z', '2026-11-10T06:00:00Z']);
  });
});

describe('the job', () => {
  test('has the folders of the lake, and labels where there are some', () => {
    const world = new DriftWorld({ modelQuality: { gates: GATES } });
    world.run();
    const { inputs, outputs, command, environmentId, computeId, identity } = world.azure.jobs[0].properties;
    expect(Object.values<any>(inputs).map(({ uri }) => uri)).toEqual([
      'azureml://datastores/lake_captured/paths/churn/', 'azureml://datastores/lake_artifacts/paths/training/run-7/evaluation/reference/',
    ]);
    expect(command).not.toContain('LABELS');
    expect(outputs.report.uri).toMatch(/^azureml:\/\/datastores\/lake_artifacts\/paths\/drift\/20261121T024\d-[a-z0-9-]+\/$/);
    expect(environmentId).toMatch(/environments\/[a-z0-9-]+\/versions\/[0-9a-f]{16}$/);
    expect([computeId, identity.identityType]).toEqual([expect.stringContaining('cluster'), 'Managed']);

    const labelled = new DriftWorld({ modelQuality: { gates: GATES } });
    labelled.azure.storage.write('store/raw/labels/march.csv', 'inferenceId,label');
    labelled.run();
    expect(labelled.azure.jobs[0].properties.inputs.labels.uri).toBe('azureml://datastores/lake_raw/paths/labels/');
    expect(labelled.azure.jobs[0].properties.command).toContain('MLOPS_LABELS_DIR="${{inputs.labels}}"');
  });

  test('that fails is told with its own error', () => {
    const world = new DriftWorld();
    world.azure.course = () => ({ ends: 'Failed', error: { code: 'UserError', message: 'exit code 2' } });
    const run = world.run();
    expect([run.status, run.code, world.azure.jobs.length]).toEqual(['Failed', 'DriftFailed', 1]);
    expect(run.message).toContain('exit code 2');
    expect(world.written()).toEqual({});
  });

  test('that a fault of the cloud ended is run again', () => {
    const world = new DriftWorld();
    const ends = world.azure.course;
    world.azure.course = (name, properties) => (world.azure.jobs.length === 0 ? { ends: 'Failed', error: { code: 'SystemError', message: 'node lost' } } : ends(name, properties));
    expect([world.run().status, world.azure.jobs.length]).toEqual(['Succeeded', 2]);
  });

  test('that ends well without numbers is told', () => {
    const world = new DriftWorld();
    world.numbers = undefined;
    expect(world.run().message).toMatch(/^the monitor verb ended well and wrote no artifacts\/drift\/.+\/drift\.json$/);
  });
});

describe('what it found', () => {
  test('becomes metrics', () => {
    const world = new DriftWorld({ modelQuality: { gates: GATES }, featureMetrics: true });
    world.numbers = { ...NUMBERS, prediction: { score: 0.3, drifted: true }, quality: { auc: 0.85, accuracy: 0.9 } };
    expect(world.run().status).toBe('Succeeded');
    expect(world.written()).toEqual({
      'rows_compared': 120, 'drift_share': 0.4, 'prediction_drift': 1, 'quality auc': 0.85, 'feature_drift age': 0.42, 'feature_drift fee': 0,
    });
    for (const { resource, dimensions } of world.azure.written) {
      expect([resource.split('/').slice(-2).join('/'), dimensions.endpoint]).toEqual(['workspaces/work', 'churn']);
    }
  });

  test('is told in the diagnostics', () => {
    const world = new DriftWorld({ drift: { retrain: true } });
    expect(world.run().told).toEqual([{
      mlops: 'drift',
      outcome: 'measured',
      run: expect.any(String),
      version: '3',
      driftShare: '0.4',
      rows: '120',
      quality: 'not measured',
      training: 'started',
      report: expect.stringMatching(/^artifacts\/drift\/20261121T.+\/report\.html$/),
    }]);
  });

  test('leaves the last share as it is where there were too few rows to judge', () => {
    const world = new DriftWorld();
    world.numbers = { ...NUMBERS, driftShare: 0, features: {}, rows: 12, reason: '12 rows are too few' };
    world.run();
    expect(world.written()).toEqual({ rows_compared: 12 });
  });

  test('has no quality where labels are too few', () => {
    const world = new DriftWorld({ modelQuality: { gates: GATES } });
    world.numbers = { ...NUMBERS, labelledRows: 3, qualityReason: 'too few' };
    expect(world.run().status).toBe('Succeeded');
    expect(world.written()).toEqual({ rows_compared: 120, drift_share: 0.4 });
  });
});

describe('a call that fails', () => {
  const calls = (() => {
    const world = new DriftWorld({ modelQuality: { gates: GATES }, drift: { retrain: true } });
    world.run();
    return [...new Set(world.azure.calls.filter(({ action }) => action !== 'Message').map(({ action }) => action))];
  })();

  test.each(calls)('once at %s with 500, 429 or without an answer, is made again', (action) => {
    for (const fault of [{ code: 500, body: '' }, { code: 429, body: '' }, 'no answer' as const, 'lost answer' as const]) {
      const world = new DriftWorld({ modelQuality: { gates: GATES }, drift: { retrain: true } });
      let broken = 0;
      world.azure.interfere = (call) => (call.action === action && ++broken === 1 ? fault : undefined);
      const run = world.run();
      expect([fault, run.status, world.written().drift_share, world.asked().length >= 1]).toEqual([fault, 'Succeeded', 0.4, true]);
    }
  });

  // Roles take minutes to arrive: the first call of each kind bears that.
  test.each(['Look_endpoint', 'List_captured', 'Environment', 'Monitor_put', 'Write_rows', 'Look_trainings', 'Look_versions', 'Start_training'])('for five minutes at %s with 403, is made again', (action) => {
    const world = new DriftWorld({ drift: { retrain: true } });
    let until = 0;
    world.azure.interfere = (call) => {
      if (call.action !== action) return undefined;
      until ||= call.at + 300_000;
      return call.at < until ? { code: 403, body: { error: { code: 'AuthorizationFailed' } } } : undefined;
    };
    expect([world.run().status, world.asked()]).toEqual(['Succeeded', [{ trigger: 'drift' }]]);
  });

  test.each(calls.filter((action) => !/^(Take|Monitor_get|Read_memory|Remember_started)$/.test(action)))('always at %s with 404, tells why', (action) => {
    const world = new DriftWorld({ modelQuality: { gates: GATES }, drift: { retrain: true } });
    world.azure.interfere = (call) => (call.action === action ? { code: 404, body: { error: { code: 'NotFound' } } } : undefined);
    const run = world.run();
    if (action === 'Look_endpoint') {
      expect([run.status, run.message]).toEqual(['Failed', expect.stringMatching(/^nothing serves although version 3 is approved/)]);
      return;
    }
    expect([run.status, run.code]).toEqual(['Failed', 'DriftFailed']);
    expect(run.message).toMatch(/404|NotFound|no drift reference|wrote no/);
    expect(world.asked()).toEqual([]);
  });

  test.each(calls)('always at %s with 403, fails the run with a reason or does no harm', (action) => {
    const world = new DriftWorld({ modelQuality: { gates: GATES }, drift: { retrain: true } });
    world.azure.interfere = (call) => (call.action === action ? { code: 403, body: { error: { code: 'AuthorizationFailed' } } } : undefined);
    const run = world.run();
    if (run.status === 'Succeeded') {
      expect(world.asked()).toEqual([{ trigger: 'drift' }]);
    } else {
      // A message that cannot be taken is one that another run has, or that comes again.
      expect(['DriftFailed', 'NoMessage', undefined]).toContain(run.code);
      if (run.code !== undefined) expect(run.message).toBeTruthy();
    }
  });
});

test('a run that is killed is not repeated, and the next one of the schedule measures', () => {
  const world = new DriftWorld();
  world.host.kill = (_, call) => (call.action === 'Monitor_get' ? 'before' : undefined);
  expect(world.run().status).toBe('Killed');
  world.host.kill = undefined;
  world.host.settle();
  expect(world.host.runsOf('drift')).toHaveLength(1);
  world.host.deploy('schedule', workflowDefinition(world.config, 'Drift_Schedule'));
  world.host.advance(86_400);
  world.host.settle();
  expect(world.host.runsOf('schedule').map(({ status }) => status)).toEqual(['Succeeded']);
  expect(world.host.runsOf('drift').at(-1)!.status).toBe('Succeeded');
  expect(world.written().drift_share).toBe(0.4);
});
