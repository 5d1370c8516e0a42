import { CloudRunV2ServiceTemplateContainers } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { Construct } from 'constructs';
import { IEncryptionKey } from '../../encryption-key-props';
import { probes } from '../integrations/container-service';
import { PrivateDatabase } from '../integrations/database';
import { mirroredImage, PulledImage } from '../integrations/images';

/**
 * MLflow's own image, the variant with the drivers of databases and clouds, through a mirror of the registry that it is
 * published in.
 */
export function trackerImage(scope: Construct, encryptionKey: IEncryptionKey, version: string): PulledImage {
  return mirroredImage(scope, 'Images', encryptionKey, `ghcr.io/mlflow/mlflow:v${version}-full`);
}

/** What the server needs to know. */
export interface TrackerServer {
  readonly image: string;
  /** The name that clients call it by; requests for another are turned away. */
  readonly host: string;
  /** Where files go, `gs://…/mlflow`. */
  readonly artifacts: string;
  readonly database: PrivateDatabase;
}

/** MLflow's server. Every start brings the schema of the database to its own version first. */
export function mlflowContainer({
  image,
  host,
  artifacts,
  database,
}: TrackerServer): CloudRunV2ServiceTemplateContainers {
  const environment: { readonly [name: string]: string } = {
    // The driver is named as the default has changed; libpq takes the password from PGPASSWORD.
    MLFLOW_BACKEND_STORE_URI: `postgresql+psycopg2://${database.name}@${database.host}:${database.port}/${database.name}?sslmode=require`,
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
    ...probes('/health', PORT),
  };
}

const PORT = 5000;
const START =
  'mlflow db upgrade "$MLFLOW_BACKEND_STORE_URI" && ' +
  `exec mlflow server --host 0.0.0.0 --port ${PORT} --workers 2 --serve-artifacts --artifacts-destination "$MLFLOW_ARTIFACTS_DESTINATION"`;
