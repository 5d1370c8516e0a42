import { MonitoringStackProps } from '../../src/azure/monitoring-stack-props';
import { azureStack, synthesized } from '../support/azure';
import { FakeAzure } from '../support/azure-service';
import { watchedBy, WatchedWorld } from '../support/azure-watched';
import { workflowDefinition } from '../support/azure-workflow';
import { validateDefinition } from '../support/logic-apps';

/** A monitoring stack whose probe runs once. */
function probed(prepare: (azure: FakeAzure, endpointId: string) => void, given: Partial<MonitoringStackProps> = {}, world: WatchedWorld = {}) {
  const stack = azureStack();
  const { endpoint } = watchedBy(stack, given, world);
  const definition = workflowDefinition(synthesized(stack), 'Probe_Workflow');
  expect(validateDefinition(definition)).toEqual([]);
  const azure = new FakeAzure();
  prepare(azure, endpoint!.endpointId);
  const host = azure.host();
  host.deploy('probe', definition);
  host.advance(200);
  const [run] = host.runsOf('probe');
  const written = Object.fromEntries(azure.written.map(({ metric, value, dimensions: { endpoint: _, ...rest } }) => [[metric, ...Object.values(rest)].join(' '), value]));
  return { run, written };
}

describe('of deployments', () => {
  const deployments = (average: number | undefined, of: object[]) => (azure: FakeAzure, endpointId: string) => {
    azure.parts.push(({ id }) => (id === `${endpointId}/deployments` ? { body: { value: of } } : undefined));
    azure.numbers = ({ query }) => ({
      value: query.metricnames.split(',').map((name: string) => ({ name: { value: name }, timeseries: average === undefined ? [] : [{ data: [{ average, maximum: 2 }] }] })),
    });
  };
  const [one, two] = ['v3-a', 'v4-a'].map((name, index) => ({ id: `/subscriptions/s/deployments/${name}`, name, sku: { capacity: 3 - index } }));

  test('writes the machines of each, and what is missing', () => {
    const { run, written } = probed(deployments(91.5, [one, two]));
    expect(run.status).toBe('Succeeded');
    expect(written).toEqual({
      'cpu_percent v3-a': 91.5,
      'memory_percent v3-a': 91.5,
      'disk_percent v3-a': 91.5,
      'missing_replicas v3-a': 1,
      'cpu_percent v4-a': 91.5,
      'memory_percent v4-a': 91.5,
      'disk_percent v4-a': 91.5,
      'missing_replicas v4-a': 0,
    });
  });

  test('writes GPUs where there are some', () => {
    expect(Object.keys(probed(deployments(50, [one]), {}, { hasAccelerator: true }).written)).toEqual(expect.arrayContaining(['gpu_percent v3-a', 'gpu_memory_percent v3-a']));
  });

  test('writes nothing of one that says nothing yet, and nothing where there is no endpoint', () => {
    expect(probed(deployments(undefined, [one]))).toMatchObject({ run: { status: 'Succeeded' }, written: {} });
    expect(probed(() => undefined)).toMatchObject({ run: { status: 'Succeeded', variables: { outcome: 'there is no endpoint' } }, written: {} });
  });

  test('that may not be read is told', () => {
    const { run } = probed((azure) => { azure.interfere = ({ action }) => (action === 'Look' ? { code: 403, body: { error: { code: 'AuthorizationFailed' } } } : undefined); });
    expect([run.status, run.code, run.message]).toEqual(['Failed', 'ProbeFailed', expect.stringContaining('AuthorizationFailed')]);
  });
});

describe('of a container app', () => {
  const requests = (all: number | null, failed: number, refused: number) => (azure: FakeAzure) => {
    azure.numbers = ({ query: { $filter: where } }) => {
      const total = where === undefined ? all : where.includes('5xx') ? failed : refused;
      return { value: [{ name: { value: 'Requests' }, timeseries: total === null ? [] : [{ data: [{ timeStamp: 'now', total }] }] }] };
    };
  };
  const serverless = { mode: 'serverless', captures: false };

  test('writes the shares of its errors', () => {
    expect(probed(requests(400, 6, 20), {}, serverless)).toMatchObject({ run: { status: 'Succeeded' }, written: { requests: 400, server_error_percent: 1.5, client_error_percent: 5 } });
  });

  test('writes no share of nothing', () => {
    expect(probed(requests(null, 0, 0), {}, serverless).written).toEqual({ requests: 0 });
  });

  test('writes how fast a budget goes', () => {
    const { written } = probed(requests(400, 8, 0), { serviceLevel: { availabilityPercent: 99 } }, serverless);
    expect(written.fast_burn).toBeCloseTo(2);
    expect(written.slow_burn).toBeCloseTo(2);
  });
});
