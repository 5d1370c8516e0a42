import { ContainerImage, QualityGate, Serving } from '../../src/core';
import { Level1Blueprint, Level1BlueprintProps, RemovalPolicy, VertexServing } from '../../src/gcp';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized } from '../support/terraform';

const level1 = (props: Partial<Level1BlueprintProps>, context: { readonly [key: string]: unknown } = {}) => {
  const stack = googleStack({}, context);
  new Level1Blueprint(stack, 'Churn', {
    modelName: 'churn',
    image: ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/churn:1'),
    training: { qualityGates: [QualityGate.atLeast('auc', 0.8)] },
    ...props,
  });
  return synthesized(stack);
};

test.each([['neutral', Serving.batch()], ['Vertex AI\'s own', VertexServing.batch({ instancesFormat: 'csv' })]])('a blueprint takes batch predictions in %s words', (_, serving) => {
  const config = level1({ serving: { serving } });
  expect(resourcesOf(config, 'google_vertex_ai_endpoint')).toEqual([]);
  expect(resourceAt(config, 'google_cloud_scheduler_job', 'Churn_Serving_Schedule')).toBeDefined();
});

test('a blueprint\'s captured requests go with its data', () => {
  const captured = (config: ReturnType<typeof level1>) => resourceAt(config, 'google_bigquery_table', 'Churn_Serving_Capture').lifecycle;
  expect(captured(level1({}))).toEqual({ prevent_destroy: true });
  expect(captured(level1({ removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true }))).toEqual({ prevent_destroy: false });
  expect(onlyResource(level1({}), 'google_vertex_ai_endpoint').predict_request_response_logging_config.enabled).toBe(true);
});
