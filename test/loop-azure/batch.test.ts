import { ServingEndpointProps } from '../../src/azure';
import { ContainerImage, Serving } from '../../src/core';
import { armFailure, FakeAzure } from '../support/azure-service';
import { ServingWorld } from '../support/azure-serving';
import { workflowDefinition } from '../support/azure-workflow';
import { LogicApps, Run } from '../support/logic-apps';

const MODEL = new ServingWorld().registry.modelContainerId;
const APPROVALS = 'store/approvals';

/** Both workflows of batch predictions, and the Azure that they call. */
class Batch {
  public readonly azure = new FakeAzure();
  public readonly apps: LogicApps = this.azure.host('2026-03-01T00:00:00Z');

  public constructor(props: Partial<ServingEndpointProps> = {}) {
    const world = new ServingWorld({ serving: Serving.batch(), ...props });
    const { config } = world;
    this.apps.deploy('batch', workflowDefinition(config, 'Serving_Batch'));
    if (props.model === undefined) this.apps.deploy('rollout', workflowDefinition(config, 'Serving_Rollout'));
    this.azure.storage.write('store/raw/batch/input/today.csv', 'age\n20\n');
    this.version('3').version('4');
  }

  public version(version: string, tags: object = { mlops_image: `images.azurecr.io/churn:${version}` }): this {
    this.azure.has(`${MODEL}/versions/${version}`, {
      properties: { modelType: 'custom_model', modelUri: `azureml://datastores/lake_artifacts/paths/training/run-${version}/model`, tags },
    });
    return this;
  }

  public approve(version: unknown): Run {
    this.azure.storage.send(APPROVALS, { version }, this.apps.now);
    this.apps.settle();
    return this.apps.runsOf('rollout').at(-1)!;
  }

  public predict(): Run {
    const run = this.apps.start('batch');
    this.apps.settle();
    return run;
  }

  public get remembered(): any {
    const name = this.azure.storage.names('store/artifacts/serving/').find((each) => each.endsWith('/approved.json'));
    return name && JSON.parse(this.azure.storage.read(name)!);
  }
}

test('a run predicts with the version that was approved last, into a folder of its own', () => {
  const batch = new Batch();
  expect(batch.approve('3')).toMatchObject({ status: 'Succeeded' });
  expect(batch.approve('4')).toMatchObject({ status: 'Succeeded' });
  expect(batch.azure.resource(`${MODEL}/versions/4`).properties.tags).toEqual({ mlops_image: 'images.azurecr.io/churn:4', mlops_approval: 'approved' });
  const run = batch.predict();
  expect(run.status).toBe('Succeeded');
  expect(batch.azure.jobs).toHaveLength(1);
  const { properties } = batch.azure.jobs[0];
  expect(properties).toMatchObject({
    jobType: 'Command',
    command: expect.stringContaining('MLOPS_INPUT_DIR="${{inputs.rows}}" MLOPS_MODEL_DIR="${{inputs.model}}" MLOPS_OUTPUT_DIR="${{outputs.answers}}" python /opt/program/main.py predict ||'),
    inputs: {
      rows: { jobInputType: 'uri_folder', mode: 'ReadOnlyMount', uri: 'azureml://datastores/lake_raw/paths/batch/input/' },
      model: { jobInputType: 'uri_folder', mode: 'Download', uri: 'azureml://datastores/lake_artifacts/paths/training/run-4/model' },
    },
    outputs: { answers: { jobOutputType: 'uri_folder', mode: 'ReadWriteMount', uri: `azureml://datastores/lake_artifacts/paths/batch/output/${run.id.toLowerCase()}/` } },
    environmentVariables: { MLOPS_BATCH_ROWS: '256' },
    resources: { instanceCount: 1 },
  });
  expect(batch.azure.resource(properties.environmentId).properties.image).toBe('images.azurecr.io/churn:4');
  expect(properties.environmentId).toMatch(/\/versions\/images\.azurecr\.io_churn_4$/);
});

test('going back is approving an earlier version again; a renewal and a message that comes late change nothing', () => {
  const batch = new Batch();
  batch.approve('4');
  batch.approve('3');
  expect(batch.remembered.version).toBe('3');
  batch.azure.storage.send(APPROVALS, { renew: true }, batch.apps.now);
  // It was put in long before the newest approval.
  batch.azure.storage.send(APPROVALS, { version: '4' }, Date.parse('2026-02-01T00:00:00Z'));
  batch.apps.settle();
  expect(batch.apps.runsOf('rollout').map(({ status }) => status)).toEqual(Array(4).fill('Succeeded'));
  expect(batch.remembered.version).toBe('3');
});

test('without an approval, and without input, a run ends quietly', () => {
  const batch = new Batch();
  expect(batch.predict()).toMatchObject({ status: 'Succeeded', variables: { outcome: 'no model' } });
  batch.approve('3');
  batch.azure.storage.write('store/raw/batch/input/today.csv', '');
  expect(batch.predict()).toMatchObject({ status: 'Succeeded', variables: { outcome: 'no input' } });
  expect(batch.azure.jobs).toEqual([]);
});

test.each<[string, unknown, string | RegExp]>([
  ['no version', 'newest', /the approval names no version: want \{"version": "3"\}, got .*newest/],
  ['a version that is not registered', '9', /Version_read: 404/],
  ['a version that was rejected', '5', 'version 5 is rejected: set its tag mlops_approval to pending, then approve it again'],
])('an approval of %s is a failure, and what was approved before stays', (_, version, why) => {
  const batch = new Batch().version('5', { mlops_approval: 'rejected' });
  batch.approve('3');
  const run = batch.approve(version);
  expect([run.status, run.code]).toEqual(['Failed', 'RolloutFailed']);
  expect(run.message).toMatch(why);
  expect(batch.remembered.version).toBe('3');
});

test('a failed job is a failure of the run, with the job\'s own reason', () => {
  const batch = new Batch();
  batch.approve('3');
  batch.azure.course = () => ({ ends: 'Failed', error: { code: 'UserError', message: 'none of 7 rows could be answered' } });
  const run = batch.predict();
  expect([run.status, run.code]).toEqual(['Failed', 'BatchFailed']);
  expect(run.message).toMatch(/^job predict-\S+ ended as Failed: none of 7 rows could be answered$/);
  expect(batch.azure.jobs).toHaveLength(1);
});

test('a version without an image takes that of the endpoint, or fails', () => {
  const without = new Batch().version('5', {});
  without.approve('5');
  expect(without.predict().message).toBe('version 5 says no image: give it the tag mlops_image, or the endpoint an image');
  const given = new Batch({ image: ContainerImage.fromUri('images.azurecr.io/churn@sha256:abc') }).version('5', {});
  given.approve('5');
  expect(given.predict().status).toBe('Succeeded');
  expect(given.azure.jobs[0].properties.environmentId).toMatch(/\/versions\/images\.azurecr\.io_churn_sha256_abc$/);
});

test.each([429, 500, 403])('every call that fails once with %s is made again', (code) => {
  const batch = new Batch();
  const failed = new Set<string>();
  batch.azure.interfere = (call) => {
    const key = `${call.method} ${call.url}`;
    if (call.method === 'GET' && call.url.includes('/messages')) return undefined;
    if (failed.has(key) || (code === 403 && /\/approved\.json|\/versions\/\d+\?|\/messages\//.test(call.url))) return undefined;
    failed.add(key);
    return armFailure(code, 'Passing', 'it passes');
  };
  expect(batch.approve('3').status).toBe('Succeeded');
  expect(batch.predict().status).toBe('Succeeded');
  expect(batch.azure.jobs).toHaveLength(1);
});
