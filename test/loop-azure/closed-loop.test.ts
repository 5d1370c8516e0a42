import { ModelSource } from '../../src/azure/model-source';
import { ServingEndpoint } from '../../src/azure/serving-endpoint';
import { Approval } from '../../src/core/model-registry';
import { resourceAt } from '../support/azure';
import { DriftWorld } from '../support/azure-drift';
import { FakeOnline } from '../support/azure-online';
import { FakeTraining, TrainingWorld } from '../support/azure-training';
import { Run } from '../support/logic-apps';

/** Lake, registry, training and endpoint of one stack, as a blueprint puts them together. */
class Loop extends TrainingWorld {
  public readonly serving = new ServingEndpoint(this.stack, 'Serving', {
    data: this.data, workspace: this.workspace, model: ModelSource.latestApproved(this.registry),
  });
}

const loop = new Loop({}, { group: { resourceGroupName: 'ml' }, registry: { approval: Approval.automatic() } });
const APPROVALS = `store/${loop.registry.approvalQueueUrl.split('/').pop()}`;

/** The endpoint, with what the training has registered. */
function endpointAfter(training: FakeTraining): FakeOnline {
  const online = new FakeOnline(loop.definition('Serving_Rollout'), ['1']);
  for (const [version, { tags }] of Object.entries(training.versions)) online.registers(version, tags);
  return online;
}

/** Hands the training's messages to the rollout, as the queue does. */
function rollOut(online: FakeOnline, training: FakeTraining): Run {
  for (const message of training.approvals) online.azure.storage.send(APPROVALS, message, online.apps.now);
  online.apps.settle(60);
  return online.apps.runs.at(-1)!;
}

test('a version that training registers and approves goes live by the message that it sends', () => {
  const training = new FakeTraining(loop);
  expect(training.run().status).toBe('Succeeded');
  const [version] = Object.keys(training.versions);
  expect(training.approvals).toEqual([{ version }]);
  const online = endpointAfter(training);
  const run = rollOut(online, training);
  expect([run.status, run.message, run.variables.outcome]).toEqual(['Succeeded', undefined, 'live']);
  expect(online.traffic).toEqual({ [version]: 100 });
});

test('the message goes to the queue that the endpoint looks into', () => {
  const { triggers: { Message: { inputs: { uri } } } } = loop.definition('Serving_Rollout');
  expect(uri).toBe(`${loop.registry.approvalQueueUrl}/messages`);
  expect(resourceAt(loop.config, 'azurerm_storage_queue', 'Registry_Approvals').name).toBe(APPROVALS.slice('store/'.length));
});

test('drift trains again, and the new version takes the place of the old', () => {
  const drift = new DriftWorld({ drift: { retrain: true } });
  expect(drift.run().status).toBe('Succeeded');
  const training = new FakeTraining(loop);
  training.nextVersion = '2';
  expect(training.run(drift.asked()[0]).status).toBe('Succeeded');
  const online = endpointAfter(training).has('1', 100);
  expect(rollOut(online, training).variables.outcome).toBe('live');
  expect(online.traffic).toEqual({ 2: 100 });
  expect(online.deleted).toEqual(['1']);
});

test('a version that is worse than the live one is taken back, and somebody is notified', () => {
  const training = new FakeTraining(loop);
  training.nextVersion = '2';
  training.run();
  const online = endpointAfter(training).has('1', 100);
  online.numbers = (version) => ({ answers: 1000, errors: version === '2' ? 500 : 0 });
  expect(rollOut(online, training)).toMatchObject({ status: 'Failed', code: 'RolloutFailed', message: expect.stringContaining('version 2 was rolled back') });
  expect(online.traffic).toEqual({ 1: 100 });
});
