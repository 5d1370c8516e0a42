import { Approval } from '../../src/core/model-registry';
import { ModelSource, ServingEndpoint } from '../../src/gcp';
import { approval, FakeVertex } from '../support/google-endpoint';
import { FakeTraining, TrainingWorld } from '../support/google-training';
import { resourceAt } from '../support/terraform';
import { definitionOf, runWorkflow } from '../support/workflows';

/** Lake, registry, training and endpoint of one stack, as a blueprint puts them together. */
class Loop extends TrainingWorld {
  public readonly serving = new ServingEndpoint(this.stack, 'Serving', { data: this.data, model: ModelSource.latestApproved(this.registry) });

  public override get definition(): any {
    return this.at('Training_Workflow');
  }

  public get rollout(): any {
    return this.at('Serving_Rollout');
  }

  private at(path: string): any {
    return definitionOf({ resource: { google_workflows_workflow: { it: resourceAt(this.config, 'google_workflows_workflow', path) } } });
  }
}

const loop = new Loop({}, { approval: Approval.automatic() });

test('a version that training registers and approves goes live by the message that it sends', () => {
  const training = new FakeTraining();
  expect(training.run(loop).result).toMatchObject({ outcome: 'registered', version: '3' });
  const [sent] = training.published;
  const vertex = new FakeVertex();
  const run = runWorkflow(loop.rollout, { argument: approval(sent.data.version), respond: vertex.respond, now: '2026-01-01T00:00:10Z' });
  expect(run.result).toBe('live');
  expect(vertex.traffic).toEqual({ 3: 100 });
  expect(vertex.deployments[0].deployedModel.model).toBe('projects/my-project/locations/europe-west4/models/churn@3');
});

test('the message goes to the topic that the endpoint listens to', () => {
  const training = new FakeTraining();
  training.run(loop);
  const { topic } = resourceAt(loop.config, 'google_eventarc_trigger', 'Serving_Approved').transport.pubsub;
  expect(training.published[0].topic).toBe(`https://pubsub.googleapis.com/v1/<${topic.slice(2, -1)}>:publish`);
});

test('an alert of yours that opens trains again, and the new version takes the place of the old', () => {
  const [training, vertex] = [new FakeTraining(), new FakeVertex().has('1', 100)];
  training.modelExists = true;
  const alert = Buffer.from(JSON.stringify({ incident: { state: 'open', policy_name: 'drift' } })).toString('base64');
  const retrained = training.run(loop, { type: 'google.cloud.pubsub.topic.v1.messagePublished', data: { message: { data: alert } } });
  expect(retrained.result.outcome).toBe('registered');
  runWorkflow(loop.rollout, { argument: approval(training.published[0].data.version), respond: vertex.respond, now: '2026-01-01T00:00:10Z' });
  expect(vertex.traffic).toEqual({ 3: 100 });
  expect(vertex.undeployed).toEqual(['1']);
});
