import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { VertexAiTensorboard } from '@cdktf/provider-google/lib/vertex-ai-tensorboard';
import { Construct, IConstruct } from 'constructs';
import { IDataLake } from './data-lake';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { after } from './private/base/ordering';
import { grantRunInvoke } from './private/serving/cloud-run-caller';
import { newTrackerDatabase, TrackerDatabase } from './private/tracking/database';
import { mlflowContainer, trackerImage } from './private/tracking/server';
import { RemovalPolicy } from './removal-policy';
import { IServiceAccount, ServiceAccount } from './service-account';
import { ExperimentTrackerIntent } from '../core/experiment-tracker';
import { Cloud, Parity } from '../core/parity';
import { Token } from '../core/private/tokens';
import { refuse, requireInteger, requireMatch, Speaker } from '../core/private/validation';
import { stableName } from '../terraform/names';
import { mayDestroy } from '../terraform/removal';

/** A tracker that jobs and notebooks can record their runs in. */
export interface IExperimentTracker extends IConstruct {
  /**
   * What MLflow calls the tracking URI: the service's address, `https://….run.app`. It is the audience of the ID token as well that a client
   * sends in `MLFLOW_TRACKING_TOKEN`; a token holds for an hour.
   */
  readonly trackingUri: string;
  /** Variables that point an MLflow client at the tracker: `MLFLOW_TRACKING_URI`. The token is the client's own. */
  readonly environment: { [name: string]: string };
  /** Allows recording runs, models and artifacts, and looking at them: MLflow itself tells no users apart. Files go through the server, so that a client needs no permission for the bucket. */
  grantUse(principal: IPrincipal): Grant;
}

/** A tracker on Google Cloud: MLflow on Cloud Run, its record in Cloud SQL, its files in the lake. */
export interface ExperimentTrackerProps extends ExperimentTrackerIntent {
  /** The lake whose bucket of artifacts takes the files, under `mlflow/`, and whose key encrypts database, service and password. */
  readonly data: IDataLake;
  /**
   * The version of MLflow. A newer one changes the database's schema when the service starts; an older one cannot read it any more.
   *
   * @default '3.15.1'
   * @see https://mlflow.org/releases
   */
  readonly mlflowVersion?: string;
  /**
   * An image of yours with `mlflow`, `psycopg2` and `google-cloud-storage` in it, in a registry that Cloud Run reaches.
   *
   * @default - MLflow's own image, through a mirror of ghcr.io in Artifact Registry
   */
  readonly image?: string;
  /**
   * Machine of the database, as Cloud SQL names it: `db-custom-2-7680`.
   *
   * @default 'db-g1-small' - about 26 USD a month; no service level
   * @see https://cloud.google.com/sql/docs/postgres/create-instance#machine-types
   */
  readonly databaseTier?: string;
  /**
   * Whether the database has a twin in a second zone that takes over; doubles its price.
   *
   * @default false
   */
  readonly highlyAvailable?: boolean;
  /**
   * Copies of the server that stand ready when nobody asks, 0 to 10. The first answer of a server that has to start takes about half a minute.
   *
   * @default 0
   */
  readonly minInstances?: number;
  /**
   * Copies of the server at most, 1 to 10; each holds up to 20 connections to the database.
   *
   * @default 2
   */
  readonly maxInstances?: number;
  /**
   * Whether the address answers from outside the project's networks too, to who has the permission: `gcloud run services proxy` needs it.
   *
   * @default false
   */
  readonly publicAddress?: boolean;
  /**
   * A higher number gives the database a new password, which nobody ever sees. Needed too when an apply broke off between the two places of it.
   *
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * Whether a Vertex AI TensorBoard stands beside MLflow, for curves of training; paid by what it stores.
   *
   * @default false
   * @see https://cloud.google.com/vertex-ai/docs/experiments/tensorboard-introduction
   */
  readonly tensorboard?: boolean;
  /**
   * What happens to the record when the tracker leaves the stack. The name of a database that was deleted is taken for a week.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What identifies a tracker that exists. */
export interface ExperimentTrackerAttributes {
  /** Address of the service, `https://….run.app`. */
  readonly trackingUri: string;
  /** Name of the Cloud Run service, in the project and region of the stack. */
  readonly serviceName: string;
}

/**
 * Experiments, runs and models over the MLflow protocol: a server on Cloud Run, a PostgreSQL database without a public address, artifacts
 * in the lake under `mlflow/`.
 *
 * The server answers inside the project's network alone, to who has a grant. The password of the database is made while applying and lies in
 * Secret Manager: neither the template nor Terraform's state has it, which takes Terraform 1.11 (or OpenTofu 1.11).
 * Children: `Server`, `Database`, `ServiceAccount`, `Password`, `Images` (the mirror), `TensorBoard`. Costs: the database, about 26 USD a month
 * while it is there; the server only while it answers, unless `minInstances` says otherwise.
 *
 * @see https://mlflow.org/docs/latest/self-hosting/
 */
export class ExperimentTracker extends Construct implements IExperimentTracker {
  /** A tracker that another stack has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: ExperimentTrackerAttributes): IExperimentTracker {
    return new ImportedTracker(scope, id, attributes);
  }

  public readonly trackingUri: string;
  public readonly environment: { [name: string]: string };
  /** What the server runs as. */
  public readonly serviceAccount: IServiceAccount;
  /** Name of the Cloud Run service. */
  public readonly serviceName: string;
  /** Name of the Cloud SQL instance. */
  public readonly databaseInstance: string;
  /** Resource name of the TensorBoard, what a custom job takes; undefined unless asked for. Who writes to it needs `roles/aiplatform.user`. */
  public readonly tensorboardName?: string;

