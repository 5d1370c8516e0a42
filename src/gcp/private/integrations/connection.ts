import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { newDeltaTables } from './delta-tables';
import { FeastStores } from './feast';
import { clientFolderOf, storeFolderOf } from './folders';
import { HostedSystem, newHostedSystem } from './hosted-system';
import { grantSecret } from './secrets';
import {
  clientEndpoint, clientSettings, filesVariable, hostOf, IntegrationPlan, isOnInternet, isOwnVariable,
} from '../../../core/private/integrations/plan';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { literal } from '../../../terraform/text';
import { ConnectionReach, IConnection } from '../../connection-props';
import { IDataLake } from '../../data-lake-props';
import { IFeatureStore } from '../../feature-store-props';
import { Grant } from '../../grant';
import { HostedSystemOptions } from '../../integrations-props';
import { IPrincipal } from '../../principal';
import { checkVariables } from '../base/container-spec';
import { requirePlain } from '../base/plain-text';

/** Parts of the connection to one system. */
export interface ConnectionInput {
  readonly who: Speaker;
  readonly plan: IntegrationPlan;
  readonly region: string;
  readonly data: IDataLake;
  /** Versions of secrets that exist, by variable. */
  readonly references: { readonly [variable: string]: string };
  /** The feature store that Feast serves. */
  readonly features?: IFeatureStore;
  /** How the system runs, where the stack hosts it. */
  readonly options: HostedSystemOptions;
  readonly isDestroyable: boolean;
}

/** The connection to a system, and its server where the stack hosts it: child of `Integrations`, with the system's id. */
export class SystemConnection extends Construct implements IConnection {
  public readonly id: string;
  public readonly environment: { [name: string]: string };
  public readonly secretReferences: { [variable: string]: string };
  public readonly reach?: ConnectionReach;
  public readonly hosted?: HostedSystem;
  private readonly ready: { readonly [variable: string]: ITerraformDependable };
  private readonly data: IDataLake;
  private readonly feast?: FeastStores;
  private readonly hasFiles: boolean;
  private readonly sharesStore: boolean;

  public constructor(integrations: Construct, input: ConnectionInput) {
    super(integrations, input.plan.system.id);
    const { who, plan, region, data } = input;
    this.id = plan.system.id;
    this.data = data;
    const { server } = plan;
    this.feast = server && newFeast(this, input);
    this.hosted = server && newHostedSystem(this, integrations, { ...input, server, feast: this.feast });
    const own = server === undefined ? {} : plan.client.serverSecrets ?? {};
    const made = Object.entries(own).map(([variable, name]) => [variable, this.hosted!.secrets[name]] as const);
    this.ready = Object.fromEntries(made.map(([variable, { ready }]) => [variable, ready]));
    this.secretReferences = {
      ...input.references,
      ...Object.fromEntries(made.map(([variable, { reference }]) => [variable, reference])),
    };
    const store = `gs://${data.artifactBucketName}/${storeFolderOf(this).slice(0, -1)}`;
    const settings = clientSettings(plan, { region, store, ...this.feast?.values, ...placesOf(plan, this.hosted) });
    for (const name of [...Object.keys(settings.variables), ...Object.keys(this.secretReferences)]) {
      if (!isOwnVariable(name)) checkVariables(who, this.id, { [name]: settings.variables[name] ?? '' });
    }
    if (plan.endpoint !== undefined) requirePlain(who, `${this.id}.endpoint`, plan.endpoint);
    // Clients of Feast read its stores themselves.
    this.reach = this.hosted !== undefined && this.feast === undefined
      ? ConnectionReach.NETWORK
      : isOnInternet(plan) ? ConnectionReach.INTERNET : undefined;
    const files = Object.entries(settings.files);
    const folder = clientFolderOf(this);
    for (const [path, content] of files) {
      new StorageBucketObject(this, `File-${path}`, {
        bucket: data.artifactBucketName,
        name: `${folder}${path}`,
        content: literal(content),
        contentType: 'text/plain',
      });
    }
    this.environment = {
      ...settings.variables,
      ...(files.length === 0 ? {} : { [filesVariable(this.id)]: `gs://${data.artifactBucketName}/${folder}` }),
    };
    if (plan.tables !== undefined) newDeltaTables(this, { ...input, tables: plan.tables });
    this.hasFiles = files.length > 0;
    this.sharesStore = plan.client.store ?? false;
  }

  public grantUse(principal: IPrincipal): Grant {
    return Grant.all([
      ...Object.entries(this.secretReferences).map(([variable, reference]) =>
        grantSecret(this, variable, reference, principal, variable in this.ready ? [this.ready[variable]] : [])),
      ...(this.feast === undefined ? [] : [this.feast.grantUse(principal)]),
      ...(this.hasFiles ? [this.data.grantRead(principal, clientFolderOf(this))] : []),
      ...(this.sharesStore ? [this.data.grantReadWrite(principal, storeFolderOf(this))] : []),
    ]);
  }
}

function newFeast(scope: Construct, { data, features, isDestroyable, plan, who }: ConnectionInput): FeastStores | undefined {
  const { feast } = plan;
  if (feast === undefined) return undefined;
  if (features === undefined) {
    refuseBecause(who, 'Feast serves groups of a feature store: give features, or the endpoint of a server that exists');
  }
  return new FeastStores(scope, { feast, features, data, isDestroyable });
}

/** Where a client finds the system. */
function placesOf(plan: IntegrationPlan, hosted: HostedSystem | undefined): { readonly [place: string]: string } {
  if (hosted !== undefined) {
    return { endpoint: clientEndpoint(plan, hosted.uri), host: hosted.host };
  }
  const { endpoint } = plan;
  return endpoint === undefined ? {} : { endpoint, host: hostOf(endpoint) };
}
