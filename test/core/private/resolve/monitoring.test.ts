import { Cloud, QualityGate, Schedule } from '../../../../src/core';
import { resolvedLimits } from '../../../../src/core/private/resolve/limits';
import { MonitoringContext, MonitoringInput, requireKept, requireRecorded, resolvedMonitoring } from '../../../../src/core/private/resolve/monitoring';

const who = { what: 'monitoring stack', name: 'M' };
const endpoint = { id: 'Serving', isRecorded: true };
const GATES = [QualityGate.atLeast('auc', 0.8)];

const resolve = (input: MonitoringInput = {}, context: Partial<MonitoringContext> = {}) => resolvedMonitoring(
  who, { registry: {}, image: {}, training: {}, ...input }, { cloud: Cloud.AWS, endpoint, driftProps: ['native'], mostWindowDays: 90, ...context });

test('fills every default, and measures nothing where nothing is asked for', () => {
  expect(resolve()).toEqual({
    alertEmails: [],
    maxErrorPercent: 1,
    maxLatencyP99Ms: 1000,
    maxLatencyP50Ms: 500,
    maxClientErrorPercent: 5,
    maxUtilizationPercent: 90,
    noTrafficMinutes: 0,
    drawsDashboard: true,
  });
});

test('drift has a share, a schedule and a report of its limits', () => {
  const { drift, runs } = resolve({ drift: {} });
  expect(drift).toEqual({ maxDriftShare: 0.3, retrain: false });
  expect(runs).toEqual({ schedule: Schedule.daily(), labelDelayDays: 0, featureMetrics: false, variables: { MLOPS_MAX_DRIFT_SHARE: '0.3' } });
});

test('quality has labels, and the report the gates; the share of drift counts in the report all the same', () => {
  const { drift, modelQuality, runs } = resolve({ modelQuality: { gates: GATES } });
  expect([drift, modelQuality]).toEqual([undefined, { gates: GATES, retrain: false }]);
  expect(runs).toMatchObject({
    labelsPrefix: 'labels/',
    variables: { MLOPS_MAX_DRIFT_SHARE: '0.3', MLOPS_QUALITY_GATES: '[{"metric":"auc","threshold":0.8,"higherIsBetter":true}]' },
  });
});

test('the image is told how much is enough to measure, and how old the labels are', () => {
  const { runs } = resolve({ drift: { minRows: 50 }, modelQuality: { gates: GATES, minLabelledRows: 20, labelDelayDays: 3 } });
  expect(runs?.labelDelayDays).toBe(3);
  expect(runs?.variables).toMatchObject({ MLOPS_MIN_ROWS: '50', MLOPS_MIN_LABELS: '20', MLOPS_LABEL_DELAY_DAYS: '3' });
});

test('a service level promises 99.5 percent over four weeks', () => {
  expect(resolve({ serviceLevel: {} }).serviceLevel).toEqual({ availabilityPercent: 99.5, windowDays: 28 });
});

test('keeps what is given', () => {
  const schedule = Schedule.hourly();
  const given = {
    alertEmails: ['a@example.com'], maxErrorPercent: 2, maxLatencyP99Ms: 300, maxLatencyP50Ms: 20, maxClientErrorPercent: 9, maxUtilizationPercent: 50, noTrafficMinutes: 30,
  };
  expect(resolve({
    ...given,
    drift: { schedule, maxDriftShare: 0.5 },
    modelQuality: { gates: GATES, labelsPrefix: 'truth/' },
    serviceLevel: { availabilityPercent: 99, windowDays: 7 },
    featureMetrics: true,
    dashboard: false,
  })).toMatchObject({
    ...given,
    drift: { maxDriftShare: 0.5 },
    runs: { schedule, labelsPrefix: 'truth/', featureMetrics: true },
    serviceLevel: { availabilityPercent: 99, windowDays: 7 },
    drawsDashboard: false,
  });
});

