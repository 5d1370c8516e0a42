import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { IModelRegistry } from './model-registry-props';
import { IServingEndpoint } from './serving-endpoint-props';
import { ITrainingPipeline } from './training-pipeline-props';
import { IWorkspace } from './workspace-props';
import { ComputeSpec } from '../core/compute';
import { ContainerImage } from '../core/container-image';
import { MonitoringIntent } from '../core/monitoring-stack';

/** An event hub that alerts are sent to, for programs. */
export interface AlertEventHub {
  /** Name of its namespace. */
  readonly namespaceName: string;
  /** Name of the event hub. */
  readonly eventHubName: string;
  /**
   * Id of its subscription.
   *
   * @default - that of the stack
   */
  readonly subscriptionId?: string;
}

/**
 * Azure ML's own model monitor beside the drift runs: a schedule of Spark jobs that compares what a scoring script
 * logged with the SDK's data collector with a reference, and writes its results into the workspace. It needs the
 * collections `model_inputs` and `model_outputs`, not those of whole requests.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/concept-model-monitoring
 */
export interface ModelMonitorOptions {
  /** Name of the deployment that is monitored. The monitor does not follow a rollout: name the new deployment. */
  readonly deploymentName: string;
  /** The training data as an MLTable asset of the workspace, `azureml:reference:1`. */
  readonly referenceData: string;
  /**
   * `Classification` or `Regression`.
   *
   * @default 'Classification'
   */
  readonly taskType?: string;
  /**
   * Name of the column of the reference that has the label.
   *
   * @default - none: features are not ranked by their importance
   */
  readonly targetColumn?: string;
  /**
   * Jensen-Shannon distance of a numeric feature or answer that is too much, 0 to 1.
   *
   * @default 0.1
   */
  readonly maxJensenShannonDistance?: number;
  /**
   * Share of missing values of a feature that is too much, 0 to 1.
   *
   * @default 0.05
   */
  readonly maxNullValueRate?: number;
  /**
   * Size of the Spark machines.
   *
   * @default 'standard_e4s_v3'
   */
  readonly instanceType?: string;
}

/** How a product is monitored on Azure, without what a blueprint connects the monitoring to. */
export interface MonitoringStackOptions extends MonitoringIntent {
  /**
   * ARM ids of action groups of yours (a pager, a chat), `…/providers/Microsoft.Insights/actionGroups/<name>`; every
   * alert goes to them as well. A webhook with a secret in it is better made outside of Terraform, whose state would
   * hold it.
   *
   * @default - none
   */
  readonly actionGroupIds?: string[];
  /**
   * An event hub that every alert is sent to, for programs.
   *
   * @default - none
   */
  readonly alertEventHub?: AlertEventHub;
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
   * Use of CPU, memory, disk and GPU that is too much when it lasts, in percent.
   *
   * @default 90
   */
  readonly maxUtilizationPercent?: number;
  /**
   * The machine of a drift run, in a cluster that is empty between the runs. A change replaces the cluster.
   *
   * @default - the smallest machine without a GPU
   */
  readonly driftCompute?: ComputeSpec;
  /**
   * Size of the machine of a drift run, `Standard_E8ds_v5`, instead of the one that `driftCompute` would pick.
   *
   * @default - picked from `driftCompute`
   */
  readonly driftVmSize?: string;
  /**
   * Time after which the job of a drift run is ended, in minutes, 5 to 1440.
   *
   * @default 60
   */
  readonly driftTimeoutMinutes?: number;
  /**
   * Systems that the job of a drift run is connected to, those of `Integrations`.
   *
   * @default - none
   */
  readonly connections?: IConnection[];
  /**
   * Command that the job of a drift run runs, to which the verb `monitor` is appended: Azure ML runs it in a shell
   * instead of the image's entry point.
   *
   * @default 'python /opt/program/main.py'
   */
  readonly driftCommand?: string;
  /**
   * Whether each feature has a series `feature_drift` of its own; each is charged as any custom metric.
   *
   * @default false
   */
  readonly featureMetrics?: boolean;
  /**
   * Azure ML's own model monitor for a deployment of the endpoint.
   *
   * @default - none
   */
  readonly modelMonitor?: ModelMonitorOptions;
  /**
   * Whether there is a workbook; it costs nothing.
   *
   * @default true
   */
  readonly dashboard?: boolean;
  /**
   * Title of the workbook.
   *
   * @default - the path of the construct
   */
  readonly dashboardName?: string;
  /**
   * Days that Log Analytics keeps requests, events and container logs of the endpoint, 4 to 730. Those of workflows are
   * kept as long as the Log Analytics workspace keeps what has no time of its own.
   *
   * @default - the retention of the Log Analytics workspace
   */
  readonly logRetentionDays?: number;
}

/** Properties of a `MonitoringStack` on Azure. */
export interface MonitoringStackProps extends MonitoringStackOptions {
  /**
   * The data lake: its artifact container gets the drift reports, its container of captured traffic is what they are
   * about.
   */
  readonly data: IDataLake;
  /** The workspace whose Log Analytics gets the logs, and that runs the drift jobs. */
  readonly workspace: IWorkspace;
  /**
   * The endpoint that is watched. Of one that is neither a managed online endpoint nor a container app the `metrics`
   * that it gives are watched, and a warning names the rest; drift and model quality ask Azure ML which version is
   * live, and refuse it.
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
   * The registry whose versions the endpoint serves; drift is measured against the reference of the version that is
   * live.
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
}

/** An alert of yours on what Log Analytics has. */
export interface AlertProps {
  /** Title of the notification: `The queue of orders is longer than 1000`. */
  readonly title: string;
  /** KQL that has rows while something is wrong: `AppMetrics | where Name == "orders_waiting" and Max > 1000`. */
  readonly query: string;
  /** Meaning and remediation. */
  readonly runbook: string;
  /**
   * Minutes that the query looks back: 5, 10, 15, 30, 60, 120, 360 or 1440.
   *
   * @default 15
   */
  readonly minutes?: number;
  /**
   * CRITICAL, ERROR or WARNING.
   *
   * @default 'ERROR'
   */
  readonly severity?: string;
}
