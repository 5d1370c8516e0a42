import { checkDeltaTables } from './delta';
import { checkFeast } from './feast';
import { DeltaTableSpec } from '../../integrations/delta-table';
import { FeastOptions } from '../../integrations/feast-options';
import { IntegrationHosting } from '../../integrations/integration-hosting';
import { OtherIntegrationOptions } from '../../integrations/integration-options';
import { SecretName } from '../../integrations/secret-name';
import { System } from '../../integrations/system';
import { isNamedLikeSecret, looksLikeSecret } from '../secrets';
import { Token } from '../tokens';
import { refuse, refuseBecause, requireMatch, Speaker } from '../validation';

/** Answers of the user about one system. */
export interface Given {
  readonly endpoint?: string;
  readonly hosting?: IntegrationHosting;
  /** Values of the system's placeholders, by the name of the option. */
  readonly options?: { readonly [option: string]: string | undefined };
  /** Options that are given all or none. */
  readonly together?: readonly (readonly [option: string, value: unknown])[];
  /** Tables of Delta Lake. */
  readonly tables?: readonly DeltaTableSpec[];
  /** Options of Feast. */
  readonly feast?: FeastOptions;
  /** Options and secrets that must be there. */
  readonly required?: readonly string[];
  /** Variables that hold a secret: the option that names it, and its value. */
  readonly secrets?: { readonly [variable: string]: readonly [option: string, secret: SecretName | undefined] };
  /** Whether a licence, or that nobody maintains the system, was acknowledged; and the option that says so. */
  readonly acknowledged?: readonly [option: string, yes: boolean | undefined];
}

/** Refuses what is wrong on every cloud. */
export function checkGiven(system: System, given: Given): void {
  const who: Speaker = { what: 'integration', name: system.id };
  checkStatus(who, system, given);
  if ('tables' in given) checkDeltaTables(who, given.tables!);
  if (given.feast !== undefined) checkFeast(who, given.feast);
  const { endpoint, hosting, options = {}, required = [], secrets = {} } = given;
  if (required.includes('endpoint') && endpoint === undefined) {refuse(who, 'endpoint', endpoint, 'the address of the system');}
  const missing = given.together?.find(([, value]) => value === undefined);
  const present = given.together?.find(([, value]) => value !== undefined);
  if (missing !== undefined && present !== undefined) {refuseBecause(who, `${present[0]} is given without ${missing[0]}: a server that exists needs both`);}
  requireMatch(
    who,
    'endpoint',
    endpoint,
    /^https?:\/\/[^\s/]+(\/\S*[^\s/])?$/,
    'an address like https://host, without a slash at the end',
  );
  if (endpoint !== undefined && !Token.isUnresolved(endpoint) && /\/\/[^/]*@/.test(endpoint)) {
    refuseBecause(
      who,
      'endpoint has a user or a password in it: give the address alone, and the password as a SecretName',
    );
  }
  if (hosting !== undefined && !(hosting instanceof IntegrationHosting)) {
    refuse(who, 'hosting', hosting, 'an IntegrationHosting');
  }
  if (endpoint !== undefined && hosting !== undefined) {
    refuseBecause(who, 'endpoint names a server that exists, and hosting makes one: leave one of them out');
  }
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined && !required.includes(option)) continue;
    if (typeof value === 'string' && looksLikeSecret(value)) {
      refuseBecause(who, `${option} looks like a secret: no option but a SecretName names one`);
    }
    requireText(who, option, value);
  }
  for (const [option, secret] of Object.values(secrets)) {
    if (secret === undefined && !required.includes(option)) continue;
    // The value is not shown: it may be the secret itself.
    if (!(secret instanceof SecretName)) {
      refuseBecause(
        who,
        `${option} must be the name of a secret, as SecretName.of makes it, got ${secret === undefined ? 'undefined' : `a ${typeof secret}`}`,
      );
    }
  }
}

function checkStatus(
  who: Speaker,
  { title, status }: System,
  { acknowledged: [option, yes] = ['', false] }: Given,
): void {
  if (status.kind === 'retired') {
    refuseBecause(who, `${title} is gone since ${status.since}: ${status.reason}; use ${status.replacement}`);
  }
  if (yes === true || status.kind === 'active') return;
  if (status.kind === 'gated') refuseBecause(who, `${status.reason}: say ${option}: true once you have read them`);
  refuseBecause(
    who,
    `${title} is not maintained since ${status.since}: ${status.reason}; use ${status.replacement}, or say ${option}: true`,
  );
}

function requireText(who: Speaker, option: string, value: string | undefined): void {
  if (Token.isUnresolved(value)) return;
  if (typeof value === 'string' && /^[^\s{}](?:[^\n\r{}]*[^\s{}])?$/.test(value) && value.length <= 200) return;
  refuse(who, option, value, 'a text of at most 200 characters in one line, without braces');
}

/** A system out of what the user says about it. */
export function systemOf(id: string, options: OtherIntegrationOptions): System {
  const who: Speaker = { what: 'integration', name: String(id) };
  if (typeof id !== 'string' || !/^[a-z][a-z0-9-]{0,39}$/.test(id)) {
    refuse(who, 'id', id, 'lower-case letters, digits and hyphens, starting with a letter, at most 40');
  }
  const { title, variables = {}, secrets = {} } = options;
  requireText(who, 'title', title);
  for (const name of [...Object.keys(variables), ...Object.keys(secrets)]) {
    requireMatch(
      who,
      'variable',
      name,
      /^[A-Z][A-Z0-9_]{0,99}$/,
      'the name of an environment variable like WANDB_ENTITY',
    );
    if (name.startsWith('MLOPS_')) refuse(who, 'variable', name, 'named otherwise: MLOPS_… are those of the workload contract');
  }
  for (const [name, value] of Object.entries(variables)) {
    if (name in secrets) refuseBecause(who, `${name} is both a variable and a secret: leave one of them out`);
    if (isNamedLikeSecret(name) || (typeof value === 'string' && looksLikeSecret(value))) {
      refuseBecause(who, `${name} looks like a secret: give it in secrets, as a SecretName`);
    }
    requireText(who, name, value);
  }
  const how = 'variables of every job, notebook and container';
  return {
    id,
    title,
    purposes: [],
    status: { kind: 'active' },
    licence: 'unknown',
    version: 'unknown',
    readOn: 'unknown',
    home: options.endpoint ?? '',
    client: { variables, packages: [] },
    clouds: { aws: { as: 'connected', how }, gcp: { as: 'connected', how }, azure: { as: 'connected', how } },
  };
}

/** Secrets of such a system, by variable. */
export function otherSecrets({ secrets = {} }: OtherIntegrationOptions): Given['secrets'] {
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, [name, secret]]));
}
