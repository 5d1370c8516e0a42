import { IDataLake } from './data-lake-props';
import { IFeatureStore } from './feature-store-props';
import { RemovalPolicy } from './removal-policy';
import { IntegrationsIntent } from '../core/integrations/integrations';

/** How Google Cloud hosts one system: a container on Cloud Run, a database of Cloud SQL. */
export interface HostedSystemOptions {
  /**
   * vCPUs of the container: 1, 2, 4, 6 or 8.
   *
   * @default - what the system needs at least
   */
  readonly cpu?: number;
  /**
   * Memory of the container in GiB, 1 to 32; at most 4 for each vCPU.
   *
   * @default - what the system needs at least
   */
  readonly memoryGiB?: number;
  /**
   * Version to run, as the image's tag has it. A newer one changes the schema of the database when it starts; an older
   * one may not read it any more.
   *
   * @default - the version that the library knows
   */
  readonly version?: string;
  /**
   * An image of yours with the system in it, in a registry that Cloud Run reaches.
   *
   * @default - the image of the system's makers, through a mirror in Artifact Registry
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
   * A higher number gives the database a new password, which is never displayed.
   *
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * A higher number makes the secrets of the server new, which clients fetch when they start next.
   *
   * @default 1
   */
  readonly secretVersion?: number;
}

/** Integrations on Google Cloud, without the lake, which a blueprint gives them. */
export interface IntegrationsOptions extends IntegrationsIntent {
  /**
   * Secrets of Secret Manager by their `SecretName`, where they are of another project, or have another id or a fixed
   * version: `projects/<id>/secrets/<name>`, or `projects/<id>/secrets/<name>/versions/<number>`.
   *
   * @default - the secret of that name in the project of the stack, its latest version
   */
  readonly secrets?: { [secretName: string]: string };
  /**
   * How the systems that the stack hosts run, by their id: `prefect`.
   *
   * @default - the defaults of `HostedSystemOptions`
   */
  readonly hosted?: { [system: string]: HostedSystemOptions };
  /**
   * Removal policy of databases and secrets of hosted systems when these leave the stack. The name of a database that
   * was deleted is taken for a week.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Integrations on Google Cloud. */
export interface IntegrationsProps extends IntegrationsOptions {
  /**
   * The lake whose bucket of artifacts takes the files of clients and servers, under `integrations/`, and whose key
   * encrypts databases, services and secrets.
   */
  readonly data: IDataLake;
  /**
   * The feature store whose groups Feast serves, by their names there.
   *
   * @default - none: Feast is not hosted
   */
  readonly features?: IFeatureStore;
  /**
   * Notification channels of the alerts on hosted systems, `projects/<id>/notificationChannels/<number>`.
   *
   * @default - no one is notified: alerts are in the console alone
   */
  readonly notificationChannels?: string[];
}
