import { ContainerImage, Integration, SecretName } from '../../src/core';
import { DataLake, Integrations, MonitoringStack } from '../../src/gcp';
import { FakeRegistry, FakeServing } from '../support/fake-google';
import { googleStack, synthesized } from '../support/terraform';

const ENDPOINT = 'https://prometheus.example.com/api/v1/write';

test('a drift run writes to a server that exists, and says whose numbers they are', () => {
  const stack = googleStack();
  const data = new DataLake(stack, 'Data');
  const { connections } = new Integrations(stack, 'Integrations', {
    data, use: [Integration.prometheus({ endpoint: ENDPOINT, token: SecretName.of('prometheus') })],
  });
  const monitoring = new MonitoringStack(stack, 'Monitoring', {
    data,
    connections,
    registry: new FakeRegistry(stack, 'Registry'),
    image: ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/image:1'),
    endpoint: new FakeServing(stack, 'Serving', 'real-time', `my-project.${data.captureDatasetId}.request_log`),
    drift: {},
  });
  const model = monitoring.metricPrefix.replace('custom.googleapis.com/mlops/', '').replace('/', '');
  expect(monitoring.prometheusRules).toContain(`mlops:drift_share:last{ml_model="${model}"} > 0.3`);
  expect(JSON.parse(monitoring.grafanaDashboard!).title).toBe(model);
  const text = JSON.stringify(synthesized(stack).resource.google_workflows_workflow).replace(/\\/g, '');
  const variables = Object.fromEntries([...text.matchAll(/"name": *"(MLOPS_\w+)", *"value": *"([^"]*)"/g)].map(([, name, value]) => [name, value]));
  expect(variables).toMatchObject({
    MLOPS_PROMETHEUS_REMOTE_WRITE_URL: ENDPOINT,
    MLOPS_SECRET_MLOPS_PROMETHEUS_TOKEN_REF: 'projects/my-project/secrets/prometheus/versions/latest',
    MLOPS_PROMETHEUS_MODEL: model,
  });
});

test('Cloud Monitoring answers PromQL itself: there is no server to make', () => {
  const stack = googleStack();
  expect(() => new Integrations(stack, 'Integrations', { data: new DataLake(stack, 'Data'), use: [Integration.prometheus()] })).toThrow(
    "integrations 'Stack/Integrations': Prometheus: this cloud hosts no server of it: give the endpoint of one that exists",
  );
});
