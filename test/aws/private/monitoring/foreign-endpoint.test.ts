import { App, aws_cloudwatch as cloudwatch, aws_iam as iam, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { DataLake } from '../../../../src/aws/data-lake';
import { ModelRegistry } from '../../../../src/aws/model-registry';
import { MonitoringStack } from '../../../../src/aws/monitoring-stack';
import { MonitoringStackProps } from '../../../../src/aws/monitoring-stack-props';
import { EndpointMetrics, IServingEndpoint } from '../../../../src/aws/serving-endpoint-props';
import { ContainerImage } from '../../../../src/core/container-image';
import { QualityGate } from '../../../../src/core/quality-gate';
import { judge, strictApp } from '../../../support/judges';

/** A runtime that a user brings: a model on a cluster, behind a load balancer. */
class ClusterEndpoint extends Construct implements IServingEndpoint {
  public readonly endpointName = 'churn-on-cluster';
  public captureBucket?: s3.IBucket;
  constructor(scope: Construct, id: string, public readonly metrics?: EndpointMetrics, public readonly mode = 'real-time') {
    super(scope, id);
  }
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns: ['arn:aws:execute-api:eu-central-1:111122223333:churn/*'] });
  }
}

const ofBalancer = (metricName: string) => new cloudwatch.Metric({ namespace: 'AWS/ApplicationELB', metricName, dimensionsMap: { TargetGroup: 'churn' } });
const METRICS: EndpointMetrics = {
  requests: ofBalancer('RequestCount'),
  serverErrors: ofBalancer('HTTPCode_Target_5XX_Count'),
  clientErrors: ofBalancer('HTTPCode_Target_4XX_Count'),
  latency: ofBalancer('TargetResponseTime'),
  latencyUnit: cloudwatch.Unit.SECONDS,
};

type Given = Partial<Omit<MonitoringStackProps, 'endpoint' | 'data'>>;

function watching(metrics: EndpointMetrics | undefined, given: Given = {}, mode?: string, app = new App()) {
  const stack = new Stack(app, 'Churn');
  const data = new DataLake(stack, 'Data');
  const endpoint = new ClusterEndpoint(stack, 'Cluster', metrics, mode);
  endpoint.captureBucket = data.artifactBucket;
  const monitoring = new MonitoringStack(stack, 'Monitoring', { data, endpoint, ...given });
  return { stack, endpoint, monitoring };
}

function alarmsOf(stack: Stack): { [id: string]: any } {
  const found = Object.entries(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  return Object.fromEntries(found.map(([id, { Properties }]) => [id.replace(/^Monitoring/, '').replace(/[0-9A-F]{8}$/, ''), Properties]));
}

const warnings = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('unwatchedEndpoint')).map(({ entry }) => entry.data);

test('callers are granted to call it', () => {
  const { stack, endpoint } = watching(undefined);
  const called: IServingEndpoint = endpoint;
  called.grantInvoke(new iam.User(stack, 'Caller'));
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [Match.objectLike({ Action: 'execute-api:Invoke', Effect: 'Allow' })] },
  });
});

test('without metrics nothing of it is watched, a warning says so, and no metric of SageMaker is asked', () => {
  const { stack } = watching(undefined);
  expect(Object.keys(alarmsOf(stack))).toEqual(['DeadLetterAlarm']);
  expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toMatch(/AWS\/SageMaker|\/aws\/sagemaker\/Endpoints/);
  expect(warnings(stack)).toEqual([
    "'Churn/Cluster' is not an endpoint of SageMaker: its requests, server errors, client errors, latency, machines, rollouts are not watched: "
    + 'give more of its metrics, or add alarms on them with addAlarm [ack: Annotation::mlops-constructs:unwatchedEndpoint]',
  ]);
});

