import { Approval } from '../../src/core/model-registry';
import { QualityGate } from '../../src/core/quality-gate';
import { FakeTraining, TrainingWorld } from '../support/google-training';

test('a run by hand prepares, trains, evaluates and registers the first version', () => {
  const vertex = new FakeTraining();
  const run = vertex.run(new TrainingWorld({ prepare: true }));
  expect(vertex.jobs.map(({ labels }) => labels.step)).toEqual(['prepare', 'train', 'evaluate']);
  expect(vertex.uploads).toEqual([expect.objectContaining({ modelId: 'churn' })]);
  expect(vertex.uploads[0].parentModel).toBeUndefined();
  expect(run.result).toEqual({ outcome: 'registered', run: expect.any(String), version: '3', metrics: { auc: 0.95, rmse: 1.5 } });
});

test('registering does not approve unless the registry says so', () => {
  const [manual, automatic] = [new FakeTraining(), new FakeTraining()];
  manual.run(new TrainingWorld());
  automatic.run(new TrainingWorld({}, { approval: Approval.automatic() }));
  expect(manual.published).toEqual([]);
  expect(automatic.published).toEqual([{ topic: expect.stringContaining('google_pubsub_topic.Registry_Approvals'), data: { version: '3' } }]);
});

test('a gate that does not hold registers nothing, and is no error', () => {
  const vertex = new FakeTraining();
  const run = vertex.run(new TrainingWorld({ qualityGates: [QualityGate.atLeast('auc', 0.97), QualityGate.atMost('rmse', 2)] }));
  expect(run.error).toBeUndefined();
  expect(run.result).toMatchObject({ outcome: 'rejected', reasons: ['auc is 0.95, want at least 0.97'] });
  expect(vertex.uploads).toEqual([]);
});
