import { DeltaColumnType, FeatureType, Integration, SecretName } from '../../../src/core';
import { SYSTEMS } from '../../../src/core/integrations/systems';
import { containerProgram } from '../../../src/core/private/integrations/container';
import { clientSettings, planOf } from '../../../src/core/private/integrations/plan';

const secret = SecretName.of('the-secret');
const endpoint = 'https://system.example.com';
/** Each system with everything said that must be. */
const SAMPLES: { readonly [constructor: string]: () => Integration } = {
  airflow: () => Integration.airflow(),
  arize: () => Integration.arize({ space: 'U3BhY2U6MTI', apiKey: secret }),
  dagster: () => Integration.dagster(),
  databricks: () => Integration.databricks({ endpoint, clientId: 'jobs', clientSecret: secret }),
  datadog: () => Integration.datadog({ apiKey: secret }),
  deltaLake: () => Integration.deltaLake({ tables: [{ name: 'visits', columns: [{ name: 'day', columnType: DeltaColumnType.DATE }] }] }),
  dvc: () => Integration.dvc(),
  evidently: () => Integration.evidently({ endpoint }),
  feast: () => Integration.feast({
    featureGroups: [{
      name: 'customers',
      entityKey: 'customer_id',
      eventTime: 'updated_at',
      features: [
        { name: 'customer_id', valueType: FeatureType.INTEGER },
        { name: 'updated_at', valueType: FeatureType.STRING },
        { name: 'orders', valueType: FeatureType.INTEGER },
      ],
    }],
  }),
  grafana: () => Integration.grafana(),
  lakeFs: () => Integration.lakeFs(),
  mlflow: () => Integration.mlflow(),
  pachyderm: () => Integration.pachyderm({ endpoint, token: secret, acknowledgeUnmaintained: true }),
  phoenix: () => Integration.phoenix(),
  prefect: () => Integration.prefect(),
  prometheus: () => Integration.prometheus(),
  tecton: () => Integration.tecton({ endpoint, apiKey: secret, acknowledgeUnmaintained: true }),
  weightsAndBiases: () => Integration.weightsAndBiases({ entity: 'shop', apiKey: secret }),
  zenMl: () => Integration.zenMl(),
};
/** Those that not every cloud makes, as servers that exist. */
const EXISTING: { readonly [constructor: string]: () => Integration } = {
  feast: () => Integration.feast({ endpoint, registry: 'feast.example.com:6570', project: 'shop' }),
  grafana: () => Integration.grafana({ endpoint }),
  lakeFs: () => Integration.lakeFs({ endpoint, accessKeyId: secret, secretAccessKey: secret }),
  mlflow: () => Integration.mlflow({ endpoint }),
  phoenix: () => Integration.phoenix({ endpoint }),
  prefect: () => Integration.prefect({ endpoint }),
  prometheus: () => Integration.prometheus({ endpoint }),
  zenMl: () => Integration.zenMl({ endpoint }),
};
const WHO = { what: 'integrations', name: 'Integrations' };
const PLACES = {
  'endpoint': endpoint,
  'host': 'system.example.com',
  'region': 'eu-west-1',
  'store': 's3://lake/integrations/x',
  'store.account': 'lake',
  'store.container': 'artifacts',
  'store.path': 'integrations/x',
  'database.host': 'db.internal',
  'database.port': '5432',
  'database.name': 'system',
  'database.user': 'system',
  'feast.configuration': 'project: shop',
  'feast.definitions': 'from feast import Entity',
};

test('every named constructor is a system of the list, and every one that is not gone has a sample', () => {
  const constructors = Object.getOwnPropertyNames(Integration).filter((name) => !['length', 'name', 'prototype', 'of'].includes(name));
  expect(constructors.sort()).toEqual(Object.keys(SYSTEMS).sort());
  const here = Object.entries(SYSTEMS).filter(([, { status }]) => status.kind !== 'retired').map(([name]) => name);
  expect(Object.keys(SAMPLES).sort()).toEqual(here.sort());
});

describe.each(Object.entries(SAMPLES))('%s', (name, sample) => {
  const system = SYSTEMS[name];

  test('says what it is, with a day and an address', () => {
    expect(sample().id).toBe(system.id);
    expect(system.readOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(system.home).toMatch(/^https:\/\//);
    expect(system.purposes.length).toBeGreaterThan(0);
  });

  test.each(['aws', 'gcp', 'azure'] as const)('fills every placeholder of its client and its server on %s', (cloud) => {
    const plan = planOf(WHO, (system.clouds[cloud].as === 'connected' ? (EXISTING[name] ?? sample) : sample)(), cloud);
    const settings = clientSettings(plan, PLACES);
    expect(JSON.stringify(settings)).not.toMatch(/\{[a-z]/);
    if (plan.server === undefined) return;
    const { command, secrets, variables } = containerProgram(plan.server, PLACES);
    expect(JSON.stringify({ command, variables })).not.toMatch(/\{[a-z]/);
    const made = Object.values(secrets).flatMap((each) => (each.kind === 'made' ? [each.name] : []));
    expect([...new Set(made)].sort()).toEqual([...(plan.server.secrets ?? [])].sort());
    expect(Object.values(plan.client.serverSecrets ?? {}).filter((each) => !made.includes(each))).toEqual([]);
  });
});

test('a system that is gone is an error that says when, why and what instead', () => {
  expect(() => Integration.neptune()).toThrow(
    "integration 'neptune': Neptune is gone since 2026-03-05: OpenAI bought its makers, and on that day the service ended and its data was deleted; " +
      'use Integration.mlflow() or Integration.weightsAndBiases()',
  );
});

test('a system that nobody maintains is acknowledged first', () => {
  expect(() => Integration.tecton({ endpoint, apiKey: secret })).toThrow(
    "integration 'tecton': Tecton is not maintained since 2025-08: Databricks bought its makers and takes no new customers; " +
      'use Integration.databricks(), whose feature store goes on with it, or the feature store of the cloud, or say acknowledgeUnmaintained: true',
  );
});

test('a server that exists needs both keys', () => {
  expect(() => Integration.lakeFs({ endpoint })).toThrow("integration 'lakefs': endpoint is given without accessKeyId: a server that exists needs both");
});

test('the site of Datadog is its address', () => {
  const plan = planOf(WHO, Integration.datadog({ apiKey: secret, site: 'datadoghq.eu', environment: 'prod' }), 'aws');
  expect(plan.endpoint).toBe('https://api.datadoghq.eu');
  expect(clientSettings(plan, PLACES).variables).toEqual({ DD_SITE: 'datadoghq.eu', DD_ENV: 'prod' });
});
