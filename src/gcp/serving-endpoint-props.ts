import { IConstruct } from 'constructs';
import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { EndpointAccess } from './endpoint-access';
import { Grant } from './grant';
import { ModelSource } from './model-source';
import { IPrincipal } from './principal';
import { RemovalPolicy } from './removal-policy';
import { IServiceAccount } from './service-account-props';
import { Capacity } from '../core/capacity';
import { ContainerImage } from '../core/container-image';
import { ServingEndpointIntent } from '../core/serving-endpoint';

/**
 * An endpoint, as its callers need it: of Vertex AI, of Cloud Run, or one of a runtime of yours (a class that
 * implements this).
 *
 * `MonitoringStack` watches the `metrics` that it gives; of an `IWatchedEndpoint` it knows all of them.
 */
export interface IServingEndpoint extends IConstruct {
  /**
   * `real-time` (a Vertex AI endpoint), `serverless` (a Cloud Run service), `batch` (no endpoint: predictions by
   * schedule), or a mode that only its runtime has.
   */
  readonly mode: string;
  /** The endpoint's number, or the service's name; empty for batch. What metrics are labelled with. */
  readonly endpointId: string;
  /** Table of captured requests and answers, `<project>.<dataset>.<table>`; undefined when nothing is recorded. */
  readonly captureTable?: string;
  /** Metrics of a runtime of yours; undefined of an `IWatchedEndpoint`, whose metrics are Google's. */
  readonly metrics?: EndpointMetrics;
  /** Allows calling the endpoint. */
  grantInvoke(principal: IPrincipal): Grant;
}

/**
 * Metrics of a runtime that is neither Vertex AI nor Cloud Run: each a selector of PromQL,
 * `istio_requests_total{destination_service_name="churn"}`, without a window. Cloud Monitoring keeps those of Managed
 * Service for Prometheus, of meshes and of load balancers.
 *
 * @see https://cloud.google.com/monitoring/promql
 */
export interface EndpointMetrics {
  /** Counter of requests, the failed ones included. */
  readonly requests: string;
  /** Counter of the requests that failed by the server's fault. */
  readonly serverErrors: string;
  /** Counter of the requests that failed by the caller's fault. */
  readonly clientErrors: string;
  /** Buckets of the histogram of the time to an answer, `…_bucket{…}`. */
  readonly latency: string;
  /**
   * Unit that `latency` is measured in: `s`, `ms` or `us`.
   *
   * @default - milliseconds
   */
  readonly latencyUnit?: string;
}

/** An endpoint of Vertex AI or Cloud Run, as `MonitoringStack` watches it: its machines and its rollouts. */
export interface IWatchedEndpoint extends IServingEndpoint {
  /**
   * vCPUs of a replica on Vertex AI, whose use of CPUs is counted in CPUs; undefined where it is not known, or not
   * Vertex AI.
   */
  readonly replicaVcpus?: number;
  /**
   * Whether replicas have a GPU or TPU, whose use is then watched; a type of machine that the library does not know
   * counts as having one.
   */
  readonly hasAccelerator?: boolean;
  /**
   * Whether requests come over Private Service Connect alone, which Vertex AI may count under other names; undefined
   * for no.
   */
  readonly isPrivate?: boolean;
  /**
   * Id of the workflow that rolls versions out (or runs batch predictions),
   * `projects/<id>/locations/<region>/workflows/<name>`.
   */
  readonly workflowId: string;
  /** Its name alone. */
  readonly workflowName: string;
}

/** How Google Cloud serves, without what a blueprint connects the endpoint to. */
export interface ServingEndpointOptions extends ServingEndpointIntent {
  /**
   * From where the endpoint is reached.
   *
   * @default EndpointAccess.dedicated()
   */
  readonly access?: EndpointAccess;
  /**
   * The machine of each replica, `g2-standard-8`, instead of the one that `compute` would pick.
   *
   * @default - picked from `compute`
   * @see https://cloud.google.com/vertex-ai/docs/predictions/configure-compute
   */
  readonly machineType?: string;
  /**
   * Arrangement of the chips, `2x2`, of a machine with TPUs.
   *
   * @default - none
   */
  readonly tpuTopology?: string;
  /**
   * How the machines are paid for: on demand, spot (they may be taken away while they serve), or from a reservation
   * that is shared with Vertex AI.
   *
   * @default Capacity.onDemand()
   */
  readonly capacity?: Capacity;
  /**
   * Whether each request leaves a line in Cloud Logging, with its time and latency; it costs by volume.
   *
   * @default false
   */
  readonly accessLogging?: boolean;
  /**
   * The identity that the containers run as. It is allowed to read models.
   *
   * @default - a new one
   */
  readonly serviceAccount?: IServiceAccount;
  /**
   * Share of the answers that may be 5xx before a rollout is rolled back, in percent.
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
  /**
   * Removal policy of the recorded requests and answers when the endpoint leaves the stack, and of a service of Cloud
   * Run, which Google Cloud deletes only with DESTROY. An endpoint of Vertex AI is deleted once nothing is deployed on it.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** An endpoint on Google Cloud. */
export interface ServingEndpointProps extends ServingEndpointOptions {
  /** Where the model comes from, and what starts a rollout. */
  readonly model: ModelSource;
  /** Holds models and records, and the key. */
  readonly data: IDataLake;
  /**
   * The image of a Cloud Run service. On Vertex AI each version names the image that it was registered with.
   *
   * @default - serverless mode needs it
   */
  readonly image?: ContainerImage;
  /**
   * Systems that the containers use. Their identity gets the right to read the secrets. A Cloud Run service gets the
   * variables too, its secrets by reference, and so does what `ModelSource.artifact` declares; a version of a registry
   * has those that it was registered with, by `servingConnections` of the training pipeline.
   *
   * @default - none
   */
  readonly connections?: IConnection[];
}

/** Attributes of an existing endpoint. */
export interface ServingEndpointAttributes {
  /** Number of a Vertex AI endpoint, or name of a Cloud Run service. */
  readonly endpointId: string;
  /**
   * `real-time` or `serverless`.
   *
   * @default 'real-time'
   */
  readonly mode?: string;
  /** Name of the workflow that rolls versions out, in the stack's project and region. */
  readonly workflowName: string;
  /**
   * Table of its captured requests and answers, `<project>.<dataset>.<table>`.
   *
   * @default - nothing is recorded
   */
  readonly captureTable?: string;
  /**
   * Whether its replicas have a GPU or TPU, whose use is then watched.
   *
   * @default false
   */
  readonly hasAccelerator?: boolean;
  /**
   * Whether it is reached over Private Service Connect alone.
   *
   * @default false
   */
  readonly isPrivate?: boolean;
}
