import { ModelRegistry } from '../../src/azure';
import { azureStack, SUBSCRIPTION, synthesized } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';
import { FakeAzure, Fault } from '../support/azure-service';
import { workflowDefinition } from '../support/azure-workflow';
import { HttpCall, LogicApps, Run } from '../support/logic-apps';

const TRAINING = '/subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/train/providers';
const THERE = `${TRAINING}/Microsoft.MachineLearningServices/workspaces/work/models/churn/versions`;
const HERE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work/models/churn/versions`;
const IMAGES = `${TRAINING}/Microsoft.ContainerRegistry/registries/trainimages`;

const stack = azureStack();
const registry = ModelRegistry.promotedFrom(stack, 'Registry', {
  stage: 'prod',
  modelName: 'churn',
  trainingWorkspaceId: `${TRAINING}/Microsoft.MachineLearningServices/workspaces/work`,
  trainingStoreAccountName: 'trainstore',
  trainingContainerRegistryId: IMAGES,
  data: new PlainLake(stack, 'Data'),
  workspace: new PlainWorkspace(stack, 'Workspace'),
});
const DEFINITION = workflowDefinition(synthesized(stack), 'Registry_Promotion');

/** The two workspaces as a promotion meets them. */
class Stage {
  public readonly azure = new FakeAzure();
  public readonly host: LogicApps;
  /** Imports that were asked for. */
  public readonly imports: any[] = [];
  public looks = 0;

  public constructor(tags: { readonly [tag: string]: string } = {}) {
    this.azure.has(`${THERE}/3`, {
      properties: {
        modelType: 'custom_model',
        modelUri: 'azureml://datastores/lake_artifacts/paths/training/run-7/model',
        tags: { 'mlops_folder': 'training/run-7', 'mlops_run': 'run-7', 'mlops_image': 'trainimages.azurecr.io/churn@sha256:abc', 'mlops_approval': 'pending', 'metric.auc': '0.95', ...tags },
      },
    });
    this.azure.parts.push(({ id, method, body }) => {
      if (method === 'POST' && id.endsWith('/importImage')) {
        this.imports.push(body);
        return { code: 202, headers: { Location: 'https://management.azure.com/subscriptions/1/operations/9?api-version=2023-07-01' } };
      }
      return id.endsWith('/operations/9') ? { code: ++this.looks < 3 ? 202 : 200 } : undefined;
    });
    const queue = `store/${registry.promotionQueueUrl!.split('/').pop()}`;
    this.host = new LogicApps({ respond: this.azure.respond, pending: () => this.azure.storage.waiting(queue).length > 0 });
    this.host.deploy('promotion', DEFINITION);
  }

  public promote(message: object = { version: '3' }, faults?: (call: HttpCall) => Fault | undefined): Run {
    this.azure.storage.send(`store/${registry.promotionQueueUrl!.split('/').pop()}`, message, this.host.now);
    if (faults !== undefined) this.azure.interfere = faults;
    this.host.settle();
    return this.host.runsOf('promotion').at(-1)!;
  }

  public get version(): any {
    return this.azure.resource(`${HERE}/3`)?.properties;
  }

  public get approvals(): any[] {
    const queue = registry.approvalQueueUrl.split('/').pop()!;
    return this.azure.storage.put.filter((each) => each.queue.endsWith(queue)).map(({ message }) => message);
  }
}

const is = (method: string, pattern: RegExp) => (call: HttpCall) => call.method === method && pattern.test(call.url);

test('a version comes with its files, its image and its tags, under its number, and is approved', () => {
  const stage = new Stage();
  const run = stage.promote();
  expect([run.status, run.message]).toEqual(['Succeeded', undefined]);
  expect(stage.version).toEqual({
    modelType: 'custom_model',
    modelUri: 'azureml://datastores/lake_artifacts/paths/training/run-7/model',
    description: 'Version 3 of the training workspace, promoted to prod',
    isArchived: false,
    properties: {},
    tags: {
      'mlops_folder': 'training/run-7',
      'mlops_run': 'run-7',
      'mlops_image': 'images.azurecr.io/churn@sha256:abc',
      'mlops_approval': 'approved',
      'mlops_training_version': '3',
      'metric.auc': '0.95',
    },
  });
  expect(stage.approvals).toEqual([{ version: '3', promote: false }]);
  expect(stage.imports).toEqual([{ source: { resourceId: IMAGES, sourceImage: 'churn@sha256:abc' }, mode: 'Force', untaggedTargetRepositories: ['churn'] }]);
});

test('a job copies model and evaluation from the one store to the other', () => {
  const stage = new Stage();
  stage.promote();
  const [{ properties }] = stage.azure.jobs;
  expect(properties).toMatchObject({
    command: expect.stringContaining('{ cp -r "${{inputs.model}}/." "${{outputs.model}}/" && cp -r "${{inputs.evaluation}}/." "${{outputs.evaluation}}/"; } 2> "$MLOPS_FAILURE_FILE" ||'),
    inputs: { model: { uri: 'wasbs://artifacts@trainstore.blob.core.windows.net/training/run-7/model' }, evaluation: { mode: 'ReadOnlyMount' } },
    outputs: { evaluation: { uri: 'azureml://datastores/lake_artifacts/paths/training/run-7/evaluation' } },
    identity: { identityType: 'Managed' },
  });
  expect(stage.azure.resource(properties.environmentId).properties.image).toMatch(/^mcr\.microsoft\.com\//);
});

test('a version that is there is approved again and brought no second time: how a stage rolls back', () => {
  const stage = new Stage();
  stage.promote();
  expect(stage.promote({ version: '3', promote: true }).status).toBe('Succeeded');
  expect([stage.azure.jobs.length, stage.imports.length]).toEqual([1, 1]);
  expect(stage.approvals).toEqual([{ version: '3', promote: false }, { version: '3', promote: true }]);
});

test('an image by its tag is copied under the same tag, one of another registry stays where it is', () => {
  const tagged = new Stage({ mlops_image: 'trainimages.azurecr.io/team/churn:1' });
  tagged.promote();
  expect(tagged.imports).toEqual([{ source: { resourceId: IMAGES, sourceImage: 'team/churn:1' }, mode: 'Force', targetTags: ['team/churn:1'] }]);
  expect(tagged.version.tags.mlops_image).toBe('images.azurecr.io/team/churn:1');
  const foreign = new Stage({ mlops_image: 'vllm/vllm-openai:v0.9' });
  foreign.promote();
  expect(foreign.imports).toEqual([]);
  expect(foreign.version.tags.mlops_image).toBe('vllm/vllm-openai:v0.9');
});

test.each<[string, object, { readonly [tag: string]: string }, string]>([
  ['no number', { version: 'latest' }, {}, 'version must be the number of a version in the training workspace, got latest'],
  ['nothing', {}, {}, 'version must be the number of a version in the training workspace, got '],
  ['a version that is not there', { version: '4' }, {}, 'Source: 404'],
  ['a rejected version', { version: '3' }, { mlops_approval: 'Rejected' }, 'version 3 was rejected in the training workspace: change its tag mlops_approval first'],
  ['a version without a folder', { version: '3' }, { mlops_folder: 'notebooks/x' },
    'the files of a version that is promoted must be in training/<run> of the lake, as its tag mlops_folder says, got notebooks/x'],
  ['a folder that climbs', { version: '3' }, { mlops_folder: 'training/../raw' },
    'the files of a version that is promoted must be in training/<run> of the lake, as its tag mlops_folder says, got training/../raw'],
])('%s fails with its reason, and approves nothing', (_, message, tags, reason) => {
  const stage = new Stage(tags);
  const run = stage.promote(message);
  expect([run.status, run.code]).toEqual(['Failed', 'PromotionFailed']);
  expect(run.message).toContain(reason);
  expect([stage.approvals, stage.azure.jobs]).toEqual([[], []]);
});

test('a number that somebody took in the stage is not overwritten', () => {
  const stage = new Stage();
  stage.azure.has(`${HERE}/3`, { properties: { modelType: 'mlflow_model', modelUri: 'theirs', tags: {} } });
  expect(stage.promote().message).toBe('version 3 of prod is not the promoted one: somebody registered it here');
  expect(stage.version.modelUri).toBe('theirs');
});

test('files that cannot be copied register nothing', () => {
  const stage = new Stage();
  stage.azure.course = () => ({ ends: 'Failed', error: { code: 'UserError', message: 'permission denied' } });
  expect(stage.promote().message).toMatch(/^job copy-.*-0 ended as Failed: permission denied$/);
  expect([stage.version, stage.approvals]).toEqual([undefined, []]);
});

test.each(['shared.azurecr.io/vllm@sha256:abc', 'Shared.azurecr.io/vllm:1', 'shared.azurecr.cn/vllm:1'])(
  'the image %s is in a third registry, of which nobody has let the stage in: nothing is copied, and people hear why', (image) => {
    const stage = new Stage({ mlops_image: image });
    const run = stage.promote();
    expect([run.status, run.message]).toEqual(['Failed',
      `the image ${image} is neither in trainimages.azurecr.io nor in images.azurecr.io, and prod pulls from no third registry: `
      + 'push it to trainimages.azurecr.io, and register the version again']);
    expect([stage.version, stage.imports, stage.approvals]).toEqual([undefined, [], []]);
    expect(stage.azure.calls.filter(({ url }) => /\/jobs\//.test(url))).toEqual([]);
  });

test('an image of the registry of the stage is there already', () => {
  const stage = new Stage({ mlops_image: 'images.azurecr.io/churn:1' });
  expect(stage.promote().status).toBe('Succeeded');
  expect([stage.version.tags.mlops_image, stage.imports]).toEqual(['images.azurecr.io/churn:1', []]);
});

test('an image that cannot be copied registers nothing', () => {
  const stage = new Stage();
  const run = stage.promote({ version: '3' }, (call) => (is('GET', /\/operations\/9/)(call) ? { code: 400, body: 'no such manifest' } : undefined));
  expect(run.message).toMatch(/^the image churn@sha256:abc could not be copied to the registry of the stage: .*no such manifest/);
  expect([stage.version, stage.approvals]).toEqual([undefined, []]);
});

test('a run that is killed anywhere is done again, to the same end', () => {
  const whole = new Stage().promote().calls.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`);
  const places = whole.flatMap((each, index) => (whole.indexOf(each) === index ? [index + 1] : []));
  for (const place of places) {
    const stage = new Stage();
    let killed = false;
    stage.host.kill = (_run, _call, nth) => {
      if (killed || nth !== place) return undefined;
      killed = true;
      return place % 2 === 0 ? 'before' : 'after';
    };
    stage.promote();
    expect([place, killed, stage.version?.tags.mlops_approval, new Set(stage.approvals.map(({ version }) => version)).size]).toEqual([place, true, 'approved', 1]);
  }
});

test.each<[string, Fault]>([
  ['429', { code: 429 }], ['500', { code: 500 }], ['403', { code: 403 }], ['404', { code: 404 }], ['no answer', 'no answer'], ['a lost answer', 'lost answer'],
])('every request that fails once with %s ends well or is told', (name, fault) => {
  const stage = new Stage();
  const calls = [...new Set(stage.promote().calls.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`))];
  const ends = calls.map((broken) => {
    const again = new Stage();
    let first = true;
    const run = again.promote({ version: '3' }, (call) => {
      if (!first || `${call.method} ${call.url.replace(/\?.*/, '')}` !== broken) return undefined;
      first = false;
      return fault;
    });
    if (run.status === 'Succeeded') expect([broken, again.version?.tags.mlops_approval, again.approvals.length > 0]).toEqual([broken, 'approved', true]);
    else expect([broken, run.code, (run.message ?? '').length > 5]).toEqual([broken, 'PromotionFailed', true]);
    return [broken, run.status];
  });
  if (['429', '500', 'no answer', 'a lost answer'].includes(name)) expect(ends.filter(([, status]) => status !== 'Succeeded')).toEqual([]);
});
