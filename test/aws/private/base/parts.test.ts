import { Stack } from 'aws-cdk-lib';
import {
  DataLake,
  ExperimentTracker,
  FeatureStore,
  GovernanceGuardrails,
  ModelRegistry,
  ModelSource,
  MonitoringStack,
  ServingEndpoint,
  TrainingPipeline,
  Workspace,
} from '../../../../src/aws';
import { ContainerImage } from '../../../../src/core';

const image = ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn:1');

describe('a construct without a part that it cannot be without, as JavaScript lets it be', () => {
  const stack = new Stack();
  const data = new DataLake(stack, 'Data');
  const registry = new ModelRegistry(stack, 'Registry', { data, modelName: 'churn' });
  const model = ModelSource.latestApproved(registry);
  const lake = 'data must be a data lake, as new DataLake(…) makes it, got';

  test.each<[string, new (scope: Stack, id: string, props: any) => unknown, object, string]>([
    ['an experiment tracker', ExperimentTracker, {}, `experiment tracker 'Default/A': ${lake} undefined`],
    ['a feature store', FeatureStore, { featureGroups: [] }, `feature store 'Default/A': ${lake} undefined`],
    ['a workspace', Workspace, { data: 'lake' }, `workspace 'Default/A': ${lake} 'lake'`],
    ['a monitoring stack', MonitoringStack, {}, `monitoring stack 'Default/A': ${lake} undefined`],
    ['guardrails', GovernanceGuardrails, {}, `governance guardrails 'Default/A': ${lake} undefined`],
    ['a training', TrainingPipeline, { image, registry }, `training pipeline 'Default/A': ${lake} undefined`],
    ['a training without a registry', TrainingPipeline, { image, data },
      "training pipeline 'Default/A': registry must be a model registry, as new ModelRegistry(…) makes it, got undefined"],
    ['an endpoint', ServingEndpoint, { model }, `serving endpoint 'Default/A': ${lake} undefined`],
    ['an endpoint without a model', ServingEndpoint, { data },
      "serving endpoint 'Default/A': model must be a model source, as ModelSource.latestApproved(…) makes it, got undefined"],
    ['an endpoint of a text', ServingEndpoint, { data, model: 'churn' },
      "serving endpoint 'Default/A': model must be a model source, as ModelSource.latestApproved(…) makes it, got 'churn'"],
    ['a rollout of a text', ServingEndpoint, { data, model, rollout: 'canary' },
      "serving endpoint 'Default/A': rollout must be a rollout, as Rollout.canary() makes it, got 'canary'"],
    ['a challenger of a text', ServingEndpoint, { data, model, challenger: 'shadow' },
      "serving endpoint 'Default/A': challenger must be a challenger, as Challenger.shadow() makes it, got 'shadow'"],
    ['a mode of a text', ServingEndpoint, { data, model, serving: 'real-time' },
      "serving endpoint 'Default/A': serving must be a mode of serving, as Serving.realTime() makes it, got 'real-time'"],
  ])('is refused: %s', (_, Made, props, message) => {
    stack.node.tryRemoveChild('A');
    expect(() => new Made(stack, 'A', props)).toThrow(message);
  });
});
