import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { ContainerImage } from '../../../../src/core/container-image';
import { QualityGate } from '../../../../src/core/quality-gate';
import { DataLake, EndpointMetrics, Grant, IPrincipal, IServingEndpoint, MonitoringStack, MonitoringStackProps, Principal } from '../../../../src/gcp';
import { FakeRegistry } from '../../../support/fake-google';
import { googleStack, onlyResource, synthesized } from '../../../support/terraform';

/** A runtime that a user brings: a model on a cluster, behind a mesh. */
class ClusterEndpoint extends Construct implements IServingEndpoint {
  public readonly endpointId = 'churn-on-cluster';
  public readonly captureTable = 'my-project.capture.request_log';
  public readonly callers: string[] = [];
  public constructor(scope: Construct, id: string, public readonly metrics?: EndpointMetrics, public readonly mode: string = 'real-time') {
    super(scope, id);
  }
  public grantInvoke(principal: IPrincipal): Grant {
    this.callers.push(principal.principalId);
    return new Grant([]);
  }
}

const METRICS: EndpointMetrics = {
  requests: 'istio_requests_total{service="churn"}',
  serverErrors: 'istio_requests_total{service="churn",response_code=~"5.."}',
  clientErrors: 'istio_requests_total{service="churn",response_code=~"4.{2}"}',
  latency: 'istio_request_duration_milliseconds_bucket{service="churn"}',
};

type Given = Partial<Omit<MonitoringStackProps, 'endpoint' | 'data'>>;

function watching(metrics: EndpointMetrics | undefined, given: Given = {}, mode?: string) {
  const stack = googleStack();
  const data = new DataLake(stack, 'Data');
  const endpoint = new ClusterEndpoint(stack, 'Cluster', metrics, mode);
  const monitoring = new MonitoringStack(stack, 'Monitoring', { data, endpoint, ...given });
  return { stack, endpoint, monitoring };
}

function queriesOf(stack: TerraformStack): { [id: string]: string } {
  const policies = Object.entries(synthesized(stack).resource.google_monitoring_alert_policy ?? {});
  return Object.fromEntries(policies.map(([address, { conditions }]: [string, any]) =>
    [address.replace(/^Monitoring_(.*)_[0-9A-F]{8}$/, '$1'), conditions[0].condition_prometheus_query_language?.query]));
}

const warnings = (stack: TerraformStack) =>
  stack.node.findAll().flatMap(({ node }) => node.metadata).filter(({ type }) => type === '@cdktf/warn').map(({ data }) => data);

test('callers are granted to call it', () => {
  const { endpoint } = watching(undefined);
  const called: IServingEndpoint = endpoint;
  called.grantInvoke(Principal.group('callers@example.com'));
  expect(endpoint.callers).toEqual([Principal.group('callers@example.com').principalId]);
});

test('without metrics nothing of it is watched, and a warning says so', () => {
  const { stack, monitoring } = watching(undefined);
  expect(monitoring.alertPolicies).toEqual({});
  expect(warnings(stack)).toEqual([
    "monitoring stack 'Stack/Monitoring': 'Stack/Cluster' is not an endpoint of Vertex AI or Cloud Run: its requests, errors, latency, machines, rollouts are not "
    + 'watched: give its metrics, or add alerts on them with addAlert',
  ]);
});

test('its own metrics have alerts and graphs, and no metric of Google\'s services is asked', () => {
  const { stack } = watching(METRICS, { noTrafficMinutes: 30, maxLatencyP99Ms: 250 });
  expect(queriesOf(stack)).toEqual({
    ServerErrorAlert: `sum(rate(${METRICS.serverErrors}[5m])) / sum(rate(${METRICS.requests}[5m])) > 0.01`,
    ClientErrorAlert: `sum(rate(${METRICS.clientErrors}[5m])) / sum(rate(${METRICS.requests}[5m])) > 0.05`,
    LatencyP50Alert: `histogram_quantile(0.5, sum by (le) (rate(${METRICS.latency}[5m]))) > 125`,
    LatencyP99Alert: `histogram_quantile(0.99, sum by (le) (rate(${METRICS.latency}[5m]))) > 250`,
    NoTrafficAlert: `absent((sum(increase(${METRICS.requests}[30m])) > 0))`,
  });
  expect(warnings(stack)).toEqual([expect.stringContaining('its machines, rollouts are not watched')]);
  const drawn = JSON.stringify(onlyResource(synthesized(stack), 'google_monitoring_dashboard'));
  expect(drawn).toContain('istio_request_duration_milliseconds_bucket');
  expect(drawn).not.toMatch(/aiplatform|run_googleapis|undefined|Replicas/);
});

