import { MonitoringAlertPolicy } from '@cdktf/provider-google/lib/monitoring-alert-policy';
import { MonitoringNotificationChannel } from '@cdktf/provider-google/lib/monitoring-notification-channel';
import { TerraformStack } from 'cdktf';
import {
  ContainerImage, FeatureType, MaturityModel, QualityGate, Rollout, Schedule, Trigger,
} from '../../../../src/core';
import { MaturityGrade } from '../../../../src/core/private/maturity-grade';
import {
  DataLake, DeliveryPipeline, ExperimentTracker, FeatureStore, GoogleProject, GovernanceGuardrails, ModelRegistry, ModelSource, MonitoringStack,
  ServingEndpoint, TrainingPipeline, Workspace,
} from '../../../../src/gcp';
import { PRESENCE_RULES, RULES } from '../../../../src/gcp/policies';
import { gradeOf, PROOFS } from '../../../../src/gcp/private/policy/maturity-evidence';
import { evaluate } from '../../../../src/terraform/policy/evaluate';
import { Landscape } from '../../../../src/terraform/policy/resource-view';
import { googleStack } from '../../../support/terraform';

const image = ContainerImage.fromUri(`europe-west4-docker.pkg.dev/my-project/images/churn@sha256:${'a'.repeat(64)}`);
const alertEmails = ['ml@example.com'];

/** Everything that the constructs can do for one product, but for what is left out. */
function product(leftOut: string[] = []): TerraformStack {
  const stack = googleStack();
  const has = (what: string) => !leftOut.includes(what);
  const { network } = GoogleProject.of(stack);
  const data = new DataLake(stack, 'Data');
  const tracking = new ExperimentTracker(stack, 'Tracking', { data });
  if (has('workspace')) new Workspace(stack, 'Workspace', { data, tracking });
  if (has('features')) {
    new FeatureStore(stack, 'Features', {
      data,
      featureGroups: [{
        name: 'customers', entityKey: 'id', eventTime: 'time', features: [{ name: 'id', valueType: FeatureType.STRING }, { name: 'time', valueType: FeatureType.STRING }],
      }],
    });
  }
  const registry = new ModelRegistry(stack, 'Registry', { data, modelName: 'churn' });
  const training = new TrainingPipeline(stack, 'Training', {
    data,
    registry,
    image,
    network,
    tracking: has('recording') ? tracking : undefined,
    qualityGates: has('gates') ? [QualityGate.atLeast('auc', 0.8)] : undefined,
    triggers: has('triggers') ? [Trigger.schedule(Schedule.weekly()), Trigger.newData('dataset/')] : undefined,
  });
  const endpoint = new ServingEndpoint(stack, 'Serving', { data, image, model: ModelSource.latestApproved(registry), capture: {}, rollout: Rollout.canary() });
  new MonitoringStack(stack, 'Monitoring', {
    data,
    registry,
    training,
    endpoint,
    image,
    network,
    alertEmails,
    drift: has('drift') ? { retrain: has('retrain') } : undefined,
    modelQuality: has('labels') ? { gates: [QualityGate.atLeast('accuracy', 0.8)] } : undefined,
  });
  if (has('delivery')) new DeliveryPipeline(stack, 'Delivery', { repository: 'acme/churn', stateBucketName: 'state-bucket' });
  new GovernanceGuardrails(stack, 'Governance', {
    data,
    registry,
    policyChecks: false,
    auditLog: has('audit'),
    budget: { monthlyUsd: 500, alertEmails },
    modelCard: has('card') ? { intendedUse: 'ranks customers by their risk to leave', owner: 'churn team' } : undefined,
  });
  return stack;
}

function graded(stack: TerraformStack): MaturityGrade {
  const landscapes = [new Landscape(stack)];
  return gradeOf(landscapes, evaluate(landscapes, RULES, PRESENCE_RULES));
}

const missing = ({ practices }: MaturityGrade) => practices.filter((each) => each.evidence.length === 0).map((each) => each.practice);

test('everything together is level 2', () => {
  const grade = graded(product());
  expect(missing(grade)).toEqual([]);
  expect(grade.level).toBe(2);
});

test('everything together breaks no policy', () => {
  const rows = evaluate([new Landscape(product())], RULES, PRESENCE_RULES);
  const open = rows.filter(({ verdict }) => verdict === 'violation' || verdict === 'undecided').map(({ policy, resource }) => `${policy} ${resource}`);
  expect(open.filter((each) => !each.startsWith('MLOPS-TAG-01'))).toEqual(['MLOPS-IAM-04 Stack']);
});

test.each([
  ['workspace', ['collaboration'], 1],
  ['recording', ['experiment tracking'], undefined],
  ['features', ['feature store'], 0],
  ['triggers', ['continuous training'], 0],
  ['gates', ['automated tests'], 0],
  ['delivery', ['CI/CD of pipelines and infrastructure'], 1],
  ['labels', ['model quality with ground truth'], 1],
  ['retrain', ['retraining on drift'], 1],
  ['audit', ['governance'], 1],
  ['card', ['governance'], 1],
])('without %s there is no %j', (what, practices, level) => {
  const grade = graded(product([what]));
  expect(missing(grade)).toEqual(practices);
  expect(grade.level).toBe(level);
});

describe('an alert of yours on drift', () => {
  /** A policy on the share of drift that publishes to a topic. */
  function alerting(topicOf: (stack: TerraformStack) => string): string[] {
    const stack = product(['retrain']);
    const channel = new MonitoringNotificationChannel(stack, 'Mine', { type: 'pubsub', labels: { topic: topicOf(stack) } });
    new MonitoringAlertPolicy(stack, 'Drifts', {
      displayName: 'Drifts',
      combiner: 'OR',
      conditions: [{ displayName: 'share', conditionThreshold: { filter: 'metric.type="custom.googleapis.com/x/drift_share"', duration: '0s', comparison: 'COMPARISON_GT' } }],
      notificationChannels: [channel.name],
    });
    return missing(graded(stack));
  }

  const childOf = <T>(stack: TerraformStack, id: string) => stack.node.findChild(id) as T;

  test('that starts the training is retraining on drift', () => {
    expect(alerting((stack) => childOf<TrainingPipeline>(stack, 'Training').startTopicId)).toEqual([]);
  });

  test('that tells another topic is none', () => {
    expect(alerting((stack) => childOf<ModelRegistry>(stack, 'Registry').approvalTopicId)).toEqual(['retraining on drift']);
  });
});

test('an empty stack proves nothing', () => {
  const grade = graded(googleStack());
  expect(missing(grade)).toEqual(MaturityModel.PRACTICES.map(({ name }) => name));
  expect(grade.level).toBeUndefined();
});

test('there is a proof of every practice of the model', () => {
  expect(Object.keys(PROOFS).sort()).toEqual(MaturityModel.PRACTICES.map(({ name }) => name).sort());
});
