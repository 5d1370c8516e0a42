import { HOSTED_WITH_POSTGRESQL } from './answers';
import { System } from '../system';

/**
 * lakeFS: branches and commits of data in the lake.
 *
 * @see https://docs.lakefs.io/latest/reference/configuration/
 */
export const LAKEFS: System = {
  id: 'lakefs',
  title: 'lakeFS',
  purposes: ['data versioning'],
  status: { kind: 'active' },
  licence: 'Apache-2.0 (roles and single sign-on: Enterprise)',
  version: '1.84.0',
  readOn: '2026-11-30',
  home: 'https://lakefs.io',
  client: {
    variables: { LAKECTL_SERVER_ENDPOINT_URL: '{endpoint}' },
    serverSecrets: {
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: 'accessKey',
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: 'secretKey',
    },
    packages: ['lakefs>=0.8,<1'],
  },
  server: {
    repository: 'docker.io/treeverse/lakefs',
    tag: '1.84.0',
    port: 8000,
    healthPath: '/_health',
    command: ['/app/lakefs', 'run'],
    variables: {
      LAKEFS_DATABASE_TYPE: 'postgres',
      LAKEFS_INSTALLATION_USER_NAME: 'admin',
      LAKEFS_STATS_ENABLED: 'false',
    },
    secretVariables: {
      LAKEFS_DATABASE_POSTGRES_CONNECTION_STRING:
        'postgres://{database.user}:{database.password}@{database.host}:{database.port}/{database.name}?sslmode=require',
      LAKEFS_AUTH_ENCRYPT_SECRET_KEY: '{secret.encryption}',
      LAKEFS_INSTALLATION_ACCESS_KEY_ID: '{secret.accessKey}',
      LAKEFS_INSTALLATION_SECRET_ACCESS_KEY: '{secret.secretKey}',
    },
    secrets: ['encryption', 'accessKey', 'secretKey'],
    database: 'postgresql',
    store: true,
    cpu: 1,
    memoryGiB: 2,
    // It collects garbage and compacts on its own.
    scalesToZero: false,
  },
  onCloud: {
    aws: { server: { variables: { LAKEFS_BLOCKSTORE_TYPE: 's3', LAKEFS_BLOCKSTORE_S3_REGION: '{region}' } } },
    gcp: { server: { variables: { LAKEFS_BLOCKSTORE_TYPE: 'gs' } } },
    azure: {
      server: {
        variables: { LAKEFS_BLOCKSTORE_TYPE: 'azure', LAKEFS_BLOCKSTORE_AZURE_STORAGE_ACCOUNT: '{store.account}' },
      },
    },
  },
  clouds: HOSTED_WITH_POSTGRESQL,
};
