import { HOSTED_EVERYWHERE } from './answers';
import { System } from '../system';

/**
 * Prefect 3: server, and deployments that start and follow the training.
 *
 * @see https://docs.prefect.io/v3/api-ref/settings-ref
 */
export const PREFECT: System = {
  id: 'prefect',
  title: 'Prefect',
  purposes: ['orchestration'],
  status: { kind: 'active' },
  licence: 'Apache-2.0',
  version: '3.8.3',
  readOn: '2026-11-30',
  home: 'https://www.prefect.io',
  client: {
    variables: { PREFECT_API_URL: '{endpoint}' },
    serverSecrets: { PREFECT_API_AUTH_STRING: 'auth' },
    packages: ['prefect>=3.4,<4'],
    serviceDomains: ['prefect.cloud'],
  },
  server: {
    repository: 'docker.io/prefecthq/prefect',
    tag: '3.8.3-python3.12',
    port: 4200,
    healthPath: '/api/health',
    clientPath: '/api',
    command: ['prefect', 'server', 'start', '--host', '0.0.0.0', '--port', '4200'],
    before: [['prefect', 'server', 'database', 'upgrade', '-y']],
    variables: {
      PREFECT_UI_API_URL: '{endpoint}/api',
      // The migration runs before the server, once for each start.
      PREFECT_API_DATABASE_MIGRATE_ON_START: 'false',
      PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    },
    secretVariables: {
      PREFECT_SERVER_DATABASE_CONNECTION_URL:
        'postgresql+asyncpg://{database.user}:{database.password}@{database.host}:{database.port}/{database.name}?ssl=require',
      PREFECT_SERVER_API_AUTH_STRING: '{secret.auth}',
    },
    secrets: ['auth'],
    database: 'postgresql',
    cpu: 1,
    memoryGiB: 2,
    // Schedules, late runs and automations are loops of the server.
    scalesToZero: false,
  },
  clouds: HOSTED_EVERYWHERE,
};
