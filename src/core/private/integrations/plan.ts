import { existingFeast } from './feast';
import { fill, PlaceholderValues } from './placeholders';
import { DeltaTableSpec } from '../../integrations/delta-table';
import { FeastOptions } from '../../integrations/feast-options';
import { Integration } from '../../integrations/integration';
import { SecretName } from '../../integrations/secret-name';
import { ClientFacts, CloudName, ServerFacts, System } from '../../integrations/system';
import { refuse, refuseBecause, requireUnique, Speaker } from '../validation';

/** A system on one cloud, before anything is made. */
export interface IntegrationPlan {
  readonly system: System;
  readonly client: ClientFacts;
  /** Server that the stack hosts as a container; undefined where it exists, or where the cloud has a service of it. */
  readonly server?: ServerFacts;
  /** Whether the cloud's own service of the system is made. */
  readonly isManaged: boolean;
  /** Address that is known before anything is made. */
  readonly endpoint?: string;
  /** Options of the user, as placeholders. */
  readonly options: { readonly [name: string]: string | undefined };
  /** Tables of Delta Lake, which the cloud's catalog lists. */
  readonly tables?: readonly DeltaTableSpec[];
  /** Options of Feast. */
  readonly feast?: FeastOptions;
  /** Secrets that the user named, by variable. */
  readonly secrets: { readonly [variable: string]: SecretName };
}

/** Decides how a cloud offers a system, and refuses what it cannot. */
export function planOf(who: Speaker, integration: Integration, cloud: CloudName): IntegrationPlan {
  const { _system: system, _given: given } = integration;
  const answer = system.clouds[cloud];
  if (answer.as === 'refused') refuseBecause(who, `${system.title}: ${answer.how}`);
  const client = { ...system.client, ...system.onCloud?.[cloud]?.client };
  const variables = { ...system.client.variables, ...system.onCloud?.[cloud]?.client?.variables };
  const server = system.server && { ...system.server, ...system.onCloud?.[cloud]?.server };
  const endpoint = given.endpoint ?? client.endpoint;
  const wanted = given.hosting?.name ?? (answer.as === 'managed' ? 'managed' : 'service');
  const isMade = endpoint === undefined && answer.as !== 'connected';
  if (!isMade && endpoint === undefined && Object.values(variables).some((text) => text.includes('{endpoint}'))) {
    refuseBecause(who, `${system.title}: this cloud hosts no server of it: give the endpoint of one that exists`);
  }
  if (given.hosting !== undefined && !isMade) {
    refuseBecause(who, `${system.title}: hosting says where a server is made, and none is: leave it out`);
  }
  if (isMade && wanted === 'managed' && answer.as !== 'managed') {
    refuseBecause(
      who,
      `${system.title}: this cloud has no service of it: leave hosting out, or say IntegrationHosting.SERVICE`,
    );
  }
  if (isMade && wanted === 'service' && server === undefined) {
    refuseBecause(who, `${system.title}: there is no container of it: leave hosting out, or give endpoint`);
  }
  return {
    system,
    client: { ...client, variables },
    server: isMade && wanted === 'service' ? withVariables(server!, system.server!.variables) : undefined,
    isManaged: isMade && wanted === 'managed',
    endpoint,
    options: given.options ?? {},
    tables: given.tables,
    feast: given.feast,
    secrets: Object.fromEntries(
      Object.entries(given.secrets ?? {}).flatMap(([variable, [, secret]]) =>
        secret === undefined ? [] : [[variable, secret]],
      ),
    ),
  };
}

function withVariables(server: ServerFacts, variables: ServerFacts['variables']): ServerFacts {
  return { ...server, variables: { ...variables, ...server.variables } };
}

/** What reaches everything that runs the user's code, with no secret in it. */
export interface ClientSettings {
  readonly variables: { readonly [name: string]: string };
  readonly files: { readonly [path: string]: string };
}

