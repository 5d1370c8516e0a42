import { QualityGate } from '../../src/core/quality-gate';
import { ExperimentTracker, MonitoringStack } from '../../src/gcp';
import { FakeTraining, TrainingWorld, Wish } from '../support/google-training';
import { HttpCall, HttpReply, Route, validateWorkflow } from '../support/workflows';

const RUN = '00000000-0000-4000-8000-000000000000';
const ADDRESS = /^https:\/\/stack-tracking-[0-9a-f]{8}-123456789012\.europe-west4\.run\.app$/;

/** A pipeline whose runs are recorded by the tracker of the library. */
function tracked(props: object = {}, tracker: object = {}): TrainingWorld {
  const wish: Wish = (world) => ({ tracking: new ExperimentTracker(world.stack, 'Tracking', { data: world.data, ...tracker }), ...props });
  return new TrainingWorld(wish);
}

const PLAIN = tracked();
const GATED = tracked({ qualityGates: [QualityGate.atLeast('auc', 0.99)] });

/** MLflow's answers, and what it was told. */
class FakeMlflow {
  public readonly asked: HttpCall[] = [];
  public experiments: string[] = [];
  public refusals: { [path: string]: HttpReply | HttpReply[] } = {};

  public get routes(): Route[] {
    return ['GET', 'POST', 'PUT'].map((method) => ({ method, url: /\.run\.app\//, reply: (call: HttpCall) => this.answer(call) }) as Route);
  }

  /** The bodies of the calls of a path. */
  public told(path: string): any[] {
    return this.asked.filter(({ url }) => url.endsWith(path)).map(({ body }) => body);
  }

  /** Values by name, of all batches. */
  public values(what: 'params' | 'metrics' | 'tags'): { [name: string]: unknown } {
    return Object.fromEntries(this.told('runs/log-batch').flatMap((body) => body[what] ?? []).map(({ key, value }: any) => [key, value]));
  }

  private answer(call: HttpCall): HttpReply {
    const path = call.url.replace(/^.+\/mlflow\//, '');
    const refusal = this.refusals[path];
    const reply = Array.isArray(refusal) ? refusal.shift() : refusal;
    if (reply !== undefined) return reply;
    this.asked.push(call);
    switch (path) {
      case 'experiments/get-by-name': return this.experiments.length > 0 ? { body: { experiment: { experiment_id: '7' } } } : { code: 404 };
      case 'experiments/create': this.experiments.push(call.body.name); return { body: { experiment_id: '7' } };
      case 'runs/create': return { body: { run: { info: { run_id: 'abc123', artifact_uri: 'mlflow-artifacts:/7/abc123/artifacts' } } } };
      default: return { body: {} };
    }
  }
}

interface Surroundings {
  readonly vertex?: FakeTraining;
  readonly mlflow?: FakeMlflow;
  readonly argument?: unknown;
}

function recorded(world: TrainingWorld, { vertex = new FakeTraining(), mlflow = new FakeMlflow(), argument }: Surroundings = {}) {
  return { vertex, mlflow, run: vertex.run(world, argument, mlflow.routes) };
}

test('the workflow is valid with a tracker', () => {
  for (const world of [PLAIN, GATED, tracked({ prepare: true })]) expect(validateWorkflow(world.definition)).toEqual([]);
});

test('a run is an entry in the tracker, by the identity of the workflow', () => {
  const { mlflow, run } = recorded(tracked({ hyperparameters: { depth: '4', loss: 'log', layers: '[8, 4]' } }));
  expect(run.result.outcome).toBe('registered');
  for (const { auth, url } of mlflow.asked) {
    const { audience, type } = auth as any;
    expect([type, audience]).toEqual(['OIDC', expect.stringMatching(ADDRESS)]);
    expect(url.startsWith(`${audience}/api/2.0/`)).toBe(true);
  }
  const [made] = mlflow.told('runs/create');
  const tags = Object.fromEntries(made.tags.map(({ key, value }: any) => [key, value]));
  expect([made.experiment_id, made.run_name, mlflow.experiments]).toEqual(['7', RUN, ['churn']]);
  expect(tags).toMatchObject({
    execution: RUN,
    triggeredBy: 'hand',
    image: 'europe-west4-docker.pkg.dev/my-project/churn/workload@sha256:abc',
    model: expect.stringMatching(new RegExp(`^gs://<google_storage_bucket.Data_Artifacts_\\w+.name>/training/${RUN}/model$`)),
  });
  expect(mlflow.values('params')).toEqual({ depth: '4', loss: 'log', layers: '[8,4]', machineType: 'e2-highmem-2' });
  expect(mlflow.values('metrics')).toEqual({ auc: 0.95, rmse: 1.5 });
  expect(mlflow.values('tags')).toEqual({ version: 'churn@3' });
  const [{ datasets: [{ dataset }] }] = mlflow.told('runs/log-inputs');
  expect(JSON.parse(dataset.source).uri).toMatch(/^gs:\/\/<google_storage_bucket.Data_Raw_\w+.name>\/dataset$/);
  expect(mlflow.told('mlflow-artifacts/artifacts/7/abc123/artifacts/evaluation.json')).toEqual([{ metrics: { auc: 0.95, rmse: 1.5 } }]);
  expect(mlflow.told('runs/update')).toEqual([{ run_id: 'abc123', status: 'FINISHED', end_time: expect.any(Number) }]);
});

test('the version names the entry', () => {
  const { vertex } = recorded(PLAIN);
  expect(vertex.uploads[0].model.labels).toMatchObject({ run: RUN, mlflow_run: 'abc123' });
  const plain = new FakeTraining();
  plain.run(new TrainingWorld());
  expect(plain.uploads[0].model.labels).not.toHaveProperty('mlflow_run');
});

test('the commit that the image was built from is recorded, where the image knows it', () => {
  const vertex = new FakeTraining();
  vertex.evaluation = { metrics: { auc: 1 }, commit: '0123abc' };
  expect(recorded(PLAIN, { vertex }).mlflow.values('tags')).toEqual({ 'version': 'churn@3', 'mlflow.source.git.commit': '0123abc' });
});

test('what one run wishes is what is recorded', () => {
  const { mlflow } = recorded(tracked({ hyperparameters: { depth: '4' } }), { argument: { hyperparameters: { depth: 6 }, datasetPrefix: 'dataset/2026-11/' } });
  expect(mlflow.values('params')).toMatchObject({ depth: '6' });
  expect(mlflow.told('runs/log-inputs')[0].datasets[0].dataset.source).toContain('/dataset/2026-11"');
});

test('a model that misses the gate is recorded with its metrics', () => {
  const { mlflow, run, vertex } = recorded(GATED);
  expect(run.result.outcome).toBe('rejected');
  expect(mlflow.values('metrics')).toEqual({ auc: 0.95, rmse: 1.5 });
  expect(mlflow.values('tags')).toEqual({ 'gates.missed': '["auc is 0.95, want at least 0.99"]' });
  expect(mlflow.told('runs/update')[0].status).toBe('FINISHED');
  expect(vertex.uploads).toEqual([]);
});

test('a run that fails is recorded as failed, with the reason', () => {
  const vertex = new FakeTraining();
  vertex.states.train = [{ state: 'JOB_STATE_FAILED', error: { code: 3, message: 'out of memory' } }];
  const { mlflow, run } = recorded(PLAIN, { vertex });
  expect(run.error).toBeDefined();
  expect(mlflow.values('params')).toEqual({ machineType: 'e2-highmem-2' });
  expect(mlflow.values('tags').reason).toContain('out of memory');
  expect(mlflow.told('runs/update')[0].status).toBe('FAILED');
});

test.each<[string, string, HttpReply]>([
  ['the tracker is down', 'experiments/get-by-name', { code: 503 }],
  ['it refuses the identity', 'runs/create', { code: 403 }],
  ['it refuses a value', 'runs/log-inputs', { code: 400 }],
])('a training is not lost where %s, and the loss of the entry is told', (_, path, reply) => {
  const mlflow = new FakeMlflow();
  mlflow.refusals[path] = reply;
  const { run, vertex } = recorded(PLAIN, { mlflow });
  expect(run.result.outcome).toBe('registered');
  expect(vertex.uploads[0].model.labels.mlflow_run).toBe('not-recorded');
  expect(run.logs.map(({ severity, data }) => [severity, (data as any).mlops])).toEqual([['ERROR', 'training not recorded'], ['INFO', 'registered']]);
});

test('a training is not lost where the entry cannot be ended', () => {
  const mlflow = new FakeMlflow();
  mlflow.refusals['runs/update'] = { code: 500 };
  const { run, vertex } = recorded(PLAIN, { mlflow });
  expect([run.result.outcome, vertex.uploads[0].model.labels.mlflow_run]).toEqual(['registered', 'abc123']);
  expect(run.logs.map(({ data }) => (data as any).mlops)).toEqual(['registered', 'training not recorded']);
});

test('of two first runs one makes the experiment and the other one uses it', () => {
  const mlflow = new FakeMlflow();
  mlflow.refusals['experiments/get-by-name'] = [{ code: 404 }];
  mlflow.refusals['experiments/create'] = { code: 400 };
  mlflow.experiments = ['churn'];
  expect(recorded(PLAIN, { mlflow }).mlflow.told('runs/create')[0].experiment_id).toBe('7');
});

test('parameters beyond what one request takes come in several', () => {
  const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`p${index}`, `v${index}`]));
  const { mlflow } = recorded(tracked({ hyperparameters: many }));
  expect(mlflow.told('runs/log-batch').filter(({ params }) => params).map(({ params }) => params.length)).toEqual([100, 100, 2]);
  expect(Object.keys(mlflow.values('params'))).toHaveLength(202);
});

test('people are told of a run that is not recorded, where runs are recorded', () => {
  const alerts = (world: TrainingWorld) => {
    new MonitoringStack(world.stack, 'Monitoring', { data: world.data, training: world.training });
    return Object.values<any>(world.config.resource.google_monitoring_alert_policy).flatMap(({ conditions }) => conditions);
  };
  const filters = (world: TrainingWorld) => alerts(world)
    .map((each) => each.condition_matched_log?.filter ?? '').filter((each) => each.includes('not recorded'));
  expect(filters(tracked())).toEqual([expect.stringMatching(
    /^resource\.type="workflows\.googleapis\.com\/Workflow" AND .+ AND jsonPayload\.mlops="training not recorded"$/,
  )]);
  expect(filters(new TrainingWorld())).toEqual([]);
});

describe('the containers', () => {
  const variables = (world: TrainingWorld) => {
    const { vertex } = recorded(world);
    return vertex.variables('train');
  };
  const invokers = ({ config }: TrainingWorld) => Object
    .values<any>(config.resource.google_cloud_run_v2_service_iam_member).map(({ member }) => member);

  test('are told nothing of a tracker that they cannot reach', () => {
    expect(variables(PLAIN)).not.toHaveProperty('MLFLOW_TRACKING_URI');
    expect(invokers(PLAIN)).toEqual([expect.stringContaining('Training_WorkflowAccount')]);
  });

  test('record by themselves as well where its address is public, or the jobs have an interface in a network', () => {
    const attached = tracked({ networkAttachment: 'projects/my-project/regions/europe-west4/networkAttachments/jobs' });
    for (const world of [tracked({}, { publicAddress: true }), attached]) {
      expect(variables(world).MLFLOW_TRACKING_URI).toMatch(ADDRESS);
      expect(invokers(world).join()).toContain('Training_JobAccount');
    }
  });
});

