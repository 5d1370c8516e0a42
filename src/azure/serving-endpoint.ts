import { Construct } from 'constructs';
import { Grant } from './grant';
import { ManagedIdentity } from './managed-identity';
import { IManagedIdentity } from './managed-identity-props';
import { IPrincipal } from './principal';
import { connectedEnvironment, grantConnections } from './private/base/connections';
import { settled } from './private/base/grants';
import { requireLakeOf } from './private/base/lake-of';
import { foreignRegistry, grantPull, hostOf, ImageRegistry, pullVersions } from './private/base/pulls';
import { requireProps } from './private/base/require-props';
import { checkChoices } from './private/serving/checks';
import { ServedModel } from './private/serving/runtime';
import { RUNTIMES } from './private/serving/runtimes';
import { servedModel } from './private/serving/source';
import { IWatchedEndpoint, ServingEndpointAttributes, ServingEndpointProps } from './serving-endpoint-props';
import { rememberModel } from '../core/private/model-of';
import { requireMatch, refuseBecause, Speaker, speakerFor } from '../core/private/validation';
import { Serving } from '../core/serving';

/**
 * Serves a model, and brings new versions of it to its callers without interrupting them.
 *
 * Real-time: a managed online endpoint (child `Endpoint`) that callers reach with a token of Microsoft Entra ID.
 * Versions come to it by the workflow `Rollout`, one at a time, started by approvals; it deploys a version beside the
 * live one, moves the traffic in steps while it watches the version's own failures and latency, and rolls back
 * automatically. Each step takes three minutes longer than its bake, because metrics come late; with fewer than 20
 * answers in a bake a version counts as healthy, and the run's message says how few there were. An apply that changes
 * machines, probes, variables or recording brings the live version to them, in the same steps, unless it has a
 * challenger (child `Declared`, a workflow that asks for it when the stack changes it, and once a day); a challenger
 * takes over with the message `{"version": "3", "promote": true}`. Rolling back by hand is approving an earlier version
 * again. A run that is cancelled leaves the traffic where it was; the next run, tomorrow at the latest, rolls it back.
 * Terraform creates the endpoint and deletes it with all that is deployed on it, and never writes it in between: every
 * write of an endpoint sets the traffic. Replicas are billed as long as they run, with or without traffic; during a
 * rollout those of two versions. The two workflows cost about 1 USD a month.
 *
 * Serverless: a container app that costs nothing while idle, with the same rollout by revisions. It is reached in the
 * network, or from the internet with a token (`ContainerAppServing.app({ entraClientId })`). Its first answer after a
 * pause waits for the image and the model.
 *
 * Batch: no endpoint; a workflow starts a job at the times of a schedule, which predicts for the files of a folder with
 * the version that was approved last (`AzureMlServing.batch`).
 *
 * @see https://learn.microsoft.com/azure/machine-learning/concept-endpoints-online
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { azure, Rollout, Serving } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 * declare const data: azure.IDataLake;
 * declare const workspace: azure.IWorkspace;
 * declare const registry: azure.IModelRegistry;
 *
 * new azure.ServingEndpoint(stack, 'Serving', {
 *   data,
 *   workspace,
 *   model: azure.ModelSource.latestApproved(registry),
 *   serving: Serving.realTime(),
 *   rollout: Rollout.linear({ stepPercent: 25, stepMinutes: 10 }),
 *   mirrorPercent: 10,
 * });
 */
export class ServingEndpoint extends Construct implements IWatchedEndpoint {
  /** An endpoint that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: ServingEndpointAttributes): IWatchedEndpoint {
    return new ImportedEndpoint(scope, id, attributes);
  }

  public readonly mode: string;
  public readonly endpointId: string;
  public readonly endpointName: string;
  public readonly captureFolder?: string;
  public readonly hasAccelerator?: boolean;
  public readonly isPrivate?: boolean;
  public readonly workflowId: string;
  public readonly workflowName: string;
  /** The address that requests are posted to; undefined where there is none. */
  public readonly scoringUri?: string;
  /** Address of the queue whose messages roll a version out, `{"version": "3"}`; a role on the queue opens it. */
  public readonly rolloutQueueUrl: string;
  /** The identity that the containers run as. */
  public readonly identity: IManagedIdentity;

