import { VertexAiEndpoint } from '@cdktf/provider-google/lib/vertex-ai-endpoint';
import { Annotations } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { IDataLake } from './data-lake';
import { EndpointAccess } from './endpoint-access';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { LatestApprovedModel, ModelSource } from './model-source';
import { IPrincipal } from './principal';
import { acknowledge } from './private/acknowledge';
import { after } from './private/depend';
import { grantPredict } from './private/endpoint-caller';
import { newCapture } from './private/endpoint-capture';
import { checkChoices } from './private/endpoint-checks';
import { hostingPlan, watchLimits } from './private/endpoint-plan';
import { trafficSteps } from './private/rollout-steps';
import { startOnMessage } from './private/rollout-trigger';
import { endpointMetrics } from './private/rollout-watch';
import { newRollout } from './private/rollout-workflow';
import { vertexHost, vertexParent } from './private/vertex';
import { RemovalPolicy } from './removal-policy';
import { IServiceAccount, ServiceAccount } from './service-account';
import { Capacity } from '../core/capacity';
import { ContainerImage } from '../core/container-image';
import { refuseBecause, Speaker } from '../core/private/validation';
import { Rollout } from '../core/rollout';
import { RealTimeServing, Serving } from '../core/serving';
import { ServingEndpointIntent } from '../core/serving-endpoint';
import { stableDigits } from '../terraform/names';
import { mayDestroy } from '../terraform/removal';

/** An endpoint that others can call and watch. */
export interface IServingEndpoint extends IConstruct {
  /** `real-time` (a Vertex AI endpoint), `serverless` (a Cloud Run service) or `batch` (no endpoint: predictions by schedule). */
  readonly mode: string;
  /** The endpoint's number, or the service's name; empty for batch. What metrics are labelled with. */
  readonly endpointId: string;
  /** Table of captured requests and answers, `<project>.<dataset>.<table>`; undefined when nothing is recorded. */
  readonly captureTable?: string;
  /** Id of the workflow that rolls versions out (or runs batch predictions), `projects/<id>/locations/<region>/workflows/<name>`. */
  readonly workflowId: string;
  /** Its name alone. */
  readonly workflowName: string;
  /** Allows calling the endpoint. */
  grantInvoke(principal: IPrincipal): Grant;
}

/** An endpoint on Google Cloud. */
export interface ServingEndpointProps extends ServingEndpointIntent {
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
   * How the machines are paid for: on demand, spot (they may be taken away while they serve), or from a reservation that is shared with Vertex AI.
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
   * Share of the answers that may be 5xx before a rollout goes back, in percent.
   *
   * @default 1
   */
  readonly maxErrorPercent?: number;
  /**
   * Time within which 99 % of the requests must be answered, in milliseconds, or a rollout goes back.
   *
   * @default 1000
   */
  readonly maxLatencyP99Ms?: number;
  /**
   * What happens to the recorded requests and answers when the endpoint leaves the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Serves a model, and brings new versions of it to its callers without interrupting them.
 *
 * The endpoint has a number that never changes. Versions come to it by the workflow `Rollout`, one at a time, started by approvals (child
 * `Approved`); it deploys a version beside the live one, moves the traffic in steps while it watches the version's own errors and latency, and
 * goes back by itself. Rolling back by hand is approving an earlier version again. Before `terraform destroy`, run the workflow `Teardown`:
 * Terraform cannot delete an endpoint that holds a model.
 *
 * Replicas are billed as long as they run, whether or not anybody calls; during a rollout those of two versions.
 *
 * @see https://cloud.google.com/vertex-ai/docs/general/deployment
 */
export class ServingEndpoint extends Construct implements IServingEndpoint {
  public readonly mode: string;
  public readonly endpointId: string;
  public readonly captureTable?: string;
  public readonly workflowId: string;
  public readonly workflowName: string;
  /** Id of the workflow that takes every version off the endpoint; run it before `terraform destroy`. */
  public readonly teardownWorkflowId: string;
  /** The identity that the containers run as. */
  public readonly serviceAccount: IServiceAccount;

