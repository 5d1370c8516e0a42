import { IConstruct } from 'constructs';
import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { Grant } from './grant';
import { IManagedIdentity } from './managed-identity-props';
import { ModelSource } from './model-source';
import { IPrincipal } from './principal';
import { RemovalPolicy } from './removal-policy';
import { IWorkspace } from './workspace-props';
import { ContainerImage } from '../core/container-image';
import { ServingEndpointIntent } from '../core/serving-endpoint';

/**
 * An endpoint, as its callers need it: of Azure Machine Learning, of Container Apps, or one of a runtime of yours (a
 * class that implements this).
 *
 * `MonitoringStack` watches the `metrics` that it gives; of an `IWatchedEndpoint` it knows all of them.
 */
export interface IServingEndpoint extends IConstruct {
  /**
   * `real-time` (a managed online endpoint), `serverless` (a container app), `batch` (no endpoint: predictions by
   * schedule), or a mode that only its runtime has.
   */
  readonly mode: string;
  /** ARM id of the online endpoint or container app; empty for batch. */
  readonly endpointId: string;
  /** Its name alone; empty for batch. */
  readonly endpointName: string;
  /**
   * Folder of captured requests and answers in the data lake's container of captured traffic, without slashes at the
   * ends; undefined when nothing is recorded.
   */
  readonly captureFolder?: string;
  /** Metrics of a runtime of yours; undefined of an `IWatchedEndpoint`, whose metrics are Azure's. */
  readonly metrics?: EndpointMetrics;
  /** Allows calling the endpoint. */
  grantInvoke(principal: IPrincipal): Grant;
}

/** One metric of Azure Monitor. */
export interface EndpointMetric {
  /** Its name in the REST interface, `Requests`. */
  readonly metricName: string;
  /**
   * `Average`, `Minimum`, `Maximum`, `Total` or `Count`.
   *
   * @default 'Total'
   */
  readonly aggregation?: string;
  /**
   * Values of its dimensions that count, `{ statusCodeCategory: ['5xx'] }`.
   *
   * @default - all
   */
  readonly dimensions?: { [name: string]: string[] };
}

/**
 * Metrics of a runtime that is neither a managed online endpoint nor a container app: a gateway, a load balancer, a
 * cluster, or metrics of yours.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/metrics-index
 */
export interface EndpointMetrics {
  /** ARM id of the resource that has them. */
  readonly resourceId: string;
  /** Namespace of the metrics, `Microsoft.App/containerapps` or one of your own. */
  readonly metricNamespace: string;
  /** Requests, the failed ones included. */
  readonly requests: EndpointMetric;
  /** Requests that failed by the server's fault. */
  readonly serverErrors: EndpointMetric;
  /** Requests that failed by the caller's fault. */
  readonly clientErrors: EndpointMetric;
  /** Time to an answer, in milliseconds. */
  readonly latency: EndpointMetric;
}

/**
 * An endpoint of Azure Machine Learning or Container Apps, as `MonitoringStack` watches it: its machines and its
 * rollouts.
 */
export interface IWatchedEndpoint extends IServingEndpoint {
  /**
   * Whether replicas have a GPU, whose use is then watched; a size of machine that the library does not know counts as
   * having one.
   */
  readonly hasAccelerator?: boolean;
  /** Whether it is reached over private endpoints alone; undefined for no. */
  readonly isPrivate?: boolean;
  /** ARM id of the workflow that rolls versions out (or runs batch predictions). */
  readonly workflowId: string;
  /** Its name alone. */
  readonly workflowName: string;
}

