import { aws_ec2 as ec2, aws_iam as iam, aws_sns as sns } from 'aws-cdk-lib';
import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { DataQualityRules } from './data-quality-rules-props';
import { ModelMonitorLegacyOptions } from './model-monitor-legacy-props';
import { IModelRegistry } from './model-registry-props';
import { IServingEndpoint } from './serving-endpoint-props';
import { ITrainingPipeline } from './training-pipeline-props';
import { ComputeSpec } from '../core/compute';
import { ContainerImage } from '../core/container-image';
import { MonitoringIntent } from '../core/monitoring-stack';

/** How a product is monitored on AWS, without what a blueprint connects the monitoring to. */
export interface MonitoringStackOptions extends MonitoringIntent {
  /**
   * A topic of yours. One of this app, and its key, get the statements that alarms and rules need; the policy of an
   * imported one must let `cloudwatch.amazonaws.com` and `events.amazonaws.com` publish, and so must its key.
   *
   * @default - a new topic, encrypted with the key of the data lake
   */
  readonly topic?: sns.ITopic;
  /**
   * Share of requests that the model may refuse within ten minutes, in percent.
   *
   * @default 5
   */
  readonly maxClientErrorPercent?: number;
  /**
   * Time within which half of the requests must be answered by the model, in milliseconds.
   *
   * @default - half of `maxLatencyP99Ms`
   */
  readonly maxLatencyP50Ms?: number;
  /**
   * Time that SageMaker may add to an answer on average, in milliseconds; refused in asynchronous mode, where it is not
   * measured.
   *
   * @default 500
   */
  readonly maxOverheadMs?: number;
  /**
   * Use of CPU, memory, disk and GPU that is too much when it lasts, in percent.
   *
   * @default 90
   */
  readonly maxUtilizationPercent?: number;
  /**
   * Roles whose failed training and processing jobs raise notifications.
   *
   * @default - all failed jobs of the account in this region, transform jobs included
   */
  readonly jobRoles?: iam.IRole[];
  /**
   * The machine of a drift run.
   *
   * @default - the smallest machine without a GPU
   */
  readonly driftCompute?: ComputeSpec;
  /**
   * The SageMaker instance type of a drift run, instead of the one that `driftCompute` would pick.
   *
   * @default - picked from `driftCompute`
   */
  readonly driftInstanceType?: string;
  /**
   * Systems that the container of a drift run uses: its variables and references to their secrets. With some the
   * container has a network; a system that the stack hosts needs `vpc`.
   *
   * @default - none
   */
  readonly connections?: IConnection[];
  /**
   * Whether each feature has a metric `FeatureDrift` of its own; each costs as much as any custom metric.
   *
   * @default false
   */
  readonly featureMetrics?: boolean;
  /**
   * Network of the drift runs; it needs a way to S3. Containers have no other network access, with or without it, but
   * for `connections`.
   *
   * @default - SageMaker's own network
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets of the drift runs.
   *
   * @default - the private subnets, or the isolated ones where there are none
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Security groups of the drift runs.
   *
   * @default - a new one
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Rules for tables of the data lake, checked by Glue Data Quality.
   *
   * @default - none
   */
  readonly dataQuality?: DataQualityRules[];
  /**
   * Whether there is a dashboard; three in an account are free, each further one costs about 3 USD a month.
   *
   * @default true
   */
  readonly dashboard?: boolean;
  /**
   * Name of the dashboard.
   *
   * @default - CloudFormation's choice
   */
  readonly dashboardName?: string;
  /**
   * SageMaker Model Monitor beside, or instead of, `drift`. New accounts cannot use it.
   *
   * @default - none
   */
  readonly legacyModelMonitor?: ModelMonitorLegacyOptions;
}

/** Properties of a `MonitoringStack` on AWS. */
export interface MonitoringStackProps extends MonitoringStackOptions {
  /** The data lake: its key encrypts topic, queue and workflows, its artifact store gets the drift reports. */
  readonly data: IDataLake;
  /**
   * The endpoint that is watched. In another stack than this one it needs a `topic` of a third, or the stacks would
   * wait for each other.
   *
   * Of one that is not SageMaker's the `metrics` that it gives are watched, and a warning names the rest; drift, model
   * quality and Model Monitor ask SageMaker which version is live, and refuse it.
   *
   * @default - none: jobs are watched only
   */
  readonly endpoint?: IServingEndpoint;
  /**
   * The training pipeline that is watched, and that drift or quality start again.
   *
   * @default - none
   */
  readonly training?: ITrainingPipeline;
  /**
   * The registry whose versions the endpoint serves; drift is measured against the reference that the live version was
   * registered with.
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
