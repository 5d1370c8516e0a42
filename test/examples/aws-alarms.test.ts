import { Stack } from 'aws-cdk-lib';
import { Template as Assertions } from 'aws-cdk-lib/assertions';
import { DataLake, ModelRegistry, ModelSource, MonitoringStack, ServingEndpoint, TrainingPipeline } from '../../src/aws';
import { ContainerImage, Schedule, Serving, Trigger } from '../../src/core';
import { Template, templateOf } from '../support/examples';
import { strictApp } from '../support/judges';
import { IMAGE } from '../support/serving';

const ofType = (template: Template, type: string) => Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
const text = (value: unknown) => JSON.stringify(value ?? null);
const refersTo = (value: unknown, id: string) => text(value).includes(`"${id}"`);

/** What tells somebody: alarms with an action, and rules with a target that is a topic. */
function tellers(template: Template): unknown[] {
  const topics = ofType(template, 'AWS::SNS::Topic').map(([id]) => id);
  return [
    ...ofType(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties).filter((alarm: any) => (alarm.AlarmActions ?? []).length > 0),
    ...ofType(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties).filter((rule: any) => topics.some((topic) => refersTo(rule.Targets, topic))),
  ];
}

/** Logical ids of what can fail with nobody beside it, and of which nobody is told. */
function untold(template: Template): string[] {
  const told = tellers(template);
  const isTold = (id: string) => told.some((each) => refersTo(each, id));
  const missing = (type: string) => ofType(template, type).map(([id]) => id).filter((id) => !isTold(id));
  // CloudFormation itself calls a function of a custom resource, and a deployment or deletion fails with it before
  // somebody's eyes.
  const ofDeployments = Object.values(template.Resources).map(({ Properties }) => Properties?.ServiceToken).filter((token) => token !== undefined);
  // A step of a pipeline that calls a function fails with it, and the failed pipeline notifies.
  const ofPipelines = ofType(template, 'AWS::SageMaker::Pipeline').filter(([id]) => isTold(id)).map(([, { Properties }]) => Properties);
  const functions = missing('AWS::Lambda::Function').filter((id) => ![...ofDeployments, ...ofPipelines].some((caller) => text(caller).includes(`"${id}"`)));
  return [...missing('AWS::StepFunctions::StateMachine'), ...missing('AWS::SageMaker::Pipeline'), ...missing('AWS::SQS::Queue'), ...functions];
}

/** Starts that have no queue for what could not be delivered. */
function withoutQueue(template: Template): string[] {
  const queues = ofType(template, 'AWS::SQS::Queue').map(([id]) => id);
  const hasQueue = (target: any) => queues.some((queue) => refersTo(target.DeadLetterConfig, queue));
  const rules = ofType(template, 'AWS::Events::Rule')
    .flatMap(([id, { Properties }]: [string, any]) => Properties.Targets.map((target: any, at: number) => [`${id} target ${at}`, target] as const));
  const schedules = ofType(template, 'AWS::Scheduler::Schedule').map(([id, { Properties }]: [string, any]) => [id, Properties.Target] as const);
  return [...rules, ...schedules].filter(([, target]) => !hasQueue(target)).map(([id]) => id);
}

/** A stack with everything, in a mode of serving. */
function everything(serving: Serving): Template {
  const stack = new Stack(strictApp(), 'Churn', { env: { account: '111122223333', region: 'eu-central-1' } });
  const data = new DataLake(stack, 'Data');
  const registry = new ModelRegistry(stack, 'Registry', { modelName: 'churn' });
  const training = new TrainingPipeline(stack, 'Training', { data, registry, image: IMAGE as ContainerImage, triggers: [Trigger.schedule(Schedule.daily()), Trigger.newData('incoming/')] });
  const endpoint = new ServingEndpoint(stack, 'Serving', { data, model: ModelSource.latestApproved(registry), serving });
  new MonitoringStack(stack, 'Monitoring', { data, registry, training, endpoint, alertEmails: ['team@example.com'] });
  return Assertions.fromStack(stack).toJSON() as Template;
}

describe.each<[string, () => Template]>([
  ['aws-level0', () => templateOf('aws-level0')],
  ['aws-level1', () => templateOf('aws-level1')],
  ['aws-level2', () => templateOf('aws-level2')],
  ['aws-integrations', () => templateOf('aws-integrations')],
  ['batch predictions', () => everything(Serving.batch())],
  ['an endpoint', () => everything(Serving.realTime())],
])('%s', (_, templateNamed) => {
  const template = templateNamed();

  test('tells somebody of whatever runs by itself and fails', () => {
    expect(untold(template)).toEqual([]);
  });

  test('has a queue for each start that cannot be delivered', () => {
    expect(withoutQueue(template)).toEqual([]);
  });
});
