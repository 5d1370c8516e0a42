import { VertexAiEndpoint } from '@cdktf/provider-google/lib/vertex-ai-endpoint';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Annotations } from 'cdktf';
import { Construct } from 'constructs';
import { CloudRunServing } from './cloud-run-serving';
import { IDataLake } from './data-lake-props';
import { EndpointAccess } from './endpoint-access';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { Rollout } from '../core/rollout';
import { BatchServing, RealTimeServing, ServerlessServing, Serving } from '../core/serving';
import { acknowledge } from '../terraform/acknowledge';
import { stableDigits } from '../terraform/names';
import { mayDestroy } from '../terraform/removal';
import { imageUri } from './private/base/image';
import { after } from './private/base/ordering';
import { grantInProject } from './private/base/project-roles';
import { vertexHost, vertexParent } from './private/base/vertex-api';
import { serviceFilter } from './private/rollout/cloud-run';
import { trafficSteps } from './private/rollout/traffic-steps';
import { endpointFilter, endpointMetrics } from './private/rollout/watch';
import { newRollout } from './private/rollout/workflow';
import { newBatch } from './private/serving/batch';
import { grantPredict } from './private/serving/caller';
import { newCapture } from './private/serving/capture';
import { checkChoices } from './private/serving/checks';
import { newService, serviceOf } from './private/serving/cloud-run';
import { grantRunInvoke } from './private/serving/cloud-run-caller';
import { servicePlan } from './private/serving/cloud-run-plan';
import { fingerprint, HostingPlan, hostingPlan } from './private/serving/plan';
import { ServedModel, servedModel } from './private/serving/source';
import { ServiceAccount } from './service-account';
import { IServiceAccount } from './service-account-props';
import { IServingEndpoint, ServingEndpointAttributes, ServingEndpointProps } from './serving-endpoint-props';
import { VertexBatchServing } from './vertex-serving';
import { resolvedLimits } from '../core/private/resolve/limits';
import { refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * Serves a model, and brings new versions of it to its callers without interrupting them.
 *
 * Real-time: an endpoint of Vertex AI (child `Endpoint`) with a number that never changes. Versions come to it by the workflow `Rollout`, one at
 * a time, started by approvals; it deploys a version beside the live one, moves the traffic in steps while it watches the version's own errors
 * and latency, and rolls back automatically. Each step takes three minutes longer than its bake (six over Private Service Connect), because metrics
 * come late; with fewer than 20 answers in a bake a version counts as healthy, and the log says how few there were. An apply that changes machines,
 * replicas, identity or access logs brings the live version to them, in the same steps, unless it has a challenger; a challenger takes over
 * with the message `{"version": "3", "promote": true}`. Rolling back by hand is approving an earlier version again. A rollout that is cancelled
 * leaves the traffic where it was; the next rollout rolls it back, and so does a sweep at 4:00 UTC (child `Sweep`, a Cloud Scheduler job of 0.10 USD
 * a month; by hand `gcloud workflows run <name> --data '{"sweep": true}'`), which undeploys versions of rollouts that have no traffic as well. Before
 * `terraform destroy`, run the workflow `Teardown`, to which a rollout gives way: Terraform cannot delete an endpoint that holds a model. Replicas are
 * billed as long as they run, with or without traffic; during a rollout those of two versions.
 *
 * Serverless: a Cloud Run service (child `Service`) that costs nothing while idle, with the same rollout. Until the first version is approved a
 * placeholder of Google's answers. Other instances, or another image, come to the live version in the same way; an image in a variable of Terraform
 * with the next version.
 *
 * Batch: no endpoint; the workflow `Batch` predicts at the times of the child `Schedule`, with the version that was approved last.
 *
 * @see https://cloud.google.com/vertex-ai/docs/general/deployment
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { ContainerImage, gcp, Rollout, Serving } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new gcp.DataLake(stack, 'Data');
 * const registry = new gcp.ModelRegistry(stack, 'Registry', { data, modelName: 'churn' });
 * new gcp.ServingEndpoint(stack, 'Serving', {
 *   data,
 *   model: gcp.ModelSource.latestApproved(registry),
 *   serving: Serving.realTime(),
 *   rollout: Rollout.linear({ stepPercent: 25, stepMinutes: 10 }),
 * });
 */
export class ServingEndpoint extends Construct implements IServingEndpoint {
  /** An endpoint that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: ServingEndpointAttributes): IServingEndpoint {
    return new ImportedEndpoint(scope, id, attributes);
  }

  public readonly mode: string;
  public readonly endpointId: string;
  public readonly captureTable?: string;
  public readonly replicaVcpus?: number;
  public readonly hasAccelerator?: boolean;
  public readonly isPrivate?: boolean;
  public readonly workflowId: string;
  public readonly workflowName: string;
  /** Id of the workflow that takes every version off the endpoint, to be run before `terraform destroy`; undefined where destroying needs none. */
  public readonly teardownWorkflowId?: string;
  /** The identity that the containers run as. */
  public readonly serviceAccount: IServiceAccount;

  public constructor(scope: Construct, id: string, props: ServingEndpointProps) {
    super(scope, id);
    const who: Speaker = speakerFor('serving endpoint', scope, id);
    const serving = props.serving ?? Serving.realTime();
    checkChoices(who, serving, props);
    const { data } = props;
    const served = servedModel(this, who, props.model, data);
    this.mode = serving.mode;
    this.serviceAccount = props.serviceAccount ?? new ServiceAccount(this, 'Runtime', { displayName: `Runs the model of ${this.node.path}` });

    if (serving instanceof RealTimeServing) {
      const { plan, workflow, teardown, captureTable } = this.realTime(who, serving, served, props);
      this.endpointId = this.number;
      this.captureTable = captureTable;
      this.replicaVcpus = plan.machine.vcpus;
      // A type that is newer than the table may have one; without it there is nothing to watch, and no harm.
      this.hasAccelerator = plan.machine.quota !== 'cpus';
      this.isPrivate = props.access?.kind === 'private-service-connect';
      this.teardownWorkflowId = teardown.id;
      this.reportQuota(who, plan);
      [this.workflowId, this.workflowName] = [workflow.id, workflow.name];
      return;
    }
    if (serving instanceof BatchServing || serving instanceof VertexBatchServing) {
      const workflow = newBatch(this, who, { options: serving.options, native: props, served, data, runtime: this.serviceAccount });
      this.endpointId = '';
      [this.workflowId, this.workflowName] = [workflow.id, workflow.name];
      return;
    }
    const plan = servicePlan(who, (serving as ServerlessServing | CloudRunServing).options, GoogleProject.of(this).region);
    const { serviceName, rollout } = newService(this, {
      plan,
      served,
      imageUri: served.artifact?.imageUri ?? imageUri(who, props.image!),
      artifactBucketName: data.artifactBucketName,
      encryptionKey: data.encryptionKey,
      runtime: this.serviceAccount,
      mayRead: data.grantRead(this.serviceAccount, folderIn(data, served)),
      traffic: trafficSteps(who, props.rollout ?? Rollout.allAtOnce()),
      limits: resolvedLimits(who, props),
      challengerPercent: props.challenger?.percent,
    });
    this.acknowledgeDeclared(served, rollout);
    this.endpointId = serviceName;
    this.hasAccelerator = plan.hasGpu;
    [this.workflowId, this.workflowName] = [rollout.id, rollout.name];
  }

  public grantInvoke(principal: IPrincipal): Grant {
    return grantCall(this, principal);
  }

  /**
   * Filter of one of the endpoint's metrics, for alert policies and dashboards of your own.
   *
   * @param metricName without its prefix: `replicas` or `cpu/utilization` of `aiplatform.googleapis.com/prediction/online/`; serverless
   *   `container/instance_count` or `request_count` of `run.googleapis.com/`
   * @see https://cloud.google.com/monitoring/api/v3/filters
   */
  public metricFilter(metricName: string): string {
    if (this.mode === 'batch') refuseBecause(speakerFor('serving endpoint', this), 'metricFilter: there is no endpoint in batch mode: watch the workflow');
    return this.mode === 'serverless' ? serviceFilter(this.endpointId, metricName) : endpointFilter(this.endpointId, metricName);
  }

  private get number(): string {
    return stableDigits(this, undefined, 10);
  }

  private realTime(who: Speaker, serving: RealTimeServing, served: ServedModel, props: ServingEndpointProps): RealTimeParts {
    const project = GoogleProject.of(this);
    const { data } = props;
    const plan = hostingPlan(who, serving.options, props, project.region);
    const traffic = trafficSteps(who, props.rollout ?? Rollout.allAtOnce());
    const limits = resolvedLimits(who, props);
    const access = props.access ?? EndpointAccess.dedicated();
    const capture = props.capture && newCapture(this, who, props.capture, data, mayDestroy(this, who, props.removalPolicy));
    // What the containers print is written by their own identity.
    const mayRun = [data.grantRead(this.serviceAccount, 'training/'), grantInProject(this, this.serviceAccount, 'logging.logWriter')];
    const endpoint = new VertexAiEndpoint(this, 'Endpoint', {
      name: this.number,
      displayName: this.node.path.slice(-128),
      description: `Serves ${served.name}`,
      project: project.projectId,
      location: project.region,
      region: project.region,
      encryptionSpec: { kmsKeyName: data.encryptionKey.keyId },
      dedicatedEndpointEnabled: access.kind === 'dedicated' ? true : undefined,
      privateServiceConnectConfig: access.projectIds && { enablePrivateServiceConnect: true, projectAllowlist: access.projectIds },
      predictRequestResponseLoggingConfig: capture?.config,
      // The rollout workflow moves the traffic.
      lifecycle: { ignoreChanges: ['traffic_split'] },
      dependsOn: after(project._api('aiplatform'), data.encryptionKey.grantServiceAgent('aiplatform'), ...mayRun, ...capture?.needs ?? []),
    });
    acknowledge(endpoint, 'CKV2_GCP_33', access.kind === 'private-service-connect'
      ? 'it is reached through private service connect alone, which the check does not know'
      : 'every call needs a permission; an endpoint in a peered network holds one model, so that each rollout would be an outage');
    const chosen = { dedicatedResources: plan.dedicatedResources, enableAccessLogging: props.accessLogging ?? false };
    const settings = fingerprint([chosen, this.serviceAccount.principalId]);
    const { rollout, teardown } = newRollout(this, {
      read: served.read,
      register: served.register,
      traffic,
      challengerPercent: props.challenger?.percent,
      limits,
      metrics: endpointMetrics(project.projectId, this.number, access.kind === 'private-service-connect'),
    }, {
      host: vertexHost(this),
      endpoint: `${vertexParent(this)}/endpoints/${this.number}`,
      model: served.model,
      modelId: served.modelId,
      settings,
      deployedModel: { ...chosen, serviceAccount: this.serviceAccount.email },
    }, { endpoint, runtime: this.serviceAccount, encryptionKey: data.encryptionKey });
    this.acknowledgeDeclared(served, rollout);
    // Of a champion and its challenger only a person can say which shall have other machines.
    served.start(rollout, props.challenger === undefined ? settings : undefined);
    return { plan, workflow: rollout, teardown, captureTable: capture?.table };
  }

  /** Files that the stack declares are registered by the rollout, so that they have a version to roll back to. */
  private acknowledgeDeclared({ artifact }: ServedModel, rollout: WorkflowsWorkflow): void {
    if (artifact === undefined) return;
    acknowledge(rollout, 'MLOPS-REG-03', `${artifact.artifactUri} is declared by the stack: no run of a pipeline has made it`);
  }

  /** Vertex AI charges the quota for as many replicas as there may be, and refuses a deployment that it does not suffice for. */
  private reportQuota(who: Speaker, { machine, maxReplicas }: HostingPlan): void {
    const say = (text: string) => `${who.what} '${who.name}': ${text}`;
    if (machine.doubt !== undefined) Annotations.of(this).addWarning(say(machine.doubt));
    if (machine.quota === undefined || machine.quota === 'cpus') return;
    const needed = maxReplicas * machine.quotaCount;
    Annotations.of(this).addInfo(say(
      `${maxReplicas} replicas of ${machine.machineType} take ${needed} of the quota custom_model_serving_${machine.quota} in ${GoogleProject.of(this).region}, and twice as much during a rollout`,
    ));
  }
}

/** Resources of the real-time mode. */
interface RealTimeParts {
  readonly plan: HostingPlan;
  readonly workflow: WorkflowsWorkflow;
  readonly teardown: WorkflowsWorkflow;
  readonly captureTable?: string;
}

class ImportedEndpoint extends Construct implements IServingEndpoint {
  public readonly mode: string;
  public readonly endpointId: string;
  public readonly captureTable?: string;
  public readonly hasAccelerator?: boolean;
  public readonly isPrivate?: boolean;
  public readonly workflowId: string;
  public readonly workflowName: string;

  public constructor(scope: Construct, id: string, attributes: ServingEndpointAttributes) {
    super(scope, id);
    requireMatch(speakerFor('serving endpoint', scope, id), 'mode', attributes.mode, /^(real-time|serverless)$/, 'real-time or serverless');
    this.mode = attributes.mode ?? 'real-time';
    this.endpointId = attributes.endpointId;
    this.captureTable = attributes.captureTable;
    this.hasAccelerator = attributes.hasAccelerator ?? false;
    this.isPrivate = attributes.isPrivate ?? false;
    this.workflowName = attributes.workflowName;
    this.workflowId = `${vertexParent(this)}/workflows/${attributes.workflowName}`;
  }

  public grantInvoke(principal: IPrincipal): Grant {
    return grantCall(this, principal);
  }
}

/** Where the files of versions are in the lake. What the stack declares may lie elsewhere: in another bucket its owner must let the identity read. */
function folderIn(data: IDataLake, { artifact }: ServedModel): string {
  const own = `gs://${data.artifactBucketName}/`;
  const uri = artifact?.artifactUri ?? own;
  return uri === own || !uri.startsWith(own) || uri.startsWith(`${own}training/`) ? 'training/' : `${uri.slice(own.length)}/`;
}

function grantCall(endpoint: IServingEndpoint, principal: IPrincipal): Grant {
  const scope = endpoint as unknown as Construct;
  if (endpoint.mode === 'serverless') return grantRunInvoke(scope, endpoint.endpointId, principal, 'invoke', after(serviceOf(scope)));
  if (endpoint.mode === 'real-time') return grantPredict(scope, principal);
  return refuseBecause(speakerFor('serving endpoint', endpoint), 'grantInvoke: there is no endpoint in batch mode: put files below the input prefix');
}