  public constructor(scope: Construct, id: string, props: ServingEndpointProps) {
    super(scope, id);
    const who: Speaker = { what: 'serving endpoint', name: id };
    const serving = props.serving ?? Serving.realTime();
    checkChoices(who, serving, props);
    if (!(serving instanceof RealTimeServing)) refuseBecause(who, `serving mode ${serving.mode} is not known on Google Cloud`);
    if (!(props.model instanceof LatestApprovedModel)) refuseBecause(who, `model source ${props.model.kind} is not known on Google Cloud`);
    const { registry } = props.model;
    const project = GoogleProject.of(this);
    const { data } = props;

    const plan = hostingPlan(who, serving.options, props, project.region);
    const traffic = trafficSteps(who, props.rollout ?? Rollout.allAtOnce());
    const limits = watchLimits(who, props);
    const access = props.access ?? EndpointAccess.dedicated();
    const capture = props.capture && newCapture(this, who, props.capture, data, mayDestroy(this, who, props.removalPolicy));
    this.mode = serving.mode;
    this.endpointId = stableDigits(this, undefined, 10);
    this.captureTable = capture?.table;
    this.serviceAccount = props.serviceAccount ?? new ServiceAccount(this, 'Runtime', { displayName: `Runs the model of ${this.node.path}` });
    const mayRead = data.grantRead(this.serviceAccount, 'training/');

    const endpoint = new VertexAiEndpoint(this, 'Endpoint', {
      name: this.endpointId,
      displayName: this.node.path.slice(-128),
      description: `Serves ${registry.modelName}`,
      project: project.projectId,
      location: project.region,
      region: project.region,
      encryptionSpec: { kmsKeyName: data.encryptionKey.keyId },
      dedicatedEndpointEnabled: access.kind === 'dedicated' ? true : undefined,
      privateServiceConnectConfig: access.projectIds && { enablePrivateServiceConnect: true, projectAllowlist: access.projectIds },
      predictRequestResponseLoggingConfig: capture?.config,
      // The rollout workflow moves the traffic.
      lifecycle: { ignoreChanges: ['traffic_split'] },
      dependsOn: after(project._api('aiplatform'), data.encryptionKey.grantServiceAgent('aiplatform'), mayRead, ...capture?.needs ?? []),
    });
    acknowledge(endpoint, 'CKV2_GCP_33', 'every call needs the permission aiplatform.endpoints.predict; EndpointAccess.privateServiceConnect() takes the address away too');
    const { rollout, teardown } = newRollout(this, {
      host: vertexHost(this),
      endpoint: `${vertexParent(this)}/endpoints/${this.endpointId}`,
      model: registry.modelResourceName,
      modelId: registry.modelId,
      deployedModel: {
        dedicatedResources: plan.dedicatedResources,
        serviceAccount: this.serviceAccount.email,
        enableAccessLogging: props.accessLogging ?? false,
      },
      traffic,
      challengerPercent: props.challenger?.percent,
      limits,
      metrics: endpointMetrics(project.projectId, this.endpointId, access.kind === 'private-service-connect'),
    }, { endpoint, runtime: this.serviceAccount, encryptionKey: data.encryptionKey });
    startOnMessage(this, 'Approved', registry.approvalTopicId, rollout);
    this.workflowId = rollout.id;
    this.workflowName = rollout.name;
    this.teardownWorkflowId = teardown.id;

    const { machine, maxReplicas } = plan;
    if (machine.doubt !== undefined) Annotations.of(this).addWarning(`${who.what} '${id}': ${machine.doubt}`);
    if (machine.quota !== undefined && machine.quota !== 'cpus') {
      const needed = maxReplicas * machine.quotaCount;
      Annotations.of(this).addInfo(`${who.what} '${id}': ${maxReplicas} replicas of ${machine.machineType} take ${needed} of the quota custom_model_serving_${machine.quota} in ${project.region}, and twice as much during a rollout`);
    }
  }

  public grantInvoke(principal: IPrincipal): Grant {
    return grantPredict(this, principal);
  }
}
