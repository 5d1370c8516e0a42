import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as sagemaker from 'aws-cdk-lib/aws-sagemaker';
import * as fc from 'fast-check';
import { DataLake } from '../../src/aws/data-lake';
import { ModelRegistry } from '../../src/aws/model-registry';
import { SageMakerCapacity } from '../../src/aws/sagemaker-capacity';
import { TrainingInputMode } from '../../src/aws/training-input';
import { TrainingPipeline } from '../../src/aws/training-pipeline';
import { TrainingPipelineProps } from '../../src/aws/training-pipeline-props';
import { Accelerator } from '../../src/core/accelerator';
import { Capacity } from '../../src/core/capacity';
import { ContainerImage } from '../../src/core/container-image';
import { QualityGate } from '../../src/core/quality-gate';
import { Schedule } from '../../src/core/schedule';
import { Trigger } from '../../src/core/trigger';
import { faultsOf, readDefinition } from '../support/pipeline-definition';

const accelerators = Object.values(Accelerator).filter((each): each is Accelerator => each instanceof Accelerator);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/);
const number = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 5 }) }, fc.integer({ min: -1, max: 1000 }), fc.constantFrom(0.5, NaN, Infinity));

const compute = fc.record({
  accelerator: maybe(fc.constantFrom(...accelerators)),
  acceleratorCount: maybe(fc.constantFrom(1, 2, 4, 8, 0)),
  vcpus: maybe(number),
  memoryGiB: maybe(number),
  instanceCount: maybe(number),
  volumeGiB: maybe(number),
});
const capacity = fc.oneof(
  fc.constant(Capacity.onDemand()),
  maybe(fc.integer({ min: 1, max: 100 })).map((maxWaitHours) => Capacity.spot({ maxWaitHours })),
  fc.constantFrom('plan', 'arn:aws:sagemaker:eu-west-1:111122223333:training-plan/churn').map((plan) => Capacity.reserved(plan)),
  fc.integer({ min: 1, max: 360 }).map((keepAliveMinutes) => SageMakerCapacity.warmPool({ keepAliveMinutes })),
);
const trigger = fc.oneof(fc.constant(Trigger.schedule(Schedule.hourly())), fc.stringMatching(/^[a-z]{1,5}\/$/).map((prefix) => Trigger.newData(prefix)));
const gate = fc.tuple(name, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
  .map(([metric, threshold, up]) => (up ? QualityGate.atLeast(metric, threshold) : QualityGate.atMost(metric, threshold)));
const wishes = fc.record({
  compute: maybe(compute),
  capacity: maybe(capacity),
  datasetPrefix: maybe(fc.constantFrom('dataset/', 'a/b/', 'c/', '/dataset/')),
  prepare: maybe(fc.boolean()),
  hyperparameters: maybe(fc.dictionary(name, fc.string())),
  qualityGates: maybe(fc.array(gate, { maxLength: 3 })),
  maxRuntimeHours: maybe(number),
  retries: maybe(number),
  triggers: maybe(fc.array(trigger, { maxLength: 2 })),
  instanceType: maybe(fc.constantFrom('ml.m5.large', 'ml.g5.8xlarge', 'ml.new.large', 'ml.c8g.large')),
  processingInstanceType: maybe(fc.constantFrom('ml.m5.large', 'ml.g5.xlarge', 'ml.p4d.24xlarge')),
  inVpc: fc.boolean(),
  networkIsolation: maybe(fc.boolean()),
  interContainerEncryption: maybe(fc.boolean()),
  efa: maybe(fc.boolean()),
  inputMode: maybe(fc.constantFrom(...Object.values(TrainingInputMode))),
  validationChannel: maybe(fc.boolean()),
  cacheExpiry: maybe(fc.constant(Duration.days(1))),
}, { requiredKeys: ['inVpc'] });

const image = ContainerImage.fromUri('111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1');

function definition({ inVpc, ...extra }: Partial<TrainingPipelineProps> & { inVpc: boolean }): any {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  const vpc = inVpc ? new ec2.Vpc(stack, 'Vpc', { maxAzs: 1, natGateways: 0 }) : undefined;
  const data = new DataLake(stack, 'Data');
  const training = new TrainingPipeline(stack, 'Training', { image, data, registry: new ModelRegistry(stack, 'Registry'), vpc, ...extra });
  return readDefinition(stack.resolve((training.node.defaultChild as sagemaker.CfnPipeline).pipelineDefinition).PipelineDefinitionBody);
}

test('any wish becomes a definition without faults, or an error of ours that names the prop', () => {
  let made = 0;
  fc.assert(fc.property(wishes, (wish) => {
    let built: any;
    try {
      built = definition(wish as any);
    } catch (error) {
      expect((error as Error).constructor).toBe(Error);
      expect((error as Error).message).toMatch(/^training pipeline 'Training': .*\b(compute\.\w+|compute must|no training instance type|capacity|datasetPrefix|hyperparameters|maxRuntimeHours|retries|instanceType|processingInstanceType|efa|cacheExpiry)\b/);
      return;
    }
    made += 1;
    expect(faultsOf(built)).toEqual([]);
  }), { seed: 20260101, numRuns: 300 });
  expect(made).toBeGreaterThan(30);
}, 120_000);

test('any legal wish becomes a definition', () => {
  const legal = fc.record({
    compute: maybe(fc.record({
      vcpus: fc.integer({ min: 1, max: 96 }), instanceCount: fc.integer({ min: 1, max: 9 }), volumeGiB: fc.integer({ min: 1, max: 500 }),
    })),
    prepare: fc.boolean(),
    qualityGates: fc.array(gate, { maxLength: 5 }),
    hyperparameters: fc.dictionary(name.map((each) => `h${each}`), fc.string({ maxLength: 100 })),
    maxRuntimeHours: fc.integer({ min: 1, max: 24 }),
    retries: fc.integer({ min: 0, max: 5 }),
    capacity: fc.constantFrom(Capacity.onDemand(), Capacity.spot(), SageMakerCapacity.warmPool({ keepAliveMinutes: 5 })),
    triggers: fc.array(trigger, { maxLength: 2 }),
    inVpc: fc.boolean(),
  });
  fc.assert(fc.property(legal, (wish) => {
    expect(faultsOf(definition(wish as any))).toEqual([]);
  }), { seed: 20260102, numRuns: 100 });
}, 120_000);
