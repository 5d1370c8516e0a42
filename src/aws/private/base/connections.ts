import { aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import { isWithoutWayOut } from './network-interfaces';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { IConnection } from '../../connection-props';

/** A place that runs the user's code. */
export interface ConnectedPlace {
  /** The network of the machines; undefined where it is SageMaker's own, which reaches the internet. */
  readonly network?: { readonly vpc: ec2.IVpc; readonly subnets: readonly ec2.ISubnet[] };
  readonly securityGroups?: readonly ec2.ISecurityGroup[];
  /** Whether the containers were asked to have no network at all. */
  readonly isIsolated?: boolean;
  /** How to get the machines into a network: `give vpc`. */
  readonly remedy: string;
}

/**
 * Variables of the place's containers, secrets as references; refused where the place cannot reach a system, or a
 * variable has another value already.
 *
 * @param others variables that the containers get anyway, by whose they are
 */
export function connectedEnvironment(
  who: Speaker,
  connections: readonly IConnection[],
  others: { readonly [whose: string]: { readonly [name: string]: string } | undefined },
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
      if (owner !== undefined && !(name === FILES && environment[name] === variables[name])) {
        refuseBecause(who, `${name} is a variable of connection '${id}' and of ${owner}: leave one of them out`);
      }
      owners.set(name, `connection '${id}'`);
    }
    Object.assign(environment, variables);
  }
  return environment;
}

/** The folder of all files of clients: each connection that has some names it. */
export const FILES = 'MLOPS_FILES';

/** Variables of one connection, each secret as `MLOPS_SECRET_<VARIABLE>_REF`. */
function variablesOf({ environment, secretReferences }: IConnection): { [name: string]: string } {
  const references = Object.entries(secretReferences).map(([variable, secret]) => [
    `MLOPS_SECRET_${variable}_REF`,
    secret.secretArn,
  ]);
  return { ...environment, ...Object.fromEntries(references) };
}

/** Refuses a place that cannot reach a system, and opens the way where the system is in its network. */
export function connectPlace(who: Speaker, connections: readonly IConnection[], place: ConnectedPlace): void {
  for (const connection of connections) {
    const { id, needsInternet, networkRules } = connection;
    if (place.isIsolated) {
      refuseBecause(who, `networkIsolation cuts the containers off from connection '${id}': leave one of them out`);
    }
    const { network } = place;
    if (needsInternet && network !== undefined && isWithoutWayOut(network.vpc, network.subnets)) {
      refuseBecause(
        who,
        `connection '${id}' is a service on the internet, which the network has no way to: give a vpc whose private ` +
          'subnets have one, or the endpoint of a server inside',
      );
    }
    if (networkRules === undefined) continue;
    if (network === undefined) {
      refuseBecause(who, `connection '${id}' is in a network, which the machines are not in: ${place.remedy}`);
    }
    for (const group of place.securityGroups ?? []) {group.connections.allowToDefaultPort({ connections: networkRules }, id);}
  }
}

/** Lets a role use what connections name. */
export function grantConnections(connections: readonly IConnection[], role: iam.IRole): void {
  for (const connection of connections) connection.grantUse(role);
}