  public constructor(scope: Construct, id: string, props: ExperimentTrackerProps) {
    super(scope, id);
    const who: Speaker = { what: 'experiment tracker', name: id };
    check(who, props);
    const isDestroyable = mayDestroy(this, who, props.removalPolicy);
    const { encryptionKey } = props.data;
    const project = GoogleProject.of(this);

    this.serviceAccount = new ServiceAccount(this, 'ServiceAccount', { displayName: `MLflow of ${this.node.path}` });
    const database = newTrackerDatabase(this, {
      encryptionKey,
      client: this.serviceAccount,
      tier: props.databaseTier ?? 'db-g1-small',
      highlyAvailable: props.highlyAvailable ?? false,
      passwordVersion: props.passwordVersion ?? 1,
      isDestroyable,
    });
    this.databaseInstance = database.instance.name;

    // The address is made of names that are known beforehand; the other one that Cloud Run gives would be known only afterwards.
    const name = stableName(this, undefined, { maxLength: 40, separator: '-' });
    const host = `${name}-${project.projectNumber}.${project.region}.run.app`;
    this.trackingUri = `https://${host}`;
    this.environment = environmentOf(this.trackingUri);
    const service = this.newServer(name, host, database, props);
    this.serviceName = service.name;
    if (props.tensorboard) this.tensorboardName = this.newTensorboard(props, isDestroyable);
  }

  public grantUse(principal: IPrincipal): Grant {
    return grantRunInvoke(this, this.serviceName, principal, 'use');
  }

  private newServer(name: string, host: string, database: TrackerDatabase, props: ExperimentTrackerProps): CloudRunV2Service {
    const project = GoogleProject.of(this);
    const { encryptionKey } = props.data;
    const image = props.image === undefined ? trackerImage(this, encryptionKey, props.mlflowVersion ?? MLFLOW) : undefined;
    const artifacts = props.data.grantReadWrite(this.serviceAccount, FOLDER);
    return new CloudRunV2Service(this, 'Server', {
      name,
      project: project.projectId,
      location: project.region,
      description: `MLflow of ${this.node.path}`,
      ingress: props.publicAddress ? 'INGRESS_TRAFFIC_ALL' : 'INGRESS_TRAFFIC_INTERNAL_ONLY',
      invokerIamDisabled: false,
      customAudiences: [this.trackingUri],
      // What is worth keeping lies in the database and in the lake.
      deletionProtection: false,
      template: {
        serviceAccount: this.serviceAccount.email,
        encryptionKey: encryptionKey.keyId,
        executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
        timeout: '900s',
        scaling: { minInstanceCount: props.minInstances ?? 0, maxInstanceCount: props.maxInstances ?? 2 },
        vpcAccess: { egress: 'ALL_TRAFFIC', networkInterfaces: [{ network: project.network.networkId, subnetwork: project.network.subnetworkId }] },
        containers: [mlflowContainer({
          image: image?.uri ?? props.image!, host, artifacts: `gs://${props.data.artifactBucketName}/${FOLDER.slice(0, -1)}`, database,
        })],
      },
      traffic: [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }],
      dependsOn: after(project._api('run', 'compute'), encryptionKey.grantServiceAgent('run'), artifacts, ...database.ready, ...(image?.ready ?? [])),
    });
  }