/** How Azure serves, without what a blueprint connects the endpoint to. */
export interface ServingEndpointOptions extends ServingEndpointIntent {
  /**
   * Whether the internet reaches the endpoint. Calls of a managed online endpoint need a permission either way; a
   * container app asks for a token where it has `entraClientId`. Without, callers come from the network.
   *
   * @default - a managed online endpoint is reached as its workspace is, a container app from the network alone
   * @see https://learn.microsoft.com/azure/machine-learning/concept-secure-online-endpoint
   */
  readonly publicNetworkAccess?: boolean;
  /**
   * The size of each replica's machine, `Standard_DS3_v2`, instead of the one that `compute` would pick.
   *
   * @default - picked from `compute`
   * @see https://learn.microsoft.com/azure/machine-learning/reference-managed-online-endpoints-vm-sku-list
   */
  readonly instanceType?: string;
  /**
   * Share of the requests that a new version gets a copy of before it answers any, in percent, 1 to 50. Callers see
   * nothing of its answers. Copies take bandwidth of the endpoint.
   *
   * @default - none: the first step of the rollout answers requests
   * @see https://learn.microsoft.com/azure/machine-learning/how-to-safely-rollout-online-endpoints#test-the-deployment-with-mirrored-traffic
   */
  readonly mirrorPercent?: number;
  /**
   * Time within which the container must answer a request, in seconds, at most 180.
   *
   * @default 5
   */
  readonly requestTimeoutSeconds?: number;
  /**
   * Requests that a replica gets at the same time; what comes on top is answered 429.
   *
   * @default 4
   */
  readonly maxConcurrentRequestsPerInstance?: number;
  /**
   * Name of the endpoint, which is part of its address: 3 to 32 letters, digits and hyphens, starting with a letter;
   * taken once in a region of Azure.
   *
   * @default - made of the construct's place
   */
  readonly endpointName?: string;
  /**
   * Removal policy of the endpoint: a retained one stops a plan that would put another in its place, because that is
   * empty until a version is approved for it. Batch serving has no endpoint.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * How the image answers, where it was not made for the workload contract.
   *
   * @default - by the workload contract
   */
  readonly container?: ServingContainer;
  /**
   * Systems that the containers are connected to, those of `Integrations`: their variables, and the permission to read
   * their secrets.
   *
   * @default - none
   */
  readonly connections?: IConnection[];
  /**
   * Variables of the container, in addition to those of the workload contract.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * Time in which a replica must have its model loaded, in minutes, 1 to 120. The rollout waits as long.
   *
   * @default 20
   */
  readonly startupMinutes?: number;
  /**
   * The identity that the containers run as. It is allowed to pull the image and to read the model.
   *
   * @default - a new one
   */
  readonly identity?: IManagedIdentity;
  /**
   * Share of the answers that may be failures of the server before a rollout is rolled back, in percent.
   *
   * @default 1
   */
  readonly maxErrorPercent?: number;
  /**
   * Time within which 99 % of the requests must be answered, in milliseconds, or a rollout is rolled back.
   *
   * @default 1000
   */
  readonly maxLatencyP99Ms?: number;
}

/**
 * How an image answers that was not made for the workload contract, in the words of Azure Machine Learning
 * (`inferenceConfig`): a server of language models such as vLLM, or Triton. What is left out is what the contract says.
 *
 * Azure Machine Learning passes a served container no arguments, so the image's own entry point must start the server;
 * the model's folder is `AZUREML_MODEL_DIR`.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-deploy-custom-container
 */
export interface ServingContainer {
  /**
   * Port that the server listens on.
   *
   * @default 8080
   */
  readonly port?: number;
  /**
   * Path that requests are posted to, `/v1/chat/completions`.
   *
   * @default '/score'
   */
  readonly scoringRoute?: string;
  /**
   * Path that answers 200 while the process is well.
   *
   * @default '/health/live'
   */
  readonly livenessRoute?: string;
  /**
   * Path that answers 200 when the model is loaded.
   *
   * @default '/health/ready'
   */
  readonly readinessRoute?: string;
}

/** An endpoint on Azure. */
export interface ServingEndpointProps extends ServingEndpointOptions {
  /** Where the model comes from, and what starts a rollout. */
  readonly model: ModelSource;
  /** Holds models, captured traffic and the queue of rollouts. */
  readonly data: IDataLake;
  /** The workspace that the endpoint belongs to. */
  readonly workspace: IWorkspace;
  /**
   * The image of versions that name none: those that people registered by hand, without a training pipeline.
   *
   * @default - such a version is not rolled out, and people are notified
   */
  readonly image?: ContainerImage;
}

/** Attributes of an existing endpoint. */
export interface ServingEndpointAttributes {
  /** ARM id of the online endpoint or container app. */
  readonly endpointId: string;
  /**
   * `real-time` or `serverless`.
   *
   * @default 'real-time'
   */
  readonly mode?: string;
  /** ARM id of the workflow that rolls versions out. */
  readonly workflowId: string;
  /**
   * Folder of its captured requests and answers in the data lake's container of captured traffic.
   *
   * @default - nothing is recorded
   */
  readonly captureFolder?: string;
  /**
   * Whether its replicas have a GPU, whose use is then watched.
   *
   * @default false
   */
  readonly hasAccelerator?: boolean;
  /**
   * Whether it is reached over private endpoints alone.
   *
   * @default false
   */
  readonly isPrivate?: boolean;
}
