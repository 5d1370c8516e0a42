import { checkVariables } from './container-spec';
import { requirePlain } from './plain-text';
import { isFilesVariable, isOwnVariable } from '../../../core/private/integrations/plan';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { ConnectionReach, IConnection } from '../../connection-props';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { INetwork } from '../../private-network-props';

/** Variables by who sets them, a prop or a part: `environment`, `tracking`. */
export interface VariableOwners {
  readonly [owner: string]: { readonly [name: string]: string } | undefined;
}

/** Variables of connections: plain ones, and the versions of secrets by the variable that they become. */
export interface ConnectedVariables {
  readonly plain: { readonly [name: string]: string };
  readonly secrets: { readonly [variable: string]: string };
}

/** Variables of connections; refuses one that somebody else sets already. */
export function connectedVariables(
  who: Speaker,
  connections: readonly IConnection[] = [],
  others: VariableOwners = {},
): ConnectedVariables {
  const owners: { [name: string]: string } = {};
  for (const [owner, variables = {}] of Object.entries(others)) {
    // What is no map of variables is refused where they are checked.
    for (const name of Object.keys(variables ?? {})) owners[name] = owner;
  }
  const plain: { [name: string]: string } = {};
  const secrets: { [variable: string]: string } = {};
  for (const { id, environment, secretReferences } of connections) {
    const own = Object.fromEntries(Object.entries(environment).filter(([name]) => !isOwnVariable(name)));
    checkVariables(who, `connections ${id}`, own);
    for (const [name, reference] of Object.entries(secretReferences).filter(([each]) => !isOwnVariable(each))) {
      checkVariables(who, `connections ${id}`, { [name]: reference });
    }
    for (const name of [...Object.keys(environment).filter((each) => !isFilesVariable(each)), ...Object.keys(secretReferences)]) {
      if (name in owners) {
        refuseBecause(who, `${name} is set by both ${owners[name]} and the connection ${id}: leave one of them out`);
      }
      owners[name] = `the connection ${id}`;
    }
    for (const [name, files] of Object.entries(environment)) if (isFilesVariable(name)) requirePlain(who, name, files);
    Object.assign(plain, environment);
    Object.assign(secrets, secretReferences);
  }
  return { plain, secrets };
}

/** Variables of a container that fetches its secrets itself: the workload's runtime does. */
export function withReferences({ plain, secrets }: ConnectedVariables): { readonly [name: string]: string } {
  return {
    ...plain,
    ...Object.fromEntries(
      Object.entries(secrets).map(([variable, reference]) => [`MLOPS_SECRET_${variable}_REF`, reference]),
    ),
  };
}

/**
 * Variables of a container of Cloud Run, which takes a secret by reference and reads it when an instance starts.
 *
 * @see https://cloud.google.com/run/docs/configuring/services/secrets
 */
export function runVariables({ plain, secrets }: ConnectedVariables, projectId: string): readonly object[] {
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...Object.entries(secrets).map(([name, reference]) => {
      const [, project, , secret, , version] = reference.split('/');
      // The name alone where the secret is of the service's own project.
      const named = project === projectId ? secret : `projects/${project}/secrets/${secret}`;
      return { name, valueSource: { secretKeyRef: { secret: named, version } } };
    }),
  ];
}

/** Grants of connections, one principal's. */
export function grantConnections(connections: readonly IConnection[] = [], principal: IPrincipal): Grant[] {
  return connections.map((each) => each.grantUse(principal));
}

/** Refuses systems that a place of the project's network does not reach. */
export function requireReachedFromNetwork(
  who: Speaker,
  connections: readonly IConnection[] = [],
  network: () => INetwork,
): void {
  const outside = connections.find(({ reach }) => reach === ConnectionReach.INTERNET);
  if (outside === undefined || network().internetEgress === true) return;
  refuseBecause(
    who,
    `connections: ${outside.id} answers on the internet, and the network has no way there: ` +
      'leave it out, or give GoogleProject a network of yours, PrivateNetwork.fromAttributes with internetEgress: true',
  );
}

/** Refuses systems that a container in Google's own network does not reach. */
export function requireReachedFromVertex(
  who: Speaker,
  connections: readonly IConnection[] = [],
  networkAttachment?: string,
): void {
  const inside = unreachedFromVertex(connections, networkAttachment)[0];
  if (inside === undefined) return;
  refuseBecause(
    who,
    `connections: ${inside.id} answers in the networks of the project alone, and Vertex AI runs containers in Google's: ` +
      'leave it out, or run them where a networkAttachment leads there',
  );
}

/** Systems that a container in Google's own network does not reach. */
export function unreachedFromVertex(
  connections: readonly IConnection[],
  networkAttachment?: string,
): readonly IConnection[] {
  if (networkAttachment !== undefined) return [];
  return connections.filter(({ reach }) => reach === ConnectionReach.NETWORK);
}
