import { aws_iam as iam, RemovalPolicy } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { ExperimentTrackerIntent } from '../core/experiment-tracker';

/** A tracker that jobs and notebooks can record their runs in. */
export interface IExperimentTracker extends IConstruct {
  /**
   * MLflow tracking URI: the ARN of the app or server, empty where there is none. The client needs the Python package
   * `sagemaker-mlflow`.
   */
  readonly trackingUri: string;
  /** Variables that point an MLflow client at the tracker: `MLFLOW_TRACKING_URI`. */
  readonly environment: { [name: string]: string };
  /**
   * Allows looking at everything recorded, the web page included. On an MLflow App the service also checks one action
   * that covers its whole API.
   */
  grantRead(grantee: iam.IGrantable): iam.Grant;
  /** Allows recording runs, models and artifacts, and looking at them; what a training job or a notebook needs. */
  grantUse(grantee: iam.IGrantable): iam.Grant;
  /** Allows deleting as well: experiments, runs, registered models and their artifacts. */
  grantManage(grantee: iam.IGrantable): iam.Grant;
}

/** How large a tracking server is. */
export enum TrackingServerSize {
  /** Up to 25 users. */
  SMALL = 'Small',
  /** Up to 50 users. */
  MEDIUM = 'Medium',
  /** Up to 100 users. */
  LARGE = 'Large',
}

/** A tracking server: a machine of its own that is paid by the hour, in use or not. */
export interface TrackingServerOptions {
  /**
   * How large the server is.
   *
   * @default TrackingServerSize.SMALL
   */
  readonly size?: TrackingServerSize;
  /**
   * The version of MLflow, `3.0.0`.
   *
   * @default - the newest that SageMaker offers when the server is made
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/mlflow.html
   */
  readonly mlflowVersion?: string;
}

/** A tracker on AWS, without the lake, which a blueprint gives it. */
export interface ExperimentTrackerOptions extends ExperimentTrackerIntent {
  /**
   * A server of its own instead of the serverless MLflow App, which some regions lack (docs/aws.md). Changing between
   * the two starts a new record; the old one stays, retained.
   *
   * @default - an MLflow App, which has no hourly price
   */
  readonly trackingServer?: TrackingServerOptions;
  /**
   * When the weekly maintenance begins, in UTC: `Tue:03:30`.
   *
   * @default - SageMaker chooses
   */
  readonly weeklyMaintenanceStart?: string;
  /**
   * A role of yours that SageMaker uses to reach the artifacts; it gets the permissions it lacks.
   *
   * @default - a new role for this alone
   */
  readonly role?: iam.IRole;
  /**
   * Removal policy of the record, and of the role made for it, when the tracker leaves the stack. DESTROY needs the
   * context flag `mlops:allowDestroy`.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A tracker on AWS: MLflow, managed by SageMaker. */
export interface ExperimentTrackerProps extends ExperimentTrackerOptions {
  /** The lake whose bucket of artifacts takes the files, under `mlflow/`. */
  readonly data: IDataLake;
}

/** Attributes of an existing tracker. */
export interface ExperimentTrackerAttributes {
  /** ARN of the MLflow App or of the tracking server. */
  readonly trackingUri: string;
  /** The lake that holds the artifacts under `mlflow/`. */
  readonly data: IDataLake;
}
