import * as fc from 'fast-check';
import {
  Accelerator, Approval, Capacity, ContainerImage, FeatureType, MlopsIntent, QualityGate, RiskRating, Rollout, ScalingTarget, Schedule, Serving,
  Trigger, Weekday,
} from '../../src/core';

const word = fc.stringMatching(/^[a-z][a-z0-9]{2,9}$/);
const email = word.map((name) => `${name}@example.com`);
const schedule = fc.oneof(
  fc.record({ hour: fc.nat(23), minute: fc.nat(59) }).map((time) => Schedule.daily(time)),
  fc.constantFrom(Weekday.SUNDAY, Weekday.MONDAY, Weekday.SATURDAY).map((weekday) => Schedule.weekly({ weekday, timeZone: 'Europe/Berlin' })),
  fc.nat(59).map((minute) => Schedule.hourly(minute)),
  fc.constant(Schedule.cron('15 6 1 * *')),
);
const gate = fc.tuple(fc.constantFrom('auc', 'accuracy', 'f1'), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())
  .map(([metric, threshold, atLeast]) => (atLeast ? QualityGate.atLeast(metric, threshold) : QualityGate.atMost(metric, threshold)));
const gates = fc.uniqueArray(gate, { minLength: 1, maxLength: 3, selector: ({ metric }) => metric });

const scaling = fc.record({
  minReplicas: fc.integer({ min: 1, max: 4 }),
  extra: fc.nat(6),
  target: fc.constantFrom(ScalingTarget.requestsPerMinute(300), ScalingTarget.cpuUtilization(60)),
}).map(({ minReplicas, extra, target }) => ({ minReplicas, maxReplicas: minReplicas + extra, target }));

const serving = fc.oneof(
  fc.record({ spec: scaling, gpu: fc.boolean(), percent: fc.integer({ min: 1, max: 100 }) }).map(({ spec, gpu, percent }) => ({
    serving: Serving.realTime({ scaling: spec, compute: gpu ? { accelerator: Accelerator.NVIDIA_A10G } : undefined }),
    capture: { samplingPercent: percent },
    rollout: spec.minReplicas >= 2 ? Rollout.canary({ percent: 50 }) : Rollout.allAtOnce(),
  })),
  fc.record({ memoryGiB: fc.integer({ min: 1, max: 6 }), maxConcurrency: fc.integer({ min: 1, max: 200 }) })
    .map((options) => ({ serving: Serving.serverless(options), rollout: Rollout.allAtOnce() })),
  schedule.map((each) => ({ serving: Serving.batch({ schedule: each }) })),
);

const training = fc.record({
  compute: fc.constantFrom(
    { accelerator: Accelerator.NVIDIA_T4 },
    { accelerator: Accelerator.NVIDIA_A10G, acceleratorCount: 4 },
    { vcpus: 4, memoryGiB: 16 },
    { instanceCount: 2 },
  ),
  capacity: fc.constantFrom(Capacity.onDemand(), Capacity.spot()),
  prepare: fc.boolean(),
  maxRuntimeHours: fc.integer({ min: 1, max: 12 }),
  retries: fc.nat(5),
  hyperparameters: fc.dictionary(word, fc.stringMatching(/^[0-9.]{1,5}$/), { maxKeys: 3 }),
  qualityGates: gates,
  triggers: fc.array(fc.oneof(schedule.map(Trigger.schedule), word.map((name) => Trigger.newData(`${name}/`))), { maxLength: 3 }),
}, { requiredKeys: [] });

const columnNames = fc.uniqueArray(word, { minLength: 1, maxLength: 5 });
const featureGroup = fc.record({ name: word, online: fc.boolean(), columns: columnNames }).map(({ name, online, columns }) => ({
  name,
  entityKey: 'entity',
  eventTime: 'happened',
  online,
  features: [
    { name: 'entity', valueType: FeatureType.STRING },
    { name: 'happened', valueType: FeatureType.FLOAT },
    ...columns.filter((column) => !['entity', 'happened'].includes(column)).map((column) => ({ name: column, valueType: FeatureType.INTEGER })),
  ],
}));

/** Intents that every level must be able to build. */
export const legalIntent: fc.Arbitrary<MlopsIntent> = fc.record({
  modelName: word,
  image: fc.constant(ContainerImage.fromUri('111122223333.dkr.ecr.eu-central-1.amazonaws.com/model:1')),
  delivery: fc.record({ repository: fc.tuple(word, word).map((names) => names.join('/')) }),
  alertEmails: fc.uniqueArray(email, { maxLength: 2 }),
  features: fc.record({ featureGroups: fc.uniqueArray(featureGroup, { maxLength: 3, selector: ({ name }) => name }) }),
  registry: fc.constantFrom({ approval: Approval.manual() }, { approval: Approval.automatic() }),
  training,
  serving,
  monitoring: fc.record({
    maxErrorPercent: fc.integer({ min: 1, max: 50 }),
    maxLatencyP99Ms: fc.integer({ min: 10, max: 60_000 }),
    noTrafficMinutes: fc.constantFrom(0, 30, 60),
  }, { requiredKeys: [] }),
  governance: fc.record({
    budget: fc.record({ monthlyUsd: fc.integer({ min: 1, max: 100_000 }), alertEmails: fc.uniqueArray(email, { minLength: 1, maxLength: 2 }) }),
    tags: fc.dictionary(word, word, { maxKeys: 3 }),
    modelCard: fc.record({ intendedUse: word, owner: word, riskRating: fc.constantFrom(...Object.values(RiskRating)) }),
  }, { requiredKeys: [] }),
}, { requiredKeys: ['modelName', 'image', 'delivery'] }).filter(({ governance, registry }) =>
  // A person must approve a model of high risk.
  governance?.modelCard?.riskRating !== RiskRating.HIGH || !registry?.approval?.isAutomatic);