  private newTensorboard(props: ExperimentTrackerProps, isDestroyable: boolean): string {
    const project = GoogleProject.of(this);
    return new VertexAiTensorboard(this, 'TensorBoard', {
      displayName: stableName(this, undefined, { maxLength: 63, separator: '-' }),
      project: project.projectId,
      region: project.region,
      description: `Curves of training of ${this.node.path}`,
      encryptionSpec: { kmsKeyName: props.data.encryptionKey.keyId },
      lifecycle: { preventDestroy: !isDestroyable },
      dependsOn: after(project._api('aiplatform'), props.data.encryptionKey.grantServiceAgent('aiplatform')),
    }).name;
  }
}

class ImportedTracker extends Construct implements IExperimentTracker {
  public readonly trackingUri: string;
  public readonly environment: { [name: string]: string };
  private readonly serviceName: string;

  public constructor(scope: Construct, id: string, attributes: ExperimentTrackerAttributes) {
    super(scope, id);
    const who: Speaker = { what: 'experiment tracker', name: id };
    requireMatch(who, 'trackingUri', attributes.trackingUri, /^https:\/\/[^/\s]+$/, 'the address of the service, https://….run.app');
    this.trackingUri = attributes.trackingUri;
    this.environment = environmentOf(attributes.trackingUri);
    this.serviceName = attributes.serviceName;
  }

  public grantUse(principal: IPrincipal): Grant {
    return grantRunInvoke(this, this.serviceName, principal, 'use');
  }
}

function check(who: Speaker, props: ExperimentTrackerProps): void {
  Parity._refuse(who, 'ExperimentTrackerIntent', Cloud.GCP, props);
  requireMatch(who, 'mlflowVersion', props.mlflowVersion, /^3\.\d+\.\d+$/, `a version of MLflow 3 like ${MLFLOW}`);
  requireMatch(who, 'databaseTier', props.databaseTier, /^db-(f1-micro|g1-small|custom-\d+-\d+|perf-optimized-N-\d+)$/, 'a machine of Cloud SQL for PostgreSQL like db-custom-2-7680');
  requireMatch(who, 'image', props.image, /^\S+\/\S+$/, 'the address of an image, europe-west4-docker.pkg.dev/my-project/images/mlflow:3.15.1');
  if (props.image !== undefined && props.mlflowVersion !== undefined) refuse(who, 'mlflowVersion', props.mlflowVersion, 'left out where image is given: it is the image that has a version');
  requireInteger(who, 'minInstances', props.minInstances, 0, 10);
  requireInteger(who, 'maxInstances', props.maxInstances, 1, 10);
  requireInteger(who, 'passwordVersion', props.passwordVersion, 1, 1_000_000);
  const { minInstances = 0, maxInstances = 2 } = props;
  const isKnown = !Token.isUnresolved(minInstances) && !Token.isUnresolved(maxInstances);
  if (isKnown && minInstances > maxInstances) refuse(who, 'minInstances', minInstances, `at most maxInstances, ${maxInstances}`);
}

function environmentOf(trackingUri: string): { [name: string]: string } {
  return { MLFLOW_TRACKING_URI: trackingUri };
}

const FOLDER = 'mlflow/';
const MLFLOW = '3.15.1';
