import { CONNECTED } from './answers';
import { System } from '../system';

const FOLDER = '/tmp/feast';
/** Writes configuration and definitions where the program of Feast reads them. */
const PLACE = [
  'import os, pathlib',
  `folder = pathlib.Path("${FOLDER}")`,
  'folder.mkdir(exist_ok=True)',
  '(folder / "feature_store.yaml").write_text(os.environ["FEAST_CONFIGURATION"])',
  '(folder / "definitions.py").write_text(os.environ["FEAST_DEFINITIONS"])',
].join('\n');
const EXISTING = `a server that exists, by its endpoint and its registry: ${CONNECTED.aws.how}`;

/**
 * Feast: features of the groups of the cloud's feature store, out of its own registry, online store and server.
 *
 * @see https://docs.feast.dev/reference/feature-repository/feature-store-yaml
 */
export const FEAST: System = {
  id: 'feast',
  title: 'Feast',
  purposes: ['feature store'],
  status: { kind: 'active' },
  licence: 'Apache-2.0',
  version: '0.66.0',
  readOn: '2026-12-01',
  home: 'https://feast.dev',
  client: {
    // `FeatureStore()` finds its configuration there.
    variables: { FEAST_FS_YAML_FILE_PATH: '~/.feast/feature_store.yaml', FEAST_SERVER_URL: '{endpoint}' },
    files: { '.feast/feature_store.yaml': '{feast.configuration}' },
    packages: ['feast>=0.66,<0.68'],
  },
  server: {
    repository: 'quay.io/feastdev/feature-server',
    tag: '0.66.0',
    port: 6566,
    healthPath: '/health',
    command: ['feast', '-c', FOLDER, 'serve', '-h', '0.0.0.0', '-p', '6566', '--registry_ttl_sec', '60'],
    // What is not among the definitions any more leaves the registry.
    before: [['python', '-c', PLACE], ['feast', '-c', FOLDER, 'apply', '--skip-source-validation']],
    variables: {
      FEAST_CONFIGURATION: '{feast.configuration}',
      FEAST_DEFINITIONS: '{feast.definitions}',
      FEAST_USAGE: 'False',
    },
    task: {
      before: [['python', '-c', PLACE]],
      command: ['/bin/sh', '-c', `exec feast -c ${FOLDER} materialize-incremental "$(date -u +%Y-%m-%dT%H:%M:%S)"`],
    },
    store: true,
    cpu: 1,
    memoryGiB: 2,
    scalesToZero: true,
  },
  onCloud: { gcp: { client: { packages: ['feast[gcp]>=0.66,<0.68'] } } },
  clouds: {
    aws: { as: 'connected', how: EXISTING },
    gcp: {
      as: 'hosted',
      how: 'google_cloud_run_v2_service with google_firestore_database; google_cloud_run_v2_job fills it at the times of google_cloud_scheduler_job',
    },
    azure: { as: 'connected', how: EXISTING.replace(CONNECTED.aws.how, CONNECTED.azure.how) },
  },
};
