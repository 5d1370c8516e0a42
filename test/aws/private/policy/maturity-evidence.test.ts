import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Level0Blueprint, Level1Blueprint, Level2Blueprint } from '../../../../src/aws/blueprints';
import { BlueprintProps } from '../../../../src/aws/blueprints/blueprint-props';
import { ExperimentTracker } from '../../../../src/aws/experiment-tracker';
import { PRESENCE_RULES, RULES } from '../../../../src/aws/policies';
import { evaluate, landscapesOf } from '../../../../src/aws/private/policy/compliance';
import { gradeOf, MaturityGrade, PROOFS } from '../../../../src/aws/private/policy/maturity-evidence';
import { TrainingPipeline } from '../../../../src/aws/training-pipeline';
import { ContainerImage, FeatureType, MaturityModel, QualityGate, Schedule, Trigger } from '../../../../src/core';

/** One product with everything that its owner has to say. */
const product: BlueprintProps = {
  modelName: 'churn',
  image: ContainerImage.fromUri(`111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn@sha256:${'a'.repeat(64)}`),
  alertEmails: ['ml@example.com'],
  features: {
    featureGroups: [{
      name: 'customers', entityKey: 'id', eventTime: 'time', features: [{ name: 'id', valueType: FeatureType.STRING }, { name: 'time', valueType: FeatureType.FLOAT }],
    }],
  },
  training: { qualityGates: [QualityGate.atLeast('auc', 0.8)], triggers: [Trigger.schedule(Schedule.weekly()), Trigger.newData('dataset/')] },
  monitoring: { modelQuality: { gates: [QualityGate.atLeast('auc', 0.75)] } },
  delivery: { repository: 'acme/churn' },
  governance: {
    budget: { monthlyUsd: 500, alertEmails: ['ml@example.com'] },
    modelCard: { intendedUse: 'ranks customers by their risk to leave', owner: 'churn team' },
  },
};

function graded(build: (stack: Stack) => void): MaturityGrade {
  jest.spyOn(console, 'error').mockImplementation();
  const app = new App({ builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Stack');
  build(stack);
  // Reasons of wildcards are written when the tree is final.
  app.synth();
  const landscapes = landscapesOf([stack]);
  return gradeOf(landscapes, evaluate(landscapes, RULES, PRESENCE_RULES));
}

const missing = ({ practices }: MaturityGrade, level: number) => practices
  .filter((each) => each.fromLevel <= level && each.evidence.length === 0).map((each) => each.practice);

test('every practice of the model has a proof', () => {
  expect(Object.keys(PROOFS)).toEqual(MaturityModel.PRACTICES.map(({ name }) => name));
});

test('a stack of nothing proves nothing', () => {
  const grade = graded((stack) => new CfnResource(stack, 'Topic', { type: 'AWS::SNS::Topic' }));
  expect(grade.level).toBeUndefined();
  expect(missing(grade, 2)).toHaveLength(MaturityModel.PRACTICES.length);
});

test.each([
  [0, (stack: Stack) => new Level0Blueprint(stack, 'Churn', product)],
  [1, (stack: Stack) => new Level1Blueprint(stack, 'Churn', product)],
  [2, (stack: Stack) => new Level2Blueprint(stack, 'Churn', product)],
])('the blueprint of level %i reaches it, by what is in it', (level, build) => {
  const grade = graded(build);
  expect(missing(grade, level)).toEqual([]);
  expect(grade.level).toBe(level);
});

test('a tracker proves no tracking beside a training that does not record its runs', () => {
  const grade = graded((stack) => {
    const { data, registry, tracking } = new Level0Blueprint(stack, 'Churn', product);
    expect(tracking).toBeInstanceOf(ExperimentTracker);
    new TrainingPipeline(stack, 'Training', { data, registry, image: product.image, qualityGates: [QualityGate.atLeast('auc', 0.8)] });
  });
  expect(missing(grade, 0)).toEqual(['experiment tracking']);
  expect(grade.level).toBeUndefined();
});

test('a training that records its runs is what proves tracking, wherever the tracker is', () => {
  const { practices } = graded((stack) => new Level1Blueprint(stack, 'Churn', product));
  const tracking = practices.find(({ practice }) => practice === 'experiment tracking');
  expect(tracking?.evidence).toEqual(['Stack/Churn/Training/Resource']);
});

test('one bucket without versions takes the practice away', () => {
  const grade = graded((stack) => {
    new Level0Blueprint(stack, 'Churn', product);
    new CfnResource(stack, 'Bucket', { type: 'AWS::S3::Bucket' });
  });
  expect(missing(grade, 0)).toEqual(['data versioning and lineage', 'encryption and access control']);
  expect(grade.level).toBeUndefined();
});
