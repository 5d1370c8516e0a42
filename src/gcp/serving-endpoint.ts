import { Construct } from 'constructs';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import {
  connectedVariables,
  grantConnections,
  requireReachedFromNetwork,
  requireReachedFromVertex,
  withReferences,
} from './private/base/connections';
import { vertexParent } from './private/base/vertex-api';
import { checkChoices } from './private/serving/checks';
import { RUNTIMES } from './private/serving/runtimes';
import { servedModel } from './private/serving/source';
import { ServiceAccount } from './service-account';
import { IServiceAccount } from './service-account-props';
import { IWatchedEndpoint, ServingEndpointAttributes, ServingEndpointProps } from './serving-endpoint-props';
import { requireKnownText } from '../core/private/known-values';
import { rememberModel } from '../core/private/model-of';
import { resolvedServing } from '../core/private/resolve/serving';
import { requireTexts } from '../core/private/texts';
import { requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * Serves a model, and brings new versions of it to its callers without interrupting them.
 *
 * Real-time: an endpoint of Vertex AI (child `Endpoint`) with a number that never changes. Versions come to it by the
 * workflow `Rollout`, one at a time, started by approvals; it deploys a version beside the live one, moves the traffic
 * in steps while it watches the version's own errors and latency, and rolls back automatically. Each step takes three
 * minutes longer than its bake (six over Private Service Connect), because metrics come late; with fewer than 20
 * answers in a bake a version counts as healthy, and the log says how few there were. An apply that changes machines,
 * replicas, identity or access logs brings the live version to them, in the same steps, unless it has a challenger; a
 * challenger takes over with the message `{"version": "3", "promote": true}`. Rolling back by hand is approving an
 * earlier version again. A rollout that is cancelled leaves the traffic where it was; the next rollout rolls it back,
 * and so does a sweep at 4:00 UTC (child `Sweep`, a Cloud Scheduler job of 0.10 USD a month; by hand
 * `gcloud workflows run <name> --data '{"sweep": true}'`), which undeploys versions of rollouts that have no traffic as
 * well. Before `terraform destroy`, run the workflow `Teardown`, to which a rollout gives way: Terraform cannot delete
 * an endpoint that holds a model. Replicas are billed as long as they run, with or without traffic; during a rollout
 * those of two versions.
 *
 * Serverless: a Cloud Run service (child `Service`) that costs nothing while idle, with the same rollout. Until the
 * first version is approved a placeholder of Google's answers. Other instances, or another image, come to the live
 * version in the same way; an image in a variable of Terraform with the next version.
 *
 * Batch: no endpoint; the workflow `Batch` predicts at the times of the child `Schedule`, with the version that was
 * approved last.
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
export class ServingEndpoint extends Construct implements IWatchedEndpoint {
  /** An endpoint that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: ServingEndpointAttributes): IWatchedEndpoint {
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
  /**
   * Id of the workflow that takes every version off the endpoint, to be run before `terraform destroy`; undefined where
   * destroying needs none.
   */
  public readonly teardownWorkflowId?: string;
  /** The identity that the containers run as. */
  public readonly serviceAccount: IServiceAccount;

  public constructor(scope: Construct, id: string, props: ServingEndpointProps) {
    super(scope, id);
    const who: Speaker = speakerFor('serving endpoint', scope, id);
    const choices = resolvedServing(who, props);
    const { serving } = choices;
    checkChoices(who, serving, props);
    this.mode = serving.mode;
    const { connections } = props;
    if (this.mode === 'serverless') requireReachedFromNetwork(who, connections, () => GoogleProject.of(this).network);
    else requireReachedFromVertex(who, connections);
    const connected = connectedVariables(who, connections, { 'model.environment': props.model._artifact?.environment });
    // A service of Cloud Run has its variables from the endpoint, not from the version.
    const declared = this.mode === 'serverless' ? {} : withReferences(connected);
    const served = servedModel(this, who, props.model, props.data, declared);
    rememberModel(this, { model: served.artifact === undefined ? served.modelId : undefined });
    this.serviceAccount =
      props.serviceAccount ??
      new ServiceAccount(this, 'Runtime', { displayName: `Runs the model of ${this.node.path}` });

    const mayUse = grantConnections(connections, this.serviceAccount);
    const made = RUNTIMES[serving.mode].make(this, {
      who, choices, served, props, connected, mayUse, runsAs: this.serviceAccount,
    });
    this.endpointId = made.endpointId;
    this.captureTable = made.captureTable;
    this.replicaVcpus = made.replicaVcpus;
    this.hasAccelerator = made.hasAccelerator;
    this.isPrivate = made.isPrivate;
    this.teardownWorkflowId = made.teardown?.id;
    [this.workflowId, this.workflowName] = [made.workflow.id, made.workflow.name];
  }

  public grantInvoke(principal: IPrincipal): Grant {
    return RUNTIMES[this.mode].grantInvoke(this, principal);
  }

  /**
   * Filter of one of the endpoint's metrics, for alert policies and dashboards of your own.
   *
   * @param metricName without its prefix: `replicas` or `cpu/utilization` of
   *   `aiplatform.googleapis.com/prediction/online/`; serverless `container/instance_count` or `request_count` of
   *   `run.googleapis.com/`
   * @see https://cloud.google.com/monitoring/api/v3/filters
   */
  public metricFilter(metricName: string): string {
    return RUNTIMES[this.mode].metricFilter(this, metricName);
  }
}

class ImportedEndpoint extends Construct implements IWatchedEndpoint {
  public readonly mode: string;
  public readonly endpointId: string;
  public readonly captureTable?: string;
  public readonly hasAccelerator?: boolean;
  public readonly isPrivate?: boolean;
  public readonly workflowId: string;
  public readonly workflowName: string;

  public constructor(scope: Construct, id: string, attributes: ServingEndpointAttributes) {
    super(scope, id);
    const who: Speaker = speakerFor('serving endpoint', scope, id);
    requireKnownText(who, 'mode', attributes.mode);
    requireMatch(
      who,
      'mode',
      attributes.mode,
      /^(real-time|serverless)$/,
      'real-time or serverless',
    );
    requireMatch(
      who,
      'endpointId',
      attributes.endpointId,
      /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'the number of an endpoint, or the name of a Cloud Run service',
    );
    requireMatch(
      who,
      'workflowName',
      attributes.workflowName,
      /^[a-z]([a-z0-9_-]{0,62}[a-z0-9])?$/,
      'the name of a workflow',
    );
    requireTexts(who, attributes, {
      endpointId: 'text',
      workflowName: 'text',
      mode: 'text?',
      captureTable: 'text?',
    });
    this.mode = attributes.mode ?? 'real-time';
    this.endpointId = attributes.endpointId;
    this.captureTable = attributes.captureTable;
    this.hasAccelerator = attributes.hasAccelerator ?? false;
    this.isPrivate = attributes.isPrivate ?? false;
    this.workflowName = attributes.workflowName;
    this.workflowId = `${vertexParent(this)}/workflows/${attributes.workflowName}`;
  }

  public grantInvoke(principal: IPrincipal): Grant {
    return RUNTIMES[this.mode].grantInvoke(this, principal);
  }
}