test.each([['s', '1000 * '], ['us', '0.001 * ']])('latency in %s is compared in milliseconds', (latencyUnit, factor) => {
  const { stack } = watching({ ...METRICS, latencyUnit });
  expect(queriesOf(stack).LatencyP99Alert).toBe(`${factor}histogram_quantile(0.99, sum by (le) (rate(${METRICS.latency}[5m]))) > 1000`);
});

test('a promise counts its own requests, and has alerts but no objective', () => {
  const { stack, monitoring } = watching(METRICS, { serviceLevel: {} });
  expect(queriesOf(stack).FastBurnAlert).toContain(`sum(rate(${METRICS.serverErrors}[60m])) / sum(rate(${METRICS.requests}[60m]))`);
  expect(() => monitoring.addObjective()).toThrow(new Error("monitoring stack 'Stack/Monitoring': an objective counts by filters of Cloud Monitoring, and 'Cluster' "
    + 'gives its metrics in PromQL: the alerts do without'));
});

test('its batch runs are not watched, and a warning says so', () => {
  const { stack, monitoring } = watching(METRICS, {}, 'batch');
  expect(monitoring.alertPolicies).toEqual({});
  expect(warnings(stack)).toEqual([expect.stringContaining('its runs are not watched')]);
});

describe('refuses what it does not tell', () => {
  const nothing = (prop: string) => `${prop} has nothing to look at: give the metrics of 'Cluster'`;
  const ofGoogle = (prop: string) => `${prop} is asked of Vertex AI or Cloud Run, and 'Cluster' is an endpoint of neither: leave it out`;
  const selector = 'a selector of PromQL without a window, requests_total{service="churn"}';
  test.each<[string, Given, EndpointMetrics | undefined, string]>([
    ['errors', { maxErrorPercent: 1 }, undefined, nothing('maxErrorPercent')],
    ['client errors', { maxClientErrorPercent: 1 }, undefined, nothing('maxClientErrorPercent')],
    ['the median', { maxLatencyP50Ms: 1 }, undefined, nothing('maxLatencyP50Ms')],
    ['the slowest', { maxLatencyP99Ms: 9 }, undefined, nothing('maxLatencyP99Ms')],
    ['silence', { noTrafficMinutes: 9 }, undefined, nothing('noTrafficMinutes')],
    ['a promise', { serviceLevel: {} }, undefined, nothing('serviceLevel')],
    ['machines', { maxUtilizationPercent: 5 }, METRICS, ofGoogle('maxUtilizationPercent')],
    ['memory', { maxMemoryGiB: 5 }, METRICS, ofGoogle('maxMemoryGiB')],
    ['replicas', { replicaVcpus: 5 }, METRICS, ofGoogle('replicaVcpus')],
    ['drift', { drift: {} }, METRICS, ofGoogle('drift')],
    ['quality', { modelQuality: { gates: [QualityGate.atLeast('auc', 0.9)] } }, METRICS, ofGoogle('modelQuality')],
    ['requests over a window', {}, { ...METRICS, requests: 'requests_total[5m]' }, `metrics.requests of 'Cluster' must be ${selector}, got 'requests_total[5m]'`],
    ['errors that are counted already', {}, { ...METRICS, serverErrors: 'rate(errors[5m])' }, `metrics.serverErrors of 'Cluster' must be ${selector}, got 'rate(errors[5m])'`],
    ['no selector', {}, { ...METRICS, clientErrors: '' }, `metrics.clientErrors of 'Cluster' must be ${selector}, got ''`],
    ['latency without buckets', {}, { ...METRICS, latency: 'latency_sum' },
      "metrics.latency of 'Cluster' must be a selector of the buckets of a histogram, latency_bucket{service=\"churn\"}, got 'latency_sum'"],
    ['a unit that is none', {}, { ...METRICS, latencyUnit: 'min' }, "metrics.latencyUnit of 'Cluster' must be s, ms or us, got 'min'"],
  ])('%s', (_, given, metrics, message) => {
    expect(() => watching(metrics, given)).toThrow(new Error(`monitoring stack 'Stack/Monitoring': ${message}`));
  });

  test('with registry and image as well', () => {
    const stack = googleStack();
    const endpoint = new ClusterEndpoint(stack, 'Cluster', METRICS);
    const image = ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/image:1');
    const props = { data: new DataLake(stack, 'Data'), endpoint, image, registry: new FakeRegistry(stack, 'Registry'), drift: {} };
    expect(() => new MonitoringStack(stack, 'Monitoring', props)).toThrow(/drift is asked of Vertex AI or Cloud Run/);
  });
});
