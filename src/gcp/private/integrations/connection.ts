import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { Construct } from 'constructs';
import { grantSecret } from './secrets';
import { clientSettings, filesVariable, IntegrationPlan, isOnInternet } from '../../../core/private/integrations/plan';
import { Speaker } from '../../../core/private/validation';
import { stableName } from '../../../terraform/names';
import { literal } from '../../../terraform/text';
import { ConnectionReach, IConnection } from '../../connection-props';
import { IDataLake } from '../../data-lake-props';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { checkVariables } from '../base/container-spec';
import { requirePlain } from '../base/plain-text';

/** Parts of the connection to one system. */
export interface ConnectionInput {
  readonly who: Speaker;
  readonly plan: IntegrationPlan;
  readonly region: string;
  readonly data: IDataLake;
  /** Versions of secrets, by variable. */
  readonly references: { readonly [variable: string]: string };
}

/** The connection to a system: child of `Integrations`, with the system's id. */
export function newConnection(integrations: Construct, input: ConnectionInput): IConnection {
  return new SystemConnection(integrations, input);
}

class SystemConnection extends Construct implements IConnection {
  public readonly id: string;
  public readonly environment: { [name: string]: string };
  public readonly secretReferences: { [variable: string]: string };
  public readonly reach?: ConnectionReach;
  private readonly files?: { readonly data: IDataLake; readonly folder: string };

  public constructor(integrations: Construct, { who, plan, region, data, references }: ConnectionInput) {
    super(integrations, plan.system.id);
    this.id = plan.system.id;
    const { endpoint } = plan;
    const settings = clientSettings(plan, { region, ...(endpoint === undefined ? {} : placesOf(endpoint)) });
    for (const name of Object.keys(references)) checkVariables(who, plan.system.id, { [name]: '' });
    checkVariables(who, plan.system.id, settings.variables);
    if (endpoint !== undefined) requirePlain(who, `${plan.system.id}.endpoint`, endpoint);
    this.reach = isOnInternet(plan) ? ConnectionReach.INTERNET : undefined;
    this.secretReferences = { ...references };
    const files = Object.entries(settings.files);
    const folder = `${folderOf(this)}client/`;
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
    if (files.length > 0) this.files = { data, folder };
  }

  public grantUse(principal: IPrincipal): Grant {
    return Grant.all([
      ...Object.entries(this.secretReferences).map(([variable, reference]) => grantSecret(this, variable, reference, principal)),
      ...(this.files === undefined ? [] : [this.files.data.grantRead(principal, this.files.folder)]),
    ]);
  }
}

function placesOf(endpoint: string): { readonly endpoint: string; readonly host: string } {
  return { endpoint, host: endpoint.replace(/^https?:\/\//, '').replace(/\/.*$/, '') };
}

/** Folder of one system in the lake's bucket of artifacts; by the name of these integrations, because a lake may be shared. */
export function folderOf(system: Construct): string {
  return `integrations/${stableName(system, undefined, { maxLength: 63, separator: '-' })}/`;
}