test('its own metrics have the alarms that they allow, in the unit that they have', () => {
  const { stack, monitoring } = watching(METRICS, { noTrafficMinutes: 30, maxErrorPercent: 2, maxLatencyP99Ms: 250 });
  const alarms = alarmsOf(stack);
  expect(Object.keys(alarms).sort()).toEqual([
    'ClientErrorAlarm', 'DeadLetterAlarm', 'LatencyP50Alarm', 'LatencyP99Alarm', 'NoTrafficAlarm', 'ServerErrorAlarm',
  ]);
  expect(alarms.LatencyP99Alarm).toMatchObject({
    Namespace: 'AWS/ApplicationELB', MetricName: 'TargetResponseTime', ExtendedStatistic: 'p99', Threshold: 0.25, Period: 300, EvaluationPeriods: 2,
  });
  expect(alarms.LatencyP50Alarm).toMatchObject({ ExtendedStatistic: 'p50', Threshold: 0.125 });
  expect(alarms.ServerErrorAlarm.Threshold).toBe(0.02);
  const [share, ...counted] = alarms.ServerErrorAlarm.Metrics;
  expect(share.Expression).toBe('IF(requests > 0, FILL(failed, 0) / requests, 0)');
  expect(counted.map(({ MetricStat: { Metric, Stat, Period } }: any) => [Metric.MetricName, Stat, Period])).toEqual([
    ['RequestCount', 'Sum', 300], ['HTTPCode_Target_5XX_Count', 'Sum', 300],
  ]);
  expect(alarms.NoTrafficAlarm).toMatchObject({ MetricName: 'RequestCount', Period: 1800, Statistic: 'Sum', TreatMissingData: 'breaching' });
  expect(warnings(stack)).toEqual([expect.stringContaining('its machines, rollouts are not watched')]);
  expect(monitoring.alarms).toHaveLength(6);
  const dashboard = JSON.stringify(Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard')));
  for (const metric of ['RequestCount', 'HTTPCode_Target_5XX_Count', 'HTTPCode_Target_4XX_Count', 'TargetResponseTime']) expect(dashboard).toContain(metric);
});

test('metrics that it does not give have no alarm, and are named', () => {
  const { stack } = watching({ requests: METRICS.requests, latency: METRICS.latency });
  expect(Object.keys(alarmsOf(stack)).sort()).toEqual(['DeadLetterAlarm', 'LatencyP50Alarm', 'LatencyP99Alarm']);
  // Milliseconds, unless the unit says otherwise.
  expect(alarmsOf(stack).LatencyP99Alarm.Threshold).toBe(1000);
  expect(warnings(stack)).toEqual([expect.stringContaining('its server errors, client errors, machines, rollouts are not watched')]);
});

test('a promise counts its own requests', () => {
  const { stack } = watching(METRICS, { serviceLevel: { availabilityPercent: 99 } });
  const of = (metric: string) => [Match.objectLike({ MetricStat: Match.objectLike({ Metric: Match.objectLike({ Namespace: 'AWS/ApplicationELB', MetricName: metric }) }) })];
  Template.fromStack(stack).hasResourceProperties('AWS::ApplicationSignals::ServiceLevelObjective', {
    RequestBasedSli: {
      RequestBasedSliMetric: {
        TotalRequestCountMetric: of('RequestCount'), MonitoredRequestCountMetric: { BadCountMetric: of('HTTPCode_Target_5XX_Count') },
      },
    },
  });
  Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::CompositeAlarm', 3);
});

test('its batch runs are not watched, and a warning says so', () => {
  const { stack } = watching(METRICS, {}, 'batch');
  expect(Object.keys(alarmsOf(stack))).toEqual(['DeadLetterAlarm']);
  expect(warnings(stack)).toEqual([expect.stringContaining('its runs are not watched')]);
});

const bare = { requests: METRICS.requests };

describe('refuses what it does not tell', () => {
  test.each<[string, Given, EndpointMetrics | undefined, string]>([
    ['errors', { maxErrorPercent: 1 }, bare, "maxErrorPercent has nothing to look at: give serverErrors among the metrics of 'Cluster'"],
    ['client errors', { maxClientErrorPercent: 1 }, bare, "maxClientErrorPercent has nothing to look at: give clientErrors among the metrics of 'Cluster'"],
    ['the median', { maxLatencyP50Ms: 1 }, bare, "maxLatencyP50Ms has nothing to look at: give latency among the metrics of 'Cluster'"],
    ['the slowest', { maxLatencyP99Ms: 9 }, bare, "maxLatencyP99Ms has nothing to look at: give latency among the metrics of 'Cluster'"],
    ['silence', { noTrafficMinutes: 9 }, undefined, "noTrafficMinutes has nothing to look at: give requests among the metrics of 'Cluster'"],
    ['a promise', { serviceLevel: {} }, bare, "serviceLevel has nothing to look at: give serverErrors among the metrics of 'Cluster'"],
    ['overhead', { maxOverheadMs: 5 }, METRICS, "maxOverheadMs is asked of SageMaker, and 'Cluster' is not its endpoint: leave it out"],
    ['machines', { maxUtilizationPercent: 5 }, METRICS, "maxUtilizationPercent is asked of SageMaker, and 'Cluster' is not its endpoint: leave it out"],
    ['drift', { drift: {} }, METRICS, "drift is asked of SageMaker, and 'Cluster' is not its endpoint: leave it out"],
    ['quality', { modelQuality: { gates: [QualityGate.atLeast('auc', 0.9)] } }, METRICS, "modelQuality is asked of SageMaker, and 'Cluster' is not its endpoint: leave it out"],
    ['Model Monitor', { legacyModelMonitor: { imageUri: 'a', baselinePrefix: 'b/' } }, METRICS,
      "legacyModelMonitor is asked of SageMaker, and 'Cluster' is not its endpoint: leave it out"],
    ['a unit of space', {}, { ...METRICS, latencyUnit: cloudwatch.Unit.BYTES }, "latencyUnit of 'Cluster' must be one of Seconds, Milliseconds, Microseconds, got 'Bytes'"],
  ])('%s', (_, given, metrics, message) => {
    expect(() => watching(metrics, given)).toThrow(new Error(`monitoring stack 'Churn/Monitoring': ${message}`));
  });

  test('but not silence that is no fault', () => {
    expect(() => watching(undefined, { noTrafficMinutes: 0 })).not.toThrow();
  });
});

test('drift of it is refused with registry and image as well', () => {
  const stack = new Stack(new App(), 'Other');
  const data = new DataLake(stack, 'Data');
  const endpoint = new ClusterEndpoint(stack, 'Cluster', METRICS);
  const registry = new ModelRegistry(stack, 'Registry');
  const image = ContainerImage.fromUri('123456789012.dkr.ecr.eu-central-1.amazonaws.com/churn@sha256:0123');
  expect(() => new MonitoringStack(stack, 'Monitoring', { data, endpoint, registry, image, drift: {} })).toThrow(/drift is asked of SageMaker/);
});

test('the judges find nothing', () => {
  const { stack } = watching(METRICS, { serviceLevel: {}, noTrafficMinutes: 60 }, undefined, strictApp());
  expect(judge(stack).filter((finding) => !finding.includes('unwatchedEndpoint'))).toEqual([]);
});
