import { aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { EndpointNetwork, standsInNetwork } from './network';
import { Speaker } from '../../../core/private/validation';
import { Serving } from '../../../core/serving';
import { ServingEndpointOptions } from '../../serving-endpoint-props';
import { connectContainers } from '../base/connections';

/** Variables of the containers of an endpoint, and whether they must have a network. */
export interface ConnectedEndpoint {
  readonly environment?: { [name: string]: string };
  /** Undefined where nothing asks for the one or the other. */
  readonly networkIsolation?: boolean;
}

/** Connects the containers of an endpoint, or of batch runs, to what they use: that takes a network. */
export function connectEndpoint(
  scope: Construct,
  who: Speaker,
  serving: Serving,
  { connections, environment, networkIsolation, vpc }: ServingEndpointOptions,
  { network, role }: { readonly network?: EndpointNetwork; readonly role: iam.IRole },
): ConnectedEndpoint {
  const isConnected = connections !== undefined && connections.length > 0;
  return {
    environment: connectContainers(scope, who, connections, {
      network: network && { vpc: vpc!, subnetIds: network.place.subnetIds, securityGroups: network.securityGroups },
      isIsolated: networkIsolation,
      remedy: standsInNetwork(serving) ? 'give vpc' : 'a serverless endpoint cannot be: use Serving.realTime',
      role,
      variables: { environment },
    }),
    networkIsolation: isConnected ? false : networkIsolation,
  };
}