/** Variables and files of a client once the address and the places are known. */
export function clientSettings(plan: IntegrationPlan, places: PlaceholderValues): ClientSettings {
  const values = { ...plan.options, ...existingFeast(plan.feast), ...places };
  return { variables: fill(plan.client.variables, values), files: fill(plan.client.files ?? {}, values) };
}

/** Address of a server as its clients call it. */
export function clientEndpoint({ server }: IntegrationPlan, address: string): string {
  return `${address}${server?.clientPath ?? ''}`;
}

/** Whether only the internet leads to a system: the service that its makers run. */
export function isOnInternet({ client, endpoint }: IntegrationPlan): boolean {
  const host = /^https?:\/\/([^/:]+)/.exec(endpoint ?? '')?.[1];
  return (client.serviceDomains ?? []).some((domain) => host === domain || host?.endsWith(`.${domain}`));
}

/** Variable that names the place of a client's files, `MLOPS_FILES_DVC`. */
export function filesVariable(id: string): string {
  return `${FILES_PREFIX}${id.toUpperCase().replace(/-/g, '_')}`;
}

/** Whether a variable of a connection is the place of a client's files. */
export function isFilesVariable(name: string): boolean {
  return name.startsWith(FILES_PREFIX);
}

/** Whether a variable of a connection is this library's own, which the user may not set. */
export function isOwnVariable(name: string): boolean {
  return isFilesVariable(name) || name.startsWith('MLOPS_PROMETHEUS_');
}

const FILES_PREFIX = 'MLOPS_FILES_';

/** Refuses a list that is none, and a system twice. */
export function requireIntegrations(who: Speaker, use: readonly Integration[]): void {
  if (!Array.isArray(use)) refuse(who, 'use', use, 'a list of integrations');
  for (const each of use) {
    if (!(each instanceof Integration)) refuse(who, 'use', each, 'integrations like Integration.prefect()');
  }
  requireUnique(who, 'use', use.map(({ id }) => id));
}

/** Refuses a secret of the user's that no system names. */
export function requireNamedSecrets(who: Speaker, given: object | undefined, plans: readonly IntegrationPlan[]): void {
  const named = [...new Set(plans.flatMap(({ secrets }) => Object.values(secrets).map(({ value }) => value)))];
  const unused = Object.keys(given ?? {}).find((name) => !named.includes(name));
  if (unused === undefined) return;
  refuse(
    who,
    'secrets',
    unused,
    named.length === 0 ? 'left out: no system has a secret' : `named by a system: ${named.join(', ')}`,
  );
}

/** The plan of a system that is hosted, by the id that settings of servers name. */
export function hostedPlan(who: Speaker, prop: string, id: string, plans: readonly IntegrationPlan[]): IntegrationPlan {
  const hosted = plans.filter(({ server }) => server !== undefined);
  const ids = hosted.map(({ system }) => system.id);
  return hosted[ids.indexOf(id)] ??
    refuse(who, prop, id, ids.length === 0 ? 'left out: no system is hosted' : `one of ${ids.join(', ')}`);
}

/** The connection of one system, by its id. */
export function connectionAmong<T extends { readonly id: string }>(who: Speaker, all: readonly T[], system: string): T {
  const ids = all.map(({ id }) => id);
  return all.find(({ id }) => id === system) ??
    refuse(who, 'system', system, ids.length === 0 ? 'in use: give it in use' : `one of ${ids.join(', ')}`);
}

/** Host of an address, with its port. */
export function hostOf(endpoint: string): string {
  return endpoint.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

/** Connections of a part: the product's own, and those that its section adds. */
export function connectionsOf<C>(
  integrations: { readonly connections: C[] } | undefined,
  section: { readonly connections?: C[] } | undefined,
): { readonly connections?: C[] } {
  const connections = [...(integrations?.connections ?? []), ...(section?.connections ?? [])];
  return connections.length === 0 ? {} : { connections };
}
