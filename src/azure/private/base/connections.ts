import { outboundOf } from './outbound';
import { isOwnVariable } from '../../../core/private/integrations/plan';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { IConnection } from '../../connection-props';
import { Grant } from '../../grant';
import { IManagedIdentity } from '../../managed-identity-props';
import { IPrincipal } from '../../principal';
import { IWorkspace } from '../../workspace-props';

/** A place that runs the user's code. */
export interface ConnectedPlace {
  readonly connections?: readonly IConnection[];
  /** Variables that the user says. */
  readonly environment?: { readonly [name: string]: string };
  readonly workspace: IWorkspace;
  /** Whether its containers are in the network of the stack, where hosted servers answer. */
  readonly isInNetwork?: boolean;
  /** The identity of the containers, which reads secrets. */
  readonly identity: IManagedIdentity;
}

/**
 * Variables of the place's containers: the user's, those of its connections, and for each secret where it is; refused
 * where two say the same variable, or the place does not reach a system.
 */
export function connectedEnvironment(who: Speaker, place: ConnectedPlace): { readonly [name: string]: string } {
  const { connections = [], environment = {}, identity } = place;
  if (connections.length === 0) return environment;
  const owners = new Map(Object.keys(environment).map((name) => [name, 'environment']));
  const variables: { [name: string]: string } = {};
  for (const connection of connections) {
    requireInNetwork(who, connection, place);
    requireReached(who, connection, place.workspace);
    for (const [name, value] of Object.entries(variablesOf(connection))) {
      const variable = /^MLOPS_SECRET_(.*)_REF$/.exec(name)?.[1] ?? name;
      const owner = owners.get(variable);
      if (owner !== undefined) {
        refuseBecause(
          who,
          `${variable} is a variable of connection '${connection.id}' and of ${owner}: leave one of them out`,
        );
      }
      if (/^(MLOPS_|AZUREML_|AZ_)/.test(variable) && !isOwnVariable(variable)) {
        refuseBecause(
          who,
          `${variable} of connection '${connection.id}' is a name that the library or Azure Machine Learning gives itself`,
        );
      }
      owners.set(variable, `connection '${connection.id}'`);
      variables[name] = value;
    }
  }
  // Where a container has several identities, the libraries of Azure must be told which.
  return { AZURE_CLIENT_ID: identity.clientId, ...environment, ...variables };
}

/** Permissions of a place's identity for its connections. */
export function grantConnections(connections: readonly IConnection[] = [], principal: IPrincipal): Grant[] {
  return connections.map((each) => each.grantUse(principal));
}

function variablesOf({ environment, secretReferences }: IConnection): { readonly [name: string]: string } {
  const references = Object.entries(secretReferences).map(([variable, place]) => [
    `MLOPS_SECRET_${variable}_REF`,
    place,
  ]);
  return { ...environment, ...Object.fromEntries(references) };
}

/** The network that Azure Machine Learning manages has no way into another one, but for private endpoints of a list. */
function requireInNetwork(who: Speaker, { id, isInNetwork }: IConnection, place: ConnectedPlace): void {
  if (!isInNetwork || place.isInNetwork) return;
  refuseBecause(
    who,
    `connection '${id}' is a server in the network of the stack, and this runs outside of it: serverless endpoints, and ` +
      'trainings on ComputeTarget.cluster({ subnetId }) in a workspace with ManagedNetwork.disabled(), are inside; ' +
      'or give the endpoint of a server that can be reached',
  );
}

function requireReached(who: Speaker, { id, internetDomains }: IConnection, workspace: IWorkspace): void {
  const network = outboundOf(workspace);
  if (network?.isolationMode !== 'AllowOnlyApprovedOutbound') return;
  const closed = internetDomains.find(
    (domain) => !network.fqdns.some((each) => each === domain || each.endsWith(`.${domain}`)),
  );
  if (closed === undefined) return;
  refuseBecause(
    who,
    `connection '${id}' is a service on the internet, and the workspace reaches what is approved alone: ` +
      `say ManagedNetwork.approvedOutbound({ fqdns: ['*.${closed}'] }), or give the endpoint of a server inside`,
  );
}
