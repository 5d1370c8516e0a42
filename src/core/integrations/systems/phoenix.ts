import { HOSTED_WITH_POSTGRESQL } from './answers';
import { System } from '../system';

/**
 * Arize Phoenix: traces and evaluations of models, over OpenTelemetry.
 *
 * @see https://arize.com/docs/phoenix/self-hosting/configuration
 */
export const PHOENIX: System = {
  id: 'phoenix',
  title: 'Arize Phoenix',
  purposes: ['monitoring'],
  status: { kind: 'active' },
  licence: 'Elastic-2.0 (not for resale as a service)',
  version: '20.3.0',
  readOn: '2026-11-30',
  home: 'https://phoenix.arize.com',
  client: {
    variables: { PHOENIX_COLLECTOR_ENDPOINT: '{endpoint}', PHOENIX_PROJECT_NAME: '{project}' },
    packages: ['arize-phoenix-otel>=0.13,<1'],
  },
  server: {
    repository: 'docker.io/arizephoenix/phoenix',
    tag: 'version-20.3.0-nonroot',
    port: 6006,
    healthPath: '/healthz',
    // The image has no shell: its own entry point starts the server, which migrates the database first.
    command: [],
    variables: {
      PHOENIX_PORT: '6006',
      PHOENIX_POSTGRES_HOST: '{database.host}',
      PHOENIX_POSTGRES_PORT: '{database.port}',
      PHOENIX_POSTGRES_USER: '{database.user}',
      PHOENIX_POSTGRES_DB: '{database.name}',
      PHOENIX_ENABLE_AUTH: 'true',
      PHOENIX_TELEMETRY_ENABLED: 'false',
    },
    secretVariables: {
      PHOENIX_POSTGRES_PASSWORD: '{database.password}',
      PHOENIX_SECRET: '{secret.session}',
      PHOENIX_DEFAULT_ADMIN_INITIAL_PASSWORD: '{secret.admin}',
    },
    secrets: ['session', 'admin'],
    database: 'postgresql',
    cpu: 1,
    memoryGiB: 2,
    scalesToZero: true,
  },
  clouds: HOSTED_WITH_POSTGRESQL,
};
