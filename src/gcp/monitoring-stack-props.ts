import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { DataQualityScan } from './data-quality-scan-props';
import { IModelRegistry } from './model-registry-props';
import { INetwork } from './private-network-props';
import { IServingEndpoint } from './serving-endpoint-props';
import { ITrainingPipeline } from './training-pipeline-props';
import { ComputeSpec } from '../core/compute';
import { ContainerImage } from '../core/container-image';
import { MonitoringIntent } from '../core/monitoring-stack';

/** How a product is monitored on Google Cloud, without what a blueprint connects the monitoring to. */
export interface MonitoringStackOptions extends MonitoringIntent {
  /**
   * Names of notification channels of yours (a pager, a chat), `projects/<id>/notificationChannels/<number>`. Channels
   * with a secret in them are better made outside of Terraform, whose state would hold it.
   *
   * @default - none
   */
  readonly notificationChannels?: string[];
  /**
   * Whether there is a Pub/Sub topic that programs can subscribe to; every alert is published to it.
   *
   * @default false
   */
  readonly alertTopic?: boolean;
  /**
   * Time after which people are reminded of an incident that is still open, in minutes, 30 to 1440. Programs are not.
   *
   * @default - no reminders
   */
  readonly reminderMinutes?: number;
  /**
   * Share of requests that may be refused within ten minutes, in percent.
   *
   * @default 5
   */
  readonly maxClientErrorPercent?: number;
  /**
   * Time within which half of the requests must be answered, in milliseconds.
   *
   * @default - half of `maxLatencyP99Ms`
   */
  readonly maxLatencyP50Ms?: number;
  /**
   * Use of GPU and CPU (and of memory, on Cloud Run) that is too much when it lasts, in percent.
   *
   * @default 90
   */
  readonly maxUtilizationPercent?: number;
  /**
   * Memory in use of a replica on Vertex AI that is too much when it lasts, in GiB: Vertex AI reports usage, not
   * capacity.
   *
   * @default - not watched
   */
  readonly maxMemoryGiB?: number;
  /**
   * vCPUs of a replica on Vertex AI, which counts the use of CPUs in CPUs: four of them in full use are 400 %.
   *
   * @default - those of the endpoint's machine, where the endpoint knows them; else the use of CPUs is not watched
   */
  readonly replicaVcpus?: number;
  /**
   * The machine of a drift run.
   *
   * @default - the smallest machine without a GPU
   */
  readonly driftCompute?: ComputeSpec;
  /**
   * The network that drift runs reach by peering; private services access gives them addresses in it.
   *
   * @default - Google's own network, whose containers reach the internet
   * @see https://cloud.google.com/vertex-ai/docs/training/using-private-ip
   */
  readonly network?: INetwork;
  /**
   * The machine type of a drift run, `n2-standard-8`, instead of the one that `driftCompute` would pick.
   *
   * @default - picked from `driftCompute`
   */
  readonly driftMachineType?: string;
  /**
   * Time after which the job of a drift run is ended, in minutes, 5 to 1440.
   *
   * @default 60
   */
  readonly driftTimeoutMinutes?: number;
  /**
   * Whether each feature has a series `feature_drift` of its own; each is charged as any custom metric.
   *
   * @default false
   */
  readonly featureMetrics?: boolean;
  /**
   * Rules for tables of BigQuery, checked by Dataplex.
   *
   * @default - none
   */
  readonly dataQuality?: DataQualityScan[];
  /**
   * Whether there is a dashboard; it costs nothing.
   *
   * @default true
   */
  readonly dashboard?: boolean;
  /**
   * Title of the dashboard.
   *
   * @default - the path of the construct
   */
  readonly dashboardName?: string;
  /**
   * Days for which a log bucket keeps what the workflows say of themselves, 1 to 3650. The project's own log keeps it
   * for 30.
   *
   * @default - no bucket
   */
  readonly logRetentionDays?: number;
}

/** Properties of a `MonitoringStack` on Google Cloud. */
export interface MonitoringStackProps extends MonitoringStackOptions {
  /** The data lake: its key encrypts topic, logs and workflows, its artifact store gets the drift reports. */
  readonly data: IDataLake;
  /**
   * The endpoint that is watched. Of one that is neither of Vertex AI nor of Cloud Run the `metrics` that it gives are
   * watched, and a warning names the rest; drift and model quality ask Google which version is live, and refuse it.
   *
   * @default - none: workflows are watched only
   */
  readonly endpoint?: IServingEndpoint;
  /**
   * The training pipeline that is watched, and that drift or quality start again.
   *
   * @default - none
   */
  readonly training?: ITrainingPipeline;
  /**
   * The registry whose versions the endpoint serves; drift is measured against the reference of the version with the
   * alias `live`.
   *
   * @default - none: drift and model quality are refused
   */
  readonly registry?: IModelRegistry;
  /**
   * The workload's image, whose `monitor` verb measures drift and quality.
   *
   * @default - none: drift and model quality are refused
   */
  readonly image?: ContainerImage;
  /**
   * Systems that the job of a drift run uses: their variables, and the right of its identity to read their secrets.
   *
   * @default - none
   */
  readonly connections?: IConnection[];
}

/** An alert of yours. */
export interface AlertProps {
  /** Title of the notification: `The queue of orders is longer than 1000`. */
  readonly title: string;
  /** PromQL that has a result while something is wrong: `max(custom_googleapis_com:orders_waiting) > 1000`. */
  readonly query: string;
  /** Meaning and remediation, in Markdown. */
  readonly runbook: string;
  /**
   * Minutes for which the query must have a result, 0 to 1440.
   *
   * @default 5
   */
  readonly minutes?: number;
  /**
   * CRITICAL, ERROR or WARNING.
   *
   * @default 'ERROR'
   */
  readonly severity?: string;
}