  public constructor(scope: Construct, id: string, props: ServingEndpointProps) {
    super(scope, id);
    const who: Speaker = speakerFor('serving endpoint', scope, id);
    requireProps(who, 'ServingEndpointProps', props);
    requireLakeOf(who, props.workspace, props.data);
    const serving = props.serving ?? Serving.realTime();
    checkChoices(who, serving, props);
    const runtime =
      RUNTIMES[serving.mode] ??
      refuseBecause(who, `serving mode ${serving.mode} is not known on Azure: use Serving.realTime`);
    const served = servedModel(this, who, props);
    const { workspaceId: place } = props.workspace;
    rememberModel(this, { model: served.artifact === undefined ? served.name : undefined, place });
    this.mode = serving.mode;
    this.identity = props.identity ?? new ManagedIdentity(this, 'Identity');
    this.rolloutQueueUrl = served.inbox.queueUrl;
    const images = imagesOf(this, who, props, served);
    const mayRun = settled(this, 'Ready', [
      props.workspace.grantRunAs(this.identity),
      ...(served.registry === undefined ? [] : [served.registry.grantPullImages(this.identity)]),
      ...images.map((each) => grantPull(this, each, this.identity)),
      // What pipelines train lies below `training/`; what the stack names may lie anywhere.
      props.data.grantReadArtifacts(this.identity, served.registry === undefined ? undefined : 'training/'),
      ...grantConnections(props.connections, this.identity),
    ]);

    const made = runtime.make(this, {
      who,
      serving,
      served,
      props: {
        ...props,
        environment: connectedEnvironment(who, {
          ...props, identity: this.identity, isInNetwork: serving.mode === 'serverless',
        }),
      },
      runsAs: this.identity,
      mayRun,
      imageServers: serversOf(this, props, served, images),
    });
    this.endpointId = made.endpointId;
    this.endpointName = made.endpointName;
    this.scoringUri = made.scoringUri;
    this.captureFolder = made.captureFolder;
    this.hasAccelerator = made.hasAccelerator;
    this.isPrivate = made.isPrivate;
    [this.workflowId, this.workflowName] = [made.workflowId, made.workflowName];
  }

  public grantInvoke(principal: IPrincipal): Grant {
    return RUNTIMES[this.mode].grantInvoke(this, principal);
  }
}

/** Registries beside those of the workspace and of the model that the images which the stack names are in. */
function imagesOf(
  endpoint: ServingEndpoint,
  who: Speaker,
  { workspace }: ServingEndpointProps,
  { artifact, defaultImage, registry }: ServedModel,
): ImageRegistry[] {
  const homes = [
    workspace.containerRegistryLoginServer,
    ...(registry === undefined ? [] : [hostOf(registry.imageRepositoryUri)]),
  ];
  const named: readonly [string, string | undefined][] = [['image', defaultImage], ['model.image', artifact?.image]];
  return named.flatMap(([prop, address]) => {
    const found = address === undefined ? undefined : foreignRegistry(endpoint, who, prop, address, homes);
    return found === undefined ? [] : [found];
  });
}

/** Addresses of all registries that the identity of the containers pulls from; pipelines that come later may add some. */
function serversOf(
  endpoint: ServingEndpoint,
  { workspace }: ServingEndpointProps,
  { registry }: ServedModel,
  images: readonly ImageRegistry[],
): Set<string> {
  const servers = new Set([workspace.containerRegistryLoginServer, ...images.map(({ loginServer }) => loginServer)]);
  if (registry === undefined) return servers;
  servers.add(registry.imageRepositoryUri.split('/')[0]);
  pullVersions(registry, (each) => {
    grantPull(endpoint, each, endpoint.identity);
    servers.add(each.loginServer);
  });
  return servers;
}

class ImportedEndpoint extends Construct implements IWatchedEndpoint {
  public readonly mode: string;
  public readonly endpointId: string;
  public readonly endpointName: string;
  public readonly captureFolder?: string;
  public readonly hasAccelerator?: boolean;
  public readonly isPrivate?: boolean;
  public readonly workflowId: string;
  public readonly workflowName: string;

  public constructor(scope: Construct, id: string, attributes: ServingEndpointAttributes) {
    super(scope, id);
    const who: Speaker = speakerFor('serving endpoint', scope, id);
    requireProps(who, 'ServingEndpointAttributes', attributes);
    requireMatch(who, 'mode', attributes.mode, /^(real-time|serverless)$/, 'real-time or serverless');
    this.mode = attributes.mode ?? 'real-time';
    requireMatch(who, 'endpointId', attributes.endpointId, KINDS[this.mode].shape, KINDS[this.mode].want);
    requireMatch(
      who,
      'workflowId',
      attributes.workflowId,
      /\/providers\/Microsoft\.Logic\/workflows\/[^/]+$/i,
      'the ARM id of a workflow of Logic Apps',
    );
    this.endpointId = attributes.endpointId;
    this.endpointName = lastOf(attributes.endpointId);
    this.captureFolder = attributes.captureFolder;
    this.hasAccelerator = attributes.hasAccelerator ?? false;
    this.isPrivate = attributes.isPrivate ?? false;
    this.workflowId = attributes.workflowId;
    this.workflowName = lastOf(attributes.workflowId);
  }

  public grantInvoke(principal: IPrincipal): Grant {
    return RUNTIMES[this.mode].grantInvoke(this, principal);
  }
}

const KINDS: { readonly [mode: string]: { readonly shape: RegExp; readonly want: string } } = {
  'real-time': { shape: /\/workspaces\/[^/]+\/onlineEndpoints\/[^/]+$/i, want: 'the ARM id of an online endpoint, …/workspaces/<name>/onlineEndpoints/<name>' },
  'serverless': { shape: /\/providers\/Microsoft\.App\/containerApps\/[^/]+$/i, want: 'the ARM id of a container app, …/containerApps/<name>' },
};

function lastOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
