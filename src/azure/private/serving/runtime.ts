import { Construct, IConstruct } from 'constructs';
import { Speaker } from '../../../core/private/validation';
import { Serving } from '../../../core/serving';
import { Grant } from '../../grant';
import { IManagedIdentity } from '../../managed-identity-props';
import { IModelRegistry } from '../../model-registry-props';
import { IPrincipal } from '../../principal';
import { ServingEndpointProps } from '../../serving-endpoint-props';
import { Queue } from '../base/queue';

/**
 * Runtime of a serving mode: it makes what serves and the workflow that brings versions to it. A further one (a cluster
 * of Kubernetes, say) is a mode of `Serving` and one of these in `RUNTIMES`.
 */
export interface ServingRuntime {
  /** Makes its resources below the construct, and the workflow that takes messages from the source's queue. */
  make(scope: Construct, parts: ServingParts): ServingResult;
  /** Allows calling an endpoint by its id; refuses where there is none. */
  grantInvoke(endpoint: CalledEndpoint, principal: IPrincipal): Grant;
}

/** Model, mode and props of one endpoint. */
export interface ServingParts {
  readonly who: Speaker;
  readonly serving: Serving;
  readonly served: ServedModel;
  readonly props: ServingEndpointProps;
  /**
   * The identity that the containers run as. It may read the model's files and pull images already, and what waits for
   * that depends on `mayRun`.
   */
  readonly runsAs: IManagedIdentity;
  /** The permissions of `runsAs`, and the time that they take to arrive everywhere. */
  readonly mayRun: Grant;
  /** Addresses of the registries that it pulls from. Some may come later. */
  readonly imageServers: ReadonlySet<string>;
}

/** Model that an endpoint serves, and the queue whose messages start its workflow. */
export interface ServedModel {
  /** Name of the model. */
  readonly name: string;
  /** ARM id of the model; versions are `/versions/<version>` below it. */
  readonly modelContainerId: string;
  /** The registry whose approvals are followed; undefined where the stack says which version serves. */
  readonly registry?: IModelRegistry;
  /** The version that shall serve, where the stack says which. */
  readonly version?: string;
  /**
   * What the workflow registers as that version before it rolls it out, where the stack has files and an image instead
   * of a version.
   */
  readonly artifact?: DeclaredArtifact;
  /** Address of the image of versions whose tag `mlops_image` names none; undefined where such a version is refused. */
  readonly defaultImage?: string;
  /**
   * The queue that the workflow takes its messages from, `{"version": "3"}` or `{"version": "3", "promote": true}`
   * where a challenger shall take over. `{"renew": true}` names none: the live version (or the one that the stack
   * names) shall have what the stack says now, and what earlier runs left is tidied up. The last is sent whenever the
   * workflow's definition changes, and once a day.
   */
  readonly inbox: Pick<Queue, 'queueId' | 'queueUrl' | 'ready'>;
}

/** Files and an image that the stack declares. */
export interface DeclaredArtifact {
  /** `azureml://…`. */
  readonly modelUri: string;
  /** Address of the image. */
  readonly image: string;
  /** Variables of the container. */
  readonly environment: { readonly [name: string]: string };
}

/** Endpoint and workflow that a runtime made, in the words of `IWatchedEndpoint`. */
export interface ServingResult {
  /** Empty where there is no endpoint, as is the name. */
  readonly endpointId: string;
  readonly endpointName: string;
  /** The address that requests are posted to; undefined where there is none. */
  readonly scoringUri?: string;
  /** The workflow that rolls versions out, or predicts. */
  readonly workflowId: string;
  readonly workflowName: string;
  readonly captureFolder?: string;
  readonly hasAccelerator?: boolean;
  readonly isPrivate?: boolean;
}

/** An endpoint, new or found. */
export interface CalledEndpoint extends IConstruct {
  readonly endpointId: string;
}
