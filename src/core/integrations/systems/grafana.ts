import { HOSTED_WITH_POSTGRESQL } from './answers';
import { System } from '../system';

/**
 * Grafana: dashboards over the metrics of the cloud.
 *
 * @see https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/
 */
export const GRAFANA: System = {
  id: 'grafana',
  title: 'Grafana',
  purposes: ['monitoring'],
  status: { kind: 'active' },
  licence: 'AGPL-3.0-only',
  version: '13.2.0',
  readOn: '2026-11-30',
  home: 'https://grafana.com',
  client: { variables: { GRAFANA_URL: '{endpoint}' }, packages: [] },
  server: {
    repository: 'docker.io/grafana/grafana',
    tag: '13.2.0',
    port: 3000,
    healthPath: '/api/health',
    // The image's own entry point, which migrates the database first.
    command: [],
    variables: {
      GF_DATABASE_TYPE: 'postgres',
      GF_DATABASE_HOST: '{database.host}:{database.port}',
      GF_DATABASE_NAME: '{database.name}',
      GF_DATABASE_USER: '{database.user}',
      GF_DATABASE_SSL_MODE: 'require',
      GF_SERVER_ROOT_URL: '{endpoint}',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
    },
    secretVariables: { GF_DATABASE_PASSWORD: '{database.password}', GF_SECURITY_ADMIN_PASSWORD: '{secret.admin}' },
    secrets: ['admin'],
    database: 'postgresql',
    cpu: 0.5,
    memoryGiB: 1,
    // Its alert rules are evaluated without anybody asking.
    scalesToZero: false,
  },
  clouds: HOSTED_WITH_POSTGRESQL,
};