test('limits of the endpoint hold where none are given here', () => {
  const usualLimits = { maxErrorPercent: 3, maxLatencyP99Ms: 900_000 };
  expect(resolve({}, { usualLimits })).toMatchObject({ ...usualLimits, maxLatencyP50Ms: 450_000 });
  expect(resolve({ maxErrorPercent: 4 }, { usualLimits })).toMatchObject({ maxErrorPercent: 4, maxLatencyP99Ms: 900_000 });
  expect(resolvedLimits(who, {})).toEqual({ maxErrorPercent: 1, maxLatencyP99Ms: 1000 });
});

describe('retraining', () => {
  test('is asked for by drift, by quality, or by both, once a week at most', () => {
    const of = (input: MonitoringInput) => resolve(input).runs?.retraining;
    expect(of({ drift: { retrain: true, maxDriftShare: 0.5 } })).toEqual({ maxDriftShare: 0.5, gates: undefined, minDays: 7 });
    expect(of({ drift: {}, modelQuality: { gates: GATES, retrain: true }, minDaysBetweenRetrainings: 0 }))
      .toEqual({ maxDriftShare: undefined, gates: GATES, minDays: 0 });
    expect(of({ drift: { retrain: true }, modelQuality: { gates: GATES, retrain: true } })).toEqual({ maxDriftShare: 0.3, gates: GATES, minDays: 7 });
    expect(of({ drift: {} })).toBeUndefined();
  });
});

