import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Construct, IConstruct } from 'constructs';
import { ServedModel } from './source';
import { ResolvedServing } from '../../../core/private/resolve/serving';
import { Speaker } from '../../../core/private/validation';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { IServiceAccount } from '../../service-account-props';
import { ServingEndpointProps } from '../../serving-endpoint-props';
import { ConnectedVariables } from '../base/connections';

/**
 * Runtime of a serving mode. A further one (a cluster of Kubernetes, say) is a mode of `Serving` and one of these in
 * `RUNTIMES`; its rollout is `rolloutDefinition` over routines of its own (`survey`, `deploy`, `hold`, `shift`,
 * `settle` …), as those of Vertex AI and Cloud Run are.
 */
export interface ServingRuntime {
  /**
   * Makes its resources below the construct, and the workflow that brings versions to them, and starts that by what the
   * model's source says.
   */
  make(scope: Construct, parts: ServingParts): ServingResult;
  /** Allows calling an endpoint by its id; refuses where there is none. */
  grantInvoke(endpoint: CalledEndpoint, principal: IPrincipal): Grant;
  /** Filter of one of the endpoint's metrics; refuses where there is none. */
  metricFilter(endpoint: CalledEndpoint, metricName: string): string;
}

/** Model, choices and props of one endpoint. */
export interface ServingParts {
  readonly who: Speaker;
  readonly choices: ResolvedServing;
  readonly served: ServedModel;
  readonly props: ServingEndpointProps;
  /** The identity that the containers run as. */
  readonly runsAs: IServiceAccount;
  /** Variables of the connected systems. */
  readonly connected: ConnectedVariables;
  /** The right of the identity to use them. */
  readonly mayUse: readonly Grant[];
}

/** Endpoint and workflows that a runtime made, in the words of `IWatchedEndpoint`. */
export interface ServingResult {
  /** Empty where there is no endpoint. */
  readonly endpointId: string;
  /** Rolls versions out, or predicts. */
  readonly workflow: WorkflowsWorkflow;
  readonly teardown?: WorkflowsWorkflow;
  readonly captureTable?: string;
  readonly replicaVcpus?: number;
  readonly hasAccelerator?: boolean;
  readonly isPrivate?: boolean;
}

/** An endpoint, new or found. */
export interface CalledEndpoint extends IConstruct {
  readonly endpointId: string;
}
