import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { DataLake } from '../../src/aws/data-lake';
import { ModelRegistry } from '../../src/aws/model-registry';
import { MonitoringStack } from '../../src/aws/monitoring-stack';
import { MonitoringStackProps } from '../../src/aws/monitoring-stack-props';
import { ContainerImage } from '../../src/core/container-image';
import { QualityGate } from '../../src/core/quality-gate';
import { Schedule } from '../../src/core/schedule';
import { FakeEndpoint } from '../support/fake-endpoint';

const IMAGE = ContainerImage.fromUri('123456789012.dkr.ecr.eu-central-1.amazonaws.com/churn@sha256:0123');
const VALIDATED = { '@aws-cdk/core:validateAgainstDefaultRules': true };

const ILLEGAL: unknown[] = [NaN, -1, 1e9, 'nobody'];

/** Values of which most are legal, some are at a border, and some are not legal at all. */
const number = (...values: number[]) => fc.option(fc.constantFrom(...values, NaN, -1, 1e9), { nil: undefined });
const legal = (...values: number[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const schedule = fc.option(fc.constantFrom(Schedule.hourly(5), Schedule.daily(), Schedule.weekly(), Schedule.cron('0 */6 1,15 * *', 'Asia/Tokyo')), { nil: undefined });
const flag = fc.option(fc.boolean(), { nil: undefined });
const gates = fc.constantFrom<QualityGate[]>([QualityGate.atLeast('auc', 0.9)], [QualityGate.atLeast('auc', 0.9), QualityGate.atMost('rmse', 2)]);

function intents(value: typeof number): fc.Arbitrary<Partial<MonitoringStackProps>> {
  const emails = fc.constantFrom<string[]>([], ['ml@example.com'], ['a@b.de', 'c@d.eu']);
  return fc.record({
    alertEmails: value === legal ? emails : fc.oneof(emails, fc.constant<string[]>(['nobody'])),
    maxErrorPercent: value(0, 0.1, 100),
    maxClientErrorPercent: value(0, 100),
    maxLatencyP99Ms: value(1, 20.5, 3600000),
    maxLatencyP50Ms: value(1, 900),
    maxOverheadMs: value(1, 50),
    maxUtilizationPercent: value(1, 99.5),
    noTrafficMinutes: value(0, 7, 1440),
    drift: fc.option(fc.record({ schedule, maxDriftShare: value(0, 0.3, 1) }), { nil: undefined }),
    modelQuality: fc.option(fc.record({ gates, labelsPrefix: fc.constantFrom(undefined, 'labels/', 'a/b/c/') }), { nil: undefined }),
    serviceLevel: fc.option(fc.record({ availabilityPercent: value(90, 99.95, 99.999), windowDays: value(7, 28, 90) }), { nil: undefined }),
    dashboard: flag,
  }, { requiredKeys: [] });
}

const endpoints = fc.record({
  mode: fc.constantFrom('real-time', 'asynchronous', 'inference-components'),
  instanceType: fc.constantFrom('ml.m5.large', 'ml.g5.12xlarge', 'ml.inf2.xlarge', 'ml.x9.large'),
});

function monitoring(props: Partial<MonitoringStackProps>, endpoint: { mode: string; instanceType: string }): Template {
  const stack = new Stack(new App({ context: VALIDATED }), 'Churn');
  const data = new DataLake(stack, 'Data');
  const registry = new ModelRegistry(stack, 'Registry');
  const inferenceComponentName = endpoint.mode === 'inference-components' ? 'churn-model' : undefined;
  const watched = new FakeEndpoint(stack, 'Serving', { ...endpoint, inferenceComponentName, captureBucket: data.artifactBucket }).asEndpoint();
  new MonitoringStack(stack, 'Monitoring', { data, registry, image: IMAGE, endpoint: watched, ...props });
  return Template.fromStack(stack);
}

test('any legal intent makes a template that CloudFormation\'s rules accept, and the same one twice', () => {
  fc.assert(fc.property(intents(legal), endpoints, (props, endpoint) => {
    // A limit of the median above that of the slowest 1 % is refused.
    fc.pre((props.maxLatencyP50Ms ?? 0) <= (props.maxLatencyP99Ms ?? 1000));
    // SageMaker does not measure the overhead of a queue: a refusal of its own.
    fc.pre(endpoint.mode !== 'asynchronous' || props.maxOverheadMs === undefined);
    expect(monitoring(props, endpoint).toJSON()).toEqual(monitoring(props, endpoint).toJSON());
  }), { numRuns: 25 });
}, 120_000);

test('any illegal intent is refused in our own words, which name the prop', () => {
  fc.assert(fc.property(intents(number), endpoints, (props, endpoint) => {
    fc.pre(endpoint.mode !== 'asynchronous' || props.maxOverheadMs === undefined);
    const isIllegal = JSON.stringify(props, (_, value) => (ILLEGAL.includes(value) ? 'illegal' : value)).includes('illegal');
    let refusal: string | undefined;
    try {
      monitoring(props, endpoint);
    } catch (error) {
      refusal = String(error);
    }
    if (isIllegal) expect(refusal).toMatch(/^Invalid\w+: monitoring stack 'Churn\/Monitoring': [a-zA-Z0-9.]+ must be .*, got /);
    else expect(refusal).toBeUndefined();
  }), { numRuns: 40 });
}, 120_000);
