import { Lazy } from 'aws-cdk-lib';
import { Accelerator, Capacity, QualityGate, Schedule, Trigger } from '../../../../src/core';
import { datasetPrefixOf, resolvedTraining, spotWaitHours, TrainingInput } from '../../../../src/core/private/resolve/training';

const who = { what: 'training pipeline', name: 'T' };
const training = (input: TrainingInput = {}) => resolvedTraining(who, { image: { directory: 'app' }, ...input }, 120);

test('a training runs for a day at most on one machine on demand, twice again when the cloud fails, and starts manually', () => {
  expect(training()).toEqual({
    compute: {},
    instanceCount: 1,
    capacity: Capacity.onDemand(),
    datasetPrefix: 'dataset/',
    prepare: false,
    hyperparameters: {},
    qualityGates: [],
    maxRuntimeHours: 24,
    maxProcessingHours: 2,
    retries: 2,
    triggers: [],
  });
});

test('a choice of the user stays', () => {
  const given = {
    compute: { instanceCount: 4, accelerator: Accelerator.NVIDIA_T4 },
    capacity: Capacity.spot(),
    datasetPrefix: 'a/',
    prepare: true,
    hyperparameters: { depth: '3' },
    qualityGates: [QualityGate.atLeast('auc', 0.8)],
    maxRuntimeHours: 0.1,
    maxProcessingHours: 120,
    retries: 0,
    triggers: [Trigger.schedule(Schedule.daily())],
  };
  expect(training(given)).toEqual({ ...given, instanceCount: 4 });
  expect(datasetPrefixOf({})).toBe('dataset/');
});

const unknown = Lazy.number({ produce: () => 1 });

test.each<[string, TrainingInput, string]>([
  ['no machine', { compute: { instanceCount: 0 } }, 'compute.instanceCount must be a whole number between 1 and 1000, got 0'],
  ['more machines than any cloud gives', { compute: { instanceCount: 1001 } }, 'compute.instanceCount must be a whole number between 1 and 1000, got 1001'],
  ['no time', { maxRuntimeHours: 0 }, 'maxRuntimeHours must be between 0.1 and 672, got 0'],
  ['more than four weeks', { maxRuntimeHours: 673 }, 'maxRuntimeHours must be between 0.1 and 672, got 673'],
  ['no time to prepare', { maxProcessingHours: 0 }, 'maxProcessingHours must be between 0.1 and 120, got 0'],
  ['more time to prepare than the cloud gives', { maxProcessingHours: 121 }, 'maxProcessingHours must be between 0.1 and 120, got 121'],
  ['more than five retries', { retries: 6 }, 'retries must be a whole number between 0 and 5, got 6'],
  ['a hyperparameter that is no name', { hyperparameters: { 'a b': '1' } },
    "hyperparameters must be named with letters, digits, _ and -, at most 64, got 'a b'"],
  ['a long hyperparameter', { hyperparameters: { a: 'x'.repeat(1025) } },
    "hyperparameters.a must be at most 1024 characters long, got '1025 characters'"],
  ['text for a word of the vocabulary', { capacity: 'spot' as unknown as Capacity },
    "capacity must be a capacity, as Capacity.spot() makes it, got 'spot'"],
  ['a time that only the deployment knows', { maxRuntimeHours: unknown },
    'maxRuntimeHours must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
  ['a time to prepare that only the deployment knows', { maxProcessingHours: unknown },
    'maxProcessingHours must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
  ['a wait that only the deployment knows', { capacity: Capacity.spot({ maxWaitHours: unknown }) },
    'capacity.maxWaitHours must be known at synthesis, because other values are made from it, got a value that only the deployment knows'],
])('refuses %s', (_, input, message) => {
  expect(() => training(input)).toThrow(new Error(`training pipeline 'T': ${message}`));
});

test('a spot job waits twice as long as it may run, unless a time is given', () => {
  expect(spotWaitHours(who, Capacity.spot(), 6)).toBe(12);
  expect(spotWaitHours(who, Capacity.spot({ maxWaitHours: 6 }), 6)).toBe(6);
});

test('refuses a spot job that may wait for less than it runs', () => {
  expect(() => spotWaitHours(who, Capacity.spot({ maxWaitHours: 5 }), 6)).toThrow(
    new Error("training pipeline 'T': capacity.maxWaitHours must be at least maxRuntimeHours, which is 6, because the wait includes the run, got 5"));
});

test.each<[string, TrainingInput, string]>([
  ['two triggers on one prefix', { triggers: [Trigger.newData('dataset/'), Trigger.newData('dataset/')] }, "triggers must be without repeats, got 'dataset/'"],
  ['two limits of one metric on one side', { qualityGates: [QualityGate.atLeast('auc', 0.8), QualityGate.atLeast('auc', 0.9)] }, "qualityGates must be without repeats, got 'auc at least'"],
])('refuses %s', (_, input, fault) => {
  expect(() => training(input)).toThrow(`training pipeline 'T': ${fault}`);
});

test('a metric may have a limit on both sides', () => {
  expect(() => training({ qualityGates: [QualityGate.atLeast('share', 0.1), QualityGate.atMost('share', 0.5)] })).not.toThrow();
});