test.each<[string, MonitoringInput, Partial<MonitoringContext>, string]>([
  ['no address', { alertEmails: ['ana'] }, {}, "alertEmails must be e-mail addresses like ml@example.com, got 'ana'"],
  ['an address twice', { alertEmails: ['a@example.com', 'a@example.com'] }, {}, "alertEmails must be without repeats, got 'a@example.com'"],
  ['errors', { maxErrorPercent: 101 }, {}, 'maxErrorPercent must be between 0 and 100, got 101'],
  ['a latency', { maxLatencyP99Ms: 0 }, {}, 'maxLatencyP99Ms must be between 1 and 3600000, got 0'],
  ['errors of clients', { maxClientErrorPercent: -1 }, {}, 'maxClientErrorPercent must be between 0 and 100, got -1'],
  ['a middle latency', { maxLatencyP50Ms: 0 }, {}, 'maxLatencyP50Ms must be between 1 and 3600000, got 0'],
  ['a use', { maxUtilizationPercent: 0 }, {}, 'maxUtilizationPercent must be between 1 and 100, got 0'],
  ['silence', { noTrafficMinutes: 1441 }, {}, 'noTrafficMinutes must be a whole number between 0 and 1440, got 1441'],
  ['the name of no dashboard', { dashboard: false, dashboardName: 'a' }, {}, 'dashboardName names no dashboard: leave it out, or dashboard'],
  ['drift of no endpoint', { drift: {} }, { endpoint: undefined }, 'drift has no endpoint to look at: give endpoint, one that answers requests'],
  ['drift of what is not recorded', { drift: {} }, { endpoint: { ...endpoint, isRecorded: false } },
    "drift has nothing to look at: the endpoint 'Serving' records nothing, set its capture"],
  ['drift of what cannot be recorded', { drift: {} }, { endpoint: { ...endpoint, isRecorded: false, unrecordable: 'serverless' } },
    "drift has nothing to look at: serverless serving of the endpoint 'Serving' cannot record, leave drift out or use Serving.realTime"],
  ['quality without a registry', { modelQuality: { gates: GATES }, registry: undefined }, {},
    'modelQuality has nothing to compare with: give registry, whose versions know their training reference'],
  ['drift without an image', { drift: {}, image: undefined }, {}, 'drift has no job to run: give image, whose monitor verb measures'],
  ['a share of drift', { drift: { maxDriftShare: 1.1 } }, {}, 'drift.maxDriftShare must be between 0 and 1, got 1.1'],
  ['rows of drift', { drift: { minRows: 0 } }, {}, 'drift.minRows must be a whole number between 1 and 1000000, got 0'],
  ['labelled rows', { modelQuality: { gates: GATES, minLabelledRows: 0 } }, {}, 'modelQuality.minLabelledRows must be a whole number between 1 and 1000000, got 0'],
  ['a delay of labels', { modelQuality: { gates: GATES, labelDelayDays: 366 } }, {}, 'modelQuality.labelDelayDays must be a whole number between 0 and 365, got 366'],
  ['feature metrics of no run', { featureMetrics: true }, {}, 'featureMetrics is for drift runs, and there are none: set drift or modelQuality, or leave it out'],
  ['a native prop of no run', { native: 1 } as MonitoringInput, {}, 'native is for drift runs, and there are none: set drift or modelQuality, or leave it out'],
  ['several machines', { drift: {}, driftCompute: { instanceCount: 2 } }, {}, 'driftCompute.instanceCount must be 1: a drift run is one job on one machine, got 2'],
  ['no gate', { modelQuality: { gates: [] } }, {}, 'modelQuality.gates must be one gate at least, got []'],
  ['a metric twice', { modelQuality: { gates: [...GATES, ...GATES] } }, {}, "modelQuality.gates metric must be without repeats, got 'auc'"],
  ['labels in a file', { modelQuality: { gates: GATES, labelsPrefix: 'labels' } }, {}, "modelQuality.labelsPrefix must be a folder of the bucket like 'labels/': it ends in '/', without the bucket and without a slash in front, got 'labels'"],
  ['training of nothing', { drift: { retrain: true }, training: undefined }, {}, 'drift.retrain has nothing to start: give training'],
  ['days between trainings', { drift: { retrain: true }, minDaysBetweenRetrainings: 366 }, {}, 'minDaysBetweenRetrainings must be a whole number between 0 and 365, got 366'],
  ['days between no trainings', { drift: {}, minDaysBetweenRetrainings: 3 }, {},
    'minDaysBetweenRetrainings is for trainings that drift or quality start: set retrain of one of them, or leave it out'],
  ['a promise of nothing', { serviceLevel: {} }, { endpoint: undefined }, 'serviceLevel promises nothing: give endpoint, one that answers requests'],
  ['a promise of everything', { serviceLevel: { availabilityPercent: 100 } }, {}, 'serviceLevel.availabilityPercent must be between 90 and 99.999, got 100'],
  ['a promise over more than the cloud has', { serviceLevel: { windowDays: 31 } }, { mostWindowDays: 30 }, 'serviceLevel.windowDays must be a whole number between 7 and 30, got 31'],
])('refuses %s', (_, input, context, message) => {
  expect(() => resolve(input, context)).toThrow(new Error(`monitoring stack 'M': ${message}`));
});

test('a native measurement needs recorded requests as well', () => {
  expect(() => requireRecorded(who, 'legacyModelMonitor', undefined))
    .toThrow(new Error("monitoring stack 'M': legacyModelMonitor has no endpoint to look at: give endpoint, one that answers requests"));
  expect(() => requireRecorded(who, 'legacyModelMonitor', endpoint)).not.toThrow();
});

test('labels must come while the requests that they are about are kept', () => {
  const { runs } = resolve({ modelQuality: { gates: GATES, labelDelayDays: 5 } });
  expect(() => requireKept(who, runs!, 2, 8)).not.toThrow();
  expect(() => requireKept(who, runs!, 2, undefined)).not.toThrow();
  expect(() => requireKept(who, runs!, 2, 7)).toThrow(new Error("monitoring stack 'M': modelQuality.labelDelayDays must be at most 4: captured requests are deleted after "
    + 'captureRetentionDays, 7, and the window of a run has 2 of these days, got 5'));
});
