import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository';
import { CloudRunV2ServiceTemplateContainers } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { TrackerDatabase } from './database';
import { stableName } from '../../../terraform/names';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/** An image that Cloud Run can pull. */
export interface TrackerImage {
  readonly uri: string;
  /** What must be there before. */
  readonly ready: ITerraformDependable[];
}

/**
 * MLflow's own image, the variant with the drivers of databases and clouds. Cloud Run pulls from Artifact Registry
 * alone, so a remote repository there fetches it from ghcr.io once and keeps it.
 *
 * @see https://cloud.google.com/artifact-registry/docs/repositories/remote-overview
 */
export function trackerImage(scope: Construct, encryptionKey: IEncryptionKey, version: string): TrackerImage {
  const project = GoogleProject.of(scope);
  const images = new ArtifactRegistryRepository(scope, 'Images', {
    project: project.projectId,
    location: project.region,
    repositoryId: stableName(scope, 'Images', { maxLength: 63, separator: '-' }),
    description: `Mirror of ghcr.io for ${scope.node.path}`,
    format: 'DOCKER',
    mode: 'REMOTE_REPOSITORY',
    remoteRepositoryConfig: { description: 'GitHub container registry', dockerRepository: { customRepository: { uri: 'https://ghcr.io' } } },
    kmsKeyName: encryptionKey.keyId,
    dependsOn: after(project._api('artifactregistry'), encryptionKey.grantServiceAgent('artifactregistry')),
  });
  return {
    uri: `${project.region}-docker.pkg.dev/${project.projectId}/${images.repositoryId}/mlflow/mlflow:v${version}-full`,
    ready: [images],
  };
}

/** What the server needs to know. */
export interface TrackerServer {
  readonly image: string;
  /** The name that clients call it by; requests for another are turned away. */
  readonly host: string;
  /** Where files go, `gs://…/mlflow`. */
  readonly artifacts: string;
  readonly database: TrackerDatabase;
}

/** MLflow's server. Every start brings the schema of the database to its own version first. */
export function mlflowContainer({
  image,
  host,
  artifacts,
  database,
}: TrackerServer): CloudRunV2ServiceTemplateContainers {
  const environment: { readonly [name: string]: string } = {
    MLFLOW_BACKEND_STORE_URI: database.uri,
    MLFLOW_ARTIFACTS_DESTINATION: artifacts,
    MLFLOW_SERVER_ALLOWED_HOSTS: host,
    MLFLOW_SERVER_CORS_ALLOWED_ORIGINS: `https://${host}`,
    // Evaluations of language models in the background: seven more processes, 1.7 GB, which would not outlive a request
    // on Cloud Run.
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    // Two workers, ten connections each.
    MLFLOW_SQLALCHEMYSTORE_POOL_SIZE: '5',
    MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW: '5',
  };
  return {
    name: 'mlflow',
    image,
    command: ['/bin/sh', '-c'],
    args: [START],
    ports: { containerPort: PORT },
    env: [
      ...Object.entries(environment).map(([name, value]) => ({ name, value })),
      { name: 'PGPASSWORD', valueSource: { secretKeyRef: database.password } },
    ],
    resources: { limits: { cpu: '1', memory: '2Gi' }, cpuIdle: true, startupCpuBoost: true },
    startupProbe: {
      httpGet: { path: '/health', port: PORT },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 24,
    },
    livenessProbe: {
      httpGet: { path: '/health', port: PORT },
      periodSeconds: 30,
      timeoutSeconds: 10,
      failureThreshold: 3,
    },
  };
}

const PORT = 5000;
const START =
  'mlflow db upgrade "$MLFLOW_BACKEND_STORE_URI" && ' +
  `exec mlflow server --host 0.0.0.0 --port ${PORT} --workers 2 --serve-artifacts --artifacts-destination "$MLFLOW_ARTIFACTS_DESTINATION"`;
