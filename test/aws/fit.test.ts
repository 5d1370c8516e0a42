import { App, Stack } from 'aws-cdk-lib';
import { DataLake } from '../../src/aws/data-lake';
import { ModelRegistry } from '../../src/aws/model-registry';
import { IModelRegistry } from '../../src/aws/model-registry-props';
import { ModelSource } from '../../src/aws/model-source';
import { MonitoringStack } from '../../src/aws/monitoring-stack';
import { ServingEndpoint } from '../../src/aws/serving-endpoint';
import { ServingEndpointAttributes } from '../../src/aws/serving-endpoint-attributes';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { ContainerImage, QualityGate } from '../../src/core';

const image = ContainerImage.fromUri('111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1');
const version = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/3';

/** Drift runs of an endpoint, compared with the versions of a registry. */
function watch(model: (stack: Stack) => ModelSource, registry: (stack: Stack) => IModelRegistry, props: object = { drift: {} }) {
  const stack = new Stack(new App(), 'Stack');
  const data = new DataLake(stack, 'Data');
  const endpoint = new ServingEndpoint(stack, 'Serving', { data, model: model(stack), capture: {} });
  return new MonitoringStack(stack, 'Monitoring', { data, endpoint, image, registry: registry(stack), ...props });
}

const churn = (stack: Stack) => stack.node.tryFindChild('Churn') as ModelRegistry | undefined ?? new ModelRegistry(stack, 'Churn', { modelName: 'churn' });
const fraud = (stack: Stack) => new ModelRegistry(stack, 'Fraud', { modelName: 'fraud' });
const who = "monitoring stack 'Stack/Monitoring': ";

describe('what drift is compared with', () => {
  test.each([
    ['drift', { drift: {} }], ['modelQuality', { modelQuality: { gates: [QualityGate.atLeast('auc', 0.8)] } }],
  ])('is refused for %s of an artifact, which has no reference', (prop, props) => {
    expect(() => watch(() => ModelSource.artifact({ image, key: 'm.tar.gz' }), churn, props)).toThrow(
      `${who}${prop} has nothing to compare with: 'Serving' serves an artifact, and only registered versions know their training reference: `
      + 'use ModelSource.package or ModelSource.latestApproved');
  });

  test.each<[string, (stack: Stack) => ModelSource]>([
    ['approved versions', (stack) => ModelSource.latestApproved(churn(stack))], ['one version', () => ModelSource.package(version)],
  ])('is refused where it is the registry of another model than that of %s', (_, model) => {
    expect(() => watch(model, fraud)).toThrow(`${who}registry 'Fraud' has the versions of fraud, and 'Serving' serves those of churn: give the registry of these`);
  });

  test.each<[string, (stack: Stack) => ModelSource, (stack: Stack) => IModelRegistry]>([
    ['the same registry', (stack) => ModelSource.latestApproved(churn(stack)), churn],
    ['a stage of it', (stack) => ModelSource.latestApproved(churn(stack).promotedTo('prod')), churn],
    ['the group of one version', () => ModelSource.package(version), churn],
  ])('is taken where it is %s', (_, model, registry) => {
    expect(() => watch(model, registry)).not.toThrow();
  });

  test('is taken of an endpoint that was made elsewhere', () => {
    const stack = new Stack(new App(), 'Stack');
    const data = new DataLake(stack, 'Data');
    const attributes: ServingEndpointAttributes = { endpointName: 'theirs', captureBucket: data.artifactBucket, capturePrefix: 'capture' };
    const endpoint = ServingEndpoint.fromEndpointAttributes(stack, 'Theirs', attributes);
    expect(() => new MonitoringStack(stack, 'Monitoring', { data, endpoint, image, registry: churn(stack), drift: {} })).not.toThrow();
  });
});

test.each([['churn', undefined], ['fraud', "training 'Training' trains fraud, and registry 'Churn' has the versions of churn: give the pipeline that trains these"]])(
  'the pipeline that drift starts trains the model that is served (%s)', (trained, refusal) => {
    const stack = new Stack(new App(), 'Stack');
    const data = new DataLake(stack, 'Data');
    const registry = churn(stack);
    const endpoint = new ServingEndpoint(stack, 'Serving', { data, model: ModelSource.latestApproved(registry), capture: {} });
    const training = new TrainingPipeline(stack, 'Training', { data, image, registry: trained === 'churn' ? registry : fraud(stack) });
    const made = () => new MonitoringStack(stack, 'Monitoring', { data, endpoint, image, registry, training, drift: { retrain: true } });
    if (refusal === undefined) expect(made).not.toThrow();
    else expect(made).toThrow(`${who}${refusal}`);
  });
