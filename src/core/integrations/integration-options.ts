import { DeltaTableSpec } from './delta-table';
import { IntegrationHosting } from './integration-hosting';
import { SecretName } from './secret-name';

/** Options of the connection to Weights & Biases. */
export interface WeightsAndBiasesOptions {
  /** Team or user that owns the runs. */
  readonly entity: string;
  /**
   * Project that the runs go to.
   *
   * @default - the project that the client chooses, `uncategorized`
   */
  readonly project?: string;
  /** Name of the secret that holds the API key. */
  readonly apiKey: SecretName;
  /**
   * Address of a server of one's own.
   *
   * @default 'https://api.wandb.ai'
   */
  readonly endpoint?: string;
}

/** Options of Prefect. */
export interface PrefectOptions {
  /**
   * Address of a server that exists, with `/api` and, in Prefect Cloud, with account and workspace.
   *
   * @default - the stack hosts a server
   */
  readonly endpoint?: string;
  /**
   * Name of the secret that holds the key of Prefect Cloud.
   *
   * @default - no key: a server that the stack hosts makes its own
   */
  readonly apiKey?: SecretName;
  /**
   * The place of the server.
   *
   * @default IntegrationHosting.SERVICE
   */
  readonly hosting?: IntegrationHosting;
}

/** Options of Prometheus. */
export interface PrometheusOptions {
  /**
   * Address that a server which exists takes samples at, by remote write: `https://prometheus.example.com/api/v1/write`.
   *
   * @default - the cloud's own service, where it has one
   */
  readonly endpoint?: string;
  /**
   * Name of the secret that holds the bearer token of a server that asks for one.
   *
   * @default - no token
   */
  readonly token?: SecretName;
}

/** Options of MLflow's own server. */
export interface MlflowOptions {
  /**
   * Address of a server that exists.
   *
   * @default - the stack hosts a server
   */
  readonly endpoint?: string;
  /**
   * Name of the secret that holds the token of a server that asks for one.
   *
   * @default - no token
   */
  readonly token?: SecretName;
  /**
   * Experiment that the runs go to.
   *
   * @default - MLflow's `Default`
   */
  readonly experiment?: string;
  /**
   * The place of the server.
   *
   * @default IntegrationHosting.SERVICE
   */
  readonly hosting?: IntegrationHosting;
}

/** Options of Delta Lake. */
export interface DeltaLakeOptions {
  /** The tables, each once. */
  readonly tables: DeltaTableSpec[];
}

/** Options of lakeFS. */
export interface LakeFsOptions {
  /**
   * Address of a server that exists.
   *
   * @default - the stack hosts a server
   */
  readonly endpoint?: string;
  /**
   * Name of the secret that holds the access key id of a server that exists.
   *
   * @default - a server that the stack hosts makes its own
   */
  readonly accessKeyId?: SecretName;
  /**
   * Name of the secret that holds the secret access key of a server that exists.
   *
   * @default - a server that the stack hosts makes its own
   */
  readonly secretAccessKey?: SecretName;
}

/** Options of ZenML. */
export interface ZenMlOptions {
  /**
   * Address of a server that exists.
   *
   * @default - the stack hosts a server
   */
  readonly endpoint?: string;
  /**
   * Name of the secret that holds the API key of a service account, which the server gives out.
   *
   * @default - people log in
   */
  readonly apiKey?: SecretName;
}

/** Options of Arize Phoenix. */
export interface PhoenixOptions {
  /**
   * Address of a server that exists.
   *
   * @default - the stack hosts a server
   */
  readonly endpoint?: string;
  /**
   * Name of the secret that holds a key of the server, which its administrator makes after the first start.
   *
   * @default - clients send no key: a server that asks for one takes nothing from them
   */
  readonly apiKey?: SecretName;
  /**
   * Project that traces go to.
   *
   * @default - Phoenix's `default`
   */
  readonly project?: string;
}

/** Options of Grafana. */
export interface GrafanaOptions {
  /**
   * Address of a server that exists.
   *
   * @default - the stack hosts a server
   */
  readonly endpoint?: string;
}

/** Options of Evidently. */
export interface EvidentlyOptions {
  /** Address of the server. */
  readonly endpoint: string;
  /**
   * Name of the secret that the server asks for before it takes reports.
   *
   * @default - the server takes reports from everybody
   */
  readonly secret?: SecretName;
}

/** Options of Arize AX. */
export interface ArizeOptions {
  /** Id of the space. */
  readonly space: string;
  /** Name of the secret that holds the API key. */
  readonly apiKey: SecretName;
  /**
   * Region of the service, as Arize writes it: `eu-west-1a`.
   *
   * @default - the United States
   */
  readonly region?: string;
}

/** Options of Datadog. */
export interface DatadogOptions {
  /** Name of the secret that holds the API key. */
  readonly apiKey: SecretName;
  /**
   * Site of the account.
   *
   * @default 'datadoghq.com'
   */
  readonly site?: string;
  /**
   * Service that metrics are tagged with.
   *
   * @default - no tag
   */
  readonly service?: string;
  /**
   * Environment that metrics are tagged with: `prod`.
   *
   * @default - no tag
   */
  readonly environment?: string;
}

/** Options of Databricks. */
export interface DatabricksOptions {
  /** Address of the workspace: `https://adb-1234567890123456.7.azuredatabricks.net`. */
  readonly endpoint: string;
  /** Client id of the service principal that jobs log in as. */
  readonly clientId: string;
  /** Name of the secret that holds the service principal's OAuth secret. */
  readonly clientSecret: SecretName;
}

/** Options of Tecton. */
export interface TectonOptions {
  /** Address of the cluster: `https://shop.tecton.ai`. */
  readonly endpoint: string;
  /** Name of the secret that holds the API key. */
  readonly apiKey: SecretName;
  /**
   * Whether it is known that nobody develops it any more.
   *
   * @default false
   */
  readonly acknowledgeUnmaintained?: boolean;
}

/** Options of Pachyderm. */
export interface PachydermOptions {
  /** Address of the cluster that exists. */
  readonly endpoint: string;
  /** Name of the secret that holds the token of the robot user. */
  readonly token: SecretName;
  /**
   * Whether it is known that nobody maintains it any more.
   *
   * @default false
   */
  readonly acknowledgeUnmaintained?: boolean;
}

/** Options of a system that this library has no word for. */
export interface OtherIntegrationOptions {
  /** Name as people write it. */
  readonly title: string;
  /**
   * Plain environment variables.
   *
   * @default - none
   */
  readonly variables?: { [name: string]: string };
  /**
   * Environment variables that hold a secret.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: SecretName };
  /**
   * Address of the system.
   *
   * @default - none: `variables` say what a client needs
   */
  readonly endpoint?: string;
}
