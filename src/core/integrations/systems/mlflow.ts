import { HOSTED_WITH_POSTGRESQL } from './answers';
import { System } from '../system';

const DATABASE =
  'postgresql+psycopg2://{database.user}@{database.host}:{database.port}/{database.name}?sslmode=require';

/**
 * MLflow's own server, where the tracker of the cloud is not wanted.
 *
 * @see https://mlflow.org/docs/latest/self-hosting/architecture/tracking-server/
 */
export const MLFLOW: System = {
  id: 'mlflow',
  title: 'MLflow',
  purposes: ['experiment tracking'],
  status: { kind: 'active' },
  licence: 'Apache-2.0',
  version: '3.15.1',
  readOn: '2026-11-30',
  home: 'https://mlflow.org',
  client: {
    variables: { MLFLOW_TRACKING_URI: '{endpoint}', MLFLOW_EXPERIMENT_NAME: '{experiment}' },
    packages: ['mlflow-skinny>=3,<4'],
  },
  server: {
    repository: 'ghcr.io/mlflow/mlflow',
    // The plain tag has no drivers of databases and clouds.
    tag: 'v3.15.1-full',
    port: 5000,
    healthPath: '/health',
    command: [
      'mlflow', 'server', '--host', '0.0.0.0', '--port', '5000', '--workers', '2',
      '--serve-artifacts', '--artifacts-destination', '{store}',
    ],
    before: [['mlflow', 'db', 'upgrade', DATABASE]],
    variables: {
      MLFLOW_BACKEND_STORE_URI: DATABASE,
      // Requests for another name are turned away.
      MLFLOW_SERVER_ALLOWED_HOSTS: '{host}',
      MLFLOW_SERVER_CORS_ALLOWED_ORIGINS: '{endpoint}',
      // Evaluations of language models in the background: seven more processes.
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      MLFLOW_DISABLE_TELEMETRY: 'true',
    },
    // The driver takes it from there, so that no address holds it.
    secretVariables: { PGPASSWORD: '{database.password}' },
    database: 'postgresql',
    store: true,
    cpu: 1,
    memoryGiB: 2,
    scalesToZero: true,
  },
  clouds: HOSTED_WITH_POSTGRESQL,
};
