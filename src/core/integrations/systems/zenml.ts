import { HOSTED_WITH_MYSQL } from './answers';
import { System } from '../system';

/**
 * ZenML's server.
 *
 * @see https://docs.zenml.io/deploying-zenml/deploying-zenml/deploy-with-docker
 */
export const ZENML: System = {
  id: 'zenml',
  title: 'ZenML',
  purposes: ['orchestration'],
  status: { kind: 'active' },
  licence: 'Apache-2.0',
  version: '0.96.4',
  readOn: '2026-11-30',
  home: 'https://www.zenml.io',
  client: { variables: { ZENML_STORE_URL: '{endpoint}' }, packages: ['zenml>=0.90,<1'] },
  server: {
    repository: 'docker.io/zenmldocker/zenml-server',
    tag: '0.96.4',
    port: 8080,
    healthPath: '/health',
    // The migration of the database is the server's first act.
    command: [
      'uvicorn', 'zenml.zen_server.zen_server_api:app', '--no-server-header', '--proxy-headers',
      '--forwarded-allow-ips', '*', '--host', '0.0.0.0', '--port', '8080',
    ],
    variables: {
      ZENML_SERVER_DEPLOYMENT_TYPE: 'other',
      ZENML_ANALYTICS_OPT_IN: 'false',
      ZENML_SECRETS_STORE_TYPE: 'sql',
      // The database takes no other connections.
      ZENML_STORE_SSL: 'true',
      ZENML_SERVER_SERVER_URL: '{endpoint}',
    },
    secretVariables: {
      ZENML_STORE_URL:
        'mysql://{database.user}:{database.password}@{database.host}:{database.port}/{database.name}',
      ZENML_SERVER_JWT_SECRET_KEY: '{secret.jwt}',
      ZENML_SECRETS_STORE_ENCRYPTION_KEY: '{secret.encryption}',
    },
    secrets: ['jwt', 'encryption'],
    database: 'mysql',
    cpu: 1,
    memoryGiB: 2,
    scalesToZero: false,
  },
  clouds: HOSTED_WITH_MYSQL,
};
