import { CONNECTED } from './answers';
import { System } from '../system';

/** @see https://arize.com/docs/ax/integrations */
export const ARIZE: System = {
  id: 'arize',
  title: 'Arize AX',
  purposes: ['monitoring'],
  status: { kind: 'active' },
  licence: 'commercial',
  version: 'service',
  readOn: '2026-11-30',
  home: 'https://arize.com',
  client: {
    endpoint: 'https://otlp.arize.com',
    variables: { ARIZE_SPACE_ID: '{space}', ARIZE_REGION: '{arizeRegion}' },
    packages: ['arize>=7,<9'],
    serviceDomains: ['arize.com'],
  },
  clouds: CONNECTED,
};

/** @see https://docs.databricks.com/aws/en/dev-tools/auth/env-vars */
export const DATABRICKS: System = {
  id: 'databricks',
  title: 'Databricks',
  purposes: ['feature store', 'experiment tracking'],
  status: { kind: 'active' },
  licence: 'commercial',
  version: 'service',
  readOn: '2026-11-30',
  home: 'https://www.databricks.com',
  client: {
    variables: { DATABRICKS_HOST: '{endpoint}', DATABRICKS_CLIENT_ID: '{clientId}' },
    packages: ['databricks-sdk>=0.40,<1', 'databricks-feature-engineering>=0.10,<1'],
    serviceDomains: ['databricks.com', 'azuredatabricks.net'],
  },
  clouds: CONNECTED,
};

/** @see https://docs.datadoghq.com/agent/guide/environment-variables/ */
export const DATADOG: System = {
  id: 'datadog',
  title: 'Datadog',
  purposes: ['monitoring'],
  status: { kind: 'active' },
  licence: 'commercial',
  version: 'service',
  readOn: '2026-11-30',
  home: 'https://www.datadoghq.com',
  client: {
    endpoint: 'https://api.datadoghq.com',
    variables: { DD_SITE: '{site}', DD_SERVICE: '{service}', DD_ENV: '{environment}' },
    packages: ['datadog>=0.50,<1'],
    serviceDomains: ['datadoghq.com', 'datadoghq.eu', 'ddog-gov.com'],
  },
  clouds: CONNECTED,
};

/** @see https://docs.evidentlyai.com/docs/platform/overview */
export const EVIDENTLY: System = {
  id: 'evidently',
  title: 'Evidently',
  purposes: ['monitoring'],
  status: { kind: 'active' },
  licence: 'Apache-2.0',
  version: '0.7.21',
  readOn: '2026-11-30',
  home: 'https://www.evidentlyai.com',
  client: { variables: { EVIDENTLY_URL: '{endpoint}' }, packages: ['evidently>=0.7,<0.8'] },
  clouds: CONNECTED,
};
