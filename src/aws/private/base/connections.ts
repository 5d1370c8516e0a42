import { aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';
import { isWithoutWayOut } from './network-interfaces';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { ConnectionReach, IConnection } from '../../connection-props';

/** Place that runs the user's code. */
export interface ConnectedPlace {
  /** Network of the machines; undefined where it is SageMaker's own, which reaches the internet. */
  readonly network?: {
    readonly vpc: ec2.IVpc;
    readonly subnetIds: readonly string[];
    readonly securityGroups: readonly ec2.ISecurityGroup[];
  };
  /** Whether the containers were asked to have no network at all. */
  readonly isIsolated?: boolean;
  /** How to get the machines into a network, as an error says it: `give vpc`. */
  readonly remedy: string;
}

/** Variables that containers get anyway, by whose they are. */
export interface OwnVariables {
  readonly [whose: string]: { readonly [name: string]: string } | undefined;
}

/** Containers of a place: who they run as, and the variables that they have anyway. */
export interface ConnectedContainers extends ConnectedPlace {
  readonly role: iam.IRole;
  readonly variables: OwnVariables;
}

/**
 * Connects the containers of a place; gives all their variables, which are undefined where there are none.
 *
 * @param scope construct of the place
 */
export function connectContainers(
  scope: Construct,
  who: Speaker,
  connections: readonly IConnection[] | undefined,
  { role, variables, ...place }: ConnectedContainers,
): { [name: string]: string } | undefined {
  const own = Object.values(variables).filter((each) => each !== undefined);
  if (connections === undefined || connections.length === 0) {
    return own.length === 0 ? undefined : (Object.assign({}, ...own) as { [name: string]: string });
  }
  connectPlace(scope, who, connections, place);
  for (const connection of connections) connection.grantUse(role);
  return { ...connectedEnvironment(who, connections, variables), ...(Object.assign({}, ...own) as object) };
}

/** Variables of connections, secrets as references; refused where a variable has another value already. */
export function connectedEnvironment(
  who: Speaker,
  connections: readonly IConnection[],
  others: OwnVariables,
): { [name: string]: string } {
  const owners = new Map<string, string>();
  for (const [whose, variables] of Object.entries(others)) {
    for (const name of Object.keys(variables ?? {})) owners.set(name, whose);
  }
  const environment: { [name: string]: string } = {};
  for (const connection of connections) {
    const { id, secretReferences } = connection;
    const variables = variablesOf(connection);
    for (const name of [...Object.keys(variables), ...Object.keys(secretReferences)]) {
      const owner = owners.get(name);
      if (owner !== undefined) {
        refuseBecause(who, `${name} is a variable of connection '${id}' and of ${owner}: leave one of them out`);
      }
      owners.set(name, `connection '${id}'`);
    }
    Object.assign(environment, variables);
  }
  return environment;
}

/** Variables of one connection, each secret as `MLOPS_SECRET_<VARIABLE>_REF`. */
function variablesOf({ environment, secretReferences }: IConnection): { [name: string]: string } {
  const references = Object.entries(secretReferences).map(([variable, secret]) => [
    `MLOPS_SECRET_${variable}_REF`,
    secret.secretArn,
  ]);
  return { ...environment, ...Object.fromEntries(references) };
}

/** Refuses a place that cannot reach a system, and opens the way where the system is in its network. */
export function connectPlace(
  scope: Construct,
  who: Speaker,
  connections: readonly IConnection[],
  { isIsolated, network, remedy }: ConnectedPlace,
): void {
  for (const { id, networkRules, reach } of connections) {
    if (isIsolated) {
      refuseBecause(who, `networkIsolation cuts the containers off from connection '${id}': leave one of them out`);
    }
    if (reach === ConnectionReach.INTERNET) {
      if (network !== undefined && isWithoutWayOut(network.vpc, network.subnetIds)) {
        refuseBecause(
          who,
          `connection '${id}' is a service on the internet, which the network has no way to: give a vpc whose private ` +
            'subnets have one, or the endpoint of a server inside',
        );
      }
      OUTGOING.add(scope);
      acknowledge(scope, { id: 'MLOPS-NET-02', reason: `the containers use '${id}', a service on the internet` });
    }
    if (reach !== ConnectionReach.NETWORK) continue;
    if (network === undefined) {
      refuseBecause(who, `connection '${id}' is in a network, which the machines are not in: ${remedy}`);
    }
    if (networkRules === undefined) continue;
    for (const group of network.securityGroups) {
      group.connections.allowToDefaultPort({ connections: networkRules }, id);
    }
  }
}

/**
 * Whether something below the scope uses a service on the internet: then machines in a network with a way out are where
 * they have to be.
 */
export function usesInternet(scope: IConstruct): boolean {
  return scope.node.findAll().some((each) => OUTGOING.has(each));
}

const OUTGOING = new WeakSet<IConstruct>();
