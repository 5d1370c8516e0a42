import { TerraformVariable } from 'cdktf';
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

describe('a notebook of a blueprint', () => {
  test('writes the data set in the raw bucket alone, whose name may be that of what pipelines make', () => {
    const config = level1({ training: { datasetPrefix: 'training/' } });
    const written = resourcesOf(config, 'google_storage_bucket_iam_member')
      .filter(({ member, role }) => member.includes('Churn_Workspace_ServiceAccount') && role === 'roles/storage.objectUser')
      .map(({ bucket, condition }) => `${/Data_(Raw|Artifacts)/.exec(bucket)![1]} ${condition.title}`);
    expect(written.sort()).toEqual([
      'Artifacts objects below notebooks/', 'Artifacts objects below training/notebooks/',
      'Raw objects below notebooks/', 'Raw objects below training/', 'Raw objects below training/notebooks/',
    ]);
  });

  test.each([['data'], ['gs://raw/data/'], ['a"b/']])('refuses a data set at %s', (datasetPrefix) => {
    expect(() => level1({ training: { datasetPrefix } })).toThrow(new Error(
      `blueprint 'Stack/Churn': training.datasetPrefix must be a prefix of the raw bucket like 'dataset/', without quotes, \\ and $, got '${datasetPrefix}'`,
    ));
  });

  test('refuses a data set that only Terraform knows', () => {
    const datasetPrefix = new TerraformVariable(googleStack(), 'where', { type: 'string' }).stringValue;
    expect(() => level1({ training: { datasetPrefix } }))
      .toThrow(new Error("blueprint 'Stack/Churn': training.datasetPrefix must be known at synthesis, because other values are made from it, got a value that only the deployment knows"));
  });
});