/** A change that makes a legal intent illegal, and the prop that the error must name. */
export interface Fault {
  readonly prop: string;
  readonly apply: (intent: MlopsIntent) => MlopsIntent;
}

const badHours = fc.constantFrom(-1, 0, Number.NaN, Number.POSITIVE_INFINITY, 10_000);
const fault = <T>(prop: string, values: fc.Arbitrary<T>, change: (intent: MlopsIntent, value: T) => Partial<MlopsIntent>): fc.Arbitrary<Fault> =>
  values.map((value) => ({ prop, apply: (intent) => ({ ...intent, ...change(intent, value) }) }));
const group = {
  name: 'g', entityKey: 'id', eventTime: 'at', features: [{ name: 'id', valueType: FeatureType.STRING }, { name: 'at', valueType: FeatureType.STRING }],
};

/** Faults in every section of an intent. */
export const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  fault('modelName', fc.constantFrom('', '-a', 'a b', 'ä', 'x'.repeat(80)), (_, modelName) => ({ modelName, registry: undefined })),
  fault('maxRuntimeHours', badHours, (intent, maxRuntimeHours) => ({ training: { ...intent.training, maxRuntimeHours, capacity: undefined } })),
  fault('retries', fc.constantFrom(-1, 6, 1.5), (intent, retries) => ({ training: { ...intent.training, retries } })),
  fault('instanceCount', fc.constantFrom(0, -1, 1.5), (intent, instanceCount) => ({ training: { ...intent.training, compute: { instanceCount } } })),
  fault('acceleratorCount', fc.constantFrom(0, 3, 5, 1.5), (intent, acceleratorCount) =>
    ({ training: { ...intent.training, compute: { accelerator: Accelerator.NVIDIA_T4, acceleratorCount } } })),
  fault('volumeGiB', fc.constantFrom(0, -5, 1e9), (intent, volumeGiB) => ({ training: { ...intent.training, compute: { volumeGiB } } })),
  fault('maxWaitHours', fc.constantFrom(1, 2), (intent, maxWaitHours) => ({ training: { ...intent.training, maxRuntimeHours: 3, capacity: Capacity.spot({ maxWaitHours }) } })),
  fault('minReplicas', fc.constantFrom(0, -1, 1.5), (_, minReplicas) => ({ serving: { serving: Serving.realTime({ scaling: { minReplicas } }) } })),
  fault('maxReplicas', fc.constantFrom(1, 1.5), (_, maxReplicas) => ({ serving: { serving: Serving.realTime({ scaling: { minReplicas: 2, maxReplicas } }) } })),
  fault('memoryGiB', fc.constantFrom(0, 7, 1.5), (_, memoryGiB) => ({ serving: { serving: Serving.serverless({ memoryGiB }) } })),
  fault('maxConcurrency', fc.constantFrom(0, 201), (_, maxConcurrency) => ({ serving: { serving: Serving.serverless({ maxConcurrency }) } })),
  fault('samplingPercent', fc.constantFrom(-1, 101, 1.5), (_, samplingPercent) => ({ serving: { capture: { samplingPercent } } })),
  fault('maxErrorPercent', fc.constantFrom(-1, 101), (_, maxErrorPercent) => ({ serving: undefined, monitoring: { maxErrorPercent } })),
  fault('maxLatencyP99Ms', fc.constantFrom(-1, 0), (_, maxLatencyP99Ms) => ({ serving: undefined, monitoring: { maxLatencyP99Ms } })),
  fault('maxDriftShare', fc.constantFrom(-0.1, 1.1), (_, maxDriftShare) => ({ serving: undefined, monitoring: { drift: { maxDriftShare } } })),
  fault('minRows', fc.constantFrom(0, 1.5, 1e7), (_, minRows) => ({ serving: undefined, monitoring: { drift: { minRows } } })),
  fault('alertEmails', fc.constantFrom('nobody', 'a b@c.d'), (_, address) => ({ alertEmails: [address], monitoring: undefined })),
  fault('monthlyUsd', fc.constantFrom(0, -1), (_, monthlyUsd) => ({ governance: { budget: { monthlyUsd, alertEmails: ['a@example.com'] } } })),
  fault('entityKey', fc.constantFrom('missing', ''), (_, entityKey) => ({ features: { featureGroups: [{ ...group, entityKey }] } })),
  fault('eventTime', fc.constantFrom('missing', ''), (_, eventTime) => ({ features: { featureGroups: [{ ...group, eventTime }] } })),
  fault('name', fc.constantFrom('write_time', 'is_deleted', 'api_invocation_time', '-x'), (_, name) =>
    ({ features: { featureGroups: [{ ...group, features: [...group.features, { name, valueType: FeatureType.FLOAT }] }] } })),
  fault('onlineTtlDays', fc.constantFrom(0, -1), (_, onlineTtlDays) => ({ features: { featureGroups: [{ ...group, onlineTtlDays }] } })),
  fault('repository', fc.constantFrom('', 'only-a-name', 'a/b/c'), (_, repository) => ({ delivery: { repository } })),
  fault('idleShutdownMinutes', fc.constantFrom(0, 59, 1e7), (_, idleShutdownMinutes) => ({ workspace: { idleShutdownMinutes } })),
  fault('captureRetentionDays', fc.constantFrom(0, -1, 1.5), (_, captureRetentionDays) => ({ data: { captureRetentionDays } })),
);
