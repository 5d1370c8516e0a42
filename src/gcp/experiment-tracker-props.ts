import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { RemovalPolicy } from './removal-policy';
import { ExperimentTrackerIntent } from '../core/experiment-tracker';

/** A tracker that jobs and notebooks can record their runs in. */
export interface IExperimentTracker extends IConstruct {
  /**
   * MLflow tracking URI: the service's address, `https://….run.app`. It is the audience of the ID token as well that a
   * client sends in `MLFLOW_TRACKING_TOKEN`; a token holds for an hour.
   */
  readonly trackingUri: string;
  /**
   * Whether the address answers from outside the project's networks too, to who has the permission: jobs of Vertex AI,
   * which run in Google's network, reach no other.
   */
  readonly publicAddress?: boolean;
  /** Variables that point an MLflow client at the tracker: `MLFLOW_TRACKING_URI`. The token is the client's own. */
  readonly environment: { [name: string]: string };
  /**
   * Allows recording runs, models and artifacts, and looking at them: MLflow itself does not distinguish users. Files
   * go through the server, so that a client needs no permission for the bucket.
   */
  grantUse(principal: IPrincipal): Grant;
}

/** A tracker on Google Cloud, without the lake, which a blueprint gives it. */
export interface ExperimentTrackerOptions extends ExperimentTrackerIntent {
  /**
   * The version of MLflow. A newer one changes the database's schema when the service starts; an older one cannot read
   * it any more.
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
   * Minimum instances of the server, 0 to 10. The first answer of a server that has to start takes about half a minute.
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
   * Whether the address answers from outside the project's networks too, to who has the permission:
   * `gcloud run services proxy` needs it.
   *
   * @default false
   */
  readonly publicAddress?: boolean;
  /**
   * A higher number gives the database a new password, which is never displayed. Needed too when an apply broke off
   * between the two places of it.
   *
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * Whether a Vertex AI TensorBoard is created beside MLflow, for training curves; paid by what it stores.
   *
   * @default false
   * @see https://cloud.google.com/vertex-ai/docs/experiments/tensorboard-introduction
   */
  readonly tensorboard?: boolean;
  /**
   * Removal policy of the record when the tracker leaves the stack. The name of a database that was deleted is taken
   * for a week.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A tracker on Google Cloud: MLflow on Cloud Run, its record in Cloud SQL, its files in the lake. */
export interface ExperimentTrackerProps extends ExperimentTrackerOptions {
  /**
   * The lake whose bucket of artifacts takes the files, under `mlflow/`, and whose key encrypts database, service and
   * password.
   */
  readonly data: IDataLake;
}

/** Attributes of an existing tracker. */
export interface ExperimentTrackerAttributes {
  /** Address of the service, `https://….run.app`. */
  readonly trackingUri: string;
  /**
   * Whether the address answers from outside the project's networks too.
   *
   * @default false
   */
  readonly publicAddress?: boolean;
  /** Name of the Cloud Run service, in the project and region of the stack. */
  readonly serviceName: string;
}
