import {
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_iam as iam,
  aws_s3 as s3,
  aws_sagemaker as sagemaker,
  aws_sns as sns,
  aws_sqs as sqs,
  aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { ModelSource } from './model-source';
import { ContainerImage } from '../core/container-image';
import { ServingEndpointIntent } from '../core/serving-endpoint';

/**
 * An endpoint, as its callers need it: SageMaker's, or one of a runtime of yours (a class that implements this).
 *
 * `MonitoringStack` watches the `metrics` that it gives; of an `IWatchedEndpoint` it knows all of them.
 */
export interface IServingEndpoint extends IConstruct {
  /**
   * `real-time`, `serverless`, `batch`, or a mode that only its runtime has. In batch mode there is no endpoint: its
   * name is an error.
   */
  readonly mode: string;
  /** Name of the endpoint. */
  readonly endpointName: string;
  /** Where requests and answers are recorded; undefined when nothing is. */
  readonly captureBucket?: s3.IBucket;
  /**
   * Prefix of the records, without a slash at the end; SageMaker files them below it as
   * `<endpoint>/<variant>/yyyy/mm/dd/hh/`.
   */
  readonly capturePrefix?: string;
  /** Metrics of a runtime of yours; undefined of an `IWatchedEndpoint`, whose metrics are SageMaker's. */
  readonly metrics?: EndpointMetrics;
  /** Lets the grantee send requests. */
  grantInvoke(grantee: iam.IGrantable): iam.Grant;
}

/**
 * Metrics of a runtime that is not SageMaker's. `MonitoringStack` takes the statistics and periods that its alarms
 * need, whatever the metrics are set to; what is left out has no alarm.
 */
export interface EndpointMetrics {
  /** Requests, the failed ones included; read as a sum. */
  readonly requests: cloudwatch.Metric;
  /**
   * Requests that failed by the server's fault; read as a sum.
   *
   * @default - server errors are not watched
   */
  readonly serverErrors?: cloudwatch.Metric;
  /**
   * Requests that failed by the caller's fault; read as a sum.
   *
   * @default - client errors are not watched
   */
  readonly clientErrors?: cloudwatch.Metric;
  /**
   * Time to an answer; read as percentiles.
   *
   * @default - latency is not watched
   */
  readonly latency?: cloudwatch.Metric;
  /**
   * Unit that `latency` is measured in: seconds, milliseconds or microseconds. A load balancer measures seconds.
   *
   * @default - milliseconds
   */
  readonly latencyUnit?: cloudwatch.Unit;
}

/** An endpoint of SageMaker, as `MonitoringStack` watches it: its metrics, alarms and rollouts. */
export interface IWatchedEndpoint extends IServingEndpoint, sagemaker.IEndpoint {
  /** Name of the variant that answers. */
  readonly variantName: string;
  /** Type of the machines; undefined where SageMaker picks them. Utilization is counted by its cores and GPUs. */
  readonly instanceType?: string;
  /** Name of the component that holds the model, in the mode that has components. */
  readonly inferenceComponentName?: string;
  /** The alarms that turn a rollout back. */
  readonly rollbackAlarms: cloudwatch.IAlarm[];
  /**
   * Share of failing requests that the first of them takes for too many, in percent; undefined where none watches it.
   */
  readonly maxErrorPercent?: number;
  /**
   * Time of the slowest 1 % of the answers that the second of them takes for too long, in milliseconds; undefined where
   * none watches it.
   */
  readonly maxLatencyP99Ms?: number;
  /**
   * Rolls approved versions out, or predicts for a data set in batch mode; undefined where the template makes the
   * endpoint.
   */
  readonly rolloutStateMachine?: sfn.IStateMachine;
  /** Rollouts (or batch runs) that could not be started; undefined where nothing starts them. */
  readonly deadLetterQueue?: sqs.IQueue;
  /** Notifies the topic of rollouts (or batch runs) that succeed, roll back or fail. */
  notifyOn(topic: sns.ITopic): void;
  /** Any metric of the variant, of the namespace `AWS/SageMaker`. */
  metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Requests; asynchronous endpoints do not have it. */
  metricInvocations(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Share of the requests that failed by the server's fault, in percent. */
  metricErrorPercent(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression;
  /** Time that the model takes for an answer, in microseconds. */
  metricModelLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}

/** How SageMaker serves, without what a blueprint connects the endpoint to. */
export interface ServingEndpointOptions extends ServingEndpointIntent {
  /**
   * The model that is compared with `model`, where the template makes the endpoint. With `ModelSource.latestApproved`
   * the challenger is the version that was approved last.
   *
   * In an A/B test a challenger comes and goes at once, without `rollout` and its way back: SageMaker moves traffic
   * step by step only between variants of the same names. It does not scale, and has machines for its share of
   * `maxReplicas`. Where the template makes the endpoint, the one deployment that takes the challenger off must do
   * without the policy of `rollout`, or SageMaker refuses it: set `deploymentConfig` of the child `Resource` (a
   * `CfnEndpoint`) to undefined, and leave that out again with the next model.
   *
   * @default - none
   */
  readonly challengerModel?: ModelSource;
  /**
   * Name of the endpoint; letters, digits and hyphens, at most 63.
   *
   * @default - made from the stack's name and the construct's path
   */
  readonly endpointName?: string;
  /**
   * The SageMaker instance type, instead of the one that `compute` would pick.
   *
   * SageMaker refuses another type while the endpoint scales. The rollout workflow takes scaling off and puts it back;
   * where the template makes the endpoint it takes two deployments: one with `minReplicas` equal to `maxReplicas`, then
   * the new type.
   *
   * @default - picked from `compute`
   */
  readonly instanceType?: string;
  /**
   * Variables of the containers.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * Systems that the containers use, in every mode: their variables and references to their secrets reach each
   * container, that of a challenger and of a batch run too. A system that the stack hosts needs `vpc`.
   *
   * @default - none
   */
  readonly connections?: IConnection[];
  /**
   * Time in which a machine must have the model, downloaded and unpacked, in seconds, 60 to 3600. Models of tens of
   * gigabytes need more than the default; as a folder of files (`ModelSource.artifact`) they come faster than as an
   * archive.
   *
   * @default - SageMaker's own
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/large-model-inference-hosting.html
   */
  readonly modelDataDownloadTimeoutInSeconds?: number;
  /**
   * Time in which the container must answer `/ping` with 200 after its start, in seconds, 60 to 3600: it loads the
   * model meanwhile.
   *
   * @default - SageMaker's own
   */
  readonly containerStartupHealthCheckTimeoutInSeconds?: number;
  /**
   * SageMaker's image of the machines, which decides the version of the GPU driver and so the newest CUDA that a
   * container may be made for: `al2-ami-sagemaker-inference-gpu-3-1`.
   *
   * @default - SageMaker's own, with an older driver
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
   */
  readonly inferenceAmiVersion?: string;
  /**
   * Whether the containers are cut off from every network; SageMaker moves models and records for them.
   *
   * @default - true, except in serverless mode, which cannot, and with `connections`, which need a network
   */
  readonly networkIsolation?: boolean;
  /**
   * Network of the machines; it needs a way to S3, ECR and CloudWatch Logs.
   *
   * @default - SageMaker's own network
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets of the machines.
   *
   * @default - the private subnets, or the isolated ones where there are none
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Security groups of the machines.
   *
   * @default - a new one that lets nothing in, and HTTPS out
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * A role of yours that the containers run as; it gets the permissions it needs, if it is not immutable.
   *
   * @default - a new role
   */
  readonly role?: iam.IRole;
  /**
   * Share of the requests that may fail with server errors before a rollout rolls back, in percent; in asynchronous
   * mode, that may fail for any reason.
   *
   * @default 1
   */
  readonly maxErrorPercent?: number;
  /**
   * Threshold of the 99th percentile of model latency above which a rollout rolls back, in milliseconds.
   *
   * @default - 1000; in asynchronous mode 900000, the 15 minutes that SageMaker waits for a model unless a request says
   *   otherwise
   */
  readonly maxLatencyP99Ms?: number;
  /**
   * More alarms that roll a rollout back; with the endpoint's own two at most ten. They must not wait for the endpoint.
   * With fewer than ten, rollouts make one more: it ends one whose version is rejected meanwhile. With ten such a
   * version is taken off when it has gone live.
   *
   * @default - the endpoint's own two
   */
  readonly rollbackAlarms?: cloudwatch.IAlarm[];
}

/** Properties of a `ServingEndpoint` on AWS. */
export interface ServingEndpointProps extends ServingEndpointOptions {
  /** Where the model comes from, and with it who makes the endpoint: the rollout workflow, or the template. */
  readonly model: ModelSource;
  /** Holds models and records, and the key. */
  readonly data: IDataLake;
  /**
   * The image of the registered versions: the endpoint may pull from its repository only.
   *
   * @default - the endpoint may pull from every repository of the account; an artifact names its own image
   */
  readonly image?: ContainerImage;
}
